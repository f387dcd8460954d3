//! Whether the record of a trail is whole, and lives long enough to be read.

use crate::access::buckets::parts_of;
use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::model::kinds::{bucket, bucket_settings as settings, event_data_store, log_group, trail};
use crate::model::{Account, Resource, Setting, texts};
use crate::source::Span;
use crate::value::{Value, Why};

use super::absence::setting_up;
use super::buckets::setting_of;
use super::setting::{Fault, Sentence, ask};
use super::{BOTH, Findings, Rule};

/// No trail records management events.
pub(super) static MANAGEMENT_EXCLUDED: Rule = Rule {
    metadata: Metadata {
        id: "cloudtrail-management-events-excluded",
        title: "No trail records management events",
        group: "trail",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["regula:FG_R00237", "prowler:cloudtrail_multi_region_enabled_logging_management_events"],
        controls: &["cis-aws-7.0:4.1", "fsbp:CloudTrail.1"],
        documentation: include_str!("docs/cloudtrail-management-events-excluded.md"),
    },
    check: management_excluded,
};

/// Event data store is not encrypted with a customer key.
pub(super) static STORE_NOT_ENCRYPTED: Rule = Rule {
    metadata: Metadata {
        id: "cloudtrail-event-data-store-not-encrypted-with-kms",
        title: "Event data store is not encrypted with a customer key",
        group: "trail",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["checkov:CKV_AWS_294"],
        controls: &[],
        documentation: include_str!("docs/cloudtrail-event-data-store-not-encrypted-with-kms.md"),
    },
    check: |account, findings| {
        ask(
            &STORE_NOT_ENCRYPTED,
            &[Sentence {
                kind: &event_data_store::KIND,
                attribute: &event_data_store::KMS_KEY,
                fault: Fault::Missing,
                message: "the store is not encrypted with a customer key",
            }],
            account,
            findings,
        );
    },
};

/// Trail tells nobody of new files.
pub(super) static NO_TOPIC: Rule = Rule {
    metadata: Metadata {
        id: "cloudtrail-no-sns-topic",
        title: "Trail tells nobody of new files",
        group: "trail",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["checkov:CKV_AWS_252", "terrascan:AC_AWS_0035", "kics:482b7d26-0bdb-4b5f-bf6f-545826c0a3dd"],
        controls: &[],
        documentation: include_str!("docs/cloudtrail-no-sns-topic.md"),
    },
    check: |account, findings| {
        ask(
            &NO_TOPIC,
            &[Sentence {
                kind: &trail::KIND,
                attribute: &trail::TOPIC,
                fault: Fault::Missing,
                message: "the trail tells no topic of new files",
            }],
            account,
            findings,
        );
    },
};

/// Trail's files do not live long enough.
pub(super) static BUCKET_SHORT_LIVED: Rule = Rule {
    metadata: Metadata {
        id: "cloudtrail-bucket-short-lived",
        title: "Trail's files do not live long enough",
        group: "trail",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("docs/cloudtrail-bucket-short-lived.md"),
    },
    check: short_lived,
};

/// Trail's files can be overwritten for good.
pub(super) static BUCKET_NOT_PROTECTED: Rule = Rule {
    metadata: Metadata {
        id: "cloudtrail-bucket-not-protected",
        title: "Trail's files can be overwritten for good",
        group: "trail",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["prowler:cloudtrail_bucket_requires_mfa_delete"],
        controls: &[],
        documentation: include_str!("docs/cloudtrail-bucket-not-protected.md"),
    },
    check: not_protected,
};

/// Requests to the trail's bucket are not logged.
pub(super) static BUCKET_NO_ACCESS_LOG: Rule = Rule {
    metadata: Metadata {
        id: "cloudtrail-bucket-no-access-log",
        title: "Requests to the trail's bucket are not logged",
        group: "trail",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "trivy:AVD-AWS-0163",
            "regula:FG_R00031",
            "terrascan:AC_AWS_0497",
            "prowler:cloudtrail_logs_s3_bucket_access_logging_enabled",
            "kics:c3ce69fd-e3df-49c6-be78-1db3f802261c",
        ],
        controls: &["cis-aws-7.0:4.4", "fsbp:CloudTrail.7"],
        documentation: include_str!("docs/cloudtrail-bucket-no-access-log.md"),
    },
    check: no_access_log,
};

