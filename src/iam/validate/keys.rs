//! Whether there are such condition keys, and whether requests for the statement's actions carry them.

use crate::iam::catalogue;
use crate::iam::condition::{Condition, OperatorKind};
use crate::iam::document::{Effect, Statement};

use super::actions::ActionPattern;
use super::nearest::nearest;
use super::{Check, Faults, Weight};

/// Keys of all services of which the catalogue tells which actions take them.
const OF_TAGS: [&str; 3] = ["aws:RequestTag/", "aws:ResourceTag/", "aws:TagKeys"];

/// Keys that a tag's name must follow.
const NEED_TAG: [&str; 4] = ["aws:RequestTag", "aws:ResourceTag", "aws:PrincipalTag", "iam:ResourceTag"];

/// Keys that work and are on no list: an old name, and what Amazon SNS writes into the policies of new topics.
const UNLISTED: [&str; 2] = ["aws:ARN", "aws:SourceOwner"];

/// What is known of a key's name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Known {
    /// A key of the catalogue.
    Yes,
    /// A key of sessions: of an identity provider, which the catalogue does not list.
    OfSession,
    /// None of these.
    No,
}

/// Looks a key's name up.
pub(super) fn look_up(name: &str) -> Known {
    let Some((prefix, _)) = name.split_once(':') else { return Known::No };
    // An OpenID Connect provider's keys begin with its address, SAML's with "saml".
    if prefix.contains(['.', '/']) || prefix.eq_ignore_ascii_case("saml") {
        Known::OfSession
    } else if catalogue::condition_key(name).is_some() || UNLISTED.iter().any(|key| name.eq_ignore_ascii_case(key)) {
        Known::Yes
    } else {
        Known::No
    }
}

/// The key that was probably meant.
pub(super) fn meant(name: &str) -> Option<String> {
    let prefix = name.split_once(':').map_or("aws", |(prefix, _)| prefix);
    let written = if name.contains(':') { name.to_owned() } else { format!("aws:{name}") };
    // What varies is left as it is written.
    let (start, tag) = written.split_once('/').map_or((&*written, None), |(start, tag)| (start, Some(tag)));
    let services = [catalogue::service(prefix), catalogue::service("aws")];
    services.into_iter().flatten().find_map(|service| {
        let keys: Vec<String> = service.condition_keys().map(|key| key.name.into_owned()).collect();
        let bare = |key: &String| key.split(['/']).next().unwrap_or_default().to_owned();
        let found = nearest(start, keys.iter().map(bare))?;
        Some(match tag {
            Some(tag) if keys.iter().any(|key| key.starts_with(&format!("{found}/"))) => format!("{found}/{tag}"),
            _ => found,
        })
    })
}

/// The key of a condition.
pub(super) fn check(statement: &Statement, condition: &Condition, faults: &mut Faults) {
    let Some(name) = condition.key.as_str() else { return };
    match look_up(name) {
        Known::OfSession => {}
        Known::No => unknown(name, statement, condition, faults),
        Known::Yes if name.eq_ignore_ascii_case("aws:arn") => {
            let message = "aws:ARN is an old name, of which AWS advises against; it is aws:PrincipalArn";
            let fault = faults.add(Check::UnknownConditionKey, condition.key_span, message);
            fault.coded("DEPRECATED_GLOBAL_CONDITION_KEY").weigh(Weight::Minor);
        }
        Known::Yes => unsupported(name, statement, condition, faults),
    }
}

/// Whether a condition on a key that no request carries does the opposite of what it should: an Allow that always
/// holds, a Deny that never does.
fn opens(statement: &Statement, condition: &Condition) -> bool {
    let holds = condition.holds_without_key();
    match statement.effect {
        Effect::Allow => holds == Some(true),
        Effect::Deny => holds == Some(false),
        Effect::Unknown => false,
    }
}

