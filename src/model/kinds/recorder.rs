//! AWS Config: what is recorded and where it goes.

use crate::model::{Attribute, Category, Default, Kind};

/// A recorder.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_config_configuration_recorder"],
    cloudformation: &["AWS::Config::ConfigurationRecorder"],
};

/// Whether it runs (Terraform only).
pub const STATUS: Kind =
    Kind { category: Category::Managed, terraform: &["aws_config_configuration_recorder_status"], cloudformation: &[] };

/// Where it delivers.
pub const CHANNEL: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_config_delivery_channel"],
    cloudformation: &["AWS::Config::DeliveryChannel"],
};

/// Who collects from several accounts or regions.
pub const AGGREGATOR: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_config_configuration_aggregator"],
    cloudformation: &["AWS::Config::ConfigurationAggregator"],
};

/// A rule.
pub const RULE: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_config_config_rule", "aws_config_organization_managed_rule"],
    cloudformation: &["AWS::Config::ConfigRule", "AWS::Config::OrganizationConfigRule"],
};

/// Whether it runs, on the status.
pub const IS_ENABLED: Attribute = Attribute { terraform: "is_enabled", cloudformation: "", default: Default::None };

/// The name.
pub const NAME: Attribute = Attribute { terraform: "name", cloudformation: "Name", default: Default::Text("default") };

/// The recorder of a status.
pub const STATUS_OF: Attribute = Attribute { terraform: "name", cloudformation: "", default: Default::None };

/// The role that it uses.
pub const ROLE: Attribute = Attribute { terraform: "role_arn", cloudformation: "RoleARN", default: Default::None };

/// Whether it records all kinds of resources.
pub const ALL_SUPPORTED: Attribute = Attribute {
    terraform: "recording_group.all_supported",
    cloudformation: "RecordingGroup.AllSupported",
    default: Default::Bool(true),
};

/// Whether it records those of IAM among them.
pub const GLOBAL_TYPES: Attribute = Attribute {
    terraform: "recording_group.include_global_resource_types",
    cloudformation: "RecordingGroup.IncludeGlobalResourceTypes",
    default: Default::Bool(false),
};

/// Which kinds it records instead.
pub const TYPES: Attribute = Attribute {
    terraform: "recording_group.resource_types",
    cloudformation: "RecordingGroup.ResourceTypes",
    default: Default::None,
};

/// Which kinds it leaves out.
pub const EXCLUDED_TYPES: Attribute = Attribute {
    terraform: "recording_group.exclusion_by_resource_types.resource_types",
    cloudformation: "RecordingGroup.ExclusionByResourceTypes.ResourceTypes",
    default: Default::None,
};

/// How it chooses kinds.
pub const STRATEGY: Attribute = Attribute {
    terraform: "recording_group.recording_strategy.use_only",
    cloudformation: "RecordingGroup.RecordingStrategy.UseOnly",
    default: Default::None,
};

/// Whether an aggregator of an organization collects from all regions.
pub const OF_ORGANIZATION_ALL_REGIONS: Attribute = Attribute {
    terraform: "organization_aggregation_source.all_regions",
    cloudformation: "OrganizationAggregationSource.AllAwsRegions",
    default: Default::None,
};

/// Whether an aggregator of accounts collects from all regions.
pub const OF_ACCOUNTS_ALL_REGIONS: Attribute = Attribute {
    terraform: "account_aggregation_source.all_regions",
    cloudformation: "AccountAggregationSources.AllAwsRegions",
    default: Default::None,
};

/// The organization that it collects from.
pub const OF_ORGANIZATION: Attribute = Attribute {
    terraform: "organization_aggregation_source",
    cloudformation: "OrganizationAggregationSource",
    default: Default::None,
};

/// The accounts that it collects from.
pub const OF_ACCOUNTS: Attribute = Attribute {
    terraform: "account_aggregation_source",
    cloudformation: "AccountAggregationSources",
    default: Default::None,
};

/// Which managed rule it is.
pub const RULE_SOURCE: Attribute = Attribute {
    terraform: "source.source_identifier",
    cloudformation: "Source.SourceIdentifier",
    default: Default::None,
};
