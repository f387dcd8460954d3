//! What separates code from the baseline: the contract `baselint/diff/v1`, and a table for people.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::baseline::Datum;
use crate::baseline::diff::{Assessment, Change, Status};
use crate::source::{InputError, Sources, Span};

use super::escape::visible;
use super::json::{JsonError, write_document};
use super::location::Location;

/// A longer text is cut in the table; the JSON report has it whole.
const CELL_COLUMNS: usize = 44;

const BOLD: Style = Style::new().bold();
const ADDED: Style = AnsiColor::Green.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
const PLACE: Style = AnsiColor::Cyan.on_default();

/// All that a comparison tells.
#[derive(Clone, Copy, Debug)]
pub struct Difference<'a> {
    /// The files that the places are in.
    pub sources: &'a Sources,
    /// The profile's name.
    pub profile: &'a str,
    /// The language of what is added.
    pub framework: &'a str,
    /// The controls in the profile's order.
    pub assessments: &'a [Assessment],
    /// A unified diff; empty where there is nothing to change.
    pub patch: &'a str,
    /// What the patch does not do, and somebody must.
    pub by_hand: &'a [String],
    /// What could not be read.
    pub errors: &'a [InputError],
    /// Whether text ends with a summary.
    pub summary: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    profile: &'a str,
    framework: &'a str,
    controls: Vec<JsonControl<'a>>,
    by_hand: &'a [String],
    errors: Vec<JsonError<'a>>,
}

#[derive(Serialize)]
struct JsonControl<'a> {
    id: &'a str,
    title: &'a str,
    status: &'static str,
    resources: &'a [String],
    changes: Vec<JsonChange<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    undecided: Vec<JsonQuestion<'a>>,
    controls: &'a [String],
}

#[derive(Serialize)]
struct JsonChange<'a> {
    resource: &'a str,
    attribute: &'a str,
    have: &'a Option<Datum>,
    want: &'a Datum,
    location: Option<Location>,
}

#[derive(Serialize)]
struct JsonQuestion<'a> {
    resource: &'a str,
    attribute: &'a str,
    want: &'a Datum,
    why: &'a str,
    location: Option<Location>,
}

/// Writes a comparison for programs.
pub fn write_json(difference: &Difference<'_>, out: &mut dyn Write) -> io::Result<()> {
    let location = |span: Option<Span>| span.map(|span| Location::of(difference.sources, span));
    let change = |change: &'_ Change| location(change.span);
    let controls = difference.assessments.iter().map(|assessment| JsonControl {
        id: &assessment.control.id,
        title: &assessment.control.title,
        status: assessment.status.name(),
        resources: &assessment.resources,
        changes: assessment
            .changes
            .iter()
            .filter(|one| one.undecided.is_none())
            .map(|one| JsonChange {
                resource: &one.resource,
                attribute: &one.attribute,
                have: &one.have,
                want: &one.want,
                location: change(one),
            })
            .collect(),
        undecided: assessment
            .changes
            .iter()
            .filter_map(|one| {
                let why = one.undecided.as_deref()?;
                let (resource, attribute, want) = (&one.resource, &one.attribute, &one.want);
                Some(JsonQuestion { resource, attribute, want, why, location: change(one) })
            })
            .collect(),
        controls: &assessment.control.standards,
    });
    let document = Document {
        schema: "baselint/diff/v1",
        profile: difference.profile,
        framework: difference.framework,
        controls: controls.collect(),
        by_hand: difference.by_hand,
        errors: difference.errors.iter().map(JsonError::from).collect(),
    };
    write_document(&document, out)
}

/// Writes a comparison for people: a table of what is there and what should be, then the patch.
pub fn write_text(difference: &Difference<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_table(difference, out)?;
    if !difference.by_hand.is_empty() {
        writeln!(out, "\n{BOLD}To do by hand{BOLD:#}")?;
        for what in difference.by_hand {
            writeln!(out, "- {}", visible(what))?;
        }
    }
    if !difference.patch.is_empty() {
        writeln!(out)?;
        write_patch(difference.patch, out)?;
    }
    if difference.summary {
        write_summary(difference, out)?;
    }
    Ok(())
}

/// A row of the table: control, status, setting, have, want, place.
type Row = [String; 6];

