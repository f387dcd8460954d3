//! Encoding functions, except YAML.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

use crate::terraform::convert::sorted_entries;
use crate::terraform::spread;
use crate::value::{Encoding, Entry, Kind, List, ListKind, MapKind, Text, Value, Why, json};

use super::MAX_ELEMENTS;
use super::call::Parameter::{Nullable, Text as Str};
use super::call::{Call, Failure, Function, Outcome};
use super::conversion::{list_of, map_of};

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "base64decode" => Function::new(&[Str], decode_base64),
        "base64encode" => Function::new(&[Str], |call| Ok(Value::text(STANDARD.encode(call.str(0)?)))),
        // The bytes depend on the compressor, to the last bit; no policy is written so.
        "base64gzip" => Function::new(&[Str], |_| {
            Err(Failure::Unknown(Why::Unsupported("what base64gzip compresses a text to".into())))
        }),
        "csvdecode" => Function::new(&[Str], decode_csv),
        "jsondecode" => Function::new(&[Str], decode_json),
        "jsonencode" => Function::new(&[Nullable], encode_json),
        "textdecodebase64" => Function::new(&[Str, Str], decode_charset),
        "textencodebase64" => Function::new(&[Str, Str], encode_charset),
        "urlencode" => Function::new(&[Str], encode_url),
        _ => return None,
    })
}

/// The text keeps the value, so that decoding it gives the same nodes with their places.
fn encode_json(call: &Call<'_>) -> Outcome {
    let value = json_view(call.argument(0)?)?;
    Ok(Value::text(Text::encoding(value, Encoding::CompactJson)))
}

fn decode_json(call: &Call<'_>) -> Outcome {
    let text = call.text(0)?;
    if text.encoded_value().is_none()
        && let Some(symbol) = text.as_symbol()
    {
        return Err(Failure::Unknown(Why::AfterDeployment(symbol.name().into())));
    }
    let decoded = json::decode(text).map_err(|error| Failure::Error(format!("this is not JSON: {error}")))?;
    if is_torn(&decoded) {
        return Err(Failure::Unknown(Why::Unsupported("JSON with one name for values of two types".into())));
    }
    json_view(&decoded)
}

/// Whether an object names a value twice, of which the first may not be of the second's type: Terraform reads both as
/// that, and refuses what is not.
fn is_torn(value: &Value) -> bool {
    match &value.kind {
        Kind::List(list) => list.iter().any(is_torn),
        Kind::Map(map) => {
            let mut seen: rustc_hash::FxHashMap<&str, &Value> = rustc_hash::FxHashMap::default();
            map.entries().iter().any(|entry| {
                let before = entry.key.as_str().and_then(|name| seen.insert(name, &entry.value));
                before.is_some_and(|before| !has_type_of(before, &entry.value)) || is_torn(&entry.value)
            })
        }
        _ => false,
    }
}

