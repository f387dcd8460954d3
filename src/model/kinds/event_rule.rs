//! `EventBridge` rules and where they send events.

use crate::model::{Attribute, Category, Default, Kind};

/// A rule.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_cloudwatch_event_rule"],
    cloudformation: &["AWS::Events::Rule"],
};

/// A target as a resource of its own.
pub const TARGET: Kind =
    Kind { category: Category::Managed, terraform: &["aws_cloudwatch_event_target"], cloudformation: &[] };

/// The name.
pub const NAME: Attribute = Attribute { terraform: "name", cloudformation: "Name", default: Default::None };

/// Which events: a document.
pub const PATTERN: Attribute =
    Attribute { terraform: "event_pattern", cloudformation: "EventPattern", default: Default::None };

/// `ENABLED` or `DISABLED`.
pub const STATE: Attribute =
    Attribute { terraform: "state", cloudformation: "State", default: Default::Text("ENABLED") };

/// The targets on the rule itself (CloudFormation only).
pub const TARGETS: Attribute = Attribute { terraform: "", cloudformation: "Targets", default: Default::None };

/// The rule of a target, by name.
pub const RULE: Attribute = Attribute { terraform: "rule", cloudformation: "", default: Default::None };
