//! Input that is broken, hostile, or not what it seems: each is told in `errors` with what to do, in little time and
//! memory, and everything beside it is still checked.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]
#![allow(clippy::format_collect, clippy::format_push_string, reason = "made code reads best as it is written")]

mod common;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use common::{baselint, line, report, write};
use serde_json::Value;

/// A policy with a fault on its line 2.
const ADMINISTRATOR: &str = r#"resource "aws_iam_policy" "admin" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
"#;

/// A debug build on a busy machine; what multiplies itself takes hours.
const PATIENCE: Duration = Duration::from_secs(60);

fn tree() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// The errors of a report as `path:line: message`.
fn errors(report: &Value) -> Vec<String> {
    let errors = report["errors"].as_array().unwrap().iter();
    errors
        .map(|error| {
            let line = error["line"].as_u64().map(|line| format!(":{line}")).unwrap_or_default();
            format!("{}{line}: {}", error["path"].as_str().unwrap(), error["message"].as_str().unwrap())
        })
        .collect()
}

fn findings(report: &Value) -> Vec<String> {
    report["findings"].as_array().unwrap().iter().map(line).collect()
}

/// Checks a file beside one that has a fault; the errors of the former.
fn beside_a_fault(name: &str, text: &str) -> Vec<String> {
    let tree = tree();
    write(tree.path(), name, text);
    write(tree.path(), "beside/main.tf", ADMINISTRATOR);
    let start = Instant::now();
    let report = report(tree.path(), &[]);
    assert!(start.elapsed() < PATIENCE, "{name} takes {:?}", start.elapsed());
    assert!(findings(&report).iter().any(|finding| finding.starts_with("beside/main.tf:2:")), "{report}");
    errors(&report)
}

fn only_error(name: &str, text: &str) -> String {
    let mut errors = beside_a_fault(name, text);
    assert_eq!(errors.len(), 1, "{text}: {errors:?}");
    errors.remove(0)
}

#[test]
fn headers_that_terraform_refuses() {
    for (text, hint) in [
        ("resource \"aws_instance\" {\n}\n", "write `resource \"type\" \"name\""),
        ("resource {\n}\n", "2 labels, and this one 0"),
        ("variable \"a\" \"b\" {\n}\n", "1 labels, and this one 2"),
        ("locals \"a\" {\n}\n", "0 labels, and this one 1"),
        ("resouce \"aws_instance\" \"a\" {\n}\n", "did you mean \"resource\"?"),
        ("varable \"a\" {\n}\n", "did you mean \"variable\"?"),
    ] {
        let error = only_error("main.tf", text);
        assert!(error.starts_with("main.tf:1: ") && error.contains(hint), "{error}");
    }
    // Of a later Terraform than is known here.
    assert_eq!(beside_a_fault("main.tf", "quux \"a\" \"b\" \"c\" {\n}\n"), Vec::<String>::new());
}

#[test]
fn an_argument_without_a_value_in_any_block() {
    for block in ["resource \"aws_instance\" \"a\"", "variable \"a\"", "output \"a\"", "locals", "module \"m\"", "quux"]
    {
        let error = only_error("main.tf", &format!("{block} {{\n  a = 1\n  b =\n}}\n"));
        assert!(error.starts_with("main.tf:3: this argument has no value"), "{error}");
    }
}

#[test]
fn depth_ends_in_an_error() {
    let deep = |open: &str, middle: &str, close: &str| {
        let value = format!("{}{middle}{}", open.repeat(20_000), close.repeat(20_000));
        format!("locals {{\n  x = {value}\n}}\nresource \"aws_iam_policy\" \"a\" {{\n  policy = local.x\n}}\n")
    };
    for text in [
        deep("[", "", "]"),
        deep("(", "1", ")"),
        deep("{a=", "1", "}"),
        deep("!", "true", ""),
        deep("\"${", "1", "}\""),
        deep("true ? ", "1", " : 1"),
        deep("f(", "", ")"),
        deep("a[", "1", "]"),
        deep("1 + ", "1", ""),
    ] {
        assert!(only_error("main.tf", &text).starts_with("main.tf:2: "));
    }
    for open in ["[", "{\"a\":"] {
        let text = format!("{{\"resource\":{{\"aws_iam_policy\":{{\"a\":{}", open.repeat(20_000));
        assert!(only_error("main.tf.json", &text).starts_with("main.tf.json:1: "));
    }
    for value in ["[".repeat(20_000), "{a: ".repeat(20_000), "!If [a, ".repeat(20_000)] {
        let text = format!("Resources:\n  A:\n    Type: AWS::IAM::User\n    Properties:\n      UserName: {value}\n");
        let error = only_error("template.yaml", &text);
        assert!(error.starts_with("template.yaml:5: "), "{error}");
    }
}

