//! What is encrypted, with whose key, and what goes over the wire in clear.

use rustc_hash::FxHashSet;

use crate::finding::{Level, Metadata, Severity};
use crate::model::kinds::{account_settings, function, key, log_group, queue, secret, topic};
use crate::model::{Account, Resource};
use crate::value::Why;

use super::setting::{Fault, Sentence, ask, ask_one};
use super::{BOTH, Findings, Rule, TERRAFORM};

/// Key is never renewed.
pub(super) static KEY_ROTATION: Rule = Rule {
    metadata: Metadata {
        id: "kms-key-rotation-off",
        title: "Key is never renewed",
        group: "encryption",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_7",
            "cfn-nag:F19",
            "cfn-guard:CMK_BACKING_KEY_ROTATION_ENABLED",
            "regula:FG_R00036",
            "trivy:AVD-AWS-0065",
            "terrascan:AC_AWS_0160",
            "semgrep:aws-kms-no-rotation",
            "prowler:kms_cmk_rotation_enabled",
            "kics:1c07bfaf-663c-4f6f-b22b-8e2d481e4df5",
            "kics:235ca980-eb71-48f4-9030-df0c371029eb",
        ],
        controls: &["cis-aws-7.0:4.6", "fsbp:KMS.4"],
        documentation: include_str!("docs/kms-key-rotation-off.md"),
    },
    check: key_rotation,
};

/// Key cannot be used.
pub(super) static KEY_DISABLED: Rule = Rule {
    metadata: Metadata {
        id: "kms-key-disabled",
        title: "Key cannot be used",
        group: "encryption",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["checkov:CKV_AWS_227", "prowler:kms_cmk_are_used", "kics:2844c749-bd78-4cd1-90e8-b179df827602"],
        controls: &[],
        documentation: include_str!("docs/kms-key-disabled.md"),
    },
    check: |account, findings| {
        ask(
            &KEY_DISABLED,
            &[Sentence {
                kind: &key::KIND,
                attribute: &key::ENABLED,
                fault: Fault::Off,
                message: "the key is declared but cannot be used: what it encrypted cannot be read",
            }],
            account,
            findings,
        );
    },
};

/// Deleted key is gone within a week.
pub(super) static DELETION_WINDOW: Rule = Rule {
    metadata: Metadata {
        id: "kms-key-short-deletion-window",
        title: "Deleted key is gone within a week",
        group: "encryption",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "cfn-guard:kms_cmk_not_scheduled_for_deletion.guard",
            "cfn-guard:KMS_CMK_NOT_SCHEDULED_FOR_DELETION",
            "kics:0b530315-0ea4-497f-b34c-4ff86268f59d",
        ],
        controls: &[],
        documentation: include_str!("docs/kms-key-short-deletion-window.md"),
    },
    check: |account, findings| {
        ask(
            &DELETION_WINDOW,
            &[Sentence {
                kind: &key::KIND,
                attribute: &key::DELETION_WINDOW,
                fault: Fault::Between(0, SHORTEST_WINDOW),
                message: "a deletion of the key takes effect after seven days: few will notice in time",
            }],
            account,
            findings,
        );
    },
};

/// Key has no policy in the code.
pub(super) static DEFAULT_POLICY: Rule = Rule {
    metadata: Metadata {
        id: "kms-key-default-policy",
        title: "Key has no policy in the code",
        group: "encryption",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: TERRAFORM,
        aliases: &["checkov:CKV2_AWS_64"],
        controls: &[],
        documentation: include_str!("docs/kms-key-default-policy.md"),
    },
    check: default_policy,
};

/// New volumes are not encrypted by default.
pub(super) static EBS_DEFAULT: Rule = Rule {
    metadata: Metadata {
        id: "ebs-default-encryption-off",
        title: "New volumes are not encrypted by default",
        group: "encryption",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &[
            "checkov:CKV_AWS_106",
            "terrascan:AC_AWS_0079",
            "semgrep:aws-ebs-unencrypted",
            "prowler:ec2_ebs_default_encryption",
            "kics:3d3f6270-546b-443c-adb4-bb6fb2187ca6",
        ],
        controls: &["cis-aws-7.0:6.1.1", "fsbp:EC2.7"],
        documentation: include_str!("docs/ebs-default-encryption-off.md"),
    },
    check: |account, findings| {
        ask(
            &EBS_DEFAULT,
            &[Sentence {
                kind: &account_settings::EBS_ENCRYPTION,
                attribute: &account_settings::EBS_ENABLED,
                fault: Fault::Off,
                message: "encryption of new volumes is declared off for the whole region",
            }],
            account,
            findings,
        );
    },
};

