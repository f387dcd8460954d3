//! `AWS::Serverless::Function`: the function with its role, alias, address and what calls it.

use super::build::{Properties, is_given, known, list, object, tags, text};
use super::maker::Maker;
use super::policies::{RolePolicies, policy};
use crate::model::Existence;
use crate::value::{Symbol, Value, Why};

/// Properties that are the function's own.
const PASSED: &[&str] = &[
    "Architectures",
    "CodeSigningConfigArn",
    "DurableConfig",
    "Environment",
    "EphemeralStorage",
    "FileSystemConfigs",
    "FunctionName",
    "FunctionScalingConfig",
    "Handler",
    "ImageConfig",
    "KmsKeyArn",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "PackageType",
    "PublishToLatestPublished",
    "RecursiveLoop",
    "ReservedConcurrentExecutions",
    "Runtime",
    "RuntimeManagementConfig",
    "SnapStart",
    "TenancyConfig",
    "Timeout",
    "VpcConfig",
];

/// What events call: the function, or the alias that is published.
pub(super) struct Target {
    /// Its name, or the alias' ARN.
    pub(super) name: Value,
    pub(super) arn: Value,
}

impl Maker<'_, '_> {
    pub(super) fn function(&mut self) {
        let id = self.id();
        let alias = self.property("AutoPublishAlias").cloned();
        let (role, role_exists) = self.role_or_own("Role", &format!("{id}Role"));
        self.function_itself(&role);
        let mut target = Target { name: self.reference(id), arn: self.attribute(id, "Arn") };
        if let Some(alias) = &alias {
            let arn = self.alias(alias);
            target = Target { name: arn.clone(), arn };
        }
        self.address(&target);
        let mut policies = self.policies_of_function();
        self.invocations(alias.as_ref(), &mut policies);
        self.policies_of_property(&format!("{id}Role"), &mut policies);
        self.events_of_function(&target, &mut policies);
        if let Some(existence) = role_exists {
            let trust = self.property("AssumeRolePolicyDocument").cloned();
            let trust = trust.unwrap_or_else(|| trust_of("lambda.amazonaws.com"));
            self.role(&format!("{id}Role"), trust, policies, "lambda:createdBy", existence);
        }
    }

    fn function_itself(&mut self, role: &Value) {
        let mut properties = Properties::new();
        properties.pass(&self.declared.properties, PASSED).set("Role", role.clone()).set("Code", self.code());
        let description = self.property("Description").cloned();
        match self.property("AutoPublishCodeSha256").filter(|_| self.property("AutoPublishAlias").is_some()) {
            Some(hash) if description.is_some() => {
                let described = self.filled("${Description} ${Hash}", &mut |name| {
                    if name == "Hash" { Some(hash.clone()) } else { description.clone() }
                });
                properties.set("Description", described);
            }
            hash => {
                properties.set_if("Description", hash.cloned().or(description));
            }
        }
        properties.set_if("TracingConfig", self.tracing().map(|mode| object([("Mode", mode)])));
        let queue = self.property("DeadLetterQueue").and_then(|queue| queue.get("TargetArn"));
        properties.set_if("DeadLetterConfig", queue.map(|arn| object([("TargetArn", arn.clone())])));
        if let Some(provider) = self.property("CapacityProviderConfig") {
            let mut inner = Properties::new();
            inner.set_if("CapacityProviderArn", provider.get("Arn").cloned());
            inner.pass(provider, &["PerExecutionEnvironmentMaxConcurrency", "ExecutionEnvironmentMemoryGiBPerVCpu"]);
            let config = object([("LambdaManagedInstancesCapacityProviderConfig", inner.finish())]);
            properties.set("CapacityProviderConfig", config);
        }
        properties.set("Tags", self.tags_of("lambda:createdBy"));
        self.add(self.id(), "AWS::Lambda::Function", properties.finish());
    }

    /// The tracing mode, where there is tracing.
    fn tracing(&self) -> Option<Value> {
        self.property("Tracing").filter(|mode| mode.as_str() != Some("Disabled")).cloned()
    }

    fn code(&mut self) -> Value {
        let mut code = if let Some(code) = self.property("InlineCode") {
            object([("ZipFile", code.clone())])
        } else if let Some(image) = self.property("ImageUri") {
            object([("ImageUri", image.clone())])
        } else {
            let uri = self.property("CodeUri").cloned();
            self.location(uri.as_ref(), ["S3Bucket", "S3Key", "S3ObjectVersion"])
        };
        if let (Some(key), Value { kind: crate::value::Kind::Map(map), origin }) =
            (self.property("SourceKMSKeyArn"), &code)
        {
            let entry = crate::value::Entry::new("SourceKMSKeyArn", key.clone());
            let entries = map.entries().iter().cloned().chain([entry]).collect();
            code = Value { origin: *origin, ..Value::object(entries) };
        }
        code
    }

