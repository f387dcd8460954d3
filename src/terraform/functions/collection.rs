//! Functions that make lists of lists.

use crate::terraform::convert::{common_type, convert, distinct as each_once, set as set_of, text_order};
use crate::terraform::equality::equal;
use crate::terraform::spread;
use crate::value::{Kind, List, ListKind, Number as Num, Unknown, Value, Why};

use super::MAX_ELEMENTS;
use super::call::Parameter::{Any, BoolList, List as AnyList, Number, TextList};
use super::call::{Call, Failure, Function, Outcome, needs, wholly_known};
use super::conversion::{list_of, sequence};
use super::numeric::too_large;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "alltrue" => Function::new(&[BoolList], |call| fold_bools(call, false)),
        "anytrue" => Function::new(&[BoolList], |call| fold_bools(call, true)),
        "chunklist" => Function::new(&[AnyList, Number], chunks),
        "compact" => Function::new(&[TextList], compact),
        "concat" => Function::variadic(&[], Any, concat),
        "distinct" => Function::new(&[AnyList], distinct),
        "flatten" => Function::new(&[Any], flatten),
        "matchkeys" => Function::new(&[AnyList, AnyList, AnyList], match_keys),
        "range" => Function::variadic(&[], Number, range),
        "reverse" => Function::new(&[Any], reverse),
        "slice" => Function::new(&[Any, Number, Number], slice),
        "sort" => Function::new(&[TextList], sort),
        _ => return None,
    })
}

/// A reason for not knowing the number of elements, and which stands where.
pub(super) fn fixed_length(list: &List) -> Result<(), Failure> {
    if let Some(unknown) = list.open().or_else(|| spread::in_list(list)) {
        return Err(Failure::Unknown(unknown.why.clone()));
    }
    match may_repeat(list.items()) {
        // Two elements that are not known may turn out to be the same one.
        Some(unknown) if list.kind == ListKind::Set => Err(Failure::Unknown(unknown.why)),
        _ => Ok(()),
    }
}

/// What decides whether some of these, which are written differently, are equal.
fn may_repeat(items: &[Value]) -> Option<Unknown> {
    /// Elements that are not known are compared with all others. Beyond this many comparisons it stays open: nobody
    /// counts such lists before they are known.
    const MOST: usize = 1 << 16;
    let open: Vec<&Value> = items.iter().filter(|item| !item.is_wholly_known()).collect();
    if open.len().saturating_mul(items.len()) > MOST {
        return open.first().map(|item| spread::deciding(item));
    }
    let repeats = |item: &&&Value| items.iter().filter(|other| equal(item, other) != Some(false)).count() > 1;
    open.iter().find(repeats).map(|item| spread::deciding(item))
}

pub(super) fn too_many() -> Failure {
    Failure::budget("a list that is too long")
}

/// `anytrue` when one `true` decides, `alltrue` when one `false` does. Null decides neither for the first, and
/// counts as false for the second.
fn fold_bools(call: &Call<'_>, decisive: bool) -> Outcome {
    let list = call.list(0)?;
    let decides = |item: &Value| match item.kind {
        Kind::Bool(known) => known == decisive,
        Kind::Null => !decisive,
        _ => false,
    };
    if list.iter().any(decides) {
        return Ok(Value::bool(decisive));
    }
    list.iter().filter(|item| !item.is_null()).try_for_each(wholly_known)?;
    Ok(Value::bool(!decisive))
}

fn chunks(call: &Call<'_>) -> Outcome {
    let list = call.list(0)?;
    fixed_length(list)?;
    let size = usize::try_from(call.integer(1)?).map_err(|_| Failure::error("the size must not be negative"))?;
    if size == 0 {
        return Ok(list_of(if list.is_empty() { Vec::new() } else { vec![list_of(list.items().to_vec())] }));
    }
    Ok(list_of(list.items().chunks(size).map(|chunk| list_of(chunk.to_vec())).collect()))
}

fn compact(call: &Call<'_>) -> Outcome {
    let list = call.list(0)?;
    let kept = list.iter().filter(|item| !item.is_null() && item.as_str() != Some(""));
    let items: Vec<Value> = kept.cloned().collect();
    let empty = items.iter().find(|item| may_be_empty(item)).map(spread::deciding);
    Ok(opened(List::new(ListKind::List, items), spread::opening(list).or(empty)))
}

