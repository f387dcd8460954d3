//! What calls a function: the rules, mappings and permissions that its `Events` stand for. AWS SAM developer guide:
//! "`EventSource`".

use super::api::{Call, is_covered_by_default};
use super::build::{Properties, items, known, list, object, text};
use super::function::{Target, trust_of};
use super::maker::Maker;
use super::policies::{RolePolicies, policy};
use crate::value::{Symbol, Value};

/// The name of an event's target is cut to as many characters (AWS: the type `Target` of the API).
const MAX_TARGET_ID: usize = 64;

/// One of the `Events` of a resource.
pub(super) struct Event {
    /// The id of what it makes: the resource's and its own.
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) properties: Value,
}

impl Maker<'_, '_> {
    /// The events of a resource.
    pub(super) fn events(&self) -> Vec<Event> {
        let entries = self.property("Events").and_then(Value::as_map).map(crate::value::Map::entries);
        let event = |entry: &crate::value::Entry| {
            Some(Event {
                id: format!("{}{}", self.id(), entry.key.as_str()?),
                kind: known(&entry.value, "Type")?.to_owned(),
                properties: entry.value.get("Properties").cloned().unwrap_or_else(|| Value::object(Vec::new())),
            })
        };
        entries.unwrap_or_default().iter().filter_map(event).collect()
    }

    /// What a function's events make, in SAM's order: by path or, without one, by name.
    pub(super) fn events_of_function(&mut self, target: &Target, policies: &mut RolePolicies) {
        let mut events = self.events();
        events.sort_by(|a, b| {
            let key = |event: &Event| {
                known(&event.properties, "Path")
                    .unwrap_or(event.id.get(self.id().len()..).unwrap_or_default())
                    .to_owned()
            };
            key(a).cmp(&key(b))
        });
        for event in &events {
            match event.kind.as_str() {
                "Schedule" => self.schedule(event, target),
                "CloudWatchEvent" | "EventBridgeRule" => self.rule(event, target),
                "ScheduleV2" => {
                    let allowed = self.policy_to_send("Lambda", &target.arn, &event.id);
                    self.scheduler(event, &target.arn, allowed);
                }
                "S3" => {
                    let account = self.evaluator.pseudo_parameter("AWS::AccountId");
                    self.permission(&event.id, "", target, "s3.amazonaws.com", Some(("SourceAccount", account)));
                }
                "SNS" => self.topic(event, target, policies),
                "Api" => self.call(event, target, Call::Rest),
                "HttpApi" if !is_covered_by_default(event, &events) => self.call(event, target, Call::Http),
                "AlexaSkill" => {
                    let skill = event.properties.get("SkillId").cloned().map(|skill| ("EventSourceToken", skill));
                    self.permission(&event.id, "", target, "alexa-appkit.amazon.com", skill);
                }
                "IoTRule" => self.iot_rule(event, target),
                "Cognito" => {
                    let pool = event.properties.get("UserPool").and_then(attribute_of_same("Arn"));
                    let id = format!("{}Cognito", self.id());
                    self.permission(&id, "", target, "cognito-idp.amazonaws.com", pool.map(|arn| ("SourceArn", arn)));
                }
                "CloudWatchLogs" => self.log_subscription(event, target),
                _ => self.mapping(event, target, policies),
            }
        }
    }

