//! A template's resources and outputs.

use crate::model::{Category, Existence, Resource};
use crate::source::{FileId, InputError, SourceFile, Span};
use crate::value::{Entry, Kind, List, Map, MapKind, Text, Value};

use super::evaluate::{Budget, Evaluator, unknown, why_unknown};
use super::function::FOR_EACH;
use super::sam;
use super::scalar;
use super::sections::Sections;
use super::stack;
use super::tree::{Content, NodeId, Style, Tree};
use super::truth::Truth;

/// A template with nested stacks of more resources than this is read in part: CloudFormation takes 500 in each
/// template ("CloudFormation quotas"), and a loop in a loop could make any number.
const MAX_RESOURCES: usize = 20_000;

/// Whether the document declares resources as CloudFormation does. Other tools' files have `Resources` too, but no
/// types with `::`.
pub(super) fn is_template(tree: &Tree<'_>) -> bool {
    let root = tree.root();
    let Some(mut resources) = tree.get(root, "Resources").and_then(|node| tree.mapping(node)) else { return false };
    tree.get(root, "AWSTemplateFormatVersion").is_some()
        || resources.any(|(key, resource)| {
            tree.scalar(key).is_some_and(|key| key.starts_with(FOR_EACH))
                || tree.get(resource, "Type").and_then(|kind| tree.scalar(kind)).is_some_and(|kind| kind.contains("::"))
        })
}

/// What a template declares.
pub(super) struct Declared {
    pub(super) resources: Vec<Resource>,
    pub(super) outputs: Vec<(String, Value)>,
    pub(super) errors: Vec<InputError>,
    /// The files of nested stacks.
    pub(super) calls: Vec<FileId>,
    pub(super) budget: Budget,
}

/// Evaluates the resources of wanted types, and the outputs where somebody may ask for them.
pub(super) fn declared(sections: &Sections<'_>, budget: Budget) -> Declared {
    let tree = sections.tree;
    let mut reader = Reader {
        sections,
        evaluator: Evaluator::new(sections, budget),
        resources: Vec::new(),
        outputs: Vec::new(),
        errors: Vec::new(),
        calls: Vec::new(),
        implicit: Vec::new(),
        is_full: false,
    };
    let members = |name| tree.get(tree.root(), name).and_then(|node| tree.mapping(node)).into_iter().flatten();
    for (key, node) in members("Resources") {
        reader.resource(key, node);
    }
    reader.implicit_apis();
    let broken = reader.evaluator.broken_rules();
    reader.errors.extend(broken);
    if sections.context.options.outputs || !sections.context.scope.is_empty() {
        for (key, node) in members("Outputs") {
            reader.output(key, node);
        }
    }
    let Reader { evaluator, resources, outputs, errors, calls, .. } = reader;
    Declared { resources, outputs, errors, calls, budget: evaluator.budget }
}

struct Reader<'t> {
    sections: &'t Sections<'t>,
    evaluator: Evaluator<'t>,
    resources: Vec<Resource>,
    outputs: Vec<(String, Value)>,
    errors: Vec<InputError>,
    calls: Vec<FileId>,
    /// The APIs that events need and that nobody declares, with where and whether the first is needed.
    implicit: Vec<(sam::Call, (Span, Span, Existence))>,
    /// Whether there are as many resources as are kept.
    is_full: bool,
}

