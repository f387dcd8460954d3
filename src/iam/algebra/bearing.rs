//! Whether a statement makes any difference among others.

use crate::iam::simulate::Truth;
use crate::iam::{Condition, Glob, Operator, OperatorKind, Statement, Variables};
use crate::value::Text;

use super::access::{Access, Rule};
use super::actions::{About, action_classes};
use super::boxes::{Budget, Cut, Product, intersect, subtract};
use super::keys::{Asked, Given, Key};
use super::space::{Plan, Sides, Space};
use super::words::is_private;
use super::{MAX_PRODUCTS, space};

/// How a set of texts lies to what conditions let through.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Admitted {
    /// Every text of it is let through.
    All,
    /// This one is, and others are not.
    Some(String),
    /// None is.
    None,
    /// It is not known.
    Unknown,
}

impl Access<'_> {
    /// Whether an Allow grants nothing that the other statements of its layer do not, Deny statements aside: it could be
    /// left out. The statement is one of this access's.
    pub fn is_redundant(&self, statement: &Statement) -> Truth {
        let Some(own) = self.rules.iter().find(|rule| std::ptr::eq(rule.statement, statement)) else {
            return Truth::Unknown;
        };
        let others = self
            .rules
            .iter()
            .filter(|rule| rule.layer == own.layer && rule.may_allow() && !std::ptr::eq(rule.statement, statement));
        let rules: Vec<&Rule> = std::iter::once(own).chain(others).collect();
        if rules.len() == 1 {
            return Truth::No;
        }
        self.every_class(&rules, |products, sides, budget| {
            let left = |of: fn(&Sides) -> (&Cut, &Cut), budget: &mut Budget| {
                let own = sides.first().and_then(|own| of(own).0.of(products));
                subtract(own.into_iter().collect(), sides.iter().skip(1).map(|other| of(other).1), budget)
            };
            match left(|sides| (&sides.may, &sides.must), budget) {
                Ok(left) if left.is_empty() => Truth::Yes,
                Ok(_) => match left(|sides| (&sides.must, &sides.may), budget) {
                    Ok(left) if !left.is_empty() => Truth::No,
                    _ => Truth::Unknown,
                },
                Err(_) => Truth::Unknown,
            }
        })
    }

    /// Whether a Deny applies to nothing that the first layer allows. Policies of resources may still grant what it
    /// denies; they are not of this access. The statement is one of this access's.
    pub fn denies_nothing(&self, statement: &Statement) -> Truth {
        let Some(own) = self.rules.iter().find(|rule| std::ptr::eq(rule.statement, statement)) else {
            return Truth::Unknown;
        };
        let rules: Vec<&Rule> = std::iter::once(own).chain(self.allows(0).map(|(_, rule)| rule)).collect();
        let is_open = self.unknown().any(|(layer, _)| layer == 0);
        let truth = self.every_class(&rules, |products, sides, budget| {
            let met = |of: fn(&Sides) -> &Cut, budget: &mut Budget| {
                let own = sides.first().and_then(|own| of(own).of(products));
                let own: Vec<Product> = own.into_iter().collect();
                intersect(&own, sides.iter().skip(1).map(of), budget)
            };
            match met(|sides| &sides.may, budget) {
                Ok(met) if met.is_empty() => Truth::Yes,
                Ok(_) => match met(|sides| &sides.must, budget) {
                    Ok(met) if !met.is_empty() => Truth::No,
                    _ => Truth::Unknown,
                },
                Err(_) => Truth::Unknown,
            }
        });
        if is_open { truth.at_most_unknown() } else { truth }
    }

    /// Asks about each class of actions of the first rule and each sort of them. All must hold.
    fn every_class(&self, rules: &[&Rule], holds: impl Fn(&Product, &[Sides], &mut Budget) -> Truth) -> Truth {
        let Ok(classes) = action_classes(rules) else { return Truth::Unknown };
        let mut all = Truth::Yes;
        for class in &classes {
            let chosen = rules.iter().zip(&class.truths).filter(|(_, truth)| **truth != Truth::No);
            let (chosen, truths): (Vec<&Rule>, Vec<Truth>) = chosen.map(|(rule, truth)| (*rule, *truth)).unzip();
            let arns: Vec<_> = class.sorts.iter().flat_map(|sort| sort.about.arns()).cloned().collect();
            let own = self.own_context();
            let mut plan = Plan { rules: &chosen, within: None, besides: &arns, service: None, own: &own };
            let mut is_typed = true;
            let space = Space::new(&plan).or_else(|_| {
                is_typed = false;
                plan.besides = &[];
                Space::new(&plan)
            });
            let Ok(space) = space else { return Truth::Unknown };
            let sides: Vec<Sides> = chosen.iter().zip(&truths).map(|(rule, truth)| space.sides(rule, *truth)).collect();
            for sort in &class.sorts {
                let about = if is_typed || sort.about == About::Nothing { &sort.about } else { &About::Anything };
                let mut everything = space.everything();
                if let Some(resources) = everything.first_mut() {
                    *resources = resources.and(&space.resources_about(about));
                }
                all = all.and(holds(&everything, &sides, &mut Budget(MAX_PRODUCTS)));
            }
            if space.incomplete_key().is_some() {
                all = all.at_most_unknown();
            }
            if all == Truth::No {
                return all;
            }
        }
        all
    }
}

