//! A [`Node`] as YAML: functions in their short forms, texts that every reader of YAML 1.1 takes for texts.

use std::fmt::Write as _;

use super::super::scalar;
use super::node::{Content, Node, Quote};

/// How a template indents.
#[derive(Clone, Copy, Debug)]
pub(super) struct Indentation {
    /// Columns from a key to the keys below it.
    pub(super) step: usize,
    /// Columns from a key to the dashes of its list.
    pub(super) list: usize,
}

/// A value: what stands on the line of its key, and the lines below, indented.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) head: String,
    pub(super) body: Vec<String>,
}

impl Written {
    fn head(head: String) -> Self {
        Self { head, body: Vec::new() }
    }
}

impl Indentation {
    /// The value of a key that stands at `column`.
    pub(super) fn value(self, node: &Node, column: usize) -> Written {
        self.written(node, column + self.step, column + self.list)
    }

    /// An item of a list whose dash stands at `column`, without the dash.
    pub(super) fn item(self, node: &Node, column: usize) -> Written {
        let inner = column + 2;
        let mut written = self.written(node, inner, inner);
        // The first line of a mapping or a list within stands behind the dash.
        if written.head.is_empty() && !written.body.is_empty() {
            let first = written.body.remove(0);
            first.trim_start().clone_into(&mut written.head);
        }
        written
    }

    /// A value whose lines stand at `column`, those of a list at `list_column`.
    fn written(self, node: &Node, column: usize, list_column: usize) -> Written {
        match &node.content {
            Content::Text(text) => text_value(text, node.quote, column),
            Content::Null | Content::Bool(_) | Content::Number(_) => Written::head(flow(node)),
            _ if node.flow || !node.is_collection() && !matches!(node.content, Content::Intrinsic(..)) => {
                Written::head(flow(node))
            }
            Content::List(items) => Written { head: String::new(), body: self.items(items, list_column) },
            Content::Mapping(entries) => Written { head: String::new(), body: self.entries(entries, column) },
            Content::Intrinsic(name, argument) if has_short_form(argument) => {
                let argument = self.written(argument, column, column);
                let space = if argument.head.is_empty() { "" } else { " " };
                Written { head: format!("!{name}{space}{}", argument.head), body: argument.body }
            }
            Content::Intrinsic(name, argument) => {
                Written { head: String::new(), body: self.entry(&long_name(name), argument, column) }
            }
        }
    }

    /// The lines of a mapping's entries.
    pub(super) fn entries(self, entries: &[(String, Node)], column: usize) -> Vec<String> {
        entries.iter().flat_map(|(name, value)| self.entry(name, value, column)).collect()
    }

    /// The lines of one entry, comments included.
    pub(super) fn entry(self, name: &str, value: &Node, column: usize) -> Vec<String> {
        let mut lines: Vec<String> = comment_lines(value, column).collect();
        let written = self.value(value, column);
        let space = if written.head.is_empty() { "" } else { " " };
        let mut line = format!("{:column$}{}:{space}{}", "", key(name), written.head);
        push_behind(&mut line, value);
        lines.push(line);
        lines.extend(written.body);
        lines
    }

    /// The lines of a list's items.
    pub(super) fn items(self, items: &[Node], column: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for item in items {
            lines.extend(comment_lines(item, column));
            // What stands above the first entry cannot stand between the dash and the entry.
            let mut item = item.clone();
            if let Content::Mapping(entries) = &mut item.content
                && let Some((_, first)) = entries.first_mut()
            {
                lines.extend(comment_lines(first, column));
                first.above.clear();
            }
            let written = self.item(&item, column);
            let mut line = format!("{:column$}- {}", "", written.head);
            push_behind(&mut line, &item);
            lines.push(line);
            lines.extend(written.body);
        }
        lines
    }
}