/// Log group keeps its events for ever.
pub(super) static LOG_GROUP_FOR_EVER: Rule = Rule {
    metadata: Metadata {
        id: "log-group-no-retention",
        title: "Log group keeps its events for ever",
        group: "trail",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_66",
            "cfn-nag:W86",
            "cfn-guard:CW_LOGGROUP_RETENTION_PERIOD_CHECK",
            "terrascan:AC_AWS_0041",
            "terrascan:AC_AWS_0452",
            "semgrep:aws-cloudwatch-log-group-no-retention",
            "semgrep:missing-cloudwatch-log-group-retention",
            "kics:ef0b316a-211e-42f1-888e-64efe172b755",
        ],
        controls: &["fsbp:CloudWatch.16"],
        documentation: include_str!("docs/log-group-no-retention.md"),
    },
    check: |account, findings| {
        ask(
            &LOG_GROUP_FOR_EVER,
            &[Sentence {
                kind: &log_group::KIND,
                attribute: &log_group::RETENTION_DAYS,
                fault: Fault::Between(0, 0),
                message: "nobody has said for how long the events are kept",
            }],
            account,
            findings,
        );
    },
};

/// Log group keeps its events for less than a year.
pub(super) static LOG_GROUP_SHORT: Rule = Rule {
    metadata: Metadata {
        id: "log-group-short-retention",
        title: "Log group keeps its events for less than a year",
        group: "trail",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["checkov:CKV_AWS_338", "prowler:cloudwatch_log_group_retention_policy_specific_days_enabled"],
        controls: &["fsbp:CloudWatch.16"],
        documentation: include_str!("docs/log-group-short-retention.md"),
    },
    check: |account, findings| {
        ask(
            &LOG_GROUP_SHORT,
            &[Sentence {
                kind: &log_group::KIND,
                attribute: &log_group::RETENTION_DAYS,
                fault: Fault::Between(1, RETENTION - 1),
                message: "the events are gone before a year has passed",
            }],
            account,
            findings,
        );
    },
};

/// Days. Attacks are found after months; the rules of most trades ask for a year. Source: PCI DSS 4.0, requirement 10.5.1.
const RETENTION: i64 = 365;

/// Whether a trail records management events, as far as its selectors say.
fn records_management(trail: &Resource) -> Result<bool, Why> {
    let basic = trail.blocks(&trail::EVENT_SELECTORS);
    let advanced = trail.blocks(&trail::ADVANCED_EVENT_SELECTORS);
    for attribute in [&trail::EVENT_SELECTORS, &trail::ADVANCED_EVENT_SELECTORS] {
        if let Some(unknown) = trail.explicit(attribute).as_ref().and_then(|setting| setting.value.as_unknown()) {
            return Err(unknown.why.clone());
        }
    }
    if basic.is_empty() && advanced.is_empty() {
        return Ok(true);
    }
    for selector in &basic {
        if trail.setting_in(selector, &trail::MANAGEMENT_EVENTS).as_bool()? {
            return Ok(true);
        }
    }
    Ok(advanced.iter().any(|selector| is_about_management(trail, selector)))
}

fn is_about_management(trail: &Resource, selector: &Value) -> bool {
    let fields = trail.setting_in(selector, &trail::FIELD_SELECTORS).value;
    let fields = fields.as_list().map(crate::value::List::items).unwrap_or_default();
    fields.iter().any(|field| {
        let equals = trail.setting_in(field, &trail::EQUALS).value;
        trail.setting_in(field, &trail::FIELD).as_str() == Ok(Some("eventCategory".to_owned()))
            && texts(&equals).iter().any(|(text, _)| text.as_str() == Some("Management"))
    })
}

fn management_excluded(account: &Account, findings: &mut Findings) {
    let trails: Vec<&Resource> = account.of_kind(&trail::KIND).collect();
    let answers: Vec<Result<bool, Why>> = trails.iter().map(|trail| records_management(trail)).collect();
    // A trail for data events beside a full one is fine.
    if answers.contains(&Ok(true)) {
        return;
    }
    for (trail, answer) in trails.into_iter().zip(answers) {
        let selectors = [&trail::EVENT_SELECTORS, &trail::ADVANCED_EVENT_SELECTORS].map(|kind| trail.blocks(kind));
        let span = selectors.iter().flatten().find_map(|selector| selector.origin).unwrap_or(trail.span);
        match answer {
            Ok(_) => {
                let message = "no trail of the code records management events: who changes what stays unseen";
                let finding = findings.add(&MANAGEMENT_EXCLUDED, trail, span, message);
                if setting_up(account).is_none() {
                    // A stack with a trail for its own data counts on one of the account elsewhere.
                    finding.severity = Severity::Medium;
                    finding.at_most(Confidence::Likely);
                }
            }
            Err(why) => findings.undecided(&MANAGEMENT_EXCLUDED, trail, span, &why),
        }
    }
}

