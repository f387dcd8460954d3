//! The code that a plan was made from, where it lies beside the plan.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Reader;
use super::document::items;
use super::references;
use crate::model::{Category, Resource, Root};
use crate::terraform::configuration::{Configuration, files_in};
use crate::terraform::directory::{BlockKind, Directory};
use crate::terraform::evaluate;
use crate::value::{Entry, Map, Value};

/// What the code beside a plan says.
pub(super) struct Code {
    pub(super) root: Root,
    by_address: FxHashMap<Arc<str>, usize>,
    /// Without the keys of instances, for those whose keys the code alone does not tell.
    by_block: FxHashMap<String, usize>,
}

impl Code {
    fn new(root: Root) -> Self {
        let places = root.resources.iter().enumerate();
        let by_address = places.clone().map(|(at, resource)| (resource.address.clone(), at)).collect();
        let by_block = places.map(|(at, resource)| (references::without_instances(&resource.address), at)).collect();
        Self { root, by_address, by_block }
    }

    pub(super) fn get(&self, address: &str) -> Option<&Resource> {
        let at = self.by_address.get(address).or_else(|| self.by_block.get(&references::without_instances(address)))?;
        self.root.resources.get(*at)
    }
}

impl Reader<'_> {
    /// Evaluates the code that the plan was made from with the plan's variables: the nearest directory, from the plan's
    /// own upwards, that declares at least half of what the plan's root module does.
    pub(super) fn code_beside(
        &self,
        configuration: &Configuration<'_>,
        wanted: &(dyn Fn(Category, &str) -> bool + Sync),
    ) -> Option<Code> {
        let variables = self.variables();
        let evaluate = |configuration: &Configuration<'_>, directory: &Path| {
            Code::new(evaluate::evaluate_planned(configuration, directory, wanted, variables.clone()))
        };
        let own = self.file.path().parent()?;
        for directory in own.ancestors() {
            if let Some(found) = configuration.directory(directory) {
                if self.was_made_from(found) {
                    return Some(evaluate(configuration, directory));
                }
            } else if configuration.is_in_reach(directory, own)
                && let Some(files) = files_in(directory)
            {
                // Nobody asked to check the code, but it tells the places.
                let options = configuration.options.clone();
                let beside = [(directory.to_owned(), files)];
                let alone = Configuration::load(configuration.sources, &beside, &[directory.to_owned()], options);
                if alone.directory(directory).is_some_and(|found| self.was_made_from(found)) {
                    return Some(evaluate(&alone, directory));
                }
            }
        }
        None
    }

    fn was_made_from(&self, directory: &Directory) -> bool {
        let root = self.plan.get("configuration").and_then(|configuration| configuration.get("root_module"));
        let Some(root) = root else { return false };
        let resources = root.get("resources").map(items).unwrap_or_default().iter().map(|block| {
            let text = |name: &str| block.get(name).and_then(Value::as_str).unwrap_or_default();
            let kind = if text("mode") == "data" { BlockKind::Data } else { BlockKind::Resource };
            directory.find(kind, text("type"), text("name")).is_some()
        });
        let calls = root.get("module_calls").and_then(Value::as_map).map(Map::entries).unwrap_or_default().iter();
        let calls =
            calls.map(|call| directory.find(BlockKind::Module, call.key.as_str().unwrap_or_default(), "").is_some());
        let found: Vec<bool> = resources.chain(calls).collect();
        let agreeing = found.iter().filter(|agrees| **agrees).count();
        agreeing > 0 && 2 * agreeing >= found.len()
    }

    /// The variables that the plan was made with.
    fn variables(&self) -> Vec<(Box<str>, Value)> {
        let variables = self.plan.get("variables").and_then(Value::as_map).map(Map::entries).unwrap_or_default();
        let value = |entry: &Entry| Some((entry.key.as_str()?.into(), entry.value.get("value")?.clone()));
        variables.iter().filter_map(value).collect()
    }
}
