//! JSON to and from partly known text, every decoded node with its place.

use std::fmt::Write as _;
use std::hash::{Hash as _, Hasher as _};

use rustc_hash::FxHasher;

use crate::source::Span;

use super::{
    Encoding, Entry, Kind, List, ListKind, Map, MapKind, Number, Symbol, Text, TextBuilder, Unknown, Value, Why,
};

/// Deeper JSON is refused: no policy nests a tenth as deep, and the reader calls itself once a level.
pub const MAX_DEPTH: usize = 128;

/// JSON of more values is refused: each takes a hundred times the two bytes that it may be written in. A plan of eight
/// thousand resources has as many.
const MAX_VALUES: usize = 1_000_000;

/// Why a text is not JSON.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub struct JsonError {
    /// What is wrong.
    pub message: String,
    /// Where in the files, if the text knows.
    pub span: Option<Span>,
}

/// The value that a text encodes: the remembered one, or the parsed one.
pub fn decode(text: &Text) -> Result<Value, JsonError> {
    match text.encoded_value() {
        Some(value) => Ok(value.clone()),
        None => parse(text),
    }
}

/// Parses a text as JSON. A symbol inside a JSON string stays in that string; one between the tokens is an
/// unknown value. Names that stand twice are kept twice.
pub fn parse(text: &Text) -> Result<Value, JsonError> {
    let mut parser = Parser {
        text,
        bytes: text.literal_content().as_bytes(),
        holes: text.symbols().collect(),
        at: 0,
        hole: 0,
        values: 0,
    };
    let value = parser.value(0)?;
    parser.skip_space();
    if parser.at < parser.bytes.len() || parser.hole < parser.holes.len() {
        return Err(parser.error("text goes on after the JSON value"));
    }
    Ok(value)
}

struct Parser<'a> {
    text: &'a Text,
    bytes: &'a [u8],
    holes: Vec<(usize, &'a Symbol)>,
    at: usize,
    hole: usize,
    values: usize,
}

