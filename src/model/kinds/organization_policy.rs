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