#[test]
fn code_that_multiplies_itself_ends() {
    let doubled = |step: &str| {
        let steps: String =
            (0..60).map(|at| format!("  a{at} = {}\n", step.replace('@', &(at + 1).to_string()))).collect();
        format!("locals {{\n{steps}  a60 = \"*\"\n}}\nresource \"aws_iam_policy\" \"a\" {{\n  policy = local.a0\n}}\n")
    };
    let many =
        "locals {\n  k = range(1000)\n  many = flatten([for x in local.k : [for y in range(50) : \"${x}-${y}\"]])\n";
    let big = "  t0 = \"0123456789abcdef\"\n".to_owned()
        + &(0..17).map(|at| format!("  t{} = \"${{local.t{at}}}${{local.t{at}}}\"\n", at + 1)).collect::<String>();
    let with = |value: &str| {
        format!("variable \"x\" {{}}\n{many}{big}}}\nresource \"aws_iam_policy\" \"a\" {{\n  policy = {value}\n}}\n")
    };
    for text in [
        doubled("\"${local.a@}${local.a@}\""),
        doubled("[local.a@, local.a@]"),
        doubled("jsonencode([local.a@, local.a@])"),
        with("[for x in local.k : [for y in local.k : \"${local.t17}${x}\"]]"),
        with("[for x in local.many : contains(local.many, x)]"),
        with("[for x in local.k : sort(local.many)]"),
        with("[for x in local.k : replace(local.t17, \"0\", \"00\")]"),
        with("formatlist(\"%s%s\", local.many, local.t17)"),
        with("[for x in local.k : split(\"0\", local.t17)]"),
        with("[for x in local.k : local.many == concat(local.many, [])]"),
        with("join(\",\", [for x in local.many : \"${var.x[x]}${local.t17}\"])"),
        with(&format!("regexall(\"a{{0,1000}}a{{0,1000}}a{{0,1000}}b\", \"{}\")", "a".repeat(100_000))),
        with(&format!("var.x{}", ".a".repeat(50_000))),
        "resource \"aws_iam_policy\" \"a\" {\n  count  = 1000000000\n  policy = \"{}\"\n}\n".to_owned(),
    ] {
        for error in beside_a_fault("main.tf", &text) {
            let is_bound =
                ["more than 1000 instances", "more work than one is given"].iter().any(|b| error.contains(b));
            assert!(is_bound, "{error}");
        }
    }
}

#[test]
fn links_of_aliases_end() {
    let mut text = "x:\n  a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n".to_owned();
    for (name, of) in ('b'..='l').zip('a'..) {
        text.push_str(&format!("  {name}: &{name} [{}]\n", vec![format!("*{of}"); 10].join(", ")));
    }
    text.push_str("Resources:\n  A:\n    Type: AWS::IAM::User\n    Properties:\n      UserName: *l\n");
    assert!(only_error("template.yaml", &text).contains("nodes"));
}

#[test]
fn many_principals_take_little_each() {
    let text: String = (0..3000)
        .map(|at| {
            format!(
                "resource \"aws_iam_user\" \"u{at}\" {{\n  name = \"u{at}\"\n}}\n\
                 resource \"aws_iam_user_policy_attachment\" \"a{at}\" {{\n  user = \"u{at}\"\n  \
                 policy_arn = \"arn:aws:iam::aws:policy/ReadOnlyAccess\"\n}}\n"
            )
        })
        .collect();
    assert_eq!(beside_a_fault("main.tf", &text), Vec::<String>::new());
}

