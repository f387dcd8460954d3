//! A template's text as a tree: YAML and JSON alike, every node with the bytes that wrote it.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

/// Deeper nesting is refused. CloudFormation's own templates stay below thirty levels; what walks the tree
/// calls itself once a level.
pub(super) const MAX_DEPTH: usize = 100;

/// More nodes than this, aliases counted as often as they are used, are refused. CloudFormation takes templates
/// of up to one megabyte, which have no more nodes; aliases of aliases could stand for billions.
pub(super) const MAX_NODES: u32 = 500_000;

/// A node of a [`Tree`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct NodeId(u32);

/// How a scalar is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Style {
    /// Without quotes: may be a number, a truth value or null.
    Plain,
    /// Between single quotes.
    SingleQuoted,
    /// Between double quotes.
    DoubleQuoted,
    /// A block after `|` or `>`.
    Block,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(super) enum Content<'a> {
    /// Characters. Borrowed from the file where they stand there byte for byte.
    Scalar(Cow<'a, str>, Style),
    /// Elements: a range of [`Tree::children`].
    Sequence(Range<u32>),
    /// Keys and values by turns: a range of [`Tree::children`].
    Mapping(Range<u32>),
}

/// A node with its place.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    /// What it is.
    pub(super) content: Content<'a>,
    /// The bytes of the content: quotes and brackets included, tag and anchor not.
    pub(super) span: Range<u32>,
    /// Where the node starts with its tag and anchor.
    pub(super) outer_start: u32,
    /// The tag without its `!`: `Ref`.
    pub(super) tag: Option<Box<str>>,
    /// Nodes from here down, aliases counted as often as they are used.
    weight: u32,
    /// Levels from here down.
    height: u32,
}

/// A name that stands twice in one mapping.
#[derive(Clone, Debug)]
pub(super) struct Duplicate {
    /// The name.
    pub(super) name: Box<str>,
    /// The byte at which it stands first.
    pub(super) first: u32,
    /// The byte at which it stands again.
    pub(super) second: u32,
}

/// Why a text is not a tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct ParseError {
    /// The byte at which reading ended.
    pub(super) offset: usize,
    /// What is wrong.
    pub(super) message: String,
    /// Whether the text may well be one, and is more than is read.
    pub(super) is_bound: bool,
}

impl ParseError {
    /// What is wrong at a byte.
    pub(super) fn new(offset: usize, message: impl Into<String>) -> Self {
        Self { offset, message: message.into(), is_bound: false }
    }
}

/// One document.
#[derive(Clone, Debug)]
pub(super) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    children: Vec<NodeId>,
    root: NodeId,
    /// Names that stand twice; only the last of each is in the tree.
    pub(super) duplicates: Vec<Duplicate>,
}

impl<'a> Tree<'a> {
    /// The document's node.
    pub(super) fn root(&self) -> NodeId {
        self.root
    }

