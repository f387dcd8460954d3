//! The contract `baselint/report/v1`.

use std::io::{self, Write};

use serde::Serialize;

use crate::finding::{Related, Severity};
use crate::gate::Judged;
use crate::source::{InputError, Sources};

use super::Report;
use super::location::Location;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    summary: Summary,
    findings: Vec<JsonFinding<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undecided: Option<Vec<JsonUndecided<'a>>>,
    errors: Vec<JsonError<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    resources: usize,
    findings: Counts,
    suppressed: usize,
    undecided: usize,
    errors: usize,
}

#[derive(Serialize)]
struct Counts {
    critical: usize,
    high: usize,
    medium: usize,
    low: usize,
    info: usize,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    rule: &'static str,
    severity: &'static str,
    confidence: &'static str,
    message: &'a str,
    resource: &'a str,
    resource_type: &'a str,
    framework: &'static str,
    location: Location,
    related: Vec<JsonRelated<'a>>,
    controls: &'static [&'static str],
    fingerprint: &'a str,
    suppressed: Option<JsonSuppressed<'a>>,
    fix: Option<()>,
}

#[derive(Serialize)]
struct JsonRelated<'a> {
    message: &'a str,
    location: Option<Location>,
}

#[derive(Serialize)]
struct JsonSuppressed<'a> {
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonUndecided<'a> {
    rule: &'static str,
    resource: &'a str,
    why: &'a str,
    location: Location,
}

/// An entry of `errors`, here and in what `inspect` prints.
#[derive(Serialize)]
pub(super) struct JsonError<'a> {
    path: &'a str,
    line: Option<u32>,
    message: &'a str,
}

impl<'a> From<&'a InputError> for JsonError<'a> {
    fn from(error: &'a InputError) -> Self {
        Self { path: &error.path, line: error.line, message: &error.message }
    }
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let sources = report.sources;
    let undecided = report.show_undecided.then(|| {
        let questions = report.undecided.iter().map(|question| JsonUndecided {
            rule: question.rule.id,
            resource: &question.resource,
            why: &question.why,
            location: Location::of(sources, question.span),
        });
        questions.collect()
    });
    let document = Document {
        schema: "baselint/report/v1",
        tool: Tool { name: super::TOOL, version: super::VERSION },
        summary: Summary {
            files: report.files,
            resources: report.resources,
            findings: Counts {
                critical: report.count(Severity::Critical),
                high: report.count(Severity::High),
                medium: report.count(Severity::Medium),
                low: report.count(Severity::Low),
                info: report.count(Severity::Info),
            },
            suppressed: report.suppressed(),
            undecided: report.undecided.len(),
            errors: report.errors.len(),
        },
        findings: report.findings.iter().map(|judged| finding(sources, judged)).collect(),
        undecided,
        errors: report.errors.iter().map(JsonError::from).collect(),
    };
    write_document(&document, out)
}

/// Prints a document with two spaces of indentation and a line end.
pub(super) fn write_document(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    writeln!(out)
}

fn finding<'a>(sources: &Sources, judged: &'a Judged) -> JsonFinding<'a> {
    let finding = &judged.finding;
    let related = |related: &'a Related| JsonRelated {
        message: &related.message,
        location: related.span.map(|span| Location::of(sources, span)),
    };
    JsonFinding {
        rule: finding.rule.id,
        severity: finding.severity.name(),
        confidence: finding.confidence.name(),
        message: &finding.message,
        resource: &finding.resource,
        resource_type: &finding.resource_type,
        framework: finding.framework.name(),
        location: Location::of(sources, finding.span),
        related: finding.related.iter().map(related).collect(),
        controls: finding.rule.controls,
        fingerprint: &judged.fingerprint,
        suppressed: judged
            .suppressed
            .as_ref()
            .map(|suppressed| JsonSuppressed { reason: suppressed.reason.as_deref() }),
        fix: None,
    }
}
