//! Type constraints and conversion, after "Type Constraints" and "Types and Values" of the Terraform language.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::value::{Entry, Kind, List, ListKind, Map, MapKind, Number, Symbol, Text, Value, Why};

use super::spread;

/// A type constraint.
#[derive(Clone, Debug)]
pub(crate) enum Type {
    /// `any`: whatever it is; inside a collection, one type for all elements.
    Any,
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// `list(…)`
    List(Box<Type>),
    /// `set(…)`
    Set(Box<Type>),
    /// `map(…)`
    Map(Box<Type>),
    /// `object({…})`
    Object(Vec<Attribute>),
    /// `tuple([…])`
    Tuple(Vec<Type>),
}

/// An attribute of an object type.
#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    /// Its name.
    pub(crate) name: Box<str>,
    /// Its type.
    pub(crate) ty: Type,
    /// Whether it may be left out: `optional(…)`.
    pub(crate) optional: bool,
    /// What it is when left out or null: the second argument of `optional`.
    pub(crate) default: Option<Value>,
}

impl Type {
    /// The name in messages.
    fn name(&self) -> &'static str {
        match self {
            Self::Any => "any type",
            Self::Bool => "bool",
            Self::Number => "number",
            Self::String => "string",
            Self::List(_) => "list",
            Self::Set(_) => "set",
            Self::Map(_) => "map",
            Self::Object(_) => "object",
            Self::Tuple(_) => "tuple",
        }
    }
}

/// The value as a value of this type. Unknown parts stay unknown where they are; alternatives are converted each.
/// What Terraform refuses becomes an unknown with [`Why::Error`].
pub(crate) fn convert(value: Value, ty: &Type) -> Value {
    match try_convert(value.clone(), ty) {
        Ok(converted) => converted,
        Err(message) => {
            let symbol = Symbol::new(format!("{}({})", ty.name(), value.canonical()));
            Value::unknown(symbol, Why::Error(message.into())).or_at(value.origin)
        }
    }
}

/// As [`convert`], with what Terraform would say as the error.
pub(crate) fn try_convert(value: Value, ty: &Type) -> Result<Value, String> {
    let origin = value.origin;
    let kind = match (value.kind, ty) {
        (kind, Type::Any) => kind,
        (kind @ (Kind::Null | Kind::Unknown(_)), _) => kind,
        (Kind::OneOf(arms), _) => {
            let converted: Vec<Value> =
                arms.iter().map(|arm| try_convert(arm.clone(), ty)).collect::<Result<_, _>>()?;
            let whole = || Value::new(Kind::OneOf(arms.clone()), None);
            return Ok(Value::one_of(converted, whole).or_at(origin));
        }
        (kind, Type::Bool) => to_bool(kind)?,
        (kind, Type::Number) => to_number(kind)?,
        (kind, Type::String) => to_string(kind)?,
        (Kind::List(list), Type::List(element)) => Kind::List(List::new(ListKind::List, elements(&list, element)?)),
        (Kind::List(list), Type::Set(element)) => Kind::List(set(elements(&list, element)?)),
        (Kind::List(list), Type::Tuple(types)) => Kind::List(tuple(&list, types)?),
        (Kind::Map(map), Type::Map(element)) => Kind::Map(to_map(&map, element)?),
        (Kind::Map(map), Type::Object(attributes)) => Kind::Map(object(&map, attributes)?),
        (kind, _) => return Err(format!("{} required, but this is {}", ty.name(), kind_name(&kind))),
    };
    Ok(Value { kind, origin })
}

/// What a value is, for messages.
pub(crate) fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Null => "null",
        Kind::Bool(_) => "bool",
        Kind::Number(_) => "number",
        Kind::Text(_) => "string",
        Kind::List(list) => match list.kind {
            ListKind::Tuple => "tuple",
            ListKind::List => "list",
            ListKind::Set => "set",
        },
        Kind::Map(map) => match map.kind {
            MapKind::Object => "object",
            MapKind::Map => "map",
        },
        Kind::Unknown(_) => "unknown",
        Kind::OneOf(_) => "one of several",
    }
}

