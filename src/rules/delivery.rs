//! Whether a trail's record can be written, and who can erase it.

use crate::access::escalation::{Escalations, Graph};
use crate::access::record::{self, Need};
use crate::finding::{Level, Metadata, Severity};
use crate::iam::simulate::Decision;
use crate::model::kinds::{bucket, bucket_settings as settings, trail};
use crate::model::{Account, PrincipalId, PrincipalKind, Resource};

use super::buckets::setting_of;
use super::{BOTH, Findings, Rule};

/// Trail cannot deliver.
pub(super) static CANNOT_DELIVER: Rule = Rule {
    metadata: Metadata {
        id: "cloudtrail-cannot-deliver",
        title: "Trail cannot deliver",
        group: "trail",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("docs/cloudtrail-cannot-deliver.md"),
    },
    check: cannot_deliver,
};

/// Those whom a trail records can erase the record.
pub(super) static ERASABLE: Rule = Rule {
    metadata: Metadata {
        id: "cloudtrail-bucket-erasable-by-recorded-principals",
        title: "Those whom a trail records can erase the record",
        group: "trail",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("docs/cloudtrail-bucket-erasable-by-recorded-principals.md"),
    },
    check: erasable,
};

fn cannot_deliver(account: &Account, findings: &mut Findings) {
    for trail in account.of_kind(&trail::KIND) {
        let mut told: Vec<&Resource> = Vec::new();
        for need in record::needs(account, trail) {
            let Need { setting, holder, action, decision, has_policy } = need;
            match decision {
                Decision::Allowed => continue,
                // One finding for each of bucket, key and role.
                _ if told.iter().any(|before| before.address == holder.address) => continue,
                Decision::ImplicitlyDenied if has_policy => {
                    let message =
                        format!("CloudTrail cannot deliver: the policy of {} does not allow {action}", holder.address);
                    let finding = findings.add(&CANNOT_DELIVER, trail, setting.span, message);
                    finding.relate("what does not allow it", Some(holder.span));
                }
                Decision::ImplicitlyDenied | Decision::Unknown | Decision::ExplicitlyDenied => {
                    let why =
                        format!("whether {} lets CloudTrail use {action} is not clear from the code", holder.address);
                    findings.undecided(&CANNOT_DELIVER, trail, setting.span, &why);
                }
            }
            told.push(holder);
        }
    }
}

/// So many of those who can erase a record are named; the fault is the same for the rest.
const MAX_NAMED: usize = 8;

fn erasable(account: &Account, findings: &mut Findings) {
    for trail in account.of_kind(&trail::KIND) {
        let name = trail.setting(&trail::BUCKET);
        let Some(bucket) = account.resolve(&name.value, &bucket::BUCKET, &bucket::NAME) else { continue };
        if bucket.explicit(&settings::OBJECT_LOCK_BLOCK).is_some()
            || bucket.setting(&settings::OBJECT_LOCK).as_bool() == Ok(true)
        {
            continue;
        }
        let keeps_versions = keeps_versions(account, bucket);
        let mut erasing: Vec<(PrincipalId, &'static str)> = Vec::new();
        let mut open: Option<PrincipalId> = None;
        for principal in people_below_administrator(account) {
            match record::erases(account, principal, bucket, keeps_versions) {
                (Decision::Allowed, Some(action)) => erasing.push((principal, action)),
                (Decision::Unknown, Some(_)) => open = open.or(Some(principal)),
                _ => {}
            }
        }
        if let Some((first, action)) = erasing.first() {
            let address = &account.principal(*first).resource.address;
            let others = match erasing.len() {
                1 => String::new(),
                count => format!(", and {} others can too", count - 1),
            };
            let message = format!("{address} can erase what the trail records of it, by {action}{others}");
            let finding = findings.add(&ERASABLE, trail, name.span, message);
            finding.relate("the bucket", Some(bucket.span));
            for (principal, action) in erasing.iter().take(MAX_NAMED) {
                finding.relate(format!("has {action} on it"), Some(account.principal(*principal).resource.span));
            }
        } else if let Some(principal) = open {
            let why = format!(
                "whether {} can erase the record is not clear from the code",
                account.principal(principal).resource.address
            );
            findings.undecided(&ERASABLE, trail, name.span, &why);
        }
    }
}

/// The users, roles and permission sets that are not administrator and cannot become it: who can, can do this too.
fn people_below_administrator(account: &Account) -> Vec<PrincipalId> {
    let escalations = Escalations::of(account);
    let graph = Graph::new(&escalations);
    let principals = account.principals().filter(|principal| principal.kind != PrincipalKind::Group);
    principals.map(|principal| principal.id).filter(|id| graph.distance(*id).is_none()).collect()
}

/// Whether a bucket certainly keeps what is deleted or overwritten.
fn keeps_versions(account: &Account, bucket: &Resource) -> bool {
    let status =
        setting_of(account, bucket, &settings::VERSIONING, &settings::VERSIONING_STATUS, &settings::VERSIONING_ENABLED);
    status.as_str().is_ok_and(|status| status.is_some_and(|status| matches!(status.as_str(), "Enabled" | "true")))
}
