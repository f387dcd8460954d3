//! What was understood of the code: every resource with its evaluated arguments, what is not known of them,
//! and the outputs.

use std::io::{self, Write};

use anstyle::Style;
use serde::Serialize;
use serde_json::{Map as JsonMap, Value as Json};

use crate::model::{Resource, Root};
use crate::source::{InputError, Sources};
use crate::value::{Kind, Number, Text, Value};

use super::escape::visible;
use super::json::{JsonError, write_document};
use super::location::Location;

/// Deeper values are told as unknown; the printer calls itself once a level.
const MAX_DEPTH: usize = 128;

/// More nodes of one resource are told as unknown: values share parts in memory that print apart.
const MAX_NODES: usize = 200_000;

const BOLD: Style = Style::new().bold();

#[derive(Serialize)]
struct Document<'a> {
    roots: Vec<JsonRoot<'a>>,
    errors: Vec<JsonError<'a>>,
}

#[derive(Serialize)]
struct JsonRoot<'a> {
    path: &'a str,
    framework: &'static str,
    resources: Vec<JsonResource<'a>>,
    outputs: JsonMap<String, Json>,
    errors: Vec<JsonError<'a>>,
}

#[derive(Serialize)]
struct JsonResource<'a> {
    address: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    values: Json,
    unknown: Vec<String>,
    location: Location,
}

/// Writes the contract of `inspect --format json`; `errors` are those that belong to no root.
pub fn write_json(roots: &[Root], errors: &[InputError], sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    let resource = |resource: &Resource| -> (Json, Vec<String>) {
        let mut known = Known::default();
        let values = known.part(&resource.attributes).unwrap_or_else(|| Json::Object(JsonMap::new()));
        (values, known.unknown)
    };
    let root = |root: &Root| -> JsonMap<String, Json> {
        root.outputs.iter().map(|(name, value)| (name.clone(), output(value))).collect()
    };
    let roots = roots.iter().map(|entry| JsonRoot {
        path: &entry.path,
        framework: entry.framework.name(),
        resources: entry
            .declared()
            .map(|declared| {
                let (values, unknown) = resource(declared);
                let location = Location::of(sources, declared.span);
                JsonResource { address: &declared.address, kind: &declared.kind, values, unknown, location }
            })
            .collect(),
        outputs: root(entry),
        errors: entry.errors.iter().map(JsonError::from).collect(),
    });
    let document = Document { roots: roots.collect(), errors: errors.iter().map(JsonError::from).collect() };
    write_document(&document, out)
}

