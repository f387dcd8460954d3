//! What one set of policies allows that another does not.

use crate::iam::simulate::{Context, Truth, holds, names_action};
use crate::iam::{Condition, Document, Glob, Pattern, Statement, Token, catalogue};

use super::access::{Access, Layer, LayerKind, Rule};
use super::actions::{About, ActionClass, Sort, action_classes};
use super::boxes::{Budget, Exhausted, Product, intersect, subtract};
use super::canon::Symbols;
use super::space::{Plan, Sides, Space};
use super::witness::{Asking, Candidate, Witness};

/// Products of one class of actions in which a witness is looked for.
const MAX_WITNESSED: usize = 24;

/// What is newly allowed.
#[derive(Clone, Debug, Default)]
pub struct Comparison<'d> {
    /// What is, in the order of the statements that grant it.
    pub gained: Vec<Gain<'d>>,
    /// What may be.
    pub undecided: Vec<Undecided<'d>>,
}

/// Requests of one statement that are newly allowed.
#[derive(Clone, Debug)]
pub struct Gain<'d> {
    /// The Allow that grants them.
    pub statement: &'d Statement,
    /// What has changed.
    pub cause: Cause<'d>,
    /// Their actions: patterns as they are written where all of it is new, or else names.
    pub actions: Vec<String>,
    /// Patterns of their resources, as they are written.
    pub resources: Vec<String>,
    /// What they must meet, as it is written; empty for none.
    pub conditions: Vec<String>,
    /// One of them.
    pub witness: Witness,
}

/// Why something is newly allowed.
#[derive(Clone, Copy, Debug)]
pub enum Cause<'d> {
    /// Nothing granted it.
    Granted,
    /// It was granted and kept from being used by a limit; this statement of the limit now allows it, if it is one.
    Unlimited(LayerKind, Option<&'d Statement>),
    /// It was granted and denied by this statement.
    Undenied(&'d Statement),
}

/// What may be newly allowed.
#[derive(Clone, Debug)]
pub struct Undecided<'d> {
    /// Why it is not known.
    pub why: String,
    /// The Allow that may grant it, if it is known which.
    pub statement: Option<&'d Statement>,
}

/// What `new` allows that `old` does not. `products` bounds the work for each class of actions:
/// [`MAX_PRODUCTS`](super::MAX_PRODUCTS) unless something else is wanted.
pub fn newly_allowed<'d>(new: &Access<'d>, old: &Access<'d>, products: usize) -> Comparison<'d> {
    let mut comparison = Comparison::default();
    if new.layers.is_empty() {
        return comparison;
    }
    let symbols = Symbols::default();
    let (new_named, old_named) = (Named::new(new, &symbols), Named::new(old, &symbols));
    let aside: Vec<String> = {
        let of_old: Vec<&str> = old.unknown().map(|(_, why)| why).collect();
        new.unknown().map(|(_, why)| why).filter(|why| of_old.contains(why)).map(str::to_owned).collect()
    };
    for (_, why) in new.unknown().filter(|(_, why)| !aside.iter().any(|reason| reason == why)) {
        let why = format!("not all policies are known: {why}");
        if !comparison.undecided.iter().any(|known| known.why == why) {
            comparison.undecided.push(Undecided { why, statement: None });
        }
    }
    let compared = Compared {
        new: &new_named.access(new),
        old: &old_named.access(old),
        new_code: new,
        old_code: old,
        symbols: &symbols,
        aside: &aside,
        products,
    };
    let granting: Vec<usize> = new.allows(0).map(|(index, _)| index).collect();
    for index in granting {
        compared.statement(index, &mut comparison);
    }
    comparison
}

/// Documents in which every symbol has a character.
struct Named(Vec<Vec<Document>>);

impl Named {
    fn new(access: &Access, symbols: &Symbols) -> Self {
        let of_layer = |layer: &Layer| layer.documents.iter().map(|document| symbols.name(document)).collect();
        Self(access.layers.iter().map(of_layer).collect())
    }

