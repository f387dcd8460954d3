//! Policies that give more of one thing than there is need for.

use crate::access::escalation::Escalations;
use crate::access::grants::Grants;
use crate::finding::{Level, Metadata, Severity};
use crate::iam::{Glob, Pattern, Statement};
use crate::model::{Account, CarriedDocument, Purpose};

use super::{BOTH, Findings, Rule};

/// Policy allows every action of a service on some resources.
pub(super) static SERVICE_WILDCARD_SCOPED: Rule = Rule {
    metadata: Metadata {
        id: "iam-policy-service-wildcard-scoped",
        title: "Policy allows every action of a service on some resources",
        group: "administrator",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "trivy:AVD-AWS-0057",
            "trivy:AVD-AWS-0345",
            "trivy:AVD-AWS-0114",
            "trivy:AVD-AWS-0120",
            "cfn-nag:F3",
            "cfn-nag:F4",
            "cfn-nag:F5",
            "cfn-guard:IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
            "cfn-guard:IAM_MANAGEDPOLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
            "cfn-guard:IAM_ROLE_NO_WILDCARD_ACTIONS_ON_PERMISSIONS",
        ],
        controls: &[],
        documentation: include_str!("docs/iam-policy-service-wildcard-scoped.md"),
    },
    check: service_wildcard_scoped,
};

/// Policy allows something on everything but a few resources.
pub(super) static ALLOW_NOT_RESOURCE: Rule = Rule {
    metadata: Metadata {
        id: "iam-policy-allow-not-resource",
        title: "Policy allows something on everything but a few resources",
        group: "administrator",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-nag:W21",
            "cfn-nag:W22",
            "cfn-nag:W23",
            "cfn-guard:IAM_ROLE_OR_POLICY_NO_ALLOW_PLUS_NOT_RESOURCE",
        ],
        controls: &[],
        documentation: include_str!("docs/iam-policy-allow-not-resource.md"),
    },
    check: allow_not_resource,
};

/// Policy allows passing a role to any service.
pub(super) static PASS_ROLE_WITHOUT_SERVICE: Rule = Rule {
    metadata: Metadata {
        id: "iam-pass-role-without-service",
        title: "Policy allows passing a role to any service",
        group: "privilege-escalation",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0342"],
        controls: &[],
        documentation: include_str!("docs/iam-pass-role-without-service.md"),
    },
    check: pass_role_without_service,
};

fn service_wildcard_scoped(account: &Account, findings: &mut Findings) {
    let grants = Grants::of(account);
    for (id, carried) in account.documents_by_id() {
        for (at, statement) in allows(carried) {
            if grants.of_document(id).iter().any(|granted| granted.statement == at) {
                continue;
            }
            for pattern in patterns(statement) {
                let Some(service) = pattern.text.as_str().and_then(|text| text.strip_suffix(":*")) else { continue };
                if service.is_empty() || service.contains(['*', '?']) {
                    continue;
                }
                let limit = if statement.conditions.is_empty() { "on these resources" } else { "under a condition" };
                let message =
                    format!("allows every action of {service} {limit}, those that change its policies included");
                let span = pattern.span.or(statement.span).unwrap_or(carried.span);
                findings.add(&SERVICE_WILDCARD_SCOPED, carried.carrier, span, message);
            }
        }
    }
}

fn allow_not_resource(account: &Account, findings: &mut Findings) {
    let grants = Grants::of(account);
    for (id, carried) in account.documents_by_id() {
        for (at, statement) in allows(carried) {
            let Some(resources) = statement.resources.as_ref().filter(|resources| resources.negated) else { continue };
            let everything = resources.items.iter().any(|pattern| pattern.glob.is_everything());
            let is_told = grants.of_document(id).iter().any(|granted| granted.statement == at);
            if everything || is_told {
                continue;
            }
            let span = resources.key_span.or(statement.span).unwrap_or(carried.span);
            let message = "allows this on everything but the resources named, those of the future included";
            findings.add(&ALLOW_NOT_RESOURCE, carried.carrier, span, message);
        }
    }
}

fn pass_role_without_service(account: &Account, findings: &mut Findings) {
    const PASS_ROLE: &str = "iam:passrole";
    const RECEIVER: &str = "iam:passedtoservice";
    let grants = Grants::of(account);
    let escalations = Escalations::of(account);
    let all_roles = Glob::known("role/*");
    for (id, carried) in account.documents_by_id() {
        for (at, statement) in allows(carried) {
            let Some(pattern) = patterns(statement).find(|pattern| pattern.glob.matches(PASS_ROLE)) else { continue };
            let is_limited = statement.conditions.iter().any(|condition| condition.has_key(RECEIVER));
            let is_told = grants.of_document(id).iter().any(|granted| granted.statement == at)
                || escalations.stands_on(id, at)
                || statement.covers_resources("iam", &all_roles);
            let roles = escalations.passed_by(account, statement);
            let is_for_one = !roles.is_empty() && roles.iter().all(|role| escalations.service_count(*role) == 1);
            if is_limited || is_told || is_for_one {
                continue;
            }
            let span = pattern.span.or(statement.span).unwrap_or(carried.span);
            let message = "allows passing these roles to any service that they let in";
            findings.add(&PASS_ROLE_WITHOUT_SERVICE, carried.carrier, span, message);
        }
    }
}

/// The Allow statements of a principal's policy, with their places.
fn allows<'c>(carried: &'c CarriedDocument) -> impl Iterator<Item = (usize, &'c Statement)> {
    let is_identity = carried.purpose == Purpose::Identity;
    let statements = carried.document.statements.iter().enumerate();
    statements.filter(move |(_, statement)| is_identity && statement.effect == crate::iam::Effect::Allow)
}

/// The patterns of a statement that names actions.
fn patterns(statement: &Statement) -> impl Iterator<Item = &Pattern> {
    statement.actions.iter().filter(|actions| !actions.negated).flat_map(|actions| &actions.items)
}