/// How texts that a request may carry for a key (`token.actions.githubusercontent.com:sub`) lie to what a statement's
/// conditions on that key let through: whether any fork's `repo:*:*` is, for instance. Other keys are left aside;
/// without conditions on the key everything is let through.
pub fn admitted(conditions: &[Condition], variables: Variables, key: &str, texts: &Glob) -> Admitted {
    let name = key.to_ascii_lowercase();
    let on_key: Vec<&Condition> = conditions.iter().filter(|condition| condition.has_key(&name)).collect();
    let asked = Condition::like(&name, texts);
    let all: Vec<(&Condition, Variables)> =
        on_key.iter().map(|condition| (*condition, variables)).chain([(&asked, Variables::Literal)]).collect();
    let classes = Key::new(&name, &all, Asked { service: None, is_signed: false });
    let mut seen = (None, false, false);
    for given in &classes.given {
        let Given::Values { words, .. } = given else { continue };
        let [word] = words.as_slice() else { continue };
        let text = space::text(word, &rustc_hash::FxHashMap::default());
        let context = space::of_one(&classes, given);
        if crate::iam::simulate::holds(&asked, Variables::Literal, &context) != Truth::Yes {
            continue;
        }
        let held = on_key.iter().map(|condition| crate::iam::simulate::holds(condition, variables, &context));
        match Truth::all(held) {
            Truth::Yes => seen.0 = seen.0.or(Some(text)),
            Truth::No => seen.1 = true,
            Truth::Unknown => seen.2 = true,
        }
    }
    match seen {
        _ if !classes.is_complete => Admitted::Unknown,
        (Some(_), false, false) => Admitted::All,
        (Some(text), true, _) if !text.contains(is_private) => Admitted::Some(text),
        (None, _, false) => Admitted::None,
        _ => Admitted::Unknown,
    }
}

impl Condition {
    /// A condition that the key's value is one of these texts.
    fn like(key: &str, texts: &Glob) -> Self {
        let operator = Operator { qualifier: None, kind: OperatorKind::StringLike, if_exists: false };
        let text = Text::from(texts.to_string());
        Self {
            operator: Some(operator),
            operator_span: None,
            key: Text::from(key.to_owned()),
            key_span: None,
            values: vec![crate::iam::ConditionValue { text, glob: texts.clone(), span: None }],
            incomplete: false,
            possible: false,
        }
    }
}
