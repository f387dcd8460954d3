//! Whether a statement applies to a request.

use std::cell::LazyCell;

use crate::iam::resource::Completes;
use crate::iam::{Document, Effect, Glob, Patterns, Statement, Token, Variables, Version};

use super::condition::holds;
use super::pattern::{Resolved, Wildcards};
use super::requester::Grant;
use super::resource::names_resource;
use super::{Asked, Truth};

/// Whether it applies, and as what it names the requester.
pub(super) struct Applies {
    pub(super) truth: Truth,
    pub(super) grant: Grant,
}

/// Whether a statement applies to the request, whatever its effect.
pub(super) fn applies(statement: &Statement, document: &Document, asked: &Asked) -> Applies {
    let request = asked.request;
    let Applies { mut truth, grant } = is_about(statement, document, asked);
    if truth != Truth::No {
        let variables = variables_of(document);
        let conditions = statement.conditions.iter();
        truth = truth.and(Truth::all(conditions.map(|condition| holds(condition, variables, &request.context))));
    }
    Applies { truth, grant }
}

/// Whether a statement applies if its conditions hold.
fn is_about(statement: &Statement, document: &Document, asked: &Asked) -> Applies {
    let request = asked.request;
    let mut grant = Grant::Direct;
    let mut truth = Truth::Yes.if_certain(!statement.possible && statement.effect != Effect::Unknown);
    truth = truth.and(match &statement.actions {
        Some(actions) => names_action(actions, &request.action),
        None => Truth::No,
    });
    if truth != Truth::No
        && let Some(principals) = &statement.principals
    {
        // "The NotPrincipal element with a Deny effect will always deny any IAM principal that has a permissions
        // boundary policy attached, regardless of the values specified in the NotPrincipal element."
        let is_without_regard = principals.negated && statement.effect == Effect::Deny && asked.has_boundary;
        let (named, as_what) = if is_without_regard {
            (Truth::Yes, Grant::Everyone)
        } else {
            request.requester.matches(principals, statement.effect)
        };
        truth = truth.and(named);
        grant = as_what;
    }
    if truth != Truth::No
        && let Some(resources) = &statement.resources
    {
        let completes = if statement.principals.is_none() { asked.completes } else { Completes::No };
        truth = truth.and(names(resources, variables_of(document), completes, asked));
    }
    Applies { truth, grant }
}

/// The keys that the statement asks for and the request does not carry, where nothing else keeps it from applying.
pub(super) fn missing_keys<'a>(
    statement: &'a Statement,
    document: &Document,
    asked: &Asked<'a>,
) -> impl Iterator<Item = String> + 'a {
    let is_candidate = is_about(statement, document, asked).truth != Truth::No;
    let request = asked.request;
    let keys = statement.conditions.iter().filter_map(|condition| condition.key.as_str());
    let is_missing = |key: &&str| request.context.get(&key.to_ascii_lowercase()).is_none();
    keys.filter(move |key| is_candidate && is_missing(key)).map(str::to_owned)
}

fn variables_of(document: &Document) -> Variables {
    match document.version {
        Version::V2012 => Variables::Replaced,
        Version::V2008 => Variables::Literal,
    }
}

/// Whether `Action` or `NotAction` takes an action in, which is given in lower case.
pub(in crate::iam) fn names_action(actions: &Patterns, action: &str) -> Truth {
    let letters = LazyCell::new(|| Glob::of_tokens(action.chars().map(Token::Char)));
    let named = actions.items.iter().map(|pattern| {
        let truth = if pattern.glob.matches(action) {
            Truth::Yes
        } else if pattern.glob.has_hole() && pattern.glob.may_intersect(&letters) {
            Truth::Unknown
        } else {
            Truth::No
        };
        truth.if_certain(!pattern.possible)
    });
    let named = Truth::any(named.chain(actions.incomplete.then_some(Truth::Unknown)));
    if actions.negated { !named } else { named }
}

fn names(resources: &Patterns, variables: Variables, completes: Completes, asked: &Asked) -> Truth {
    let mut named = if resources.incomplete { Truth::Unknown } else { Truth::No };
    for pattern in &resources.items {
        // "The resource that includes a policy variable with no value will not match any resource."
        if let Some(resolved) = Resolved::new(&pattern.text, variables, Wildcards::Match, &asked.request.context) {
            named = named.or(names_resource(&resolved, asked.resource, completes).if_certain(!pattern.possible));
        }
    }
    if resources.negated { !named } else { named }
}
