//! The same configuration as HCL, as JSON and as a plan gives the same findings.
//!
//! `testdata/plans/<name>/` has a configuration in `code`, the same one in `json`, and in `plan.json` what
//! `terraform show -json` (1.11, AWS provider 5.100) printed of a plan of it. `deployed` was applied in another form
//! before, so that its plan changes and destroys.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

fn cases() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/plans");
    let mut cases: Vec<PathBuf> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 10);
    cases
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}

fn report(directory: &Path, path: &str) -> Value {
    let report = common::report(directory, &["--pedantic", "--show", "undecided", path]);
    assert_eq!(report["errors"], json!([]), "{}", directory.display());
    report
}

/// Each rule with each resource that it finds at fault, wherever they are told together.
fn faults(report: &Value) -> BTreeSet<(String, String)> {
    let mut faults = BTreeSet::new();
    for finding in report["findings"].as_array().unwrap() {
        let rule = finding["rule"].as_str().unwrap().to_owned();
        faults.insert((rule.clone(), finding["resource"].as_str().unwrap().to_owned()));
        for related in finding["related"].as_array().unwrap() {
            let message = related["message"].as_str().unwrap();
            faults.extend(message.strip_prefix("also seen from ").map(|resource| (rule.clone(), resource.to_owned())));
        }
    }
    faults
}

/// The findings without what tells a plan from code.
fn without_framework(report: &Value) -> Value {
    let mut findings = report["findings"].clone();
    for finding in findings.as_array_mut().unwrap() {
        finding.as_object_mut().unwrap().remove("framework");
    }
    findings
}

#[test]
fn json_and_plans_give_the_findings_of_the_code() {
    let (mut with_findings, mut equal_alone) = (0, 0);
    for case in cases() {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let tree = tempfile::tempdir().unwrap();
        copy(&case.join("code"), &tree.path().join("code"));
        copy(&case.join("json"), &tree.path().join("json"));
        copy(&case.join("code"), &tree.path().join("both"));
        fs::create_dir_all(tree.path().join("alone")).unwrap();
        fs::copy(case.join("plan.json"), tree.path().join("alone/plan.json")).unwrap();
        let code = report(tree.path(), "code");
        with_findings += usize::from(!faults(&code).is_empty());
        assert_eq!(faults(&report(tree.path(), "json")), faults(&code), "{name} as JSON");
        let alone = report(tree.path(), "alone");
        let (seen, all) = (faults(&alone), faults(&code));
        assert!(seen.is_subset(&all), "{name} as a plan alone: {:?}", seen.difference(&all));
        // A plan does not show the text around what it does not know; such a question stays open.
        for (rule, resource) in all.difference(&seen) {
            let undecided = alone["undecided"].as_array().unwrap();
            let is_open = |open: &Value| open["rule"] == **rule && open["resource"] == **resource;
            assert!(undecided.iter().any(is_open), "{name} as a plan alone: {rule} {resource}");
        }
        equal_alone += usize::from(seen == all);

        // Beside its code a plan's findings stand in the code.
        fs::copy(case.join("plan.json"), tree.path().join("code/plan.json")).unwrap();
        let plan = report(tree.path(), "code/plan.json");
        let frameworks = plan["findings"].as_array().unwrap().iter().map(|finding| &finding["framework"]);
        assert!(frameworks.into_iter().all(|framework| framework == "terraform-plan"), "{name}");
        let show = |report: &Value| serde_json::to_string_pretty(&without_framework(report)).unwrap();
        assert_eq!(show(&plan), show(&code), "{name} as a plan beside its code");

        // Both together are told once.
        let both = report(tree.path(), "code");
        assert_eq!(show(&both), show(&code), "{name} as code and plan");
    }
    assert!(with_findings >= 10 && equal_alone >= 10, "{with_findings}, {equal_alone}");
}

#[test]
fn the_code_of_a_plan_may_lie_above_it() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/plans/modules");
    let tree = tempfile::tempdir().unwrap();
    copy(&case.join("code"), tree.path());
    let out = tree.path().join("out/plans");
    fs::create_dir_all(&out).unwrap();
    fs::copy(case.join("plan.json"), out.join("tfplan.json")).unwrap();
    let report = report(tree.path(), ".");
    let places = report["findings"].as_array().unwrap().iter().map(|finding| finding["location"]["path"].as_str());
    assert!(
        places
            .into_iter()
            .all(|path| path.unwrap().rsplit('.').next() != Some("json") || path == Some("team/own.json"))
    );
}

#[test]
fn what_is_destroyed_is_left_out_and_what_is_known_is_kept() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/plans/deployed");
    let output = common::baselint(&case, &["inspect", "--format", "json", "plan.json"]);
    let inspected: Value = serde_json::from_slice(&output.stdout).unwrap();
    let resources = inspected["roots"][0]["resources"].as_array().unwrap();
    let find = |address: &str| resources.iter().find(|resource| resource["address"] == address);
    assert!(find("aws_iam_user.gone").is_none());
    assert_eq!(find("aws_iam_policy.power").unwrap()["values"]["arn"], "arn:aws:iam::123456789012:policy/power");
    assert_eq!(inspected["roots"][0]["framework"], "terraform-plan");
}

#[test]
fn a_format_that_is_too_new_is_named() {
    let tree = tempfile::tempdir().unwrap();
    common::write(tree.path(), "plan.json", "{\n\"format_version\": \"2.0\", \"planned_values\": {}}");
    common::write(
        tree.path(),
        "broken.json",
        "{\"format_version\": \"1.2\",\n \"planned_values\": {\"root_module\": {",
    );
    let report = common::report(tree.path(), &["."]);
    let errors: Vec<String> = report["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            format!("{}:{} {}", error["path"].as_str().unwrap(), error["line"], error["message"].as_str().unwrap())
        })
        .collect();
    assert!(errors[0].starts_with("broken.json:2 is no valid JSON"), "{errors:?}");
    assert!(
        errors[1].starts_with("plan.json:2 is a plan in version 2.0 of the format; versions 1.x are read"),
        "{errors:?}"
    );
}
