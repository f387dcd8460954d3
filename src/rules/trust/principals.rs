//! Trust policies that let in too many, whoever they are.

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::callers::{self, Pin, Stranger};
use crate::iam::{PrincipalKind, Statement};
use crate::model::Account;
use crate::rules::{BOTH, Findings, Rule, note_opaque};

use super::trusts;

/// Role can be assumed by anyone.
pub(in crate::rules) static ANY_PRINCIPAL: Rule = Rule {
    metadata: Metadata {
        id: "trust-any-principal",
        title: "Role can be assumed by anyone",
        group: "trust",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_60",
            "checkov:CKV_AWS_283",
            "regula:FG_R00219",
            "semgrep:wildcard-assume-role",
            "kics:bcdcbdc6-a350-4855-ae7c-d1e6436f7c97",
            "kics:12b7e704-37f0-4d1e-911a-44bf60c48c21",
            "kics:f80e3aa7-7b34-4185-954e-440a6894dde6",
        ],
        controls: &["cis-aws-7.0:2.21"],
        documentation: include_str!("../docs/trust-any-principal.md"),
    },
    check: any_principal,
};

/// Role can be assumed by everyone but a few.
pub(in crate::rules) static NOT_PRINCIPAL: Rule = Rule {
    metadata: Metadata {
        id: "trust-not-principal",
        title: "Role can be assumed by everyone but a few",
        group: "trust",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["cfn-nag:F6", "cfn-guard:IAM_ROLE_NO_ALLOW_PLUS_NOT_PRINCIPAL"],
        controls: &[],
        documentation: include_str!("../docs/trust-not-principal.md"),
    },
    check: not_principal,
};

/// Trust policy allows every action.
pub(in crate::rules) static WILDCARD_ACTION: Rule = Rule {
    metadata: Metadata {
        id: "trust-wildcard-action",
        title: "Trust policy allows every action",
        group: "trust",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-nag:F2",
            "cfn-guard:IAM_ROLE_NO_FULL_ACCESS_ON_TRUST_POLICY",
            "terrascan:AC_AWS_0146",
            "kics:b1ffa705-19a3-4b73-b9d0-0c97d0663842",
            "cfn-nag:W14",
            "cfn-guard:IAM_ROLE_NO_ALLOW_PLUS_NOT_ACTION_ON_TRUST_POLICY",
        ],
        controls: &[],
        documentation: include_str!("../docs/trust-wildcard-action.md"),
    },
    check: wildcard_action,
};

/// Service may assume the role for every customer of it.
pub(in crate::rules) static SERVICE: Rule = Rule {
    metadata: Metadata {
        id: "trust-service-without-source",
        title: "Service may assume the role for every customer of it",
        group: "trust",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "prowler:iam_role_cross_service_confused_deputy_prevention",
            "prowler:iam_role_service_trust_restricts_source_to_account",
        ],
        controls: &[],
        documentation: include_str!("../docs/trust-service-without-source.md"),
    },
    check: service,
};
/// The actions that give a session.
const ASSUMING: [&str; 3] = ["sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"];

fn any_principal(account: &Account, findings: &mut Findings) {
    for carried in trusts(account) {
        note_opaque(&ANY_PRINCIPAL, carried, findings);
        let denies = carried.document.denies().filter(|statement| denies_assuming(statement));
        let left_by_denies = denies.map(|statement| callers::pin_of_deny(statement, "sts")).max().unwrap_or(Pin::None);
        for statement in carried.document.allows().filter(|statement| lets_assume(statement)) {
            let Some(principals) = statement.principals.as_ref().filter(|principals| !principals.negated) else {
                continue;
            };
            let Some(everyone) = principals.items.iter().find(|principal| principal.is_everyone()) else { continue };
            let pin = callers::pin_of_allow(statement, "sts", Stranger::SignedIn).max(left_by_denies);
            if pin == Pin::Caller {
                continue;
            }
            let span = everyone.span.or(statement.span).unwrap_or(carried.span);
            let message = match pin {
                Pin::Secret => "any principal of any AWS account that knows the external id may assume the role",
                _ => "any principal of any AWS account may assume the role",
            };
            let finding = findings.add(&ANY_PRINCIPAL, carried.carrier, span, message);
            if pin == Pin::Secret {
                finding.severity = Severity::High;
            }
            let may_be_pinned = statement.conditions.iter().any(|condition| condition.possible);
            if everyone.possible || statement.possible || may_be_pinned {
                finding.at_most(Confidence::Likely);
            }
        }
    }
}

