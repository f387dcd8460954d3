//! Endpoints by which a network reaches AWS's services.

use crate::model::{Attribute, Category, Default, Kind};

/// An endpoint.
pub const KIND: Kind =
    Kind { category: Category::Managed, terraform: &["aws_vpc_endpoint"], cloudformation: &["AWS::EC2::VPCEndpoint"] };

/// Its policy, as a resource of its own.
pub const POLICY_RESOURCE: Kind =
    Kind { category: Category::Managed, terraform: &["aws_vpc_endpoint_policy"], cloudformation: &[] };

/// `Gateway`, `Interface`, or one of those that take no policy.
pub const TYPE: Attribute =
    Attribute { terraform: "vpc_endpoint_type", cloudformation: "VpcEndpointType", default: Default::Text("Gateway") };

/// The policy.
pub const POLICY: Attribute =
    Attribute { terraform: "policy", cloudformation: "PolicyDocument", default: Default::None };

/// The endpoint of a policy.
pub const TARGET: Attribute = Attribute { terraform: "vpc_endpoint_id", cloudformation: "", default: Default::None };

/// The name: others refer to an endpoint by its id.
pub const NAME: Attribute = Attribute { terraform: "", cloudformation: "", default: Default::None };
