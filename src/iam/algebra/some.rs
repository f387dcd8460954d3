//! Whether an action is allowed on some resource.

use crate::iam::resource::Completes;
use crate::iam::simulate::{Truth, names_action};
use crate::iam::{Glob, catalogue};

use super::MAX_PRODUCTS;
use super::access::{Access, Rule};
use super::actions::About;
use super::boxes::{Budget, Exhausted, Product, intersect, subtract};
use super::space::{Plan, Sides, Space};
use super::witness::{Asking, Candidate, Witness};

/// Whether some request is allowed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// This one is.
    Yes(Witness),
    /// None is.
    No,
    /// It is not known, because of this.
    Unknown(String),
}

impl Answer {
    /// Whether it is certain that some request is allowed.
    pub fn is_yes(&self) -> bool {
        matches!(self, Self::Yes(_))
    }
}

/// Which side of what is not certain is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// Allowed is what may be allowed; denied is what must be.
    Widest,
    /// Allowed is what must be allowed; denied is what may be.
    Narrowest,
}

impl Access<'_> {
    /// Whether there is a request for the action (`service:Action`, in any case) on some resource that the pattern
    /// matches, which every layer allows and nothing denies. For an action that is about no resource, the pattern does
    /// not matter.
    pub fn some(&self, action: &str, resource: &Glob) -> Answer {
        let action = action.to_ascii_lowercase();
        let open: Vec<(usize, &str)> = self.unknown().collect();
        let mut relevant: Vec<&Rule> = Vec::new();
        let mut truths = Vec::new();
        for rule in &self.rules {
            let truth = rule.statement.actions.as_ref().map_or(Truth::No, |actions| names_action(actions, &action));
            if truth != Truth::No {
                relevant.push(rule);
                truths.push(truth);
            }
        }
        let is_allowed = |layer: usize| {
            self.layers.get(layer).is_some_and(|layer| layer.allows_everything)
                || open.iter().any(|(of, _)| *of == layer)
                || relevant.iter().any(|rule| rule.layer == layer && rule.may_allow())
        };
        if self.layers.is_empty() || !(0..self.layers.len()).all(is_allowed) {
            return Answer::No;
        }
        let known = catalogue::action(&action);
        let nothing = [Glob::of_tokens([crate::iam::Token::Char('*')])];
        let about = known.as_ref().map_or(About::Anything, About::of);
        let asked = if about == About::Nothing { &nothing[..] } else { std::slice::from_ref(resource) };
        let (besides, is_typed) = match &about {
            About::Arns { arns, .. } if resource.has_wildcard() => (arns.as_slice(), true),
            _ => (&[][..], false),
        };
        let own = self.own_context();
        let service = action.split_once(':').map(|(service, _)| service);
        let plan = Plan { rules: &relevant, within: Some((asked, Completes::No)), besides, service, own: &own };
        let mut is_typed = is_typed;
        let space = Space::new(&plan).or_else(|_| {
            // Without the shapes of ARNs, all resources are taken to be possible.
            is_typed = false;
            Space::new(&Plan { besides: &[], ..plan })
        });
        let Ok(space) = space else {
            return Answer::Unknown("the patterns are too many to tell their resources apart".to_owned());
        };
        let mut everything = space.everything();
        if is_typed && let Some(resources) = everything.first_mut() {
            *resources = resources.and(&space.resources_about(&about));
        }
        let sides: Vec<Sides> = relevant.iter().zip(&truths).map(|(rule, truth)| space.sides(rule, *truth)).collect();
        let allowed = |taken| self.allowed(&relevant, &sides, vec![everything.clone()], taken, &open);
        let widest = match allowed(Taken::Widest) {
            Ok(widest) => widest,
            Err(Exhausted) => return Answer::Unknown("the statements are too many to be taken apart".to_owned()),
        };
        if widest.is_empty() {
            return match space.incomplete_key() {
                Some(key) => Answer::Unknown(format!("the values of {key} are too many to be told apart")),
                None => Answer::No,
            };
        }
        let name = known.map_or(action.clone(), |known| format!("{}:{}", known.service.prefix, known.name));
        let shapes: Vec<Glob> = about.shapes().into_iter().chain([resource.clone()]).collect();
        let asking = Asking { space: &space, action: &name, requester: self.requester.as_ref(), shapes: &shapes };
        let narrowest = allowed(Taken::Narrowest).unwrap_or_default();
        for product in narrowest.iter().chain(&widest).take(4) {
            for candidate in asking.candidates(product) {
                if self.decides(&candidate.request, &[]) == Truth::Yes {
                    let is_open = asked.iter().any(Glob::has_wildcard);
                    let is_asked = |resource: &str| asked.iter().any(|glob| glob.matches(resource));
                    let shows = |other: &Candidate| {
                        is_asked(&other.witness.resource) && self.decides(&other.request, &[]) == Truth::Yes
                    };
                    let told = if is_open { asking.readable(candidate, shows) } else { candidate };
                    return Answer::Yes(told.witness);
                }
            }
        }
        Answer::Unknown(match open.first() {
            Some((_, why)) => format!("not all policies are known: {why}"),
            None => format!("whether {name} is allowed depends on what is not known"),
        })
    }

    /// What of the products all layers allow and nothing denies.
    pub(super) fn allowed(
        &self,
        rules: &[&Rule],
        sides: &[Sides],
        mut products: Vec<Product>,
        taken: Taken,
        open: &[(usize, &str)],
    ) -> Result<Vec<Product>, Exhausted> {
        let mut budget = Budget(MAX_PRODUCTS);
        let denies = rules.iter().zip(sides).filter(|(rule, _)| rule.may_deny()).map(|(_, sides)| match taken {
            Taken::Widest => &sides.must,
            Taken::Narrowest => &sides.may,
        });
        products = subtract(products, denies, &mut budget)?;
        for (index, layer) in self.layers.iter().enumerate() {
            let is_open = open.iter().any(|(of, _)| *of == index);
            if layer.allows_everything || (is_open && taken == Taken::Widest) {
                continue;
            }
            let of_layer = rules.iter().zip(sides).filter(|(rule, _)| rule.layer == index && rule.may_allow());
            let cuts = of_layer.map(|(_, sides)| match taken {
                Taken::Widest => &sides.may,
                Taken::Narrowest => &sides.must,
            });
            products = intersect(&products, cuts, &mut budget)?;
        }
        Ok(products)
    }
}
