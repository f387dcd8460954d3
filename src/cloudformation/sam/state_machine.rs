//! `AWS::Serverless::StateMachine`: the machine, its role, and what starts it.

use super::build::{Properties, list, object, text};
use super::event::{Event, policy_to_start};
use super::function::trust_of;
use super::maker::Maker;
use super::policies::RolePolicies;
use crate::value::{Symbol, Value, Why};

impl Maker<'_, '_> {
    pub(super) fn state_machine(&mut self) {
        let id = self.id();
        let role_id = format!("{id}Role");
        let (role, role_exists) = self.role_or_own("Role", &role_id);
        let mut machine = Properties::new();
        machine.set("RoleArn", role);
        machine.set_if("StateMachineName", self.property("Name").cloned());
        machine.set_if("StateMachineType", self.property("Type").cloned());
        machine.set_if("LoggingConfiguration", self.property("Logging").cloned());
        machine.set_if("TracingConfiguration", self.property("Tracing").cloned());
        machine.set("Tags", self.tags_of("stateMachine:createdBy"));
        if let Some(uri) = self.property("DefinitionUri") {
            machine.set("DefinitionS3Location", self.location(Some(uri), ["Bucket", "Key", "Version"]));
            machine.pass(&self.declared.properties, &["DefinitionSubstitutions"]);
        } else {
            // SAM prints the definition with its own names in the place of functions; the meaning is the code's.
            let name = format!("{}{id} printed", self.evaluator.scope());
            let why = Why::Unsupported("the text of the definition".into());
            machine.set("DefinitionString", Value::unknown(Symbol::new(name), why));
        }
        self.add(id, "AWS::StepFunctions::StateMachine", machine.finish());
        let target = match self.property("AutoPublishAlias") {
            Some(alias) => {
                let alias = self.published(alias);
                let to_alias = self.property("UseAliasAsEventTarget").and_then(Value::as_bool) == Some(true);
                if to_alias { alias } else { self.reference(id) }
            }
            None => self.reference(id),
        };
        if let Some(existence) = role_exists {
            let mut policies = RolePolicies::default();
            self.policies_of_property(&role_id, &mut policies);
            let tracing = self.property("Tracing").and_then(|tracing| tracing.get("Enabled")).and_then(Value::as_bool);
            if tracing == Some(true) {
                policies.attach(self.tracing_policy());
            }
            self.role(&role_id, trust_of("states.amazonaws.com"), policies, "stateMachine:createdBy", existence);
        }
        for event in self.events() {
            self.start(&event, &target);
        }
    }

    /// The version and alias that are published; the alias' ARN.
    fn published(&mut self, name: &Value) -> Value {
        let id = self.id();
        let version = format!("{id}Version");
        let revision = self.attribute(id, "StateMachineRevisionId");
        let properties = object([("StateMachineArn", self.reference(id)), ("StateMachineRevisionId", revision)]);
        self.add(&version, "AWS::StepFunctions::StateMachineVersion", properties);
        let mut preference = Properties::new();
        match self.property("DeploymentPreference") {
            Some(given) => {
                let names: Vec<&str> = given
                    .as_map()
                    .map(crate::value::Map::entries)
                    .unwrap_or_default()
                    .iter()
                    .filter_map(|entry| entry.key.as_str())
                    .collect();
                preference.pass(given, &names);
            }
            None => {
                preference.set("Type", text("ALL_AT_ONCE"));
            }
        }
        preference.set("StateMachineVersionArn", self.reference(&version));
        let alias = format!("{id}Alias{}", name.to_text().map(|text| text.to_string()).unwrap_or_default());
        let properties = object([("Name", name.clone()), ("DeploymentPreference", preference.finish())]);
        self.add(&alias, "AWS::StepFunctions::StateMachineAlias", properties);
        self.reference(&alias)
    }

    /// What an event makes to start the machine, with the role that it takes.
    fn start(&mut self, event: &Event, target: &Value) {
        let own_role = format!("{}Role", event.id);
        let mut rule = Properties::new();
        let service = match event.kind.as_str() {
            "Schedule" => {
                rule.set_if("ScheduleExpression", event.properties.get("Schedule").cloned());
                rule.pass(&event.properties, &["Name", "Description"]);
                "events.amazonaws.com"
            }
            "CloudWatchEvent" | "EventBridgeRule" => {
                rule.set_if("EventPattern", event.properties.get("Pattern").cloned());
                rule.set_if("Name", event.properties.get("RuleName").cloned());
                rule.pass(&event.properties, &["EventBusName"]);
                "events.amazonaws.com"
            }
            "ScheduleV2" => {
                let allowed = policy_to_start(target, &event.id);
                self.scheduler(event, target, Some(allowed));
                return;
            }
            "Api" => "apigateway.amazonaws.com",
            _ => return,
        };
        let given = event.properties.get("RoleArn").filter(|role| event.kind == "Schedule" && !role.is_null()).cloned();
        if service == "events.amazonaws.com" {
            let arn = given.clone().unwrap_or_else(|| self.attribute(&own_role, "Arn"));
            self.rule_of_event(event, target, Some(arn), "StepFunctionsTarget", rule);
        } else {
            self.note_api(event);
        }
        if given.is_none() {
            let mut properties = Properties::new();
            properties.set("AssumeRolePolicyDocument", trust_of(service));
            properties.set("Policies", list([policy_to_start(target, &own_role)]));
            properties.pass(&self.declared.properties, &["PermissionsBoundary"]);
            self.add(&own_role, "AWS::IAM::Role", properties.finish());
        }
    }
}
