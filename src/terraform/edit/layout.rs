//! Where `terraform fmt` puts things: lines, the columns of their `=` and of their comments, indentation.
//!
//! `fmt` (the package hclwrite of HCL) lines up the `=` of adjacent lines that assign a whole expression, and the
//! comments that end adjacent lines. This is the same reckoning, without changing anything else.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use super::scan::{Scan, Token};

/// A line as `fmt` sees it: to the next line end that is not within a heredoc.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Line {
    /// The first byte that is not a blank; the end for an empty line.
    pub(super) first: usize,
    /// The first byte of the line.
    pub(super) start: usize,
    /// The end, without the line end.
    pub(super) end: usize,
    /// The first `=`.
    pub(super) equals: Option<usize>,
    /// Whether the expression behind it ends on this line.
    pub(super) is_whole: bool,
    /// The `#` or `//` of a comment behind something else.
    pub(super) comment: Option<usize>,
}

/// Cuts a text that starts and ends outside of strings and comments.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = OpenLine::default();
    for (token, range) in Scan::new(text) {
        match token {
            Token::LineEnd => {
                lines.push(line.close(text, range.start));
                line = OpenLine { start: range.end, ..OpenLine::default() };
            }
            Token::LineComment => line.comment = Some(range.start),
            Token::Open => line.open += 1,
            Token::Close => line.open -= 1,
            Token::Equals if line.equals.is_none() => line.equals = Some((range.start, line.open)),
            Token::Equals | Token::Blank | Token::BlockComment | Token::Text | Token::Other => {}
        }
    }
    lines.push(line.close(text, text.len()));
    lines
}

/// A line that is being read.
#[derive(Default)]
struct OpenLine {
    start: usize,
    /// The first `=`, and how many brackets were open before it.
    equals: Option<(usize, i32)>,
    comment: Option<usize>,
    open: i32,
}

impl OpenLine {
    fn close(&self, text: &str, end: usize) -> Line {
        let written = text.get(self.start..end).unwrap_or_default();
        let end = self.start + written.trim_end_matches('\r').len();
        let first = end - text.get(self.start..end).unwrap_or_default().trim_start_matches([' ', '\t']).len();
        Line {
            first,
            start: self.start,
            end,
            equals: self.equals.filter(|&(at, _)| at > first).map(|(at, _)| at),
            is_whole: self.equals.is_some_and(|(_, open)| open == self.open),
            comment: self.comment.filter(|&at| at > first),
        }
    }
}

/// A column that `fmt` puts in order: that of the `=`, or that of the comment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Column {
    Assign,
    Comment,
}

/// The blanks in front of an `=` or a comment, and how many there should be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Gap {
    pub(super) blanks: Range<usize>,
    pub(super) want: usize,
    /// The line's index.
    pub(super) line: usize,
}

/// The groups of lines whose `=` or whose comments stand in one column. The comments' columns are reckoned for the
/// `=` as they stand.
pub(super) fn groups(text: &str, lines: &[Line], column: Column) -> Vec<Vec<Gap>> {
    let mut groups = Vec::new();
    let mut group: Vec<(Gap, usize)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let at = match column {
            Column::Assign => line.equals,
            Column::Comment => line.comment,
        };
        // An expression that goes on in the next line has its `=` for itself.
        let is_single = column == Column::Assign && !line.is_whole;
        if is_single {
            close_group(&mut group, &mut groups);
        }
        let Some(at) = at else {
            close_group(&mut group, &mut groups);
            continue;
        };
        let lead = text.get(line.start..at).unwrap_or_default();
        let written = lead.trim_end_matches([' ', '\t']);
        let blanks = line.start + written.len()..at;
        // What is before a comment may hold a heredoc; only the last line of it counts then, as nobody does that.
        let width = written.graphemes(true).count();
        group.push((Gap { blanks, want: 0, line: index }, width));
        if is_single {
            close_group(&mut group, &mut groups);
        }
    }
    close_group(&mut group, &mut groups);
    groups
}

