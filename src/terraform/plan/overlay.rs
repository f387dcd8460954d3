//! What a plan knows of a value, at the places where the code says it.

use crate::source::Span;
use crate::terraform::spread;
use crate::value::{Encoding, Entry, Kind, List, Map, MapKind, Piece, Text, TextBuilder, Unknown, Value, json};

/// Elements of longer lists are taken in order: each is compared with all others.
const MAX_MATCHED: usize = 1_000;

/// How a map's names in the plan are to be taken that the code does not have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    /// What the provider says of an argument that the code leaves out: kept where it is one value.
    Provider,
    /// Part of a document: kept.
    Document,
}

/// The value of the plan with the origins of the code's. Where they agree it is the code's value; what the plan knows
/// and the code does not, stands at the code's expression; what the plan does not know is what the code says of it.
pub(super) fn overlay(code: &Value, plan: &Value, others: Others) -> Value {
    if code.is_null() || plan.is_null() || code == plan {
        return if plan.is_unknown() || plan.is_null() || code == plan {
            code.clone()
        } else {
            relocated(plan, code.origin)
        };
    }
    match (&code.kind, &plan.kind) {
        (_, Kind::Unknown(_)) => code.clone(),
        (Kind::OneOf(arms), _) => {
            let agrees = |arm: &&Value| agree(arm, plan);
            match arms.iter().find(agrees).or_else(|| arms.iter().find(|arm| is_alike(arm, plan))) {
                Some(arm) => overlay(arm, plan, others).or_at(code.origin),
                None => relocated(plan, code.origin),
            }
        }
        (Kind::Text(ours), Kind::Text(theirs)) => text(code, ours, theirs),
        (Kind::Unknown(unknown), Kind::Text(theirs)) if theirs.is_known() => named(unknown, theirs, code.origin),
        (Kind::List(ours), Kind::List(theirs)) => {
            let items = list(ours, theirs, code.origin, others);
            Value::new(Kind::List(List::new(theirs.kind, items)), code.origin)
        }
        (Kind::Map(ours), Kind::Map(theirs)) => {
            Value::new(Kind::Map(Map::new(MapKind::Object, entries(ours, theirs, others))), code.origin)
        }
        // Converted by the provider's schema, or a single element instead of a list.
        _ if agree(code, plan) => code.clone(),
        (_, Kind::List(theirs)) if theirs.len() == 1 && !code.is_unknown() => {
            let items = theirs.iter().map(|item| overlay(code, item, others)).collect();
            Value::new(Kind::List(List::new(theirs.kind, items)), code.origin)
        }
        _ => relocated(plan, code.origin),
    }
}

/// The arguments of a block: those that the code sets, and single values that the provider says of the others.
pub(super) fn entries(ours: &Map, theirs: &Map, others: Others) -> Vec<Entry> {
    let mut entries = Vec::with_capacity(theirs.len());
    for entry in theirs.entries() {
        let own = entry.key.as_str().and_then(|name| ours.entry(name));
        match own {
            Some(own) => {
                let value = overlay(&own.value, &entry.value, others);
                entries.push(Entry { key: own.key.clone(), key_origin: own.key_origin, value });
            }
            None if others == Others::Document || is_single(&entry.value) => {
                entries.push(Entry::new(entry.key.clone(), relocated(&entry.value, None)));
            }
            None => {}
        }
    }
    entries
}

/// Whether a value that the code does not set is one that says something by itself. Lists, blocks and documents which
/// the provider fills in repeat what other resources say.
pub(super) fn is_single(value: &Value) -> bool {
    match &value.kind {
        Kind::Bool(_) | Kind::Number(_) => true,
        Kind::Text(text) => !is_document(text),
        _ => false,
    }
}

/// Whether a text is a JSON document, by its start.
pub(super) fn is_document(text: &Text) -> bool {
    text.literal_content().trim_start().starts_with(['{', '['])
}

