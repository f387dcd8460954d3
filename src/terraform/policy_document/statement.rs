//! One statement of a policy document.

use super::set;
use crate::source::Span;
use crate::terraform::alternatives::distribute;
use crate::terraform::convert::{Type, convert, distinct, sorted_entries, text_order};
use crate::terraform::spread;
use crate::value::{Entry, Kind, List, ListKind, Map, Symbol, Text, Value};

/// The statement of a `statement` block; `old` documents have no policy variables.
pub(super) fn render(block: &Value, old: bool) -> Result<Value, String> {
    let map = match &block.kind {
        Kind::Map(map) => map,
        Kind::OneOf(arms) => {
            let arms = arms.iter().map(|arm| render(arm, old)).collect::<Result<Vec<_>, _>>()?;
            return Ok(Value::one_of(arms, || block.clone()).or_at(block.origin));
        }
        Kind::Unknown(_) => return Ok(block.clone()),
        _ => return Err("a statement must be a block".to_owned()),
    };
    let mut entries = Vec::new();
    let mut put = |name: &str, argument: &Entry, value: Value| {
        entries.push(Entry { key: Text::from(name), key_origin: argument.key_origin, value });
    };
    let given = |name: &str| map.entry(name).filter(|entry| !entry.value.is_null());
    if let Some(sid) = given("sid").filter(|sid| sid.value.as_str() != Some("")) {
        put("Sid", sid, sid.value.clone());
    }
    match given("effect") {
        Some(effect) => put("Effect", effect, effect.value.clone()),
        None => put("Effect", &Entry::new("Effect", Value::null()), Value::text("Allow")),
    }
    for (argument, name, variables) in [
        ("actions", "Action", false),
        ("not_actions", "NotAction", false),
        ("resources", "Resource", true),
        ("not_resources", "NotResource", true),
    ] {
        if let Some(entry) = given(argument) {
            let list = if variables { with_variables(&entry.value, old)? } else { entry.value.clone() };
            if let Some(value) = one_or_sorted(&list) {
                put(name, entry, value);
            }
        }
    }
    for (argument, name) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        if let Some(entry) = given(argument)
            && let Some(value) = principals(&entry.value, old)?
        {
            put(name, entry, value);
        }
    }
    if let Some(entry) = given("condition")
        && let Some(value) = conditions(&entry.value, old)?
    {
        put("Condition", entry, value);
    }
    Ok(Value::new(Value::object(entries).kind, block.origin))
}

/// `&{…}` stands for `${…}`, which Terraform would take for its own.
fn with_variables(value: &Value, old: bool) -> Result<Value, String> {
    let kind = match &value.kind {
        Kind::Text(text) if text.literal_content().contains("&{") => {
            if old {
                return Err(format!("found &{{ in {text}, which documents of version 2008-10-17 do not have"));
            }
            Kind::Text(text.map_literals(|literal| literal.replace("&{", "${"), Symbol::clone))
        }
        Kind::List(list) => {
            let items = list.iter().map(|item| with_variables(item, old)).collect::<Result<_, _>>()?;
            Kind::List(List::new(list.kind, items))
        }
        Kind::OneOf(arms) => {
            let arms = arms.iter().map(|arm| with_variables(arm, old)).collect::<Result<Vec<_>, _>>()?;
            return Ok(Value::one_of(arms, || value.clone()).or_at(value.origin));
        }
        _ => return Ok(value.clone()),
    };
    Ok(Value::new(kind, value.origin))
}

/// A set of texts as the provider writes it: alone, or as a list in reverse order; nothing when it is empty.
fn one_or_sorted(value: &Value) -> Option<Value> {
    match &value.kind {
        Kind::List(list) => match sorted(&distinct(list.items())) {
            items if items.is_empty() => None,
            items => Some(one_or_all(items, value.origin)),
        },
        Kind::OneOf(arms) => {
            let arms = arms.iter().map(|arm| one_or_sorted(arm).unwrap_or_else(Value::null));
            Some(Value::one_of(arms, || value.clone()).or_at(value.origin))
        }
        Kind::Null => None,
        _ => Some(value.clone()),
    }
}

fn one_or_all(mut items: Vec<Value>, origin: Option<Span>) -> Value {
    if items.len() == 1 {
        items.swap_remove(0)
    } else {
        Value::new(Kind::List(List::new(ListKind::Tuple, items)), origin)
    }
}

/// In reverse order; what has no text comes last.
fn sorted(items: &[Value]) -> Vec<Value> {
    let items = items.iter().filter(|item| !item.is_null()).map(as_string);
    let mut items: Vec<(Option<Text>, Value)> = items.map(|item| (item.as_text().cloned(), item)).collect();
    items.sort_by(|(a, _), (b, _)| match (a, b) {
        (Some(a), Some(b)) => text_order(b, a),
        _ => b.is_some().cmp(&a.is_some()),
    });
    items.into_iter().map(|(_, item)| item).collect()
}

