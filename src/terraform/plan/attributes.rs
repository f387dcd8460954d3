//! The attributes of planned resources, with references and documents in the place of what is not known.

use std::hash::BuildHasher as _;

use rustc_hash::FxHashMap;

use super::Reader;
use super::document::{Planned, items};
use super::overlay::{is_document, is_single, relocated};
use super::references::{self, Place, Target};
use crate::model::Category;
use crate::terraform::policy_document;
use crate::value::{Encoding, Entry, Kind, List, ListKind, Map, Symbol, Text, Value, Why, json};

/// Documents of documents of documents that are not known yet: people stop at three.
const MAX_DOCUMENT_DEPTH: usize = 16;

/// Documents with more statements are not rendered: AWS takes fewer by far, and each level of sources can double them.
const MAX_STATEMENTS: usize = 300;

/// Longer lists are not taken apart by what they refer to.
const MAX_SOURCES: usize = 100;

const POLICY_DOCUMENT: &str = "aws_iam_policy_document";

impl<'v> Reader<'v> {
    /// The attributes of a resource as the plan alone tells them: those that the configuration sets, and single values
    /// that the provider says of others.
    pub(super) fn attributes(&self, planned: &Planned<'v>) -> Vec<Entry> {
        let block = self.references.block(planned);
        let expressions = block.and_then(|block| block.get("expressions"));
        let place = references::Configuration::place(planned, block);
        let expression = |name: &str| expressions.and_then(|expressions| expressions.get(name));
        let is_set = |name: &str| block.is_none() || expression(name).is_some();
        let mut attributes = Vec::new();
        let known = planned.values.as_map().map(Map::entries).unwrap_or_default();
        let unknown = planned.unknown.and_then(Value::as_map).map(Map::entries).unwrap_or_default();
        for entry in known {
            let Some(name) = entry.key.as_str() else { continue };
            if !is_set(name) {
                // Of what nobody wrote there is no place.
                if is_single(&entry.value) {
                    attributes.push(Entry::new(entry.key.clone(), relocated(&entry.value, None)));
                }
                continue;
            }
            let mark = planned.unknown.and_then(|unknown| unknown.get(name));
            let filler = Filler { reader: self, planned, place };
            let value = filler.fill(&entry.value, mark, expression(name), name);
            attributes.push(Entry { value: filler.linked(value, expression(name)), ..entry.clone() });
        }
        for entry in unknown {
            let Some(name) = entry.key.as_str() else { continue };
            if is_set(name) && planned.values.get(name).is_none() && is_marked(&entry.value) {
                let filler = Filler { reader: self, planned, place };
                let value = filler.fill(&Value::null(), Some(&entry.value), expression(name), name);
                attributes.push(Entry { value, ..entry.clone() });
            }
        }
        if is_policy_document(planned) {
            attributes.retain(|entry| entry.key.as_str() != Some("json"));
            if let Some(json) = rendered(planned, &attributes) {
                attributes.push(Entry::new("json", json));
            }
        }
        attributes
    }

    /// The text that a data source `aws_iam_policy_document` makes, its parts where the plan shows the arguments.
    fn document(&self, address: &str) -> Option<Value> {
        let planned = *self.by_address.get(address)?;
        if let Some(known) = self.documents.borrow().get(planned.address) {
            return known.clone();
        }
        if !is_policy_document(planned) || self.depth.get() == MAX_DOCUMENT_DEPTH {
            return None;
        }
        // While it is being made there is none, should it lead back to itself.
        self.documents.borrow_mut().insert(planned.address, None);
        self.depth.set(self.depth.get() + 1);
        let attributes = self.attributes(planned);
        self.depth.set(self.depth.get() - 1);
        let json = attributes.into_iter().find(|entry| entry.key.as_str() == Some("json"));
        let json = json.map(|entry| entry.value);
        self.documents.borrow_mut().insert(planned.address, json.clone());
        json
    }

