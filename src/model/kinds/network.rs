//! VPCs and what is open in them.

use crate::model::{Attribute, Category, Default, Kind};

/// A VPC.
pub const VPC: Kind = Kind { category: Category::Managed, terraform: &["aws_vpc"], cloudformation: &["AWS::EC2::VPC"] };

/// The VPC that each region of an account starts with, taken over.
pub const DEFAULT_VPC: Kind =
    Kind { category: Category::Managed, terraform: &["aws_default_vpc"], cloudformation: &[] };

/// A VPC that is looked up.
pub const VPC_LOOK_UP: Kind = Kind { category: Category::Data, terraform: &["aws_vpc"], cloudformation: &[] };

/// A subnet of that VPC, taken over.
pub const DEFAULT_SUBNET: Kind =
    Kind { category: Category::Managed, terraform: &["aws_default_subnet"], cloudformation: &[] };

/// Whether the default VPC is looked up.
pub const IS_DEFAULT: Attribute = Attribute { terraform: "default", cloudformation: "", default: Default::None };

/// The name: VPCs have none, and are referred to only.
pub const NAME: Attribute = Attribute { terraform: "", cloudformation: "", default: Default::None };

/// A record of connections.
pub const FLOW_LOG: Kind =
    Kind { category: Category::Managed, terraform: &["aws_flow_log"], cloudformation: &["AWS::EC2::FlowLog"] };

/// The VPC that a flow log or security group is of, in Terraform.
pub const OF_VPC: Attribute = Attribute { terraform: "vpc_id", cloudformation: "", default: Default::None };

/// The subnet of a flow log, in Terraform.
pub const FLOW_LOG_SUBNET: Attribute = Attribute { terraform: "subnet_id", cloudformation: "", default: Default::None };

/// What a flow log is of, in CloudFormation.
pub const FLOW_LOG_RESOURCE: Attribute =
    Attribute { terraform: "", cloudformation: "ResourceId", default: Default::None };

/// What kind that is, in CloudFormation.
pub const FLOW_LOG_RESOURCE_TYPE: Attribute =
    Attribute { terraform: "", cloudformation: "ResourceType", default: Default::None };

/// A VPC's default security group, taken over.
pub const DEFAULT_SECURITY_GROUP: Kind =
    Kind { category: Category::Managed, terraform: &["aws_default_security_group"], cloudformation: &[] };

/// A security group.
pub const SECURITY_GROUP: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_security_group"],
    cloudformation: &["AWS::EC2::SecurityGroup"],
};

/// What comes in, as a resource of its own.
pub const INGRESS_RULE: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_vpc_security_group_ingress_rule"],
    cloudformation: &["AWS::EC2::SecurityGroupIngress"],
};

/// What comes in or goes out, as a resource of its own, the older way.
pub const GROUP_RULE: Kind =
    Kind { category: Category::Managed, terraform: &["aws_security_group_rule"], cloudformation: &[] };

/// `ingress` or `egress`, of the older kind.
pub const DIRECTION: Attribute = Attribute { terraform: "type", cloudformation: "", default: Default::None };

/// What comes in, on the group itself.
pub const INGRESS: Attribute =
    Attribute { terraform: "ingress", cloudformation: "SecurityGroupIngress", default: Default::None };

/// What goes out, on the group itself.
pub const EGRESS: Attribute =
    Attribute { terraform: "egress", cloudformation: "SecurityGroupEgress", default: Default::None };

/// By which protocol, on the group or in the older kind; `-1` is any.
pub const PROTOCOL: Attribute =
    Attribute { terraform: "protocol", cloudformation: "IpProtocol", default: Default::None };

/// By which protocol, in the newer kind.
pub const RULE_PROTOCOL: Attribute =
    Attribute { terraform: "ip_protocol", cloudformation: "IpProtocol", default: Default::None };

/// From which port.
pub const FROM_PORT: Attribute =
    Attribute { terraform: "from_port", cloudformation: "FromPort", default: Default::None };

/// To which port.
pub const TO_PORT: Attribute = Attribute { terraform: "to_port", cloudformation: "ToPort", default: Default::None };

/// From which addresses.
pub const IPV4_RANGES: Attribute =
    Attribute { terraform: "cidr_blocks", cloudformation: "CidrIp", default: Default::None };

/// From which addresses of version 6.
pub const IPV6_RANGES: Attribute =
    Attribute { terraform: "ipv6_cidr_blocks", cloudformation: "CidrIpv6", default: Default::None };

/// From which addresses, in the newer kind.
pub const RULE_IPV4_RANGE: Attribute =
    Attribute { terraform: "cidr_ipv4", cloudformation: "CidrIp", default: Default::None };

/// From which addresses of version 6, in the newer kind.
pub const RULE_IPV6_RANGE: Attribute =
    Attribute { terraform: "cidr_ipv6", cloudformation: "CidrIpv6", default: Default::None };

/// The security group that a rule of its own is of.
pub const RULE_GROUP: Attribute =
    Attribute { terraform: "security_group_id", cloudformation: "GroupId", default: Default::None };

/// A subnet.
pub const SUBNET: Kind =
    Kind { category: Category::Managed, terraform: &["aws_subnet"], cloudformation: &["AWS::EC2::Subnet"] };

/// Whether what is started in a subnet gets a public address, unless it says otherwise.
pub const PUBLIC_ADDRESSES: Attribute = Attribute {
    terraform: "map_public_ip_on_launch",
    cloudformation: "MapPublicIpOnLaunch",
    default: Default::Bool(false),
};

/// A public address that stays.
pub const ADDRESS: Kind =
    Kind { category: Category::Managed, terraform: &["aws_eip"], cloudformation: &["AWS::EC2::EIP"] };

/// What gives such an address to an instance, as a resource of its own.
pub const ADDRESS_ASSOCIATION: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_eip_association"],
    cloudformation: &["AWS::EC2::EIPAssociation"],
};

/// The instance that gets an address.
pub const ADDRESS_INSTANCE: Attribute =
    Attribute { terraform: "instance", cloudformation: "InstanceId", default: Default::None };

/// The same, on an association.
pub const ASSOCIATION_INSTANCE: Attribute =
    Attribute { terraform: "instance_id", cloudformation: "InstanceId", default: Default::None };
