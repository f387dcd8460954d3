//! Permission sets of IAM Identity Center.

use crate::model::{Attribute, Category, Default, Kind};

/// A permission set.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_ssoadmin_permission_set"],
    cloudformation: &["AWS::SSO::PermissionSet"],
};

/// A policy written on a permission set.
pub const INLINE_POLICY: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_ssoadmin_permission_set_inline_policy"],
    cloudformation: &[],
};

/// An AWS-managed policy attached to a permission set.
pub const MANAGED_POLICY: Kind =
    Kind { category: Category::Managed, terraform: &["aws_ssoadmin_managed_policy_attachment"], cloudformation: &[] };

/// The policy written on it.
pub const INLINE_DOCUMENT: Attribute =
    Attribute { terraform: "inline_policy", cloudformation: "InlinePolicy", default: Default::None };

/// ARNs of attached AWS-managed policies on the set itself (CloudFormation only).
pub const MANAGED_POLICIES: Attribute =
    Attribute { terraform: "", cloudformation: "ManagedPolicies", default: Default::None };

/// The ARN of the attached policy.
pub const MANAGED_POLICY_ARN: Attribute =
    Attribute { terraform: "managed_policy_arn", cloudformation: "", default: Default::None };

/// The permission set, by ARN.
pub const PERMISSION_SET: Attribute =
    Attribute { terraform: "permission_set_arn", cloudformation: "", default: Default::None };

/// The name.
pub const NAME: Attribute = Attribute { terraform: "name", cloudformation: "Name", default: Default::None };

/// How long a session lasts, as an ISO 8601 duration.
pub const SESSION: Attribute =
    Attribute { terraform: "session_duration", cloudformation: "SessionDuration", default: Default::Text("PT1H") };
