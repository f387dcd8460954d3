//! Type constraints and conversion, after "Type Constraints" and "Types and Values" of the Terraform language.

mod common_type;
mod order;

pub(crate) use common_type::common_type;
pub(crate) use order::{distinct, set, sorted_entries, text_order};

use std::borrow::Cow;
use std::sync::Arc;

use crate::value::{
    Entry, Form, Kind, List, ListKind, Map, MapKind, Number, NumberError, Symbol, Text, Unknown, Value, Why,
};

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
    pub(crate) fn name(&self) -> &'static str {
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

    /// What an unknown of this type will be.
    pub(crate) fn form(&self) -> Option<Form> {
        let of = |element: &Type| element.form().map(Arc::new);
        Some(match self {
            Self::Any | Self::Tuple(_) => return None,
            Self::Bool => Form::Bool,
            Self::Number => Form::Number,
            Self::String => Form::Text,
            Self::List(element) => Form::List(of(element)),
            Self::Set(element) => Form::Set(of(element)),
            Self::Map(element) => Form::Map(of(element)),
            Self::Object(attributes) => {
                Form::Object(attributes.iter().map(|own| (own.name.clone(), own.ty.form())).collect())
            }
        })
    }

    /// The type of an unknown of this form.
    pub(crate) fn of_form(form: Option<&Form>) -> Self {
        let of = |element: &Option<Arc<Form>>| Box::new(Self::of_form(element.as_deref()));
        match form {
            None => Self::Any,
            Some(Form::Bool) => Self::Bool,
            Some(Form::Number) => Self::Number,
            Some(Form::Text) => Self::String,
            Some(Form::List(element)) => Self::List(of(element)),
            Some(Form::Set(element)) => Self::Set(of(element)),
            Some(Form::Map(element)) => Self::Map(of(element)),
            Some(Form::Object(attributes)) => Self::Object(
                attributes
                    .iter()
                    .map(|(name, form)| Attribute {
                        name: name.clone(),
                        ty: Self::of_form(form.as_ref()),
                        optional: false,
                        default: None,
                    })
                    .collect(),
            ),
        }
    }
}

/// The value as a value of this type. Unknown parts stay unknown where they are; alternatives are converted each.
/// What Terraform refuses becomes an unknown with [`Why::Error`].
pub(crate) fn convert(value: Value, ty: &Type) -> Value {
    if matches!(ty, Type::Any) {
        return value;
    }
    match try_convert(&value, ty) {
        Ok(converted) => converted,
        Err(message) => {
            let symbol = Symbol::new(format!("{}({})", ty.name(), value.canonical()));
            Value::unknown(symbol, Why::Error(message.into())).or_at(value.origin)
        }
    }
}

/// As [`convert`], with what Terraform would say as the error.
pub(crate) fn try_convert(value: &Value, ty: &Type) -> Result<Value, String> {
    let kind = match (&value.kind, ty) {
        (_, Type::Any) | (Kind::Null, _) => return Ok(value.clone()),
        (Kind::Unknown(unknown), _) => Kind::Unknown(unknown_as(unknown, ty)?),
        (Kind::OneOf(arms), _) => {
            let converted: Vec<Value> = arms.iter().map(|arm| try_convert(arm, ty)).collect::<Result<_, _>>()?;
            return Ok(Value::one_of(converted, || value.clone()).or_at(value.origin));
        }
        (kind, Type::Bool) => to_bool(kind)?,
        (kind, Type::Number) => to_number(kind)?,
        (kind, Type::String) => to_string(kind)?,
        (Kind::List(list), Type::List(element)) => {
            Kind::List(List::new(ListKind::List, elements(list, element)?).opened_by(spread::opening(list)))
        }
        (Kind::List(list), Type::Set(element)) => {
            Kind::List(set(elements(list, element)?).opened_by(list.open().cloned()))
        }
        (Kind::List(list), Type::Tuple(types)) => Kind::List(tuple(list, types)?),
        (Kind::Map(map), Type::Map(element)) => Kind::Map(to_map(map, element)?),
        (Kind::Map(map), Type::Object(attributes)) => Kind::Map(object(map, attributes)?),
        (kind, _) => return Err(format!("{} required, but this is {}", ty.name(), kind_name(kind))),
    };
    Ok(Value::new(kind, value.origin))
}

