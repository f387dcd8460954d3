//! The formats, whole, on one hand-made finding of each sort.

use super::*;
use crate::finding::{Confidence, Finding, Level, Metadata, Related};
use crate::gate::Suppressed;
use crate::model::Framework;
use crate::source::Span;

const FULL_ADMIN: Metadata = Metadata {
    id: "iam-policy-full-admin",
    title: "A policy allows everything",
    group: "administrator",
    severity: Severity::Critical,
    level: Level::Default,
    frameworks: &[Framework::Terraform, Framework::CloudFormation],
    aliases: &["checkov:CKV_AWS_62", "checkov:CKV_AWS_63", "trivy:AVD-AWS-0057"],
    controls: &["cis-aws-7.0:2.14", "fsbp:IAM.1"],
    documentation: "\
## What it does

Looks for statements that allow all.

## Why is this bad?

Whoever holds the policy can do all that the account can do: read every secret, delete every backup, and
make new administrators who stay.

## Use instead

Name the actions and the resources that the work needs.

```terraform
actions = [\"s3:GetObject\"]
```
",
};
const PASSWORD: Metadata = Metadata {
    id: "password-policy-short",
    severity: Severity::Medium,
    documentation: "",
    controls: &[],
    aliases: &[],
    ..FULL_ADMIN
};

const TEXT: &str = "\
resource \"aws_iam_policy\" \"admin\" {
  policy = jsonencode({
    Statement = [{ Effect = \"Allow\", Action = \"*\", Resource = \"*\" }]
  })
}

resource \"aws_iam_account_password_policy\" \"p\" {
\tminimum_password_length = 6 # gr\u{1b}[31m\u{f6}\u{df}e
}
";

struct Case {
    sources: Sources,
    findings: Vec<Judged>,
    errors: Vec<InputError>,
    undecided: Vec<Undecided>,
}

fn case() -> Case {
    let sources = Sources::new("/work".into());
    let file = sources.add_text("/work/iam/main, 100%.tf".into(), TEXT.as_bytes().to_vec()).unwrap();
    let span_of = |text: &str| {
        let start = TEXT.find(text).unwrap();
        Span::new(file.id(), start, start + text.len())
    };
    let admin = Finding {
        rule: &FULL_ADMIN,
        severity: Severity::Critical,
        confidence: Confidence::Likely,
        level: Level::Default,
        message: "this statement allows every action on every resource".into(),
        resource: "module.ci[\"a\"].aws_iam_policy.admin".into(),
        resource_type: "aws_iam_policy".into(),
        framework: Framework::Terraform,
        span: span_of("\"*\", Resource = \"*\""),
        block: span_of("resource \"aws_iam_policy\" \"admin\" {"),
        related: vec![
            Related { message: "attached to everyone".into(), span: Some(span_of("minimum_password_length = 6")) },
            Related { message: "no boundary\u{1b}[2J".into(), span: None },
        ],
    };
    let password = Finding {
        rule: &PASSWORD,
        severity: Severity::Medium,
        confidence: Confidence::Certain,
        level: Level::Default,
        message: "6 characters are too few".into(),
        resource: "aws_iam_account_password_policy.p".into(),
        span: span_of("6 # gr\u{1b}"),
        related: Vec::new(),
        ..admin.clone()
    };
    let judged = |finding: &Finding, fingerprint: &str, suppressed| Judged {
        finding: finding.clone(),
        fingerprint: fingerprint.into(),
        suppressed,
    };
    let whole = Finding { span: file.whole(), related: Vec::new(), confidence: Confidence::Certain, ..admin.clone() };
    let accepted = Some(Suppressed { reason: Some("break glass".into()) });
    let findings = vec![
        judged(&admin, "aa:1", None),
        judged(&password, "bb:1", None),
        judged(&password, "bb:2", accepted),
        judged(&whole, "cc:1", None),
    ];
    let errors = vec![
        InputError::of_file("gone", "no such file or directory"),
        InputError::at_line("iam/broken.tf", 12, "a `}` is missing"),
    ];
    let undecided = vec![Undecided {
        rule: &FULL_ADMIN,
        resource: "aws_iam_policy.other".into(),
        span: span_of("jsonencode"),
        why: "var.actions has no value here".into(),
    }];
    Case { sources, findings, errors, undecided }
}

fn written(case: &Case, format: Format, show_undecided: bool) -> String {
    let report = Report {
        sources: &case.sources,
        findings: &case.findings,
        undecided: &case.undecided,
        show_undecided,
        errors: &case.errors,
        files: 2,
        resources: 3,
        below: 1,
        summary: true,
    };
    let mut out = Vec::new();
    write(&report, format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn plain(styled: &str) -> String {
    anstream::adapter::strip_str(styled).to_string()
}

#[test]
fn text() {
    let styled = written(&case(), Format::Text, true);
    insta::assert_snapshot!(plain(&styled));
}

#[test]
fn text_holds_no_control_characters_but_styles() {
    let text = plain(&written(&case(), Format::Text, true));
    assert!(!text.chars().any(|character| character.is_control() && character != '\n'), "{text:?}");
    assert!(text.contains("\\u{1b}"));
}

#[test]
fn json() {
    let text = written(&case(), Format::Json, false).replace(VERSION, "VERSION");
    insta::assert_snapshot!(text);
}

#[test]
fn json_lists_undecided_on_request() {
    let document: serde_json::Value = serde_json::from_str(&written(&case(), Format::Json, true)).unwrap();
    assert_eq!(document["undecided"][0]["why"], "var.actions has no value here");
    assert_eq!(document["summary"]["undecided"], 1);
}

#[test]
fn github() {
    insta::assert_snapshot!(written(&case(), Format::Github, false));
}

#[test]
fn sarif() {
    let text = written(&case(), Format::Sarif, false).replace(VERSION, "VERSION");
    insta::assert_snapshot!(text);
}

#[test]
fn sarif_is_valid() {
    // The published pattern of language tags closes a bracket that it never opened.
    let published = include_str!("../../testdata/schemas/sarif-2.1.0.json").replace("{2}]?$", "{2}$");
    let schema = serde_json::from_str(&published).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let empty = Case { sources: Sources::new("/".into()), findings: vec![], errors: vec![], undecided: vec![] };
    for case in [case(), empty] {
        let document = serde_json::from_str(&written(&case, Format::Sarif, false)).unwrap();
        let errors: Vec<_> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0]);
    }
}

#[test]
fn errors_for_the_terminal() {
    let mut out = Vec::new();
    write_errors(&case().errors, &mut out).unwrap();
    let text = plain(&String::from_utf8(out).unwrap());
    assert_eq!(text, "error: gone: no such file or directory\nerror: iam/broken.tf:12: a `}` is missing\n");
}

#[test]
fn the_list_of_rules() {
    let mut out = Vec::new();
    write_rules_json(&[&FULL_ADMIN], &mut out).unwrap();
    let document: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let rule = &document["rules"][0];
    assert_eq!(rule["aliases"]["checkov"], serde_json::json!(["CKV_AWS_62", "CKV_AWS_63"]));
    assert_eq!(rule["aliases"]["prowler"], serde_json::json!([]));
    assert_eq!(rule["aliases"]["access-analyzer"], serde_json::json!([]));
    assert_eq!(rule["frameworks"], serde_json::json!(["terraform", "cloudformation"]));
}

#[test]
fn an_explanation() {
    let mut out = Vec::new();
    write_explanation(&FULL_ADMIN, &mut out).unwrap();
    insta::assert_snapshot!(plain(&String::from_utf8(out).unwrap()));
}
