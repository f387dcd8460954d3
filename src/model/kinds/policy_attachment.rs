//! Managed policies attached to principals, as resources of their own (Terraform only).

use crate::model::{Attribute, Category, Default, Kind};

/// To a user.
pub const TO_USER: Kind =
    Kind { category: Category::Managed, terraform: &["aws_iam_user_policy_attachment"], cloudformation: &[] };

/// To a group.
pub const TO_GROUP: Kind =
    Kind { category: Category::Managed, terraform: &["aws_iam_group_policy_attachment"], cloudformation: &[] };

/// To a role.
pub const TO_ROLE: Kind =
    Kind { category: Category::Managed, terraform: &["aws_iam_role_policy_attachment"], cloudformation: &[] };

/// To several principals, and to no others.
pub const TO_SEVERAL: Kind =
    Kind { category: Category::Managed, terraform: &["aws_iam_policy_attachment"], cloudformation: &[] };

/// All policies of a user.
pub const EXCLUSIVE_OF_USER: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_iam_user_policy_attachments_exclusive"],
    cloudformation: &[],
};

/// All policies of a group.
pub const EXCLUSIVE_OF_GROUP: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_iam_group_policy_attachments_exclusive"],
    cloudformation: &[],
};

/// All policies of a role.
pub const EXCLUSIVE_OF_ROLE: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_iam_role_policy_attachments_exclusive"],
    cloudformation: &[],
};

/// The policy, by ARN.
pub const POLICY: Attribute = Attribute { terraform: "policy_arn", cloudformation: "", default: Default::None };

/// The policies, by ARN.
pub const POLICIES: Attribute = Attribute { terraform: "policy_arns", cloudformation: "", default: Default::None };

/// The user, by name.
pub const USER: Attribute = Attribute { terraform: "user", cloudformation: "", default: Default::None };

/// The group, by name.
pub const GROUP: Attribute = Attribute { terraform: "group", cloudformation: "", default: Default::None };

/// The role, by name.
pub const ROLE: Attribute = Attribute { terraform: "role", cloudformation: "", default: Default::None };

/// The user, by name, where the provider calls it so.
pub const USER_NAME: Attribute = Attribute { terraform: "user_name", cloudformation: "", default: Default::None };

/// The group, by name, where the provider calls it so.
pub const GROUP_NAME: Attribute = Attribute { terraform: "group_name", cloudformation: "", default: Default::None };

/// The role, by name, where the provider calls it so.
pub const ROLE_NAME: Attribute = Attribute { terraform: "role_name", cloudformation: "", default: Default::None };

/// The users, by name.
pub const USERS: Attribute = Attribute { terraform: "users", cloudformation: "", default: Default::None };

/// The groups, by name.
pub const GROUPS: Attribute = Attribute { terraform: "groups", cloudformation: "", default: Default::None };

/// The roles, by name.
pub const ROLES: Attribute = Attribute { terraform: "roles", cloudformation: "", default: Default::None };
