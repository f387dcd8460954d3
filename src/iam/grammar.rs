//! Whether a value is a policy at all, as the grammar of the policy language has it.
//!
//! Reading a document never fails, so that what code leaves open stays readable; a policy that is given as such must be
//! one. Source: AWS IAM User Guide, "Grammar of the IAM JSON policy language".

use crate::source::Span;
use crate::value::{Entry, Kind, Map, Value};

use super::condition::Operator;

/// Where a policy is put, which decides what it may say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PolicyType {
    /// On a principal, as its boundary or session policy, or as a service control policy: says what, not who.
    Identity,
    /// On a resource, or as a resource control policy: says who. A role's trust policy names no resource.
    Resource,
}

/// Something that no policy may say.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Option<Span>,
}

const VERSIONS: [&str; 2] = ["2008-10-17", "2012-10-17"];
const DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];
const STATEMENT: [&str; 9] =
    ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"];
const PRINCIPALS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

/// What keeps a value from being a policy of this type; nothing for one that is.
pub fn problems(policy: &Value, policy_type: PolicyType) -> Vec<Problem> {
    let mut grammar = Grammar { policy_type, statement: None, problems: Vec::new() };
    grammar.document(policy);
    grammar.problems
}

struct Grammar {
    policy_type: PolicyType,
    /// The statement that is read, counted from 1.
    statement: Option<usize>,
    problems: Vec<Problem>,
}

impl Grammar {
    fn refuse(&mut self, message: &str, span: Option<Span>) {
        let place = self.statement.map(|number| format!("statement {number}: ")).unwrap_or_default();
        self.problems.push(Problem { message: format!("{place}{message}"), span });
    }

    fn document(&mut self, policy: &Value) {
        let Some(map) = policy.as_map() else {
            return self.refuse("a policy must be a JSON object", policy.origin);
        };
        self.names(map, &DOCUMENT, "a policy");
        if let Some(version) = map.entry("Version")
            && !version.value.as_str().is_some_and(|text| VERSIONS.contains(&text))
        {
            self.refuse("the Version must be \"2012-10-17\" or \"2008-10-17\"", version.value.origin);
        }
        let Some(statement) = map.get("Statement") else {
            return self.refuse("the policy has no Statement", policy.origin);
        };
        for (index, statement) in one_or_many(statement).iter().enumerate() {
            self.statement = Some(index + 1);
            match statement.as_map() {
                Some(map) => self.statement(map, statement.origin),
                None => self.refuse("a statement must be a JSON object", statement.origin),
            }
        }
        self.statement = None;
    }

    /// Refuses names that are not known, and names that stand twice.
    fn names(&mut self, map: &Map, known: &[&str], what: &str) {
        for (index, entry) in map.entries().iter().enumerate() {
            let name = entry.key.literal_content();
            if !known.contains(&name) {
                let nearest = known.iter().find(|known| known.eq_ignore_ascii_case(name));
                let hint = nearest.map(|nearest| format!("; it is spelled {nearest}")).unwrap_or_default();
                self.refuse(&format!("{what} has no element {name:?}{hint}"), entry.key_origin);
            }
            if map.entries().iter().take(index).any(|other| other.key == entry.key) {
                self.refuse(&format!("{name} stands twice"), entry.key_origin);
            }
        }
    }

    fn statement(&mut self, map: &Map, span: Option<Span>) {
        self.names(map, &STATEMENT, "a statement");
        match map.get("Effect") {
            None => self.refuse("the Effect is missing", span),
            Some(effect) if matches!(effect.as_str(), Some("Allow" | "Deny")) => {}
            Some(effect) => self.refuse("the Effect must be \"Allow\" or \"Deny\"", effect.origin),
        }
        if let Some(actions) = self.one_of(map, "Action", "NotAction", true, span) {
            self.texts(&actions.value, "an action");
            for action in one_or_many(&actions.value) {
                let is_action =
                    |text: &str| text == "*" || text.split_once(':').is_some_and(|(service, _)| !service.is_empty());
                if action.as_str().is_some_and(|text| !is_action(text)) {
                    self.refuse("an action must be \"*\" or have the form service:Action", action.origin);
                }
            }
        }
        if let Some(resources) =
            self.one_of(map, "Resource", "NotResource", self.policy_type == PolicyType::Identity, span)
        {
            self.texts(&resources.value, "a resource");
        }
        match self.policy_type {
            PolicyType::Identity => {
                for name in ["Principal", "NotPrincipal"] {
                    if let Some(entry) = map.entry(name) {
                        self.refuse("only policies of resources have principals", entry.key_origin);
                    }
                }
            }
            PolicyType::Resource => {
                if let Some(principals) = self.one_of(map, "Principal", "NotPrincipal", true, span) {
                    self.principals(&principals.value);
                }
            }
        }
        if let Some(condition) = map.get("Condition") {
            self.conditions(condition);
        }
    }

