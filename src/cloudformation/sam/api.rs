//! APIs: `AWS::Serverless::Api` and `AWS::Serverless::HttpApi`, those that events stand for, and who may call a function
//! through them. The definitions that SAM writes for their paths are not written here.

use super::build::{Properties, known, list, object, tags, text};
use super::event::Event;
use super::function::Target;
use super::maker::{Maker, hashed_id};
use crate::value::{Map, Symbol, Value, Why};

/// The two sorts of APIs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cloudformation) enum Call {
    Rest,
    Http,
}

/// Which method without a path or a path without a method the default route takes.
const DEFAULT_PATH: &str = "$default";

impl Call {
    /// The logical id of the API that SAM makes for events that name none.
    pub(in crate::cloudformation) fn implicit(self) -> &'static str {
        match self {
            Self::Rest => "ServerlessRestApi",
            Self::Http => "ServerlessHttpApi",
        }
    }

    fn property(self) -> &'static str {
        match self {
            Self::Rest => "RestApiId",
            Self::Http => "ApiId",
        }
    }
}

impl Maker<'_, '_> {
    /// Notes that an event needs the API that SAM makes.
    pub(super) fn note_api(&mut self, event: &Event) {
        let call = if event.kind == "HttpApi" { Call::Http } else { Call::Rest };
        if event.properties.get(call.property()).is_none() && !self.implicit.contains(&call) {
            self.implicit.push(call);
        }
    }

    /// The permission for an API to call the function.
    pub(super) fn call(&mut self, event: &Event, target: &Target, call: Call) {
        self.note_api(event);
        let given = event.properties.get(call.property()).cloned();
        let suffix = match (call, &given) {
            (Call::Http, _) => String::new(),
            (Call::Rest, None) => "Prod".to_owned(),
            (Call::Rest, Some(api)) => self.stage_suffix(api),
        };
        let api = given.unwrap_or_else(|| self.reference(call.implicit()));
        let part = |name: &str, default| match event.properties.get(name) {
            Some(value) => value.as_str().map(str::to_owned),
            None => Some(String::from(default)),
        };
        let arn = if let (Some(path), Some(method)) = (part("Path", DEFAULT_PATH), part("Method", "any")) {
            let route = route(call, &path, &method);
            let arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*${Route}";
            self.filled(arn, &mut |name| Some(if name == "Api" { api.clone() } else { text(&route) }))
        } else {
            let name = format!("{}{} route", self.evaluator.scope(), event.id);
            Value::unknown(Symbol::new(name), Why::Input("the path or method".into()))
        };
        self.permission(&event.id, &suffix, target, "apigateway.amazonaws.com", Some(("SourceArn", arn)));
    }

    /// What SAM puts behind the id of a permission for the API that a value names: the stage, where that is written.
    fn stage_suffix(&self, api: &Value) -> String {
        let sections = self.evaluator.sections;
        let tree = sections.tree;
        let id = api.as_unknown().and_then(|unknown| unknown.symbol.reference()).map(|reference| &*reference.address);
        let id = id.and_then(|id| id.strip_prefix(self.evaluator.scope())).or(api.as_str());
        let Some(&node) = id.and_then(|id| sections.resources.get(id)) else { return "AllStages".to_owned() };
        let stage = tree.get(node, "Properties").and_then(|properties| tree.get(properties, "StageName"));
        let written = stage.filter(|&stage| tree.node(stage).tag.is_none()).and_then(|stage| tree.scalar(stage));
        written.unwrap_or("Stage").to_owned()
    }

    pub(super) fn rest_api(&mut self) {
        let id = self.id();
        let mut api = Properties::new();
        api.pass(
            &self.declared.properties,
            &[
                "ApiKeySourceType",
                "Description",
                "EndpointAccessMode",
                "FailOnWarnings",
                "MinimumCompressionSize",
                "Mode",
                "Name",
                "Policy",
                "SecurityPolicy",
            ],
        );
        api.set_if("EndpointConfiguration", self.property("EndpointConfiguration").and_then(endpoint));
        self.definition(&mut api);
        self.add(id, "AWS::ApiGateway::RestApi", api.finish());
        let stage = self.property("StageName").cloned().unwrap_or_else(Value::null);
        self.rest_stage(&stage);
        self.authorizers(Call::Rest);
    }

