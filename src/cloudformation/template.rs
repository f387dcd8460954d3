//! A template's resources and outputs.

use crate::model::{Category, Existence, Resource};
use crate::source::{InputError, SourceFile, Span};
use crate::value::{Entry, Kind, List, Map, MapKind, Text, Value};

use super::evaluate::{Evaluator, unknown, why_unknown};
use super::function::FOR_EACH;
use super::scalar;
use super::sections::Sections;
use super::tree::{Content, NodeId, Style, Tree};
use super::truth::Truth;

/// Whether the document declares resources as CloudFormation does. Other tools' files have `Resources` too, but no
/// types with `::`.
pub(super) fn is_template(tree: &Tree<'_>) -> bool {
    let root = tree.root();
    let Some(mut resources) = tree.get(root, "Resources").and_then(|node| tree.mapping(node)) else { return false };
    tree.get(root, "AWSTemplateFormatVersion").is_some()
        || resources.any(|(key, resource)| {
            tree.scalar(key).is_some_and(|key| key.starts_with(FOR_EACH))
                || kind(tree, resource).is_some_and(|kind| kind.contains("::"))
        })
}

fn kind<'t>(tree: &'t Tree<'_>, resource: NodeId) -> Option<&'t str> {
    tree.get(resource, "Type").and_then(|node| tree.scalar(node))
}

/// What a template declares.
pub(super) struct Declared {
    pub(super) resources: Vec<Resource>,
    pub(super) outputs: Vec<(String, Value)>,
    pub(super) errors: Vec<InputError>,
}

/// Evaluates the resources of wanted types, and the outputs where the options ask for them.
pub(super) fn declared(sections: &Sections<'_>, wanted: &(dyn Fn(Category, &str) -> bool + Sync)) -> Declared {
    let tree = sections.tree;
    let mut reader = Reader {
        sections,
        wanted,
        evaluator: Evaluator::new(sections),
        declared: Declared { resources: Vec::new(), outputs: Vec::new(), errors: Vec::new() },
    };
    let members = |name| tree.get(tree.root(), name).and_then(|node| tree.mapping(node)).into_iter().flatten();
    for (key, node) in members("Resources") {
        reader.resource(key, node);
    }
    if sections.options.outputs {
        for (key, node) in members("Outputs") {
            reader.output(key, node);
        }
    }
    reader.declared
}

struct Reader<'t, 'w> {
    sections: &'t Sections<'t>,
    wanted: &'w (dyn Fn(Category, &str) -> bool + Sync),
    evaluator: Evaluator<'t>,
    declared: Declared,
}

impl Reader<'_, '_> {
    fn resource(&mut self, key: NodeId, node: NodeId) {
        let tree = self.sections.tree;
        let Some(name) = tree.scalar(key) else { return };
        if name.starts_with("Fn::") {
            if name.starts_with(FOR_EACH) {
                self.unroll(node, Self::resource);
            }
            // A transform brings resources that are not here.
            return;
        }
        let Some(kind) = kind(tree, node) else {
            // A macro may bring the type.
            if tree.get(node, "Fn::Transform").is_none() {
                let message = format!(
                    "the resource {name} has no type and was not checked; where another tool makes the template from this \
                     file, check its result"
                );
                self.error(key, &message);
            }
            return;
        };
        if !(self.wanted)(Category::Managed, kind) {
            return;
        }
        let condition = tree.get(node, "Condition").and_then(|node| tree.scalar(node));
        let existence = match condition.map(|name| self.evaluator.condition(name)) {
            None | Some(Truth::True) => Existence::Certain,
            Some(Truth::False) => return,
            Some(Truth::Unknown(why)) => Existence::Possible(why),
        };
        let properties = tree.get(node, "Properties");
        let value = match (properties, condition) {
            // Where the resource exists, its condition holds.
            (Some(properties), Some(condition)) => self.evaluator.value_assuming(condition, true, properties),
            (Some(properties), None) => self.evaluator.value(properties),
            (None, _) => None,
        };
        let attributes = self.with_globals(kind, as_attributes(value, self.sections.span(node)));
        let address = self.evaluator.with_loop_variables(Text::from(name)).to_string();
        let resource = Resource {
            address: address.into(),
            kind: kind.into(),
            provider: None,
            category: Category::Managed,
            attributes,
            span: self.sections.span(key),
            block: block(tree, self.sections.file, key, node),
            existence,
            metadata: tree.get(node, "Metadata").map(|node| literal(self.sections, node)),
        };
        self.declared.resources.push(resource);
    }

    fn output(&mut self, key: NodeId, node: NodeId) {
        let tree = self.sections.tree;
        let Some(name) = tree.scalar(key) else { return };
        if name.starts_with(FOR_EACH) {
            self.unroll(node, Self::output);
            return;
        }
        let condition = tree.get(node, "Condition").and_then(|node| tree.scalar(node));
        if condition.is_some_and(|name| self.evaluator.condition(name) == Truth::False) {
            return;
        }
        if let Some(value) = tree.get(node, "Value").and_then(|node| self.evaluator.value(node)) {
            let name = self.evaluator.with_loop_variables(Text::from(name)).to_string();
            self.declared.outputs.push((name, value));
        }
    }

    /// Each member of a loop's body, once for every element.
    fn unroll(&mut self, node: NodeId, each: fn(&mut Self, NodeId, NodeId)) {
        let sections = self.sections;
        // The loop's variables live in the evaluator, which `each` takes along with everything else: it is put back
        // for the time of each call.
        let mut evaluator = std::mem::replace(&mut self.evaluator, Evaluator::new(sections));
        evaluator.for_each(node, &mut |evaluator, key, value| {
            std::mem::swap(&mut self.evaluator, evaluator);
            each(self, key, value);
            std::mem::swap(&mut self.evaluator, evaluator);
        });
        self.evaluator = evaluator;
    }

