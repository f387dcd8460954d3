//! Configuration in JSON (`.tf.json`): the same tree. Strings are templates; JSON does not tell arguments from
//! blocks, which Terraform knows from the provider's schema.

use rustc_hash::FxHashMap;

use super::{Attribute, Body, Expression, Kind, Name, NestedBlock, native, too_many_types};
use crate::source::Span;
use crate::value::{self, Entry, Text, Value, Why};

/// A top-level block.
#[derive(Clone, Debug)]
pub(crate) struct JsonBlock {
    pub(crate) kind: Box<str>,
    pub(crate) labels: Vec<Box<str>>,
    /// The last label, or the block type where there is none.
    pub(crate) header: Span,
    pub(crate) body: Value,
}

/// The top-level blocks of a file that was parsed as JSON: the first ones, if there are more than `most`.
pub(crate) fn blocks(root: &Value, most: usize) -> Vec<JsonBlock> {
    let mut found = Found { blocks: Vec::new(), most };
    for entry in properties(root) {
        let Some(kind) = entry.key.as_str() else {
            continue;
        };
        let labels = match kind {
            "resource" | "data" | "ephemeral" => 2,
            "variable" | "output" | "module" | "provider" | "check" => 1,
            _ => 0,
        };
        collect(kind, labels, &mut Vec::new(), entry, &mut found);
    }
    found.blocks
}

/// Blocks, and how many are enough.
struct Found {
    blocks: Vec<JsonBlock>,
    most: usize,
}

fn collect(kind: &str, missing: usize, labels: &mut Vec<Box<str>>, entry: &Entry, found: &mut Found) {
    if missing > 0 {
        for entry in properties(&entry.value) {
            if found.blocks.len() >= found.most {
                return;
            }
            labels.push(entry.key.as_str().unwrap_or_default().into());
            collect(kind, missing - 1, labels, entry, found);
            labels.pop();
        }
        return;
    }
    let bodies = match &entry.value.kind {
        value::Kind::List(list) => list.items(),
        _ => std::slice::from_ref(&entry.value),
    };
    for body in bodies.iter().take(found.most.saturating_sub(found.blocks.len())) {
        if let Some(header) = entry.key_origin.or(body.origin) {
            found.blocks.push(JsonBlock { kind: kind.into(), labels: labels.clone(), header, body: body.clone() });
        }
    }
}

/// The properties of an object, or of all the objects of an array, without the comments (`//`).
fn properties(value: &Value) -> impl Iterator<Item = &Entry> {
    let objects = match &value.kind {
        value::Kind::List(list) => list.items(),
        _ => std::slice::from_ref(value),
    };
    let entries = objects.iter().filter_map(Value::as_map).flat_map(value::Map::entries);
    entries.filter(|entry| entry.key.as_str() != Some("//"))
}

/// Arguments of AWS resources that are maps. Any other object there is taken for a block.
const MAP_ARGUMENTS: &[&str] = &[
    "tags",
    "tags_all",
    "variables",
    "parameters",
    "triggers",
    "keepers",
    "metadata",
    "labels",
    "options",
    "headers",
    "connection_properties",
    "default_arguments",
    "non_overridable_arguments",
    "request_parameters",
    "request_templates",
    "response_parameters",
    "response_templates",
    "response_models",
    "attributes",
    "context",
    "environment_variables",
    "input_parameters",
    "additional_tags",
    "volume_tags",
    "lf_tag",
    "stage_variables",
];

/// How to read the objects in a body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Objects {
    /// As values.
    Values,
    /// As values in which no string is a template: so the declarations of variables are read.
    Literals,
    /// As blocks, unless the argument is known to be a map.
    Blocks,
}

/// A body and what in it could not be parsed.
pub(crate) fn body(value: &Value, objects: Objects) -> (Body, Vec<(Span, String)>) {
    let mut errors = Vec::new();
    let body = body_of(value, objects, &mut errors);
    (body, errors)
}

