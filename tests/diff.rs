//! `diff` from outside: what it says of code that nobody generated, and that it does no more than say it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{baselint, write};
use serde_json::{Value, json};

/// A password policy that is too weak in one way.
const WEAK: &str = r#"# Passwords of people.
resource "aws_iam_account_password_policy" "people" {
  minimum_password_length        = 10 # the old portal's limit
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = true
  require_symbols                = true
  password_reuse_prevention      = 24
  max_password_age               = 90
  allow_users_to_change_password = true
}
"#;

fn diff(directory: &Path, arguments: &[&str]) -> (Value, i32) {
    let output = baselint(directory, &[&["diff", "--format", "json"], arguments].concat());
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    (report, output.status.code().unwrap())
}

fn printed(directory: &Path, arguments: &[&str]) -> String {
    let output = baselint(directory, &[&["diff"], arguments].concat());
    String::from_utf8(output.stdout).unwrap()
}

fn control<'r>(report: &'r Value, id: &str) -> &'r Value {
    report["controls"].as_array().unwrap().iter().find(|control| control["id"] == id).unwrap()
}

fn statuses(report: &Value, ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| control(report, id)["status"].as_str().unwrap().to_owned()).collect()
}

/// Applies the patch; nothing where there is no git.
fn apply(directory: &Path, arguments: &[&str]) -> Option<()> {
    let git = |arguments: &[&str]| Command::new("git").args(arguments).current_dir(directory).output();
    if !git(&["--version"]).is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: the patch is applied with git, and there is none on this machine");
        return None;
    }
    let patch = baselint(directory, &[&["diff", "--format", "patch", "--quiet"], arguments].concat()).stdout;
    std::fs::write(directory.join(".the.patch"), patch).unwrap();
    assert!(git(&["init", "--quiet"]).unwrap().status.success());
    let applied = git(&["apply", ".the.patch"]).unwrap();
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
    Some(())
}

fn read(directory: &Path, name: &str) -> String {
    std::fs::read_to_string(directory.join(name)).unwrap()
}

#[test]
fn the_table_and_the_patch_read_well() {
    let directory = tempfile::tempdir().unwrap();
    let generated = ["generate", "--format", "terraform", "--profile", "minimal", "--output", ".", "--quiet"];
    assert!(baselint(directory.path(), &generated).status.success());
    write(directory.path(), "password_policy.tf", WEAK);
    std::fs::remove_file(directory.path().join("budget.tf")).unwrap();
    insta::assert_snapshot!("text", printed(directory.path(), &[]));
    insta::assert_snapshot!("json", printed(directory.path(), &["--format", "json"]));
}

#[test]
fn an_empty_directory_lacks_everything() {
    let directory = tempfile::tempdir().unwrap();
    let (report, code) = diff(directory.path(), &[]);
    assert_eq!(code, 1);
    assert!(report["controls"].as_array().unwrap().iter().all(|control| control["status"] == "missing"), "{report:#}");
    for language in ["terraform", "cloudformation"] {
        let directory = tempfile::tempdir().unwrap();
        let Some(()) = apply(directory.path(), &["--format-for-new", language]) else { return };
        let (report, code) = diff(directory.path(), &[]);
        assert_eq!((code, &report["framework"]), (0, &json!(language)), "{report:#}");
    }
}

#[test]
fn two_definitions_conflict_and_both_are_named() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "a/main.tf", WEAK);
    write(directory.path(), "b/main.tf", &WEAK.replace("people", "robots"));
    let (report, code) = diff(directory.path(), &[]);
    let control = control(&report, "password-policy");
    assert_eq!((code, control["status"].as_str()), (1, Some("conflicting")));
    let text = printed(directory.path(), &[]);
    for place in ["a/main.tf:3:36", "b/main.tf:3:36"] {
        assert!(text.contains(place), "{place} is not in {text}");
    }
    let addresses = ["aws_iam_account_password_policy.people", "aws_iam_account_password_policy.robots"];
    assert_eq!(control["resources"], json!(addresses));
    assert!(report["by_hand"][0].as_str().is_some_and(|what| addresses.iter().all(|address| what.contains(address))));
}

