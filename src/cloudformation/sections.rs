//! The parts of a template by name.

use rustc_hash::FxHashMap;

use crate::source::{LineColumn, SourceFile, Span};
use crate::value::Text;

use super::context::Context;
use super::files::Files;
use super::scalar;
use super::tree::{NodeId, Tree};

/// Where the parts of a template are.
pub(super) struct Sections<'t> {
    pub(super) tree: &'t Tree<'t>,
    pub(super) files: &'t Files,
    pub(super) context: &'t Context<'t>,
    pub(super) parameters: FxHashMap<&'t str, NodeId>,
    pub(super) conditions: FxHashMap<&'t str, NodeId>,
    /// The declared resources; not those that a loop or a macro adds.
    pub(super) resources: FxHashMap<&'t str, NodeId>,
    pub(super) mappings: Option<NodeId>,
    pub(super) globals: Option<NodeId>,
}

impl<'t> Sections<'t> {
    pub(super) fn new(tree: &'t Tree<'t>, files: &'t Files, context: &'t Context<'t>) -> Self {
        let section = |name| tree.get(tree.root(), name);
        let by_name = |name| -> FxHashMap<&'t str, NodeId> {
            let pairs = section(name).and_then(|node| tree.mapping(node));
            pairs.into_iter().flatten().filter_map(|(key, value)| Some((tree.scalar(key)?, value))).collect()
        };
        Self {
            tree,
            files,
            context,
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
        self.files.span(range.start, range.end)
    }

    /// The bytes of a node with its tag.
    pub(super) fn outer_span(&self, node: NodeId) -> Span {
        let node = self.tree.node(node);
        self.files.span(node.outer_start, node.span.end)
    }

    /// The text of a scalar, each part with its place.
    pub(super) fn text(&self, node: NodeId) -> Text {
        let node = self.tree.node(node);
        let (file, base) = self.files.at(node.outer_start);
        scalar::text(node, file, base)
    }

    /// The file that a node stands in.
    pub(super) fn file(&self, node: NodeId) -> &'t SourceFile {
        self.files.at(self.tree.node(node).outer_start).0
    }

    /// Where a node starts.
    pub(super) fn position(&self, node: NodeId) -> LineColumn {
        self.file(node).position(self.span(node).start)
    }

    /// The type that a resource says it has.
    pub(super) fn kind_of(&self, resource: NodeId) -> Option<&'t str> {
        self.tree.get(resource, "Type").and_then(|node| self.tree.scalar(node))
    }
}
