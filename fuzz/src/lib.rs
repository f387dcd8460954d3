//! What is run on made inputs: by the fuzz targets on ever new ones, by a test on those in `corpus/`.
//!
//! Each target takes any bytes, through the library's public functions, and panics where the answer is wrong for
//! every input: a place that is not in its file, a report that is no JSON.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what is not as it must be is what is looked for")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use baselint::cloudformation;
use baselint::finding::Severity;
use baselint::gate::{self, Date, Selection, Settings, Verdict};
use baselint::iam::{Document, Glob, Variables};
use baselint::model::Root;
use baselint::report::{self, Format, Report};
use baselint::rules::{self, REGISTRY};
use baselint::source::{InputError, Sources, Span};
use baselint::terraform::{self, Configuration, Options};
use baselint::value::{Text, json};

/// A directory that is on no machine: nothing is read from the disk.
const NOWHERE: &str = "/nowhere/at/all";

/// What the program gives its threads.
const STACK_BYTES: usize = 16 << 20;

/// Starts a line that names the file which the lines behind it make up.
const FILE_MARK: &str = "//// ";

/// Runs a target as the program would: on a thread with as much stack.
pub fn run(target: fn(&str), bytes: &[u8]) {
    static THREADS: OnceLock<rayon::ThreadPool> = OnceLock::new();
    let threads = THREADS.get_or_init(|| {
        rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(STACK_BYTES).build().expect("a thread")
    });
    // Other bytes are refused before anything looks at them.
    if let Ok(text) = std::str::from_utf8(bytes) {
        threads.install(|| target(text));
    }
}

/// A Terraform file, cut into blocks: headers, module calls, comments.
pub fn split(text: &str) {
    let sources = Sources::new(NOWHERE.into());
    let path = PathBuf::from(NOWHERE).join("main.tf");
    sources.add_text(path.clone(), text.as_bytes().to_vec()).expect("UTF-8");
    let files = [(PathBuf::from(NOWHERE), vec![path])];
    let configuration = Configuration::load(&sources, &files, &[], Options::default());
    assert_eq!(configuration.roots().len(), 1);
    // Nothing is wanted: no block is evaluated, all errors of cutting are told.
    let root = configuration.evaluate(&PathBuf::from(NOWHERE), &|_, _| false);
    check_errors(&sources, &root.errors);
}

/// A whole configuration of Terraform: files after lines `//// name.tf`, the first one without is `main.tf`.
pub fn terraform(text: &str) {
    let sources = Sources::new(NOWHERE.into());
    let mut directories: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for (name, text) in files(text) {
        let path = PathBuf::from(NOWHERE).join(name);
        if sources.add_text(path.clone(), text.into_bytes()).is_ok()
            && let Some(directory) = path.parent()
        {
            directories.entry(directory.to_owned()).or_default().push(path);
        }
    }
    let directories: Vec<(PathBuf, Vec<PathBuf>)> = directories.into_iter().collect();
    let options = Options { outputs: true, ..Options::default() };
    let configuration = Configuration::load(&sources, &directories, &[], options);
    let roots: Vec<Root> =
        configuration.roots().into_iter().map(|root| configuration.evaluate(root, &|_, _| true)).collect();
    check(&sources, &roots);
}

/// A template, whatever it is written in.
pub fn yaml(text: &str) {
    let sources = Sources::new(NOWHERE.into());
    let path = PathBuf::from(NOWHERE).join("template.yaml");
    let file = sources.add_text(path, text.as_bytes().to_vec()).expect("UTF-8");
    let options = cloudformation::Options { outputs: true, ..Default::default() };
    let root = cloudformation::load(&sources, &file, &options, &|_, _| true);
    check(&sources, &Vec::from_iter(root.map(|loaded| loaded.root)));
}

/// A template in JSON, and the same text as Terraform's JSON.
pub fn json(text: &str) {
    yaml(&format!("{{{text}"));
    terraform(&format!("{FILE_MARK}main.tf.json\n{{{text}"));
}

/// A policy document, wherever one may stand.
pub fn policy(text: &str) {
    if let Ok(value) = json::decode(&Text::from(text)) {
        let document = Document::read(&value);
        for statement in &document.statements {
            statement.is_unconditional("iam");
            statement.covers_resources("s3", &Glob::new(&"arn:aws:s3:::a/*".into(), Variables::Replaced));
        }
    }
    let quoted = serde_json::to_string(text).expect("a text");
    let embedded = [text, &quoted].map(|document| {
        format!(
            r#"{{"Resources": {{
"A": {{"Type": "AWS::IAM::ManagedPolicy", "Properties": {{"PolicyDocument": {document}}}}},
"R": {{"Type": "AWS::IAM::Role", "Properties": {{"AssumeRolePolicyDocument": {document}, "ManagedPolicyArns": [{{"Ref": "A"}}]}}}},
"U": {{"Type": "AWS::IAM::User", "Properties": {{"Policies": [{{"PolicyName": "p", "PolicyDocument": {document}}}]}}}},
"B": {{"Type": "AWS::S3::BucketPolicy", "Properties": {{"Bucket": "b", "PolicyDocument": {document}}}}},
"S": {{"Type": "AWS::Organizations::Policy", "Properties": {{"Content": {document}}}}}}}}}"#
        )
    });
    embedded.iter().for_each(|template| yaml(template));
    terraform(&format!(
        "resource \"aws_iam_policy\" \"p\" {{\n  policy = {}\n}}\n",
        quoted.replace("${", "$${").replace("%{", "%%{")
    ));
}

