//! Whether values are equal that may be known only in part.

use crate::value::{Form, Kind, List, ListKind, Map, Piece, Text, Value};

use super::spread;

/// Whether two values are equal in Terraform's sense, where values of different types never are; `None` when
/// that is not known. The same symbol is equal to itself.
pub(crate) fn equal(left: &Value, right: &Value) -> Option<bool> {
    let mut nodes = MAX_COMPARED_NODES;
    let as_named = equal_values(left, right, &mut nodes);
    if as_named.is_some() {
        return as_named;
    }
    equal_values(&left.clone().expanded(), &right.clone().expanded(), &mut nodes)
}

/// Values share their parts, so a few lines of code can make ones with more nodes than there is time to compare;
/// beyond this many it is not known whether they are equal.
const MAX_COMPARED_NODES: usize = 1 << 20;

fn equal_values(left: &Value, right: &Value, nodes: &mut usize) -> Option<bool> {
    *nodes = nodes.checked_sub(1)?;
    match (&left.kind, &right.kind) {
        (Kind::Null, Kind::Null) => Some(true),
        // Converted to text, what is not known may be another value.
        (Kind::Unknown(a), Kind::Unknown(b)) if a.symbol == b.symbol => {
            (a.symbol.form() == b.symbol.form()).then_some(true)
        }
        (Kind::Unknown(a), Kind::Text(b)) | (Kind::Text(b), Kind::Unknown(a)) if b.as_symbol() == Some(&a.symbol) => {
            Some(true)
        }
        // Both may be null, and nulls of any types are equal.
        (Kind::Unknown(_), Kind::Unknown(_)) => None,
        (Kind::Unknown(unknown), other) | (other, Kind::Unknown(unknown)) => {
            differ(unknown.symbol.form()?, &form_of(other)?)
        }
        (Kind::OneOf(_), _) | (_, Kind::OneOf(_)) => equal_alternatives(left, right, nodes),
        (Kind::Bool(a), Kind::Bool(b)) => Some(a == b),
        (Kind::Number(a), Kind::Number(b)) => Some(a == b),
        (Kind::Text(a), Kind::Text(b)) => equal_texts(a, b),
        (Kind::List(a), Kind::List(b)) => equal_lists(a, b, nodes),
        (Kind::Map(a), Kind::Map(b)) => equal_maps(a, b, nodes),
        _ => Some(false),
    }
}

/// Values of two types are never equal. Lists may still be of one type, tuples, sets or empty.
fn differ(left: &Form, right: &Form) -> Option<bool> {
    let is_primitive = left.is_primitive() || right.is_primitive();
    (is_primitive && left != right).then_some(false)
}

/// What a value that is not null is.
fn form_of(value: &Kind) -> Option<Form> {
    Some(match value {
        Kind::Bool(_) => Form::Bool,
        Kind::Number(_) => Form::Number,
        Kind::Text(_) => Form::Text,
        Kind::List(_) => Form::List(None),
        Kind::Map(_) => Form::Map(None),
        Kind::Null | Kind::Unknown(_) | Kind::OneOf(_) => return None,
    })
}

fn equal_alternatives(left: &Value, right: &Value, nodes: &mut usize) -> Option<bool> {
    let mut verdict = None;
    for a in left.alternatives() {
        for b in right.alternatives() {
            let this = equal_values(a, b, nodes)?;
            if *verdict.get_or_insert(this) != this {
                return None;
            }
        }
    }
    verdict
}

fn equal_lists(a: &List, b: &List, nodes: &mut usize) -> Option<bool> {
    let same_kind = a.kind == b.kind;
    // An empty literal takes any type only where a type is asked for, which equality does not.
    if !same_kind {
        return Some(false);
    }
    let is_uncertain = |list: &List| list.open().is_some() || spread::in_list(list).is_some();
    if is_uncertain(a) || is_uncertain(b) {
        return (a == b).then_some(true);
    }
    if a.kind == ListKind::Set && !(a.iter().all(Value::is_wholly_known) && b.iter().all(Value::is_wholly_known)) {
        return (a == b).then_some(true);
    }
    if a.len() != b.len() {
        return Some(false);
    }
    all_equal(a.iter().zip(b.iter()), nodes)
}

