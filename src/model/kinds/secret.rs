//! Secrets of Secrets Manager, what they hold and how they change.

use crate::model::{Attribute, Category, Default, Kind};

/// A secret.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_secretsmanager_secret"],
    cloudformation: &["AWS::SecretsManager::Secret"],
};

/// What a secret holds, as a resource of its own.
pub const VERSION: Kind =
    Kind { category: Category::Managed, terraform: &["aws_secretsmanager_secret_version"], cloudformation: &[] };

/// What a secret holds, looked up.
pub const VERSION_LOOK_UP: Kind =
    Kind { category: Category::Data, terraform: &["aws_secretsmanager_secret_version"], cloudformation: &[] };

/// How a secret changes by itself.
pub const ROTATION: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_secretsmanager_secret_rotation"],
    cloudformation: &["AWS::SecretsManager::RotationSchedule"],
};

/// The text that a secret holds.
pub const TEXT: Attribute =
    Attribute { terraform: "secret_string", cloudformation: "SecretString", default: Default::None };

/// The key that encrypts it. `aws/secretsmanager` when nothing is said. Source: AWS Secrets Manager User Guide,
/// "Secret encryption and decryption in AWS Secrets Manager".
pub const KMS_KEY: Attribute = Attribute {
    terraform: "kms_key_id",
    cloudformation: "KmsKeyId",
    default: Default::Text("alias/aws/secretsmanager"),
};

/// The secret that a version, a policy or a rotation belongs to.
pub const SECRET: Attribute = Attribute { terraform: "secret_id", cloudformation: "SecretId", default: Default::None };

/// The name.
pub const NAME: Attribute = Attribute { terraform: "name", cloudformation: "Name", default: Default::None };

/// After how many days a secret changes.
pub const ROTATION_DAYS: Attribute = Attribute {
    terraform: "rotation_rules.automatically_after_days",
    cloudformation: "RotationRules.AutomaticallyAfterDays",
    default: Default::None,
};

/// When a secret changes, as an expression: `rate(10 days)`.
pub const ROTATION_SCHEDULE: Attribute = Attribute {
    terraform: "rotation_rules.schedule_expression",
    cloudformation: "RotationRules.ScheduleExpression",
    default: Default::None,
};
