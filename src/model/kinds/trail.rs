//! CloudTrail trails. Source: AWS API reference, "CreateTrail"; the provider's documentation, `aws_cloudtrail`.

use crate::model::{Attribute, Category, Default, Kind};

/// A trail.
pub const KIND: Kind =
    Kind { category: Category::Managed, terraform: &["aws_cloudtrail"], cloudformation: &["AWS::CloudTrail::Trail"] };

/// Whether it records. Required in CloudFormation.
pub const ENABLE_LOGGING: Attribute =
    Attribute { terraform: "enable_logging", cloudformation: "IsLogging", default: Default::Bool(true) };

/// Whether it records all regions.
pub const MULTI_REGION: Attribute = Attribute {
    terraform: "is_multi_region_trail",
    cloudformation: "IsMultiRegionTrail",
    default: Default::Bool(false),
};

/// Whether it records events of global services such as IAM and STS.
pub const GLOBAL_SERVICE_EVENTS: Attribute = Attribute {
    terraform: "include_global_service_events",
    cloudformation: "IncludeGlobalServiceEvents",
    default: Default::Bool(true),
};

/// Whether it writes signed digests.
pub const LOG_FILE_VALIDATION: Attribute = Attribute {
    terraform: "enable_log_file_validation",
    cloudformation: "EnableLogFileValidation",
    default: Default::Bool(false),
};

/// The customer key that encrypts its files.
pub const KMS_KEY: Attribute =
    Attribute { terraform: "kms_key_id", cloudformation: "KMSKeyId", default: Default::None };

/// The CloudWatch Logs group that it delivers to, by ARN.
pub const LOG_GROUP: Attribute = Attribute {
    terraform: "cloud_watch_logs_group_arn",
    cloudformation: "CloudWatchLogsLogGroupArn",
    default: Default::None,
};

/// The bucket that it writes to, by name.
pub const BUCKET: Attribute =
    Attribute { terraform: "s3_bucket_name", cloudformation: "S3BucketName", default: Default::None };

/// Whether it records all accounts of the organization.
pub const IS_ORGANIZATION: Attribute = Attribute {
    terraform: "is_organization_trail",
    cloudformation: "IsOrganizationTrail",
    default: Default::Bool(false),
};
