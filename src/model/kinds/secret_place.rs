//! Where code can put a credential in clear text: properties that are one, and texts that may hold one.
//!
//! Source: the schemas of the AWS provider for Terraform (attributes marked sensitive) and of CloudFormation's resource
//! types (properties that are write-only or described as passwords).

use crate::model::{Attribute, Category, Default, Kind};

/// A property of a kind of resource.
#[derive(Debug)]
pub struct SecretPlace {
    /// The kind.
    pub kind: Kind,
    /// The property.
    pub attribute: Attribute,
    /// What it holds.
    pub holds: Holds,
}

/// What a property holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    /// A credential and nothing else.
    Credential,
    /// A script that an instance runs when it starts, plain or in base64.
    UserData,
    /// Names and values, at any depth, that a program is given.
    Environment,
    /// Names and values, or text, that a service is configured with.
    Configuration,
    /// Where a service gets code from.
    SourceUrl,
}

const fn place(
    terraform: &'static [&'static str],
    cloudformation: &'static [&'static str],
    [in_terraform, in_cloudformation]: [&'static str; 2],
    holds: Holds,
) -> SecretPlace {
    let kind = Kind { category: Category::Managed, terraform, cloudformation };
    let attribute = Attribute { terraform: in_terraform, cloudformation: in_cloudformation, default: Default::None };
    SecretPlace { kind, attribute, holds }
}

