//! `yamlencode`: YAML byte for byte as the library of Terraform prints it.

use std::fmt::Write as _;

use crate::terraform::functions::call::{Call, Outcome};
use crate::terraform::functions::encoding::json_view;
use crate::value::{Kind, List, Map, Value};

/// Text that nobody decodes again but the deployed program: printed at once, so it must be known.
pub(super) fn encode(call: &Call<'_>) -> Outcome {
    let value = json_view(call.whole(0)?)?;
    let mut printer = Printer { out: String::new() };
    match &value.kind {
        Kind::List(list) if !list.is_empty() => printer.items(&value, 0),
        Kind::Map(map) if !map.is_empty() => printer.entries(&value, 0),
        Kind::Null | Kind::Bool(_) | Kind::Number(_) => {
            printer.inline(&value, 0);
            // A plain scalar alone could go on in the next line; so its end is marked.
            printer.out.push_str("\n...\n");
        }
        _ => {
            printer.inline(&value, 0);
            printer.out.push('\n');
        }
    }
    if printer.out.ends_with("\n\n") && !matches!(value.kind, Kind::Map(_) | Kind::List(_)) {
        printer.out.pop();
    }
    Ok(Value::text(printer.out))
}

/// A line in double quotes goes on in the next one at the first space after this column.
const WIDTH: usize = 80;

/// A longer name, in bytes, does not stand before a colon.
const SIMPLE_KEY: usize = 128;

/// Whether a name can stand before a colon: on one line, and short.
fn is_simple_key(name: &str) -> bool {
    name.len() <= SIMPLE_KEY && !name.contains(['\r', '\n', '\u{85}', '\u{2028}', '\u{2029}'])
}

struct Printer {
    out: String,
}

impl Printer {
    fn indent(&mut self, level: usize) {
        for _ in 0..level {
            self.out.push_str("  ");
        }
    }

    fn column(&self) -> usize {
        let line = self.out.rsplit('\n').next().unwrap_or_default();
        line.chars().count()
    }

    /// The items of a sequence; the first stands where the output is.
    fn items(&mut self, value: &Value, level: usize) {
        for (index, item) in value.as_list().map(List::items).unwrap_or_default().iter().enumerate() {
            if index > 0 {
                self.indent(level);
            }
            self.out.push_str("- ");
            match &item.kind {
                Kind::List(list) if !list.is_empty() => self.items(item, level + 1),
                Kind::Map(map) if !map.is_empty() => self.entries(item, level + 1),
                _ => {
                    self.inline(item, level + 1);
                    self.end_line();
                }
            }
        }
    }

    /// The entries of a mapping; the first stands where the output is.
    fn entries(&mut self, value: &Value, level: usize) {
        for (index, entry) in value.as_map().map(Map::entries).unwrap_or_default().iter().enumerate() {
            if index > 0 {
                self.indent(level);
            }
            let name = entry.key.as_str().unwrap_or_default();
            if !is_simple_key(name) {
                self.complex(name, &entry.value, level);
                continue;
            }
            self.quoted(name, None);
            self.out.push(':');
            match &entry.value.kind {
                Kind::List(list) if !list.is_empty() => {
                    self.out.push('\n');
                    self.indent(level);
                    self.items(&entry.value, level);
                }
                Kind::Map(map) if !map.is_empty() => {
                    self.out.push('\n');
                    self.indent(level + 1);
                    self.entries(&entry.value, level + 1);
                }
                _ => {
                    self.out.push(' ');
                    self.inline(&entry.value, level + 1);
                    self.end_line();
                }
            }
        }
    }

    /// An entry whose name does not fit before a colon: `? name` and `: value`.
    fn complex(&mut self, name: &str, value: &Value, level: usize) {
        self.out.push_str("? ");
        self.text(name, level + 1);
        self.end_line();
        self.indent(level);
        self.out.push_str(": ");
        match &value.kind {
            Kind::List(list) if !list.is_empty() => self.items(value, level + 1),
            Kind::Map(map) if !map.is_empty() => self.entries(value, level + 1),
            _ => {
                self.inline(value, level + 1);
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        if !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    /// A scalar or an empty collection.
    fn inline(&mut self, value: &Value, level: usize) {
        match &value.kind {
            Kind::Bool(known) => self.out.push_str(if *known { "true" } else { "false" }),
            Kind::Number(number) => self.out.push_str(&number.to_string()),
            Kind::Text(text) => self.text(text.as_str().unwrap_or_default(), level),
            Kind::List(_) => self.out.push_str("[]"),
            Kind::Map(_) => self.out.push_str("{}"),
            Kind::Null | Kind::Unknown(_) | Kind::OneOf(_) => self.out.push_str("null"),
        }
    }

    fn text(&mut self, text: &str, level: usize) {
        if text.contains('\n') && fits_a_block(text) {
            self.block(text, level.max(1));
        } else {
            self.quoted(text, Some(level.max(1)));
        }
    }

    /// `|` with what its first and last lines need to be read back.
    fn block(&mut self, text: &str, level: usize) {
        self.out.push('|');
        if text.starts_with([' ', '\n']) {
            self.out.push('2');
        }
        if !text.ends_with('\n') {
            self.out.push('-');
        } else if text.ends_with("\n\n") || text == "\n" {
            self.out.push('+');
        }
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            self.out.push('\n');
            if !line.is_empty() {
                self.indent(level);
                self.out.push_str(line);
            }
        }
        if text.ends_with('\n') {
            self.out.push('\n');
        }
    }

    /// In double quotes; `fold` is the level at which a long line goes on.
    fn quoted(&mut self, text: &str, fold: Option<usize>) {
        self.out.push('"');
        let mut column = self.column();
        let mut after_break = false;
        let mut characters = text.chars().peekable();
        let mut first = true;
        while let Some(character) = characters.next() {
            let breaks = character == ' ' && !after_break && !first && characters.peek().is_some() && column > WIDTH;
            if let Some(level) = fold
                && breaks
            {
                self.out.push('\n');
                self.indent(level);
                column = level * 2;
                if characters.peek() == Some(&' ') {
                    self.out.push('\\');
                    column += 1;
                }
                after_break = true;
            } else {
                let before = self.out.len();
                push_escaped(character, &mut self.out);
                column += self.out.get(before..).map_or(0, |added| added.chars().count());
                after_break = character == ' ';
            }
            first = false;
        }
        self.out.push('"');
    }
}

/// Whether a text of several lines can stand as it is: printable, no tab, no space at a line's end.
fn fits_a_block(text: &str) -> bool {
    text.chars().all(|c| c == '\n' || is_printable(c)) && !text.contains(" \n") && !text.ends_with(' ')
}

/// As the library of Terraform has it, which escapes all beyond the basic plane.
fn is_printable(character: char) -> bool {
    character <= '\u{ffff}'
        && !matches!(character, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

fn push_escaped(character: char, out: &mut String) {
    let letter = match character {
        '"' => '"',
        '\\' => '\\',
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '\u{85}' => 'N',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ if is_printable(character) => {
            out.push(character);
            return;
        }
        _ => {
            let code = u32::from(character);
            // Writing to a String cannot fail.
            let _ = match code {
                0..=0xff => write!(out, "\\x{code:02X}"),
                0x100..=0xffff => write!(out, "\\u{code:04X}"),
                _ => write!(out, "\\U{code:08X}"),
            };
            return;
        }
    };
    out.push('\\');
    out.push(letter);
}