#[test]
fn what_the_code_does_not_tell_is_undecided_and_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let text = WEAK.replace("= 10 ", "= var.length ") + "\nvariable \"length\" {}\n";
    write(directory.path(), "main.tf", &text);
    write(
        directory.path(),
        "trail.tf",
        "module \"logs\" {\n  source = \"example/logs/aws\"\n}\n\nresource \"aws_cloudtrail\" \"all\" {\n  name                       = \"all\"\n  \
         s3_bucket_name             = module.logs.bucket\n  is_multi_region_trail      = true\n  enable_log_file_validation = true\n}\n",
    );
    let (report, _) = diff(directory.path(), &[]);
    assert_eq!(statuses(&report, &["password-policy", "trail", "trail-bucket"]), ["undecided", "equal", "undecided"]);
    let why = control(&report, "password-policy")["undecided"][0]["why"].as_str().unwrap();
    assert!(why.contains("var.length"), "{why}");
    let why = control(&report, "trail-bucket")["undecided"][0]["why"].as_str().unwrap();
    assert!(why.contains("example/logs/aws"), "{why}");
    // The bucket is somebody else's: the patch makes no second one.
    let patch = printed(directory.path(), &["--format", "patch", "--quiet"]);
    assert!(patch.contains("aws_iam_group") && !patch.contains("\"aws_s3_bucket\" \"trail\""), "{patch}");
}

#[test]
fn stronger_is_fine() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "main.tf", &WEAK.replace("= 10 ", "= 20 "));
    let (report, _) = diff(directory.path(), &[]);
    assert_eq!(statuses(&report, &["password-policy"]), ["stronger"]);
}

#[test]
fn both_languages_in_one_tree_are_one_account() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "infra/passwords.tf", WEAK);
    write(
        directory.path(),
        "stacks/guard.yaml",
        "Resources:\n  Guard:\n    Type: AWS::GuardDuty::Detector\n    Properties:\n      # Too dear.\n      Enable: false\n",
    );
    let (report, code) = diff(directory.path(), &[]);
    assert_eq!(
        (code, statuses(&report, &["password-policy", "guardduty"])),
        (1, vec!["weaker".into(), "weaker".into()])
    );
    let arguments = ["--format-for-new", "cloudformation"];
    let Some(()) = apply(directory.path(), &arguments) else { return };
    assert!(read(directory.path(), "infra/passwords.tf").contains("minimum_password_length        = 14 # the old"));
    let template = read(directory.path(), "stacks/guard.yaml");
    assert!(template.contains("# Too dear.\n      Enable: true") && template.contains("AWS::CloudTrail::Trail"));
    let (report, code) = diff(directory.path(), &arguments);
    assert_eq!(code, 0, "{report:#}");
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_compared() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "passwords.tf", WEAK);
    write(directory.path(), "broken.tf", "# fine\nresource \"aws_cloudtrail\" \"x\" {\n  name = = 1\n}\n");
    write(directory.path(), "broken.yaml", "Resources:\n  A: {Type: AWS::IAM::Group\n");
    let (report, code) = diff(directory.path(), &[]);
    let places: Vec<_> = report["errors"].as_array().unwrap().iter().map(|one| (&one["path"], &one["line"])).collect();
    assert_eq!((code, places.len()), (2, 2), "{places:?}");
    assert_eq!((places[0].0, places[0].1), (&json!("broken.tf"), &json!(3)));
    assert_eq!(statuses(&report, &["password-policy"]), ["weaker"]);
    assert_eq!(diff(directory.path(), &["--exit-zero"]).1, 2);
}

#[test]
fn the_exit_code_may_be_zero() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "main.tf", WEAK);
    assert_eq!((diff(directory.path(), &[]).1, diff(directory.path(), &["--exit-zero"]).1), (1, 0));
}

#[test]
fn wrong_use_says_what_would_be_right() {
    let directory = tempfile::tempdir().unwrap();
    for (arguments, told) in [
        (&["--profile", "minimum"][..], "minimal"),
        (&["--set", "pasword_minimum_length=14"][..], "did you mean password_minimum_length?"),
        (&["--set", "password_minimum_length=3"][..], "a whole number from 14 to 128"),
        (&["--format", "sarif"][..], "patch"),
        (&["nowhere"][..], "nowhere"),
    ] {
        let output = baselint(directory.path(), &[&["diff"], arguments].concat());
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(message.contains(told), "{arguments:?}: {message}");
    }
}

#[test]
fn values_say_what_is_wanted() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "main.tf", WEAK);
    let (report, _) = diff(directory.path(), &["--set", "password_minimum_length=20"]);
    assert_eq!(control(&report, "password-policy")["changes"][0]["want"], 20);
}

