//! CloudTrail: what is recorded, and whether the record can be trusted.

use crate::finding::{Level, Metadata, Severity};
use crate::model::kinds::{bucket, trail};
use crate::model::{Account, Attribute, Resource, Setting};
use crate::value::Why;

use super::{BOTH, Findings, Rule, public};

/// Trail does not record.
pub(super) static NOT_LOGGING: Rule = Rule {
    metadata: Metadata {
        id: "cloudtrail-not-logging",
        title: "Trail does not record",
        group: "trail",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_251",
            "cfn-guard:CLOUD_TRAIL_ENABLED",
            "kics:4bb76f17-3d63-4529-bdca-2b454529d774",
            "prowler:cloudtrail_multi_region_enabled",
        ],
        controls: &["cis-aws-7.0:4.1", "fsbp:CloudTrail.1", "fsbp:CloudTrail.3"],
        documentation: include_str!("docs/cloudtrail-not-logging.md"),
    },
    check: not_logging,
};

/// Trail records one region only.
pub(super) static NOT_MULTI_REGION: Rule = Rule {
    metadata: Metadata {
        id: "cloudtrail-not-multi-region",
        title: "Trail records one region only",
        group: "trail",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_67",
            "trivy:AVD-AWS-0014",
            "cfn-guard:MULTI_REGION_CLOUD_TRAIL_ENABLED",
            "terrascan:AC_AWS_0034",
            "terrascan:AC_AWS_0448",
            "prowler:cloudtrail_multi_region_enabled",
            "kics:8173d5eb-96b5-4aa6-a71b-ecfa153c123d",
            "kics:058ac855-989f-4378-ba4d-52d004020da7",
        ],
        controls: &["cis-aws-7.0:4.1", "fsbp:CloudTrail.1"],
        documentation: include_str!("docs/cloudtrail-not-multi-region.md"),
    },
    check: not_multi_region,
};

/// Trail leaves out global service events.
pub(super) static MANAGEMENT_EVENTS_PARTIAL: Rule = Rule {
    metadata: Metadata {
        id: "cloudtrail-management-events-partial",
        title: "Trail leaves out global service events",
        group: "trail",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["prowler:cloudtrail_multi_region_enabled_logging_management_events"],
        controls: &["cis-aws-7.0:4.1", "fsbp:CloudTrail.1"],
        documentation: include_str!("docs/cloudtrail-management-events-partial.md"),
    },
    check: management_events_partial,
};

/// Trail writes no signed digests.
pub(super) static NO_LOG_VALIDATION: Rule = Rule {
    metadata: Metadata {
        id: "cloudtrail-no-log-validation",
        title: "Trail writes no signed digests",
        group: "trail",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_36",
            "trivy:AVD-AWS-0016",
            "cfn-guard:CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED",
            "regula:FG_R00027",
            "terrascan:AC_AWS_0446",
            "prowler:cloudtrail_log_file_validation_enabled",
            "kics:2a3560fe-52ca-4443-b34f-bf0ed5eb74c8",
        ],
        controls: &["cis-aws-7.0:4.2", "fsbp:CloudTrail.4"],
        documentation: include_str!("docs/cloudtrail-no-log-validation.md"),
    },
    check: no_log_validation,
};

/// Trail is not encrypted with a customer key.
pub(super) static NOT_ENCRYPTED: Rule = Rule {
    metadata: Metadata {
        id: "cloudtrail-not-encrypted-with-kms",
        title: "Trail is not encrypted with a customer key",
        group: "trail",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_35",
            "trivy:AVD-AWS-0015",
            "cfn-guard:CLOUD_TRAIL_ENCRYPTION_ENABLED",
            "regula:FG_R00035",
            "terrascan:AC_AWS_0033",
            "semgrep:aws-cloudtrail-encrypted-with-cmk",
            "prowler:cloudtrail_kms_encryption_enabled",
            "kics:050a9ba8-d1cb-4c61-a5e8-8805a70d3b85",
        ],
        controls: &["cis-aws-7.0:4.5", "fsbp:CloudTrail.2"],
        documentation: include_str!("docs/cloudtrail-not-encrypted-with-kms.md"),
    },
    check: not_encrypted,
};

/// Trail delivers to no CloudWatch Logs group.
pub(super) static NO_CLOUDWATCH_LOGS: Rule = Rule {
    metadata: Metadata {
        id: "cloudtrail-no-cloudwatch-logs",
        title: "Trail delivers to no CloudWatch Logs group",
        group: "trail",
        severity: Severity::Low,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV2_AWS_10",
            "trivy:AVD-AWS-0162",
            "cfn-guard:CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED",
            "regula:FG_R00029",
            "prowler:cloudtrail_cloudwatch_logging_enabled",
            "kics:65d07da5-9af5-44df-8983-52d2e6f24c44",
        ],
        controls: &["cis-aws-1.5:3.4", "fsbp:CloudTrail.5"],
        documentation: include_str!("docs/cloudtrail-no-cloudwatch-logs.md"),
    },
    check: no_cloudwatch_logs,
};