/// All such places.
pub static ALL: &[SecretPlace] = &[
    // Scripts at start-up.
    place(
        &["aws_instance", "aws_spot_instance_request"],
        &["AWS::EC2::Instance"],
        ["user_data", "UserData"],
        Holds::UserData,
    ),
    place(&["aws_instance", "aws_spot_instance_request"], &[], ["user_data_base64", ""], Holds::UserData),
    place(
        &["aws_launch_template"],
        &["AWS::EC2::LaunchTemplate"],
        ["user_data", "LaunchTemplateData.UserData"],
        Holds::UserData,
    ),
    place(
        &["aws_launch_configuration"],
        &["AWS::AutoScaling::LaunchConfiguration"],
        ["user_data", "UserData"],
        Holds::UserData,
    ),
    place(&["aws_launch_configuration"], &[], ["user_data_base64", ""], Holds::UserData),
    // What programs are given.
    place(
        &["aws_lambda_function"],
        &["AWS::Lambda::Function", "AWS::Serverless::Function"],
        ["environment.variables", "Environment.Variables"],
        Holds::Environment,
    ),
    place(
        &["aws_ecs_task_definition"],
        &["AWS::ECS::TaskDefinition"],
        ["container_definitions", "ContainerDefinitions"],
        Holds::Environment,
    ),
    place(
        &["aws_batch_job_definition"],
        &["AWS::Batch::JobDefinition"],
        ["container_properties", "ContainerProperties"],
        Holds::Environment,
    ),
    place(
        &["aws_apprunner_service"],
        &["AWS::AppRunner::Service"],
        ["source_configuration", "SourceConfiguration"],
        Holds::Environment,
    ),
    place(&["aws_codebuild_project"], &["AWS::CodeBuild::Project"], ["environment", "Environment"], Holds::Environment),
    // Where code comes from.
    place(
        &["aws_codebuild_project"],
        &["AWS::CodeBuild::Project"],
        ["source.location", "Source.Location"],
        Holds::SourceUrl,
    ),
    place(&["aws_amplify_app"], &["AWS::Amplify::App"], ["repository", "Repository"], Holds::SourceUrl),
    place(
        &["aws_sagemaker_code_repository"],
        &["AWS::SageMaker::CodeRepository"],
        ["git_config.repository_url", "GitConfig.RepositoryUrl"],
        Holds::SourceUrl,
    ),
    // What services are configured with.
    place(&[], &["AWS::Lambda::Function"], ["", "Code.ZipFile"], Holds::Configuration),
    place(&[], &["AWS::Serverless::Function"], ["", "InlineCode"], Holds::Configuration),
    place(&["aws_ssm_document"], &["AWS::SSM::Document"], ["content", "Content"], Holds::Configuration),
    place(
        &["aws_sfn_state_machine"],
        &["AWS::StepFunctions::StateMachine"],
        ["definition", "DefinitionString"],
        Holds::Configuration,
    ),
    place(&[], &["AWS::StepFunctions::StateMachine"], ["", "Definition"], Holds::Configuration),
    place(&["aws_glue_job"], &["AWS::Glue::Job"], ["default_arguments", "DefaultArguments"], Holds::Configuration),
    place(
        &["aws_glue_connection"],
        &["AWS::Glue::Connection"],
        ["connection_properties", "ConnectionInput.ConnectionProperties"],
        Holds::Configuration,
    ),
    place(&["aws_api_gateway_stage"], &["AWS::ApiGateway::Stage"], ["variables", "Variables"], Holds::Configuration),
    place(
        &["aws_apigatewayv2_stage"],
        &["AWS::ApiGatewayV2::Stage"],
        ["stage_variables", "StageVariables"],
        Holds::Configuration,
    ),
    place(
        &["aws_amplify_app"],
        &["AWS::Amplify::App"],
        ["environment_variables", "EnvironmentVariables"],
        Holds::Configuration,
    ),
    place(
        &["aws_sagemaker_notebook_instance_lifecycle_configuration"],
        &["AWS::SageMaker::NotebookInstanceLifecycleConfig"],
        ["on_start", "OnStart"],
        Holds::Configuration,
    ),
    place(
        &["aws_sagemaker_notebook_instance_lifecycle_configuration"],
        &["AWS::SageMaker::NotebookInstanceLifecycleConfig"],
        ["on_create", "OnCreate"],
        Holds::Configuration,
    ),
    place(
        &["aws_elastic_beanstalk_environment"],
        &["AWS::ElasticBeanstalk::Environment"],
        ["setting", "OptionSettings"],
        Holds::Configuration,
    ),
    place(
        &["aws_datapipeline_pipeline_definition"],
        &["AWS::DataPipeline::Pipeline"],
        ["pipeline_object", "PipelineObjects"],
        Holds::Configuration,
    ),
    // Credentials.
    place(&["aws_db_instance"], &["AWS::RDS::DBInstance"], ["password", "MasterUserPassword"], Holds::Credential),
    place(&["aws_rds_cluster"], &["AWS::RDS::DBCluster"], ["master_password", "MasterUserPassword"], Holds::Credential),
    place(
        &["aws_redshift_cluster"],
        &["AWS::Redshift::Cluster"],
        ["master_password", "MasterUserPassword"],
        Holds::Credential,
    ),
    place(
        &["aws_redshiftserverless_namespace"],
        &["AWS::RedshiftServerless::Namespace"],
        ["admin_user_password", "AdminUserPassword"],
        Holds::Credential,
    ),
    place(
        &["aws_docdb_cluster"],
        &["AWS::DocDB::DBCluster"],
        ["master_password", "MasterUserPassword"],
        Holds::Credential,
    ),
    place(&["aws_mq_broker"], &["AWS::AmazonMQ::Broker"], ["user.password", "Users.Password"], Holds::Credential),
    place(
        &["aws_directory_service_directory"],
        &["AWS::DirectoryService::SimpleAD", "AWS::DirectoryService::MicrosoftAD"],
        ["password", "Password"],
        Holds::Credential,
    ),
    place(&["aws_dms_endpoint"], &["AWS::DMS::Endpoint"], ["password", "Password"], Holds::Credential),
    place(&[], &["AWS::DMS::Endpoint"], ["", "MongoDbSettings.Password"], Holds::Credential),
    place(
        &["aws_elasticache_replication_group"],
        &["AWS::ElastiCache::ReplicationGroup"],
        ["auth_token", "AuthToken"],
        Holds::Credential,
    ),
    place(&["aws_elasticache_user"], &["AWS::ElastiCache::User"], ["passwords", "Passwords"], Holds::Credential),
    place(
        &["aws_kinesis_firehose_delivery_stream"],
        &["AWS::KinesisFirehose::DeliveryStream"],
        ["redshift_configuration.password", "RedshiftDestinationConfiguration.Password"],
        Holds::Credential,
    ),
    place(
        &["aws_kinesis_firehose_delivery_stream"],
        &["AWS::KinesisFirehose::DeliveryStream"],
        ["splunk_configuration.hec_token", "SplunkDestinationConfiguration.HECToken"],
        Holds::Credential,
    ),
    place(
        &["aws_datasync_location_object_storage"],
        &["AWS::DataSync::LocationObjectStorage"],
        ["secret_key", "SecretKey"],
        Holds::Credential,
    ),
    place(&["aws_datasync_location_smb"], &["AWS::DataSync::LocationSMB"], ["password", "Password"], Holds::Credential),
    place(&["aws_amplify_app"], &["AWS::Amplify::App"], ["access_token", "AccessToken"], Holds::Credential),
    place(&["aws_amplify_app"], &["AWS::Amplify::App"], ["oauth_token", "OauthToken"], Holds::Credential),
    place(
        &["aws_amplify_app"],
        &["AWS::Amplify::App"],
        ["basic_auth_credentials", "BasicAuthConfig.Password"],
        Holds::Credential,
    ),
    place(
        &["aws_amplify_branch"],
        &["AWS::Amplify::Branch"],
        ["basic_auth_credentials", "BasicAuthConfig.Password"],
        Holds::Credential,
    ),
    place(
        &["aws_codepipeline_webhook"],
        &["AWS::CodePipeline::Webhook"],
        ["authentication_configuration.secret_token", "AuthenticationConfiguration.SecretToken"],
        Holds::Credential,
    ),
    place(
        &["aws_opensearch_domain", "aws_elasticsearch_domain"],
        &["AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain"],
        [
            "advanced_security_options.master_user_options.master_user_password",
            "AdvancedSecurityOptions.MasterUserOptions.MasterUserPassword",
        ],
        Holds::Credential,
    ),
    place(
        &["aws_emr_cluster"],
        &["AWS::EMR::Cluster"],
        ["kerberos_attributes.kdc_admin_password", "KerberosAttributes.KdcAdminPassword"],
        Holds::Credential,
    ),
    place(
        &["aws_emr_cluster"],
        &["AWS::EMR::Cluster"],
        ["kerberos_attributes.ad_domain_join_password", "KerberosAttributes.ADDomainJoinPassword"],
        Holds::Credential,
    ),
    place(
        &["aws_emr_cluster"],
        &["AWS::EMR::Cluster"],
        [
            "kerberos_attributes.cross_realm_trust_principal_password",
            "KerberosAttributes.CrossRealmTrustPrincipalPassword",
        ],
        Holds::Credential,
    ),
    place(
        &["aws_fsx_windows_file_system"],
        &["AWS::FSx::FileSystem"],
        [
            "self_managed_active_directory.password",
            "WindowsConfiguration.SelfManagedActiveDirectoryConfiguration.Password",
        ],
        Holds::Credential,
    ),
    place(
        &["aws_iam_server_certificate"],
        &["AWS::IAM::ServerCertificate"],
        ["private_key", "PrivateKey"],
        Holds::Credential,
    ),
    place(&["aws_acm_certificate"], &[], ["private_key", ""], Holds::Credential),
    place(
        &["aws_cognito_identity_provider"],
        &["AWS::Cognito::UserPoolIdentityProvider"],
        ["provider_details.client_secret", "ProviderDetails.client_secret"],
        Holds::Credential,
    ),
    place(
        &["aws_lightsail_database"],
        &["AWS::Lightsail::Database"],
        ["master_password", "MasterUserPassword"],
        Holds::Credential,
    ),
    place(
        &["aws_memorydb_user"],
        &["AWS::MemoryDB::User"],
        ["authentication_mode.passwords", "AuthenticationMode.Passwords"],
        Holds::Credential,
    ),
    place(
        &["aws_pinpoint_apns_channel"],
        &["AWS::Pinpoint::APNSChannel"],
        ["private_key", "PrivateKey"],
        Holds::Credential,
    ),
    place(
        &["aws_pinpoint_apns_channel"],
        &["AWS::Pinpoint::APNSChannel"],
        ["token_key", "TokenKey"],
        Holds::Credential,
    ),
    place(
        &["aws_pinpoint_apns_sandbox_channel"],
        &["AWS::Pinpoint::APNSSandboxChannel"],
        ["private_key", "PrivateKey"],
        Holds::Credential,
    ),
    place(
        &["aws_pinpoint_apns_sandbox_channel"],
        &["AWS::Pinpoint::APNSSandboxChannel"],
        ["token_key", "TokenKey"],
        Holds::Credential,
    ),
    place(
        &["aws_pinpoint_apns_voip_channel"],
        &["AWS::Pinpoint::APNSVoipChannel"],
        ["private_key", "PrivateKey"],
        Holds::Credential,
    ),
    place(
        &["aws_pinpoint_apns_voip_channel"],
        &["AWS::Pinpoint::APNSVoipChannel"],
        ["token_key", "TokenKey"],
        Holds::Credential,
    ),
    place(
        &["aws_pinpoint_apns_voip_sandbox_channel"],
        &["AWS::Pinpoint::APNSVoipSandboxChannel"],
        ["private_key", "PrivateKey"],
        Holds::Credential,
    ),
    place(
        &["aws_pinpoint_apns_voip_sandbox_channel"],
        &["AWS::Pinpoint::APNSVoipSandboxChannel"],
        ["token_key", "TokenKey"],
        Holds::Credential,
    ),
    place(
        &["aws_appstream_directory_config"],
        &["AWS::AppStream::DirectoryConfig"],
        ["service_account_credentials.account_password", "ServiceAccountCredentials.AccountPassword"],
        Holds::Credential,
    ),
    place(
        &["aws_opsworks_stack"],
        &["AWS::OpsWorks::Stack"],
        ["custom_cookbooks_source.password", "CustomCookbooksSource.Password"],
        Holds::Credential,
    ),
    place(
        &["aws_opsworks_stack"],
        &["AWS::OpsWorks::Stack"],
        ["custom_cookbooks_source.ssh_key", "CustomCookbooksSource.SshKey"],
        Holds::Credential,
    ),
    place(&[], &["AWS::OpsWorks::Stack"], ["", "RdsDbInstances.DbPassword"], Holds::Credential),
    place(
        &["aws_opsworks_application"],
        &["AWS::OpsWorks::App"],
        ["app_source.password", "AppSource.Password"],
        Holds::Credential,
    ),
    place(
        &["aws_opsworks_application"],
        &["AWS::OpsWorks::App"],
        ["app_source.ssh_key", "AppSource.SshKey"],
        Holds::Credential,
    ),
    place(
        &["aws_opsworks_application"],
        &["AWS::OpsWorks::App"],
        ["ssl_configuration.private_key", "SslConfiguration.PrivateKey"],
        Holds::Credential,
    ),
    place(
        &[],
        &["AWS::ManagedBlockchain::Member"],
        ["", "MemberConfiguration.MemberFrameworkConfiguration.MemberFabricConfiguration.AdminPassword"],
        Holds::Credential,
    ),
    place(&[], &["Alexa::ASK::Skill"], ["", "AuthenticationConfiguration.ClientSecret"], Holds::Credential),
    place(&[], &["Alexa::ASK::Skill"], ["", "AuthenticationConfiguration.RefreshToken"], Holds::Credential),
    place(&[], &["AWS::Lambda::Permission"], ["", "EventSourceToken"], Holds::Credential),
];
