//! Steps into a value: attributes, elements, splats. Over what is known in part, each step gives what is certain.

use super::spread;
use crate::value::{Entry, Form, Kind, List, ListKind, Map, Number, Symbol, Text, Unknown, Value, Why};

/// What ends the attribute of a symbol that stands for all attributes of a resource which the code does not set.
const OTHERS: &str = "...";

/// The entry that makes an object stand for a resource: whatever attribute is not there is one that AWS sets.
/// `prefix` is the path of the object within the resource, empty for the resource itself.
pub(super) fn other_attributes(address: &str, prefix: &str) -> Entry {
    let symbol = Symbol::of_resource(address, format!("{prefix}{OTHERS}"));
    let why = Why::AfterDeployment(symbol.name().into());
    Entry { key: Text::from(symbol.clone()), key_origin: None, value: Value::unknown(symbol, why) }
}

/// An attribute of a resource that the code does not set, and AWS will.
pub(super) fn attribute_set_later(address: &str, name: &str) -> Value {
    let symbol = Symbol::of_resource(address, name).of_form(form_of_attribute(address, name));
    let why = Why::AfterDeployment(symbol.name().into());
    Value::unknown(symbol, why)
}

/// What an attribute will be that the code does not set: the schemas of the AWS provider (5.100) have no other form of
/// these names in any resource or data source, and `id` is text in every provider.
fn form_of_attribute(address: &str, name: &str) -> Option<Form> {
    let of_aws = || address.split('.').any(|part| part.starts_with("aws_"));
    let is_text = match name {
        "id" => true,
        "arn" | "dns_name" | "url" => of_aws(),
        _ => name.ends_with("_arn") && of_aws(),
    };
    is_text.then_some(Form::Text)
}

/// `value.name`
pub(super) fn attribute(value: &Value, name: &str) -> Value {
    match &value.kind {
        Kind::Map(map) => match map.get(name) {
            Some(found) => found.clone(),
            None => missing(value, map, name),
        },
        Kind::Unknown(unknown) => match form_within(unknown.symbol.form(), Some(name)) {
            Ok(form) => step(unknown, name, &format!(".{name}"), Some(name), form),
            Err(message) => error(value, name, message),
        },
        Kind::OneOf(arms) => each(value, arms, |arm| attribute(arm, name)),
        Kind::Null => error(value, name, format!("null has no attribute {name:?}")),
        _ => error(value, name, format!("only objects have attributes, and this is none: {name:?}")),
    }
}

/// An attribute that no known entry has.
fn missing(value: &Value, map: &Map, name: &str) -> Value {
    if let Some(others) = spread::in_map(map) {
        return spread_attribute(others, name);
    }
    if map.entries().iter().any(|entry| !entry.key.is_known()) {
        // One of the names that are not known may be this one.
        let symbol = Symbol::new(format!("{}.{name}", value.canonical()));
        return Value::unknown(symbol.clone(), Why::AfterDeployment(symbol.name().into()));
    }
    error(value, name, format!("this object has no attribute {name:?}"))
}

/// The attribute `name` among entries that are not known one by one.
pub(super) fn spread_attribute(others: &Unknown, name: &str) -> Value {
    let symbol = match others.symbol.reference() {
        Some(reference) => {
            let prefix = reference.attribute.trim_end_matches(OTHERS);
            let dot = if prefix.is_empty() { "" } else { "." };
            let form = if prefix.is_empty() { form_of_attribute(&reference.address, name) } else { None };
            Symbol::of_resource(&*reference.address, format!("{prefix}{dot}{name}")).of_form(form)
        }
        None => Symbol::new(format!("{}.{name}", others.symbol.name().trim_end_matches(OTHERS))),
    };
    let why = match &others.why {
        Why::AfterDeployment(_) => Why::AfterDeployment(symbol.name().into()),
        why => why.clone(),
    };
    Value::unknown(symbol, why)
}

/// What a step leads to within an unknown: `name` is the attribute or the key that it takes, if that is a known text.
fn form_within(form: Option<&Form>, name: Option<&str>) -> Result<Option<Form>, String> {
    let Some(form) = form else { return Ok(None) };
    match form {
        Form::Bool | Form::Number | Form::Text => Err("only lists, maps and objects have parts".to_owned()),
        Form::Set(_) => Err("the elements of a set have no numbers".to_owned()),
        Form::List(_) if name.is_some_and(|name| name.parse::<Number>().is_err()) => {
            Err(format!("a list has no attribute {:?}", name.unwrap_or_default()))
        }
        Form::List(element) | Form::Map(element) => Ok(element.as_deref().cloned()),
        Form::Object(attributes) => match name {
            None => Ok(None),
            Some(name) => match attributes.iter().find(|(own, _)| &**own == name) {
                Some((_, form)) => Ok(form.clone()),
                None => Err(format!("this object has no attribute {name:?}")),
            },
        },
    }
}

