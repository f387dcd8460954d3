//! Functions that pick one value, or say something about many.

use unicode_segmentation::UnicodeSegmentation;

use crate::terraform::convert::{Type, common_type, sorted_entries, try_convert};
use crate::terraform::equality::equal;
use crate::terraform::spread;
use crate::value::{Kind, ListKind, MAX_ALTERNATIVES, Map, Text, Value, Why};

use super::call::Parameter::{Any, Nullable, Number, Text as Str};
use super::call::{Call, Failure, Function, Outcome, needs, why_of};
use super::collection::fixed_length;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "coalesce" => Function::variadic(&[], Nullable, coalesce),
        "coalescelist" => Function::variadic(&[], Any, coalesce_list),
        "contains" => Function::new(&[Any, Any], contains),
        "element" => Function::new(&[Any, Number], element),
        "index" => Function::new(&[Any, Any], index),
        "length" => Function::new(&[Any], length),
        "lookup" => Function::variadic(&[Any, Str], Nullable, lookup),
        "one" => Function::new(&[Any], one),
        _ => return None,
    })
}

/// One of these, of which it is not known which; unknown when they are too many to look at.
fn any_of<'a>(values: impl Iterator<Item = &'a Value>, why: Why) -> Outcome {
    let values: Vec<Value> = values.take(MAX_ALTERNATIVES + 1).cloned().collect();
    let choices: usize = values.iter().map(|value| value.alternatives().len()).sum();
    match values.first() {
        Some(first) if choices <= MAX_ALTERNATIVES => {
            let first = first.clone();
            Ok(Value::one_of(values, || first))
        }
        _ => Err(Failure::Unknown(why)),
    }
}

/// The first that is neither null nor empty text. Where it is not known whether an argument is that, it may be
/// the result, and so may what follows.
fn coalesce(call: &Call<'_>) -> Outcome {
    if call.arguments.is_empty() {
        return Err(Failure::error("at least one argument is required"));
    }
    let ty = common_type(&call.arguments).ok_or_else(|| Failure::error("all arguments must have the same type"))?;
    let mut candidates = Vec::new();
    let mut why = None;
    for argument in &call.arguments {
        match &argument.kind {
            Kind::Null => {}
            Kind::Text(text) if text.is_empty() => {}
            Kind::Unknown(unknown) => {
                candidates.push(argument.clone());
                why.get_or_insert_with(|| unknown.why.clone());
            }
            _ => {
                let converted = try_convert(argument, &ty).map_err(Failure::Error)?;
                candidates.push(converted);
                let certain = argument.as_text().is_none_or(|text| !text.literal_content().is_empty());
                if certain {
                    break;
                }
                why = why.or_else(|| reason(argument));
            }
        }
    }
    match (candidates.as_slice(), why) {
        ([], _) => Err(Failure::error("no argument is neither null nor empty")),
        ([only], _) => Ok(only.clone()),
        (_, Some(why)) => any_of(candidates.iter(), why),
        ([first, ..], None) => Ok(first.clone()),
    }
}

fn coalesce_list(call: &Call<'_>) -> Outcome {
    if call.arguments.is_empty() {
        return Err(Failure::error("at least one argument is required"));
    }
    let is_wrong = |value: &&Value| match &value.kind {
        Kind::List(list) => list.kind == ListKind::Set,
        Kind::Unknown(_) | Kind::OneOf(_) => false,
        _ => true,
    };
    if let Some(wrong) = call.arguments.iter().find(is_wrong) {
        return Err(needs(wrong, "list or tuple"));
    }
    let mut candidates = Vec::new();
    let mut why = None;
    for argument in &call.arguments {
        match &argument.kind {
            Kind::List(list) if list.kind != ListKind::Set => {
                if list.is_empty() {
                    continue;
                }
                candidates.push(argument);
                if list.open().is_none() && list.iter().any(|item| !spread::is_element(item)) {
                    break;
                }
                let unknown = list.open().or_else(|| spread::in_list(list));
                why = why.or_else(|| unknown.map(|unknown| unknown.why.clone()));
            }
            Kind::Unknown(unknown) => {
                candidates.push(argument);
                why.get_or_insert_with(|| unknown.why.clone());
            }
            _ => return Err(needs(argument, "list or tuple")),
        }
    }
    match (candidates.as_slice(), why) {
        ([], _) => Err(Failure::error("no argument is a list with elements")),
        ([only], _) => Ok((*only).clone()),
        (_, Some(why)) => any_of(candidates.into_iter(), why),
        ([first, ..], None) => Ok((*first).clone()),
    }
}

fn contains(call: &Call<'_>) -> Outcome {
    let list = call.list(0)?;
    let sought = call.argument(1)?;
    let mut undecided = None;
    for item in list {
        match equal(item, sought) {
            // What is not known may be what a list leaves out.
            Some(true) if list.open().is_none() || item.is_wholly_known() => return Ok(Value::bool(true)),
            Some(false) => {}
            Some(true) | None => undecided = undecided.or(Some(item)),
        }
    }
    match undecided {
        None => Ok(Value::bool(false)),
        Some(item) => Err(Failure::Unknown(
            reason(item)
                .or_else(|| reason(sought))
                .unwrap_or_else(|| Why::AfterDeployment("an element of the list".into())),
        )),
    }
}

fn reason(value: &Value) -> Option<Why> {
    match &value.kind {
        Kind::Unknown(unknown) => Some(unknown.why.clone()),
        Kind::Text(text) if !text.is_known() => Some(why_of(text)),
        _ => None,
    }
}