fn text(code: &Value, ours: &Text, theirs: &Text) -> Value {
    if is_document(theirs)
        && let (Ok(mine), Ok(planned)) = (json::decode(ours), json::decode(theirs))
    {
        if mine == planned {
            return code.clone();
        }
        let whole = overlay(&mine, &planned, Others::Document);
        return Value::text(Text::encoding(whole, Encoding::CompactJson)).or_at(code.origin);
    }
    let single = Value::text(theirs.clone());
    match ours.as_symbol() {
        Some(symbol) if !is_document(theirs) && theirs.is_known() => {
            Value::text(Text::from(symbol.expanded_as(theirs.clone()))).or_at(code.origin)
        }
        _ if !theirs.is_known() => code.clone(),
        _ => relocated(&single, code.origin),
    }
}

/// A reference of which the plan knows the text: it stays one, so that what it leads to is found.
fn named(unknown: &Unknown, theirs: &Text, origin: Option<Span>) -> Value {
    if unknown.symbol.reference().is_none() || is_document(theirs) {
        return relocated(&Value::text(theirs.clone()), origin);
    }
    let symbol = unknown.symbol.expanded_as(Text::from(theirs.to_string()));
    Value::unknown(symbol, unknown.why.clone()).or_at(origin)
}

/// Each element of the plan's with the one of the code's that is equal, and what is left in order. The provider orders
/// sets by its own lights.
fn list(ours: &List, theirs: &List, origin: Option<Span>, others: Others) -> Vec<Value> {
    let mut left: Vec<&Value> = ours.iter().collect();
    let is_long = ours.len().max(theirs.len()) > MAX_MATCHED;
    let mut matched: Vec<Option<Value>> = theirs
        .iter()
        .map(|item| {
            if is_long {
                return None;
            }
            let at = left.iter().position(|own| agree(own, item))?;
            Some(left.remove(at).clone())
        })
        .collect();
    // One that stands for any number of elements is not used up.
    let spreading = ours.iter().find(|own| spread::is_element(own));
    left.retain(|own| !spread::is_element(own));
    let mut left = left.into_iter();
    for (item, found) in theirs.iter().zip(&mut matched) {
        if found.is_none() {
            *found = Some(match left.next() {
                Some(own) => overlay(own, item, others),
                None if item.is_unknown() => item.clone(),
                None => relocated(item, spreading.and_then(|own| own.origin).or(origin)),
            });
        }
    }
    matched.into_iter().flatten().collect()
}

