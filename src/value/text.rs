//! Text that may be known only in part, that knows which bytes of which file wrote it, and that remembers
//! the value it encodes.

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::source::Span;

use super::{Symbol, Value, json};

/// Names in names in names: an ARN is made of names, and few of these of other ARNs.
const MAX_EXPANSION_DEPTH: usize = 8;

/// Larger texts are not expanded further, in bytes of their [`weight`](Text::weight): symbols that stand for texts of
/// symbols can double at each level.
const MAX_EXPANDED: usize = 1 << 16;

/// A text: literal pieces and symbols in between. Cheap to clone. Equality is that of the pieces; it ignores
/// origins and whether a value is remembered.
#[derive(Clone, Debug)]
pub struct Text(Repr);

#[derive(Clone, Debug)]
enum Repr {
    Plain(Plain),
    Encoded(Arc<Encoded>),
}

#[derive(Clone, Debug)]
struct Plain {
    /// All literal pieces, one after the other.
    content: Arc<str>,
    /// The symbols, in order, each with the byte of `content` before which it stands.
    holes: Option<Arc<[(u32, Symbol)]>>,
    /// Which part of `content` came from where, in order, without overlaps, not always without gaps.
    segments: Option<Arc<[Segment]>>,
}

/// `content[at..at + len]` was written at `span`.
#[derive(Clone, Copy, Debug)]
struct Segment {
    at: u32,
    len: u32,
    span: Span,
    /// Whether the bytes there are the bytes here, so that a part of one is that part of the other.
    exact: bool,
}

/// How a text encodes its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// JSON without spaces, `<`, `>` and `&` escaped, in the order of the value's entries: `jsonencode`.
    CompactJson,
    /// JSON without spaces, nothing escaped but what JSON asks for: `Fn::ToJsonString`.
    PlainJson,
    /// JSON indented by two spaces: a rendered policy document.
    IndentedJson,
}

#[derive(Debug)]
struct Encoded {
    value: Value,
    encoding: Encoding,
    printed: OnceLock<Plain>,
}

