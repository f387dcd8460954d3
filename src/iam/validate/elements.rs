//! Whether a value has the form of a policy, as the grammar of the policy language has it.
//!
//! Reading a document never fails, so that what code leaves open stays readable; this tells what is wrong with its
//! form. Source: AWS IAM User Guide, "Grammar of the IAM JSON policy language".

use rustc_hash::FxHashSet;

use crate::source::Span;
use crate::value::{Entry, Kind, Map, Value, json};

use super::nearest::nearest;
use super::{Check, Faults, PolicyType, Subject, Weight};
use crate::iam::condition::{OPERATORS, Operator};

const VERSIONS: [&str; 2] = ["2008-10-17", "2012-10-17"];
const DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];
const STATEMENT: [&str; 9] =
    ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"];
const PRINCIPALS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

/// Something that no policy may say.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// What is wrong, with the statement's number.
    pub message: String,
    /// Where.
    pub span: Option<Span>,
}

/// What keeps a value whose parts are all known from being a policy of this type; nothing for one that is.
pub fn problems(policy: &Value, policy_type: PolicyType) -> Vec<Problem> {
    let mut faults = Faults::new(policy.origin);
    document(policy, &Subject::of(policy_type), &mut faults);
    let refused = faults.found.into_iter().filter(|fault| fault.weight >= Weight::Usual || fault.statement.is_none());
    let refused = refused.filter(|fault| fault.check != Check::OldVersion);
    refused
        .map(|fault| {
            let place = fault.statement.map(|number| format!("statement {number}: ")).unwrap_or_default();
            Problem { message: format!("{place}{}", fault.message), span: fault.span }
        })
        .collect()
}

/// Whether a value has no more than so many values in it, and no more levels than JSON may have.
pub(super) fn is_within(value: &Value, depth: usize, left: &mut usize) -> bool {
    let Some(rest) = left.checked_sub(1).filter(|_| depth <= json::MAX_DEPTH) else { return false };
    *left = rest;
    match &value.kind {
        Kind::List(list) => list.iter().all(|item| is_within(item, depth + 1, left)),
        Kind::Map(map) => map.entries().iter().all(|entry| is_within(&entry.value, depth + 1, left)),
        Kind::OneOf(arms) => arms.iter().all(|arm| is_within(arm, depth + 1, left)),
        _ => true,
    }
}

/// The form of a document, and of each of its statements.
pub(super) fn document(policy: &Value, subject: &Subject, faults: &mut Faults) {
    let Kind::Map(map) = &policy.kind else {
        if !policy.is_unknown() {
            let message = "a policy must be a JSON object";
            faults.add(Check::Syntax, policy.origin, message).coded("DATA_TYPE_MISMATCH");
        }
        return;
    };
    let grammar = Grammar { subject };
    Grammar::names(map, &DOCUMENT, "a policy", faults);
    Grammar::version(map, policy.origin, faults);
    let Some(statements) = given(map, "Statement") else {
        if !has_unknown_names(map) {
            let message = "the policy has no Statement";
            faults.add(Check::Syntax, policy.origin, message).coded("MISSING_STATEMENT");
        }
        return;
    };
    let mut sids = FxHashSet::default();
    let mut number = 0;
    each(&statements.value, faults, &mut |statement, faults| {
        number += 1;
        faults.statement = Some(number);
        faults.place = statement.origin.or(policy.origin);
        match &statement.kind {
            Kind::Map(map) => {
                grammar.statement(map, statement.origin, faults);
                grammar.sid(map, &mut sids, faults);
            }
            Kind::Unknown(_) | Kind::Null => {}
            _ => {
                let message = "a statement must be a JSON object";
                faults.add(Check::Syntax, statement.origin, message).coded("DATA_TYPE_MISMATCH");
            }
        }
    });
    faults.statement = None;
    faults.place = policy.origin;
}

struct Grammar<'s> {
    subject: &'s Subject,
}

