//! `yamldecode` and `yamlencode`.

use std::fmt::Write as _;

use rustc_hash::FxHashMap;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use crate::source::Span;
use crate::value::{Entry, Kind, List, Map, Text, TextBuilder, Value, Why};

use super::call::Parameter::{Nullable, Text as Str};
use super::call::{Call, Failure, Function, Outcome};
use super::encoding::json_view;
use super::{MAX_ELEMENTS, date};

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "yamldecode" => Function::new(&[Str], decode),
        "yamlencode" => Function::new(&[Nullable], encode),
        _ => return None,
    })
}

/// Deeper YAML is refused: the reader calls itself once a level.
const MAX_DEPTH: usize = 128;

/// Every decoded node knows its place in the file, if the text does.
fn decode(call: &Call<'_>) -> Outcome {
    let source = call.str(0)?;
    if source.starts_with("%YAML") && !source.starts_with("%YAML 1.1") {
        return Err(Failure::error("only version 1.1 of YAML can be asked for"));
    }
    let mut reader = Reader {
        parser: Parser::new_from_str(source),
        text: call.text(0)?,
        offsets: Offsets { source, character: 0, byte: 0 },
        anchors: FxHashMap::default(),
        nodes: 0,
        brackets: 0,
    };
    let mut document = None;
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => break,
            (Event::DocumentStart(_), _) if document.is_some() => {
                return Err(Failure::error("only one YAML document is allowed"));
            }
            (Event::DocumentStart(_), _) => {
                let first = reader.next()?;
                document = Some(reader.value(first, 0)?);
            }
            _ => {}
        }
    }
    let document = document.ok_or_else(|| Failure::error("there is no YAML document"))?;
    json_view(&document)
}

type Place = std::ops::Range<usize>;

struct Reader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    text: &'a Text,
    offsets: Offsets<'a>,
    /// What each anchor names; `None` while that is being read.
    anchors: FxHashMap<usize, Option<Value>>,
    nodes: usize,
    /// How many `[` and `{` are open.
    brackets: usize,
}

/// From the parser's count of characters to bytes, going forward.
struct Offsets<'a> {
    source: &'a str,
    character: usize,
    byte: usize,
}

impl Offsets<'_> {
    fn byte(&mut self, marker: Marker) -> usize {
        if marker.index() < self.character {
            (self.character, self.byte) = (0, 0);
        }
        let rest = self.source.get(self.byte..).unwrap_or_default();
        let skipped = marker.index() - self.character;
        let step = rest.char_indices().nth(skipped).map_or(rest.len(), |(byte, _)| byte);
        self.byte += step;
        self.character = marker.index();
        self.byte
    }
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Place), Failure> {
        let event = self.parser.next_event().ok_or_else(|| Failure::error("the YAML text ends too early"))?;
        let (event, span) = event.map_err(|error| {
            if self.offsets.source.contains('\t') {
                // The parser refuses tabs in places where Terraform takes them.
                return Failure::Unknown(Why::Unsupported("YAML with tabs".into()));
            }
            Failure::Error(format!("this is not YAML: {error}"))
        })?;
        let start = self.offsets.byte(span.start);
        let end = self.offsets.byte(span.end);
        Ok((event, start..end.max(start)))
    }

    fn span(&self, place: &Place) -> Option<Span> {
        self.text.span_of(place.clone())
    }

    /// Counts what is read, aliases as often as they are used.
    fn count(&mut self, nodes: usize) -> Result<(), Failure> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > MAX_ELEMENTS { Err(Failure::budget("a YAML document that is too large")) } else { Ok(()) }
    }

    fn value(&mut self, (event, place): (Event<'a>, Place), depth: usize) -> Outcome {
        if depth > MAX_DEPTH {
            return Err(Failure::error("the YAML is nested too deep"));
        }
        self.count(1)?;
        self.indented_by_spaces(&place)?;
        let bracket =
            usize::from(self.offsets.source.get(place.start..).is_some_and(|rest| rest.starts_with(['[', '{'])));
        self.brackets += bracket;
        let value = self.content_of(event, place, depth);
        self.brackets -= bracket;
        value
    }

    /// Outside of brackets a tab indents nothing; the parser is more lenient than Terraform's.
    fn indented_by_spaces(&self, place: &Place) -> Result<(), Failure> {
        let before = self.offsets.source.get(..place.start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let is_indentation = line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'-'));
        if self.brackets == 0 && is_indentation && line.contains('\t') {
            return Err(Failure::error("a tab stands where only spaces indent"));
        }
        Ok(())
    }

    fn content_of(&mut self, event: Event<'a>, place: Place, depth: usize) -> Outcome {
        match event {
            Event::Scalar(content, style, anchor, tag) => {
                // What ends with the document's last line, which has no line break, has none either.
                let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let unended = block && !self.offsets.source.ends_with('\n') && place.end >= self.offsets.source.len();
                let content = if unended { content.strip_suffix('\n').unwrap_or(&content) } else { &content };
                let value = self.scalar(content, style, tag.as_deref(), &place)?;
                self.anchors.insert(anchor, Some(value.clone()));
                Ok(value)
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(Some(value)) => {
                    let value = value.clone();
                    self.count(size(&value))?;
                    Ok(value)
                }
                Some(None) => Err(Failure::error("a YAML anchor holds itself")),
                None => Err(Failure::error("a YAML alias names no anchor")),
            },
            Event::SequenceStart(anchor, _) => {
                self.anchors.insert(anchor, None);
                let mut items = Vec::new();
                let mut end = place.end;
                loop {
                    let (event, at) = self.next()?;
                    if matches!(event, Event::SequenceEnd) {
                        end = end.max(at.end);
                        break;
                    }
                    items.push(self.value((event, at), depth + 1)?);
                }
                let value = Value::new(Value::tuple(items).kind, self.span(&(place.start..end)));
                self.anchors.insert(anchor, Some(value.clone()));
                Ok(value)
            }
            Event::MappingStart(anchor, _) => {
                self.anchors.insert(anchor, None);
                let (entries, end) = self.mapping(depth)?;
                let value = Value::new(Value::object(entries).kind, self.span(&(place.start..end.max(place.end))));
                self.anchors.insert(anchor, Some(value.clone()));
                Ok(value)
            }
            _ => Err(Failure::error("expected a YAML value")),
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<(Vec<Entry>, usize), Failure> {
        let mut own = Vec::new();
        let mut merged = Vec::new();
        loop {
            let (event, at) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                // What the mapping itself says comes later, and so wins.
                merged.extend(own);
                return Ok((merged, at.end));
            }
            let is_merge = matches!(&event, Event::Scalar(content, ScalarStyle::Plain, _, None) if content == "<<");
            let key = self.value((event, at), depth + 1)?;
            let next = self.next()?;
            let value = self.value(next, depth + 1)?;
            if is_merge {
                for source in value.as_list().map_or(std::slice::from_ref(&value), |list| list.items()).iter().rev() {
                    let source = source.as_map().ok_or_else(|| Failure::error("<< takes mappings"))?;
                    merged.extend(source.entries().iter().cloned());
                }
                continue;
            }
            let name = key.to_text().ok_or_else(|| Failure::error("the names of a YAML mapping must be plain"))?;
            own.push(Entry { key: name, key_origin: key.origin, value });
        }
    }

    fn scalar(&self, content: &str, style: ScalarStyle, tag: Option<&Tag>, place: &Place) -> Outcome {
        let origin = self.span(place);
        if let Some(tag) = tag
            && !tag.is_yaml_core_schema()
        {
            return Err(Failure::Error(format!("the YAML tag {tag} is not supported")));
        }
        let tag = tag.map(|tag| tag.suffix.as_str());
        let plain = style == ScalarStyle::Plain;
        let kind = match tag {
            Some("str" | "binary") => None,
            Some("timestamp") => timestamp(content).map(text),
            _ if plain => resolve(content)?,
            _ => None,
        };
        Ok(Value::new(kind.unwrap_or_else(|| Kind::Text(self.content(content, place))), origin))
    }

    /// The text of a scalar, byte for byte where the scalar is written that way.
    fn content(&self, content: &str, place: &Place) -> Text {
        let mut builder = TextBuilder::new();
        let written = self.offsets.source.get(place.clone()).unwrap_or_default();
        let inner = written.find(content).filter(|_| !content.is_empty());
        match inner.and_then(|at| self.span(&(place.start + at..place.start + at + content.len()))) {
            Some(span) => builder.push_at(content, span),
            None => builder.push_from(content, self.span(place)),
        }
        builder.finish()
    }
}