/// Whether a decoded value certainly reads as one of the other's type.
fn has_type_of(value: &Value, other: &Value) -> bool {
    match (&value.kind, &other.kind) {
        (Kind::Null, _)
        | (Kind::Bool(_), Kind::Bool(_))
        | (Kind::Number(_), Kind::Number(_))
        | (Kind::Bool(_) | Kind::Number(_) | Kind::Text(_), Kind::Text(_)) => true,
        (Kind::List(a), Kind::List(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| has_type_of(a, b)),
        (Kind::Map(a), Kind::Map(b)) => {
            let has = |entry: &Entry| {
                let theirs = entry.key.as_str().and_then(|name| b.get(name));
                theirs.is_some_and(|theirs| has_type_of(&entry.value, theirs))
            };
            a.len() == b.len() && a.entries().iter().all(has)
        }
        _ => false,
    }
}

/// A value as JSON has it: every sequence a tuple, every map an object with its names in order, each once.
pub(super) fn json_view(value: &Value) -> Outcome {
    // Values share their parts; a few bytes of code can make more nodes than there is time to visit.
    let mut nodes = MAX_ELEMENTS * 16;
    Ok(changed_view(value, &mut nodes)?.unwrap_or_else(|| value.clone()))
}

/// `None` where the view is the value itself.
fn changed_view(value: &Value, nodes: &mut usize) -> Result<Option<Value>, Failure> {
    *nodes = nodes.checked_sub(1).ok_or_else(|| Failure::budget("a value with too many parts"))?;
    let kind = match &value.kind {
        Kind::List(list) => {
            let items = changed_items(list.items(), nodes)?;
            if items.is_none() && list.kind == ListKind::Tuple {
                return Ok(None);
            }
            let open = spread::opening(list);
            Kind::List(List::new(ListKind::Tuple, items.unwrap_or_else(|| list.items().to_vec())).opened_by(open))
        }
        Kind::Map(map) => {
            let entries = sorted_entries(map);
            let in_order = matches!(entries, std::borrow::Cow::Borrowed(_)) && map.kind == MapKind::Object;
            let values: Vec<Value> = entries.iter().map(|entry| entry.value.clone()).collect();
            let changed = changed_items(&values, nodes)?;
            if changed.is_none() && in_order {
                return Ok(None);
            }
            let values = changed.unwrap_or(values);
            let entry = |(entry, value): (&Entry, Value)| Entry { value, ..entry.clone() };
            Kind::Map(map.replaced(MapKind::Object, entries.iter().zip(values).map(entry).collect()))
        }
        Kind::OneOf(arms) => match changed_items(arms, nodes)? {
            Some(arms) => return Ok(Some(Value::one_of(arms, || value.clone()).or_at(value.origin))),
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some(Value::new(kind, value.origin)))
}

fn changed_items(items: &[Value], nodes: &mut usize) -> Result<Option<Vec<Value>>, Failure> {
    let mut changed: Option<Vec<Value>> = None;
    for (index, item) in items.iter().enumerate() {
        let view = changed_view(item, nodes)?;
        match (&mut changed, view) {
            (None, None) => {}
            (None, Some(view)) => {
                let mut copied: Vec<Value> = items.iter().take(index).cloned().collect();
                copied.push(view);
                changed = Some(copied);
            }
            (Some(copied), view) => copied.push(view.unwrap_or_else(|| item.clone())),
        }
    }
    Ok(changed)
}

fn decode_base64(call: &Call<'_>) -> Outcome {
    let bytes = base64_bytes(call.str(0)?)?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::error("the decoded bytes are not UTF-8"))?;
    Ok(Value::text(text))
}

/// The last digit may have bits that no byte takes.
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&base64::alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

fn base64_bytes(text: &str) -> Result<Vec<u8>, Failure> {
    let digits: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    LENIENT.decode(digits).map_err(|error| Failure::Error(format!("this is not base64: {error}")))
}

/// As query strings are encoded: all but `A-Z a-z 0-9 - _ . ~`, a space as `+`.
fn encode_url(call: &Call<'_>) -> Outcome {
    let text = call.str(0)?;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    Ok(Value::text(out))
}

fn decode_csv(call: &Call<'_>) -> Outcome {
    let mut table = Table { rest: call.str(0)? };
    let names = table.record()?.ok_or_else(|| Failure::error("the header line is missing"))?;
    let mut seen = rustc_hash::FxHashSet::default();
    if let Some(twice) = names.iter().find(|name| !seen.insert(*name)) {
        return Err(Failure::Error(format!("the column {twice:?} stands twice")));
    }
    let mut rows = Vec::new();
    while let Some(record) = table.record()? {
        if record.len() != names.len() {
            return Err(Failure::Error(format!("a line has {} fields, and not {}", record.len(), names.len())));
        }
        let entry = |(name, field): (&String, String)| Entry::new(name.as_str(), Value::text(field));
        rows.push(map_of(MapKind::Object, names.iter().zip(record).map(entry).collect()));
        if rows.len().saturating_mul(names.len()) > MAX_ELEMENTS {
            return Err(Failure::budget("a table that is too long"));
        }
    }
    Ok(list_of(rows))
}

/// A table after RFC 4180: lines of fields, quotes only around a whole field, empty lines passed over.
struct Table<'a> {
    rest: &'a str,
}

