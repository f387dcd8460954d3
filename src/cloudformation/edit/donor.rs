//! A template from which others take resources.

use super::super::parse;
use super::comments::Comments;
use super::error::EditError;
use super::node::{Node, Reading};

/// A whole template in YAML, with its comments: what others take parts from.
#[derive(Clone, Debug)]
pub struct Donor {
    pub(super) root: Node,
}

impl Donor {
    /// Reads the template.
    ///
    /// # Errors
    /// [`EditError::Unreadable`] where it is none, or broken.
    pub fn new(text: &str) -> Result<Self, EditError> {
        let (Some(tree), None) = parse(text) else { return Err(EditError::Unreadable) };
        let comments = Comments::of(&tree, text);
        let root = Reading { tree: &tree, text, comments: Some(&comments) }.node(tree.root(), 0)?;
        Ok(Self { root })
    }

    /// What stands in a resource, at a path below its `Properties`. Its references are those of this template;
    /// [`graft`](Self::graft) gives it with those of another.
    pub fn node<S: AsRef<str>>(&self, logical_id: &str, path: &[S]) -> Option<Node> {
        self.root.at(&["Resources", logical_id, "Properties"])?.at(path).cloned()
    }

    /// The logical ids of the resources, in order.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        self.section("Resources").iter().map(|(name, _)| name.as_str())
    }

    /// The entries of a section; none where it is not there.
    pub(super) fn section(&self, name: &str) -> &[(String, Node)] {
        self.root.get(name).and_then(Node::entries).unwrap_or_default()
    }
}