/// A part of a text.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Piece<'a> {
    /// Known characters.
    Literal(&'a str),
    /// Something not known.
    Symbol(&'a Symbol),
}

impl Text {
    /// The text that encodes `value`; nothing is printed before somebody reads it.
    pub fn encoding(value: Value, encoding: Encoding) -> Self {
        Self(Repr::Encoded(Arc::new(Encoded { value, encoding, printed: OnceLock::new() })))
    }

    /// A literal whose bytes stand at `span`, byte for byte.
    pub fn literal_at(content: impl Into<Arc<str>>, span: Span) -> Self {
        let content = content.into();
        let exact = content.len() == span.len();
        let len = clamp(content.len());
        let segments = Some(Arc::from([Segment { at: 0, len, span, exact }]));
        Self(Repr::Plain(Plain { content, holes: None, segments }))
    }

    /// The value that this text encodes, if it was made from one.
    pub fn encoded_value(&self) -> Option<&Value> {
        match &self.0 {
            Repr::Plain(_) => None,
            Repr::Encoded(encoded) => Some(&encoded.value),
        }
    }

    /// The whole text, if all of it is known.
    pub fn as_str(&self) -> Option<&str> {
        let plain = self.plain();
        plain.holes.is_none().then_some(&*plain.content)
    }

    /// Whether all of it is known.
    pub fn is_known(&self) -> bool {
        self.plain().holes.is_none()
    }

    /// Whether it is known and empty.
    pub fn is_empty(&self) -> bool {
        // No encoding of any value is empty; asking must not print it.
        self.encoded_value().is_none() && self.as_str() == Some("")
    }

    /// The known characters with the symbols left out.
    pub fn literal_content(&self) -> &str {
        &self.plain().content
    }

    /// About how much memory and time it takes to copy it, in bytes: its characters, symbols and places.
    pub fn weight(&self) -> usize {
        let plain = self.plain();
        weight(plain.content.len(), plain.holes().len(), plain.segments().len())
    }

    /// The symbols, each with the byte of [`literal_content`](Self::literal_content) before which it stands.
    pub fn symbols(&self) -> impl Iterator<Item = (usize, &Symbol)> {
        self.plain().holes().iter().map(|(at, symbol)| (*at as usize, symbol))
    }

    /// The symbol, if the text is one symbol and nothing else.
    pub fn as_symbol(&self) -> Option<&Symbol> {
        // A value that is unknown as a whole is encoded as its symbol, but nobody encodes one to refer to something.
        if self.encoded_value().is_some() {
            return None;
        }
        let plain = self.plain();
        match plain.holes() {
            [(_, symbol)] if plain.content.is_empty() => Some(symbol),
            _ => None,
        }
    }

    /// The pieces in order; neighbouring literals are one piece, none is empty.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        let plain = self.plain();
        let content = &*plain.content;
        let holes = plain.holes();
        let mut next_hole = 0;
        let mut at = 0usize;
        std::iter::from_fn(move || {
            let stop = holes.get(next_hole).map_or(content.len(), |(hole, _)| *hole as usize);
            if at < stop {
                let piece = &content[at..stop];
                at = stop;
                return Some(Piece::Literal(piece));
            }
            let (_, symbol) = holes.get(next_hole)?;
            next_hole += 1;
            Some(Piece::Symbol(symbol))
        })
    }

    /// Where the bytes `range` of [`literal_content`](Self::literal_content) were written, if they are known to
    /// come from one file.
    pub fn span_of(&self, range: std::ops::Range<usize>) -> Option<Span> {
        let segments = self.plain().segments();
        let at = segments.partition_point(|segment| segment.end() <= range.start);
        let first = segments.get(at).filter(|segment| segment.at() < range.end.max(range.start + 1))?;
        let after = segments.partition_point(|segment| segment.at() < range.end);
        let last = segments.get(at..after).and_then(<[_]>::last).unwrap_or(first);
        let start = first.map(range.start.max(first.at()), false);
        let end = last.map(range.end.min(last.end()), true);
        if first.span.file == last.span.file && start <= end {
            Some(Span::new(first.span.file, start as usize, end as usize))
        } else {
            let best = [first, last].into_iter().find(|segment| segment.exact).unwrap_or(first);
            Some(best.span)
        }
    }

    /// The place that wrote exactly the bytes `range`, where one interpolated value did.
    pub fn inexact_span_of(&self, range: std::ops::Range<usize>) -> Option<Span> {
        let segments = self.plain().segments();
        let found = segments.get(segments.partition_point(|segment| segment.end() <= range.start))?;
        (!found.exact && found.at() == range.start && found.end() == range.end).then_some(found.span)
    }

    /// Both texts, one after the other.
    #[must_use]
    pub fn concat(&self, other: &Self) -> Self {
        let mut builder = TextBuilder::new();
        builder.push_text(self);
        builder.push_text(other);
        builder.finish()
    }

    /// The part from `start` to `end`, in bytes of the literal content. Symbols at `start` and `end` are kept.
    /// `None` where a byte offset is not the start of a character.
    pub fn slice(&self, range: std::ops::Range<usize>) -> Option<Self> {
        let plain = self.plain();
        let content = plain.content.get(range.clone())?;
        let mut builder = TextBuilder::new();
        builder.content.push_str(content);
        let holes = plain.holes();
        let first = holes.partition_point(|(at, _)| (*at as usize) < range.start);
        let inside = holes.iter().skip(first).take_while(|(at, _)| *at as usize <= range.end);
        builder.holes.extend(inside.map(|(at, symbol)| (clamp(*at as usize - range.start), symbol.clone())));
        let segments = plain.segments();
        let first = segments.partition_point(|segment| segment.end() <= range.start);
        for segment in segments.iter().skip(first).take_while(|segment| segment.at() < range.end) {
            let start = segment.at().max(range.start);
            let end = segment.end().min(range.end);
            if start < end {
                let span = if segment.exact {
                    Span::new(segment.span.file, segment.map(start, false) as usize, segment.map(end, true) as usize)
                } else {
                    segment.span
                };
                builder.push_segment(start - range.start, end - start, span, segment.exact);
            }
        }
        Some(builder.finish())
    }

    /// The text with each symbol replaced by what is known of it, as far as that goes; itself, where nothing is.
    /// For looking at the content; whoever wants to know what is named reads the symbols.
    #[must_use]
    pub fn expanded(&self) -> Self {
        if !self.symbols().any(|(_, symbol)| symbol.expansion().is_some()) {
            return self.clone();
        }
        let mut builder = TextBuilder::new();
        self.expand_into(&mut builder, 0);
        builder.finish()
    }

    fn expand_into(&self, builder: &mut TextBuilder, depth: usize) {
        let mut at = 0;
        for (hole, symbol) in self.symbols() {
            if let Some(literal) = self.slice_literal(at..hole) {
                builder.push_text(&literal);
            }
            at = hole;
            match symbol.expansion() {
                Some(expansion) if depth < MAX_EXPANSION_DEPTH && builder.weight() < MAX_EXPANDED => {
                    expansion.expand_into(builder, depth + 1);
                }
                _ => builder.push_symbol(symbol.clone()),
            }
        }
        if let Some(literal) = self.slice_literal(at..self.literal_content().len()) {
            builder.push_text(&literal);
        }
    }

    /// The literal characters of a range, with their places and without symbols.
    fn slice_literal(&self, range: std::ops::Range<usize>) -> Option<Self> {
        if range.is_empty() {
            return None;
        }
        let slice = self.slice(range)?;
        let mut builder = TextBuilder::new();
        builder.push_text(&slice);
        builder.holes.clear();
        Some(builder.finish())
    }

    /// Each literal piece changed by `change`, symbols kept, origins lost.
    #[must_use]
    pub fn map_literals(
        &self,
        mut change: impl FnMut(&str) -> String,
        mut symbol: impl FnMut(&Symbol) -> Symbol,
    ) -> Self {
        let mut builder = TextBuilder::new();
        for piece in self.pieces() {
            match piece {
                Piece::Literal(literal) => builder.push_str(&change(literal)),
                Piece::Symbol(hole) => builder.push_symbol(symbol(hole)),
            }
        }
        builder.finish()
    }

    fn plain(&self) -> &Plain {
        match &self.0 {
            Repr::Plain(plain) => plain,
            Repr::Encoded(encoded) => {
                encoded.printed.get_or_init(|| json::print_as(&encoded.value, encoded.encoding).into_plain())
            }
        }
    }
}

