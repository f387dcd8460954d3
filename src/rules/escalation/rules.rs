//! The rules and their questions.

use crate::access::escalation::{Escalations, Gain, Graph, Means, Power, Step, Walker};
use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::Surety;
use crate::iam::escalation::Class;
use crate::model::kinds::workload;
use crate::model::{Account, PrincipalId};

use super::super::{BOTH, Findings, Rule};
use super::report::{listed, report};

/// Principal may write its own permissions.
pub(in crate::rules) static OWN_PERMISSIONS: Rule = Rule {
    metadata: Metadata {
        id: "iam-escalation-own-permissions",
        title: "Principal may write its own permissions",
        group: "privilege-escalation",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_109",
            "checkov:CKV_AWS_289",
            "checkov:CKV_AWS_110",
            "checkov:CKV_AWS_286",
            "semgrep:no-iam-priv-esc-funcs",
            "prowler:iam_policy_allows_privilege_escalation",
            "prowler:iam_inline_policy_allows_privilege_escalation",
        ],
        controls: &[],
        documentation: include_str!("../docs/iam-escalation-own-permissions.md"),
    },
    check: own_permissions,
};

/// Principal may take over another one.
pub(in crate::rules) static OTHER_PRINCIPAL: Rule = Rule {
    metadata: Metadata {
        id: "iam-escalation-other-principal",
        title: "Principal may take over another one",
        group: "privilege-escalation",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_107",
            "checkov:CKV_AWS_287",
            "semgrep:no-iam-creds-exposure",
            "checkov:CKV_AWS_110",
            "checkov:CKV_AWS_286",
            "semgrep:no-iam-priv-esc-other-users",
            "semgrep:no-iam-priv-esc-roles",
            "prowler:iam_policy_allows_privilege_escalation",
            "prowler:iam_inline_policy_allows_privilege_escalation",
        ],
        controls: &[],
        documentation: include_str!("../docs/iam-escalation-other-principal.md"),
    },
    check: other_principal,
};

/// Principal may run code with a stronger role that it passes.
pub(in crate::rules) static PASS_ROLE: Rule = Rule {
    metadata: Metadata {
        id: "iam-escalation-pass-role",
        title: "Principal may run code with a stronger role that it passes",
        group: "privilege-escalation",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_110",
            "checkov:CKV_AWS_286",
            "semgrep:no-iam-priv-esc-roles",
            "terrascan:AC_AWS_0473",
            "prowler:iam_policy_allows_privilege_escalation",
            "prowler:iam_inline_policy_allows_privilege_escalation",
            "cfn-nag:F38",
            "cfn-nag:F39",
            "cfn-nag:F40",
            "cfn-guard:IAM_POLICY_NO_WILDCARD_RESOURCE_ON_PASSROLE",
            "cfn-guard:IAM_ROLE_NO_WILDCARD_RESOURCE_ON_PASSROLE",
            "trivy:AVD-AWS-0342",
        ],
        controls: &[],
        documentation: include_str!("../docs/iam-escalation-pass-role.md"),
    },
    check: pass_role,
};

/// Principal may reach into what runs with a stronger role.
pub(in crate::rules) static EXISTING_COMPUTE: Rule = Rule {
    metadata: Metadata {
        id: "iam-escalation-existing-compute",
        title: "Principal may reach into what runs with a stronger role",
        group: "privilege-escalation",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_110",
            "checkov:CKV_AWS_286",
            "semgrep:no-iam-priv-esc-funcs",
            "semgrep:no-iam-priv-esc-roles",
            "prowler:iam_policy_allows_privilege_escalation",
            "prowler:iam_inline_policy_allows_privilege_escalation",
        ],
        controls: &[],
        documentation: include_str!("../docs/iam-escalation-existing-compute.md"),
    },
    check: existing_compute,
};

/// Several steps lead from a principal to administrator.
pub(in crate::rules) static PATH_TO_ADMINISTRATOR: Rule = Rule {
    metadata: Metadata {
        id: "iam-escalation-path-to-administrator",
        title: "Several steps lead from a principal to administrator",
        group: "privilege-escalation",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("../docs/iam-escalation-path-to-administrator.md"),
    },
    check: path_to_administrator,
};