/// The node on one line, in brackets.
pub(super) fn flow(node: &Node) -> String {
    match &node.content {
        Content::Null => "null".to_owned(),
        Content::Bool(truth) => truth.to_string(),
        Content::Number(number) => number.clone(),
        Content::Text(text) => scalar_in(text, node.quote, true),
        Content::List(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Content::Mapping(entries) => {
            let entry = |(name, value): &(String, Node)| format!("{}: {}", key(name), flow(value));
            let entries: Vec<String> = entries.iter().map(entry).collect();
            if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
        }
        Content::Intrinsic(name, argument) if has_short_form(argument) => {
            format!("!{name} {}", flow(argument))
        }
        Content::Intrinsic(name, argument) => format!("{{ {}: {} }}", long_name(name), flow(argument)),
    }
}

/// Whether a function can be written in its short form: not with another in its short form as the argument. AWS:
/// "Intrinsic function reference", on nesting.
fn has_short_form(argument: &Node) -> bool {
    !matches!(argument.content, Content::Intrinsic(..))
}

/// `Fn::Sub` of `Sub`; `Ref` and `Condition` are as they are.
pub(super) fn long_name(name: &str) -> String {
    if matches!(name, "Ref" | "Condition") { name.to_owned() } else { format!("Fn::{name}") }
}

/// The lines of comment above a node.
fn comment_lines(node: &Node, column: usize) -> impl Iterator<Item = String> {
    node.above.iter().map(move |line| if line.is_empty() { String::new() } else { format!("{:column$}{line}", "") })
}

fn push_behind(line: &mut String, node: &Node) {
    if let Some(comment) = &node.behind {
        line.push(' ');
        line.push_str(comment);
    }
}

/// A text as the value of a key: of several lines as a block.
fn text_value(text: &str, quote: Option<Quote>, column: usize) -> Written {
    let Some(indicator) = block_indicator(text).filter(|_| quote.is_none()) else {
        return Written::head(scalar_in(text, quote, false));
    };
    let line = |line: &str| if line.is_empty() { String::new() } else { format!("{:column$}{line}", "") };
    Written { head: indicator.to_owned(), body: text.trim_end_matches('\n').split('\n').map(line).collect() }
}

/// What a text's block starts with; `None` where it is not several lines that a block can hold as they are.
fn block_indicator(text: &str) -> Option<&'static str> {
    let lines = text.strip_suffix('\n').unwrap_or(text);
    let holds = lines.contains('\n')
        && !lines.starts_with([' ', '\n', '\t'])
        && !lines.ends_with('\n')
        && text.chars().all(|c| c == '\n' || is_printable(c))
        && lines.split('\n').all(|line| line.is_empty() || !line.trim().is_empty());
    holds.then_some(if text.ends_with('\n') { "|" } else { "|-" })
}

/// The name of an entry.
pub(super) fn key(name: &str) -> String {
    scalar_in(name, None, true)
}

/// A text on one line: plain where it may be, and in the quotes that it had.
pub(super) fn scalar_in(text: &str, quote: Option<Quote>, in_brackets: bool) -> String {
    let printable = text.chars().all(is_printable);
    match quote {
        Some(Quote::Single) if printable => format!("'{}'", text.replace('\'', "''")),
        None if printable && may_be_plain(text, in_brackets) => text.to_owned(),
        _ => double_quoted(text),
    }
}

/// Whether a character may stand for itself everywhere.
fn is_printable(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether readers of YAML 1.1 take a text without quotes for this very text. Stricter than they are: what looks like
/// a number, a date, a time or a truth value in any of them is quoted.
fn may_be_plain(text: &str, in_brackets: bool) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let is_indicator = matches!(
        first,
        '!' | '&'
            | '*'
            | '|'
            | '>'
            | '\''
            | '"'
            | '#'
            | '%'
            | '@'
            | '`'
            | '{'
            | '}'
            | '['
            | ']'
            | ','
            | '='
            | '<'
            | '~'
    ) || matches!(first, '-' | '?' | ':')
        && !text.get(1..2).is_some_and(|second| !matches!(second, " " | "-"));
    let may_be_number = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'))
        && text.bytes().all(|byte| {
            byte.is_ascii_hexdigit()
                || matches!(
                    byte,
                    b'+' | b'-' | b'.' | b':' | b'_' | b'x' | b'o' | b'X' | b'O' | b' ' | b'T' | b't' | b'Z' | b'z'
                )
        });
    let word = text.trim_start_matches(['+', '-', '.']).to_ascii_lowercase();
    let is_word =
        matches!(word.as_str(), "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null" | "inf" | "nan");
    !is_indicator
        && !may_be_number
        && !is_word
        && scalar::plain_kind(text).is_none()
        && !text.starts_with(char::is_whitespace)
        && !text.ends_with(char::is_whitespace)
        && !text.ends_with(':')
        && !text.contains(": ")
        && !text.contains(":\t")
        && !text.contains(" #")
        && !text.contains('\t')
        && !text.starts_with("---")
        && !text.starts_with("...")
        && !(in_brackets && (text.contains([',', '[', ']', '{', '}'])))
}

fn double_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if is_printable(character) => quoted.push(character),
            // Writing to a string does not fail.
            _ => drop(write!(quoted, "\\u{:04x}", u32::from(character))),
        }
    }
    quoted.push('"');
    quoted
}
