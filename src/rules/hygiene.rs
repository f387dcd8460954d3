//! Who should carry policies, and groups that serve nobody.

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::Effect;
use crate::model::{Account, AttachedPolicy, DocumentId, Principal, PrincipalKind, Resource};
use crate::source::Span;
use crate::value::Text;

use super::{BOTH, Findings, Rule};

/// Policy attached to or written on a user.
pub(super) static USER_POLICY_ATTACHED: Rule = Rule {
    metadata: Metadata {
        id: "iam-user-policy-attached",
        title: "Policy attached to or written on a user",
        group: "policy-hygiene",
        severity: Severity::Low,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_40",
            "cfn-nag:F10",
            "cfn-nag:F11",
            "cfn-nag:F12",
            "cfn-guard:IAM_NO_POLICY_ON_USER",
            "cfn-guard:IAM_USER_NO_POLICIES_CHECK",
            "regula:FG_R00007",
            "trivy:AVD-AWS-0143",
            "terrascan:AC_AWS_0475",
            "terrascan:AC_AWS_0476",
            "prowler:iam_policy_attached_only_to_group_or_roles",
            "kics:b4378389-a9aa-44ee-91e7-ef183f11079e",
            "kics:e4239438-e639-44aa-adb8-866e400e3ade",
            "kics:0e5872b4-19a0-4165-8b2f-56d9e14b909f",
            "kics:edc95c10-7366-4f30-9b4b-f995c84eceb5",
            "kics:5e7acff5-095b-40ac-9073-ac2e4ad8a512",
        ],
        controls: &["cis-aws-7.0:2.13", "fsbp:IAM.2"],
        documentation: include_str!("docs/iam-user-policy-attached.md"),
    },
    check: user_policy_attached,
};

/// Group without members.
pub(super) static GROUP_WITHOUT_MEMBERS: Rule = Rule {
    metadata: Metadata {
        id: "iam-group-without-members",
        title: "Group without members",
        group: "policy-hygiene",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["checkov:CKV2_AWS_14"],
        controls: &[],
        documentation: include_str!("docs/iam-group-without-members.md"),
    },
    check: group_without_members,
};

/// Group without policies.
pub(super) static GROUP_WITHOUT_POLICIES: Rule = Rule {
    metadata: Metadata {
        id: "iam-group-without-policies",
        title: "Group without policies",
        group: "policy-hygiene",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("docs/iam-group-without-policies.md"),
    },
    check: group_without_policies,
};

/// Policy written on a principal.
pub(super) static INLINE_POLICY: Rule = Rule {
    metadata: Metadata {
        id: "iam-inline-policy",
        title: "Policy written on a user, group or role",
        group: "policy-hygiene",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["cfn-guard:IAM_NO_INLINE_POLICY_CHECK", "kics:a58d1a2d-4078-4b80-855b-84cc3f7f4540"],
        controls: &[],
        documentation: include_str!("docs/iam-inline-policy.md"),
    },
    check: inline_policy,
};

/// User in no group.
pub(super) static USER_WITHOUT_GROUP: Rule = Rule {
    metadata: Metadata {
        id: "iam-user-without-group",
        title: "User in no group",
        group: "policy-hygiene",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV2_AWS_21",
            "cfn-nag:F2000",
            "cfn-guard:IAM_USER_MISSING_GROUP_RULE",
            "regula:FG_R00272",
            "kics:06933df4-0ea7-461c-b9b5-104d27390e0e",
        ],
        controls: &[],
        documentation: include_str!("docs/iam-user-without-group.md"),
    },
    check: user_without_group,
};

fn inline_policy(account: &Account, findings: &mut Findings) {
    for inline in account.inline_documents().iter().filter(|inline| inline.kind != PrincipalKind::PermissionSet) {
        let who = match inline.principal {
            Some(id) => account.principal(id).resource.address.to_string(),
            None => format!("a {}", inline.kind.name()),
        };
        let message = format!("a policy is written on {who}, where nothing else can use or review it");
        findings.add(&INLINE_POLICY, inline.carrier, inline.carrier.span, message);
    }
}

fn user_without_group(account: &Account, findings: &mut Findings) {
    let may_have_more = account.principals().any(|group| group.has_unknown_members);
    for user in account.principals().filter(|principal| principal.kind == PrincipalKind::User) {
        if !user.groups.is_empty() || user.has_unknown_groups {
            continue;
        }
        let (resource, span) = (user.resource, user.resource.span);
        if may_have_more {
            let why = "whether this user is in a group whose members are not known is not in the code";
            findings.undecided(&USER_WITHOUT_GROUP, resource, span, &why);
        } else {
            findings.add(&USER_WITHOUT_GROUP, resource, span, "the user is in no group");
        }
    }
}

