//! AWS Organizations, but for its policies.

use crate::model::{Attribute, Category, Default, Kind};

/// The organization.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_organizations_organization"],
    cloudformation: &["AWS::Organizations::Organization"],
};

/// `ALL`, or `CONSOLIDATED_BILLING`.
pub const FEATURE_SET: Attribute =
    Attribute { terraform: "feature_set", cloudformation: "FeatureSet", default: Default::Text("ALL") };

/// Which kinds of policies hold (Terraform only).
pub const POLICY_TYPES: Attribute =
    Attribute { terraform: "enabled_policy_types", cloudformation: "", default: Default::None };

/// What the management account does for the others.
pub const FEATURES: Kind =
    Kind { category: Category::Managed, terraform: &["aws_iam_organizations_features"], cloudformation: &[] };

/// Which of these.
pub const ENABLED_FEATURES: Attribute =
    Attribute { terraform: "enabled_features", cloudformation: "", default: Default::None };
