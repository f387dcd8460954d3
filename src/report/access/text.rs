//! For people at a terminal: each principal with what changed for it, and a summary.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::access::difference::{Right, Subject};

use super::super::escape::visible;
use super::{AccessDifference, words};

const BOLD: Style = Style::new().bold();
const GAINED: Style = AnsiColor::Red.on_default();
const LOST: Style = AnsiColor::Green.on_default();
const OPEN: Style = AnsiColor::Yellow.on_default();
const PLACE: Style = AnsiColor::Cyan.on_default();

/// Writes a comparison for people.
pub fn write(report: &AccessDifference<'_>, out: &mut dyn Write) -> io::Result<()> {
    for subject in &report.difference.subjects {
        write_subject(report, subject, out)?;
        writeln!(out)?;
    }
    if report.summary {
        let (changed, compared) = (report.difference.subjects.len(), report.difference.compared);
        let said = report.counts().said();
        writeln!(out, "{BOLD}{}, from {} to {}{BOLD:#}", said, visible(report.old), visible(report.new))?;
        writeln!(out, "{changed} of {compared} principals and doors changed")?;
    }
    Ok(())
}

fn write_subject(report: &AccessDifference<'_>, subject: &Subject, out: &mut dyn Write) -> io::Result<()> {
    let name = words::subject(subject);
    let status = words::presence(subject).map(|status| format!(", {status}")).unwrap_or_default();
    let was = subject.was.as_ref().map(|was| format!(", was {was}")).unwrap_or_default();
    writeln!(out, "{BOLD}{}{BOLD:#} ({}{}){}", visible(&name), visible(&subject.address), visible(&was), status)?;
    for escalation in &subject.escalations {
        let place = place(report, escalation.span);
        writeln!(out, "  {GAINED}!{GAINED:#} {}{place}", visible(&words::escalation(escalation)))?;
    }
    for right in &subject.gained {
        write_right(report, subject, right, true, out)?;
    }
    for right in &subject.lost {
        write_right(report, subject, right, false, out)?;
    }
    for question in &subject.undecided {
        let place = place(report, question.span);
        writeln!(out, "  {OPEN}?{OPEN:#} undecided: {}{place}", visible(&question.why))?;
    }
    Ok(())
}

fn write_right(
    report: &AccessDifference<'_>,
    subject: &Subject,
    right: &Right,
    is_gained: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (style, sign) = if is_gained { (GAINED, '+') } else { (LOST, '-') };
    let is_door = subject.kind.is_door();
    let said = words::sentence(right, subject.kind, is_gained);
    writeln!(out, "  {style}{sign}{style:#} {}{}", visible(&said), place(report, right.span))?;
    if let Some(conditions) = words::conditions(right) {
        writeln!(out, "      {}", visible(&conditions))?;
    }
    if let Some(reason) = words::reason(right, is_gained) {
        writeln!(out, "      {}{}", visible(&reason), place(report, right.elsewhere))?;
    }
    if words::is_witness_worth_saying(right) {
        writeln!(out, "      for example {}", visible(&words::witness(right, is_door)))?;
    }
    Ok(())
}

fn place(report: &AccessDifference<'_>, span: Option<crate::source::Span>) -> String {
    report.place(span).map(|place| format!("  {PLACE}{}{PLACE:#}", visible(&place))).unwrap_or_default()
}
