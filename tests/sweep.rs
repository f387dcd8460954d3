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

use baselint::iam::{Document, Patterns};
use baselint::model::{Account, Root};
use baselint::rules;
use baselint::source::{Date, Sources};
use baselint::terraform::Options;
use baselint::value::{Symbol, Text};
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
    /// Documents with a reason that the code could have told.
    ours: usize,
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
    rules::check(&sources, &roots, &|_| true, Date::from_days_since_1970(20_000));
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
        tally.ours += usize::from(reasons.iter().any(|reason| reason.starts_with(OURS)));
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
    let statements = &document.statements;
    if statements.iter().any(|statement| statement.possible) {
        reasons.push("a statement that a condition decides on".to_owned());
    }
    let actions = statements.iter().flat_map(|statement| texts(statement.actions.as_ref()));
    let resources = statements.iter().flat_map(|statement| texts(statement.resources.as_ref()));
    let (_, unknown): (Vec<_>, Vec<_>) =
        resources.flat_map(Text::symbols).map(|(_, symbol)| symbol).partition(|symbol| is_named_by_deployment(symbol));
    let has_references =
        statements.iter().any(|statement| texts(statement.resources.as_ref()).any(|text| !text.is_known()));
    reasons.extend(unknown.into_iter().map(sort_of_symbol));
    reasons.extend(actions.flat_map(Text::symbols).map(|(_, symbol)| sort_of_symbol(symbol)));
    reasons.sort();
    reasons.dedup();
    let knowledge = if statements.is_empty() && !document.opaque.is_empty() {
        Knowledge::None
    } else if !reasons.is_empty() {
        Knowledge::Part
    } else if has_references {
        Knowledge::References
    } else {
        Knowledge::Full
    };
    (knowledge, reasons)
}

fn texts(patterns: Option<&Patterns>) -> impl Iterator<Item = &Text> {
    patterns.into_iter().flat_map(|patterns| &patterns.items).map(|pattern| &pattern.text)
}

/// Whether a symbol is what only the deployment gives a name to: an attribute of a resource of the code or of one that
/// it looks up, the account, the partition, the region.
fn is_named_by_deployment(symbol: &Symbol) -> bool {
    let name = symbol.name();
    symbol.reference().is_some_and(|reference| !reference.address.is_empty())
        || name.starts_with("AWS::")
        || ["account_id", "account", "partition", "region", "url_suffix"].iter().any(|word| name.ends_with(word))
}

/// Why a symbol is not known, as its name tells it.
fn sort_of_symbol(symbol: &Symbol) -> String {
    let name = within_modules(symbol.name());
    let sorts = [
        ("step ", OURS, "more work than one root is given"),
        ("one-of(", THEIRS, "one of several, by a condition that is not known"),
        ("var.", THEIRS, "a variable or parameter without a value"),
        ("each.", THEIRS, "the instances are not known"),
        ("data.", THEIRS, "computed from a look-up"),
        ("module.", THEIRS, "computed from a module's output"),
        ("aws_", THEIRS, "computed from an attribute of a resource"),
        ("path.", THEIRS, "a path on the machine that deploys"),
        ("terraform.workspace", THEIRS, "the workspace"),
        ("AWS::", THEIRS, "computed from the account, region or partition"),
        ("Fn::", THEIRS, "computed by a function of what is not known"),
        ("ImportValue(", THEIRS, "exported by another stack"),
        ("Split(", THEIRS, "a part of what is not known"),
    ];
    let found = sorts.iter().find(|(part, _, _)| name.contains(part));
    if let Some((_, whose, sort)) = found {
        return format!("{whose}: {sort}");
    }
    match symbol.reference() {
        Some(_) => format!("{THEIRS}: an attribute of a resource"),
        // In templates a parameter's symbol is its name.
        None if name.chars().all(|letter| letter.is_ascii_alphanumeric()) => {
            format!("{THEIRS}: a variable or parameter without a value")
        }
        None => format!("{OURS}: {}", name.chars().take(60).collect::<String>()),
    }
}

/// A symbol's name without the calls that lead to its module: `module.a["x"].var.b` is a variable.
fn within_modules(name: &str) -> &str {
    let mut rest = name;
    while let Some(call) = rest.strip_prefix("module.") {
        let name_end = call.find(['.', '[']).unwrap_or(call.len());
        let mut behind = call.get(name_end..).unwrap_or_default();
        if behind.starts_with('[') {
            behind = behind.split_once("].").map_or("", |(_, behind)| behind);
        } else {
            behind = behind.strip_prefix('.').unwrap_or_default();
        }
        // An output of a module that is not here is the last word.
        let leads_on = ["module.", "var.", "data.", "aws_", "each.", "provider.", "local."];
        if !leads_on.iter().any(|word| behind.starts_with(word)) {
            return rest;
        }
        rest = behind;
    }
    rest
}

/// What the code says nothing of.
const THEIRS: &str = "outside";
/// What the code could have told.
const OURS: &str = "here";

/// A reason without the names in it.
fn sort_of(why: &str) -> String {
    const SORTS: [(&str, &str, &str); 12] = [
        (" has no value here", THEIRS, "a variable or parameter without a value"),
        (" is known only after deployment", THEIRS, "known only after deployment"),
        (" is known only when deploying", THEIRS, "known only when deploying"),
        (" is not in the scanned code", THEIRS, "not in the scanned code"),
        ("not JSON", THEIRS, "not JSON"),
        ("the document has no Statement", THEIRS, "the document has no Statement"),
        ("must be a JSON object", THEIRS, "not what a policy takes"),
        ("must be strings", THEIRS, "not what a policy takes"),
        ("neither Allow nor Deny", THEIRS, "not what a policy takes"),
        (" is called without its argument", THEIRS, "a module is called without an argument"),
        (" refers to itself", OURS, "refers to itself"),
        (" is not evaluated", OURS, "is not evaluated"),
    ];
    let known = SORTS.iter().find(|(part, ..)| why.contains(part));
    let Some((part, whose, sort)) = known else { return format!("{OURS}: {why}") };
    let what = why.split(part).next().unwrap_or_default();
    // The first words tell a module's output from a data source from a resource.
    let kind = match what.split(['.', ' ', '(']).next().unwrap_or_default() {
        "data" => what.split('.').take(2).collect::<Vec<_>>().join("."),
        "the" => what.split(' ').take(2).collect::<Vec<_>>().join(" "),
        _ => String::new(),
    };
    if kind.is_empty() { format!("{whose}: {sort}") } else { format!("{whose}: {sort}: {kind}") }
}

fn print(tally: &Tally) {
    println!("{} files, {} resources", tally.files, tally.resources);
    let all: usize = tally.documents.values().sum();
    println!("\n{all} policy documents");
    for (knowledge, count) in &tally.documents {
        println!("{count:>8} {:>5.1} %  {knowledge:?}", percent(*count, all));
    }
    println!(
        "{:>8} {:>5.1} %  not known for a reason that the code could have told",
        tally.ours,
        percent(tally.ours, all)
    );
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
