//! `generate` from outside: the files, their quoting, what is refused, and that the program's own check accepts them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use baselint::baseline::{Datum, GeneratedFile, Language, Pack, render};
use common::{baselint, line, report};
use proptest::prelude::*;

const LANGUAGES: [&str; 2] = ["terraform", "cloudformation"];

fn generate(directory: &Path, language: &str, arguments: &[&str]) -> Output {
    baselint(directory, &[&["generate", "--profile", "minimal", "--format", language], arguments].concat())
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// Every file below a directory with what stands in it.
fn tree(directory: &Path) -> Vec<(String, String)> {
    let files = walkdir::WalkDir::new(directory).sort_by_file_name().into_iter().map(Result::unwrap);
    files
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(directory).unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn the_code_reads_well() {
    let directory = tempfile::tempdir().unwrap();
    for language in LANGUAGES {
        let output = generate(directory.path(), language, &[]);
        assert_eq!((code(&output), text(&output.stderr)), (0, ""));
        insta::assert_snapshot!(language, text(&output.stdout));
    }
}

#[test]
fn other_regions_get_their_own() {
    let directory = tempfile::tempdir().unwrap();
    let regions = ["--set", "other_regions=eu-west-1,ap-southeast-2", "--output", "out", "--quiet"];
    for (language, changed) in [("terraform", "regions.tf"), ("cloudformation", "region.yaml")] {
        assert_eq!(code(&generate(directory.path(), language, &[&regions[..], &["--force"]].concat())), 0);
        let name = format!("{language}_regions");
        insta::assert_snapshot!(name, fs::read_to_string(directory.path().join("out").join(changed)).unwrap());
    }
}

#[test]
fn a_further_region_leaves_the_home_region_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let more = ["--set", "other_regions=eu-west-1", "--output", "more", "--quiet"];
    assert_eq!(code(&generate(directory.path(), "terraform", &["--output", "one", "--quiet"])), 0);
    assert_eq!(code(&generate(directory.path(), "terraform", &more)), 0);
    let (one, more) = (tree(&directory.path().join("one")), tree(&directory.path().join("more")));
    assert!(one.iter().all(|(name, _)| !name.starts_with("region")), "there is no directory for no region");
    // The README tells of the further regions, and so does the comment above the home region's provider.
    for (name, text) in one.iter().filter(|(name, _)| !matches!(name.as_str(), "README.md" | "versions.tf")) {
        assert!(more.iter().any(|file| (&file.0, &file.1) == (name, text)), "{name}");
    }
}

#[test]
fn the_same_arguments_give_the_same_bytes() {
    let directory = tempfile::tempdir().unwrap();
    for language in LANGUAGES {
        let arguments = ["--set", "name_prefix=acme", "--set", "groups=administrators,auditors"];
        let first = generate(directory.path(), language, &arguments);
        for _ in 0..3 {
            assert_eq!(generate(directory.path(), language, &arguments).stdout, first.stdout);
        }
    }
}

#[test]
fn the_files_are_those_on_the_standard_output() {
    let directory = tempfile::tempdir().unwrap();
    for language in LANGUAGES {
        let printed = generate(directory.path(), language, &[]).stdout;
        assert_eq!(code(&generate(directory.path(), language, &["--output", language])), 0);
        let files = tree(&directory.path().join(language));
        let joined: Vec<String> = files.iter().map(|(name, text)| format!("# ==> {name} <==\n{text}")).collect();
        assert_eq!(text(&printed), joined.join("\n"));
    }
}

#[test]
fn its_own_check_finds_nothing_of_medium_or_above() {
    let variants: [&[&str]; 4] = [
        &[],
        &["--set", "groups=billing"],
        &["--set", "groups=administrators,developers", "--set", "password_minimum_length=20"],
        &["--set", "other_regions=eu-west-1,eu-central-1", "--set", "name_prefix=a0"],
    ];
    for language in LANGUAGES {
        for arguments in variants {
            let directory = tempfile::tempdir().unwrap();
            assert_eq!(code(&generate(directory.path(), language, &[arguments, &["--output", "."]].concat())), 0);
            let report = report(directory.path(), &["--pedantic"]);
            let counts = &report["summary"]["findings"];
            let grave = ["critical", "high", "medium"].map(|severity| counts[severity].as_u64().unwrap());
            let found: Vec<String> = report["findings"].as_array().unwrap().iter().map(line).collect();
            assert_eq!((grave, &report["errors"]), ([0, 0, 0], &serde_json::json!([])), "{found:#?}");
            assert!(report["summary"]["resources"].as_u64().unwrap() > 5);
        }
    }
}

#[test]
fn nothing_is_overwritten_unless_forced() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir_all(directory.path().join("out/region")).unwrap();
    fs::write(directory.path().join("out/region/guardduty.tf"), "mine").unwrap();
    let before = tree(directory.path());
    let arguments = ["--set", "other_regions=eu-west-1", "--output", "out"];
    let refused = generate(directory.path(), "terraform", &arguments);
    assert_eq!(code(&refused), 2);
    let message = text(&refused.stderr);
    assert!(message.contains("out/region/guardduty.tf") && message.contains("--force"), "{message}");
    assert_eq!(tree(directory.path()), before);

    assert_eq!(code(&generate(directory.path(), "terraform", &[&arguments[..], &["--force"]].concat())), 0);
    assert_ne!(fs::read_to_string(directory.path().join("out/region/guardduty.tf")).unwrap(), "mine");
}

