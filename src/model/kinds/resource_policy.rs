//! Policies on resources other than buckets and principals: who carries one, so that a document is judged for what it is.
//! Which types take a policy: AWS IAM User Guide, "AWS services that work with IAM"; the provider's documentation of
//! each type.

use crate::iam::validate::{PolicyType, Subject};
use crate::model::{Attribute, Category, Default, Kind, Resource};

const fn kind(terraform: &'static [&'static str], cloudformation: &'static [&'static str]) -> Kind {
    Kind { category: Category::Managed, terraform, cloudformation }
}

/// SQS queues.
pub const QUEUE: Kind = kind(&["aws_sqs_queue", "aws_sqs_queue_policy"], &["AWS::SQS::QueuePolicy"]);

/// SNS topics.
pub const TOPIC: Kind = kind(&["aws_sns_topic", "aws_sns_topic_policy"], &["AWS::SNS::TopicPolicy"]);

/// KMS keys.
pub const KEY: Kind = kind(
    &[
        "aws_kms_external_key",
        "aws_kms_key",
        "aws_kms_key_policy",
        "aws_kms_replica_external_key",
        "aws_kms_replica_key",
    ],
    &["AWS::KMS::Key", "AWS::KMS::ReplicaKey"],
);

/// Repositories of container images.
pub const REPOSITORY: Kind = kind(&["aws_ecr_repository_policy"], &["AWS::ECR::Repository"]);

/// Secrets.
pub const SECRET: Kind =
    kind(&["aws_secretsmanager_secret", "aws_secretsmanager_secret_policy"], &["AWS::SecretsManager::ResourcePolicy"]);

/// Network file systems.
pub const FILE_SYSTEM: Kind = kind(&["aws_efs_file_system_policy"], &["AWS::EFS::FileSystem"]);

/// Search domains.
pub const DOMAIN: Kind = kind(
    &[
        "aws_elasticsearch_domain",
        "aws_elasticsearch_domain_policy",
        "aws_opensearch_domain",
        "aws_opensearch_domain_policy",
    ],
    &["AWS::Elasticsearch::Domain", "AWS::OpenSearchService::Domain"],
);

/// Access points of buckets, and what is put before several of them.
pub const ACCESS_POINT: Kind = kind(
    &["aws_s3_access_point", "aws_s3control_access_point_policy", "aws_s3control_multi_region_access_point_policy"],
    &["AWS::S3::AccessPoint", "AWS::S3::MultiRegionAccessPointPolicy"],
);

/// REST APIs. Their policies limit whoever calls; without one, everyone may.
pub const API: Kind =
    kind(&["aws_api_gateway_rest_api", "aws_api_gateway_rest_api_policy"], &["AWS::ApiGateway::RestApi"]);

/// All the rest.
pub const OTHER: Kind = kind(
    &[
        "aws_acmpca_policy",
        "aws_backup_vault_policy",
        "aws_cloudwatch_event_bus_policy",
        "aws_cloudwatch_log_destination_policy",
        "aws_cloudwatch_log_resource_policy",
        "aws_codeartifact_domain_permissions_policy",
        "aws_codeartifact_repository_permissions_policy",
        "aws_dynamodb_resource_policy",
        "aws_ecr_registry_policy",
        "aws_glacier_vault",
        "aws_glue_resource_policy",
        "aws_kinesis_resource_policy",
        "aws_media_store_container_policy",
        "aws_msk_cluster_policy",
        "aws_networkfirewall_resource_policy",
        "aws_organizations_resource_policy",
        "aws_redshift_resource_policy",
        "aws_s3control_bucket_policy",
        "aws_s3control_object_lambda_access_point_policy",
        "aws_s3tables_table_bucket_policy",
        "aws_s3tables_table_policy",
        "aws_sagemaker_model_package_group_policy",
        "aws_schemas_registry_policy",
        "aws_ses_identity_policy",
        "aws_sesv2_email_identity_policy",
        "aws_vpclattice_auth_policy",
        "aws_vpclattice_resource_policy",
        "aws_xray_resource_policy",
    ],
    &[
        "AWS::Backup::BackupVault",
        "AWS::CloudTrail::ResourcePolicy",
        "AWS::CodeArtifact::Domain",
        "AWS::CodeArtifact::Repository",
        "AWS::DynamoDB::Table",
        "AWS::ECR::RegistryPolicy",
        "AWS::EventSchemas::RegistryPolicy",
        "AWS::Events::EventBus",
        "AWS::Kinesis::ResourcePolicy",
        "AWS::Logs::Destination",
        "AWS::Logs::ResourcePolicy",
        "AWS::MSK::ClusterPolicy",
        "AWS::MediaStore::Container",
        "AWS::Organizations::ResourcePolicy",
        "AWS::S3Express::BucketPolicy",
        "AWS::S3ObjectLambda::AccessPointPolicy",
        "AWS::S3Outposts::BucketPolicy",
        "AWS::S3Tables::TableBucketPolicy",
        "AWS::SSM::ResourcePolicy",
        "AWS::VpcLattice::AuthPolicy",
        "AWS::VpcLattice::ResourcePolicy",
        "AWS::XRay::ResourcePolicy",
    ],
);

