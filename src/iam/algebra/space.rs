//! The requests that some statements tell apart, as a product of dimensions: resource, principal, and each condition
//! key. Each dimension is cut into the classes that the statements cut it into, and each statement is a product of sets
//! of classes.

use rustc_hash::FxHashMap;

use crate::iam::resource::{Completes, Step, steps};
use crate::iam::simulate::{Context, Requester, Truth, holds};
use crate::iam::{Condition, Effect, Glob, Patterns, Principals, Token};
use crate::value::Symbol;

use super::access::Rule;
use super::actions::About;
use super::bits::Bits;
use super::boxes::{Cut, Product};
use super::keys::{Asked, Given, Key};
use super::people::requesters;
use super::witness::example;
use super::words::{Class, Letter, TooHard, Word, classes, is_private};

/// Where the dimension of condition keys starts, after those of the resource and of the principal.
pub(super) const KEYS: usize = 2;

/// The dimension of the principal.
pub(super) const PRINCIPAL: usize = 1;

/// The spellings of a pattern of resources, any of which may match.
type Spelled = Vec<Vec<Step>>;

/// Some statements' requests.
pub(super) struct Space {
    /// Patterns of resources with their places in [`Class::matched`].
    patterns: FxHashMap<Spelled, usize>,
    pub(super) resources: Vec<Class>,
    /// None, where the one who asks is given and no statement names anybody.
    pub(super) principals: Vec<Requester>,
    pub(super) keys: Vec<Key>,
    /// What stands for the value of each key that a policy variable asks for.
    pub(super) variables: FxHashMap<String, String>,
}

/// What a space is made of.
#[derive(Clone, Copy)]
pub(super) struct Plan<'a> {
    pub(super) rules: &'a [&'a Rule<'a>],
    /// The resources that are asked about, if not all.
    pub(super) within: Option<(&'a [Glob], Completes)>,
    /// Patterns besides those of the rules.
    pub(super) besides: &'a [Vec<Step>],
    /// The service of the action, if it is one.
    pub(super) service: Option<&'a str>,
    /// What requests of a known requester carry.
    pub(super) own: &'a Context,
}

/// What a statement certainly takes, and what it may take.
pub(super) struct Sides {
    pub(super) may: Cut,
    pub(super) must: Cut,
}

impl Space {
    #[allow(clippy::mutable_key_type, reason = "a symbol is compared by its name, which never changes")]
    pub(super) fn new(plan: &Plan) -> Result<Self, TooHard> {
        let mut patterns: FxHashMap<Spelled, usize> = FxHashMap::default();
        let mut add = |spelled: Spelled| {
            let next = patterns.len();
            *patterns.entry(spelled).or_insert(next)
        };
        for rule in plan.rules {
            let items = rule.statement.resources.iter().flat_map(|resources| &resources.items);
            items.for_each(|item| {
                add(steps(item.glob.tokens(), rule.completes));
            });
        }
        for steps in plan.besides {
            add(vec![steps.clone()]);
        }
        add(vec![vec![Step::Char('*')]]);
        let within: Option<Vec<usize>> = plan
            .within
            .map(|(globs, completes)| globs.iter().map(|glob| add(steps(glob.tokens(), completes))).collect());
        let within = within.map(|members| Bits::of(patterns.len(), members));
        let mut spelled: Vec<&Spelled> = patterns.keys().collect();
        spelled.sort_unstable_by_key(|steps| patterns.get(*steps));
        let resources = classes(spelled, within.as_ref())?;

        let named: Vec<&Principals> = plan.rules.iter().filter_map(|rule| rule.statement.principals.as_ref()).collect();
        let principals = if named.is_empty() { Vec::new() } else { requesters(&named, &hints(plan.rules)) };
        let asked = Asked { service: plan.service, is_signed: principals.is_empty() };
        let mut space = Self { patterns, resources, principals, keys: Vec::new(), variables: FxHashMap::default() };
        space.add_variables(plan);
        space.add_keys(plan, asked);
        Ok(space)
    }

    fn add_variables(&mut self, plan: &Plan) {
        let resources = plan.rules.iter().flat_map(|rule| rule.statement.resources.iter().flat_map(|all| &all.items));
        let conditions = plan.rules.iter().flat_map(|rule| &rule.statement.conditions);
        let globs = resources.map(|item| &item.glob);
        let globs = globs.chain(conditions.flat_map(|condition| condition.values.iter().map(|value| &value.glob)));
        for token in globs.flat_map(Glob::tokens) {
            if let Token::Hole(symbol) = token
                && let Some(key) = variable(symbol)
            {
                let own = plan.own.get(&key).and_then(|given| given.values.first());
                let text = own.cloned().unwrap_or_else(|| any_value(&key));
                self.variables.insert(key, text);
            }
        }
    }