/// Whether text may turn out to be empty, or null.
fn may_be_empty(item: &Value) -> bool {
    match &item.kind {
        Kind::Unknown(_) => !spread::is_element(item),
        Kind::Text(text) => text.encoded_value().is_none() && text.literal_content().is_empty(),
        Kind::OneOf(arms) => arms.iter().any(may_be_empty),
        Kind::Null => true,
        Kind::Bool(_) | Kind::Number(_) | Kind::List(_) | Kind::Map(_) => false,
    }
}

fn opened(list: List, by: Option<Unknown>) -> Value {
    Value::new(Kind::List(list.opened_by(by)), None)
}

/// Of an unknown list, one element stands for all: what is known beside it stays known.
fn concat(call: &Call<'_>) -> Outcome {
    if call.arguments.is_empty() {
        return Err(Failure::error("at least one list is required"));
    }
    if let [Value { kind: Kind::Unknown(unknown), .. }] = call.arguments.as_slice() {
        return Err(Failure::Unknown(unknown.why.clone()));
    }
    let mut items = Vec::new();
    let mut kind = ListKind::List;
    let mut open = None;
    for argument in &call.arguments {
        match &argument.kind {
            Kind::List(list) if list.kind != ListKind::Set => {
                if list.kind == ListKind::Tuple {
                    kind = ListKind::Tuple;
                }
                items.extend(list.iter().cloned());
                open = open.or_else(|| list.open().cloned());
            }
            Kind::Unknown(unknown) if !unknown.is_primitive() => items.push(spread::element(unknown, argument)),
            _ => return Err(needs(argument, "list or tuple")),
        }
        if items.len() > MAX_ELEMENTS {
            return Err(too_many());
        }
    }
    if call.arguments.iter().all(Value::is_unknown) {
        let Some(Value { kind: Kind::Unknown(unknown), .. }) = call.arguments.first() else {
            return Err(too_many());
        };
        return Err(Failure::Unknown(unknown.why.clone()));
    }
    if kind == ListKind::List
        && let Some(ty) = common_type(&items)
    {
        items = items.into_iter().map(|item| convert(item, &ty)).collect();
    }
    Ok(opened(List::new(kind, items), open))
}

fn distinct(call: &Call<'_>) -> Outcome {
    let list = call.list(0)?;
    let items = each_once(list.items());
    let open = list.open().cloned().or_else(|| may_repeat(&items));
    Ok(opened(List::new(ListKind::List, items), open))
}

fn flatten(call: &Call<'_>) -> Outcome {
    let argument = call.argument(0)?;
    let Kind::List(list) = &argument.kind else {
        return Err(needs(argument, "list, set or tuple"));
    };
    let mut flat = Flat { items: Vec::new(), open: None, visits: MAX_ELEMENTS * 2 };
    flat.extend(list)?;
    Ok(opened(List::new(ListKind::Tuple, flat.items), flat.open))
}

/// Lists within lists as one.
struct Flat {
    items: Vec<Value>,
    open: Option<Unknown>,
    /// Empty lists add nothing, but take their time; so visits are counted beside elements.
    visits: usize,
}

impl Flat {
    fn extend(&mut self, list: &List) -> Result<(), Failure> {
        if self.open.is_none() {
            self.open = spread::opening(list);
        }
        for item in list {
            self.visits = self.visits.checked_sub(1).ok_or_else(too_many)?;
            match &item.kind {
                Kind::List(inner) => self.extend(inner)?,
                Kind::Unknown(unknown) => self.items.push(flat_unknown(unknown, item)),
                Kind::OneOf(arms) if arms.iter().any(|arm| arm.as_list().is_some()) => {
                    let why = Why::AfterDeployment("the choice among alternatives".into());
                    let symbol = crate::value::Symbol::new(item.canonical());
                    self.items.push(spread::element(&Unknown { symbol, why }, item));
                }
                _ => self.items.push(item.clone()),
            }
            if self.items.len() > MAX_ELEMENTS {
                return Err(too_many());
            }
        }
        Ok(())
    }
}

/// An unknown among lists may be a list. An attribute of a resource is taken to be one element, as it nearly
/// always is (an ARN, an id); so it keeps its name.
fn flat_unknown(unknown: &Unknown, item: &Value) -> Value {
    match unknown.symbol.reference() {
        Some(reference) if !reference.attribute.is_empty() => item.clone(),
        _ => spread::element(unknown, item),
    }
}

