//! Setting and removing arguments.

use std::fmt::Write as _;
use std::ops::Range;

use hcl::edit::Span as _;

use super::draft::Draft;
use super::layout::{indentation, indented, line_end, line_start, lines};
use super::locate::{self, Content, Item, Place, PlaceKind};
use super::room::{
    STEP, inner_indentation, is_one_line, put_above, remove_element, remove_lines, rescue_comments, separate, spread,
};
use super::{EditError, nested, scan};

/// Arguments of every resource that stand first, a line apart from its own.
const FIRST: &[&str] = &["count", "for_each", "provider", "providers", "source", "version"];

/// Arguments that stand last.
const LAST: &[&str] = &["depends_on", "tags", "tags_all"];

/// Sets an argument.
pub(super) fn set(
    draft: &mut Draft<'_>,
    within: Option<&Range<usize>>,
    path: &[String],
    expression: &str,
) -> Result<(), EditError> {
    let (name, way) = path.split_last().ok_or(EditError::Lost)?;
    let tree = locate::parse(draft.text())?;
    let mut place = locate::start(draft.text(), &tree, within)?;
    for (index, step) in way.iter().enumerate() {
        let Some(next) = place.step(draft.text(), step)? else {
            let missing = way.get(index..).unwrap_or_default();
            return create(draft, &place, missing, name, expression);
        };
        place = next;
    }
    place.refuse_dynamic(name)?;
    if place.blocks(name).next().is_some() {
        return Err(EditError::WrongSort(name.clone()));
    }
    match place.value(name) {
        Some((item, value)) => {
            let mut item = item.whole.clone();
            let mut value = value.span().unwrap_or(item.clone());
            let is_short = place.kind != PlaceKind::Object && is_one_line(draft.text(), &place);
            if is_short && expression.trim().contains('\n') {
                let (from, to) = spread(draft, &place, "");
                let moved = |range: Range<usize>| range.start - from + to..range.end - from + to;
                (item, value) = (moved(item), moved(value));
            }
            replace(draft, &item, value, expression);
            Ok(())
        }
        None => add(draft, &place, name, expression),
    }
}

fn replace(draft: &mut Draft<'_>, item: &Range<usize>, value: Range<usize>, expression: &str) {
    let new = indented(expression.trim(), indentation(draft.text(), item.start));
    let kept = scan::comments(&new);
    let old = draft.text().get(value.clone()).unwrap_or_default();
    let lost: Vec<String> =
        scan::comments(old).into_iter().filter(|comment| !kept.contains(comment)).map(str::to_owned).collect();
    draft.splice(value, &new);
    put_above(draft, item.start, &lost);
}

/// Adds an argument or entry that is not there.
fn add(draft: &mut Draft<'_>, place: &Place<'_>, name: &str, expression: &str) -> Result<(), EditError> {
    if place.kind == PlaceKind::Object {
        return add_entry(draft, place, name, expression);
    }
    if !is_identifier(name) {
        return Err(EditError::Unsound(format!("`{name}` is no name of an argument")));
    }
    let anchor = anchor(place);
    let indentation = match anchor {
        Anchor::Behind(item) if !is_one_line(draft.text(), place) => {
            indentation(draft.text(), item.whole.start).to_owned()
        }
        _ => inner_indentation(draft.text(), place),
    };
    let line = |equals: &str| format!("{name}{equals}= {}", indented(expression.trim(), &indentation));
    match anchor {
        Anchor::Behind(item) => {
            let equals = column(draft.text(), item, &indentation, name, expression);
            let at = line_end(draft.text(), item.whole.end);
            if is_one_line(draft.text(), place) {
                spread(draft, place, &format!("\n{indentation}{}", line(" ")));
            } else {
                draft.splice(at..at, &format!("\n{indentation}{}", line(&equals)));
            }
        }
        Anchor::Apart(item) => {
            if is_one_line(draft.text(), place) {
                spread(draft, place, &format!("\n\n{indentation}{}", line(" ")));
            } else {
                let at = line_end(draft.text(), item.whole.end);
                draft.splice(at..at, &format!("\n\n{indentation}{}", line(" ")));
                separate(draft, at + 2 + indentation.len() + line(" ").len());
            }
        }
        Anchor::Start => {
            if is_one_line(draft.text(), place) {
                spread(draft, place, &format!("\n{indentation}{}", line(" ")));
            } else if place.items.is_empty() {
                // Behind the comments, if there are any.
                let inside = draft.text().get(place.inside.clone()).unwrap_or_default();
                let at = place.inside.start + inside.trim_end().len();
                draft.splice(at..at, &format!("\n{indentation}{}", line(" ")));
            } else {
                let at = line_end(draft.text(), place.inside.start);
                let new = format!("\n{indentation}{}", line(" "));
                draft.splice(at..at, &new);
                if place.items.first().is_some_and(|item| item.is_block() || item.name == "depends_on") {
                    separate(draft, at + new.len());
                }
            }
        }
    }
    Ok(())
}