#[test]
fn what_cannot_be_set_names_what_can() {
    let directory = tempfile::tempdir().unwrap();
    for (argument, told) in [
        ("pasword_minimum_length=14", "did you mean password_minimum_length?"),
        ("nothing=1", "the values are: name_prefix, region,"),
        ("password_minimum_length=8", "a whole number from 14 to 128"),
        ("trail_retention_days=364", "a whole number from 365 to 36500"),
        ("groups=admins", "administrators, developers, auditors, billing"),
        ("groups=", "one or more of administrators"),
        ("alert_email=nobody", "an e-mail address"),
        ("name_prefix=Acme", "lower-case letters"),
        ("region=${region}", "a region such as eu-west-1"),
        ("security_contact_phone=call me", "digits"),
        ("guardduty_features=EKS", "EKS_AUDIT_LOGS"),
        ("region", "KEY=VALUE"),
    ] {
        let refused = generate(directory.path(), "terraform", &["--set", argument, "--output", "out"]);
        let message = text(&refused.stderr);
        assert!(code(&refused) == 2 && message.contains(told), "{argument}: {message}");
        assert!(!directory.path().join("out").exists());
    }
}

#[test]
fn wrong_use_names_the_choices() {
    let directory = tempfile::tempdir().unwrap();
    for (arguments, told) in [
        (&["generate", "--profile", "minimal"][..], "--format"),
        (&["generate", "--profile", "minimal", "--format", "pulumi"], "cloudformation"),
        (&["generate", "--profile", "minimum", "--format", "terraform"], "did you mean minimal?"),
        (&["generate", "--profile", "minimal", "--format", "terraform", "--force"], "--output"),
        (&["generate", "--profile", "minimal", "--format", "terraform", "--values", "none.yaml"], "none.yaml"),
        (&["generate", "--profile", "minimal", "--format", "terraform", "--templates", "none"], "none"),
    ] {
        let refused = baselint(directory.path(), arguments);
        let message = text(&refused.stderr);
        assert!(code(&refused) == 2 && message.contains(told), "{arguments:?}: {message}");
    }
}

#[test]
fn values_come_from_files_and_the_command_line() {
    let directory = tempfile::tempdir().unwrap();
    let values = "name_prefix: acme\nalert_email: ops@example.org\ngroups: [administrators]\n";
    fs::write(directory.path().join("values.yaml"), values).unwrap();
    let arguments = ["--values", "values.yaml", "--set", "name_prefix=emca", "--output", "out"];
    assert_eq!(code(&generate(directory.path(), "terraform", &arguments)), 0);
    let variables = fs::read_to_string(directory.path().join("out/variables.tf")).unwrap();
    assert!(variables.contains("default     = \"emca\"") && variables.contains("default     = \"ops@example.org\""));
    assert!(!fs::read_to_string(directory.path().join("out/iam_groups.tf")).unwrap().contains("developers"));

    fs::write(directory.path().join("values.yaml"), "name_prefix: acme\nname_prefix: emca\n").unwrap();
    let refused = generate(directory.path(), "terraform", &["--values", "values.yaml"]);
    assert!(code(&refused) == 2 && text(&refused.stderr).contains("values.yaml: "));
}

