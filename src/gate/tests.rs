use std::sync::Arc;

use super::*;
use crate::finding::{Confidence, Level, Related};
use crate::model::{Category, Existence, Framework, Resource};
use crate::source::SourceFile;
use crate::value::{Entry, Value};

const FULL_ADMIN: Metadata = Metadata {
    id: "full-admin",
    title: "All is allowed",
    group: "administrator",
    severity: Severity::Critical,
    level: Level::Default,
    frameworks: &[Framework::Terraform, Framework::CloudFormation],
    aliases: &["checkov:CKV_AWS_62", "trivy:AVD-AWS-0057"],
    controls: &["fsbp:IAM.1"],
    documentation: "",
};
const SPELLING: Metadata =
    Metadata { id: "spelling", severity: Severity::Low, level: Level::Pedantic, aliases: &[], ..FULL_ADMIN };
const KNOWN: &[&Metadata] = &[&FULL_ADMIN, &SPELLING, &SUPPRESSION_UNUSED];

/// Files, the resources that they declare, and findings at marked text.
struct Case {
    sources: Sources,
    resources: Vec<Resource>,
    findings: Vec<Finding>,
    settings: Settings,
}

impl Case {
    fn new() -> Self {
        let settings = Settings {
            selection: Selection::default(),
            severity: Severity::Info,
            fail_on: Severity::Medium,
            today: "2027-01-15".parse().unwrap(),
        };
        Self { sources: Sources::new("/".into()), resources: Vec::new(), findings: Vec::new(), settings }
    }

    /// Each block of the text (a line that starts with `block NAME` up to a line `}`) is a resource, each `BAD`
    /// in it a finding.
    fn file(mut self, path: &str, text: &str) -> Self {
        let file = self.sources.add_text(format!("/{path}").into(), text.as_bytes().to_vec()).unwrap();
        for (start, _) in text.match_indices("block ") {
            let end = start + text[start..].find("\n}").unwrap() + 2;
            let name = text[start + 6..].split(' ').next().unwrap();
            let block = Span::new(file.id(), start, end);
            self.resources.push(resource(name, block));
            for (at, _) in text[start..end].match_indices("BAD") {
                self.findings.push(finding(&file, name, start + at, block));
            }
        }
        self
    }

    fn pedantic(mut self) -> Self {
        self.settings.selection.pedantic = true;
        self
    }

    fn judge(&self) -> Verdict {
        let root = Root {
            path: ".".into(),
            framework: Framework::Terraform,
            resources: self.resources.clone(),
            outputs: Vec::new(),
            moved: Vec::new(),
            errors: Vec::new(),
        };
        judge(&self.sources, &[root], self.findings.clone(), Vec::new(), KNOWN, &self.settings)
    }

    /// `line resource` of each finding, `~` before suppressed ones; messages of notices.
    fn told(&self) -> Vec<String> {
        let tell = |judged: &Judged| {
            let finding = &judged.finding;
            if finding.rule.id == SUPPRESSION_UNUSED.id {
                return finding.message.clone();
            }
            let line = self.sources.get(finding.span.file).unwrap().position(finding.span.start).line;
            let mark = if judged.suppressed.is_some() { "~" } else { "" };
            format!("{mark}{line} {}", finding.resource)
        };
        self.judge().findings.iter().map(tell).collect()
    }
}

fn resource(address: &str, block: Span) -> Resource {
    Resource {
        address: address.into(),
        kind: "aws_iam_policy".into(),
        provider: None,
        category: Category::Managed,
        attributes: Value::object(Vec::new()),
        span: block,
        block,
        existence: Existence::Certain,
        metadata: None,
        policies: None,
    }
}

fn finding(file: &SourceFile, address: &str, at: usize, block: Span) -> Finding {
    Finding {
        rule: &FULL_ADMIN,
        severity: Severity::Critical,
        confidence: Confidence::Certain,
        level: Level::Default,
        message: format!("{address} allows all"),
        resource: address.into(),
        resource_type: "aws_iam_policy".into(),
        framework: Framework::Terraform,
        span: Span::new(file.id(), at, at + 3),
        block,
        related: Vec::new(),
    }
}

const TWO: &str = "block a {\n  x = BAD\n  y = BAD\n}\nblock b {\n  x = BAD\n}\n";

#[test]
fn findings_are_told_in_the_order_of_the_text() {
    let case = Case::new().file("b.tf", TWO).file("a.tf", "block c {\n  x = BAD\n}\n");
    assert_eq!(case.told(), ["2 c", "2 a", "3 a", "6 b"]);
}