/// Trail's bucket is public.
pub(super) static BUCKET_PUBLIC: Rule = Rule {
    metadata: Metadata {
        id: "cloudtrail-bucket-public",
        title: "Trail's bucket is public",
        group: "trail",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "trivy:AVD-AWS-0161",
            "regula:FG_R00028",
            "prowler:cloudtrail_logs_s3_bucket_is_not_publicly_accessible",
        ],
        controls: &["cis-aws-1.5:3.3", "fsbp:CloudTrail.6"],
        documentation: include_str!("docs/cloudtrail-bucket-public.md"),
    },
    check: bucket_public,
};

fn not_logging(account: &Account, findings: &mut Findings) {
    switch(&NOT_LOGGING, account, findings, &trail::ENABLE_LOGGING, "the trail is declared but records nothing");
}

fn not_multi_region(account: &Account, findings: &mut Findings) {
    let message = "the trail records one region only";
    one_is_enough(&NOT_MULTI_REGION, account, findings, &trail::MULTI_REGION, message);
}

fn management_events_partial(account: &Account, findings: &mut Findings) {
    // AWS advises against recording them twice.
    let message = "the trail leaves out the events of IAM, STS and other global services";
    one_is_enough(&MANAGEMENT_EVENTS_PARTIAL, account, findings, &trail::GLOBAL_SERVICE_EVENTS, message);
}

/// Reports trails where a setting is off that one trail of the account should have on. A trail that records nothing
/// helps no other.
fn one_is_enough(
    rule: &'static Rule,
    account: &Account,
    findings: &mut Findings,
    attribute: &Attribute,
    message: &str,
) {
    let recording: Vec<(&Resource, Setting, Result<bool, Why>)> = account
        .of_kind(&trail::KIND)
        .filter(|resource| resource.setting(&trail::ENABLE_LOGGING).as_bool() != Ok(false))
        .map(|resource| {
            let setting = resource.setting(attribute);
            let on = setting.as_bool();
            (resource, setting, on)
        })
        .collect();
    if recording.iter().any(|(_, _, on)| *on == Ok(true)) {
        return;
    }
    let open = || recording.iter().filter_map(|(resource, setting, on)| Some((resource, setting, on.as_ref().err()?)));
    if open().next().is_none() {
        switch(rule, account, findings, attribute, message);
    }
    for (resource, setting, why) in open() {
        findings.undecided(rule, resource, setting.span, why);
    }
}

fn no_log_validation(account: &Account, findings: &mut Findings) {
    let message = "the trail writes no signed digests: nobody can tell whether its files were changed";
    switch(&NO_LOG_VALIDATION, account, findings, &trail::LOG_FILE_VALIDATION, message);
}

fn not_encrypted(account: &Account, findings: &mut Findings) {
    given(
        &NOT_ENCRYPTED,
        account,
        findings,
        &trail::KMS_KEY,
        "the trail's files are not encrypted with a customer key",
    );
}

fn no_cloudwatch_logs(account: &Account, findings: &mut Findings) {
    let message = "the trail delivers to no CloudWatch Logs group: no alarm can see its events";
    given(&NO_CLOUDWATCH_LOGS, account, findings, &trail::LOG_GROUP, message);
}

/// Reports trails where a setting that should be on is off.
fn switch(rule: &'static Rule, account: &Account, findings: &mut Findings, attribute: &Attribute, message: &str) {
    ask(rule, account, findings, attribute, message, Setting::as_bool);
}

/// Reports trails where a setting that should be given is not.
fn given(rule: &'static Rule, account: &Account, findings: &mut Findings, attribute: &Attribute, message: &str) {
    ask(rule, account, findings, attribute, message, Setting::is_given);
}

fn ask(
    rule: &'static Rule,
    account: &Account,
    findings: &mut Findings,
    attribute: &Attribute,
    message: &str,
    good: impl Fn(&Setting) -> Result<bool, Why>,
) {
    for resource in account.of_kind(&trail::KIND) {
        let setting = resource.setting(attribute);
        let bad = good(&setting).map(|good| !good);
        if findings.decide(rule, resource, setting.span, bad) {
            findings.add(rule, resource, setting.span, message);
        }
    }
}

fn bucket_public(account: &Account, findings: &mut Findings) {
    for resource in account.of_kind(&trail::KIND) {
        let name = resource.setting(&trail::BUCKET);
        let Some(bucket) = account.resolve(&name.value, &bucket::BUCKET, &bucket::NAME) else { continue };
        if let Some((message, span)) = public::bucket::opened(account, bucket) {
            let finding =
                findings.add(&BUCKET_PUBLIC, resource, name.span, format!("the trail's bucket is public: {message}"));
            finding.relate("this opens the bucket", Some(span));
            finding.relate("the bucket", Some(bucket.span));
        } else if let Some((why, span)) = public::bucket::undecided(account, bucket) {
            findings.undecided(&BUCKET_PUBLIC, resource, span.unwrap_or(name.span), &why);
        }
    }
}
