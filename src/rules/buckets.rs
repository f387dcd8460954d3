//! Buckets: encryption, transport, access lists, logs.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::access::buckets::{parts_of, policies_of};
use crate::finding::{Level, Metadata, Severity};
use crate::iam::{Effect, Statement};
use crate::model::kinds::{bucket, bucket_settings as settings, repository};
use crate::model::{Account, Attribute, Kind, Resource, Setting, texts};

use super::setting::{Fault, Sentence, ask};
use super::{BOTH, Findings, Rule, TERRAFORM};

/// Bucket declares no encryption.
pub(super) static UNENCRYPTED: Rule = Rule {
    metadata: Metadata {
        id: "s3-bucket-unencrypted",
        title: "Bucket declares no encryption",
        group: "encryption",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_19",
            "cfn-nag:W41",
            "cfn-guard:S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
            "regula:FG_R00099",
            "trivy:AVD-AWS-0088",
            "semgrep:s3-unencrypted-bucket",
            "prowler:s3_bucket_default_encryption",
            "kics:6726dcc0-5ff5-459d-b473-a780bef7665c",
            "kics:b2e8752c-3497-4255-98d2-e4ae5b46bbf5",
        ],
        controls: &["cis-aws-1.5:2.1.1"],
        documentation: include_str!("docs/s3-bucket-unencrypted.md"),
    },
    check: unencrypted,
};

/// Bucket does not encrypt with KMS.
pub(super) static NOT_KMS: Rule = Rule {
    metadata: Metadata {
        id: "s3-bucket-not-kms",
        title: "Bucket does not encrypt with KMS",
        group: "encryption",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["checkov:CKV_AWS_145", "cfn-guard:S3_DEFAULT_ENCRYPTION_KMS", "prowler:s3_bucket_kms_encryption"],
        controls: &["fsbp:S3.17"],
        documentation: include_str!("docs/s3-bucket-not-kms.md"),
    },
    check: not_kms,
};

/// Bucket names no key of the customer.
pub(super) static NO_CUSTOMER_KEY: Rule = Rule {
    metadata: Metadata {
        id: "s3-bucket-no-customer-key",
        title: "Bucket names no key of the customer",
        group: "encryption",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "trivy:AVD-AWS-0132",
            "terrascan:AC_AWS_0207",
            "kics:ad03cb46-f174-4674-bf8e-2880a7000edd",
            "kics:64ab651b-f5b2-4af0-8c89-ddd03c4d0e61",
        ],
        controls: &[],
        documentation: include_str!("docs/s3-bucket-no-customer-key.md"),
    },
    check: no_customer_key,
};

/// Bucket answers over plain HTTP.
pub(super) static NO_TLS: Rule = Rule {
    metadata: Metadata {
        id: "s3-bucket-tls-not-enforced",
        title: "Bucket answers over plain HTTP",
        group: "encryption",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_379",
            "cfn-guard:S3_BUCKET_SSL_REQUESTS_ONLY",
            "cfn-nag:W51",
            "regula:FG_R00100",
            "prowler:s3_bucket_secure_transport_policy",
            "kics:38c64e76-c71e-4d92-a337-60174d1de1c9",
            "kics:37fa8188-738b-42c8-bf82-6334ea567738",
        ],
        controls: &["cis-aws-7.0:3.1.1", "fsbp:S3.5"],
        documentation: include_str!("docs/s3-bucket-tls-not-enforced.md"),
    },
    check: no_tls,
};

/// Requests to a bucket are not logged.
pub(super) static NO_ACCESS_LOG: Rule = Rule {
    metadata: Metadata {
        id: "s3-bucket-no-access-log",
        title: "Requests to a bucket are not logged",
        group: "storage",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_18",
            "cfn-nag:W35",
            "cfn-guard:S3_BUCKET_LOGGING_ENABLED",
            "regula:FG_R00274",
            "trivy:AVD-AWS-0089",
            "prowler:s3_bucket_server_access_logging_enabled",
            "kics:f861041c-8c9f-4156-acfc-5e6e524f5884",
            "kics:4552b71f-0a2a-4bc4-92dd-ed7ec1b4674c",
        ],
        controls: &["fsbp:S3.9"],
        documentation: include_str!("docs/s3-bucket-no-access-log.md"),
    },
    check: no_access_log,
};

/// Access lists of objects count.
pub(super) static ACLS_ENABLED: Rule = Rule {
    metadata: Metadata {
        id: "s3-bucket-acls-enabled",
        title: "Access lists of objects count",
        group: "storage",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["checkov:CKV2_AWS_65", "prowler:s3_bucket_acl_prohibited", "cfn-lint:W3045"],
        controls: &["fsbp:S3.12"],
        documentation: include_str!("docs/s3-bucket-acls-enabled.md"),
    },
    check: acls_enabled,
};

