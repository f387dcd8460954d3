//! Inserting and removing nested blocks.

use std::ops::Range;

use super::EditError;
use super::draft::Draft;
use super::layout::{indented, line_end};
use super::locate::{self, Content, Item, Place, PlaceKind};
use super::room::{STEP, inner_indentation, is_one_line, remove_lines, separate, spread};

/// Blocks of every resource that stand last.
const LAST: &[&str] = &["lifecycle", "timeouts", "connection", "provisioner"];

/// Puts a block into the body that a path leads to.
pub(super) fn insert(
    draft: &mut Draft<'_>,
    within: Option<&Range<usize>>,
    path: &[String],
    after: Option<&Range<usize>>,
    text: &str,
) -> Result<(), EditError> {
    let tree = locate::parse(draft.text())?;
    let mut place = locate::start(draft.text(), &tree, within)?;
    for (index, step) in path.iter().enumerate() {
        let Some(next) = place.step(draft.text(), step)? else {
            let missing = path.get(index..).unwrap_or_default().iter().rev();
            let text = missing
                .fold(text.trim().to_owned(), |text, step| format!("{step} {{\n{STEP}{}\n}}", indented(&text, STEP)));
            return put(draft, &place, None, &text);
        };
        place = next;
    }
    put(draft, &place, after, text.trim())
}

/// Puts a block into a body, behind the item that holds `after`, or else where such blocks usually stand.
pub(super) fn put(
    draft: &mut Draft<'_>,
    place: &Place<'_>,
    after: Option<&Range<usize>>,
    text: &str,
) -> Result<(), EditError> {
    if place.kind == PlaceKind::Object {
        return Err(EditError::WrongSort("block".to_owned()));
    }
    let tree = locate::parse(text)?;
    let kind = tree.blocks().next().map(|block| block.ident.as_str()).ok_or(EditError::Lost)?;
    if place.value(kind).is_some() {
        return Err(EditError::WrongSort(kind.to_owned()));
    }
    let anchor = match after {
        Some(after) => {
            let holds = |item: &&Item<'_>| item.whole.start <= after.start && after.end <= item.whole.end;
            Some(place.items.iter().find(holds).ok_or(EditError::Lost)?)
        }
        None => anchor(place, kind),
    };
    let inner = inner_indentation(draft.text(), place);
    let block = indented(text, &inner);
    if is_one_line(draft.text(), place) {
        let apart = if place.items.is_empty() { "\n" } else { "\n\n" };
        spread(draft, place, &format!("{apart}{inner}{block}"));
        return Ok(());
    }
    let (at, lines) = match anchor {
        Some(item) => (line_end(draft.text(), item.whole.end), "\n\n"),
        None if place.items.is_empty() => {
            let inside = draft.text().get(place.inside.clone()).unwrap_or_default();
            (place.inside.start + inside.trim_end().len(), "\n")
        }
        None => (line_end(draft.text(), place.inside.start), "\n"),
    };
    let new = format!("{lines}{inner}{block}");
    draft.splice(at..at, &new);
    separate(draft, at + new.len());
    Ok(())
}

/// What a new block usually stands behind: the last one of its type, or else everything but what stands last.
fn anchor<'p, 't>(place: &'p Place<'t>, kind: &str) -> Option<&'p Item<'t>> {
    let same = place.items.iter().rfind(|item| item.is_block() && item.name == kind);
    let is_last = |item: &Item<'_>| match item.content {
        Content::Block(_) => LAST.contains(&item.name),
        Content::Value(_) => item.name == "depends_on",
    };
    same.or_else(|| place.items.iter().rfind(|item| !is_last(item)))
}

/// Takes the smallest nested block that holds a place away.
pub(super) fn remove(draft: &mut Draft<'_>, range: &Range<usize>) -> Result<(), EditError> {
    let tree = locate::parse(draft.text())?;
    let mut place = locate::top(draft.text(), &tree)?;
    let mut found: Option<Range<usize>> = None;
    // Each round goes one level down, and the parser bounds the levels.
    while let Some(item) =
        place.items.iter().find(|item| item.whole.start <= range.start && range.end <= item.whole.end)
    {
        let Content::Block(block) = item.content else { break };
        found = Some(item.whole.clone());
        place = Place::of_block(draft.text(), block, PlaceKind::Nested)?;
    }
    remove_lines(draft, &found.ok_or(EditError::Lost)?);
    Ok(())
}
