//! What a part of a template refers to, and the same part with other references.

use std::collections::BTreeMap;

use super::node::{Content, Node};
use super::substitution::{self, Piece};

/// A name of another part of the template.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Reference<'a> {
    /// A resource or parameter, which share their names.
    Name(&'a str),
    Condition(&'a str),
    Mapping(&'a str),
}

/// Calls `found` with everything that a node refers to.
pub(super) fn references<'a>(node: &'a Node, found: &mut dyn FnMut(Reference<'a>)) {
    match &node.content {
        Content::Null | Content::Bool(_) | Content::Number(_) | Content::Text(_) => {}
        Content::List(items) => items.iter().for_each(|item| references(item, found)),
        Content::Mapping(entries) => entries.iter().for_each(|(_, value)| references(value, found)),
        Content::Intrinsic(name, argument) => {
            let arguments = match &argument.content {
                Content::List(items) => items.as_slice(),
                _ => std::slice::from_ref(&**argument),
            };
            let first = arguments.first().and_then(Node::as_text);
            match (name.as_str(), first) {
                ("Ref", Some(name)) => found(Reference::Name(name)),
                ("GetAtt", Some(attribute)) => found(Reference::Name(substitution::name_of(attribute))),
                ("If" | "Condition", Some(name)) => found(Reference::Condition(name)),
                ("FindInMap", Some(name)) => found(Reference::Mapping(name)),
                ("Sub", Some(text)) => {
                    let own = arguments.get(1);
                    for name in variables(text) {
                        if own.is_none_or(|own| own.get(name).is_none()) {
                            found(Reference::Name(substitution::name_of(name)));
                        }
                    }
                }
                _ => {}
            }
            for argument in arguments {
                references(argument, found);
            }
        }
    }
}

/// What a resource refers to: by its attributes, and in them.
pub(super) fn references_of_resource<'a>(resource: &'a Node, found: &mut dyn FnMut(Reference<'a>)) {
    if let Some(condition) = resource.get("Condition").and_then(Node::as_text) {
        found(Reference::Condition(condition));
    }
    match resource.get("DependsOn").map(|depends_on| &depends_on.content) {
        Some(Content::Text(name)) => found(Reference::Name(name)),
        Some(Content::List(names)) => {
            names.iter().filter_map(Node::as_text).for_each(|name| found(Reference::Name(name)));
        }
        _ => {}
    }
    references(resource, found);
}

/// The variables of a `Sub`'s text as they stand in it.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("${").filter_map(|(at, _)| {
        let (name, _) = text.get(at + 2..)?.split_once('}')?;
        let name = name.trim();
        matches!(substitution::pieces(&format!("${{{name}}}")).as_slice(), [Piece::Variable(_)]).then_some(name)
    })
}

/// Other names and values for what a template refers to.
#[derive(Debug, Default)]
pub(super) struct Replacements {
    /// Resources and parameters.
    pub(super) names: BTreeMap<String, String>,
    pub(super) conditions: BTreeMap<String, String>,
    pub(super) mappings: BTreeMap<String, String>,
    /// What stands in place of a parameter.
    pub(super) values: BTreeMap<String, Node>,
}

