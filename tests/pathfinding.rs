//! The paths of the catalogue pathfinding.cloud, each walked in code of its own: `testdata/pathfinding.md`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod common;

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

/// How many paths the catalogue has at the revision that the table is of.
const PATHS: usize = 65;

/// A line of the table.
struct Walk {
    id: String,
    /// The code that the rights are walked in.
    code: String,
    /// The rule that tells of it.
    rule: String,
    /// Statements that give the rights, and the names of their actions.
    statements: String,
    actions: Vec<String>,
}

fn walks() -> Vec<Walk> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let blocks = common::blocks(&std::fs::read_to_string(root.join("testdata/pathfinding.md")).unwrap());
    let code = |name: &str| {
        let block = blocks.iter().find(|block| block.info == ["hcl", name]);
        block.unwrap_or_else(|| panic!("there is no block {name}")).text.clone()
    };
    let table = blocks.iter().find(|block| block.info == ["paths"]).unwrap();
    let walk = |line: &str| {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let [id, fragments, rule, rights] = columns[..] else { panic!("not four columns: {line}") };
        let mut statements = String::new();
        let mut actions = Vec::new();
        for right in rights.split(' ') {
            let (action, resource) = right.split_once('@').unwrap();
            let is_reference = resource.starts_with("aws_");
            let resource = if is_reference { resource.to_owned() } else { format!("{resource:?}") };
            writeln!(statements, "{{ Effect = \"Allow\", Action = {action:?}, Resource = {resource} }},").unwrap();
            actions.push(action.to_owned());
        }
        Walk {
            id: id.to_owned(),
            code: fragments.split(' ').map(code).collect(),
            rule: rule.to_owned(),
            statements,
            actions,
        }
    };
    table.text.lines().map(walk).collect()
}

/// A policy of Terraform.
fn policy(name: &str, statements: &str) -> String {
    format!(
        "resource \"aws_iam_policy\" {name:?} {{\nname = {name:?}\npolicy = jsonencode({{\nVersion = \"2012-10-17\"\nStatement = [\n{statements}]\n}})\n}}\n"
    )
}

/// The code of each path, in a directory of its own; `denied` takes all its rights back in another policy.
fn write(directory: &Path, walks: &[Walk], denied: bool) {
    for walk in walks {
        let deny = if denied { walk.actions.clone() } else { vec!["sqs:DeleteQueue".to_owned()] };
        let deny = format!("{{ Effect = \"Deny\", Action = {deny:?}, Resource = \"*\" }},\n");
        let code = [walk.code.clone(), policy("rights", &walk.statements), policy("denied", &deny)].concat();
        common::write(directory, &format!("{}/main.tf", walk.id), &code);
    }
}

/// The escalations of a report, by the directory that they are in.
fn escalations(report: &Value) -> Vec<(String, String, String, String)> {
    let findings = report["findings"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    findings
        .filter(|finding| finding["rule"].as_str().unwrap().starts_with("iam-escalation-"))
        .map(|finding| {
            let id = text(&finding["location"]["path"]).split('/').next().unwrap().to_owned();
            (id, text(&finding["rule"]), text(&finding["severity"]), text(&finding["confidence"]))
        })
        .collect()
}

#[test]
fn every_path_is_found_and_none_that_is_denied() {
    let walks = walks();
    assert_eq!(walks.len(), PATHS);
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), &walks, false);
    let found = escalations(&common::report(directory.path(), &[]));
    let mut wrong = Vec::new();
    for walk in walks.iter().filter(|walk| walk.rule != "graph") {
        let is_it = |(id, rule, severity, confidence): &&(String, String, String, String)| {
            *id == walk.id
                && *rule == walk.rule
                && (severity == "high" || severity == "critical")
                && confidence == "certain"
        };
        if found.iter().find(is_it).is_none() {
            let own: Vec<_> = found.iter().filter(|(id, ..)| *id == walk.id).collect();
            wrong.push(format!("{}: no {}, but {own:?}", walk.id, walk.rule));
        }
    }
    let denied = tempfile::tempdir().unwrap();
    write(denied.path(), &walks, true);
    wrong.extend(escalations(&common::report(denied.path(), &[])).iter().map(|found| format!("denied: {found:?}")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_role_that_may_be_assumed_is_a_step_of_the_graph() {
    let walks: Vec<Walk> = walks().into_iter().filter(|walk| walk.rule == "graph").collect();
    assert_eq!(walks.iter().map(|walk| &walk.id).collect::<Vec<_>>(), ["sts-001"]);
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), &walks, false);
    let output = common::baselint(directory.path(), &["inspect", "--graph", "json"]);
    let graph: Value = serde_json::from_slice(&output.stdout).unwrap();
    let steps = graph["roots"][0]["steps"].as_array().unwrap();
    assert!(
        steps.iter().any(|step| {
            step["from"] == "aws_iam_role.walker" && step["to"] == "aws_iam_role.admin" && step["surety"] == "certain"
        }),
        "{steps:?}"
    );
}
