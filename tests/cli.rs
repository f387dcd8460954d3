//! The command line from outside: exit codes, streams, files. What the rules find is tested elsewhere.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const BASELINT: &str = env!("CARGO_BIN_EXE_baselint");

fn baselint(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(BASELINT).args(arguments).current_dir(directory).env_remove("RUST_BACKTRACE").output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A directory with one harmless file.
fn harmless() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("main.tf"), "locals {\n  region = \"eu-west-1\"\n}\n").unwrap();
    directory
}

#[test]
fn wrong_use_exits_with_2_and_names_what_is_right() {
    let directory = harmless();
    for (arguments, hint) in [
        (&["chekc"][..], "check"),
        (&["check", "--format", "xml"], "sarif"),
        (&["check", "--fail-on", "severe"], "critical"),
        (&["check", "--threads", "0"], "1.."),
        (&["check", "--select", "supression-unused"], "suppression-unused"),
        (&["check", "--ignore", "nonsense"], "baselint rules"),
        (&["explain", "supression-unused"], "suppression-unused"),
    ] {
        let output = baselint(directory.path(), arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(stderr(&output).contains(hint), "{arguments:?}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn help_and_version_go_to_the_standard_output() {
    let directory = harmless();
    for arguments in [&["--help"][..], &["--version"], &["check", "--help"]] {
        let output = baselint(directory.path(), arguments);
        assert_eq!((code(&output), stderr(&output)), (0, ""));
        assert!(!output.stdout.is_empty());
    }
    assert_eq!(stdout(&baselint(directory.path(), &["-V"])), concat!("baselint ", env!("CARGO_PKG_VERSION"), "\n"));
    let version = baselint(directory.path(), &["--version"]);
    assert!(stdout(&version).contains("actions as of 20"), "{}", stdout(&version));
}

#[test]
fn nothing_to_check_is_said_and_is_no_error() {
    let directory = tempfile::tempdir().unwrap();
    let output = baselint(directory.path(), &["check", "--format", "json"]);
    assert_eq!(code(&output), 0);
    assert!(stderr(&output).contains("nothing to check"), "{}", stderr(&output));
    assert_eq!(json(&output)["summary"]["files"], 0);
}

#[test]
fn a_missing_path_is_an_error_and_the_others_are_checked() {
    let directory = harmless();
    let output = baselint(directory.path(), &["check", "--format", "json", "gone.tf", "main.tf"]);
    assert_eq!(code(&output), 2);
    let report = json(&output);
    assert_eq!(report["errors"][0]["path"], "gone.tf");
    assert_eq!((&report["summary"]["errors"], &report["summary"]["files"]), (&1.into(), &1.into()));

    let output = baselint(directory.path(), &["check", "gone.tf", "main.tf"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).starts_with("error: gone.tf: "), "{}", stderr(&output));
    assert!(stdout(&output).contains("1 error"), "{}", stdout(&output));
}

#[test]
fn a_report_goes_into_a_file_as_a_whole() {
    let directory = harmless();
    let file = directory.path().join("report.json");
    fs::write(&file, "old and longer than nothing").unwrap();
    let output = baselint(directory.path(), &["check", "--format", "json", "--output", "report.json"]);
    assert_eq!((code(&output), stdout(&output)), (0, ""));
    let report: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(report["schema"], "baselint/report/v1");
    let mut names: Vec<_> = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["main.tf", "report.json"]);

    let output = baselint(directory.path(), &["check", "--output", "no/such/directory/report"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("no/such/directory/report"), "{}", stderr(&output));
}

#[cfg(unix)]
#[test]
fn a_device_keeps_its_name_and_a_link_stays_one() {
    use std::os::unix::fs::PermissionsExt as _;

    let directory = harmless();
    assert_eq!(code(&baselint(directory.path(), &["check", "--output", "/dev/null"])), 0);
    let link = directory.path().join("link");
    fs::write(directory.path().join("real"), "").unwrap();
    std::os::unix::fs::symlink("real", &link).unwrap();
    assert_eq!(code(&baselint(directory.path(), &["check", "--output", "link"])), 0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&link).unwrap().contains("nothing found"));

    assert_eq!(code(&baselint(directory.path(), &["check", "--output", "new"])), 0);
    let new = fs::metadata(directory.path().join("new")).unwrap().permissions().mode();
    fs::write(directory.path().join("any"), "").unwrap();
    let any = fs::metadata(directory.path().join("any")).unwrap().permissions().mode();
    assert_eq!(new, any);
}

#[test]
fn a_closed_output_is_not_an_error() {
    let directory = harmless();
    let mut child = Command::new(BASELINT)
        .args(["rules", "--format", "json"])
        .current_dir(directory.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut complaint = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
    assert_eq!(complaint, "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = Command::new(BASELINT).args(["rules"]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("cannot write"), "{}", stderr(&output));
}

#[test]
fn colours_where_they_are_asked_for() {
    let directory = harmless();
    let has_styles = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = Command::new(BASELINT);
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        let output =
            command.args(arguments).envs(variables.iter().copied()).current_dir(directory.path()).output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(!has_styles(&["check"], &[]));
    assert!(has_styles(&["check", "--color", "always"], &[]));
    assert!(has_styles(&["check"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!has_styles(&["check"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!has_styles(&["check", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!has_styles(&["check", "--color", "always", "--format", "json"], &[]));
}

#[test]
fn quiet_prints_findings_only() {
    let directory = harmless();
    let output = baselint(directory.path(), &["check", "--quiet"]);
    assert_eq!((code(&output), stdout(&output), stderr(&output)), (0, "", ""));
}

#[test]
fn every_rule_is_listed_and_explained() {
    let directory = harmless();
    let list = json(&baselint(directory.path(), &["rules", "--format", "json"]));
    let rules = list["rules"].as_array().unwrap();
    let ids: Vec<_> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted() && ids.contains(&"suppression-unused"), "{ids:?}");
    for format in ["text", "markdown"] {
        let output = baselint(directory.path(), &["rules", "--format", format]);
        assert!(ids.iter().all(|id| stdout(&output).contains(id)));
    }
    for id in ids {
        let output = baselint(directory.path(), &["explain", id]);
        assert_eq!(code(&output), 0);
        assert!(stdout(&output).starts_with(id) && stdout(&output).contains("Why is this bad?"), "{id}");
    }
}

#[test]
fn inspect_tells_roots() {
    let directory = harmless();
    let output = baselint(directory.path(), &["inspect"]);
    assert_eq!(code(&output), 0);
    assert_eq!(json(&output)["roots"][0]["framework"], "terraform");
}

#[test]
fn the_environment_gives_no_variables() {
    let directory = tempfile::tempdir().unwrap();
    let code = "variable \"stage\" { type = string }\noutput \"stage\" { value = var.stage }\n";
    fs::write(directory.path().join("main.tf"), code).unwrap();
    let inspect = |arguments: &[&str]| -> serde_json::Value {
        let mut command = Command::new(BASELINT);
        command.args(["inspect", "--format", "json"]).args(arguments);
        let output = command.env("TF_VAR_stage", "prod").current_dir(directory.path()).output().unwrap();
        json(&output)["roots"][0]["outputs"]["stage"].clone()
    };
    assert_eq!(inspect(&[])["known"], false);
    assert_eq!(inspect(&["--var", "stage=test"])["value"], "test");
}

#[test]
fn variables_are_given_as_to_terraform() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "one/main.tf",
        "variable \"stage\" {}\nvariable \"sizes\" { type = list(number) }\noutput \"o\" { value = [var.stage, var.sizes] }\n",
    );
    write("two/main.tf", "variable \"stage\" { default = \"none\" }\noutput \"o\" { value = \"${var.stage}!\" }\n");
    write("prod.tfvars", "stage = \"prod\"\nsizes = [1]\n");
    let outputs = |arguments: &[&str]| {
        let output = baselint(directory.path(), &[&["inspect", "--format", "json"], arguments].concat());
        let value = json(&output);
        let root = |at: usize| value["roots"][at]["outputs"]["o"]["value"].clone();
        (code(&output), root(0), root(1))
    };
    let expected = |sizes: &[i64]| serde_json::json!(["prod", sizes]);
    assert_eq!(outputs(&["--var-file", "prod.tfvars"]), (0, expected(&[1]), "prod!".into()));
    let (_, one, _) = outputs(&["--var-file", "prod.tfvars", "--var", "sizes=[2, \"3\"]"]);
    assert_eq!(one, expected(&[2, 3]));
    let (_, one, _) = outputs(&["--var", "sizes=[2]", "--var-file", "prod.tfvars"]);
    assert_eq!(one, expected(&[1]), "the later one counts");

    let mistyped = baselint(directory.path(), &["check", "--var", "stag=prod"]);
    assert_eq!(code(&mistyped), 2);
    assert!(stderr(&mistyped).contains("did you mean \"stage\"?"), "{}", stderr(&mistyped));
    let missing = baselint(directory.path(), &["check", "--var-file", "none.tfvars"]);
    assert_eq!(code(&missing), 2);
    assert!(stderr(&missing).contains("none.tfvars"), "{}", stderr(&missing));
    let broken = baselint(directory.path(), &["inspect", "--var", "sizes=[1", "--var", "stage=x"]);
    assert_eq!(code(&broken), 2);
    assert_eq!(json(&broken)["roots"][1]["outputs"]["o"]["value"], "x!");
}
