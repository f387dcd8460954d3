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

/// What the names of its files begin with.
pub const KEY_PREFIX: Attribute =
    Attribute { terraform: "s3_key_prefix", cloudformation: "S3KeyPrefix", default: Default::None };

/// Whether it records all accounts of the organization.
pub const IS_ORGANIZATION: Attribute = Attribute {
    terraform: "is_organization_trail",
    cloudformation: "IsOrganizationTrail",
    default: Default::Bool(false),
};

/// Which events it records, the older way.
pub const EVENT_SELECTORS: Attribute =
    Attribute { terraform: "event_selector", cloudformation: "EventSelectors", default: Default::None };

/// Within a selector: `All`, `ReadOnly` or `WriteOnly`.
pub const READ_WRITE_TYPE: Attribute =
    Attribute { terraform: "read_write_type", cloudformation: "ReadWriteType", default: Default::Text("All") };

/// Within a selector: whether it is about management events too.
pub const MANAGEMENT_EVENTS: Attribute = Attribute {
    terraform: "include_management_events",
    cloudformation: "IncludeManagementEvents",
    default: Default::Bool(true),
};

/// Within a selector: services whose management events are left out.
pub const EXCLUDED_SOURCES: Attribute = Attribute {
    terraform: "exclude_management_event_sources",
    cloudformation: "ExcludeManagementEventSources",
    default: Default::None,
};

/// Which events it records, the newer way.
pub const ADVANCED_EVENT_SELECTORS: Attribute = Attribute {
    terraform: "advanced_event_selector",
    cloudformation: "AdvancedEventSelectors",
    default: Default::None,
};

/// Within an advanced selector: the fields that are compared.
pub const FIELD_SELECTORS: Attribute =
    Attribute { terraform: "field_selector", cloudformation: "FieldSelectors", default: Default::None };

/// Within a field's selector: which field.
pub const FIELD: Attribute = Attribute { terraform: "field", cloudformation: "Field", default: Default::None };

/// Within a field's selector: the values it may have.
pub const EQUALS: Attribute = Attribute { terraform: "equals", cloudformation: "Equals", default: Default::None };

/// The role with which it writes to the log group, by ARN.
pub const LOG_ROLE: Attribute = Attribute {
    terraform: "cloud_watch_logs_role_arn",
    cloudformation: "CloudWatchLogsRoleArn",
    default: Default::None,
};

/// The name.
pub const NAME: Attribute = Attribute { terraform: "name", cloudformation: "TrailName", default: Default::None };

/// Where it tells of new files.
pub const TOPIC: Attribute =
    Attribute { terraform: "sns_topic_name", cloudformation: "SnsTopicName", default: Default::None };