/// Versions are deleted without a second factor.
pub(super) static MFA_DELETE_OFF: Rule = Rule {
    metadata: Metadata {
        id: "s3-bucket-mfa-delete-off",
        title: "Versions are deleted without a second factor",
        group: "storage",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: TERRAFORM,
        aliases: &[
            "trivy:AVD-AWS-0170",
            "prowler:s3_bucket_no_mfa_delete",
            "kics:c5b31ab9-0f26-4a49-b8aa-4cc064392f4d",
        ],
        controls: &["cis-aws-7.0:3.1.2", "fsbp:S3.20"],
        documentation: include_str!("docs/s3-bucket-mfa-delete-off.md"),
    },
    check: |account, findings| {
        ask(
            &MFA_DELETE_OFF,
            &[
                Sentence {
                    kind: &settings::VERSIONING,
                    attribute: &settings::MFA_DELETE,
                    fault: Fault::Is(&["Disabled"]),
                    message: MFA_DELETE_MESSAGE,
                },
                Sentence {
                    kind: &bucket::BUCKET,
                    attribute: &settings::MFA_DELETE_ON_BUCKET,
                    fault: Fault::Is(&["false"]),
                    message: MFA_DELETE_MESSAGE,
                },
            ],
            account,
            findings,
        );
    },
};

/// Bucket serves a site.
pub(super) static WEBSITE: Rule = Rule {
    metadata: Metadata {
        id: "s3-bucket-website",
        title: "Bucket serves a site",
        group: "storage",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "terrascan:AC_AWS_0208",
            "kics:42bb6b7f-6d54-4428-b707-666f669d94fb",
            "kics:90501b1b-cded-4cc1-9e8b-206b85cda317",
        ],
        controls: &[],
        documentation: include_str!("docs/s3-bucket-website.md"),
    },
    check: website,
};

/// Tag can be given to another image.
pub(super) static TAGS_MUTABLE: Rule = Rule {
    metadata: Metadata {
        id: "ecr-tags-mutable",
        title: "Tag can be given to another image",
        group: "storage",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_51",
            "trivy:AVD-AWS-0031",
            "terrascan:AC_AWS_0447",
            "semgrep:aws-ecr-mutable-image-tags",
            "prowler:ecr_repositories_tag_immutability",
        ],
        controls: &["fsbp:ECR.2"],
        documentation: include_str!("docs/ecr-tags-mutable.md"),
    },
    check: |account, findings| {
        ask(
            &TAGS_MUTABLE,
            &[Sentence {
                kind: &repository::KIND,
                attribute: &repository::TAG_MUTABILITY,
                fault: Fault::Is(&["MUTABLE"]),
                message: "whoever may push gives a tag to another image, which then runs with the role of what uses it",
            }],
            account,
            findings,
        );
    },
};

const MFA_DELETE_MESSAGE: &str = "versions can be deleted without a second factor";

/// A setting of a bucket, wherever it stands: on a resource of its own, or on the bucket.
pub(super) fn setting_of(
    account: &Account,
    bucket: &Resource,
    kind: &'static Kind,
    own: &Attribute,
    on_bucket: &Attribute,
) -> Setting {
    match parts_of(account, bucket, kind).next() {
        Some(part) => part.setting(own),
        None if account.root.framework.is_terraform() => bucket.setting(on_bucket),
        None => bucket.setting(own),
    }
}

/// The addresses of the buckets that other buckets write their logs to.
struct LogBuckets(FxHashSet<Arc<str>>);

impl LogBuckets {
    fn of(account: &Account) -> Arc<Self> {
        account.derived(|account| {
            let target = |resource: &Resource, attribute: &Attribute| {
                let target = resource.setting(attribute).value;
                account.resolve(&target, &bucket::BUCKET, &bucket::NAME).map(|found| found.address.clone())
            };
            let is_terraform = account.root.framework.is_terraform();
            let on_bucket = if is_terraform { &settings::ACCESS_LOG_ON_BUCKET } else { &settings::ACCESS_LOG };
            let of_parts = account.of_kind(&settings::LOGGING).filter_map(|part| target(part, &settings::ACCESS_LOG));
            let of_buckets = account.of_kind(&bucket::BUCKET).filter_map(|bucket| target(bucket, on_bucket));
            Self(of_parts.chain(of_buckets).collect())
        })
    }
}

/// Whether other buckets or services write their logs to a bucket. Those take no key of the customer's, and log no
/// requests of their own. Source: Amazon S3 User Guide, "Enabling Amazon S3 server access logging".
fn is_for_logs(account: &Account, bucket: &Resource) -> bool {
    LogBuckets::of(account).0.contains(&bucket.address)
        || Fault::Is(&["log-delivery-write", "LogDeliveryWrite"]).is_in(&bucket.setting(&bucket::CANNED_ACL))
            == Ok(true)
}

fn algorithm(account: &Account, bucket: &Resource) -> Setting {
    setting_of(account, bucket, &settings::ENCRYPTION, &settings::SSE_ALGORITHM, &settings::SSE_ALGORITHM_ON_BUCKET)
}

