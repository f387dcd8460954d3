//! Policies that are longer, or more, than AWS takes.

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::validate::{self, PolicyType};
use crate::model::kinds::resource_policy;
use crate::model::{Account, CarriedDocument, PrincipalKind, Purpose};

use super::{BOTH, Findings, Rule};

/// Over a quota.
pub(super) static OVER_QUOTA: Rule = Rule {
    metadata: Metadata {
        id: "policy-over-quota",
        title: "Policy over its quota",
        group: "policy-validity",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "access-analyzer:POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",
            "access-analyzer:POLICY_SIZE_EXCEEDS_RCP_QUOTA",
            "access-analyzer:POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA",
            "access-analyzer:POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA",
            "access-analyzer:POLICY_SIZE_EXCEEDS_SCP_QUOTA",
        ],
        controls: &[],
        documentation: include_str!("docs/policy-over-quota.md"),
    },
    check: over_quota,
};

/// Characters of a managed policy. AWS IAM User Guide, "IAM and AWS STS quotas", as those that follow.
const MANAGED: usize = 6_144;
/// Characters of a role's trust policy, as long as nobody has asked for more.
const TRUST: usize = 2_048;
/// Characters of a service or resource control policy. AWS Organizations User Guide, "Quotas for AWS Organizations".
const OF_ORGANIZATION: usize = 5_120;
/// Bytes of a bucket's policy. Amazon S3 User Guide, "Bucket policies".
const BUCKET: usize = 20_480;
/// Bytes of a key's policy. AWS KMS Developer Guide, "Resource quotas".
const KEY: usize = 32_768;
/// Managed policies of a user, group or role, as long as nobody has asked for more.
const ATTACHED: usize = 10;
/// Groups of a user.
const GROUPS: usize = 10;
/// From this share of a quota on, in percent, the next statement may be one too many.
const NEARLY: usize = 90;

fn over_quota(account: &Account, findings: &mut Findings) {
    for carried in account.documents() {
        if let (Some(quota), Some(size)) = (quota_of(carried), validate::size(&carried.value)) {
            tell(carried, size, quota, "the document", findings);
        }
    }
    written(account, findings);
    counts(account, findings);
}

/// The quota of one document; none for those that are counted together, and those of which none is known.
fn quota_of(carried: &CarriedDocument) -> Option<usize> {
    let subject = carried.subject().filter(|_| !carried.is_unattached())?;
    match (carried.purpose, subject.policy_type?) {
        (_, PolicyType::ServiceControl | PolicyType::ResourceControl) => Some(OF_ORGANIZATION),
        (Purpose::Trust, _) => Some(TRUST),
        (Purpose::Identity | Purpose::Limit, PolicyType::Identity) => is_managed(carried).then_some(MANAGED),
        (Purpose::Resource, _) if subject.service == Some("s3") => Some(BUCKET),
        (Purpose::Resource, _) if resource_policy::KEY.is(carried.carrier) => Some(KEY),
        _ => None,
    }
}

fn is_managed(carried: &CarriedDocument) -> bool {
    crate::model::kinds::managed_policy::KIND.is(carried.carrier)
}

fn tell(carried: &CarriedDocument, size: usize, quota: usize, what: &str, findings: &mut Findings) {
    if size > quota {
        let message = format!("{what} has {size} characters, and AWS takes {quota}");
        findings.add(&OVER_QUOTA, carried.carrier, carried.span, message);
    } else if size * 100 > quota * NEARLY {
        let message = format!("{what} has {size} of the {quota} characters that AWS takes");
        let finding = findings.add(&OVER_QUOTA, carried.carrier, carried.span, message);
        finding.severity = Severity::Info;
        finding.level = Level::Pedantic;
    }
}

/// The policies that are written on a principal count together.
fn written(account: &Account, findings: &mut Findings) {
    for principal in account.principals() {
        let quota = match principal.kind {
            PrincipalKind::User => 2_048,
            PrincipalKind::Group => 5_120,
            PrincipalKind::Role => 10_240,
            PrincipalKind::PermissionSet => continue,
        };
        let documents: Vec<_> =
            account.inline_documents_of(principal.id).map(|inline| account.document(inline.document)).collect();
        // Those whose length is not known have some: the others alone may be too many.
        let total = documents.iter().filter_map(|carried| validate::size(&carried.value)).sum();
        if let Some(last) = documents.last() {
            let what = format!("what is written on this {}", principal.kind.name());
            tell(last, total, quota, &what, findings);
        }
    }
}

fn counts(account: &Account, findings: &mut Findings) {
    for principal in account.principals() {
        let certain = account.attachments_of(principal.id).filter(|attachment| !attachment.possible);
        let mut policies = Vec::new();
        for attachment in certain {
            if !policies.contains(&&attachment.policy) {
                policies.push(&attachment.policy);
            }
        }
        let kind = principal.kind.name();
        if policies.len() > ATTACHED && principal.kind != PrincipalKind::PermissionSet {
            let count = policies.len();
            let message =
                format!("this {kind} has {count} managed policies, and AWS takes {ATTACHED} unless asked for more");
            findings.add(&OVER_QUOTA, principal.resource, principal.resource.span, message).at_most(Confidence::Likely);
        }
        if principal.groups.len() > GROUPS {
            let count = principal.groups.len();
            let message = format!("this {kind} is in {count} groups, and AWS takes {GROUPS}");
            findings.add(&OVER_QUOTA, principal.resource, principal.resource.span, message);
        }
    }
}