/// An element of a list of strings: numbers and truth values are converted.
fn as_string(item: &Value) -> Value {
    match (&item.kind, item.to_text()) {
        (Kind::Bool(_) | Kind::Number(_), Some(text)) => Value::new(Kind::Text(text), item.origin),
        _ => item.clone(),
    }
}

/// Blocks of `principals`, their identifiers under their types; `"*"` for everyone alone.
fn principals(blocks: &Value, old: bool) -> Result<Option<Value>, String> {
    let each = |block: &Value| -> Result<Option<Named>, String> {
        let Some(map) = block.as_map() else { return Ok(None) };
        let (key, key_origin) = name_of(map, "type");
        let identifiers = map.get("identifiers").cloned().unwrap_or_else(|| Value::tuple(Vec::new()));
        let identifiers = with_variables(&identifiers, old)?;
        let origin = identifiers.origin;
        let values = listed(&identifiers, true);
        Ok(Some(Named { key, key_origin, values, origin }))
    };
    blocks_to_map(blocks, &set::principal, &each, &|principals| {
        if let [only] = principals.as_slice()
            && only.key.as_str() == Some("*")
            && let [identifier] = only.values.as_slice()
            && identifier.as_str() == Some("*")
        {
            return identifier.clone();
        }
        let mut by_type: Vec<Named> = Vec::new();
        for principal in principals {
            add(&mut by_type, principal);
        }
        by_type.sort_by(|a, b| text_order(&a.key, &b.key));
        Value::object(by_type.into_iter().map(Named::into_entry).collect())
    })
}

/// A name with its values: a principal's type, or a condition's key.
struct Named {
    key: Text,
    key_origin: Option<Span>,
    values: Vec<Value>,
    origin: Option<Span>,
}

impl Named {
    fn into_entry(self) -> Entry {
        let value = one_or_all(self.values, self.origin);
        Entry { key: self.key, key_origin: self.key_origin, value }
    }
}

/// Puts values with those that have the same name already.
fn add(known: &mut Vec<Named>, next: Named) {
    match known.iter_mut().find(|earlier| earlier.key == next.key) {
        Some(earlier) => earlier.values.extend(next.values),
        None => known.push(next),
    }
}

/// The text of a block's argument that becomes a name.
fn name_of(block: &Map, argument: &str) -> (Text, Option<Span>) {
    let value = block.get(argument);
    (value.and_then(Value::to_text).unwrap_or_else(|| Text::from("")), value.and_then(|value| value.origin))
}

/// The elements of a list argument; of an unknown list, one that stands for all.
fn listed(value: &Value, is_set: bool) -> Vec<Value> {
    match &value.kind {
        Kind::List(list) => {
            // The provider takes strings alone.
            let items: Vec<Value> = list.iter().map(|item| convert(item.clone(), &Type::String)).collect();
            if is_set { sorted(&distinct(&items)) } else { items }
        }
        Kind::Unknown(unknown) => vec![spread::element(unknown, value)],
        Kind::Null => Vec::new(),
        // Alternatives of the whole list: each as it would stand alone.
        Kind::OneOf(arms) => {
            let arms = arms.iter().map(|arm| one_or_all(listed(arm, is_set), arm.origin));
            vec![Value::one_of(arms, || value.clone()).or_at(value.origin)]
        }
        _ => vec![value.clone()],
    }
}

/// What `combine` makes of a set of blocks, each at the `place` that the provider gives it. Alternative blocks give alternatives; a block that is not known adds an
/// entry that stands for whatever it holds.
fn blocks_to_map<B>(
    blocks: &Value,
    place: &dyn Fn(&Value) -> Option<String>,
    each: &dyn Fn(&Value) -> Result<Option<B>, String>,
    combine: &dyn Fn(Vec<B>) -> Value,
) -> Result<Option<Value>, String> {
    let items = match &blocks.kind {
        Kind::List(list) => set::ordered(list.items(), place),
        Kind::Unknown(_) => return Ok(Some(blocks.clone())),
        Kind::OneOf(arms) => {
            let mut results = Vec::with_capacity(arms.len());
            for arm in arms.iter() {
                results.push(blocks_to_map(arm, place, each, combine)?.unwrap_or_else(Value::null));
            }
            return Ok(Some(Value::one_of(results, || blocks.clone()).or_at(blocks.origin)));
        }
        _ => vec![blocks.clone()],
    };
    if items.is_empty() {
        return Ok(None);
    }
    let mut failure = None;
    let name = |items: &[Value]| Symbol::new(Value::tuple(items.to_vec()).canonical());
    let result = distribute(items, &name, |items| {
        let mut known = Vec::with_capacity(items.len());
        for item in &items {
            match each(item) {
                Ok(block) => known.extend(block),
                Err(message) => failure = Some(message),
            }
        }
        let spreads: Vec<Entry> =
            items.iter().filter_map(|item| item.as_unknown().map(|unknown| spread::entry(unknown, item))).collect();
        if known.is_empty() && spreads.is_empty() {
            return Value::null();
        }
        let combined = combine(known);
        if spreads.is_empty() {
            return combined;
        }
        let mut entries = match &combined.kind {
            Kind::Map(map) => map.entries().to_vec(),
            // Everyone, and more that is not known.
            _ => vec![Entry::new("*", combined)],
        };
        entries.extend(spreads);
        Value::object(entries)
    });
    match failure {
        Some(message) => Err(message),
        None if result.is_null() => Ok(None),
        None => Ok(Some(result.or_at(blocks.origin))),
    }
}