/// The unknown that a step leads to from an unknown; of what is under a known key, `key` is it.
fn step(unknown: &Unknown, name: &str, written: &str, key: Option<&str>, form: Option<Form>) -> Value {
    let symbol = match unknown.symbol.reference() {
        Some(reference) if reference.attribute.is_empty() && written.starts_with('.') => {
            Symbol::of_resource(&*reference.address, name)
        }
        Some(reference) => Symbol::of_resource(&*reference.address, format!("{}{written}", reference.attribute)),
        None => {
            let map = key.map_or_else(|| unknown.symbol.name(), |key| unknown.symbol.name_for_entry(key));
            Symbol::new(format!("{map}{written}"))
        }
    };
    Value::unknown(symbol.of_form(form), unknown.why.clone())
}

/// `value[key]`
pub(super) fn index(value: &Value, key: &Value) -> Value {
    if let Kind::OneOf(arms) = &key.kind {
        return each(key, arms, |arm| index(value, arm));
    }
    match &value.kind {
        Kind::OneOf(arms) => each(value, arms, |arm| index(arm, key)),
        Kind::Unknown(unknown) => {
            let written = match key.as_str() {
                Some(name) => format!("[{name:?}]"),
                None => format!("[{}]", key.canonical()),
            };
            match form_within(unknown.symbol.form(), key.as_str()) {
                Ok(form) => step(unknown, &written, &written, key.as_str(), form),
                Err(message) => error(value, &written, message),
            }
        }
        Kind::List(list) => element(value, list, key),
        Kind::Map(map) => {
            let Some(name) = key.to_text() else {
                return error(value, &key.canonical(), "an object's key must be a string".to_owned());
            };
            match name.as_str() {
                Some(name) => match map.get(name) {
                    Some(found) => found.clone(),
                    None => missing(value, map, name),
                },
                None => match map.entries().iter().find(|entry| entry.key == name) {
                    Some(entry) => entry.value.clone(),
                    None => unknown_element(value, key, map.entries().iter().map(|entry| &entry.value)),
                },
            }
        }
        Kind::Null => error(value, &key.canonical(), "null has no elements".to_owned()),
        _ => error(value, &key.canonical(), "only lists and maps have elements".to_owned()),
    }
}

fn element(value: &Value, list: &List, key: &Value) -> Value {
    if list.kind == ListKind::Set {
        return error(value, &key.canonical(), "the elements of a set have no numbers".to_owned());
    }
    let number = match &key.kind {
        Kind::Number(number) => Some(number.clone()),
        Kind::Text(text) => text.as_str().and_then(|digits| digits.parse::<Number>().ok()),
        _ => None,
    };
    let Some(number) = number else {
        return match &key.kind {
            Kind::Unknown(_) | Kind::Text(_) if key.as_str().is_none() => unknown_element(value, key, list.iter()),
            _ => error(value, &key.canonical(), "a list's index must be a number".to_owned()),
        };
    };
    let at = number.as_i64().and_then(|number| usize::try_from(number).ok());
    let spreads = list.iter().position(spread::is_element);
    match (at, spreads) {
        (Some(at), None) if at < list.len() && list.open().is_some() => unknown_element(value, key, list.iter()),
        (Some(at), Some(spreads)) if at >= spreads || list.open().is_some() => {
            unknown_element(value, key, std::iter::empty())
        }
        (Some(at), _) if at < list.len() => list.items().get(at).cloned().unwrap_or_else(Value::null),
        _ => error(value, &key.canonical(), format!("there is no element {number}; the list has {}", list.len())),
    }
}

/// The element under a key that is not known: any of them where they are few, else one unknown.
fn unknown_element<'v>(value: &Value, key: &Value, candidates: impl Iterator<Item = &'v Value>) -> Value {
    let name = || Symbol::new(format!("{}[{}]", value.canonical(), key.canonical()));
    let of_list = |list: &'_ List| list.open().or_else(|| spread::in_list(list)).cloned();
    let why = match (key.as_unknown().cloned(), value.as_list().and_then(of_list)) {
        (Some(unknown), _) | (None, Some(unknown)) => unknown.why,
        (None, None) => Why::AfterDeployment(key.canonical().into()),
    };
    let unknown = || Value::unknown(name(), why.clone());
    let mut candidates = candidates.peekable();
    if candidates.peek().is_none() {
        return unknown();
    }
    Value::one_of(candidates.cloned(), unknown)
}

