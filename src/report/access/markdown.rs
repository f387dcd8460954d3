//! For a comment on a pull request: the summary first, one table, the requests folded away.

use std::io::{self, Write};

use crate::access::difference::{Right, Subject};
use crate::source::Span;

use super::super::escape::visible;
use super::{AccessDifference, words};

/// Found again by whoever writes the comment anew instead of a second one.
const MARKER: &str = "<!-- baselint: access diff -->";

/// What a comment on GitHub may hold, in characters: "Body is too long (maximum is 65536 characters)".
const MAX_CHARACTERS: usize = 65_536;

/// What the end may take that says how much was left out.
const RESERVED: usize = 512;

/// A cell that is longer is cut; the JSON report has it whole.
const MAX_CELL: usize = 400;

/// Writes a comparison for a comment.
pub fn write(report: &AccessDifference<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { text: String::new(), characters: 0, left_out: 0 };
    let counts = report.counts();
    page.push(&format!("{MARKER}\n### Access: {}\n\n", counts.said()));
    let (old, new) = (code(report.old), code(report.new));
    page.push(&format!("From {old} to {new}. "));
    if report.difference.subjects.is_empty() {
        page.push("Nobody may do anything that they might not do before, and nobody less.\n");
    } else {
        page.push(
            "What AWS would newly allow (`+`), or no longer (`-`); `!` is a way to more rights, `?` is undecided.\n\n",
        );
        page.push("| | who | what | where |\n|---|---|---|---|\n");
        let is_grave =
            |subject: &&Subject| !subject.escalations.is_empty() || subject.gained.iter().any(|right| right.is_public);
        let subjects = &report.difference.subjects;
        for subject in subjects.iter().filter(is_grave).chain(subjects.iter().filter(|subject| !is_grave(subject))) {
            rows(report, subject, &mut page);
        }
        details(report, &mut page);
    }
    if !report.errors.is_empty() {
        page.push(&format!("\n{} of the inputs could not be read:\n\n", report.errors.len()));
        for error in report.errors {
            page.push_or_count(&format!("- {}\n", prose(&error.to_string())));
        }
    }
    if page.left_out > 0 {
        let left_out = page.left_out;
        let said = format!("\n_{left_out} more lines are left out here; the JSON report has all of it._\n");
        page.text.push_str(&said);
    }
    out.write_all(page.text.as_bytes())
}

/// A text that stays below the limit.
struct Page {
    text: String,
    characters: usize,
    left_out: usize,
}

impl Page {
    fn push(&mut self, text: &str) {
        self.characters += text.encode_utf16().count();
        self.text.push_str(text);
    }

    fn has_room(&self, text: &str) -> bool {
        self.characters + text.encode_utf16().count() + RESERVED <= MAX_CHARACTERS
    }

    /// Adds a line, or counts it where there is no room.
    fn push_or_count(&mut self, text: &str) {
        if self.has_room(text) { self.push(text) } else { self.left_out += 1 }
    }
}

fn rows(report: &AccessDifference<'_>, subject: &Subject, page: &mut Page) {
    let status = words::presence(subject).map(|status| format!(" ({status})")).unwrap_or_default();
    let who = format!("{}{status}<br>{}", prose(&words::subject(subject)), code(&subject.address));
    let mut row = |sign: &str, what: String, span: Option<Span>| {
        let place = report.place(span).map(|place| code(&place)).unwrap_or_default();
        page.push_or_count(&format!("| {sign} | {who} | {what} | {place} |\n"));
    };
    for escalation in &subject.escalations {
        row("**!**", format!("**{}**", prose(&words::escalation(escalation))), escalation.span);
    }
    for (sign, rights, is_gained) in [("+", &subject.gained, true), ("-", &subject.lost, false)] {
        for right in rights {
            row(&format!("`{sign}`"), said(subject, right, is_gained), right.span);
        }
    }
    for question in &subject.undecided {
        row("`?`", prose(&question.why), question.span);
    }
}

fn said(subject: &Subject, right: &Right, is_gained: bool) -> String {
    let mut said = prose(&words::sentence(right, subject.kind, is_gained));
    if right.is_public && is_gained {
        said = format!("**{said}**");
    }
    if let Some(conditions) = words::conditions(right) {
        said.push_str("<br>");
        said.push_str(&prose(&conditions));
    }
    if let Some(reason) = words::reason(right, is_gained) {
        said.push_str("<br>");
        said.push_str(&prose(&reason));
    }
    said
}

/// The requests that show each right.
fn details(report: &AccessDifference<'_>, page: &mut Page) {
    const OPEN: &str = "\n<details><summary>Requests that show it</summary>\n\n";
    const CLOSE: &str = "\n</details>\n";
    let subjects = || report.difference.subjects.iter().filter(|one| !one.gained.is_empty() || !one.lost.is_empty());
    if subjects().next().is_none() || !page.has_room(&format!("{OPEN}{CLOSE}")) {
        return;
    }
    page.push(OPEN);
    // The end is written whatever there is between.
    page.characters += CLOSE.len();
    for subject in subjects() {
        for (rights, is_gained) in [(&subject.gained, true), (&subject.lost, false)] {
            for right in rights {
                let became = if is_gained { "is now allowed" } else { "is no longer allowed" };
                let is_door = subject.kind.is_door();
                let who = if is_door { String::new() } else { format!("{}: ", prose(&words::subject(subject))) };
                page.push_or_count(&format!("- {who}{} {became}\n", code(&words::witness(right, is_door))));
            }
        }
    }
    page.characters -= CLOSE.len();
    page.push(CLOSE);
}

/// Text from the code as text: nothing in it is markup, names anybody or links anywhere.
fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in cut(&visible(text)).chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A mention, a reference to an issue.
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '|' => out.push_str("&#124;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '!' => {
                out.push('\\');
                out.push(character);
            }
            other => out.push(other),
        }
    }
    // An address of the web would become a link.
    out.replace("://", ":&#47;/").replace("www.", "www&#46;")
}

/// Text from the code as code, also within a table.
fn code(text: &str) -> String {
    let text = cut(&visible(text)).replace('|', "\\|");
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    if longest > 0 { format!("{fence} {text} {fence}") } else { format!("`{text}`") }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= MAX_CELL {
        return text.to_owned();
    }
    text.chars().take(MAX_CELL - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_is_markup() {
        assert_eq!(prose("a|b <img> @team #1 *x*"), "a&#124;b &lt;img&gt; &#64;team &#35;1 \\*x\\*");
        assert_eq!(prose("https://x.example"), "https:&#47;/x.example");
        assert_eq!(code("a`b|c"), "`` a`b\\|c ``");
        assert_eq!(code("arn:aws:iam::*:role/x"), "`arn:aws:iam::*:role/x`");
    }

    #[test]
    fn a_page_has_an_end() {
        let mut page = Page { text: String::new(), characters: 0, left_out: 0 };
        (0..10_000).for_each(|_| page.push_or_count(&"x".repeat(100)));
        assert!(page.text.chars().count() <= MAX_CHARACTERS - RESERVED);
        assert_eq!(page.left_out, 10_000 - page.text.len() / 100);
    }
}