/// Writes the same for reading at a terminal.
pub fn write_text(roots: &[Root], sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    for root in roots {
        writeln!(out, "{BOLD}{}{BOLD:#} ({})", visible(&root.path), root.framework.name())?;
        for resource in root.declared() {
            let Location { path, start, .. } = Location::of(sources, resource.span);
            writeln!(
                out,
                "\n  {BOLD}{}{BOLD:#} ({}:{}:{})",
                visible(&resource.address),
                visible(&path),
                start.line,
                start.column
            )?;
            write_entries(&resource.attributes, out)?;
        }
        if !root.outputs.is_empty() {
            writeln!(out, "\n  {BOLD}outputs{BOLD:#}")?;
        }
        for (name, value) in &root.outputs {
            write_entry(name, value, out)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_entries(attributes: &Value, out: &mut dyn Write) -> io::Result<()> {
    let entries = attributes.as_map().map(crate::value::Map::entries).unwrap_or_default();
    for entry in entries {
        write_entry(&entry.key.to_string(), &entry.value, out)?;
    }
    Ok(())
}

fn write_entry(name: &str, value: &Value, out: &mut dyn Write) -> io::Result<()> {
    if let Some(text) = value.as_unknown().and_then(|unknown| unknown.symbol.expansion()) {
        return writeln!(out, "    {} = \"{}\"", visible(name), visible(&text.expanded().to_string()));
    }
    if let Some(unknown) = value.as_unknown() {
        return writeln!(out, "    {} = unknown: {}", visible(name), visible(&unknown.why.to_string()));
    }
    if let Some(text) = value.as_text() {
        return writeln!(out, "    {} = \"{}\"", visible(name), visible(&text.expanded().to_string()));
    }
    let mut known = Known::default();
    let json = known.part(value).map(|json| json.to_string());
    let part =
        if known.unknown.is_empty() { String::new() } else { format!("  (unknown: {})", known.unknown.join(", ")) };
    writeln!(out, "    {} = {}{}", visible(name), visible(json.as_deref().unwrap_or("unknown")), visible(&part))
}

/// `{"known": true, "value": …}`; of a value that is known in part, that part and the paths that are not.
fn output(value: &Value) -> Json {
    let mut known = Known::default();
    let part = known.part(value);
    let mut entry = JsonMap::new();
    entry.insert("known".to_owned(), Json::Bool(known.unknown.is_empty()));
    if let Some(part) = part {
        entry.insert("value".to_owned(), part);
        if !known.unknown.is_empty() {
            entry.insert("unknown".to_owned(), known.unknown.into());
        }
    }
    Json::Object(entry)
}

/// Splits a value into the part that is known, as JSON, and the paths that are not.
#[derive(Default)]
struct Known {
    unknown: Vec<String>,
    path: String,
    depth: usize,
    nodes: usize,
}

impl Known {
    /// The known part; `None` where nothing is. Elements of lists that are not known stand as null, so that
    /// those after them keep their numbers.
    fn part(&mut self, value: &Value) -> Option<Json> {
        self.nodes += 1;
        if self.depth == MAX_DEPTH || self.nodes > MAX_NODES {
            return self.not_known();
        }
        self.depth += 1;
        let part = match &value.kind {
            Kind::Null => Some(Json::Null),
            Kind::Bool(known) => Some(Json::Bool(*known)),
            Kind::Number(number) => Some(json_number(number)),
            Kind::Text(text) => text.expanded().as_str().map(Json::from).or_else(|| self.not_known()),
            Kind::Unknown(unknown) => match unknown.symbol.expansion().map(Text::expanded) {
                Some(text) if text.is_known() => Some(Json::from(text.literal_content())),
                _ => self.not_known(),
            },
            Kind::OneOf(_) => self.not_known(),
            Kind::List(list) => {
                let items = list.iter().enumerate().map(|(index, item)| {
                    self.below(&format!("[{index}]"), |known| known.part(item)).unwrap_or(Json::Null)
                });
                Some(Json::Array(items.collect()))
            }
            Kind::Map(map) => {
                let mut object = JsonMap::new();
                for entry in map.entries() {
                    let name = entry.key.to_string();
                    let step = if !is_plain(&name) {
                        format!("[{}]", Json::from(name.as_str()))
                    } else if self.path.is_empty() {
                        name.clone()
                    } else {
                        format!(".{name}")
                    };
                    let part = self.below(&step, |known| {
                        if entry.key.is_known() { known.part(&entry.value) } else { known.not_known() }
                    });
                    if let Some(part) = part {
                        object.insert(name, part);
                    }
                }
                Some(Json::Object(object))
            }
        };
        self.depth -= 1;
        part
    }

    fn not_known(&mut self) -> Option<Json> {
        // Past the budget one entry is enough; a million paths would tell nobody more.
        if self.nodes <= MAX_NODES + 1 {
            self.unknown.push(self.path.clone());
        }
        None
    }

    fn below<T>(&mut self, step: &str, then: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push_str(step);
        let result = then(self);
        self.path.truncate(length);
        result
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// Every digit: readers that only know doubles round by themselves.
fn json_number(number: &Number) -> Json {
    match number.as_i64() {
        Some(whole) if whole != 0 => Json::from(whole),
        _ => serde_json::from_str(&number.to_string()).unwrap_or_else(|_| Json::from(number.as_f64())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::value::{Entry, Symbol, Text, TextBuilder, Why};

    fn unknown() -> Value {
        Value::unknown(Symbol::new("var.x"), Why::Input("var.x".into()))
    }

    fn split(value: &Value) -> (Option<Json>, Vec<String>) {
        let mut known = Known::default();
        (known.part(value), known.unknown)
    }

    #[test]
    fn unknown_parts_are_left_out_and_named() {
        let mut text = TextBuilder::new();
        text.push_str("arn:");
        text.push_symbol(Symbol::new("var.x"));
        let inner = Value::object(vec![
            Entry::new("b", unknown()),
            Entry::new("c d", Value::text(text.finish())),
            Entry::new("e", Value::integer(1)),
        ]);
        let value = Value::object(vec![
            Entry::new("a", inner.clone()),
            Entry::new("l", Value::tuple(vec![unknown(), inner, Value::null()])),
            Entry::new("o", Value::one_of([Value::bool(true), Value::bool(false)], unknown)),
        ]);
        let (part, unknown) = split(&value);
        assert_eq!(part, Some(json!({"a": {"e": 1}, "l": [null, {"e": 1}, null]})));
        assert_eq!(unknown, ["a.b", "a[\"c d\"]", "l[0]", "l[1].b", "l[1][\"c d\"]", "o"]);
    }

    #[test]
    fn outputs() {
        assert_eq!(output(&Value::text("x")), json!({"known": true, "value": "x"}));
        assert_eq!(output(&Value::null()), json!({"known": true, "value": null}));
        assert_eq!(output(&unknown()), json!({"known": false}));
        assert_eq!(
            output(&Value::tuple(vec![unknown(), Value::text("x")])),
            json!({"known": false, "value": [null, "x"], "unknown": ["[0]"]})
        );
    }

    #[test]
    fn a_name_that_is_not_known_is_not_shown() {
        let mut name = TextBuilder::new();
        name.push_symbol(Symbol::new("var.x"));
        let value = Value::object(vec![
            Entry::new(name.finish(), Value::integer(1)),
            Entry::new(Text::from("y"), Value::integer(2)),
        ]);
        assert_eq!(split(&value), (Some(json!({"y": 2})), vec!["[\"${var.x}\"]".to_owned()]));
    }

    #[test]
    fn shared_values_do_not_explode() {
        let mut value = Value::integer(1);
        for _ in 0..64 {
            value = Value::tuple(vec![value.clone(), value]);
        }
        assert!(split(&value).1.len() <= 2);
    }

    #[test]
    fn deep_values_end() {
        let mut value = Value::integer(1);
        for _ in 0..1000 {
            value = Value::tuple(vec![value]);
        }
        assert_eq!(split(&value).1.len(), 1);
    }
}