impl Parser<'_> {
    fn error(&self, message: &str) -> JsonError {
        let at = self.at.min(self.bytes.len().saturating_sub(1));
        JsonError { message: message.to_owned(), span: self.text.span_of(at..at + 1) }
    }

    fn skip_space(&mut self) {
        let stop = self.holes.get(self.hole).map_or(self.bytes.len(), |(at, _)| *at);
        while self.at < stop && matches!(self.bytes[self.at], b' ' | b'\t' | b'\r' | b'\n') {
            self.at += 1;
        }
    }

    /// The symbol that stands right here, if one does.
    fn take_hole(&mut self) -> Option<Symbol> {
        let (at, symbol) = self.holes.get(self.hole)?;
        if *at != self.at {
            return None;
        }
        self.hole += 1;
        Some((*symbol).clone())
    }

    fn at_hole(&self) -> bool {
        self.holes.get(self.hole).is_some_and(|(at, _)| *at == self.at)
    }

    fn peek(&self) -> Option<u8> {
        if self.at_hole() { None } else { self.bytes.get(self.at).copied() }
    }

    fn value(&mut self, depth: usize) -> Result<Value, JsonError> {
        if depth > MAX_DEPTH {
            return Err(self.error("JSON is nested too deep"));
        }
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(self.error(&format!("the JSON has more than {MAX_VALUES} values, which is more than is read")));
        }
        self.skip_space();
        let start = self.at;
        if let Some(symbol) = self.take_hole() {
            let why = Why::AfterDeployment(symbol.name().into());
            return Ok(Value::new(Kind::Unknown(Unknown { symbol, why }), self.text.span_of(start..start)));
        }
        let kind = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => {
                let (text, span) = self.string()?;
                return Ok(Value::new(Kind::Text(text), span));
            }
            Some(b't') => self.word("true", Kind::Bool(true))?,
            Some(b'f') => self.word("false", Kind::Bool(false))?,
            Some(b'n') => self.word("null", Kind::Null)?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(_) => return Err(self.error("expected a JSON value")),
            None => return Err(self.error("the JSON text ends too early")),
        };
        Ok(Value::new(kind, self.text.span_of(start..self.at)))
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<Kind, JsonError> {
        if self.bytes[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(kind)
        } else {
            Err(self.error("expected a JSON value"))
        }
    }

    fn number(&mut self) -> Result<Kind, JsonError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.at += 1;
        }
        let digits = self.text.literal_content().get(start..self.at).unwrap_or_default();
        if !is_json_number(digits) {
            return Err(self.error("not a number"));
        }
        digits.parse::<Number>().map(Kind::Number).map_err(|error| self.error(&error.to_string()))
    }

    fn array(&mut self, depth: usize) -> Result<Kind, JsonError> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Kind::List(List::new(ListKind::Tuple, items)));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Kind::List(List::new(ListKind::Tuple, items)));
                }
                _ => return Err(self.error("expected a comma or the end of the array")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Kind, JsonError> {
        self.at += 1;
        let mut entries = Vec::new();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Kind::Map(Map::new(MapKind::Object, entries)));
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err(self.error("expected a name in double quotes"));
            }
            let (key, key_origin) = self.string()?;
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.error("expected a colon after the name"));
            }
            self.at += 1;
            let value = self.value(depth + 1)?;
            entries.push(Entry { key, key_origin, value });
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Kind::Map(Map::new(MapKind::Object, entries)));
                }
                _ => return Err(self.error("expected a comma or the end of the object")),
            }
        }
    }

    /// A string and its place: the quotes included, or, where one value filled it from elsewhere, that place.
    fn string(&mut self) -> Result<(Text, Option<Span>), JsonError> {
        let open = self.at;
        self.at += 1;
        let content = self.text.literal_content();
        let mut builder = TextBuilder::new();
        let mut run = self.at;
        loop {
            if let Some(symbol) = self.take_hole() {
                self.push_run(&mut builder, run);
                run = self.at;
                builder.push_symbol(symbol);
                continue;
            }
            match self.bytes.get(self.at) {
                None => return Err(self.error("a string has no end")),
                Some(b'"') => break,
                Some(b'\\') => {
                    self.push_run(&mut builder, run);
                    let start = self.at;
                    let character = self.escape()?;
                    let mut buffer = [0; 4];
                    builder.push_from(character.encode_utf8(&mut buffer), self.text.span_of(start..self.at));
                    run = self.at;
                }
                Some(0..=0x1f) => {
                    return Err(self.error("a line end or control character inside a JSON string"));
                }
                Some(_) => self.at += 1,
            }
        }
        self.push_run(&mut builder, run);
        let inner = open + 1..self.at;
        self.at += 1;
        let span = match self.text.inexact_span_of(inner.clone()) {
            Some(span) if !content[inner].is_empty() => Some(span),
            _ => self.text.span_of(open..self.at),
        };
        Ok((builder.finish(), span))
    }

    fn push_run(&self, builder: &mut TextBuilder, run: usize) {
        if run < self.at {
            let literal = &self.text.literal_content()[run..self.at];
            match self.text.span_of(run..self.at) {
                Some(span) => builder.push_at(literal, span),
                None => builder.push_str(literal),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let escape = self.bytes.get(self.at + 1).copied();
        self.at += 2;
        let character = match escape {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.error("an unknown escape in a JSON string")),
        };
        Ok(character)
    }

    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let unit = self.hex4()?;
        let code = match unit {
            0xD800..=0xDBFF if self.bytes.get(self.at..self.at + 2) == Some(br"\u") => {
                self.at += 2;
                match self.hex4()? {
                    low @ 0xDC00..=0xDFFF => 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00),
                    _ => 0xFFFD,
                }
            }
            other => other,
        };
        Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let digits = self.text.literal_content().get(self.at..self.at + 4);
        let code = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = code.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let code = code.ok_or_else(|| self.error("\\u takes four hexadecimal digits"))?;
        self.at += 4;
        Ok(code)
    }
}

/// Printed JSON of more [`weight`](TextBuilder::weight) is one unknown. JSON in JSON doubles with every level, as each escapes the quotes and
/// backslashes of the one inside; documents and templates that AWS takes have a megabyte at most.
const MAX_PRINTED: usize = 8 << 20;

/// Prints a value as JSON in the order of its entries, `<`, `>` and `&` escaped as Go's encoder does. What is
/// unknown becomes a symbol; each text's characters keep their origin. What would be very long is one symbol.
pub fn print(value: &Value, indented: bool) -> TextBuilder {
    print_as(value, if indented { Encoding::IndentedJson } else { Encoding::CompactJson })
}

