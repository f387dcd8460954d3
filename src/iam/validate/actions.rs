//! Whether there are such actions.

use crate::iam::catalogue::{self, Action, Service};
use crate::iam::document::{Effect, Pattern, Statement};
use crate::iam::glob::{Glob, Token};

use super::nearest::nearest;
use super::{Check, Fault, Faults, PolicyType, Subject, Weight};

/// A name this long is not another service's by chance.
const TELLING_LENGTH: usize = 8;

/// A pattern of actions of one service.
pub(super) struct ActionPattern {
    pub(super) service: Service,
    /// What follows the colon, in lower case.
    name: Glob,
    /// The same as text, where it has no wildcards.
    literal: Option<String>,
}

impl ActionPattern {
    /// A pattern of a service of the catalogue, if it is one.
    pub(super) fn of(pattern: &Pattern) -> Option<Self> {
        let text = pattern.text.expanded();
        let (prefix, name) = text.as_str()?.split_once(':')?;
        let service = catalogue::service(prefix).filter(|_| prefix != "aws")?;
        let tokens = pattern.glob.tokens().iter().skip_while(|token| **token != Token::Char(':')).skip(1).cloned();
        let literal = (!name.contains(['*', '?'])).then(|| name.to_ascii_lowercase());
        Some(Self { service, name: Glob::of_tokens(tokens), literal })
    }

    /// The actions of the catalogue that it matches.
    pub(super) fn actions(&self) -> impl Iterator<Item = Action> + '_ {
        // A name without wildcards is looked up; the others are compared with all names of the service.
        let exact = self.literal.as_ref().and_then(|name| self.service.action(name));
        let others = self.literal.is_none().then(|| self.service.actions_by_name()).into_iter().flatten();
        exact.into_iter().chain(others.filter(|(name, _)| self.name.matches(name)).map(|(_, action)| action))
    }
}

/// Actions that the catalogue does not have, and actions that a policy of this type is never asked about.
pub(super) fn check(statement: &Statement, subject: &Subject, faults: &mut Faults) {
    let Some(actions) = &statement.actions else { return };
    for pattern in &actions.items {
        let text = pattern.text.expanded();
        let Some(text) = text.as_str() else { continue };
        let Some((prefix, name)) = text.split_once(':') else {
            if subject.is(PolicyType::ResourceControl) && text == "*" && statement.effect == Effect::Deny {
                of_resource_control(pattern, faults);
            }
            continue;
        };
        if prefix.is_empty() || text.contains("${") {
            continue;
        }
        let possible = faults.suppose(pattern.possible);
        if prefix.contains(['*', '?']) {
            let message = format!("the service {prefix:?} has a wildcard; a pattern names one service, or is \"*\"");
            let fault = faults.add(Check::UnknownAction, pattern.span, message).coded("WILDCARD_IN_SERVICE_NAME");
            fault.weigh(Weight::Trifle);
        } else if !unknown_service(pattern, prefix, statement, faults) {
            unknown_action(pattern, prefix, name, statement, faults);
            unsupported(pattern, prefix, subject, faults);
        }
        faults.possible = possible;
    }
}

/// A Deny of what does not exist protects nothing.
fn weigh(fault: &mut Fault, statement: &Statement, negated: bool) {
    if statement.effect == Effect::Deny && !negated {
        fault.weigh(Weight::Worse);
    }
}

fn unknown_service(pattern: &Pattern, prefix: &str, statement: &Statement, faults: &mut Faults) -> bool {
    if prefix != "aws" && catalogue::service(prefix).is_some() {
        return false;
    }
    let near = faults.suggest(|| nearest_service(prefix));
    let message = match near {
        Some(near) => format!("there is no service {prefix:?}; {near} is near"),
        None => format!("the service {prefix:?} is not in the list of {}", catalogue::date()),
    };
    let fault = faults.add(Check::UnknownAction, pattern.span, message).coded("INVALID_SERVICE_IN_ACTION").likely();
    match near {
        Some(_) => weigh(fault, statement, is_negated(statement)),
        None => {
            fault.weigh(Weight::Note);
        }
    }
    true
}