    fn add_keys(&mut self, plan: &Plan, asked: Asked) {
        let mut names: Vec<String> = Vec::new();
        let mut of_key: FxHashMap<String, Vec<(&Condition, _)>> = FxHashMap::default();
        for rule in plan.rules {
            for condition in &rule.statement.conditions {
                let Some(name) = condition.key_name() else { continue };
                let conditions = of_key.entry(name.clone()).or_default();
                if conditions.is_empty() {
                    names.push(name);
                }
                conditions.push((condition, rule.variables));
            }
        }
        for name in names {
            let conditions = of_key.get(&name).map(Vec::as_slice).unwrap_or_default();
            let mut key = Key::new(&name, conditions, asked);
            if let Some(own) = plan.own.get(&name) {
                let words = own.values.iter().map(|text| text.chars().map(Letter::Char).collect()).collect();
                key.given = vec![Given::Values { words, several: own.is_multivalued }];
                key.is_complete = true;
            }
            self.keys.push(key);
        }
    }

    /// All requests.
    pub(super) fn everything(&self) -> Product {
        let keys = self.keys.iter().map(|key| Bits::all(key.given.len()));
        let first = [Bits::all(self.resources.len()), Bits::all(self.principals.len().max(1))];
        first.into_iter().chain(keys).collect()
    }

    /// Whether the space tells all requests apart that the statements do.
    pub(super) fn incomplete_key(&self) -> Option<&str> {
        self.keys.iter().find(|key| !key.is_complete).map(|key| key.name.as_str())
    }

    /// The classes of resources that a pattern matches.
    pub(super) fn resources_of(&self, glob: &Glob, completes: Completes) -> Bits {
        let place = self.patterns.get(&steps(glob.tokens(), completes));
        let matched = |class: &Class| place.is_some_and(|place| class.matched.has(*place));
        self.resources_where(matched)
    }

    /// The classes of resources that actions can be about.
    pub(super) fn resources_about(&self, about: &About) -> Bits {
        let nothing = |class: &Class| class.word == [Letter::Char('*')];
        match about {
            About::Anything => Bits::all(self.resources.len()),
            About::Nothing => self.resources_where(nothing),
            About::Arns { arns, or_nothing } => {
                let places: Vec<_> =
                    arns.iter().filter_map(|arn| self.patterns.get(std::slice::from_ref(arn)).copied()).collect();
                self.resources_where(|class| {
                    places.iter().any(|place| class.matched.has(*place))
                        || (*or_nothing && nothing(class))
                        || has_symbol(&class.word)
                })
            }
        }
    }

    pub(super) fn resources_where(&self, is_member: impl Fn(&Class) -> bool) -> Bits {
        let members = self.resources.iter().enumerate().filter(|(_, class)| is_member(class)).map(|(at, _)| at);
        Bits::of(self.resources.len(), members)
    }

    /// What a statement takes of the requests for actions of which it is known whether it names them.
    pub(super) fn sides(&self, rule: &Rule, action: Truth) -> Sides {
        let statement = rule.statement;
        let length = KEYS + self.keys.len();
        let is_certain = !statement.possible && statement.effect != Effect::Unknown;
        let mut may = Cut { is_empty: action == Truth::No, sets: vec![None; length] };
        let mut must = Cut { is_empty: action != Truth::Yes || !is_certain, sets: vec![None; length] };
        let mut set = |dimension: usize, possible: Bits, certain: Bits| {
            if let (Some(may), Some(must)) = (may.sets.get_mut(dimension), must.sets.get_mut(dimension)) {
                *may = Some(possible);
                *must = Some(certain);
            }
        };
        if let Some(resources) = &statement.resources {
            let (possible, certain) = self.resource_sides(resources, rule.completes);
            set(0, possible, certain);
        }
        if let Some(principals) = &statement.principals {
            let truths = self.principals.iter().map(|requester| requester.is_meant_by(principals, statement.effect));
            let (possible, certain) = of_truths(truths);
            set(PRINCIPAL, possible, certain);
        }
        for (index, key) in self.keys.iter().enumerate() {
            let conditions: Vec<&Condition> =
                statement.conditions.iter().filter(|condition| condition.has_key(&key.name)).collect();
            if conditions.is_empty() {
                continue;
            }
            let truths = key.given.iter().map(|given| {
                let context = self.context(key, given);
                Truth::all(conditions.iter().map(|condition| holds(condition, rule.variables, &context)))
            });
            let (possible, certain) = of_truths(truths);
            set(KEYS + index, possible, certain);
        }
        // A condition on a key that is not known.
        must.is_empty |= statement.conditions.iter().any(|condition| condition.key.as_str().is_none())
            || statement.conditions.iter().any(|condition| condition.operator.is_none());
        Sides { may, must }
    }

