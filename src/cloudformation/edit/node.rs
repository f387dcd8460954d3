//! A part of a template as an owned tree: to compare, to change, and to write.

use super::super::function::Function;
use super::super::scalar;
use super::super::tree::{self, NodeId, Style, Tree};
use super::comments::Comments;
use super::error::EditError;
use crate::value::Kind;

/// What a [`Node`] is.
#[derive(Clone, Debug)]
pub enum Content {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// Characters.
    Text(String),
    /// Elements.
    List(Vec<Node>),
    /// Names and values, in order, which does not count in comparisons; no name twice.
    Mapping(Vec<(String, Node)>),
    /// A call of a function: its name in the short form (`Ref`, `Sub`, `GetAtt`) and its argument. The argument of
    /// `GetAtt` is one text, `Resource.Attribute`, where both are plain.
    Intrinsic(String, Box<Node>),
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::Number(one), Self::Number(other)) | (Self::Text(one), Self::Text(other)) => one == other,
            (Self::List(one), Self::List(other)) => one == other,
            (Self::Mapping(one), Self::Mapping(other)) => one.len() == other.len() && same_entries(one, other),
            (Self::Intrinsic(one, argument), Self::Intrinsic(other, other_argument)) => {
                one == other && argument == other_argument
            }
            _ => false,
        }
    }
}

impl Eq for Content {}

/// Whether each entry of one is in the other, which has as many.
fn same_entries(one: &[(String, Node)], other: &[(String, Node)]) -> bool {
    one.iter().enumerate().all(|(place, (name, value))| {
        // Mostly the order is the same too.
        let same_place = other.get(place).filter(|(other_name, _)| other_name == name);
        let entry = same_place.or_else(|| other.iter().find(|(other_name, _)| other_name == name));
        entry.is_some_and(|(_, other_value)| other_value == value)
    })
}

/// How a text was quoted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Quote {
    Single,
    Double,
}

/// A part of a template: built by hand, or read from a [`Donor`](super::Donor). Comparison is by content alone, not
/// by how it is written.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub content: Content,
    /// Lines of comment above it, each with its `#`; an empty one is an empty line.
    pub(super) above: Vec<String>,
    /// The comment behind it, with its `#`.
    pub(super) behind: Option<String>,
    /// How it was quoted; `None`: as it needs.
    pub(super) quote: Option<Quote>,
    /// Whether it was written in brackets.
    pub(super) flow: bool,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

impl Eq for Node {}

impl From<Content> for Node {
    fn from(content: Content) -> Self {
        Self { content, above: Vec::new(), behind: None, quote: None, flow: false }
    }
}

impl Node {
    /// Nothing.
    pub fn null() -> Self {
        Content::Null.into()
    }

    /// A truth value.
    pub fn bool(value: bool) -> Self {
        Content::Bool(value).into()
    }

    /// A whole number.
    pub fn number(value: i64) -> Self {
        Content::Number(value.to_string()).into()
    }

    /// Characters; quoted where a reader would take them for something else.
    pub fn text(value: impl Into<String>) -> Self {
        Content::Text(value.into()).into()
    }

