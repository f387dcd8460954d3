//! The documentation of a rule: its sections, and how it looks on a terminal.

use std::io::{self, Write};

use anstyle::Style;

use super::escape::visible;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Lines of Markdown, each with whether it stands in a fenced block of code.
fn lines(markdown: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut fenced = false;
    markdown.lines().map(move |line| {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            return (line, true);
        }
        (line, fenced)
    })
}

fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    (text.len() < line.len()).then(|| text.strip_prefix(' ')).flatten().map(str::trim)
}

/// The first paragraph of text, without code, under a heading, on one line.
pub(super) fn first_paragraph(markdown: &str, title: &str) -> Option<String> {
    let mut under = lines(markdown).skip_while(|(line, code)| *code || heading(line) != Some(title)).skip(1);
    let mut paragraph = String::new();
    for (line, code) in under.by_ref().take_while(|(line, code)| *code || heading(line).is_none()) {
        let line = line.trim();
        if code || line.is_empty() {
            if paragraph.is_empty() {
                continue;
            }
            break;
        }
        if !paragraph.is_empty() {
            paragraph.push(' ');
        }
        paragraph.push_str(line);
    }
    (!paragraph.is_empty()).then_some(paragraph)
}

/// Prints Markdown for reading on a terminal: headings in bold, code indented, text as it is written.
pub(super) fn write_plainly(markdown: &str, out: &mut dyn Write) -> io::Result<()> {
    for (line, code) in lines(markdown) {
        match (code, heading(line)) {
            (true, _) if line.trim_start().starts_with("```") => {}
            (true, _) if line.trim().is_empty() => writeln!(out)?,
            (true, _) => writeln!(out, "    {DIM}{}{DIM:#}", visible(line))?,
            (false, Some(title)) => writeln!(out, "{BOLD}{title}{BOLD:#}")?,
            (false, None) => writeln!(out, "{}", visible(line))?,
        }
    }
    Ok(())
}

/// Breaks text into lines of at most `width` characters where words allow it.
pub(super) fn wrap(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENTATION: &str = "\
## What it does

Looks for it.

## Why is this bad?

It opens
the door.

It also costs.

## Example

```terraform
# Use instead
x = 1
```

## Use instead

```terraform
x = 2
```

Narrow it.
";

    #[test]
    fn paragraphs() {
        assert_eq!(first_paragraph(DOCUMENTATION, "Why is this bad?").as_deref(), Some("It opens the door."));
        assert_eq!(first_paragraph(DOCUMENTATION, "Use instead").as_deref(), Some("Narrow it."));
        assert_eq!(first_paragraph(DOCUMENTATION, "Example"), None);
        assert_eq!(first_paragraph(DOCUMENTATION, "Fix"), None);
    }

    #[test]
    fn plain_text() {
        let mut out = Vec::new();
        write_plainly("## Example\n\n```terraform\n# not a heading\n```\nText.\n", &mut out).unwrap();
        let text = anstream::adapter::strip_bytes(&out).into_vec();
        assert_eq!(String::from_utf8(text).unwrap(), "Example\n\n    # not a heading\nText.\n");
    }

    #[test]
    fn wrapping() {
        assert_eq!(wrap("aa bb cc dddddddd e", 5), "aa bb\ncc\ndddddddd\ne");
    }
}
