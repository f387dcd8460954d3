//! SQS queues.

use crate::model::{Attribute, Category, Default, Kind};

/// A queue.
pub const KIND: Kind =
    Kind { category: Category::Managed, terraform: &["aws_sqs_queue"], cloudformation: &["AWS::SQS::Queue"] };

/// Whether SQS encrypts with its own keys. It does when nothing is said. Source: Amazon SQS Developer Guide, "Encryption at rest in Amazon SQS".
pub const MANAGED_ENCRYPTION: Attribute = Attribute {
    terraform: "sqs_managed_sse_enabled",
    cloudformation: "SqsManagedSseEnabled",
    default: Default::Bool(true),
};

/// The key that encrypts messages instead.
pub const KMS_KEY: Attribute =
    Attribute { terraform: "kms_master_key_id", cloudformation: "KmsMasterKeyId", default: Default::None };
