//! Search domains.

use crate::model::{Attribute, Category, Default, Kind};

/// A domain.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_elasticsearch_domain", "aws_opensearch_domain"],
    cloudformation: &["AWS::Elasticsearch::Domain", "AWS::OpenSearchService::Domain"],
};

/// The name, also where a policy of its own names the domain.
pub const NAME: Attribute =
    Attribute { terraform: "domain_name", cloudformation: "DomainName", default: Default::None };

/// The network that the domain is in.
pub const VPC: Attribute = Attribute { terraform: "vpc_options", cloudformation: "VPCOptions", default: Default::None };

/// Whether the domain has users and rights of its own.
pub const OWN_USERS: Attribute = Attribute {
    terraform: "advanced_security_options.enabled",
    cloudformation: "AdvancedSecurityOptions.Enabled",
    default: Default::Bool(false),
};
