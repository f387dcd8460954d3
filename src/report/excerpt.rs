//! The lines around a place, short enough and safe to print.

use std::borrow::Cow;
use std::ops::Range;

use crate::source::{SourceFile, Span, masked, shaped_secrets};

use super::escape::push_visible;

/// A span over more lines is shown by its first line: the rest says nothing more about where.
const MAX_LINES: u32 = 5;

/// Longer lines are cut around the span. Minified JSON puts a megabyte on one line.
const MAX_LINE_CHARACTERS: usize = 160;

/// How much of a cut line stands before the span.
const BEFORE_CHARACTERS: usize = 60;

/// Lines to print, and the part to underline.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Excerpt {
    /// The lines, with `\n` between them.
    pub(super) text: String,
    /// The number of the first one.
    pub(super) first_line: u32,
    /// The bytes of `text` to underline.
    pub(super) mark: Range<usize>,
    /// How many lines of the span are left out.
    pub(super) lines_left_out: u32,
    /// Whether columns of `text` are those of the file.
    pub(super) columns_hold: bool,
}

/// The lines of a span. What has the shape of a credential is hidden; so is the text of the span, if it `is_secret`.
pub(super) fn excerpt(file: &SourceFile, span: Span, is_secret: bool) -> Excerpt {
    let first_line = file.position(span.start).line;
    let last_byte = span.end.max(span.start + 1) - 1;
    let last_line = file.position(last_byte).line.max(first_line);
    let lines = last_line - first_line + 1;
    let shown = if lines > MAX_LINES { 1 } else { lines };
    let mut excerpt =
        Excerpt { text: String::new(), first_line, mark: 0..0, lines_left_out: lines - shown, columns_hold: true };
    for line in first_line..first_line + shown {
        let Some(range) = file.line_range(line) else { break };
        if line > first_line {
            excerpt.text.push('\n');
        }
        let clip = |offset: u32| (offset as usize).clamp(range.start, range.end) - range.start;
        let text = file.text().get(range.clone()).unwrap_or("");
        let marked = clip(span.start)..clip(span.end);
        let hidden = hide(text, is_secret.then(|| marked.clone()));
        let mark = push_line(&mut excerpt.text, &hidden, marked);
        if line == first_line {
            let before = hidden.get(..clip(span.start)).unwrap_or("");
            excerpt.columns_hold = excerpt.text.starts_with(before);
            excerpt.mark = mark;
        } else {
            excerpt.mark.end = mark.end;
        }
    }
    excerpt
}

/// A line with stars in place of what has the shape of a credential, and of the secret that is marked in it. Bytes keep
/// their places.
fn hide(line: &str, secret: Option<Range<usize>>) -> Cow<'_, str> {
    // Whoever writes a megabyte on one line is shown a few characters of it, all around the mark.
    let shaped = shaped_secrets(line).into_iter().map(|shaped| shaped.range);
    let marked = secret.and_then(|range| {
        let text = line.get(range.clone())?;
        let inner = text.trim_matches(['"', '\'']);
        let start = range.start + text.find(inner)?;
        Some(start..start + inner.len())
    });
    let mut hidden = Cow::Borrowed(line);
    for range in shaped.chain(marked) {
        let Some(text) = line.get(range.clone()) else { continue };
        // A star is one byte, the characters that it hides may be more.
        let stars: String = masked(text)
            .chars()
            .zip(text.chars())
            .flat_map(|(mask, own)| std::iter::repeat_n(mask, if mask == own { 1 } else { own.len_utf8() }))
            .collect();
        hidden.to_mut().replace_range(range, &stars);
    }
    hidden
}

