//! Standing in a list or a map for a part of it that is not known.
//!
//! `concat(["iam:*"], var.more)` certainly has `iam:*` and then any number of other elements. Its value is a
//! list whose second element *spreads*: an unknown that stands for zero or more elements. In the same way an
//! entry of a map spreads when its name and its value are the same spreading unknown: it stands for zero or
//! more entries. A spreading symbol's name ends with `...`, as Terraform writes an expanded argument.

//!
//! A list is *open* where it is not known how many of its elements there are, or in which order: `sort(["b", id])`; a
//! map, where it is not known how many of its entries there are.

use crate::value::{Entry, Kind, List, ListKind, Map, Symbol, Text, Unknown, Value, Why};

const MARK: &str = "...";

/// An element that stands for all elements of an unknown sequence.
pub(crate) fn element(unknown: &Unknown, of: &Value) -> Value {
    if unknown.symbol.name().ends_with(MARK) {
        return of.clone();
    }
    let symbol = Symbol::new(format!("{}{MARK}", unknown.symbol.name()));
    Value::new(Kind::Unknown(Unknown { symbol, why: unknown.why.clone() }), of.origin)
}

/// An entry that stands for all entries of an unknown map.
pub(crate) fn entry(unknown: &Unknown, of: &Value) -> Entry {
    let value = element(unknown, of);
    let symbol = value.as_unknown().map_or_else(|| unknown.symbol.clone(), |spread| spread.symbol.clone());
    Entry { key: Text::from(symbol), key_origin: of.origin, value }
}

/// Whether an element stands for any number of elements.
pub(crate) fn is_element(value: &Value) -> bool {
    value.as_unknown().is_some_and(|unknown| unknown.symbol.name().ends_with(MARK))
}

/// Whether an entry stands for any number of entries.
pub(crate) fn is_entry(entry: &Entry) -> bool {
    is_element(&entry.value) && entry.key.as_symbol().is_some_and(|symbol| symbol.name().ends_with(MARK))
}

/// The first element that spreads.
pub(crate) fn in_list(list: &List) -> Option<&Unknown> {
    list.iter().find(|item| is_element(item)).and_then(Value::as_unknown)
}

/// What decides how many elements there are and in which order, beside those that spread: of a set, what is not known in
/// it, whose elements may turn out to be equal, and stand before others.
pub(crate) fn opening(list: &List) -> Option<Unknown> {
    if list.kind != ListKind::Set || list.len() < 2 || list.open().is_some() {
        return list.open().cloned();
    }
    let unknown = list.iter().find(|item| !item.is_wholly_known())?;
    Some(deciding(unknown))
}

/// As [`opening`], of a list, a set or a map.
pub(crate) fn opening_of(value: &Value) -> Option<Unknown> {
    match &value.kind {
        Kind::List(list) => opening(list),
        Kind::Map(map) => map.open().cloned(),
        _ => None,
    }
}

/// An unknown that stands for how a value turns out.
pub(crate) fn deciding(value: &Value) -> Unknown {
    let symbol = Symbol::new(value.canonical());
    let why = why_within(value).unwrap_or_else(|| Why::AfterDeployment(symbol.name().into()));
    Unknown { symbol, why }
}

/// Why something within the value is not known.
pub(crate) fn why_within(value: &Value) -> Option<Why> {
    match &value.kind {
        Kind::Unknown(unknown) => Some(unknown.why.clone()),
        Kind::Text(text) => text.symbols().next().map(|(_, symbol)| Why::AfterDeployment(symbol.name().into())),
        Kind::List(list) => {
            let open = || list.open().map(|unknown| unknown.why.clone());
            list.iter().find_map(why_within).or_else(open)
        }
        Kind::Map(map) => {
            let open = || map.open().map(|unknown| unknown.why.clone());
            map.entries().iter().find_map(|entry| why_within(&entry.value)).or_else(open)
        }
        Kind::OneOf(arms) => arms.iter().find_map(why_within),
        Kind::Null | Kind::Bool(_) | Kind::Number(_) => None,
    }
}

/// The first entry that spreads.
pub(crate) fn in_map(map: &Map) -> Option<&Unknown> {
    map.entries().iter().find(|entry| is_entry(entry)).and_then(|entry| entry.value.as_unknown())
}
