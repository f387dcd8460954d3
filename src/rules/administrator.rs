//! Documents that give away the account, or a way to it.

use crate::access::grants::{Grant, Granted, Grants};
use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::{Glob, Patterns};
use crate::model::{Account, CarriedDocument, Purpose};

use super::escalation::{passing_told, started_with};
use super::{BOTH, Findings, Rule, note_opaque};

/// So many of the actions that start something with a passed role are named beside the passing.
const STARTED: usize = 3;

/// Policy allows every action on every resource.
pub(super) static FULL_ADMIN: Rule = Rule {
    metadata: Metadata {
        id: "iam-policy-full-admin",
        title: "Policy allows every action on every resource",
        group: "administrator",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_1",
            "checkov:CKV_AWS_49",
            "checkov:CKV_AWS_62",
            "checkov:CKV_AWS_63",
            "checkov:CKV2_AWS_40",
            "cfn-nag:F3",
            "cfn-nag:F4",
            "cfn-nag:F5",
            "cfn-nag:W15",
            "cfn-nag:W16",
            "cfn-nag:W17",
            "trivy:AVD-AWS-0057",
            "cfn-guard:IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
            "cfn-guard:IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
            "cfn-guard:IAM_MANAGEDPOLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
            "cfn-guard:IAM_ROLE_NO_WILDCARD_ACTIONS_ON_PERMISSIONS",
            "regula:FG_R00092",
            "terrascan:AC_AWS_0143",
            "terrascan:AC_AWS_0144",
            "terrascan:AC_AWS_0147",
            "terrascan:AC_AWS_0474",
            "semgrep:aws-iam-admin-policy",
            "semgrep:aws-iam-admin-policy-ssoadmin",
            "semgrep:no-iam-admin-privileges",
            "prowler:iam_customer_attached_policy_no_administrative_privileges",
            "prowler:iam_customer_unattached_policy_no_administrative_privileges",
            "prowler:iam_inline_policy_no_administrative_privileges",
            "kics:2f37c4a3-58b9-4afe-8a87-d7f1d2286f84",
            "kics:953b3cdb-ce13-428a-aa12-318726506661",
        ],
        controls: &["cis-aws-7.0:2.14", "fsbp:IAM.1"],
        documentation: include_str!("docs/iam-policy-full-admin.md"),
    },
    check: full_admin,
};

/// Policy allows every action of every service.
pub(super) static ALL_ACTIONS: Rule = Rule {
    metadata: Metadata {
        id: "iam-policy-all-actions",
        title: "Policy allows every action of every service",
        group: "administrator",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_49",
            "checkov:CKV_AWS_63",
            "checkov:CKV2_AWS_40",
            "cfn-nag:F3",
            "cfn-nag:F4",
            "cfn-nag:F5",
            "cfn-guard:IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
            "cfn-guard:IAM_MANAGEDPOLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
            "cfn-guard:IAM_ROLE_NO_WILDCARD_ACTIONS_ON_PERMISSIONS",
            "trivy:AVD-AWS-0057",
            "semgrep:no-iam-star-actions",
            "kics:575a2155-6af1-4026-b1af-d5bc8fe2a904",
        ],
        controls: &[],
        documentation: include_str!("docs/iam-policy-all-actions.md"),
    },
    check: all_actions,
};

/// Policy allows every IAM action.
pub(super) static FULL_IAM: Rule = Rule {
    metadata: Metadata {
        id: "iam-policy-full-iam",
        title: "Policy allows every IAM action",
        group: "administrator",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV2_AWS_40",
            "cfn-nag:F3",
            "cfn-nag:F4",
            "cfn-nag:F5",
            "trivy:AVD-AWS-0057",
            "semgrep:no-iam-priv-esc-funcs",
            "semgrep:no-iam-priv-esc-other-users",
        ],
        controls: &["fsbp:IAM.21"],
        documentation: include_str!("docs/iam-policy-full-iam.md"),
    },
    check: full_iam,
};

