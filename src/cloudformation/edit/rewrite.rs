//! From what a template says and what it is to say to changes of its text, as few as there can be.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::tree::{self, NodeId};
use super::alignment::{Step, align};
use super::comments::{end_of_line, start_of_line};
use super::document::{Document, Member};
use super::error::EditError;
use super::json::{Layout, quoted};
use super::node::{Content, Node, Quote};
use super::yaml::{self, Written};
use crate::source::TextEdit;

/// A list that was on one line stays on one line up to this width.
const MAX_LINE: usize = 100;

/// Collects the changes of a document.
pub(super) struct Rewriter<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) edits: Vec<TextEdit>,
}

impl<'d> Rewriter<'d> {
    pub(super) fn new(document: &'d Document<'d>) -> Self {
        Self { document, edits: Vec::new() }
    }

    /// Changes the document's root.
    pub(super) fn root(&mut self, old: &Node, new: &Node) -> Result<(), EditError> {
        let id = self.document.tree.root();
        match (&old.content, &new.content) {
            _ if old == new => Ok(()),
            (Content::Mapping(old), Content::Mapping(new)) => self.mapping(id, old, new).map(drop),
            _ => Err(EditError::Unsupported { offset: 0 }),
        }
    }

    /// Changes a member of `container`. The document's tree bounds how deep this calls itself.
    fn member(&mut self, container: NodeId, member: &Member, old: &Node, new: &Node) -> Result<(), EditError> {
        if old == new {
            return Ok(());
        }
        self.document.refuse_shared(member, container)?;
        let done = match (&old.content, &new.content) {
            (Content::Mapping(old), Content::Mapping(new)) if !old.is_empty() && !new.is_empty() => {
                self.mapping(member.value, old, new)?
            }
            (Content::List(old), Content::List(new)) if !old.is_empty() && !new.is_empty() => {
                self.list(member.value, old, new)?
            }
            (Content::List(_), Content::List(_)) => false,
            (_, Content::List(new)) if new.first() == Some(old) && old.content != Content::Null => {
                self.wrap(member, new.get(1..).unwrap_or_default())
            }
            _ => false,
        };
        if !done {
            self.replace(member, old, new);
        }
        Ok(())
    }

    /// Changes a mapping entry by entry. `false` where it is better written anew.
    fn mapping(&mut self, id: NodeId, old: &[(String, Node)], new: &[(String, Node)]) -> Result<bool, EditError> {
        let known: FxHashSet<&str> = old.iter().map(|(name, _)| name.as_str()).collect();
        let kept_values: FxHashMap<&str, &Node> = new.iter().map(|(name, value)| (name.as_str(), value)).collect();
        let mut added: Vec<bool> = new.iter().map(|(name, _)| !known.contains(name.as_str())).collect();
        let members = self.document.members(id)?;
        let mut gone = vec![false; old.len()];
        let mut kept = Vec::new();
        for (place, (name, value)) in old.iter().enumerate() {
            let Some(member) = members.get(place) else { return Ok(false) };
            if let Some(&new_value) = kept_values.get(name.as_str()) {
                kept.push((member, value, new_value));
                continue;
            }
            // An entry in whose place a new one stands has another name.
            match (new.get(place), added.get_mut(place)) {
                (Some((new_name, new_value)), Some(is_added)) if *is_added && old.len() == new.len() => {
                    *is_added = false;
                    self.rename(id, member, new_name)?;
                    kept.push((member, value, new_value));
                }
                _ => gone.iter_mut().skip(place).take(1).for_each(|gone| *gone = true),
            }
        }
        if kept.is_empty() {
            return Ok(false);
        }
        for (member, value, new_value) in kept {
            self.member(id, member, value, new_value)?;
        }
        self.remove(id, &members, &gone)?;
        let added: Vec<(String, Node)> =
            new.iter().zip(&added).filter(|(_, added)| **added).map(|(entry, _)| entry.clone()).collect();
        if !added.is_empty() {
            self.append_entries(id, &members, &added)?;
        }
        Ok(true)
    }

