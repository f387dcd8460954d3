//! IAM groups.

use crate::model::{Attribute, Category, Default, Kind};

/// A group.
pub const KIND: Kind =
    Kind { category: Category::Managed, terraform: &["aws_iam_group"], cloudformation: &["AWS::IAM::Group"] };

/// The name.
pub const NAME: Attribute = Attribute { terraform: "name", cloudformation: "GroupName", default: Default::None };

/// Policies written on the group itself (CloudFormation only).
pub const INLINE_POLICIES: Attribute = Attribute { terraform: "", cloudformation: "Policies", default: Default::None };

/// ARNs of attached policies on the group itself (CloudFormation only).
pub const MANAGED_POLICIES: Attribute =
    Attribute { terraform: "", cloudformation: "ManagedPolicyArns", default: Default::None };
