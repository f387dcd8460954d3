//! Changes of CloudFormation templates in place: YAML in blocks or in brackets, and JSON.
//!
//! A change is made twice: of the template as a tree of [`Node`]s, and of its text. The text is changed as little as
//! the tree asks for; comments, order, quotes and indentation stay. Then the changed text is read again, and unless it
//! says exactly what the changed tree says, there is no change but an [`EditError`].
//!
//! `node` reads and compares, `change` changes nodes, `rewrite` finds the edits of the text (with `alignment` for
//! lists), `yaml` and `json` write what is new. `donor` and `graft` bring in resources from another template, with
//! what they refer to (`reference`, `substitution`).

mod alignment;
mod change;
mod comments;
mod document;
mod donor;
mod error;
mod graft;
mod json;
mod node;
mod reference;
mod rewrite;
mod substitution;
mod yaml;

#[cfg(test)]
mod tests;

use crate::source::{SourceFile, Span, TextEdit};

pub use change::Change;
pub use donor::Donor;
pub use error::EditError;
pub use graft::{Graft, GraftRequest};
pub use node::{Content, Node};

use document::Document;
use rewrite::Rewriter;

/// A place in a template.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// What is written at a span, as the values of an evaluated resource have it.
    Span(Span),
    /// What stands in a resource, at a path below its `Properties`.
    Property(&'a str, &'a [&'a str]),
}

/// The edits that make all of the changes, whose paths start at the template's top: `Resources`, a logical id,
/// `Properties`, ….
///
/// # Errors
/// When one of the changes cannot be made in place; then none is.
pub fn change(file: &SourceFile, changes: &[Change]) -> Result<Vec<TextEdit>, EditError> {
    let document = Document::new(file)?;
    let old = document.root()?;
    let mut new = old.clone();
    let is_list = |name: &str| {
        let kind = old.at(&["Parameters", name, "Type"]).and_then(Node::as_text);
        kind.is_some_and(|kind| kind.contains("List<") || kind == "CommaDelimitedList")
    };
    for change in changes {
        change.apply(&mut new, &is_list)?;
    }
    let mut rewriter = Rewriter::new(&document);
    rewriter.root(&old, &new)?;
    document.verified(rewriter.edits, &new)
}

/// The edits that make all of the changes of one resource, whose paths start below its `Properties`.
///
/// # Errors
/// As [`change`]; and when there is no such resource.
pub fn change_resource(
    file: &SourceFile,
    logical_id: &str,
    changes: impl IntoIterator<Item = Change>,
) -> Result<Vec<TextEdit>, EditError> {
    let prefix = ["Resources", logical_id, "Properties"];
    let changes: Vec<Change> = changes.into_iter().map(|change| change.below(&prefix)).collect();
    let has_resource = Document::new(file)?.root()?.at(&["Resources", logical_id]).is_some();
    if !has_resource {
        return Err(EditError::NoResource(logical_id.to_owned()));
    }
    change(file, &changes)
}

/// Sets properties of one resource. What is missing on the way is made, `Properties` too.
///
/// # Errors
/// As [`change_resource`]; [`EditError::Intrinsic`] where a function stands on the way. A function at the end of a
/// path is replaced.
pub fn set_properties(
    file: &SourceFile,
    logical_id: &str,
    changes: &[(&[&str], Node)],
) -> Result<Vec<TextEdit>, EditError> {
    let set = |(path, value): &(&[&str], Node)| Change::Set { path: owned(path), value: value.clone() };
    change_resource(file, logical_id, changes.iter().map(set))
}

/// Adds items to the end of a list. A single thing where a list may stand becomes a list first.
///
/// # Errors
/// As [`change`].
pub fn append_items(file: &SourceFile, list: Place<'_>, items: &[Node]) -> Result<Vec<TextEdit>, EditError> {
    let path = path_of(file, list)?;
    change(file, &[Change::Append { path, items: items.to_vec() }])
}

/// Takes an item of a list away.
///
/// # Errors
/// As [`change`].
pub fn remove_item(file: &SourceFile, item: Span) -> Result<Vec<TextEdit>, EditError> {
    let path = path_of(file, Place::Span(item))?;
    change(file, &[Change::Remove { path }])
}

/// Takes a property of a resource away.
///
/// # Errors
/// As [`change_resource`]; [`EditError::NoSuchPath`] where there is none.
pub fn remove_property(file: &SourceFile, logical_id: &str, path: &[&str]) -> Result<Vec<TextEdit>, EditError> {
    change_resource(file, logical_id, [Change::Remove { path: owned(path) }])
}

/// Gives an entry another name; its value stays. `key` is the span of the name, with its quotes or without.
///
/// # Errors
/// As [`change`].
pub fn replace_key(file: &SourceFile, key: Span, new: &str) -> Result<Vec<TextEdit>, EditError> {
    let document = Document::new(file)?;
    let path = document.path_to_key(key).ok_or(EditError::NoNodeAt { start: key.start, end: key.end })?;
    change(file, &[Change::Rename { path, name: new.to_owned() }])
}

/// What stands in a resource, at a path below its `Properties`.
pub fn property(file: &SourceFile, logical_id: &str, path: &[&str]) -> Option<Node> {
    Document::new(file).ok()?.root().ok()?.at(&["Resources", logical_id, "Properties"])?.at(path).cloned()
}

/// The path of what is written at a span, from the template's top; for [`Change`]s that are to be made together.
///
/// # Errors
/// [`EditError::NoNodeAt`] where nothing is written in exactly these bytes.
pub fn path_at(file: &SourceFile, span: Span) -> Result<Vec<String>, EditError> {
    let none = EditError::NoNodeAt { start: span.start, end: span.end };
    Document::new(file)?.path_to(span).ok_or(none)
}

fn path_of(file: &SourceFile, place: Place<'_>) -> Result<Vec<String>, EditError> {
    match place {
        Place::Span(span) => path_at(file, span),
        Place::Property(logical_id, path) => {
            let prefix = ["Resources", logical_id, "Properties"];
            Ok(owned(&prefix).into_iter().chain(owned(path)).collect())
        }
    }
}

fn owned(path: &[&str]) -> Vec<String> {
    path.iter().map(|&step| step.to_owned()).collect()
}
