//! The sentences, for all formats that people read. Nothing in them is escaped yet.

use crate::access::difference::{Escalation, Presence, Reason, Right, Subject, SubjectKind};
use crate::iam::LayerKind;

/// A list longer than this is told by its first items and a count.
const MAX_ITEMS: usize = 6;

/// Actions that stand for many.
const MAX_EXAMPLES: usize = 3;

/// Whose access it is: `role ci-deploy`.
pub(super) fn subject(subject: &Subject) -> String {
    let name = subject.name.as_deref().unwrap_or(&subject.address);
    match subject.kind {
        SubjectKind::Policy => format!("whoever has the policy {name}"),
        SubjectKind::Limit => format!("accounts under the organization policy {name}"),
        SubjectKind::Trust => format!("who may become role {name}"),
        SubjectKind::Resource => format!("who may use {name}"),
        kind => format!("{} {name}", kind.name()),
    }
}

/// What became of it, if it is not on both sides.
pub(super) fn presence(subject: &Subject) -> Option<&'static str> {
    match subject.presence {
        Presence::Both => None,
        Presence::Added => Some("new"),
        Presence::Removed => Some("removed"),
    }
}

/// What is allowed: `iam:PassRole on arn:…`.
fn what(right: &Right) -> String {
    let actions = actions(right);
    match &right.resources[..] {
        [] => actions,
        [all] if all == "*" && right.actions == ["*"] => actions,
        [all] if all == "*" => format!("{actions} on everything"),
        some => format!("{actions} on {}", listed(some)),
    }
}

fn actions(right: &Right) -> String {
    if right.actions == ["*"] {
        return "everything".to_owned();
    }
    if right.actions.len() <= MAX_ITEMS {
        return right.actions.join(", ");
    }
    // A name says more than a thousand actions.
    let count = right.actions.len();
    if let Some(name) = right.policy.strip_prefix("AWS-managed policy ") {
        return format!("what the AWS-managed policy {name} allows ({count} actions)");
    }
    let shown = right.actions.get(..MAX_EXAMPLES).unwrap_or_default().join(", ");
    format!("{count} actions of {} ({shown}, …)", listed(&right.written))
}

/// Who comes in, at a door.
fn who(right: &Right) -> String {
    if right.principals.iter().any(|principal| principal == "*") {
        "everyone".to_owned()
    } else {
        listed(&right.principals)
    }
}

/// What somebody newly may, or may no longer; of a door, who.
pub(super) fn sentence(right: &Right, kind: SubjectKind, is_gained: bool) -> String {
    let may = if is_gained { "may newly" } else { "may no longer" };
    match kind {
        SubjectKind::Trust => format!("{} {may} become it ({})", who(right), actions(right)),
        SubjectKind::Resource => format!("{} {may} do {}", who(right), what(right)),
        _ => format!("{may} do {}", what(right)),
    }
}

/// The conditions, if there are any.
pub(super) fn conditions(right: &Right) -> Option<String> {
    (!right.conditions.is_empty()).then(|| format!("if {}", right.conditions.join(" and ")))
}

/// Why it was not so before, where it is not that somebody granted or took it.
pub(super) fn reason(right: &Right, is_gained: bool) -> Option<String> {
    let who = match right.reason {
        Reason::Granted => return None,
        Reason::Undenied => "a Deny",
        Reason::Unlimited(LayerKind::Boundary) => "the permissions boundary",
        Reason::Unlimited(_) => "a policy of the organization",
    };
    Some(if is_gained { format!("{who} no longer forbids it") } else { format!("{who} newly forbids it") })
}

/// The request that shows it.
pub(super) fn witness(right: &Right, is_door: bool) -> String {
    let witness = &right.witness;
    let mut said = format!("{} on {}", witness.action, witness.resource);
    if is_door {
        said = format!("{said} by {}", witness.principal);
    }
    let context: Vec<String> =
        witness.context.iter().map(|(key, values)| format!("{key}={}", values.join(","))).collect();
    if context.is_empty() { said } else { format!("{said} with {}", context.join(" ")) }
}

/// Whether the request says more than the right itself.
pub(super) fn is_witness_worth_saying(right: &Right) -> bool {
    let witness = &right.witness;
    !witness.action.is_empty()
        && (!witness.context.is_empty()
            || right.actions.iter().all(|action| !action.eq_ignore_ascii_case(&witness.action))
            || (!right.principals.is_empty() && !right.principals.contains(&witness.principal)))
}

/// Where a new way leads.
pub(super) fn escalation(escalation: &Escalation) -> String {
    let steps = escalation.path.len();
    let count = match steps {
        1 => "one step".to_owned(),
        2 => "two steps".to_owned(),
        3 => "three steps".to_owned(),
        more => format!("{more} steps"),
    };
    match &escalation.path[..] {
        [] => format!("is newly {}", escalation.reaches),
        steps => format!("can newly {}, and so reach {} in {count}", steps.join(", then "), escalation.reaches),
    }
}

fn listed(items: &[String]) -> String {
    if items.len() <= MAX_ITEMS {
        return items.join(", ");
    }
    let shown = items.get(..MAX_ITEMS).unwrap_or_default();
    format!("{} and {} more", shown.join(", "), items.len() - shown.len())
}
