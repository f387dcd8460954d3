//! `baselint diff`.

use crate::baseline::Language;
use crate::baseline::diff::{self, Status};
use crate::model::Account;
use crate::report::{self, Difference};
use crate::walk::{self, Extent, Request};

use super::arguments::{Diff, DiffFormat, Everywhere};
use super::output::Streams;
use super::progress::Bar;
use super::{Failure, Outcome, absolute, all_errors, pack, parameters, remark_on_nothing, sources};

pub(super) fn run(arguments: &Diff, everywhere: &Everywhere, streams: &Streams) -> Result<Outcome, Failure> {
    let pack = pack::pack(&arguments.pack)?;
    let values = pack::values(&arguments.value, pack.schema())?;
    let profile = pack.profile(&arguments.profile).map_err(|error| Failure::Usage(error.to_string()))?;
    let sources = sources()?;
    let given = std::slice::from_ref(&arguments.path);
    let paths = absolute(given)?;
    let options = arguments.variables.options()?;
    let parameters = parameters::read(&arguments.parameters, &sources)?;
    let bar = Bar::new(everywhere.quiet);
    let progress = |progress| bar.advance(&progress);
    let (terraform, parameters) = (&options, &parameters);
    let request = Request { paths: &paths, extent: Extent::Baseline, terraform, parameters, progress: &progress };
    let scan = parameters::with_unused_told(walk::scan(&sources, &request));
    bar.finish();
    let errors = all_errors(&scan);
    if !everywhere.quiet {
        remark_on_nothing(&scan, given, streams);
    }
    let accounts: Vec<Account<'_>> = scan.roots.iter().map(Account::new).collect();
    let comparison = diff::compare(&accounts, &profile, &values).map_err(|error| Failure::Usage(error.to_string()))?;
    let language = arguments.format_for_new.map_or_else(|| comparison.language(), Language::from);
    let donor = diff::Donor { pack: &pack, profile: &profile, values: &values };
    let path = paths.first().map_or(std::path::Path::new("."), std::path::PathBuf::as_path);
    let made = diff::patch(&sources, &comparison, &donor, language, path)
        .map_err(|error| Failure::Usage(error.to_string()))?;

    let difference = Difference {
        sources: &sources,
        profile: &profile.id,
        framework: language.name(),
        assessments: &comparison.assessments,
        patch: &made.text,
        by_hand: &made.by_hand,
        errors: &errors,
        summary: !everywhere.quiet,
    };
    if arguments.format != DiffFormat::Json {
        streams.tell_errors(&errors);
    }
    let written = match arguments.format {
        DiffFormat::Text => streams.print(|out| report::write_difference_text(&difference, out)),
        DiffFormat::Json => Streams::print_plainly(|out| report::write_difference_json(&difference, out)),
        DiffFormat::Patch => {
            if !everywhere.quiet {
                for what in &made.by_hand {
                    streams.remark(&format!("to do by hand: {what}"));
                }
            }
            Streams::print_plainly(|out| out.write_all(made.text.as_bytes()))
        }
    };
    let separates = comparison.assessments.iter().map(|assessment| assessment.status).any(Status::is_separating);
    let outcome = match (errors.is_empty(), separates && !arguments.exit_zero) {
        (false, _) => Outcome::Error,
        (true, true) => Outcome::Findings,
        (true, false) => Outcome::Clean,
    };
    match written {
        Ok(()) | Err(Failure::Closed) => Ok(outcome),
        Err(failure) => Err(failure),
    }
}