fn to_bool(kind: Kind) -> Result<Kind, String> {
    match kind {
        Kind::Bool(_) => Ok(kind),
        Kind::Text(text) => match text.as_str() {
            Some("true" | "1") => Ok(Kind::Bool(true)),
            Some("false" | "0") => Ok(Kind::Bool(false)),
            Some(_) => Err("a bool is required: \"true\" or \"false\"".to_owned()),
            None => Ok(unknown_from(&text, "tobool")),
        },
        _ => Err(format!("bool required, but this is {}", kind_name(&kind))),
    }
}

fn to_number(kind: Kind) -> Result<Kind, String> {
    match kind {
        Kind::Number(_) => Ok(kind),
        Kind::Text(text) => match text.as_str() {
            Some(digits) => parse_number(digits)
                .map(Kind::Number)
                .ok_or_else(|| format!("cannot convert {digits:?} to number; it must be a decimal number")),
            None => Ok(unknown_from(&text, "tonumber")),
        },
        _ => Err(format!("number required, but this is {}", kind_name(&kind))),
    }
}

/// A number in decimal notation, as Terraform reads one from a string.
pub(crate) fn parse_number(digits: &str) -> Option<Number> {
    digits.parse().ok()
}

fn to_string(kind: Kind) -> Result<Kind, String> {
    match kind {
        Kind::Text(_) => Ok(kind),
        Kind::Bool(value) => Ok(Kind::Text(Text::from(if value { "true" } else { "false" }))),
        Kind::Number(number) => Ok(Kind::Text(Text::from(number.to_string()))),
        _ => Err(format!("string required, but this is {}", kind_name(&kind))),
    }
}

/// Partly known text as another type is not known at all.
fn unknown_from(text: &Text, function: &str) -> Kind {
    let why = text.symbols().next().map_or("", |(_, symbol)| symbol.name());
    let symbol = Symbol::new(format!("{function}({text})"));
    Value::unknown(symbol, Why::AfterDeployment(why.into())).kind
}

fn elements(list: &List, ty: &Type) -> Result<Vec<Value>, String> {
    convert_all(list.items(), ty)
        .map_err(|why| why.unwrap_or_else(|| format!("cannot convert {} to list of any single type", kind_name(&Kind::List(list.clone())))))
}

/// The error is `None` where the elements have no type in common.
fn convert_all(items: &[Value], ty: &Type) -> Result<Vec<Value>, Option<String>> {
    let common = match ty {
        Type::Any => Cow::Owned(common_type(items).ok_or(None)?),
        _ => Cow::Borrowed(ty),
    };
    items.iter().map(|item| try_convert(item.clone(), &common).map_err(Some)).collect()
}

fn tuple(list: &List, types: &[Type]) -> Result<List, String> {
    if list.len() != types.len() {
        return Err(format!("a tuple of {} elements is required, but this has {}", types.len(), list.len()));
    }
    let items = list.iter().zip(types).map(|(item, ty)| try_convert(item.clone(), ty)).collect::<Result<_, _>>()?;
    Ok(List::new(ListKind::Tuple, items))
}

fn to_map(map: &Map, ty: &Type) -> Result<Map, String> {
    let values: Vec<Value> = map.entries().iter().map(|entry| entry.value.clone()).collect();
    let values = convert_all(&values, ty)
        .map_err(|why| why.unwrap_or_else(|| "cannot convert object to map of any single type".to_owned()))?;
    let entries = map.entries().iter().zip(values);
    let entries = entries
        .map(|(entry, value)| Entry { key: entry.key.clone(), key_origin: entry.key_origin, value })
        .collect();
    Ok(Map::new(MapKind::Map, entries))
}

