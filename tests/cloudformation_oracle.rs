//! Templates against cfn-lint and moto. testdata/cloudformation/intrinsics has the templates and, by
//! tests/oracles/cloudformation.py, their answers: whatever `inspect` says to know must be what they say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "tests")]

mod common;

use std::collections::BTreeMap;

use serde_json::Value;

/// Where cfn-lint or moto are wrong, and why.
const ORACLE_IS_WRONG: &[(&str, &str, &str)] = &[
    ("find-in-map-default", "Nested", "cfn-lint takes any value of the inner map; the parameter's default decides"),
    ("join", "List", "each member string of a CommaDelimitedList is space trimmed; moto keeps the spaces"),
    ("ref-parameters", "List", "the same"),
    ("sub-long", "Deep", "the same"),
    ("typed-parameters", "Number", "a Number becomes a literal string where it is used; moto drops its last zero"),
    (
        "getatt-arns",
        "Logs",
        "the attribute Arn ends with :* (return values of AWS::Logs::LogGroup); moto leaves it out",
    ),
    ("cidr-in-depth", "Joined", "Fn::Cidr gives a list; moto joins the name of the function"),
    ("conditions-in-depth", "NumberText", "Fn::Equals compares texts; moto compares a number with one"),
    ("join-of-functions", "Plain", "a truth value is text in small letters; moto writes Python's"),
    ("language-extensions-default", "Default", "cfn-lint takes any value of the map; the parameter's default decides"),
    ("parameters-of-all-kinds", "OnBare", "a String's default is text; moto compares Python's True with it"),
];

#[derive(Default)]
struct Tally {
    equal: usize,
    unknown: Vec<String>,
    without_answer: Vec<String>,
    wrong: Vec<String>,
}

/// The engines pass scalars on as texts.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Without what is null: a property without a value, an element that is `AWS::NoValue`.
fn compare(ours: &Value, theirs: &Value, path: &str, unknown: &[&str], tally: &mut Tally) {
    if unknown.contains(&path) {
        tally.unknown.push(path.to_owned());
        return;
    }
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            for (name, value) in ours {
                match theirs.get(name) {
                    Some(theirs) => compare(value, theirs, &format!("{path}.{name}"), unknown, tally),
                    None if value.is_null() => {}
                    None => tally.wrong.push(format!("{path}.{name} is not there: {value}")),
                }
            }
            for (name, value) in theirs {
                if ours.get(name).is_none() && !value.is_null() {
                    let path = format!("{path}.{name}");
                    if unknown.iter().any(|unknown| unknown.starts_with(&path)) {
                        tally.unknown.push(path);
                    } else {
                        tally.wrong.push(format!("{path} is missing: {value}"));
                    }
                }
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            let theirs: Vec<&Value> = theirs.iter().filter(|item| !item.is_null()).collect();
            if ours.len() != theirs.len() {
                tally.wrong.push(format!("{path}: {ours:?} is {theirs:?}"));
                return;
            }
            for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                compare(ours, theirs, &format!("{path}[{index}]"), unknown, tally);
            }
        }
        _ if text(ours) == text(theirs) => tally.equal += 1,
        // `Fn::ToJsonString` writes no spaces; Python does.
        _ if is_same_json(ours, theirs) => tally.equal += 1,
        _ => tally.wrong.push(format!("{path}: {ours} is {theirs}")),
    }
}

fn is_same_json(ours: &Value, theirs: &Value) -> bool {
    let decoded = |value: &Value| serde_json::from_str::<Value>(value.as_str()?).ok();
    decoded(ours).is_some_and(|ours| decoded(theirs) == Some(ours))
}

#[test]
fn what_is_known_is_what_the_engines_say() {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cloudformation/intrinsics");
    let output = common::baselint(
        &directory,
        &[
            "inspect",
            "--format",
            "json",
            "--parameter",
            "AWS::Region=us-east-1",
            "--parameter",
            "AWS::AccountId=123456789012",
        ],
    );
    let inspected: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut tally = Tally::default();
    let roots = inspected["roots"].as_array().unwrap();
    assert!(roots.len() >= 62);
    for root in roots {
        let path = root["path"].as_str().unwrap();
        let name = path.split('.').next().unwrap();
        assert_eq!(root["errors"], Value::Array(Vec::new()), "{path}");
        let answers = std::fs::read(directory.join(format!("{name}.answer.json"))).expect("the oracles' answer");
        let answers: BTreeMap<String, Value> = serde_json::from_slice(&answers).unwrap();
        let resources = root["resources"].as_array().unwrap();
        for resource in resources {
            let address = resource["address"].as_str().unwrap();
            let Some(answer) = answers.get(address).and_then(Value::as_object) else {
                tally.wrong.push(format!("{name}: {address} does not exist"));
                continue;
            };
            let unknown: Vec<&str> = resource["unknown"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            for (property, ours) in resource["values"].as_object().unwrap() {
                let place = format!("{name}: {address}.{property}");
                if ORACLE_IS_WRONG.iter().any(|(case, at, _)| *case == name && *at == property) {
                    continue;
                }
                match answer.get(property) {
                    Some(theirs) => {
                        let prefix = format!("{name}: {address}.");
                        let unknown: Vec<String> = unknown.iter().map(|path| format!("{prefix}{path}")).collect();
                        let unknown: Vec<&str> = unknown.iter().map(String::as_str).collect();
                        compare(ours, theirs, &place, &unknown, &mut tally);
                    }
                    None if ours.is_null() => {}
                    None => tally.without_answer.push(format!("{place}: {ours}")),
                }
            }
            tally.unknown.extend(
                unknown
                    .iter()
                    .filter(|path| !path.contains(['.', '[']))
                    .map(|path| format!("{name}: {address}.{path}")),
            );
        }
        for (address, answer) in &answers {
            if !answer.is_null() && !resources.iter().any(|resource| resource["address"] == address.as_str()) {
                tally.wrong.push(format!("{name}: {address} is missing"));
            }
        }
    }
    println!("{} templates, {} values equal", roots.len(), tally.equal);
    println!("unknown here:\n  {}", tally.unknown.join("\n  "));
    println!("unknown there:\n  {}", tally.without_answer.join("\n  "));
    assert!(tally.wrong.is_empty(), "{} wrong:\n{}", tally.wrong.len(), tally.wrong.join("\n"));
}
