//! Changing Terraform code in place, and grafting blocks of one configuration onto another.
//!
//! Everything here goes from texts to texts: nothing is evaluated. What was not asked to change stays as it is, byte
//! by byte, comments above all; only the columns of `=` and of comments next to a change follow it, where they stood
//! as `terraform fmt` puts them. What cannot be changed without a doubt is an error, for a person to look at.

mod argument;
mod draft;
mod graft;
mod layout;
mod list;
mod locate;
mod look;
mod nested;
mod room;
mod scan;

use crate::source::{SourceFile, Span, TextEdit};
use draft::Draft;
pub use graft::{Donor, Graft, GraftError, GraftRequest, NestedWanted, Taken, taken};
use layout::Column;
pub use look::{argument, list_around};

/// A change to a block. Expressions and blocks are texts in the Terraform language, laid out as `terraform fmt` would
/// at the left margin. Places are those of the unchanged file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// Sets an argument; what is missing on the way to it is created as nested blocks.
    SetArgument {
        /// Where the path starts: something inside the nested block or object, or all of it. The whole block if `None`.
        within: Option<Span>,
        /// The names of nested blocks or objects, and that of the argument.
        path: Vec<String>,
        /// What it is set to.
        expression: String,
    },
    /// Takes an argument away; comments beside it stay. Nothing happens when there is none.
    RemoveArgument {
        /// As in `SetArgument`.
        within: Option<Span>,
        /// As in `SetArgument`.
        path: Vec<String>,
    },
    /// Puts a nested block in.
    InsertBlock {
        /// As in `SetArgument`.
        within: Option<Span>,
        /// The names of the nested blocks that it goes into; they are created where they are missing.
        path: Vec<String>,
        /// Behind the nested block that holds this place; where such blocks usually stand if `None`.
        after: Option<Span>,
        /// The block, comments above it included.
        text: String,
    },
    /// Takes a nested block away with what stands in it; comments above it stay.
    RemoveBlock {
        /// The nested block, or something inside of it that no smaller block holds.
        block: Span,
    },
    /// Appends to a list that is written out, also in `toset(…)` and the like.
    AppendToList {
        /// The place of the list, or of the call around it.
        list: Span,
        /// The elements.
        items: Vec<String>,
    },
    /// Takes an element of a list that is written out away; comments beside it stay.
    RemoveFromList {
        /// The place of the list, or of the call around it.
        list: Span,
        /// The place of the element.
        item: Span,
    },
}

/// Why a change is not made. A person has to make it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EditError {
    /// JSON syntax.
    #[error("JSON syntax is not edited; change it by hand")]
    Json,
    /// Not a block that the parser reads.
    #[error("cannot be edited: {0}")]
    Unparsable(String),
    /// A place that is not (any more) in the block.
    #[error("what is to be changed is not in the block, or another change took it away")]
    Lost,
    /// A `dynamic` block makes what is to be changed.
    #[error("a `dynamic` block makes the `{0}` blocks; change it by hand")]
    Dynamic(String),
    /// Several nested blocks of one type, and nothing that tells which one is meant.
    #[error("there are several `{0}` blocks")]
    Several(String),
    /// An expression that does not write its value out.
    #[error("`{0}` is computed by an expression; change it by hand")]
    NotLiteral(String),
    /// A block where an argument is wanted, or the other way round.
    #[error("`{0}` is a block where an argument is wanted, or an argument where a block is")]
    WrongSort(String),
    /// The result would not be read as it is meant.
    #[error("the change does not fit: {0}")]
    Unsound(String),
}