    /// The deployment and the stage of an API.
    fn rest_stage(&mut self, stage_name: &Value) {
        let id = self.id();
        // The deployment's id goes on with a hash of the definition.
        let deployment = format!("{id}Deployment");
        self.add(&deployment, "AWS::ApiGateway::Deployment", object([("RestApiId", self.reference(id))]));
        let name = self.written_stage_name();
        let stage_id = stage_id(id, &name);
        let mut stage = Properties::new();
        stage.set("RestApiId", self.reference(id)).set("DeploymentId", self.reference(&deployment));
        stage.set("StageName", stage_name.clone());
        stage.pass(
            &self.declared.properties,
            &[
                "CacheClusterEnabled",
                "CacheClusterSize",
                "Variables",
                "MethodSettings",
                "AccessLogSetting",
                "CanarySetting",
                "TracingEnabled",
            ],
        );
        stage.set_if("Tags", self.property("Tags").map(|own| tags(Some(own), &[])));
        self.add(&stage_id, "AWS::ApiGateway::Stage", stage.finish());
    }

    /// The stage's name, where it is written and not computed.
    fn written_stage_name(&self) -> String {
        let tree = self.evaluator.sections.tree;
        let node = self.declared.node.and_then(|properties| tree.get(properties, "StageName"));
        let written = node.filter(|&node| tree.node(node).tag.is_none()).and_then(|node| tree.scalar(node));
        written.unwrap_or_default().to_owned()
    }

    pub(super) fn http_api(&mut self) {
        let id = self.id();
        let mut api = Properties::new();
        api.pass(&self.declared.properties, &["FailOnWarnings"]);
        self.definition(&mut api);
        self.add(id, "AWS::ApiGatewayV2::Api", api.finish());
        let named = self.property("StageName");
        let name = if named.is_some() { self.written_stage_name() } else { DEFAULT_PATH.to_owned() };
        let stage_id = if name == DEFAULT_PATH { format!("{id}ApiGatewayDefaultStage") } else { stage_id(id, &name) };
        let mut stage = Properties::new();
        stage.set("ApiId", self.reference(id)).set("StageName", named.cloned().unwrap_or_else(|| text(DEFAULT_PATH)));
        stage.set("AutoDeploy", Value::bool(true));
        stage.pass(
            &self.declared.properties,
            &["StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings"],
        );
        let created = (self.property("DefinitionUri").is_none())
            .then(|| crate::value::Entry::new("httpapi:createdBy", text("SAM")));
        let own = self.property("Tags").and_then(Value::as_map).map(Map::entries).unwrap_or_default();
        let tags: Vec<_> = own.iter().cloned().chain(created).collect();
        stage.set_if("Tags", (!tags.is_empty()).then(|| Value::object(tags)));
        self.add(&stage_id, "AWS::ApiGatewayV2::Stage", stage.finish());
        self.authorizers(Call::Http);
    }

    /// The definition of an API: what is uploaded is known, what SAM writes or changes is not.
    fn definition(&mut self, api: &mut Properties) {
        if let Some(uri) = self.property("DefinitionUri") {
            api.set("BodyS3Location", self.location(Some(uri), ["Bucket", "Key", "Version"]));
        } else {
            let name = format!("{}{} definition", self.evaluator.scope(), self.id());
            let why = Why::Unsupported("the definition that SAM writes for an API".into());
            api.set("Body", Value::unknown(Symbol::new(name), why));
        }
    }

