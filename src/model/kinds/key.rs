//! KMS keys and their other names.

use crate::model::{Attribute, Category, Default, Kind};

/// A key.
pub const KIND: Kind =
    Kind { category: Category::Managed, terraform: &["aws_kms_key"], cloudformation: &["AWS::KMS::Key"] };

/// Another name of a key.
pub const ALIAS: Kind =
    Kind { category: Category::Managed, terraform: &["aws_kms_alias"], cloudformation: &["AWS::KMS::Alias"] };

/// Whether its material is renewed each year.
pub const ROTATION: Attribute =
    Attribute { terraform: "enable_key_rotation", cloudformation: "EnableKeyRotation", default: Default::Bool(false) };

/// The name: keys have none, and are referred to only.
pub const NAME: Attribute = Attribute { terraform: "", cloudformation: "", default: Default::None };

/// The key that an alias names.
pub const TARGET: Attribute =
    Attribute { terraform: "target_key_id", cloudformation: "TargetKeyId", default: Default::None };

/// The name of an alias.
pub const ALIAS_NAME: Attribute = Attribute { terraform: "name", cloudformation: "AliasName", default: Default::None };

/// Its policy.
pub const POLICY: Attribute = Attribute { terraform: "policy", cloudformation: "KeyPolicy", default: Default::None };

/// A policy of a key, as a resource of its own.
pub const POLICY_OF_KEY: Kind =
    Kind { category: Category::Managed, terraform: &["aws_kms_key_policy"], cloudformation: &[] };

/// Whether KMS is told not to check that somebody can still change the policy.
pub const BYPASS: Attribute = Attribute {
    terraform: "bypass_policy_lockout_safety_check",
    cloudformation: "BypassPolicyLockoutSafetyCheck",
    default: Default::Bool(false),
};