#[test]
fn a_comment_at_a_line_covers_that_line() {
    let expected = ["~2 a", "3 a", "6 b"];
    for name in ["full-admin", "CKV_AWS_62", "checkov:CKV_AWS_62", "spelling, avd-aws-0057"] {
        let text = TWO.replacen("BAD\n", &format!("BAD # baselint: ignore[{name}]\n"), 1);
        assert_eq!(Case::new().file("a.tf", &text).told(), expected, "{name}");
    }
    let text = TWO.replacen("  x", "  # baselint: ignore[full-admin]\n  x", 1);
    assert_eq!(Case::new().file("a.tf", &text).told(), ["~3 a", "4 a", "7 b"]);
}

#[test]
fn a_comment_elsewhere_in_the_block_covers_the_block() {
    for (from, to) in [
        ("block a {", "# baselint: ignore[full-admin]\nblock a {"),
        ("block a {", "block a { # baselint: ignore[full-admin]\n"),
        ("block a {", "block a {\n  # baselint: ignore[full-admin]\n"),
        ("}\nblock b", "  # baselint: ignore[full-admin]\n}\nblock b"),
    ] {
        let told = Case::new().file("a.tf", &TWO.replacen(from, to, 1)).told();
        let marks: Vec<_> = told.iter().map(|told| told.starts_with('~')).collect();
        assert_eq!(marks, [true, true, false], "{to}: {told:?}");
    }
}

#[test]
fn a_comment_above_a_block_does_not_cover_the_block_before() {
    // As when a syntax tree counts the space up to the next block as part of the one before.
    let mut case =
        Case::new().file("a.yml", "block a {\n  BAD\n}\n# baselint: ignore[full-admin]\nblock b {\n  BAD\n}\n");
    let long = Span { end: case.resources[1].block.start, ..case.resources[0].block };
    case.resources[0].block = long;
    case.findings[0].block = long;
    assert_eq!(case.told(), ["2 a", "~6 b"]);
}

#[test]
fn other_rules_are_not_covered() {
    let text = TWO.replace("block", "# baselint: ignore[spelling]\nblock");
    assert_eq!(Case::new().file("a.tf", &text).told().iter().filter(|told| told.starts_with('~')).count(), 0);
}

#[test]
fn a_document_is_suppressed_where_it_stands() {
    let text = "block data.doc {\n  # baselint: ignore[full-admin]\n\n  x = BAD\n}\nblock a {\n}\n";
    let mut case = Case::new().file("a.tf", text);
    case.findings[0].block = case.resources[1].block;
    case.findings[0].resource = "a".into();
    assert_eq!(case.told(), ["~4 a"]);
}

#[test]
fn metadata_suppresses_with_its_reason() {
    let mut case = Case::new().file("a.yml", TWO);
    let entry = Value::object(vec![
        Entry::new("id", Value::text("CKV_AWS_62")),
        Entry::new("reason", Value::text("break glass")),
    ]);
    let ignore = Value::object(vec![Entry::new("ignore", Value::tuple(vec![entry, Value::text("spelling")]))]);
    case.resources[0].metadata = Some(Value::object(vec![Entry::new("baselint", ignore)]));
    assert_eq!(case.told(), ["~2 a", "~3 a", "6 b"]);
    let reasons: Vec<_> = case.judge().findings.into_iter().filter_map(|judged| judged.suppressed?.reason).collect();
    assert_eq!(reasons, ["break glass", "break glass"]);
}

#[test]
fn a_suppression_ends() {
    for (until, mark) in [("2027-01-15", "~"), ("2027-01-14", ""), ("soon", "")] {
        let text = format!("block a {{\n  BAD # baselint: ignore[full-admin] until={until}\n}}\n");
        assert_eq!(Case::new().file("a.tf", &text).told(), [format!("{mark}2 a")], "{until}");
    }
}

#[test]
fn useless_suppressions_are_told_to_pedants() {
    let text = "# baselint: ignore\n# baselint: ignore[nonsense]\n# baselint: ignore[full-admin, spelling]\n\
        # baselint: ignore[full-admin] until=2026-12-31\nblock a {\n}\n";
    assert_eq!(Case::new().file("a.tf", text).told(), [""; 0]);
    let told = Case::new().file("a.tf", text).pedantic().told();
    assert_eq!(
        told,
        [
            "this has no effect: it names no rule; write `baselint: ignore[rule-id] reason=\"…\"`",
            "this has no effect: there is no rule nonsense",
            "this has no effect: full-admin finds nothing here, spelling finds nothing here",
            "this suppression ended on 2026-12-31",
        ]
    );
}