impl Table<'_> {
    /// The next line's fields; `None` after the last.
    fn record(&mut self) -> Result<Option<Vec<String>>, Failure> {
        while let Some(rest) = self.rest.strip_prefix("\r\n").or_else(|| self.rest.strip_prefix('\n')) {
            self.rest = rest;
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let mut fields = Vec::new();
        loop {
            let field = if self.rest.starts_with('"') { self.quoted()? } else { self.plain()? };
            fields.push(field);
            if let Some(rest) = self.rest.strip_prefix(',') {
                self.rest = rest;
                continue;
            }
            self.rest = self.rest.strip_prefix("\r\n").or_else(|| self.rest.strip_prefix('\n')).unwrap_or(self.rest);
            return Ok(Some(fields));
        }
    }

    /// A field up to the comma or the end of the line.
    fn plain(&mut self) -> Result<String, Failure> {
        let end = self.rest.find([',', '\n']).unwrap_or(self.rest.len());
        let (field, rest) = self.rest.split_at(end);
        // The line ends with both.
        let (field, rest) = match field.strip_suffix('\r') {
            Some(field) if !rest.starts_with(',') => (field, self.rest.get(field.len()..).unwrap_or_default()),
            _ => (field, rest),
        };
        if field.contains('"') {
            return Err(Failure::error("a quote stands within a field"));
        }
        self.rest = rest.strip_prefix('\r').filter(|rest| rest.is_empty()).unwrap_or(rest);
        Ok(field.to_owned())
    }

    /// A field in quotes, two of which within it stand for one.
    fn quoted(&mut self) -> Result<String, Failure> {
        let mut field = String::new();
        let mut rest = self.rest.get(1..).unwrap_or_default();
        loop {
            let (part, after) = rest.split_once('"').ok_or_else(|| Failure::error("a quote has no end"))?;
            field.push_str(part);
            rest = after;
            match rest.strip_prefix('"') {
                Some(after) => {
                    field.push('"');
                    rest = after;
                }
                None => break,
            }
        }
        if !(rest.is_empty() || rest.starts_with([',', '\n']) || rest.starts_with("\r\n")) {
            return Err(Failure::error("something stands between a quote and the next comma"));
        }
        self.rest = rest;
        // Lines end in one way within a field.
        Ok(field.replace("\r\n", "\n"))
    }
}

/// The character sets that are computed here; others are not needed for what is linted.
#[derive(Clone, Copy)]
enum Charset {
    Utf8,
    Utf16 { little_endian: bool, mark: bool },
    Latin1,
    Ascii,
}

/// The set of an IANA name.
fn charset(name: &str) -> Result<Charset, Failure> {
    Ok(match name.to_ascii_uppercase().as_str() {
        "UTF-8" => Charset::Utf8,
        "UTF-16" => Charset::Utf16 { little_endian: false, mark: true },
        "UTF-16LE" => Charset::Utf16 { little_endian: true, mark: false },
        "UTF-16BE" => Charset::Utf16 { little_endian: false, mark: false },
        "ISO-8859-1" | "LATIN1" | "ISO_8859-1" => Charset::Latin1,
        "US-ASCII" => Charset::Ascii,
        _ => return Err(Failure::Unknown(Why::Unsupported(format!("the character set {name}").into()))),
    })
}

fn encode_charset(call: &Call<'_>) -> Outcome {
    let text = call.str(0)?;
    let outside = || Failure::error("a character is not in the character set");
    let bytes: Vec<u8> = match charset(call.str(1)?)? {
        Charset::Utf8 => text.as_bytes().to_vec(),
        Charset::Utf16 { little_endian, mark } => {
            let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
            units.flat_map(|unit| if little_endian { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
        }
        Charset::Latin1 => {
            text.chars().map(|c| u8::try_from(u32::from(c)).map_err(|_| outside())).collect::<Result<_, _>>()?
        }
        Charset::Ascii if text.is_ascii() => text.as_bytes().to_vec(),
        Charset::Ascii => return Err(outside()),
    };
    Ok(Value::text(STANDARD.encode(bytes)))
}

fn decode_charset(call: &Call<'_>) -> Outcome {
    let bytes = base64_bytes(call.str(0)?)?;
    let invalid = || Failure::error("the bytes are not in the character set");
    let text = match charset(call.str(1)?)? {
        Charset::Utf8 => String::from_utf8(bytes).map_err(|_| invalid())?,
        Charset::Latin1 => bytes.into_iter().map(char::from).collect(),
        Charset::Ascii => String::from_utf8(bytes).ok().filter(|text| text.is_ascii()).ok_or_else(invalid)?,
        Charset::Utf16 { little_endian, .. } => {
            let marked_little = bytes.starts_with(&[0xFF, 0xFE]);
            let units: Vec<u16> =
                bytes
                    .chunks_exact(2)
                    .filter_map(|pair| <[u8; 2]>::try_from(pair).ok())
                    .map(|pair| {
                        if little_endian || marked_little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
                    })
                    .collect();
            let text = String::from_utf16(&units).map_err(|_| invalid())?;
            text.trim_start_matches('\u{feff}').to_owned()
        }
    };
    Ok(Value::text(text))
}