/// Topic keeps messages unencrypted.
pub(super) static TOPIC_UNENCRYPTED: Rule = Rule {
    metadata: Metadata {
        id: "sns-topic-unencrypted",
        title: "Topic keeps messages unencrypted",
        group: "encryption",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_26",
            "cfn-nag:W47",
            "cfn-guard:SNS_ENCRYPTED_KMS",
            "trivy:AVD-AWS-0095",
            "terrascan:AC_AWS_0502",
            "semgrep:aws-sns-topic-unencrypted",
            "prowler:sns_topics_kms_encryption_at_rest_enabled",
            "kics:9d13b150-a2ab-42a1-b6f4-142e41f81e52",
        ],
        controls: &["fsbp:SNS.1"],
        documentation: include_str!("docs/sns-topic-unencrypted.md"),
    },
    check: |account, findings| {
        ask(
            &TOPIC_UNENCRYPTED,
            &[Sentence {
                kind: &topic::KIND,
                attribute: &topic::KMS_KEY,
                fault: Fault::Missing,
                message: "the topic keeps its messages unencrypted",
            }],
            account,
            findings,
        );
    },
};

/// Topic uses the key that AWS manages.
pub(super) static TOPIC_AWS_KEY: Rule = Rule {
    metadata: Metadata {
        id: "sns-topic-aws-managed-key",
        title: "Topic uses the key that AWS manages",
        group: "encryption",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0136"],
        controls: &[],
        documentation: include_str!("docs/sns-topic-aws-managed-key.md"),
    },
    check: |account, findings| {
        ask(
            &TOPIC_AWS_KEY,
            &[Sentence {
                kind: &topic::KIND,
                attribute: &topic::KMS_KEY,
                fault: Fault::Is(&["alias/aws/sns"]),
                message: "with the key that AWS manages, services such as CloudWatch cannot publish to the topic",
            }],
            account,
            findings,
        );
    },
};

/// Queue's encryption is switched off.
pub(super) static QUEUE_UNENCRYPTED: Rule = Rule {
    metadata: Metadata {
        id: "sqs-queue-unencrypted",
        title: "Queue's encryption is switched off",
        group: "encryption",
        severity: Severity::Medium,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_27",
            "trivy:AVD-AWS-0096",
            "semgrep:aws-sqs-queue-unencrypted",
            "prowler:sqs_queues_server_side_encryption_enabled",
            "kics:6e8849c1-3aa7-40e3-9063-b85ee300f29f",
        ],
        controls: &["fsbp:SQS.1"],
        documentation: include_str!("docs/sqs-queue-unencrypted.md"),
    },
    check: queue_unencrypted,
};

/// Queue names no KMS key.
pub(super) static QUEUE_NO_KEY: Rule = Rule {
    metadata: Metadata {
        id: "sqs-queue-no-kms-key",
        title: "Queue names no KMS key",
        group: "encryption",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "cfn-nag:W48",
            "cfn-guard:SQS_QUEUE_KMS_MASTER_KEY_ID_RULE",
            "regula:FG_R00070",
            "terrascan:AC_AWS_0366",
            "kics:12726829-93ed-4d51-9cbe-13423f4299e1",
        ],
        controls: &[],
        documentation: include_str!("docs/sqs-queue-no-kms-key.md"),
    },
    check: |account, findings| {
        ask(
            &QUEUE_NO_KEY,
            &[Sentence {
                kind: &queue::KIND,
                attribute: &queue::KMS_KEY,
                fault: Fault::Missing,
                message: "the queue is not encrypted with a KMS key",
            }],
            account,
            findings,
        );
    },
};

