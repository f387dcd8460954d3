//! Permissions that are given in arguments, as the statements that AWS makes of them.
//!
//! Source: AWS Lambda API Reference, "AddPermission" and "AddLayerVersionPermission"; Amazon EventBridge API Reference,
//! "PutPermission"; AWS KMS Developer Guide, "Grants in AWS KMS".

use crate::value::{Entry, Kind as ValueKind, Text, Value};

use super::kinds::permission;
use super::{Attribute, Resource};

/// The statement that a resource adds to the policy of another one, if it is such a permission.
pub(super) fn statement(resource: &Resource) -> Option<Value> {
    if permission::FUNCTION.is(resource) {
        Some(of_function(resource))
    } else if permission::LAYER.is(resource) {
        let organization = ("StringEquals", "aws:PrincipalOrgID", &permission::LAYER_ORGANIZATION);
        Some(simple(resource, &permission::ACTION, &[organization]))
    } else if permission::FUNCTION_URL.is(resource) {
        of_url(resource)
    } else if permission::EVENT_BUS.is(resource) {
        Some(of_event_bus(resource))
    } else if permission::GRANT.is(resource) {
        Some(of_grant(resource))
    } else {
        None
    }
}

fn of_function(resource: &Resource) -> Value {
    let conditions = [
        ("ArnLike", "AWS:SourceArn", &permission::SOURCE_ARN),
        ("StringEquals", "AWS:SourceAccount", &permission::SOURCE_ACCOUNT),
        ("StringEquals", "aws:PrincipalOrgID", &permission::PRINCIPAL_ORGANIZATION),
        ("StringEquals", "lambda:EventSourceToken", &permission::EVENT_SOURCE_TOKEN),
        ("StringEquals", "lambda:FunctionUrlAuthType", &permission::URL_AUTHORIZATION),
        ("Bool", "lambda:InvokedViaFunctionUrl", &permission::BY_URL),
    ];
    simple(resource, &permission::ACTION, &conditions)
}

/// The provider for Terraform lets everyone call a URL that asks for no signature; CloudFormation leaves that to a
/// permission. Source: the provider's documentation of `aws_lambda_function_url`.
fn of_url(resource: &Resource) -> Option<Value> {
    let authorization = resource.explicit(&permission::AUTHORIZATION)?;
    let open = authorization.as_str().ok().flatten().is_some_and(|kind| kind == "NONE");
    if !open || !resource.framework().is_terraform() {
        return None;
    }
    let entries = vec![
        Entry::new("Effect", Value::text("Allow")),
        Entry::new("Principal", Value::text("*").at(authorization.span)),
        Entry::new("Action", Value::text("lambda:InvokeFunctionUrl")),
        Entry::new("Resource", Value::text("*")),
    ];
    Some(Value::object(entries).at(authorization.span))
}

fn of_event_bus(resource: &Resource) -> Value {
    if let Some(statement) = resource.explicit(&permission::STATEMENT) {
        return statement.value;
    }
    let mut entries = base(resource, &permission::PUT_EVENTS, &permission::PRINCIPAL);
    let [operator, key, value] = permission::CONDITION.map(|attribute| resource.explicit(&attribute));
    if let (Some(operator), Some(key), Some(value)) = (operator, key, value) {
        let texts = (operator.value.to_text(), key.value.to_text());
        entries.push(Entry::new(
            "Condition",
            match texts {
                (Some(operator), Some(key)) => condition(operator, key, value.value),
                _ => operator.value,
            },
        ));
    }
    Value::object(entries).at(resource.span)
}

fn of_grant(resource: &Resource) -> Value {
    let mut entries = base(resource, &permission::OPERATIONS, &permission::GRANTEE);
    if let Some(action) = entries.iter_mut().find(|entry| entry.key.as_str() == Some("Action")) {
        action.value = with_prefix("kms:", &action.value);
    }
    Value::object(entries).at(resource.span)
}

/// A statement whose parts stand in arguments of the same meaning, with a condition for each of those that is given.
fn simple(resource: &Resource, action: &Attribute, conditions: &[(&'static str, &'static str, &Attribute)]) -> Value {
    let mut entries = base(resource, action, &permission::PRINCIPAL);
    let given: Vec<Entry> = conditions
        .iter()
        .filter_map(|(operator, key, attribute)| {
            let setting = resource.explicit(attribute)?;
            let keys = Value::object(vec![Entry::new(*key, setting.value)]).at(setting.span);
            Some(Entry::new(*operator, keys))
        })
        .collect();
    if !given.is_empty() {
        entries.push(Entry::new("Condition", joined(given)));
    }
    Value::object(entries).at(resource.span)
}

/// Effect, principal, action and resource.
fn base(resource: &Resource, action: &Attribute, who: &Attribute) -> Vec<Entry> {
    let principal = resource.setting(who).value;
    vec![
        Entry::new("Effect", Value::text("Allow")),
        Entry::new("Principal", principal_element(&principal)),
        Entry::new("Action", resource.setting(action).value),
        Entry::new("Resource", Value::text("*")),
    ]
}

/// A principal that is given as plain text, under the name that a policy would give it.
fn principal_element(value: &Value) -> Value {
    let Some(text) = value.to_text() else { return value.clone() };
    if text.as_str() == Some("*") {
        return value.clone();
    }
    let expanded = text.expanded();
    let content = expanded.literal_content();
    // A service's domain may be of the partition that the code is deployed to.
    let is_service = !content.starts_with("arn:") && content.contains('.') && !content.contains('/');
    let name = if is_service { "Service" } else { "AWS" };
    Value::object(vec![Entry::new(name, value.clone())]).or_at(value.origin)
}

/// The conditions with those of one operator under one name.
fn joined(conditions: Vec<Entry>) -> Value {
    let mut operators: Vec<(Text, Vec<Entry>)> = Vec::new();
    for condition in conditions {
        let ValueKind::Map(keys) = &condition.value.kind else { continue };
        let keys = keys.entries().iter().cloned();
        match operators.iter_mut().find(|(operator, _)| *operator == condition.key) {
            Some((_, present)) => present.extend(keys),
            None => operators.push((condition.key.clone(), keys.collect())),
        }
    }
    Value::object(operators.into_iter().map(|(operator, keys)| Entry::new(operator, Value::object(keys))).collect())
}

fn condition(operator: Text, key: Text, value: Value) -> Value {
    let keys = Value::object(vec![Entry::new(key, value)]);
    Value::object(vec![Entry::new(operator, keys)])
}

/// Each text of a value with a prefix.
fn with_prefix(prefix: &str, value: &Value) -> Value {
    match &value.kind {
        ValueKind::List(list) => {
            Value::tuple(list.iter().map(|item| with_prefix(prefix, item)).collect()).or_at(value.origin)
        }
        ValueKind::Text(text) => Value::text(Text::from(prefix).concat(text)).or_at(value.origin),
        _ => value.clone(),
    }
}
