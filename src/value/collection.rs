//! Sequences and maps.

use std::sync::Arc;

use crate::source::Span;

use super::{Text, Unknown, Value};

/// Which kind of sequence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ListKind {
    /// Fixed length, each element of its own type: a literal.
    Tuple,
    /// Elements of one type.
    List,
    /// Elements of one type, each once, in the engine's order.
    Set,
}

/// A sequence of values.
#[derive(Clone, Debug)]
pub struct List {
    /// Tuple, list or set. Not part of equality.
    pub kind: ListKind,
    items: Arc<[Value]>,
    open: Option<Arc<Unknown>>,
}

impl List {
    /// A sequence of these. For a set, the caller has ordered them and dropped repeats.
    pub fn new(kind: ListKind, items: Vec<Value>) -> Self {
        Self { kind, items: items.into(), open: None }
    }

    /// The same sequence, of which `unknown` decides how many of the elements are left and in which order: those of
    /// two names may turn out equal, or empty, or not to be asked for.
    #[must_use]
    pub fn opened_by(self, unknown: Option<Unknown>) -> Self {
        Self { open: unknown.map(Arc::new).or(self.open), ..self }
    }

    /// What decides how many of the elements there are, and in which order, where that is not certain.
    pub fn open(&self) -> Option<&Unknown> {
        self.open.as_deref()
    }

    /// Other elements in the place of these, one for one.
    #[must_use]
    pub fn replaced(&self, kind: ListKind, items: Vec<Value>) -> Self {
        Self { kind, items: items.into(), open: self.open.clone() }
    }

    /// The elements.
    pub fn items(&self) -> &[Value] {
        &self.items
    }

    /// The elements, one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Value> {
        self.items.iter()
    }

    /// How many elements.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl<'a> IntoIterator for &'a List {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        decided_by_the_same(self.open(), other.open())
            && (Arc::ptr_eq(&self.items, &other.items) || self.items == other.items)
    }
}

/// Which kind of map.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MapKind {
    /// Each value of its own type: a literal, or a resource.
    Object,
    /// Values of one type.
    Map,
}

/// A name, where it stands, and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name; partly known where the code computes it.
    pub key: Text,
    /// Where the name stands.
    pub key_origin: Option<Span>,
    /// The value.
    pub value: Value,
}

impl Entry {
    /// An entry whose key has no place.
    pub fn new(key: impl Into<Text>, value: Value) -> Self {
        Self { key: key.into(), key_origin: None, value }
    }
}

/// Names to values, in a fixed order. A name may stand twice (JSON allows it); look-ups give the last.
#[derive(Clone, Debug)]
pub struct Map {
    /// Object or map. Not part of equality.
    pub kind: MapKind,
    entries: Arc<[Entry]>,
    sorted: bool,
    open: Option<Arc<Unknown>>,
}

/// Below this a linear look-up is at least as fast as a binary one.
const SMALL: usize = 8;

impl Map {
    /// A map with its entries in the order given.
    pub fn new(kind: MapKind, entries: Vec<Entry>) -> Self {
        let sorted = entries.len() > SMALL
            && entries.iter().all(|entry| entry.key.is_known())
            && entries.windows(2).all(|pair| pair[0].key.as_str() < pair[1].key.as_str());
        Self { kind, entries: entries.into(), sorted, open: None }
    }

    /// The same map, of which `unknown` decides how many of the entries are left.
    #[must_use]
    pub fn opened_by(self, unknown: Option<Unknown>) -> Self {
        Self { open: unknown.map(Arc::new).or(self.open), ..self }
    }

    /// What decides how many of the entries there are, where that is not certain.
    pub fn open(&self) -> Option<&Unknown> {
        self.open.as_deref()
    }

    /// Other entries in the place of these, one for one.
    #[must_use]
    pub fn replaced(&self, kind: MapKind, entries: Vec<Entry>) -> Self {
        Self { open: self.open.clone(), ..Self::new(kind, entries) }
    }

    /// The entries in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.entry(name).map(|entry| &entry.value)
    }

    /// The entry of a name.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        if self.sorted {
            let found = self.entries.binary_search_by(|entry| entry.key.as_str().cmp(&Some(name)));
            return found.ok().map(|index| &self.entries[index]);
        }
        self.entries.iter().rev().find(|entry| entry.key.as_str() == Some(name))
    }

    /// Whether the map has this name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl PartialEq for Map {
    /// Equal names with equal values, in any order.
    fn eq(&self, other: &Self) -> bool {
        if !decided_by_the_same(self.open(), other.open()) {
            return false;
        }
        if Arc::ptr_eq(&self.entries, &other.entries) {
            return true;
        }
        if self.len() != other.len() {
            return false;
        }
        self.entries.iter().enumerate().all(|(index, entry)| {
            let same_place = &other.entries[index];
            if same_place.key == entry.key {
                return same_place.value == entry.value;
            }
            other.entries.iter().any(|theirs| theirs.key == entry.key && theirs.value == entry.value)
        })
    }
}

fn decided_by_the_same(a: Option<&Unknown>, b: Option<&Unknown>) -> bool {
    a.map(|unknown| &unknown.symbol) == b.map(|unknown| &unknown.symbol)
}