fn write_table(difference: &Difference<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut rows: Vec<(Status, Row)> = Vec::new();
    for assessment in difference.assessments {
        let first = |status: &str| [assessment.control.id.clone(), status.to_owned()];
        let [id, status] = first(assessment.status.name());
        // What is missing altogether is one row: all of it is wanted.
        let shown_changes: Vec<&Change> = assessment
            .changes
            .iter()
            .filter(|one| assessment.status != Status::Missing || one.span.is_some())
            .collect();
        let is_missing = assessment.status == Status::Missing;
        if is_missing || shown_changes.is_empty() {
            let what = if is_missing { assessment.control.title.as_str() } else { "" };
            let row = [id, status, String::new(), String::new(), what.to_owned(), String::new()];
            rows.push((assessment.status, row));
        }
        for (index, change) in shown_changes.into_iter().enumerate() {
            let [id, status] =
                if index == 0 && !is_missing { first(assessment.status.name()) } else { Default::default() };
            let have = match &change.undecided {
                Some(why) => format!("? {why}"),
                None => shown(change.have.as_ref()),
            };
            let place = change.span.map(|span| place(difference.sources, span)).unwrap_or_default();
            let setting = if change.attribute.is_empty() { change.resource.clone() } else { change.attribute.clone() };
            rows.push((assessment.status, [id, status, setting, have, shown(Some(&change.want)), place]));
        }
    }
    let header = ["control", "status", "setting", "have", "want", "where"].map(str::to_owned);
    let mut widths = header.clone().map(|name| name.len());
    for (_, row) in &mut rows {
        for (column, cell) in row.iter_mut().enumerate() {
            // The place comes last and is never cut.
            *cell = if column + 1 == widths.len() { visible(cell).into_owned() } else { cut(&visible(cell)) };
            widths[column] = widths[column].max(cell.chars().count());
        }
    }
    writeln!(out, "{BOLD}{}{BOLD:#}", line(&header, &widths, Style::new(), Style::new()))?;
    for (status, row) in &rows {
        let style = match status {
            Status::Missing | Status::Weaker | Status::Conflicting => REMOVED,
            Status::Undecided => AnsiColor::Yellow.on_default(),
            Status::Equal | Status::Stronger => ADDED,
        };
        writeln!(out, "{}", line(row, &widths, style, PLACE))?;
    }
    Ok(())
}

fn line(row: &Row, widths: &[usize; 6], status: Style, place: Style) -> String {
    let mut line = String::new();
    for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
        let padding = " ".repeat(width.saturating_sub(cell.chars().count()) + 2);
        let styled = match column {
            1 => format!("{status}{cell}{status:#}{padding}"),
            5 => format!("{place}{cell}{place:#}"),
            _ => format!("{cell}{padding}"),
        };
        line.push_str(&styled);
    }
    line.trim_end().to_owned()
}

fn cut(text: &str) -> String {
    if text.chars().count() <= CELL_COLUMNS {
        return text.to_owned();
    }
    text.chars().take(CELL_COLUMNS - 1).chain(['…']).collect()
}

fn shown(datum: Option<&Datum>) -> String {
    match datum {
        None => "nothing".to_owned(),
        Some(Datum::List(items)) if items.is_empty() => "none".to_owned(),
        Some(Datum::List(items)) => items.join(", "),
        Some(other) => other.to_string(),
    }
}

fn place(sources: &Sources, span: Span) -> String {
    let Some(file) = sources.get(span.file) else { return String::new() };
    let place = file.position(span.start);
    format!("{}:{}:{}", file.shown_path(), place.line, place.column)
}

fn write_patch(patch: &str, out: &mut dyn Write) -> io::Result<()> {
    for line in patch.lines() {
        let text = visible(line);
        let style = match line.as_bytes() {
            [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] | [b'd', b'i', b'f', b'f', ..] => BOLD,
            [b'+', ..] => ADDED,
            [b'-', ..] => REMOVED,
            [b'@', ..] => PLACE,
            _ => Style::new(),
        };
        writeln!(out, "{style}{text}{style:#}")?;
    }
    Ok(())
}

fn write_summary(difference: &Difference<'_>, out: &mut dyn Write) -> io::Result<()> {
    let count = |status: Status| difference.assessments.iter().filter(|one| one.status == status).count();
    let parts: Vec<String> =
        [Status::Conflicting, Status::Missing, Status::Weaker, Status::Undecided, Status::Equal, Status::Stronger]
            .into_iter()
            .filter_map(|status| {
                Some(count(status)).filter(|count| *count > 0).map(|count| format!("{count} {}", status.name()))
            })
            .collect();
    writeln!(
        out,
        "\n{} controls of the profile {}: {}",
        difference.assessments.len(),
        difference.profile,
        parts.join(", ")
    )
}
