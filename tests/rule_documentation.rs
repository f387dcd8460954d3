//! Each rule's documentation: its examples are run, and `docs/rules` is in step with it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use baselint::finding::Level;
use baselint::rules::{REGISTRY, Rule};

/// The file that a block of this language is.
fn file_name(language: &str) -> &'static str {
    match language {
        "terraform" => "main.tf",
        "cloudformation" => "template.yaml",
        other => panic!("no such language: {other}"),
    }
}

/// Every finding of a block, of the pedantic level too.
fn findings(language: &str, text: &str) -> Vec<serde_json::Value> {
    let tree = tempfile::tempdir().unwrap();
    common::write(tree.path(), file_name(language), text);
    let report = common::report(tree.path(), &["--pedantic", "--severity", "info"]);
    assert_eq!(report["errors"], serde_json::json!([]), "{text}");
    report["findings"].as_array().unwrap().clone()
}

#[test]
fn bad_examples_give_their_finding_and_good_ones_none() {
    let mut wrong = Vec::new();
    for rule in REGISTRY {
        let id = rule.metadata.id;
        let blocks = common::blocks(rule.metadata.documentation);
        let of = |kind: &str| {
            blocks.iter().filter(|block| block.info.last().is_some_and(|last| last == kind)).collect::<Vec<_>>()
        };
        let (bad, good) = (of("bad"), of("good"));
        if bad.is_empty() || good.is_empty() {
            wrong.push(format!("{id}: examples are missing"));
        }
        for block in bad {
            let language = &block.info[0];
            let mark = format!("# <- {id}");
            let lines = block.text.lines().enumerate().filter(|(_, line)| line.ends_with(&mark));
            let want: Vec<u64> = lines.map(|(index, _)| index as u64 + 1).collect();
            let found = findings(language, &block.text);
            let own = found.iter().filter(|finding| finding["rule"] == id);
            let got: Vec<u64> = own.map(|finding| finding["location"]["start"]["line"].as_u64().unwrap()).collect();
            if want.len() != 1 || want != got {
                wrong.push(format!(
                    "{id}, bad {language}: marked lines {want:?}, found {:?}",
                    found.iter().map(common::line).collect::<Vec<_>>()
                ));
            }
        }
        for block in good {
            let found = findings(&block.info[0], &block.text);
            // What only pedantic readers ask for is more than an example has to show, but for the rule's own question.
            let is_told = |finding: &&serde_json::Value| {
                let is_default = REGISTRY
                    .iter()
                    .any(|rule| rule.metadata.level == Level::Default && finding["rule"] == rule.metadata.id);
                finding["rule"] == id || (is_default && finding["severity"] != "info")
            };
            let harmful: Vec<_> = found
                .iter()
                .filter(|finding| is_told(finding) && finding["suppressed"].is_null())
                .map(common::line)
                .collect();
            if !harmful.is_empty() {
                wrong.push(format!("{id}, good {}: {harmful:?}", block.info[0]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} examples are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn sections_are_complete() {
    for rule in REGISTRY {
        for section in ["## What it does", "## Why is this bad?", "## Example", "## Use instead"] {
            let documentation = rule.metadata.documentation;
            assert!(documentation.contains(&format!("{section}\n\n")), "{}: {section}", rule.metadata.id);
        }
    }
}

/// Set to write `docs/rules` anew instead of comparing.
const UPDATE: &str = "UPDATE_DOCS";

#[test]
fn docs_are_in_step() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules");
    let mut pages: Vec<(PathBuf, String)> =
        REGISTRY.iter().map(|rule| (directory.join(format!("{}.md", rule.metadata.id)), page(rule))).collect();
    pages.push((directory.join("README.md"), index()));
    if std::env::var_os(UPDATE).is_some() {
        fs::create_dir_all(&directory).unwrap();
        for (path, text) in &pages {
            fs::write(path, text).unwrap();
        }
    }
    for (path, text) in &pages {
        let there = fs::read_to_string(path).unwrap_or_default();
        assert!(there == *text, "{} is out of step; run {UPDATE}=1 cargo test docs_are_in_step", path.display());
    }
    let known: Vec<_> = pages.iter().map(|(path, _)| path.clone()).collect();
    for entry in fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        assert!(known.contains(&path), "{} belongs to no rule", path.display());
    }
}

fn page(rule: &Rule) -> String {
    let metadata = &rule.metadata;
    let mut out = format!("# {}\n\n{}\n\n", metadata.id, metadata.title);
    let level = if metadata.level == Level::Pedantic { "pedantic" } else { "default" };
    let frameworks: Vec<_> = metadata.frameworks.iter().map(|framework| framework.name()).collect();
    let row = |out: &mut String, name: &str, value: &str| writeln!(out, "| {name} | {value} |").unwrap();
    out.push_str("| | |\n|---|---|\n");
    row(&mut out, "severity", metadata.severity.name());
    row(&mut out, "level", level);
    row(&mut out, "group", metadata.group);
    row(&mut out, "frameworks", &frameworks.join(", "));
    row(&mut out, "controls", &metadata.controls.join(", "));
    row(&mut out, "also known as", &metadata.aliases.join(", "));
    out.push('\n');
    // Fences carry more words for the tests than readers need.
    for line in metadata.documentation.lines() {
        let line = match line.strip_prefix("```") {
            Some(info) if info.starts_with("terraform") => "```hcl",
            Some(info) if info.starts_with("cloudformation") => "```yaml",
            _ => line,
        };
        out.push_str(line);
        out.push('\n');
    }
    out
}

fn index() -> String {
    let mut out = String::from(
        "# Rules\n\nGenerated from the rules' metadata.\n\n| rule | severity | level | what |\n|---|---|---|---|\n",
    );
    for rule in REGISTRY {
        let metadata = &rule.metadata;
        let level = if metadata.level == Level::Pedantic { "pedantic" } else { "default" };
        writeln!(out, "| [{0}]({0}.md) | {1} | {level} | {2} |", metadata.id, metadata.severity.name(), metadata.title)
            .unwrap();
    }
    out
}

/// The other scanners, as aliases name them, and as people do.
const SCANNERS: [(&str, &str); 10] = [
    ("checkov", "Checkov"),
    ("trivy", "Trivy and tfsec"),
    ("cfn-nag", "cfn-nag"),
    ("cfn-guard", "CloudFormation Guard"),
    ("cfn-lint", "cfn-lint"),
    ("kics", "KICS"),
    ("terrascan", "Terrascan"),
    ("regula", "Regula"),
    ("semgrep", "Semgrep"),
    ("prowler", "Prowler"),
];

#[test]
fn coverage_is_in_step() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let path = docs.join("coverage.md");
    let text = coverage(&not_covered(&docs.join("coverage")));
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&path, &text).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == text, "{} is out of step; run {UPDATE}=1 cargo test coverage_is_in_step", path.display());
}

