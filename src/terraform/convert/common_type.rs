//! The type that several values have in common.

use super::{Attribute, Type, sorted_entries};
use crate::terraform::spread;
use crate::value::{Entry, Kind, ListKind, MapKind, Value};

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
            Kind::Null => continue,
            Kind::Unknown(unknown) => match Type::of_form(unknown.symbol.form()) {
                Type::Any => continue,
                primitive @ (Type::String | Type::Number | Type::Bool) => primitive,
                _ => return None,
            },
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
        Kind::Null => Type::Any,
        Kind::Unknown(unknown) => Type::of_form(unknown.symbol.form()),
        Kind::Bool(_) => Type::Bool,
        Kind::Number(_) => Type::Number,
        Kind::Text(_) => Type::String,
        Kind::List(list) => match list.kind {
            ListKind::Tuple if spread::in_list(list).is_none() => Type::Tuple(types(list.items(), nodes)),
            ListKind::Tuple | ListKind::List => Type::List(Box::new(common(list.items(), nodes))),
            ListKind::Set => Type::Set(Box::new(common(list.items(), nodes))),
        },
        // All attributes of a resource together have the type that its provider says, whichever the code sets.
        Kind::Map(map) if map.entries().iter().any(stands_for_attributes) => Type::Any,
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

/// Whether an entry stands for the attributes of a resource that the code does not set.
fn stands_for_attributes(entry: &Entry) -> bool {
    spread::is_entry(entry) && entry.key.as_symbol().is_some_and(|symbol| symbol.reference().is_some())
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

fn unify_sequences(mut types: Vec<Type>) -> Option<Type> {
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
        return (0..length).map(column).collect::<Option<Vec<_>>>().map(Type::Tuple);
    }
    // Beside a set, a tuple has no say.
    if types.iter().any(|ty| matches!(ty, Type::Set(_))) && types.iter().any(|ty| matches!(ty, Type::Tuple(_))) {
        types.retain(|ty| !matches!(ty, Type::Tuple(_)));
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
    if all_objects && have_the_same_attributes(&types) {
        return unify_objects(&types);
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

fn have_the_same_attributes(objects: &[Type]) -> bool {
    let names = |ty: &Type| -> Vec<Box<str>> {
        match ty {
            Type::Object(attributes) => attributes.iter().map(|attribute| attribute.name.clone()).collect(),
            _ => Vec::new(),
        }
    };
    objects.iter().zip(objects.iter().skip(1)).all(|(a, b)| names(a) == names(b))
}

/// The object type of objects with the same attributes.
fn unify_objects(types: &[Type]) -> Option<Type> {
    let Some(Type::Object(first)) = types.first() else { return None };
    let mut columns: Vec<Vec<Type>> = first.iter().map(|attribute| vec![attribute.ty.clone()]).collect();
    for ty in types.get(1..)? {
        let Type::Object(attributes) = ty else { return None };
        for (attribute, column) in attributes.iter().zip(&mut columns) {
            column.push(attribute.ty.clone());
        }
    }
    let attributes = first.iter().zip(columns).map(|(attribute, column)| {
        Some(Attribute { name: attribute.name.clone(), ty: unify(column)?, optional: false, default: None })
    });
    attributes.collect::<Option<Vec<_>>>().map(Type::Object)
}