    /// Permissions for the API to call the functions that know its users.
    fn authorizers(&mut self, call: Call) {
        let arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/authorizers/*";
        let id = self.id();
        let authorizers = self.property("Auth").and_then(|auth| auth.get("Authorizers")).and_then(Value::as_map);
        for entry in authorizers.map(Map::entries).unwrap_or_default() {
            let (Some(name), Some(function)) = (entry.key.as_str(), function_of(&entry.value)) else { continue };
            let says = |property| entry.value.get(property).and_then(Value::as_bool);
            let is_granted = says("DisableFunctionDefaultPermissions") != Some(true)
                && (call == Call::Rest || says("EnableFunctionDefaultPermissions") == Some(true));
            if !is_granted {
                continue;
            }
            let api = self.reference(id);
            let mut permission = Properties::new();
            permission.set("Action", text("lambda:InvokeFunction")).set("FunctionName", function.clone());
            permission.set("Principal", text("apigateway.amazonaws.com"));
            permission.set("SourceArn", self.filled(arn, &mut |_| Some(api.clone())));
            self.add(&format!("{id}{name}AuthorizerPermission"), "AWS::Lambda::Permission", permission.finish());
        }
    }

    /// The API that SAM makes for events that name none.
    pub(super) fn implicit_api(&mut self, call: Call) {
        match call {
            Call::Rest => {
                let mut api = Properties::new();
                api.pass(&self.declared.properties, &["Name", "MinimumCompressionSize"]);
                api.set_if("EndpointConfiguration", self.property("EndpointConfiguration").and_then(endpoint));
                self.definition(&mut api);
                self.add(self.id(), "AWS::ApiGateway::RestApi", api.finish());
                let id = self.id();
                let deployment = format!("{id}Deployment");
                self.add(&deployment, "AWS::ApiGateway::Deployment", object([("RestApiId", self.reference(id))]));
                let mut stage = Properties::new();
                stage.set("RestApiId", self.reference(id)).set("DeploymentId", self.reference(&deployment));
                stage.set("StageName", text("Prod"));
                stage.pass(
                    &self.declared.properties,
                    &[
                        "CacheClusterEnabled",
                        "CacheClusterSize",
                        "Variables",
                        "MethodSettings",
                        "AccessLogSetting",
                        "CanarySetting",
                        "TracingEnabled",
                    ],
                );
                self.add(&format!("{id}ProdStage"), "AWS::ApiGateway::Stage", stage.finish());
                self.authorizers(Call::Rest);
            }
            Call::Http => self.http_api(),
        }
    }
}

/// Whether another event of the function takes all that comes to the same API, so that this one needs no
/// permission of its own.
pub(super) fn is_covered_by_default(event: &Event, events: &[Event]) -> bool {
    let is_default =
        |event: &Event| event.properties.get("Path").is_none_or(|path| path.as_str() == Some(DEFAULT_PATH));
    let api = |event: &Event| event.properties.get("ApiId").cloned();
    let same = |other: &Event| other.kind == "HttpApi" && is_default(other) && api(other) == api(event);
    !is_default(event) && events.iter().any(same)
}

fn function_of(authorizer: &Value) -> Option<&Value> {
    authorizer.get("FunctionArn").filter(|function| !function.is_null())
}

/// The configuration of an endpoint as the API takes it.
fn endpoint(given: &Value) -> Option<Value> {
    if given.as_map().is_none() {
        return given.as_str().map(|kind| object([("Types", list([text(kind)]))]));
    }
    let mut endpoint = Properties::new();
    endpoint.set_if("Types", known(given, "Type").map(|kind| list([text(kind)])));
    endpoint.set_if("VpcEndpointIds", given.get("VPCEndpointIds").cloned());
    Some(endpoint.pass(given, &["IpAddressType"]).finish())
}

/// The logical id of an API's stage.
pub(super) fn stage_id(api: &str, name: &str) -> String {
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !name.is_empty() {
        format!("{api}{name}Stage")
    } else {
        hashed_id(&format!("{api}Stage"), name)
    }
}

/// The part of an ARN that stands for a route: the method and the path, each variable part a star.
fn route(call: Call, path: &str, method: &str) -> String {
    let is_any = method.eq_ignore_ascii_case("any") || method.eq_ignore_ascii_case("x-amazon-apigateway-any-method");
    let method = if is_any { "*".to_owned() } else { method.to_ascii_uppercase() };
    if call == Call::Http && path == DEFAULT_PATH {
        return format!("/{method}");
    }
    let path = match path.strip_suffix('/') {
        Some(shorter) if !shorter.is_empty() => shorter,
        _ => path,
    };
    if call == Call::Http && path == "/$default" && is_any {
        return path.to_owned();
    }
    let mut route = format!("/{method}");
    let mut rest = path;
    while let Some((before, (variable, after))) =
        rest.split_once('{').and_then(|(before, behind)| Some((before, behind.split_once('}')?)))
    {
        let name = match variable.strip_suffix('+') {
            Some(name) if call == Call::Rest || name == "proxy" => name,
            _ => variable,
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        route.push_str(before);
        if !name.is_empty() && name.bytes().all(is_name) {
            route.push('*');
        } else {
            route.push('{');
            route.push_str(variable);
            route.push('}');
        }
        rest = after;
    }
    route.push_str(rest);
    route
}