/// What carries a policy that lets nobody in: it limits those who pass an endpoint, or a session.
pub const LIMIT: Kind = kind(
    &["aws_transfer_user", "aws_vpc_endpoint", "aws_vpc_endpoint_policy"],
    &["AWS::EC2::VPCEndpoint", "AWS::Transfer::User"],
);

/// Policies that devices carry.
pub const DEVICE: Kind = kind(&["aws_iot_policy"], &["AWS::IoT::Policy"]);

/// The kinds whose policies let somebody in, each with the prefix of the actions that it takes; none where the kinds are
/// of several services.
pub const LETTING_IN: [(&Kind, &str); 10] = [
    (&QUEUE, "sqs"),
    (&TOPIC, "sns"),
    (&KEY, "kms"),
    (&REPOSITORY, "ecr"),
    (&SECRET, "secretsmanager"),
    (&FILE_SYSTEM, "elasticfilesystem"),
    (&DOMAIN, "es"),
    (&ACCESS_POINT, "s3"),
    (&API, "execute-api"),
    (&OTHER, ""),
];

const fn document(terraform: &'static str, cloudformation: &'static str) -> Attribute {
    Attribute { terraform, cloudformation, default: Default::None }
}

/// The names under which the kinds carry it; of those that are there, the first.
pub const DOCUMENTS: &[Attribute] = &[
    document("details.policy", "ResourcePolicy.PolicyDocument"),
    document("policy", "PolicyDocument"),
    document("access_policy", "KeyPolicy"),
    document("access_policies", "ResourcePolicy"),
    document("resource_policy", "RepositoryPolicyText"),
    document("policy_document", "FileSystemPolicy"),
    document("policy_text", "AccessPolicy"),
    document("content", "AccessPolicies"),
    document("", "Policy"),
    document("", "PermissionsPolicyDocument"),
    document("", "DestinationPolicy"),
    document("", "PolicyText"),
    document("", "Content"),
];

/// Kinds whose policies must name resources. Others are about what carries them, or their guides do not tell.
const NAMING_RESOURCES: [&Kind; 5] = [&KEY, &QUEUE, &TOPIC, &SECRET, &ACCESS_POINT];

/// What the resource tells of the policy that it carries.
pub fn subject(resource: &Resource) -> Subject {
    let service = LETTING_IN.iter().find(|(kind, _)| kind.is(resource)).map(|(_, service)| *service);
    Subject {
        service: service.filter(|service| !service.is_empty()),
        needs_resource: NAMING_RESOURCES.iter().any(|kind| kind.is(resource)),
        ..Subject::of(PolicyType::Resource)
    }
}

/// Whether the policy limits what passes a VPC endpoint: it is written like one on a resource, with principals.
/// AWS PrivateLink Guide, "Control access to VPC endpoints using endpoint policies".
pub fn is_of_endpoint(resource: &Resource) -> bool {
    LIMIT.is(resource) && resource.kind.to_ascii_lowercase().contains("endpoint")
}