#[test]
fn nothing_is_written() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "main.tf", WEAK);
    let file = directory.path().join("main.tf");
    let before = std::fs::metadata(&file).unwrap().modified().unwrap();
    for path in [&file, &directory.path().to_owned()] {
        let mut permissions = std::fs::metadata(path).unwrap().permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(path, permissions).unwrap();
    }
    for format in ["text", "json", "patch"] {
        let output = baselint(directory.path(), &["diff", "--format", format]);
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(read(directory.path(), "main.tf"), WEAK);
    assert_eq!(std::fs::metadata(&file).unwrap().modified().unwrap(), before);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    let mut permissions = std::fs::metadata(directory.path()).unwrap().permissions();
    #[allow(clippy::permissions_set_readonly_false, reason = "the directory is temporary")]
    permissions.set_readonly(false);
    std::fs::set_permissions(directory.path(), permissions).unwrap();
}

/// However a file is written, its patch applies, and what is not meant stays as it was.
#[test]
fn files_of_every_sort_are_patched() {
    for (name, text) in [
        ("plain.tf", WEAK.to_owned()),
        ("a name with spaces.tf", WEAK.to_owned()),
        ("Kennwörter-密码.tf", WEAK.replace("people", "ö密")),
        ("windows.tf", WEAK.replace('\n', "\r\n")),
        ("mark.tf", format!("\u{feff}{WEAK}")),
        ("no_final_newline.tf", WEAK.trim_end().to_owned()),
    ] {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("ein Verzeichnis für Übung");
        write(&directory, name, &text);
        let Some(()) = apply(&directory, &[]) else { return };
        assert_eq!(read(&directory, name), text.replace("= 10 ", "= 14 "), "{name}");
        let (report, code) = diff(&directory, &[]);
        assert_eq!(code, 0, "{name} {report:#}");
        // The same from outside.
        assert_eq!(diff(root.path(), &["ein Verzeichnis für Übung"]).1, 0, "{name}");
    }
}

#[test]
fn a_single_file_is_compared() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "infra/main.tf", WEAK);
    let (report, code) = diff(directory.path(), &["infra/main.tf"]);
    assert_eq!((code, statuses(&report, &["password-policy"])), (1, vec!["weaker".to_owned()]));
    let patch = printed(directory.path(), &["infra/main.tf", "--format", "patch", "--quiet"]);
    assert!(patch.contains("--- a/main.tf\n+++ b/main.tf\n"), "{patch}");
}

