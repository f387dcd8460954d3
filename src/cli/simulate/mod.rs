//! `baselint simulate`.

mod batch;
mod code;
mod single;

use std::io::{self, Write};

use crate::iam::simulate::{Decision, Verdict};
use crate::report::visible;
use crate::value::{Entry, Value, json};

use super::arguments::{Everywhere, Simulate};
use super::output::Streams;
use super::{Failure, Outcome};

pub(super) fn run(simulate: &Simulate, everywhere: &Everywhere, streams: &Streams) -> Result<Outcome, Failure> {
    match (&simulate.batch, &simulate.path) {
        (Some(file), _) => batch::run(file, simulate.format, streams),
        (None, Some(path)) => code::run(path, simulate, everywhere, streams),
        (None, None) => single::run(simulate, everywhere, streams),
    }
}

/// A verdict as one line of JSON.
fn write_json(id: Option<&Value>, verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
    let texts = |texts: Vec<String>| Value::tuple(texts.into_iter().map(Value::text).collect());
    let by = verdict.by.iter().map(|by| {
        Value::object(vec![
            Entry::new("policy", Value::text(by.policy.as_str())),
            Entry::new("statement", Value::text(by.statement.as_str())),
        ])
    });
    let mut entries: Vec<Entry> = id.map(|id| Entry::new("id", id.clone())).into_iter().collect();
    entries.push(Entry::new("decision", Value::text(verdict.decision.name())));
    entries.push(Entry::new("by", Value::tuple(by.collect())));
    if !verdict.why.is_empty() {
        entries.push(Entry::new("why", texts(verdict.why.clone())));
    }
    if !verdict.missing_keys.is_empty() {
        entries.push(Entry::new("missingKeys", texts(verdict.missing_keys.iter().cloned().collect())));
    }
    write_line(entries, out)
}

fn write_line(entries: Vec<Entry>, out: &mut dyn Write) -> io::Result<()> {
    let line = json::print(&Value::object(entries), false).finish();
    writeln!(out, "{}", line.literal_content())
}

/// A verdict for reading.
fn write_text(verdict: &Verdict, is_quiet: bool, out: &mut dyn Write) -> io::Result<()> {
    let style = match verdict.decision {
        Decision::Allowed => anstyle::AnsiColor::Green,
        Decision::ImplicitlyDenied | Decision::ExplicitlyDenied => anstyle::AnsiColor::Red,
        Decision::Unknown => anstyle::AnsiColor::Yellow,
    };
    let style = style.on_default().bold();
    writeln!(out, "{style}{}{style:#}", verdict.decision.name())?;
    for by in &verdict.by {
        writeln!(out, "  by statement {} of {}", visible(&by.statement), visible(&by.policy))?;
    }
    for why in &verdict.why {
        writeln!(out, "  {}", visible(why))?;
    }
    if !is_quiet && !verdict.missing_keys.is_empty() {
        let keys: Vec<_> = verdict.missing_keys.iter().map(|key| visible(key)).collect();
        writeln!(out, "  asked for, but not in the request: {}", keys.join(", "))?;
    }
    Ok(())
}
