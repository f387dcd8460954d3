//! A template that is to be changed: its tree, its comments, and how it is laid out.

use std::collections::BTreeMap;

use super::super::tree::{self, NodeId, Tree};
use super::super::{json, parse};
use super::comments::{Comments, start_of_line};
use super::error::EditError;
use super::json::Layout;
use super::node::{Node, Reading, is_flow};
use super::yaml::Indentation;
use crate::source::{SourceFile, Span, TextEdit, apply};

/// A template as it stands in its file.
pub(super) struct Document<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) text: &'a str,
    pub(super) tree: Tree<'a>,
    pub(super) comments: Comments,
    /// How it is laid out, if it is JSON.
    pub(super) json: Option<Layout>,
    pub(super) indentation: Indentation,
    /// What ends a line.
    line_end: &'static str,
}

/// A member of a mapping or list.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// The key; `None` for an item.
    pub(super) key: Option<NodeId>,
    pub(super) value: NodeId,
    /// Where it starts: its key, its dash, or, in brackets, the item itself.
    pub(super) start: usize,
    /// Behind its colon or dash.
    pub(super) from: usize,
    /// Where its value ends.
    pub(super) end: usize,
    /// Whether it is written in brackets.
    pub(super) flow: bool,
}

impl<'a> Document<'a> {
    /// Reads a template; one that is broken somewhere is refused.
    pub(super) fn new(file: &'a SourceFile) -> Result<Self, EditError> {
        let text = file.text();
        let is_json = text.trim_start().starts_with('{') && json::parse(text).1.is_none();
        let (Some(tree), None) = parse(text) else { return Err(EditError::Unreadable) };
        let comments = if is_json { Comments::none() } else { Comments::of(&tree, text) };
        let json = is_json.then(|| json_layout(&tree, text));
        let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let mut document =
            Self { file, text, tree, comments, json, indentation: Indentation { step: 2, list: 2 }, line_end };
        if !is_json {
            document.indentation = document.usual_indentation();
        }
        Ok(document)
    }

    /// The whole template.
    pub(super) fn root(&self) -> Result<Node, EditError> {
        self.read(self.tree.root())
    }

    pub(super) fn read(&self, id: NodeId) -> Result<Node, EditError> {
        Reading { tree: &self.tree, text: self.text, comments: None }.node(id, 0)
    }

    /// Whether what is written in a node stands in brackets.
    pub(super) fn is_flow(&self, id: NodeId) -> bool {
        is_flow(self.text, self.tree.node(id))
    }

