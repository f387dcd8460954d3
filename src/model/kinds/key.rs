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

/// Whether KMS is told not to check that somebody can still change the policy.
pub const BYPASS: Attribute = Attribute {
    terraform: "bypass_policy_lockout_safety_check",
    cloudformation: "BypassPolicyLockoutSafetyCheck",
    default: Default::Bool(false),
};

/// What sort of key: only symmetric ones can rotate.
pub const KEY_SPEC: Attribute = Attribute {
    terraform: "customer_master_key_spec",
    cloudformation: "KeySpec",
    default: Default::Text("SYMMETRIC_DEFAULT"),
};

/// Where its material comes from (CloudFormation only; the provider has a kind of its own for imported keys).
pub const ORIGIN: Attribute = Attribute { terraform: "", cloudformation: "Origin", default: Default::Text("AWS_KMS") };

/// The store of keys that it lies in.
pub const CUSTOM_STORE: Attribute =
    Attribute { terraform: "custom_key_store_id", cloudformation: "", default: Default::None };

/// Whether it can be used.
pub const ENABLED: Attribute =
    Attribute { terraform: "is_enabled", cloudformation: "Enabled", default: Default::Bool(true) };

/// After how many days a deletion takes effect.
pub const DELETION_WINDOW: Attribute = Attribute {
    terraform: "deletion_window_in_days",
    cloudformation: "PendingWindowInDays",
    default: Default::Integer(30),
};

/// A key's policy as a resource of its own.
pub const POLICY_RESOURCE: Kind =
    Kind { category: Category::Managed, terraform: &["aws_kms_key_policy"], cloudformation: &[] };

/// The key of such a policy.
pub const POLICY_KEY: Attribute = Attribute { terraform: "key_id", cloudformation: "", default: Default::None };