/// Whether a statement may give a session at all: some only let tag one.
pub(in crate::rules) fn lets_assume(statement: &Statement) -> bool {
    statement.actions.as_ref().is_none_or(|actions| {
        actions.incomplete
            || actions.items.iter().any(|action| action.glob.has_hole())
            || ASSUMING.iter().any(|action| actions.may_match(action))
    })
}

/// Whether a Deny is about taking on the role.
fn denies_assuming(statement: &Statement) -> bool {
    statement.actions.as_ref().is_some_and(|actions| actions.must_match("sts:assumerole"))
}

fn not_principal(account: &Account, findings: &mut Findings) {
    for carried in trusts(account) {
        for statement in carried.document.allows() {
            let Some(principals) = statement.principals.as_ref().filter(|principals| principals.negated) else {
                continue;
            };
            let span = principals.key_span.or(statement.span).unwrap_or(carried.span);
            let message = "lets in everyone but those named; AWS refuses NotPrincipal in a trust policy today";
            findings.add(&NOT_PRINCIPAL, carried.carrier, span, message);
        }
    }
}

fn wildcard_action(account: &Account, findings: &mut Findings) {
    for carried in trusts(account) {
        for statement in carried.document.allows() {
            let Some(actions) = &statement.actions else { continue };
            let is_all = |text: &str| text == "*" || text.eq_ignore_ascii_case("sts:*");
            let wildcard = actions.items.iter().find(|action| action.text.as_str().is_some_and(is_all));
            let (span, message) = if actions.negated {
                (actions.key_span, "allows every action but those named, where only assuming the role has a meaning")
            } else if let Some(wildcard) = wildcard {
                (wildcard.span, "allows more than assuming the role: tagging the session and naming its source too")
            } else {
                continue;
            };
            let span = span.or(statement.span).unwrap_or(carried.span);
            let finding = findings.add(&WILDCARD_ACTION, carried.carrier, span, message);
            if statement.possible {
                finding.at_most(Confidence::Likely);
            }
        }
    }
}

/// Services that say for whom they assume a role. Sources: the services' pages on preventing the confused deputy: Amazon
/// Bedrock, AWS CodeBuild, AWS DataSync, Amazon ECS ("Amazon ECS task IAM role"), Amazon CloudWatch Logs (subscription
/// filters), Amazon SageMaker AI, Amazon EventBridge Scheduler, AWS Step Functions, AWS Transfer Family.
const SAYING_FOR_WHOM: [&str; 9] = [
    "bedrock.amazonaws.com",
    "codebuild.amazonaws.com",
    "datasync.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "logs.amazonaws.com",
    "sagemaker.amazonaws.com",
    "scheduler.amazonaws.com",
    "states.amazonaws.com",
    "transfer.amazonaws.com",
];

fn service(account: &Account, findings: &mut Findings) {
    for carried in trusts(account) {
        for statement in carried.document.allows().filter(|statement| lets_assume(statement)) {
            if callers::pin_of_allow(statement, "sts", Stranger::SignedIn) != Pin::None {
                continue;
            }
            for principal in statement.principals.iter().flat_map(|principals| &principals.items) {
                let service = principal.text.as_str().filter(|service| SAYING_FOR_WHOM.contains(service));
                let Some(service) = service.filter(|_| principal.kind == PrincipalKind::Service) else { continue };
                let span = principal.span.or(statement.span).unwrap_or(carried.span);
                let message = format!(
                    "{service} is not held to this account: no condition on aws:SourceAccount or aws:SourceArn"
                );
                findings.add(&SERVICE, carried.carrier, span, message);
            }
        }
    }
}
