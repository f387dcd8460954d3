//! Comments that ask for a finding to be passed over, as they stand in the text.
//!
//! Knows comments as every language here writes them (`#`, `//`, `/* */`, and the `"//"` property of JSON
//! configuration), not what the rules are called nor what a comment covers.

use memchr::memmem;

use super::{SourceFile, Span};

/// What every such comment starts with.
const MARKER: &str = "baselint:";

/// More of a comment is not read: ids and a reason need far less, and a hostile line of a megabyte stays cheap.
const MAX_COMMENT_BYTES: usize = 2048;

/// Comments that stand one under the other above the same line; beyond that they are not a stack but a text.
const MAX_STACK: usize = 32;

/// One comment that starts with `baselint:`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SuppressionComment {
    /// From the marker to the comment's end.
    pub span: Span,
    /// The line of code (from 1) that the comment speaks about: its own, or, when nothing else stands on its
    /// own, the next one that is not a comment. `None` for the `"//"` property.
    pub line: Option<u32>,
    /// What it asks, or what is wrong with it.
    pub directive: Result<Directive, String>,
}

/// `ignore[id, …] until=YYYY-MM-DD reason="…"`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Directive {
    /// The names between the brackets, as written; at least one.
    pub ids: Vec<String>,
    /// Why, in the author's words.
    pub reason: Option<String>,
    /// The last day on which it holds, as written.
    pub until: Option<String>,
}

/// The comments of a file, in order. Costs one search for the marker where there are none.
pub fn suppression_comments(file: &SourceFile) -> Vec<SuppressionComment> {
    let text = file.text();
    let mut lines = LineScan { text, line: 1, line_start: 0, line_end: 0, scanned: 0, in_string: false };
    memmem::find_iter(text.as_bytes(), MARKER).filter_map(|at| read(file, &mut lines, at)).collect()
}

/// Where the scan stands in its line. Moves forward only, so that all comments of a file cost one pass over it.
struct LineScan<'a> {
    text: &'a str,
    line: u32,
    line_start: usize,
    /// The end of the line that was last asked for.
    line_end: usize,
    scanned: usize,
    /// Whether an odd number of quotation marks stands before `scanned` on this line.
    in_string: bool,
}

