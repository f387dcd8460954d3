//! The parts of a template by name.

use rustc_hash::FxHashMap;

use crate::source::{SourceFile, Span};

use super::options::Options;
use super::tree::{NodeId, Tree};

/// Where the parts of a template are.
pub(super) struct Sections<'t> {
    pub(super) tree: &'t Tree<'t>,
    pub(super) file: &'t SourceFile,
    pub(super) options: &'t Options,
    pub(super) parameters: FxHashMap<&'t str, NodeId>,
    pub(super) conditions: FxHashMap<&'t str, NodeId>,
    /// The declared resources; not those that a loop or a macro adds.
    pub(super) resources: FxHashMap<&'t str, NodeId>,
    pub(super) mappings: Option<NodeId>,
    pub(super) globals: Option<NodeId>,
}

impl<'t> Sections<'t> {
    pub(super) fn new(tree: &'t Tree<'t>, file: &'t SourceFile, options: &'t Options) -> Self {
        let section = |name| tree.get(tree.root(), name);
        let by_name = |name| -> FxHashMap<&'t str, NodeId> {
            let pairs = section(name).and_then(|node| tree.mapping(node));
            pairs.into_iter().flatten().filter_map(|(key, value)| Some((tree.scalar(key)?, value))).collect()
        };
        Self {
            tree,
            file,
            options,
            parameters: by_name("Parameters"),
            conditions: by_name("Conditions"),
            resources: by_name("Resources"),
            mappings: section("Mappings"),
            globals: section("Globals"),
        }
    }

    /// The bytes of a node without its tag.
    pub(super) fn span(&self, node: NodeId) -> Span {
        let range = &self.tree.node(node).span;
        Span::new(self.file.id(), range.start as usize, range.end as usize)
    }
}
