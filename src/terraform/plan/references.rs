//! What the configuration part of a plan says that an argument refers to, followed through modules to a resource.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::document::{Planned, items};
use crate::value::{Kind, Value};

/// Variables that are set from variables, outputs of outputs: as many steps as there are levels of modules, twice.
const MAX_STEPS: usize = 64;

/// Of expressions with more references nobody can tell from the plan what is made of them.
const MAX_REFERENCES: usize = 256;

/// An attribute of a planned resource.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Target {
    /// The instance's address.
    pub(super) address: String,
    /// The path of the attribute; empty for the resource itself.
    pub(super) attribute: String,
}

/// The configuration of a plan beside the addresses that it plans.
pub(super) struct Configuration<'v> {
    root: Option<&'v Value>,
    /// The instances of each block, by its address without the instance.
    instances: FxHashMap<String, Vec<Instance<'v>>>,
    blocks: Blocks<'v>,
}

/// By the module's path without instances and the block's address in it.
type Blocks<'v> = FxHashMap<String, FxHashMap<&'v str, &'v Value>>;

struct Instance<'v> {
    address: &'v str,
    index: Option<&'v Value>,
}

/// Where a reference stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    /// The address of the module's instance.
    module: &'p str,
    /// The instance's number or key.
    index: Option<&'p Value>,
    /// What `each.value` is taken from.
    for_each: Option<&'p Value>,
}

