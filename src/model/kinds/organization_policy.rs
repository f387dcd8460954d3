//! Policies of AWS Organizations: limits, never grants.

use crate::iam::validate::PolicyType;
use crate::model::{Attribute, Category, Default, Kind, Resource};

/// A service control policy, resource control policy or the like.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_organizations_policy"],
    cloudformation: &["AWS::Organizations::Policy"],
};

/// The policy.
pub const CONTENT: Attribute = Attribute { terraform: "content", cloudformation: "Content", default: Default::None };

/// What the policy is about: `SERVICE_CONTROL_POLICY`, `RESOURCE_CONTROL_POLICY`, or one of those that have languages of
/// their own.
pub const TYPE: Attribute =
    Attribute { terraform: "type", cloudformation: "Type", default: Default::Text("SERVICE_CONTROL_POLICY") };

/// The type of the policy, if it is in the language of IAM. AWS Organizations User Guide, "Managing policies".
pub fn policy_type(resource: &Resource) -> Option<PolicyType> {
    match resource.setting(&TYPE).value.as_str()? {
        "SERVICE_CONTROL_POLICY" => Some(PolicyType::ServiceControl),
        "RESOURCE_CONTROL_POLICY" => Some(PolicyType::ResourceControl),
        _ => None,
    }
}
/// The roots, units and accounts that it is attached to (CloudFormation only).
pub const TARGETS: Attribute = Attribute { terraform: "", cloudformation: "TargetIds", default: Default::None };

/// A policy attached to a root, unit or account (Terraform only).
pub const ATTACHMENT: Kind =
    Kind { category: Category::Managed, terraform: &["aws_organizations_policy_attachment"], cloudformation: &[] };

/// The attached policy, by id.
pub const ATTACHED: Attribute = Attribute { terraform: "policy_id", cloudformation: "", default: Default::None };

/// What it is attached to, by id.
pub const TARGET: Attribute = Attribute { terraform: "target_id", cloudformation: "", default: Default::None };

/// The name.
pub const NAME: Attribute = Attribute { terraform: "name", cloudformation: "Name", default: Default::None };