/// An unknown index gives any of the elements.
fn element(call: &Call<'_>) -> Outcome {
    let list = call.list(0)?;
    if list.kind == ListKind::Set {
        return Err(Failure::error("a set has no order to choose by; use tolist"));
    }
    if list.is_empty() {
        return Err(Failure::error("an empty list has no elements"));
    }
    if let Kind::Unknown(unknown) = &call.argument(1)?.kind {
        return any_of(list.iter(), unknown.why.clone());
    }
    let index = call.integer(1)?;
    if let Some(unknown) = list.open() {
        let why = unknown.why.clone();
        return if spread::in_list(list).is_some() { Err(Failure::Unknown(why)) } else { any_of(list.iter(), why) };
    }
    let certain = list.iter().position(spread::is_element).unwrap_or(list.len());
    if let Some(item) = usize::try_from(index).ok().filter(|&index| index < certain).and_then(|at| list.items().get(at))
    {
        return Ok(item.clone());
    }
    fixed_length(list)?;
    if index < 0 {
        return Err(Failure::error("the index must not be negative"));
    }
    let wrapped = usize::try_from(index).unwrap_or_default() % list.len().max(1);
    list.items().get(wrapped).cloned().ok_or_else(|| Failure::error("an empty list has no elements"))
}

fn index(call: &Call<'_>) -> Outcome {
    let list = call.list(0)?;
    let sought = call.argument(1)?;
    if list.kind == ListKind::Set {
        return Err(Failure::error("a list or tuple is required, but this is set"));
    }
    if let Some(unknown) = list.open()
        && list.iter().any(|item| equal(item, sought) != Some(false))
    {
        return Err(Failure::Unknown(unknown.why.clone()));
    }
    for (position, item) in list.iter().enumerate() {
        match equal(item, sought) {
            Some(true) => return Ok(Value::integer(i64::try_from(position).unwrap_or(i64::MAX))),
            Some(false) => {}
            None => {
                let why = reason(item).or_else(|| reason(sought));
                return Err(Failure::Unknown(why.unwrap_or_else(|| Why::AfterDeployment("an element".into()))));
            }
        }
    }
    Err(Failure::error("the value is not in the list"))
}

fn length(call: &Call<'_>) -> Outcome {
    let argument = call.argument(0)?;
    let length = match &argument.kind {
        Kind::List(list) => {
            fixed_length(list)?;
            list.len()
        }
        Kind::Map(map) => {
            if let Some(unknown) = map.open() {
                return Err(Failure::Unknown(unknown.why.clone()));
            }
            if let Some(entry) = map.entries().iter().find(|entry| !entry.key.is_known())
                && (map.len() > 1 || spread::is_entry(entry))
            {
                return Err(Failure::Unknown(why_of(&entry.key)));
            }
            sorted_entries(map).len()
        }
        Kind::Text(_) => call.str(0)?.graphemes(true).count(),
        _ => return Err(needs(argument, "string, list or map")),
    };
    Ok(Value::integer(i64::try_from(length).unwrap_or(i64::MAX)))
}

/// An unknown key gives any of the values, or the default.
fn lookup(call: &Call<'_>) -> Outcome {
    let default = match call.arguments.get(2..) {
        Some([]) | None => None,
        Some([default]) => Some(default),
        Some(_) => return Err(Failure::error("at most one default is allowed")),
    };
    let map = call.map(0)?;
    let default = match default {
        Some(default) if map.kind == crate::value::MapKind::Map => Some(convert_default(map, default)?),
        other => other.cloned(),
    };
    let key = call.argument(1)?;
    let Some(known) = key.as_str() else {
        let why = reason(key).unwrap_or_else(|| Why::AfterDeployment("the key".into()));
        let fits = |entry: &&crate::value::Entry| equal(&Value::text(entry.key.clone()), key) != Some(false);
        let values = map.entries().iter().filter(fits).map(|entry| &entry.value);
        return any_of(values.chain(default.as_ref()), why);
    };
    if let Some(found) = map.get(known) {
        return Ok(found.clone());
    }
    let name = Value::text(Text::from(known));
    let possible = |entry: &&crate::value::Entry| equal(&Value::text(entry.key.clone()), &name) != Some(false);
    let open: Vec<&Value> = map.entries().iter().filter(possible).map(|entry| &entry.value).collect();
    if let Some(first) = open.first() {
        let why = reason(first).unwrap_or_else(|| Why::AfterDeployment("the map's keys".into()));
        return any_of(open.into_iter().chain(default.as_ref()), why);
    }
    default.ok_or_else(|| Failure::error(format!("there is no element {known:?} and no default")))
}

/// The default takes the type of the map's values.
fn convert_default(map: &Map, default: &Value) -> Outcome {
    let mut values: Vec<Value> = map.entries().iter().map(|entry| entry.value.clone()).collect();
    let ty = common_type(&values).unwrap_or(Type::Any);
    values.push(default.clone());
    if common_type(&values).is_none() {
        return Err(Failure::error("the default must have the type of the map's values"));
    }
    try_convert(default, &ty).map_err(Failure::Error)
}

fn one(call: &Call<'_>) -> Outcome {
    let list = call.list(0)?;
    fixed_length(list)?;
    match list.items() {
        [] => Ok(Value::null()),
        [only] => Ok(only.clone()),
        _ => Err(Failure::error("the list, set or tuple must have at most one element")),
    }
}
