//! The switches that keep buckets from being opened by mistake.
//! Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage".

use rustc_hash::FxHashSet;

use crate::access::buckets::Bucket;
use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::model::kinds::{bucket, resource_policy};
use crate::model::{Account, Attribute, Purpose, Resource};
use crate::rules::{BOTH, Findings, Rule, TERRAFORM, note_opaque};

use super::policy::report;

/// Bucket has no public access block of its own.
pub(in crate::rules) static MISSING: Rule = Rule {
    metadata: Metadata {
        id: "s3-bucket-public-access-block-missing",
        title: "Bucket has no public access block of its own",
        group: "public-access",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV2_AWS_6",
            "trivy:AVD-AWS-0094",
            "trivy:AVD-AWS-0086",
            "trivy:AVD-AWS-0087",
            "trivy:AVD-AWS-0091",
            "trivy:AVD-AWS-0093",
            "cfn-guard:S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
            "cfn-guard:S3_BUCKET_PUBLIC_READ_PROHIBITED",
            "cfn-guard:S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
            "regula:FG_R00229",
            "checkov:CKV_AWS_53",
            "checkov:CKV_AWS_54",
            "checkov:CKV_AWS_55",
            "checkov:CKV_AWS_56",
            "prowler:s3_bucket_level_public_access_block",
        ],
        controls: &["cis-aws-7.0:3.1.4", "fsbp:S3.8"],
        documentation: include_str!("../docs/s3-bucket-public-access-block-missing.md"),
    },
    check: missing,
};

/// Public access control lists are not blocked.
pub(in crate::rules) static LISTS: Rule = Rule {
    metadata: Metadata {
        id: "s3-bucket-public-acls-not-blocked",
        title: "Public access control lists are not blocked",
        group: "public-access",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_53",
            "checkov:CKV_AWS_55",
            "checkov:CKV2_AWS_6",
            "trivy:AVD-AWS-0086",
            "trivy:AVD-AWS-0091",
            "cfn-guard:S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
            "cfn-guard:S3_BUCKET_PUBLIC_READ_PROHIBITED",
            "cfn-guard:S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
            "regula:FG_R00229",
            "prowler:s3_bucket_level_public_access_block",
            "kics:d0cc8694-fcad-43ff-ac86-32331d7e867f",
            "kics:4fa66806-0dd9-4f8d-9480-3174d39c7c91",
        ],
        controls: &["cis-aws-7.0:3.1.4", "fsbp:S3.8"],
        documentation: include_str!("../docs/s3-bucket-public-acls-not-blocked.md"),
    },
    check: lists,
};

/// Public bucket policies are not blocked.
pub(in crate::rules) static POLICIES: Rule = Rule {
    metadata: Metadata {
        id: "s3-bucket-public-policy-not-blocked",
        title: "Public bucket policies are not blocked",
        group: "public-access",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_54",
            "checkov:CKV_AWS_56",
            "checkov:CKV2_AWS_6",
            "trivy:AVD-AWS-0087",
            "trivy:AVD-AWS-0093",
            "cfn-guard:S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
            "cfn-guard:S3_BUCKET_PUBLIC_READ_PROHIBITED",
            "cfn-guard:S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
            "regula:FG_R00229",
            "prowler:s3_bucket_level_public_access_block",
            "kics:1a4bc881-9f69-4d44-8c9a-d37d08f54c50",
            "kics:1ec253ab-c220-4d63-b2de-5b40e0af9293",
        ],
        controls: &["cis-aws-7.0:3.1.4", "fsbp:S3.8"],
        documentation: include_str!("../docs/s3-bucket-public-policy-not-blocked.md"),
    },
    check: policies,
};

/// Public access block of the account is not complete.
pub(in crate::rules) static ACCOUNT: Rule = Rule {
    metadata: Metadata {
        id: "s3-account-public-access-block-off",
        title: "Public access block of the account is not complete",
        group: "public-access",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &["prowler:s3_account_level_public_access_blocks"],
        controls: &["cis-aws-7.0:3.1.4", "fsbp:S3.1"],
        documentation: include_str!("../docs/s3-account-public-access-block-off.md"),
    },
    check: of_account,
};

/// Access point is open to everyone, or may be.
pub(in crate::rules) static ACCESS_POINT: Rule = Rule {
    metadata: Metadata {
        id: "s3-access-point-public",
        title: "Access point is open to everyone, or may be",
        group: "public-access",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_392",
            "prowler:s3_access_point_public_access_block",
            "prowler:s3_multi_region_access_point_public_access_block",
        ],
        controls: &["fsbp:S3.19", "fsbp:S3.24"],
        documentation: include_str!("../docs/s3-access-point-public.md"),
    },
    check: access_point,
};

