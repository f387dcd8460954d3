//! `AWS::Serverless::GraphQLApi`: the API, its schema and keys, its data sources with their roles.

use super::build::{Properties, items, known, list, object, tags, text};
use super::connector::End;
use super::function::trust_of;
use super::maker::Maker;
use crate::value::{Entry, Map, Value};

impl Maker<'_, '_> {
    pub(super) fn graphql_api(&mut self) {
        let id = self.id();
        let mut api = Properties::new();
        api.set("Name", self.property("Name").cloned().unwrap_or_else(|| text(id)));
        api.pass(
            &self.declared.properties,
            &[
                "Visibility",
                "OwnerContact",
                "XrayEnabled",
                "IntrospectionConfig",
                "QueryDepthLimit",
                "ResolverCountLimit",
            ],
        );
        let functions = self.authentication(&mut api);
        let own = tags(self.property("Tags"), &[]);
        let created = object([("Key", text("graphqlapi:createdBy")), ("Value", text("SAM"))]);
        api.set("Tags", list(items(&own).iter().cloned().chain([created])));
        self.logging(&mut api);
        self.add(id, "AWS::AppSync::GraphQLApi", api.finish());
        let api_id = self.attribute(id, "ApiId");
        let mut schema = Properties::new();
        schema.set("ApiId", api_id.clone()).set_if("Definition", self.property("SchemaInline").cloned());
        schema.set_if("DefinitionS3Location", self.property("SchemaUri").cloned());
        self.add(&format!("{id}Schema"), "AWS::AppSync::GraphQLSchema", schema.finish());
        for (index, function) in functions.into_iter().enumerate() {
            let source = End {
                kind: "AWS::AppSync::GraphQLApi".to_owned(),
                arn: Some(self.reference(id)),
                resource_id: Some(api_id.clone()),
                ..End::default()
            };
            let destination = End { kind: "AWS::Lambda::Function".to_owned(), arn: Some(function), ..End::default() };
            let connector = format!("{id}ToLambdaAuthConnector{}", index + 1);
            self.connect(&connector, "", &source, &destination, &["Write"]);
        }
        for entry in entries(self.property("ApiKeys")) {
            let Some(name) = entry.key.as_str() else { continue };
            let mut key = Properties::new();
            key.set("ApiId", api_id.clone()).pass(&entry.value, &["ApiKeyId", "Description"]);
            key.set_if("Expires", entry.value.get("ExpiresOn").cloned());
            self.add(&format!("{id}{name}"), "AWS::AppSync::ApiKey", key.finish());
        }
        let sources = self.property("DataSources");
        for entry in entries(sources.and_then(|sources| sources.get("DynamoDb"))) {
            self.table_source(entry, &api_id);
        }
        for entry in entries(sources.and_then(|sources| sources.get("Lambda"))) {
            self.function_source(entry, &api_id);
        }
    }

    /// Who may call the API; the functions that decide it.
    fn authentication(&self, api: &mut Properties) -> Vec<Value> {
        let Some(auth) = self.property("Auth") else { return Vec::new() };
        api.set_if("AuthenticationType", auth.get("Type").cloned());
        let mut functions = Vec::new();
        let mut configured = |auth: &Value, to: &mut Properties| {
            for (kind, given, name) in [
                ("AWS_LAMBDA", "LambdaAuthorizer", "LambdaAuthorizerConfig"),
                ("OPENID_CONNECT", "OpenIDConnect", "OpenIDConnectConfig"),
                ("AMAZON_COGNITO_USER_POOLS", "UserPool", "UserPoolConfig"),
            ] {
                let Some(config) = auth.get(given).filter(|_| known(auth, "Type") == Some(kind)) else { continue };
                to.set(name, config.clone());
                functions.extend(config.get("AuthorizerUri").filter(|_| kind == "AWS_LAMBDA").cloned());
            }
        };
        configured(auth, api);
        let additional: Vec<Value> = auth.get("Additional").map(items).unwrap_or_default().to_vec();
        if !additional.is_empty() {
            let providers: Vec<Value> = additional
                .iter()
                .map(|auth| {
                    let mut provider = Properties::new();
                    provider.set_if("AuthenticationType", auth.get("Type").cloned());
                    configured(auth, &mut provider);
                    provider.finish()
                })
                .collect();
            api.set("AdditionalAuthenticationProviders", list(providers));
        }
        functions
    }

