//! Values as the engines compute them, with what is not known kept as unknown and every node knowing
//! where in the files it came from.
//!
//! Floor 0: knows neither AWS nor any language.

mod collection;
pub mod json;
mod number;
mod symbol;
mod text;

pub use collection::{Entry, List, ListKind, Map, MapKind};
pub use number::{Notation, Number, NumberError};
pub use symbol::{Form, Reference, Symbol, Unknown, Why};
pub use text::{Encoding, Piece, Text, TextBuilder};

use std::sync::Arc;

use crate::source::Span;

/// A value and where it came from. Cheap to clone. Equality ignores origins.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// The text that wrote it: the literal itself, even when a reference to it was evaluated elsewhere.
    pub origin: Option<Span>,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Null, or an attribute that is set to nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text, perhaps only partly known.
    Text(Text),
    /// A sequence: tuple, list or set.
    List(List),
    /// Names to values: object or map.
    Map(Map),
    /// Not known before deployment, or not computable here.
    Unknown(Unknown),
    /// One of several values, by a condition that is not known: the arms in the order of the code.
    /// Never empty, never nested, never one arm only.
    OneOf(Arc<[Value]>),
}

/// More alternatives than this become one unknown: each conditional doubles them, and nobody reads the ninth.
pub const MAX_ALTERNATIVES: usize = 16;

/// A name is made of at most this many nodes: values share their parts, so a few lines of code can make one with
/// more nodes than there is time to visit.
const MAX_NAMED_NODES: usize = 1 << 16;

impl Value {
    /// A value with its origin.
    pub fn new(kind: Kind, origin: Option<Span>) -> Self {
        Self { kind, origin }
    }

    /// Null without an origin.
    pub fn null() -> Self {
        Self::new(Kind::Null, None)
    }

    /// A truth value without an origin.
    pub fn bool(value: bool) -> Self {
        Self::new(Kind::Bool(value), None)
    }

    /// A whole number without an origin.
    pub fn integer(value: i64) -> Self {
        Self::new(Kind::Number(Number::from(value)), None)
    }

    /// Known text without an origin.
    pub fn text(text: impl Into<Text>) -> Self {
        Self::new(Kind::Text(text.into()), None)
    }

    /// A tuple without an origin.
    pub fn tuple(items: Vec<Self>) -> Self {
        Self::new(Kind::List(List::new(ListKind::Tuple, items)), None)
    }

    /// An object in the order given, without an origin.
    pub fn object(entries: Vec<Entry>) -> Self {
        Self::new(Kind::Map(Map::new(MapKind::Object, entries)), None)
    }

    /// An unknown without an origin.
    pub fn unknown(symbol: Symbol, why: Why) -> Self {
        Self::new(Kind::Unknown(Unknown { symbol, why }), None)
    }

