//! Looking for credentials in the values that a property has.

use std::ops::Range;
use std::sync::LazyLock;

use base64::Engine as _;
use regex::Regex;

use crate::model::Setting;
use crate::source::{Span, shaped_secrets};
use crate::value::{Kind, Map, Text, Value, json};

use super::naming::{Sort, is_placeholder, may_be, sort_of, user_information};

/// Values within values: what people write has a few levels, what is hostile any number.
const MAX_DEPTH: usize = 32;

/// Credentials of one property that are told one by one.
const MAX_FOUND: usize = 20;

/// A credential in clear text.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Found {
    /// Where.
    pub(super) span: Span,
    /// What it is, for a sentence; never its text.
    pub(super) what: String,
    /// Whether it is one of several values that may be there.
    pub(super) possible: bool,
    /// Whether it opens nothing: the id of a key without its secret, or the sample of AWS's documentation.
    pub(super) is_harmless: bool,
}

/// `password = "…"`, `export TOKEN=…`, `key: …`, as scripts and files of settings write it.
static ASSIGNMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"([A-Za-z_][A-Za-z0-9_.\-]{2,63})["']?[ \t]*(?:=>|[=:])[ \t]*["']?([^\s"'`;|&<>(){},\\]{4,200})"#).ok()
});

/// Search of one setting.
pub(super) struct Search<'s> {
    elsewhere: Span,
    possible: bool,
    found: &'s mut Vec<Found>,
}

/// The credentials in a setting that holds names and values, or text.
pub(super) fn in_setting(setting: &Setting) -> Vec<Found> {
    let mut found = Vec::new();
    for own in setting.alternatives() {
        let possible = setting.value.alternatives().len() > 1;
        Search { elsewhere: own.span, possible, found: &mut found }.value(&own.value, 0);
    }
    within_bounds(found)
}

/// The credentials in a script at start-up, which may be in base64.
pub(super) fn in_script(setting: &Setting) -> Vec<Found> {
    let mut found = Vec::new();
    for own in setting.alternatives() {
        let possible = setting.value.alternatives().len() > 1;
        let Some(text) = own.value.to_text() else { continue };
        let mut search = Search { elsewhere: own.span, possible, found: &mut found };
        match text.as_str().and_then(decoded) {
            Some(decoded) => search.text(&Text::from(decoded.as_str())),
            None => search.text(&text),
        }
    }
    within_bounds(found)
}

/// The credentials in the address of something.
pub(super) fn in_address(setting: &Setting) -> Vec<Found> {
    let mut found = Vec::new();
    for own in setting.alternatives() {
        let possible = setting.value.alternatives().len() > 1;
        if let Some(text) = own.value.to_text() {
            Search { elsewhere: own.span, possible, found: &mut found }.address(&text);
        }
    }
    within_bounds(found)
}

fn within_bounds(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|found| (found.span, found.is_harmless));
    found.dedup_by_key(|found| found.span);
    // Beside its secret, the id of a key is no fault of its own.
    if found.iter().any(|found| !found.is_harmless) {
        found.retain(|found| !found.is_harmless);
    }
    found.truncate(MAX_FOUND);
    found
}

/// Text that is base64 of text.
fn decoded(text: &str) -> Option<String> {
    const LEAST_LENGTH: usize = 8;
    let compact: String = text.split_whitespace().collect();
    if compact.len() < LEAST_LENGTH || !compact.len().is_multiple_of(4) {
        return None;
    }
    let bytes = base64::engine::general_purpose::STANDARD.decode(compact).ok()?;
    String::from_utf8(bytes).ok()
}