/// A policy on a user, wherever it is said.
struct OnUser<'a> {
    user: Option<&'a Resource>,
    name: Option<&'a Text>,
    carrier: &'a Resource,
    span: Span,
    written: bool,
    possible: bool,
    is_open: bool,
}

fn user_policy_attached(account: &Account, findings: &mut Findings) {
    let written = account
        .inline_documents()
        .iter()
        .filter(|inline| inline.kind == PrincipalKind::User && grants(account, inline.document));
    let written = written.map(|inline| OnUser {
        user: inline.principal.map(|id| account.principal(id).resource),
        name: inline.name.as_ref(),
        carrier: inline.carrier,
        span: inline.carrier.span,
        written: true,
        possible: false,
        is_open: inline.is_open,
    });
    let attached = account
        .attachments()
        .iter()
        .filter(|attachment| attachment.kind == PrincipalKind::User && !only_denies(account, &attachment.policy));
    let attached = attached.map(|attachment| OnUser {
        user: attachment.principal.map(|id| account.principal(id).resource),
        name: attachment.name.as_ref(),
        carrier: attachment.carrier,
        span: attachment.span,
        written: false,
        possible: attachment.possible,
        is_open: attachment.is_open,
    });
    // One finding for each user: the first place stands, the others are related.
    let mut reported: Vec<(Option<&Resource>, Option<&Text>, usize)> = Vec::new();
    for policy in written.chain(attached) {
        if policy.is_open && policy.user.is_none() {
            let why = "which users this is on, if any, is not in the code";
            findings.undecided(&USER_POLICY_ATTACHED, policy.carrier, policy.span, &why);
            continue;
        }
        let what = if policy.written { "policy written" } else { "policy attached" };
        let same = |(user, name, _): &&(Option<&Resource>, Option<&Text>, usize)| match (user, policy.user) {
            (Some(a), Some(b)) => a.address == b.address,
            (None, None) => name.is_some() && *name == policy.name,
            _ => false,
        };
        if let Some((_, _, index)) = reported.iter().find(same) {
            if findings.findings[*index].span != policy.span {
                findings.findings[*index].relate(format!("another {what} on the same user"), Some(policy.span));
            }
            continue;
        }
        let who = policy.user.map_or_else(|| "a user".to_owned(), |user| format!("user {}", user.address));
        let message = format!("{what} on {who} instead of a group or role");
        let finding = findings.add(&USER_POLICY_ATTACHED, policy.carrier, policy.span, message);
        if policy.possible {
            finding.at_most(Confidence::Likely);
        }
        if let Some(user) = policy.user.filter(|user| user.address != policy.carrier.address) {
            finding.relate("the user", Some(user.span));
        }
        reported.push((policy.user, policy.name, findings.findings.len() - 1));
    }
}

/// Whether a policy takes rights away and gives none.
fn only_denies(account: &Account, policy: &AttachedPolicy) -> bool {
    /// AWS's own policies that only deny. Source: AWS Managed Policy Reference Guide.
    const DENYING: [&str; 4] =
        ["AWSDenyAll", "AWSCompromisedKeyQuarantine", "AWSCompromisedKeyQuarantineV2", "AWSCompromisedKeyQuarantineV3"];
    match policy {
        AttachedPolicy::InCode(id) => !grants(account, *id),
        AttachedPolicy::Aws(name) => DENYING.contains(&name.as_str()),
        AttachedPolicy::Elsewhere(_) => false,
    }
}

/// Whether a document allows anything. One that is not known may.
fn grants(account: &Account, id: DocumentId) -> bool {
    let document = &account.document(id).document;
    !document.opaque.is_empty() || document.statements.iter().any(|statement| statement.effect != Effect::Deny)
}

fn group_without_members(account: &Account, findings: &mut Findings) {
    for group in groups(account).filter(|group| !group.has_members) {
        let finding = findings.add(
            &GROUP_WITHOUT_MEMBERS,
            group.resource,
            group.resource.span,
            "no user of the code is in this group",
        );
        finding.at_most(Confidence::Likely);
    }
}

fn group_without_policies(account: &Account, findings: &mut Findings) {
    for group in groups(account) {
        let empty =
            account.attachments_of(group.id).next().is_none() && account.inline_documents_of(group.id).next().is_none();
        if empty {
            let message = "no policy of the code is attached to or written on this group";
            let finding = findings.add(&GROUP_WITHOUT_POLICIES, group.resource, group.resource.span, message);
            finding.at_most(Confidence::Likely);
        }
    }
}

fn groups<'a, 'b>(account: &'b Account<'a>) -> impl Iterator<Item = &'b Principal<'a>> {
    account.principals().filter(|principal| principal.kind == PrincipalKind::Group)
}