    /// Changes a list item by item. `false` where it is better written anew.
    fn list(&mut self, id: NodeId, old: &[Node], new: &[Node]) -> Result<bool, EditError> {
        let steps = align(old, new, likeness);
        let inserts_first = matches!(steps.first(), Some(Step::Insert(_)));
        if inserts_first || !steps.iter().any(|step| matches!(step, Step::Keep(..) | Step::Change(..))) {
            return Ok(false);
        }
        let members = self.document.members(id)?;
        let mut gone = vec![false; old.len()];
        let mut insertions: Vec<(usize, Vec<Node>)> = Vec::new();
        let mut after = 0;
        for step in steps {
            match step {
                Step::Keep(place) => after = place,
                Step::Change(place, new_place) => {
                    let (Some(member), Some(old), Some(new)) = (members.get(place), old.get(place), new.get(new_place))
                    else {
                        return Ok(false);
                    };
                    self.member(id, member, old, new)?;
                    after = place;
                }
                Step::Remove(place) => {
                    gone.iter_mut().skip(place).take(1).for_each(|gone| *gone = true);
                    after = place;
                }
                Step::Insert(new_place) => {
                    let Some(item) = new.get(new_place) else { return Ok(false) };
                    match insertions.last_mut().filter(|(place, _)| *place == after) {
                        Some((_, items)) => items.push(item.clone()),
                        None => insertions.push((after, vec![item.clone()])),
                    }
                }
            }
        }
        self.remove(id, &members, &gone)?;
        for (after, items) in insertions {
            self.insert_items(id, &members, after, &items)?;
        }
        Ok(true)
    }

    fn rename(&mut self, container: NodeId, member: &Member, name: &str) -> Result<(), EditError> {
        self.document.refuse_shared(member, container)?;
        let Some(key) = member.key else { return Ok(()) };
        let written = self.document.tree.node(key);
        let name =
            if self.document.json.is_some() { quoted(name) } else { yaml::scalar_in(name, quote_of(written), true) };
        self.push(written.span.start as usize, written.span.end as usize, &name);
        Ok(())
    }

    /// Writes a member's value anew.
    fn replace(&mut self, member: &Member, old: &Node, new: &Node) {
        let document = self.document;
        let written = document.tree.node(member.value);
        let mut new = new.clone();
        if let (Content::Text(_), Content::Text(_), None) = (&old.content, &new.content, new.quote) {
            new.quote = quote_of(written);
        }
        if !member.flow {
            let column = document.column(member.start);
            let written = match member.key {
                Some(_) => document.indentation.value(&new, column),
                None => document.indentation.item(&new, column),
            };
            self.place(member, &written);
            return;
        }
        let start = (written.outer_start as usize).max(member.from);
        let space = if start == member.from && member.key.is_some() { " " } else { "" };
        let text = match &document.json {
            Some(_) => {
                let was_line = document.text.get(start..member.end).is_some_and(|text| !text.contains('\n'));
                self.json_value(member, &new, was_line && old.is_collection())
            }
            None => yaml::flow(&new),
        };
        self.hoist_comments(start..member.end, member.start);
        self.push(start, member.end, &format!("{space}{text}"));
    }

    /// A value as JSON where a member stands.
    fn json_value(&self, member: &Member, value: &Node, prefers_line: bool) -> String {
        let document = self.document;
        let line = Layout::Line { spaced: true }.value(value, "");
        let stands_alone = starts_line(document.text, member.start);
        match &document.json {
            Some(layout) if stands_alone && !(prefers_line && line.len() <= MAX_LINE) => {
                layout.value(value, document.indent_of_line(member.start))
            }
            Some(layout @ Layout::Line { .. }) => layout.value(value, ""),
            _ => line,
        }
    }