impl Replacements {
    /// A resource with its references replaced.
    pub(super) fn in_resource(&self, resource: &Node) -> Node {
        let mut replaced = self.in_node(resource);
        if let Content::Mapping(entries) = &mut replaced.content {
            for (name, value) in entries {
                match (name.as_str(), &mut value.content) {
                    ("Condition", Content::Text(name)) => rename(name, &self.conditions),
                    ("DependsOn", Content::Text(name)) => rename(name, &self.names),
                    ("DependsOn", Content::List(names)) => {
                        for name in names {
                            if let Content::Text(name) = &mut name.content {
                                rename(name, &self.names);
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
        replaced
    }

    /// A node with its references replaced.
    pub(super) fn in_node(&self, node: &Node) -> Node {
        let content = match &node.content {
            Content::List(items) => Content::List(items.iter().map(|item| self.in_node(item)).collect()),
            Content::Mapping(entries) => {
                Content::Mapping(entries.iter().map(|(name, value)| (name.clone(), self.in_node(value))).collect())
            }
            Content::Intrinsic(name, argument) => return self.in_call(node, name, argument),
            scalar => scalar.clone(),
        };
        Node { content, ..node.clone() }
    }

    fn in_call(&self, node: &Node, name: &str, argument: &Node) -> Node {
        let like = |content: Content| Node { above: node.above.clone(), behind: node.behind.clone(), ..content.into() };
        match (name, argument.as_text()) {
            ("Ref", Some(name)) => match self.values.get(name) {
                Some(value) => return Node { quote: value.quote, flow: value.flow, ..like(value.content.clone()) },
                None => return like(Node::reference(renamed(name, &self.names)).content),
            },
            ("Condition", Some(condition)) => {
                let argument = Node::text(renamed(condition, &self.conditions));
                return like(Content::Intrinsic(name.to_owned(), Box::new(argument)));
            }
            ("Sub", Some(text)) => return like(self.in_substitution(text, &[], argument).content),
            ("GetAtt", Some(attribute)) => {
                return like(Node::intrinsic("GetAtt", Node::text(self.attribute(attribute))).content);
            }
            _ => {}
        }
        if let (Content::List(arguments), "Sub") = (&argument.content, name)
            && let [template, own] = arguments.as_slice()
            && let (Some(text), Some(own)) = (template.as_text(), own.entries())
        {
            return like(self.in_substitution(text, own, template).content);
        }
        let mut argument = self.in_node(argument);
        let first = match &mut argument.content {
            Content::List(items) => items.first_mut(),
            _ => None,
        };
        if let Some(Node { content: Content::Text(first), .. }) = first {
            match name {
                "If" => rename(first, &self.conditions),
                "FindInMap" => rename(first, &self.mappings),
                "GetAtt" => rename(first, &self.names),
                _ => {}
            }
        }
        like(Content::Intrinsic(name.to_owned(), Box::new(argument)))
    }

    /// `Resource.Attribute` with another resource.
    fn attribute(&self, attribute: &str) -> String {
        let resource = substitution::name_of(attribute);
        let rest = attribute.get(resource.len()..).unwrap_or_default();
        format!("{}{rest}", renamed(resource, &self.names))
    }

    /// A `Sub` of a text and variables of its own. `template` is the node of the text.
    fn in_substitution(&self, text: &str, own: &[(String, Node)], template: &Node) -> Node {
        let mut variables: Vec<(String, Node)> = Vec::new();
        let mut pieces = Vec::new();
        for piece in substitution::pieces(text) {
            let Piece::Variable(name) = &piece else {
                pieces.push(piece);
                continue;
            };
            let own = own.iter().find(|(own, _)| own == name).map(|(_, value)| value);
            let value = match own {
                Some(value) => Some(self.in_node(value)),
                None => self.values.get(name).cloned(),
            };
            // A variable of its own that stays what it is stays where it is.
            let inlined = value.as_ref().filter(|value| own != Some(value)).and_then(as_pieces);
            match (value, inlined) {
                (None, _) => pieces.push(Piece::Variable(self.attribute(name))),
                (Some(_), Some(inlined)) => pieces.extend(inlined),
                (Some(value), None) => {
                    if !variables.iter().any(|(known, _)| known == name) {
                        variables.push((name.clone(), value));
                    }
                    pieces.push(piece);
                }
            }
        }
        let (text, has_variable) = substitution::text(&pieces);
        let text = Node { content: Content::Text(text), ..template.clone() };
        match (has_variable, variables.is_empty()) {
            (false, _) => text,
            (true, true) => Node::intrinsic("Sub", text),
            (true, false) => Node::intrinsic("Sub", Node::list([text, Node::mapping(variables)])),
        }
    }
}

/// A value as a part of a `Sub`'s text, if it can be one.
fn as_pieces(value: &Node) -> Option<Vec<Piece>> {
    match &value.content {
        Content::Text(text) | Content::Number(text) => Some(vec![Piece::Literal(text.clone())]),
        Content::Bool(truth) => Some(vec![Piece::Literal(truth.to_string())]),
        Content::Intrinsic(name, argument) => match (name.as_str(), argument.as_text()) {
            ("Ref" | "GetAtt", Some(name)) => Some(vec![Piece::Variable(name.to_owned())]),
            ("Sub", Some(text)) => Some(substitution::pieces(text)),
            _ => None,
        },
        Content::Null | Content::List(_) | Content::Mapping(_) => None,
    }
}

fn renamed(name: &str, names: &BTreeMap<String, String>) -> String {
    names.get(name).map_or(name, String::as_str).to_owned()
}

fn rename(name: &mut String, names: &BTreeMap<String, String>) {
    if let Some(new) = names.get(name.as_str()) {
        new.clone_into(name);
    }
}
