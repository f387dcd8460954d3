//! Resources of SAM that stand for one plain resource: tables, layers, applications.

use super::build::{Properties, known, list, object, tags, text};
use super::maker::Maker;
use crate::value::{Map, Value};

impl Maker<'_, '_> {
    pub(super) fn simple_table(&mut self) {
        let key = self.property("PrimaryKey");
        let name = key.and_then(|key| key.get("Name")).cloned().unwrap_or_else(|| text("id"));
        let kind = match key.map(|key| known(key, "Type")) {
            Some(Some("Number")) => "N",
            Some(Some("Binary")) => "B",
            _ => "S",
        };
        let mut table = Properties::new();
        table.set(
            "AttributeDefinitions",
            list([object([("AttributeName", name.clone()), ("AttributeType", text(kind))])]),
        );
        table.set("KeySchema", list([object([("AttributeName", name), ("KeyType", text("HASH"))])]));
        table.pass(
            &self.declared.properties,
            &["PointInTimeRecoverySpecification", "ProvisionedThroughput", "SSESpecification", "TableName"],
        );
        if self.property("ProvisionedThroughput").is_none() {
            table.set("BillingMode", text("PAY_PER_REQUEST"));
        }
        table.set_if("Tags", self.property("Tags").map(|own| tags(Some(own), &[])));
        self.add(self.id(), "AWS::DynamoDB::Table", table.finish());
    }

    /// The layer; SAM's own id for it goes on with a hash of its content.
    pub(super) fn layer(&mut self) {
        let mut layer = Properties::new();
        layer.pass(
            &self.declared.properties,
            &["CompatibleArchitectures", "CompatibleRuntimes", "Description", "LicenseInfo"],
        );
        layer.set("LayerName", self.property("LayerName").cloned().unwrap_or_else(|| text(self.id())));
        layer.set("Content", self.location(self.property("ContentUri"), ["S3Bucket", "S3Key", "S3ObjectVersion"]));
        self.add(self.id(), "AWS::Lambda::LayerVersion", layer.finish());
    }

    pub(super) fn application(&mut self) {
        let mut stack = Properties::new();
        stack.pass(&self.declared.properties, &["NotificationARNs", "Parameters", "TimeoutInMinutes"]);
        let location = self.property("Location");
        let mut own = vec![("lambda:createdBy".to_owned(), "SAM".to_owned())];
        if let Some(entries) = location.and_then(Value::as_map).map(Map::entries) {
            for (name, tag) in [
                ("ApplicationId", "serverlessrepo:applicationId"),
                ("SemanticVersion", "serverlessrepo:semanticVersion"),
            ] {
                let value = entries.iter().find(|entry| entry.key.as_str() == Some(name));
                own.extend(
                    value.and_then(|entry| entry.value.as_str()).map(|value| (tag.to_owned(), value.to_owned())),
                );
            }
        } else {
            stack.set_if("TemplateURL", location.cloned());
        }
        let own: Vec<(&str, &str)> = own.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        stack.set("Tags", tags(self.property("Tags"), &own));
        self.add(self.id(), "AWS::CloudFormation::Stack", stack.finish());
    }
}
