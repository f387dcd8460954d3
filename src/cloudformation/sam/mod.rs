//! AWS SAM: resources of its own types as the plain resources that they stand for, so that nothing else knows of
//! them. What SAM's transform names by a hash of the code (versions, layers, deployments) is named without the hash.
//!
//! Source: AWS SAM developer guide, "AWS SAM resources and properties" and "Generated CloudFormation resources".

mod api;
mod build;
mod connector;
mod event;
mod function;
mod graphql;
mod maker;
mod policies;
mod simple;
mod state_machine;

pub(super) use api::Call;
pub(super) use maker::{Declared, Maker};

use super::evaluate::Evaluator;
use super::sections::Sections;
use crate::model::Resource;
use crate::value::{Entry, Kind, List, Map, MapKind, Value};

/// What the types of SAM's own start with.
pub(super) const PREFIX: &str = "AWS::Serverless::";

/// SAM's types, each with what it stands for.
const TYPES: [(&str, &[&str]); 9] = [
    (
        "Function",
        &[
            "AWS::Events::Rule",
            "AWS::IAM::Role",
            "AWS::IoT::TopicRule",
            "AWS::Lambda::Alias",
            "AWS::Lambda::EventInvokeConfig",
            "AWS::Lambda::EventSourceMapping",
            "AWS::Lambda::Function",
            "AWS::Lambda::Permission",
            "AWS::Lambda::Url",
            "AWS::Lambda::Version",
            "AWS::Logs::SubscriptionFilter",
            "AWS::SNS::Subscription",
            "AWS::SNS::Topic",
            "AWS::SQS::Queue",
            "AWS::SQS::QueuePolicy",
            "AWS::Scheduler::Schedule",
        ],
    ),
    (
        "StateMachine",
        &[
            "AWS::Events::Rule",
            "AWS::IAM::Role",
            "AWS::SQS::Queue",
            "AWS::SQS::QueuePolicy",
            "AWS::Scheduler::Schedule",
            "AWS::StepFunctions::StateMachine",
            "AWS::StepFunctions::StateMachineAlias",
            "AWS::StepFunctions::StateMachineVersion",
        ],
    ),
    (
        "Api",
        &[
            "AWS::ApiGateway::Deployment",
            "AWS::ApiGateway::RestApi",
            "AWS::ApiGateway::Stage",
            "AWS::Lambda::Permission",
        ],
    ),
    ("HttpApi", &["AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage", "AWS::Lambda::Permission"]),
    ("SimpleTable", &["AWS::DynamoDB::Table"]),
    ("LayerVersion", &["AWS::Lambda::LayerVersion"]),
    ("Application", &["AWS::CloudFormation::Stack"]),
    (
        "Connector",
        &["AWS::IAM::ManagedPolicy", "AWS::Lambda::Permission", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"],
    ),
    (
        "GraphQLApi",
        &[
            "AWS::AppSync::ApiKey",
            "AWS::AppSync::DataSource",
            "AWS::AppSync::GraphQLApi",
            "AWS::AppSync::GraphQLSchema",
            "AWS::IAM::ManagedPolicy",
            "AWS::IAM::Role",
            "AWS::Lambda::Permission",
        ],
    ),
];

/// What a type of SAM's own stands for; `None` for a type that is not known here.
pub(super) fn stands_for(kind: &str) -> Option<&'static [&'static str]> {
    let name = kind.strip_prefix(PREFIX)?;
    TYPES.iter().find(|(known, _)| *known == name).map(|(_, types)| *types)
}

/// Whether a name that no resource has is that of one which SAM makes: a resource's name, and more.
pub(super) fn is_made(sections: &Sections<'_>, name: &str) -> bool {
    name.starts_with(Call::Rest.implicit())
        || name.starts_with(Call::Http.implicit())
        || sections.resources.iter().any(|(id, node)| {
            name.starts_with(id) && sections.kind_of(*node).is_some_and(|kind| kind.starts_with(PREFIX))
        })
}