    /// The document of a data source that says the same as a text: of the one that is referred to, or of any but
    /// `own`.
    fn document_like(&self, text: &Text, referred: Option<&str>, own: &str) -> Option<Value> {
        let decoded = json::decode(text).ok()?;
        let alike = self.alike.get(&content_hash(&decoded)).map(Vec::as_slice).unwrap_or_default();
        let candidates = referred.into_iter().chain(alike.iter().copied().filter(|address| *address != own));
        let says_the_same =
            |made: &Value| made.as_text().and_then(|made| json::decode(made).ok()).is_some_and(|made| made == decoded);
        candidates.filter_map(|address| self.document(address)).find(says_the_same)
    }
}

/// Puts what stands for unknown parts into the values of one resource.
struct Filler<'r, 'v> {
    reader: &'r Reader<'v>,
    planned: &'r Planned<'v>,
    place: Place<'r>,
}

impl Filler<'_, '_> {
    /// The value with unknowns where `mark` is true. Calls itself as deep as the JSON is nested.
    fn fill(&self, value: &Value, mark: Option<&Value>, expression: Option<&Value>, path: &str) -> Value {
        let Some(mark) = mark.filter(|mark| is_marked(mark)) else { return value.clone() };
        match &mark.kind {
            Kind::Bool(true) => self.unknown(expression, path).or_at(mark.origin),
            Kind::List(marks) => {
                let values = items(value);
                // Blocks have an expression each; those that the code repeats share one.
                let expressions = expression.map(items).unwrap_or_default();
                let below = |at: usize| match expression.map(|whole| &whole.kind) {
                    Some(Kind::List(_)) if expressions.len() == marks.len() => expressions.get(at),
                    _ => None,
                };
                let targets = &self.reader.references;
                let targets = expression
                    .and_then(|expression| targets.targets(expression, self.place, marks.len()))
                    .filter(|targets| targets.len() <= MAX_SOURCES);
                let filled = marks.iter().enumerate().map(|(at, mark)| {
                    if mark.as_bool() == Some(true)
                        && let Some(target) = targets.as_ref().and_then(|targets| targets.get(at))
                    {
                        return self.referred(target).or_at(mark.origin);
                    }
                    let value = values.get(at).cloned().unwrap_or_else(Value::null);
                    self.fill(&value, Some(mark), below(at), &format!("{path}[{at}]"))
                });
                let kind = value.as_list().map_or(ListKind::Tuple, |list| list.kind);
                Value::new(Kind::List(List::new(kind, filled.collect())), value.origin.or(mark.origin))
            }
            Kind::Map(marks) => {
                let mut filled = value.as_map().map(|map| map.entries().to_vec()).unwrap_or_default();
                for entry in marks.entries() {
                    let Some(name) = entry.key.as_str().filter(|_| is_marked(&entry.value)) else { continue };
                    let below = expression.and_then(|expression| expression.get(name));
                    let inner = format!("{path}.{name}");
                    match filled.iter_mut().find(|own| own.key.as_str() == Some(name)) {
                        Some(own) => own.value = self.fill(&own.value, Some(&entry.value), below, &inner),
                        None => filled.push(Entry {
                            value: self.fill(&Value::null(), Some(&entry.value), below, &inner),
                            ..entry.clone()
                        }),
                    }
                }
                Value::object(filled).or_at(value.origin.or(mark.origin))
            }
            _ => value.clone(),
        }
    }

    /// What an argument refers to, or a name for it.
    fn unknown(&self, expression: Option<&Value>, path: &str) -> Value {
        let target = expression.and_then(|expression| self.reader.references.target(expression, self.place));
        target.map_or_else(|| after_deployment(self.planned.address, path), |target| self.referred(&target))
    }

    /// What stands for an attribute that is not known: the document of a data source, or the reference.
    fn referred(&self, target: &Target) -> Value {
        let is_document = matches!(&*target.attribute, "json" | "minified_json");
        let document = is_document.then(|| self.reader.document(&target.address)).flatten();
        document.unwrap_or_else(|| after_deployment(&target.address, &target.attribute))
    }

