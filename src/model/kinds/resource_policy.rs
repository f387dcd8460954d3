//! Documents on resources other than principals: who carries one, so that a document is judged for what it is.

use crate::iam::validate::{PolicyType, Subject};
use crate::model::{Attribute, Category, Default, Kind, Resource};

/// Kinds that carry a policy of their own: a resource policy, or, for endpoints, transfer users and devices, one
/// that limits a session.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &[
        "aws_acmpca_policy",
        "aws_api_gateway_rest_api",
        "aws_api_gateway_rest_api_policy",
        "aws_backup_vault_policy",
        "aws_cloudwatch_event_bus_policy",
        "aws_cloudwatch_log_destination_policy",
        "aws_cloudwatch_log_resource_policy",
        "aws_codeartifact_domain_permissions_policy",
        "aws_codeartifact_repository_permissions_policy",
        "aws_dynamodb_resource_policy",
        "aws_ecr_registry_policy",
        "aws_ecr_repository_policy",
        "aws_efs_file_system_policy",
        "aws_elasticsearch_domain",
        "aws_elasticsearch_domain_policy",
        "aws_glacier_vault",
        "aws_glue_resource_policy",
        "aws_iot_policy",
        "aws_kinesis_resource_policy",
        "aws_kms_external_key",
        "aws_kms_key",
        "aws_kms_key_policy",
        "aws_media_store_container_policy",
        "aws_msk_cluster_policy",
        "aws_networkfirewall_resource_policy",
        "aws_opensearch_domain",
        "aws_opensearch_domain_policy",
        "aws_opensearchserverless_access_policy",
        "aws_s3_access_point",
        "aws_s3control_access_point_policy",
        "aws_s3control_bucket_policy",
        "aws_schemas_registry_policy",
        "aws_secretsmanager_secret",
        "aws_secretsmanager_secret_policy",
        "aws_ses_identity_policy",
        "aws_sesv2_email_identity_policy",
        "aws_sns_topic",
        "aws_sns_topic_policy",
        "aws_sqs_queue",
        "aws_sqs_queue_policy",
        "aws_transfer_user",
        "aws_vpc_endpoint",
        "aws_vpc_endpoint_policy",
        "aws_vpclattice_auth_policy",
        "aws_vpclattice_resource_policy",
    ],
    cloudformation: &[
        "AWS::ApiGateway::RestApi",
        "AWS::Backup::BackupVault",
        "AWS::ECR::Repository",
        "AWS::EFS::FileSystem",
        "AWS::KMS::Key",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
        "AWS::SecretsManager::ResourcePolicy",
    ],
};

/// The names under which the kinds carry it.
pub const DOCUMENTS: &[Attribute] = &[
    Attribute { terraform: "policy", cloudformation: "PolicyDocument", default: Default::None },
    Attribute { terraform: "access_policy", cloudformation: "KeyPolicy", default: Default::None },
    Attribute { terraform: "access_policies", cloudformation: "ResourcePolicy", default: Default::None },
    Attribute { terraform: "resource_policy", cloudformation: "RepositoryPolicyText", default: Default::None },
    Attribute { terraform: "policy_document", cloudformation: "FileSystemPolicy", default: Default::None },
    Attribute { terraform: "policy_text", cloudformation: "AccessPolicy", default: Default::None },
];

/// Types whose policies are about actions of one service alone, and whether each statement must name resources. AWS IAM
/// User Guide, "AWS services that work with IAM", and the services' guides.
const OF_ONE_SERVICE: &[(&str, &str, bool)] = &[
    ("aws_kms_key", "kms", true),
    ("aws_kms_key_policy", "kms", true),
    ("aws_kms_external_key", "kms", true),
    ("AWS::KMS::Key", "kms", true),
    ("aws_sqs_queue", "sqs", true),
    ("aws_sqs_queue_policy", "sqs", true),
    ("AWS::SQS::QueuePolicy", "sqs", true),
    ("aws_sns_topic", "sns", true),
    ("aws_sns_topic_policy", "sns", true),
    ("AWS::SNS::TopicPolicy", "sns", true),
    ("aws_secretsmanager_secret", "secretsmanager", true),
    ("aws_secretsmanager_secret_policy", "secretsmanager", true),
    ("AWS::SecretsManager::ResourcePolicy", "secretsmanager", true),
    ("aws_s3_access_point", "s3", true),
    ("aws_s3control_access_point_policy", "s3", true),
    // A repository's policy is about that repository.
    ("aws_ecr_repository_policy", "ecr", false),
    ("AWS::ECR::Repository", "ecr", false),
];

/// Types that carry documents in another language, or with variables of their own: IoT policies are about devices,
/// OpenSearch Serverless has rules, Transfer Family replaces `${transfer:…}`.
const OTHER_LANGUAGES: &[&str] = &["aws_iot_policy", "aws_opensearchserverless_access_policy", "aws_transfer_user"];

/// What the resource tells of the policy that it carries; none where that is not in the language of IAM.
pub fn subject(resource: &Resource) -> Option<Subject> {
    if OTHER_LANGUAGES.contains(&&*resource.kind) {
        return None;
    }
    let plain = Subject::of(PolicyType::Resource);
    let known = OF_ONE_SERVICE.iter().find(|(kind, ..)| *kind == &*resource.kind);
    Some(known.map_or(plain, |(_, service, needs_resource)| Subject {
        service: Some(service),
        needs_resource: *needs_resource,
        ..plain
    }))
}
