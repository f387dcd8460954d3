//! What a person sees: the whole text report of the small example that the README checks.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;

fn report() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = common::baselint(root, &["check", "testdata/demo"]);
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_example_reads_well() {
    insta::assert_snapshot!(report());
}

#[test]
fn the_readme_shows_what_is_printed() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let shown = common::blocks(&readme).into_iter().find(|block| block.info == ["text"]).unwrap();
    let report = report();
    for line in shown.text.lines() {
        assert!(report.lines().any(|printed| printed == line), "the README shows a line that is not printed: {line}");
    }
}

#[test]
fn the_readme_shows_the_comparison_that_is_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = common::baselint(root, &["diff", "testdata/account"]);
    assert_eq!(output.status.code(), Some(1));
    let report = String::from_utf8(output.stdout).unwrap();
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let shown = common::blocks(&readme).into_iter().filter(|block| block.info == ["text"]).nth(1).unwrap();
    for line in shown.text.lines() {
        let is_printed = report.lines().any(|printed| printed.trim_end() == line.trim_end());
        assert!(is_printed, "the README shows a line that is not printed: {line}");
    }
}

#[test]
fn the_order_does_not_depend_on_threads() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let run = |threads: &str| {
        common::baselint(root, &["check", "testdata/demo", "--format", "json", "--threads", threads]).stdout
    };
    assert_eq!(run("1"), run("7"));
}
