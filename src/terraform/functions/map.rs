//! Functions on maps and objects.

use rustc_hash::FxHashMap;

use crate::terraform::convert::{common_type, sorted_entries};
use crate::terraform::spread;
use crate::value::{Entry, Kind, List, ListKind, Map, MapKind, Symbol, Unknown, Value, Why};

use super::MAX_ELEMENTS;
use super::call::Parameter::{Any, Nullable, TextList, TextListMap};
use super::call::{Call, Failure, Function, Outcome, needs};
use super::collection::{fixed_length, too_many};
use super::conversion::{list_of, map_of};

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "keys" => Function::new(&[Any], keys),
        "merge" => Function::variadic(&[], Nullable, merge),
        "transpose" => Function::new(&[TextListMap], transpose),
        "values" => Function::new(&[Any], values),
        "zipmap" => Function::new(&[TextList, Any], zip),
        _ => return None,
    })
}

fn sequence_kind(map: &Map) -> ListKind {
    if map.kind == MapKind::Map { ListKind::List } else { ListKind::Tuple }
}

fn keys(call: &Call<'_>) -> Outcome {
    let map = call.map(0)?;
    let key = |entry: &Entry| {
        if spread::is_entry(entry) {
            return entry.value.clone();
        }
        Value::new(Kind::Text(entry.key.clone()), entry.key_origin)
    };
    Ok(in_order_of_keys(map, sorted_entries(map).iter().map(key).collect()))
}

fn values(call: &Call<'_>) -> Outcome {
    let map = call.map(0)?;
    Ok(in_order_of_keys(map, sorted_entries(map).iter().map(|entry| entry.value.clone()).collect()))
}

/// A sequence with an element for each key. Keys that are not known may be equal, or stand before others.
fn in_order_of_keys(map: &Map, items: Vec<Value>) -> Value {
    let unknown = map.entries().iter().find(|entry| map.len() > 1 && !entry.key.is_known());
    let open = unknown.map(|entry| spread::deciding(&Value::text(entry.key.clone()))).or_else(|| map.open().cloned());
    Value::new(Kind::List(List::new(sequence_kind(map), items).opened_by(open)), None)
}

/// The entries of all maps, later ones before earlier ones.
///
/// An unknown map adds an entry that stands for all of its own, and what stood before it may be overridden: each
/// such value becomes one of itself and the unknown map's value of that name. What follows it is certain.
fn merge(call: &Call<'_>) -> Outcome {
    let mut entries: Vec<Entry> = Vec::new();
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    let mut kind = MapKind::Map;
    let mut known = false;
    let mut open = None;
    let mut first_why = None;
    for argument in &call.arguments {
        match &argument.kind {
            Kind::Null => {}
            Kind::Map(map) => {
                known = true;
                open = open.or_else(|| map.open().cloned());
                if map.kind == MapKind::Object {
                    kind = MapKind::Object;
                }
                for entry in map.entries() {
                    if spread::is_entry(entry) {
                        if let Some(unknown) = entry.value.as_unknown() {
                            override_all(&mut entries, unknown);
                        }
                        entries.push(entry.clone());
                        continue;
                    }
                    put(entry.clone(), &mut entries, &mut places);
                }
            }
            Kind::Unknown(unknown) if !unknown.is_primitive() => {
                first_why.get_or_insert_with(|| unknown.why.clone());
                let entry = spread::entry(unknown, argument);
                if let Some(spreading) = entry.value.as_unknown() {
                    override_all(&mut entries, spreading);
                }
                entries.push(entry);
            }
            _ => return Err(needs(argument, "map or object")),
        }
        if entries.len() > MAX_ELEMENTS {
            return Err(too_many());
        }
    }
    match first_why {
        Some(why) if !known => Err(Failure::Unknown(why)),
        _ if call.arguments.is_empty() || !known => Ok(map_of(MapKind::Object, Vec::new())),
        _ => {
            let values: Vec<Value> = entries.iter().map(|entry| entry.value.clone()).collect();
            let kind = if kind == MapKind::Map && common_type(&values).is_none() { MapKind::Object } else { kind };
            Ok(Value::new(Kind::Map(Map::new(kind, entries).opened_by(open)), None))
        }
    }
}

/// Adds an entry, or replaces the one of that name; `places` knows where each name is.
fn put(entry: Entry, entries: &mut Vec<Entry>, places: &mut FxHashMap<String, usize>) {
    let name = entry.key.to_string();
    if let Some(earlier) = places.get(&name).and_then(|&at| entries.get_mut(at)) {
        *earlier = entry;
    } else {
        places.insert(name, entries.len());
        entries.push(entry);
    }
}

fn override_all(entries: &mut [Entry], unknown: &Unknown) {
    for entry in entries.iter_mut().filter(|entry| !spread::is_entry(entry)) {
        let symbol = Symbol::new(format!("{}[{:?}]", unknown.symbol.name(), entry.key.to_string()));
        let theirs = Value::unknown(symbol, unknown.why.clone());
        let origin = entry.value.origin;
        let ours = entry.value.clone();
        entry.value = Value::one_of([ours, theirs.clone()], || theirs).or_at(origin);
    }
}

fn transpose(call: &Call<'_>) -> Outcome {
    call.whole(0)?;
    let map = call.map(0)?;
    let mut turned: std::collections::BTreeMap<&str, Vec<Value>> = std::collections::BTreeMap::new();
    let mut total = 0;
    let sorted = sorted_entries(map);
    for entry in sorted.iter() {
        let list = entry.value.as_list().ok_or_else(|| needs(&entry.value, "list"))?;
        for item in list {
            let name = item.as_str().ok_or_else(|| Failure::error("the lists must not hold null"))?;
            turned.entry(name).or_default().push(Value::new(Kind::Text(entry.key.clone()), entry.key_origin));
            total += 1;
            if total > MAX_ELEMENTS {
                return Err(too_many());
            }
        }
    }
    let entries = turned.into_iter().map(|(name, owners)| Entry::new(name, list_of(owners))).collect();
    Ok(map_of(MapKind::Map, entries))
}

fn zip(call: &Call<'_>) -> Outcome {
    let (names, values) = (call.list(0)?, call.list(1)?);
    if values.kind == ListKind::Set {
        return Err(Failure::error("the values must be a list or tuple, not a set"));
    }
    fixed_length(names)?;
    fixed_length(values)?;
    if names.len() != values.len() {
        return Err(Failure::error("the lists of names and values must have the same length"));
    }
    let mut entries: Vec<Entry> = Vec::with_capacity(names.len());
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    for (name, value) in names.iter().zip(values.iter()) {
        let key = match &name.kind {
            Kind::Null => return Err(Failure::error("a name must not be null")),
            Kind::OneOf(_) => return Err(Failure::Unknown(Why::AfterDeployment("a name".into()))),
            _ => name.to_text().ok_or_else(|| needs(name, "string"))?,
        };
        let entry = Entry { key, key_origin: name.origin, value: value.clone() };
        put(entry, &mut entries, &mut places);
    }
    let kind = if values.kind == ListKind::Tuple { MapKind::Object } else { MapKind::Map };
    Ok(map_of(kind, entries))
}
