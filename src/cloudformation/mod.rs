//! CloudFormation and SAM templates: YAML and JSON to evaluated resources.
//!
//! Floor 2. The way of a template: text → `tree` (through `yaml` or `json`) → `sections` → `evaluate` →
//! `template`, which gives the resources of the kinds that were asked for.

mod condition;
pub mod edit;
mod evaluate;
mod function;
mod json;
mod list;
mod options;
mod parameter;
mod reference;
mod repair;
mod scalar;
mod sections;
mod template;
mod text;
mod tree;
mod truth;
mod yaml;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::model::{Category, Framework, Root};
use crate::source::{SourceFile, Sources};

pub use options::Options;

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

/// Reads a template and evaluates its resources of wanted types. `None`: the file is not a template, but
/// Kubernetes, a build file, data. A template that cannot be parsed, or not as a whole, is a root with an error that
/// has the line.
pub fn load(
    _sources: &Sources,
    file: &Arc<SourceFile>,
    options: &Options,
    wanted: &(dyn Fn(Category, &str) -> bool + Sync),
) -> Option<Root> {
    let text = file.text();
    if !may_be_template(text) {
        return None;
    }
    let mut root = Root {
        path: file.shown_path().to_owned(),
        framework: Framework::CloudFormation,
        resources: Vec::new(),
        outputs: Vec::new(),
        errors: Vec::new(),
    };
    let (tree, error) = parse(text);
    if let Some(error) = &error {
        if tree.is_none() && !looks_like_template(text) {
            return None;
        }
        root.errors.push(template::parse_error(file, error, advice(text, tree.is_some())));
    } else {
        tree.as_ref()?;
    }
    if let Some(tree) = &tree {
        root.errors.extend(template::duplicate_errors(tree, file));
        let sections = Sections::new(tree, file, options);
        let declared = template::declared(&sections, wanted);
        root.resources = declared.resources;
        root.outputs = declared.outputs;
        root.errors.extend(declared.errors);
    }
    Some(root)
}

/// The template in a text, and what stopped the reading.
fn parse(text: &str) -> (Option<Tree<'_>>, Option<ParseError>) {
    if !text.trim_start().starts_with('{') {
        return yaml::parse(text, looks_like_template(text), template::is_template);
    }
    let (tree, error) = json::parse(text);
    if error.is_some() {
        // YAML in braces, perhaps: with comments, or without quotes.
        let (yaml, yaml_error) = yaml::parse(text, false, |_| true);
        if yaml_error.is_none() {
            return (yaml.filter(template::is_template), None);
        }
    }
    (tree.filter(template::is_template), error)
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
