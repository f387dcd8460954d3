//! `simulate` from outside: lines in and out, policies from files and from the code.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;

use common::{baselint, write};

const CODE: &str = r#"
resource "aws_iam_role" "ci" {
  name               = "ci"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role" "admin" {
  name               = "admin"
  path               = "/ops/"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.ci.arn]
    }
  }
}

resource "aws_iam_role_policy_attachment" "ci" {
  role       = aws_iam_role.ci.name
  policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}

resource "aws_iam_role_policy" "ci" {
  role = aws_iam_role.ci.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Pass", Effect = "Allow", Action = "iam:PassRole", Resource = aws_iam_role.admin.arn }]
  })
}

resource "aws_iam_role" "open" {
  name                = "open"
  assume_role_policy  = data.aws_iam_policy_document.trust.json
  managed_policy_arns = [var.policy]
}

variable "policy" {}

resource "aws_s3_bucket" "logs" {
  bucket_prefix = "logs"
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Tls"
      Effect    = "Deny"
      Action    = "s3:*"
      Principal = "*"
      Resource  = "${aws_s3_bucket.logs.arn}/*"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
"#;

/// The first lines of a run's output, of which the answer is the first.
fn answer(directory: &Path, arguments: &[&str]) -> String {
    let output = baselint(directory, &[&["simulate"], arguments].concat());
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

#[test]
fn policies_come_from_the_code() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "main.tf", CODE);
    let ask = |principal: &str, action: &str, resource: &str, more: &[&str]| {
        let arguments = [".", "--principal", principal, "--action", action, "--resource", resource];
        answer(directory.path(), &[&arguments, more].concat())
    };
    let admin = "arn:aws:iam::123456789012:role/ops/admin";
    for resource in [admin, "aws_iam_role.admin"] {
        let allowed = ask("aws_iam_role.ci", "iam:PassRole", resource, &[]);
        assert_eq!(allowed, "allowed\n  by statement Pass of aws_iam_role_policy.ci\n");
    }
    assert!(ask("aws_iam_role.ci", "iam:CreateUser", "*", &[]).starts_with("implicitly-denied"));
    // AWS's own policy, the role's trust policy, and a role that is named by reference.
    let assumed = ask("aws_iam_role.ci", "sts:AssumeRole", "aws_iam_role.admin", &[]);
    assert!(assumed.contains("AWS's PowerUserAccess") && assumed.contains("of aws_iam_role.admin"), "{assumed}");
    assert!(ask("ec2.amazonaws.com", "sts:AssumeRole", "aws_iam_role.ci", &[]).starts_with("allowed"));
    assert!(ask("ec2.amazonaws.com", "sts:AssumeRole", "aws_iam_role.admin", &[]).starts_with("implicitly-denied"));
    // The bucket's policy is found, and its name by reference.
    let object = "aws_s3_bucket.logs/x";
    assert!(ask("aws_iam_role.ci", "s3:GetObject", object, &[]).starts_with("allowed"));
    let plain = ask("aws_iam_role.ci", "s3:GetObject", object, &["--context", "aws:SecureTransport=false"]);
    assert_eq!(plain, "explicitly-denied\n  by statement Tls of aws_s3_bucket_policy.logs\n");
    // A policy that is not known.
    assert!(ask("aws_iam_role.open", "s3:GetObject", object, &[]).starts_with("unknown"));
    let new = ask("aws_iam_role.ci", "s3:NoSuchAction", object, &[]);
    assert!(new.starts_with("allowed") && new.contains("known as of 20"), "{new}");
    let nearest = ask("aws_iam_role.cu", "s3:GetObject", object, &[]);
    assert!(nearest.contains("did you mean aws_iam_role.ci?"), "{nearest}");
}

#[test]
fn policies_of_the_organization_come_from_the_code() {
    let directory = tempfile::tempdir().unwrap();
    let organization = r#"
resource "aws_organizations_policy" "no_keys" {
  name = "no-keys"
  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "NoKeys", Effect = "Deny", Action = "kms:*", Resource = "*" }]
  })
}

resource "aws_organizations_policy_attachment" "no_keys" {
  policy_id = aws_organizations_policy.no_keys.id
  target_id = "123456789012"
}

resource "aws_iam_role_policy" "all" {
  role   = aws_iam_role.ci.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}

resource "aws_lambda_function" "worker" {
  function_name = "worker"
}
"#;
    write(directory.path(), "main.tf", &format!("{CODE}{organization}"));
    let ask = |action: &str, resource: &str, more: &[&str]| {
        let arguments = [".", "--principal", "aws_iam_role.ci", "--action", action, "--resource", resource];
        answer(directory.path(), &[&arguments, more].concat())
    };
    let denied = ask("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/k", &[]);
    assert_eq!(denied, "explicitly-denied\n  by statement NoKeys of aws_organizations_policy.no_keys\n");
    assert!(ask("kms:ListKeys", "*", &["--account", "444455556666"]).starts_with("allowed"));
    // A resource of a kind that no rule reads.
    assert!(ask("lambda:UpdateFunctionCode", "aws_lambda_function.worker", &[]).starts_with("allowed"));
}

