//! CloudTrail Lake: where events are kept to be queried.

use crate::model::{Attribute, Category, Default, Kind};

/// A store.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_cloudtrail_event_data_store"],
    cloudformation: &["AWS::CloudTrail::EventDataStore"],
};

/// The customer key that encrypts it.
pub const KMS_KEY: Attribute =
    Attribute { terraform: "kms_key_id", cloudformation: "KmsKeyId", default: Default::None };