/// The elements that a splat goes through: a list's, the value itself, or none of null.
pub(super) fn splat(value: &Value) -> &[Value] {
    match &value.kind {
        Kind::Null => &[],
        Kind::List(list) => list.items(),
        _ => std::slice::from_ref(value),
    }
}

/// The same step on each alternative.
pub(super) fn each(value: &Value, arms: &[Value], step: impl FnMut(&Value) -> Value) -> Value {
    let results: Vec<Value> = arms.iter().map(step).collect();
    Value::one_of(results, || {
        let why = Why::Budget("more alternatives than are followed".into());
        Value::unknown(Symbol::new(value.canonical()), why)
    })
}

fn error(value: &Value, name: &str, message: String) -> Value {
    Value::unknown(Symbol::new(format!("{}.{name}", value.canonical())), Why::Error(message.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(entries: &[(&str, Value)]) -> Value {
        Value::object(entries.iter().map(|(key, value)| Entry::new(*key, value.clone())).collect())
    }

    fn either(a: Value, b: Value) -> Value {
        Value::one_of([a, b], Value::null)
    }

    #[test]
    fn what_a_resource_does_not_set_is_a_symbol_of_it() {
        let role = Value::object(vec![Entry::new("name", Value::text("ci")), other_attributes("aws_iam_role.ci", "")]);
        assert_eq!(attribute(&role, "name").as_str(), Some("ci"));
        let arn = attribute(&role, "arn");
        let reference = arn.as_unknown().unwrap().symbol.reference().unwrap();
        assert_eq!((&*reference.address, &*reference.attribute), ("aws_iam_role.ci", "arn"));
        let website = Value::object(vec![other_attributes("aws_s3_bucket.b", "website[0]")]);
        assert_eq!(
            attribute(&website, "domain").as_unknown().unwrap().symbol.name(),
            "aws_s3_bucket.b.website[0].domain"
        );
    }

    #[test]
    fn steps_from_an_unknown_name_where_they_lead() {
        let unknown = Value::unknown(Symbol::of_resource("data.aws_x.y", "z"), Why::AfterDeployment("z".into()));
        let deep = attribute(&index(&unknown, &Value::integer(0)), "name");
        let symbol = deep.as_unknown().unwrap().symbol.clone();
        assert_eq!(symbol.name(), "data.aws_x.y.z[0].name");
        assert_eq!(&*symbol.reference().unwrap().attribute, "z[0].name");
    }

    #[test]
    fn an_unknown_has_the_parts_of_its_type() {
        let number = Form::List(Some(std::sync::Arc::new(Form::Number)));
        let form = Form::Object([("sizes".into(), Some(number)), ("any".into(), None)].into());
        let symbol = Symbol::new("var.x").of_form(Some(form));
        let unknown = Value::unknown(symbol, Why::Input("var.x".into()));
        let form_of = |value: &Value| value.as_unknown().unwrap().symbol.form().cloned();
        let sizes = attribute(&unknown, "sizes");
        assert_eq!(form_of(&index(&sizes, &Value::integer(0))), Some(Form::Number));
        assert_eq!(form_of(&attribute(&attribute(&unknown, "any"), "x")), None);
        for wrong in [attribute(&unknown, "other"), attribute(&sizes, "first"), index(&sizes, &Value::text("a"))] {
            assert!(matches!(wrong.as_unknown().unwrap().why, Why::Error(_)));
        }
        let id = attribute(&Value::object(vec![other_attributes("aws_vpc.main[0]", "")]), "id");
        assert_eq!(form_of(&id), Some(Form::Text));
        assert!(matches!(attribute(&id, "x").as_unknown().unwrap().why, Why::Error(_)));
    }

    #[test]
    fn alternatives_are_followed_each() {
        let value = either(object(&[("a", Value::integer(1))]), object(&[("a", Value::integer(2))]));
        assert_eq!(attribute(&value, "a"), either(Value::integer(1), Value::integer(2)));
        let list = Value::tuple(vec![Value::integer(1), Value::integer(2)]);
        assert_eq!(
            index(&list, &either(Value::integer(0), Value::integer(1))),
            either(Value::integer(1), Value::integer(2))
        );
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        for value in [
            attribute(&object(&[]), "a"),
            attribute(&Value::null(), "a"),
            index(&Value::tuple(vec![]), &Value::integer(0)),
            index(&Value::tuple(vec![Value::null()]), &Value::integer(-1)),
        ] {
            assert!(matches!(value.as_unknown().unwrap().why, Why::Error(_)));
        }
    }
}
