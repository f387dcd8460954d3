//! Functions on sets.

use crate::terraform::convert::{common_type, convert, distinct};
use crate::terraform::equality::equal;
use crate::value::{List, ListKind, Unknown, Value};

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

/// Whether one of these is certainly, or certainly not, this value.
fn holds(items: &[Value], value: &Value) -> Option<bool> {
    let mut verdict = Some(false);
    for item in items {
        match equal(item, value) {
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

/// The elements of all arguments, as values of the one type that they have in common.
fn in_one_type(call: &Call<'_>) -> Result<Vec<Vec<Value>>, Failure> {
    let mut all = Vec::new();
    for index in 0..call.arguments.len() {
        all.extend(call.list(index)?.iter().cloned());
        if all.len() > MAX_ELEMENTS {
            return Err(too_many());
        }
    }
    let ty = common_type(&all).ok_or_else(|| Failure::error("the sets must have elements of one type"))?;
    let mut rest = all.into_iter().map(|item| convert(item, &ty));
    let mut sets = Vec::with_capacity(call.arguments.len());
    for index in 0..call.arguments.len() {
        sets.push(rest.by_ref().take(call.list(index)?.len()).collect());
    }
    Ok(sets)
}

/// What decides which elements the arguments have from the one at `first` on.
fn opening(call: &Call<'_>, first: usize) -> Option<Unknown> {
    let mut sets = call.arguments.iter().skip(first).filter_map(Value::as_list);
    sets.find_map(List::open).cloned()
}

/// What is taken away, or left, hangs on the elements of the others, which must be certain.
fn others_are_settled(call: &Call<'_>) -> Result<(), Failure> {
    opening(call, 1).map_or(Ok(()), |unknown| Err(Failure::Unknown(unknown.why)))
}

fn intersection(call: &Call<'_>) -> Outcome {
    others_are_settled(call)?;
    let mut sets = in_one_type(call)?.into_iter();
    let mut items = sets.next().unwrap_or_default();
    for other in sets {
        items = keep(&items, &other, true)?;
    }
    Ok(to_set(items, opening(call, 0)))
}

fn subtract(call: &Call<'_>) -> Outcome {
    others_are_settled(call)?;
    let mut sets = in_one_type(call)?.into_iter();
    let items = sets.next().unwrap_or_default();
    Ok(to_set(keep(&items, &sets.next().unwrap_or_default(), false)?, opening(call, 0)))
}

fn union(call: &Call<'_>) -> Outcome {
    let items: Vec<Value> = in_one_type(call)?.into_iter().flatten().collect();
    Ok(to_set(distinct(&items), opening(call, 0)))
}

/// The elements of a list, as values of the type that they have in common.
fn in_its_type(list: &List) -> Result<Vec<Value>, Failure> {
    match common_type(list.items()) {
        Some(ty) => Ok(list.iter().map(|item| convert(item.clone(), &ty)).collect()),
        None if list.iter().all(Value::is_wholly_known) => {
            Err(Failure::error("the elements of each set must have one type"))
        }
        None => Ok(list.items().to_vec()),
    }
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
        lists.push(in_its_type(list)?);
    }
    if total.saturating_mul(lists.len()) > MAX_ELEMENTS {
        return Err(too_many());
    }
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for list in &lists {
        let longer = |row: &Vec<Value>| {
            let row = row.clone();
            list.iter().map(move |item| row.iter().cloned().chain([item.clone()]).collect())
        };
        rows = rows.iter().flat_map(longer).collect();
    }
    let items: Vec<Value> = rows.into_iter().map(Value::tuple).collect();
    Ok(if all_sets { to_set(items, None) } else { sequence(ListKind::List, items) })
}