    /// An object of S3, under these names for bucket, key and version. What is uploaded when packaging is unknown.
    pub(super) fn location(&self, uri: Option<&Value>, names: [&str; 3]) -> Value {
        let [bucket, key, version] = names;
        if let Some(object) = uri.filter(|uri| uri.as_map().is_some()) {
            let mut properties = Properties::new();
            properties.set_if(bucket, object.get("Bucket").cloned()).set_if(key, object.get("Key").cloned());
            return properties.set_if(version, object.get("Version").cloned()).finish();
        }
        let known = uri.and_then(Value::as_str).and_then(|uri| uri.strip_prefix("s3://")?.split_once('/'));
        if let Some((known_bucket, rest)) = known {
            let (known_key, known_version) = match rest.split_once("?versionId=") {
                Some((key, version)) => (key, Some(text(version))),
                None => (rest, None),
            };
            let mut properties = Properties::new();
            properties.set(bucket, text(known_bucket)).set(key, text(known_key));
            return properties.set_if(version, known_version).finish();
        }
        let name = format!("{}{} packaged", self.evaluator.scope(), self.id());
        Value::unknown(Symbol::new(name), Why::Runtime("where the package is uploaded to".into()))
    }

    /// The version and the alias that are published; the alias' ARN.
    fn alias(&mut self, name: &Value) -> Value {
        let id = self.id();
        // The version's id goes on with a hash of the code.
        let version = format!("{id}Version");
        let mut properties = Properties::new();
        properties.set("FunctionName", self.reference(id));
        properties.set_if("Description", self.property("VersionDescription").cloned());
        self.add(&version, "AWS::Lambda::Version", properties.finish());
        let alias = alias_id(id, name);
        properties.set("Name", name.clone()).set("FunctionName", self.reference(id));
        properties.set("FunctionVersion", self.attribute(&version, "Version"));
        properties.pass(&self.declared.properties, &["ProvisionedConcurrencyConfig"]);
        self.add(&alias, "AWS::Lambda::Alias", properties.finish());
        self.reference(&alias)
    }

    /// The function's address, and who may use it where nobody is asked who they are.
    fn address(&mut self, target: &Target) {
        let id = self.id();
        let Some(config) = self.property("FunctionUrlConfig") else { return };
        let mut properties = Properties::new();
        properties.pass(config, &["AuthType", "Cors", "InvokeMode"]).set("TargetFunctionArn", target.name.clone());
        self.add(&format!("{id}Url"), "AWS::Lambda::Url", properties.finish());
        let auth = config.get("AuthType");
        let may_be_none = auth.is_some_and(|auth| auth.alternatives().iter().any(|auth| auth.as_str() == Some("NONE")));
        if !may_be_none {
            return;
        }
        let place = auth.and_then(|auth| auth.origin);
        let public = Value { origin: place, ..text("*") };
        properties.set("Action", text("lambda:InvokeFunctionUrl")).set("FunctionName", target.name.clone());
        properties.set("Principal", public.clone()).set("FunctionUrlAuthType", text("NONE"));
        self.add(&format!("{id}UrlPublicPermissions"), "AWS::Lambda::Permission", properties.finish());
        properties.set("Action", text("lambda:InvokeFunction")).set("FunctionName", target.name.clone());
        properties.set("Principal", public).set("InvokedViaFunctionUrl", Value::bool(true));
        self.add(&format!("{id}URLInvokeAllowPublicAccess"), "AWS::Lambda::Permission", properties.finish());
    }

    /// The policies that the function's other properties need.
    fn policies_of_function(&mut self) -> RolePolicies {
        let mut policies = RolePolicies::default();
        let basic = if is_given(self.property("DurableConfig")) {
            "service-role/AWSLambdaBasicDurableExecutionRolePolicy"
        } else {
            "service-role/AWSLambdaBasicExecutionRole"
        };
        policies.attach(self.managed_policy(basic));
        if self.tracing().is_some() {
            policies.attach(self.tracing_policy());
        }
        if is_given(self.property("VpcConfig")) {
            policies.attach(self.managed_policy("service-role/AWSLambdaVPCAccessExecutionRole"));
        }
        if let Some(queue) = self.property("DeadLetterQueue")
            && let Some(target) = queue.get("TargetArn")
        {
            let action = if known(queue, "Type") == Some("SNS") { "sns:Publish" } else { "sqs:SendMessage" };
            let statement = allow(text(action), target.clone());
            let document = object([("Version", text("2012-10-17")), ("Statement", list([statement]))]);
            policies.inline.push(policy("DeadLetterQueuePolicy", document));
        }
        policies
    }

