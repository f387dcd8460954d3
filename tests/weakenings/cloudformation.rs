//! How the generated template becomes worse.

use super::Edit::{Replace, WithoutBlock, WithoutLine};
use super::Weakening;

const TEMPLATE: &str = "baseline.yaml";
const EXEMPT: &str = r#"["iam:ChangePassword","iam:CreateVirtualMFADevice","iam:EnableMFADevice","iam:GetAccountPasswordPolicy","iam:GetMFADevice","iam:GetUser","iam:ListMFADevices","iam:ListVirtualMFADevices","iam:ResyncMFADevice","sts:GetSessionToken"]"#;
const EXEMPT_TOO_MUCH: &str = r#"["iam:ChangePassword","iam:CreateVirtualMFADevice","iam:DeactivateMFADevice","iam:EnableMFADevice","iam:GetAccountPasswordPolicy","iam:GetMFADevice","iam:GetUser","iam:ListMFADevices","iam:ListVirtualMFADevices","iam:ResyncMFADevice","sts:GetSessionToken"]"#;

pub(crate) const WEAKENINGS: &[Weakening] = &[
    Weakening {
        name: "short passwords",
        edits: &[Replace(
            TEMPLATE,
            "MinimumPasswordLength: !Ref PasswordMinimumLength",
            "MinimumPasswordLength: 8 # as the old portal wants it",
        )],
        told: &[("password-policy", "weaker", "PasswordPolicy.MinimumPasswordLength", "8", "14")],
    },
    Weakening {
        name: "short passwords by a parameter's default",
        edits: &[Replace(TEMPLATE, "Default: 14\n    MinValue: 14", "Default: 8\n    MinValue: 8")],
        told: &[("password-policy", "weaker", "PasswordPolicy.MinimumPasswordLength", "8", "14")],
    },
    Weakening {
        name: "passwords without symbols",
        edits: &[Replace(TEMPLATE, "RequireSymbols: true", "RequireSymbols: false")],
        told: &[("password-policy", "weaker", "PasswordPolicy.RequireSymbols", "false", "true")],
    },
    Weakening {
        name: "no password policy",
        edits: &[WithoutBlock(TEMPLATE, "      PasswordPolicy:")],
        told: &[("password-policy", "missing", "PasswordPolicy.MinimumPasswordLength", "null", "14")],
    },
    Weakening {
        name: "no settings of the account",
        edits: &[
            WithoutBlock(TEMPLATE, "  AccountSettings:"),
            WithoutBlock(TEMPLATE, "  AccountSettingsFunction:"),
            WithoutBlock(TEMPLATE, "  AccountSettingsLogGroup:"),
            WithoutBlock(TEMPLATE, "  AccountSettingsRole:"),
        ],
        told: &[
            ("password-policy", "missing", "PasswordPolicy.MinimumPasswordLength", "null", "14"),
            ("s3-public-access", "missing", "PublicAccessBlock.BlockPublicAcls", "null", "true"),
            ("ebs-encryption", "missing", "enabled", "null", "true"),
            ("security-contact", "missing", "SecurityContact.EmailAddress", "null", "\"given\""),
        ],
    },
    Weakening {
        name: "a trail of one region",
        edits: &[Replace(TEMPLATE, "IsMultiRegionTrail: true", "IsMultiRegionTrail: false # for now")],
        told: &[("trail", "weaker", "IsMultiRegionTrail", "false", "true")],
    },
    Weakening {
        name: "a trail that is switched off",
        edits: &[Replace(TEMPLATE, "IsLogging: true", "IsLogging: false")],
        told: &[("trail", "weaker", "IsLogging", "false", "true")],
    },
    Weakening {
        name: "a trail without validation",
        edits: &[WithoutLine(TEMPLATE, "EnableLogFileValidation:")],
        told: &[("trail", "weaker", "EnableLogFileValidation", "false", "true")],
    },
    Weakening {
        name: "a trail of what is written only",
        edits: &[Replace(TEMPLATE, "ReadWriteType: All", "ReadWriteType: WriteOnly")],
        told: &[("trail", "weaker", "EventSelectors", "\"WriteOnly\"", "\"All\"")],
    },
    Weakening {
        name: "a trail without its key",
        edits: &[WithoutLine(TEMPLATE, "KMSKeyId:")],
        told: &[("trail-key", "weaker", "KMSKeyId", "null", "\"given\"")],
    },
    Weakening {
        name: "a key that stays the same for ever",
        edits: &[Replace(TEMPLATE, "EnableKeyRotation: true", "EnableKeyRotation: false")],
        told: &[("trail-key", "weaker", "EnableKeyRotation", "false", "true")],
    },
    Weakening {
        name: "a trail without log group",
        edits: &[WithoutLine(TEMPLATE, "CloudWatchLogsLogGroupArn:"), WithoutLine(TEMPLATE, "CloudWatchLogsRoleArn:")],
        told: &[("trail-logs", "weaker", "CloudWatchLogsLogGroupArn", "null", "\"given\"")],
    },
    Weakening {
        name: "events that are forgotten soon",
        edits: &[Replace(TEMPLATE, "RetentionInDays: !Ref LogGroupRetentionDays", "RetentionInDays: 90")],
        told: &[("trail-logs", "weaker", "RetentionInDays", "90", "365")],
    },
    Weakening {
        name: "files that are forgotten soon",
        edits: &[Replace(TEMPLATE, "ExpirationInDays: !Ref TrailRetentionDays", "ExpirationInDays: 30")],
        told: &[("trail-bucket", "weaker", "LifecycleConfiguration.Rules.ExpirationInDays", "30", "730")],
    },
    Weakening {
        name: "versions that are no longer kept",
        edits: &[Replace(TEMPLATE, "Status: Enabled", "Status: Suspended")],
        told: &[("trail-bucket", "weaker", "VersioningConfiguration.Status", "\"Suspended\"", "\"Enabled\"")],
    },
    Weakening {
        name: "no versions",
        edits: &[WithoutBlock(TEMPLATE, "      VersioningConfiguration:")],
        told: &[("trail-bucket", "weaker", "VersioningConfiguration.Status", "null", "\"Enabled\"")],
    },
    Weakening {
        name: "a bucket that may become public",
        edits: &[Replace(TEMPLATE, "IgnorePublicAcls: true", "IgnorePublicAcls: false")],
        told: &[("trail-bucket", "weaker", "PublicAccessBlockConfiguration.IgnorePublicAcls", "false", "true")],
    },
    Weakening {
        name: "a bucket under S3's own key",
        edits: &[
            Replace(TEMPLATE, "SSEAlgorithm: aws:kms", "SSEAlgorithm: AES256"),
            WithoutLine(TEMPLATE, "KMSMasterKeyID:"),
        ],
        told: &[(
            "trail-bucket",
            "weaker",
            "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault.SSEAlgorithm",
            "\"AES256\"",
            "\"aws:kms\"",
        )],
    },
    Weakening {
        name: "a bucket without encryption of its own",
        edits: &[WithoutBlock(TEMPLATE, "      BucketEncryption:")],
        told: &[(
            "trail-bucket",
            "weaker",
            "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault.SSEAlgorithm",
            "\"AES256\"",
            "\"aws:kms\"",
        )],
    },
    Weakening {
        name: "nobody knows who read the files",
        edits: &[WithoutBlock(TEMPLATE, "      LoggingConfiguration:")],
        told: &[("trail-bucket", "weaker", "LoggingConfiguration.DestinationBucketName", "null", "\"given\"")],
    },
    Weakening {
        name: "a bucket over plain HTTP",
        edits: &[WithoutBlock(TEMPLATE, "- Sid: OnlyOverTLS")],
        told: &[("trail-bucket", "weaker", "denies_plain_http", "false", "true")],
    },
    Weakening {
        name: "a bucket that administrators write to",
        edits: &[WithoutBlock(TEMPLATE, "- Sid: NobodyElseWritesOrDeletes")],
        told: &[
            ("trail-bucket", "weaker", "writers", "\"everyone whom an IAM policy lets\"", "\"trail\""),
            ("trail-bucket", "weaker", "denies_deletion", "false", "true"),
        ],
    },
    Weakening {
        name: "a bucket without policy",
        edits: &[WithoutLine(TEMPLATE, "DependsOn: TrailBucketPolicy"), WithoutBlock(TEMPLATE, "  TrailBucketPolicy:")],
        told: &[("trail-bucket", "weaker", "denies_plain_http", "false", "true")],
    },
    Weakening {
        name: "GuardDuty is off",
        edits: &[Replace(TEMPLATE, "Enable: true", "Enable: false # too dear")],
        told: &[("guardduty", "weaker", "Enable", "false", "true")],
    },
    Weakening {
        name: "a plan less",
        edits: &[WithoutBlock(TEMPLATE, "- Name: RDS_LOGIN_EVENTS")],
        told: &[(
            "guardduty",
            "weaker",
            "features",
            r#"["EBS_MALWARE_PROTECTION","EKS_AUDIT_LOGS","LAMBDA_NETWORK_LOGS","RUNTIME_MONITORING","S3_DATA_EVENTS"]"#,
            r#"["EBS_MALWARE_PROTECTION","EKS_AUDIT_LOGS","LAMBDA_NETWORK_LOGS","RDS_LOGIN_EVENTS","RUNTIME_MONITORING","S3_DATA_EVENTS"]"#,
        )],
    },
    Weakening {
        name: "findings that nobody hears of",
        edits: &[WithoutBlock(TEMPLATE, "  FindingsRule:")],
        told: &[("guardduty-alerts", "weaker", "notifies", "null", "\"given\"")],
    },
    Weakening {
        name: "no budget",
        edits: &[WithoutBlock(TEMPLATE, "  MonthlyBudget:")],
        told: &[("spending-alarm", "missing", "limit", "null", "\"given\"")],
    },
    Weakening {
        name: "an MFA policy that access keys pass",
        edits: &[Replace(
            TEMPLATE,
            "BoolIfExists:\n                aws:MultiFactorAuthPresent",
            "Bool:\n                aws:MultiFactorAuthPresent",
        )],
        told: &[("mfa", "weaker", "denied_without_mfa", "false", "true")],
    },
    Weakening {
        name: "an MFA policy that lets devices be taken away",
        edits: &[Replace(
            TEMPLATE,
            "              - sts:GetSessionToken",
            "              - sts:GetSessionToken\n              # The help desk asks for it.\n              \
             - iam:DeactivateMFADevice",
        )],
        told: &[("mfa", "weaker", "exempt_from_mfa", EXEMPT_TOO_MUCH, EXEMPT)],
    },
    Weakening {
        name: "an MFA policy that lets a thief enrol",
        edits: &[WithoutBlock(TEMPLATE, "- Sid: DenyEnrolmentByAccessKey")],
        told: &[(
            "mfa",
            "weaker",
            "denied_by_access_key_without_mfa",
            "[]",
            r#"["iam:CreateVirtualMFADevice","iam:EnableMFADevice"]"#,
        )],
    },
    Weakening {
        name: "a group without the MFA policy",
        edits: &[Replace(TEMPLATE, "job-function/Billing\n        - !Ref MfaPolicy\n", "job-function/Billing\n")],
        told: &[("mfa", "weaker", "denied_without_mfa", "false", "true")],
    },
    Weakening {
        name: "no MFA policy",
        edits: &[
            WithoutLine(TEMPLATE, "- !Ref MfaPolicy"),
            WithoutLine(TEMPLATE, "- !Ref MfaPolicy"),
            WithoutLine(TEMPLATE, "- !Ref MfaPolicy"),
            WithoutLine(TEMPLATE, "- !Ref MfaPolicy"),
            WithoutBlock(TEMPLATE, "  MfaPolicy:"),
        ],
        told: &[("mfa", "weaker", "denied_without_mfa", "false", "true")],
    },
];
