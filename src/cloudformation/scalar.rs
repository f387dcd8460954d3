//! What a scalar means, and which of the file's bytes wrote which of its characters.

use crate::source::{FileId, SourceFile, Span};
use crate::value::{Kind, Number, Text, TextBuilder};

use super::tree::{Content, Node, Style};

/// What a plain scalar is as CloudFormation reads YAML 1.1 and JSON: a number, a truth value, null, or text.
///
/// Dates, numbers with leading zeros (account ids), in other bases, with underscores or too long to be exact stay
/// text, as the services that receive them want them.
pub(super) fn plain_kind(value: &str) -> Option<Kind> {
    match value {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Kind::Null),
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Some(Kind::Bool(true)),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Some(Kind::Bool(false)),
        _ => {}
    }
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        if digits.len() > 1 && digits.starts_with('0') {
            return None;
        }
        return value.parse::<i64>().ok().map(|number| Kind::Number(Number::from(number)));
    }
    let is_float = digits.contains('.')
        && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'-' | b'+'));
    if !is_float {
        return None;
    }
    value.parse::<Number>().ok().map(Kind::Number)
}

/// The text of a scalar, each part with its place in `file`, whose bytes the node counts from `base` on.
pub(super) fn text(node: &Node<'_>, file: &SourceFile, base: u32) -> Text {
    let Content::Scalar(value, style) = &node.content else { return Text::from("") };
    if value.is_empty() {
        return Text::from("");
    }
    let (file, source) = (file.id(), file.text());
    let local = |byte: u32| byte.saturating_sub(base) as usize;
    let (start, end) = (local(node.span.start), local(node.span.end));
    let range = match style {
        Style::SingleQuoted | Style::DoubleQuoted => start + 1..end.saturating_sub(1).max(start + 1),
        Style::Plain | Style::Block => start..end,
    };
    if let std::borrow::Cow::Borrowed(value) = value {
        return Text::literal_at(*value, Span::new(file, range.start, range.end));
    }
    let raw = source.get(range.clone()).unwrap_or_default();
    align(value, raw, *style, file, range.start).unwrap_or_else(|| {
        let mut builder = TextBuilder::new();
        builder.push_from(value, Some(Span::new(file, start, end)));
        builder.finish()
    })
}

/// Walks the value and the bytes that wrote it side by side: folded lines, indentation and escapes are where they
/// differ. `None` where the two cannot be brought together.
fn align(value: &str, raw: &str, style: Style, file: FileId, base: usize) -> Option<Text> {
    let mut builder = TextBuilder::new();
    let (mut at, mut from) = (0, 0);
    while at < value.len() {
        let (rest, written) = (value.get(at..)?, raw.get(from..)?);
        let run = common_run(rest, written, style);
        if run > 0 {
            builder.push_at(rest.get(..run)?, Span::new(file, base + from, base + from + run));
            at += run;
            from += run;
            continue;
        }
        let quote_twice = style == Style::SingleQuoted && written.starts_with("''") && rest.starts_with('\'');
        let (length, written_length) = if quote_twice {
            (1, 2)
        } else if style == Style::DoubleQuoted && written.starts_with('\\') {
            let (character, length) = escape(written)?;
            if !rest.starts_with(|c| character.is_none_or(|expected| c == expected)) {
                return None;
            }
            (character.map_or(0, char::len_utf8), length)
        } else {
            let spaces = |text: &str| text.len() - text.trim_start_matches([' ', '\t', '\r', '\n']).len();
            match (spaces(rest), spaces(written)) {
                (0, 0) => return None,
                lengths => lengths,
            }
        };
        builder.push_from(rest.get(..length)?, Some(Span::new(file, base + from, base + from + written_length)));
        at += length;
        from += written_length;
    }
    Some(builder.finish())
}

/// How many bytes both start with, up to where the writing has a meaning of its own.
fn common_run(value: &str, written: &str, style: Style) -> usize {
    let mut run = 0;
    for (character, theirs) in value.chars().zip(written.chars()) {
        let special = match style {
            Style::DoubleQuoted => theirs == '\\',
            Style::SingleQuoted => theirs == '\'',
            Style::Plain | Style::Block => false,
        };
        if character != theirs || special {
            break;
        }
        run += character.len_utf8();
    }
    run
}

/// The character that an escape at the start of `text` stands for, and its length in bytes. No character for a
/// line that goes on in the next. `None` for what neither JSON nor YAML knows.
pub(super) fn escape(text: &str) -> Option<(Option<char>, usize)> {
    let bytes = text.as_bytes();
    let character = match bytes.get(1)? {
        b'0' => '\0',
        b'a' => '\u{7}',
        b'b' => '\u{8}',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\u{b}',
        b'f' => '\u{c}',
        b'r' => '\r',
        b'e' => '\u{1b}',
        b' ' => ' ',
        b'"' => '"',
        b'/' => '/',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        b'x' => return hexadecimal(text, 2, 2),
        b'U' => return hexadecimal(text, 2, 8),
        b'u' => return utf16(text),
        b'\n' | b'\r' => {
            let rest = text.get(1..)?;
            return Some((None, 1 + rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len()));
        }
        _ => return None,
    };
    Some((Some(character), 2))
}

fn hexadecimal(text: &str, from: usize, digits: usize) -> Option<(Option<char>, usize)> {
    let code = hexadecimal_code(text, from, digits)?;
    Some((Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)), from + digits))
}

fn hexadecimal_code(text: &str, from: usize, digits: usize) -> Option<u32> {
    let digits = text.get(from..from + digits)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

/// `\uXXXX`, or two of them for a character beyond the basic plane.
fn utf16(text: &str) -> Option<(Option<char>, usize)> {
    let unit = hexadecimal_code(text, 2, 4)?;
    if (0xD800..=0xDBFF).contains(&unit)
        && text.get(6..8) == Some(r"\u")
        && let Some(low @ 0xDC00..=0xDFFF) = hexadecimal_code(text, 8, 4)
    {
        let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        return Some((Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)), 12));
    }
    Some((Some(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)), 6))
}

/// One past the quote that closes the one at `at`.
pub(super) fn end_of_quote(bytes: &[u8], at: usize, quote: u8) -> usize {
    let mut index = at + 1;
    while let Some(&byte) = bytes.get(index) {
        if byte == b'\\' && quote == b'"' {
            index += 1;
        } else if byte == quote {
            if quote == b'"' || bytes.get(index + 1) != Some(&quote) {
                return index + 1;
            }
            index += 1;
        }
        index += 1;
    }
    bytes.len()
}
