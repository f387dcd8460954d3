//! Customer-managed policies, and look-ups of managed ones.

use crate::model::{Attribute, Category, Default, Kind};

/// A customer-managed policy.
pub const KIND: Kind =
    Kind { category: Category::Managed, terraform: &["aws_iam_policy"], cloudformation: &["AWS::IAM::ManagedPolicy"] };

/// A managed policy that exists already, looked up.
pub const LOOK_UP: Kind = Kind { category: Category::Data, terraform: &["aws_iam_policy"], cloudformation: &[] };

/// The policy.
pub const DOCUMENT: Attribute =
    Attribute { terraform: "policy", cloudformation: "PolicyDocument", default: Default::None };

/// The name.
pub const NAME: Attribute =
    Attribute { terraform: "name", cloudformation: "ManagedPolicyName", default: Default::None };

/// The ARN that is looked up.
pub const LOOKED_UP_ARN: Attribute = Attribute { terraform: "arn", cloudformation: "", default: Default::None };

/// The users that it is attached to (CloudFormation only).
pub const USERS: Attribute = Attribute { terraform: "", cloudformation: "Users", default: Default::None };

/// The groups that it is attached to (CloudFormation only).
pub const GROUPS: Attribute = Attribute { terraform: "", cloudformation: "Groups", default: Default::None };

/// The roles that it is attached to (CloudFormation only).
pub const ROLES: Attribute = Attribute { terraform: "", cloudformation: "Roles", default: Default::None };