    /// A known text as what it is taken from: the document of a data source with its places, or what AWS says of a
    /// resource, so that the resource is found by it.
    fn linked(&self, value: Value, expression: Option<&Value>) -> Value {
        if let Kind::List(list) = &value.kind {
            let is_documents = list.iter().any(|item| item.as_text().is_some_and(is_document));
            return if is_documents {
                let items = list.iter().map(|item| self.linked(item.clone(), None)).collect();
                Value::new(Kind::List(List::new(list.kind, items)), value.origin)
            } else {
                value
            };
        }
        let Some(text) = value.as_text().filter(|text| text.is_known()) else { return value };
        if is_document(text) {
            let target = expression.and_then(|expression| self.reader.references.target(expression, self.place));
            let address = target.as_ref().map(|target| &*target.address);
            return self.reader.document_like(text, address, self.planned.address).unwrap_or(value);
        }
        let Some(target) = expression.and_then(|expression| self.reader.references.target(expression, self.place))
        else {
            return value;
        };
        let Some(other) = self.reader.by_address.get(&*target.address) else { return value };
        let Some(same) = other.values.get(&target.attribute).filter(|same| **same == value) else { return value };
        let block = self.reader.references.block(other);
        if block.and_then(|block| block.get("expressions")?.get(&target.attribute)).is_some() {
            return same.clone();
        }
        let unknown = after_deployment(&target.address, &target.attribute);
        match &unknown.kind {
            Kind::Unknown(symbol) => {
                Value::unknown(symbol.symbol.expanded_as(text.clone()), symbol.why.clone()).or_at(value.origin)
            }
            _ => value,
        }
    }
}

/// The data sources that make documents, by a number for what these say.
pub(super) fn alike<'v>(planned: &[Planned<'v>]) -> FxHashMap<u64, Vec<&'v str>> {
    let mut alike: FxHashMap<u64, Vec<&'v str>> = FxHashMap::default();
    for planned in planned.iter().filter(|planned| is_policy_document(planned)) {
        let known = planned.values.get("json").and_then(Value::as_text);
        if let Some(document) = known.and_then(|text| json::decode(text).ok()) {
            alike.entry(content_hash(&document)).or_default().push(planned.address);
        }
    }
    alike
}

/// A number that is equal for values that are equal, in whichever order their names stand.
fn content_hash(value: &Value) -> u64 {
    let hasher = rustc_hash::FxBuildHasher;
    match &value.kind {
        Kind::Map(map) => map.entries().iter().fold(1, |sum: u64, entry| {
            sum.wrapping_add(hasher.hash_one((entry.key.literal_content(), content_hash(&entry.value))))
        }),
        Kind::List(list) => list.iter().fold(2, |sum: u64, item| hasher.hash_one((sum, content_hash(item)))),
        _ => hasher.hash_one(value.to_text().map(|text| text.literal_content().to_owned())),
    }
}

fn after_deployment(address: &str, attribute: &str) -> Value {
    let symbol = Symbol::of_resource(address, attribute);
    let why = Why::AfterDeployment(symbol.name().into());
    Value::unknown(symbol, why)
}

fn is_policy_document(planned: &Planned<'_>) -> bool {
    planned.category == Category::Data && planned.kind == POLICY_DOCUMENT
}

/// The document of a data source as its arguments say it; as the plan says it, should that be another one.
fn rendered(planned: &Planned<'_>, attributes: &[Entry]) -> Option<Value> {
    let known = planned.values.get("json");
    let document = policy_document::render(&Value::object(attributes.to_vec()));
    let is_other = |known: &Value| {
        let decoded = known.as_text().and_then(|text| json::decode(text).ok());
        decoded.is_some_and(|decoded| decoded != document)
    };
    let is_too_long =
        document.get("Statement").and_then(Value::as_list).is_some_and(|statements| statements.len() > MAX_STATEMENTS);
    if document.is_unknown() || is_too_long || known.is_some_and(is_other) {
        return known.cloned();
    }
    Some(Value::text(Text::encoding(document, Encoding::IndentedJson)).or_at(planned.span))
}

/// Whether anything below a mark is unknown.
fn is_marked(mark: &Value) -> bool {
    match &mark.kind {
        Kind::Bool(unknown) => *unknown,
        Kind::List(list) => list.iter().any(is_marked),
        Kind::Map(map) => map.entries().iter().any(|entry| is_marked(&entry.value)),
        _ => false,
    }
}