    /// The space at the start of a place's line.
    pub(super) fn indent_of_line(&self, at: usize) -> &'a str {
        let line = self.text.get(start_of_line(self.text, at)..).unwrap_or_default();
        line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or_default()
    }

    /// The column of a place, counted in bytes from 0.
    pub(super) fn column(&self, at: usize) -> usize {
        at - start_of_line(self.text, at)
    }

    /// The members of a mapping or list with their places.
    pub(super) fn members(&self, id: NodeId) -> Result<Vec<Member>, EditError> {
        let flow = self.is_flow(id);
        let span = &self.tree.node(id).span;
        let mut members = Vec::new();
        if let Some(pairs) = self.tree.mapping(id) {
            for (key, value) in pairs {
                members.push(self.entry(key, value, flow)?);
            }
            return Ok(members);
        }
        let mut at = span.start as usize;
        for &value in self.tree.sequence(id).unwrap_or_default() {
            let written = self.tree.node(value);
            let (start, from) = if flow {
                let start = written.outer_start as usize;
                (start, start)
            } else {
                let dash = self.after_space_and_comments(at);
                if self.text.as_bytes().get(dash) != Some(&b'-') {
                    return Err(EditError::Unsupported { offset: tree::count(dash) });
                }
                (dash, dash + 1)
            };
            at = (written.span.end as usize).max(from);
            if !flow && self.text.get(from..).is_some_and(|rest| rest.trim_start().starts_with('*')) {
                // An alias: its node stands elsewhere.
                let behind = self.after_space_and_comments(from);
                let rest = self.text.get(behind..).unwrap_or_default();
                at = behind + rest.find(char::is_whitespace).unwrap_or(rest.len());
            }
            members.push(Member { key: None, value, start, from, end: at, flow });
        }
        Ok(members)
    }

    /// An entry of a mapping.
    pub(super) fn entry(&self, key: NodeId, value: NodeId, flow: bool) -> Result<Member, EditError> {
        let (name, written) = (self.tree.node(key), self.tree.node(value));
        let behind = self.text.get(name.span.end as usize..).unwrap_or_default();
        let colon = name.span.end as usize + behind.len() - behind.trim_start().len();
        if self.text.as_bytes().get(colon) != Some(&b':') {
            return Err(EditError::Unsupported { offset: name.span.start });
        }
        let from = colon + 1;
        let end = (written.span.end as usize).max(from);
        Ok(Member { key: Some(key), value, start: name.outer_start as usize, from, end, flow })
    }

    /// Refuses what is used in other places too: an anchor, an alias, what was merged in.
    pub(super) fn refuse_shared(&self, member: &Member, container: NodeId) -> Result<(), EditError> {
        let written = self.tree.node(member.value);
        let around = &self.tree.node(container).span;
        let outside = member.start < around.start as usize || member.end > around.end as usize;
        let header = self.text.get(written.outer_start as usize..written.span.start as usize).unwrap_or_default();
        let has_anchor = header.split_whitespace().any(|word| word.starts_with('&'));
        if outside || (written.outer_start as usize) + 1 < member.from || has_anchor {
            return Err(EditError::Shared { offset: written.outer_start });
        }
        Ok(())
    }

    pub(super) fn after_space_and_comments(&self, mut at: usize) -> usize {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(at) {
                Some(byte) if byte.is_ascii_whitespace() => at += 1,
                Some(b'#') if self.comments.covering(at + 1).is_some() => {
                    at = self.comments.covering(at + 1).map_or(at + 1, |comment| comment.end);
                }
                _ => return at,
            }
        }
    }

    /// The end of what stands before a place, space and comments left out.
    pub(super) fn before_space_and_comments(&self, mut at: usize) -> usize {
        loop {
            let before = self.text.get(..at).unwrap_or_default();
            let end = before.trim_end().len();
            match self.comments.covering(end) {
                Some(comment) if comment.start < end => at = comment.start,
                _ => return end,
            }
        }
    }

    /// The path of the value that is written at a span, with its tag or quotes or without.
    pub(super) fn path_to(&self, span: Span) -> Option<Vec<String>> {
        self.path_where(&|_, value| self.is_at(value, span))
    }

    /// The path of the entry whose name is written at a span.
    pub(super) fn path_to_key(&self, span: Span) -> Option<Vec<String>> {
        self.path_where(&|key, _| key.is_some_and(|key| self.is_at(key, span)))
    }

    fn is_at(&self, id: NodeId, span: Span) -> bool {
        let node = self.tree.node(id);
        let is_quoted =
            matches!(node.content, tree::Content::Scalar(_, tree::Style::SingleQuoted | tree::Style::DoubleQuoted));
        let starts = span.start == node.span.start || span.start == node.outer_start;
        let is_whole = starts && span.end == node.span.end;
        is_whole || (is_quoted && node.span.start + 1 == span.start && span.end + 1 == node.span.end)
    }

    /// The path of the first member, from the top and the outside, that is wanted.
    fn path_where(&self, is_wanted: &dyn Fn(Option<NodeId>, NodeId) -> bool) -> Option<Vec<String>> {
        // The members that are still to be seen, with their depth; and the steps to the current one.
        let mut open = vec![(0, String::new(), None, self.tree.root())];
        let mut path = Vec::new();
        while let Some((depth, step, key, value)) = open.pop() {
            path.truncate(depth);
            path.push(step);
            if is_wanted(key, value) {
                path.remove(0);
                return Some(path);
            }
            let first = open.len();
            for (place, &item) in self.tree.sequence(value).unwrap_or_default().iter().enumerate() {
                open.push((depth + 1, place.to_string(), None, item));
            }
            for (key, value) in self.tree.mapping(value).into_iter().flatten() {
                let name = self.tree.scalar(key).unwrap_or_default();
                open.push((depth + 1, name.to_owned(), Some(key), value));
            }
            open.get_mut(first..).unwrap_or_default().reverse();
        }
        None
    }

    /// The start of the next line, given the end of one.
    pub(super) fn after_line_end(&self, end: usize) -> usize {
        let rest = self.text.get(end..).unwrap_or_default();
        let length = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
        end + length
    }

    /// A change of the text; its lines end as the file's do.
    pub(super) fn edit(&self, start: usize, end: usize, text: &str) -> TextEdit {
        let text = if self.line_end == "\n" { text.to_owned() } else { text.replace('\n', self.line_end) };
        TextEdit { span: Span::new(self.file.id(), start, end), text }
    }

    /// The edits, if the text reads as expected afterwards.
    pub(super) fn verified(&self, mut edits: Vec<TextEdit>, expected: &Node) -> Result<Vec<TextEdit>, EditError> {
        if self.reads_as(&edits, expected)? {
            return Ok(edits);
        }
        // A text in a block ends with a line end only if the file does.
        edits.push(self.edit(self.text.len(), self.text.len(), "\n"));
        if !self.text.ends_with('\n') && self.reads_as(&edits, expected)? {
            return Ok(edits);
        }
        Err(EditError::Unfaithful)
    }

    fn reads_as(&self, edits: &[TextEdit], expected: &Node) -> Result<bool, EditError> {
        let changed = apply(self.text, edits).map_err(|_| EditError::Unfaithful)?;
        let (Some(tree), None) = parse(&changed) else { return Ok(false) };
        let node = Reading { tree: &tree, text: &changed, comments: None }.node(tree.root(), 0)?;
        Ok(node == *expected)
    }

    /// The indentation that most mappings and lists have.
    fn usual_indentation(&self) -> Indentation {
        let (mut steps, mut lists) = (BTreeMap::new(), BTreeMap::new());
        let mut open = vec![self.tree.root()];
        // Each node once for each time that it is used, which the tree bounds.
        while let Some(id) = open.pop() {
            open.extend_from_slice(self.tree.sequence(id).unwrap_or_default());
            for (key, value) in self.tree.mapping(id).into_iter().flatten() {
                open.push(value);
                let (key, written) = (self.tree.node(key), self.tree.node(value));
                let counts = match written.content {
                    tree::Content::Mapping(_) => &mut steps,
                    tree::Content::Sequence(_) if written.tag.is_none() => &mut lists,
                    tree::Content::Scalar(..) | tree::Content::Sequence(_) => continue,
                };
                let is_block = !self.is_flow(value) && written.outer_start == written.span.start;
                let (outer, inner) = (self.column(key.span.start as usize), self.column(written.span.start as usize));
                if let Some(difference) = inner.checked_sub(outer).filter(|_| is_block) {
                    *counts.entry(difference).or_insert(0usize) += 1;
                }
            }
        }
        let most = |counts: &BTreeMap<usize, usize>| {
            counts.iter().max_by_key(|(_, count)| **count).map(|(difference, _)| *difference)
        };
        let step = most(&steps).filter(|step| *step > 0).unwrap_or(2);
        Indentation { step, list: most(&lists).unwrap_or(step) }
    }
}

/// How a JSON document is laid out: by its first member.
fn json_layout(tree: &Tree<'_>, text: &str) -> Layout {
    let first = tree.mapping(tree.root()).and_then(|mut pairs| pairs.next());
    let Some((key, value)) = first else { return Layout::Lines { step: "  ".to_owned() } };
    let start = tree.node(key).span.start as usize;
    let before = text.get(start_of_line(text, start)..start).unwrap_or_default();
    if !before.is_empty() && before.trim().is_empty() {
        return Layout::Lines { step: before.to_owned() };
    }
    let gap = text.get(tree.node(key).span.end as usize..tree.node(value).span.start as usize);
    Layout::Line { spaced: gap.is_some_and(|gap| gap.ends_with(' ')) }
}
