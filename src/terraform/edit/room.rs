//! Making room for what comes in, and closing up behind what goes.

use std::ops::Range;

use super::draft::Draft;
use super::layout::{indentation, line_end, line_start};
use super::locate::Place;
use super::scan;

/// One step of indentation.
pub(super) const STEP: &str = "  ";

/// Whether the braces stand on one line.
pub(super) fn is_one_line(text: &str, place: &Place<'_>) -> bool {
    !text.get(place.inside.clone()).is_some_and(|inside| inside.contains('\n'))
}

/// The indentation of what stands in a place.
pub(super) fn inner_indentation(text: &str, place: &Place<'_>) -> String {
    let outer = indentation(text, place.inside.start);
    if !is_one_line(text, place)
        && let Some(item) = place.items.first()
    {
        return indentation(text, item.whole.start).to_owned();
    }
    let step = if outer.ends_with('\t') { "\t" } else { STEP };
    format!("{outer}{step}")
}

/// Puts what stands in a one-line block on a line of its own, and new lines, each with its line break before it, behind
/// it. Tells where the first of what stands in the block was, and where it is then.
pub(super) fn spread(draft: &mut Draft<'_>, place: &Place<'_>, lines: &str) -> (usize, usize) {
    let text = draft.text();
    let inner = inner_indentation(text, place);
    let outer = indentation(text, place.inside.start).to_owned();
    let inside = text.get(place.inside.clone()).unwrap_or_default();
    let last = place.inside.start + inside.trim_end().len();
    let first = place.inside.end - inside.trim_start().len();
    draft.splice(last..place.inside.end, &format!("{lines}\n{outer}"));
    let blanks = format!("\n{inner}");
    if first < last {
        draft.splice(place.inside.start..first, &blanks);
    }
    (first, place.inside.start + blanks.len())
}

/// Makes an empty line behind the line that ends at `at`, unless there is one or the body ends there.
pub(super) fn separate(draft: &mut Draft<'_>, at: usize) {
    let rest = draft.text().get(at..).unwrap_or_default();
    let next = rest.trim_start_matches('\r').strip_prefix('\n').unwrap_or_default();
    let next = next.split('\n').next().unwrap_or_default().trim();
    if !next.is_empty() && !next.starts_with('}') {
        draft.splice(at..at, "\n");
    }
}

/// Puts comments on lines of their own above the line of `at`. Tells by how much that moves what follows.
pub(super) fn put_above(draft: &mut Draft<'_>, at: usize, comments: &[String]) -> usize {
    let start = line_start(draft.text(), at);
    let indentation = indentation(draft.text(), at).to_owned();
    let lines = comments.iter().fold(String::new(), |lines, comment| lines + &indentation + comment + "\n");
    draft.splice(start..start, &lines);
    lines.len()
}

/// Moves the comments in an element, which is going to be taken away, to above its line. Gives where the element and
/// the inside of what it stands in are then.
pub(super) fn rescue_comments(
    draft: &mut Draft<'_>,
    element: &Range<usize>,
    inside: &Range<usize>,
) -> (Range<usize>, Range<usize>) {
    let text = draft.text();
    let comments: Vec<String> =
        scan::comments(text.get(element.clone()).unwrap_or_default()).into_iter().map(str::to_owned).collect();
    let is_on_first_line = line_start(text, element.start) <= inside.start;
    let moved = put_above(draft, element.start, &comments);
    let start = if is_on_first_line { inside.start + moved } else { inside.start };
    (element.start + moved..element.end + moved, start..inside.end + moved)
}

/// Takes an element of a list or an entry of an object away, with its comma.
pub(super) fn remove_element(draft: &mut Draft<'_>, element: &Range<usize>, inside: &Range<usize>) {
    let text = draft.text();
    let after = text.get(element.end..inside.end).unwrap_or_default();
    let blanks = after.len() - after.trim_start().len();
    let is_first_on_line =
        text.get(line_start(text, element.start)..element.start).is_some_and(|b| b.trim().is_empty());
    if after.trim_start().starts_with(',') {
        let mut end = element.end + blanks + 1;
        let rest = text.get(end..inside.end).unwrap_or_default();
        let is_last_on_line = rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n');
        if is_first_on_line && (is_last_on_line || rest.trim_start().starts_with(['#', '/'])) {
            return remove_lines(draft, &(element.start..end));
        }
        if !is_last_on_line {
            end += rest.len() - rest.trim_start_matches([' ', '\t']).len();
        }
        return draft.splice(element.start..end, "");
    }
    // The last one: the comma before it goes as well where it stands on the same line.
    let before = text.get(inside.start..element.start).unwrap_or_default();
    let trimmed = before.trim_end_matches([' ', '\t']);
    if let Some(kept) = trimmed.strip_suffix(',') {
        draft.splice(inside.start + kept.len()..element.end, "");
    } else if is_first_on_line && after.trim_start_matches([' ', '\t', '\r']).starts_with(['\n', '#']) {
        remove_lines(draft, element);
    } else {
        draft.splice(element.clone(), "");
    }
}

/// Takes away what stands alone on its lines, but for a comment behind it, which moves to a line of its own.
pub(super) fn remove_lines(draft: &mut Draft<'_>, range: &Range<usize>) {
    let text = draft.text();
    let start = line_start(text, range.start);
    let end = line_end(text, range.end);
    let beside = text.get(range.end..end).unwrap_or_default();
    if !beside.trim().is_empty() {
        let comment = range.end + (beside.len() - beside.trim_start().len());
        return draft.splice(range.start..comment, "");
    }
    let line_break = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')).map(|after| at + rest.len() - after.len())
    };
    let mut after = line_break(end).unwrap_or(end);
    // One of two empty lines that meet goes, and one that would stand next to a brace.
    let above = text.get(..start).unwrap_or_default().trim_end_matches([' ', '\t', '\r']);
    let lone = above.strip_suffix('\n').map(|above| above.trim_end_matches([' ', '\t', '\r'])).unwrap_or_default();
    let next = line_end(text, after);
    let is_next_empty = text.get(after..next).is_some_and(|line| line.trim().is_empty());
    let closes = text.get(after..next).is_some_and(|line| line.trim_start().starts_with(['}', ']']));
    let mut from = start;
    if lone.ends_with('\n') && closes {
        from = lone.len();
    } else if (lone.ends_with(['\n', '{', '[']) && is_next_empty)
        && let Some(beyond) = line_break(next)
    {
        after = beyond;
    }
    draft.splice(from..after, "");
}