impl Reader<'_> {
    fn resource(&mut self, key: NodeId, node: NodeId) {
        let tree = self.sections.tree;
        let Some(name) = tree.scalar(key) else { return };
        if self.resources.len() >= MAX_RESOURCES {
            if !std::mem::replace(&mut self.is_full, true) {
                let message =
                    format!("the template has more than {MAX_RESOURCES} resources; the others were not checked");
                self.error(key, &message);
            }
            return;
        }
        if name.starts_with("Fn::") {
            if name.starts_with(FOR_EACH) {
                self.unroll(node, Self::resource);
            }
            // A transform brings resources that are not here.
            return;
        }
        let Some(kind) = self.sections.kind_of(node) else {
            // A macro may bring the type, and Rain puts the resources of a module of its own in the place of one.
            let module = tree.get(node, "Type").and_then(|kind| tree.get(kind, "Rain::Module"));
            if tree.get(node, "Fn::Transform").is_none() && module.is_none() {
                let message = format!(
                    "the resource {name} has no type and was not checked; where another tool makes the template from this \
                     file, check its result"
                );
                self.error(key, &message);
            }
            return;
        };
        let context = self.sections.context;
        let is_wanted = |kind: &str| (context.wanted)(Category::Managed, kind);
        let stands_for = sam::stands_for(kind);
        let is_asked = stands_for.map_or_else(|| is_wanted(kind), |kinds| kinds.iter().any(|kind| is_wanted(kind)));
        let is_stack = stack::template_property(kind).is_some();
        let connectors = tree.get(node, "Connectors");
        if !is_asked && !is_stack && connectors.is_none() {
            return;
        }
        let condition = tree.get(node, "Condition").and_then(|node| tree.scalar(node));
        let existence = match condition.map(|name| self.evaluator.condition(name)) {
            None | Some(Truth::True) => Existence::Certain,
            Some(Truth::False) => return,
            Some(Truth::Unknown(why)) => Existence::Possible(why),
        };
        // Where the resource exists, its condition holds.
        let assumed = condition.map(|condition| (self.evaluator.condition_name(condition), true));
        self.evaluator.assumptions.extend(assumed);
        let id = self.evaluator.with_loop_variables(Text::from(name)).to_string();
        if is_asked {
            let properties = tree.get(node, "Properties");
            let value = properties.and_then(|properties| self.evaluator.value(properties));
            let declared = sam::Declared {
                id: id.clone(),
                properties: self.with_globals(kind, node, as_attributes(value, self.sections.span(node))),
                node: properties,
                ..self.header(key, node, &existence)
            };
            self.add(kind, stands_for.is_some(), declared);
        }
        if is_stack {
            let stack = self.evaluator.stack(&id, node);
            self.resources.extend(stack.resources.iter().map(|resource| stack::within(resource, &existence)));
            self.errors.extend(stack.errors.iter().cloned());
            self.calls.extend_from_slice(&stack.calls);
        }
        for (key, connector) in connectors.and_then(|node| tree.mapping(node)).into_iter().flatten() {
            self.connector(&id, key, connector, &existence);
        }
        self.evaluator.assumptions.truncate(self.evaluator.assumptions.len() - usize::from(condition.is_some()));
    }

    /// The parts of a resource that are not its properties.
    fn header(&self, key: NodeId, node: NodeId, existence: &Existence) -> sam::Declared {
        sam::Declared {
            id: String::new(),
            properties: Value::object(Vec::new()),
            node: None,
            span: self.sections.span(key),
            block: block(self.sections, key, node),
            existence: existence.clone(),
            metadata: self.sections.tree.get(node, "Metadata").map(|node| literal(self.sections, node)),
            policies: policies(self.sections, node),
        }
    }

    /// Adds a resource, or what it stands for.
    fn add(&mut self, kind: &str, stands_for_others: bool, declared: sam::Declared) {
        if stands_for_others {
            let (made, implicit) = sam::Maker::new(&mut self.evaluator, &declared).expand(kind);
            self.resources.extend(made);
            for call in implicit {
                let header = (declared.span, declared.block, declared.existence.clone());
                let known = self.implicit.iter_mut().find(|(known, _)| *known == call);
                match known {
                    // It exists where any of those who need it does.
                    Some((_, (_, _, existence))) if declared.existence == Existence::Certain => {
                        *existence = Existence::Certain;
                    }
                    Some(_) => {}
                    None => self.implicit.push((call, header)),
                }
            }
            return;
        }
        let sam::Declared { id, properties, span, block, existence, metadata, policies, .. } = declared;
        self.resources.push(Resource {
            address: format!("{}{id}", self.evaluator.scope()).into(),
            kind: kind.into(),
            provider: None,
            category: Category::Managed,
            attributes: properties,
            span,
            block,
            existence,
            metadata,
            policies,
        });
    }

    /// The APIs that SAM makes for events which name none.
    fn implicit_apis(&mut self) {
        for (call, (span, block, existence)) in std::mem::take(&mut self.implicit) {
            let kind = format!("{}{}", sam::PREFIX, if call == sam::Call::Rest { "Api" } else { "HttpApi" });
            let globals = self.globals(&kind).unwrap_or_else(|| Value::object(Vec::new()));
            let declared = sam::Declared {
                id: call.implicit().to_owned(),
                properties: as_attributes(Some(globals), span),
                node: None,
                span,
                block,
                existence,
                metadata: None,
                policies: None,
            };
            let made = sam::Maker::new(&mut self.evaluator, &declared).expand_implicit(call);
            self.resources.extend(made);
        }
    }

    /// A connector among the `Connectors` of a resource.
    fn connector(&mut self, source: &str, key: NodeId, node: NodeId, existence: &Existence) {
        let tree = self.sections.tree;
        let Some(name) = tree.scalar(key) else { return };
        let properties = tree.get(node, "Properties").and_then(|properties| self.evaluator.value(properties));
        let declared = sam::Declared {
            id: format!("{source}{name}"),
            properties: as_attributes(properties, self.sections.span(node)),
            ..self.header(key, node, existence)
        };
        let mut source = vec![Entry::new("Id", Value::text(source))];
        let reference = declared.properties.get("SourceReference").and_then(|reference| reference.get("Qualifier"));
        source.extend(reference.map(|qualifier| Entry::new("Qualifier", qualifier.clone())));
        let made = sam::Maker::new(&mut self.evaluator, &declared).expand_connector(&Value::object(source));
        self.resources.extend(made);
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
            self.outputs.push((name, value));
        }
    }

    /// Each member of a loop's body, once for every element.
    fn unroll(&mut self, node: NodeId, each: fn(&mut Self, NodeId, NodeId)) {
        let sections = self.sections;
        // The loop's variables live in the evaluator, which `each` takes along with everything else: it is put back
        // for the time of each call.
        let mut evaluator = std::mem::replace(&mut self.evaluator, Evaluator::new(sections, Budget::default()));
        evaluator.for_each(node, &mut |evaluator, key, value| {
            std::mem::swap(&mut self.evaluator, evaluator);
            each(self, key, value);
            std::mem::swap(&mut self.evaluator, evaluator);
        });
        self.evaluator = evaluator;
    }

    /// What the `Globals` of a SAM template add to a resource, unless it says that it ignores them.
    fn with_globals(&mut self, kind: &str, node: NodeId, attributes: Value) -> Value {
        let tree = self.sections.tree;
        let ignored = tree.get(node, "IgnoreGlobals");
        if ignored.and_then(|ignored| tree.scalar(ignored)) == Some("*") {
            return attributes;
        }
        let ignored = ignored.and_then(|ignored| tree.sequence(ignored)).unwrap_or_default();
        let ignored: Vec<&str> = ignored.iter().filter_map(|&name| tree.scalar(name)).collect();
        let Some(globals) = self.globals(kind) else { return attributes };
        let entries = globals.as_map().map(Map::entries).unwrap_or_default();
        let is_meant = |entry: &&Entry| !entry.key.as_str().is_some_and(|name| ignored.contains(&name));
        sam::merge(&Value::object(entries.iter().filter(is_meant).cloned().collect()), &attributes)
    }

    /// The `Globals` of a type.
    fn globals(&mut self, kind: &str) -> Option<Value> {
        let section = kind.strip_prefix(sam::PREFIX)?;
        let globals = self.sections.globals.and_then(|globals| self.sections.tree.get(globals, section))?;
        self.evaluator.value(globals)
    }

    fn error(&mut self, node: NodeId, message: &str) {
        let line = self.sections.position(node).line;
        self.errors.push(InputError::at_line(self.sections.file(node).shown_path(), line, message));
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

/// From the logical id to the end of the resource; in YAML with the rest of its last line, where a comment may
/// stand.
fn block(sections: &Sections<'_>, key: NodeId, node: NodeId) -> Span {
    let (key, node) = (sections.span(key), sections.span(node));
    let Some(file) = sections.context.sources.get(key.file) else { return key };
    let text = file.text();
    // What stands elsewhere, an alias' anchor or an included file, is no part of this block.
    let mut end = if node.file == key.file { node.end.max(key.end) as usize } else { key.end as usize };
    let in_brackets = text.as_bytes().get(end.saturating_sub(1)) == Some(&b'}');
    if !in_brackets {
        let rest = text.as_bytes().get(end..).unwrap_or_default();
        end = memchr::memchr(b'\n', rest).map_or(text.len(), |newline| end + newline);
    }
    Span::new(file.id(), key.start as usize, end)
}

/// What a resource says besides its type and properties.
fn policies(sections: &Sections<'_>, node: NodeId) -> Option<Value> {
    const NAMES: [&str; 3] = ["DependsOn", "DeletionPolicy", "UpdateReplacePolicy"];
    let entry = |name| Some(Entry::new(name, literal(sections, sections.tree.get(node, name)?)));
    let entries: Vec<Entry> = NAMES.into_iter().filter_map(entry).collect();
    (!entries.is_empty()).then(|| Value::object(entries))
}

/// A node as it is written, calls of functions included.
fn literal(sections: &Sections<'_>, node: NodeId) -> Value {
    let tree = sections.tree;
    let written = tree.node(node);
    let text = |node| sections.text(node);
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
