//! `AWS::Serverless::Connector`, and the `Connectors` of a resource: the permission for one resource to use another.
//! AWS SAM developer guide: "AWS SAM connectors".

use std::sync::LazyLock;

use serde::Deserialize;

use super::build::{Properties, filled_json, items, known, list, object, text};
use super::maker::Maker;
use crate::value::{Value, Why};

#[derive(Deserialize)]
struct Connectors {
    connectors: serde_json::Map<String, serde_json::Value>,
}

/// What a connector grants.
#[derive(Deserialize)]
struct Profile {
    /// What it makes.
    kind: String,
    /// Which end's role or policy it is on.
    on: String,
    /// By the permission that is asked for.
    access: serde_json::Map<String, serde_json::Value>,
}

// The table comes with the program, and the tests read it: it is never left empty.
static CONNECTORS: LazyLock<Option<Connectors>> =
    LazyLock::new(|| serde_json::from_str(include_str!("connectors.json")).ok());

/// One end of a connector.
#[derive(Clone, Default)]
pub(super) struct End {
    pub(super) kind: String,
    pub(super) arn: Option<Value>,
    /// The name of its role.
    pub(super) role: Option<Value>,
    /// The address of a queue.
    pub(super) url: Option<Value>,
    pub(super) resource_id: Option<Value>,
    pub(super) name: Option<Value>,
    /// The part of an API.
    pub(super) qualifier: Option<Value>,
}

/// The plain types of SAM's own.
const PLAIN: [(&str, &str); 5] = [
    ("AWS::Serverless::Function", "AWS::Lambda::Function"),
    ("AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine"),
    ("AWS::Serverless::Api", "AWS::ApiGateway::RestApi"),
    ("AWS::Serverless::HttpApi", "AWS::ApiGatewayV2::Api"),
    ("AWS::Serverless::SimpleTable", "AWS::DynamoDB::Table"),
];

/// Types whose `Ref` is the ARN.
const REF_IS_ARN: [&str; 4] =
    ["AWS::StepFunctions::StateMachine", "AWS::SNS::Topic", "AWS::AppSync::GraphQLApi", "AWS::AppSync::DataSource"];

impl Maker<'_, '_> {
    /// A connector that is a resource.
    pub(super) fn connector(&mut self) {
        let Some(source) = self.property("Source").cloned() else { return };
        self.connect_all(self.id(), &source, &self.declared.properties);
    }

    /// A connector from a source to what its properties name.
    pub(in crate::cloudformation) fn connect_all(&mut self, id: &str, source: &Value, properties: &Value) {
        let Some(destinations) = properties.get("Destination") else { return };
        let several = destinations.as_list().is_some();
        let permissions = properties.get("Permissions").map(items).unwrap_or_default();
        let permissions: Vec<&str> = permissions.iter().filter_map(Value::as_str).collect();
        for (index, destination) in items(destinations).iter().enumerate() {
            let ends = (self.end(source, destination), self.end(destination, source));
            let suffix = if several { format!("Destination{index}") } else { String::new() };
            if let (Some(source), Some(destination)) = ends {
                self.connect(id, &suffix, &source, &destination, &permissions);
            }
        }
    }

    /// What a connector makes.
    pub(super) fn connect(&mut self, id: &str, suffix: &str, source: &End, destination: &End, permissions: &[&str]) {
        let profile = CONNECTORS.as_ref().and_then(|table| table.connectors.get(&source.kind)?.get(&destination.kind));
        let Some(profile) = profile.and_then(|profile| Profile::deserialize(profile).ok()) else { return };
        let holder = if profile.on == "source" { source } else { destination };
        let mut lookup = |name: &str| {
            let (end, part) = name.split_once('.')?;
            let end = if end == "Source" { source } else { destination };
            match part {
                "Arn" => end.arn.clone(),
                "ResourceId" => end.resource_id.clone(),
                "Name" => end.name.clone(),
                "Qualifier" => end.qualifier.clone(),
                _ => None,
            }
        };
        let granted: Vec<(String, Value)> = profile
            .access
            .iter()
            .filter(|(category, _)| permissions.contains(&category.as_str()))
            .map(|(category, access)| {
                let access = filled_json(access, &mut |text| self.filled(text, &mut lookup));
                (category.clone(), access)
            })
            .collect();
        if profile.kind == "AWS_LAMBDA_PERMISSION" {
            for (category, access) in granted {
                let mut permission = Properties::new();
                permission.pass(&access, &["Action", "Principal", "SourceArn", "SourceAccount"]);
                permission.set_if("FunctionName", holder.arn.clone());
                self.add(
                    &format!("{id}{category}LambdaPermission{suffix}"),
                    "AWS::Lambda::Permission",
                    permission.finish(),
                );
            }
            return;
        }
        let statements = list(granted.iter().flat_map(|(_, statements)| items(statements).iter().cloned()));
        let document = object([("Version", text("2012-10-17")), ("Statement", statements)]);
        let (kind, name, whom) = match profile.kind.as_str() {
            "AWS_SQS_QUEUE_POLICY" => ("AWS::SQS::QueuePolicy", "QueuePolicy", ("Queues", &holder.url)),
            "AWS_SNS_TOPIC_POLICY" => ("AWS::SNS::TopicPolicy", "TopicPolicy", ("Topics", &holder.arn)),
            _ => ("AWS::IAM::ManagedPolicy", "Policy", ("Roles", &holder.role)),
        };
        // On nobody, where SAM would refuse the template: the role is not in the code.
        let Some(holder) = whom.1.clone() else { return };
        let properties = object([("PolicyDocument", document), (whom.0, list([holder]))]);
        self.add(&format!("{id}{name}{suffix}"), kind, properties);
    }