/// Prints a value as JSON in the order of its entries.
pub(super) fn print_as(value: &Value, encoding: Encoding) -> TextBuilder {
    let mut builder = TextBuilder::new();
    let indent = (encoding == Encoding::IndentedJson).then_some(0);
    print_value(value, Style { indent, for_html: encoding != Encoding::PlainJson }, &mut builder);
    if builder.weight() <= MAX_PRINTED {
        return builder;
    }
    let mut hasher = FxHasher::default();
    builder.finish().literal_content().hash(&mut hasher);
    let mut unknown = TextBuilder::new();
    // Equal beginnings, equal names: texts that differ behind megabytes nobody compares.
    unknown.push_symbol(Symbol::new(format!("very long JSON {:x}", hasher.finish())));
    unknown
}

/// How JSON is written.
#[derive(Clone, Copy)]
struct Style {
    /// The levels of the line, where there are lines.
    indent: Option<usize>,
    /// Whether `<`, `>` and `&` are escaped, as Go's encoder does.
    for_html: bool,
}

impl Style {
    fn deeper(self) -> Self {
        Self { indent: self.indent.map(|indent| indent + 1), ..self }
    }
}

fn print_value(value: &Value, style: Style, out: &mut TextBuilder) {
    if out.weight() > MAX_PRINTED {
        return;
    }
    match &value.kind {
        Kind::Null => out.push_from("null", value.origin),
        Kind::Bool(known) => out.push_from(if *known { "true" } else { "false" }, value.origin),
        Kind::Number(number) => out.push_from(&number.to_string(), value.origin),
        Kind::Text(text) => print_text(text, value.origin, style, out),
        Kind::Unknown(unknown) => out.push_symbol(unknown.symbol.clone()),
        Kind::OneOf(_) => out.push_symbol(Symbol::new(value.canonical())),
        Kind::List(list) if list.open().is_some() => {
            out.push_str("[");
            out.push_symbol(Symbol::new(value.canonical()));
            out.push_str("]");
        }
        Kind::List(list) => {
            out.push_str("[");
            for (index, item) in list.iter().enumerate() {
                separate(index, style.indent, out);
                print_value(item, style.deeper(), out);
            }
            close(list.is_empty(), style.indent, "]", out);
        }
        Kind::Map(map) if map.open().is_some() => {
            out.push_str("{");
            out.push_symbol(Symbol::new(value.canonical()));
            out.push_str("}");
        }
        Kind::Map(map) => {
            out.push_str("{");
            for (index, entry) in map.entries().iter().enumerate() {
                separate(index, style.indent, out);
                print_text(&entry.key, entry.key_origin, style, out);
                out.push_str(if style.indent.is_some() { ": " } else { ":" });
                print_value(&entry.value, style.deeper(), out);
            }
            close(map.is_empty(), style.indent, "}", out);
        }
    }
}

fn separate(index: usize, indent: Option<usize>, out: &mut TextBuilder) {
    if index > 0 {
        out.push_str(",");
    }
    if let Some(indent) = indent {
        new_line(indent + 1, out);
    }
}

fn close(empty: bool, indent: Option<usize>, bracket: &str, out: &mut TextBuilder) {
    if let Some(indent) = indent
        && !empty
    {
        new_line(indent, out);
    }
    out.push_str(bracket);
}

fn new_line(indent: usize, out: &mut TextBuilder) {
    out.push_str("\n");
    for _ in 0..indent {
        out.push_str("  ");
    }
}

fn print_text(text: &Text, origin: Option<Span>, style: Style, out: &mut TextBuilder) {
    out.push_str("\"");
    for piece in text.pieces() {
        match piece {
            super::Piece::Literal(literal) => out.push_from(&escape(literal, style.for_html), origin),
            super::Piece::Symbol(symbol) => out.push_symbol(symbol.clone()),
        }
    }
    out.push_str("\"");
}

