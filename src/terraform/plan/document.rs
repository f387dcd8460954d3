//! The parts of a plan in JSON, by their names. Source: the Terraform documentation, "JSON Output Format".

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::Category;
use crate::source::Span;
use crate::value::{Kind, Map, Value};

/// A resource instance that will exist, or that was looked up.
pub(super) struct Planned<'v> {
    /// As printed: `module.ci["a"].aws_iam_role.r[0]`.
    pub(super) address: &'v str,
    /// The address of its module's instance: `module.ci["a"]`, or nothing in the root.
    pub(super) module: &'v str,
    pub(super) kind: &'v str,
    pub(super) name: &'v str,
    pub(super) category: Category,
    /// Its `count.index` or `each.key`.
    pub(super) index: Option<&'v Value>,
    /// What is known of its attributes; null where nothing is.
    pub(super) values: &'v Value,
    /// `true` in the places of what is not known.
    pub(super) unknown: Option<&'v Value>,
    /// Where the address stands.
    pub(super) span: Option<Span>,
    /// All that the plan says of it.
    pub(super) block: Option<Span>,
}

impl Planned<'_> {
    /// The address without the instance: `module.ci["a"].aws_iam_role.r`.
    pub(super) fn base(&self) -> String {
        let data = if self.category == Category::Data { "data." } else { "" };
        let dot = if self.module.is_empty() { "" } else { "." };
        format!("{}{dot}{data}{}.{}", self.module, self.kind, self.name)
    }
}

/// The resources that will exist once the plan is applied, and the data sources that were read for it, in the plan's
/// order. What is only destroyed is not among them.
pub(super) fn resources(plan: &Value) -> Vec<Planned<'_>> {
    let changes = plan.get("resource_changes").map(items).unwrap_or_default();
    let unknown: FxHashMap<&str, &Value> = changes
        .iter()
        .filter_map(|change| Some((change.get("address")?.as_str()?, change.get("change")?.get("after_unknown")?)))
        .collect();
    let mut found = Vec::new();
    if let Some(root) = plan.get("planned_values").and_then(|values| values.get("root_module")) {
        collect(root, "", &unknown, &mut found);
    }
    let planned: rustc_hash::FxHashSet<&str> = found.iter().map(|planned| planned.address).collect();
    let mut before = Vec::new();
    let state = plan.get("prior_state").and_then(|state| state.get("values")?.get("root_module"));
    if let Some(root) = state {
        collect(root, "", &FxHashMap::default(), &mut before);
    }
    // Of the state only what was looked up: what is managed is planned, or will be gone.
    before.retain(|planned_| planned_.category == Category::Data && !planned.contains(planned_.address));
    found.extend(before);
    found
}

/// Collects a module's resources and those of its children; calls itself as deep as the JSON is nested.
fn collect<'v>(
    module: &'v Value,
    address: &'v str,
    unknown: &FxHashMap<&str, &'v Value>,
    found: &mut Vec<Planned<'v>>,
) {
    const NOTHING: &Value = &Value { kind: Kind::Null, origin: None };
    for resource in module.get("resources").map(items).unwrap_or_default() {
        let text = |name: &str| resource.get(name).and_then(Value::as_str);
        let (Some(own), Some(kind), Some(name)) = (text("address"), text("type"), text("name")) else { continue };
        let category = match text("mode") {
            Some("managed") => Category::Managed,
            Some("data") => Category::Data,
            // Ephemeral resources leave nothing behind.
            _ => continue,
        };
        found.push(Planned {
            address: own,
            module: address,
            kind,
            name,
            category,
            index: resource.get("index"),
            values: resource.get("values").unwrap_or(NOTHING),
            unknown: unknown.get(own).copied(),
            span: resource.get("address").and_then(|address| address.origin),
            block: resource.origin,
        });
    }
    for child in module.get("child_modules").map(items).unwrap_or_default() {
        let address = child.get("address").and_then(Value::as_str).unwrap_or_default();
        collect(child, address, unknown, found);
    }
}

/// A provider's configuration as a plan shows it.
pub(super) struct Provider<'v> {
    /// `provider.aws`, `module.m.provider.aws.west`.
    pub(super) address: Arc<str>,
    pub(super) kind: &'v str,
    pub(super) expressions: &'v Value,
    pub(super) origin: Option<Span>,
}

/// The configurations of providers.
pub(super) fn providers(plan: &Value) -> Vec<Provider<'_>> {
    let configurations = plan.get("configuration").and_then(|configuration| configuration.get("provider_config"));
    let entries = configurations.and_then(Value::as_map).map(Map::entries).unwrap_or_default();
    entries
        .iter()
        .filter_map(|entry| {
            let text = |name: &str| entry.value.get(name).and_then(Value::as_str);
            let kind = text("name")?;
            let module = text("module_address").map(|module| format!("{module}.")).unwrap_or_default();
            let alias = text("alias").map(|alias| format!(".{alias}")).unwrap_or_default();
            let address = format!("{module}provider.{kind}{alias}").into();
            let expressions = entry.value.get("expressions")?;
            Some(Provider { address, kind, expressions, origin: entry.key_origin.or(entry.value.origin) })
        })
        .collect()
}

/// The elements of an array; none of anything else.
pub(super) fn items(value: &Value) -> &[Value] {
    value.as_list().map(crate::value::List::items).unwrap_or_default()
}

/// An expression's constant value; nested blocks with those of their arguments.
pub(super) fn constant(expression: &Value) -> Value {
    match &expression.kind {
        Kind::Map(map) => match map.get("constant_value") {
            Some(constant) => constant.clone(),
            None if map.contains_key("references") || map.is_empty() => {
                let references = map.get("references").map(Value::canonical).unwrap_or_default();
                let why = crate::value::Why::Unsupported("an expression of which the plan keeps no value".into());
                Value::unknown(crate::value::Symbol::new(references), why).or_at(expression.origin)
            }
            None => {
                let entries = map.entries().iter().map(|entry| crate::value::Entry {
                    key: entry.key.clone(),
                    key_origin: entry.key_origin,
                    value: constant(&entry.value),
                });
                Value::object(entries.collect()).or_at(expression.origin)
            }
        },
        Kind::List(list) => Value::tuple(list.iter().map(constant).collect()).or_at(expression.origin),
        _ => expression.clone(),
    }
}