    /// A node of this tree.
    pub(super) fn node(&self, id: NodeId) -> &Node<'a> {
        // Ids come from the builder of this very tree alone, which gives them as it pushes nodes.
        &self.nodes[id.0 as usize]
    }

    /// The characters of a scalar.
    pub(super) fn scalar(&self, id: NodeId) -> Option<&str> {
        match &self.node(id).content {
            Content::Scalar(value, _) => Some(value),
            Content::Sequence(_) | Content::Mapping(_) => None,
        }
    }

    /// The elements of a sequence.
    pub(super) fn sequence(&self, id: NodeId) -> Option<&[NodeId]> {
        match &self.node(id).content {
            Content::Sequence(range) => Some(self.slice(range)),
            Content::Scalar(..) | Content::Mapping(_) => None,
        }
    }

    /// The keys and values of a mapping, in order.
    pub(super) fn mapping(&self, id: NodeId) -> Option<impl ExactSizeIterator<Item = (NodeId, NodeId)>> {
        match &self.node(id).content {
            Content::Mapping(range) => {
                let (pairs, _) = self.slice(range).as_chunks::<2>();
                Some(pairs.iter().map(|&[key, value]| (key, value)))
            }
            Content::Scalar(..) | Content::Sequence(_) => None,
        }
    }

    /// The value of a name in a mapping.
    pub(super) fn get(&self, id: NodeId, name: &str) -> Option<NodeId> {
        self.mapping(id)?.find(|(key, _)| self.scalar(*key) == Some(name)).map(|(_, value)| value)
    }

    /// Every node once, also those that are written but not part of the document, such as earlier ones of a name
    /// that stands twice.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &Node<'a>> {
        self.nodes.iter()
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The nodes from a place on.
    pub(super) fn nodes_from(&self, place: usize) -> impl Iterator<Item = NodeId> + use<> {
        (place..self.nodes.len()).map(|index| NodeId(count(index)))
    }

    /// Adds another document's nodes, whose bytes are counted from `base` on from now. Its root; `None` where both
    /// together are more than [`MAX_NODES`].
    pub(super) fn graft(&mut self, other: Tree<'_>, base: u32) -> Option<NodeId> {
        if self.nodes.len() + other.nodes.len() > MAX_NODES as usize {
            return None;
        }
        let (first_node, first_child) = (count(self.nodes.len()), count(self.children.len()));
        let shift = |range: Range<u32>, by: u32| range.start + by..range.end + by;
        self.children.extend(other.children.iter().map(|id| NodeId(id.0 + first_node)));
        self.nodes.extend(other.nodes.into_iter().map(|node| Node {
            content: match node.content {
                Content::Scalar(value, style) => Content::Scalar(Cow::Owned(value.into_owned()), style),
                Content::Sequence(range) => Content::Sequence(shift(range, first_child)),
                Content::Mapping(range) => Content::Mapping(shift(range, first_child)),
            },
            span: shift(node.span, base),
            outer_start: node.outer_start + base,
            ..node
        }));
        Some(NodeId(other.root.0 + first_node))
    }

    /// Gives a mapping other members, keys and values by turns.
    pub(super) fn set_members(&mut self, id: NodeId, members: &[NodeId]) {
        let start = count(self.children.len());
        self.children.extend_from_slice(members);
        let end = count(self.children.len());
        if let Some(node) = self.nodes.get_mut(id.0 as usize) {
            node.content = Content::Mapping(start..end);
        }
    }

    /// Puts one node in the place of another.
    pub(super) fn replace(&mut self, id: NodeId, by: NodeId) {
        let by = self.node(by).clone();
        if let Some(node) = self.nodes.get_mut(id.0 as usize) {
            *node = by;
        }
    }

    fn slice(&self, range: &Range<u32>) -> &[NodeId] {
        self.children.get(range.start as usize..range.end as usize).unwrap_or_default()
    }
}

/// Puts a tree together from what a reader meets, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Builder<'a> {
    nodes: Vec<Node<'a>>,
    children: Vec<NodeId>,
    open: Vec<Open>,
    /// The finished nodes of all open sequences and mappings.
    pending: Vec<NodeId>,
    anchors: FxHashMap<usize, NodeId>,
    duplicates: Vec<Duplicate>,
    /// Nodes that `<<` brought so far.
    merged: usize,
    root: Option<NodeId>,
}

#[derive(Debug)]
struct Open {
    mapping: bool,
    start: u32,
    header: Header,
    /// Where its nodes start among the pending ones.
    first: usize,
    /// The end of the last thing that is written in it, an alias included.
    last_end: u32,
}

/// An open sequence or mapping, as far as it was read.
pub(super) struct Innermost {
    pub(super) mapping: bool,
    /// Where its content starts, or where the parser says that it does.
    pub(super) start: u32,
    /// Where its first member starts.
    pub(super) first_start: Option<u32>,
    /// Where the last thing that is written in it ends.
    pub(super) last_end: u32,
}

/// What stands before a node's content.
#[derive(Clone, Debug, Default)]
pub(super) struct Header {
    /// Where the node starts with tag and anchor.
    pub(super) outer_start: u32,
    /// The tag without its `!`.
    pub(super) tag: Option<Box<str>>,
    /// The anchor's number; 0 for none.
    pub(super) anchor: usize,
}

impl Header {
    /// Neither tag nor anchor.
    pub(super) fn plain(start: u32) -> Self {
        Self { outer_start: start, tag: None, anchor: 0 }
    }
}

