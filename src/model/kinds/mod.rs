//! The resource kinds that matter here, one file each: both spellings side by side, and AWS's defaults.

pub mod access_key;
pub mod account_settings;
pub mod alarm;
pub mod api;
pub mod bucket;
pub mod bucket_settings;
pub mod budget;
pub mod build;
pub mod detector;
pub mod endpoint;
pub mod event_data_store;
pub mod event_rule;
pub mod function;
pub mod group;
pub mod group_membership;
pub mod http_request;
pub mod identity_pool;
pub mod inline_policy;
pub mod instance;
pub mod key;
pub mod log_group;
pub mod login_profile;
pub mod managed_policy;
pub mod network;
pub mod oidc_provider;
pub mod organization;
pub mod organization_policy;
pub mod parameter;
pub mod password_policy;
pub mod permission;
pub mod permission_set;
pub mod policy_attachment;
pub mod policy_document;
pub mod provider;
pub mod queue;
pub mod recorder;
pub mod repository;
pub mod resource_policy;
pub mod role;
pub mod search_domain;
pub mod secret;
pub mod secret_place;
pub mod sharing;
pub mod topic;
pub mod trail;
pub mod user;
pub mod user_credential;
pub mod workload;

use rustc_hash::FxHashSet;

use super::kind::split_type;
use super::{Category, Kind};

/// Every kind that something here reads. What is not on this list is not evaluated by `check`.
pub const ALL: &[&Kind] = &[
    &access_key::KIND,
    &account_settings::ALTERNATE_CONTACT,
    &account_settings::ANALYZER,
    &account_settings::EBS_ENCRYPTION,
    &account_settings::SECURITY_HUB,
    &alarm::FILTER,
    &alarm::KIND,
    &bucket::ACCOUNT_PUBLIC_ACCESS_BLOCK,
    &bucket::ACCESS_POINT,
    &bucket::ACL,
    &bucket::BUCKET,
    &bucket::OBJECT,
    &bucket::OWNERSHIP,
    &bucket::POLICY,
    &bucket::PUBLIC_ACCESS_BLOCK,
    &build::PROJECT,
    &build::WEBHOOK,
    &bucket_settings::LIFECYCLE,
    &bucket_settings::VERSIONING,
    &detector::FEATURE,
    &detector::FILTER,
    &detector::KIND,
    &group::KIND,
    &group_membership::OF_GROUP,
    &group_membership::OF_USER,
    &identity_pool::KIND,
    &identity_pool::ROLES,
    &http_request::KIND,
    &inline_policy::OF_GROUP,
    &inline_policy::OF_ROLE,
    &inline_policy::OF_SEVERAL,
    &inline_policy::OF_USER,
    &instance::KIND,
    &instance::LAUNCH_CONFIGURATION,
    &instance::LAUNCH_TEMPLATE,
    &instance::METADATA_DEFAULTS,
    &instance::NOTEBOOK,
    &key::KIND,
    &log_group::KIND,
    &login_profile::KIND,
    &managed_policy::KIND,
    &managed_policy::LOOK_UP,
    &network::ADDRESS,
    &network::ADDRESS_ASSOCIATION,
    &network::DEFAULT_SECURITY_GROUP,
    &network::GROUP_RULE,
    &network::INGRESS_RULE,
    &network::SECURITY_GROUP,
    &network::SUBNET,
    &oidc_provider::KIND,
    &oidc_provider::LOOK_UP,
    &organization::KIND,
    &organization_policy::ATTACHMENT,
    &organization_policy::KIND,
    &parameter::KIND,
    &parameter::LOOK_UP,
    &password_policy::KIND,
    &permission::EVENT_BUS,
    &permission::FUNCTION,
    &permission::FUNCTION_URL,
    &permission::GRANT,
    &permission::LAYER,
    &permission_set::INLINE_POLICY,
    &permission_set::KIND,
    &permission_set::MANAGED_POLICY,
    &policy_attachment::EXCLUSIVE_OF_GROUP,
    &policy_attachment::EXCLUSIVE_OF_ROLE,
    &policy_attachment::EXCLUSIVE_OF_USER,
    &policy_attachment::TO_GROUP,
    &policy_attachment::TO_ROLE,
    &policy_attachment::TO_SEVERAL,
    &policy_attachment::TO_USER,
    &policy_document::KIND,
    &provider::AWS,
    &provider::CALLER,
    &provider::S3_BACKEND,
    &recorder::CHANNEL,
    &recorder::KIND,
    &recorder::STATUS,
    &resource_policy::ACCESS_POINT,
    &resource_policy::API,
    &resource_policy::DEVICE,
    &resource_policy::DOMAIN,
    &resource_policy::FILE_SYSTEM,
    &resource_policy::KEY,
    &resource_policy::LIMIT,
    &resource_policy::OTHER,
    &resource_policy::QUEUE,
    &resource_policy::REPOSITORY,
    &resource_policy::SECRET,
    &resource_policy::TOPIC,
    &role::KIND,
    &sharing::BUILD_PROJECT,
    &sharing::CLUSTER_BLOCK,
    &sharing::DATABASE_SNAPSHOT,
    &sharing::DOCUMENT,
    &sharing::ENDPOINT_PERMISSION,
    &sharing::ENDPOINT_SERVICE,
    &sharing::IMAGE_PERMISSION,
    &secret::KIND,
    &secret::VERSION,
    &secret::VERSION_LOOK_UP,
    &topic::KIND,
    &topic::SUBSCRIPTION,
    &trail::KIND,
    &user::KIND,
    &workload::AGENT,
    &workload::APP_RUNNER,
    &workload::CODE_INTERPRETER,
    &workload::DEV_ENDPOINT,
    &workload::FUNCTION,
    &workload::GLUE_JOB,
    &workload::INSTANCE,
    &workload::JOB_DEFINITION,
    &workload::LAUNCH_CONFIGURATION,
    &workload::LAUNCH_TEMPLATE,
    &workload::NOTEBOOK,
    &workload::PROFILE,
    &workload::PROJECT,
    &workload::STACK,
    &workload::STATE_MACHINE,
    &workload::TASK,
    &user_credential::MFA_DEVICE,
    &user_credential::SERVER_CERTIFICATE,
];

