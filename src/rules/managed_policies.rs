//! AWS-managed policies that give away the account.

use crate::access::escalation::{Escalations, Power};
use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::model::{Account, AttachedPolicy};

use super::{BOTH, Findings, Rule};

/// AdministratorAccess is attached.
pub(super) static ADMINISTRATOR: Rule = Rule {
    metadata: Metadata {
        id: "iam-managed-policy-administrator",
        title: "AdministratorAccess is attached",
        group: "administrator",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_274",
            "checkov:CKV_AWS_275",
            "cfn-nag:W43",
            "cfn-guard:IAM_ROLE_ADMINISTRATOR_ACCESS_POLICY_RULE",
            "prowler:iam_role_administratoraccess_policy",
            "prowler:iam_user_administrator_access_policy",
            "prowler:iam_group_administrator_access_policy",
            "prowler:iam_aws_attached_policy_no_administrative_privileges",
        ],
        controls: &["cis-aws-7.0:2.14", "fsbp:IAM.1"],
        documentation: include_str!("docs/iam-managed-policy-administrator.md"),
    },
    check: administrator,
};

/// IAMFullAccess is attached.
pub(super) static IAM_FULL_ACCESS: Rule = Rule {
    metadata: Metadata {
        id: "iam-managed-policy-iam-full-access",
        title: "IAMFullAccess is attached",
        group: "administrator",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["checkov:CKV2_AWS_56", "cfn-nag:W44", "cfn-guard:IAM_ROLE_ELEVATED_MANAGED_POLICY_RULE"],
        controls: &[],
        documentation: include_str!("docs/iam-managed-policy-iam-full-access.md"),
    },
    check: iam_full_access,
};

/// `PowerUserAccess` is attached.
pub(super) static POWER_USER: Rule = Rule {
    metadata: Metadata {
        id: "iam-managed-policy-power-user",
        title: "PowerUserAccess is attached",
        group: "administrator",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["cfn-nag:W44", "cfn-guard:IAM_ROLE_ELEVATED_MANAGED_POLICY_RULE"],
        controls: &[],
        documentation: include_str!("docs/iam-managed-policy-power-user.md"),
    },
    check: power_user,
};

/// An AWS-managed policy with full access to a service is attached.
pub(super) static SERVICE_FULL_ACCESS: Rule = Rule {
    metadata: Metadata {
        id: "iam-managed-policy-service-full-access",
        title: "An AWS-managed policy with full access to a service is attached",
        group: "administrator",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["prowler:bedrock_full_access_policy_attached", "prowler:iam_policy_cloudshell_admin_not_attached"],
        controls: &["cis-aws-7.0:2.20", "fsbp:IAM.21"],
        documentation: include_str!("docs/iam-managed-policy-service-full-access.md"),
    },
    check: service_full_access,
};

fn administrator(account: &Account, findings: &mut Findings) {
    attached(&ADMINISTRATOR, "AdministratorAccess", "is administrator", account, findings);
}

fn iam_full_access(account: &Account, findings: &mut Findings) {
    attached(&IAM_FULL_ACCESS, "IAMFullAccess", "can make itself administrator", account, findings);
}

fn power_user(account: &Account, findings: &mut Findings) {
    let consequence = "may do everything but manage IAM and the organization, in all services to come as well";
    attached(&POWER_USER, "PowerUserAccess", consequence, account, findings);
}

/// Policies that give a whole service and say so; those above have rules of their own.
fn service_full_access(account: &Account, findings: &mut Findings) {
    let escalations = Escalations::of(account);
    for attachment in account.attachments() {
        let AttachedPolicy::Aws(name) = &attachment.policy else { continue };
        let is_administrator = attachment.principal.is_some_and(|id| escalations.power_of(id) == Power::Administrator);
        if !name.ends_with("FullAccess") || name == "IAMFullAccess" || is_administrator {
            continue;
        }
        let message = format!("{name} is attached: it allows every action of its service on all resources");
        let finding = findings.add(&SERVICE_FULL_ACCESS, attachment.carrier, attachment.span, message);
        if attachment.possible || attachment.is_open {
            finding.at_most(Confidence::Likely);
        }
    }
}

fn attached(rule: &'static Rule, policy: &str, consequence: &str, account: &Account, findings: &mut Findings) {
    let is_policy = |attached: &AttachedPolicy| matches!(attached, AttachedPolicy::Aws(name) if name == policy);
    for attachment in account.attachments().iter().filter(|attachment| is_policy(&attachment.policy)) {
        let principal = attachment.principal.map(|id| account.principal(id).resource);
        let who = match principal {
            Some(resource) => format!("{} {}", attachment.kind.name(), resource.address),
            None => format!("this {}", attachment.kind.name()),
        };
        let message = format!("{policy} is attached: {who} {consequence}");
        let finding = findings.add(rule, attachment.carrier, attachment.span, message);
        if attachment.possible || attachment.is_open {
            finding.at_most(Confidence::Likely);
        }
        if let Some(resource) = principal.filter(|resource| resource.address != attachment.carrier.address) {
            finding.relate(format!("the {} that holds it", attachment.kind.name()), Some(resource.span));
        }
    }
    looked_up(rule, policy, consequence, account, findings);
}

/// A policy that is looked up is attached: where the code does not show to whom, the look-up is what there is to see.
fn looked_up(rule: &'static Rule, policy: &str, consequence: &str, account: &Account, findings: &mut Findings) {
    for (look_up, name, span) in account.looked_up_policies() {
        // A look-up by ARN gives the ARN itself, which stands there.
        let is_attached = account.attachments().iter().any(|attachment| {
            attachment.span == span || attachment.look_up.is_some_and(|by| by.address == look_up.address)
        });
        if name == policy && !is_attached && !account.has_boundary(policy) {
            let message = format!(
                "{policy} is looked up, and whom it is attached to is not in the code: whoever has it {consequence}"
            );
            findings.add(rule, look_up, span, message).at_most(Confidence::Likely);
        }
    }
}