/// Policy allows every action of a service on all its resources.
pub(super) static SERVICE_WILDCARD: Rule = Rule {
    metadata: Metadata {
        id: "iam-policy-service-wildcard",
        title: "Policy allows every action of a service on all its resources",
        group: "administrator",
        severity: Severity::Medium,
        level: Level::Default,
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
            "prowler:iam_policy_no_full_access_to_kms",
            "prowler:iam_inline_policy_no_full_access_to_kms",
            "prowler:iam_policy_no_full_access_to_cloudtrail",
            "prowler:iam_inline_policy_no_full_access_to_cloudtrail",
        ],
        controls: &["fsbp:IAM.21"],
        documentation: include_str!("docs/iam-policy-service-wildcard.md"),
    },
    check: service_wildcard,
};

/// Policy allows everything except a few actions.
pub(super) static ALLOW_NOT_ACTION: Rule = Rule {
    metadata: Metadata {
        id: "iam-policy-allow-not-action",
        title: "Policy allows everything except a few actions",
        group: "administrator",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-nag:W15",
            "cfn-nag:W16",
            "cfn-nag:W17",
            "cfn-guard:IAM_ROLE_OR_POLICY_NO_ALLOW_PLUS_NOT_ACTION",
        ],
        controls: &[],
        documentation: include_str!("docs/iam-policy-allow-not-action.md"),
    },
    check: allow_not_action,
};

/// Policy allows passing any role to any service.
pub(super) static PASS_ANY_ROLE: Rule = Rule {
    metadata: Metadata {
        id: "iam-pass-role-any-role",
        title: "Policy allows passing any role to any service",
        group: "privilege-escalation",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-nag:F38",
            "cfn-nag:F39",
            "cfn-nag:F40",
            "cfn-guard:IAM_POLICY_NO_WILDCARD_RESOURCE_ON_PASSROLE",
            "cfn-guard:IAM_ROLE_NO_WILDCARD_RESOURCE_ON_PASSROLE",
            "trivy:AVD-AWS-0342",
            "prowler:iam_policy_passrole_to_bedrock_agentcore_restricted",
            "checkov:CKV_AWS_110",
            "checkov:CKV_AWS_286",
        ],
        controls: &[],
        documentation: include_str!("docs/iam-pass-role-any-role.md"),
    },
    check: pass_any_role,
};

/// Policy allows assuming any role.
pub(super) static ASSUME_ANY_ROLE: Rule = Rule {
    metadata: Metadata {
        id: "iam-assume-role-any-role",
        title: "Policy allows assuming any role",
        group: "privilege-escalation",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["prowler:iam_no_custom_policy_permissive_role_assumption"],
        controls: &[],
        documentation: include_str!("docs/iam-assume-role-any-role.md"),
    },
    check: assume_any_role,
};

fn full_admin(account: &Account, findings: &mut Findings) {
    for carried in account.documents().filter(|carried| carried.purpose == Purpose::Identity) {
        note_opaque(&FULL_ADMIN, carried, findings);
    }
    report(&FULL_ADMIN, account, findings, |grant| {
        (*grant == Grant::FullAdministrator)
            .then(|| "allows every action on every resource: whoever holds this policy is administrator".to_owned())
    });
}

fn all_actions(account: &Account, findings: &mut Findings) {
    let grants = Grants::of(account);
    for (id, carried) in account.documents_by_id() {
        for granted in grants.of_document(id).iter().filter(|granted| granted.grant == Grant::AllActions) {
            let statement = carried.document.statements.get(granted.statement);
            let limit = if statement.is_some_and(|statement| !statement.conditions.is_empty()) {
                "while its condition holds"
            } else if carried.document.denies().next().is_some() {
                "but those that its Deny statements take back"
            } else {
                "on these resources"
            };
            add(&ALL_ACTIONS, carried, granted, format!("allows every action of every service {limit}"), findings);
        }
    }
}

