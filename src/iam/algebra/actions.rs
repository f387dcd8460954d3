//! Cutting the actions of a statement into those that the same statements name, and these by what they can be about.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::iam::resource::{Step, plain_steps, steps_by_field};
use crate::iam::simulate::{Truth, names_action};
use crate::iam::{Glob, Patterns, Token, catalogue};

use super::access::Rule;
use super::bits::Bits;
use super::words::{TooHard, classes};

/// A class whose actions are about more sorts of resources than this is taken to be about any.
const MAX_SORTS: usize = 48;

/// Actions that the same statements name.
#[derive(Clone, Debug)]
pub(super) struct ActionClass {
    /// For each statement, whether it names them.
    pub(super) truths: Vec<Truth>,
    /// By what they can be about.
    pub(super) sorts: Vec<Sort>,
}

/// Actions of one class that are about the same sorts of resources.
#[derive(Clone, Debug)]
pub(super) struct Sort {
    /// An action of them, in lower case.
    pub(super) action: String,
    /// Those that the catalogue has, as `service:Action`.
    pub(super) members: Vec<String>,
    /// What they can be about.
    pub(super) about: About,
    /// Whether it is only names that the catalogue does not have, beside others of the class that it has.
    pub(super) is_future: bool,
}

/// What actions can be about.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum About {
    /// Anything: it is not known.
    Anything,
    /// No resource, so that only `*` names it.
    Nothing,
    /// Resources whose ARNs look like one of these, and, where the action can do without one, no resource.
    Arns {
        /// Patterns, field by field.
        arns: Vec<Vec<Step>>,
        /// Whether the action can do without a resource.
        or_nothing: bool,
    },
}

impl About {
    /// What an action of the catalogue is about.
    pub(super) fn of(action: &catalogue::Action) -> Self {
        if action.is_wildcard_only() {
            return Self::Nothing;
        }
        let mut arns = Vec::new();
        let mut or_nothing = true;
        for resource in action.resources() {
            or_nothing &= !resource.is_required;
            match resource.resource_type() {
                Some(kind) => match steps_by_field(template(kind.arn).tokens()) {
                    Some(steps) => arns.push(steps),
                    // A type without an ARN may be anything.
                    None => return Self::Anything,
                },
                None => return Self::Anything,
            }
        }
        Self::Arns { arns, or_nothing }
    }
}

impl About {
    /// The shapes of ARNs, if only those are possible.
    pub(super) fn arns(&self) -> &[Vec<Step>] {
        match self {
            Self::Arns { arns, .. } => arns,
            Self::Anything | Self::Nothing => &[],
        }
    }

    /// Patterns whose examples read like what the actions are about.
    pub(super) fn shapes(&self) -> Vec<Glob> {
        let nothing = || Glob::of_tokens([Token::Char('*')]);
        match self {
            Self::Arns { arns, .. } => arns.iter().map(|steps| Glob::of_tokens(steps.iter().map(token))).collect(),
            Self::Anything | Self::Nothing => vec![nothing()],
        }
    }
}

fn token(step: &Step) -> Token {
    match step {
        Step::Char(character) | Step::AnyCase(character) => Token::Char(*character),
        Step::One { .. } => Token::One,
        Step::Many { .. } => Token::Many,
        Step::Hole(symbol) => Token::Hole(symbol.clone()),
    }
}

/// The ARN of a resource type as a pattern: what varies is `*`.
fn template(arn: &str) -> Glob {
    let mut tokens = Vec::new();
    let mut rest = arn;
    while let Some(character) = rest.chars().next() {
        if let Some((_, after)) = rest.strip_prefix("${").and_then(|inner| inner.split_once('}')) {
            tokens.push(Token::Many);
            rest = after;
        } else {
            tokens.push(Token::Char(character));
            rest = rest.get(character.len_utf8()..).unwrap_or_default();
        }
    }
    Glob::of_tokens(tokens)
}

