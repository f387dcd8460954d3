//! From templates to files.

use std::collections::HashMap;
use std::error::Error as _;

use serde::Serialize;
use tera::{Context, Tera, Value as Json};

use super::control::{Control, Profile};
use super::datum::Datum;
use super::output::GeneratedFile;
use super::pack::Pack;
use super::template::{self, Fault};
use super::values::Values;
use super::variable::{Variable, hcl_datum};
use super::{Language, quote};

/// An error of the template engine quotes the line where it is, however long that is.
const MAX_CAUSE_CHARACTERS: usize = 300;

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
    /// A template has something that it must not have.
    #[error("the template {name}, line {line}: {why}")]
    Refused {
        /// Which.
        name: String,
        /// Where, counted from 1.
        line: usize,
        /// Why.
        why: String,
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
        if let Some(Fault { line, why }) = template::fault(text) {
            return Err(RenderError::Refused { name: name.to_owned(), line, why });
        }
    }
    if let Some(name) = template::endless_include(pack.templates(language)) {
        let why = "its includes lead back to where they began, or too deep".to_owned();
        return Err(RenderError::Template { name: name.to_owned(), why });
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

/// An error with what caused it, on one line.
fn causes(error: &tera::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(error.to_string().trim());
        cause = error.source();
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    let end = text.char_indices().nth(MAX_CAUSE_CHARACTERS).map(|(at, _)| at);
    end.and_then(|end| text.get(..end)).map_or_else(|| text.clone(), |start| format!("{start}…"))
}

#[cfg(test)]
mod tests {
    use super::*;

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