impl LineScan<'_> {
    fn advance(&mut self, to: usize) {
        let bytes = self.text.as_bytes();
        while self.scanned < to {
            match bytes.get(self.scanned) {
                Some(b'\n') => {
                    self.line = self.line.saturating_add(1);
                    self.line_start = self.scanned + 1;
                    self.in_string = false;
                }
                Some(b'\\') if self.in_string && bytes.get(self.scanned + 1) != Some(&b'\n') => self.scanned += 1,
                Some(b'"') => self.in_string = !self.in_string,
                _ => {}
            }
            self.scanned += 1;
        }
    }

    /// The end of the line on which `at` stands; `at` must not go back.
    fn end_of_line(&mut self, at: usize) -> usize {
        if at > self.line_end || self.line_end == 0 {
            let rest = self.text.as_bytes().get(at..).unwrap_or_default();
            self.line_end = memchr::memchr(b'\n', rest).map_or(self.text.len(), |length| at + length);
        }
        self.line_end
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opener {
    ToLineEnd,
    Block,
    JsonProperty,
}

fn read(file: &SourceFile, lines: &mut LineScan<'_>, at: usize) -> Option<SuppressionComment> {
    let text = file.text();
    let (opener, start) = opener_before(text, at)?;
    lines.advance(start);
    if lines.in_string && opener != Opener::JsonProperty {
        return None;
    }
    let (line, line_start) = (lines.line, lines.line_start);
    let from = at + MARKER.len();
    let line_end = lines.end_of_line(from);
    let mut limit = line_end.min(from + MAX_COMMENT_BYTES);
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let body = text.get(from..limit)?;
    let length = match opener {
        Opener::ToLineEnd => body.len(),
        Opener::Block => body.find("*/").unwrap_or(body.len()),
        Opener::JsonProperty => unescaped_quote(body).unwrap_or(body.len()),
    };
    let written = body.get(..length)?.trim_end();
    let directive = match opener {
        Opener::JsonProperty => parse(&written.replace("\\\"", "\"")),
        _ => parse(written),
    };
    let after = body.get(length..)?.trim_start_matches("*/").trim();
    let alone = text.get(line_start..start)?.trim().is_empty() && (opener != Opener::Block || after.is_empty());
    let line = match opener {
        Opener::JsonProperty => None,
        _ if alone => Some(next_code_line(text, line_end, line)),
        _ => Some(line),
    };
    Some(SuppressionComment { span: Span::new(file.id(), at, from + written.len()), line, directive })
}

/// What opens the comment that starts right before `at`, and where.
fn opener_before(text: &str, at: usize) -> Option<(Opener, usize)> {
    let spaces = |text: &str| text.trim_end_matches([' ', '\t']).len();
    let before = text.get(..at)?;
    let end = spaces(before);
    let before = before.get(..end)?;
    if before.ends_with("//") {
        return Some((Opener::ToLineEnd, end - 2));
    }
    if before.ends_with("/*") {
        return Some((Opener::Block, end - 2));
    }
    if before.ends_with('#') {
        return Some((Opener::ToLineEnd, before.trim_end_matches('#').len()));
    }
    // `"//": "baselint: …"`, the comment of JSON configuration syntax.
    let property = before.strip_suffix('"')?;
    let property = property.get(..spaces(property))?.strip_suffix(':')?;
    let property = property.get(..spaces(property))?.strip_suffix("\"//\"")?;
    Some((Opener::JsonProperty, property.len()))
}

fn unescaped_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let found = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        found
    })
}

/// The line below `line` (which ends at `line_end`) that is not a comment by itself.
fn next_code_line(text: &str, line_end: usize, line: u32) -> u32 {
    let below = text.get(line_end + 1..).unwrap_or("");
    let comments = below.split('\n').take(MAX_STACK).take_while(|below| {
        let below = below.trim_start();
        below.starts_with('#') || below.starts_with("//")
    });
    line.saturating_add(1).saturating_add(u32::try_from(comments.count()).unwrap_or(0))
}

