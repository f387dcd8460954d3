//! Parameters: given values, defaults, and what is left to the deployment.

use crate::source::Span;
use crate::value::{Kind, List, ListKind, Number, Symbol, Text, Value, Why};

use super::scalar;
use super::sections::Sections;
use super::tree::NodeId;

/// The value that a parameter is taken to have: the one given, else its default, else any of its allowed values,
/// else an unknown of its name.
///
/// A default can be overridden when deploying; it is what a deployment without further words gives.
/// AWS: "CloudFormation template Parameters syntax".
pub(super) fn value(sections: &Sections<'_>, name: &str, node: NodeId) -> Value {
    let tree = sections.tree;
    let unknown = |why: fn(std::sync::Arc<str>) -> Why| Value::unknown(Symbol::new(name), why(name.into()));
    let kind = tree.get(node, "Type").and_then(|node| tree.scalar(node)).unwrap_or("String");
    if let Some(given) = sections.options.parameters.get(name) {
        return typed(kind, &Text::from(given.as_str()), None);
    }
    let default = tree.get(node, "Default").filter(|&node| tree.scalar(node).is_some());
    if kind.starts_with("AWS::SSM::Parameter::Value<") {
        // The default names an entry of the parameter store, whose value is not here.
        return unknown(Why::Runtime);
    }
    if let Some(default) = default {
        return literal(sections, kind, default);
    }
    let allowed = tree.get(node, "AllowedValues").and_then(|node| tree.sequence(node)).unwrap_or_default();
    // The type takes a list of any of the allowed ones.
    if allowed.is_empty() || is_list(kind) {
        return unknown(Why::Input);
    }
    let arms = allowed.iter().filter(|&&node| tree.scalar(node).is_some()).map(|&node| literal(sections, kind, node));
    Value::one_of(arms, || unknown(Why::Input))
}

fn is_list(kind: &str) -> bool {
    kind == "CommaDelimitedList" || kind.starts_with("List<")
}

fn literal(sections: &Sections<'_>, kind: &str, node: NodeId) -> Value {
    let text = scalar::text(sections.tree.node(node), sections.file.id(), sections.file.text());
    typed(kind, &text, Some(sections.span(node)))
}

/// A text as a value of a parameter's type.
fn typed(kind: &str, text: &Text, origin: Option<Span>) -> Value {
    if is_list(kind) {
        let content = text.literal_content();
        let mut items = Vec::new();
        let mut start = 0;
        if !content.trim().is_empty() {
            for part in content.split(',') {
                let trimmed = part.trim();
                let at = start + part.len() - part.trim_start().len();
                let range = at..at + trimmed.len();
                start += part.len() + 1;
                let item_origin = text.span_of(range.clone()).or(origin);
                items.push(Value::new(Kind::Text(text.slice(range).unwrap_or_else(|| trimmed.into())), item_origin));
            }
        }
        return Value::new(Kind::List(List::new(ListKind::List, items)), origin);
    }
    let number = (kind == "Number").then(|| text.as_str()?.trim().parse::<Number>().ok()).flatten();
    Value::new(number.map_or_else(|| Kind::Text(text.clone()), Kind::Number), origin)
}
