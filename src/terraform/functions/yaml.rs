//! `yamldecode`, and `yamlencode` in a file of its own.

mod encode;

use rustc_hash::FxHashMap;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use crate::source::Span;
use crate::value::{Entry, Kind, Text, TextBuilder, Value, Why};

use super::call::Parameter::{Nullable, Text as Str};
use super::call::{Call, Failure, Function, Outcome};
use super::encoding::json_view;
use super::{MAX_ELEMENTS, date};

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "yamldecode" => Function::new(&[Str], decode),
        "yamlencode" => Function::new(&[Nullable], encode::encode),
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
            Event::SequenceStart(_, Some(tag)) if !is_tag(&tag, "seq") => Err(unsupported(&tag)),
            Event::MappingStart(_, Some(tag)) if !is_tag(&tag, "map") => Err(unsupported(&tag)),
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
            let is_merge = matches!(&event, Event::Scalar(content, _, _, None) if content == "<<");
            let key = self.value((event, at), depth + 1)?;
            let next = self.next()?;
            let value = self.value(next, depth + 1)?;
            if is_merge {
                // Elsewhere it takes lists of them too.
                let source = value.as_map().ok_or_else(|| Failure::error("<< takes a mapping"))?;
                merged.extend(source.entries().iter().cloned());
                continue;
            }
            let name = key.to_text().ok_or_else(|| Failure::error("the names of a YAML mapping must be plain"))?;
            own.push(Entry { key: name, key_origin: key.origin, value });
        }
    }

    fn scalar(&self, content: &str, style: ScalarStyle, tag: Option<&Tag>, place: &Place) -> Outcome {
        let origin = self.span(place);
        let tag = match tag {
            Some(tag) => Some(core_tag(tag).ok_or_else(|| unsupported(tag))?),
            None => None,
        };
        if style == ScalarStyle::DoubleQuoted && escapes_a_slash(self.offsets.source.get(place.clone())) {
            return Err(Failure::error("\\/ is no escape in this version of YAML"));
        }
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

/// The name of a tag of YAML's own, in the short form or written out.
fn core_tag(tag: &Tag) -> Option<&str> {
    if tag.is_yaml_core_schema() { Some(&tag.suffix) } else { tag.suffix.strip_prefix("tag:yaml.org,2002:") }
}

fn is_tag(tag: &Tag, name: &str) -> bool {
    core_tag(tag) == Some(name)
}

fn unsupported(tag: &Tag) -> Failure {
    Failure::Error(format!("the YAML tag {tag} is not supported"))
}

/// Whether `\/` stands in a text in double quotes.
fn escapes_a_slash(written: Option<&str>) -> bool {
    let mut escaped = false;
    for byte in written.unwrap_or_default().bytes() {
        match byte {
            b'/' if escaped => return true,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    false
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

/// A date, or a date with a time, as RFC 3339. With a `T` it has a zone, after a space it has none; numbers need no
/// leading zeros.
fn timestamp(content: &str) -> Option<String> {
    if content.find('-') != Some(4) {
        return None;
    }
    let (date, time, zone) = match content.find(['T', 't', ' ']) {
        None => (content, "0:0:0", "Z"),
        Some(at) => {
            let (date, rest) = content.split_at(at);
            let time = rest.get(1..)?;
            if rest.starts_with(' ') {
                (date, time, "Z")
            } else {
                let zone = time.find(['Z', '+', '-'])?;
                (date, time.get(..zone)?, time.get(zone..)?)
            }
        }
    };
    let [year, month, day] = numbers(date, '-')?;
    let (time, fraction) = time.split_once('.').map_or((time, None), |(time, fraction)| (time, Some(fraction)));
    if fraction.is_some_and(|digits| digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let [hour, minute, second] = numbers(time, ':')?;
    let full = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}");
    date::parse(&full).ok().map(date::show)
}

/// Three numbers, of two digits at most but for a year.
fn numbers(text: &str, separator: char) -> Option<[u16; 3]> {
    let mut parts = text.split(separator).map(|part| {
        let fits = (1..=if separator == '-' { 4 } else { 2 }).contains(&part.len());
        if fits && part.bytes().all(|byte| byte.is_ascii_digit()) { part.parse().ok() } else { None }
    });
    let found = [parts.next()??, parts.next()??, parts.next()??];
    let is_all = parts.next().is_none() && (separator != '-' || text.split('-').skip(1).all(|part| part.len() <= 2));
    is_all.then_some(found)
}