/// Whether two values are the same but for the type that one was converted to, and for what the code leaves out.
fn agree(code: &Value, plan: &Value) -> bool {
    if code == plan {
        return true;
    }
    match (&code.kind, &plan.kind) {
        (Kind::Bool(_) | Kind::Number(_) | Kind::Text(_), Kind::Bool(_) | Kind::Number(_) | Kind::Text(_)) => {
            code.to_text() == plan.to_text()
        }
        (Kind::List(ours), Kind::List(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(own, item)| agree(own, item))
        }
        (Kind::Map(ours), Kind::Map(theirs)) => {
            theirs.entries().iter().all(|entry| match entry.key.as_str().and_then(|name| ours.get(name)) {
                Some(own) => agree(own, &entry.value),
                None => is_empty(&entry.value),
            })
        }
        _ => false,
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_list().is_some_and(List::is_empty) || value.as_map().is_some_and(Map::is_empty)
}

/// Whether the values are of one shape, so that parts of them may be equal.
fn is_alike(code: &Value, plan: &Value) -> bool {
    matches!(
        (&code.kind, &plan.kind),
        (Kind::List(_), Kind::List(_))
            | (Kind::Map(_), Kind::Map(_))
            | (Kind::Unknown(_) | Kind::Text(_), Kind::Text(_))
    )
}

/// The same value, all of it at one place. Calls itself as deep as the JSON is nested.
pub(super) fn relocated(value: &Value, origin: Option<Span>) -> Value {
    let kind = match &value.kind {
        Kind::Text(text) => Kind::Text(relocated_text(text, origin)),
        Kind::List(list) => Kind::List(List::new(list.kind, list.iter().map(|item| relocated(item, origin)).collect())),
        Kind::Map(map) => {
            let entries = map.entries().iter().map(|entry| Entry {
                key: relocated_text(&entry.key, origin),
                key_origin: origin,
                value: relocated(&entry.value, origin),
            });
            Kind::Map(Map::new(map.kind, entries.collect()))
        }
        other => other.clone(),
    };
    Value::new(kind, origin)
}

fn relocated_text(text: &Text, origin: Option<Span>) -> Text {
    let mut builder = TextBuilder::new();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(literal) => builder.push_from(literal, origin),
            Piece::Symbol(symbol) => builder.push_symbol(symbol.clone()),
        }
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::value::{Symbol, Why};

    /// A value whose parts stand in a file, and the file's text of a part.
    fn placed(sources: &Sources, name: &str, content: &str) -> Value {
        let file = sources.add_text(format!("/{name}").into(), content.as_bytes().to_vec()).unwrap();
        json::parse(&Text::literal_at(file.text(), file.whole())).unwrap()
    }

    fn shown(sources: &Sources, value: &Value) -> String {
        let span = value.origin.unwrap();
        format!("{}:{}", sources.get(span.file).unwrap().shown_path(), sources.slice(span))
    }

    #[test]
    fn equal_elements_stand_where_the_code_says_them() {
        let sources = Sources::new("/".into());
        let code = placed(&sources, "code", r#"{"actions": ["s3:Put", "s3:Get"], "n": "1"}"#);
        let plan = placed(
            &sources,
            "plan",
            r#"{"actions": ["s3:Get", "s3:List"], "n": 1, "sid": null, "path": "/", "b": []}"#,
        );
        let value = overlay(&code, &plan, Others::Provider);
        let actions = value.get("actions").unwrap().as_list().unwrap().items();
        assert_eq!(actions.iter().filter_map(Value::as_str).collect::<Vec<_>>(), ["s3:Get", "s3:List"]);
        assert_eq!(shown(&sources, &actions[0]), r#"code:"s3:Get""#);
        assert_eq!(shown(&sources, &actions[1]), r#"code:"s3:Put""#);
        assert_eq!(value.get("n").unwrap().as_str(), Some("1"));
        assert_eq!(value.get("path").unwrap().origin, None);
        assert!(value.get("sid").is_none() && value.get("b").is_none());
    }

    #[test]
    fn a_reference_stays_one_and_learns_its_text() {
        let unknown = Value::unknown(Symbol::of_resource("aws_iam_policy.p", "arn"), Why::AfterDeployment("x".into()));
        let value = overlay(&unknown, &Value::text("arn:aws:iam::1:policy/p"), Others::Provider);
        let symbol = &value.as_unknown().unwrap().symbol;
        assert_eq!(&*symbol.reference().unwrap().address, "aws_iam_policy.p");
        assert_eq!(symbol.expansion().unwrap().as_str(), Some("arn:aws:iam::1:policy/p"));
    }

    #[test]
    fn documents_are_compared_by_what_they_say() {
        let sources = Sources::new("/".into());
        let inner = placed(&sources, "code", r#"{"Version": "x", "Statement": [{"Action": "*", "Resource": ["a"]}]}"#);
        let code = Value::text(Text::encoding(inner, Encoding::CompactJson));
        let plan = Value::text(r#"{"Statement":[{"Action":"*","Resource":["b"]}],"Version":"x"}"#);
        let value = overlay(&code, &plan, Others::Provider);
        let document = json::decode(value.as_text().unwrap()).unwrap();
        let statement = &document.get("Statement").unwrap().as_list().unwrap().items()[0];
        assert_eq!(shown(&sources, statement.get("Action").unwrap()), r#"code:"*""#);
        let resource = &statement.get("Resource").unwrap().as_list().unwrap().items()[0];
        assert_eq!(resource.as_str(), Some("b"));
        assert_eq!(shown(&sources, resource), r#"code:"a""#);
    }
}
