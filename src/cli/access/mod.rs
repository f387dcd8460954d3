//! `baselint access`.

mod revision;

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use crate::access::difference::{self, Difference, Side};
use crate::model::Account;
use crate::report::{self, AccessDifference};
use crate::source::{InputError, Sources};
use crate::terraform;
use crate::walk::{self, Extent, Request, Scan};

use super::arguments::{Access, AccessDiff, AccessDiffFormat, Everywhere, FailOn};
use super::output::Streams;
use super::progress::Bar;
use super::{Failure, Outcome, absolute, all_errors, parameters, sources};
use revision::{Repository, RevisionError, Tree};

pub(super) fn run(access: &Access, everywhere: &Everywhere, streams: &Streams) -> Result<Outcome, Failure> {
    let Access::Diff(arguments) = access;
    let asked = Asked::read(arguments)?;
    let mut sources = sources()?;
    for (tree, repository) in &asked.trees {
        sources = sources.with_copy(tree.path.clone(), repository.clone());
    }
    let outcome = diff(&asked, arguments, &sources, everywhere, streams);
    for (tree, _) in asked.trees {
        if let Err(error) = tree.close() {
            streams.remark(&format!("cannot remove the files of the revision: {error}"));
        }
    }
    outcome
}

/// What is compared with what.
struct Asked {
    old: State,
    new: State,
    /// The files of revisions, each with the work tree of its repository.
    trees: Vec<(Tree, PathBuf)>,
}

/// One state of the code.
struct State {
    /// Where it is.
    path: PathBuf,
    /// What to call it.
    name: String,
    /// Paths that are not compared: submodules, whose files are other repositories'.
    left_out: Vec<PathBuf>,
}

impl Asked {
    fn read(arguments: &AccessDiff) -> Result<Self, Failure> {
        let Some(since) = &arguments.since else {
            let [old, new] = &absolute(&arguments.paths)?[..] else {
                let message = "access diff compares two directories or files: OLD NEW; or one with an earlier revision of \
                               its own: --since REV [PATH]";
                return Err(Failure::Usage(message.to_owned()));
            };
            let state = |path: &PathBuf, shown: &Path| State {
                path: path.clone(),
                name: shown.display().to_string(),
                left_out: Vec::new(),
            };
            let shown = |at: usize| arguments.paths.get(at).map_or(Path::new("."), PathBuf::as_path);
            return Ok(Self { old: state(old, shown(0)), new: state(new, shown(1)), trees: Vec::new() });
        };
        let given = match &arguments.paths[..] {
            [] => PathBuf::from("."),
            [one] => one.clone(),
            _ => return Err(Failure::Usage("--since compares one PATH with itself; two were given".to_owned())),
        };
        let path = absolute(std::slice::from_ref(&given))?.pop().unwrap_or_default();
        of_revisions(&path, since, arguments.until.as_deref()).map_err(|error| Failure::Usage(error.to_string()))
    }
}

fn of_revisions(path: &Path, since: &str, until: Option<&str>) -> Result<Asked, RevisionError> {
    let repository = Repository::of(path)?;
    let real = path.canonicalize().map_err(|_| RevisionError::NoPath(path.to_owned()))?;
    let mut old = repository.tree(since, &real, None)?;
    let left_out = |tree: &Tree, top: &Path| tree.submodules.iter().map(|module| top.join(module)).collect();
    let state = |tree: &Tree, name: &str| State {
        path: tree.place_of(&real, &repository),
        name: name.to_owned(),
        left_out: left_out(tree, &tree.path),
    };
    let top = repository.top.clone();
    Ok(if let Some(until) = until {
        let new = repository.tree(until, &real, Some(&old))?;
        Asked { old: state(&old, since), new: state(&new, until), trees: vec![(old, top.clone()), (new, top)] }
    } else {
        repository.lend_ignored(&real, &mut old)?;
        let submodules = left_out(&old, &top);
        let new = State { path: path.to_owned(), name: "the work tree".to_owned(), left_out: submodules };
        Asked { old: state(&old, since), new, trees: vec![(old, top)] }
    })
}