    fn access<'n>(&'n self, access: &Access) -> Access<'n> {
        let layers = access.layers.iter().zip(&self.0).map(|(layer, documents)| Layer {
            kind: layer.kind,
            documents: documents.iter().collect(),
            allows_everything: layer.allows_everything,
            unknown: layer.unknown.clone(),
        });
        let mut named = Access::new(layers.collect());
        named.requester.clone_from(&access.requester);
        named
    }
}

/// Two accesses, with symbols named and as the code has them.
struct Compared<'c, 'n, 'd> {
    new: &'c Access<'n>,
    old: &'c Access<'n>,
    new_code: &'c Access<'d>,
    old_code: &'c Access<'d>,
    symbols: &'c Symbols,
    aside: &'c [String],
    products: usize,
}

/// The rules that have a say in some actions.
struct Relevant<'r, 'n> {
    rules: Vec<&'r Rule<'n>>,
    /// Which of them are of OLD, and their places there.
    is_old: Vec<bool>,
    truths: Vec<Truth>,
}

/// What a class of actions gains.
struct Found<'s> {
    sorts: Vec<&'s Sort>,
    candidate: Candidate,
    resources: Vec<String>,
}

impl<'d> Compared<'_, '_, 'd> {
    fn statement(&self, index: usize, out: &mut Comparison<'d>) {
        let (Some(own), Some(code)) = (self.new.rules.get(index), self.new_code.rules.get(index)) else { return };
        let statement = code.statement;
        if self.is_kept(own) {
            return;
        }
        let mut undecided = |why: String| out.undecided.push(Undecided { why, statement: Some(statement) });
        let mut rules: Vec<&Rule> = vec![own];
        rules.extend(self.new.rules.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, rule)| rule));
        let new_count = rules.len();
        rules.extend(&self.old.rules);
        let Ok(classes) = action_classes(&rules) else {
            return undecided("the patterns of actions are too many to be told apart".to_owned());
        };
        let mut found: Vec<Found> = Vec::new();
        let mut failed: Vec<String> = Vec::new();
        for class in &classes {
            let chosen = class.truths.iter().enumerate().filter(|(_, truth)| **truth != Truth::No).map(|(at, _)| at);
            let chosen: Vec<usize> = chosen.collect();
            let relevant = Relevant {
                rules: chosen.iter().filter_map(|at| rules.get(*at).copied()).collect(),
                is_old: chosen.iter().map(|at| *at >= new_count).collect(),
                truths: chosen.iter().filter_map(|at| class.truths.get(*at).copied()).collect(),
            };
            let (gains, why) = self.class(own, &relevant, class);
            found.extend(gains);
            failed.extend(why.filter(|why| !failed.contains(why)));
        }
        failed.into_iter().for_each(undecided);
        out.gained.extend(self.gains(statement, own, &classes, found));
    }

    /// Whether an Allow of OLD grants all that this one does, with nothing more kept away by OLD: the usual case of a
    /// statement that has not changed.
    fn is_kept(&self, own: &Rule) -> bool {
        let has = |access: &Access, rule: &Rule| {
            access.rules.iter().any(|other| other.layer == rule.layer && is_same(other, rule))
        };
        let of_old = |rule: &Rule| self.old.allows(0).any(|(_, other)| is_same(other, rule));
        let is_undenied = self.old.denies().all(|(_, deny)| self.new.denies().any(|(_, other)| is_same(other, deny)));
        // Limits, level by level: what NEW's level allows, OLD's did.
        let same_limits = self.old.layers.len() == 1
            || (self.old.layers.len() == self.new.layers.len()
                && self
                    .old
                    .layers
                    .iter()
                    .zip(&self.new.layers)
                    .all(|(old, new)| old.kind == new.kind && old.allows_everything == new.allows_everything)
                && self
                    .new
                    .rules
                    .iter()
                    .filter(|rule| rule.layer > 0 && rule.may_allow())
                    .all(|rule| has(self.old, rule)));
        of_old(own) && is_undenied && same_limits
    }

    /// What one class of actions gains, for each sort of them; and why more may be gained.
    fn class<'s>(&self, own: &Rule, relevant: &Relevant, class: &'s ActionClass) -> (Vec<Found<'s>>, Option<String>) {
        let within: Option<Vec<Glob>> = own
            .statement
            .resources
            .as_ref()
            .filter(|resources| !resources.negated && !resources.incomplete)
            .map(|resources| resources.items.iter().map(|item| item.glob.clone()).collect());
        let services = service_of(class);
        let own_context = self.new.own_context();
        let mut plan = Plan {
            rules: &relevant.rules,
            within: within.as_deref().map(|globs| (globs, own.completes)),
            besides: &[],
            service: services.as_deref(),
            own: &own_context,
        };
        let Ok(mut space) = Space::new(&plan) else {
            return (Vec::new(), Some("the patterns of resources are too many to be told apart".to_owned()));
        };
        let sides_in = |space: &Space| -> Vec<Sides> {
            relevant.rules.iter().zip(&relevant.truths).map(|(rule, truth)| space.sides(rule, *truth)).collect()
        };
        let mut sides = sides_in(&space);
        // What is covered for any resource is covered for those that the actions can be about: the usual case.
        let any = self.uncovered(relevant, &sides, &space, &About::Anything);
        if any.is_ok_and(|uncovered| uncovered.is_empty()) && space.incomplete_key().is_none() {
            return (Vec::new(), None);
        }
        let arns: Vec<_> = class.sorts.iter().flat_map(|sort| sort.about.arns()).cloned().collect();
        plan.besides = &arns;
        // Without the shapes of ARNs, all resources are taken to be possible.
        let is_typed = match Space::new(&plan) {
            Ok(typed) => {
                space = typed;
                sides = sides_in(&space);
                true
            }
            Err(_) => false,
        };
        let mut found = Vec::new();
        let mut why = None;
        let mut is_real = false;
        for sort in &class.sorts {
            if sort.is_future && is_real {
                continue;
            }
            let about = if is_typed || sort.about == About::Nothing { &sort.about } else { &About::Anything };
            let uncovered = self.uncovered(relevant, &sides, &space, about);
            let Ok(uncovered) = uncovered else {
                why = Some("the statements are too many to be taken apart".to_owned());
                continue;
            };
            if uncovered.is_empty() {
                if let Some(key) = space.incomplete_key() {
                    why = Some(format!("the values of {key} are too many to be told apart"));
                }
                continue;
            }
            if sort.is_future {
                let date = catalogue::date();
                why = Some(format!("only actions may be gained that the list of actions of {date} does not have"));
                continue;
            }
            is_real = true;
            match self.witness(own, sort, &space, &uncovered) {
                Ok(candidate) => {
                    let resources = self.resources(own, &space, &uncovered);
                    found.push(Found { sorts: vec![sort], candidate, resources });
                }
                Err(reason) => why = Some(reason),
            }
        }
        (found, why)
    }

    /// What may be allowed by NEW and is not certain to have been by OLD.
    fn uncovered(
        &self,
        relevant: &Relevant,
        sides: &[Sides],
        space: &Space,
        about: &About,
    ) -> Result<Vec<Product>, Exhausted> {
        let mut budget = Budget(self.products);
        let rules = || {
            let pairs = relevant.rules.iter().zip(&relevant.is_old).zip(sides);
            pairs.map(|((rule, is_old), sides)| (*rule, *is_old, sides))
        };
        let mut everything = space.everything();
        if let Some(resources) = everything.first_mut() {
            *resources = resources.and(&space.resources_about(about));
        }
        let own = sides.first().and_then(|own| own.may.of(&everything));
        let denied = rules().filter(|(rule, is_old, _)| !is_old && rule.may_deny()).map(|(.., sides)| &sides.must);
        let mut allowed = subtract(own.into_iter().collect(), denied, &mut budget)?;
        for layer in 1..self.new.layers.len() {
            let is_open = self.new.unknown().any(|(of, _)| of == layer);
            if is_open || self.new.layers.get(layer).is_some_and(|layer| layer.allows_everything) {
                continue;
            }
            let limits = rules().filter(|(rule, is_old, _)| !is_old && rule.layer == layer && rule.may_allow());
            allowed = intersect(&allowed, limits.map(|(.., sides)| &sides.may), &mut budget)?;
        }
        if self.old.layers.is_empty() {
            return Ok(allowed);
        }
        let mut uncovered = Vec::new();
        for (layer, _) in self.old.layers.iter().enumerate().filter(|(_, layer)| !layer.allows_everything) {
            let granted = rules().filter(|(rule, is_old, _)| *is_old && rule.layer == layer && rule.may_allow());
            uncovered.extend(subtract(allowed.clone(), granted.map(|(.., sides)| &sides.must), &mut budget)?);
        }
        let denied = rules().filter(|(rule, is_old, _)| *is_old && rule.may_deny()).map(|(.., sides)| &sides.may);
        uncovered.extend(intersect(&allowed, denied, &mut budget)?);
        Ok(uncovered)
    }

    /// A request that the evaluator allows by NEW and not by OLD.
    fn witness(&self, own: &Rule, sort: &Sort, space: &Space, uncovered: &[Product]) -> Result<Candidate, String> {
        let items = own.statement.resources.iter().flat_map(|resources| &resources.items);
        let items = items.map(|item| &item.glob).filter(|glob| !glob.is_everything());
        let shapes: Vec<Glob> = items.cloned().chain(sort.about.shapes()).collect();
        let action = sort.members.first().unwrap_or(&sort.action);
        let asking = Asking { space, action, requester: self.new.requester.as_ref(), shapes: &shapes };
        let mut reason = None;
        for product in uncovered.iter().take(MAX_WITNESSED) {
            for candidate in asking.candidates(product) {
                match self.confirms(&candidate) {
                    Ok(()) => {
                        return Ok(asking.readable(candidate, |other| self.confirms(other).is_ok()));
                    }
                    Err(why) => {
                        reason.get_or_insert(why);
                    }
                }
            }
        }
        Err(reason.unwrap_or_else(|| format!("whether {action} is newly allowed depends on what is not known")))
    }

    fn confirms(&self, candidate: &Candidate) -> Result<(), String> {
        let request = &candidate.request;
        let action = &candidate.witness.action;
        let (new, old) = (self.new.decides(request, self.aside), self.old.decides(request, self.aside));
        if new != Truth::Yes || old != Truth::No {
            let side = if new == Truth::Yes { "was" } else { "is" };
            return Err(format!("whether {action} {side} allowed depends on what is not known"));
        }
        // Symbols may be more than themselves.
        self.may_be_same(candidate)
    }

    /// Whether what is not known may be what makes the difference.
    fn may_be_same(&self, candidate: &Candidate) -> Result<(), String> {
        let request = &candidate.request;
        let resource = symbols_open(&request.resource);
        let open = |rule: &Rule, named: &Rule| {
            let symbolic = resource.has_hole() || has_symbols(rule);
            symbolic && self.applies_if_open(rule, named, candidate, &resource)
        };
        let of_old = self.old_code.rules.iter().zip(&self.old.rules).filter(|(rule, _)| rule.may_allow());
        let of_new = self.new_code.rules.iter().zip(&self.new.rules).filter(|(rule, _)| rule.may_deny());
        for (rule, named) in of_old.chain(of_new) {
            if open(rule, named) {
                let action = &candidate.witness.action;
                let resource = self.symbols.read(&request.resource);
                return Err(format!("whether {action} on {resource} is new depends on what is not known"));
            }
        }
        Ok(())
    }

    /// Whether a rule that does not apply might, if symbols were something else.
    fn applies_if_open(&self, rule: &Rule, named: &Rule, candidate: &Candidate, resource: &Glob) -> bool {
        let request = &candidate.request;
        let actions = named.statement.actions.as_ref();
        let is_about = |own| names_action(own, &request.action) != Truth::No;
        if !actions.is_some_and(is_about) || self.new.applies(named, request) != Truth::No {
            return false;
        }
        let resources_may = rule.statement.resources.as_ref().is_none_or(|resources| {
            resources.negated || resources.items.iter().any(|item| item.glob.may_intersect(resource))
        });
        let conditions_may = rule.statement.conditions.iter().zip(&named.statement.conditions).all(|(code, named)| {
            let is_open =
                code.values.iter().any(|value| value.glob.has_hole()) || request_has_symbols(&request.context, named);
            let variables = rule.variables;
            is_open || holds(named, variables, &request.context) != Truth::No
        });
        resources_may && conditions_may
    }

    /// The statement's patterns that have newly allowed resources, as they are written.
    fn resources(&self, own: &Rule, space: &Space, uncovered: &[Product]) -> Vec<String> {
        let Some(resources) = &own.statement.resources else { return Vec::new() };
        if resources.negated {
            let names: Vec<String> = resources.items.iter().map(|item| self.read(item)).collect();
            return vec![format!("everything but {}", names.join(", "))];
        }
        let has_new = |item: &&Pattern| {
            let classes = space.resources_of(&item.glob, own.completes);
            uncovered.iter().any(|product| product.first().is_some_and(|resources| resources.meets(&classes)))
        };
        resources.items.iter().filter(has_new).map(|item| self.read(item)).collect()
    }

    fn read(&self, pattern: &Pattern) -> String {
        self.symbols.read(&pattern.text.to_string())
    }

    /// One gain for each set of resources and cause.
    fn gains(&self, statement: &'d Statement, own: &Rule, classes: &[ActionClass], found: Vec<Found>) -> Vec<Gain<'d>> {
        let mut gains: Vec<(Gain<'d>, Vec<&Sort>)> = Vec::new();
        for one in found {
            let cause = self.cause(&one.candidate);
            let same = gains.iter_mut().find(|(gain, _)| gain.resources == one.resources && gain.cause.is_same(&cause));
            if let Some((_, sorts)) = same {
                sorts.extend(one.sorts);
                continue;
            }
            let conditions = statement.conditions.iter().map(written).collect();
            let (resources, witness) = (one.resources, self.told(one.candidate.witness));
            let gain = Gain { statement, cause, actions: Vec::new(), resources, conditions, witness };
            gains.push((gain, one.sorts));
        }
        gains.into_iter().map(|(gain, sorts)| Gain { actions: self.actions(own, classes, &sorts), ..gain }).collect()
    }

    /// A witness as a reader of the code knows it.
    fn told(&self, witness: Witness) -> Witness {
        let read = |text: String| self.symbols.read(&text);
        let context = witness.context.into_iter();
        Witness {
            principal: witness.principal.map(read),
            action: witness.action,
            resource: read(witness.resource),
            context: context.map(|(key, values)| (key, values.into_iter().map(read).collect())).collect(),
        }
    }

    /// The names of the actions: a pattern where all that it matches is new.
    fn actions(&self, own: &Rule, classes: &[ActionClass], gained: &[&Sort]) -> Vec<String> {
        let Some(actions) = &own.statement.actions else { return Vec::new() };
        let is_gained = |sort: &Sort| gained.iter().any(|other| std::ptr::eq(*other, sort));
        let all_names = |sort: &Sort| -> Vec<String> {
            if sort.members.is_empty() { vec![sort.action.clone()] } else { sort.members.clone() }
        };
        let mut written = Vec::new();
        let mut told: Vec<&Glob> = Vec::new();
        for item in actions.items.iter().filter(|_| !actions.negated) {
            let matches =
                |sort: &Sort| all_names(sort).iter().any(|name| item.glob.matches(&name.to_ascii_lowercase()));
            let sorts =
                || classes.iter().flat_map(|class| &class.sorts).filter(|sort| !sort.is_future && matches(sort));
            if sorts().next().is_some() && sorts().all(is_gained) {
                written.push(self.read(item));
                told.push(&item.glob);
            }
        }
        let mut names: Vec<String> = gained.iter().flat_map(|sort| all_names(sort)).collect();
        names.retain(|name| !told.iter().any(|glob| glob.matches(&name.to_ascii_lowercase())));
        names.sort();
        written.extend(names);
        written
    }

    /// What kept the request from being allowed.
    fn cause(&self, candidate: &Candidate) -> Cause<'d> {
        let request = &candidate.request;
        if self.old.is_allowed_by(0, request) != Truth::Yes {
            return Cause::Granted;
        }
        let denying = self.old.denies().find(|(_, rule)| self.old.applies(rule, request) != Truth::No);
        if let Some(rule) = denying.and_then(|(index, _)| self.old_code.rules.get(index)) {
            return Cause::Undenied(rule.statement);
        }
        for (index, layer) in self.old.layers.iter().enumerate().skip(1) {
            if self.old.is_allowed_by(index, request) != Truth::Yes {
                let same = self.new.layers.iter().position(|other| other.kind == layer.kind);
                let allowing = same.and_then(|layer| {
                    self.new.allows(layer).find(|(_, rule)| self.new.applies(rule, request) == Truth::Yes)
                });
                let statement = allowing.and_then(|(at, _)| self.new_code.rules.get(at)).map(|rule| rule.statement);
                return Cause::Unlimited(layer.kind, statement);
            }
        }
        Cause::Granted
    }
}