impl<'v> Configuration<'v> {
    pub(super) fn new(plan: &'v Value, planned: &[Planned<'v>]) -> Self {
        let root = plan.get("configuration").and_then(|configuration| configuration.get("root_module"));
        let mut instances: FxHashMap<String, Vec<Instance<'v>>> = FxHashMap::default();
        for planned in planned {
            let instance = Instance { address: planned.address, index: planned.index };
            instances.entry(planned.base()).or_default().push(instance);
        }
        let mut blocks = Blocks::default();
        if let Some(root) = root {
            collect_blocks(root, String::new(), &mut blocks);
        }
        Self { root, instances, blocks }
    }

    /// What the configuration says of the block of a planned resource.
    pub(super) fn block(&self, planned: &Planned<'v>) -> Option<&'v Value> {
        let base = planned.base();
        let local = base.strip_prefix(planned.module).unwrap_or(&base).trim_start_matches('.');
        self.blocks.get(&without_instances(planned.module))?.get(local).copied()
    }

    /// The address of the provider's configuration that a planned resource uses.
    pub(super) fn provider(&self, planned: &Planned<'v>) -> Option<Arc<str>> {
        let key = self.block(planned)?.get("provider_config_key")?.as_str()?;
        let (module, name) = key.rsplit_once(':').map_or(("", key), |(module, name)| (module, name));
        let dot = if module.is_empty() { "" } else { "." };
        Some(format!("{module}{dot}provider.{name}").into())
    }

    /// Where the arguments of a planned resource stand.
    pub(super) fn place<'p>(planned: &Planned<'p>, block: Option<&'p Value>) -> Place<'p> {
        let for_each = block.and_then(|block| block.get("for_each_expression"));
        Place { module: planned.module, index: planned.index, for_each }
    }

    /// The one attribute of a resource that an expression refers to; `None` where it refers to none or several.
    pub(super) fn target(&self, expression: &Value, place: Place<'_>) -> Option<Target> {
        self.follow(expression, place, MAX_STEPS)
    }

    /// The attributes that a list is written with, one for each of its `length` elements, as far as can be told.
    pub(super) fn targets(&self, expression: &Value, place: Place<'_>, length: usize) -> Option<Vec<Target>> {
        let references = specific(expression);
        if references.len() != length {
            return None;
        }
        references.into_iter().map(|reference| self.follow_one(reference, place, MAX_STEPS)).collect()
    }

    fn follow(&self, expression: &Value, place: Place<'_>, steps: usize) -> Option<Target> {
        let [reference] = specific(expression)[..] else { return None };
        self.follow_one(reference, place, steps)
    }

    fn follow_one(&self, reference: &str, place: Place<'_>, steps: usize) -> Option<Target> {
        let steps = steps.checked_sub(1)?;
        let path = split(reference);
        let names: Vec<&str> = path.iter().map(|step| step.name).collect();
        match names[..] {
            ["each", "value", ..] => {
                let target = self.follow(place.for_each?, Place { for_each: None, ..place }, steps)?;
                // A repeated resource as a whole: its instance of the same key.
                target.attribute.is_empty().then(|| Target { attribute: joined(&path, 2), ..target })
            }
            ["var", name] => {
                let mut callers = split(place.module);
                let call = callers.pop()?;
                callers.pop();
                let caller = joined(&callers, 0);
                let index = call.index.map(index_value);
                let call = self.module(&caller)?.get("module_calls")?.get(call.name)?;
                let outer = Place { module: &caller, index: index.as_ref(), for_each: call.get("for_each_expression") };
                self.follow(call.get("expressions")?.get(name)?, outer, steps)
            }
            ["module", name, output] => {
                let dot = if place.module.is_empty() { "" } else { "." };
                let index = path.get(1)?.index;
                let suffix = index.map(|index| format!("[{index}]")).unwrap_or_default();
                let child = format!("{}{dot}module.{name}{suffix}", place.module);
                let expression = self.module(&child)?.get("outputs")?.get(output)?.get("expression")?;
                self.follow(expression, Place { module: &child, index: None, for_each: None }, steps)
            }
            ["local" | "path" | "terraform" | "count" | "each" | "self" | "var" | "module", ..] => None,
            ["data", _, _, ..] => Some(self.resource(&path, 3, place)),
            [_, _, ..] => Some(self.resource(&path, 2, place)),
            _ => None,
        }
    }

    /// The instance that the first `length` steps name, and the attribute after them.
    fn resource(&self, path: &[Step<'_>], length: usize, place: Place<'_>) -> Target {
        let dot = if place.module.is_empty() { "" } else { "." };
        let names: Vec<&str> = path.iter().take(length).map(|step| step.name).collect();
        let base = format!("{}{dot}{}", place.module, names.join("."));
        let index = path.get(length - 1).and_then(|step| step.index);
        let attribute = joined(path, length);
        let address = match index {
            Some(index) => format!("{base}[{index}]"),
            None => self.instance(&base, place.index).map_or(base, str::to_owned),
        };
        Target { address, attribute }
    }

    /// The only instance of a block, or the one of the same number or key.
    fn instance(&self, base: &str, index: Option<&Value>) -> Option<&'v str> {
        match self.instances.get(base)?.as_slice() {
            [only] => Some(only.address),
            several => {
                several.iter().find(|instance| instance.index.is_some() && instance.index == index).map(|i| i.address)
            }
        }
    }

    /// The configuration of a module by the address of an instance.
    fn module(&self, address: &str) -> Option<&'v Value> {
        let mut module = self.root?;
        let path = split(address);
        for call in path.chunks(2) {
            module = module.get("module_calls")?.get(call.get(1)?.name)?.get("module")?;
        }
        Some(module)
    }
}

/// Collects the blocks of a module and of those that it calls; calls itself as deep as the JSON is nested.
fn collect_blocks<'v>(module: &'v Value, path: String, out: &mut Blocks<'v>) {
    let calls = module.get("module_calls").and_then(Value::as_map);
    for call in calls.map(crate::value::Map::entries).unwrap_or_default() {
        if let (Some(name), Some(module)) = (call.key.as_str(), call.value.get("module")) {
            let dot = if path.is_empty() { "" } else { "." };
            collect_blocks(module, format!("{path}{dot}module.{name}"), out);
        }
    }
    let blocks = module.get("resources").map(items).unwrap_or_default().iter();
    let named = blocks.filter_map(|block| Some((block.get("address")?.as_str()?, block)));
    out.entry(path).or_default().extend(named);
}

