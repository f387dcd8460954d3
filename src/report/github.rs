//! Workflow commands that GitHub shows at the lines of a pull request, as "Workflow commands for GitHub Actions"
//! of GitHub's documentation describes them.

use std::io::{self, Write};

use crate::finding::Severity;

use super::Report;
use super::escape::visible;
use super::location::Location;

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for judged in report.open() {
        let finding = &judged.finding;
        let Location { path, start, end } = Location::of(report.sources, finding.span);
        let command = match finding.severity {
            Severity::Critical | Severity::High => "error",
            Severity::Medium => "warning",
            Severity::Low | Severity::Info => "notice",
        };
        let at = if finding.resource.is_empty() { String::new() } else { format!(" ({})", finding.resource) };
        // GitHub takes columns only where a place begins and ends on one line.
        let columns = if start.line == end.line {
            format!("col={},endColumn={},", start.column, end.column)
        } else {
            String::new()
        };
        writeln!(
            out,
            "::{command} file={},line={},endLine={},{columns}title={}::{}",
            property(&path),
            start.line,
            end.line,
            property(&format!("{} ({})", finding.rule.id, finding.severity)),
            message(&format!("{}{at}", finding.message)),
        )?;
    }
    for error in report.errors {
        let line = error.line.map(|line| format!(",line={line}")).unwrap_or_default();
        writeln!(
            out,
            "::error file={}{line},title={}::{}",
            property(&error.path),
            super::TOOL,
            message(&error.message)
        )?;
    }
    Ok(())
}

/// Escapes the text of a command.
fn message(text: &str) -> String {
    // Line ends are already written out, so that only the percent sign is left to escape.
    visible(text).replace('%', "%25")
}

/// Escapes the value of a command's property.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaping() {
        assert_eq!(property("a:b,c%d"), "a%3Ab%2Cc%25d");
        assert_eq!(message("100%: a, b"), "100%25: a, b");
    }

    #[test]
    fn a_message_cannot_start_another_command() {
        assert_eq!(message("x\n::error::y\r\u{1b}[1m"), "x\\n::error::y\\r\\u{1b}[1m");
    }
}
