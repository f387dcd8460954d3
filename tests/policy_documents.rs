//! `aws_iam_policy_document` as the AWS provider renders it: every configuration of
//! `testdata/terraform/policy_documents/cases`, letter by letter.
//!
//! `provider.json` holds what the provider (5.100) made of them. Where Terraform and the provider's plugin are at hand,
//! they are asked again: `TF_PLUGIN_DIR` names the directory that `init -plugin-dir` takes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test that cannot go on fails")]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const PROVIDER: &str = r#"
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
"#;

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/terraform/policy_documents/cases")
}

fn stored() -> BTreeMap<String, String> {
    serde_json::from_str(&std::fs::read_to_string(cases().join("provider.json")).unwrap()).unwrap()
}

#[test]
fn documents_are_those_of_the_provider() {
    let output = common::baselint(&cases(), &["inspect", "--format", "json", "main.tf"]);
    let inspected: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(inspected["roots"][0]["errors"], serde_json::json!([]));
    let rendered: BTreeMap<String, String> = inspected["roots"][0]["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| {
            let name = resource["address"].as_str().unwrap().rsplit('.').next().unwrap();
            (name.to_owned(), resource["values"]["json"].as_str().unwrap_or("not known").to_owned())
        })
        .collect();
    let stored = stored();
    assert!(stored.len() >= 60);
    for (name, document) in &stored {
        assert_eq!(rendered.get(name), Some(document), "{name}");
    }
    assert_eq!(rendered.len(), stored.len());
}

/// The directory with the provider's plugin: named, or where Terraform looks by itself.
fn plugins() -> Option<PathBuf> {
    let named = std::env::var_os("TF_PLUGIN_DIR").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let usual = [home.join(".terraform.d/plugins"), PathBuf::from("/usr/local/share/terraform/plugins")];
    let has_plugin = |root: &PathBuf| root.join("registry.terraform.io/hashicorp/aws/5.100.0").is_dir();
    named.into_iter().chain(usual).find(has_plugin)
}

#[test]
fn the_provider_says_so_still() {
    let Some(plugins) = plugins() else {
        eprintln!("skipped: TF_PLUGIN_DIR names no directory with version 5.100.0 of the AWS provider");
        return;
    };
    let tree = tempfile::tempdir().unwrap();
    std::fs::copy(cases().join("main.tf"), tree.path().join("main.tf")).unwrap();
    common::write(tree.path(), "provider.tf", PROVIDER);
    let terraform = |arguments: &[&str]| {
        let output = Command::new("terraform")
            .args(arguments)
            .current_dir(tree.path())
            .envs([("TF_IN_AUTOMATION", "1"), ("CHECKPOINT_DISABLE", "1"), ("AWS_EC2_METADATA_DISABLED", "true")])
            .env_remove("TF_CLI_CONFIG_FILE")
            .output();
        let Ok(output) = output else {
            eprintln!("skipped: there is no terraform on the PATH");
            return None;
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(output.stdout)
    };
    let plugins = format!("-plugin-dir={}", plugins.display());
    if terraform(&["init", "-input=false", &plugins]).is_none() {
        return;
    }
    terraform(&["plan", "-input=false", "-out=plan"]);
    let plan: Value = serde_json::from_slice(&terraform(&["show", "-json", "plan"]).unwrap()).unwrap();
    let resources = plan["prior_state"]["values"]["root_module"]["resources"].as_array().unwrap();
    let rendered: BTreeMap<String, String> = resources
        .iter()
        .map(|resource| {
            (resource["name"].as_str().unwrap().to_owned(), resource["values"]["json"].as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(rendered, stored());
}
