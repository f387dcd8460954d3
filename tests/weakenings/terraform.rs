//! How the generated Terraform becomes worse.

use super::Edit::{Replace, WithoutBlock, WithoutFile, WithoutLine};
use super::Weakening;

const FEATURES: &str = r#"["EBS_MALWARE_PROTECTION","EKS_AUDIT_LOGS","LAMBDA_NETWORK_LOGS","RDS_LOGIN_EVENTS","RUNTIME_MONITORING","S3_DATA_EVENTS"]"#;
const FEATURES_WITHOUT_RDS: &str =
    r#"["EBS_MALWARE_PROTECTION","EKS_AUDIT_LOGS","LAMBDA_NETWORK_LOGS","RUNTIME_MONITORING","S3_DATA_EVENTS"]"#;
const EXEMPT: &str = r#"["iam:ChangePassword","iam:CreateVirtualMFADevice","iam:EnableMFADevice","iam:GetAccountPasswordPolicy","iam:GetMFADevice","iam:GetUser","iam:ListMFADevices","iam:ListVirtualMFADevices","iam:ResyncMFADevice","sts:GetSessionToken"]"#;
const EXEMPT_TOO_MUCH: &str = r#"["iam:ChangePassword","iam:CreateVirtualMFADevice","iam:DeactivateMFADevice","iam:EnableMFADevice","iam:GetAccountPasswordPolicy","iam:GetMFADevice","iam:GetUser","iam:ListMFADevices","iam:ListVirtualMFADevices","iam:ResyncMFADevice","sts:GetSessionToken"]"#;

