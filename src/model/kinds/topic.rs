//! SNS topics and who is told.

use crate::model::{Attribute, Category, Default, Kind};

/// A topic.
pub const KIND: Kind =
    Kind { category: Category::Managed, terraform: &["aws_sns_topic"], cloudformation: &["AWS::SNS::Topic"] };

/// The name.
pub const NAME: Attribute = Attribute { terraform: "name", cloudformation: "TopicName", default: Default::None };

/// The key that encrypts messages at rest. None when nothing is said. Source: Amazon SNS Developer Guide, "Data encryption".
pub const KMS_KEY: Attribute =
    Attribute { terraform: "kms_master_key_id", cloudformation: "KmsMasterKeyId", default: Default::None };

/// Who is told, on the topic itself (CloudFormation only).
pub const SUBSCRIPTIONS: Attribute =
    Attribute { terraform: "", cloudformation: "Subscription", default: Default::None };

/// Who is told, as a resource of its own.
pub const SUBSCRIPTION: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_sns_topic_subscription"],
    cloudformation: &["AWS::SNS::Subscription"],
};

/// How.
pub const PROTOCOL: Attribute = Attribute { terraform: "protocol", cloudformation: "Protocol", default: Default::None };

/// The topic of a subscription, by ARN.
pub const TOPIC: Attribute = Attribute { terraform: "topic_arn", cloudformation: "TopicArn", default: Default::None };
