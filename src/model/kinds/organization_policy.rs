//! Policies of AWS Organizations: limits, never grants.

use crate::model::{Attribute, Category, Default, Kind};

/// A service control policy, resource control policy or the like.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_organizations_policy"],
    cloudformation: &["AWS::Organizations::Policy"],
};

/// The policy.
pub const CONTENT: Attribute = Attribute { terraform: "content", cloudformation: "Content", default: Default::None };

/// Which kind of policy.
pub const TYPE: Attribute =
    Attribute { terraform: "type", cloudformation: "Type", default: Default::Text("SERVICE_CONTROL_POLICY") };

/// What it is on (CloudFormation only).
pub const TARGETS: Attribute = Attribute { terraform: "", cloudformation: "TargetIds", default: Default::None };

/// The name.
pub const NAME: Attribute = Attribute { terraform: "name", cloudformation: "Name", default: Default::None };