/// Principal may change whom an identity provider vouches for.
pub(in crate::rules) static IDENTITY_PROVIDER: Rule = Rule {
    metadata: Metadata {
        id: "iam-escalation-identity-provider",
        title: "Principal may change whom an identity provider vouches for",
        group: "privilege-escalation",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["prowler:iam_policy_allows_privilege_escalation"],
        controls: &[],
        documentation: include_str!("../docs/iam-escalation-identity-provider.md"),
    },
    check: identity_provider,
};

/// Principal may change who gets what through IAM Identity Center.
pub(in crate::rules) static PERMISSION_SET: Rule = Rule {
    metadata: Metadata {
        id: "iam-escalation-permission-set",
        title: "Principal may change who gets what through IAM Identity Center",
        group: "privilege-escalation",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["prowler:iam_policy_allows_privilege_escalation"],
        controls: &[],
        documentation: include_str!("../docs/iam-escalation-permission-set.md"),
    },
    check: permission_set,
};

/// Principal may take off its own permissions boundary.
pub(in crate::rules) static BOUNDARY_REMOVABLE: Rule = Rule {
    metadata: Metadata {
        id: "iam-boundary-removable",
        title: "Principal may take off its own permissions boundary",
        group: "privilege-escalation",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("../docs/iam-boundary-removable.md"),
    },
    check: boundary_removable,
};

/// Principal may make principals without a permissions boundary.
pub(in crate::rules) static BOUNDARY_NOT_REQUIRED: Rule = Rule {
    metadata: Metadata {
        id: "iam-boundary-not-required-on-create",
        title: "Principal may make principals without a permissions boundary",
        group: "privilege-escalation",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("../docs/iam-boundary-not-required-on-create.md"),
    },
    check: boundary_not_required,
};

/// Workload runs as administrator.
pub(in crate::rules) static COMPUTE_ADMINISTRATOR: Rule = Rule {
    metadata: Metadata {
        id: "compute-role-administrator",
        title: "Workload runs as administrator",
        group: "administrator",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV2_AWS_68",
            "terrascan:AC_AWS_0477",
            "terrascan:AC_AWS_0488",
            "prowler:bedrock_agent_role_least_privilege",
            "kics:3206240f-2e87-4e58-8d24-3e19e7c83d7c",
            "kics:01986452-bdd8-4aaa-b5df-d6bf61d616ff",
            "kics:a0ae0a4e-712b-4115-8112-51b9eeed9d69",
        ],
        controls: &["cis-aws-7.0:2.14"],
        documentation: include_str!("../docs/compute-role-administrator.md"),
    },
    check: compute_administrator,
};

fn own_permissions(account: &Account, findings: &mut Findings) {
    report(&OWN_PERMISSIONS, Class::Own, account, findings);
}

fn other_principal(account: &Account, findings: &mut Findings) {
    report(&OTHER_PRINCIPAL, Class::Principal, account, findings);
}

fn pass_role(account: &Account, findings: &mut Findings) {
    report(&PASS_ROLE, Class::Pass, account, findings);
}

fn existing_compute(account: &Account, findings: &mut Findings) {
    report(&EXISTING_COMPUTE, Class::Compute, account, findings);
}

fn identity_provider(account: &Account, findings: &mut Findings) {
    report(&IDENTITY_PROVIDER, Class::Provider, account, findings);
}

fn permission_set(account: &Account, findings: &mut Findings) {
    report(&PERMISSION_SET, Class::PermissionSet, account, findings);
}

fn boundary_removable(account: &Account, findings: &mut Findings) {
    report(&BOUNDARY_REMOVABLE, Class::Boundary, account, findings);
}

fn boundary_not_required(account: &Account, findings: &mut Findings) {
    report(&BOUNDARY_NOT_REQUIRED, Class::Create, account, findings);
}