/// Cuts the actions of the first rule by the others.
pub(super) fn action_classes(rules: &[&Rule]) -> Result<Vec<ActionClass>, TooHard> {
    let Some(own) = rules.first().and_then(|rule| rule.statement.actions.as_ref()) else { return Ok(Vec::new()) };
    let all: Vec<&Patterns> = rules.iter().filter_map(|rule| rule.statement.actions.as_ref()).collect();
    let mut globs: Vec<&Glob> = Vec::new();
    for glob in all.iter().flat_map(|patterns| &patterns.items).map(|item| &item.glob) {
        if !globs.contains(&glob) {
            globs.push(glob);
        }
    }
    let steps: Vec<_> = globs.iter().map(|glob| vec![plain_steps(glob.tokens())]).collect();
    let within = (!own.negated && !own.incomplete).then(|| {
        let places = own.items.iter().filter_map(|item| globs.iter().position(|glob| **glob == item.glob));
        Bits::of(globs.len(), places)
    });
    let truths = |action: &str| -> Vec<Truth> {
        let of = |rule: &&Rule| rule.statement.actions.as_ref().map_or(Truth::No, |own| names_action(own, action));
        rules.iter().map(of).collect()
    };
    let is_own = |truths: &[Truth]| truths.first().is_some_and(|truth| *truth != Truth::No);

    let mut groups = Groups::default();
    for class in classes(&steps, within.as_ref())? {
        let word = super::space::text(&class.word, &FxHashMap::default());
        let truths = truths(&word);
        if !is_own(&truths) {
            continue;
        }
        let is_single = class.matched.iter().any(|place| globs.get(place).is_some_and(|glob| !glob.has_wildcard()));
        if !is_single || catalogue::action(&word).is_none() {
            groups.of(truths).others.push((word, is_single));
        }
    }
    let touched = Touched::by(&globs);
    let has_broad_own = own.negated || own.items.iter().any(|item| item.glob.tokens().first() == Some(&Token::Many));
    let untouched = has_broad_own && !touched.all;
    if untouched {
        // A service of which no pattern speaks stands for all of them.
        let truths = truths("\u{4e00}:\u{4e00}");
        if is_own(&truths) {
            groups.of(truths).has_services = true;
        }
    }
    for service in touched.services() {
        for action in service.actions() {
            let name = format!("{}:{}", service.prefix, action.name);
            let truths = truths(&name.to_ascii_lowercase());
            if is_own(&truths) {
                groups.of(truths).add(name, &action);
            }
        }
    }
    Ok(groups.0.into_iter().map(|(truths, group)| ActionClass { truths, sorts: group.sorts() }).collect())
}

/// The services that patterns speak of.
struct Touched {
    prefixes: FxHashSet<String>,
    all: bool,
}

impl Touched {
    fn by(globs: &[&Glob]) -> Self {
        let mut touched = Self { prefixes: FxHashSet::default(), all: false };
        for glob in globs.iter().filter(|glob| !glob.is_everything()) {
            let before = glob.tokens().iter().take_while(|token| **token != Token::Char(':'));
            let prefix: Option<String> = before
                .map(|token| match token {
                    Token::Char(character) => Some(*character),
                    _ => None,
                })
                .collect();
            match prefix {
                Some(prefix) => {
                    touched.prefixes.insert(prefix);
                }
                None => touched.all = true,
            }
        }
        touched
    }

    fn services(&self) -> Vec<catalogue::Service> {
        if self.all {
            return catalogue::services().collect();
        }
        let mut found: Vec<_> = self.prefixes.iter().filter_map(|prefix| catalogue::service(prefix)).collect();
        found.sort_unstable_by_key(|service| service.prefix);
        found
    }
}

#[derive(Default)]
struct Groups(BTreeMap<Vec<Truth>, Group>);

#[derive(Default)]
struct Group {
    sorts: Vec<Sort>,
    /// Names that the catalogue does not have, each with whether a pattern spells it out.
    others: Vec<(String, bool)>,
    /// Whether there are whole services of which no pattern speaks.
    has_services: bool,
}

impl Groups {
    fn of(&mut self, truths: Vec<Truth>) -> &mut Group {
        self.0.entry(truths).or_default()
    }
}

impl Group {
    fn add(&mut self, name: String, action: &catalogue::Action) {
        let about = if self.sorts.len() < MAX_SORTS { About::of(action) } else { About::Anything };
        match self.sorts.iter_mut().find(|sort| sort.about == about) {
            Some(sort) => sort.members.push(name),
            None => self.sorts.push(Sort {
                action: name.to_ascii_lowercase(),
                members: vec![name],
                about,
                is_future: false,
            }),
        }
    }

    fn sorts(mut self) -> Vec<Sort> {
        let is_listed = !self.sorts.is_empty() || self.has_services;
        // What somebody has spelled out first.
        self.others.sort_by_key(|(_, is_single)| !is_single);
        if let Some((action, is_single)) = self.others.first() {
            self.sorts.push(Sort {
                action: action.clone(),
                members: Vec::new(),
                about: About::Anything,
                is_future: !is_single && is_listed && !self.has_services,
            });
        }
        self.sorts
    }
}
