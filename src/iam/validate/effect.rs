//! What the conditions of a statement come to together.

use crate::iam::condition::{Condition, Operator, OperatorKind};
use crate::iam::document::{Effect, Patterns, Statement};

use super::conditions::weight_of_dead;
use super::{Check, Faults, PolicyType, Subject, Weight};

/// Services that answer in one region for all, or stand outside of regions, and so cannot be locked to another.
/// Source: AWS Organizations User Guide, "Example SCPs: Deny access to AWS based on the requested Region".
const GLOBAL_SERVICES: [&str; 6] = ["iam:", "sts:", "organizations:", "route53:", "cloudfront:", "support:"];

/// What lets requests pass that an AWS service makes for the caller. AWS IAM User Guide, "AWS global condition context
/// keys".
const OF_SERVICE_CALLS: [&str; 7] = [
    "aws:viaawsservice",
    "aws:principalisawsservice",
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
    "aws:principalservicename",
    "aws:principalservicenameslist",
];

/// Conditions of a statement that are compared with one another; no real statement has a tenth as many.
const MAX_COMPARED: usize = 200;

/// What the conditions of a statement come to together.
pub(super) fn check(statement: &Statement, subject: &Subject, faults: &mut Faults) {
    contradictions(statement, faults);
    if statement.effect == Effect::Deny && !subject.is(PolicyType::Trust) {
        network(statement, faults);
        regions(statement, subject, faults);
    }
}

/// Two conditions on one key that no request fulfils both.
fn contradictions(statement: &Statement, faults: &mut Faults) {
    let conditions: Vec<&Condition> = statement
        .conditions
        .iter()
        .filter(|condition| !condition.possible && !condition.incomplete && !condition.values.is_empty())
        .collect();
    if conditions.len() > MAX_COMPARED {
        return;
    }
    for (index, one) in conditions.iter().enumerate() {
        let earlier = conditions.get(..index).unwrap_or_default();
        let Some(other) = earlier.iter().find(|other| contradict(one, other) || contradict(other, one)) else {
            continue;
        };
        let message = format!("no request fulfils both this and the other condition on {}", other.key);
        let weight = weight_of_dead(statement);
        faults.add(Check::ConditionNeverTrue, one.key_span, message).weigh(weight);
    }
}

fn contradict(one: &Condition, other: &Condition) -> bool {
    let (Some(first), Some(second)) = (one.operator, other.operator) else { return false };
    let Some(key) = one.key_name() else { return false };
    if !other.has_key(&key) || first.qualifier.is_some() || second.qualifier.is_some() {
        return false;
    }
    let is_positive = |condition: &Condition| condition.holds_without_key() == Some(false);
    // Asked to be missing, and to have a value.
    if first.kind == OperatorKind::Null && one.has_value("true") && !one.has_value("false") {
        return second.kind != OperatorKind::Null && is_positive(other);
    }
    let is_text = |kind: OperatorKind| matches!(kind, OperatorKind::StringEquals | OperatorKind::StringLike);
    let texts_differ = || {
        one.values.iter().all(|a| {
            other.values.iter().all(|b| {
                // Under StringEquals wildcards are characters; as such they are told elsewhere.
                !a.glob.has_hole() && !b.glob.has_hole() && !a.glob.may_intersect(&b.glob)
            })
        })
    };
    if is_text(first.kind) && is_text(second.kind) && is_positive(one) && is_positive(other) {
        return texts_differ();
    }
    // One of these values, and none of these values.
    let is_negation = first.kind == OperatorKind::StringEquals && second.kind == OperatorKind::StringNotEquals;
    is_negation
        && is_positive(one)
        && one.values.iter().all(|value| other.values.iter().any(|refused| refused.text == value.text))
}

fn exempts_services(statement: &Statement) -> bool {
    statement.conditions.iter().any(|condition| {
        condition.is_unknown()
            || condition.key_name().is_none_or(|key| OF_SERVICE_CALLS.contains(&key.as_str()))
            // Roles that are named as exceptions may be those of services.
            || (condition.has_key("aws:PrincipalArn") && condition.operator.is_some_and(Operator::is_negated))
    })
}

/// A Deny of everything that does not come from a network.
fn network(statement: &Statement, faults: &mut Faults) {
    const KEYS: [&str; 4] = ["aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"];
    let is_about_network = |condition: &&Condition| {
        KEYS.iter().any(|key| condition.has_key(key)) && condition.operator.is_some_and(Operator::is_negated)
    };
    let Some(condition) = statement.conditions.iter().find(is_about_network) else { return };
    if exempts_services(statement) {
        return;
    }
    let message = format!(
        "denies by {} what AWS's services do for the caller too, which come from elsewhere; \
         aws:ViaAWSService or aws:PrincipalIsAWSService tells them apart",
        condition.key
    );
    faults.add(Check::DenyBreaksServiceCalls, condition.key_span, message).likely();
}

/// A Deny of everything outside of some regions.
fn regions(statement: &Statement, subject: &Subject, faults: &mut Faults) {
    let is_lock = |condition: &&Condition| {
        condition.has_key("aws:RequestedRegion") && condition.operator.is_some_and(Operator::is_negated)
    };
    let of_account = subject.policy_type.is_none_or(PolicyType::is_without_principals);
    let Some(condition) = statement.conditions.iter().find(is_lock).filter(|_| of_account) else { return };
    let Some(actions) = statement.actions.as_ref().filter(|actions| !actions.incomplete) else { return };
    let broad = if actions.negated { true } else { actions.items.iter().any(|pattern| pattern.glob.is_everything()) };
    if !broad || exempts_services(statement) {
        return;
    }
    let missing: Vec<&str> = GLOBAL_SERVICES
        .into_iter()
        .filter(|service| !spares(actions, service))
        .map(|name| name.trim_end_matches(':'))
        .collect();
    // us-east-1 is where the services outside of regions answer.
    if missing.is_empty() || condition.values.iter().any(|value| value.glob.matches("us-east-1")) {
        return;
    }
    let message = format!(
        "locks the account to regions without an exception for services that stand outside of them: {}",
        missing.join(", ")
    );
    let fault = faults.add(Check::DenyBreaksServiceCalls, condition.key_span, message).likely();
    if missing.contains(&"iam") || missing.contains(&"sts") {
        fault.weigh(Weight::Worse);
    }
}

/// Whether a `NotAction` leaves out what there is of a service, or some of it.
fn spares(actions: &Patterns, service: &str) -> bool {
    actions.negated
        && actions.items.iter().any(|pattern| {
            pattern.glob.has_hole()
                || pattern.text.as_str().is_some_and(|text| {
                    text.get(..service.len()).is_some_and(|start| start.eq_ignore_ascii_case(service))
                })
        })
}
