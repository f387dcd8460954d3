//! Permissions on a resource that are given one at a time, in arguments instead of in a policy document.

use crate::model::{Attribute, Category, Default, Kind};

const fn kind(terraform: &'static [&'static str], cloudformation: &'static [&'static str]) -> Kind {
    Kind { category: Category::Managed, terraform, cloudformation }
}

const fn attribute(terraform: &'static str, cloudformation: &'static str) -> Attribute {
    Attribute { terraform, cloudformation, default: Default::None }
}

/// To call a Lambda function.
pub const FUNCTION: Kind = kind(&["aws_lambda_permission"], &["AWS::Lambda::Permission"]);

/// To use a layer of Lambda functions.
pub const LAYER: Kind = kind(&["aws_lambda_layer_version_permission"], &["AWS::Lambda::LayerVersionPermission"]);

/// The address under which a Lambda function is called without AWS's own protocol.
pub const FUNCTION_URL: Kind = kind(&["aws_lambda_function_url"], &["AWS::Lambda::Url"]);

/// To put events on a bus.
pub const EVENT_BUS: Kind = kind(&["aws_cloudwatch_event_permission"], &["AWS::Events::EventBusPolicy"]);

/// To use a KMS key (Terraform only).
pub const GRANT: Kind = kind(&["aws_kms_grant"], &[]);

/// Who: an account, an ARN, a service, or `*`.
pub const PRINCIPAL: Attribute = attribute("principal", "Principal");

/// What.
pub const ACTION: Attribute = attribute("action", "Action");

/// What, where nothing is said of an event bus.
pub const PUT_EVENTS: Attribute = Attribute { default: Default::Text("events:PutEvents"), ..ACTION };

/// The function that may be called.
pub const FUNCTION_NAME: Attribute = attribute("function_name", "FunctionName");

/// The function of a URL.
pub const URL_TARGET: Attribute = attribute("function_name", "TargetFunctionArn");

/// Of a function's caller: on behalf of which resource.
pub const SOURCE_ARN: Attribute = attribute("source_arn", "SourceArn");

/// Of a function's caller: on behalf of which account.
pub const SOURCE_ACCOUNT: Attribute = attribute("source_account", "SourceAccount");

/// The organization that the caller must be in.
pub const PRINCIPAL_ORGANIZATION: Attribute = attribute("principal_org_id", "PrincipalOrgID");

/// A secret that Alexa sends along.
pub const EVENT_SOURCE_TOKEN: Attribute = attribute("event_source_token", "EventSourceToken");

/// For calls by the function's URL only: how its callers must sign in, `AWS_IAM` or `NONE`.
pub const URL_AUTHORIZATION: Attribute = attribute("function_url_auth_type", "FunctionUrlAuthType");

/// For calls by the function's URL only.
pub const BY_URL: Attribute = attribute("invoked_via_function_url", "InvokedViaFunctionUrl");

/// How callers of a URL must sign in, `AWS_IAM` or `NONE`.
pub const AUTHORIZATION: Attribute = attribute("authorization_type", "AuthType");

/// The organization whose accounts may use a layer.
pub const LAYER_ORGANIZATION: Attribute = attribute("organization_id", "OrganizationId");

/// The condition of an event bus's permission: operator, key, value.
pub const CONDITION: [Attribute; 3] = [
    attribute("condition.type", "Condition.Type"),
    attribute("condition.key", "Condition.Key"),
    attribute("condition.value", "Condition.Value"),
];

/// An event bus's permission as a statement (CloudFormation only).
pub const STATEMENT: Attribute = attribute("", "Statement");

/// Who may use a key.
pub const GRANTEE: Attribute = attribute("grantee_principal", "");

/// The operations that a grant allows, by name (`Decrypt`).
pub const OPERATIONS: Attribute = attribute("operations", "");