    /// A list.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Content::List(items.into_iter().collect()).into()
    }

    /// A mapping. Of a name that stands twice the last value counts.
    pub fn mapping<N: Into<String>>(entries: impl IntoIterator<Item = (N, Self)>) -> Self {
        let mut kept: Vec<(String, Self)> = Vec::new();
        for (name, value) in entries {
            let name = name.into();
            match kept.iter_mut().find(|(known, _)| *known == name) {
                Some(entry) => entry.1 = value,
                None => kept.push((name, value)),
            }
        }
        Content::Mapping(kept).into()
    }

    /// A call of a function by its short name: `Ref`, `Sub`, `GetAtt`, `If`.
    pub fn intrinsic(name: impl Into<String>, argument: Self) -> Self {
        let name = name.into();
        let argument = if name == "GetAtt" { joined_attribute(argument) } else { argument };
        Content::Intrinsic(name, Box::new(argument)).into()
    }

    /// `!Ref name`.
    pub fn reference(name: impl Into<String>) -> Self {
        Self::intrinsic("Ref", Self::text(name))
    }

    /// The member of a mapping, or the item of a list by its number, counted from 0.
    pub fn get(&self, step: &str) -> Option<&Self> {
        match &self.content {
            Content::Mapping(entries) => entries.iter().find(|(name, _)| name == step).map(|(_, value)| value),
            Content::List(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        }
    }

    /// What stands at a path below this node.
    pub fn at<S: AsRef<str>>(&self, path: &[S]) -> Option<&Self> {
        path.iter().try_fold(self, |node, step| node.get(step.as_ref()))
    }

    /// The characters of a text.
    pub fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a mapping.
    pub fn entries(&self) -> Option<&[(String, Self)]> {
        match &self.content {
            Content::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// Whether something is in it: an entry, an item, a line of text.
    pub(super) fn is_collection(&self) -> bool {
        match &self.content {
            Content::List(items) => !items.is_empty(),
            Content::Mapping(entries) => !entries.is_empty(),
            _ => false,
        }
    }
}

/// `[Resource, Attribute]` as `Resource.Attribute`.
fn joined_attribute(argument: Node) -> Node {
    let Content::List(items) = &argument.content else { return argument };
    match items.as_slice() {
        [resource, attribute] => match (resource.as_text(), attribute.as_text()) {
            (Some(resource), Some(attribute)) => Node::text(format!("{resource}.{attribute}")),
            _ => argument,
        },
        _ => argument,
    }
}

/// Reads nodes of a tree.
pub(super) struct Reading<'t> {
    pub(super) tree: &'t Tree<'t>,
    pub(super) text: &'t str,
    /// Where the comments are; `None`: they are not wanted.
    pub(super) comments: Option<&'t Comments>,
}

impl Reading<'_> {
    /// The node with everything in it, and the comments behind `before`. The tree bounds how deep this calls itself.
    pub(super) fn node(&self, id: NodeId, before: usize) -> Result<Node, EditError> {
        let written = self.tree.node(id);
        // A tag of YAML itself is no function.
        if let Some(tag) = written.tag.as_deref().filter(|tag| Function::of_tag(tag).is_some()) {
            return Ok(Node::intrinsic(tag, self.content(id, before)?));
        }
        self.content(id, before)
    }

    fn content(&self, id: NodeId, before: usize) -> Result<Node, EditError> {
        let written = self.tree.node(id);
        let mut node = match &written.content {
            tree::Content::Scalar(value, style) => {
                let mut node = Node::from(scalar_content(value, *style, written.tag.as_deref()));
                node.quote = match style {
                    Style::SingleQuoted => Some(Quote::Single),
                    Style::DoubleQuoted => Some(Quote::Double),
                    Style::Plain | Style::Block => None,
                };
                return Ok(node);
            }
            tree::Content::Sequence(_) => self.list(id, before)?,
            tree::Content::Mapping(_) => self.mapping(id, before)?,
        };
        node.flow = is_flow(self.text, written);
        Ok(node)
    }

    fn list(&self, id: NodeId, mut before: usize) -> Result<Node, EditError> {
        let mut items = Vec::new();
        for &item in self.tree.sequence(id).unwrap_or_default() {
            let start = self.tree.node(item).outer_start as usize;
            let mut node = self.node(item, start)?;
            self.with_comments(&mut node, before, start, item);
            before = self.tree.node(item).span.end as usize;
            items.push(node);
        }
        Ok(Node::list(items))
    }

    fn mapping(&self, id: NodeId, mut before: usize) -> Result<Node, EditError> {
        let mut entries = Vec::new();
        for (key, value) in self.tree.mapping(id).into_iter().flatten() {
            let written = self.tree.node(key);
            let name = self.tree.scalar(key).ok_or(EditError::Unsupported { offset: written.span.start })?;
            let mut node = self.node(value, written.span.end as usize)?;
            self.with_comments(&mut node, before, written.outer_start as usize, value);
            before = self.tree.node(value).span.end as usize;
            entries.push((name.to_owned(), node));
        }
        if let [(name, argument)] = entries.as_slice()
            && Function::of_key(name).is_some()
        {
            let name = name.strip_prefix("Fn::").unwrap_or(name);
            return Ok(Node::intrinsic(name, argument.clone()));
        }
        Ok(Content::Mapping(entries).into())
    }

    /// Adds the comments between what stands before a member and the member, and the one behind it.
    fn with_comments(&self, node: &mut Node, before: usize, start: usize, value: NodeId) {
        let Some(comments) = self.comments else { return };
        node.above = comments.above(self.text, before, start);
        // Behind the key of a block, or behind the value.
        let written = self.tree.node(value);
        let behind_key = comments.behind(self.text, start, written.span.start as usize);
        node.behind = behind_key.or_else(|| {
            let is_block = node.is_collection() && !node.flow;
            if is_block { None } else { comments.after(self.text, written.span.end as usize) }
        });
    }
}

/// Whether a node is written in brackets.
pub(super) fn is_flow(text: &str, written: &tree::Node<'_>) -> bool {
    let bytes = text.as_bytes();
    let (open, close) = (written.span.start as usize, (written.span.end as usize).saturating_sub(1));
    open < close
        && match written.content {
            tree::Content::Sequence(_) => bytes.get(open) == Some(&b'[') && bytes.get(close) == Some(&b']'),
            tree::Content::Mapping(_) => bytes.get(open) == Some(&b'{') && bytes.get(close) == Some(&b'}'),
            tree::Content::Scalar(..) => false,
        }
}

fn scalar_content(value: &str, style: Style, tag: Option<&str>) -> Content {
    let is_text = style != Style::Plain || tag.is_some_and(|tag| tag == "!" || tag.ends_with(":str"));
    match scalar::plain_kind(value).filter(|_| !is_text) {
        Some(Kind::Null) => Content::Null,
        Some(Kind::Bool(truth)) => Content::Bool(truth),
        Some(Kind::Number(_)) => Content::Number(value.to_owned()),
        _ => Content::Text(value.to_owned()),
    }
}