/// The trails of the code with their buckets, where those are in the code too.
fn trail_buckets<'r, 'a>(account: &'r Account<'a>) -> impl Iterator<Item = (&'a Resource, Setting, &'a Resource)> + 'r {
    account.of_kind(&trail::KIND).filter_map(|trail| {
        let name = trail.setting(&trail::BUCKET);
        let bucket = account.resolve(&name.value, &bucket::BUCKET, &bucket::NAME)?;
        Some((trail, name, bucket))
    })
}

fn short_lived(account: &Account, findings: &mut Findings) {
    for (trail, _, bucket) in trail_buckets(account) {
        let destroyed = bucket.setting(&settings::FORCE_DESTROY);
        if account.root.framework.is_terraform()
            && findings.decide(&BUCKET_SHORT_LIVED, trail, destroyed.span, Fault::On.is_in(&destroyed))
        {
            let message = "the trail's files go with the bucket when the code is destroyed";
            findings.add(&BUCKET_SHORT_LIVED, trail, destroyed.span, message).relate("the trail", Some(trail.span));
        }
        if let Some((days, span)) = expiry(account, bucket) {
            let message = format!("the trail's files are deleted after {days} days; keep them for {RETENTION} or more");
            findings.add(&BUCKET_SHORT_LIVED, trail, span, message).relate("the trail", Some(trail.span));
        }
    }
}

/// After how many days objects of a bucket are deleted, where that is too soon.
fn expiry(account: &Account, bucket: &Resource) -> Option<(i64, Span)> {
    let of_parts = parts_of(account, bucket, &settings::LIFECYCLE).map(|part| (part, &settings::LIFECYCLE_RULES));
    let on_bucket = if account.root.framework.is_terraform() {
        &settings::LIFECYCLE_RULES_ON_BUCKET
    } else {
        &settings::LIFECYCLE_RULES
    };
    of_parts.chain([(bucket, on_bucket)]).find_map(|(resource, rules)| {
        resource.blocks(rules).into_iter().find_map(|rule| {
            let is_off =
                Fault::Is(&["Disabled"]).is_in(&resource.setting_in(&rule, &settings::RULE_STATUS)) != Ok(false);
            let days = resource.setting_in(&rule, &settings::EXPIRATION_DAYS);
            let count = days.as_integer().ok().flatten().filter(|count| (1..RETENTION).contains(count) && !is_off)?;
            Some((count, days.span))
        })
    })
}

fn not_protected(account: &Account, findings: &mut Findings) {
    for (trail, name, bucket) in trail_buckets(account) {
        let locked = bucket.setting(&settings::OBJECT_LOCK);
        if locked.as_bool() == Ok(true) || bucket.explicit(&settings::OBJECT_LOCK_BLOCK).is_some() {
            continue;
        }
        let status = setting_of(
            account,
            bucket,
            &settings::VERSIONING,
            &settings::VERSIONING_STATUS,
            &settings::VERSIONING_ENABLED,
        );
        let kept =
            status.as_str().map(|status| status.is_some_and(|status| matches!(status.as_str(), "Enabled" | "true")));
        if findings.decide(&BUCKET_NOT_PROTECTED, trail, status.span, kept.map(|kept| !kept)) {
            let message = "the trail's bucket keeps no versions: who may write can overwrite its files for good";
            findings.add(&BUCKET_NOT_PROTECTED, trail, name.span, message).relate("the bucket", Some(bucket.span));
        }
    }
}

fn no_access_log(account: &Account, findings: &mut Findings) {
    for (trail, name, bucket) in trail_buckets(account) {
        let target =
            setting_of(account, bucket, &settings::LOGGING, &settings::ACCESS_LOG, &settings::ACCESS_LOG_ON_BUCKET);
        if findings.decide(&BUCKET_NO_ACCESS_LOG, trail, target.span, Fault::Missing.is_in(&target)) {
            let message = "nobody sees who reads or deletes the trail's files";
            findings.add(&BUCKET_NO_ACCESS_LOG, trail, name.span, message).relate("the bucket", Some(bucket.span));
        }
    }
}