fn body_of(value: &Value, objects: Objects, errors: &mut Vec<(Span, String)>) -> Body {
    let mut body = Body::default();
    let mut places: FxHashMap<&str, usize> = FxHashMap::default();
    for entry in properties(value) {
        let (Some(key), Some(span)) = (entry.key.as_str(), entry.key_origin) else {
            continue;
        };
        let name = Name { text: key.into(), span };
        if key == "dynamic" {
            for dynamic in properties(&entry.value) {
                let label = dynamic.key_origin.map(|span| Name { text: dynamic.key.to_string().into(), span });
                for value in elements(&dynamic.value) {
                    let mut content = body_of(value, Objects::Values, errors);
                    content.attributes.retain(|attribute| &*attribute.name.text != "content");
                    for inner in properties(value).filter(|entry| entry.key.as_str() == Some("content")) {
                        let name = Name { text: "content".into(), span: inner.key_origin.unwrap_or(span) };
                        content.blocks.push(nested(name, Vec::new(), &inner.value, errors));
                    }
                    let labels = label.clone().into_iter().collect();
                    let whole = value.origin.unwrap_or(span);
                    body.blocks.push(NestedBlock { kind: name.clone(), labels, body: content, span: whole });
                }
            }
            continue;
        }
        let items = elements(&entry.value);
        let is_block = objects == Objects::Blocks
            && !items.is_empty()
            && items.iter().all(|item| item.as_map().is_some())
            && !MAP_ARGUMENTS.contains(&key);
        if is_block {
            body.blocks.extend(items.iter().map(|item| nested(name.clone(), Vec::new(), item, errors)));
        } else {
            let value = match objects {
                Objects::Literals => literal(&entry.value, span),
                Objects::Values | Objects::Blocks => expression(&entry.value, span, errors),
            };
            let attribute = Attribute { name, value };
            let place = *places.entry(key).or_insert(body.attributes.len());
            // The last of one name counts.
            match body.attributes.get_mut(place) {
                Some(earlier) => *earlier = attribute,
                None => body.attributes.push(attribute),
            }
        }
    }
    if let Some(span) = body.keep_few_types() {
        errors.push((span, too_many_types()));
    }
    body
}

fn nested(kind: Name, labels: Vec<Name>, value: &Value, errors: &mut Vec<(Span, String)>) -> NestedBlock {
    let span = value.origin.unwrap_or(kind.span);
    NestedBlock { kind, labels, body: body_of(value, Objects::Blocks, errors), span }
}

fn elements(value: &Value) -> &[Value] {
    match &value.kind {
        value::Kind::List(list) => list.items(),
        _ => std::slice::from_ref(value),
    }
}

fn literal(value: &Value, near: Span) -> Expression {
    let span = value.origin.unwrap_or(near);
    Expression { kind: Kind::Literal(value.clone().at(span)), span }
}

/// A JSON value as an expression; `near` stands for its place where it has none.
fn expression(value: &Value, near: Span, errors: &mut Vec<(Span, String)>) -> Expression {
    let span = value.origin.unwrap_or(near);
    let kind = match &value.kind {
        value::Kind::Text(text) => return string(text, span, errors),
        value::Kind::List(list) => Kind::Tuple(list.iter().map(|item| expression(item, span, errors)).collect()),
        value::Kind::Map(map) => Kind::Object(
            // Only in a body is `//` a comment.
            map.entries()
                .iter()
                .map(|entry| {
                    let key = string(&entry.key, entry.key_origin.unwrap_or(span), errors);
                    (key, expression(&entry.value, span, errors))
                })
                .collect(),
        ),
        _ => Kind::Literal(value.clone().at(span)),
    };
    Expression { kind, span }
}

fn string(text: &Text, span: Span, errors: &mut Vec<(Span, String)>) -> Expression {
    let content = text.literal_content();
    let literal = || Kind::Literal(Value::text(text.clone()).at(span));
    if !content.contains("${") && !content.contains("%{") {
        return Expression { kind: literal(), span };
    }
    let kind = match native::parse_decoded_template(text, span) {
        Ok(template) => match &template.parts[..] {
            [super::Part::Literal(text)] => Kind::Literal(Value::text(text.clone()).at(span)),
            _ => Kind::Template(template),
        },
        Err(message) => {
            let symbol = value::Symbol::new(content);
            errors.push((span, format!("Terraform would not understand this template: {message}")));
            Kind::Literal(Value::unknown(symbol, Why::Error(message.into())).at(span))
        }
    };
    Expression { kind, span }
}