    fn resource_sides(&self, resources: &Patterns, completes: Completes) -> (Bits, Bits) {
        let length = self.resources.len();
        let matched = |is_counted: &dyn Fn(bool) -> bool| {
            let places: Vec<usize> = resources
                .items
                .iter()
                .filter(|item| is_counted(item.possible))
                .filter_map(|item| self.patterns.get(&steps(item.glob.tokens(), completes)).copied())
                .collect();
            self.resources_where(|class| places.iter().any(|place| class.matched.has(*place)))
        };
        let (all, certain) = (matched(&|_| true), matched(&|possible| !possible));
        let everything = Bits::all(length);
        match (resources.negated, resources.incomplete) {
            (false, false) => (all, certain),
            (false, true) => (everything, certain),
            (true, false) => (everything.without(&certain), everything.without(&all)),
            (true, true) => (everything.without(&certain), Bits::none(length)),
        }
    }

    /// A request's context with nothing but this key and what variables ask for.
    fn context(&self, key: &Key, given: &Given) -> Context {
        let mut context = Context::default();
        for (name, text) in &self.variables {
            if *name != key.name {
                context.set(name, vec![text.clone()], false);
            }
        }
        Self::give(&mut context, key, given, &self.variables);
        context
    }

    /// Puts what is given for a key into a context.
    pub(super) fn give(context: &mut Context, key: &Key, given: &Given, variables: &FxHashMap<String, String>) {
        if let Given::Values { words, several } = given {
            context.set(&key.name, words.iter().map(|word| text(word, variables)).collect(), *several);
        }
    }
}

/// Accounts and ARNs that conditions ask of whoever makes the request.
fn hints(rules: &[&Rule]) -> Vec<String> {
    const OF_PRINCIPALS: [&str; 2] = ["aws:principalarn", "aws:principalaccount"];
    let conditions = rules.iter().flat_map(|rule| &rule.statement.conditions);
    let of_principals = conditions.filter(|condition| OF_PRINCIPALS.iter().any(|key| condition.has_key(key)));
    let values = of_principals.flat_map(|condition| &condition.values);
    values.map(|value| example(&value.glob, &FxHashMap::default())).collect()
}

/// A context with nothing but this key.
pub(super) fn of_one(key: &Key, given: &Given) -> Context {
    let mut context = Context::default();
    Space::give(&mut context, key, given, &FxHashMap::default());
    context
}

fn of_truths(truths: impl Iterator<Item = Truth>) -> (Bits, Bits) {
    let truths: Vec<Truth> = truths.collect();
    let of = |least: Truth| {
        let members = truths.iter().enumerate().filter(|(_, truth)| **truth >= least).map(|(at, _)| at);
        Bits::of(truths.len().max(1), members)
    };
    (of(Truth::Unknown), of(Truth::Yes))
}

/// The key that a policy variable asks for, in lower case.
pub(super) fn variable(symbol: &Symbol) -> Option<String> {
    let inner = symbol.name().strip_prefix("${")?.strip_suffix('}')?;
    Some(inner.split(',').next().unwrap_or(inner).to_ascii_lowercase())
}

/// A value that no policy names, which tells what it is the value of.
fn any_value(key: &str) -> String {
    format!("any-{}", key.rsplit([':', '/']).next().unwrap_or(key))
}

/// A word as text, with the values of variables; symbols as they are written.
pub(super) fn text(word: &Word, variables: &FxHashMap<String, String>) -> String {
    let mut text = String::with_capacity(word.len());
    for letter in word {
        match letter {
            Letter::Char(character) => text.push(*character),
            Letter::Hole(symbol) => match variable(symbol).and_then(|key| variables.get(&key)) {
                Some(value) => text.push_str(value),
                None => text.push_str(symbol.name()),
            },
        }
    }
    text
}

/// Whether part of the text is a symbol of the code, which may be any part of an ARN.
fn has_symbol(word: &Word) -> bool {
    word.iter().any(|letter| match letter {
        Letter::Char(character) => is_private(*character),
        Letter::Hole(symbol) => variable(symbol).is_none(),
    })
}
