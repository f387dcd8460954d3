//! What runs code with a role: instances, functions, tasks, builds, jobs. Each kind with the role that it runs with.

use crate::model::{Attribute, Category, Default, Kind};

/// A kind of what runs with a role.
#[derive(Debug)]
pub struct Workload {
    /// The kind.
    pub kind: Kind,
    /// What it is called in the table of escalation paths, and for reading.
    pub name: &'static str,
    /// Where it names its role, or its instance profile.
    pub runs_as: RunsAs,
    /// The role or the profile.
    pub role: Attribute,
    /// The service of its ARN, and what follows the account in it; `{}` is the name, `*` what AWS makes up.
    pub arn: (&'static str, &'static str),
    /// What names it.
    pub named: Attribute,
}

/// How a workload names its role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunsAs {
    /// By the role's ARN or name.
    Role,
    /// By an instance profile, which has the role.
    Profile,
}

const fn kind(terraform: &'static [&'static str], cloudformation: &'static [&'static str]) -> Kind {
    Kind { category: Category::Managed, terraform, cloudformation }
}

const fn attribute(terraform: &'static str, cloudformation: &'static str) -> Attribute {
    Attribute { terraform, cloudformation, default: Default::None }
}

/// An instance profile.
pub const PROFILE: Kind = kind(&["aws_iam_instance_profile"], &["AWS::IAM::InstanceProfile"]);

/// The name of an instance profile.
pub const PROFILE_NAME: Attribute = attribute("name", "InstanceProfileName");

/// The role of an instance profile; CloudFormation takes a list of one.
pub const PROFILE_ROLE: Attribute = attribute("role", "Roles");

/// An instance.
pub const INSTANCE: Kind = kind(&["aws_instance"], &["AWS::EC2::Instance"]);
/// A template for instances.
pub const LAUNCH_TEMPLATE: Kind = kind(&["aws_launch_template"], &["AWS::EC2::LaunchTemplate"]);
/// What an Auto Scaling group starts, in the old way.
pub const LAUNCH_CONFIGURATION: Kind = kind(&["aws_launch_configuration"], &["AWS::AutoScaling::LaunchConfiguration"]);
/// A Lambda function.
pub const FUNCTION: Kind = kind(&["aws_lambda_function"], &["AWS::Lambda::Function"]);
/// What an ECS task is made from.
pub const TASK: Kind = kind(&["aws_ecs_task_definition"], &["AWS::ECS::TaskDefinition"]);
/// A notebook of `SageMaker`.
pub const NOTEBOOK: Kind = kind(&["aws_sagemaker_notebook_instance"], &["AWS::SageMaker::NotebookInstance"]);
/// A Glue job.
pub const GLUE_JOB: Kind = kind(&["aws_glue_job"], &["AWS::Glue::Job"]);
/// A Glue development endpoint.
pub const DEV_ENDPOINT: Kind = kind(&["aws_glue_dev_endpoint"], &["AWS::Glue::DevEndpoint"]);
/// A project of `CodeBuild`.
pub const PROJECT: Kind = kind(&["aws_codebuild_project"], &["AWS::CodeBuild::Project"]);
/// What a Batch job is made from.
pub const JOB_DEFINITION: Kind = kind(&["aws_batch_job_definition"], &["AWS::Batch::JobDefinition"]);
/// An App Runner service.
pub const APP_RUNNER: Kind = kind(&["aws_apprunner_service"], &["AWS::AppRunner::Service"]);
/// A Bedrock agent.
pub const AGENT: Kind = kind(&["aws_bedrockagent_agent"], &["AWS::Bedrock::Agent"]);
/// A code interpreter of Bedrock's `AgentCore`.
pub const CODE_INTERPRETER: Kind =
    kind(&["aws_bedrockagentcore_code_interpreter"], &["AWS::BedrockAgentCore::CodeInterpreterCustom"]);
/// A Step Functions state machine.
pub const STATE_MACHINE: Kind = kind(&["aws_sfn_state_machine"], &["AWS::StepFunctions::StateMachine"]);
/// A CloudFormation stack that Terraform makes.
pub const STACK: Kind = kind(&["aws_cloudformation_stack"], &[]);

