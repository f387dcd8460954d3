//! Code that is written to break its reader: each beside a good file whose finding must still be told, each within
//! bounds of time and memory, each with an ordinary exit code.
//!
//! A release build (`cargo test --release --test hostile`) takes the full sizes and ten seconds each. A debug build, as
//! in `tests/run`, takes those families that need no more than that, and a tenth of what is counted by the hundred
//! thousand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a test that cannot go on fails")]
#![allow(clippy::format_collect, clippy::format_push_string, reason = "made code reads best as it is written")]
#![cfg(unix)]

#[path = "../common/mod.rs"]
mod common;

mod cloudformation;
mod files;
mod policies;
mod terraform;

use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use common::write;

/// A policy with a fault on its line 2.
const GOOD: &str = r#"resource "aws_iam_policy" "admin" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
"#;

/// How many seconds one input may take, of all threads together: what a busy machine does besides is not counted.
const SECONDS: u64 = if cfg!(debug_assertions) { 60 } else { 10 };

/// How long it may take with all the waiting.
const PATIENCE: Duration = Duration::from_secs(300);

/// How much memory it may take: all address space, in KiB.
const MEMORY: usize = 1 << 20;

/// Levels of nesting.
const DEEP: usize = 100_000;

/// A number in the full size, less in a debug build.
const fn many(full: usize) -> usize {
    if cfg!(debug_assertions) && full > 10_000 { full / 10 } else { full }
}

/// The inputs of one family. What fails is told at the end, all at once.
#[derive(Default)]
struct Hostile {
    inputs: usize,
    failures: Vec<String>,
}

impl Hostile {
    /// Writes an input of one file, and looks whether it does harm.
    fn file(&mut self, name: &str, text: impl AsRef<[u8]>) -> Vec<String> {
        self.tree(name, |tree| {
            fs::write(tree.join(name.rsplit_once(": ").map_or(name, |(_, name)| name)), text).unwrap();
        })
    }

    /// Makes an input, and looks whether it does harm. Gives the errors that are told of it, as `path:line: message`.
    fn tree(&mut self, name: &str, make: impl FnOnce(&Path)) -> Vec<String> {
        self.inputs += 1;
        let tree = tempfile::tempdir().unwrap();
        fs::create_dir(tree.path().join("in")).unwrap();
        make(&tree.path().join("in"));
        write(&tree.path().join("in"), "good/main.tf", GOOD);
        let mut errors = Vec::new();
        let commands: [&[&str]; 4] = [
            &["check", "--pedantic", "--show", "undecided", "--format", "json"],
            &["inspect", "--format", "json"],
            &["check", "--format", "text"],
            &["check", "--format", "sarif"],
        ];
        for arguments in commands.into_iter().take(if cfg!(debug_assertions) { 2 } else { 4 }) {
            match run(tree.path(), arguments) {
                Err(failure) => self.fail(format!("{name}: {}: {failure}", arguments.join(" "))),
                Ok(report) => match arguments {
                    [.., "undecided", "--format", "json"] => match judge(&report) {
                        Ok(told) => errors = told,
                        Err(failure) => self.fail(format!("{name}: {failure}")),
                    },
                    _ if !report.contains("good/main.tf") => {
                        self.fail(format!("{name}: {}: says nothing of the good file", arguments.join(" ")));
                    }
                    _ => {}
                },
            }
        }
        errors
    }

    fn fail(&mut self, failure: String) {
        println!("{failure}");
        self.failures.push(failure);
    }

    /// Fails if any input did harm.
    fn finish(self) {
        let Self { inputs, failures } = self;
        println!("{inputs} inputs");
        assert!(failures.is_empty(), "{} of {inputs} did harm:\n{}", failures.len(), failures.join("\n"));
    }
}

/// Runs the program on `in` within the bounds; what it prints.
fn run(tree: &Path, arguments: &[&str]) -> Result<String, String> {
    let out = tree.join("out");
    let start = Instant::now();
    let mut child = Command::new("sh")
        .args([
            "-c",
            &format!("ulimit -v {MEMORY}; ulimit -t {SECONDS}; exec \"$0\" \"$@\""),
            env!("CARGO_BIN_EXE_baselint"),
        ])
        .args(arguments)
        .args(["--threads", "2", "."])
        .current_dir(tree.join("in"))
        .env("NO_COLOR", "1")
        .env_remove("RUST_BACKTRACE")
        .stdout(File::create(&out).unwrap())
        .stderr(Stdio::from(File::create(tree.join("told")).unwrap()))
        .spawn()
        .unwrap();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            return Err(format!("waits for longer than {PATIENCE:?}"));
        }
        std::thread::sleep(Duration::from_millis(3));
    };
    let told = String::from_utf8_lossy(&fs::read(tree.join("told")).unwrap()).into_owned();
    if !matches!(status.code(), Some(0..=2)) {
        let end = told.lines().last().unwrap_or_default();
        return Err(format!("ends with {status} (signal {:?}): {end}", status.signal()));
    }
    let told: String = told.chars().take(4096).collect();
    if told.contains("internal error") {
        return Err(told);
    }
    Ok(String::from_utf8_lossy(&fs::read(out).unwrap()).into_owned())
}

/// The errors of a report, if it has the good file's finding.
fn judge(report: &str) -> Result<Vec<String>, String> {
    let report: Value = serde_json::from_str(report).map_err(|error| error.to_string())?;
    let mut findings = report["findings"].as_array().unwrap().iter().map(common::line);
    if !findings.any(|line| line.starts_with("good/main.tf:2:67 iam-policy-full-admin")) {
        return Err("the good file's finding is lost".to_owned());
    }
    let errors = report["errors"].as_array().unwrap().iter();
    let errors: Vec<String> = errors
        .map(|error| {
            let line = error["line"].as_u64().map(|line| format!(":{line}")).unwrap_or_default();
            format!("{}{line}: {}", error["path"].as_str().unwrap(), error["message"].as_str().unwrap())
        })
        .collect();
    match errors.iter().find(|error| error.contains("internal error")) {
        Some(error) => Err(error.clone()),
        None => Ok(errors),
    }
}
