//! Where a YAML text has comments.

use std::ops::Range;

use super::super::tree::{self, Tree};

/// The comments of a text, in order, each from its `#` to the end of its line.
#[derive(Debug)]
pub(super) struct Comments(Vec<Range<usize>>);

impl Comments {
    /// Finds the comments: what starts with a number sign, outside of every scalar.
    pub(super) fn of(tree: &Tree<'_>, text: &str) -> Self {
        let scalars = tree.nodes().filter(|node| matches!(node.content, tree::Content::Scalar(..)));
        let mut taken: Vec<(usize, usize)> =
            scalars.map(|node| (node.span.start as usize, node.span.end as usize)).collect();
        taken.sort_unstable();
        let bytes = text.as_bytes();
        let mut found = Vec::new();
        let mut at = 0;
        for (start, end) in taken.into_iter().chain([(bytes.len(), bytes.len())]) {
            while let Some(gap) = bytes.get(at..start).filter(|gap| !gap.is_empty()) {
                let Some(sign) = memchr::memchr(b'#', gap).map(|offset| at + offset) else { break };
                let before = sign.checked_sub(1).and_then(|before| bytes.get(before));
                if before.is_none_or(u8::is_ascii_whitespace) {
                    let end = end_of_line(text, sign);
                    found.push(sign..end);
                    at = end;
                } else {
                    at = sign + 1;
                }
            }
            at = at.max(end);
        }
        Self(found)
    }

    /// None: JSON.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// The comments that start within a range.
    pub(super) fn within(&self, range: Range<usize>) -> &[Range<usize>] {
        let first = self.0.partition_point(|comment| comment.start < range.start);
        let last = self.0.partition_point(|comment| comment.start < range.end);
        self.0.get(first..last).unwrap_or_default()
    }

    /// The comment that ends at a place, or goes on there.
    pub(super) fn covering(&self, at: usize) -> Option<&Range<usize>> {
        let next = self.0.partition_point(|comment| comment.start < at);
        self.0.get(next.checked_sub(1)?).filter(|comment| at <= comment.end)
    }

    /// The comment on the rest of a place's line.
    pub(super) fn on_rest_of_line(&self, text: &str, at: usize) -> Option<&Range<usize>> {
        self.within(at..end_of_line(text, at)).first()
    }

    /// The lines of comment that stand alone in a range, and the empty lines behind them.
    pub(super) fn above(&self, text: &str, from: usize, to: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let mut last_end = None;
        for comment in self.within(from..to) {
            if !stands_alone(text, comment.start) {
                continue;
            }
            if last_end.is_some_and(|end| has_empty_line(text, end, comment.start)) {
                lines.push(String::new());
            }
            lines.push(text.get(comment.clone()).unwrap_or_default().trim_end().to_owned());
            last_end = Some(comment.end);
        }
        if last_end.is_some_and(|end| has_empty_line(text, end, to)) {
            lines.push(String::new());
        }
        lines
    }

    /// The first comment in a range that stands behind something.
    pub(super) fn behind(&self, text: &str, from: usize, to: usize) -> Option<String> {
        let comment = self.within(from..to).iter().find(|comment| !stands_alone(text, comment.start))?;
        Some(text.get(comment.clone())?.trim_end().to_owned())
    }

    /// The comment on the rest of a place's line, if only space is between.
    pub(super) fn after(&self, text: &str, at: usize) -> Option<String> {
        let comment = self.on_rest_of_line(text, at)?;
        let is_next = text.get(at..comment.start)?.trim().is_empty();
        is_next.then(|| text.get(comment.clone()).map(|comment| comment.trim_end().to_owned()))?
    }
}

fn stands_alone(text: &str, at: usize) -> bool {
    text.get(start_of_line(text, at)..at).is_some_and(|before| before.trim().is_empty())
}

fn has_empty_line(text: &str, from: usize, to: usize) -> bool {
    text.get(from..to).is_some_and(|gap| gap.matches('\n').count() > 1)
}

/// The first byte of a place's line.
pub(super) fn start_of_line(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1)
}

/// The end of a place's line, before its line end of one or two bytes.
pub(super) fn end_of_line(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let end = memchr::memchr(b'\n', rest).map_or(text.len(), |newline| at + newline);
    let has_return = end > at && text.as_bytes().get(end - 1) == Some(&b'\r');
    if has_return { end - 1 } else { end }
}
