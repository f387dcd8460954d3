//! CloudWatch Logs groups.

use crate::model::{Attribute, Category, Default, Kind};

/// A log group.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_cloudwatch_log_group"],
    cloudformation: &["AWS::Logs::LogGroup"],
};

/// The name.
pub const NAME: Attribute = Attribute { terraform: "name", cloudformation: "LogGroupName", default: Default::None };

/// For how many days events are kept; 0 is for ever.
pub const RETENTION_DAYS: Attribute =
    Attribute { terraform: "retention_in_days", cloudformation: "RetentionInDays", default: Default::Integer(0) };

/// The customer key that encrypts the events, by ARN.
pub const KMS_KEY: Attribute =
    Attribute { terraform: "kms_key_id", cloudformation: "KmsKeyId", default: Default::None };
