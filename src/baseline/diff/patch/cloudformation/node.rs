//! Paths and nodes of templates.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::baseline::Datum;
use crate::baseline::variable::parameter;
use crate::cloudformation::edit::{Change, Content, Node};

use super::super::super::subject::Path;
use super::super::Task;

/// The custom resource that takes what CloudFormation has no resource for.
pub(super) const SETTINGS: &str = "Custom::AccountSettings";

/// Its sections.
pub(super) const SECTIONS: [&str; 4] =
    ["PasswordPolicy", "PublicAccessBlock", "EncryptedVolumeRegions", "SecurityContact"];

/// The path of a property from the template's top.
pub(super) fn property<S: AsRef<str>>(logical_id: &str, path: &[S]) -> Vec<String> {
    let start = ["Resources", logical_id, "Properties"].into_iter().map(str::to_owned);
    start.chain(path.iter().map(|step| step.as_ref().to_owned())).collect()
}

/// The section of the settings that a fact is about, if it is about one.
pub(super) fn section(subject: &str) -> Option<String> {
    let anchor = Path::parse(subject).ok()?.anchor;
    let (_, section) = anchor.kind.cloudformation.first()?.split_once('#')?;
    Some(section.to_owned())
}

/// A value as a node.
pub(super) fn of_datum(datum: &Datum) -> Node {
    match datum {
        Datum::Boolean(value) => Node::bool(*value),
        Datum::Integer(value) => Node::number(*value),
        Datum::Text(value) => Node::text(value.clone()),
        Datum::List(items) => Node::list(items.iter().map(|item| Node::text(item.clone()))),
    }
}

/// The values of the donor's parameters.
pub(super) fn values(task: &Task<'_, '_>) -> BTreeMap<String, Node> {
    task.values.iter().map(|(key, datum)| (parameter(key), of_datum(datum))).collect()
}

/// The paths, below a node, of what must be left out so that some resources are not referred to: a statement, an item
/// of a list, a property.
pub(super) fn mentions(node: &Node, names: &[&str]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    if !names.is_empty() {
        collect(node, names, &mut Vec::new(), None, &mut found);
    }
    found
}

fn collect(node: &Node, names: &[&str], path: &mut Vec<String>, part: Option<usize>, found: &mut Vec<Vec<String>>) {
    // A list's own items are parts that can be left out, and the first property; a statement is left out as a whole.
    let is_statement = path.len() >= 2 && path.get(path.len() - 2).is_some_and(|step| step == "Statement");
    let part = match (&node.content, part) {
        _ if is_statement => Some(path.len()),
        (_, Some(part)) => Some(part),
        (_, None) => (!path.is_empty()).then_some(path.len()),
    };
    match &node.content {
        Content::List(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                let within_policy = path.iter().any(|step| step == "Statement");
                let deeper = if within_policy { part } else { Some(path.len()) };
                collect(item, names, path, deeper, found);
                path.pop();
            }
        }
        Content::Mapping(entries) => {
            for (name, value) in entries {
                path.push(name.clone());
                let deeper =
                    if name == "Statement" || name == "PolicyDocument" || name == "KeyPolicy" { None } else { part };
                collect(value, names, path, deeper, found);
                path.pop();
            }
        }
        Content::Intrinsic(..) if is_about(node, names) => {
            let end = part.unwrap_or(path.len());
            let whole = path.get(..end).unwrap_or_default().to_vec();
            if !found.contains(&whole) {
                found.push(whole);
            }
        }
        _ => {}
    }
}

/// Whether a call of a function refers to one of some resources, itself or within.
pub(super) fn is_about(node: &Node, names: &[&str]) -> bool {
    let is_named = |text: &str| names.contains(&text.split('.').next().unwrap_or(text));
    match &node.content {
        Content::Intrinsic(name, argument) => match (name.as_str(), argument.as_text()) {
            ("Ref" | "GetAtt", Some(text)) => is_named(text),
            ("Sub", Some(text)) => placeholders(text).any(is_named),
            ("Sub", None) => match &argument.content {
                Content::List(parts) => {
                    let text = parts.first().and_then(Node::as_text).unwrap_or_default();
                    placeholders(text).any(is_named) || parts.iter().skip(1).any(|part| is_about(part, names))
                }
                _ => false,
            },
            _ => is_about(argument, names),
        },
        Content::List(items) => items.iter().any(|item| is_about(item, names)),
        Content::Mapping(entries) => entries.iter().any(|(_, value)| is_about(value, names)),
        _ => false,
    }
}

