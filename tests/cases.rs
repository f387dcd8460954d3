//! Literate cases: each section of `testdata/cases/**/*.md` is a small tree of code and the findings it must give.
//!
//! A fenced block whose info string ends in a file name (```` ```hcl modules/a/main.tf ````) is that file. The other
//! blocks list, one a line, exactly what `check` says:
//!
//! - `findings`, at the default level: `file:line:column rule resource`;
//! - `pedantic`, what `--pedantic` adds to that;
//! - `undecided`, where it is there: the questions that stay open;
//! - `errors`: `file:line` and how the message begins.
//!
//! What the code suppresses is not listed.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

fn markdown_files(directory: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            markdown_files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            out.push(path);
        }
    }
}

fn sorted(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = lines.collect();
    lines.sort_unstable();
    lines
}

/// The items of a list in a report, each as one line, without those that are suppressed.
fn lines(list: &Value, line: impl Fn(&Value) -> String) -> Vec<String> {
    sorted(list.as_array().unwrap().iter().filter(|item| item["suppressed"].is_null()).map(line))
}

/// An error as one line: `main.tf:3 message`.
fn error(error: &Value) -> String {
    let [path, message] = ["path", "message"].map(|name| error[name].as_str().unwrap());
    match error["line"].as_u64() {
        Some(line) => format!("{path}:{line} {message}"),
        None => format!("{path} {message}"),
    }
}

#[test]
fn every_case_gives_its_findings_and_no_others() {
    let mut files = Vec::new();
    markdown_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases"), &mut files);
    files.sort();
    let mut wrong = Vec::new();
    let mut cases = 0;
    for file in files {
        for (heading, body) in common::sections(&fs::read_to_string(&file).unwrap()) {
            cases += 1;
            let name = format!("{} / {heading}", file.file_name().unwrap().to_string_lossy());
            let blocks = common::blocks(&body);
            let tree = tempfile::tempdir().unwrap();
            for block in blocks.iter().filter(|block| block.info.len() == 2) {
                common::write(tree.path(), &block.info[1], &block.text);
            }
            let want = |info: &str| {
                let block = blocks.iter().find(|block| block.info == [info])?;
                Some(sorted(block.text.lines().map(str::to_owned)))
            };
            let findings = want("findings").unwrap_or_else(|| panic!("{name}: no block `findings`"));
            let report = common::report(tree.path(), &["--show", "undecided"]);
            let mut compare = |what: &str, want: Vec<String>, got: Vec<String>| {
                if want != got {
                    wrong.push(format!("{name}: {what}\n  want {want:#?}\n  got {got:#?}"));
                }
            };
            let errors = want("errors").unwrap_or_default();
            let mut got = lines(&report["errors"], error);
            for (want, got) in errors.iter().zip(&mut got) {
                if got.starts_with(want) {
                    got.truncate(want.len());
                }
            }
            compare("errors", errors, got);
            if let Some(undecided) = want("undecided") {
                let mut got = lines(&report["undecided"], common::line);
                got.dedup();
                compare("undecided", undecided, got);
            }
            if let Some(pedantic) = want("pedantic") {
                let report = common::report(tree.path(), &["--pedantic"]);
                let all = sorted(findings.iter().cloned().chain(pedantic));
                compare("pedantic", all, lines(&report["findings"], common::line));
            }
            compare("findings", findings, lines(&report["findings"], common::line));
        }
    }
    assert!(cases > 0);
    assert!(wrong.is_empty(), "{} lists of {cases} cases are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