fn object(map: &Map, attributes: &[Attribute]) -> Result<Map, String> {
    // An attribute that is not there may be among the entries that are not known.
    let rest = spread::in_map(map);
    let mut entries = Vec::with_capacity(attributes.len());
    for attribute in attributes {
        let given = map.entry(&attribute.name);
        let value = match given {
            Some(entry) if !(attribute.optional && entry.value.is_null()) => {
                let converted = try_convert(entry.value.clone(), &attribute.ty);
                converted.map_err(|why| format!("attribute {:?}: {why}", attribute.name))?
            }
            None if rest.is_some() => match rest {
                Some(rest) => Value::unknown(Symbol::new(format!("{}.{}", rest.symbol.name(), attribute.name)), rest.why.clone()),
                None => Value::null(),
            },
            None if !attribute.optional => return Err(format!("attribute {:?} is required", attribute.name)),
            _ => match &attribute.default {
                Some(default) => try_convert(default.clone(), &attribute.ty)?,
                None => given.map_or_else(Value::null, |entry| entry.value.clone()),
            },
        };
        let key = given.map_or_else(|| Text::from(&*attribute.name), |entry| entry.key.clone());
        entries.push(Entry { key, key_origin: given.and_then(|entry| entry.key_origin), value });
    }
    Ok(Map::new(MapKind::Object, entries))
}

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
            for item in list.iter() {
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

/// The one type that all of these have or can be converted to: `None` when there is none, `Any` when nothing is
/// known about it.
///
/// Terraform refuses objects that differ in their attributes unless they agree as maps. Here objects that come
/// from resources have only the attributes that the code sets, so such objects are left as they are.
pub(crate) fn common_type(values: &[Value]) -> Option<Type> {
    if let Some(primitive) = one_primitive(values) {
        return Some(primitive);
    }
    let mut nodes = MAX_TYPE_NODES;
    unify(values.iter().map(|value| type_of(value, &mut nodes)).collect())
}

/// Values share their parts, so a few lines of code can make one with more nodes than there is time to visit; the
/// type of what lies beyond this many stays open.
const MAX_TYPE_NODES: usize = 1 << 16;

/// The type of values that are all of one primitive type: by far the most frequent case, without allocation.
fn one_primitive(values: &[Value]) -> Option<Type> {
    let mut found = None;
    for value in values {
        let ty = match &value.kind {
            Kind::Text(_) => Type::String,
            Kind::Number(_) => Type::Number,
            Kind::Bool(_) => Type::Bool,
            Kind::Null | Kind::Unknown(_) => continue,
            Kind::List(_) | Kind::Map(_) | Kind::OneOf(_) => return None,
        };
        match &found {
            None => found = Some(ty),
            Some(seen) if std::mem::discriminant(seen) == std::mem::discriminant(&ty) => {}
            Some(_) => return None,
        }
    }
    Some(found.unwrap_or(Type::Any))
}

/// The type that a value has.
fn type_of(value: &Value, nodes: &mut usize) -> Type {
    *nodes = nodes.saturating_sub(1);
    if *nodes == 0 {
        return Type::Any;
    }
    let types = |values: &[Value], nodes: &mut usize| -> Vec<Type> {
        values.iter().map(|value| type_of(value, nodes)).collect()
    };
    let common = |values: &[Value], nodes: &mut usize| match one_primitive(values) {
        Some(primitive) => primitive,
        None => unify(types(values, nodes)).unwrap_or(Type::Any),
    };
    match &value.kind {
        Kind::Null | Kind::Unknown(_) => Type::Any,
        Kind::Bool(_) => Type::Bool,
        Kind::Number(_) => Type::Number,
        Kind::Text(_) => Type::String,
        Kind::List(list) => match list.kind {
            ListKind::Tuple if spread::in_list(list).is_none() => Type::Tuple(types(list.items(), nodes)),
            ListKind::Tuple | ListKind::List => Type::List(Box::new(common(list.items(), nodes))),
            ListKind::Set => Type::Set(Box::new(common(list.items(), nodes))),
        },
        Kind::Map(map) if map.kind == MapKind::Map || map.entries().iter().any(|entry| !entry.key.is_known()) => {
            let values: Vec<Value> = map.entries().iter().map(|entry| entry.value.clone()).collect();
            Type::Map(Box::new(common(&values, nodes)))
        }
        Kind::Map(map) => {
            let mut attribute = |entry: &Entry| Attribute {
                name: entry.key.as_str().unwrap_or_default().into(),
                ty: type_of(&entry.value, nodes),
                optional: false,
                default: None,
            };
            Type::Object(sorted_entries(map).iter().map(&mut attribute).collect())
        }
        Kind::OneOf(arms) => common(arms, nodes),
    }
}

/// The type that values of all these types can be converted to.
fn unify(mut types: Vec<Type>) -> Option<Type> {
    types.retain(|ty| !matches!(ty, Type::Any));
    let Some(first) = types.first() else { return Some(Type::Any) };
    match first {
        Type::Any => Some(Type::Any),
        Type::Bool | Type::Number | Type::String => unify_primitives(&types),
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => unify_sequences(types),
        Type::Map(_) | Type::Object(_) => unify_maps(types),
    }
}

fn unify_primitives(types: &[Type]) -> Option<Type> {
    let all = |matches: fn(&Type) -> bool| types.iter().all(matches);
    if all(|ty| matches!(ty, Type::Bool)) {
        Some(Type::Bool)
    } else if all(|ty| matches!(ty, Type::Number)) {
        Some(Type::Number)
    } else if all(|ty| matches!(ty, Type::Bool | Type::Number | Type::String))
        && types.iter().any(|ty| matches!(ty, Type::String))
    {
        Some(Type::String)
    } else {
        // Neither of bool and number converts to the other without a doubt.
        None
    }
}

fn unify_sequences(types: Vec<Type>) -> Option<Type> {
    let length = match types.first() {
        Some(Type::Tuple(elements)) => Some(elements.len()),
        _ => None,
    };
    let same_length = |ty: &Type| matches!(ty, Type::Tuple(elements) if Some(elements.len()) == length);
    if let Some(length) = length
        && types.iter().all(same_length)
    {
        let column = |index: usize| {
            let cells = types.iter().filter_map(|ty| match ty {
                Type::Tuple(elements) => elements.get(index).cloned(),
                _ => None,
            });
            unify(cells.collect())
        };
        if let Some(elements) = (0..length).map(column).collect::<Option<Vec<_>>>() {
            return Some(Type::Tuple(elements));
        }
    }
    let all_sets = types.iter().all(|ty| matches!(ty, Type::Set(_)));
    let mut elements = Vec::new();
    for ty in types {
        match ty {
            Type::List(element) | Type::Set(element) => elements.push(*element),
            Type::Tuple(items) => elements.extend(items),
            _ => return None,
        }
    }
    let element = Box::new(unify(elements)?);
    Some(if all_sets { Type::Set(element) } else { Type::List(element) })
}

fn unify_maps(types: Vec<Type>) -> Option<Type> {
    let all_objects = types.iter().all(|ty| matches!(ty, Type::Object(_)));
    if all_objects && let Some(object) = unify_objects(&types) {
        return Some(object);
    }
    let mut values = Vec::new();
    for ty in types {
        match ty {
            Type::Map(value) => values.push(*value),
            Type::Object(attributes) => values.extend(attributes.into_iter().map(|attribute| attribute.ty)),
            _ => return None,
        }
    }
    match unify(values) {
        Some(value) => Some(Type::Map(Box::new(value))),
        None if all_objects => Some(Type::Any),
        None => None,
    }
}

/// The object type of objects with the same attributes.
fn unify_objects(types: &[Type]) -> Option<Type> {
    let Some(Type::Object(first)) = types.first() else { return None };
    let mut columns: Vec<Vec<Type>> = first.iter().map(|attribute| vec![attribute.ty.clone()]).collect();
    for ty in types.get(1..)? {
        let Type::Object(attributes) = ty else { return None };
        if attributes.len() != first.len() {
            return None;
        }
        for ((attribute, known), column) in attributes.iter().zip(first).zip(&mut columns) {
            if attribute.name != known.name {
                return None;
            }
            column.push(attribute.ty.clone());
        }
    }
    let attributes = first.iter().zip(columns).map(|(attribute, column)| {
        Some(Attribute { name: attribute.name.clone(), ty: unify(column)?, optional: false, default: None })
    });
    attributes.collect::<Option<Vec<_>>>().map(Type::Object)
}

/// The distinct ones of these, in their order.
pub(crate) fn distinct(items: &[Value]) -> Vec<Value> {
    let mut seen = rustc_hash::FxHashSet::default();
    items.iter().filter(|item| seen.insert(item.canonical())).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(kind: ListKind, items: Vec<Value>) -> Value {
        Value::new(Kind::List(List::new(kind, items)), None)
    }

    fn unknown() -> Value {
        Value::unknown(Symbol::new("var.x"), Why::Input("var.x".into()))
    }

    fn attribute(name: &str, ty: Type, default: Option<Value>) -> Attribute {
        Attribute { name: name.into(), ty, optional: default.is_some(), default }
    }

    fn is_error(value: &Value) -> bool {
        matches!(value.as_unknown().map(|unknown| &unknown.why), Some(Why::Error(_)))
    }

    #[test]
    fn elements_are_converted_and_unknown_ones_stay() {
        let value = Value::tuple(vec![Value::integer(1), unknown(), Value::bool(true)]);
        let converted = convert(value, &Type::List(Box::new(Type::String)));
        assert_eq!(converted, list(ListKind::List, vec![Value::text("1"), unknown(), Value::text("true")]));
    }

    #[test]
    fn a_set_has_each_element_once_and_in_order() {
        let value = Value::tuple(vec![Value::text("b"), unknown(), Value::text("a"), Value::text("b")]);
        let converted = convert(value, &Type::Set(Box::new(Type::String)));
        assert_eq!(converted, list(ListKind::Set, vec![Value::text("a"), Value::text("b"), unknown()]));
    }

    #[test]
    fn an_object_takes_its_defaults_and_drops_the_rest() {
        let ty = Type::Object(vec![
            attribute("name", Type::String, None),
            attribute("days", Type::Number, Some(Value::text("30"))),
        ]);
        let value = Value::object(vec![Entry::new("extra", Value::null()), Entry::new("name", Value::integer(5))]);
        let expected =
            Value::object(vec![Entry::new("name", Value::text("5")), Entry::new("days", Value::integer(30))]);
        assert_eq!(convert(value, &ty), expected);
        assert!(is_error(&convert(Value::object(Vec::new()), &ty)));
    }

    #[test]
    fn null_takes_the_default_of_an_optional_attribute() {
        let ty = Type::Object(vec![attribute("days", Type::Number, Some(Value::integer(30)))]);
        let value = Value::object(vec![Entry::new("days", Value::null())]);
        assert_eq!(convert(value, &ty).get("days"), Some(&Value::integer(30)));
    }

    #[test]
    fn what_cannot_be_converted_is_an_error() {
        assert!(is_error(&convert(Value::text("x"), &Type::Number)));
        assert!(is_error(&convert(Value::tuple(Vec::new()), &Type::String)));
        let mixed = Value::tuple(vec![Value::integer(1), Value::bool(true)]);
        assert!(is_error(&convert(mixed, &Type::List(Box::new(Type::Any)))));
    }

    #[test]
    fn alternatives_are_converted_each() {
        let either = Value::one_of([Value::integer(1), Value::text("a")], Value::null);
        let converted = convert(either, &Type::String);
        assert_eq!(converted.alternatives(), [Value::text("1"), Value::text("a")]);
    }

    #[test]
    fn objects_that_differ_are_left_as_they_are() {
        let objects = Value::tuple(vec![
            Value::object(vec![Entry::new("a", Value::integer(1))]),
            Value::object(vec![Entry::new("b", Value::tuple(Vec::new()))]),
        ]);
        assert_eq!(convert(objects.clone(), &Type::List(Box::new(Type::Any))), objects);
    }

    #[test]
    fn a_value_with_endless_parts_has_a_type_in_time() {
        let mut value = Value::tuple(Vec::new());
        for _ in 0..60 {
            value = Value::tuple(vec![value.clone(), value]);
        }
        let _ = common_type(&[value]);
    }
}