fn full_iam(account: &Account, findings: &mut Findings) {
    let grants = Grants::of(account);
    for (id, carried) in account.documents_by_id() {
        // Those of IAM that a Deny may touch: it has not taken what it takes to write one's own permissions.
        let limited = carried.document.denies().any(|deny| deny.actions.as_ref().is_some_and(reaches_iam));
        let limit = if limited { " but those that its Deny statements take back" } else { "" };
        for granted in grants.of_document(id).iter().filter(|granted| granted.grant == Grant::FullIam) {
            let message =
                format!("allows every IAM action{limit}: whoever holds this policy can make itself administrator");
            add(&FULL_IAM, carried, granted, message, findings);
        }
    }
}

/// Whether some IAM action may be among these.
fn reaches_iam(actions: &Patterns) -> bool {
    let of_iam = Glob::known("iam:*");
    actions.negated || actions.items.iter().any(|pattern| pattern.glob.may_intersect(&of_iam))
}

fn service_wildcard(account: &Account, findings: &mut Findings) {
    report(&SERVICE_WILDCARD, account, findings, |grant| match grant {
        Grant::WholeServices(services) => Some(match services.as_slice() {
            [service] => format!("allows every action of {service} on all its resources"),
            [first, .., last] if services.len() == 2 => {
                format!("allows every action of {first} and {last} on all their resources")
            }
            [first, second, third] => {
                format!("allows every action of {first}, {second} and {third} on all their resources")
            }
            [first, second, rest @ ..] => {
                let rest = rest.len();
                format!("allows every action of {first}, {second} and {rest} more services on all their resources")
            }
            [] => return None,
        }),
        _ => None,
    });
}

fn allow_not_action(account: &Account, findings: &mut Findings) {
    report(&ALLOW_NOT_ACTION, account, findings, |grant| {
        (*grant == Grant::AllButNamed)
            .then(|| "allows everything but the actions named, those of future services included".to_owned())
    });
}

fn pass_any_role(account: &Account, findings: &mut Findings) {
    let grants = Grants::of(account);
    // Where the same policy starts what takes the role, that finding says more.
    let told = passing_told(account);
    for (id, carried) in account.documents_by_id() {
        let passing = grants.of_document(id).iter().filter(|granted| granted.grant == Grant::PassAnyRole);
        for granted in passing.filter(|granted| !told.contains(&(id, granted.statement))) {
            let message = "allows passing any role of the account to any service".to_owned();
            add(&PASS_ANY_ROLE, carried, granted, message, findings);
            let Some(finding) = findings.findings.last_mut() else { continue };
            for (message, span) in started_with(account, id, granted.statement).into_iter().take(STARTED) {
                finding.relate(message, Some(span));
            }
        }
    }
}

fn assume_any_role(account: &Account, findings: &mut Findings) {
    report(&ASSUME_ANY_ROLE, account, findings, |grant| {
        (*grant == Grant::AssumeAnyRole)
            .then(|| "allows assuming any role that lets the caller in, in any account".to_owned())
    });
}

/// Reports the grants that `message` has words for.
fn report(rule: &'static Rule, account: &Account, findings: &mut Findings, message: impl Fn(&Grant) -> Option<String>) {
    let grants = Grants::of(account);
    for (id, carried) in account.documents_by_id() {
        for granted in grants.of_document(id) {
            if let Some(message) = message(&granted.grant) {
                add(rule, carried, granted, message, findings);
            }
        }
    }
}

fn add(rule: &'static Rule, carried: &CarriedDocument, granted: &Granted, message: String, findings: &mut Findings) {
    let Some(statement) = carried.document.statements.get(granted.statement) else { return };
    let span = granted.span.or(statement.span).unwrap_or(carried.span);
    let finding = findings.add(rule, carried.carrier, span, message);
    finding.at_most(granted.confidence);
    for span in &granted.also {
        finding.relate("and this", Some(*span));
    }
    if carried.is_unattached() {
        finding.at_most(Confidence::Likely);
    }
    if let Some(resources) = &statement.resources {
        let everywhere = resources.items.iter().find(|pattern| resources.negated || pattern.glob.has_wildcard());
        if let Some(pattern) = everywhere {
            let what = if resources.negated { "on everything but this" } else { "on these resources" };
            finding.relate(what, pattern.span);
        }
    }
}
