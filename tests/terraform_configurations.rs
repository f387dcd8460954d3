//! Whole configurations, held against what Terraform plans: `testdata/terraform/configurations`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// What Terraform plans, or what is understood here.
struct Plan {
    outputs: BTreeMap<String, Value>,
    unknown: Vec<String>,
    /// The inputs of all `terraform_data`, by address.
    resources: BTreeMap<String, Value>,
}

fn object(value: &Value) -> BTreeMap<String, Value> {
    value.as_object().unwrap().iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn stored(directory: &Path) -> Plan {
    let text = std::fs::read_to_string(directory.join("answers.json")).unwrap();
    let answers: Value = serde_json::from_str(&text).unwrap();
    Plan {
        outputs: object(&answers["outputs"]),
        unknown: answers["unknown"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect(),
        resources: object(&answers["resources"]),
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        // Version control and other tools pass over the name that Terraform uses.
        let name = entry.file_name().into_string().unwrap().replace("dot.terraform", ".terraform");
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(name));
        } else if name != "answers.json" {
            std::fs::copy(entry.path(), to.join(name)).unwrap();
        }
    }
}

fn understood(directory: &Path) -> Plan {
    let scratch = tempfile::tempdir().unwrap();
    let root = scratch.path().join("root");
    copy(directory, &root);
    let arguments = std::fs::read_to_string(directory.join("arguments")).unwrap_or_default();
    let arguments: Vec<String> = arguments.lines().map(|line| line.replacen("-var", "--var", 1)).collect();
    let mut command = vec!["inspect", "--format", "json"];
    command.extend(arguments.iter().map(String::as_str));
    let output = common::baselint(&root, &command);
    let inspected: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{}: {error}\n{}", directory.display(), String::from_utf8_lossy(&output.stderr))
    });
    // A module that nobody calls is a root of its own.
    let root = inspected["roots"].as_array().unwrap().iter().find(|root| root["path"] == ".").unwrap();
    assert_eq!(root["errors"], Value::Array(Vec::new()), "{}", directory.display());
    let mut plan = Plan { outputs: BTreeMap::new(), unknown: Vec::new(), resources: BTreeMap::new() };
    for (name, output) in object(&root["outputs"]) {
        if output["known"] == Value::Bool(true) {
            plan.outputs.insert(name, output["value"].clone());
        } else {
            plan.unknown.push(name);
        }
    }
    for resource in root["resources"].as_array().unwrap() {
        if resource["type"] == "terraform_data" {
            let address = resource["address"].as_str().unwrap().to_owned();
            let input = resource["values"].get("input").cloned().unwrap_or(Value::Null);
            plan.resources.insert(address, input);
        }
    }
    plan
}

fn compare(name: &str, here: &BTreeMap<String, Value>, theirs: &BTreeMap<String, Value>, out: &mut String) -> usize {
    let mut agree = 0;
    for key in here.keys().chain(theirs.keys().filter(|key| !here.contains_key(*key))) {
        if here.get(key) == theirs.get(key) {
            agree += 1;
        } else {
            writeln!(out, "{name}: {key}\n  terraform: {:?}\n  here:      {:?}", theirs.get(key), here.get(key))
                .unwrap();
        }
    }
    agree
}

#[test]
fn terraform_agrees() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/terraform/configurations");
    let mut configurations: Vec<PathBuf> = std::fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    configurations.sort();
    let mut differences = String::new();
    let mut agree = 0;
    for configuration in &configurations {
        let name = configuration.file_name().unwrap().to_string_lossy();
        let (theirs, here) = (stored(configuration), understood(configuration));
        agree += compare(&name, &here.outputs, &theirs.outputs, &mut differences);
        agree += compare(&name, &here.resources, &theirs.resources, &mut differences);
        if here.unknown != theirs.unknown {
            let (theirs, here) = (theirs.unknown, here.unknown);
            writeln!(differences, "{name}: unknown\n  terraform: {theirs:?}\n  here:      {here:?}").unwrap();
        }
    }
    assert!(differences.is_empty(), "{agree} agree, these differ:\n{differences}");
    assert!(configurations.len() >= 45 && agree > 380, "{} configurations, {agree} values", configurations.len());
}