/// Makes all changes to one block together, each on the result of those before, and gives the edits for its file.
///
/// `block` is the place of a whole top-level block in `file`.
///
/// # Errors
/// When one of the changes cannot be made; then none is.
pub fn edit_block(file: &SourceFile, block: Span, changes: &[Change]) -> Result<Vec<TextEdit>, EditError> {
    if is_json(file.shown_path()) {
        return Err(EditError::Json);
    }
    if block.file != file.id() || block.is_empty() {
        return Err(EditError::Lost);
    }
    let mut draft = Draft::new(file.slice(block));
    let base = block.range().start;
    // New lines get their carriage returns at the end, so that nothing in between has to know of them.
    let has_carriage_returns = draft.original().contains("\r\n");
    for change in changes {
        let place = |span: Span| {
            let inside = block.contains(span).then(|| span.range());
            inside.and_then(|range| draft.present(&(range.start - base..range.end - base))).ok_or(EditError::Lost)
        };
        // For what only tells where, one byte that is still there is enough.
        let point = |span: Span| {
            let range = span.range();
            let ends = [range.start..range.start + 1, range.end.saturating_sub(1)..range.end];
            ends.into_iter()
                .filter(|_| block.contains(span))
                .find_map(|byte| draft.present(&(byte.start.checked_sub(base)?..byte.end.checked_sub(base)?)))
                .ok_or(EditError::Lost)
        };
        match change {
            Change::SetArgument { within, path, expression } => {
                let within = within.map(point).transpose()?;
                sound_expression(expression)?;
                argument::set(&mut draft, within.as_ref(), path, &line_feeds(expression))?;
            }
            Change::RemoveArgument { within, path } => {
                let within = within.map(point).transpose()?;
                argument::remove(&mut draft, within.as_ref(), path)?;
            }
            Change::InsertBlock { within, path, after, text } => {
                let within = within.map(point).transpose()?;
                let after = after.map(point).transpose()?;
                nested::insert(&mut draft, within.as_ref(), path, after.as_ref(), &line_feeds(text))?;
            }
            Change::RemoveBlock { block } => {
                let place = point(*block)?;
                nested::remove(&mut draft, &place)?;
            }
            Change::AppendToList { list, items } => {
                let list = place(*list)?;
                items.iter().try_for_each(|item| sound_expression(item))?;
                list::append(&mut draft, &list, items)?;
            }
            Change::RemoveFromList { list, item } => {
                let (list, item) = (place(*list)?, place(*item)?);
                list::remove(&mut draft, &list, &item)?;
            }
        }
        let tree = locate::parse(draft.text()).map_err(|error| EditError::Unsound(error.to_string()))?;
        if tree.len() != 1 {
            return Err(EditError::Unsound("it would end the block".to_owned()));
        }
        if !scan::is_balanced(draft.text()) {
            return Err(EditError::Unsound("something would stand behind the end of a heredoc".to_owned()));
        }
    }
    align(&mut draft);
    let mut edits = draft.edits(file.id(), base);
    if has_carriage_returns {
        for edit in &mut edits {
            edit.text = line_feeds(&edit.text).replace('\n', "\r\n");
        }
    }
    Ok(edits)
}

/// Sets arguments of one block; each path starts at the block.
///
/// # Errors
/// As [`edit_block`].
pub fn set_arguments(
    file: &SourceFile,
    block: Span,
    arguments: &[(&[&str], &str)],
) -> Result<Vec<TextEdit>, EditError> {
    let changes: Vec<Change> = arguments
        .iter()
        .map(|(path, expression)| Change::SetArgument {
            within: None,
            path: path.iter().map(|&name| name.to_owned()).collect(),
            expression: (*expression).to_owned(),
        })
        .collect();
    edit_block(file, block, &changes)
}

/// Errors unless the text is one expression and nothing else.
fn sound_expression(expression: &str) -> Result<(), EditError> {
    let argument = format!("x = {}\n", expression.trim());
    let tree = locate::parse(&argument).map_err(|error| EditError::Unsound(error.to_string()))?;
    if tree.len() == 1 { Ok(()) } else { Err(EditError::Unsound("it is more than one expression".to_owned())) }
}

fn is_json(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

fn line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// Puts the `=` and the comments of lines in their columns, where those of all old lines next to them were there.
fn align(draft: &mut Draft<'_>) {
    for column in [Column::Assign, Column::Comment] {
        let original = draft.original();
        let old = layout::lines(original);
        let untidy: Vec<usize> = layout::groups(original, &old, column)
            .into_iter()
            .filter(|group| !group.iter().all(|gap| layout::is_tidy(original, gap)))
            .flatten()
            .filter_map(|gap| old.get(gap.line).map(|line| line.first))
            .collect();
        let lines = layout::lines(draft.text());
        let mut wanted = Vec::new();
        for group in layout::groups(draft.text(), &lines, column) {
            let is_untidy = |gap: &layout::Gap| {
                let first = lines.get(gap.line).and_then(|line| draft.origin(line.first));
                first.is_some_and(|first| untidy.binary_search(&first).is_ok())
            };
            if !group.iter().any(is_untidy) {
                wanted.extend(group);
            }
        }
        for gap in wanted.into_iter().rev() {
            if gap.blanks.len() != gap.want {
                draft.splice(gap.blanks, &" ".repeat(gap.want));
            }
        }
    }
}

#[cfg(test)]
mod tests;
