//! Expressions, held against what Terraform makes of them: `testdata/terraform/expressions`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use baselint::source::Sources;
use baselint::terraform::{Configuration, Options};
use baselint::value::{Kind, Unknown, Value, Why};

struct Case {
    place: String,
    expression: String,
    /// What Terraform gives.
    answer: String,
    /// What is expected here.
    expected: String,
}

fn cases(path: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut expression: Vec<&str> = Vec::new();
    let text = std::fs::read_to_string(path).unwrap();
    let file = path.file_name().unwrap().to_string_lossy();
    for (number, line) in (1..).zip(text.lines()) {
        let (answer, expected) = match line.get(..3) {
            Some("=> ") => (&line[3..], &line[3..]),
            Some("=? ") => (&line[3..], "UNKNOWN"),
            Some("=+ ") => ("UNKNOWN", &line[3..]),
            _ => ("", ""),
        };
        if !answer.is_empty() {
            cases.push(Case {
                place: format!("{file}:{number}"),
                expression: std::mem::take(&mut expression).join("\n"),
                answer: answer.to_owned(),
                expected: expected.to_owned(),
            });
        } else if !expression.is_empty() || !(line.trim().is_empty() || line.starts_with('#')) {
            expression.push(line);
        }
    }
    cases
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The outputs of these expressions, evaluated as one root among the surroundings.
fn evaluate(surroundings: &Path, cases: &[Case]) -> Vec<Value> {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().canonicalize().unwrap().join("root");
    copy(surroundings, &root);
    let mut outputs = String::new();
    for (number, case) in cases.iter().enumerate() {
        writeln!(outputs, "output \"o{number}\" {{\n  value = jsonencode({}\n)\n}}", case.expression).unwrap();
    }
    std::fs::write(root.join("outputs.tf"), outputs).unwrap();
    let files: Vec<PathBuf> = ["main.tf", "outputs.tf"].iter().map(|name| root.join(name)).collect();
    let sources = Sources::new(root.clone());
    let options = Options { outputs: true, ..Options::default() };
    let configuration = Configuration::load(&sources, &[(root.clone(), files)], std::slice::from_ref(&root), options);
    let evaluated = configuration.evaluate(&root, &|_, _| true);
    let values: Vec<Value> = evaluated.outputs.into_iter().map(|(_, value)| value).collect();
    assert_eq!(values.len(), cases.len());
    values
}

/// What stands for the value in the table, and why it is not known.
fn shown(value: &Value) -> (String, String) {
    match &value.kind {
        Kind::Text(text) => match text.as_str() {
            Some(known) => (known.to_owned(), String::new()),
            None => ("UNKNOWN".to_owned(), text.to_string()),
        },
        Kind::Unknown(Unknown { why: Why::Error(message), .. }) => ("ERROR".to_owned(), message.to_string()),
        Kind::Unknown(unknown) => ("UNKNOWN".to_owned(), unknown.why.to_string()),
        Kind::OneOf(_) => ("UNKNOWN".to_owned(), value.canonical()),
        other => (format!("{other:?}"), String::new()),
    }
}

#[test]
fn terraform_agrees() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/terraform/expressions");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    let mut differences = String::new();
    let (mut agree, mut unknown, mut ahead) = (0, 0, 0);
    for file in files {
        let cases = cases(&file);
        for (case, value) in cases.iter().zip(evaluate(&directory.join("surroundings"), &cases)) {
            let (here, why) = shown(&value);
            let Case { place, expression, answer, expected } = case;
            if here == *expected {
                match (answer == expected, expected == "UNKNOWN") {
                    (true, _) => agree += 1,
                    (false, true) => unknown += 1,
                    (false, false) => ahead += 1,
                }
                continue;
            }
            writeln!(differences, "{place}: {expression}\n  terraform: {answer}\n  here:      {here} {why}").unwrap();
        }
    }
    assert!(
        differences.is_empty(),
        "{agree} agree, {unknown} are unknown here and {ahead} known ahead as listed, these differ:\n{differences}"
    );
    assert!(agree > 2_700, "only {agree} expressions agree");
    assert!(unknown < 110, "{unknown} expressions are unknown here");
    assert!(ahead < 40, "{ahead} expressions are known here before Terraform knows them");
}
