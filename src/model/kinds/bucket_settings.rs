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

/// That a bucket serves a site.
pub const WEBSITE: Kind =
    Kind { category: Category::Managed, terraform: &["aws_s3_bucket_website_configuration"], cloudformation: &[] };

/// The key of the encryption.
pub const KMS_KEY: Attribute = Attribute {
    terraform: "rule.apply_server_side_encryption_by_default.kms_master_key_id",
    cloudformation: "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault.KMSMasterKeyID",
    default: Default::None,
};

/// The key of the encryption, as the bucket's own argument.
pub const KMS_KEY_ON_BUCKET: Attribute = Attribute {
    terraform: "server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.kms_master_key_id",
    cloudformation: "",
    default: Default::None,
};

/// Whether deleting versions asks for a second factor of root.
pub const MFA_DELETE: Attribute =
    Attribute { terraform: "versioning_configuration.mfa_delete", cloudformation: "", default: Default::None };

/// The same as the bucket's own argument.
pub const MFA_DELETE_ON_BUCKET: Attribute =
    Attribute { terraform: "versioning.mfa_delete", cloudformation: "", default: Default::None };

/// The site, as the bucket's own argument or property.
pub const WEBSITE_ON_BUCKET: Attribute =
    Attribute { terraform: "website", cloudformation: "WebsiteConfiguration", default: Default::None };

/// Whether destroying the bucket deletes what is in it (Terraform only).
pub const FORCE_DESTROY: Attribute =
    Attribute { terraform: "force_destroy", cloudformation: "", default: Default::Bool(false) };

/// Whether objects can be kept from being deleted.
pub const OBJECT_LOCK: Attribute =
    Attribute { terraform: "object_lock_enabled", cloudformation: "ObjectLockEnabled", default: Default::Bool(false) };

/// The same in versions of the provider before 4.
pub const OBJECT_LOCK_BLOCK: Attribute =
    Attribute { terraform: "object_lock_configuration", cloudformation: "", default: Default::None };

/// Within a rule: which objects it is about.
pub const RULE_FILTER_PREFIX: Attribute =
    Attribute { terraform: "filter.prefix", cloudformation: "Prefix", default: Default::None };
