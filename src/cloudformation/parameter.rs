//! Parameters: given values, defaults, and what is left to the deployment.

use regex::Regex;

use crate::source::{InputError, Span};
use crate::value::{Kind, List, ListKind, Number, Symbol, Text, Value, Why};

use super::evaluate::{distribute, known_text};
use super::sections::Sections;
use super::text::split;
use super::tree::NodeId;

/// The value that a parameter is taken to have: the one given, else its default, else any of its allowed values,
/// else an unknown of its name.
///
/// A default can be overridden when deploying; it is what a deployment without further words gives.
/// AWS: "CloudFormation template Parameters syntax".
pub(super) fn value(sections: &Sections<'_>, name: &str, node: NodeId) -> Value {
    let tree = sections.tree;
    let scope = &sections.context.scope;
    let unknown = |why: fn(std::sync::Arc<str>) -> Why| {
        let name = format!("{scope}{name}");
        Value::unknown(Symbol::new(name.clone()), why(name.into()))
    };
    let kind = kind(sections, node);
    // The parameter then names an entry of the parameter store, whose value is not here.
    let is_stored = kind.starts_with("AWS::SSM::Parameter::Value<");
    if let Some(given) = given(sections, name) {
        return if is_stored { unknown(Why::Runtime) } else { of_type(kind, &given) };
    }
    let default = tree.get(node, "Default").filter(|&node| tree.scalar(node).is_some());
    if is_stored {
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

/// What the caller gives a parameter.
fn given(sections: &Sections<'_>, name: &str) -> Option<Value> {
    let context = sections.context;
    match &context.given {
        Some(given) => given.get(name).filter(|value| !value.is_null()).cloned(),
        None => context.options.parameters.get(name).map(|text| Value::text(text.as_str())),
    }
}

fn kind<'t>(sections: &Sections<'t>, node: NodeId) -> &'t str {
    sections.kind_of(node).unwrap_or("String")
}

fn is_list(kind: &str) -> bool {
    kind == "CommaDelimitedList" || kind.starts_with("List<")
}

fn literal(sections: &Sections<'_>, kind: &str, node: NodeId) -> Value {
    typed(kind, &sections.text(node), Some(sections.span(node)))
}

/// A given value as one of a parameter's type.
fn of_type(kind: &str, given: &Value) -> Value {
    distribute(std::slice::from_ref(given), &mut |given| match given {
        [value] => match (&value.kind, value.to_text()) {
            (Kind::List(_) | Kind::Unknown(_), _) | (_, None) => value.clone(),
            // Parts that are not known are taken to be items as they stand, or parts of items.
            (_, Some(text)) => typed(kind, &text, value.origin),
        },
        _ => Value::null(),
    })
}

/// A text as a value of a parameter's type.
fn typed(kind: &str, text: &Text, origin: Option<Span>) -> Value {
    if is_list(kind) {
        if text.is_empty() {
            return Value::new(Kind::List(List::new(ListKind::List, Vec::new())), origin);
        }
        let source = Value::new(Kind::Text(text.clone()), origin);
        return split(text, ",", &source, str::trim).or_at(origin);
    }
    // "When you use the parameter elsewhere, its value becomes a literal string": `1.50` is not `1.5` then.
    let number = text
        .as_str()
        .filter(|_| kind == "Number")
        .and_then(|text| text.parse::<Number>().ok().filter(|number| number.to_string() == text));
    Value::new(number.map_or_else(|| Kind::Text(text.clone()), Kind::Number), origin)
}

/// Given values that the parameters do not allow; a deployment refuses them. Defaults alone are not held against it:
/// many are there to be replaced.
pub(super) fn violations(sections: &Sections<'_>) -> Vec<InputError> {
    let mut violations = Vec::new();
    for (name, &node) in &sections.parameters {
        let Some(given) = given(sections, name) else { continue };
        for value in given.alternatives() {
            let Some(text) = known_text(value) else { continue };
            let Some(broken) = constraint_against(sections, node, text.literal_content()) else { continue };
            let message = format!(
                "the value {:?} of the parameter {name} is refused: it {broken}; give another with --parameter or \
                 --parameters, or where the stack is called",
                text.literal_content()
            );
            violations.push(InputError::at_line(
                sections.file(node).shown_path(),
                sections.position(node).line,
                message,
            ));
        }
    }
    violations
}

/// What a text must be and is not, where that is certain.
fn constraint_against(sections: &Sections<'_>, node: NodeId, text: &str) -> Option<String> {
    let tree = sections.tree;
    let constraint = |name: &str| tree.get(node, name).and_then(|node| tree.scalar(node));
    let kind = kind(sections, node);
    let items: Vec<&str> = if is_list(kind) { text.split(',').map(str::trim).collect() } else { vec![text] };
    if let Some(allowed) = tree.get(node, "AllowedValues").and_then(|node| tree.sequence(node)) {
        let allowed: Vec<&str> = allowed.iter().filter_map(|&node| tree.scalar(node)).collect();
        if items.iter().any(|item| !allowed.contains(item)) {
            return Some(format!("is none of {}", allowed.join(", ")));
        }
    }
    if kind == "Number" {
        let number = text.trim().parse::<f64>().ok();
        let bound = |name: &str| constraint(name).and_then(|bound| bound.parse::<f64>().ok());
        return match number {
            None => Some("is not a number".to_owned()),
            Some(number) if bound("MinValue").is_some_and(|least| number < least) => {
                Some("is less than MinValue".to_owned())
            }
            Some(number) if bound("MaxValue").is_some_and(|most| number > most) => {
                Some("is more than MaxValue".to_owned())
            }
            Some(_) => None,
        };
    }
    if kind != "String" {
        return None;
    }
    let length = |name: &str| constraint(name).and_then(|bound| bound.parse::<usize>().ok());
    let characters = text.chars().count();
    if length("MinLength").is_some_and(|least| characters < least) {
        return Some("is shorter than MinLength".to_owned());
    }
    if length("MaxLength").is_some_and(|most| characters > most) {
        return Some("is longer than MaxLength".to_owned());
    }
    let pattern = constraint("AllowedPattern")?;
    // The whole text must match. What this program's expressions cannot say, look-ahead for instance, refuses nothing.
    let whole = Regex::new(&format!("^(?:{pattern})$")).ok()?;
    (!whole.is_match(text)).then(|| format!("does not match AllowedPattern {pattern}"))
}