    /// Puts a value into a block, in place of what stands behind the key or dash.
    fn place(&mut self, member: &Member, written: &Written) {
        let document = self.document;
        let behind = document.text.get(member.from..member.end).unwrap_or_default();
        let value_start = member.from + behind.len() - behind.trim_start_matches([' ', '\t']).len();
        let is_inline = value_start < member.end
            && !matches!(document.text.as_bytes().get(value_start), Some(b'\n' | b'\r' | b'#'));
        // Lines below an item's first stand in the column that is two behind the dash, however far the value was.
        let keeps_space = is_inline && !written.head.is_empty() && (member.key.is_some() || written.body.is_empty());
        let start = if keeps_space { value_start } else { member.from };
        let space = if start == member.from && !written.head.is_empty() { " " } else { "" };
        self.hoist_comments(start..member.end, member.start);
        let head = format!("{space}{}", written.head);
        let body: String = written.body.iter().flat_map(|line| ["\n", line]).collect();
        let line_end = end_of_line(document.text, member.end);
        if body.is_empty() {
            self.push(start, member.end, &head);
        } else if document.comments.on_rest_of_line(document.text, member.end).is_some() {
            self.push(start, member.end, &head);
            self.push(line_end, line_end, &body);
        } else {
            // With the space at the end of the line, which would become part of a text.
            self.push(start, line_end, &format!("{head}{body}"));
        }
    }

    /// Makes a list of a single thing, and adds items. `false` where it is better written anew.
    fn wrap(&mut self, member: &Member, items: &[Node]) -> bool {
        let document = self.document;
        let written = document.tree.node(member.value);
        let (start, end) = (written.outer_start as usize, member.end);
        if start >= end {
            return false;
        }
        let raw = document.text.get(start..end).unwrap_or_default();
        if member.flow || document.is_flow(member.value) {
            let write = |item| match &document.json {
                Some(_) => self.json_value(member, item, true),
                None => yaml::flow(item),
            };
            let items: Vec<String> = items.iter().map(write).collect();
            self.push(start, start, "[");
            self.push(end, end, &format!(", {}]", items.join(", ")));
            return true;
        }
        if member.key.is_none() {
            return false;
        }
        let column = document.column(member.start) + document.indentation.list;
        let is_block = matches!(written.content, tree::Content::Mapping(_)) && written.tag.is_none();
        if is_block {
            // The mapping moves in by the width of a dash.
            let column = document.column(start);
            let mut line = start;
            self.push(start, start, "- ");
            while let Some(newline) = document.text.get(line..end).and_then(|rest| rest.find('\n')) {
                line += newline + 1;
                if !document.text.get(line..).unwrap_or_default().starts_with(['\n', '\r']) {
                    self.push(line, line, "  ");
                }
            }
            let lines = document.indentation.items(items, column);
            self.insert_lines(end, &lines);
            return true;
        }
        let is_block_text = matches!(written.content, tree::Content::Scalar(_, tree::Style::Block));
        if raw.contains('\n') || is_block_text || document.column(start) == 0 {
            return false;
        }
        let mut body = vec![format!("{:column$}- {raw}", "")];
        body.extend(document.indentation.items(items, column));
        self.place(member, &Written { head: String::new(), body });
        true
    }

    /// Takes members away.
    fn remove(&mut self, id: NodeId, members: &[Member], gone: &[bool]) -> Result<(), EditError> {
        let mut place = 0;
        while let Some(run) = next_run(gone, place) {
            place = run.end;
            for member in members.get(run.clone()).unwrap_or_default() {
                self.document.refuse_shared(member, id)?;
            }
            let before = run.start.checked_sub(1).and_then(|before| members.get(before));
            let (Some(first), Some(last)) = (members.get(run.start), members.get(run.end - 1)) else { continue };
            self.remove_run(first, last, before, members.get(run.end));
        }
        Ok(())
    }

