//! Cutting the actions of a statement into those that the same statements name, and these by what they can be about.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::iam::resource::{Step, plain_steps, steps_by_field};
use crate::iam::simulate::{Truth, names_action_by};
use crate::iam::{Glob, Pattern, Patterns, Token, catalogue};

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

/// Cuts the actions of the first rule by the others, service by service: statements of AWS's own policies have thousands
/// of patterns, of which few are of one service.
pub(super) fn action_classes(rules: &[&Rule]) -> Result<Vec<ActionClass>, TooHard> {
    let Some(own) = rules.first().and_then(|rule| rule.statement.actions.as_ref()) else { return Ok(Vec::new()) };
    let spoken = Spoken::of(rules);
    let is_broad = own.negated || own.incomplete || own.items.iter().any(|item| service_of(&item.glob).is_none());
    let mut groups = Groups::default();
    if is_broad {
        // Services of which no pattern speaks.
        spoken.cut(None, &mut groups)?;
    }
    if spoken.of_any {
        for service in catalogue::services() {
            spoken.cut(Some(service.prefix), &mut groups)?;
        }
    }
    for prefix in &spoken.prefixes {
        let is_own = || own.items.iter().any(|item| service_of(&item.glob).as_ref() == Some(prefix));
        let is_done = spoken.of_any && catalogue::service(prefix).is_some();
        if !is_done && (is_broad || is_own()) {
            spoken.cut(Some(prefix), &mut groups)?;
        }
    }
    Ok(groups.0.into_iter().map(|(truths, group)| ActionClass { truths, sorts: group.sorts() }).collect())
}

/// The service that a pattern of actions is about, if it is one.
fn service_of(glob: &Glob) -> Option<String> {
    let before = glob.tokens().iter().take_while(|token| **token != Token::Char(':'));
    let letter = |token: &Token| match token {
        Token::Char(character) => Some(*character),
        _ => None,
    };
    before.map(letter).collect()
}

/// What rules say of actions.
struct Spoken<'a> {
    /// What each rule names.
    named: Vec<Option<&'a Patterns>>,
    /// Every pattern with its rule and its service.
    patterns: Vec<(usize, &'a Pattern, Option<String>)>,
    /// The services that patterns are about.
    prefixes: BTreeSet<String>,
    /// Whether some pattern speaks of names in any service.
    of_any: bool,
}

impl<'a> Spoken<'a> {
    fn of(rules: &[&'a Rule]) -> Self {
        let named: Vec<_> = rules.iter().map(|rule| rule.statement.actions.as_ref()).collect();
        let of_rule = |(rule, named): (usize, Option<&'a Patterns>)| {
            let items = named.into_iter().flat_map(|named| &named.items);
            items.map(move |item| (rule, item, service_of(&item.glob))).collect::<Vec<_>>()
        };
        let patterns: Vec<_> = named.iter().copied().enumerate().flat_map(of_rule).collect();
        let prefixes = patterns.iter().filter_map(|(.., service)| service.clone()).collect();
        let of_any = patterns.iter().any(|(_, item, service)| service.is_none() && !item.glob.is_everything());
        Self { named, patterns, prefixes, of_any }
    }

    /// Cuts the actions of a service, or of those of which no pattern speaks.
    fn cut(&self, service: Option<&str>, groups: &mut Groups) -> Result<(), TooHard> {
        let mut items: Vec<Vec<&Pattern>> = vec![Vec::new(); self.named.len()];
        let whole = service.map(|service| Glob::known(&format!("{service}:*")));
        let mut globs: Vec<&Glob> = whole.iter().collect();
        for (rule, item, of) in &self.patterns {
            if of.is_none() || of.as_deref() == service {
                items.get_mut(*rule).into_iter().for_each(|items| items.push(item));
                if !globs.contains(&&item.glob) {
                    globs.push(&item.glob);
                }
            }
        }
        let truths = |action: &str| -> Vec<Truth> {
            let of = |(named, items): (Option<&Patterns>, &Vec<&Pattern>)| {
                named.map_or(Truth::No, |named| names_action_by(named, &mut items.iter().copied(), action))
            };
            self.named.iter().copied().zip(&items).map(of).collect()
        };
        let is_own = |truths: &[Truth]| truths.first().is_some_and(|truth| *truth != Truth::No);
        let steps: Vec<_> = globs.iter().map(|glob| vec![plain_steps(glob.tokens())]).collect();
        // What is cut is what the service has, and nothing but that.
        let within = service.map(|_| Bits::of(globs.len(), [0]));
        for class in classes(&steps, within.as_ref())? {
            let word = super::space::text(&class.word, &FxHashMap::default());
            let truths = truths(&word);
            if !is_own(&truths) {
                continue;
            }
            let is_spelled = |place: usize| globs.get(place).is_some_and(|glob| !glob.has_wildcard());
            let is_single = class.matched.iter().any(is_spelled);
            let group = groups.of(truths);
            if service.is_none() {
                group.has_services = true;
            }
            if !is_single || catalogue::action(&word).is_none() {
                group.others.push((word, is_single));
            }
        }
        let Some(known) = service.and_then(catalogue::service) else { return Ok(()) };
        for action in known.actions() {
            let name = format!("{}:{}", known.prefix, action.name);
            let truths = truths(&name.to_ascii_lowercase());
            if is_own(&truths) {
                groups.of(truths).add(name, &action);
            }
        }
        Ok(())
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