impl Plain {
    fn holes(&self) -> &[(u32, Symbol)] {
        self.holes.as_deref().unwrap_or_default()
    }

    fn segments(&self) -> &[Segment] {
        self.segments.as_deref().unwrap_or_default()
    }
}

impl Segment {
    fn at(&self) -> usize {
        self.at as usize
    }

    fn end(&self) -> usize {
        self.at as usize + self.len as usize
    }

    /// Where a byte of the content stands in the file; the segment's start or end where only that is known.
    fn map(&self, at: usize, is_end: bool) -> u32 {
        if self.exact {
            self.span.start + clamp(at - self.at())
        } else if is_end {
            self.span.end
        } else {
            self.span.start
        }
    }
}

impl From<&str> for Text {
    fn from(content: &str) -> Self {
        Self(Repr::Plain(Plain { content: content.into(), holes: None, segments: None }))
    }
}

impl From<String> for Text {
    fn from(content: String) -> Self {
        Self(Repr::Plain(Plain { content: content.into(), holes: None, segments: None }))
    }
}

impl From<Arc<str>> for Text {
    fn from(content: Arc<str>) -> Self {
        Self(Repr::Plain(Plain { content, holes: None, segments: None }))
    }
}

impl From<Symbol> for Text {
    fn from(symbol: Symbol) -> Self {
        Self(Repr::Plain(Plain { content: Arc::from(""), holes: Some(Arc::from([(0, symbol)])), segments: None }))
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.plain(), other.plain());
        a.content == b.content && a.holes() == b.holes()
    }
}

