//! From templates to files.

use std::collections::HashMap;
use std::error::Error as _;

use serde::Serialize;
use tera::{Context, Tera, Value as Json};

use super::control::{Control, Profile};
use super::datum::Datum;
use super::output::GeneratedFile;
use super::pack::Pack;
use super::values::Values;
use super::variable::{Variable, hcl_datum};
use super::{Language, quote};

/// How every `{{ … }}` of a template ends: with one of these, so that what is printed stays what it is.
const QUOTING: &[&str] = &["hcl", "yaml", "json", "comment", "code", "word", "expression"];

/// Why nothing could be rendered.
#[derive(thiserror::Error, Debug)]
pub enum RenderError {
    /// A template cannot be read, or fails.
    #[error("the template {name}: {why}")]
    Template {
        /// Which.
        name: String,
        /// Why.
        why: String,
    },
    /// A template prints something without saying in which language it is to be quoted.
    #[error("the template {name}, line {line}: what is printed must end with one of the filters {}", QUOTING.join(", "))]
    Unquoted {
        /// Which.
        name: String,
        /// Where, counted from 1.
        line: usize,
    },
    /// A control or the frame names a template that there is not.
    #[error("there is no template {language}/{name}, which the profile {profile} names")]
    Missing {
        /// Which.
        name: String,
        /// Of which language.
        language: Language,
        /// Who names it.
        profile: String,
    },
}

/// What a template knows of a control.
#[derive(Serialize)]
struct ControlText<'a> {
    id: &'a str,
    title: &'a str,
    reason: &'a str,
    standards: &'a [String],
}

/// Renders a profile in a language. The files are sorted by name; one that comes out blank is left out.
pub fn render(
    pack: &Pack,
    profile: &Profile,
    language: Language,
    values: &Values,
) -> Result<Vec<GeneratedFile>, RenderError> {
    let mut tera = Tera::default();
    tera.autoescape_on(Vec::new());
    register(&mut tera, profile);
    for (name, text) in pack.templates(language) {
        if let Some(line) = unquoted(text) {
            return Err(RenderError::Unquoted { name: name.to_owned(), line });
        }
    }
    tera.add_raw_templates(pack.templates(language))
        .map_err(|error| RenderError::Template { name: language.name().to_owned(), why: causes(&error) })?;
    let context = context(pack, profile, language, values);
    let mut files = Vec::new();
    for name in profile.templates(language) {
        if !pack.templates(language).any(|(known, _)| known == name) {
            let (name, profile) = (name.to_owned(), profile.id.clone());
            return Err(RenderError::Missing { name, language, profile });
        }
        let rendered = tera
            .render(name, &context)
            .map_err(|error| RenderError::Template { name: name.to_owned(), why: causes(&error) })?;
        let text = rendered.trim();
        if !text.is_empty() {
            files.push(GeneratedFile { name: name.to_owned(), text: format!("{text}\n") });
        }
    }
    Ok(files)
}

fn context(pack: &Pack, profile: &Profile, language: Language, values: &Values) -> Context {
    let adjustable = pack.schema().definitions().iter().filter(|definition| definition.adjustable.contains(&language));
    let variables: Vec<Variable<'_>> = adjustable.map(|definition| Variable::new(definition, values)).collect();
    let missing: Vec<&Variable<'_>> = variables.iter().filter(|variable| variable.is_missing()).collect();
    let controls: Vec<ControlText<'_>> = profile.controls.iter().map(ControlText::new).collect();
    let set: HashMap<&String, &Datum> = values.iter().collect();
    let mut context = Context::new();
    context.insert("values", &set);
    context.insert("variables", &variables);
    context.insert("missing", &missing);
    context.insert("controls", &controls);
    context.insert("profile", &ControlText { id: &profile.id, title: &profile.title, reason: "", standards: &[] });
    context
}

impl<'a> ControlText<'a> {
    fn new(control: &'a Control) -> Self {
        Self { id: &control.id, title: &control.title, reason: &control.reason, standards: &control.standards }
    }
}

