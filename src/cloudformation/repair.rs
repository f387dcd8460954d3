//! Makes readable what the YAML parser refuses, without moving a character: the parser's offsets, which count
//! characters, stay what they were.
//!
//! Two cases. Within brackets and quotes YAML 1.1, and so CloudFormation, lets lines start anywhere, the parser does
//! not: such lines are joined with the one before. And where a resource is broken, it is blanked, so that the others
//! can still be read.

use std::ops::Range;

use super::scalar::end_of_quote;

/// How many places of one file are repaired; each takes reading the file once more.
const MAX_REPAIRS: usize = 50;

/// Bytes to read again for repairs in one file, so that a large file has few.
const MAX_BYTES: usize = 16 << 20;

/// A text under repair.
pub(super) struct Repair {
    pub(super) text: String,
    left: usize,
}

impl Repair {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), left: (MAX_BYTES / text.len().max(1)).min(MAX_REPAIRS) }
    }

    /// Whether another repair may be tried.
    pub(super) fn take_turn(&mut self) -> bool {
        let may = self.left > 0;
        self.left = self.left.saturating_sub(1);
        may
    }

    /// Joins the lines of the quoted text, or of the brackets, at a character where their indentation was refused.
    /// Whether there was something to join. Space inside a quoted text that is joined stays as wide as it was.
    pub(super) fn join_lines(&mut self, character: usize) -> bool {
        let at = self.byte(character);
        let bytes = self.text.as_bytes();
        let quoted = match bytes.get(at) {
            Some(&quote @ (b'"' | b'\'')) => {
                let range = at..end_of_quote(bytes, at, quote);
                // In one line, its own indentation was refused, not the one inside.
                bytes.get(range.clone()).is_some_and(|quoted| quoted.contains(&b'\n')).then_some(range)
            }
            _ => None,
        };
        let range = match (&quoted, end_of_brackets(bytes, at)) {
            (Some(range), _) => range.clone(),
            (None, Some(end)) => start_of_gap(bytes, at)..end,
            (None, None) => return false,
        };
        let part = self.text.get(range.clone()).unwrap_or_default();
        let joined = join(part, quoted.is_some());
        let changed = joined != part;
        self.replace(range, &joined);
        changed
    }

    /// Blanks the member of a top-level section that the character stands in, or the section where it is the section's
    /// own line. Whether there was one.
    pub(super) fn blank_member(&mut self, character: usize) -> bool {
        let at = self.byte(character);
        let lines: Vec<(usize, &str)> = self
            .text
            .split_inclusive('\n')
            .scan(0, |start, line| {
                let at = *start;
                *start += line.len();
                Some((at, line))
            })
            .collect();
        let Some(broken) = lines.partition_point(|(start, _)| *start <= at).checked_sub(1) else { return false };
        let is_outside = |line: &str| !line.trim().is_empty() && indent(line) == 0 && !line.starts_with('#');
        // The section's name, and the indentation of its members.
        let before = lines.get(..=broken).unwrap_or_default();
        let Some(section) = before.iter().rposition(|(_, line)| is_outside(line)) else { return false };
        let members = lines.get(section + 1..).unwrap_or_default();
        let depth = members.iter().find(|(_, line)| is_content(line)).map_or(0, |(_, line)| indent(line));
        let is_start = |line: &str| is_content(line) && indent(line) <= depth;
        // In the section's own line: all of the section goes.
        let first = before.iter().rposition(|(_, line)| is_start(line)).filter(|_| broken > section);
        let is_next = |line: &str| if first.is_some() { is_start(line) } else { is_outside(line) };
        let first = first.unwrap_or(section);
        let rest = lines.get(first + 1..).unwrap_or_default();
        let end = rest.iter().find(|(_, line)| is_next(line)).map_or(self.text.len(), |(start, _)| *start);
        let Some(start) = lines.get(first).map(|(start, _)| *start) else { return false };
        let member = self.text.get(start..end).unwrap_or_default();
        let blank: String = member.chars().map(|c| if matches!(c, '\n' | '\r') { c } else { ' ' }).collect();
        let changed = blank != member;
        self.replace(start..end, &blank);
        changed
    }

    fn byte(&self, character: usize) -> usize {
        self.text.char_indices().nth(character).map_or(self.text.len(), |(at, _)| at)
    }

    fn replace(&mut self, range: Range<usize>, by: &str) {
        // The ends of a range are beside ASCII characters, or the ends of the text.
        if self.text.is_char_boundary(range.start) && self.text.is_char_boundary(range.end) {
            self.text.replace_range(range, by);
        }
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn is_content(line: &str) -> bool {
    let trimmed = line.trim();
    !trimmed.is_empty() && !trimmed.starts_with('#')
}

/// One past the bracket that closes the innermost that are open at `at`.
fn end_of_brackets(bytes: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut index = at;
    while let Some(&byte) = bytes.get(index) {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth == 0 => return Some(index + 1),
            b']' | b'}' => depth -= 1,
            b'"' | b'\'' if opens_quote(bytes, index) => index = end_of_quote(bytes, index, byte) - 1,
            b'#' if starts_comment(bytes, index) => index = end_of_line(bytes, index),
            _ => {}
        }
        index += 1;
    }
    None
}

/// The end of what is written before the line of `at`, space and comments left out.
fn start_of_gap(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    loop {
        while end > 0 && bytes.get(end - 1).is_some_and(u8::is_ascii_whitespace) {
            end -= 1;
        }
        let before = bytes.get(..end).unwrap_or_default();
        let line = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        let mut index = line;
        let mut comment = None;
        while index < end {
            match bytes.get(index) {
                Some(&quote @ (b'"' | b'\'')) if opens_quote(bytes, index) => {
                    index = end_of_quote(bytes, index, quote) - 1;
                }
                Some(b'#') if starts_comment(bytes, index) => {
                    comment = Some(index);
                    break;
                }
                _ => {}
            }
            index += 1;
        }
        match comment {
            Some(comment) if comment < end => end = comment,
            _ => return end,
        }
    }
}

fn opens_quote(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    before.is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'[' | b'{' | b',' | b':'))
}

fn starts_comment(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| bytes.get(before)).is_none_or(u8::is_ascii_whitespace)
}

fn end_of_line(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(bytes.len(), |newline| at + newline)
}

/// The text with spaces for its line ends and, outside quotes, for its comments.
fn join(text: &str, quoted: bool) -> String {
    let bytes = text.as_bytes();
    let mut joined = String::with_capacity(text.len());
    let mut in_comment = false;
    let mut quote_end = if quoted { text.len() } else { 0 };
    for (at, character) in text.char_indices() {
        let in_quote = at < quote_end;
        if character == '\n' {
            in_comment = false;
        } else if !in_quote && !in_comment {
            match character {
                '"' | '\'' if opens_quote(bytes, at) => {
                    quote_end = end_of_quote(bytes, at, if character == '"' { b'"' } else { b'\'' });
                }
                '#' if starts_comment(bytes, at) => in_comment = true,
                _ => {}
            }
        }
        // A quoted text of several lines within brackets is joined when its turn comes.
        let blank = in_comment || (matches!(character, '\n' | '\r') && (quoted || !in_quote));
        joined.push(if blank { ' ' } else { character });
    }
    joined
}
