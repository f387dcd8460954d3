//! `data "aws_iam_policy_document"`: the policy document that the AWS provider (5.x) makes of the arguments, as a
//! value in which every part knows where it was written.

mod set;
mod statement;

use crate::value::{Entry, Kind, List, ListKind, Symbol, Text, Unknown, Value, Why, json};

use super::alternatives::distribute;
use super::spread;

/// The version when none is given.
const DEFAULT_VERSION: &str = "2012-10-17";

/// The version without policy variables.
const OLD_VERSION: &str = "2008-10-17";

/// The document of these arguments: an object with its names in the provider's order. `json` is its text with
/// [`IndentedJson`](crate::value::Encoding::IndentedJson), `minified_json` with `CompactJson`.
///
/// What is not known stays an unknown in its place; a list of statements, or a source document, that is not known is
/// one element of `Statement` that stands for any number of them (see [`spread`]). What the provider refuses is an
/// unknown with [`Why::Error`].
pub(crate) fn render(arguments: &Value) -> Value {
    let read = |name: &str| arguments.get(name).filter(|value| !value.is_null());
    let documents = |list: &str, single: &str| {
        let mut texts = read(single).map(|text| vec![text.clone()]).unwrap_or_default();
        texts.extend(read(list).map(elements).unwrap_or_default());
        texts.iter().map(decoded).collect::<Vec<Value>>()
    };
    let sources = documents("source_policy_documents", "source_json");
    let overrides = documents("override_policy_documents", "override_json");
    let statements = read("statement").cloned().unwrap_or_else(|| Value::tuple(Vec::new()));

    // Alternatives of a whole document or list of statements give alternative documents; those further inside stay
    // where they are.
    let source_count = sources.len();
    let mut operands = sources;
    operands.push(statements);
    operands.extend(overrides);
    let name = |_: &[Value]| Symbol::new(format!("aws_iam_policy_document({})", arguments.canonical()));
    distribute(operands, &name, |operands| {
        let (sources, rest) = operands.split_at(source_count.min(operands.len()));
        let Some((statements, overrides)) = rest.split_first() else { return Value::null() };
        match document(arguments, sources, statements, overrides) {
            Ok(document) => document,
            Err(message) => Value::unknown(name(&[]), Why::Error(message.into())),
        }
    })
}

fn elements(list: &Value) -> Vec<Value> {
    match &list.kind {
        Kind::List(list) => list.items().to_vec(),
        _ => vec![list.clone()],
    }
}

/// A document that is given as text: null where there is none, unknown where the text is not known.
fn decoded(text: &Value) -> Value {
    match &text.kind {
        Kind::Text(content) if content.is_empty() => Value::null(),
        Kind::Text(content) => match (json::decode(content), content.symbols().next()) {
            (Ok(document), _) => document,
            // A symbol in the wrong place: what it holds decides what the text means.
            (Err(_), Some((_, symbol))) => {
                let why = Why::AfterDeployment(symbol.name().into());
                Value::unknown(Symbol::new(content.to_string()), why).or_at(text.origin)
            }
            (Err(error), None) => {
                let message = format!("a policy document is not JSON: {error}");
                Value::unknown(Symbol::new(text.canonical()), Why::Error(message.into())).or_at(text.origin)
            }
        },
        Kind::OneOf(arms) => Value::one_of(arms.iter().map(decoded), || text.clone()),
        _ => text.clone(),
    }
}

/// What is put together from several documents.
struct Document {
    version: Entry,
    id: Option<Entry>,
    statements: Vec<Value>,
    origin: Option<crate::source::Span>,
}

