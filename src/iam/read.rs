//! From a value tree to a document.

use crate::source::Span;
use crate::value::{Entry, Kind, Map, Text, Value, Why};

use super::condition::{Condition, ConditionValue, Operator};
use super::document::{
    Document, Effect, Opaque, Pattern, Patterns, Principal, PrincipalKind, Principals, Statement, Version,
};
use super::glob::{Glob, Variables};

impl Document {
    /// Reads a document from the value that its JSON stands for. Never fails: what cannot be read is in
    /// [`opaque`](Self::opaque).
    pub fn read(value: &Value) -> Self {
        document(value)
    }
}

fn document(value: &Value) -> Document {
    let mut reader = Reader { variables: Variables::Literal, opaque: Vec::new() };
    let mut document =
        Document { version: Version::V2008, statements: Vec::new(), opaque: Vec::new(), span: value.origin };
    match &value.kind {
        Kind::Map(map) => {
            if element(map, "Version").is_some_and(|entry| entry.value.as_str() == Some("2012-10-17")) {
                document.version = Version::V2012;
                reader.variables = Variables::Replaced;
            }
            match element(map, "Statement") {
                Some(entry) => reader.statements(&entry.value, false, &mut document.statements),
                None => reader.opaque("the document has no Statement", value.origin),
            }
        }
        Kind::OneOf(arms) => {
            for arm in arms.iter().filter(|arm| !arm.is_null()) {
                let inner = Document::read(arm);
                document.version = inner.version;
                document.opaque.extend(inner.opaque);
                document.statements.extend(inner.statements.into_iter().map(|mut statement| {
                    statement.possible = true;
                    statement
                }));
            }
        }
        Kind::Unknown(unknown) => reader.opaque(&unknown.why.to_string(), value.origin),
        _ => reader.opaque("a policy document must be a JSON object", value.origin),
    }
    document.opaque.append(&mut reader.opaque);
    document
}

struct Reader {
    variables: Variables,
    opaque: Vec<Opaque>,
}

impl Reader {
    fn opaque(&mut self, why: &str, span: Option<Span>) {
        self.opaque.push(Opaque { why: why.to_owned(), span });
    }

    fn statements(&mut self, value: &Value, possible: bool, out: &mut Vec<Statement>) {
        match &value.kind {
            Kind::List(list) => list.iter().for_each(|item| self.statements(item, possible, out)),
            Kind::OneOf(arms) => arms.iter().for_each(|arm| self.statements(arm, true, out)),
            Kind::Map(map) => out.push(self.statement(map, value.origin, possible)),
            Kind::Unknown(unknown) => self.opaque(&unknown.why.to_string(), value.origin),
            Kind::Null => {}
            _ => self.opaque("a statement must be a JSON object", value.origin),
        }
    }

    fn statement(&mut self, map: &Map, span: Option<Span>, possible: bool) -> Statement {
        let effect = element(map, "Effect");
        let conditions =
            element(map, "Condition").map(|entry| self.conditions(&entry.value, false)).unwrap_or_default();
        let actions = self.patterns(map, "Action", "NotAction", Case::Lower);
        let known = self.opaque.len();
        let resources = self.patterns(map, "Resource", "NotResource", Case::AsIs);
        if actions.as_ref().is_some_and(are_ordinary) {
            // On which resources is not known, but on none would it be too much.
            self.opaque.truncate(known);
        }
        Statement {
            sid: element(map, "Sid").and_then(|entry| entry.value.to_text()),
            effect: match effect.and_then(|entry| entry.value.as_str()) {
                Some("Allow") => Effect::Allow,
                Some("Deny") => Effect::Deny,
                _ => {
                    self.opaque(
                        "the statement's Effect is neither Allow nor Deny here",
                        effect.and_then(|e| e.value.origin).or(span),
                    );
                    Effect::Unknown
                }
            },
            actions,
            resources,
            principals: self.principals(map),
            conditions,
            possible,
            span,
        }
    }

    fn patterns(&mut self, map: &Map, name: &str, not_name: &str, case: Case) -> Option<Patterns> {
        let (entry, negated) = match element(map, name) {
            Some(entry) => (entry, false),
            None => (element(map, not_name)?, true),
        };
        let mut patterns = Patterns { negated, items: Vec::new(), incomplete: false, key_span: entry.key_origin };
        self.collect_patterns(&entry.value, false, case, &mut patterns);
        Some(patterns)
    }

    fn collect_patterns(&mut self, value: &Value, possible: bool, case: Case, out: &mut Patterns) {
        match &value.kind {
            Kind::List(list) => list.iter().for_each(|item| self.collect_patterns(item, possible, case, out)),
            Kind::OneOf(arms) => arms.iter().for_each(|arm| self.collect_patterns(arm, true, case, out)),
            Kind::Text(text) => out.items.push(self.pattern(text, value.origin, possible, case)),
            Kind::Unknown(unknown) => {
                // It may be a whole list; as one pattern it equals itself and nothing else.
                out.incomplete = true;
                let text = Text::from(unknown.symbol.clone());
                out.items.push(self.pattern(&text, value.origin, possible, case));
                // What AWS will name once it exists is a name, never a wildcard; an input may be anything.
                let is_name = case == Case::AsIs && matches!(unknown.why, Why::AfterDeployment(_));
                if !is_name {
                    self.opaque(&unknown.why.to_string(), value.origin);
                }
            }
            Kind::Null => {}
            _ => {
                out.incomplete = true;
                self.opaque("actions and resources must be strings", value.origin);
            }
        }
    }