/// What only rules of the pedantic level read.
pub const OF_PEDANTIC: &[&Kind] = &[
    &api::GRAPHQL,
    &api::METHOD,
    &api::ROUTE,
    &bucket_settings::ENCRYPTION,
    &bucket_settings::LOGGING,
    &bucket_settings::WEBSITE,
    &budget::KIND,
    &detector::ORGANIZATION,
    &event_data_store::KIND,
    &function::KIND,
    &key::POLICY_RESOURCE,
    &network::DEFAULT_SUBNET,
    &network::DEFAULT_VPC,
    &network::FLOW_LOG,
    &network::VPC,
    &network::VPC_LOOK_UP,
    &organization::FEATURES,
    &queue::KIND,
    &recorder::AGGREGATOR,
    &recorder::RULE,
    &repository::KIND,
    &secret::ROTATION,
    &sharing::PORTFOLIO,
    &sharing::PUBLIC_SHARING,
    &sharing::SHARE,
    &user_credential::SERVICE_SPECIFIC,
];

/// What the comparison with the baseline reads besides.
pub const OF_BASELINE: &[&Kind] = &[
    &account_settings::ALTERNATE_CONTACT,
    &account_settings::EBS_ENCRYPTION,
    &bucket_settings::ENCRYPTION,
    &bucket_settings::LIFECYCLE,
    &bucket_settings::LOGGING,
    &bucket_settings::VERSIONING,
    &budget::KIND,
    &event_rule::KIND,
    &event_rule::TARGET,
    &key::ALIAS,
    &key::KIND,
    &log_group::KIND,
];

/// Which types of which category some kinds have.
#[derive(Debug)]
pub struct Wanted(FxHashSet<(Category, &'static str)>);

impl Wanted {
    /// The types of all kinds that rules of the default level read.
    pub fn new() -> Self {
        Self::of(ALL).and(secret_place::ALL.iter().map(|place| &place.kind))
    }

    /// What rules of the pedantic level read too.
    pub fn with_pedantic() -> Self {
        Self::new().and(OF_PEDANTIC.iter().copied())
    }

    /// What the comparison with the baseline reads too.
    pub fn with_baseline() -> Self {
        Self::of(ALL).and(OF_BASELINE.iter().copied())
    }

    fn and(self, kinds: impl Iterator<Item = &'static Kind>) -> Self {
        let kinds: Vec<_> = kinds.collect();
        let Self(more) = Self::of(&kinds);
        let Self(mut types) = self;
        types.extend(more);
        Self(types)
    }

    fn of(kinds: &[&'static Kind]) -> Self {
        let types = |kind: &&'static Kind| {
            let category = kind.category;
            let cloudformation = kind.cloudformation.iter().map(|name| split_type(name).0);
            kind.terraform.iter().copied().chain(cloudformation).map(move |name| (category, name))
        };
        Self(kinds.iter().flat_map(types).collect())
    }

    /// Whether some kind has this type.
    pub fn contains(&self, category: Category, name: &str) -> bool {
        self.0.contains(&(category, name))
    }
}

impl Default for Wanted {
    fn default() -> Self {
        Self::new()
    }
}
