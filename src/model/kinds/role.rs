//! IAM roles.

use crate::model::{Attribute, Category, Default, Kind};

/// A role.
pub const KIND: Kind =
    Kind { category: Category::Managed, terraform: &["aws_iam_role"], cloudformation: &["AWS::IAM::Role"] };

/// The name.
pub const NAME: Attribute = Attribute { terraform: "name", cloudformation: "RoleName", default: Default::None };

/// Who may assume the role.
pub const TRUST_POLICY: Attribute =
    Attribute { terraform: "assume_role_policy", cloudformation: "AssumeRolePolicyDocument", default: Default::None };

/// The path before the name in the role's ARN.
pub const PATH: Attribute = Attribute { terraform: "path", cloudformation: "Path", default: Default::Text("/") };

/// Policies written on the role itself.
pub const INLINE_POLICIES: Attribute =
    Attribute { terraform: "inline_policy", cloudformation: "Policies", default: Default::None };

/// ARNs of attached policies on the role itself.
pub const MANAGED_POLICIES: Attribute =
    Attribute { terraform: "managed_policy_arns", cloudformation: "ManagedPolicyArns", default: Default::None };

/// The ARN of the policy that limits the role.
pub const PERMISSIONS_BOUNDARY: Attribute =
    Attribute { terraform: "permissions_boundary", cloudformation: "PermissionsBoundary", default: Default::None };

/// Seconds that a session may last.
pub const LONGEST_SESSION: Attribute = Attribute {
    terraform: "max_session_duration",
    cloudformation: "MaxSessionDuration",
    default: Default::Integer(3600),
};