fn escape(literal: &str, for_html: bool) -> String {
    let mut escaped = String::with_capacity(literal.len());
    for character in literal.chars() {
        match character {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '\u{8}' => escaped.push_str("\\b"),
            '\u{c}' => escaped.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' if !for_html => escaped.push(character),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing to a String cannot fail.
                let _ = write!(escaped, "\\u{:04x}", u32::from(character));
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// RFC 8259, section 6: no plus in front, no zeros, and digits on both sides of a point.
fn is_json_number(text: &str) -> bool {
    let size = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match size.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.strip_prefix(['-', '+']).unwrap_or(exponent)),
        None => (size, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let is_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    [whole, fraction, exponent].into_iter().all(is_digits) && (whole == "0" || !whole.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::Sources;

    fn printed(value: &Value) -> Text {
        print(value, false).finish()
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::null()),
            any::<bool>().prop_map(Value::bool),
            any::<i64>().prop_map(Value::integer),
            "[a-z\"\\\\\n<é😀]{0,6}".prop_map(Value::text),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::tuple),
                prop::collection::btree_map("[a-z\"]{0,3}", inner, 0..4).prop_map(|map| {
                    Value::object(map.into_iter().map(|(key, value)| Entry::new(key, value)).collect())
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn printing_and_parsing_gives_the_value_back(value in values(), indented: bool) {
            let text = print(&value, indented).finish();
            prop_assert_eq!(parse(&text).unwrap(), value);
        }

        #[test]
        fn printing_agrees_with_serde(value in values()) {
            let text = printed(&value);
            let theirs: serde_json::Value = serde_json::from_str(text.as_str().unwrap()).unwrap();
            let again = parse(&Text::from(serde_json::to_string(&theirs).unwrap())).unwrap();
            prop_assert_eq!(again, value);
        }

        #[test]
        fn any_text_is_parsed_or_refused(text in "[\\[\\]{}\",:0-9a-z\\\\ ]{0,30}") {
            let ours = parse(&Text::from(text.as_str())).is_ok();
            let theirs = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            // Whatever serde takes, we take; we are laxer in the spelling of numbers alone.
            prop_assert!(ours || !theirs);
        }
    }

    #[test]
    fn a_symbol_stays_in_its_string() {
        let mut builder = TextBuilder::new();
        builder.push_str(r#"{"Resource": ""#);
        builder.push_symbol(Symbol::new("aws_s3_bucket.logs.arn"));
        builder.push_str(r#"/*", "Action": "#);
        builder.push_symbol(Symbol::new("var.actions"));
        builder.push_str("}");
        let value = parse(&builder.finish()).unwrap();
        assert_eq!(value.get("Resource").unwrap().as_text().unwrap().to_string(), "${aws_s3_bucket.logs.arn}/*");
        assert_eq!(value.get("Action").unwrap().as_unknown().unwrap().symbol.name(), "var.actions");
    }

    #[test]
    fn nodes_know_their_place_in_the_file() {
        let sources = Sources::new("/".into());
        let file = sources.add_text("/p.json".into(), br#"{"a": ["x", 12]}"#.to_vec()).unwrap();
        let value = parse(&Text::literal_at(file.text(), file.whole())).unwrap();
        let items = value.get("a").unwrap().as_list().unwrap().items();
        assert_eq!(file.slice(items[0].origin.unwrap()), "\"x\"");
        assert_eq!(file.slice(items[1].origin.unwrap()), "12");
    }

    #[test]
    fn a_string_filled_by_one_value_stands_where_that_value_stands() {
        let sources = Sources::new("/".into());
        let file = sources.add_text("/a.tf".into(), br#"x = "*""#.to_vec()).unwrap();
        let star = Value::text("*").at(Span::new(file.id(), 4, 7));
        let text = printed(&Value::object(vec![Entry::new("Action", star)]));
        let action = parse(&text).unwrap().get("Action").unwrap().clone();
        assert_eq!(file.slice(action.origin.unwrap()), "\"*\"");
    }

    #[test]
    fn deep_nesting_is_an_error() {
        assert!(parse(&Text::from("[".repeat(100_000))).is_err());
    }

    #[test]
    fn json_that_doubles_with_every_level_is_unknown() {
        let nested = |levels: usize| {
            (0..levels).fold(Value::text("\""), |value, _| {
                Value::new(Kind::Text(Text::encoding(value, crate::value::Encoding::CompactJson)), None)
            })
        };
        assert!(nested(10).as_str().is_some_and(|text| text.len() > 1 << 10));
        assert!(
            nested(60).to_text().is_some_and(|text| text.literal_content().len() <= MAX_PRINTED && !text.is_known())
        );
    }

    #[test]
    fn surrogate_pairs() {
        assert_eq!(parse(&Text::from(r#""\ud83d\ude00""#)).unwrap().as_str(), Some("😀"));
        assert!(parse(&Text::from(r#""\u12"#)).is_err());
    }
}
