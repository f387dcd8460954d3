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
    let shown = common::blocks(&readme).into_iter().filter(|block| block.info == ["text"]).nth(2).unwrap();
    for line in shown.text.lines() {
        let is_printed = report.lines().any(|printed| printed.trim_end() == line.trim_end());
        assert!(is_printed, "the README shows a line that is not printed: {line}");
    }
}

#[test]
fn the_readme_shows_the_escalation_that_is_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = common::baselint(root, &["check", "testdata/escalation"]);
    assert_eq!(output.status.code(), Some(1));
    let report = String::from_utf8(output.stdout).unwrap();
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let shown = common::blocks(&readme).into_iter().filter(|block| block.info == ["text"]).nth(1).unwrap();
    assert!(shown.text.contains("iam-escalation-pass-role"), "{}", shown.text);
    assert!(report.contains(shown.text.trim_end()), "the README shows another escalation than is printed: {report}");
}

#[test]
fn the_graph_shows_who_can_become_whom() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = common::baselint(root, &["inspect", "testdata/escalation", "--graph", "json"]);
    assert_eq!(output.status.code(), Some(0));
    let graph: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let step = &graph["roots"][0]["steps"][0];
    assert_eq!(step["from"], "aws_iam_role.pipeline");
    assert_eq!(step["to"], "aws_iam_role.operator");
    assert_eq!(step["by"], "create-function-invoke");
    assert_eq!(step["surety"], "certain");
    let distances: Vec<_> = graph["roots"][0]["principals"].as_array().unwrap().iter().collect();
    assert_eq!(distances.iter().map(|principal| &principal["distance"]).collect::<Vec<_>>(), [0, 1]);
    let output = common::baselint(root, &["inspect", "testdata/escalation", "--graph", "dot"]);
    let dot = String::from_utf8(output.stdout).unwrap();
    let edge =
        "\"0: aws_iam_role.pipeline\" -> \"0: aws_iam_role.operator\" [label=\"create-function-invoke\", style=solid];";
    assert!(dot.starts_with("digraph access {") && dot.contains(edge), "{dot}");
}

#[test]
fn the_readme_shows_the_difference_of_access_that_is_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    for format in ["text", "markdown"] {
        let sides = ["testdata/access-demo/before", "testdata/access-demo/after"];
        let output = common::baselint(root, &["access", "diff", sides[0], sides[1], "--format", format]);
        assert_eq!(output.status.code(), Some(1));
        let report = String::from_utf8(output.stdout).unwrap();
        assert!(readme.contains(report.trim_end()), "the README shows another difference than is printed: {report}");
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