    fn remove_run(&mut self, first: &Member, last: &Member, before: Option<&Member>, after: Option<&Member>) {
        let document = self.document;
        let text = document.text;
        if first.flow {
            let range = match (after, before) {
                (Some(after), _) => first.start..after.start,
                (None, Some(before)) => before.end..last.end,
                (None, None) => return,
            };
            self.hoist_comments(range.clone(), first.start);
            self.push(range.start, range.end, "");
            return;
        }
        if !starts_line(text, first.start) {
            // Behind the dash of an item: the next entry takes its place.
            let Some(after) = after else { return };
            let indent = " ".repeat(document.column(first.start));
            let kept = self.comments_within(first.start..after.start);
            let kept: Vec<String> = kept.iter().map(|comment| format!("{comment}\n{indent}")).collect();
            self.push(first.start, after.start, &kept.concat());
            return;
        }
        let indent = document.indent_of_line(first.start);
        let (start, end) = (start_of_line(text, first.start), end_of_line(text, last.end));
        let kept = self.comments_within(start..end);
        if let Some(newline) = start.checked_sub(1) {
            let start = end_of_line(text, newline);
            let kept: Vec<String> = kept.iter().map(|comment| format!("\n{indent}{comment}")).collect();
            self.push(start, end, &kept.concat());
        } else {
            let kept: Vec<String> = kept.iter().map(|comment| format!("{indent}{comment}\n")).collect();
            self.push(start, document.after_line_end(end), &kept.concat());
        }
    }

    /// Adds entries to the end of a mapping.
    pub(super) fn append_entries(
        &mut self,
        id: NodeId,
        members: &[Member],
        added: &[(String, Node)],
    ) -> Result<(), EditError> {
        let document = self.document;
        let span = &document.tree.node(id).span;
        let own = |member: &&Member| member.start >= span.start as usize && member.end <= span.end as usize;
        let first = members.iter().find(own);
        if !document.is_flow(id) {
            let first = first.map_or(span.start as usize, |first| first.start);
            let lines = document.indentation.entries(added, document.column(first));
            self.insert_lines(span.end as usize, &lines);
            return Ok(());
        }
        let first = first.ok_or(EditError::Unsupported { offset: span.start })?;
        let is_quoted = first.key.is_some_and(|key| quote_of(document.tree.node(key)) == Some(Quote::Double));
        let entry = |(name, value): &(String, Node)| match &document.json {
            Some(layout @ Layout::Line { .. }) => layout.entry(name, value, ""),
            Some(layout) if starts_line(document.text, first.start) => {
                layout.entry(name, value, document.indent_of_line(first.start))
            }
            Some(_) => Layout::Line { spaced: true }.entry(name, value, ""),
            None => {
                let name = if is_quoted { quoted(name) } else { yaml::key(name) };
                format!("{name}: {}", yaml::flow(value))
            }
        };
        let entries: Vec<String> = added.iter().map(entry).collect();
        self.append_in_brackets(id, first, &entries);
        Ok(())
    }

    /// Adds items to a list behind one of its items.
    fn insert_items(&mut self, id: NodeId, members: &[Member], after: usize, items: &[Node]) -> Result<(), EditError> {
        let document = self.document;
        let unsupported = || EditError::Unsupported { offset: document.tree.node(id).span.start };
        let first = members.first().ok_or_else(unsupported)?;
        let before = members.get(after).ok_or_else(unsupported)?;
        if !before.flow {
            let lines = document.indentation.items(items, document.column(first.start));
            self.insert_lines(before.end, &lines);
            return Ok(());
        }
        let items: Vec<String> = items
            .iter()
            .map(|item| match &document.json {
                Some(_) => self.json_value(first, item, false),
                None => yaml::flow(item),
            })
            .collect();
        if after + 1 == members.len() {
            self.append_in_brackets(id, first, &items);
        } else {
            let separator = self.separator(first);
            let items: Vec<String> = items.iter().map(|item| format!(",{separator}{item}")).collect();
            self.push(before.end, before.end, &items.concat());
        }
        Ok(())
    }