/// The functions and filters of templates.
fn register(tera: &mut Tera, profile: &Profile) {
    let served: HashMap<String, String> =
        profile.controls.iter().map(|control| (control.id.clone(), served_by(control))).collect();
    tera.register_function("control", move |arguments: &HashMap<String, Json>| {
        let id = arguments.get("id").and_then(Json::as_str).ok_or("control() takes the id of a control")?;
        let text = served.get(id).ok_or_else(|| tera::Error::msg(format!("there is no control {id:?}")))?;
        Ok(Json::from(text.as_str()))
    });
    tera.register_filter("hcl", |value: &Json, _: &HashMap<String, Json>| {
        Ok(Json::from(hcl_datum(&datum(value, "hcl")?)))
    });
    tera.register_filter("yaml", |value: &Json, _: &HashMap<String, Json>| Ok(Json::from(flow(value, quote::yaml))));
    tera.register_filter("json", |value: &Json, _: &HashMap<String, Json>| Ok(Json::from(flow(value, quote::json))));
    tera.register_filter("comment", |value: &Json, _: &HashMap<String, Json>| {
        Ok(Json::from(quote::comment(&datum(value, "comment")?.to_string())))
    });
    tera.register_filter("code", |value: &Json, _: &HashMap<String, Json>| {
        Ok(Json::from(quote::code(&datum(value, "code")?.to_string())))
    });
    tera.register_filter("word", |value: &Json, _: &HashMap<String, Json>| match value.as_str() {
        Some(word) if quote::is_word(word) => Ok(Json::from(word)),
        _ => Err(tera::Error::msg(format!("{value} cannot be a name in code"))),
    });
    tera.register_filter("expression", |value: &Json, _: &HashMap<String, Json>| {
        let made_here = value.as_object().and_then(|object| object.get("expression")).and_then(Json::as_str);
        Ok(Json::from(made_here.ok_or("only what baselint itself has put together can be printed as it is")?))
    });
}

/// `Control trail (cis-aws-7.0: 4.1, 4.2; fsbp: CloudTrail.1).`
fn served_by(control: &Control) -> String {
    let mut standards: Vec<(&str, Vec<&str>)> = Vec::new();
    for standard in &control.standards {
        let (name, number) = standard.split_once(':').unwrap_or((standard, ""));
        match standards.iter_mut().find(|(known, _)| *known == name) {
            Some((_, numbers)) => numbers.push(number),
            None => standards.push((name, vec![number])),
        }
    }
    let standards: Vec<String> =
        standards.into_iter().map(|(name, numbers)| format!("{name}: {}", numbers.join(", "))).collect();
    if standards.is_empty() {
        format!("Control {}.", control.id)
    } else {
        format!("Control {} ({}).", control.id, standards.join("; "))
    }
}

fn datum(value: &Json, filter: &str) -> tera::Result<Datum> {
    serde_json::from_value(value.clone()).map_err(|_| {
        tera::Error::msg(format!("the filter {filter} takes text, a number, a truth value or a list of texts"))
    })
}

/// A value on one line of JSON or YAML.
fn flow(value: &Json, quote: fn(&str) -> String) -> String {
    match value {
        Json::String(text) => quote(text),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| flow(item, quote::json)).collect();
            format!("[{}]", items.join(", "))
        }
        Json::Object(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", quote::json(key), flow(value, quote::json)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        scalar => scalar.to_string(),
    }
}

/// The line of the first `{{ … }}` that does not end with a quoting filter.
fn unquoted(template: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(start) = template.get(at..)?.find("{{").map(|found| at + found + 2) {
        let end = template.get(start..)?.find("}}").map_or(template.len(), |found| start + found);
        let printed = template.get(start..end)?.trim_end_matches('-').trim_end();
        let filter = printed.rsplit_once('|').map_or("", |(_, filter)| filter.trim());
        if !QUOTING.contains(&filter) {
            return Some(template.get(..start)?.matches('\n').count() + 1);
        }
        at = end;
    }
    None
}

/// An error with what caused it, on one line.
fn causes(error: &tera::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(error.to_string().trim());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_must_be_quoted() {
        assert_eq!(unquoted("a\n{{ x | hcl }} {{- y | join(sep=\", \") | comment -}}\n"), None);
        assert_eq!(unquoted("a\n{{ x }}"), Some(2));
        assert_eq!(unquoted("{{ x | safe }}"), Some(1));
        assert_eq!(unquoted("{{ x | hcl | upper }}"), Some(1));
        assert_eq!(unquoted("{{ x ~ '| hcl' }}"), Some(1));
        assert_eq!(unquoted("{{ x | hcl"), None);
        assert_eq!(unquoted("{{"), Some(1));
    }

    #[test]
    fn only_its_own_expressions_are_printed_as_they_are() {
        let profile = Pack::embedded().unwrap().profile("minimal").unwrap();
        let mut tera = Tera::default();
        register(&mut tera, &profile);
        tera.add_raw_template("t", "{{ x | expression }}").unwrap();
        let render = |value: Json| {
            let mut context = Context::new();
            context.insert("x", &value);
            tera.render("t", &context)
        };
        assert_eq!(render(serde_json::json!({"expression": "list(string)"})).unwrap(), "list(string)");
        assert!(render(serde_json::json!("list(string)")).is_err());
    }
}