    /// The one of two elements that is there; never both.
    fn one_of<'a>(
        &mut self,
        map: &'a Map,
        name: &str,
        not_name: &str,
        is_required: bool,
        span: Option<Span>,
    ) -> Option<&'a Entry> {
        match (map.entry(name), map.entry(not_name)) {
            (Some(_), Some(other)) => {
                self.refuse(&format!("{name} and {not_name} exclude each other"), other.key_origin);
                None
            }
            (None, None) => {
                if is_required {
                    self.refuse(&format!("{name} or {not_name} is missing"), span);
                }
                None
            }
            (first, second) => first.or(second),
        }
    }

    fn texts(&mut self, value: &Value, what: &str) {
        for item in one_or_many(value) {
            if item.as_text().is_none() {
                self.refuse(&format!("{what} must be a string"), item.origin);
            }
        }
    }

    fn principals(&mut self, value: &Value) {
        match &value.kind {
            Kind::Text(text) if text.as_str() == Some("*") => {}
            Kind::Map(map) => {
                self.names(map, &PRINCIPALS, "a principal");
                for entry in map.entries() {
                    self.texts(&entry.value, "a principal");
                }
            }
            _ => self.refuse("the principal must be \"*\" or a JSON object", value.origin),
        }
    }

    fn conditions(&mut self, value: &Value) {
        let Some(operators) = value.as_map() else {
            return self.refuse("the Condition must be a JSON object", value.origin);
        };
        for operator in operators.entries() {
            if operator.key.as_str().and_then(Operator::parse).is_none() {
                let name = operator.key.literal_content();
                self.refuse(&format!("there is no condition operator {name:?}"), operator.key_origin);
            }
            let Some(keys) = operator.value.as_map() else {
                self.refuse("the keys of a condition must be a JSON object", operator.value.origin);
                continue;
            };
            for key in keys.entries() {
                for value in one_or_many(&key.value) {
                    if !matches!(value.kind, Kind::Text(_) | Kind::Bool(_) | Kind::Number(_)) {
                        self.refuse("a condition's value must be a string, a number or a truth value", value.origin);
                    }
                }
            }
        }
    }
}

fn one_or_many(value: &Value) -> &[Value] {
    match &value.kind {
        Kind::List(list) => list.items(),
        _ => std::slice::from_ref(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Text, json};

    fn messages(text: &str, policy_type: PolicyType) -> Vec<String> {
        let value = json::parse(&Text::from(text.to_owned())).unwrap();
        problems(&value, policy_type).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn policies_are_accepted() {
        for text in [
            r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
            r#"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"a","Effect":"Deny","NotAction":["s3:*"],"NotResource":["a"],"Condition":{"Bool":{"aws:SecureTransport":[true,"false"]},"ForAllValues:StringLikeIfExists":{"aws:TagKeys":[]}}}]}"#,
        ] {
            assert_eq!(messages(text, PolicyType::Identity), Vec::<String>::new(), "{text}");
        }
        let trust = r#"{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["a"]}},{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}]}"#;
        assert_eq!(messages(trust, PolicyType::Resource), Vec::<String>::new());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_statement() {
        for (statement, message) in [
            (r#"{"Action":"*","Resource":"*"}"#, "statement 1: the Effect is missing"),
            (
                r#"{"Effect":"allow","Action":"*","Resource":"*"}"#,
                "statement 1: the Effect must be \"Allow\" or \"Deny\"",
            ),
            (r#"{"Effect":"Allow","Resource":"*"}"#, "statement 1: Action or NotAction is missing"),
            (r#"{"Effect":"Allow","Action":"*"}"#, "statement 1: Resource or NotResource is missing"),
            (
                r#"{"Effect":"Allow","Action":"*","NotAction":"a:b","Resource":"*"}"#,
                "statement 1: Action and NotAction exclude each other",
            ),
            (
                r#"{"Effect":"Allow","Action":"s3","Resource":"*"}"#,
                "statement 1: an action must be \"*\" or have the form service:Action",
            ),
            (
                r#"{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}"#,
                "statement 1: only policies of resources have principals",
            ),
            (
                r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringIs":{"a":"b"}}}"#,
                "statement 1: there is no condition operator \"StringIs\"",
            ),
            (
                r#"{"Effect":"Allow","action":"*","Action":"*","Resource":[1]}"#,
                "statement 1: a statement has no element \"action\"; it is spelled Action",
            ),
            ("3", "statement 1: a statement must be a JSON object"),
        ] {
            let found = messages(&format!(r#"{{"Statement":[{statement}]}}"#), PolicyType::Identity);
            assert_eq!(found.first().map(String::as_str), Some(message), "{statement}");
        }
        assert_eq!(messages("[]", PolicyType::Resource), ["a policy must be a JSON object"]);
        assert_eq!(messages("{}", PolicyType::Resource), ["the policy has no Statement"]);
    }
}