fn diff(
    asked: &Asked,
    arguments: &AccessDiff,
    sources: &Sources,
    everywhere: &Everywhere,
    streams: &Streams,
) -> Result<Outcome, Failure> {
    let terraform = arguments.variables.options()?;
    let parameters = parameters::read(&arguments.parameters, sources)?;
    let bar = Bar::new(everywhere.quiet);
    let scan = |state: &State| scan(state, sources, &terraform, &parameters, &bar);
    let (old, new) = rayon::join(|| scan(&asked.old), || scan(&asked.new));
    bar.finish();
    let errors = errors_of_both(&old, &new, &asked.old.name);
    if !everywhere.quiet {
        for note in asked.trees.iter().flat_map(|(tree, _)| &tree.notes) {
            streams.remark(note);
        }
        for submodule in asked.trees.iter().flat_map(|(tree, _)| &tree.submodules) {
            streams.remark(&format!("{}: submodules are not compared", submodule.display()));
        }
        if old.files + new.files == 0 && errors.is_empty() {
            streams.remark("nothing to compare: no Terraform or CloudFormation code on either side");
        }
    }
    let difference = compare(asked, arguments, sources, &old, &new);
    let report = AccessDifference {
        sources,
        difference: &difference,
        old: &asked.old.name,
        new: &asked.new.name,
        errors: &errors,
        summary: !everywhere.quiet,
    };
    if arguments.format != AccessDiffFormat::Json {
        streams.tell_errors(&errors);
    }
    let written = match arguments.format {
        AccessDiffFormat::Text => streams.print(|out| report::write_access_difference_text(&report, out)),
        AccessDiffFormat::Json => Streams::print_plainly(|out| report::write_access_difference_json(&report, out)),
        AccessDiffFormat::Markdown => {
            Streams::print_plainly(|out| report::write_access_difference_markdown(&report, out))
        }
    };
    match written {
        Ok(()) | Err(Failure::Closed) => {}
        Err(failure) => return Err(failure),
    }
    let fails = difference.subjects.iter().any(|subject| {
        let gains = !subject.gained.is_empty() || !subject.escalations.is_empty();
        match arguments.fail_on {
            FailOn::Any => gains,
            FailOn::Undecided => gains || !subject.undecided.is_empty(),
            FailOn::Escalation => !subject.escalations.is_empty(),
            FailOn::Public => subject.gained.iter().any(|right| right.is_public),
        }
    });
    Ok(match (errors.is_empty(), fails) {
        (false, _) => Outcome::Error,
        (true, true) => Outcome::Findings,
        (true, false) => Outcome::Clean,
    })
}

fn compare(asked: &Asked, arguments: &AccessDiff, sources: &Sources, old: &Scan, new: &Scan) -> Difference {
    let base = |state: &State| sources.shown(&state.path);
    let (of_old, of_new) = (accounts(old, &asked.old, sources), accounts(new, &asked.new, sources));
    let account = arguments.account.as_str();
    let before = Side { accounts: &of_old, base: base(&asked.old), account };
    let after = Side { accounts: &of_new, base: base(&asked.new), account };
    difference::compare(&before, &after)
}

/// The accounts of one side, without those that are not compared.
fn accounts<'s>(scan: &'s Scan, state: &State, sources: &Sources) -> Vec<Account<'s>> {
    let left_out: Vec<String> = state.left_out.iter().map(|path| sources.shown(path)).collect();
    let is_compared = |path: &str| !left_out.iter().any(|out| Path::new(path).starts_with(out));
    scan.roots.iter().filter(|root| is_compared(&root.path)).map(Account::new).collect()
}

fn scan(
    state: &State,
    sources: &Sources,
    terraform: &terraform::Options,
    parameters: &FxHashMap<String, String>,
    bar: &Bar,
) -> Scan {
    let paths = std::slice::from_ref(&state.path);
    let progress = |progress| bar.advance(&progress);
    let request = Request { paths, extent: Extent::Rules, terraform, parameters, progress: &progress };
    parameters::with_unused_told(walk::scan(sources, &request))
}

/// The errors of both sides. What is wrong on the old one alone says so: the file that it names may be right by now.
fn errors_of_both(old: &Scan, new: &Scan, name: &str) -> Vec<InputError> {
    let mut errors = all_errors(new);
    for mut error in all_errors(old) {
        if !errors.contains(&error) {
            error.message = format!("{} (in {name})", error.message);
            errors.push(error);
        }
    }
    errors.sort_unstable();
    errors
}