fn missing(account: &Account, findings: &mut Findings) {
    if account.of_kind(&bucket::ACCOUNT_PUBLIC_ACCESS_BLOCK).next().is_some() {
        return;
    }
    let blocks = account.of_kind(&bucket::PUBLIC_ACCESS_BLOCK);
    let mut blocked = FxHashSet::default();
    let mut is_open = false;
    for block in blocks {
        match Bucket::of(account, block).resource {
            Some(bucket) => drop(blocked.insert(&bucket.address)),
            None => is_open = true,
        }
    }
    for resource in account.of_kind(&bucket::BUCKET) {
        if blocked.contains(&resource.address) || resource.explicit(&bucket::BLOCK).is_some() {
            continue;
        }
        let message = "nothing in the code keeps this bucket from being made public; a new bucket is shielded by default, an old one is not";
        let finding = findings.add(&MISSING, resource, resource.span, message);
        // One of the blocks is for a bucket that the code does not tell.
        if is_open {
            finding.at_most(Confidence::Possible);
        }
    }
}

/// What a block may leave off, by the names that AWS gives the settings.
type Settings = [(&'static str, &'static Attribute); 2];

const OF_LISTS: Settings =
    [("BlockPublicAcls", &bucket::BLOCK_PUBLIC_ACLS), ("IgnorePublicAcls", &bucket::IGNORE_PUBLIC_ACLS)];
const OF_POLICIES: Settings =
    [("BlockPublicPolicy", &bucket::BLOCK_PUBLIC_POLICY), ("RestrictPublicBuckets", &bucket::RESTRICT_PUBLIC_BUCKETS)];

fn lists(account: &Account, findings: &mut Findings) {
    of_bucket(&LISTS, account, findings, OF_LISTS, "access control lists that open the bucket are not stopped");
}

fn policies(account: &Account, findings: &mut Findings) {
    of_bucket(&POLICIES, account, findings, OF_POLICIES, "policies that open the bucket are not stopped");
}

fn of_bucket(rule: &'static Rule, account: &Account, findings: &mut Findings, settings: Settings, what: &str) {
    let on_buckets = account.of_kind(&bucket::BUCKET).filter(|bucket| bucket.explicit(&bucket::BLOCK).is_some());
    for block in account.of_kind(&bucket::PUBLIC_ACCESS_BLOCK).chain(on_buckets) {
        off(rule, findings, block, &settings, what);
    }
}

/// Reports the settings of a block that are off, as one fault.
fn off(
    rule: &'static Rule,
    findings: &mut Findings,
    block: &Resource,
    settings: &[(&'static str, &'static Attribute)],
    what: &str,
) {
    let mut off = Vec::new();
    for (name, attribute) in settings {
        let setting = block.setting(attribute);
        if findings.decide(rule, block, setting.span, setting.as_bool().map(|on| !on)) {
            off.push((*name, setting));
        }
    }
    // What the code says stands before what it leaves out.
    let Some((_, first)) = off.iter().find(|(_, setting)| setting.explicit).or(off.first()) else { return };
    let names: Vec<&str> = off.iter().map(|(name, _)| *name).collect();
    let is_are = if names.len() == 1 { "is" } else { "are" };
    findings.add(rule, block, first.span, format!("{} {is_are} off: {what}", names.join(" and ")));
}

fn of_account(account: &Account, findings: &mut Findings) {
    const SETTINGS: [(&str, &Attribute); 4] = [
        ("BlockPublicAcls", &bucket::BLOCK_PUBLIC_ACLS_OF_ACCOUNT),
        ("IgnorePublicAcls", &bucket::IGNORE_PUBLIC_ACLS_OF_ACCOUNT),
        ("BlockPublicPolicy", &bucket::BLOCK_PUBLIC_POLICY_OF_ACCOUNT),
        ("RestrictPublicBuckets", &bucket::RESTRICT_PUBLIC_BUCKETS_OF_ACCOUNT),
    ];
    for block in account.of_kind(&bucket::ACCOUNT_PUBLIC_ACCESS_BLOCK) {
        off(&ACCOUNT, findings, block, &SETTINGS, "every bucket of the account can be opened");
    }
}

fn access_point(account: &Account, findings: &mut Findings) {
    for point in account.of_kind(&bucket::ACCESS_POINT) {
        for attribute in &bucket::BLOCK_OF_ACCESS_POINT {
            // On unless the code says otherwise, and for good.
            let Some(setting) = point.explicit(attribute) else { continue };
            if findings.decide(&ACCESS_POINT, point, setting.span, setting.as_bool().map(|on| !on)) {
                let message =
                    "the access point is made without its full public access block, which cannot be put on later";
                findings.add(&ACCESS_POINT, point, setting.span, message);
                break;
            }
        }
    }
    let of_points = |carrier: &Resource| resource_policy::ACCESS_POINT.is(carrier);
    for carried in
        account.documents().filter(|carried| carried.purpose == Purpose::Resource && of_points(carried.carrier))
    {
        note_opaque(&ACCESS_POINT, carried, findings);
        for opening in carried.document.openings("s3") {
            // Only a block that is taken off lets the policy open anything.
            report(&ACCESS_POINT, carried, &opening, "s3", findings).at_most(Confidence::Likely);
        }
    }
}