#[test]
fn policies_come_from_files() {
    let directory = tempfile::tempdir().unwrap();
    let allow = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/ci"}}}}"#;
    write(directory.path(), "all.json", allow);
    write(directory.path(), "s3.json", r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#);
    write(directory.path(), "wrong.json", "{\n  \"Statement\": [\n    {\"Effect\": \"Alow\"}\n  ]\n}");
    let ask = |action: &str, more: &[&str]| {
        let session = "arn:aws:sts::123456789012:assumed-role/ci/s";
        let arguments = ["--principal", session, "--action", action, "--policy", "all.json"];
        answer(directory.path(), &[&arguments, more].concat())
    };
    assert_eq!(ask("ec2:DescribeInstances", &[]), "allowed\n  by statement 1 of all.json\n");
    for limit in ["--boundary", "--session-policy", "--scp"] {
        assert!(ask("ec2:DescribeInstances", &[limit, "s3.json"]).starts_with("implicitly-denied"), "{limit}");
        assert!(ask("s3:ListAllMyBuckets", &[limit, "s3.json"]).starts_with("allowed"), "{limit}");
    }
    assert!(ask("ec2:DescribeInstances", &["--scp", "s3.json,all.json"]).starts_with("allowed"));
    let wrong = ask("s3:ListAllMyBuckets", &["--boundary", "wrong.json"]);
    assert!(wrong.contains("wrong.json:3"), "{wrong}");
    assert!(wrong.contains("the Effect must be"), "{wrong}");
    let missing = ask("s3:ListAllMyBuckets", &["--boundary", "none.json"]);
    assert!(missing.contains("none.json"), "{missing}");
}

#[test]
fn a_bad_line_is_told_and_the_rest_go_on() {
    let directory = tempfile::tempdir().unwrap();
    let good = r#"{"id":ID,"request":{"action":"s3:GetObject","resource":"arn:aws:s3:::b/x","principal":"anonymous"},"resourcePolicy":{"Statement":{"Sid":"All","Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}}"#;
    let deep = "[".repeat(100_000);
    let long = " ".repeat(3 << 20);
    let lines = [
        &good.replace("ID", "1"),
        "nonsense",
        "",
        &good.replace("ID", "\"two\"").replace("\"Effect\"", "\"Efect\""),
        &good.replace("ID", "3").replace("anonymous", "nobody"),
        &deep,
        &long,
        &good.replace("ID", "{\"a\":[4]}"),
    ];
    write(directory.path(), "in.jsonl", &lines.join("\n"));
    let output = baselint(directory.path(), &["simulate", "--batch", "in.jsonl", "--format", "json"]);
    assert_eq!(output.status.code(), Some(2));
    let answers: Vec<serde_json::Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 7);
    let allowed = serde_json::json!([{"policy": "resourcePolicy", "statement": "All"}]);
    assert_eq!((&answers[0]["id"], &answers[0]["decision"]), (&1.into(), &"allowed".into()));
    assert_eq!(answers[0]["by"], allowed);
    assert_eq!(answers[1]["line"], 2);
    assert_eq!((&answers[2]["id"], &answers[2]["line"]), (&"two".into(), &4.into()));
    assert!(answers[2]["error"].as_str().unwrap().contains("Efect"));
    assert!(answers[3]["error"].as_str().unwrap().contains("nobody"));
    assert_eq!(answers[4]["line"], 6);
    assert_eq!(answers[5]["line"], 7);
    assert_eq!(answers[6]["id"], serde_json::json!({"a": [4]}));
    let missing = baselint(directory.path(), &["simulate", "--batch", "none.jsonl"]);
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn the_readme_shows_what_is_answered() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let block = common::blocks(&readme).into_iter().find(|block| block.text.contains("baselint simulate")).unwrap();
    let text = block.text.replace(" \\\n", " ");
    let mut shown = text.lines().peekable();
    let mut commands = 0;
    while let Some(command) = shown.next() {
        let arguments: Vec<&str> = command.strip_prefix("$ baselint ").unwrap().split_whitespace().collect();
        let expected: Vec<&str> = std::iter::from_fn(|| shown.next_if(|line| !line.starts_with('$'))).collect();
        let output = String::from_utf8(baselint(root, &arguments).stdout).unwrap();
        assert_eq!(output.lines().collect::<Vec<_>>(), expected, "{command}");
        commands += 1;
    }
    assert_eq!(commands, 2);
}