fn equal_maps(a: &Map, b: &Map, nodes: &mut usize) -> Option<bool> {
    if a.kind != b.kind {
        return Some(false);
    }
    let computed_names = |map: &Map| map.entries().iter().any(|entry| !entry.key.is_known());
    if computed_names(a) || computed_names(b) || a.open().is_some() || b.open().is_some() {
        return (a == b).then_some(true);
    }
    if a.len() != b.len() {
        return Some(false);
    }
    let mut pairs = Vec::with_capacity(a.len());
    for entry in a.entries() {
        match entry.key.as_str().and_then(|name| b.get(name)) {
            Some(theirs) => pairs.push((&entry.value, theirs)),
            None => return Some(false),
        }
    }
    all_equal(pairs.into_iter(), nodes)
}

/// Unequal when one pair is; unknown when one pair is unknown and none unequal.
fn all_equal<'a>(pairs: impl Iterator<Item = (&'a Value, &'a Value)>, nodes: &mut usize) -> Option<bool> {
    let mut verdict = Some(true);
    for (a, b) in pairs {
        match equal_values(a, b, nodes) {
            Some(false) => return Some(false),
            Some(true) => {}
            None => verdict = None,
        }
    }
    verdict
}

/// Texts are unequal for certain when their known beginnings or ends disagree, or when one is known and too
/// short to hold what is known of the other.
fn equal_texts(a: &Text, b: &Text) -> Option<bool> {
    if a == b {
        return Some(true);
    }
    let (known_a, known_b) = (a.as_str(), b.as_str());
    if known_a.is_some() && known_b.is_some() {
        return Some(false);
    }
    let agree = |a: &str, b: &str, within: fn(&str, &str) -> bool| within(a, b) || within(b, a);
    let too_short =
        |known: Option<&str>, other: &Text| known.is_some_and(|known| known.len() < other.literal_content().len());
    let starts = agree(known_start(a), known_start(b), |a, b| a.starts_with(b));
    let ends = agree(known_end(a), known_end(b), |a, b| a.ends_with(b));
    let impossible = !starts || !ends || too_short(known_a, b) || too_short(known_b, a);
    if impossible { Some(false) } else { None }
}

/// What the text certainly starts with.
pub(crate) fn known_start(text: &Text) -> &str {
    match text.pieces().next() {
        Some(Piece::Literal(literal)) => literal,
        _ => "",
    }
}

/// What the text certainly ends with.
pub(crate) fn known_end(text: &Text) -> &str {
    match text.pieces().last() {
        Some(Piece::Literal(literal)) => literal,
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Symbol, TextBuilder, Why};

    fn unknown(name: &str) -> Value {
        Value::unknown(Symbol::new(name), Why::Input(name.into()))
    }

    fn text(before: &str, symbol: &str, after: &str) -> Value {
        let mut builder = TextBuilder::new();
        builder.push_str(before);
        builder.push_symbol(Symbol::new(symbol));
        builder.push_str(after);
        Value::text(builder.finish())
    }

    #[test]
    fn equality_of_partly_known_texts() {
        let arn = || text("arn:aws:s3:::", "bucket", "/*");
        assert_eq!(equal(&arn(), &arn()), Some(true));
        assert_eq!(equal(&arn(), &Value::text("*")), Some(false));
        assert_eq!(equal(&arn(), &Value::text("arn:aws:s3:::logs/x")), Some(false));
        assert_eq!(equal(&arn(), &Value::text("arn:aws:s3:::logs/*")), None);
        assert_eq!(equal(&text("", "a", ""), &unknown("a")), Some(true));
        assert_eq!(equal(&unknown("a"), &unknown("b")), None);
        assert_eq!(equal(&unknown("a"), &Value::null()), None);
        assert_eq!(equal(&arn(), &Value::null()), Some(false));
    }

    #[test]
    fn values_of_different_types_are_not_equal() {
        assert_eq!(equal(&Value::integer(1), &Value::text("1")), Some(false));
        let list = Value::new(Kind::List(List::new(ListKind::List, vec![Value::integer(1)])), None);
        assert_eq!(equal(&Value::tuple(vec![Value::integer(1)]), &list), Some(false));
    }

    #[test]
    fn values_with_endless_parts_are_compared_in_time() {
        let nested = |mut value: Value| {
            for _ in 0..60 {
                value = Value::tuple(vec![value.clone(), value]);
            }
            value
        };
        let (a, b) = (nested(Value::integer(1)), nested(Value::integer(1)));
        assert_eq!(equal(&a, &b), None);
        assert!(!a.canonical().is_empty());
    }
}
