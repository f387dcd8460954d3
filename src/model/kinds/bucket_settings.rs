//! What else there is to a bucket: in Terraform resources of their own, in CloudFormation the bucket's properties.
//! Versions of the provider before 4 took arguments of the bucket.

use crate::model::{Attribute, Category, Default, Kind};

/// Whether versions are kept.
pub const VERSIONING: Kind =
    Kind { category: Category::Managed, terraform: &["aws_s3_bucket_versioning"], cloudformation: &[] };

/// How objects are encrypted.
pub const ENCRYPTION: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_s3_bucket_server_side_encryption_configuration"],
    cloudformation: &[],
};

/// Where requests are logged.
pub const LOGGING: Kind =
    Kind { category: Category::Managed, terraform: &["aws_s3_bucket_logging"], cloudformation: &[] };

/// When objects expire.
pub const LIFECYCLE: Kind =
    Kind { category: Category::Managed, terraform: &["aws_s3_bucket_lifecycle_configuration"], cloudformation: &[] };

/// `Enabled` or `Suspended`.
pub const VERSIONING_STATUS: Attribute = Attribute {
    terraform: "versioning_configuration.status",
    cloudformation: "VersioningConfiguration.Status",
    default: Default::None,
};

/// Whether versions are kept, as the bucket's own argument.
pub const VERSIONING_ENABLED: Attribute =
    Attribute { terraform: "versioning.enabled", cloudformation: "", default: Default::None };

/// The algorithm. S3 encrypts with its own keys (`AES256`) when nothing is said. Source: Amazon S3 User Guide, "Setting
/// default server-side encryption behavior for Amazon S3 buckets".
pub const SSE_ALGORITHM: Attribute = Attribute {
    terraform: "rule.apply_server_side_encryption_by_default.sse_algorithm",
    cloudformation: "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault.SSEAlgorithm",
    default: Default::Text("AES256"),
};

/// The algorithm, as the bucket's own argument.
pub const SSE_ALGORITHM_ON_BUCKET: Attribute = Attribute {
    terraform: "server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.sse_algorithm",
    cloudformation: "",
    default: Default::None,
};

/// Where requests are logged to: a bucket's name.
pub const ACCESS_LOG: Attribute = Attribute {
    terraform: "target_bucket",
    cloudformation: "LoggingConfiguration.DestinationBucketName",
    default: Default::None,
};

/// Where requests are logged to, as the bucket's own argument.
pub const ACCESS_LOG_ON_BUCKET: Attribute =
    Attribute { terraform: "logging.target_bucket", cloudformation: "", default: Default::None };

/// The lifecycle rules.
pub const LIFECYCLE_RULES: Attribute =
    Attribute { terraform: "rule", cloudformation: "LifecycleConfiguration.Rules", default: Default::None };

/// The lifecycle rules, as the bucket's own arguments.
pub const LIFECYCLE_RULES_ON_BUCKET: Attribute =
    Attribute { terraform: "lifecycle_rule", cloudformation: "", default: Default::None };

/// Within a rule: `Enabled` or `Disabled`.
pub const RULE_STATUS: Attribute =
    Attribute { terraform: "status", cloudformation: "Status", default: Default::Text("Enabled") };

/// Within a rule: after how many days objects expire.
pub const EXPIRATION_DAYS: Attribute =
    Attribute { terraform: "expiration.days", cloudformation: "ExpirationInDays", default: Default::None };