/// The logical id of what a resource makes that `Resource.Part` refers to. AWS SAM developer guide: "Referencing
/// generated CloudFormation resources".
pub(super) fn referred(evaluator: &mut Evaluator<'_>, path: &str) -> Option<String> {
    let (id, part) = path.split_once('.')?;
    let sections = evaluator.sections;
    let &node = sections.resources.get(id)?;
    let kind = sections.kind_of(node)?.strip_prefix(PREFIX)?;
    let property = |name| sections.tree.get(sections.tree.get(node, "Properties")?, name);
    match (kind, part) {
        ("Function", "Version") => Some(format!("{id}Version")),
        ("Function", "Alias") => {
            let alias = property("AutoPublishAlias").and_then(|alias| evaluator.value(alias))?;
            Some(function::alias_id(id, &alias))
        }
        ("Function", "DestinationTopic") => Some(format!("{id}EventInvokeConfigOnSuccessTopic")),
        ("Function", "DestinationQueue") => Some(format!("{id}EventInvokeConfigOnSuccessQueue")),
        ("Api" | "HttpApi", "Stage") => {
            let stage = property("StageName").filter(|&stage| sections.tree.node(stage).tag.is_none());
            let written = stage.and_then(|stage| sections.tree.scalar(stage));
            Some(api::stage_id(id, written.unwrap_or_default()))
        }
        ("Api" | "HttpApi", "Deployment") => Some(format!("{id}Deployment")),
        _ => None,
    }
}

impl Maker<'_, '_> {
    /// What a resource of a type stands for, and the APIs that its events need.
    pub(super) fn expand(mut self, kind: &str) -> (Vec<Resource>, Vec<Call>) {
        match kind.strip_prefix(PREFIX).unwrap_or_default() {
            "Function" => self.function(),
            "StateMachine" => self.state_machine(),
            "Api" => self.rest_api(),
            "HttpApi" => self.http_api(),
            "SimpleTable" => self.simple_table(),
            "LayerVersion" => self.layer(),
            "Application" => self.application(),
            "Connector" => self.connector(),
            "GraphQLApi" => self.graphql_api(),
            _ => {}
        }
        (self.made, self.implicit)
    }

    /// The API that events need which name none.
    pub(super) fn expand_implicit(mut self, call: Call) -> Vec<Resource> {
        self.implicit_api(call);
        self.made
    }

    /// What a connector of a resource, which is its source, makes.
    pub(super) fn expand_connector(mut self, source: &Value) -> Vec<Resource> {
        self.connect_all(self.id(), source, &self.declared.properties);
        self.made
    }
}

/// What `Globals` add to a resource's properties: maps are merged, lists put one after the other, other things
/// replaced. AWS SAM developer guide: "Globals section of the AWS SAM template".
pub(super) fn merge(globals: &Value, own: &Value) -> Value {
    match (&globals.kind, &own.kind) {
        (Kind::Map(globals), Kind::Map(entries)) => {
            // The names of the globals come first, which shows in lists of tags.
            let mut merged: Vec<Entry> = Vec::with_capacity(globals.len() + entries.len());
            for global in globals.entries() {
                let own = global.key.as_str().and_then(|name| entries.entry(name));
                merged.push(own.map_or_else(
                    || global.clone(),
                    |own| Entry { value: merge(&global.value, &own.value), ..own.clone() },
                ));
            }
            let is_global = |entry: &Entry| entry.key.as_str().is_some_and(|name| globals.contains_key(name));
            merged.extend(entries.entries().iter().filter(|entry| !is_global(entry)).cloned());
            Value::new(Kind::Map(Map::new(MapKind::Object, merged)), own.origin)
        }
        (Kind::List(globals), Kind::List(own_items)) => {
            let items = globals.iter().chain(own_items.iter()).cloned().collect();
            Value::new(Kind::List(List::new(own_items.kind, items)), own.origin)
        }
        _ => own.clone(),
    }
}