/// Queue uses the key that AWS manages.
pub(super) static QUEUE_AWS_KEY: Rule = Rule {
    metadata: Metadata {
        id: "sqs-queue-aws-managed-key",
        title: "Queue uses the key that AWS manages",
        group: "encryption",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["checkov:CKV2_AWS_73", "trivy:AVD-AWS-0135"],
        controls: &[],
        documentation: include_str!("docs/sqs-queue-aws-managed-key.md"),
    },
    check: |account, findings| {
        ask(
            &QUEUE_AWS_KEY,
            &[Sentence {
                kind: &queue::KIND,
                attribute: &queue::KMS_KEY,
                fault: Fault::Is(&["alias/aws/sqs"]),
                message: "with the key that AWS manages, other accounts and most services cannot use the queue",
            }],
            account,
            findings,
        );
    },
};

/// Secret uses the key that AWS manages.
pub(super) static SECRET_AWS_KEY: Rule = Rule {
    metadata: Metadata {
        id: "secret-aws-managed-key",
        title: "Secret uses the key that AWS manages",
        group: "encryption",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_149",
            "cfn-nag:W77",
            "cfn-guard:SECRETSMANAGER_USING_CMK",
            "trivy:AVD-AWS-0098",
            "terrascan:AC_AWS_0500",
            "semgrep:aws-secretsmanager-secret-unencrypted",
            "kics:c8ae9ba9-c2f7-4e5c-b32e-a4b7712d4d22",
            "checkov:CKV_AWS_337",
        ],
        controls: &[],
        documentation: include_str!("docs/secret-aws-managed-key.md"),
    },
    check: |account, findings| {
        ask(
            &SECRET_AWS_KEY,
            &[Sentence {
                kind: &secret::KIND,
                attribute: &secret::KMS_KEY,
                fault: Fault::Is(&["alias/aws/secretsmanager", "aws/secretsmanager"]),
                message: "the secret is encrypted with the key that AWS manages, which every principal of the account may use through it",
            }],
            account,
            findings,
        );
    },
};

/// Log group is not encrypted with a customer key.
pub(super) static LOG_GROUP: Rule = Rule {
    metadata: Metadata {
        id: "log-group-not-encrypted-with-kms",
        title: "Log group is not encrypted with a customer key",
        group: "encryption",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_158",
            "cfn-nag:W84",
            "cfn-guard:CLOUDWATCH_LOG_GROUP_ENCRYPTED",
            "regula:FG_R00068",
            "trivy:AVD-AWS-0017",
            "terrascan:AC_AWS_0451",
            "semgrep:aws-cloudwatch-log-group-unencrypted",
            "semgrep:missing-cloudwatch-log-group-kms-key",
            "prowler:cloudwatch_log_group_kms_encryption_enabled",
        ],
        controls: &[],
        documentation: include_str!("docs/log-group-not-encrypted-with-kms.md"),
    },
    check: |account, findings| {
        ask(
            &LOG_GROUP,
            &[Sentence {
                kind: &log_group::KIND,
                attribute: &log_group::KMS_KEY,
                fault: Fault::Missing,
                message: "the log group is not encrypted with a customer key",
            }],
            account,
            findings,
        );
    },
};

/// Function's environment is not encrypted with a customer key.
pub(super) static ENVIRONMENT: Rule = Rule {
    metadata: Metadata {
        id: "lambda-environment-not-encrypted-with-kms",
        title: "Function's environment is not encrypted with a customer key",
        group: "encryption",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_173",
            "semgrep:aws-lambda-environment-unencrypted",
            "terrascan:AC_AWS_0483",
            "prowler:awslambda_function_env_vars_not_encrypted_with_cmk",
        ],
        controls: &[],
        documentation: include_str!("docs/lambda-environment-not-encrypted-with-kms.md"),
    },
    check: environment,
};

/// Messages go out over plain HTTP.
pub(super) static SUBSCRIPTION_HTTP: Rule = Rule {
    metadata: Metadata {
        id: "sns-subscription-http",
        title: "Messages go out over plain HTTP",
        group: "encryption",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["regula:FG_R00052", "prowler:sns_subscription_not_using_http_endpoints"],
        controls: &[],
        documentation: include_str!("docs/sns-subscription-http.md"),
    },
    check: subscription_http,
};