fn unknown(name: &str, statement: &Statement, condition: &Condition, faults: &mut Faults) {
    let span = condition.key_span;
    if NEED_TAG.iter().any(|key| name.trim_end_matches('/').eq_ignore_ascii_case(key)) {
        let key = name.trim_end_matches('/');
        let message = format!("{key} needs the name of a tag: {key}/name");
        let fault = faults.add(Check::UnknownConditionKey, span, message).coded("MISSING_TAG_KEY_IN_CONDITION");
        if opens(statement, condition) {
            fault.weigh(Weight::Worse);
        }
        return;
    }
    let near = faults.suggest(|| meant(name));
    let Some((prefix, _)) = name.split_once(':') else {
        let hint = near.map(|near| format!("; {near} is near")).unwrap_or_default();
        let message = format!("{name:?} is no condition key, which has the form service:name{hint}");
        let fault = faults.add(Check::UnknownConditionKey, span, message).coded("INVALID_CONDITION_KEY_FORMAT");
        if opens(statement, condition) {
            fault.weigh(Weight::Worse);
        }
        return;
    };
    let is_global = prefix.eq_ignore_ascii_case("aws");
    let code = if is_global { "INVALID_GLOBAL_CONDITION_KEY" } else { "INVALID_SERVICE_CONDITION_KEY" };
    let service = catalogue::service(prefix);
    let near = near.or_else(|| {
        let other = service.is_none().then(|| nearest(prefix, catalogue::services().map(|service| service.prefix)))?;
        other.map(|other| format!("a key of {other}"))
    });
    let message = match (&near, service) {
        (Some(near), _) => format!("there is no condition key {name}; {near} is near"),
        (None, Some(_)) => format!("the condition key {name} is not in the list of {}", catalogue::date()),
        (None, None) => {
            format!("the service {prefix:?} of the condition key {name} is not in the list of {}", catalogue::date())
        }
    };
    let fault = faults.add(Check::UnknownConditionKey, span, message).coded(code).likely();
    if near.is_none() {
        fault.weigh(Weight::Trifle);
    } else if opens(statement, condition) {
        fault.weigh(Weight::Worse);
    }
}

/// Keys that requests for the statement's actions do not carry.
fn unsupported(name: &str, statement: &Statement, condition: &Condition, faults: &mut Faults) {
    let is_of_tags =
        OF_TAGS.iter().any(|key| name.get(..key.len()).is_some_and(|start| start.eq_ignore_ascii_case(key)));
    let is_global = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    let is_of_session = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sts:"));
    let Some(operator) = condition.operator else { return };
    if (is_global && !is_of_tags) || is_of_session {
        return;
    }
    let Some(actions) = statement.actions.as_ref().filter(|actions| !actions.negated && !actions.incomplete) else {
        return;
    };
    let mut taking = 0;
    let mut others = Vec::new();
    for pattern in &actions.items {
        let Some(known) = ActionPattern::of(pattern) else { return };
        let mut matched = known.actions().peekable();
        if matched.peek().is_none() {
            continue;
        }
        // A service that lists tags for nothing may still know them.
        if matched.any(|action| action.takes_key(name)) {
            taking += 1;
        } else {
            others.push(pattern);
        }
    }
    let holds = condition.holds_without_key() == Some(true);
    let Some(first) = others.first() else { return };
    if taking == 0 {
        let who = match others.as_slice() {
            [only] => format!("requests for {} do", only.text),
            _ => "requests for the actions of this statement do".to_owned(),
        };
        let consequence = match (holds, statement.effect == Effect::Deny) {
            (true, false) => "the condition always holds",
            (true, true) => "they are always denied",
            (false, false) => "they are never allowed",
            (false, true) => "they are never denied",
        };
        let message = format!("{who} not carry the key {name}, so that {consequence}");
        let fault = faults.add(Check::UnsupportedConditionKey, condition.key_span, message).likely();
        fault.coded("UNSUPPORTED_ACTION_FOR_CONDITION_KEY");
        if operator.if_exists && is_of_tags && statement.effect == Effect::Allow {
            fault.weigh(Weight::Minor);
        } else if statement.effect == Effect::Deny && !holds {
            fault.weigh(Weight::Worse);
        }
        return;
    }
    // With actions that carry the key beside it, IfExists and negated operators are meant for those that do not.
    if holds || operator.kind == OperatorKind::Null {
        return;
    }
    let verb = if statement.effect == Effect::Deny { "denied" } else { "allowed" };
    let more = others.len() - 1;
    let and_more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let message = format!(
        "requests for {}{and_more} do not carry the key {name} that this statement asks for, so that they are never {verb}",
        first.text
    );
    let fault = faults.add(Check::UnsupportedConditionKey, first.span, message).likely();
    fault.coded("UNSUPPORTED_ACTION_FOR_CONDITION_KEY");
    if statement.effect == Effect::Allow {
        // Less than meant is allowed, which its user notices; AWS's own examples do so.
        fault.weigh(Weight::Trifle);
    }
}
