//! Appending to and removing from lists.

use std::ops::Range;

use hcl::edit::Span as _;

use super::draft::Draft;
use super::layout::{indentation, indented, line_end, line_start};
use super::locate;
use super::room::{STEP, remove_element, rescue_comments};
use super::{EditError, scan};

/// A list that is written out.
struct List {
    /// Between the brackets.
    inside: Range<usize>,
    elements: Vec<Range<usize>>,
}

fn find(draft: &Draft<'_>, range: &Range<usize>) -> Result<List, EditError> {
    let text = draft.text();
    let tree = locate::parse(text)?;
    let not_a_list = || {
        let written = text.get(range.clone()).unwrap_or_default();
        EditError::NotLiteral(written.split('\n').next().unwrap_or_default().to_owned())
    };
    let expression = locate::expression_at(&tree, range).ok_or(EditError::Lost)?;
    let list = locate::as_list(expression).ok_or_else(not_a_list)?;
    let whole = list.span().ok_or(EditError::Lost)?;
    let elements = list.iter().filter_map(hcl::edit::Span::span).collect();
    Ok(List { inside: whole.start + 1..whole.end.saturating_sub(1), elements })
}

/// Appends elements.
pub(super) fn append(draft: &mut Draft<'_>, range: &Range<usize>, items: &[String]) -> Result<(), EditError> {
    if items.is_empty() {
        return Ok(());
    }
    let List { inside: place, elements } = find(draft, range)?;
    let text = draft.text();
    let inside = text.get(place.clone()).unwrap_or_default();
    let Some(last) = elements.last() else {
        if inside.contains('\n') {
            // Empty lines, or comments.
            let inner = format!("{}{STEP}", indentation(text, place.start));
            let at = place.start + inside.trim_end().len();
            draft.splice(at..at, &on_lines(items, &inner, true));
        } else {
            // A block comment may stand there.
            let at = place.start + inside.trim_end().len();
            draft.splice(at..place.end, &joined(items));
        }
        return Ok(());
    };
    let after = text.get(last.end..place.end).unwrap_or_default();
    let has_comma = after.trim_start().starts_with(',');
    if !after.contains('\n') {
        // The bracket closes on the line of the last element.
        let at = last.end;
        draft.splice(at..at, &format!(", {}", joined(items)));
        return Ok(());
    }
    let is_own_line = text.get(line_start(text, last.start)..last.start).is_some_and(|before| before.trim().is_empty());
    let inner = indentation(text, if is_own_line { last.start } else { last.end }).to_owned();
    let (at, end) = (line_end(text, last.end), last.end);
    draft.splice(at..at, &on_lines(items, &inner, has_comma));
    if !has_comma {
        draft.splice(end..end, ",");
    }
    Ok(())
}

/// The elements, each on a line of its own, with its line break before it.
fn on_lines(items: &[String], indentation: &str, has_last_comma: bool) -> String {
    let mut lines = String::new();
    for item in items {
        if !lines.is_empty() {
            lines.push(',');
        }
        lines = lines + "\n" + indentation + &indented(item.trim(), indentation);
    }
    if has_last_comma { lines + "," } else { lines }
}

fn joined(items: &[String]) -> String {
    let items: Vec<&str> = items.iter().map(|item| item.trim()).collect();
    items.join(", ")
}

/// Takes an element away.
pub(super) fn remove(draft: &mut Draft<'_>, range: &Range<usize>, item: &Range<usize>) -> Result<(), EditError> {
    let list = find(draft, range)?;
    let element = list.elements.iter().find(|element| *element == item).ok_or(EditError::Lost)?;
    let text = draft.text();
    if list.elements.len() == 1 && scan::comments(text.get(list.inside.clone()).unwrap_or_default()).is_empty() {
        draft.splice(list.inside, "");
        return Ok(());
    }
    let (element, inside) = rescue_comments(draft, element, &list.inside);
    remove_element(draft, &element, &inside);
    Ok(())
}
