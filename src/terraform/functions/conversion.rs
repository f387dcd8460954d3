//! Conversion functions, and those that only mark values.

use crate::terraform::convert::{Type, try_convert};
use crate::value::{Kind, List, ListKind, Map, MapKind, Value, Why};

use super::call::Parameter::Nullable;
use super::call::{Call, Failure, Function, Outcome};

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "tobool" => Function::new(&[Nullable], |call| to(call, &Type::Bool)),
        "tonumber" => Function::new(&[Nullable], |call| to(call, &Type::Number)),
        "tostring" => Function::new(&[Nullable], |call| to(call, &Type::String)),
        "tolist" => Function::new(&[Nullable], |call| to(call, &Type::List(Box::new(Type::Any)))),
        "toset" => Function::new(&[Nullable], |call| to(call, &Type::Set(Box::new(Type::Any)))),
        "tomap" => Function::new(&[Nullable], |call| to(call, &Type::Map(Box::new(Type::Any)))),
        "sensitive" | "nonsensitive" | "ephemeralasnull" => Function::new(&[Nullable], same),
        // Marks are not followed; the evaluator looks at what is written.
        "issensitive" => {
            Function::new(&[Nullable], |_| Err(Failure::Unknown(Why::Unsupported("what is sensitive".into()))))
        }
        _ => return None,
    })
}

/// A list.
pub(super) fn list_of(items: Vec<Value>) -> Value {
    Value::new(Kind::List(List::new(ListKind::List, items)), None)
}

/// A sequence that is a tuple where its elements may differ in type, as `kind` says.
pub(super) fn sequence(kind: ListKind, items: Vec<Value>) -> Value {
    Value::new(Kind::List(List::new(kind, items)), None)
}

/// A map or object.
pub(super) fn map_of(kind: MapKind, entries: Vec<crate::value::Entry>) -> Value {
    Value::new(Kind::Map(Map::new(kind, entries)), None)
}

fn same(call: &Call<'_>) -> Outcome {
    Ok(call.argument(0)?.clone())
}

fn to(call: &Call<'_>, ty: &Type) -> Outcome {
    let argument = call.argument(0)?;
    let converted = try_convert(argument, ty).map_err(Failure::Error)?;
    match &argument.kind {
        // Its text is the same symbol; the call is the name of anything else.
        Kind::Unknown(unknown) if !matches!(ty, Type::String) => Err(Failure::Unknown(unknown.why.clone())),
        _ => Ok(converted),
    }
}