fn close_group(group: &mut Vec<(Gap, usize)>, groups: &mut Vec<Vec<Gap>>) {
    let widest = group.iter().map(|(_, width)| *width).max().unwrap_or_default();
    let done: Vec<Gap> = group.drain(..).map(|(gap, width)| Gap { want: widest - width + 1, ..gap }).collect();
    if !done.is_empty() {
        groups.push(done);
    }
}

/// Whether the gap is one of so many spaces.
pub(super) fn is_tidy(text: &str, gap: &Gap) -> bool {
    gap.blanks.len() == gap.want && text.get(gap.blanks.clone()).is_some_and(|blanks| blanks.bytes().all(|b| b == b' '))
}

/// The text with each `=` and each comment in its column.
pub(super) fn aligned(text: String) -> String {
    [Column::Assign, Column::Comment].into_iter().fold(text, |mut text, column| {
        let gaps: Vec<Gap> = groups(&text, &lines(&text), column).into_iter().flatten().collect();
        for gap in gaps.into_iter().rev().filter(|gap| gap.blanks.len() != gap.want) {
            text.replace_range(gap.blanks, &" ".repeat(gap.want));
        }
        text
    })
}

/// The blanks that the line of `at` starts with.
pub(super) fn indentation(text: &str, at: usize) -> &str {
    let start = line_start(text, at);
    let line = text.get(start..).unwrap_or_default();
    let length = line.len() - line.trim_start_matches([' ', '\t']).len();
    text.get(start..start + length).unwrap_or_default()
}

/// The first byte of the line of `at`.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1)
}

/// The end of the line of `at`, before its line end.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    at + line.trim_end_matches('\r').len()
}

/// The text with all lines but the first one, and what stands in heredocs, moved to the right.
pub(super) fn indented(text: &str, indentation: &str) -> String {
    let mut moved = text.to_owned();
    for line in lines(text).iter().skip(1).rev().filter(|line| line.first < line.end) {
        moved.insert_str(line.start, indentation);
    }
    moved
}

/// The text with all lines but the first one, and what stands in heredocs, moved to the left by so many columns where
/// they have as many blanks.
pub(super) fn unindented(text: &str, columns: usize) -> String {
    let mut moved = text.to_owned();
    for line in lines(text).iter().skip(1).rev() {
        moved.replace_range(line.start..line.first.min(line.start + columns), "");
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjacent_assignments_line_up() {
        let text = "x {\n  a = 1 # one\n  long = \"}\" # two\n  m = {\n    k = 1\n    \"kk\" = [2]\n  }\n  b = <<E\n a = 1\nE\n  cc = a == b\n\n  d = 1\n}\n";
        let want = "x {\n  a    = 1   # one\n  long = \"}\" # two\n  m = {\n    k    = 1\n    \"kk\" = [2]\n  }\n  b  = <<E\n a = 1\nE\n  cc = a == b\n\n  d = 1\n}\n";
        assert_eq!(aligned(text.to_owned()), want);
        assert_eq!(aligned(want.to_owned()), want);
    }

    #[test]
    fn what_goes_on_in_the_next_line_is_not_lined_up() {
        let text = "a = [\n  1\n]\nlonger = 1\n# c\nb = \"${\n  x\n}\"\nc = 2\n";
        assert_eq!(aligned(text.to_owned()), text);
    }

    #[test]
    fn widths_are_in_characters() {
        assert_eq!(aligned("é = \"ü\" # a\nab = 1 # b\n".to_owned()), "é  = \"ü\" # a\nab = 1   # b\n");
    }

    #[test]
    fn heredocs_stay_where_they_are() {
        let text = "a = [\n  <<E\n x\nE\n  , 1\n]";
        assert_eq!(indented(text, "  "), "a = [\n    <<E\n x\nE\n    , 1\n  ]");
        assert_eq!(unindented(&indented(text, "  "), 2), text);
    }
}