fn path_to_administrator(account: &Account, findings: &mut Findings) {
    let escalations = Escalations::of(account);
    let graph = Graph::new(&escalations);
    for principal in account.principals() {
        let Some(walk) = graph.walk(principal.id).filter(|walk| walk.steps.len() > 1) else { continue };
        let steps: Vec<&Step> = walk.steps.iter().filter_map(|at| escalations.steps.get(*at)).collect();
        if steps.iter().any(|step| is_told(&escalations, step)) || is_within_another(&escalations, &graph, principal.id)
        {
            continue;
        }
        let ends = steps.last().map(|step| name_of(account, &step.gain)).unwrap_or_default();
        let message = format!(
            "{} {} becomes {ends} in {} steps: {}",
            principal.kind.name(),
            principal.resource.address,
            steps.len(),
            steps.iter().map(|step| words(account, step)).collect::<Vec<_>>().join(", then ")
        );
        let certain = steps.iter().all(|step| step.surety == Surety::Certain);
        let finding = findings.add(&PATH_TO_ADMINISTRATOR, principal.resource, principal.resource.span, message);
        finding.at_most(if certain { Confidence::Certain } else { Confidence::Likely });
        for (number, step) in steps.iter().enumerate() {
            let trusted = match step.means {
                Means::Assume(span) => span,
                Means::Path(_) => None,
            };
            let span = step.parts.first().and_then(|part| part.span).or(trusted);
            finding.relate(format!("step {}: {}", number + 1, words(account, step)), span);
        }
    }
}

/// Whether a step has a finding of its own: it leads to much by itself.
fn is_told(escalations: &Escalations, step: &Step) -> bool {
    let is_path = matches!(step.means, Means::Path(_));
    is_path
        && match step.gain {
            Gain::Principal(id) => escalations.power_of(id) > Power::Ordinary || escalations.is_administrator(id),
            Gain::Administrator | Gain::Elsewhere | Gain::Unbounded => true,
        }
}

/// Whether somebody else gets to administrator through this principal: then the way begins there.
fn is_within_another(escalations: &Escalations, graph: &Graph, id: PrincipalId) -> bool {
    let own = graph.distance(id);
    escalations.steps.iter().any(|step| {
        let Walker::Principal(from) = step.from else { return false };
        step.gain == Gain::Principal(id) && step.surety >= Surety::Likely && graph.distance(from) > own
    })
}

fn name_of(account: &Account, gain: &Gain) -> String {
    match gain {
        Gain::Principal(id) => {
            let principal = account.principal(*id);
            format!("the administrator {} {}", principal.kind.name(), principal.resource.address)
        }
        Gain::Administrator | Gain::Elsewhere | Gain::Unbounded => "administrator".to_owned(),
    }
}

/// A step in words: `assumes role aws_iam_role.deploy`.
fn words(account: &Account, step: &Step) -> String {
    let whom = match step.gain {
        Gain::Principal(id) => account.principal(id).resource.address.to_string(),
        Gain::Administrator | Gain::Elsewhere | Gain::Unbounded => "administrator".to_owned(),
    };
    match step.means {
        Means::Assume(_) => format!("assumes {whom}"),
        Means::Path(path) => format!("gets to {whom} by {}", listed(&path.actions())),
    }
}

fn compute_administrator(account: &Account, findings: &mut Findings) {
    let escalations = Escalations::of(account);
    for running in escalations.workloads.iter().filter(|running| escalations.is_administrator(running.role)) {
        let Some(resource) = account.at(&running.address) else { continue };
        let Some(kind) = workload::ALL.iter().find(|workload| workload.kind.is(resource)) else { continue };
        let role = account.principal(running.role).resource;
        let message = format!(
            "this {} runs as administrator: a fault in its code is the account, by {}",
            running.kind.replace('-', " "),
            role.address
        );
        let finding = findings.add(&COMPUTE_ADMINISTRATOR, resource, resource.setting(&kind.role).span, message);
        finding.relate("the role", Some(role.span));
    }
}
