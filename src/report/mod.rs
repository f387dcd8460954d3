//! Every output format.
//!
//! Floor 4: knows findings, not the rules that made them. A format is a file; each writes to a writer that the
//! caller gives, with terminal styles where the format has them (the caller strips them where they are not
//! wanted).

mod access;
mod difference;
mod documentation;
mod escape;
mod excerpt;
mod github;
mod graph;
mod inspection;
mod json;
mod location;
mod rules;
mod sarif;
#[cfg(test)]
mod tests;
mod text;

pub use access::{
    AccessDifference, write_json as write_access_difference_json, write_markdown as write_access_difference_markdown,
    write_text as write_access_difference_text,
};
pub use difference::{Difference, write_json as write_difference_json, write_text as write_difference_text};
pub(crate) use escape::visible;
pub use graph::{write_dot as write_graph_dot, write_json as write_graph_json};
pub use inspection::{write_json as write_inspection_json, write_text as write_inspection_text};
pub use rules::{
    write_explanation, write_json as write_rules_json, write_markdown as write_rules_markdown,
    write_text as write_rules_text,
};

use std::io::{self, Write};

use crate::finding::{Severity, Undecided};
use crate::gate::Judged;
use crate::source::{InputError, Sources};

/// The name in reports.
const TOOL: &str = env!("CARGO_PKG_NAME");
/// The version in reports.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How a report is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// For people at a terminal.
    Text,
    /// The contract `baselint/report/v1`.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands that GitHub shows at the lines of a pull request.
    Github,
}

/// All that a report tells.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The files that the places are in.
    pub sources: &'a Sources,
    /// In the order in which they are told; suppressed ones among them.
    pub findings: &'a [Judged],
    /// What the code alone does not answer.
    pub undecided: &'a [Undecided],
    /// Whether the undecided are listed, not only counted.
    pub show_undecided: bool,
    /// What could not be read, in the order in which it is told.
    pub errors: &'a [InputError],
    /// How many files were read as infrastructure code.
    pub files: usize,
    /// How many resources were understood.
    pub resources: usize,
    /// How many findings lie below the severity asked for.
    pub below: usize,
    /// Whether text ends with a summary.
    pub summary: bool,
}

impl Report<'_> {
    /// The findings that are not suppressed.
    fn open(&self) -> impl Iterator<Item = &Judged> {
        self.findings.iter().filter(|judged| judged.suppressed.is_none())
    }

    /// How many findings that are not suppressed have this severity.
    fn count(&self, severity: Severity) -> usize {
        self.open().filter(|judged| judged.finding.severity == severity).count()
    }

    fn suppressed(&self) -> usize {
        self.findings.len() - self.open().count()
    }
}

/// Writes a report.
pub fn write(report: &Report<'_>, format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text::write(report, out),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Github => github::write(report, out),
    }
}

/// Writes the errors for people at a terminal, one a line.
pub fn write_errors(errors: &[InputError], out: &mut dyn Write) -> io::Result<()> {
    text::write_errors(errors, out)
}