#[test]
fn a_rule_that_is_not_asked_does_not_make_its_suppression_useless() {
    let mut case = Case::new().file("a.tf", "# baselint: ignore[spelling]\nblock a {\n  BAD\n}\n").pedantic();
    case.settings.selection.ignore = vec!["spelling".into()];
    assert_eq!(case.told(), ["3 a"]);
}

#[test]
fn one_place_seen_from_many_is_one_finding() {
    let mut case = Case::new().file("a.tf", "block data.doc {\n  BAD\n}\nblock b {\n}\nblock a {\n}\n");
    for (address, resource) in [("b", 1), ("a", 2), ("a", 2)] {
        let mut copy = case.findings[0].clone();
        copy.resource = address.into();
        copy.block = case.resources[resource].block;
        copy.confidence = Confidence::Likely;
        case.findings.push(copy);
    }
    let verdict = case.judge();
    assert_eq!(verdict.findings.len(), 1);
    let first = &verdict.findings[0].finding;
    assert_eq!((&*first.resource, first.confidence), ("a", Confidence::Certain));
    let related: Vec<_> = first.related.iter().map(|related| related.message.as_str()).collect();
    assert_eq!(related, ["also seen from b", "also seen from data.doc"]);
    assert_eq!(case.sources.slice(first.related[0].span.unwrap()), "block b {");
}

#[test]
fn suppressed_for_one_carrier_is_open_for_the_other() {
    let mut case = Case::new().file("a.tf", "block a {\n  BAD\n}\n# baselint: ignore[full-admin]\nblock b {\n}\n");
    let mut copy = case.findings[0].clone();
    copy.resource = "b".into();
    copy.block = case.resources[1].block;
    case.findings.push(copy);
    assert_eq!(case.told(), ["2 a", "~2 b"]);
}

#[test]
fn the_order_of_the_rules_work_does_not_matter() {
    let mut case = Case::new().file("b.tf", TWO).file("a.tf", TWO);
    let related = |message: &str| Related { message: message.into(), span: None };
    case.findings[0].related = vec![related("first")];
    let mut copy = case.findings[0].clone();
    copy.related = vec![related("second")];
    case.findings.push(copy);
    let forward = format!("{:?}", case.judge());
    case.findings.reverse();
    assert_eq!(format!("{:?}", case.judge()), forward);
}

#[test]
fn fingerprints_stay_when_lines_move() {
    let fingerprints = |text: &str| -> Vec<String> {
        Case::new().file("a.tf", text).judge().findings.into_iter().map(|judged| judged.fingerprint).collect()
    };
    let before = fingerprints(TWO);
    assert_eq!(before, fingerprints(&format!("# moved\n\n{TWO}")));
    assert_eq!(before.iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
}

#[test]
fn thresholds() {
    let mut case = Case::new().file("a.tf", TWO);
    for finding in &mut case.findings {
        finding.severity = Severity::Medium;
    }
    assert!(case.judge().fails);
    case.settings.severity = Severity::High;
    let verdict = case.judge();
    assert_eq!((verdict.findings.len(), verdict.below, verdict.fails), (0, 3, true));
    case.settings.fail_on = Severity::High;
    assert!(!case.judge().fails);
}

#[test]
fn suppressed_findings_do_not_fail_a_run() {
    let verdict = Case::new().file("a.tf", &TWO.replace("BAD", "BAD # baselint: ignore[full-admin]")).judge();
    assert_eq!((verdict.findings.len(), verdict.fails), (3, false));
}

#[test]
fn selection() {
    let with = |select: &[&str], ignore: &[&str], pedantic| Selection {
        select: select.iter().map(ToString::to_string).collect(),
        ignore: ignore.iter().map(ToString::to_string).collect(),
        pedantic,
    };
    assert!(with(&[], &[], false).includes(&FULL_ADMIN));
    assert!(!with(&[], &[], false).includes(&SPELLING));
    assert!(with(&[], &[], true).includes(&SPELLING));
    assert!(with(&["spelling"], &[], false).includes(&SPELLING));
    assert!(!with(&["spelling"], &[], true).includes(&FULL_ADMIN));
    assert!(!with(&["full-admin"], &["CKV_AWS_62"], true).includes(&FULL_ADMIN));
}

#[test]
fn undecided_questions_are_told_once() {
    let case = Case::new().file("a.tf", TWO);
    let question = Undecided {
        rule: &FULL_ADMIN,
        resource: Arc::from("a"),
        span: case.findings[0].span,
        why: "var.x has no value here".into(),
    };
    let undecided = vec![question.clone(), question];
    let verdict = judge(&case.sources, &[], Vec::new(), undecided, KNOWN, &case.settings);
    assert_eq!(verdict.undecided.len(), 1);
}
