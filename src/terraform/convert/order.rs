//! Terraform's order of sets and of maps, where each element and each name stands once.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::value::{Entry, Kind, List, ListKind, Map, MapKind, Text, Value};

/// A set of these: each once, in Terraform's order. What is not known comes last, in the order of the code.
pub(crate) fn set(mut items: Vec<Value>) -> List {
    items.sort_by(set_order);
    // Equal strings stand side by side now; of other values, equal ones have the same sort key.
    items.dedup_by(|b, a| a == b);
    List::new(ListKind::Set, items)
}

/// Terraform's order of a set's elements: strings by their bytes, numbers by size, others by a printed form.
fn set_order(a: &Value, b: &Value) -> Ordering {
    match (&a.kind, &b.kind) {
        (Kind::Text(a), Kind::Text(b)) => text_order(a, b),
        (Kind::Number(a), Kind::Number(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
        (Kind::Bool(a), Kind::Bool(b)) => a.cmp(b),
        (Kind::Unknown(a), Kind::Unknown(b)) => a.symbol.name().cmp(b.symbol.name()),
        (Kind::Unknown(_), _) => Ordering::Greater,
        (_, Kind::Unknown(_)) => Ordering::Less,
        _ => set_key(a).cmp(&set_key(b)),
    }
}

/// The order of texts: by bytes; partly known ones by how they print.
pub(crate) fn text_order(a: &Text, b: &Text) -> Ordering {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => a.cmp(b),
        _ => a.to_string().cmp(&b.to_string()),
    }
}

/// What Terraform orders the elements of a set by that have no natural order.
fn set_key(value: &Value) -> String {
    let mut out = String::new();
    write_set_key(value, &mut out);
    out
}

fn write_set_key(value: &Value, out: &mut String) {
    /// Longer keys are cut: values share their parts and can print as more text than there is memory.
    const LONGEST: usize = 1 << 16;
    if out.len() > LONGEST {
        return;
    }
    match &value.kind {
        Kind::Null => out.push('~'),
        Kind::Bool(known) => out.push(if *known { 'T' } else { 'F' }),
        Kind::Number(number) => out.push_str(&number.to_string()),
        Kind::Text(text) => {
            out.push('"');
            out.push_str(&text.to_string().replace('\\', "\\\\").replace('"', "\\\""));
            out.push('"');
        }
        Kind::List(list) => {
            let (open, close) = if list.kind == ListKind::Tuple { ('<', '>') } else { ('[', ']') };
            out.push(open);
            for item in list {
                write_set_key(item, out);
                out.push(';');
            }
            out.push(close);
        }
        Kind::Map(map) => {
            let is_map = map.kind == MapKind::Map;
            out.push(if is_map { '{' } else { '<' });
            for entry in sorted_entries(map).iter() {
                if is_map {
                    write_set_key(&Value::text(entry.key.clone()), out);
                    out.push(':');
                }
                write_set_key(&entry.value, out);
                out.push(';');
            }
            out.push(if is_map { '}' } else { '>' });
        }
        Kind::Unknown(_) | Kind::OneOf(_) => {
            out.push('?');
            out.push_str(&value.canonical());
        }
    }
}

/// A map's entries as Terraform goes through them: by name, each name once, the last one winning.
pub(crate) fn sorted_entries(map: &Map) -> Cow<'_, [Entry]> {
    let entries = map.entries();
    let in_order = entries.windows(2).all(|pair| match pair {
        [a, b] => text_order(&a.key, &b.key) == Ordering::Less,
        _ => true,
    });
    if in_order {
        return Cow::Borrowed(entries);
    }
    let mut sorted = entries.to_vec();
    sorted.sort_by(|a, b| text_order(&a.key, &b.key));
    sorted.dedup_by(|later, earlier| {
        let same = later.key == earlier.key;
        if same {
            std::mem::swap(later, earlier);
        }
        same
    });
    Cow::Owned(sorted)
}

/// The distinct ones of these, in their order.
pub(crate) fn distinct(items: &[Value]) -> Vec<Value> {
    let mut seen = rustc_hash::FxHashSet::default();
    items.iter().filter(|item| seen.insert(item.canonical())).cloned().collect()
}
