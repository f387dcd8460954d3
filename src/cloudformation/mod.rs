//! CloudFormation and SAM templates: YAML and JSON to evaluated resources.
//!
//! Floor 2. The way of a template: text → `tree` (through `yaml` or `json`) → `sections` → `evaluate` →
//! `template`, which gives the resources of the kinds that were asked for.

mod assertion;
mod condition;
mod context;
pub mod edit;
mod evaluate;
mod files;
mod function;
mod identity;
mod include;
mod json;
mod list;
mod options;
mod parameter;
mod parameter_file;
mod reference;
mod repair;
mod sam;
mod scalar;
mod sections;
mod stack;
mod template;
mod text;
mod tree;
mod truth;
mod yaml;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_trees;

use std::sync::Arc;

use crate::model::{Category, Framework, Resource, Root};
use crate::source::{FileId, InputError, SourceFile, Sources};
use crate::value::Value;

pub use options::Options;
pub use parameter_file::{ParameterFileError, read_parameters};

use context::Context;
use evaluate::Budget;
use files::Files;
use sections::Sections;
use tree::{ParseError, Tree};

/// A cheap look at the text: could this be a template? Every template has the key `Resources`, and each of them a
/// type such as `AWS::IAM::Role` or `Custom::Thing`.
pub fn may_be_template(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_key = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let after = bytes.get(at + RESOURCES.len()..).unwrap_or_default();
        let after = after.strip_prefix(b"\"").or_else(|| after.strip_prefix(b"'")).unwrap_or(after);
        before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'\\')
            && after.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
    };
    memchr::memmem::find_iter(bytes, RESOURCES).any(is_key)
        && memchr::memmem::find(bytes, b"::").is_some()
        && memchr::memmem::find(bytes, b"Type").is_some()
}

/// The section that every template has.
const RESOURCES: &[u8] = b"Resources";

/// A template that was read and evaluated.
#[derive(Debug)]
pub struct Loaded {
    /// What it declares, nested stacks included.
    pub root: Root,
    /// Its file.
    pub file: FileId,
    /// The files of the templates that it deploys as nested stacks.
    pub calls: Vec<FileId>,
    /// The names of its parameters.
    pub parameters: Vec<String>,
}

/// Reads a template and evaluates its resources of wanted types. `None`: the file is not a template, but
/// Kubernetes, a build file, data. A template that cannot be parsed, or not as a whole, is a root with an error that
/// has the line.
pub fn load(
    sources: &Sources,
    file: &Arc<SourceFile>,
    options: &Options,
    wanted: &(dyn Fn(Category, &str) -> bool + Sync),
) -> Option<Loaded> {
    if !may_be_template(file.text()) {
        return None;
    }
    let context = Context::new(sources, options, wanted, file);
    let Template { is_none, resources, outputs, mut errors, calls, parameters, budget } =
        evaluate_template(&context, file, Budget::default());
    if let Some(bound) = budget.exhaustion() {
        let message = format!("{bound}; what was not evaluated by then was not checked: split the template up");
        errors.push(InputError::of_file(file.shown_path(), message));
    }
    if is_none && errors.is_empty() {
        return None;
    }
    let outputs = if options.outputs { outputs } else { Vec::new() };
    let (path, framework) = (file.shown_path().to_owned(), Framework::CloudFormation);
    let root = Root { path, framework, resources, outputs, moved: Vec::new(), errors };
    Some(Loaded { root, file: file.id(), calls, parameters })
}

/// What a template declares, and what reading it cost.
#[derive(Default)]
struct Template {
    /// Whether the file is no template, or cannot be read.
    is_none: bool,
    resources: Vec<Resource>,
    outputs: Vec<(String, Value)>,
    errors: Vec<InputError>,
    calls: Vec<FileId>,
    parameters: Vec<String>,
    budget: Budget,
}

fn evaluate_template(context: &Context<'_>, file: &Arc<SourceFile>, budget: Budget) -> Template {
    let text = file.text();
    let (tree, error) = parse(text);
    let mut template = Template { is_none: tree.is_none(), ..Template::default() };
    if let Some(error) = &error
        && (tree.is_some() || looks_like_template(text))
    {
        template.errors.push(template::parse_error(file, error, advice(text, tree.is_some())));
    }
    let Some(mut tree) = tree else { return Template { budget, ..template } };
    template.errors.extend(template::duplicate_errors(&tree, file));
    let mut files = Files::new(file);
    if include::may_include(text) {
        template.errors.extend(include::expand(&mut tree, &mut files, context));
    }
    let sections = Sections::new(&tree, &files, context);
    template.errors.extend(parameter::violations(&sections));
    let declared = template::declared(&sections, budget);
    template.errors.extend(declared.errors);
    template.parameters = sections.parameters.keys().map(|&name| name.to_owned()).collect();
    Template {
        resources: declared.resources,
        outputs: declared.outputs,
        calls: declared.calls,
        budget: declared.budget,
        ..template
    }
}

/// The template in a text, and what stopped the reading.
fn parse(text: &str) -> (Option<Tree<'_>>, Option<ParseError>) {
    let (tree, error) = read_document(text, |text| yaml::parse(text, looks_like_template(text), template::is_template));
    (tree.filter(template::is_template), error)
}

/// The document in a text that is JSON, or YAML for `yaml` to read, and what stopped the reading.
fn read_document<'a>(
    text: &'a str,
    yaml: impl FnOnce(&'a str) -> (Option<Tree<'a>>, Option<ParseError>),
) -> (Option<Tree<'a>>, Option<ParseError>) {
    if !text.trim_start().starts_with('{') {
        return yaml(text);
    }
    let (tree, error) = json::parse(text);
    if error.as_ref().is_some_and(|error| !error.is_bound) {
        // YAML in braces, perhaps: with comments, or without quotes.
        let (yaml, yaml_error) = yaml::parse(text, false, |_| true);
        if yaml_error.is_none() {
            return (yaml, None);
        }
    }
    (tree, error)
}

/// Whether a text that cannot be parsed was meant as a template.
fn looks_like_template(text: &str) -> bool {
    let has = |needle: &str| memchr::memmem::find(text.as_bytes(), needle.as_bytes()).is_some();
    has("AWSTemplateFormatVersion")
        || (has("AWS::") && (text.starts_with("Resources:") || has("\nResources:") || has("\"Resources\"")))
}

/// What to do about a template that cannot be parsed.
fn advice(text: &str, partly: bool) -> &'static str {
    let has = |needle: &str| memchr::memmem::find(text.as_bytes(), needle.as_bytes()).is_some();
    if has("{%") || has("<%") || (has("{{") && !has("{{resolve:")) {
        "; it seems to be made from a template of another tool: render it and check the result"
    } else if partly {
        "; the other parts of the template were checked as far as they can be read"
    } else {
        "; correct the syntax here or shortly before"
    }
}
