//! Tasks of ECS: containers that run together.

use crate::model::{Attribute, Category, Default, Kind};

/// What a task is.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_ecs_task_definition"],
    cloudformation: &["AWS::ECS::TaskDefinition"],
};

/// The role of the agent, which fetches images and secrets.
pub const EXECUTION_ROLE: Attribute =
    Attribute { terraform: "execution_role_arn", cloudformation: "ExecutionRoleArn", default: Default::None };

/// The role of the containers.
pub const TASK_ROLE: Attribute =
    Attribute { terraform: "task_role_arn", cloudformation: "TaskRoleArn", default: Default::None };