    fn logging(&mut self, api: &mut Properties) {
        let logging = self.property("Logging").cloned();
        if logging.as_ref().and_then(Value::as_bool) == Some(false) {
            return;
        }
        let given = logging.filter(|logging| logging.as_map().is_some()).unwrap_or_else(|| Value::object(Vec::new()));
        let mut config = Properties::new();
        config.pass(&given, &["ExcludeVerboseContent"]);
        config.set("FieldLogLevel", given.get("FieldLogLevel").cloned().unwrap_or_else(|| text("ALL")));
        let role_id = format!("{}CloudWatchRole", self.id());
        let role = given.get("CloudWatchLogsRoleArn").filter(|role| !role.is_null()).cloned();
        if role.is_none() {
            let policy = self.managed_policy("service-role/AWSAppSyncPushToCloudWatchLogs");
            let role = object([
                ("AssumeRolePolicyDocument", trust_of("appsync.amazonaws.com")),
                ("ManagedPolicyArns", list([policy])),
            ]);
            self.add(&role_id, "AWS::IAM::Role", role);
        }
        config.set("CloudWatchLogsRoleArn", role.unwrap_or_else(|| self.attribute(&role_id, "Arn")));
        api.set("LogConfig", config.finish());
    }

    fn table_source(&mut self, entry: &Entry, api_id: &Value) {
        let Some(name) = entry.key.as_str() else { return };
        let source = &entry.value;
        let source_id = format!("{}{name}DynamoDBDataSource", self.id());
        let region = source.get("Region").cloned().unwrap_or_else(|| self.evaluator.pseudo_parameter("AWS::Region"));
        let mut config = Properties::new();
        config.set("AwsRegion", region.clone()).pass(source, &["TableName", "UseCallerCredentials", "Versioned"]);
        config.set_if("DeltaSyncConfig", source.get("DeltaSync").cloned());
        let arn = source.get("TableArn").cloned().unwrap_or_else(|| {
            let arn = "arn:${AWS::Partition}:dynamodb:${Region}:${AWS::AccountId}:table/${Table}";
            self.filled(arn, &mut |name| {
                if name == "Region" { Some(region.clone()) } else { source.get("TableName").cloned() }
            })
        });
        let permissions = source.get("Permissions").map(items).unwrap_or_default();
        let permissions: Vec<&str> = permissions.iter().filter_map(Value::as_str).collect();
        let permissions = if permissions.is_empty() { vec!["Read", "Write"] } else { permissions };
        let destination = End { kind: "AWS::DynamoDB::Table".to_owned(), arn: Some(arn), ..End::default() };
        let role = self.role_of_source(&source_id, "ToTableConnector", source, &destination, &permissions);
        let mut properties = Properties::new();
        properties.set("Type", text("AMAZON_DYNAMODB")).set("DynamoDBConfig", config.finish());
        self.data_source(&source_id, name, source, api_id, role, properties);
    }

    fn function_source(&mut self, entry: &Entry, api_id: &Value) {
        let Some(name) = entry.key.as_str() else { return };
        let source = &entry.value;
        let source_id = format!("{}{name}LambdaDataSource", self.id());
        let function = source.get("FunctionArn").cloned();
        let destination = End { kind: "AWS::Lambda::Function".to_owned(), arn: function.clone(), ..End::default() };
        let role = self.role_of_source(&source_id, "ToLambdaConnector", source, &destination, &["Write"]);
        let config = function.map(|arn| object([("LambdaFunctionArn", arn)]));
        let mut properties = Properties::new();
        properties.set("Type", text("AWS_LAMBDA")).set_if("LambdaConfig", config);
        self.data_source(&source_id, name, source, api_id, role, properties);
    }

    fn data_source(
        &mut self,
        id: &str,
        name: &str,
        of: &Value,
        api_id: &Value,
        role: Value,
        mut properties: Properties,
    ) {
        properties.set("Name", of.get("Name").cloned().unwrap_or_else(|| text(name)));
        properties.set("ApiId", api_id.clone()).set("ServiceRoleArn", role).pass(of, &["Description"]);
        self.add(id, "AWS::AppSync::DataSource", properties.finish());
    }

    /// The role of a data source: the one it is given, or one that may use its destination.
    fn role_of_source(
        &mut self,
        id: &str,
        connector: &str,
        of: &Value,
        destination: &End,
        permissions: &[&str],
    ) -> Value {
        if let Some(role) = of.get("ServiceRoleArn").filter(|role| !role.is_null()) {
            return role.clone();
        }
        let role_id = format!("{id}Role");
        let trust = object([("AssumeRolePolicyDocument", trust_of("appsync.amazonaws.com"))]);
        self.add(&role_id, "AWS::IAM::Role", trust);
        let source = End {
            kind: "AWS::AppSync::DataSource".to_owned(),
            arn: Some(self.attribute(id, "DataSourceArn")),
            role: Some(self.reference(&role_id)),
            ..End::default()
        };
        self.connect(&format!("{id}{connector}"), "", &source, destination, permissions);
        self.attribute(&role_id, "Arn")
    }
}

fn entries(map: Option<&Value>) -> &[Entry] {
    map.and_then(Value::as_map).map(Map::entries).unwrap_or_default()
}