    /// What stands between two members in brackets, behind the comma.
    fn separator(&self, first: &Member) -> String {
        let document = self.document;
        if starts_line(document.text, first.start) {
            format!("\n{}", document.indent_of_line(first.start))
        } else if document.json == Some(Layout::Line { spaced: false }) {
            String::new()
        } else {
            " ".to_owned()
        }
    }

    /// Adds members before a closing bracket. There is one at least.
    fn append_in_brackets(&mut self, id: NodeId, first: &Member, members: &[String]) {
        let document = self.document;
        let close = (document.tree.node(id).span.end as usize).saturating_sub(1);
        let mut at = document.before_space_and_comments(close);
        let has_comma = at.checked_sub(1).and_then(|at| document.text.as_bytes().get(at)) == Some(&b',');
        let separator = self.separator(first);
        let members = members.join(&format!(",{separator}"));
        let comma = if has_comma { "" } else { "," };
        let comment = document.comments.within(at..close).first();
        if let Some(comment) = comment.filter(|comment| comment.start < end_of_line(document.text, at)) {
            self.push(at, at, comma);
            at = comment.end;
            let separator = if separator.starts_with('\n') { separator } else { "\n".to_owned() };
            self.push(at, at, &format!("{separator}{members}"));
        } else {
            self.push(at, at, &format!("{comma}{separator}{members}"));
        }
    }

    /// Adds whole lines behind a place's line.
    pub(super) fn insert_lines(&mut self, at: usize, lines: &[String]) {
        let end = end_of_line(self.document.text, at);
        let lines: String = lines.iter().flat_map(|line| ["\n", line]).collect();
        self.push(end, end, &lines);
    }

    /// Keeps the comments of a range that is written anew: on lines of their own, above the line of `at`.
    fn hoist_comments(&mut self, range: Range<usize>, at: usize) {
        let indent = self.document.indent_of_line(at);
        let comments = self.comments_within(range);
        let lines: Vec<String> = comments.iter().map(|comment| format!("{indent}{comment}\n")).collect();
        let start = start_of_line(self.document.text, at);
        self.push(start, start, &lines.concat());
    }

    fn comments_within(&self, range: Range<usize>) -> Vec<&'d str> {
        let text = self.document.text;
        let comments = self.document.comments.within(range);
        comments.iter().map(|comment| text.get(comment.clone()).unwrap_or_default().trim_end()).collect()
    }

    pub(super) fn push(&mut self, start: usize, end: usize, text: &str) {
        if start < end || !text.is_empty() {
            self.edits.push(self.document.edit(start, end, text));
        }
    }
}

fn quote_of(written: &tree::Node<'_>) -> Option<Quote> {
    match written.content {
        tree::Content::Scalar(_, tree::Style::SingleQuoted) => Some(Quote::Single),
        tree::Content::Scalar(_, tree::Style::DoubleQuoted) => Some(Quote::Double),
        _ => None,
    }
}

/// How much of an item is left in another.
fn likeness(old: &Node, new: &Node) -> u32 {
    match (&old.content, &new.content) {
        (Content::Mapping(old), Content::Mapping(_)) => {
            2 + old
                .iter()
                .map(|(name, value)| new.get(name).map_or(0, |new| 1 + 3 * u32::from(new == value)))
                .sum::<u32>()
        }
        (old, new) if std::mem::discriminant(old) == std::mem::discriminant(new) => 2,
        _ => 1,
    }
}

/// Whether nothing but space stands before a place on its line.
fn starts_line(text: &str, at: usize) -> bool {
    text.get(start_of_line(text, at)..at).is_some_and(|before| before.trim().is_empty())
}

/// The next places from `from` that are all marked.
fn next_run(marked: &[bool], from: usize) -> Option<Range<usize>> {
    let rest = marked.get(from..)?;
    let start = rest.iter().position(|marked| *marked)?;
    let length = rest.get(start..)?.iter().take_while(|marked| **marked).count();
    Some(from + start..from + start + length)
}