impl Grammar<'_> {
    fn version(map: &Map, span: Option<Span>, faults: &mut Faults) {
        match given(map, "Version") {
            None if has_unknown_names(map) => {}
            None => {
                let message = "the document has no Version, and so is of 2008-10-17, which has no policy variables";
                faults.add(Check::OldVersion, span, message).coded("MISSING_VERSION");
            }
            Some(entry) => match entry.value.as_str() {
                Some("2008-10-17") => {
                    let message = "the document is of 2008-10-17, which has no policy variables";
                    faults.add(Check::OldVersion, entry.value.origin, message);
                }
                Some(text) if VERSIONS.contains(&text) => {}
                None if is_open(&entry.value) => {}
                _ => {
                    let message = "the Version must be \"2012-10-17\" or \"2008-10-17\"";
                    faults.add(Check::Syntax, entry.value.origin, message).coded("INVALID_VERSION");
                }
            },
        }
    }

    /// Names that are not known, and names that stand twice.
    fn names(map: &Map, known: &[&'static str], what: &str, faults: &mut Faults) {
        let mut seen = FxHashSet::default();
        for entry in map.entries() {
            let Some(name) = entry.key.as_str() else { continue };
            if !known.contains(&name) {
                let check = if what == "a principal" { Check::InvalidPrincipal } else { Check::Syntax };
                let code = if what == "a principal" { "INVALID_PRINCIPAL_KEY" } else { "INVALID_POLICY_ELEMENT" };
                let other_case = known.iter().find(|known| known.eq_ignore_ascii_case(name));
                let hint = match other_case.copied().or_else(|| nearest(name, known.iter().copied())) {
                    Some(near) => format!("; it is spelled {near}"),
                    None => String::new(),
                };
                faults.add(check, entry.key_origin, format!("{what} has no element {name:?}{hint}")).coded(code);
            }
            if !seen.insert(name) {
                faults.add(Check::Syntax, entry.key_origin, format!("{name} stands twice, and only one counts"));
            }
        }
    }

    fn sid(&self, map: &Map, sids: &mut FxHashSet<String>, faults: &mut Faults) {
        let Some(entry) = given(map, "Sid") else { return };
        let span = entry.value.origin;
        let Kind::Text(text) = &entry.value.kind else {
            // Templates write numbers as text.
            if matches!(entry.value.kind, Kind::List(_) | Kind::Map(_)) {
                faults.add(Check::Syntax, span, "the Sid must be a string").coded("DATA_TYPE_MISMATCH");
            }
            return;
        };
        let is_of_iam = matches!(self.subject.policy_type, Some(PolicyType::Identity | PolicyType::Trust));
        let odd = text.literal_content().chars().find(|character| !character.is_ascii_alphanumeric());
        if let Some(odd) = odd.filter(|_| is_of_iam) {
            let message = format!("the Sid has the character {odd:?}; IAM takes letters and digits only");
            faults.add(Check::Syntax, span, message).coded("UNSUPPORTED_SID");
        }
        if text.is_empty() {
            faults.add(Check::Syntax, span, "the Sid is empty").coded("EMPTY_SID_VALUE").weigh(Weight::Trifle);
        } else if !sids.insert(text.to_string()) {
            let message = format!("the Sid {text} stands on an earlier statement too");
            let fault = faults.add(Check::Syntax, span, message);
            match self.subject.policy_type {
                Some(PolicyType::Identity) => fault.coded("UNIQUE_SIDS_REQUIRED"),
                _ => fault.coded("UNIQUE_SIDS_RECOMMENDED").weigh(Weight::Minor),
            };
        }
    }

    fn statement(&self, map: &Map, span: Option<Span>, faults: &mut Faults) {
        Self::names(map, &STATEMENT, "a statement", faults);
        match given(map, "Effect") {
            None if has_unknown_names(map) => {}
            None => {
                faults.add(Check::Syntax, span, "the Effect is missing").coded("MISSING_EFFECT");
            }
            Some(Entry { value, .. }) if is_open(value) || matches!(value.as_str(), Some("Allow" | "Deny")) => {}
            Some(Entry { value, .. }) => {
                let message = "the Effect must be \"Allow\" or \"Deny\"";
                faults.add(Check::Syntax, value.origin, message).coded("INVALID_EFFECT");
            }
        }
        if let Some(actions) =
            Self::one_of(map, ["Action", "NotAction"], self.is_carried(), "MISSING_ACTION", span, faults)
        {
            Self::texts(actions, "an action", "EMPTY_ARRAY_ACTION", faults);
            each(&actions.value, faults, &mut |action, faults| {
                let is_action =
                    |text: &str| text == "*" || text.split_once(':').is_some_and(|(service, _)| !service.is_empty());
                if action.as_str().is_some_and(|text| !is_action(text)) {
                    let message = "an action must be \"*\" or have the form service:Action";
                    faults.add(Check::UnknownAction, action.origin, message).coded("INVALID_ACTION");
                }
            });
        }
        let resources = ["Resource", "NotResource"];
        if self.subject.is(PolicyType::Trust) {
            for entry in resources.iter().filter_map(|name| given(map, name)) {
                let message = "a role's trust policy is about that role, and names no resource";
                let fault = faults.add(Check::UnsupportedElement, entry.key_origin, message);
                fault.coded("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE");
            }
        } else if let Some(resources) =
            Self::one_of(map, resources, self.subject.needs_resource, "MISSING_RESOURCE", span, faults)
        {
            Self::texts(resources, "a resource", "EMPTY_ARRAY_RESOURCE", faults);
        }
        self.who(map, span, faults);
        if let Some(condition) = given(map, "Condition") {
            Self::conditions(&condition.value, faults);
        }
    }

    /// Whether a document is known to be used as it is: one that nothing carries may be part of another.
    fn is_carried(&self) -> bool {
        self.subject.policy_type.is_some()
    }

    fn who(&self, map: &Map, span: Option<Span>, faults: &mut Faults) {
        let names = ["Principal", "NotPrincipal"];
        match self.subject.policy_type {
            Some(policy_type) if policy_type.is_without_principals() => {
                for entry in names.iter().filter_map(|name| given(map, name)) {
                    let (message, code) = match policy_type {
                        PolicyType::ServiceControl => (
                            "a service control policy is about all principals of its accounts, and names none",
                            "SCP_SYNTAX_ERROR_PRINCIPAL",
                        ),
                        _ => ("only policies of resources have principals", "UNSUPPORTED_PRINCIPAL"),
                    };
                    faults.add(Check::UnsupportedElement, entry.key_origin, message).coded(code);
                }
            }
            policy_type => {
                let is_required = policy_type.is_some();
                let Some(entry) = Self::one_of(map, names, is_required, "MISSING_PRINCIPAL", span, faults) else {
                    return;
                };
                if policy_type == Some(PolicyType::Trust) && entry.key.as_str() == Some("NotPrincipal") {
                    let message = "a role's trust policy takes no NotPrincipal";
                    let fault = faults.add(Check::UnsupportedElement, entry.key_origin, message);
                    fault.coded("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL");
                }
                Self::principals(&entry.value, faults);
            }
        }
    }

    /// The one of two elements that is there; never both.
    fn one_of<'a>(
        map: &'a Map,
        [name, not_name]: [&str; 2],
        is_required: bool,
        code: &'static str,
        span: Option<Span>,
        faults: &mut Faults,
    ) -> Option<&'a Entry> {
        match (given(map, name), given(map, not_name)) {
            (Some(_), Some(other)) => {
                let message = format!("{name} and {not_name} exclude each other");
                faults.add(Check::Syntax, other.key_origin, message).coded("UNSUPPORTED_ELEMENT_COMBINATION");
                None
            }
            (None, None) => {
                if is_required && !has_unknown_names(map) {
                    faults.add(Check::Syntax, span, format!("{name} or {not_name} is missing")).coded(code);
                }
                None
            }
            (first, second) => first.or(second),
        }
    }

    fn texts(entry: &Entry, what: &str, code_if_empty: &'static str, faults: &mut Faults) {
        if entry.value.as_list().is_some_and(crate::value::List::is_empty) {
            let name = entry.key.literal_content();
            let message = format!("{name} is empty: the statement is about nothing");
            let fault =
                faults.add(Check::Syntax, entry.value.origin.or(entry.key_origin), message).coded(code_if_empty);
            if what == "a principal" {
                // Nobody is let in, and lists that code puts together are often empty where it is looked at alone.
                fault.weigh(Weight::Minor).likely();
            }
        }
        each(&entry.value, faults, &mut |item, faults| {
            if item.as_text().is_none() && !is_open(item) {
                let message = format!("{what} must be a string");
                faults.add(Check::Syntax, item.origin, message).coded("DATA_TYPE_MISMATCH");
            }
        });
    }

    fn principals(value: &Value, faults: &mut Faults) {
        match &value.kind {
            Kind::Text(text) if text.as_str() == Some("*") || !text.is_known() => {}
            Kind::Map(map) => {
                // `{"*": "*"}` is what older providers write for everyone.
                let is_everyone = |entry: &Entry| entry.key.as_str() == Some("*") && entry.value.as_str() == Some("*");
                if map.is_empty() {
                    let message = "the principal is empty: the statement is about nobody";
                    faults.add(Check::Syntax, value.origin, message).coded("EMPTY_OBJECT_PRINCIPAL");
                }
                if !map.entries().iter().any(is_everyone) {
                    Self::names(map, &PRINCIPALS, "a principal", faults);
                }
                for entry in map.entries().iter().filter(|entry| entry.key.is_known()) {
                    Self::texts(entry, "a principal", "EMPTY_ARRAY_PRINCIPAL", faults);
                }
            }
            Kind::OneOf(arms) => arms.iter().for_each(|arm| Self::principals(arm, faults)),
            Kind::Unknown(_) | Kind::Null => {}
            _ => {
                let message = "the principal must be \"*\" or a JSON object";
                faults.add(Check::Syntax, value.origin, message).coded("INVALID_PRINCIPAL_FORMAT");
            }
        }
    }

    fn conditions(value: &Value, faults: &mut Faults) {
        for alternative in value.alternatives() {
            match &alternative.kind {
                Kind::Map(map) => {
                    if map.is_empty() {
                        let fault = faults.add(Check::Syntax, alternative.origin, "the Condition is empty");
                        fault.coded("EMPTY_OBJECT_CONDITION").weigh(Weight::Trifle);
                    }
                    map.entries().iter().for_each(|entry| Self::operator(entry, faults));
                }
                Kind::Unknown(_) | Kind::Null => {}
                Kind::Text(text) if !text.is_known() => {}
                _ => {
                    let message = "the Condition must be a JSON object";
                    faults.add(Check::Syntax, alternative.origin, message).coded("DATA_TYPE_MISMATCH");
                }
            }
        }
    }

    fn operator(operator: &Entry, faults: &mut Faults) {
        if let Some(name) = operator.key.as_str().filter(|name| Operator::parse(name).is_none()) {
            unknown_operator(name, operator.key_origin, faults);
        }
        for alternative in operator.value.alternatives() {
            let Kind::Map(keys) = &alternative.kind else {
                if !is_open(alternative) && !alternative.is_null() {
                    let message = "the keys of a condition must be a JSON object";
                    faults.add(Check::Syntax, alternative.origin, message).coded("DATA_TYPE_MISMATCH");
                }
                continue;
            };
            let mut seen = FxHashSet::default();
            keys.entries().iter().for_each(|key| Self::key(key, &mut seen, faults));
        }
    }

    fn key(key: &Entry, seen: &mut FxHashSet<String>, faults: &mut Faults) {
        if let Some(name) = key.key.as_str()
            && !seen.insert(name.to_ascii_lowercase())
        {
            let message = format!("{name} stands twice in one condition, and only one counts");
            let fault = faults.add(Check::InvalidCondition, key.key_origin, message);
            fault.coded("DUPLICATE_KEYS_WITH_DIFFERENT_CASE");
        }
        each(&key.value, faults, &mut |value, faults| {
            if matches!(value.kind, Kind::Map(_) | Kind::List(_)) {
                let message = "a condition's value must be a string, a number or a truth value";
                faults.add(Check::Syntax, value.origin, message).coded("INVALID_CONDITION_DATA_TYPE");
            }
        });
    }
}

