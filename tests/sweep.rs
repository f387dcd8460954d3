//! Over code that nobody here wrote: what is told of it as broken, how long it takes, and how much of its policy
//! documents is known. Prints tables; what is wrong in them only a person can judge.
//!
//! `BASELINT_SWEEP=DIR cargo test --release --test sweep -- --ignored --nocapture`, where `DIR` has one directory for
//! each repository.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a sweep that cannot go on fails")]
#![allow(clippy::print_stdout, reason = "it prints tables")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use baselint::iam::{Document, Glob, Patterns, Statement};
use baselint::model::{Account, Root};
use baselint::rules;
use baselint::source::Sources;
use baselint::terraform::Options;
use baselint::walk::{self, Extent, Request, Scan};

/// Evaluation calls itself once a level of nesting, within bounds that are set for stacks of this size.
const STACK_BYTES: usize = 16 << 20;

/// How much of a document is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Knowledge {
    /// All of it.
    Full,
    /// All but what only the deployment gives names to, as the ARN of a resource of the same code.
    References,
    /// Some of its statements or their parts are not.
    Part,
    /// Nothing.
    None,
}

#[derive(Default)]
struct Tally {
    files: usize,
    resources: usize,
    errors: Vec<String>,
    documents: BTreeMap<Knowledge, usize>,
    reasons: BTreeMap<String, (usize, String)>,
    slowest: Vec<(Duration, String)>,
}

#[test]
#[ignore = "needs code that is not part of the project: BASELINT_SWEEP"]
fn sweep() {
    let directory = PathBuf::from(std::env::var_os("BASELINT_SWEEP").expect("BASELINT_SWEEP names a directory"));
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK_BYTES).build().unwrap();
    let mut repositories: Vec<PathBuf> = std::fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    repositories.sort();
    let mut tally = Tally::default();
    for repository in &repositories {
        let start = Instant::now();
        pool.install(|| visit(&directory, repository, &mut tally));
        tally.slowest.push((start.elapsed(), repository.display().to_string()));
    }
    print(&tally);
    let faults: Vec<&String> = tally.errors.iter().filter(|error| error.contains("internal error")).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

fn visit(directory: &Path, repository: &Path, tally: &mut Tally) {
    let sources = Sources::new(directory.to_owned());
    let paths = [repository.to_owned()];
    let (terraform, parameters) = (Options::default(), rustc_hash::FxHashMap::default());
    let request = Request {
        paths: &paths,
        extent: Extent::Everything,
        terraform: &terraform,
        parameters: &parameters,
        progress: &|_| (),
    };
    let Scan { roots, errors, files, .. } = walk::scan(&sources, &request);
    tally.files += files;
    tally.errors.extend(errors.iter().map(ToString::to_string));
    rules::check(&sources, &roots, &|_| true);
    for root in &roots {
        tally.resources += root.declared().count();
        tally.errors.extend(root.errors.iter().map(ToString::to_string));
        documents(root, &sources, tally);
    }
}

fn documents(root: &Root, sources: &Sources, tally: &mut Tally) {
    let account = Account::new(root);
    for carried in account.documents() {
        let (knowledge, reasons) = knowledge(&carried.document);
        *tally.documents.entry(knowledge).or_default() += 1;
        let position = sources
            .get(carried.span.file)
            .map(|file| format!("{}:{}", file.shown_path(), file.position(carried.span.start).line));
        for reason in reasons {
            let entry = tally.reasons.entry(reason).or_default();
            entry.0 += 1;
            if entry.1.is_empty() {
                entry.1 = position.clone().unwrap_or_default();
            }
        }
    }
}

/// How much of a document is known, and why not the rest.
fn knowledge(document: &Document) -> (Knowledge, Vec<String>) {
    let mut reasons: Vec<String> = document.opaque.iter().map(|opaque| sort_of(&opaque.why)).collect();
    reasons.sort();
    reasons.dedup();
    let knowledge = if document.statements.is_empty() && !document.opaque.is_empty() {
        Knowledge::None
    } else if !document.opaque.is_empty() || document.statements.iter().any(|statement| statement.possible) {
        Knowledge::Part
    } else if document.statements.iter().any(has_unknown_action) {
        reasons.push("an action that is not known as a whole".to_owned());
        Knowledge::Part
    } else if document.statements.iter().any(has_hole) {
        Knowledge::References
    } else {
        Knowledge::Full
    };
    (knowledge, reasons)
}

fn globs(patterns: Option<&Patterns>) -> impl Iterator<Item = &Glob> {
    patterns.into_iter().flat_map(|patterns| &patterns.items).map(|pattern| &pattern.glob)
}

fn has_unknown_action(statement: &Statement) -> bool {
    globs(statement.actions.as_ref()).any(Glob::has_hole)
        || [&statement.actions, &statement.resources].into_iter().flatten().any(|patterns| patterns.incomplete)
}

fn has_hole(statement: &Statement) -> bool {
    globs(statement.resources.as_ref()).any(Glob::has_hole)
}

/// A reason without the names in it.
fn sort_of(why: &str) -> String {
    const SORTS: [(&str, &str); 7] = [
        (" has no value here", "a variable or parameter without a value"),
        (" is known only after deployment", "known only after deployment"),
        (" is known only when deploying", "known only when deploying"),
        (" is not in the scanned code", "not in the scanned code"),
        (" refers to itself", "refers to itself"),
        (" is not evaluated", "is not evaluated"),
        ("not JSON", "not JSON"),
    ];
    let known = SORTS.iter().find(|(part, _)| why.contains(part));
    let Some((part, sort)) = known else { return why.to_owned() };
    let what = why.split(part).next().unwrap_or_default();
    // The first words tell a module's output from a data source from a resource.
    let kind = match what.split(['.', ' ', '(']).next().unwrap_or_default() {
        "data" => what.split('.').take(2).collect::<Vec<_>>().join("."),
        first => first.to_owned(),
    };
    if kind.is_empty() { (*sort).to_owned() } else { format!("{sort}: {kind}") }
}

fn print(tally: &Tally) {
    println!("{} files, {} resources", tally.files, tally.resources);
    let all: usize = tally.documents.values().sum();
    println!("\n{all} policy documents");
    for (knowledge, count) in &tally.documents {
        println!("{count:>8} {:>5.1} %  {knowledge:?}", percent(*count, all));
    }
    println!("\nreasons, with the first place of each");
    let mut reasons: Vec<_> = tally.reasons.iter().collect();
    reasons.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    for (reason, (count, place)) in reasons.iter().take(30) {
        println!("{count:>8}  {reason}  ({place})");
    }
    println!("\nrepositories by time");
    let mut slowest = tally.slowest.clone();
    slowest.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
    for (time, repository) in slowest.iter().take(10) {
        println!("{:>8} ms  {repository}", time.as_millis());
    }
    println!("\n{} errors", tally.errors.len());
    for error in &tally.errors {
        println!("{error}");
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of documents are small")]
fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}
