//! Policies written on a principal, as resources of their own.

use crate::model::{Attribute, Category, Default, Kind};

/// On a user.
pub const OF_USER: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_iam_user_policy"],
    cloudformation: &["AWS::IAM::UserPolicy"],
};

/// On a group.
pub const OF_GROUP: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_iam_group_policy"],
    cloudformation: &["AWS::IAM::GroupPolicy"],
};

/// On a role.
pub const OF_ROLE: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_iam_role_policy"],
    cloudformation: &["AWS::IAM::RolePolicy"],
};

/// On several principals at once (CloudFormation only).
pub const OF_SEVERAL: Kind =
    Kind { category: Category::Managed, terraform: &[], cloudformation: &["AWS::IAM::Policy"] };

/// The policy.
pub const DOCUMENT: Attribute =
    Attribute { terraform: "policy", cloudformation: "PolicyDocument", default: Default::None };

/// The user, by name.
pub const USER: Attribute = Attribute { terraform: "user", cloudformation: "UserName", default: Default::None };

/// The group, by name.
pub const GROUP: Attribute = Attribute { terraform: "group", cloudformation: "GroupName", default: Default::None };

/// The role, by name.
pub const ROLE: Attribute = Attribute { terraform: "role", cloudformation: "RoleName", default: Default::None };

/// The users, by name (CloudFormation only).
pub const USERS: Attribute = Attribute { terraform: "", cloudformation: "Users", default: Default::None };

/// The groups, by name (CloudFormation only).
pub const GROUPS: Attribute = Attribute { terraform: "", cloudformation: "Groups", default: Default::None };

/// The roles, by name (CloudFormation only).
pub const ROLES: Attribute = Attribute { terraform: "", cloudformation: "Roles", default: Default::None };

/// The policy within a list of named policies on the principal itself.
pub const NAMED_DOCUMENT: Attribute =
    Attribute { terraform: "policy", cloudformation: "PolicyDocument", default: Default::None };