pub(crate) const WEAKENINGS: &[Weakening] = &[
    Weakening {
        name: "short passwords",
        edits: &[Replace(
            "password_policy.tf",
            "minimum_password_length        = var.password_minimum_length",
            "minimum_password_length        = 8 # as the old portal wants it",
        )],
        told: &[("password-policy", "weaker", "minimum_password_length", "8", "14")],
    },
    Weakening {
        name: "short passwords by a variable's default",
        edits: &[Replace("variables.tf", "default     = 14\n", "default     = 8 # was 14\n")],
        told: &[("password-policy", "weaker", "minimum_password_length", "8", "14")],
    },
    Weakening {
        name: "passwords without symbols",
        edits: &[Replace(
            "password_policy.tf",
            "require_symbols                = true",
            "require_symbols                = false",
        )],
        told: &[("password-policy", "weaker", "require_symbols", "false", "true")],
    },
    Weakening {
        name: "passwords are used again",
        edits: &[WithoutLine("password_policy.tf", "password_reuse_prevention")],
        told: &[("password-policy", "weaker", "password_reuse_prevention", "0", "24")],
    },
    Weakening {
        name: "passwords expire late",
        edits: &[Replace("password_policy.tf", "var.password_maximum_age_days", "365")],
        told: &[("password-policy", "weaker", "max_password_age", "365", "90")],
    },
    Weakening {
        name: "no password policy",
        edits: &[WithoutFile("password_policy.tf")],
        told: &[("password-policy", "missing", "minimum_password_length", "null", "14")],
    },
    Weakening {
        name: "a trail of one region",
        edits: &[Replace(
            "cloudtrail.tf",
            "is_multi_region_trail         = true",
            "is_multi_region_trail         = false // for now",
        )],
        told: &[("trail", "weaker", "is_multi_region_trail", "false", "true")],
    },
    Weakening {
        name: "a trail that is switched off",
        edits: &[Replace(
            "cloudtrail.tf",
            "enable_logging                = true",
            "enable_logging                = false",
        )],
        told: &[("trail", "weaker", "enable_logging", "false", "true")],
    },
    Weakening {
        name: "a trail without IAM's events",
        edits: &[Replace(
            "cloudtrail.tf",
            "include_global_service_events = true",
            "include_global_service_events = false",
        )],
        told: &[("trail", "weaker", "include_global_service_events", "false", "true")],
    },
    Weakening {
        name: "a trail without validation",
        edits: &[WithoutLine("cloudtrail.tf", "enable_log_file_validation")],
        told: &[("trail", "weaker", "enable_log_file_validation", "false", "true")],
    },
    Weakening {
        name: "a trail of what is written only",
        edits: &[Replace("cloudtrail.tf", "\"All\"", "\"WriteOnly\"")],
        told: &[("trail", "weaker", "event_selector", "\"WriteOnly\"", "\"All\"")],
    },
    Weakening {
        name: "a trail without its key",
        edits: &[WithoutLine("cloudtrail.tf", "kms_key_id")],
        told: &[("trail-key", "weaker", "kms_key_id", "null", "\"given\"")],
    },
    Weakening {
        name: "no key at all",
        edits: &[
            WithoutLine("cloudtrail.tf", "kms_key_id"),
            WithoutLine("cloudtrail_logs.tf", "kms_key_id"),
            Replace("cloudtrail_logs.tf", "name              =", "name              ="),
            WithoutBlock("iam_groups.tf", "\"DecryptTrailFiles\""),
            WithoutLine("cloudtrail_bucket.tf", "kms_master_key_id"),
            Replace("cloudtrail_bucket.tf", "sse_algorithm     =", "sse_algorithm ="),
            WithoutFile("cloudtrail_key.tf"),
        ],
        told: &[
            ("trail-key", "weaker", "kms_key_id", "null", "\"given\""),
            ("trail-logs", "weaker", "kms_key_id", "null", "\"given\""),
        ],
    },
    Weakening {
        name: "a key that stays the same for ever",
        edits: &[Replace("cloudtrail_key.tf", "enable_key_rotation     = true", "enable_key_rotation     = false")],
        told: &[("trail-key", "weaker", "enable_key_rotation", "false", "true")],
    },
    Weakening {
        name: "a trail without log group",
        edits: &[
            WithoutLine("cloudtrail.tf", "cloud_watch_logs_group_arn"),
            WithoutLine("cloudtrail.tf", "cloud_watch_logs_role_arn"),
        ],
        told: &[("trail-logs", "weaker", "cloud_watch_logs_group_arn", "null", "\"given\"")],
    },
    Weakening {
        name: "events that are forgotten soon",
        edits: &[Replace("variables.tf", "default     = 365\n", "default     = 90\n")],
        told: &[("trail-logs", "weaker", "retention_in_days", "90", "365")],
    },
    Weakening {
        name: "files that are forgotten soon",
        edits: &[Replace("cloudtrail_bucket.tf", "var.trail_retention_days", "30")],
        told: &[("trail-bucket", "weaker", "rule.expiration.days", "30", "730")],
    },
    Weakening {
        name: "versions that are no longer kept",
        edits: &[Replace("cloudtrail_bucket.tf", "status = \"Enabled\"", "status = \"Suspended\"")],
        told: &[("trail-bucket", "weaker", "versioning_configuration.status", "\"Suspended\"", "\"Enabled\"")],
    },
    Weakening {
        name: "no versions",
        edits: &[
            WithoutBlock("cloudtrail_bucket.tf", "\"aws_s3_bucket_versioning\""),
            WithoutLine("cloudtrail_bucket.tf", "depends_on = [aws_s3_bucket_versioning.trail]"),
        ],
        told: &[(
            "trail-bucket",
            "weaker",
            "aws_s3_bucket_versioning.versioning_configuration.status",
            "null",
            "\"Enabled\"",
        )],
    },
    Weakening {
        name: "a bucket that may become public",
        edits: &[Replace("cloudtrail_bucket.tf", "block_public_policy     = true", "block_public_policy     = false")],
        told: &[("trail-bucket", "weaker", "block_public_policy", "false", "true")],
    },
    Weakening {
        name: "a bucket with lists of its objects' owners",
        edits: &[Replace("cloudtrail_bucket.tf", "\"BucketOwnerEnforced\"", "\"ObjectWriter\"")],
        told: &[("trail-bucket", "weaker", "rule.object_ownership", "\"ObjectWriter\"", "\"BucketOwnerEnforced\"")],
    },
    Weakening {
        name: "a bucket under S3's own key",
        edits: &[
            WithoutLine("cloudtrail_bucket.tf", "kms_master_key_id"),
            Replace("cloudtrail_bucket.tf", "sse_algorithm     = \"aws:kms\"", "sse_algorithm = \"AES256\""),
        ],
        told: &[(
            "trail-bucket",
            "weaker",
            "rule.apply_server_side_encryption_by_default.sse_algorithm",
            "\"AES256\"",
            "\"aws:kms\"",
        )],
    },
    Weakening {
        name: "nobody knows who read the files",
        edits: &[WithoutBlock("cloudtrail_bucket.tf", "\"aws_s3_bucket_logging\"")],
        told: &[("trail-bucket", "weaker", "aws_s3_bucket_logging.target_bucket", "null", "\"given\"")],
    },
    Weakening {
        name: "a bucket over plain HTTP",
        edits: &[WithoutBlock("cloudtrail_bucket.tf", "\"OnlyOverTLS\"")],
        told: &[("trail-bucket", "weaker", "denies_plain_http", "false", "true")],
    },
    Weakening {
        name: "a bucket that administrators write to",
        edits: &[WithoutBlock("cloudtrail_bucket.tf", "\"NobodyElseWritesOrDeletes\"")],
        told: &[
            ("trail-bucket", "weaker", "writers", "\"everyone whom an IAM policy lets\"", "\"trail\""),
            ("trail-bucket", "weaker", "denies_deletion", "false", "true"),
        ],
    },
    Weakening {
        name: "a bucket that files may be deleted from",
        edits: &[
            WithoutLine("cloudtrail_bucket.tf", "\"s3:DeleteObject\","),
            WithoutLine("cloudtrail_bucket.tf", "\"s3:DeleteObjectVersion\","),
        ],
        told: &[("trail-bucket", "weaker", "denies_deletion", "false", "true")],
    },
    Weakening {
        name: "a bucket for everybody's trails",
        edits: &[
            WithoutBlock("cloudtrail_bucket.tf", "\"aws:SourceArn\""),
            WithoutBlock("cloudtrail_bucket.tf", "\"aws:SourceArn\""),
        ],
        told: &[("trail-bucket", "weaker", "writers", "\"any trail of any account\"", "\"trail\"")],
    },
    Weakening {
        name: "no trail",
        edits: &[
            WithoutFile("cloudtrail.tf"),
            WithoutFile("cloudtrail_bucket.tf"),
            WithoutFile("cloudtrail_key.tf"),
            WithoutFile("cloudtrail_logs.tf"),
            WithoutFile("access_log_bucket.tf"),
            WithoutBlock("outputs.tf", "output \"trail_arn\""),
            WithoutBlock("outputs.tf", "output \"trail_bucket\""),
            WithoutBlock("outputs.tf", "output \"trail_log_group\""),
            WithoutBlock("iam_groups.tf", "data \"aws_iam_policy_document\" \"auditors\""),
            WithoutBlock("iam_groups.tf", "resource \"aws_iam_policy\" \"auditors\""),
            WithoutBlock("iam_groups.tf", "\"auditors_trail\""),
        ],
        told: &[
            ("trail", "missing", "is_multi_region_trail", "null", "true"),
            ("trail-key", "missing", "kms_key_id", "null", "\"given\""),
            ("trail-bucket", "missing", "versioning", "null", "\"Enabled\""),
            ("trail-logs", "missing", "cloud_watch_logs_group_arn", "null", "\"given\""),
        ],
    },
    Weakening {
        name: "GuardDuty is off",
        edits: &[Replace(
            "guardduty.tf",
            "enable                       = true",
            "enable                       = false # too dear",
        )],
        told: &[("guardduty", "weaker", "enable", "false", "true")],
    },
    Weakening {
        name: "a plan less in the list",
        edits: &[WithoutLine("guardduty.tf", "\"RDS_LOGIN_EVENTS\",")],
        told: &[("guardduty", "weaker", "features", FEATURES_WITHOUT_RDS, FEATURES)],
    },
    Weakening {
        name: "a plan less in the variable's default",
        edits: &[WithoutLine("variables.tf", "\"RDS_LOGIN_EVENTS\",")],
        told: &[("guardduty", "weaker", "features", FEATURES_WITHOUT_RDS, FEATURES)],
    },
    Weakening {
        name: "no GuardDuty",
        edits: &[WithoutFile("guardduty.tf"), WithoutFile("guardduty_alerts.tf")],
        told: &[
            ("guardduty", "missing", "features", "null", FEATURES),
            ("guardduty-alerts", "missing", "notifies_from_severity", "null", "4"),
        ],
    },
    Weakening {
        name: "findings that nobody hears of",
        edits: &[WithoutFile("guardduty_alerts.tf")],
        told: &[("guardduty-alerts", "weaker", "notifies", "null", "\"given\"")],
    },
    Weakening {
        name: "public lists are heeded",
        edits: &[Replace("s3_account.tf", "ignore_public_acls      = true", "ignore_public_acls      = false")],
        told: &[("s3-public-access", "weaker", "ignore_public_acls", "false", "true")],
    },
    Weakening {
        name: "plain volumes",
        edits: &[Replace("ebs_encryption.tf", "enabled = true", "enabled = false")],
        told: &[("ebs-encryption", "weaker", "enabled", "false", "true")],
    },
    Weakening {
        name: "an MFA policy that access keys pass",
        edits: &[Replace("iam_mfa.tf", "test     = \"BoolIfExists\"", "test     = \"Bool\"")],
        told: &[("mfa", "weaker", "denied_without_mfa", "false", "true")],
    },
    Weakening {
        name: "an MFA policy that lets devices be taken away",
        edits: &[Replace(
            "iam_mfa.tf",
            "      \"iam:CreateVirtualMFADevice\",\n      \"iam:EnableMFADevice\",\n      \"iam:GetAccountPasswordPolicy\",",
            "      \"iam:CreateVirtualMFADevice\",\n      \"iam:DeactivateMFADevice\", # the help desk asks for it\n      \
             \"iam:EnableMFADevice\",\n      \"iam:GetAccountPasswordPolicy\",",
        )],
        told: &[("mfa", "weaker", "exempt_from_mfa", EXEMPT_TOO_MUCH, EXEMPT)],
    },
    Weakening {
        name: "an MFA policy that lets a thief enrol",
        edits: &[WithoutBlock("iam_mfa.tf", "\"DenyEnrolmentByAccessKey\"")],
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
        edits: &[WithoutLine("iam_mfa.tf", "aws_iam_group.auditors.name,")],
        told: &[("mfa", "weaker", "denied_without_mfa", "false", "true")],
    },
    Weakening {
        name: "no MFA policy",
        edits: &[WithoutFile("iam_mfa.tf")],
        told: &[("mfa", "weaker", "denied_without_mfa", "false", "true")],
    },
    Weakening {
        name: "no groups",
        edits: &[WithoutFile("iam_groups.tf"), WithoutFile("iam_mfa.tf"), WithoutFile("outputs.tf")],
        told: &[
            ("groups", "missing", "exists", "null", "true"),
            ("mfa", "missing", "denied_without_mfa", "null", "true"),
        ],
    },
    Weakening {
        name: "no budget",
        edits: &[WithoutFile("budget.tf")],
        told: &[("spending-alarm", "missing", "limit", "null", "\"given\"")],
    },
    Weakening {
        name: "a contact for something else",
        edits: &[Replace("security_contact.tf", "\"SECURITY\"", "\"BILLING\"")],
        told: &[("security-contact", "missing", "alternate_contact_type", "null", "\"SECURITY\"")],
    },
];
