//! Functions on sets.

use crate::terraform::convert::distinct;
use crate::terraform::operators::equal;
use crate::value::{Kind, ListKind, Value};

use super::MAX_ELEMENTS;
use super::call::Parameter::{Any, Set};
use super::call::{Call, Failure, Function, Outcome, needs, wholly_known};
use super::collection::{fixed_length, to_set, too_many};
use super::conversion::sequence;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "setintersection" => Function::variadic(&[Set], Set, intersection),
        "setproduct" => Function::variadic(&[], Any, product),
        "setsubtract" => Function::new(&[Set, Set], subtract),
        "setunion" => Function::variadic(&[Set], Set, union),
        _ => return None,
    })
}

/// Equal, where elements of different primitive types become text.
fn same(a: &Value, b: &Value) -> Option<bool> {
    let alike = std::mem::discriminant(&a.kind) == std::mem::discriminant(&b.kind);
    match (a.to_text(), b.to_text()) {
        (Some(a), Some(b)) if !alike => equal(&Value::text(a), &Value::text(b)),
        _ => equal(a, b),
    }
}

/// Whether one of these is certainly, or certainly not, this value.
fn holds(items: &[Value], value: &Value) -> Option<bool> {
    let mut verdict = Some(false);
    for item in items {
        match same(item, value) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => verdict = None,
        }
    }
    verdict
}

/// Keeps the elements that are, or are not, in the other set.
fn keep(items: &[Value], other: &[Value], wanted: bool) -> Result<Vec<Value>, Failure> {
    if items.len().saturating_mul(other.len()) > MAX_ELEMENTS * 64 {
        return Err(too_many());
    }
    let mut kept = Vec::new();
    for item in items {
        match holds(other, item) {
            Some(held) if held == wanted => kept.push(item.clone()),
            Some(_) => {}
            None => {
                wholly_known(item)?;
                other.iter().try_for_each(wholly_known)?;
            }
        }
    }
    Ok(kept)
}

fn intersection(call: &Call<'_>) -> Outcome {
    let mut items = call.list(0)?.items().to_vec();
    for index in 1..call.arguments.len() {
        items = keep(&items, call.list(index)?.items(), true)?;
    }
    Ok(to_set(items))
}

fn subtract(call: &Call<'_>) -> Outcome {
    Ok(to_set(keep(call.list(0)?.items(), call.list(1)?.items(), false)?))
}

fn union(call: &Call<'_>) -> Outcome {
    let mut items = Vec::new();
    for index in 0..call.arguments.len() {
        items.extend(call.list(index)?.iter().cloned());
        if items.len() > MAX_ELEMENTS {
            return Err(too_many());
        }
    }
    let texts = items.iter().filter(|item| item.as_text().is_some()).count();
    if texts > 0 && texts < items.len() {
        for item in &mut items {
            if let (Kind::Bool(_) | Kind::Number(_), Some(text)) = (&item.kind, item.to_text()) {
                item.kind = Kind::Text(text);
            }
        }
    }
    Ok(to_set(distinct(&items)))
}

fn product(call: &Call<'_>) -> Outcome {
    if call.arguments.len() < 2 {
        return Err(Failure::error("at least two sets are required"));
    }
    let mut all_sets = true;
    let mut lists = Vec::with_capacity(call.arguments.len());
    let mut total = 1usize;
    for argument in &call.arguments {
        let list = argument.as_list().ok_or_else(|| needs(argument, "set or list"))?;
        fixed_length(list)?;
        all_sets &= list.kind == ListKind::Set;
        total = total.saturating_mul(list.len());
        lists.push(list);
    }
    if total.saturating_mul(lists.len()) > MAX_ELEMENTS {
        return Err(too_many());
    }
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for list in lists {
        let longer = |row: &Vec<Value>| {
            let row = row.clone();
            list.iter().map(move |item| row.iter().cloned().chain([item.clone()]).collect())
        };
        rows = rows.iter().flat_map(longer).collect();
    }
    let items: Vec<Value> = rows.into_iter().map(Value::tuple).collect();
    Ok(if all_sets { to_set(items) } else { sequence(ListKind::List, items) })
}