    /// The end that a reference names by its id, or describes. `other` is the end that it is connected with.
    fn end(&mut self, reference: &Value, other: &Value) -> Option<End> {
        let plain = |kind: &str| PLAIN.iter().find(|(sam, _)| *sam == kind).map_or(kind, |(_, plain)| plain).to_owned();
        let qualifier = reference.get("Qualifier").cloned();
        let Some(id) = known(reference, "Id") else {
            let part = |name: &str| reference.get(name).cloned();
            return Some(End {
                kind: plain(known(reference, "Type")?),
                arn: part("Arn"),
                role: part("RoleName"),
                url: part("QueueUrl"),
                resource_id: part("ResourceId"),
                name: part("Name"),
                qualifier,
            });
        };
        let sections = self.evaluator.sections;
        let &node = sections.resources.get(id)?;
        let declared = sections.kind_of(node)?;
        let kind = plain(declared);
        let is_api = kind.starts_with("AWS::ApiGateway");
        let arn = if REF_IS_ARN.contains(&kind.as_str()) { "" } else { "Arn" };
        let resource_id = match kind.as_str() {
            "AWS::AppSync::GraphQLApi" => Some(self.attribute(id, "ApiId")),
            _ if is_api => Some(self.reference(id)),
            _ => None,
        };
        Some(End {
            arn: Some(self.attribute(id, arn)),
            role: self.role_of(id, declared, other),
            url: (kind == "AWS::SQS::Queue").then(|| self.reference(id)),
            resource_id,
            name: (kind == "AWS::StepFunctions::StateMachine").then(|| self.attribute(id, "Name")),
            qualifier: qualifier.or_else(|| is_api.then(|| text("*"))),
            kind,
        })
    }

    /// The name of the role that a resource of the template acts with.
    fn role_of(&mut self, id: &str, kind: &str, other: &Value) -> Option<Value> {
        let tree = self.evaluator.sections.tree;
        let &node = self.evaluator.sections.resources.get(id)?;
        let properties = tree.get(node, "Properties");
        let property = match kind {
            "AWS::Serverless::Function" | "AWS::Serverless::StateMachine" | "AWS::Lambda::Function" => "Role",
            "AWS::StepFunctions::StateMachine" => "RoleArn",
            "AWS::AppSync::DataSource" => "ServiceRoleArn",
            "AWS::Events::Rule" => "Targets",
            _ => return None,
        };
        let written = properties.and_then(|properties| tree.get(properties, property));
        let written = written.and_then(|node| self.evaluator.value(node));
        let role = match written {
            Some(targets) if property == "Targets" => {
                let other = known(other, "Id")?;
                let is_other = |target: &&Value| target.get("Arn").and_then(address_of).is_some_and(|id| id == other);
                items(&targets).iter().find(is_other)?.get("RoleArn").cloned()
            }
            Some(role) => Some(role),
            None if kind.starts_with("AWS::Serverless::") => Some(self.attribute(&format!("{id}Role"), "Arn")),
            None => None,
        };
        let role = role?;
        let unknown = role.as_unknown()?;
        let address = unknown.symbol.reference()?.address.clone();
        let symbol = crate::value::Symbol::of_resource(address.clone(), "");
        Some(Value { origin: role.origin, ..Value::unknown(symbol, Why::AfterDeployment((&*address).into())) })
    }
}

/// The address that a value refers to.
fn address_of(value: &Value) -> Option<&str> {
    value.as_unknown()?.symbol.reference().map(|reference| &*reference.address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_there() {
        let table = &CONNECTORS.as_ref().unwrap().connectors;
        for destinations in table.values() {
            for profile in destinations.as_object().unwrap().values() {
                assert!(!Profile::deserialize(profile).unwrap().access.is_empty());
            }
        }
        assert!(table["AWS::Lambda::Function"].get("AWS::DynamoDB::Table").is_some());
    }
}