/// Where a new argument goes.
enum Anchor<'p, 't> {
    /// The next line.
    Behind(&'p Item<'t>),
    /// Behind it, an empty line between.
    Apart(&'p Item<'t>),
    /// The first line of the body.
    Start,
}

fn anchor<'p, 't>(place: &'p Place<'t>) -> Anchor<'p, 't> {
    let is_top = place.kind == PlaceKind::Top;
    let is_plain =
        |item: &&Item<'_>| !item.is_block() && !(is_top && (FIRST.contains(&item.name) || LAST.contains(&item.name)));
    let before_blocks = place.items.iter().take_while(|item| !item.is_block()).filter(is_plain).last();
    if let Some(item) = before_blocks.or_else(|| place.items.iter().rfind(is_plain)) {
        return Anchor::Behind(item);
    }
    let first = place.items.iter().take_while(|item| !item.is_block()).filter(|item| FIRST.contains(&item.name)).last();
    first.map_or(Anchor::Start, Anchor::Apart)
}

/// The blanks before the `=` of a new line behind an item: up to the column of that one's, where the name is shorter
/// and both expressions are of one line.
fn column(text: &str, item: &Item<'_>, indentation: &str, name: &str, expression: &str) -> String {
    let start = line_start(text, item.whole.start);
    let one = || " ".to_owned();
    let Some(line) = text.get(start..item.whole.end) else { return one() };
    let equals = lines(line).first().filter(|line| line.is_whole).and_then(|line| line.equals);
    let Some(equals) = equals.filter(|_| lines(expression.trim()).len() == 1) else { return one() };
    let width = |text: &str| text.chars().count();
    let theirs = line.get(..equals).map_or(0, width);
    let ours = width(indentation) + width(name);
    if theirs > ours { " ".repeat(theirs - ours) } else { one() }
}

/// Adds an entry to an object.
fn add_entry(draft: &mut Draft<'_>, place: &Place<'_>, name: &str, expression: &str) -> Result<(), EditError> {
    let text = draft.text();
    let key = if is_identifier(name) { name.to_owned() } else { quoted(name) };
    let Some(last) = place.items.last() else {
        if text.get(place.inside.clone()).is_some_and(|inside| inside.trim().is_empty()) {
            let outer = indentation(text, place.inside.start).to_owned();
            let inner = inner_indentation(text, place);
            let new = format!("\n{inner}{key} = {}\n{outer}", indented(expression.trim(), &inner));
            draft.splice(place.inside.clone(), &new);
        } else {
            let inner = inner_indentation(text, place);
            let inside = text.get(place.inside.clone()).unwrap_or_default();
            let at = place.inside.start + inside.trim_end().len();
            let new = format!("\n{inner}{key} = {}", indented(expression.trim(), &inner));
            draft.splice(at..at, &new);
        }
        return Ok(());
    };
    let assignment = if has_colon(text, last) { ": " } else { " = " };
    let after = text.get(last.whole.end..place.inside.end).unwrap_or_default();
    let has_comma = after.trim_start().starts_with(',');
    if !after.contains('\n') {
        // The closing brace stands on the line of the last entry.
        if expression.contains('\n') {
            return Err(EditError::Unsound("the object is written on one line".to_owned()));
        }
        let at = last.whole.end;
        draft.splice(at..at, &format!(", {key}{assignment}{}", expression.trim()));
        return Ok(());
    }
    let inner = indentation(text, last.whole.start).to_owned();
    let equals =
        if assignment == ": " { assignment.to_owned() } else { column(text, last, &inner, &key, expression) + "= " };
    let at = line_end(text, last.whole.end);
    let comma = if has_comma { "," } else { "" };
    draft.splice(at..at, &format!("\n{inner}{key}{equals}{}{comma}", indented(expression.trim(), &inner)));
    Ok(())
}

