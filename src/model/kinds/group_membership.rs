//! Who is in which group.

use crate::model::{Attribute, Category, Default, Kind};

/// All members of a group.
pub const OF_GROUP: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_iam_group_membership"],
    cloudformation: &["AWS::IAM::UserToGroupAddition"],
};

/// Groups of one user.
pub const OF_USER: Kind =
    Kind { category: Category::Managed, terraform: &["aws_iam_user_group_membership"], cloudformation: &[] };

/// The group, by name.
pub const GROUP: Attribute = Attribute { terraform: "group", cloudformation: "GroupName", default: Default::None };

/// Its members, by name.
pub const USERS: Attribute = Attribute { terraform: "users", cloudformation: "Users", default: Default::None };

/// The user, by name.
pub const USER: Attribute = Attribute { terraform: "user", cloudformation: "", default: Default::None };

/// The user's groups, by name.
pub const GROUPS: Attribute = Attribute { terraform: "groups", cloudformation: "", default: Default::None };