impl Eq for Text {}

impl fmt::Display for Text {
    /// The text with each symbol as `${name}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in self.pieces() {
            match piece {
                Piece::Literal(literal) => f.write_str(literal)?,
                Piece::Symbol(symbol) => write!(f, "${{{}}}", symbol.name())?,
            }
        }
        Ok(())
    }
}

/// Puts a text together.
#[derive(Default, Debug)]
pub struct TextBuilder {
    content: String,
    holes: Vec<(u32, Symbol)>,
    segments: Vec<Segment>,
}

impl TextBuilder {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes of literal content so far.
    pub fn len(&self) -> usize {
        self.content.len()
    }

    /// The [`weight`](Text::weight) so far.
    pub fn weight(&self) -> usize {
        weight(self.content.len(), self.holes.len(), self.segments.len())
    }

    /// Whether nothing was pushed.
    pub fn is_empty(&self) -> bool {
        self.content.is_empty() && self.holes.is_empty()
    }

    /// Adds characters that no file wrote.
    pub fn push_str(&mut self, literal: &str) {
        self.content.push_str(literal);
    }

    /// Adds characters that stand at `span`; byte for byte if the lengths agree.
    pub fn push_at(&mut self, literal: &str, span: Span) {
        let at = self.content.len();
        self.content.push_str(literal);
        self.push_segment(at, literal.len(), span, literal.len() == span.len());
    }

    /// Adds characters that a value at `span` gave, as a whole.
    pub fn push_from(&mut self, literal: &str, span: Option<Span>) {
        let at = self.content.len();
        self.content.push_str(literal);
        if let Some(span) = span {
            self.push_segment(at, literal.len(), span, false);
        }
    }

    /// Adds something not known.
    pub fn push_symbol(&mut self, symbol: Symbol) {
        self.holes.push((clamp(self.content.len()), symbol));
    }

    /// Adds a text with its symbols and origins.
    pub fn push_text(&mut self, text: &Text) {
        self.push_value_text(text, None);
    }

    /// Adds a text; where it does not know its places, it came from `origin` as a whole.
    pub fn push_value_text(&mut self, text: &Text, origin: Option<Span>) {
        let plain = text.plain();
        let base = self.content.len();
        self.content.push_str(&plain.content);
        self.holes.extend(plain.holes().iter().map(|(at, symbol)| (clamp(base + *at as usize), symbol.clone())));
        if plain.segments.is_none()
            && let Some(origin) = origin
        {
            self.push_segment(base, plain.content.len(), origin, false);
        }
        for segment in plain.segments() {
            self.push_segment(base + segment.at(), segment.len as usize, segment.span, segment.exact);
        }
    }

    /// The text.
    pub fn finish(self) -> Text {
        Text(Repr::Plain(self.into_plain()))
    }

    fn into_plain(self) -> Plain {
        Plain {
            content: self.content.into(),
            holes: (!self.holes.is_empty()).then(|| self.holes.into()),
            segments: (!self.segments.is_empty()).then(|| self.segments.into()),
        }
    }

    fn push_segment(&mut self, at: usize, len: usize, span: Span, exact: bool) {
        if len == 0 {
            return;
        }
        if let Some(last) = self.segments.last_mut()
            && last.exact
            && exact
            && last.end() == at
            && last.span.file == span.file
            && last.span.end == span.start
        {
            last.len += clamp(len);
            last.span.end = span.end;
            return;
        }
        self.segments.push(Segment { at: clamp(at), len: clamp(len), span, exact });
    }
}

fn weight(content: usize, holes: usize, segments: usize) -> usize {
    content + holes * size_of::<(u32, Symbol)>() + segments * size_of::<Segment>()
}

fn clamp(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