/// Whether a colon stands between an entry's key and its value.
fn has_colon(text: &str, item: &Item<'_>) -> bool {
    let Content::Value(value) = item.content else { return false };
    let value = value.span().unwrap_or_default().start;
    text.get(item.whole.start..value).is_some_and(|key| key.trim_end().ends_with(':'))
}

pub(super) fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|character| character.is_alphanumeric() || matches!(character, '_' | '-'))
}

/// A name as a string of the language.
pub(super) fn quoted(name: &str) -> String {
    let mut out = String::from("\"");
    let mut rest = name.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if rest.peek() == Some(&'{') => {
                out.push(character);
                out.push(character);
            }
            other if other.is_control() => {
                // Writing to a string does not fail.
                let _ = write!(out, "\\u{:04x}", u32::from(other));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// Creates the nested blocks on the way to an argument, and the argument. In an object, objects are created.
fn create(
    draft: &mut Draft<'_>,
    place: &Place<'_>,
    missing: &[String],
    name: &str,
    expression: &str,
) -> Result<(), EditError> {
    let is_object = place.kind == PlaceKind::Object;
    let mut text = format!("{name} = {}", indented(expression.trim(), ""));
    let inner = if is_object { missing.get(1..).unwrap_or_default() } else { missing };
    for step in inner.iter().rev() {
        let equals = if is_object { " =" } else { "" };
        text = format!("{step}{equals} {{\n{STEP}{}\n}}", indented(&text, STEP));
    }
    if is_object {
        let key = missing.first().ok_or(EditError::Lost)?;
        return add_entry(draft, place, key, &format!("{{\n{STEP}{}\n}}", indented(&text, STEP)));
    }
    nested::put(draft, place, None, &text)
}

/// Takes an argument away.
pub(super) fn remove(draft: &mut Draft<'_>, within: Option<&Range<usize>>, path: &[String]) -> Result<(), EditError> {
    let (name, way) = path.split_last().ok_or(EditError::Lost)?;
    let tree = locate::parse(draft.text())?;
    let mut place = locate::start(draft.text(), &tree, within)?;
    for step in way {
        match place.step(draft.text(), step)? {
            Some(next) => place = next,
            None => return Ok(()),
        }
    }
    place.refuse_dynamic(name)?;
    if place.blocks(name).next().is_some() {
        return Err(EditError::WrongSort(name.clone()));
    }
    let Some((item, _)) = place.value(name) else { return Ok(()) };
    let is_short = is_one_line(draft.text(), &place);
    let (item, inside) = rescue_comments(draft, &item.whole, &place.inside);
    if place.kind == PlaceKind::Object {
        remove_element(draft, &item, &inside);
    } else if is_short {
        let text = draft.text();
        // Only blanks and comments can stand beside it.
        let is_alone = text.get(inside.clone()).map(str::trim) == text.get(item.clone()).map(str::trim);
        draft.splice(if is_alone { inside } else { item }, "");
    } else {
        remove_lines(draft, &item);
    }
    Ok(())
}