fn unknown_operator(name: &str, span: Option<Span>, faults: &mut Faults) {
    let bare = name.rsplit(':').next().unwrap_or(name);
    if bare.eq_ignore_ascii_case("NullIfExists") {
        let message = "Null asks whether the key is there, and so takes no IfExists";
        faults.add(Check::InvalidCondition, span, message).coded("NULL_WITH_IF_EXISTS");
        return;
    }
    let hint = match nearest(bare, OPERATORS.iter().map(|(known, _)| *known)) {
        Some(near) => format!("; {near} is near"),
        None => String::new(),
    };
    let message = format!("there is no condition operator {name:?}{hint}");
    faults.add(Check::InvalidCondition, span, message).coded("INVALID_CONDITION_OPERATOR");
}

/// The entry of a name, unless it is set to nothing.
fn given<'a>(map: &'a Map, name: &str) -> Option<&'a Entry> {
    map.entry(name).filter(|entry| !entry.value.is_null())
}

/// Whether what a value is cannot be told.
fn is_open(value: &Value) -> bool {
    match &value.kind {
        Kind::Unknown(_) | Kind::OneOf(_) => true,
        Kind::Text(text) => !text.is_known(),
        _ => false,
    }
}

/// Whether there may be more names than are known.
fn has_unknown_names(map: &Map) -> bool {
    map.entries().iter().any(|entry| !entry.key.is_known())
}

/// Each element of a list, or the value itself, through all alternatives.
fn each<'v>(value: &'v Value, faults: &mut Faults, look: &mut dyn FnMut(&'v Value, &mut Faults)) {
    match &value.kind {
        Kind::List(list) => {
            for item in list.items() {
                match &item.kind {
                    Kind::OneOf(_) => each(item, faults, look),
                    _ => look(item, faults),
                }
            }
        }
        Kind::OneOf(arms) => {
            let possible = std::mem::replace(&mut faults.possible, true);
            arms.iter().filter(|arm| !arm.is_null()).for_each(|arm| each(arm, faults, look));
            faults.possible = possible;
        }
        _ => look(value, faults),
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
                "statement 1: there is no condition operator \"StringIs\"; StringLike is near",
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
