//! `access diff --since`: revisions of a git repository.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn git(directory: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main"])
        .args(arguments)
        .current_dir(directory)
        .output()
        .expect("git runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn policy(action: &str) -> String {
    format!(
        r#"resource "aws_iam_user" "al" {{
  name = "al"
}}

resource "aws_iam_user_policy" "p" {{
  user   = aws_iam_user.al.name
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "{action}", Resource = "*" }}]
  }})
}}
"#
    )
}

/// A repository with two commits: reading, then writing too.
fn repository() -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    git(tree.path(), &["init", "--quiet"]);
    for action in ["s3:GetObject", "s3:PutObject"] {
        common::write(tree.path(), "infra/main.tf", &policy(action));
        git(tree.path(), &["add", "."]);
        git(tree.path(), &["commit", "--quiet", "--message", action]);
    }
    tree
}

fn diff(directory: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = common::baselint(directory, &[&["access", "diff", "--format", "json"], arguments].concat());
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        panic!("{}", String::from_utf8_lossy(&output.stderr));
    });
    (output.status.code(), report)
}

fn refused(directory: &Path, arguments: &[&str]) -> String {
    let output = common::baselint(directory, &[&["access", "diff"], arguments].concat());
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_revision_is_compared_with_the_work_tree_and_paths_are_those_of_the_tree() {
    let tree = repository();
    let status = |tree: &Path| Command::new("git").args(["status", "--porcelain"]).current_dir(tree).output().unwrap();
    let (code, report) = diff(tree.path(), &["--since", "HEAD~1"]);
    assert_eq!(code, Some(1));
    let subject = &report["principals"][0];
    assert_eq!(subject["address"], "aws_iam_user.al");
    assert_eq!(subject["gained"][0]["actions"][0], "s3:PutObject");
    assert_eq!(subject["gained"][0]["location"]["path"], "infra/main.tf");
    assert_eq!(subject["lost"][0]["actions"][0], "s3:GetObject");
    assert_eq!(subject["lost"][0]["location"]["path"], "infra/main.tf");
    assert_eq!(report["errors"].as_array().unwrap().len(), 0);
    assert!(status(tree.path()).stdout.is_empty());
    // From within, and what is not committed counts.
    let within = tree.path().join("infra");
    common::write(&within, "main.tf", &policy("s3:*"));
    let (_, report) = diff(&within, &["--since", "HEAD"]);
    assert_eq!(report["principals"][0]["gained"][0]["location"]["path"], "main.tf");
    let (code, report) = diff(&within, &["--since", "HEAD~1", "--until", "HEAD~1"]);
    assert_eq!((code, report["principals"].as_array().unwrap().len()), (Some(0), 0));
}

#[test]
fn what_fails_a_run_is_chosen() {
    let tree = repository();
    for (what, code) in [("any", 1), ("public", 0), ("escalation", 0), ("undecided", 1)] {
        assert_eq!(diff(tree.path(), &["--since", "HEAD~1", "--fail-on", what]).0, Some(code), "{what}");
    }
}

#[test]
fn what_git_ignores_makes_no_difference() {
    let tree = repository();
    common::write(tree.path(), ".gitignore", "*.tfvars\n");
    let with_variable = policy("${var.action}") + "variable \"action\" {}\n";
    common::write(tree.path(), "infra/main.tf", &with_variable);
    common::write(tree.path(), "infra/terraform.tfvars", "action = \"s3:*\"\n");
    git(tree.path(), &["add", "."]);
    git(tree.path(), &["commit", "--quiet", "--message", "variable"]);
    let (code, report) = diff(tree.path(), &["--since", "HEAD"]);
    assert_eq!((code, report["principals"].as_array().unwrap().len()), (Some(0), 0), "{report}");
}

#[test]
fn links_out_of_the_repository_are_left_out() {
    #[cfg(unix)]
    {
        let tree = repository();
        std::os::unix::fs::symlink("/etc/hostname", tree.path().join("infra/out.tf")).unwrap();
        git(tree.path(), &["add", "."]);
        git(tree.path(), &["commit", "--quiet", "--message", "link"]);
        std::fs::remove_file(tree.path().join("infra/out.tf")).unwrap();
        let output = common::baselint(tree.path(), &["access", "diff", "--since", "HEAD"]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{told}");
        assert!(told.contains("infra/out.tf is a link out of the repository and is left out"), "{told}");
    }
}

#[test]
fn hooks_and_filters_do_not_run() {
    let tree = repository();
    let mark = tree.path().join("ran");
    for name in ["post-checkout", "post-index-change", "reference-transaction"] {
        common::write(&tree.path().join(".git/hooks"), name, &format!("#!/bin/sh\ntouch {}\n", mark.display()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let hook = tree.path().join(".git/hooks").join(name);
            std::fs::set_permissions(hook, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    git(tree.path(), &["config", "core.fsmonitor", &format!("touch {}", mark.display())]);
    git(tree.path(), &["config", "filter.x.smudge", &format!("touch {}; cat", mark.display())]);
    common::write(tree.path(), ".gitattributes", "*.tf filter=x\n");
    let _ = std::fs::remove_file(&mark);
    assert_eq!(diff(tree.path(), &["--since", "HEAD~1"]).0, Some(1));
    assert!(!mark.exists());
}

#[test]
fn what_cannot_be_had_is_said() {
    let tree = repository();
    assert!(refused(tree.path(), &["--since", "nowhere"]).contains("there is no revision \"nowhere\""));
    assert!(refused(tree.path(), &["--since=-x"]).contains("a revision does not start with \"-\""));
    assert!(refused(tree.path(), &["--since", "HEAD", "absent"]).contains("no such file or directory"));
    assert!(refused(tree.path(), &["only-one"]).contains("OLD NEW"));
    let outside = tempfile::tempdir().unwrap();
    assert!(refused(outside.path(), &["--since", "HEAD"]).contains("lies in no git repository"));
    let output = Command::new(env!("CARGO_BIN_EXE_baselint"))
        .args(["access", "diff", "--since", "HEAD"])
        .current_dir(tree.path())
        .env("PATH", outside.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("git was not found"));
}