/// Adds a line, cut around `mark` if it is long. Where `mark` is now, in bytes of `out`.
fn push_line(out: &mut String, line: &str, mark: Range<usize>) -> Range<usize> {
    let is_short = line.len() <= MAX_LINE_CHARACTERS || line.chars().nth(MAX_LINE_CHARACTERS).is_none();
    let before = line.get(..mark.start).unwrap_or("");
    let from =
        if is_short { 0 } else { before.char_indices().rev().nth(BEFORE_CHARACTERS - 1).map_or(0, |(at, _)| at) };
    let window = line.get(from..).unwrap_or("");
    let length = if is_short {
        window.len()
    } else {
        window.char_indices().nth(MAX_LINE_CHARACTERS).map_or(window.len(), |(at, _)| at)
    };
    if from > 0 {
        out.push('…');
    }
    let mut placed = None..None;
    for (at, character) in window.char_indices().take_while(|(at, _)| *at < length) {
        let at = from + at;
        if placed.start.is_none() && at >= mark.start {
            placed.start = Some(out.len());
        }
        if placed.end.is_none() && at >= mark.end {
            placed.end = Some(out.len());
        }
        match character {
            // The renderer aligns tabs.
            '\t' => out.push('\t'),
            other => push_visible(out, other),
        }
    }
    let end = out.len();
    if from + length < line.len() {
        out.push('…');
    }
    placed.start.unwrap_or(end)..placed.end.unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn of(text: &str, marked: &str) -> (Excerpt, String) {
        let sources = Sources::new("/".into());
        let file = sources.add_text("/a.json".into(), text.as_bytes().to_vec()).unwrap();
        let start = text.find(marked).unwrap();
        let excerpt = excerpt(&file, Span::new(file.id(), start, start + marked.len()), false);
        let marked = excerpt.text[excerpt.mark.clone()].to_owned();
        (excerpt, marked)
    }

    #[test]
    fn a_line_stands_as_it_is() {
        let (excerpt, marked) = of("a\r\nb = \"*\" # é\r\nc", "\"*\"");
        assert_eq!((excerpt.text.as_str(), excerpt.first_line, marked.as_str()), ("b = \"*\" # é", 2, "\"*\""));
    }

    #[test]
    fn a_long_line_is_cut_around_the_span() {
        let line = format!("{}\"*\"{}", "é".repeat(500_000), "z".repeat(500_000));
        let (excerpt, marked) = of(&line, "\"*\"");
        assert_eq!(marked, "\"*\"");
        assert_eq!(excerpt.text.chars().count(), MAX_LINE_CHARACTERS + 2);
        assert!(excerpt.text.starts_with("…é") && excerpt.text.ends_with("z…"));
        assert!(!excerpt.columns_hold);
    }

    #[test]
    fn a_long_span_is_cut_too() {
        let (excerpt, marked) = of(&"x".repeat(10_000), &"x".repeat(9_000));
        assert_eq!(marked.len(), MAX_LINE_CHARACTERS);
        assert_eq!(excerpt.lines_left_out, 0);
    }

    #[test]
    fn many_lines_are_folded() {
        let block = "block {\n  1\n  2\n  3\n  4\n  5\n}";
        let (excerpt, marked) = of(&format!("first\n{block}\n"), block);
        assert_eq!((excerpt.text.as_str(), marked.as_str(), excerpt.lines_left_out), ("block {", "block {", 6));
        let (excerpt, marked) = of("a = {\n  b = 1\n}\n", "{\n  b = 1\n}");
        assert_eq!((marked.as_str(), excerpt.lines_left_out), ("{\n  b = 1\n}", 0));
    }

    #[test]
    fn control_characters_do_not_move_the_mark() {
        let (excerpt, marked) = of("a\u{1b}[2J = \"*\"", "\"*\"");
        assert_eq!((excerpt.text.as_str(), marked.as_str()), ("a\\u{1b}[2J = \"*\"", "\"*\""));
        assert!(!excerpt.columns_hold);
    }

    #[test]
    fn secrets_are_hidden() {
        let sources = Sources::new("/".into());
        let text = "key = \"AKIA2222333344445555\" # pässword = \"hünter2\"";
        let file = sources.add_text("/s.tf".into(), text.as_bytes().to_vec()).unwrap();
        let start = text.find("\"hünter2").unwrap();
        let excerpt = excerpt(&file, Span::new(file.id(), start, text.len()), true);
        assert_eq!(excerpt.text, "key = \"AKIA****************\" # pässword = \"********\"");
        assert_eq!(&excerpt.text[excerpt.mark], "\"********\"");
    }

    #[test]
    fn an_empty_span_at_the_end() {
        let sources = Sources::new("/".into());
        let file = sources.add_text("/a.tf".into(), b"ab\n".to_vec()).unwrap();
        let at_end = excerpt(&file, Span::new(file.id(), 3, 3), false);
        assert_eq!((at_end.text.as_str(), at_end.mark), ("", 0..0));
    }
}