/// An unknown as one of this type; an error where nothing that it may be converts.
fn unknown_as(unknown: &Unknown, ty: &Type) -> Result<Unknown, String> {
    let form = unknown.symbol.form();
    let fits = match (form, ty) {
        (None, _) => true,
        (Some(Form::Bool), _) => matches!(ty, Type::Bool | Type::String),
        (Some(Form::Number), _) => matches!(ty, Type::Number | Type::String),
        (Some(Form::Text), _) => matches!(ty, Type::Bool | Type::Number | Type::String),
        (Some(Form::List(_) | Form::Set(_)), _) => matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_)),
        (Some(Form::Map(_) | Form::Object(_)), _) => matches!(ty, Type::Map(_) | Type::Object(_)),
    };
    if !fits {
        let is = Type::of_form(form).name();
        return Err(format!("{} required, but this is {is}", ty.name()));
    }
    // What a type leaves open, the unknown may tell.
    let form = match (ty.form(), form) {
        (Some(Form::List(None)), Some(Form::List(element) | Form::Set(element))) => Some(Form::List(element.clone())),
        (Some(Form::Set(None)), Some(Form::List(element) | Form::Set(element))) => Some(Form::Set(element.clone())),
        (Some(Form::Map(None)), Some(Form::Map(element))) => Some(Form::Map(element.clone())),
        (form, _) => form,
    };
    Ok(Unknown { symbol: unknown.symbol.clone().of_form(form), why: unknown.why.clone() })
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

fn to_bool(kind: &Kind) -> Result<Kind, String> {
    match kind {
        Kind::Bool(_) => Ok(kind.clone()),
        Kind::Text(text) => match text.as_str() {
            Some("true" | "1") => Ok(Kind::Bool(true)),
            Some("false" | "0") => Ok(Kind::Bool(false)),
            Some(_) => Err("a bool is required: \"true\" or \"false\"".to_owned()),
            None => Ok(unknown_from(text, "tobool", Form::Bool)),
        },
        _ => Err(format!("bool required, but this is {}", kind_name(kind))),
    }
}

fn to_number(kind: &Kind) -> Result<Kind, String> {
    match kind {
        Kind::Number(_) => Ok(kind.clone()),
        Kind::Text(text) => match text.as_str() {
            Some(digits) => match Number::with_any_exponent(digits) {
                Ok(number) => Ok(Kind::Number(number)),
                Err(NumberError::Notation) => {
                    Err(format!("cannot convert {digits:?} to number; it must be a decimal number"))
                }
                Err(error @ NumberError::Bounds) => {
                    let symbol = Value::text(text.clone()).canonical();
                    Ok(Value::unknown(Symbol::new(symbol), Why::Budget(error.to_string().into())).kind)
                }
            },
            None => Ok(unknown_from(text, "tonumber", Form::Number)),
        },
        _ => Err(format!("number required, but this is {}", kind_name(kind))),
    }
}

fn to_string(kind: &Kind) -> Result<Kind, String> {
    match kind {
        Kind::Text(_) => Ok(kind.clone()),
        Kind::Bool(value) => Ok(Kind::Text(Text::from(if *value { "true" } else { "false" }))),
        Kind::Number(number) => Ok(Kind::Text(Text::from(number.to_string()))),
        _ => Err(format!("string required, but this is {}", kind_name(kind))),
    }
}

/// Partly known text as another type is not known at all.
fn unknown_from(text: &Text, function: &str, form: Form) -> Kind {
    let why = text.symbols().next().map_or("", |(_, symbol)| symbol.name());
    let symbol = Symbol::new(format!("{function}({text})"));
    Value::unknown(symbol.of_form(Some(form)), Why::AfterDeployment(why.into())).kind
}

