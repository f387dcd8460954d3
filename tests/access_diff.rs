//! Literate pairs: each section of `testdata/access-diff/*.md` is an old and a new state of some code, and what the
//! change grants and takes away.
//!
//! A fenced block whose info string ends in a file name below `old/` or `new/` is that file. The block `outcome` has a
//! line for each change, as `access diff --format json` tells it:
//!
//! `<sign> <address>: <actions> on <resources> [by <principals>] [if <conditions>] [public] ~ <request> @ <file>:<line>`,
//!
//! where the sign is `+` or `-`, and `? <address>: <why>` for what is undecided. A section without the block is a
//! refactoring: nothing changes. Each request is asked of `simulate` on both sides, where it can be.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

fn items<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value[name].as_array().into_iter().flatten()
}

fn list(value: &Value) -> String {
    let items: Vec<&str> = value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    items.join(", ")
}

fn context(witness: &Value) -> Vec<(String, String)> {
    let pairs = witness["context"].as_object().unwrap();
    let one = |value: &Value| value.as_str().map_or_else(|| list(value), str::to_owned);
    pairs.iter().map(|(key, value)| (key.clone(), one(value))).collect()
}

fn right(sign: char, subject: &Value, right: &Value) -> String {
    let address = subject["address"].as_str().unwrap();
    let mut line = format!("{sign} {address}: {} on {}", list(&right["actions"]), list(&right["resources"]));
    let is_door = right["principals"].is_array();
    if is_door {
        write!(line, " by {}", list(&right["principals"])).unwrap();
    }
    if right["conditions"].as_array().is_some_and(|conditions| !conditions.is_empty()) {
        write!(line, " if {}", list(&right["conditions"])).unwrap();
    }
    if right["public"] == true {
        line.push_str(" public");
    }
    let witness = &right["witness"];
    write!(line, " ~ {} on {}", witness["action"].as_str().unwrap(), witness["resource"].as_str().unwrap()).unwrap();
    if is_door {
        write!(line, " by {}", witness["principal"].as_str().unwrap()).unwrap();
    }
    for (key, value) in context(witness) {
        write!(line, " {key}={value}").unwrap();
    }
    let location = &right["location"];
    if let Some(path) = location["path"].as_str() {
        write!(line, " @ {path}:{}", location["start"]["line"]).unwrap();
    }
    line
}

fn outcome(report: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for subject in items(report, "principals") {
        let address = subject["address"].as_str().unwrap();
        lines.extend(
            items(subject, "escalations")
                .map(|one| format!("! {address}: {} -> {}", list(&one["path"]), one["reaches"].as_str().unwrap())),
        );
        lines.extend(items(subject, "gained").map(|one| right('+', subject, one)));
        lines.extend(items(subject, "lost").map(|one| right('-', subject, one)));
        lines.extend(items(subject, "undecided").map(|one| format!("? {address}: {}", one["why"].as_str().unwrap())));
    }
    lines.extend(items(report, "errors").map(|error| format!("error {}", error["message"].as_str().unwrap())));
    lines
}

/// What `simulate` says of the request on one side; `None` where it cannot be asked there.
fn decision(tree: &Path, side: &str, subject: &Value, right: &Value) -> Option<String> {
    let witness = &right["witness"];
    let text = |name: &str| witness[name].as_str().unwrap().to_owned();
    let is_door = right["principals"].is_array();
    let principal = match subject["kind"].as_str().unwrap() {
        "user" | "role" if subject["location"].is_object() => subject["address"].as_str().unwrap().to_owned(),
        _ if is_door => text("principal"),
        _ => return None,
    };
    let (action, resource) = (text("action"), text("resource"));
    // What the code does not name has another stand-in there, and the policy of what it knows no ARN of is not found.
    let is_found = resource.starts_with("arn:aws:s3:::") || !resource.ends_with("example");
    // A role of another account needs a policy of its own there too.
    let is_elsewhere = is_door && principal.contains(":role/any-");
    if [&principal, &resource].iter().any(|text| text.contains('<')) || (is_door && !is_found) || is_elsewhere {
        return None;
    }
    let mut arguments: Vec<String> =
        ["simulate", side, "--principal", &principal, "--action", &action, "--resource", &resource]
            .into_iter()
            .map(str::to_owned)
            .collect();
    arguments.extend(["--resource-account".to_owned(), "123456789012".to_owned()].into_iter().filter(|_| is_door));
    for (key, value) in context(witness) {
        for one in value.split(", ") {
            arguments.extend(["--context".to_owned(), format!("{key}={one}")]);
        }
    }
    arguments.extend(["--format".to_owned(), "json".to_owned()]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = common::baselint(tree, &arguments);
    let verdict: Value = serde_json::from_slice(&output.stdout).ok()?;
    verdict["decision"].as_str().map(str::to_owned)
}

#[test]
fn every_pair_gives_what_it_changes_and_nothing_else() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/access-diff");
    let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut wrong, mut pairs, mut asked) = (Vec::new(), 0, 0);
    for file in files {
        for (heading, body) in common::sections(&fs::read_to_string(&file).unwrap()) {
            pairs += 1;
            let name = format!("{} / {heading}", file.file_name().unwrap().to_string_lossy());
            let blocks = common::blocks(&body);
            let tree = tempfile::tempdir().unwrap();
            for side in ["old", "new"] {
                fs::create_dir(tree.path().join(side)).unwrap();
            }
            for block in blocks.iter().filter(|block| block.info.len() == 2) {
                common::write(tree.path(), &block.info[1], &block.text);
            }
            let output = common::baselint(tree.path(), &["access", "diff", "old", "new", "--format", "json"]);
            let report: Value = serde_json::from_slice(&output.stdout)
                .unwrap_or_else(|error| panic!("{name}: {error}\n{}", String::from_utf8_lossy(&output.stderr)));
            let got = outcome(&report);
            let wanted = blocks.iter().find(|block| block.info == ["outcome"]);
            let want: Vec<String> =
                wanted.map(|block| block.text.lines().map(str::to_owned).collect()).unwrap_or_default();
            if want != got {
                wrong.push(format!("{name}\n  want\n{}\n  got\n{}\n", want.join("\n"), got.join("\n")));
            }
            let code = match (
                got.iter().any(|line| line.starts_with("error")),
                got.iter().any(|line| line.starts_with(['+', '!'])),
            ) {
                (true, _) => 2,
                (false, true) => 1,
                (false, false) => 0,
            };
            assert_eq!(output.status.code(), Some(code), "{name}");
            for subject in items(&report, "principals") {
                for (rights, has, lacks) in [("gained", "new", "old"), ("lost", "old", "new")] {
                    for right in items(subject, rights) {
                        let of = |side: &str| decision(tree.path(), side, subject, right);
                        if let Some(decision) = of(has) {
                            asked += 1;
                            if decision != "allowed" {
                                wrong.push(format!("{name}: {right} is {decision} in {has}"));
                            }
                        }
                        if of(lacks).is_some_and(|decision| decision == "allowed") {
                            wrong.push(format!("{name}: {right} is allowed in {lacks} too"));
                        }
                    }
                }
            }
        }
    }
    assert!(pairs >= 60, "{pairs} pairs");
    assert!(asked >= 40, "{asked} requests could be asked");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