fn document(arguments: &Value, sources: &[Value], statements: &Value, overrides: &[Value]) -> Result<Value, String> {
    let given = |argument: &str, name: &str| {
        let entry = arguments.as_map()?.entry(argument).filter(|entry| !entry.value.is_null())?;
        Some(Entry { key: Text::from(name), key_origin: entry.key_origin, value: entry.value.clone() })
    };
    let version = given("version", "Version").unwrap_or_else(|| Entry::new("Version", Value::text(DEFAULT_VERSION)));
    let old = version.value.as_str() == Some(OLD_VERSION);

    let mut merged = Document {
        version: Entry::new("Version", Value::text("")),
        id: None,
        statements: Vec::new(),
        origin: arguments.origin,
    };
    let mut sids: Vec<Text> = Vec::new();
    for source in sources {
        let own = read_document(source)?;
        for sid in own.statements.iter().filter_map(sid_of) {
            if sids.contains(sid) {
                return Err(format!("duplicate Sid ({sid}) in source_policy_documents"));
            }
            sids.push(sid.clone());
        }
        merged.merge(own);
    }

    let mut own = Document { version, id: given("policy_id", "Id"), statements: Vec::new(), origin: None };
    match &statements.kind {
        Kind::List(list) => {
            for block in list.iter().filter(|block| !block.is_null()) {
                own.statements.push(statement::render(block, old)?);
            }
        }
        Kind::Unknown(unknown) => own.statements.push(spread::element(unknown, statements)),
        _ => own.statements.push(statement::render(statements, old)?),
    }
    let mut sids: Vec<&Text> = Vec::new();
    for sid in own.statements.iter().filter_map(sid_of) {
        if sids.contains(&sid) {
            return Err(format!("duplicate Sid ({sid}); remove it or make it unique"));
        }
        sids.push(sid);
    }
    merged.merge(own);
    for document in overrides {
        merged.merge(read_document(document)?);
    }
    Ok(merged.into_value())
}

/// The Sid, unless it is absent or empty.
fn sid_of(statement: &Value) -> Option<&Text> {
    statement.get("Sid").and_then(Value::as_text).filter(|sid| !sid.is_empty())
}

/// The entry of a name, as Go's JSON decoder finds it: whatever the case of its letters.
fn field<'a>(document: &'a Value, name: &str) -> Option<&'a Entry> {
    let entries = document.as_map()?.entries();
    let named = |entry: &&Entry| entry.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name));
    entries.iter().rev().find(named).filter(|entry| !entry.value.is_null())
}

/// A source or override document.
fn read_document(value: &Value) -> Result<Document, String> {
    let mut document =
        Document { version: Entry::new("Version", Value::text("")), id: None, statements: Vec::new(), origin: None };
    match &value.kind {
        Kind::Null => return Ok(document),
        Kind::Unknown(Unknown { why: Why::Error(message), .. }) => return Err(message.to_string()),
        Kind::Unknown(unknown) => {
            document.statements.push(spread::element(unknown, value));
            return Ok(document);
        }
        Kind::Map(_) => {}
        _ => return Err("a policy document must be a JSON object".to_owned()),
    }
    if let Some(version) = field(value, "Version") {
        document.version = Entry { key: Text::from("Version"), ..version.clone() };
    }
    document.id = field(value, "Id").map(|id| Entry { key: Text::from("Id"), ..id.clone() });
    match field(value, "Statement").map(|entry| &entry.value) {
        None => {}
        Some(Value { kind: Kind::List(list), .. }) => {
            document.statements = list.iter().filter(|item| !item.is_null()).map(statement::normal).collect();
        }
        Some(list @ Value { kind: Kind::Unknown(unknown), .. }) => {
            document.statements.push(spread::element(unknown, list));
        }
        Some(list @ Value { kind: Kind::OneOf(_), .. }) => document.statements.push(list.clone()),
        Some(_) => return Err("Statement of a source document must be a list".to_owned()),
    }
    Ok(document)
}

impl Document {
    /// Takes over what a later document says: its Id, a later version, its statements; one whose Sid is there
    /// already replaces that one in its place.
    fn merge(&mut self, later: Self) {
        if let Some(id) = later.id {
            self.id = Some(id);
        }
        let is_later = match (later.version.value.as_str(), self.version.value.as_str()) {
            (Some(theirs), Some(ours)) => theirs > ours,
            (None, _) => true,
            (Some(_), None) => false,
        };
        if is_later {
            self.version = later.version;
        }
        for statement in later.statements {
            let same = sid_of(&statement)
                .and_then(|sid| self.statements.iter_mut().find(|existing| sid_of(existing) == Some(sid)));
            match same {
                Some(existing) => *existing = statement,
                None => self.statements.push(statement),
            }
        }
    }

    fn into_value(self) -> Value {
        let mut entries = vec![self.version];
        entries.extend(self.id.filter(|id| id.value.as_str() != Some("")));
        if !self.statements.is_empty() {
            let statements = Kind::List(List::new(ListKind::Tuple, self.statements));
            entries.push(Entry::new("Statement", Value::new(statements, self.origin)));
        }
        Value::new(Value::object(entries).kind, self.origin)
    }
}

#[cfg(test)]
mod tests;