/// Days. The least that AWS takes. Source: AWS KMS API reference, `ScheduleKeyDeletion`.
const SHORTEST_WINDOW: i64 = 7;

fn key_rotation(account: &Account, findings: &mut Findings) {
    let sentence = Sentence {
        kind: &key::KIND,
        attribute: &key::ROTATION,
        fault: Fault::Off,
        message: "the key's material is never renewed",
    };
    for resource in account.of_kind(&key::KIND) {
        let rotation = resource.setting(&key::ROTATION);
        match can_rotate(resource) {
            Ok(true) => {
                ask_one(&KEY_ROTATION, &sentence, resource, findings);
            }
            Ok(false) => {}
            Err(why) => findings.undecided(&KEY_ROTATION, resource, rotation.span, &why),
        }
    }
}

/// Whether KMS can renew a key: only symmetric ones, whose material it made and keeps itself. Source: AWS KMS Developer
/// Guide, "Rotate AWS KMS keys".
fn can_rotate(resource: &Resource) -> Result<bool, Why> {
    Ok(!(Fault::IsNot(&["SYMMETRIC_DEFAULT"]).is_in(&resource.setting(&key::KEY_SPEC))?
        || Fault::IsNot(&["AWS_KMS"]).is_in(&resource.setting(&key::ORIGIN))?
        || resource.setting(&key::CUSTOM_STORE).is_given()?))
}

fn default_policy(account: &Account, findings: &mut Findings) {
    let sentence = Sentence {
        kind: &key::KIND,
        attribute: &key::POLICY,
        fault: Fault::Missing,
        message: "the key has the default policy: whatever IAM policies of the account say about it holds",
    };
    let owner = |part: &Resource| account.resolve(&part.setting(&key::POLICY_KEY).value, &key::KIND, &key::NAME);
    let of_parts = account.of_kind(&key::POLICY_RESOURCE).filter_map(owner);
    let with_policies: FxHashSet<&str> = of_parts.map(|key| &*key.address).collect();
    for resource in account.of_kind(&key::KIND) {
        if !with_policies.contains(&*resource.address) {
            ask_one(&DEFAULT_POLICY, &sentence, resource, findings);
        }
    }
}

fn queue_unencrypted(account: &Account, findings: &mut Findings) {
    let sentence = Sentence {
        kind: &queue::KIND,
        attribute: &queue::MANAGED_ENCRYPTION,
        fault: Fault::Off,
        message: "the queue's encryption is switched off",
    };
    for resource in account.of_kind(&queue::KIND) {
        // With a KMS key, the queue's own encryption is off.
        if resource.setting(&queue::KMS_KEY).is_given() != Ok(true) {
            ask_one(&QUEUE_UNENCRYPTED, &sentence, resource, findings);
        }
    }
}

fn environment(account: &Account, findings: &mut Findings) {
    let sentence = Sentence {
        kind: &function::KIND,
        attribute: &function::KMS_KEY,
        fault: Fault::Missing,
        message: "the function's environment is encrypted with the key that AWS manages",
    };
    for resource in account.of_kind(&function::KIND) {
        if resource.setting(&function::ENVIRONMENT).is_given() == Ok(true) {
            ask_one(&ENVIRONMENT, &sentence, resource, findings);
        }
    }
}

fn subscription_http(account: &Account, findings: &mut Findings) {
    const MESSAGE: &str = "messages go to this address in clear: whoever is on the way reads and changes them";
    const FAULT: Fault = Fault::Is(&["http"]);
    let sentence = Sentence { kind: &topic::SUBSCRIPTION, attribute: &topic::PROTOCOL, fault: FAULT, message: MESSAGE };
    ask(&SUBSCRIPTION_HTTP, &[sentence], account, findings);
    for resource in account.of_kind(&topic::KIND) {
        for subscription in resource.blocks(&topic::SUBSCRIPTIONS) {
            let protocol = resource.setting_in(&subscription, &topic::PROTOCOL);
            if findings.decide(&SUBSCRIPTION_HTTP, resource, protocol.span, FAULT.is_in(&protocol)) {
                findings.add(&SUBSCRIPTION_HTTP, resource, protocol.span, MESSAGE);
            }
        }
    }
}