#[test]
fn a_statement_is_added_beside_one_of_its_name() {
    let directory = tempfile::tempdir().unwrap();
    write(
        directory.path(),
        "trail.yaml",
        r#"Resources:
  Trail:
    Type: AWS::CloudTrail::Trail
    Properties:
      IsLogging: true
      IsMultiRegionTrail: true
      EnableLogFileValidation: true
      S3BucketName: !Ref Bucket
  Bucket:
    Type: AWS::S3::Bucket
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement:
          # Of old.
          - Sid: NobodyElseWritesOrDeletes
            Effect: Deny
            Principal: "*"
            Action: s3:DeleteObject
            Resource: !Sub ${Bucket.Arn}/*
"#,
    );
    let Some(()) = apply(directory.path(), &[]) else { return };
    let template = read(directory.path(), "trail.yaml");
    assert!(template.contains("Sid: NobodyElseWritesOrDeletes2\n") && template.contains("# Of old."), "{template}");
    assert_eq!(diff(directory.path(), &[]).1, 0);
}

#[test]
fn a_policy_written_as_text_is_wrapped_once() {
    let directory = tempfile::tempdir().unwrap();
    write(
        directory.path(),
        "main.tf",
        r#"resource "aws_cloudtrail" "all" {
  name                       = "all"
  s3_bucket_name             = aws_s3_bucket.all.id
  is_multi_region_trail      = true
  enable_log_file_validation = true
}

resource "aws_s3_bucket" "all" {
  bucket = "all-of-it"
}

resource "aws_s3_bucket_policy" "all" {
  bucket = aws_s3_bucket.all.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AclCheck"
      Effect    = "Allow"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Action    = "s3:GetBucketAcl"
      Resource  = aws_s3_bucket.all.arn
    }]
  })
}
"#,
    );
    let Some(()) = apply(directory.path(), &[]) else { return };
    let wrapped = read(directory.path(), "all_hardened.tf");
    assert_eq!(wrapped.matches("\"NobodyElseWritesOrDeletes\"").count(), 1, "{wrapped}");
    let (report, code) = diff(directory.path(), &[]);
    assert_eq!(code, 0, "{report:#}");
}

#[test]
fn a_trail_whose_selectors_are_left_out_records_everything() {
    let directory = tempfile::tempdir().unwrap();
    write(
        directory.path(),
        "main.tf",
        r#"variable "selectors" {
  default = []
}

resource "aws_cloudtrail" "all" {
  name                       = "all"
  s3_bucket_name             = "all"
  is_multi_region_trail      = true
  enable_log_file_validation = true

  dynamic "event_selector" {
    for_each = var.selectors
    content {
      read_write_type = event_selector.value
    }
  }
}
"#,
    );
    assert_eq!(statuses(&diff(directory.path(), &[]).0, &["trail"]), ["equal"]);
}

#[test]
fn a_budget_that_follows_what_was_spent_has_a_limit() {
    let directory = tempfile::tempdir().unwrap();
    write(
        directory.path(),
        "budget.yaml",
        "Resources:
  Budget:
    Type: AWS::Budgets::Budget
    Properties:
      Budget:
        BudgetType: COST
        TimeUnit: MONTHLY
        AutoAdjustData: {AutoAdjustType: HISTORICAL}
      NotificationsWithSubscribers:
        - Notification: {NotificationType: ACTUAL, ComparisonOperator: GREATER_THAN, Threshold: 100}
          Subscribers: [{SubscriptionType: EMAIL, Address: ops@example.org}]
",
    );
    // A template of users is no place for a baseline.
    let user = "  A: {Type: AWS::IAM::User, Properties: {Policies: [{PolicyName: a, PolicyDocument: {Statement: \
                [{Effect: Allow, Action: s3:GetObject, Resource: '*'}]}}]}}\n";
    write(directory.path(), "tests/users.yaml", &format!("Resources:\n{user}{}", user.replace("  A:", "  B:")));
    assert_eq!(statuses(&diff(directory.path(), &[]).0, &["spending-alarm", "groups"]), ["equal", "missing"]);
    let patch = printed(directory.path(), &["--format", "patch", "--quiet"]);
    assert!(patch.contains("+++ b/budget.yaml") && !patch.contains("b/tests/"), "{patch}");
}

#[test]
fn each_detector_gets_its_plans() {
    let directory = tempfile::tempdir().unwrap();
    write(
        directory.path(),
        "main.tf",
        r#"resource "aws_guardduty_detector" "here" {
  enable = true
}

resource "aws_guardduty_detector" "there" {
  count  = 1
  enable = true
}
"#,
    );
    let Some(()) = apply(directory.path(), &[]) else { return };
    let features = read(directory.path(), "guardduty_features.tf");
    assert!(features.contains("\"aws_guardduty_detector_feature\" \"here\""), "{features}");
    assert!(features.contains("toset(length(aws_guardduty_detector.there) == 0 ? [] : ["), "{features}");
    let (report, code) = diff(directory.path(), &[]);
    assert_eq!((code, &report["errors"]), (0, &json!([])), "{report:#}");
}

#[test]
fn a_bucket_that_others_write_to_is_left_to_a_person() {
    let directory = tempfile::tempdir().unwrap();
    write(
        directory.path(),
        "trail.yaml",
        r#"Resources:
  Trail:
    Type: AWS::CloudTrail::Trail
    Properties:
      IsLogging: true
      IsMultiRegionTrail: true
      S3BucketName: !Ref Bucket
  Bucket:
    Type: AWS::S3::Bucket
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {AWS: "arn:aws:iam::127311923021:root"}
            Action: s3:PutObject
            Resource: !Sub ${Bucket.Arn}/load-balancer/*
"#,
    );
    let (report, _) = diff(directory.path(), &[]);
    let by_hand: Vec<&str> = report["by_hand"].as_array().unwrap().iter().map(|what| what.as_str().unwrap()).collect();
    for action in ["writing", "deleting"] {
        let told =
            format!("Policy: deny {action} to everybody but AWS's services, once arn:aws:iam::127311923021:root");
        assert!(by_hand.iter().any(|what| what.starts_with(&told)), "{by_hand:?}");
    }
    let Some(()) = apply(directory.path(), &[]) else { return };
    let (report, code) = diff(directory.path(), &[]);
    let attributes: Vec<_> = control(&report, "trail-bucket")["changes"].as_array().unwrap().iter().collect();
    assert_eq!((code, attributes.len()), (1, 2), "{attributes:#?}");
    assert!(read(directory.path(), "trail.yaml").contains("Sid: OnlyOverTLS"));
}

#[test]
fn a_called_module_is_not_asked_for_more() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "main.tf", WEAK);
    write(directory.path(), "examples/simple/main.tf", "module \"account\" {\n  source = \"../../\"\n}\n");
    let Some(()) = apply(directory.path(), &[]) else { return };
    assert!(read(directory.path(), "main.tf").contains("= 14 "));
    assert!(
        !directory.path().join("variables.tf").exists()
            && directory.path().join("examples/simple/variables.tf").exists()
    );
    let (report, code) = diff(directory.path(), &[]);
    assert_eq!(code, 0, "{report:#}");
}
