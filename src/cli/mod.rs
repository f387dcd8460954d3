//! The command line: arguments, exit codes, progress.
//!
//! Floor 5, and the program's only edge: here, and nowhere else, stand the standard streams, the environment
//! and the clock.

mod access;
mod arguments;
mod check;
mod diff;
mod generate;
mod inspect;
mod output;
mod pack;
mod parameters;
mod progress;
mod rules;
mod simulate;
mod variables;

use std::any::Any;
use std::ffi::OsString;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use clap::Parser as _;

use crate::source::{InputError, Sources};
use crate::walk::Scan;

use arguments::{Arguments, Command};
use output::Streams;

/// Evaluation calls itself once a level of nesting, within bounds that are set for stacks of this size.
const STACK_BYTES: usize = 16 << 20;

/// How a run ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Outcome {
    /// Nothing to complain of.
    Clean,
    /// Findings that fail the run.
    Findings,
    /// Wrong use, or an input that could not be read. Wins over findings.
    Error,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Clean => Self::from(0),
            Outcome::Findings => Self::from(1),
            Outcome::Error => Self::from(2),
        }
    }
}

/// Why a command stopped before its end.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// It was not used as it must be.
    #[error("{0}")]
    Usage(String),
    /// Its result could not be written.
    #[error("{0}")]
    Write(String),
    /// Whoever reads the output has seen enough.
    #[error("the output is closed")]
    Closed,
}

/// Runs the program with its arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // A closed stream is all that can fail here, and there is nobody left to tell.
            let _ = error.print();
            return if error.use_stderr() { Outcome::Error.into() } else { Outcome::Clean.into() };
        }
    };
    let streams = Streams::new(arguments.everywhere.color);
    let threads = arguments.everywhere.threads.map_or(0, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK_BYTES).build();
    let pool = match pool {
        Ok(pool) => pool,
        Err(error) => {
            streams.complain(&format!("cannot start the threads: {error}"));
            return Outcome::Error.into();
        }
    };
    let place = keep_quiet_about_panics();
    // Nothing that the panic may have left half done is looked at again.
    let result = panic::catch_unwind(AssertUnwindSafe(|| pool.install(|| dispatch(&arguments, &streams))));
    let outcome = match result {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(Failure::Closed)) => Outcome::Clean,
        Ok(Err(failure)) => {
            streams.complain(&failure.to_string());
            Outcome::Error
        }
        Err(panic) => {
            let place = place.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
            streams.complain(&format!("internal error: {}{place}; please report it", message_of(&*panic)));
            Outcome::Error
        }
    };
    outcome.into()
}

fn dispatch(arguments: &Arguments, streams: &Streams) -> Result<Outcome, Failure> {
    let everywhere = &arguments.everywhere;
    match &arguments.command {
        Command::Check(check) => check::run(check, everywhere, streams),
        Command::Explain(explain) => rules::explain(explain, streams),
        Command::Rules(list) => rules::list(list, streams),
        Command::Inspect(inspect) => inspect::run(inspect, everywhere, streams),
        Command::Diff(diff) => diff::run(diff, everywhere, streams),
        Command::Simulate(simulate) => simulate::run(simulate, everywhere, streams),
        Command::Access(access) => access::run(access, everywhere, streams),
        Command::Generate(generate) => generate::run(generate, everywhere, streams),
    }
}

/// Panics are told once, by whoever catches them: here, or where one input is given up. With `RUST_BACKTRACE`
/// set they are printed where they happen, for whoever looks for the cause. The place of the last one is kept.
fn keep_quiet_about_panics() -> Arc<Mutex<Option<String>>> {
    let place = Arc::new(Mutex::new(None));
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        let keep = Arc::clone(&place);
        panic::set_hook(Box::new(move |panic| {
            let at = panic.location().map(|location| format!(" ({}:{})", location.file(), location.line()));
            *keep.lock().unwrap_or_else(PoisonError::into_inner) = at;
        }));
    }
    place
}

fn message_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown")
}

/// Sources whose paths are shown from the working directory.
fn sources() -> Result<Sources, Failure> {
    let directory = std::env::current_dir();
    directory.map(Sources::new).map_err(|error| Failure::Usage(format!("there is no working directory: {error}")))
}

/// Paths from the root of the file system, so that one file has one name.
fn absolute(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let absolute = |path: &PathBuf| {
        std::path::absolute(path).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))
    };
    paths.iter().map(absolute).collect()
}

/// All errors of a run, in order, each once: roots that call one module share its errors.
fn all_errors(scan: &Scan) -> Vec<InputError> {
    let of_roots = scan.roots.iter().flat_map(|root| &root.errors);
    let mut errors: Vec<InputError> = scan.errors.iter().chain(of_roots).cloned().collect();
    errors.sort_unstable();
    errors.dedup();
    errors
}

/// What is said when no input was found.
fn remark_on_nothing(scan: &Scan, paths: &[PathBuf], streams: &Streams) {
    if scan.files == 0 && scan.errors.is_empty() {
        let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        streams.remark(&format!("nothing to check: no Terraform or CloudFormation code in {}", paths.join(", ")));
    }
}