    /// Where the results of asynchronous calls go, and what the role needs for it.
    fn invocations(&mut self, alias: Option<&Value>, policies: &mut RolePolicies) {
        let id = self.id();
        let Some(config) = self.property("EventInvokeConfig") else { return };
        let config_id = format!("{id}EventInvokeConfig");
        let mut destinations = Properties::new();
        for when in ["OnSuccess", "OnFailure"] {
            let Some(destination) = config.get("DestinationConfig").and_then(|config| config.get(when)) else {
                continue;
            };
            let kind = known(destination, "Type").unwrap_or_default();
            let base = format!("{config_id}{when}");
            let arn = match (destination.get("Destination").filter(|value| !value.is_null()), kind) {
                (Some(arn), _) => arn.clone(),
                (None, "SQS") => {
                    self.add(&format!("{base}Queue"), "AWS::SQS::Queue", Value::object(Vec::new()));
                    self.attribute(&format!("{base}Queue"), "Arn")
                }
                (None, "SNS") => {
                    self.add(&format!("{base}Topic"), "AWS::SNS::Topic", Value::object(Vec::new()));
                    self.reference(&format!("{base}Topic"))
                }
                (None, _) => continue,
            };
            if let Some(policy) = self.policy_to_send(kind, &arn, &base) {
                policies.inline.push(policy);
            }
            destinations.set(when, object([("Destination", arn)]));
        }
        let mut properties = Properties::new();
        properties.set("FunctionName", self.reference(id));
        properties.set("Qualifier", alias.cloned().unwrap_or_else(|| text("$LATEST")));
        properties.set("DestinationConfig", destinations.finish());
        properties.pass(config, &["MaximumEventAgeInSeconds", "MaximumRetryAttempts"]);
        self.add(&config_id, "AWS::Lambda::EventInvokeConfig", properties.finish());
    }

    /// The policy to send to a destination of a kind.
    pub(super) fn policy_to_send(&mut self, kind: &str, arn: &Value, base: &str) -> Option<Value> {
        let (suffix, statements) = match kind {
            "SQS" => ("SQSPolicy", vec![allow(text("sqs:SendMessage"), arn.clone())]),
            "SNS" => ("SNSPolicy", vec![allow(text("sns:publish"), arn.clone())]),
            "EventBridge" => ("EventBridgePolicy", vec![allow(text("events:PutEvents"), arn.clone())]),
            "Lambda" => ("LambdaPolicy", vec![allow(text("lambda:InvokeFunction"), arn.clone())]),
            "S3" | "S3Bucket" => {
                let objects = self.filled("${Arn}/*", &mut |_| Some(arn.clone()));
                let statements = vec![allow(text("s3:PutObject"), objects), allow(text("s3:ListBucket"), arn.clone())];
                ("S3Policy", statements)
            }
            _ => return None,
        };
        Some(policy(&format!("{base}{suffix}"), object([("Statement", list(statements))])))
    }

    /// The role that a property gives, and, where it may give none, whether SAM makes one.
    pub(super) fn role_or_own(&self, property: &str, own: &str) -> (Value, Option<Existence>) {
        let made = self.attribute(own, "Arn");
        let exists = self.declared.existence.clone();
        let Some(given) = self.property(property) else { return (made, Some(exists)) };
        if !given.alternatives().iter().any(Value::is_null) {
            return (given.clone(), None);
        }
        let arms = given.alternatives().iter().map(|arm| if arm.is_null() { made.clone() } else { arm.clone() });
        let role = Value::one_of(arms, || given.clone()).or_at(given.origin);
        let why = Why::Input("the condition that chooses the role".into());
        (role, Some(if exists == Existence::Certain { Existence::Possible(why) } else { exists }))
    }

    /// A role with policies.
    /// The tags of what is made: SAM's own first, unless the code's are passed on to all, which drops it.
    pub(super) fn tags_of(&self, created_by: &str) -> Value {
        let given = self.property("Tags");
        let are_passed_on = self.property("PropagateTags").and_then(Value::as_bool) == Some(true);
        if given.is_some() && are_passed_on { tags(given, &[]) } else { tags(given, &[(created_by, "SAM")]) }
    }

    pub(super) fn role(
        &mut self,
        id: &str,
        trust: Value,
        policies: RolePolicies,
        created_by: &str,
        existence: Existence,
    ) {
        let mut properties = Properties::new();
        properties.set("AssumeRolePolicyDocument", trust).set("ManagedPolicyArns", list(policies.managed));
        if !policies.inline.is_empty() {
            properties.set("Policies", list(policies.inline));
        }
        properties.set_if("Path", self.property("RolePath").cloned());
        properties.pass(&self.declared.properties, &["PermissionsBoundary"]);
        properties.set("Tags", self.tags_of(created_by));
        self.add_where(id, "AWS::IAM::Role", properties.finish(), existence);
    }
}

/// The logical id of the alias that a function publishes.
pub(super) fn alias_id(function: &str, name: &Value) -> String {
    let name = name.to_text().map(|text| text.to_string()).unwrap_or_default();
    format!("{function}Alias{}", name.replace('-', "D").replace('_', "U"))
}

/// A statement that allows.
pub(super) fn allow(action: Value, resource: Value) -> Value {
    object([("Action", action), ("Effect", text("Allow")), ("Resource", resource)])
}

/// The trust policy of a service's role.
pub(super) fn trust_of(service: &str) -> Value {
    let statement = object([
        ("Action", list([text("sts:AssumeRole")])),
        ("Effect", text("Allow")),
        ("Principal", object([("Service", list([text(service)]))])),
    ]);
    object([("Version", text("2012-10-17")), ("Statement", list([statement]))])
}
