//! The literal text of strings, heredocs and template files: from source bytes to characters, each with its place.

use std::ops::Range;

use crate::source::{FileId, Span};
use crate::terraform::composed::{composed, is_composed};
use crate::value::{Text, TextBuilder};

/// Where the bytes that are being parsed stand in their file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'a> {
    /// From this byte of the file on.
    At(FileId, usize),
    /// They are a text that was decoded from the file, and stand where the text says, or else in this span.
    Decoded(&'a Text, Span),
}

impl Place<'_> {
    /// Where a range of the bytes stands.
    pub(super) fn span(self, range: &Range<usize>) -> Span {
        match self {
            Self::At(file, base) => Span::new(file, base + range.start, base + range.end),
            Self::Decoded(text, whole) => text.span_of(range.clone()).unwrap_or(whole),
        }
    }
}

/// Which escapes a literal has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Escapes {
    /// Of a quoted string: those of templates, and backslashes.
    Quoted,
    /// Of heredocs and template files: `$${` and `%%{`.
    Template,
}

/// A character of a literal and the bytes that write it.
struct Unit {
    bytes: Range<usize>,
    character: char,
    /// Whether the bytes are the character's own.
    plain: bool,
}

/// Reads the character at `at`. A backslash that begins no escape stands for itself; the parser has refused it.
fn unit(source: &str, at: usize, end: usize, escapes: Escapes) -> Option<Unit> {
    let rest = source.get(at..end)?;
    let plain = |character: char| Unit { bytes: at..at + character.len_utf8(), character, plain: true };
    let escape = |character: char, length: usize| Unit { bytes: at..at + length, character, plain: false };
    let first = rest.chars().next()?;
    if rest.starts_with("$${") || rest.starts_with("%%{") {
        // The second byte and the brace stand for themselves.
        return Some(escape(first, 2));
    }
    if first != '\\' || escapes == Escapes::Template {
        return Some(plain(first));
    }
    let code = |digits: usize| {
        let code = rest.get(2..2 + digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        code.and_then(char::from_u32).map_or(plain(first), |character| escape(character, 2 + digits))
    };
    Some(match rest.as_bytes().get(1) {
        Some(b'n') => escape('\n', 2),
        Some(b'r') => escape('\r', 2),
        Some(b't') => escape('\t', 2),
        Some(b'"') => escape('"', 2),
        Some(b'\\') => escape('\\', 2),
        Some(b'u') => code(4),
        Some(b'U') => code(8),
        _ => plain(first),
    })
}

/// Adds the text that the bytes `range` of `source` write.
pub(super) fn push(source: &str, range: Range<usize>, escapes: Escapes, place: Place<'_>, out: &mut TextBuilder) {
    let mut run = range.start;
    let mut at = range.start;
    while at < range.end {
        let rest = source.as_bytes().get(at..range.end).unwrap_or_default();
        // Only these bytes begin an escape; all before them is plain.
        let special = match escapes {
            Escapes::Quoted => memchr::memchr3(b'\\', b'$', b'%', rest),
            Escapes::Template => memchr::memchr2(b'$', b'%', rest),
        };
        let Some(special) = special else { break };
        at += special;
        let Some(unit) = unit(source, at, range.end, escapes) else {
            break;
        };
        at = unit.bytes.end;
        if !unit.plain {
            push_run(source, run..unit.bytes.start, place, out);
            let mut buffer = [0; 4];
            out.push_from(unit.character.encode_utf8(&mut buffer), Some(place.span(&unit.bytes)));
            run = at;
        }
    }
    push_run(source, run..range.end, place, out);
}

fn push_run(source: &str, range: Range<usize>, place: Place<'_>, out: &mut TextBuilder) {
    if range.is_empty() {
        return;
    }
    match place {
        Place::At(..) => out.push_at(source.get(range.clone()).unwrap_or_default(), place.span(&range)),
        Place::Decoded(text, whole) => match text.slice(range) {
            Some(part) => out.push_value_text(&part, Some(whole)),
            None => out.push_str(""),
        },
    }
}

/// The text that the bytes `range` of `source` write.
pub(super) fn text(source: &str, range: Range<usize>, escapes: Escapes, place: Place<'_>) -> Text {
    let content = source.get(range.clone()).unwrap_or_default();
    if let Place::At(..) = place
        && !content.bytes().any(|byte| matches!(byte, b'\\' | b'$' | b'%'))
        && is_composed(content)
    {
        return Text::literal_at(content, place.span(&range));
    }
    let mut out = TextBuilder::new();
    push(source, range, escapes, place, &mut out);
    composed(out.finish())
}

/// The range without the white space that it starts with.
pub(super) fn trim_start(source: &str, range: Range<usize>, escapes: Escapes) -> Range<usize> {
    let mut at = range.start;
    while let Some(unit) = unit(source, at, range.end, escapes) {
        if !unit.character.is_whitespace() {
            break;
        }
        at = unit.bytes.end;
    }
    at..range.end
}

/// The range without the white space that it ends with.
pub(super) fn trim_end(source: &str, range: Range<usize>, escapes: Escapes) -> Range<usize> {
    let mut end = range.start;
    let mut at = range.start;
    while let Some(unit) = unit(source, at, range.end, escapes) {
        at = unit.bytes.end;
        if !unit.character.is_whitespace() {
            end = at;
        }
    }
    range.start..end
}