#[test]
fn values_are_documented() {
    let output = baselint(Path::new("."), &["generate", "--list-values"]);
    assert_eq!(code(&output), 0);
    insta::assert_snapshot!("values", text(&output.stdout));
}

#[test]
fn a_pack_lies_on_top() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir_all(directory.path().join("pack/terraform")).unwrap();
    let profile = "profile: mine\ntitle: Mine\nextends: minimal\nframe: { terraform: [mine.tf] }\n";
    fs::write(directory.path().join("pack/mine.yaml"), profile).unwrap();
    let values = "- { key: motto, description: Ours., type: text, default: '${x} \"quoted\"' }\n";
    fs::write(directory.path().join("pack/values.yaml"), values).unwrap();
    fs::write(directory.path().join("pack/terraform/mine.tf.tera"), "locals {\n  x = {{ values.motto | hcl }}\n}\n")
        .unwrap();
    let mine = |more: &[&str]| {
        let arguments = ["generate", "--format", "terraform", "--profile", "mine", "--baselines", "pack"];
        baselint(directory.path(), &[&arguments[..], &["--templates", "pack"], more].concat())
    };
    assert_eq!(code(&mine(&["--output", "out"])), 0);
    let written = fs::read_to_string(directory.path().join("out/mine.tf")).unwrap();
    assert_eq!(written, "locals {\n  x = \"\\u0024{x} \\\"quoted\\\"\"\n}\n");
    assert!(directory.path().join("out/cloudtrail.tf").exists());

    fs::write(directory.path().join("pack/terraform/mine.tf.tera"), "\nx = {{ values.motto }}\n").unwrap();
    let refused = mine(&["--output", "more"]);
    let message = text(&refused.stderr);
    assert!(code(&refused) == 2 && message.contains("mine.tf, line 2"), "{message}");
    assert!(!directory.path().join("more").exists());
}

/// The files with a text as the security contact's name; `None` where it is no such name.
fn with_contact(language: Language, name: &str) -> Option<Vec<GeneratedFile>> {
    let pack = Pack::embedded().unwrap();
    let mut values = pack.schema().defaults();
    pack.schema().set(&mut values, &format!("security_contact_name={name}")).ok()?;
    assert_eq!(values.get("security_contact_name"), Some(&Datum::Text(name.to_owned())));
    Some(render(&pack, &pack.profile("minimal").unwrap(), language, &values).unwrap())
}

fn file<'f>(files: &'f [GeneratedFile], name: &str) -> &'f str {
    &files.iter().find(|file| file.name == name).unwrap().text
}

/// The default of a variable.
fn variable_default(files: &[GeneratedFile], name: &str) -> hcl::Expression {
    let body = hcl::parse(file(files, "variables.tf")).unwrap();
    let variable = body.blocks().find(|block| block.labels().first().unwrap().as_str() == name).unwrap();
    variable.body().attributes().find(|attribute| attribute.key() == "default").unwrap().expr().clone()
}

fn hostile() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "${",
        "$${",
        "%{",
        "}",
        "\"",
        "'",
        "\\",
        "\t",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{202e}",
        "{{",
        "}}",
        "{%",
        "#",
        "*/",
        ": ",
        "- ",
        "<<EOT",
        "|",
        "`",
        "!Ref x",
        "&a",
        "*a",
        "${AWS::AccountId}",
        "yes",
        "0",
        " ",
        "é",
    ];
    prop::collection::vec(prop::sample::select(PIECES), 1..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_value_breaks_out(name in hostile()) {
        let plain = with_contact(Language::Terraform, "x").unwrap();
        if let Some(files) = with_contact(Language::Terraform, &name) {
            prop_assert_eq!(variable_default(&files, "security_contact_name"), hcl::Expression::from(name.as_str()));
            prop_assert_eq!(files.len(), plain.len());
            for (file, plain) in files.iter().zip(&plain) {
                // The name stands on one line, whatever it is; nothing else changes.
                prop_assert_eq!(file.text.lines().count(), plain.text.lines().count(), "{}", file.name);
            }
        }
        if let Some(files) = with_contact(Language::CloudFormation, &name) {
            let template: serde_yaml::Value = serde_yaml::from_str(file(&files, "baseline.yaml")).unwrap();
            prop_assert_eq!(&template["Parameters"]["SecurityContactName"]["Default"], &serde_yaml::Value::from(name));
            prop_assert!(template["Resources"]["Trail"].is_mapping());
        }
    }
}