/// A plan in JSON, and behind lines `//// name.tf` the code that lies beside it.
pub fn plan(text: &str) {
    let sources = Sources::new(NOWHERE.into());
    let mut files = files(text).into_iter();
    let Some((_, plan)) = files.next() else { return };
    let mut code = Vec::new();
    for (name, text) in files {
        let path = PathBuf::from(NOWHERE).join(name);
        if path.parent() == Some(Path::new(NOWHERE)) && sources.add_text(path.clone(), text.into_bytes()).is_ok() {
            code.push(path);
        }
    }
    if !terraform::plan::may_be_plan(plan.as_bytes()) {
        return;
    }
    let directories = if code.is_empty() { Vec::new() } else { vec![(PathBuf::from(NOWHERE), code)] };
    let options = Options { outputs: true, ..Options::default() };
    let configuration = Configuration::load(&sources, &directories, &[PathBuf::from(NOWHERE)], options);
    let file = sources.add_text(PathBuf::from(NOWHERE).join("plan.json"), plan.into_bytes()).expect("UTF-8");
    let root = terraform::plan::load(&configuration, &file, &|_, _| true);
    check(&sources, &Vec::from_iter(root));
}

/// The files that a text stands for. Names are made harmless.
fn files(text: &str) -> Vec<(String, String)> {
    let mut files = vec![("main.tf".to_owned(), String::new())];
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix(FILE_MARK) {
            let parts = name.trim().split('/').filter(|part| !part.is_empty() && *part != "." && *part != "..");
            let plain = |part: &str| part.chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect();
            let name = parts.map(plain).collect::<Vec<String>>().join("/");
            files.push((format!("./{name}"), String::new()));
        } else if let Some((_, text)) = files.last_mut() {
            text.push_str(line);
        }
    }
    files
}

/// Asks every rule, writes every report, and looks whether what they say can be true.
fn check(sources: &Sources, roots: &[Root]) {
    let mut inspection = Vec::new();
    report::write_inspection_json(roots, &[], sources, &mut inspection).expect("memory takes all");
    serde_json::from_slice::<serde_json::Value>(&inspection).expect("the inspection is JSON");

    let found = rules::check(sources, roots, &|_| true, Date::from_days_since_1970(20_000));
    for finding in &found.findings {
        check_span(sources, finding.span);
        check_span(sources, finding.block);
        finding.related.iter().filter_map(|related| related.span).for_each(|span| check_span(sources, span));
    }
    for root in roots {
        check_errors(sources, &root.errors);
    }
    let known: Vec<_> = REGISTRY.iter().map(|rule| &rule.metadata).collect();
    let settings = Settings {
        selection: Selection { pedantic: true, ..Selection::default() },
        severity: Severity::Info,
        fail_on: Severity::Medium,
        today: Date::from_days_since_1970(20_000),
    };
    let Verdict { findings, undecided, below, .. } =
        gate::judge(sources, roots, found.findings, found.undecided, &known, &settings);
    let errors: Vec<InputError> = roots.iter().flat_map(|root| root.errors.iter().cloned()).collect();
    let report = Report {
        sources,
        findings: &findings,
        undecided: &undecided,
        show_undecided: true,
        errors: &errors,
        files: 1,
        resources: 1,
        below,
        summary: true,
    };
    for format in [Format::Text, Format::Json, Format::Sarif, Format::Github] {
        let mut out = Vec::new();
        report::write(&report, format, &mut out).expect("memory takes all");
        if matches!(format, Format::Json | Format::Sarif) {
            serde_json::from_slice::<serde_json::Value>(&out).expect("the report is JSON");
        }
    }
}

/// A place must be one of its file, between characters.
fn check_span(sources: &Sources, span: Span) {
    let file = sources.get(span.file).expect("the file of a place was read");
    assert!(file.text().get(span.range()).is_some(), "{span:?} is no place of {}", file.shown_path());
}

fn check_errors(sources: &Sources, errors: &[InputError]) {
    let files = sources.all();
    for error in errors {
        let file = files.iter().find(|file| file.shown_path() == error.path);
        if let (Some(file), Some(line)) = (file, error.line) {
            assert!(line >= 1 && line as usize <= file.line_count(), "{error} is no place of the file");
        }
    }
}