#[test]
fn other_encodings() {
    let tree = tree();
    let template: Vec<u8> = "Resources: {}\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(tree.path().join("template.yaml"), [b"\xff\xfe".as_slice(), &template].concat()).unwrap();
    fs::write(tree.path().join("main.tf"), b"# \xe9t\xe9\n").unwrap();
    write(tree.path(), "other/main.tf", ADMINISTRATOR);
    // In a directory it may be anything.
    let all = report(tree.path(), &[]);
    assert_eq!(errors(&all), ["main.tf:1: is not valid UTF-8; save the file as UTF-8"]);
    assert_eq!(findings(&all).len(), 1);
    let named = report(tree.path(), &["template.yaml"]);
    assert_eq!(errors(&named), ["template.yaml:1: is not valid UTF-8; save the file as UTF-8"]);
    write(tree.path(), "b/main.tf", &format!("\u{feff}{}", ADMINISTRATOR.replace('\n', "\r\n")));
    assert!(findings(&report(tree.path(), &["b"]))[0].starts_with("b/main.tf:2:67 "));
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;

    #[test]
    fn what_is_no_file() {
        let tree = tree();
        let root = tree.path();
        for pipe in ["main.tf", "template.yaml"] {
            assert!(Command::new("mkfifo").arg(root.join(pipe)).status().unwrap().success());
        }
        symlink("/dev/zero", root.join("zero.tf")).unwrap();
        symlink("nowhere", root.join("nowhere.tf")).unwrap();
        symlink("circle.tf", root.join("circle.tf")).unwrap();
        symlink("..", root.join("up")).unwrap();
        // A directory's name is its own affair.
        write(root, "directory.tf/main.tf", ADMINISTRATOR);
        write(root, "module/directory.tf/x", "");
        write(root, "module/main.tf", "");
        write(root, "caller/main.tf", "module \"m\" {\n  source = \"../module\"\n}\n");
        let all = report(root, &[]);
        assert_eq!(findings(&all).len(), 1, "{all}");
        let errors = errors(&all);
        assert_eq!(errors.len(), 4, "{errors:?}");
        assert!(errors[0].starts_with("circle.tf: cannot be read"));
        assert_eq!(errors[1], "main.tf: is not a regular file and was not checked");
        assert!(errors[2].starts_with("nowhere.tf: cannot be read: there is no such file"));
        assert_eq!(errors[3], "zero.tf: is not a regular file and was not checked");
        for named in ["main.tf", "template.yaml", "zero.tf", "/dev/zero"] {
            assert_eq!(baselint(root, &["check", named]).status.code(), Some(2), "{named}");
        }
    }

    #[test]
    fn links_to_files_are_files_of_their_directory_and_one_fault_is_one_finding() {
        let tree = tree();
        let root = tree.path();
        write(root, "shared/common.tf", "locals {\n  actions = \"*\"\n}\n");
        let policy = "resource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Statement = { Effect = \"Allow\", \
                      Action = local.actions, Resource = \"*\" } })\n}\n";
        for stack in ["one", "two"] {
            write(root, &format!("{stack}/main.tf"), policy);
            symlink("../shared/common.tf", root.join(stack).join("common.tf")).unwrap();
        }
        let all = report(root, &[]);
        assert_eq!(findings(&all), ["shared/common.tf:2:13 iam-policy-full-admin aws_iam_policy.p"], "{all}");
        symlink("one", root.join("link")).unwrap();
        let twice = report(root, &["one", "link", "link/main.tf", "./one/../one", "one/common.tf"]);
        assert_eq!(findings(&twice).len(), 1, "{twice}");
        assert_eq!(twice["summary"]["resources"], 1);
    }

    #[test]
    fn names_that_are_not_utf8() {
        let tree = tree();
        fs::write(tree.path().join(OsStr::from_bytes(b"m\xffain.tf")), ADMINISTRATOR).unwrap();
        assert_eq!(
            findings(&report(tree.path(), &[])),
            ["m\u{fffd}ain.tf:2:67 iam-policy-full-admin aws_iam_policy.admin"]
        );
    }

    #[test]
    fn functions_do_not_read_what_lies_outside() {
        let tree = tree();
        let root = tree.path();
        write(root, "out/secret.json", "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}");
        write(root, "in/x", "");
        symlink("../out/secret.json", root.join("in/link.json")).unwrap();
        for source in ["link.json", "../out/secret.json", "/etc/passwd", "/proc/self/environ", "/dev/zero"] {
            write(
                root,
                "in/main.tf",
                &format!("resource \"aws_iam_policy\" \"p\" {{\n  policy = file(\"{source}\")\n}}\n"),
            );
            let report = report(root, &["in"]);
            assert_eq!((findings(&report), errors(&report)), (vec![], vec![]), "{source}");
            assert!(report["summary"]["undecided"].as_u64() >= Some(1), "{source}");
        }
    }
}

#[test]
fn a_report_that_cannot_be_written() {
    let tree = tree();
    write(tree.path(), "main.tf", ADMINISTRATOR);
    for (target, hint) in [("nowhere/report.json", "there is no directory for it"), (".", "directory")] {
        let output = baselint(tree.path(), &["check", "--output", target]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2));
        assert!(told.contains(hint) && !told.contains(".baselint-"), "{told}");
    }
    assert_eq!(files_in(tree.path()), ["main.tf"]);
}

fn files_in(directory: &Path) -> Vec<String> {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn suppressions_in_metadata_that_are_written_wrongly_hold_for_nothing() {
    for (entry, hint) in [
        ("{ignore: [{id: iam-policy-full-admin, untill: 2020-01-01}]}", "`untill` is not known"),
        ("{ignore: [{id: iam-policy-full-admin, until: []}]}", "`until` is not a text"),
        ("{ignore: [{id: iam-policy-full-admin, until: 20200101}]}", "is not a day"),
        ("{ignores: [iam-policy-full-admin]}", "write `baselint:"),
        ("iam-policy-full-admin", "write `baselint:"),
        ("{ignore: [5]}", "names no rule"),
    ] {
        let tree = tree();
        let text = format!(
            "Resources:\n  A:\n    Type: AWS::IAM::ManagedPolicy\n    Metadata:\n      baselint: {entry}\n    \
             Properties:\n      PolicyDocument:\n        Statement: {{Effect: Allow, Action: '*', Resource: '*'}}\n"
        );
        write(tree.path(), "template.yaml", &text);
        let report = report(tree.path(), &["--pedantic"]);
        let findings = report["findings"].as_array().unwrap();
        let notice = findings.iter().find(|finding| finding["rule"] == "suppression-unused");
        let notice = notice.unwrap_or_else(|| panic!("{entry}: {report}"))["message"].as_str().unwrap();
        assert!(notice.contains(hint), "{notice}");
        assert!(findings.iter().any(|f| f["rule"] == "iam-policy-full-admin" && f["suppressed"].is_null()), "{entry}");
    }
}