    /// The permission for a service to call the function.
    pub(super) fn permission(
        &mut self,
        id: &str,
        suffix: &str,
        target: &Target,
        principal: &str,
        source: Option<(&str, Value)>,
    ) {
        let mut properties = Properties::new();
        properties.set("Action", text("lambda:InvokeFunction")).set("FunctionName", target.name.clone());
        properties.set("Principal", text(principal));
        if let Some((name, value)) = source {
            properties.set(name, value);
        }
        let id = if suffix.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            format!("{id}Permission{suffix}")
        } else {
            super::maker::hashed_id(&format!("{id}Permission"), suffix)
        };
        self.add(&id, "AWS::Lambda::Permission", properties.finish());
    }

    fn schedule(&mut self, event: &Event, target: &Target) {
        let mut rule = Properties::new();
        rule.set_if("ScheduleExpression", event.properties.get("Schedule").cloned());
        rule.pass(&event.properties, &["Name", "Description"]);
        self.rule_with(event, target, rule);
    }

    fn rule(&mut self, event: &Event, target: &Target) {
        let mut rule = Properties::new();
        rule.set_if("EventPattern", event.properties.get("Pattern").cloned());
        rule.set_if("Name", event.properties.get("RuleName").cloned());
        rule.pass(&event.properties, &["EventBusName"]);
        self.rule_with(event, target, rule);
    }

    fn rule_with(&mut self, event: &Event, target: &Target, rule: Properties) {
        let arn = self.rule_of_event(event, &target.arn, None, "LambdaTarget", rule);
        self.permission(&event.id, "", target, "events.amazonaws.com", Some(("SourceArn", arn)));
    }

    /// The rule of an event with its target; the rule's ARN.
    pub(super) fn rule_of_event(
        &mut self,
        event: &Event,
        target: &Value,
        role_arn: Option<Value>,
        suffix: &str,
        mut rule: Properties,
    ) -> Value {
        let arn = self.attribute(&event.id, "Arn");
        let properties = &event.properties;
        let state = properties.get("State").cloned();
        rule.set_if("State", state.or_else(|| properties.get("Enabled").map(state_of)));
        let own_id = properties.get("Target").and_then(|target| target.get("Id")).cloned();
        let mut entry = Properties::new();
        entry.set("Arn", target.clone()).set("Id", own_id.unwrap_or_else(|| text(&target_id(&event.id, suffix))));
        entry.set_if("RoleArn", role_arn).pass(properties, &["Input", "InputPath", "InputTransformer", "RetryPolicy"]);
        if let Some(queue) = self.dead_letters(event, Some(&arn)) {
            entry.set("DeadLetterConfig", object([("Arn", queue)]));
        }
        rule.set("Targets", list([entry.finish()]));
        self.add(&event.id, "AWS::Events::Rule", rule.finish());
        arn
    }

    /// The queue for what could not be delivered, made where it is not given; with a policy for the rule that sends.
    fn dead_letters(&mut self, event: &Event, rule: Option<&Value>) -> Option<Value> {
        let config = event.properties.get("DeadLetterConfig").filter(|config| !config.is_null())?;
        if let Some(arn) = config.get("Arn") {
            return Some(arn.clone());
        }
        let id = known(config, "QueueLogicalId").map_or_else(|| format!("{}Queue", event.id), str::to_owned);
        self.add(&id, "AWS::SQS::Queue", Value::object(Vec::new()));
        let arn = self.attribute(&id, "Arn");
        if let Some(rule) = rule {
            let service = object([("Service", text("events.amazonaws.com"))]);
            let document = policy_of_queue(service, &arn, rule);
            let queue = self.reference(&id);
            let policy = object([("PolicyDocument", document), ("Queues", list([queue]))]);
            self.add(&format!("{}QueuePolicy", event.id), "AWS::SQS::QueuePolicy", policy);
        }
        Some(arn)
    }

    /// A schedule of the scheduler, with the role that it takes unless it is given one.
    pub(super) fn scheduler(&mut self, event: &Event, target: &Value, allowed: Option<Value>) {
        let properties = &event.properties;
        let mut schedule = Properties::new();
        schedule.pass(
            properties,
            &[
                "ScheduleExpression",
                "State",
                "Description",
                "StartDate",
                "EndDate",
                "ScheduleExpressionTimezone",
                "GroupName",
                "KmsKeyArn",
            ],
        );
        let window = properties.get("FlexibleTimeWindow").cloned();
        schedule.set("FlexibleTimeWindow", window.unwrap_or_else(|| object([("Mode", text("OFF"))])));
        if properties.get("OmitName").and_then(Value::as_bool) != Some(true) {
            schedule.set("Name", properties.get("Name").cloned().unwrap_or_else(|| text(&event.id)));
        }
        let queue = self.dead_letters(event, None);
        let given = properties.get("RoleArn").filter(|role| !role.is_null()).cloned();
        let is_given = given.is_some();
        let role_id = format!("{}Role", event.id);
        let role = given.unwrap_or_else(|| self.attribute(&role_id, "Arn"));
        let mut entry = Properties::new();
        entry.set("Arn", target.clone()).set("RoleArn", role).pass(properties, &["Input", "RetryPolicy"]);
        entry.set_if("DeadLetterConfig", queue.clone().map(|arn| object([("Arn", arn)])));
        schedule.set("Target", entry.finish());
        self.add(&event.id, "AWS::Scheduler::Schedule", schedule.finish());
        if is_given {
            return;
        }
        let sends = queue.and_then(|queue| self.policy_to_send("SQS", &queue, &event.id));
        let mut role = Properties::new();
        role.set("AssumeRolePolicyDocument", trust_of("scheduler.amazonaws.com"));
        role.set("Policies", list(allowed.into_iter().chain(sends))).pass(properties, &["PermissionsBoundary"]);
        self.add(&role_id, "AWS::IAM::Role", role.finish());
    }

    /// A topic that calls the function, by itself or through a queue.
    fn topic(&mut self, event: &Event, target: &Target, policies: &mut RolePolicies) {
        let properties = &event.properties;
        let Some(topic) = properties.get("Topic").cloned() else { return };
        let through =
            properties.get("SqsSubscription").filter(|through| through.as_bool() != Some(false) && !through.is_null());
        let mut subscription = Properties::new();
        subscription.set("TopicArn", topic.clone());
        subscription.pass(properties, &["Region", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy"]);
        let Some(through) = through else {
            subscription.set("Protocol", text("lambda")).set("Endpoint", target.arn.clone());
            self.add(&event.id, "AWS::SNS::Subscription", subscription.finish());
            self.permission(&event.id, "", target, "sns.amazonaws.com", Some(("SourceArn", topic)));
            return;
        };
        let given = through.as_map().is_some();
        let queue_id = format!("{}Queue", event.id);
        let (arn, url) = if given {
            let part = |name| through.get(name).cloned().unwrap_or_else(Value::null);
            (part("QueueArn"), part("QueueUrl"))
        } else {
            self.add(&queue_id, "AWS::SQS::Queue", Value::object(Vec::new()));
            (self.attribute(&queue_id, "Arn"), self.reference(&queue_id))
        };
        let document = policy_of_queue(text("*"), &arn, &topic);
        let policy = object([("PolicyDocument", document), ("Queues", list([url]))]);
        let policy_id = known(through, "QueuePolicyLogicalId").filter(|_| given);
        let policy_id = policy_id.map_or_else(|| format!("{queue_id}Policy"), str::to_owned);
        self.add(&policy_id, "AWS::SQS::QueuePolicy", policy);
        subscription.set("Protocol", text("sqs")).set("Endpoint", arn.clone());
        self.add(&event.id, "AWS::SNS::Subscription", subscription.finish());
        let mut mapping = Properties::new();
        mapping.set("Queue", arn).set("Enabled", Value::bool(true));
        mapping.set("BatchSize", through.get("BatchSize").cloned().unwrap_or_else(|| Value::integer(10)));
        let mapping = Event {
            id: format!("{}EventSourceMapping", event.id),
            kind: "SQS".to_owned(),
            properties: mapping.finish(),
        };
        self.mapping(&mapping, target, policies);
    }

    fn iot_rule(&mut self, event: &Event, target: &Target) {
        let rule = self.reference(&event.id);
        let arn = "arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/${Rule}";
        let arn = self.filled(arn, &mut |_| Some(rule.clone()));
        let account = self.evaluator.pseudo_parameter("AWS::AccountId");
        let mut permission = Properties::new();
        permission.set("Action", text("lambda:InvokeFunction")).set("FunctionName", target.name.clone());
        permission.set("Principal", text("iot.amazonaws.com")).set("SourceArn", arn).set("SourceAccount", account);
        self.add(&format!("{}Permission", event.id), "AWS::Lambda::Permission", permission.finish());
        let action = object([("Lambda", object([("FunctionArn", target.arn.clone())]))]);
        let mut payload = Properties::new();
        payload.pass(&event.properties, &["Sql", "AwsIotSqlVersion"]);
        payload.set("RuleDisabled", Value::bool(false)).set("Actions", list([action]));
        self.add(&event.id, "AWS::IoT::TopicRule", object([("TopicRulePayload", payload.finish())]));
    }

    fn log_subscription(&mut self, event: &Event, target: &Target) {
        let group = event.properties.get("LogGroupName").cloned();
        let arn = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Group}:*";
        let arn = self.filled(arn, &mut |_| group.clone());
        self.permission(&event.id, "", target, "logs.amazonaws.com", Some(("SourceArn", arn)));
        let mut filter = Properties::new();
        filter.pass(&event.properties, &["LogGroupName", "FilterPattern"]).set("DestinationArn", target.arn.clone());
        self.add(&event.id, "AWS::Logs::SubscriptionFilter", filter.finish());
    }

    /// What the function reads from: a queue, a stream, a broker.
    fn mapping(&mut self, event: &Event, target: &Target, policies: &mut RolePolicies) {
        const PASSED: &[&str] = &[
            "BatchSize",
            "BisectBatchOnFunctionError",
            "Enabled",
            "FilterCriteria",
            "FunctionResponseTypes",
            "KmsKeyArn",
            "LoggingConfig",
            "MaximumBatchingWindowInSeconds",
            "MaximumRecordAgeInSeconds",
            "MaximumRetryAttempts",
            "MetricsConfig",
            "ParallelizationFactor",
            "ProvisionedPollerConfig",
            "Queues",
            "ScalingConfig",
            "SourceAccessConfigurations",
            "StartingPosition",
            "StartingPositionTimestamp",
            "Topics",
            "TumblingWindowInSeconds",
        ];
        let properties = &event.properties;
        let (source, managed) = match event.kind.as_str() {
            "SQS" => ("Queue", Some("AWSLambdaSQSQueueExecutionRole")),
            "Kinesis" => ("Stream", Some("AWSLambdaKinesisExecutionRole")),
            "DynamoDB" => ("Stream", Some("AWSLambdaDynamoDBExecutionRole")),
            "MSK" => ("Stream", Some("AWSLambdaMSKExecutionRole")),
            "MQ" => ("Broker", None),
            "DocumentDB" => ("Cluster", None),
            "SelfManagedKafka" => ("", None),
            _ => return,
        };
        let mut mapping = Properties::new();
        mapping.set("FunctionName", target.name.clone()).set_if("EventSourceArn", properties.get(source).cloned());
        mapping.pass(properties, PASSED);
        if let Some(servers) = properties.get("KafkaBootstrapServers") {
            let endpoints = object([("KafkaBootstrapServers", servers.clone())]);
            mapping.set("SelfManagedEventSource", object([("Endpoints", endpoints)]));
        }
        let mut kafka = Properties::new();
        kafka.pass(properties, &["ConsumerGroupId", "SchemaRegistryConfig"]);
        if properties.get("ConsumerGroupId").or(properties.get("SchemaRegistryConfig")).is_some() {
            let name = if event.kind == "MSK" {
                "AmazonManagedKafkaEventSourceConfig"
            } else {
                "SelfManagedKafkaEventSourceConfig"
            };
            mapping.set(name, kafka.finish());
        }
        if event.kind == "DocumentDB" {
            let mut config = Properties::new();
            config.pass(properties, &["DatabaseName", "CollectionName", "FullDocument"]);
            mapping.set("DocumentDBEventSourceConfig", config.finish());
        }
        if let Some(managed) = managed {
            let arn = self.managed_policy(&format!("service-role/{managed}"));
            policies.attach(arn);
        }
        self.grants_to_read(event, policies);
        if let Some(on_failure) = properties.get("DestinationConfig").and_then(|config| config.get("OnFailure")) {
            let destination = on_failure.get("Destination").cloned().unwrap_or_else(Value::null);
            let kind = known(on_failure, "Type").unwrap_or_default();
            if let Some(sends) = self.policy_to_send(kind, &destination, &event.id)
                && let (Some(name), Some(document)) = (known(&sends, "PolicyName"), sends.get("PolicyDocument"))
            {
                policies.write(name, document.clone());
            }
            mapping.set("DestinationConfig", object([("OnFailure", object([("Destination", destination)]))]));
        }
        self.add(&event.id, "AWS::Lambda::EventSourceMapping", mapping.finish());
    }

    /// The policies that reading from brokers and clusters takes.
    fn grants_to_read(&mut self, event: &Event, policies: &mut RolePolicies) {
        const NETWORK: &[&str] = &[
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeVpcs",
            "ec2:DescribeSubnets",
            "ec2:DescribeSecurityGroups",
        ];
        let properties = &event.properties;
        let accesses = properties.get("SourceAccessConfigurations").map(items).unwrap_or_default();
        let of_kinds = |kinds: &[&str]| -> Option<Value> {
            let found = accesses.iter().find(|access| known(access, "Type").is_some_and(|kind| kinds.contains(&kind)));
            found.and_then(|access| access.get("URI")).cloned()
        };
        let grant = |actions: &[&str], resource: Value| {
            let actions = list(actions.iter().map(|action| text(action)));
            super::function::allow(actions, resource)
        };
        let secret = |uri: Value| grant(&["secretsmanager:GetSecretValue"], uri);
        let mut statements = Vec::new();
        let name = match event.kind.as_str() {
            "MSK" => {
                statements.extend(self.grants_to_registry(event));
                statements.extend(of_kinds(&["CLIENT_CERTIFICATE_TLS_AUTH"]).map(secret));
                "MSKExecutionRolePolicy".to_owned()
            }
            "MQ" => {
                statements.extend(of_kinds(&["BASIC_AUTH"]).map(secret));
                statements.extend(properties.get("Broker").map(|broker| grant(&["mq:DescribeBroker"], broker.clone())));
                let is_dynamic = properties.get("DynamicPolicyName").and_then(Value::as_bool) == Some(true);
                if is_dynamic { format!("{}AMQPolicy", event.id) } else { "SamAutoGeneratedAMQPolicy".to_owned() }
            }
            "DocumentDB" => {
                statements.extend(of_kinds(&["BASIC_AUTH"]).map(secret));
                for (action, kind) in
                    [("rds:DescribeDBClusterParameters", "cluster-pg"), ("rds:DescribeDBSubnetGroups", "subgrp")]
                {
                    let arn = format!("arn:${{AWS::Partition}}:rds:${{AWS::Region}}:${{AWS::AccountId}}:{kind}:*");
                    statements.push(grant(&[action], self.filled(&arn, &mut |_| None)));
                }
                let cluster = properties.get("Cluster").cloned();
                statements.extend(cluster.map(|cluster| grant(&["rds:DescribeDBClusters"], cluster)));
                statements.push(grant(NETWORK, text("*")));
                "SamAutoGeneratedDocumentDBPolicy".to_owned()
            }
            "SelfManagedKafka" => {
                const SECRETS: &[&str] = &[
                    "SASL_SCRAM_256_AUTH",
                    "SASL_SCRAM_512_AUTH",
                    "BASIC_AUTH",
                    "CLIENT_CERTIFICATE_TLS_AUTH",
                    "OAUTHBEARER_AUTH",
                ];
                statements.extend(of_kinds(SECRETS).map(secret));
                statements.extend(of_kinds(&["SERVER_ROOT_CA_CERTIFICATE"]).map(secret));
                if of_kinds(&["VPC_SUBNET"]).is_some() && of_kinds(&["VPC_SECURITY_GROUP"]).is_some() {
                    statements.push(grant(NETWORK, text("*")));
                }
                "SelfManagedKafkaExecutionRolePolicy".to_owned()
            }
            _ => return,
        };
        if let Some(key) = properties.get("SecretsManagerKmsKeyId").filter(|_| event.kind != "MSK") {
            let arn = "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${Key}";
            let arn = self.filled(arn, &mut |_| Some(key.clone()));
            // As SAM writes it: a text for brokers, a list elsewhere.
            let one = super::function::allow(text("kms:Decrypt"), arn.clone());
            statements.push(if event.kind == "MQ" { one } else { grant(&["kms:Decrypt"], arn) });
        }
        if event.kind == "SelfManagedKafka" {
            statements.extend(self.grants_to_registry(event));
        }
        if statements.is_empty() {
            return;
        }
        let mut document = Properties::new();
        document.set("Statement", list(statements));
        if event.kind == "SelfManagedKafka" {
            document.set("Version", text("2012-10-17"));
        }
        policies.write(&name, document.finish());
    }

    /// Statements to read the schemas of a stream.
    fn grants_to_registry(&mut self, event: &Event) -> Vec<Value> {
        let Some(config) = event.properties.get("SchemaRegistryConfig") else { return Vec::new() };
        let allow = |action: &str, resource: Value| super::function::allow(list([text(action)]), resource);
        let accesses = config.get("AccessConfigs").map(items).unwrap_or_default().iter();
        let uris = accesses.filter_map(|access| access.get("URI").cloned());
        let mut statements: Vec<Value> = uris.map(|uri| allow("secretsmanager:GetSecretValue", uri)).collect();
        let Some(uri) = config.get("SchemaRegistryURI") else { return statements };
        // The sixth part of the registry's ARN is `registry/` and its name.
        let registry = uri.to_text().and_then(|uri| {
            let uri = uri.to_string();
            let name = uri.split(':').filter(|_| uri.starts_with("arn")).nth_back(0)?.strip_prefix("registry/")?;
            Some(name.to_owned())
        });
        if let Some(registry) = registry {
            statements.push(allow("glue:GetRegistry", uri.clone()));
            let arn = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:schema/${Registry}/*";
            let arn = self.filled(arn, &mut |_| Some(text(&registry)));
            statements.push(allow("glue:GetSchemaVersion", list([arn])));
        }
        statements
    }
}

/// The policy of a queue that a source sends to.
fn policy_of_queue(principal: Value, queue: &Value, source: &Value) -> Value {
    let condition = object([("ArnEquals", object([("aws:SourceArn", source.clone())]))]);
    let statement = object([
        ("Action", text("sqs:SendMessage")),
        ("Effect", text("Allow")),
        ("Principal", principal),
        ("Resource", queue.clone()),
        ("Condition", condition),
    ]);
    object([("Version", text("2012-10-17")), ("Statement", list([statement]))])
}

/// Another attribute of the resource that a value refers to.
pub(super) fn attribute_of_same(attribute: &'static str) -> impl Fn(&Value) -> Option<Value> {
    move |value| {
        let unknown = value.as_unknown()?;
        let reference = unknown.symbol.reference()?;
        let symbol = Symbol::of_resource(reference.address.clone(), attribute);
        Some(Value { origin: value.origin, ..Value::unknown(symbol, unknown.why.clone()) })
    }
}

/// `Enabled` as a rule's state.
fn state_of(enabled: &Value) -> Value {
    let state = match enabled.as_bool() {
        Some(true) => text("ENABLED"),
        Some(false) => text("DISABLED"),
        None => enabled.clone(),
    };
    Value { origin: enabled.origin, ..state }
}

fn target_id(event: &str, suffix: &str) -> String {
    let room = MAX_TARGET_ID - suffix.len();
    format!("{}{suffix}", event.get(..room).unwrap_or(event))
}

/// A policy to start a state machine.
pub(super) fn policy_to_start(machine: &Value, id: &str) -> Value {
    let statement = super::function::allow(text("states:StartExecution"), machine.clone());
    policy(&format!("{id}StartExecutionPolicy"), object([("Statement", list([statement]))]))
}