/// Blocks of `condition`, merged by test and variable.
fn conditions(blocks: &Value, old: bool) -> Result<Option<Value>, String> {
    let each = |block: &Value| -> Result<Option<Condition>, String> {
        let Some(map) = block.as_map() else { return Ok(None) };
        let (test, test_origin) = name_of(map, "test");
        let (key, key_origin) = name_of(map, "variable");
        let values = map.get("values").cloned().unwrap_or_else(|| Value::tuple(Vec::new()));
        let values = with_variables(&values, old)?;
        let origin = values.origin;
        let variables = vec![Named { key, key_origin, values: listed(&values, false), origin }];
        Ok(Some(Condition { test, test_origin, block: block.origin, variables }))
    };
    blocks_to_map(blocks, &set::condition, &each, &|conditions| {
        let mut by_test: Vec<Condition> = Vec::new();
        for condition in conditions {
            match by_test.iter_mut().find(|earlier| earlier.test == condition.test) {
                Some(earlier) => condition.variables.into_iter().for_each(|next| add(&mut earlier.variables, next)),
                None => by_test.push(condition),
            }
        }
        by_test.sort_by(|a, b| text_order(&a.test, &b.test));
        let tests = by_test.into_iter().map(|Condition { test, test_origin, block, mut variables }| {
            variables.sort_by(|a, b| text_order(&a.key, &b.key));
            let variables = variables.into_iter().map(Named::into_entry).collect();
            Entry { key: test, key_origin: test_origin, value: Value::new(Value::object(variables).kind, block) }
        });
        Value::object(tests.collect())
    })
}

/// What is asked under one test.
struct Condition {
    test: Text,
    test_origin: Option<Span>,
    /// Where the first block of this test stands.
    block: Option<Span>,
    variables: Vec<Named>,
}

/// The names of a statement, in the provider's order.
const NAMES: [&str; 9] =
    ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"];

/// A statement of a source document as the provider writes it again: known names only, in its order, principals
/// and conditions sorted.
pub(super) fn normal(statement: &Value) -> Value {
    let Some(map) = statement.as_map() else { return statement.clone() };
    let mut entries = Vec::new();
    for name in NAMES {
        let Some(entry) = super::field(statement, name) else { continue };
        let value = match name {
            "Sid" | "Effect" if entry.value.as_str() == Some("") => continue,
            "Principal" | "NotPrincipal" => source_principals(&entry.value),
            "Condition" => source_conditions(&entry.value),
            _ => Some(entry.value.clone()),
        };
        if let Some(value) = value {
            entries.push(Entry { key: Text::from(name), key_origin: entry.key_origin, value });
        }
    }
    entries.extend(map.entries().iter().filter(|entry| spread::is_entry(entry)).cloned());
    Value::new(Value::object(entries).kind, statement.origin)
}

fn source_principals(value: &Value) -> Option<Value> {
    let Some(map) = value.as_map() else { return Some(value.clone()) };
    if let [only] = map.entries()
        && only.key.as_str() == Some("*")
        && only.value.as_str() == Some("*")
    {
        return Some(only.value.clone());
    }
    let entry = |entry: &Entry| {
        let value = match &entry.value.kind {
            Kind::List(list) => {
                let items = sorted(list.items());
                Value::new(Kind::List(List::new(ListKind::Tuple, items)), entry.value.origin)
            }
            _ => entry.value.clone(),
        };
        Entry { value, ..entry.clone() }
    };
    let entries: Vec<Entry> = sorted_entries(map).iter().map(entry).collect();
    (!entries.is_empty()).then(|| Value::new(Value::object(entries).kind, value.origin))
}

/// Truth values become text; numbers, which the provider does not read, fall away.
fn source_conditions(value: &Value) -> Option<Value> {
    let Some(map) = value.as_map() else { return Some(value.clone()) };
    let mut tests: Vec<Entry> = Vec::new();
    for test in sorted_entries(map).iter() {
        let Some(variables) = test.value.as_map() else {
            tests.push(test.clone());
            continue;
        };
        let kept: Vec<Entry> = sorted_entries(variables)
            .iter()
            .filter(|entry| !matches!(entry.value.kind, Kind::Number(_) | Kind::Null))
            .map(|entry| match (&entry.value.kind, entry.value.to_text()) {
                (Kind::Bool(_), Some(text)) => {
                    Entry { value: Value::new(Kind::Text(text), entry.value.origin), ..entry.clone() }
                }
                _ => entry.clone(),
            })
            .collect();
        if !kept.is_empty() {
            tests.push(Entry { value: Value::new(Value::object(kept).kind, test.value.origin), ..test.clone() });
        }
    }
    (!tests.is_empty()).then(|| Value::new(Value::object(tests).kind, value.origin))
}
