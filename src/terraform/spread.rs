//! Standing in a list or a map for a part of it that is not known.
//!
//! `concat(["iam:*"], var.more)` certainly has `iam:*` and then any number of other elements. Its value is a
//! list whose second element *spreads*: an unknown that stands for zero or more elements. In the same way an
//! entry of a map spreads when its name and its value are the same spreading unknown: it stands for zero or
//! more entries. A spreading symbol's name ends with `...`, as Terraform writes an expanded argument.

use crate::value::{Entry, Kind, List, Map, Symbol, Text, Unknown, Value};

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

/// The first entry that spreads.
pub(crate) fn in_map(map: &Map) -> Option<&Unknown> {
    map.entries().iter().find(|entry| is_entry(entry)).and_then(|entry| entry.value.as_unknown())
}