    fn pattern(&self, text: &Text, span: Option<Span>, possible: bool, case: Case) -> Pattern {
        let glob = Glob::new(text, self.variables);
        let glob = if case == Case::Lower { glob.to_lowercase() } else { glob };
        Pattern { text: text.clone(), glob, span, possible }
    }

    fn principals(&mut self, map: &Map) -> Option<Principals> {
        let (entry, negated) = match element(map, "Principal") {
            Some(entry) => (entry, false),
            None => (element(map, "NotPrincipal")?, true),
        };
        let mut principals = Principals { negated, items: Vec::new(), incomplete: false, key_span: entry.key_origin };
        self.collect_principals(&entry.value, PrincipalKind::Everyone, false, &mut principals);
        Some(principals)
    }

    fn collect_principals(&mut self, value: &Value, kind: PrincipalKind, possible: bool, out: &mut Principals) {
        match &value.kind {
            Kind::Map(map) if kind == PrincipalKind::Everyone => {
                for entry in map.entries() {
                    let kind = match entry.key.as_str() {
                        // `{"*": "*"}` is what `type = "*"` gives in older providers.
                        Some("AWS" | "*") => PrincipalKind::Aws,
                        Some("Service") => PrincipalKind::Service,
                        Some("Federated") => PrincipalKind::Federated,
                        Some("CanonicalUser") => PrincipalKind::CanonicalUser,
                        _ => PrincipalKind::Other,
                    };
                    self.collect_principals(&entry.value, kind, possible, out);
                }
            }
            Kind::List(list) => list.iter().for_each(|item| self.collect_principals(item, kind, possible, out)),
            Kind::OneOf(arms) => arms.iter().for_each(|arm| self.collect_principals(arm, kind, true, out)),
            Kind::Unknown(unknown) => {
                out.incomplete = true;
                out.items.push(Principal {
                    kind,
                    text: Text::from(unknown.symbol.clone()),
                    span: value.origin,
                    possible,
                });
            }
            Kind::Null => {}
            _ => {
                if let Some(text) = value.to_text() {
                    out.items.push(Principal { kind, text, span: value.origin, possible });
                } else {
                    out.incomplete = true;
                    self.opaque("a principal must be a string", value.origin);
                }
            }
        }
    }

    fn conditions(&mut self, value: &Value, possible: bool) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for alternative in value.alternatives() {
            let possible = possible || matches!(value.kind, Kind::OneOf(_));
            match &alternative.kind {
                Kind::Map(map) => {
                    map.entries().iter().for_each(|entry| self.operator(entry, possible, &mut conditions));
                }
                Kind::Null => {}
                _ => {
                    // Some condition that is not known: it may restrict.
                    self.opaque("the statement's Condition is not known", alternative.origin);
                    conditions.push(Condition::unknown(alternative.origin, possible));
                }
            }
        }
        conditions
    }

    fn operator(&mut self, operator: &Entry, possible: bool, out: &mut Vec<Condition>) {
        let parsed = operator.key.as_str().and_then(Operator::parse);
        for alternative in operator.value.alternatives() {
            let possible = possible || matches!(operator.value.kind, Kind::OneOf(_));
            let Some(keys) = alternative.as_map() else {
                if !alternative.is_null() {
                    self.opaque("the keys of a condition are not known", alternative.origin);
                    out.push(Condition::unknown(alternative.origin, possible));
                }
                continue;
            };
            for key in keys.entries() {
                let mut condition = Condition {
                    operator: parsed,
                    operator_span: operator.key_origin,
                    key: key.key.clone(),
                    key_span: key.key_origin,
                    values: Vec::new(),
                    incomplete: false,
                    possible,
                };
                collect_values(&key.value, self.variables, &mut condition);
                out.push(condition);
            }
        }
    }
}

/// Whether all actions are spelled out, and none is about permissions.
fn are_ordinary(actions: &Patterns) -> bool {
    let about_permissions = |text: &str| {
        ["iam:", "sts:"].iter().any(|service| text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(service)))
    };
    let ordinary = |pattern: &Pattern| {
        !pattern.glob.has_wildcard() && pattern.text.as_str().is_some_and(|text| !about_permissions(text))
    };
    !actions.negated && actions.items.iter().all(ordinary)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Lower,
    AsIs,
}

fn collect_values(value: &Value, variables: Variables, out: &mut Condition) {
    match &value.kind {
        Kind::List(list) => list.iter().for_each(|item| collect_values(item, variables, out)),
        Kind::OneOf(arms) => {
            // Which of the values it will be is not known; together they allow the most.
            arms.iter().for_each(|arm| collect_values(arm, variables, out));
        }
        Kind::Null | Kind::Map(_) => out.incomplete = true,
        _ => {
            out.incomplete |= value.is_unknown();
            if let Some(text) = value.to_text() {
                let glob = Glob::new(&text, variables);
                out.values.push(ConditionValue { text, glob, span: value.origin });
            }
        }
    }
}

/// The element of a name. The names' case is AWS's; others are taken too, as the service takes them.
fn element<'a>(map: &'a Map, name: &str) -> Option<&'a Entry> {
    let exact = map.entry(name);
    let found = exact.or_else(|| {
        let same = |entry: &&Entry| entry.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name));
        map.entries().iter().find(same)
    });
    found.filter(|entry| !entry.value.is_null())
}
