//! IAM users.

use crate::model::{Attribute, Category, Default, Kind};

/// A user.
pub const KIND: Kind =
    Kind { category: Category::Managed, terraform: &["aws_iam_user"], cloudformation: &["AWS::IAM::User"] };

/// The name.
pub const NAME: Attribute = Attribute { terraform: "name", cloudformation: "UserName", default: Default::None };

/// The path before the name in the user's ARN.
pub const PATH: Attribute = Attribute { terraform: "path", cloudformation: "Path", default: Default::Text("/") };

/// Policies written on the user itself (CloudFormation only).
pub const INLINE_POLICIES: Attribute = Attribute { terraform: "", cloudformation: "Policies", default: Default::None };

/// ARNs of attached policies on the user itself (CloudFormation only).
pub const MANAGED_POLICIES: Attribute =
    Attribute { terraform: "", cloudformation: "ManagedPolicyArns", default: Default::None };

/// The user's groups, by name (CloudFormation only).
pub const GROUPS: Attribute = Attribute { terraform: "", cloudformation: "Groups", default: Default::None };

/// The ARN of the policy that limits the user.
pub const PERMISSIONS_BOUNDARY: Attribute =
    Attribute { terraform: "permissions_boundary", cloudformation: "PermissionsBoundary", default: Default::None };