/// Reads what follows the marker.
fn parse(text: &str) -> Result<Directive, String> {
    const FORM: &str = "write `baselint: ignore[rule-id] reason=\"…\"`";
    let rest = text.trim_start();
    let Some(rest) = rest.strip_prefix("ignore") else {
        return Err(format!("only `ignore` can be asked for; {FORM}"));
    };
    let Some((ids, mut rest)) = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return Err(format!("it names no rule; {FORM}"));
    };
    let ids: Vec<String> = ids.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect();
    if ids.is_empty() {
        return Err(format!("it names no rule; {FORM}"));
    }
    let mut directive = Directive { ids, reason: None, until: None };
    loop {
        rest = rest.trim_start();
        if let Some(quoted) = rest.strip_prefix("reason=") {
            let reason = quoted.strip_prefix('"').and_then(|quoted| quoted.split_once('"'));
            let Some((reason, after)) = reason else {
                return Err(format!("the reason wants quotation marks; {FORM}"));
            };
            directive.reason = Some(reason.trim().to_owned());
            rest = after;
        } else if let Some(date) = rest.strip_prefix("until=") {
            let end = date.find(char::is_whitespace).unwrap_or(date.len());
            let (date, after) = date.split_at(end);
            // The reason has quotation marks, so some write them here too.
            let bare = date.strip_prefix('"').and_then(|date| date.strip_suffix('"')).unwrap_or(date);
            directive.until = Some(bare.to_owned());
            rest = after;
        } else {
            break;
        }
    }
    // A misspelt `until` must not make the comment hold for ever.
    if let Some((word, _)) = rest.split_once('=')
        && !word.is_empty()
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    {
        return Err(format!("`{word}=` is not known, `reason=` and `until=` are; {FORM}"));
    }
    if directive.reason.is_none() && !rest.is_empty() && !rest.starts_with('#') {
        directive.reason = Some(rest.to_owned());
    }
    Ok(directive)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn comments(text: &str) -> Vec<SuppressionComment> {
        let sources = Sources::new("/".into());
        let file = sources.add_text("/a.tf".into(), text.as_bytes().to_vec()).unwrap();
        suppression_comments(&file)
    }

    fn one(text: &str) -> SuppressionComment {
        let mut found = comments(text);
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    fn ids(comment: &SuppressionComment) -> Vec<&str> {
        comment.directive.as_ref().unwrap().ids.iter().map(String::as_str).collect()
    }

    #[test]
    fn every_comment_syntax() {
        for text in [
            "# baselint: ignore[a, b-c]",
            "#baselint:ignore[a,b-c]",
            "## baselint: ignore [a, b-c]",
            "// baselint: ignore[a, b-c]",
            "/* baselint: ignore[a, b-c] */",
            "x = \"y\" # baselint: ignore[a, b-c]",
            "{\"//\": \"baselint: ignore[a, b-c]\"}",
        ] {
            assert_eq!(ids(&one(text)), ["a", "b-c"], "{text}");
        }
    }

    #[test]
    fn not_a_comment() {
        assert_eq!(comments("description = \"see # baselint: ignore[a]\""), []);
        assert_eq!(comments("description = \"baselint: ignore[a]\""), []);
        assert_eq!(comments("x = \"a\\\" # baselint: ignore[a]\""), []);
        assert_eq!(comments("# how to use baselint: ignore[a]"), []);
    }

    #[test]
    fn reason_and_date_in_any_order() {
        let expected = Directive {
            ids: vec!["a".into()],
            reason: Some("break glass, see OPS-1".into()),
            until: Some("2027-01-31".into()),
        };
        for text in [
            "# baselint: ignore[a] until=2027-01-31 reason=\"break glass, see OPS-1\"",
            "# baselint: ignore[a] reason=\"break glass, see OPS-1\" until=2027-01-31",
            "# baselint: ignore[a] until=2027-01-31 break glass, see OPS-1",
            "# baselint: ignore[a] until=\"2027-01-31\" break glass, see OPS-1",
            r#"{"//": "baselint: ignore[a] until=2027-01-31 reason=\"break glass, see OPS-1\""}"#,
        ] {
            assert_eq!(one(text).directive.as_ref(), Ok(&expected), "{text}");
        }
    }

    #[test]
    fn malformed_comments_say_what_is_wrong() {
        for text in
            ["ignore", "ignore[]", "ignore[ , ]", "disable[a]", "ignore[a] reason=x", "ignore[a] untill=2027-01-01"]
        {
            assert!(one(&format!("# baselint: {text}")).directive.is_err(), "{text}");
        }
    }

    #[test]
    fn the_line_spoken_about() {
        assert_eq!(one("a\nb # baselint: ignore[a]\nc").line, Some(2));
        assert_eq!(one("a\n  # baselint: ignore[a]\nc").line, Some(3));
        assert_eq!(one("a\r\n# baselint: ignore[a]\r\n# more\r\n// and more\r\nc").line, Some(5));
        assert_eq!(one("/* baselint: ignore[a] */ b").line, Some(1));
        assert_eq!(one("/* baselint: ignore[a] */\nb").line, Some(2));
        let lines: Vec<_> =
            comments("# baselint: ignore[a]\n# baselint: ignore[b]\nc").iter().map(|c| c.line).collect();
        assert_eq!(lines, [Some(3), Some(3)]);
    }

    #[test]
    fn a_hostile_line_is_cheap() {
        let text = "# baselint: ignore[a] ".repeat(50_000);
        assert_eq!(comments(&text).len(), 50_000);
    }
}