impl<'a> Builder<'a> {
    /// A scalar.
    pub(super) fn scalar(
        &mut self,
        value: Cow<'a, str>,
        style: Style,
        span: Range<u32>,
        header: Header,
    ) -> Result<(), ParseError> {
        self.push(Content::Scalar(value, style), span, header, 0, 0)
    }

    /// The start of a sequence or mapping.
    pub(super) fn open(&mut self, mapping: bool, start: u32, header: Header) -> Result<(), ParseError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(start));
        }
        if self.nodes.len() >= MAX_NODES as usize {
            return Err(too_many(start));
        }
        self.open.push(Open { mapping, start, header, first: self.pending.len(), last_end: start });
        Ok(())
    }

    /// The innermost open sequence or mapping.
    pub(super) fn innermost(&self) -> Option<Innermost> {
        let open = self.open.last()?;
        let first_start = self.pending.get(open.first).map(|&id| self.node(id).outer_start);
        let has_properties = open.header.tag.is_some() || open.header.anchor != 0;
        let start = if has_properties { open.start } else { open.header.outer_start };
        Some(Innermost { mapping: open.mapping, start, first_start, last_end: open.last_end })
    }

    /// Moves the start of the innermost open sequence or mapping.
    pub(super) fn start_at(&mut self, start: u32) {
        if let Some(open) = self.open.last_mut() {
            open.header.outer_start = open.header.outer_start.min(start);
            open.start = start;
        }
    }

    /// The end of the innermost open sequence or mapping. Without an `end` it ends with its last node.
    pub(super) fn close(&mut self, end: Option<u32>) -> Result<(), ParseError> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let mut members = self.pending.split_off(open.first.min(self.pending.len()));
        let end = end.unwrap_or(open.last_end).max(open.start);
        if open.mapping {
            self.keep_one_of_each_name(&mut members);
            if self.merged > MAX_NODES as usize {
                return Err(too_many(open.start));
            }
        }
        let mut weight = 0u32;
        let mut height = 0;
        for &id in &members {
            let member = self.node(id);
            weight = weight.saturating_add(member.weight);
            height = height.max(member.height);
        }
        let range = count(self.children.len())..count(self.children.len() + members.len());
        self.children.append(&mut members);
        let content = if open.mapping { Content::Mapping(range) } else { Content::Sequence(range) };
        self.push(content, open.start..end, open.header, weight, height + 1)
    }

    /// A node that was written before.
    pub(super) fn alias(&mut self, anchor: usize, span: Range<u32>) -> Result<(), ParseError> {
        let start = span.start;
        let Some(&id) = self.anchors.get(&anchor) else {
            return Err(ParseError::new(start as usize, "an alias refers to itself"));
        };
        if self.open.len() + self.node(id).height as usize > MAX_DEPTH {
            return Err(too_deep(start));
        }
        self.pending.push(id);
        self.wrote_to(span.end);
        Ok(())
    }

    fn wrote_to(&mut self, end: u32) {
        if let Some(open) = self.open.last_mut() {
            open.last_end = open.last_end.max(end);
        }
    }

    /// Whether every sequence and mapping is closed.
    pub(super) fn is_closed(&self) -> bool {
        self.open.is_empty()
    }

    /// The tree, if there was a node.
    pub(super) fn finish(self) -> Option<Tree<'a>> {
        let root = self.root?;
        Some(Tree { nodes: self.nodes, children: self.children, root, duplicates: self.duplicates })
    }

    fn node(&self, id: NodeId) -> &Node<'a> {
        // Ids are given by `push` alone, as it adds the node.
        &self.nodes[id.0 as usize]
    }

    fn push(
        &mut self,
        content: Content<'a>,
        span: Range<u32>,
        header: Header,
        weight: u32,
        height: u32,
    ) -> Result<(), ParseError> {
        let weight = weight.saturating_add(1);
        // What is open can always be closed, so that what was read until here is a tree.
        let is_full = height == 0 && self.nodes.len() >= MAX_NODES as usize;
        if weight as usize > MAX_NODES as usize + MAX_DEPTH || is_full {
            return Err(too_many(span.start));
        }
        let id = NodeId(count(self.nodes.len()));
        let outer_start = header.outer_start.min(span.start);
        self.wrote_to(span.end);
        self.nodes.push(Node { content, span, outer_start, tag: header.tag, weight, height });
        if header.anchor != 0 {
            self.anchors.insert(header.anchor, id);
        }
        if self.open.is_empty() {
            self.root = Some(id);
        } else {
            self.pending.push(id);
        }
        Ok(())
    }

    /// Drops the earlier ones of names that stand twice, as CloudFormation does, and replaces `<<` by the names it
    /// brings.
    fn keep_one_of_each_name(&mut self, members: &mut Vec<NodeId>) {
        let (pairs, _) = members.as_chunks::<2>();
        let has_merge = pairs.iter().any(|&[key, _]| self.is_merge(key));
        if !has_merge && !self.has_repeats(pairs) {
            return;
        }
        let mut kept: Vec<NodeId> = Vec::with_capacity(members.len());
        let mut merged: Vec<NodeId> = Vec::new();
        // Where a name stands, and at which place of `kept`.
        let mut seen: FxHashMap<Box<str>, (u32, usize)> = FxHashMap::default();
        let mut duplicates = Vec::new();
        for &[key, value] in pairs {
            if self.is_merge(key) {
                self.members_to_merge(value, &mut merged);
                continue;
            }
            if let Some(name) = self.name(key) {
                let start = self.node(key).span.start;
                if let Some((first, place)) = seen.get_mut(name) {
                    duplicates.push(Duplicate { name: name.into(), first: *first, second: start });
                    if let Some(pair) = kept.get_mut(*place..*place + 2) {
                        pair.copy_from_slice(&[key, value]);
                    }
                    *first = start;
                    continue;
                }
                seen.insert(name.into(), (start, kept.len()));
            }
            kept.extend([key, value]);
        }
        self.merged += merged.len();
        for &[key, value] in merged.as_chunks::<2>().0 {
            if let Some(name) = self.name(key)
                && !seen.contains_key(name)
            {
                seen.insert(name.into(), (0, kept.len()));
                kept.extend([key, value]);
            }
        }
        self.duplicates.append(&mut duplicates);
        *members = kept;
    }

    fn has_repeats(&self, pairs: &[[NodeId; 2]]) -> bool {
        /// Up to here comparing each with each is faster than hashing.
        const FEW: usize = 8;
        if pairs.len() <= FEW {
            let names = || pairs.iter().map(|&[key, _]| self.name(key));
            return names().enumerate().any(|(index, name)| name.is_some() && names().take(index).any(|n| n == name));
        }
        let mut seen = FxHashSet::default();
        pairs.iter().filter_map(|&[key, _]| self.name(key)).any(|name| !seen.insert(name))
    }

    fn name(&self, key: NodeId) -> Option<&str> {
        match &self.node(key).content {
            Content::Scalar(value, _) => Some(value),
            Content::Sequence(_) | Content::Mapping(_) => None,
        }
    }

    fn is_merge(&self, key: NodeId) -> bool {
        matches!(&self.node(key).content, Content::Scalar(value, Style::Plain) if value == "<<")
    }

    /// The keys and values of a mapping, or of each mapping in a sequence.
    fn members_to_merge(&self, id: NodeId, out: &mut Vec<NodeId>) {
        let slice =
            |range: &Range<u32>| self.children.get(range.start as usize..range.end as usize).unwrap_or_default();
        match &self.node(id).content {
            Content::Scalar(..) => {}
            Content::Mapping(range) => out.extend_from_slice(slice(range)),
            Content::Sequence(range) => {
                for &id in slice(range) {
                    if out.len() > MAX_NODES as usize {
                        return;
                    }
                    if let Content::Mapping(range) = &self.node(id).content {
                        out.extend_from_slice(slice(range));
                    }
                }
            }
        }
    }
}

fn too_deep(offset: u32) -> ParseError {
    ParseError {
        is_bound: true,
        ..ParseError::new(offset as usize, format!("is nested deeper than {MAX_DEPTH} levels"))
    }
}

fn too_many(offset: u32) -> ParseError {
    let message = format!("has more than {MAX_NODES} nodes, aliases included; CloudFormation takes one megabyte");
    ParseError { is_bound: true, ..ParseError::new(offset as usize, message) }
}

/// A count of nodes or a byte offset; both are far below the limit: files above 64 MiB are not read.
pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