fn is_negated(statement: &Statement) -> bool {
    statement.actions.as_ref().is_some_and(|actions| actions.negated)
}

fn unknown_action(pattern: &Pattern, prefix: &str, name: &str, statement: &Statement, faults: &mut Faults) {
    let Some(known) = ActionPattern::of(pattern) else { return };
    if known.actions().next().is_some() || name == "*" {
        return;
    }
    let text = format!("{prefix}:{name}");
    let is_pattern = name.contains(['*', '?']);
    let meant = || nearest_action(name, known.service).or_else(|| of_another_service(name));
    let near = if is_pattern { None } else { faults.suggest(meant) };
    let message = match &near {
        Some(near) => format!("there is no action {text}; {near} is near"),
        None if is_pattern => format!("no action matches {text} in the list of {}", catalogue::date()),
        None => format!("the action {text} is not in the list of {}", catalogue::date()),
    };
    let fault = faults.add(Check::UnknownAction, pattern.span, message).coded("INVALID_ACTION").likely();
    match near {
        Some(_) => weigh(fault, statement, is_negated(statement)),
        None => {
            fault.weigh(if is_pattern { Weight::Trifle } else { Weight::Note });
        }
    }
}

/// The action of a service that was probably meant: with the same verb, or but for a slip of the keyboard.
fn nearest_action(name: &str, service: Service) -> Option<String> {
    let verb = |name: &str| name.chars().skip(1).take_while(char::is_ascii_lowercase).count() + 1;
    let (own, lower) = (verb(name), name.to_ascii_lowercase());
    let alike = service.actions_by_name().filter(|(known, action)| {
        let written = action.name;
        let same_verb = verb(written) == own && written.get(..own).is_some_and(|verb| name.starts_with(verb));
        same_verb || known.len().abs_diff(lower.len()) <= 2 && strsim::osa_distance(known, &lower) <= 2
    });
    nearest(name, alike.map(|(_, action)| action.name)).map(|near| format!("{}:{near}", service.prefix))
}

/// The action of the same name that one other service has, and no third.
fn of_another_service(name: &str) -> Option<String> {
    if name.len() < TELLING_LENGTH || name.contains(['*', '?']) {
        return None;
    }
    let mut found = catalogue::actions_of_any_service(name);
    let first = found.next()?;
    found.next().is_none().then(|| format!("{}:{}", first.service.prefix, first.name))
}

/// The service that was probably meant: `bedrock` for `bedrock-runtime`, or one of nearly the same name.
pub(super) fn nearest_service(prefix: &str) -> Option<&'static str> {
    let base = prefix.split_once('-').and_then(|(base, _)| catalogue::service(base)).map(|service| service.prefix);
    base.or_else(|| nearest(prefix, catalogue::services().map(|service| service.prefix)))
}

/// Actions of services that policies of this type, or on this resource, are never asked about.
fn unsupported(pattern: &Pattern, prefix: &str, subject: &Subject, faults: &mut Faults) {
    let prefix = prefix.to_ascii_lowercase();
    if subject.is(PolicyType::ResourceControl) {
        if !catalogue::has_resource_control(&prefix) {
            of_resource_control(pattern, faults);
        }
        return;
    }
    let only = if subject.is(PolicyType::Trust) { Some("sts") } else { subject.service };
    if let Some(only) = only.filter(|only| *only != prefix) {
        let message = if subject.is(PolicyType::Trust) {
            format!("a role's trust policy is asked about actions of sts only, and not of {prefix}")
        } else {
            format!("this policy is on a resource of {only}, which is not asked about actions of {prefix}")
        };
        faults.add(Check::UnsupportedElement, pattern.span, message).coded("UNSUPPORTED_ACTION_IN_POLICY").likely();
    }
}

fn of_resource_control(pattern: &Pattern, faults: &mut Faults) {
    let message = format!(
        "resource control policies name actions of the services that take part, and {} is of none (list of {})",
        pattern.text,
        catalogue::date()
    );
    faults.add(Check::UnsupportedElement, pattern.span, message).coded("RCP_SYNTAX_ERROR_ACTION").likely();
}