/// The ids of other scanners that no rule answers to, each with the reason, from all lists.
fn not_covered(directory: &Path) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (id, reason) = line.split_once('\t').unwrap_or_else(|| panic!("no reason: {line}"));
            let answered = REGISTRY.iter().any(|rule| rule.metadata.aliases.contains(&id));
            assert!(!answered, "{id} is answered by a rule, and listed as if it were not");
            all.push((id.to_owned(), reason.to_owned()));
        }
    }
    all.sort_unstable();
    all
}

fn coverage(not_covered: &[(String, String)]) -> String {
    let mut out = String::from(
        "# Rules of other scanners\n\nWhich of their ids is answered by which rule. Any of these ids can stand wherever a rule is named: in a \
         suppression, after `--select` and `--ignore`, after `explain`. Generated from the rules' metadata and the lists in \
         `coverage/`.\n",
    );
    for (scanner, name) in SCANNERS {
        let mut answered: std::collections::BTreeMap<&str, Vec<String>> = std::collections::BTreeMap::new();
        for rule in REGISTRY {
            for id in rule.metadata.aliases.iter().filter_map(|alias| alias.strip_prefix(scanner)?.strip_prefix(':')) {
                answered.entry(id).or_default().push(format!("[{0}](rules/{0}.md)", rule.metadata.id));
            }
        }
        writeln!(out, "\n## {name}\n\n| id | answered by |\n|---|---|").unwrap();
        for (id, rules) in &answered {
            writeln!(out, "| {id} | {} |", rules.join(", ")).unwrap();
        }
        for (id, reason) in
            not_covered.iter().filter_map(|(id, reason)| Some((id.strip_prefix(scanner)?.strip_prefix(':')?, reason)))
        {
            writeln!(out, "| {id} | – {reason} |").unwrap();
        }
    }
    out.push_str("\n## Questions without a rule of their own\n\n| question | why |\n|---|---|\n");
    for (question, reason) in not_covered.iter().filter(|(id, _)| !id.contains(':')) {
        writeln!(out, "| {question} | {reason} |").unwrap();
    }
    out
}
