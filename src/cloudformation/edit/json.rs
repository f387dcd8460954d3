//! A [`Node`] as JSON: functions in their long forms.

use super::node::{Content, Node};
use super::yaml::long_name;

/// How a JSON template is laid out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Layout {
    /// Everything on one line; whether a space follows colons and commas.
    Line {
        /// Whether a space follows colons and commas.
        spaced: bool,
    },
    /// Each member on its own line, this much further in than what it is a member of.
    Lines {
        /// The space of one step.
        step: String,
    },
}

impl Layout {
    /// The node. Its lines but the first are indented by `indent`.
    pub(super) fn value(&self, node: &Node, indent: &str) -> String {
        match &node.content {
            Content::Null => "null".to_owned(),
            Content::Bool(truth) => truth.to_string(),
            Content::Number(number) => number_or_text(number),
            Content::Text(text) => quoted(text),
            Content::List(items) => {
                let inner = self.inner(indent);
                self.brackets(items.iter().map(|item| self.value(item, &inner)), ['[', ']'], indent)
            }
            Content::Mapping(entries) => {
                let inner = self.inner(indent);
                self.brackets(entries.iter().map(|(name, value)| self.entry(name, value, &inner)), ['{', '}'], indent)
            }
            Content::Intrinsic(name, argument) => {
                let inner = self.inner(indent);
                let split;
                let argument = match split_attribute(name, argument) {
                    Some(list) => {
                        split = list;
                        &split
                    }
                    None => argument,
                };
                self.brackets([self.entry(&long_name(name), argument, &inner)].into_iter(), ['{', '}'], indent)
            }
        }
    }

    /// A name with its value.
    pub(super) fn entry(&self, name: &str, value: &Node, indent: &str) -> String {
        let space = if *self == (Self::Line { spaced: false }) { "" } else { " " };
        format!("{}:{space}{}", quoted(name), self.value(value, indent))
    }

    /// The indentation of what is in something that is indented by `indent`.
    pub(super) fn inner(&self, indent: &str) -> String {
        match self {
            Self::Line { .. } => String::new(),
            Self::Lines { step } => format!("{indent}{step}"),
        }
    }

    fn brackets(
        &self,
        members: impl ExactSizeIterator<Item = String>,
        [open, close]: [char; 2],
        indent: &str,
    ) -> String {
        if members.len() == 0 {
            return format!("{open}{close}");
        }
        let members: Vec<String> = members.collect();
        match self {
            Self::Line { spaced } => {
                format!("{open}{}{close}", members.join(if *spaced { ", " } else { "," }))
            }
            Self::Lines { step } => {
                let separator = format!(",\n{indent}{step}");
                format!("{open}\n{indent}{step}{}\n{indent}{close}", members.join(&separator))
            }
        }
    }
}

/// JSON has the attribute of a resource as a list of two.
fn split_attribute(name: &str, argument: &Node) -> Option<Node> {
    let (resource, attribute) = argument.as_text().filter(|_| name == "GetAtt")?.split_once('.')?;
    Some(Node::list([Node::text(resource), Node::text(attribute)]))
}

/// A number as it is written, if JSON knows it like that.
fn number_or_text(number: &str) -> String {
    let is_json = serde_json::from_str::<serde_json::Number>(number).is_ok();
    if is_json { number.to_owned() } else { quoted(number) }
}

/// A text in double quotes.
pub(super) fn quoted(text: &str) -> String {
    // Text can always be written.
    serde_json::to_string(text).unwrap_or_default()
}
