//! EC2 instances, what they are made from, and how they reach their role's credentials.

use crate::model::{Attribute, Category, Default, Kind};

/// An instance.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_instance", "aws_spot_instance_request"],
    cloudformation: &["AWS::EC2::Instance"],
};

/// What instances are made from.
pub const LAUNCH_TEMPLATE: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_launch_template"],
    cloudformation: &["AWS::EC2::LaunchTemplate"],
};

/// What instances are made from, the older way.
pub const LAUNCH_CONFIGURATION: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_launch_configuration"],
    cloudformation: &["AWS::AutoScaling::LaunchConfiguration"],
};

/// An instance of `SageMaker`.
pub const NOTEBOOK: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_sagemaker_notebook_instance"],
    cloudformation: &["AWS::SageMaker::NotebookInstance"],
};

/// What holds for new instances of a region that say nothing.
pub const METADATA_DEFAULTS: Kind =
    Kind { category: Category::Managed, terraform: &["aws_ec2_instance_metadata_defaults"], cloudformation: &[] };

/// Whether requests for metadata need a token, in these defaults.
pub const DEFAULT_TOKENS: Attribute =
    Attribute { terraform: "http_tokens", cloudformation: "", default: Default::None };

/// Whether requests for metadata need a token. What the image or the account says when the code does not. Source: Amazon EC2 User Guide, "Order of precedence for instance metadata options".
pub const TOKENS: Attribute = Attribute {
    terraform: "metadata_options.http_tokens",
    cloudformation: "MetadataOptions.HttpTokens",
    default: Default::None,
};

/// Whether there are metadata at all.
pub const ENDPOINT: Attribute = Attribute {
    terraform: "metadata_options.http_endpoint",
    cloudformation: "MetadataOptions.HttpEndpoint",
    default: Default::Text("enabled"),
};

/// How far the answer goes.
pub const HOP_LIMIT: Attribute = Attribute {
    terraform: "metadata_options.http_put_response_hop_limit",
    cloudformation: "MetadataOptions.HttpPutResponseHopLimit",
    default: Default::None,
};

/// The same, on a launch template.
pub const TEMPLATE_TOKENS: Attribute = Attribute {
    terraform: "metadata_options.http_tokens",
    cloudformation: "LaunchTemplateData.MetadataOptions.HttpTokens",
    default: Default::None,
};

/// The same, on a launch template.
pub const TEMPLATE_ENDPOINT: Attribute = Attribute {
    terraform: "metadata_options.http_endpoint",
    cloudformation: "LaunchTemplateData.MetadataOptions.HttpEndpoint",
    default: Default::Text("enabled"),
};

/// The same, on a launch template.
pub const TEMPLATE_HOP_LIMIT: Attribute = Attribute {
    terraform: "metadata_options.http_put_response_hop_limit",
    cloudformation: "LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit",
    default: Default::None,
};

/// The least version of the service that a notebook asks for.
pub const NOTEBOOK_VERSION: Attribute = Attribute {
    terraform: "instance_metadata_service_configuration.minimum_instance_metadata_service_version",
    cloudformation: "InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion",
    default: Default::Integer(1),
};

/// The instance profile, which gives a role.
pub const PROFILE: Attribute =
    Attribute { terraform: "iam_instance_profile", cloudformation: "IamInstanceProfile", default: Default::None };

/// The launch template that it is made from.
pub const USED_TEMPLATE: Attribute =
    Attribute { terraform: "launch_template", cloudformation: "LaunchTemplate", default: Default::None };

/// Whether it gets a public address; what the subnet says, where it is silent.
pub const PUBLIC_ADDRESS: Attribute =
    Attribute { terraform: "associate_public_ip_address", cloudformation: "", default: Default::None };

/// Its network interfaces, where they are written out.
pub const INTERFACES: Attribute =
    Attribute { terraform: "", cloudformation: "NetworkInterfaces", default: Default::None };

/// Within an interface: whether it gets a public address.
pub const INTERFACE_PUBLIC_ADDRESS: Attribute =
    Attribute { terraform: "", cloudformation: "AssociatePublicIpAddress", default: Default::None };

/// Within an interface: its security groups.
pub const INTERFACE_GROUPS: Attribute = Attribute { terraform: "", cloudformation: "GroupSet", default: Default::None };

/// Within an interface: its subnet.
pub const INTERFACE_SUBNET: Attribute = Attribute { terraform: "", cloudformation: "SubnetId", default: Default::None };

/// Its subnet.
pub const SUBNET: Attribute = Attribute { terraform: "subnet_id", cloudformation: "SubnetId", default: Default::None };

/// Its security groups.
pub const SECURITY_GROUPS: Attribute =
    Attribute { terraform: "vpc_security_group_ids", cloudformation: "SecurityGroupIds", default: Default::None };

/// Its security groups by name, or by their ids in networks of old.
pub const SECURITY_GROUP_NAMES: Attribute =
    Attribute { terraform: "security_groups", cloudformation: "SecurityGroups", default: Default::None };
