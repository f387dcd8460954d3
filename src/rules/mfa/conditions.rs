//! Whether asking for a second factor works.

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::mfa::{self, WithoutMfa};
use crate::iam::{Condition, OperatorKind, Patterns, Principal as Named, Statement};
use crate::model::Account;
use crate::rules::{BOTH, Findings, Rule};

/// MFA Deny lets access keys through.
pub(in crate::rules) static DENY_SKIPS_MISSING_KEY: Rule = Rule {
    metadata: Metadata {
        id: "mfa-deny-skips-missing-key",
        title: "MFA Deny lets access keys through",
        group: "mfa",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &["cis-aws-7.0:2.10"],
        documentation: include_str!("../docs/mfa-deny-skips-missing-key.md"),
    },
    check: deny_skips_missing_key,
};

/// MFA Allow holds without MFA.
pub(in crate::rules) static ALLOW_ACCEPTS_MISSING_KEY: Rule = Rule {
    metadata: Metadata {
        id: "mfa-allow-accepts-missing-key",
        title: "MFA Allow holds without MFA",
        group: "mfa",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &["cis-aws-7.0:2.10"],
        documentation: include_str!("../docs/mfa-allow-accepts-missing-key.md"),
    },
    check: allow_accepts_missing_key,
};

fn deny_skips_missing_key(account: &Account, findings: &mut Findings) {
    for carried in account.documents() {
        for statement in carried.document.denies() {
            let Some(condition) = statement.conditions.iter().find(|condition| skips_access_keys(condition)) else {
                continue;
            };
            let completed = carried
                .document
                .denies()
                .any(|other| mfa::denies(other, WithoutMfa::AccessKey) && applies_wherever(other, statement));
            if completed {
                continue;
            }
            let span = condition.operator_span.or(condition.key_span).or(statement.span).unwrap_or(carried.span);
            let message = if condition.has_key(mfa::AGE) {
                "denies an old second factor, but not requests without any, which lack the key"
            } else {
                "denies sessions that signed in without MFA, but not access keys, whose requests lack the key"
            };
            let finding = findings.add(&DENY_SKIPS_MISSING_KEY, carried.carrier, span, message);
            if statement.possible || condition.possible {
                finding.at_most(Confidence::Likely);
            }
        }
    }
}

/// Whether a condition, in a Deny, is about not having a second factor, or about having an old one, and does not hold
/// for access keys.
fn skips_access_keys(condition: &Condition) -> bool {
    let about_age = matches!(
        condition.operator.map(|operator| operator.kind),
        Some(OperatorKind::NumericGreaterThan | OperatorKind::NumericGreaterThanEquals)
    );
    let meant = match condition.operator.map(|operator| operator.kind) {
        None | Some(OperatorKind::Null) => false,
        Some(_) if condition.has_key(mfa::PRESENT) => condition.has_value("false"),
        Some(_) => condition.has_key(mfa::AGE) && about_age,
    };
    meant && condition.holds_without_key() == Some(false)
}

/// Whether a statement is about all actions, resources and principals that another is about.
fn applies_wherever(statement: &Statement, other: &Statement) -> bool {
    let includes = |own: Option<&Patterns>, theirs: Option<&Patterns>| match (own, theirs) {
        (Some(own), Some(theirs)) => own.includes(theirs),
        (own, _) => own.is_none(),
    };
    let principals = match (&statement.principals, &other.principals) {
        (Some(own), Some(theirs)) if !own.negated => {
            let named = |principal: &Named| {
                own.items
                    .iter()
                    .any(|own| own.is_everyone() || (own.kind, &own.text) == (principal.kind, &principal.text))
            };
            own.items.iter().any(Named::is_everyone) || (!theirs.negated && theirs.items.iter().all(named))
        }
        (own, _) => own.is_none(),
    };
    principals
        && includes(statement.actions.as_ref(), other.actions.as_ref())
        && includes(statement.resources.as_ref(), other.resources.as_ref())
}

fn allow_accepts_missing_key(account: &Account, findings: &mut Findings) {
    for carried in account.documents() {
        for statement in carried.document.allows() {
            let accepts = statement
                .conditions
                .iter()
                .find(|condition| asks_for_mfa(condition) && condition.holds_without_key() == Some(true));
            // A second condition on the key may refuse what this one lets through.
            let refused = statement
                .conditions
                .iter()
                .any(|condition| mfa::is_about(condition) && condition.holds_without_key() == Some(false));
            let Some(condition) = accepts.filter(|_| !refused) else { continue };
            let span = condition.operator_span.or(condition.key_span).or(statement.span).unwrap_or(carried.span);
            let message =
                "is meant to ask for MFA, but holds for requests that lack the key, such as those of access keys";
            let finding = findings.add(&ALLOW_ACCEPTS_MISSING_KEY, carried.carrier, span, message);
            if statement.possible || condition.possible {
                finding.at_most(Confidence::Likely);
            }
        }
    }
}

/// Whether a condition, as the author of an Allow means it, is about having a second factor.
fn asks_for_mfa(condition: &Condition) -> bool {
    match condition.operator.map(|operator| operator.kind) {
        None | Some(OperatorKind::Null) => false,
        Some(OperatorKind::NumericLessThan | OperatorKind::NumericLessThanEquals) => condition.has_key(mfa::AGE),
        Some(_) => {
            condition.has_key(mfa::PRESENT)
                && (condition.has_value("true") || condition.has_value("false"))
                && mfa::holds(condition, WithoutMfa::Session) == Some(false)
        }
    }
}
