//! `baselint check`.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::finding::Level;
use crate::gate::{self, Date, Selection, Settings, Verdict};
use crate::model::Root;
use crate::report::{self, Format, Report};
use crate::rules;
use crate::walk::{self, Extent, Request};

use super::arguments::{Check, CheckFormat, Everywhere, Show};
use super::output::{Streams, Styles, write_file};
use super::parameters;
use super::progress::Bar;
use super::rules::{all_metadata, unknown_rule};
use super::{Failure, Outcome, absolute, all_errors, remark_on_nothing, sources};

const SECONDS_PER_DAY: u64 = 86_400;

pub(super) fn run(check: &Check, everywhere: &Everywhere, streams: &Streams) -> Result<Outcome, Failure> {
    let known = all_metadata();
    for name in check.select.iter().chain(&check.ignore) {
        if !known.iter().any(|rule| rule.is_named(name)) {
            return Err(unknown_rule(name, &known));
        }
    }
    let selection = Selection { select: check.select.clone(), ignore: check.ignore.clone(), pedantic: check.pedantic };
    let is_pedantic = known.iter().any(|rule| rule.level == Level::Pedantic && selection.includes(rule));
    let extent = if is_pedantic { Extent::PedanticRules } else { Extent::Rules };
    let sources = sources()?;
    let paths = absolute(&check.paths)?;
    let options = check.variables.options()?;
    let parameters = parameters::read(&check.parameters, &sources)?;
    let bar = Bar::new(everywhere.quiet);
    let progress = |progress| bar.advance(&progress);
    let (terraform, parameters) = (&options, &parameters);
    let request = Request { paths: &paths, extent, terraform, parameters, progress: &progress };
    let scan = parameters::with_unused_told(walk::scan(&sources, &request));
    let found = rules::check(&sources, &scan.roots, &|rule| selection.includes(rule), today());
    bar.finish();

    let settings = Settings { selection, severity: check.severity, fail_on: check.fail_on, today: today() };
    let Verdict { findings, undecided, below, fails } =
        gate::judge(&sources, &scan.roots, found.findings, found.undecided, &known, &settings);
    let errors = all_errors(&scan);
    let report = Report {
        sources: &sources,
        findings: &findings,
        undecided: &undecided,
        show_undecided: check.show.contains(&Show::Undecided),
        errors: &errors,
        files: scan.files,
        resources: count_resources(&scan.roots),
        below,
        summary: !everywhere.quiet,
    };
    if !everywhere.quiet {
        remark_on_nothing(&scan, &check.paths, streams);
    }
    let is_text = check.format == CheckFormat::Text;
    if is_text {
        streams.tell_errors(&errors);
    }
    let format = Format::from(check.format);
    let outcome = match (errors.is_empty(), fails) {
        (false, _) => Outcome::Error,
        (true, true) => Outcome::Findings,
        (true, false) => Outcome::Clean,
    };
    let written = match &check.output {
        Some(path) if is_text => write_file(path, Styles::Removed, |out| report::write(&report, format, out)),
        Some(path) => write_file(path, Styles::None, |out| report::write(&report, format, out)),
        None if is_text => streams.print(|out| report::write(&report, format, out)),
        None => Streams::print_plainly(|out| report::write(&report, format, out)),
    };
    match written {
        // Whoever closes the output early still wants to know how it ended.
        Ok(()) | Err(Failure::Closed) => Ok(outcome),
        Err(failure) => Err(failure),
    }
}

/// Resources that the code manages or looks up; providers and backends are not.
fn count_resources(roots: &[Root]) -> usize {
    roots.iter().map(|root| root.declared().count()).sum()
}

/// The day in UTC.
fn today() -> Date {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Date::from_days_since_1970(u32::try_from(seconds / SECONDS_PER_DAY).unwrap_or(u32::MAX))
}
