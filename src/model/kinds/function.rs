//! Lambda functions.

use crate::model::{Attribute, Category, Default, Kind};

/// A function.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_lambda_function"],
    cloudformation: &["AWS::Lambda::Function", "AWS::Serverless::Function"],
};

/// What it is given by name.
pub const ENVIRONMENT: Attribute =
    Attribute { terraform: "environment.variables", cloudformation: "Environment.Variables", default: Default::None };

/// The key that encrypts that. An AWS-managed one when nothing is said. Source: AWS Lambda Developer Guide, "Securing Lambda environment variables".
pub const KMS_KEY: Attribute =
    Attribute { terraform: "kms_key_arn", cloudformation: "KmsKeyArn", default: Default::None };
