//! Plans: what `terraform show -json` prints of one, as a root.
//!
//! A plan says what a run of Terraform will make of the code with the variables that it was given. Its values are the
//! resources' values here; what it does not know yet is what the configuration part refers to. When the code lies
//! beside the plan, or in a directory above, each value stands where the code says it, and what the plan does not know
//! is what the code says of it; otherwise values stand in the plan.

mod attributes;
mod code;
mod document;
mod overlay;
mod references;

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::configuration::Configuration;
use crate::model::{Category, Existence, Framework, Resource, Root};
use crate::source::{InputError, SourceFile};
use crate::value::{Map, Symbol, Text, Value, Why, json};

use attributes::alike;
use code::Code;
use document::Planned;
use overlay::{Others, entries, overlay};

/// The major version of the format that is read. Source: the Terraform documentation, "JSON Output Format".
const FORMAT: &str = "1";

/// A cheap look at a file: could this be a plan in JSON?
pub fn may_be_plan(bytes: &[u8]) -> bool {
    let start = bytes.iter().find(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte));
    start == Some(&b'{')
        && memchr::memmem::find(bytes, b"\"planned_values\"").is_some()
        && memchr::memmem::find(bytes, b"\"format_version\"").is_some()
}

/// Reads a plan: the planned resources for which `wanted` holds. `None`: the file is something else. A plan that
/// cannot be read is a root with an error.
pub fn load(
    configuration: &Configuration<'_>,
    file: &Arc<SourceFile>,
    wanted: &(dyn Fn(Category, &str) -> bool + Sync),
) -> Option<Root> {
    let mut root = Root {
        path: file.shown_path().to_owned(),
        framework: Framework::TerraformPlan,
        resources: Vec::new(),
        outputs: Vec::new(),
        moved: Vec::new(),
        errors: Vec::new(),
    };
    let plan = match json::parse(&Text::literal_at(file.text(), file.whole())) {
        Ok(plan) => plan,
        Err(error) => {
            let line = error.span.map(|span| file.position(span.start).line);
            let message = format!(
                "is no valid JSON, though it looks like a plan: {error}; write it again with `terraform show -json`"
            );
            root.errors.push(InputError { path: root.path.clone(), line, message });
            return Some(root);
        }
    };
    let (version, _) = (plan.get("format_version")?, plan.get("planned_values")?);
    let written = version.to_text()?.to_string();
    if written.split('.').next() != Some(FORMAT) {
        let line = version.origin.map(|span| file.position(span.start).line);
        let message = format!(
            "is a plan in version {written} of the format; versions {FORMAT}.x are read. Update baselint, or write the \
             plan with another version of Terraform"
        );
        root.errors.push(InputError { path: root.path.clone(), line, message });
        return Some(root);
    }
    if plan.get("errored").and_then(Value::as_bool) == Some(true) {
        let message = "the plan ended with errors, so that it is incomplete; what it holds was checked";
        root.errors.push(InputError::of_file(root.path.clone(), message));
    }
    let planned = document::resources(&plan);
    let reader = Reader {
        references: references::Configuration::new(&plan, &planned),
        by_address: planned.iter().map(|planned| (planned.address, planned)).collect(),
        documents: RefCell::default(),
        alike: alike(&planned),
        depth: Cell::new(0),
        plan: &plan,
        file,
    };
    let code = reader.code_beside(configuration, wanted);
    reader.resources(&planned, code.as_ref(), wanted, &mut root);
    if configuration.options.outputs {
        root.outputs = reader.outputs(code.as_ref());
    }
    Some(root)
}

/// A plan that is being read.
struct Reader<'v> {
    plan: &'v Value,
    file: &'v SourceFile,
    by_address: FxHashMap<&'v str, &'v Planned<'v>>,
    references: references::Configuration<'v>,
    /// The documents that data sources make, by the address of the data source, as they are asked for.
    documents: RefCell<FxHashMap<&'v str, Option<Value>>>,
    /// The data sources that make documents, by what these say.
    alike: FxHashMap<u64, Vec<&'v str>>,
    /// How many documents are being made, each for the one before.
    depth: Cell<usize>,
}

impl<'v> Reader<'v> {
    fn resources(
        &self,
        planned: &[Planned<'v>],
        code: Option<&Code>,
        wanted: &(dyn Fn(Category, &str) -> bool + Sync),
        root: &mut Root,
    ) {
        for planned in planned.iter().filter(|planned| wanted(planned.category, planned.kind)) {
            let own = code.and_then(|code| code.get(planned.address));
            let known = self.attributes(planned);
            let mut attributes = Value::object(known).or_at(planned.block);
            if let Some((ours, theirs)) = own.and_then(|own| own.attributes.as_map()).zip(attributes.as_map()) {
                let merged = Value::object(entries(ours, theirs, Others::Provider));
                attributes = merged.or_at(own.and_then(|own| own.attributes.origin));
            }
            let whole = self.file.whole();
            root.resources.push(Resource {
                address: planned.address.into(),
                kind: planned.kind.into(),
                provider: own.map_or_else(|| self.references.provider(planned), |own| own.provider.clone()),
                category: planned.category,
                attributes,
                span: own.map_or(planned.span.unwrap_or(whole), |own| own.span),
                block: own.map_or(planned.block.unwrap_or(whole), |own| own.block),
                existence: Existence::Certain,
                metadata: None,
                policies: None,
            });
        }
        match code {
            Some(code) => {
                let is_setting =
                    |resource: &&Resource| matches!(resource.category, Category::Provider | Category::Backend);
                root.resources.extend(code.root.resources.iter().filter(is_setting).cloned());
            }
            None => root.resources.extend(self.providers(wanted)),
        }
    }

    fn providers(&self, wanted: &(dyn Fn(Category, &str) -> bool + Sync)) -> Vec<Resource> {
        let providers = document::providers(self.plan).into_iter();
        providers
            .filter(|provider| wanted(Category::Provider, provider.kind))
            .map(|provider| {
                let span = provider.origin.unwrap_or(self.file.whole());
                Resource {
                    address: provider.address,
                    kind: provider.kind.into(),
                    provider: None,
                    category: Category::Provider,
                    attributes: document::constant(provider.expressions),
                    span,
                    block: provider.expressions.origin.unwrap_or(span),
                    existence: Existence::Certain,
                    metadata: None,
                    policies: None,
                }
            })
            .collect()
    }

    fn outputs(&self, code: Option<&Code>) -> Vec<(String, Value)> {
        let outputs = self.plan.get("planned_values").and_then(|values| values.get("outputs")?.as_map());
        let own = |name: &str| code.and_then(|code| code.root.outputs.iter().find(|(own, _)| own == name));
        outputs
            .map(Map::entries)
            .unwrap_or_default()
            .iter()
            .filter_map(|entry| {
                let name = entry.key.as_str()?.to_owned();
                let symbol = Symbol::new(format!("output.{name}"));
                let unknown = || Value::unknown(symbol.clone(), Why::AfterDeployment(symbol.name().into()));
                let planned = entry.value.get("value").cloned().unwrap_or_else(unknown);
                let value = match own(&name) {
                    Some((_, own)) => overlay(own, &planned, Others::Document),
                    None => planned,
                };
                Some((name, value))
            })
            .collect()
    }
}