/// The names between `${` and `}`.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// A text, or a call that gives one, as it is written within `Fn::Sub`.
pub(super) fn in_sub(node: &Node) -> Option<String> {
    match &node.content {
        Content::Text(text) => Some(text.clone()),
        Content::Intrinsic(name, argument) => match name.as_str() {
            "Sub" => argument.as_text().map(str::to_owned),
            "Ref" | "GetAtt" => argument.as_text().map(|name| format!("${{{name}}}")),
            _ => None,
        },
        _ => None,
    }
}

/// A statement under another name.
pub(super) fn with_sid(mut statement: Node, sid: Option<String>) -> Node {
    if let (Content::Mapping(entries), Some(sid)) = (&mut statement.content, sid) {
        for (_, value) in entries.iter_mut().filter(|(name, _)| name == "Sid") {
            value.content = Content::Text(sid.clone());
        }
    }
    statement
}

/// A text of `Fn::Sub` with the values of some parameters.
pub(super) fn substituted(text: &str, values: &BTreeMap<String, Node>) -> String {
    let mut out = text.to_owned();
    for (name, value) in values {
        if let Some(value) = value.as_text() {
            out = out.replace(&format!("${{{name}}}"), value);
        }
    }
    out
}

/// Orders paths; numbers by their value.
pub(super) fn by_number(a: &[String], b: &[String]) -> Ordering {
    let step = |a: &String, b: &String| match (a.parse::<usize>(), b.parse::<usize>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.cmp(b),
    };
    let mut steps = a.iter().zip(b).map(|(a, b)| step(a, b));
    steps.find(|order| order.is_ne()).unwrap_or_else(|| a.len().cmp(&b.len()))
}

/// Puts what is taken away last, from behind, and names before that, so that all paths stay right.
pub(super) fn in_order(changes: &mut [Change]) {
    let rank = |change: &Change| match change {
        Change::Set { .. } | Change::Append { .. } => 0,
        Change::Rename { .. } => 1,
        Change::Remove { .. } => 2,
    };
    changes.sort_by(|a, b| {
        rank(a).cmp(&rank(b)).then_with(|| match (a, b) {
            (Change::Remove { path: a }, Change::Remove { path: b }) => by_number(b, a),
            _ => Ordering::Equal,
        })
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_referred_to_is_left_out_in_sensible_parts() {
        let reference = Node::intrinsic("GetAtt", Node::text("Key.Arn"));
        let statement = |resource: Node| Node::mapping([("Effect", Node::text("Allow")), ("Resource", resource)]);
        let properties = Node::mapping([
            ("KmsKeyId", reference.clone()),
            ("Name", Node::text("x")),
            (
                "PolicyDocument",
                Node::mapping([(
                    "Statement",
                    Node::list([
                        statement(Node::text("*")),
                        statement(Node::list([Node::text("*"), reference.clone()])),
                    ]),
                )]),
            ),
            ("Arns", Node::list([Node::text("a"), Node::intrinsic("Sub", Node::text("${Key}/x"))])),
        ]);
        let paths: Vec<String> = mentions(&properties, &["Key"]).into_iter().map(|path| path.join(".")).collect();
        assert_eq!(paths, ["KmsKeyId", "PolicyDocument.Statement.1", "Arns.1"]);
        assert!(mentions(&properties, &["Other"]).is_empty());
    }

    #[test]
    fn numbers_are_ordered_as_numbers() {
        let path = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(by_number(&path("a.10"), &path("a.9")), Ordering::Greater);
        assert_eq!(by_number(&path("a"), &path("a.9")), Ordering::Less);
    }
}
