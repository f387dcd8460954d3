//! The `Policies` of functions and state machines: names and ARNs of managed policies, statements, and policy
//! templates. AWS SAM developer guide: "AWS SAM policy templates".

use std::sync::LazyLock;

use serde::Deserialize;

use super::build::{filled_json, object, text};
use super::maker::Maker;
use crate::value::{Entry, Kind, Value};

/// What each policy template grants.
#[derive(Deserialize)]
struct Templates {
    templates: serde_json::Map<String, serde_json::Value>,
}

/// The paths below which AWS keeps managed policies; all others have none.
#[derive(Deserialize)]
struct Paths {
    paths: std::collections::BTreeMap<String, Vec<String>>,
}

// Both tables come with the program, and the tests read them: neither is ever left empty.
static TEMPLATES: LazyLock<Option<Templates>> =
    LazyLock::new(|| serde_json::from_str(include_str!("policy_templates.json")).ok());
static PATHS: LazyLock<Option<Paths>> =
    LazyLock::new(|| serde_json::from_str(include_str!("managed_policy_paths.json")).ok());

/// The policies of a role.
#[derive(Default)]
pub(super) struct RolePolicies {
    /// ARNs of managed policies, each once.
    pub(super) managed: Vec<Value>,
    /// Names and documents.
    pub(super) inline: Vec<Value>,
}

impl RolePolicies {
    /// Adds a managed policy, if it is not there.
    pub(super) fn attach(&mut self, arn: Value) {
        if !self.managed.contains(&arn) {
            self.managed.push(arn);
        }
    }

    /// Adds a policy, if no policy with this document is there.
    pub(super) fn write(&mut self, name: &str, document: Value) {
        if !self.inline.iter().any(|policy| policy.get("PolicyDocument") == Some(&document)) {
            self.inline.push(policy(name, document));
        }
    }
}

/// A policy that stands on a role.
pub(super) fn policy(name: &str, document: Value) -> Value {
    let place = document.origin;
    Value { origin: place, ..object([("PolicyName", text(name)), ("PolicyDocument", document)]) }
}

impl Maker<'_, '_> {
    /// Adds what a resource's `Policies` say to its role, which has this id.
    pub(super) fn policies_of_property(&mut self, role: &str, to: &mut RolePolicies) {
        for (index, entry) in self.entries_of("Policies").iter().enumerate() {
            let name = format!("{role}Policy{index}");
            // Where a condition chooses between a policy and none, or between kinds of policies.
            let mut managed = Vec::new();
            let mut inline = Vec::new();
            for alternative in entry.alternatives() {
                match &alternative.kind {
                    Kind::Null => {}
                    Kind::Map(_) => inline.push(policy(&name, self.document(alternative))),
                    _ => managed.push(self.arn_of_policy(alternative)),
                }
            }
            let of_several = entry.alternatives().len() > 1;
            let one_of = |arms: Vec<Value>| {
                let null = (of_several && arms.len() < entry.alternatives().len()).then(Value::null);
                Value::one_of(arms.into_iter().chain(null), || entry.clone()).or_at(entry.origin)
            };
            if !managed.is_empty() {
                to.attach(one_of(managed));
            }
            if !inline.is_empty() {
                to.inline.push(one_of(inline));
            }
        }
    }

    /// The document of an entry: the one that it is, or that of the policy template which it names.
    fn document(&mut self, entry: &Value) -> Value {
        let template = entry.as_map().map(crate::value::Map::entries).and_then(|entries| match entries {
            [Entry { key, key_origin, value }] => {
                let statements = TEMPLATES.as_ref()?.templates.get(key.as_str()?)?;
                Some((statements, key_origin.or(entry.origin), value))
            }
            _ => None,
        });
        let Some((statements, place, given)) = template else { return entry.clone() };
        let statements = filled_json(statements, &mut |text| self.filled(text, &mut |name| given.get(name).cloned()));
        let document = object([("Statement", statements)]);
        place.map_or(document.clone(), |place| super::build::placed(document, place))
    }

    /// The ARN of a managed policy that is named, or whose ARN is given.
    fn arn_of_policy(&mut self, named: &Value) -> Value {
        let Some(name) = named.as_str().filter(|name| !name.contains(':')) else { return named.clone() };
        let arn = self.managed_policy(name);
        Value { origin: named.origin, ..arn }
    }

    /// The policy to write traces, which has another name outside of the public partition.
    pub(super) fn tracing_policy(&mut self) -> Value {
        let partition = self.evaluator.pseudo_parameter("AWS::Partition");
        let is_public = partition.as_str().is_none_or(|partition| partition == "aws");
        self.managed_policy(if is_public { "AWSXrayWriteOnlyAccess" } else { "AWSXRayDaemonWriteAccess" })
    }

    /// The ARN of one of AWS's managed policies.
    pub(super) fn managed_policy(&mut self, name: &str) -> Value {
        let (path, name) = match name.rsplit_once('/') {
            Some((path, name)) => (Some(path), name),
            None => (path_of(name), name),
        };
        let path = path.map_or_else(String::new, |path| format!("{path}/"));
        let name = text(&format!("{path}{name}"));
        self.filled("arn:${AWS::Partition}:iam::aws:policy/${Name}", &mut |_| Some(name.clone()))
    }
}

fn path_of(name: &str) -> Option<&'static str> {
    let mut paths = PATHS.as_ref()?.paths.iter();
    paths.find(|(_, names)| names.iter().any(|known| known == name)).map(|(path, _)| path.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_there() {
        let templates = &TEMPLATES.as_ref().unwrap().templates;
        assert!(templates.len() >= 81);
        let granted = templates["S3ReadPolicy"][0]["Resource"].as_array().unwrap();
        assert!(granted.iter().any(|arn| arn == "arn:${AWS::Partition}:s3:::${BucketName}/*"));
        assert_eq!(path_of("AWSLambdaBasicExecutionRole"), Some("service-role"));
        assert_eq!(path_of("AdministratorAccess"), None);
    }
}