fn unencrypted(account: &Account, findings: &mut Findings) {
    for bucket in account.of_kind(&bucket::BUCKET) {
        if !algorithm(account, bucket).explicit {
            let message = "the bucket declares no encryption; S3 then encrypts with keys of its own";
            findings.add(&UNENCRYPTED, bucket, bucket.span, message);
        }
    }
}

fn not_kms(account: &Account, findings: &mut Findings) {
    for bucket in account.of_kind(&bucket::BUCKET).filter(|bucket| !is_for_logs(account, bucket)) {
        let algorithm = algorithm(account, bucket);
        let other = algorithm.as_str().map(|name| !name.is_some_and(|name| name.starts_with("aws:kms")));
        if findings.decide(&NOT_KMS, bucket, algorithm.span, other) {
            findings.add(&NOT_KMS, bucket, algorithm.span, "the bucket does not encrypt with KMS");
        }
    }
}

fn no_customer_key(account: &Account, findings: &mut Findings) {
    for bucket in account.of_kind(&bucket::BUCKET).filter(|bucket| !is_for_logs(account, bucket)) {
        let key = setting_of(account, bucket, &settings::ENCRYPTION, &settings::KMS_KEY, &settings::KMS_KEY_ON_BUCKET);
        let missing = Fault::Missing.is_in(&key);
        if findings.decide(&NO_CUSTOMER_KEY, bucket, key.span, missing) {
            findings.add(&NO_CUSTOMER_KEY, bucket, key.span, "the bucket encrypts with no key of the customer");
        }
    }
}

fn no_tls(account: &Account, findings: &mut Findings) {
    for bucket in account.of_kind(&bucket::BUCKET) {
        let policies = policies_of(account, bucket);
        if policies.iter().any(|carried| carried.document.denies().any(refuses_plain_http)) {
            continue;
        }
        if let Some(opaque) = policies.iter().find_map(|carried| carried.document.opaque.first()) {
            findings.undecided(&NO_TLS, bucket, opaque.span.unwrap_or(bucket.span), &opaque.why);
            continue;
        }
        findings.add(&NO_TLS, bucket, bucket.span, "nothing refuses requests that come over plain HTTP");
    }
}

/// Whether a statement denies everything to everyone who comes without TLS.
fn refuses_plain_http(statement: &Statement) -> bool {
    let everyone = statement.principals.as_ref().is_none_or(|principals| {
        !principals.negated && principals.items.iter().any(crate::iam::Principal::is_everyone)
    });
    let all_actions = statement.actions.as_ref().is_some_and(|actions| {
        actions.is_broad()
            || actions
                .items
                .iter()
                .any(|action| action.text.as_str().is_some_and(|text| text.eq_ignore_ascii_case("s3:*")))
    });
    let about_tls = |condition: &crate::iam::Condition| {
        (condition.has_key("aws:securetransport") && condition.has_value("false")) || condition.has_key("s3:tlsversion")
    };
    statement.effect == Effect::Deny
        && everyone
        && all_actions
        && matches!(statement.conditions.as_slice(), [condition] if about_tls(condition))
}

fn no_access_log(account: &Account, findings: &mut Findings) {
    for bucket in account.of_kind(&bucket::BUCKET).filter(|bucket| !is_for_logs(account, bucket)) {
        let target =
            setting_of(account, bucket, &settings::LOGGING, &settings::ACCESS_LOG, &settings::ACCESS_LOG_ON_BUCKET);
        if findings.decide(&NO_ACCESS_LOG, bucket, target.span, Fault::Missing.is_in(&target)) {
            findings.add(&NO_ACCESS_LOG, bucket, target.span, "requests to the bucket are not logged");
        }
    }
}

fn acls_enabled(account: &Account, findings: &mut Findings) {
    const OPEN: Fault = Fault::Is(&["ObjectWriter", "BucketOwnerPreferred"]);
    for resource in account.of_kind(&bucket::OWNERSHIP).chain(account.of_kind(&bucket::BUCKET)) {
        let Some(ownership) = resource.explicit(&bucket::OBJECT_OWNERSHIP) else { continue };
        if findings.decide(&ACLS_ENABLED, resource, ownership.span, OPEN.is_in(&ownership)) {
            let message = "who writes an object decides who may read it, past the bucket's policy";
            findings.add(&ACLS_ENABLED, resource, ownership.span, message);
        }
    }
}

fn website(account: &Account, findings: &mut Findings) {
    for resource in account.of_kind(&settings::WEBSITE) {
        findings.add(&WEBSITE, resource, resource.span, "the bucket serves a site, which is public and has no TLS");
    }
    for bucket in account.of_kind(&bucket::BUCKET) {
        let site = bucket.setting(&settings::WEBSITE_ON_BUCKET);
        if texts(&site.value).is_empty() && !site.explicit {
            continue;
        }
        findings.add(&WEBSITE, bucket, site.span, "the bucket serves a site, which is public and has no TLS");
    }
}