impl Search<'_> {
    fn add(&mut self, span: Option<Span>, what: String, is_harmless: bool) {
        let span = span.unwrap_or(self.elsewhere);
        self.found.push(Found { span, what, possible: self.possible, is_harmless });
    }

    fn value(&mut self, value: &Value, depth: usize) {
        if depth > MAX_DEPTH || self.found.len() > MAX_FOUND {
            return;
        }
        match &value.kind {
            Kind::Map(map) => self.map(map, depth),
            Kind::List(list) => list.iter().for_each(|item| self.value(item, depth + 1)),
            Kind::OneOf(arms) => {
                let before = std::mem::replace(&mut self.possible, true);
                arms.iter().for_each(|arm| self.value(arm, depth + 1));
                self.possible = before;
            }
            Kind::Text(text) => match structured(text) {
                Some(inner) => self.value(&inner, depth + 1),
                None => self.text_at(text, value.origin),
            },
            _ => {}
        }
    }

    fn map(&mut self, map: &Map, depth: usize) {
        if let Some((name, value)) = pair(map) {
            return self.named(&name, value, depth);
        }
        for entry in map.entries() {
            match entry.key.as_str() {
                Some(name) => self.named(name, &entry.value, depth),
                None => self.value(&entry.value, depth + 1),
            }
        }
    }

    /// A value and what it is called.
    fn named(&mut self, name: &str, value: &Value, depth: usize) {
        let before = self.found.len();
        self.value(value, depth + 1);
        // What is told by its shape is not told by its name again.
        if self.found.len() > before {
            return;
        }
        let Some(sort) = sort_of(name) else { return };
        for own in value.alternatives() {
            if let Some(text) = own.as_str()
                && may_be(sort, text)
            {
                let was = self.possible;
                self.possible |= value.alternatives().len() > 1;
                self.add(own.origin.or(value.origin), format!("the value of {name}"), false);
                self.possible = was;
            }
        }
    }

    fn text(&mut self, text: &Text) {
        self.text_at(text, None);
    }

    fn text_at(&mut self, text: &Text, origin: Option<Span>) {
        let content = text.literal_content();
        let place = |range: Range<usize>| text.span_of(range).or(origin);
        for shaped in shaped_secrets(content) {
            if is_whole(text, &shaped.range) {
                self.add(place(shaped.range.clone()), shaped.what.to_owned(), shaped.is_id || shaped.is_sample);
            }
        }
        self.address(text);
        let assignments = ASSIGNMENT.as_ref().map(|pattern| pattern.captures_iter(content));
        for captures in assignments.into_iter().flatten() {
            let (Some(name), Some(value)) = (captures.get(1), captures.get(2)) else { continue };
            let is_secret = |sort: Sort| may_be(sort, value.as_str());
            // In a script, a lower-case word after a colon or an equals sign is mostly a word.
            let is_word = value.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte == b'.');
            if sort_of(name.as_str()).is_some_and(is_secret) && !is_word && is_whole(text, &value.range()) {
                self.add(place(value.range()), format!("the value of {}", name.as_str()), false);
            }
            if self.found.len() > MAX_FOUND {
                return;
            }
        }
    }

    fn address(&mut self, text: &Text) {
        let content = text.literal_content();
        let mut at = 0;
        while let Some(next) = content.get(at..).and_then(|rest| rest.find("://")) {
            let start = at + next;
            if let Some(inner) = content.get(start..).and_then(user_information) {
                let range = start + inner.start..start + inner.end;
                if is_whole(text, &range) {
                    self.add(text.span_of(range), "the password in an address".to_owned(), false);
                }
            }
            at = start + 3;
        }
    }
}

/// Whether nothing unknown stands in a part of a text, or touches it.
fn is_whole(text: &Text, range: &Range<usize>) -> bool {
    !text.symbols().any(|(at, _)| (range.start..=range.end).contains(&at))
}

/// What a text of JSON holds.
fn structured(text: &Text) -> Option<Value> {
    let may_be = text.encoded_value().is_some() || text.literal_content().trim_start().starts_with(['{', '[']);
    may_be.then(|| json::decode(text).ok()).flatten()
}

/// `{name = …, value = …}`, in any case, unless it says that the value is looked up elsewhere.
fn pair(map: &Map) -> Option<(String, &Value)> {
    const NAMES: [&str; 4] = ["name", "optionname", "key", "id"];
    let of = |names: &[&str]| {
        map.entries()
            .iter()
            .find(|entry| entry.key.as_str().is_some_and(|key| names.iter().any(|name| name.eq_ignore_ascii_case(key))))
    };
    let name = of(&NAMES)?.value.as_str()?.to_owned();
    let value = of(&["value"])?;
    let looked_up = of(&["type"]).and_then(|entry| entry.value.as_str());
    if looked_up.is_some_and(|kind| matches!(kind, "PARAMETER_STORE" | "SECRETS_MANAGER")) {
        return None;
    }
    Some((name, &value.value))
}

/// A value that is a credential: a literal that is not empty and not looked up when deploying.
pub(super) fn literals(setting: &Setting) -> Vec<(Span, String, bool)> {
    let several = setting.value.alternatives().len() > 1;
    crate::model::texts(&setting.value)
        .into_iter()
        .filter_map(|(text, span)| {
            let content = text.as_str()?;
            let looked_up = content.is_empty() || content.contains("{{resolve:");
            (!looked_up).then(|| (span.unwrap_or(setting.span), content.to_owned(), several))
        })
        .collect()
}

/// Whether a credential is one that is to be replaced.
pub(super) fn is_stand_in(content: &str) -> bool {
    is_placeholder(content)
}