impl Cause<'_> {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Granted, Self::Granted) => true,
            (Self::Unlimited(own, _), Self::Unlimited(other, _)) => own == other,
            (Self::Undenied(own), Self::Undenied(other)) => std::ptr::eq(*own, *other),
            _ => false,
        }
    }
}

/// The service of all actions of a class, if it is one.
fn service_of(class: &ActionClass) -> Option<String> {
    let names = || class.sorts.iter().flat_map(|sort| sort.members.iter().chain([&sort.action]));
    let first = names().next()?.split(':').next()?.to_ascii_lowercase();
    let is_of = |name: &String| name.split(':').next().is_some_and(|service| service.eq_ignore_ascii_case(&first));
    (names().all(is_of) && catalogue::service(&first).is_some()).then_some(first)
}

/// Whether two statements say the same, wherever they stand.
fn is_same(own: &Rule, other: &Rule) -> bool {
    own.completes == other.completes && own.variables == other.variables && own.statement.says_the_same(other.statement)
}

/// A text of the named documents with its symbols open.
fn symbols_open(text: &str) -> Glob {
    Glob::of_tokens(text.chars().map(|character| {
        if super::words::is_private(character) {
            Token::Hole(crate::value::Symbol::new(String::from(character)))
        } else {
            Token::Char(character)
        }
    }))
}

/// Whether a statement has symbols of the code; those of its actions and of who it is about are not looked at.
fn has_symbols(rule: &Rule) -> bool {
    let is_symbol = |token: &Token| matches!(token, Token::Hole(symbol) if super::space::variable(symbol).is_none());
    let resources = rule.statement.resources.iter().flat_map(|resources| resources.items.iter().map(|item| &item.glob));
    let values =
        rule.statement.conditions.iter().flat_map(|condition| condition.values.iter().map(|value| &value.glob));
    resources.chain(values).any(|glob| glob.tokens().iter().any(is_symbol))
}

fn request_has_symbols(context: &Context, condition: &Condition) -> bool {
    let given = condition.key_name().and_then(|key| context.get(&key).cloned());
    given.is_some_and(|given| given.values.iter().any(|value| value.contains(super::words::is_private)))
}

/// A condition as a reader is told it.
fn written(condition: &Condition) -> String {
    let operator = condition.operator.map_or_else(|| "?".to_owned(), |operator| operator.to_string());
    let values: Vec<String> = condition.values.iter().map(|value| value.text.to_string()).collect();
    format!("{operator} {} {}", condition.key, values.join(", "))
}
