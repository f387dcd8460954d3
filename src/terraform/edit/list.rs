//! Appending to and removing from lists.

use std::ops::Range;

use hcl::edit::Span as _;

use super::EditError;
use super::argument::{remove_element, rescue_comments};
use super::draft::Draft;
use super::layout::{indentation, indented, line_end, line_start};
use super::locate;

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
    let list = find(draft, range)?;
    let text = draft.text();
    let inside = text.get(list.inside.clone()).unwrap_or_default();
    let Some(last) = list.elements.last() else {
        if inside.contains('\n') {
            // Empty lines, or comments.
            let inner = format!("{}  ", indentation(text, list.inside.start));
            let at = list.inside.start + inside.trim_end().len();
            let lines: String = items.iter().map(|item| format!("\n{inner}{},", indented(item.trim(), &inner))).collect();
            draft.splice(at..at, &lines);
        } else {
            let blank = list.inside.end - (inside.len() - inside.trim_end().len());
            let before = if inside.trim().is_empty() { list.inside.start } else { blank };
            draft.splice(before..list.inside.end, &joined(items));
        }
        return Ok(());
    };
    let after = text.get(last.end..list.inside.end).unwrap_or_default();
    let has_comma = after.trim_start().starts_with(',');
    if !after.contains('\n') {
        // The bracket closes on the line of the last element.
        let at = last.end;
        draft.splice(at..at, &format!(", {}", joined(items)));
        return Ok(());
    }
    let is_own_line = text.get(line_start(text, last.start)..last.start).is_some_and(|before| before.trim().is_empty());
    let inner = indentation(text, if is_own_line { last.start } else { last.end }).to_owned();
    let mut lines = String::new();
    for (index, item) in items.iter().enumerate() {
        let comma = if has_comma || index + 1 < items.len() { "," } else { "" };
        lines.push_str(&format!("\n{inner}{}{comma}", indented(item.trim(), &inner)));
    }
    let (at, end) = (line_end(text, last.end), last.end);
    draft.splice(at..at, &lines);
    if !has_comma {
        draft.splice(end..end, ",");
    }
    Ok(())
}

fn joined(items: &[String]) -> String {
    let items: Vec<&str> = items.iter().map(|item| item.trim()).collect();
    items.join(", ")
}

/// Takes an element away.
pub(super) fn remove(draft: &mut Draft<'_>, range: &Range<usize>, item: &Range<usize>) -> Result<(), EditError> {
    let list = find(draft, range)?;
    let element = list.elements.iter().find(|element| *element == item).ok_or(EditError::Lost)?;
    if list.elements.len() == 1 {
        let inside = draft.text().get(list.inside.clone()).unwrap_or_default();
        let rest = inside.replacen(draft.text().get(element.clone()).unwrap_or_default(), "", 1);
        if rest.trim().trim_matches(',').is_empty() {
            draft.splice(list.inside, "");
            return Ok(());
        }
    }
    let (element, inside) = rescue_comments(draft, element, &list.inside);
    remove_element(draft, &element, &inside);
    Ok(())
}