fn text(content: String) -> Kind {
    Kind::Text(Text::from(content))
}

/// How many nodes a value has.
fn size(value: &Value) -> usize {
    match &value.kind {
        Kind::List(list) => 1 + list.iter().map(size).sum::<usize>(),
        Kind::Map(map) => 1 + map.entries().iter().map(|entry| size(&entry.value)).sum::<usize>(),
        _ => 1,
    }
}

/// What a plain scalar means to Terraform: YAML 1.2 with the truth values of 1.1 and timestamps, which become
/// RFC 3339 (an unquoted `2012-10-17` is no longer a policy version). `None`: text.
fn resolve(content: &str) -> Result<Option<Kind>, Failure> {
    Ok(match content {
        "" | "~" | "null" | "Null" | "NULL" => Some(Kind::Null),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(Kind::Bool(true)),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(Kind::Bool(false)),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF" | ".nan" | ".NaN"
        | ".NAN" => return Err(Failure::error("infinities and NaN are not supported")),
        _ if !content.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) => None,
        _ => number(content).or_else(|| timestamp(content).map(text)),
    })
}

fn number(content: &str) -> Option<Kind> {
    let radix =
        |digits: &str, radix| i64::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with(['+', '-']));
    if let Some(digits) = content.strip_prefix("0x") {
        return radix(digits, 16).map(|number| Value::integer(number).kind);
    }
    if let Some(digits) = content.strip_prefix("0o") {
        return radix(digits, 8).map(|number| Value::integer(number).kind);
    }
    let decimal = content.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
    decimal.then(|| content.parse().ok().map(Kind::Number)).flatten()
}

/// A date, or a date with a time, as RFC 3339.
fn timestamp(content: &str) -> Option<String> {
    let date = content.get(..10)?;
    let shape = date
        .bytes()
        .enumerate()
        .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    if !shape {
        return None;
    }
    let rest = content.get(10..)?;
    let full = if rest.is_empty() {
        format!("{date}T00:00:00Z")
    } else {
        let time = rest.trim_start_matches(['T', 't', ' ']);
        if time.len() == rest.len() {
            return None;
        }
        let zoned = time.ends_with(['Z', 'z']) || time.contains(['+', '-']);
        format!("{date}T{}{}", time.replace(' ', ""), if zoned { "" } else { "Z" })
    };
    date::parse(&full).ok().map(date::show)
}

/// Text that nobody decodes again but the deployed program: printed at once, so it must be known.
fn encode(call: &Call<'_>) -> Outcome {
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
            self.quoted(entry.key.as_str().unwrap_or_default(), None);
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
