//! Values put together: what SAM writes in the place of its own resources.

use crate::cloudformation::evaluate::distribute;
use crate::source::Span;
use crate::value::{Entry, Kind, List, ListKind, Map, MapKind, Symbol, Text, TextBuilder, Value, Why};

/// A text.
pub(super) fn text(text: &str) -> Value {
    Value::text(text)
}

/// A list.
pub(super) fn list(items: impl IntoIterator<Item = Value>) -> Value {
    Value::tuple(items.into_iter().collect())
}

/// An object.
pub(super) fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::object(entries.into_iter().map(|(name, value)| Entry::new(name, value)).collect())
}

/// Properties one after the other; those without a value are not there.
#[derive(Default)]
pub(super) struct Properties(Vec<Entry>);

impl Properties {
    /// No properties.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// A property.
    pub(super) fn set(&mut self, name: &str, value: Value) -> &mut Self {
        self.0.push(Entry::new(name, value));
        self
    }

    /// A property that may be there.
    pub(super) fn set_if(&mut self, name: &str, value: Option<Value>) -> &mut Self {
        if let Some(value) = value {
            self.set(name, value);
        }
        self
    }

    /// Those of another resource, under the same names.
    pub(super) fn pass(&mut self, from: &Value, names: &[&str]) -> &mut Self {
        let entries = from.as_map().map(Map::entries).unwrap_or_default();
        let is_passed = |entry: &&Entry| entry.key.as_str().is_some_and(|name| names.contains(&name));
        self.0.extend(entries.iter().filter(is_passed).cloned());
        self
    }

    /// As a value.
    pub(super) fn finish(&mut self) -> Value {
        Value::object(std::mem::take(&mut self.0))
    }
}

/// A value with a place for all that has none: what is put together here stands where it comes from.
pub(super) fn placed(value: Value, place: Span) -> Value {
    // What knows its place was written, with all that is in it.
    if value.origin.is_some() {
        return value;
    }
    let kind = match value.kind {
        Kind::List(items) => {
            let placed = items.iter().map(|item| placed(item.clone(), place)).collect();
            Kind::List(List::new(items.kind, placed))
        }
        Kind::Map(map) => {
            let entry = |entry: &Entry| Entry { value: placed(entry.value.clone(), place), ..entry.clone() };
            Kind::Map(Map::new(map.kind, map.entries().iter().map(entry).collect()))
        }
        other => other,
    };
    Value::new(kind, Some(place))
}

/// A tag list of the names and values of a map.
pub(super) fn tags(of: Option<&Value>, before: &[(&str, &str)]) -> Value {
    let tag = |key: Value, value: Value| object([("Key", key), ("Value", value)]);
    let own = before.iter().map(|(key, value)| tag(text(key), text(value)));
    match of.map(|tags| &tags.kind) {
        Some(Kind::Map(map)) => {
            let given = map
                .entries()
                .iter()
                .map(|entry| tag(Value::new(Kind::Text(entry.key.clone()), entry.key_origin), entry.value.clone()));
            list(own.chain(given))
        }
        Some(_) => of.cloned().unwrap_or_else(Value::null),
        None => list(own),
    }
}

/// A text with `${Name}` replaced by what `lookup` gives. A text that is nothing but one name is that name's value.
/// `None`: longer than `limit`.
pub(super) fn filled(template: &str, limit: usize, lookup: &mut dyn FnMut(&str) -> Option<Value>) -> Option<Value> {
    let mut pieces: Vec<(&str, Option<usize>)> = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let mut rest = template;
    while let Some((before, (name, after))) =
        rest.split_once("${").and_then(|(before, behind)| Some((before, behind.split_once('}')?)))
    {
        let value = lookup(name).unwrap_or_else(|| missing(name));
        if before.is_empty() && after.is_empty() && rest.len() == template.len() {
            return Some(value);
        }
        pieces.push((before, Some(values.len())));
        values.push(value);
        rest = after;
    }
    pieces.push((rest, None));
    let mut is_too_long = false;
    let value = distribute(&values, &mut |values| {
        let mut builder = TextBuilder::new();
        for (before, place) in &pieces {
            builder.push_str(before);
            let value = place.and_then(|place| values.get(place));
            match value.map(|value| (value, value.to_text())) {
                Some((value, Some(text))) => builder.push_value_text(&text, value.origin),
                Some((value, None)) => builder.push_symbol(Symbol::new(value.canonical())),
                None => {}
            }
            if builder.len() > limit {
                is_too_long = true;
                return Value::null();
            }
        }
        Value::text(builder.finish())
    });
    (!is_too_long).then_some(value)
}

fn missing(name: &str) -> Value {
    Value::unknown(Symbol::new(format!("parameter {name}")), Why::Error(format!("{name} is not given").into()))
}

/// A table's entry with its texts [`filled`].
pub(super) fn filled_json(json: &serde_json::Value, fill: &mut dyn FnMut(&str) -> Value) -> Value {
    match json {
        serde_json::Value::Null => Value::null(),
        serde_json::Value::Bool(known) => Value::bool(*known),
        serde_json::Value::Number(number) => number.as_i64().map_or_else(|| text(&number.to_string()), Value::integer),
        serde_json::Value::String(template) => fill(template),
        serde_json::Value::Array(items) => {
            let items = items.iter().map(|item| filled_json(item, fill)).collect();
            Value::new(Kind::List(List::new(ListKind::Tuple, items)), None)
        }
        serde_json::Value::Object(entries) => {
            let entry = |(name, value): (&String, _)| Entry::new(Text::from(name.as_str()), filled_json(value, fill));
            Value::new(Kind::Map(Map::new(MapKind::Object, entries.iter().map(entry).collect())), None)
        }
    }
}

/// The items of a list, or the one that stands in its place.
pub(super) fn items(value: &Value) -> &[Value] {
    match &value.kind {
        Kind::List(list) => list.items(),
        Kind::Null => &[],
        _ => std::slice::from_ref(value),
    }
}

/// Whether a value is there and not null in every case.
pub(super) fn is_given(value: Option<&Value>) -> bool {
    value.is_some_and(|value| !value.is_null())
}

/// The known text of a property.
pub(super) fn known<'v>(of: &'v Value, name: &str) -> Option<&'v str> {
    of.get(name).and_then(Value::as_str)
}
