//! For people at a terminal: each finding with the lines of code that it is about, and a summary.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use rustc_hash::FxHashSet;

use crate::finding::{Confidence, Finding, Severity};
use crate::source::{InputError, Sources, Span};

use super::Report;
use super::documentation::{first_paragraph, wrap};
use super::escape::visible;
use super::excerpt::excerpt;

/// Where explanations are broken: they stay readable beside the code.
const WIDTH: usize = 96;

/// More related places than this are counted instead of listed; the JSON report has them all.
const MAX_RELATED: usize = 4;

const BOLD: Style = Style::new().bold();
const ERROR: Style = AnsiColor::BrightRed.on_default().bold();

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let renderer = Renderer::styled();
    let mut explained = FxHashSet::default();
    for judged in report.open() {
        let explain = explained.insert(judged.finding.rule.id);
        writeln!(out, "{}\n", render(&renderer, report.sources, &judged.finding, explain))?;
    }
    if report.show_undecided {
        write_undecided(report, out)?;
    }
    if report.summary {
        write_summary(report, out)?;
    }
    Ok(())
}

fn level(severity: Severity) -> Level<'static> {
    let level = match severity {
        Severity::Critical | Severity::High => Level::ERROR,
        Severity::Medium => Level::WARNING,
        Severity::Low => Level::NOTE,
        Severity::Info => Level::INFO,
    };
    level.with_name(severity.name())
}

/// One finding. Why its rule matters and how to do better is told with the rule's first finding only.
fn render(renderer: &Renderer, sources: &Sources, finding: &Finding, explain: bool) -> String {
    let note = |name: &'static str, text: String| Level::NOTE.with_name(name).message(text);
    let title = level(finding.severity).primary_title(visible(&finding.message)).id(finding.rule.id);
    let mut group = Group::with_title(title);
    if let Some(file) = sources.get(finding.span.file) {
        let place = file.position(finding.span.start);
        let excerpt = excerpt(&file, finding.span, finding.rule.shows_secrets());
        let path = visible(file.shown_path()).into_owned();
        let label = (excerpt.lines_left_out > 0).then(|| format!("… and {} more lines", excerpt.lines_left_out));
        let mark = AnnotationKind::Primary.span(excerpt.mark).label(label);
        let mut snippet = Snippet::source(excerpt.text).line_start(excerpt.first_line as usize).annotation(mark);
        if excerpt.columns_hold {
            snippet = snippet.path(path);
        } else {
            // The renderer would count columns in a line that was cut or has characters written out.
            group = group.element(Origin::path(path).line(place.line as usize).char_column(place.column as usize));
        }
        group = group.element(snippet);
    }
    if !finding.resource.is_empty() {
        group = group.element(note("resource", visible(&finding.resource).into_owned()));
    }
    for related in finding.related.iter().take(MAX_RELATED) {
        let place = related.span.map(|span| format!(" ({})", place(sources, span))).unwrap_or_default();
        group = group.element(note("note", format!("{}{place}", visible(&related.message))));
    }
    if let Some(more) = finding.related.len().checked_sub(MAX_RELATED).filter(|more| *more > 0) {
        group = group.element(note("note", format!("and {more} more such places")));
    }
    if finding.confidence < Confidence::Certain {
        group = group.element(note("confidence", finding.confidence.name().to_owned()));
    }
    if explain {
        let documentation = finding.rule.documentation;
        if let Some(why) = first_paragraph(documentation, "Why is this bad?") {
            group = group.element(note("why", wrap(&why, WIDTH)));
        }
        let fix = first_paragraph(documentation, "Fix").or_else(|| first_paragraph(documentation, "Use instead"));
        if let Some(fix) = fix {
            group = group.element(Level::HELP.with_name("fix").message(wrap(&fix, WIDTH)));
        }
        if !finding.rule.controls.is_empty() {
            group = group.element(note("controls", finding.rule.controls.join(", ")));
        }
    }
    renderer.render(&[group])
}

fn place(sources: &Sources, span: Span) -> String {
    let Some(file) = sources.get(span.file) else { return String::new() };
    let position = file.position(span.start);
    format!("{}:{}:{}", visible(file.shown_path()), position.line, position.column)
}

fn write_undecided(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for question in report.undecided {
        let resource = visible(&question.resource);
        let (place, why) = (place(report.sources, question.span), visible(&question.why));
        writeln!(out, "{BOLD}undecided[{}]{BOLD:#}: {place}: {resource}: {why}", question.rule.id)?;
    }
    if !report.undecided.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

fn write_summary(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let counts: Vec<String> = Severity::ALL
        .into_iter()
        .map(|severity| (severity, report.count(severity)))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{count} {severity}"))
        .collect();
    let found = if counts.is_empty() { "nothing found".to_owned() } else { counts.join(", ") };
    let (files, resources) = (counted(report.files, "file"), counted(report.resources, "resource"));
    writeln!(out, "{BOLD}{files}, {resources}: {found}{BOLD:#}")?;
    let mut rest = Vec::new();
    if report.below > 0 {
        rest.push(format!("{} below the severity asked for", report.below));
    }
    if report.suppressed() > 0 {
        rest.push(format!("{} suppressed", report.suppressed()));
    }
    if !report.undecided.is_empty() {
        let hint = if report.show_undecided { "" } else { " (--show undecided lists them)" };
        rest.push(format!("{} undecided{hint}", report.undecided.len()));
    }
    if !report.errors.is_empty() {
        rest.push(counted(report.errors.len(), "error"));
    }
    if !rest.is_empty() {
        writeln!(out, "{}", rest.join(", "))?;
    }
    if !counts.is_empty() {
        writeln!(out, "`{} explain RULE` tells more about a rule", super::TOOL)?;
    }
    Ok(())
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

pub(super) fn write_errors(errors: &[InputError], out: &mut dyn Write) -> io::Result<()> {
    for error in errors {
        writeln!(out, "{ERROR}error{ERROR:#}: {}", visible(&error.to_string()))?;
    }
    Ok(())
}