    /// What the `Globals` of a SAM template add to a resource. AWS: "Globals section of the AWS SAM template".
    fn with_globals(&mut self, kind: &str, attributes: Value) -> Value {
        let Some(section) = kind.strip_prefix("AWS::Serverless::") else { return attributes };
        let globals = self.sections.globals.and_then(|globals| self.sections.tree.get(globals, section));
        match globals.and_then(|globals| self.evaluator.value(globals)) {
            Some(globals) => merge(&globals, &attributes),
            None => attributes,
        }
    }

    fn error(&mut self, node: NodeId, message: &str) {
        let line = self.sections.file.position(self.sections.span(node).start).line;
        self.declared.errors.push(InputError::at_line(self.sections.file.shown_path(), line, message));
    }
}

/// A resource's arguments are a map whatever the template says.
fn as_attributes(properties: Option<Value>, resource: Span) -> Value {
    let empty = |entries| Value::new(Kind::Map(Map::new(MapKind::Object, entries)), Some(resource));
    match properties {
        Some(value) if value.as_map().is_some() => value,
        // A macro, or a choice between two sets of properties.
        Some(value) if value.is_unknown() || value.alternatives().len() > 1 => {
            let why = why_unknown(&value);
            let why = why.unwrap_or_else(|| crate::value::Why::Unsupported("a choice of Properties".into()));
            let mut value = unknown(format!("Properties@{}", resource.start), why);
            value.origin = Some(resource);
            empty(vec![Entry::new("Fn::Transform", value)])
        }
        _ => empty(Vec::new()),
    }
}

/// Maps are merged, lists put one after the other, other things replaced.
fn merge(globals: &Value, own: &Value) -> Value {
    match (&globals.kind, &own.kind) {
        (Kind::Map(globals), Kind::Map(entries)) => {
            let mut merged: Vec<Entry> = entries.entries().to_vec();
            for entry in &mut merged {
                if let Some(global) = entry.key.as_str().and_then(|name| globals.get(name)) {
                    entry.value = merge(global, &entry.value);
                }
            }
            let is_own = |entry: &Entry| entry.key.as_str().is_some_and(|name| entries.contains_key(name));
            merged.extend(globals.entries().iter().filter(|entry| !is_own(entry)).cloned());
            Value::new(Kind::Map(Map::new(MapKind::Object, merged)), own.origin)
        }
        (Kind::List(globals), Kind::List(own_items)) => {
            let items = globals.iter().chain(own_items.iter()).cloned().collect();
            Value::new(Kind::List(List::new(own_items.kind, items)), own.origin)
        }
        _ => own.clone(),
    }
}

/// From the logical id to the end of the resource; in YAML with the rest of its last line, where a comment may
/// stand.
fn block(tree: &Tree<'_>, file: &SourceFile, key: NodeId, node: NodeId) -> Span {
    let start = tree.node(key).span.start as usize;
    let mut end = tree.node(node).span.end as usize;
    let text = file.text();
    let in_brackets = text.as_bytes().get(end.saturating_sub(1)) == Some(&b'}');
    if !in_brackets {
        let rest = text.as_bytes().get(end..).unwrap_or_default();
        end = memchr::memchr(b'\n', rest).map_or(text.len(), |newline| end + newline);
    }
    Span::new(file.id(), start, end)
}

/// A node as it is written, calls of functions included.
fn literal(sections: &Sections<'_>, node: NodeId) -> Value {
    let tree = sections.tree;
    let written = tree.node(node);
    let text = |node| scalar::text(tree.node(node), sections.file.id(), sections.file.text());
    let kind = match &written.content {
        Content::Scalar(value, style) => {
            let plain = (*style == Style::Plain).then(|| scalar::plain_kind(value)).flatten();
            plain.unwrap_or_else(|| Kind::Text(text(node)))
        }
        Content::Sequence(_) => {
            let items = tree.sequence(node).unwrap_or_default().iter().map(|&item| literal(sections, item)).collect();
            Kind::List(List::new(crate::value::ListKind::Tuple, items))
        }
        Content::Mapping(_) => {
            let pairs = tree.mapping(node).into_iter().flatten();
            let entry = |(key, value)| Entry {
                key: text(key),
                key_origin: Some(sections.span(key)),
                value: literal(sections, value),
            };
            Kind::Map(Map::new(MapKind::Object, pairs.map(entry).collect()))
        }
    };
    Value::new(kind, Some(sections.span(node)))
}

/// Lines for the names that stand twice.
pub(super) fn duplicate_errors(tree: &Tree<'_>, file: &SourceFile) -> Vec<InputError> {
    let error = |duplicate: &super::tree::Duplicate| {
        let (first, second) = (file.position(duplicate.first).line, file.position(duplicate.second).line);
        let message = format!(
            "{:?} stands twice, first in line {first}; CloudFormation takes the last and drops the others: remove what is not meant",
            duplicate.name
        );
        InputError::at_line(file.shown_path(), second, message)
    };
    tree.duplicates.iter().map(error).collect()
}

/// What stopped the reading of a file, and what to do.
pub(super) fn parse_error(file: &SourceFile, error: &super::tree::ParseError, rest: &str) -> InputError {
    let line = file.position(super::tree::count(error.offset)).line;
    InputError::at_line(file.shown_path(), line, format!("the template cannot be parsed: {}{rest}", error.message))
}