    /// One of these values. Flattens nested alternatives, drops equal ones, and is the value itself when only
    /// one is left. Too many become `unknown`.
    pub fn one_of(arms: impl IntoIterator<Item = Self>, unknown: impl FnOnce() -> Self) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        for arm in arms {
            let inner: &[Self] = match &arm.kind {
                Kind::OneOf(inner) => inner,
                _ => std::slice::from_ref(&arm),
            };
            for value in inner {
                if !flat.iter().any(|seen| seen == value) {
                    flat.push(value.clone());
                }
            }
            if flat.len() > MAX_ALTERNATIVES {
                return unknown();
            }
        }
        match flat.len() {
            0 => unknown(),
            1 => flat.swap_remove(0),
            _ => Self::new(Kind::OneOf(flat.into()), None),
        }
    }

    /// The same value, said to come from `origin`.
    #[must_use]
    pub fn at(mut self, origin: Span) -> Self {
        self.origin = Some(origin);
        self
    }

    /// The same value, said to come from `origin` unless it knows its origin already.
    #[must_use]
    pub fn or_at(mut self, origin: Option<Span>) -> Self {
        self.origin = self.origin.or(origin);
        self
    }

    /// The values this one may be: its alternatives, or itself.
    pub fn alternatives(&self) -> &[Self] {
        match &self.kind {
            Kind::OneOf(arms) => arms,
            _ => std::slice::from_ref(self),
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// Whether it, as a whole, is unknown (alternatives are not).
    pub fn is_unknown(&self) -> bool {
        matches!(self.kind, Kind::Unknown(_))
    }

    /// Whether everything in it is known: no unknown, no symbol in a text, no alternatives, no list or map whose
    /// elements are open, at any depth.
    pub fn is_wholly_known(&self) -> bool {
        match &self.kind {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => true,
            Kind::Text(text) => text.is_known(),
            Kind::List(list) => list.open().is_none() && list.iter().all(Self::is_wholly_known),
            Kind::Map(map) => {
                let is_known = |entry: &Entry| entry.key.is_known() && entry.value.is_wholly_known();
                map.open().is_none() && map.entries().iter().all(is_known)
            }
            Kind::Unknown(_) | Kind::OneOf(_) => false,
        }
    }

    /// The known text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        self.as_text().and_then(Text::as_str)
    }

    /// The text, known or partly known, if it is one.
    pub fn as_text(&self) -> Option<&Text> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.kind {
            Kind::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The sequence, if it is one.
    pub fn as_list(&self) -> Option<&List> {
        match &self.kind {
            Kind::List(list) => Some(list),
            _ => None,
        }
    }

    /// The names and values, if it has them.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The unknown, if it is one.
    pub fn as_unknown(&self) -> Option<&Unknown> {
        match &self.kind {
            Kind::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    /// The value under a name, if this has names and that one.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_map().and_then(|map| map.get(name))
    }

    /// What stands for this value inside a text: its text, or a symbol; `None` for null, lists and maps.
    pub fn to_text(&self) -> Option<Text> {
        match &self.kind {
            Kind::Text(text) => Some(text.clone()),
            Kind::Bool(value) => Some(Text::from(if *value { "true" } else { "false" })),
            Kind::Number(number) => Some(Text::from(number.to_string())),
            Kind::Unknown(unknown) => Some(Text::from(unknown.symbol.clone())),
            Kind::OneOf(_) => Some(Text::from(Symbol::new(self.canonical()))),
            Kind::Null | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// The value with what is known of the texts in it that only have names: `arn:${partition}:s3:::logs` for a
    /// bucket's ARN. For looking at the content; elements of lists and maps stay as they are.
    #[must_use]
    pub fn expanded(self) -> Self {
        let text = match &self.kind {
            Kind::Unknown(unknown) => match unknown.symbol.expansion() {
                Some(expansion) => expansion.expanded(),
                None => return self,
            },
            Kind::Text(text) if text.encoded_value().is_none() => text.expanded(),
            _ => return self,
        };
        Self::new(Kind::Text(text), self.origin)
    }

    /// A text that is equal for equal values, for naming symbols that are computed from others.
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        let mut nodes = MAX_NAMED_NODES;
        self.write_canonical(&mut out, &mut nodes);
        out
    }

    fn write_canonical(&self, out: &mut String, nodes: &mut usize) {
        let start = out.len();
        *nodes = nodes.saturating_sub(1);
        if *nodes == 0 {
            out.push('…');
            return;
        }
        match &self.kind {
            Kind::Null => out.push_str("null"),
            Kind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Kind::Number(number) => out.push_str(&number.to_string()),
            Kind::Text(text) => {
                out.push('"');
                out.push_str(&text.to_string());
                out.push('"');
            }
            Kind::Unknown(unknown) => out.push_str(unknown.symbol.name()),
            Kind::List(list) => {
                out.push('[');
                for item in list {
                    item.write_canonical(out, nodes);
                    out.push(',');
                }
                out.push(']');
                if let Some(open) = list.open() {
                    out.push('?');
                    out.push_str(open.symbol.name());
                }
            }
            Kind::Map(map) => {
                out.push('{');
                for entry in map.entries() {
                    out.push_str(&entry.key.to_string());
                    out.push('=');
                    entry.value.write_canonical(out, nodes);
                    out.push(',');
                }
                out.push('}');
                if let Some(open) = map.open() {
                    out.push('?');
                    out.push_str(open.symbol.name());
                }
            }
            Kind::OneOf(arms) => {
                out.push_str("one-of(");
                for arm in arms.iter() {
                    arm.write_canonical(out, nodes);
                    out.push('|');
                }
                out.push(')');
            }
        }
        symbol::shorten(out, start, symbol::LONG);
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Null, Kind::Null) => true,
            (Kind::Bool(a), Kind::Bool(b)) => a == b,
            (Kind::Number(a), Kind::Number(b)) => a == b,
            (Kind::Text(a), Kind::Text(b)) => a == b,
            (Kind::List(a), Kind::List(b)) => a == b,
            (Kind::Map(a), Kind::Map(b)) => a == b,
            (Kind::Unknown(a), Kind::Unknown(b)) => a.symbol == b.symbol,
            (Kind::OneOf(a), Kind::OneOf(b)) => a == b,
            _ => false,
        }
    }
}