/// The references of an expression without those that only name the start of another, each once.
fn specific(expression: &Value) -> Vec<&str> {
    let references = expression.get("references").map(items).unwrap_or_default();
    let references = if references.len() > MAX_REFERENCES { &[] } else { references };
    let references: Vec<&str> = references.iter().filter_map(Value::as_str).collect();
    let mut found: Vec<&str> = Vec::new();
    for &reference in &references {
        let is_start = |other: &&str| {
            let rest = other.strip_prefix(reference).unwrap_or_default();
            rest.starts_with(['.', '['])
        };
        // The keys of `each` and `count` only say which instance is meant.
        let is_key = matches!(reference, "each.key" | "count.index");
        if !is_key && !references.iter().any(is_start) && !found.contains(&reference) {
            found.push(reference);
        }
    }
    found
}

/// A name in a reference with the index after it, as written without the brackets.
struct Step<'r> {
    name: &'r str,
    index: Option<&'r str>,
}

/// Cuts `aws_iam_role.r["a.b"].name` at its dots.
fn split(reference: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut start = 0;
    let mut bracket = None;
    let mut index = None;
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in reference.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' => bracket = bracket.or(Some(at)),
            b']' => index = bracket.and_then(|open: usize| reference.get(open + 1..at)),
            b'.' => {
                steps.push(Step { name: reference.get(start..bracket.unwrap_or(at)).unwrap_or_default(), index });
                (start, bracket, index) = (at + 1, None, None);
            }
            _ => {}
        }
    }
    let end = bracket.unwrap_or(reference.len());
    if let Some(name) = reference.get(start..end).filter(|name| !name.is_empty()) {
        steps.push(Step { name, index });
    }
    steps
}

/// The steps from `from` on, as written.
fn joined(path: &[Step<'_>], from: usize) -> String {
    let mut text = String::new();
    for step in path.iter().skip(from) {
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(step.name);
        if let Some(index) = step.index {
            text.push('[');
            text.push_str(index);
            text.push(']');
        }
    }
    text
}

/// An index in an address as the value that it is.
fn index_value(index: &str) -> Value {
    match index.strip_prefix('"').and_then(|key| key.strip_suffix('"')) {
        Some(key) => Value::text(key.replace("\\\"", "\"").replace("\\\\", "\\")),
        None => index.parse().map_or_else(|_| Value::null(), |number| Value::new(Kind::Number(number), None)),
    }
}

/// The address of a module without the instances.
pub(super) fn without_instances(address: &str) -> String {
    joined(&split(address).into_iter().map(|step| Step { index: None, ..step }).collect::<Vec<_>>(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Text, json};

    fn parsed(text: &str) -> Value {
        json::parse(&Text::from(text)).unwrap()
    }

    #[test]
    fn references_are_cut_at_their_dots() {
        let path = split(r#"module.m["a.b"].aws_iam_role.r[0].name"#);
        let steps: Vec<_> = path.iter().map(|step| (step.name, step.index)).collect();
        assert_eq!(
            steps,
            [("module", None), ("m", Some("\"a.b\"")), ("aws_iam_role", None), ("r", Some("0")), ("name", None)]
        );
        assert_eq!(without_instances(r#"module.m["a.b"].module.n[0]"#), "module.m.module.n");
        assert_eq!(joined(&path, 3), "r[0].name");
    }

    #[test]
    fn the_most_specific_reference_counts() {
        let one = parsed(r#"{"references": ["aws_iam_role.r[0].name", "aws_iam_role.r[0]", "aws_iam_role.r"]}"#);
        assert_eq!(specific(&one), ["aws_iam_role.r[0].name"]);
        let keyed = parsed(r#"{"references": ["aws_iam_role.r", "each.key"]}"#);
        assert_eq!(specific(&keyed), ["aws_iam_role.r"]);
        let two = parsed(r#"{"references": ["aws_iam_role.r.name", "aws_iam_role.r", "aws_iam_role.role.name"]}"#);
        assert_eq!(specific(&two).len(), 2);
    }
}
