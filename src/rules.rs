//! The rules.
#![allow(missing_docs)]

use crate::finding::{Confidence, Finding, Level, Metadata, Severity, Undecided};
use crate::model::{Framework, Root};

pub struct Rule {
    pub metadata: Metadata,
}

pub static REGISTRY: &[&Rule] = &[&STAR];

static STAR: Rule = Rule {
    metadata: Metadata {
        id: "iam-policy-full-admin",
        title: "A policy allows everything",
        group: "administrator",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: &[Framework::Terraform],
        aliases: &["checkov:CKV_AWS_62"],
        controls: &["fsbp:IAM.1"],
        documentation: "## What it does\n\nLooks.\n\n## Why is this bad?\n\nIt is.\n\n## Use instead\n\nAnother.\n",
    },
};

pub struct Findings {
    pub findings: Vec<Finding>,
    pub undecided: Vec<Undecided>,
}

pub fn check(roots: &[Root]) -> Findings {
    let findings = roots
        .iter()
        .flat_map(|root| &root.resources)
        .map(|resource| Finding {
            rule: &STAR.metadata,
            severity: Severity::Critical,
            confidence: Confidence::Certain,
            message: "this is a resource".into(),
            resource: resource.address.clone(),
            resource_type: resource.kind.clone(),
            framework: Framework::Terraform,
            span: resource.span,
            block: resource.block,
            related: vec![],
        })
        .collect();
    Findings { findings, undecided: vec![] }
}
