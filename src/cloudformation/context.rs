//! What a template is read in: the files around it, what it is given, and which templates call it.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::Category;
use crate::source::{FileId, SourceFile, Sources, lexically_normal};
use crate::value::Value;

use super::options::Options;

/// Stacks in stacks: deeper ones are unknown. Each level reads a file and evaluates on the stack of the one above;
/// public code stays below five.
pub(super) const MAX_STACKS: usize = 16;

/// What a template is read in.
pub(super) struct Context<'c> {
    pub(super) sources: &'c Sources,
    pub(super) options: &'c Options,
    /// The types of resources that are asked for.
    pub(super) wanted: &'c (dyn Fn(Category, &str) -> bool + Sync),
    /// The address of the nested stack with a dot behind it; empty for a template that is deployed by itself.
    pub(super) scope: String,
    /// What the calling template gives the parameters; `None` where nothing calls it and the command line does.
    pub(super) given: Option<FxHashMap<String, Value>>,
    /// This template and those that call it, outermost first.
    pub(super) chain: Vec<FileId>,
}

impl<'c> Context<'c> {
    /// A template that is deployed by itself.
    pub(super) fn new(
        sources: &'c Sources,
        options: &'c Options,
        wanted: &'c (dyn Fn(Category, &str) -> bool + Sync),
        file: &SourceFile,
    ) -> Self {
        Self { sources, options, wanted, scope: String::new(), given: None, chain: vec![file.id()] }
    }

    /// A template that this one deploys under an address.
    pub(super) fn nested(&self, scope: String, given: FxHashMap<String, Value>, file: &SourceFile) -> Self {
        let chain = self.chain.iter().copied().chain([file.id()]).collect();
        Self { scope, given: Some(given), chain, ..*self }
    }

    /// The file that a template names by a path relative to itself, where it lies in the scanned tree.
    pub(super) fn local_file(&self, template: &SourceFile, path: &str) -> Option<Arc<SourceFile>> {
        // What has a scheme lies elsewhere.
        if path.is_empty() || path.contains("://") {
            return None;
        }
        let path = lexically_normal(&template.path().parent()?.join(path));
        if self.may_read(&path) { self.sources.read(&path).ok() } else { None }
    }

    /// Whether a file lies, links followed, below a scanned path, or beside a scanned file.
    fn may_read(&self, path: &Path) -> bool {
        let Ok(real) = path.canonicalize() else { return false };
        let scanned = &self.options.scanned;
        scanned.iter().any(|scanned| {
            real.starts_with(if scanned.is_file() { scanned.parent().unwrap_or(scanned) } else { scanned })
        })
    }
}