fn match_keys(call: &Call<'_>) -> Outcome {
    let (values, keys, wanted) = (call.list(0)?, call.list(1)?, call.list(2)?);
    fixed_length(values)?;
    if values.len() != keys.len() {
        return Err(Failure::error("the lists of values and keys must have the same length"));
    }
    if keys.len().saturating_mul(wanted.len()) > MAX_ELEMENTS * 64 {
        return Err(too_many());
    }
    call.whole(1)?;
    call.whole(2)?;
    let mut kept = Vec::new();
    for (value, key) in values.iter().zip(keys.iter()) {
        // Keys and what is sought are compared as text where their types differ.
        let sought = |other: &Value| match (key.to_text(), other.to_text()) {
            (Some(key), Some(other)) => key == other,
            _ => equal(key, other) == Some(true),
        };
        if wanted.iter().any(sought) {
            kept.push(value.clone());
        }
    }
    Ok(list_of(kept))
}

fn range(call: &Call<'_>) -> Outcome {
    /// Terraform's own bound.
    const MOST: usize = 1024;
    let (start, limit, step) = match call.arguments.len() {
        1 => (Num::from(0), call.number(0)?, None),
        2 => (call.number(0)?.clone(), call.number(1)?, None),
        3 => (call.number(0)?.clone(), call.number(1)?, Some(call.number(2)?.clone())),
        _ => return Err(Failure::error("one, two or three numbers are required")),
    };
    let step = step.unwrap_or_else(|| Num::from(if *limit < start { -1 } else { 1 }));
    let down = step < Num::from(0);
    if (down && *limit > start) || (!down && *limit < start) {
        let sign = if down { "less" } else { "more" };
        return Err(Failure::error(format!("the end must be {sign} than the start with this step")));
    }
    let mut items = Vec::new();
    let mut at = start;
    while if down { at > *limit } else { at < *limit } {
        if step.is_zero() {
            return Err(Failure::error("the step must not be zero"));
        }
        if items.len() >= MOST {
            return Err(Failure::error("more than 1024 values were generated; use a smaller range"));
        }
        let next = at.add(&step).ok_or_else(too_large)?;
        items.push(Value::new(Kind::Number(std::mem::replace(&mut at, next)), None));
    }
    Ok(list_of(items))
}

fn reverse(call: &Call<'_>) -> Outcome {
    let list = call.list(0)?;
    let kind = if list.kind == ListKind::Tuple { ListKind::Tuple } else { ListKind::List };
    Ok(opened(List::new(kind, list.iter().rev().cloned().collect()), spread::opening(list)))
}

fn slice(call: &Call<'_>) -> Outcome {
    let list = call.list(0)?;
    if list.kind == ListKind::Set {
        return Err(Failure::error("a set has no order to cut by; use tolist"));
    }
    let (start, end) = (call.integer(1)?, call.integer(2)?);
    let (Ok(start), Ok(end)) = (usize::try_from(start), usize::try_from(end)) else {
        return Err(Failure::error("the indices must not be negative"));
    };
    // What stands before the first unknown number of elements is where it seems to be.
    let certain = list.iter().position(spread::is_element).unwrap_or(list.len());
    if end > certain || list.open().is_some() {
        fixed_length(list)?;
    }
    match list.items().get(start..end) {
        Some(items) => Ok(sequence(list.kind, items.to_vec())),
        None => Err(Failure::error("the indices must be in order and within the list")),
    }
}

/// Sorts what is known; partly known text stands where its printed form would.
fn sort(call: &Call<'_>) -> Outcome {
    let list = call.list(0)?;
    let mut items = list.items().to_vec();
    if items.iter().any(Value::is_null) {
        return Err(Failure::error("a list with null cannot be sorted"));
    }
    items.sort_by(|a, b| match (a.as_text(), b.as_text()) {
        (Some(a), Some(b)) => text_order(a, b),
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => std::cmp::Ordering::Equal,
    });
    let unplaced = items.iter().find(|item| items.len() > 1 && !item.is_wholly_known()).map(spread::deciding);
    Ok(opened(List::new(ListKind::List, items), list.open().cloned().or(unplaced)))
}

/// A set of these elements, perhaps of not all of them.
pub(super) fn to_set(items: Vec<Value>, open: Option<Unknown>) -> Value {
    opened(set_of(items), open)
}