/// All kinds of workloads. Source: AWS service authorization reference, "Resource types defined by …".
pub const ALL: &[Workload] = &[
    Workload {
        kind: INSTANCE,
        name: "instance",
        runs_as: RunsAs::Profile,
        role: attribute("iam_instance_profile", "IamInstanceProfile"),
        arn: ("ec2", "instance/*"),
        named: attribute("", ""),
    },
    Workload {
        kind: LAUNCH_TEMPLATE,
        name: "launch-template",
        runs_as: RunsAs::Profile,
        role: attribute("iam_instance_profile", "LaunchTemplateData.IamInstanceProfile"),
        arn: ("ec2", "launch-template/*"),
        named: attribute("", ""),
    },
    Workload {
        kind: LAUNCH_CONFIGURATION,
        name: "launch-configuration",
        runs_as: RunsAs::Profile,
        role: attribute("iam_instance_profile", "IamInstanceProfile"),
        arn: ("autoscaling", "launchConfiguration:*:launchConfigurationName/{}"),
        named: attribute("name", "LaunchConfigurationName"),
    },
    Workload {
        kind: FUNCTION,
        name: "function",
        runs_as: RunsAs::Role,
        role: attribute("role", "Role"),
        arn: ("lambda", "function:{}"),
        named: attribute("function_name", "FunctionName"),
    },
    Workload {
        kind: TASK,
        name: "task",
        runs_as: RunsAs::Role,
        role: attribute("task_role_arn", "TaskRoleArn"),
        arn: ("ecs", "task-definition/{}:*"),
        named: attribute("family", "Family"),
    },
    Workload {
        kind: NOTEBOOK,
        name: "notebook",
        runs_as: RunsAs::Role,
        role: attribute("role_arn", "RoleArn"),
        arn: ("sagemaker", "notebook-instance/{}"),
        named: attribute("name", "NotebookInstanceName"),
    },
    Workload {
        kind: GLUE_JOB,
        name: "glue-job",
        runs_as: RunsAs::Role,
        role: attribute("role_arn", "Role"),
        arn: ("glue", "job/{}"),
        named: attribute("name", "Name"),
    },
    Workload {
        kind: DEV_ENDPOINT,
        name: "dev-endpoint",
        runs_as: RunsAs::Role,
        role: attribute("role_arn", "RoleArn"),
        arn: ("glue", "devEndpoint/{}"),
        named: attribute("name", "EndpointName"),
    },
    Workload {
        kind: PROJECT,
        name: "project",
        runs_as: RunsAs::Role,
        role: attribute("service_role", "ServiceRole"),
        arn: ("codebuild", "project/{}"),
        named: attribute("name", "Name"),
    },
    Workload {
        kind: JOB_DEFINITION,
        name: "job-definition",
        runs_as: RunsAs::Role,
        role: attribute("container_properties.jobRoleArn", "ContainerProperties.JobRoleArn"),
        arn: ("batch", "job-definition/{}:*"),
        named: attribute("name", "JobDefinitionName"),
    },
    Workload {
        kind: APP_RUNNER,
        name: "app-runner-service",
        runs_as: RunsAs::Role,
        role: attribute("instance_configuration.instance_role_arn", "InstanceConfiguration.InstanceRoleArn"),
        arn: ("apprunner", "service/{}/*"),
        named: attribute("service_name", "ServiceName"),
    },
    Workload {
        kind: AGENT,
        name: "agent",
        runs_as: RunsAs::Role,
        role: attribute("agent_resource_role_arn", "AgentResourceRoleArn"),
        arn: ("bedrock", "agent/*"),
        named: attribute("", ""),
    },
    Workload {
        kind: CODE_INTERPRETER,
        name: "code-interpreter",
        runs_as: RunsAs::Role,
        role: attribute("execution_role_arn", "ExecutionRoleArn"),
        arn: ("bedrock-agentcore", "code-interpreter-custom/*"),
        named: attribute("", ""),
    },
    Workload {
        kind: STATE_MACHINE,
        name: "state-machine",
        runs_as: RunsAs::Role,
        role: attribute("role_arn", "RoleArn"),
        arn: ("states", "stateMachine:{}"),
        named: attribute("name", "StateMachineName"),
    },
    Workload {
        kind: STACK,
        name: "stack",
        runs_as: RunsAs::Role,
        role: attribute("iam_role_arn", ""),
        arn: ("cloudformation", "stack/{}/*"),
        named: attribute("name", ""),
    },
];

/// The role of an ECS task's agent, which fetches images and secrets.
pub const TASK_EXECUTION_ROLE: Attribute = attribute("execution_role_arn", "ExecutionRoleArn");

/// The role of an ECS task's containers.
pub const TASK_ROLE: Attribute = attribute("task_role_arn", "TaskRoleArn");