fn elements(list: &List, ty: &Type) -> Result<Vec<Value>, String> {
    convert_all(list.items(), ty).map_err(|why| {
        why.unwrap_or_else(|| {
            format!("cannot convert {} to list of any single type", kind_name(&Kind::List(list.clone())))
        })
    })
}

/// The error is `None` where the elements have no type in common.
fn convert_all(items: &[Value], ty: &Type) -> Result<Vec<Value>, Option<String>> {
    let common = match ty {
        Type::Any => Cow::Owned(common_type(items).ok_or(None)?),
        _ => Cow::Borrowed(ty),
    };
    let converted: Vec<Value> =
        items.iter().map(|item| try_convert(item, &common).map_err(Some)).collect::<Result<_, _>>()?;
    if !matches!(ty, Type::Any) && converted.len() > 1 && has_open_parts(ty) {
        // An `any` within is one type for all elements, too.
        if let Some(common) = common_type(&converted) {
            return converted.iter().map(|item| try_convert(item, &common).map_err(Some)).collect();
        }
    }
    Ok(converted)
}

/// Whether a type leaves open what a part of it is.
fn has_open_parts(ty: &Type) -> bool {
    match ty {
        Type::Any => true,
        Type::Bool | Type::Number | Type::String => false,
        Type::List(element) | Type::Set(element) | Type::Map(element) => has_open_parts(element),
        Type::Object(attributes) => attributes.iter().any(|own| has_open_parts(&own.ty)),
        Type::Tuple(types) => types.iter().any(has_open_parts),
    }
}

fn tuple(list: &List, types: &[Type]) -> Result<List, String> {
    if list.len() != types.len() {
        return Err(format!("a tuple of {} elements is required, but this has {}", types.len(), list.len()));
    }
    let items = list.iter().zip(types).map(|(item, ty)| try_convert(item, ty)).collect::<Result<_, _>>()?;
    Ok(list.replaced(ListKind::Tuple, items))
}

fn to_map(map: &Map, ty: &Type) -> Result<Map, String> {
    let values: Vec<Value> = map.entries().iter().map(|entry| entry.value.clone()).collect();
    let values = convert_all(&values, ty)
        .map_err(|why| why.unwrap_or_else(|| "cannot convert object to map of any single type".to_owned()))?;
    let entries = map.entries().iter().zip(values);
    let entries =
        entries.map(|(entry, value)| Entry { key: entry.key.clone(), key_origin: entry.key_origin, value }).collect();
    Ok(map.replaced(MapKind::Map, entries))
}

fn object(map: &Map, attributes: &[Attribute]) -> Result<Map, String> {
    // An attribute that is not there may be among the entries that are not known.
    let rest = spread::in_map(map);
    let mut entries = Vec::with_capacity(attributes.len());
    for attribute in attributes {
        let given = map.entry(&attribute.name);
        let value = match given {
            Some(entry) if !(attribute.optional && entry.value.is_null()) => {
                let converted = try_convert(&entry.value, &attribute.ty);
                converted.map_err(|why| format!("attribute {:?}: {why}", attribute.name))?
            }
            None if rest.is_some() => match rest {
                Some(rest) => {
                    Value::unknown(Symbol::new(format!("{}.{}", rest.symbol.name(), attribute.name)), rest.why.clone())
                }
                None => Value::null(),
            },
            None if !attribute.optional => return Err(format!("attribute {:?} is required", attribute.name)),
            _ => match &attribute.default {
                Some(default) => try_convert(default, &attribute.ty)?,
                None => given.map_or_else(Value::null, |entry| entry.value.clone()),
            },
        };
        let key = given.map_or_else(|| Text::from(&*attribute.name), |entry| entry.key.clone());
        entries.push(Entry { key, key_origin: given.and_then(|entry| entry.key_origin), value });
    }
    Ok(Map::new(MapKind::Object, entries))
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
