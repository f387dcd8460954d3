//! Roles of workloads: who gets them by running something.

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::PrincipalKind;
use crate::model::kinds::{build, permission_set, role, workload};
use crate::model::{Account, AttachedPolicy, Principal, Resource, Setting};
use crate::rules::{BOTH, Findings, Rule};
use crate::value::{List, Value};

use super::federation::restricts;
use super::trusts;

/// Every certificate of every trust anchor may assume the role.
pub(in crate::rules) static ANYWHERE: Rule = Rule {
    metadata: Metadata {
        id: "rolesanywhere-unbound",
        title: "Every certificate of every trust anchor may assume the role",
        group: "trust",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["prowler:rolesanywhere_profile_restricts_session_permissions"],
        controls: &[],
        documentation: include_str!("../docs/rolesanywhere-unbound.md"),
    },
    check: anywhere,
};

/// Sessions of an administrator last long.
pub(in crate::rules) static SESSION: Rule = Rule {
    metadata: Metadata {
        id: "role-session-long",
        title: "Sessions of an administrator last long",
        group: "trust",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("../docs/role-session-long.md"),
    },
    check: session,
};

/// Containers run with the role of the agent.
pub(in crate::rules) static TASK: Rule = Rule {
    metadata: Metadata {
        id: "ecs-execution-role-is-task-role",
        title: "Containers run with the role of the agent",
        group: "trust",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["checkov:CKV_AWS_249"],
        controls: &[],
        documentation: include_str!("../docs/ecs-execution-role-is-task-role.md"),
    },
    check: task,
};

/// Pull requests of anyone start the build.
pub(in crate::rules) static WEBHOOK: Rule = Rule {
    metadata: Metadata {
        id: "codebuild-webhook-open-to-outsiders",
        title: "Pull requests of anyone start the build",
        group: "trust",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["prowler:codebuild_project_webhook_filters_use_anchored_patterns"],
        controls: &[],
        documentation: include_str!("../docs/codebuild-webhook-open-to-outsiders.md"),
    },
    check: webhook,
};

/// IAM Roles Anywhere User Guide, "Trust policy".
fn anywhere(account: &Account, findings: &mut Findings) {
    for carried in trusts(account) {
        for statement in carried.document.allows() {
            let principals = statement.principals.iter().flat_map(|principals| &principals.items);
            let anywhere = principals
                .filter(|principal| principal.kind == PrincipalKind::Service)
                .find(|principal| principal.text.as_str() == Some("rolesanywhere.amazonaws.com"));
            let Some(principal) = anywhere else { continue };
            let binds = |key: &str| key == "aws:sourcearn" || key.starts_with("aws:principaltag/x509");
            let is_bound = statement.conditions.iter().any(|condition| {
                condition.is_unknown() || restricts(condition) && condition.key_name().is_some_and(|key| binds(&key))
            });
            if !is_bound {
                let span = principal.span.or(statement.span).unwrap_or(carried.span);
                let message = "neither the trust anchor nor the certificate is named: each certificate that the account trusts will do";
                findings.add(&ANYWHERE, carried.carrier, span, message);
            }
        }
    }
}

/// Seconds. Four hours: half a working day.
const LONGEST_SESSION: i64 = 4 * 3600;

fn session(account: &Account, findings: &mut Findings) {
    for principal in account.principals().filter(|principal| is_administrator(account, principal)) {
        let resource = principal.resource;
        let (setting, seconds) = if role::KIND.is(resource) {
            let setting = resource.setting(&role::LONGEST_SESSION);
            let seconds = setting.as_integer();
            (setting, seconds)
        } else if permission_set::KIND.is(resource) {
            let setting = resource.setting(&permission_set::SESSION);
            let seconds = setting.as_str().map(|text| text.and_then(|text| duration(&text)));
            (setting, seconds)
        } else {
            continue;
        };
        let long = seconds.map(|seconds| seconds.is_some_and(|seconds| seconds > LONGEST_SESSION));
        if findings.decide(&SESSION, resource, setting.span, long) {
            findings.add(
                &SESSION,
                resource,
                setting.span,
                "credentials of an administrator stay good for more than four hours",
            );
        }
    }
}

/// Whether AWS's own policy for administrators is attached, or a policy that allows everything.
fn is_administrator(account: &Account, principal: &Principal) -> bool {
    let attached = account
        .attachments_of(principal.id)
        .any(|attachment| matches!(&attachment.policy, AttachedPolicy::Aws(name) if name == "AdministratorAccess"));
    attached
        || account.identity_documents_of(principal.id).flat_map(|carried| carried.document.allows()).any(|statement| {
            let broad =
                |patterns: &Option<crate::iam::Patterns>| patterns.as_ref().is_some_and(crate::iam::Patterns::is_broad);
            broad(&statement.actions) && broad(&statement.resources)
        })
}

/// Seconds of an ISO 8601 duration in days, hours, minutes and seconds (`PT8H`).
fn duration(text: &str) -> Option<i64> {
    let mut seconds = 0i64;
    let mut number = String::new();
    for letter in text.strip_prefix('P')?.chars() {
        let unit = match letter {
            'T' => continue,
            'D' => 86_400,
            'H' => 3600,
            'M' => 60,
            'S' => 1,
            digit => {
                number.push(digit);
                continue;
            }
        };
        seconds = seconds.checked_add(number.parse::<i64>().ok()?.checked_mul(unit)?)?;
        number.clear();
    }
    Some(seconds)
}

fn task(account: &Account, findings: &mut Findings) {
    for resource in account.of_kind(&workload::TASK) {
        let [execution, task] =
            [&workload::TASK_EXECUTION_ROLE, &workload::TASK_ROLE].map(|role| resource.explicit(role));
        let (Some(execution), Some(task)) = (execution, task) else { continue };
        let same = execution.value.to_text().is_some_and(|role| Some(role) == task.value.to_text());
        if same {
            let message = "the containers get what the agent needs: the images and the secrets of the task";
            findings.add(&TASK, resource, task.span, message).relate("the agent's role", Some(execution.span));
        }
    }
}

/// AWS CodeBuild User Guide, "Use webhooks with AWS CodeBuild" and "GitHub and GitHub Enterprise Server webhook events".
fn webhook(account: &Account, findings: &mut Findings) {
    for hook in account.of_kind(&build::WEBHOOK).chain(account.of_kind(&build::PROJECT)) {
        let groups = hook.blocks(&build::FILTER_GROUPS);
        let is_project = build::PROJECT.is(hook);
        if is_project && hook.setting(&build::WEBHOOK_ON).as_bool() != Ok(true) {
            continue;
        }
        if groups.is_empty() && !is_project {
            // Without filters all events of the source count, pull requests of anyone among them.
            let unfiltered = hook.setting(&build::BRANCH_FILTER);
            if !unfiltered.explicit {
                findings
                    .add(&WEBHOOK, hook, hook.span, "every push and pull request starts a build, whoever makes it")
                    .at_most(Confidence::Likely);
            }
            continue;
        }
        // In Terraform a group holds its filters in blocks, in CloudFormation it is a list of them.
        let lists = hook.setting(&build::FILTER_GROUPS).value;
        for group in lists.as_list().map(List::items).unwrap_or_default() {
            let filters = match group.as_list() {
                Some(list) => list.items().to_vec(),
                None => {
                    group.get("filter").and_then(Value::as_list).map(|list| list.items().to_vec()).unwrap_or_default()
                }
            };
            judge_group(findings, hook, &filters);
        }
    }
}

/// Reports a group of filters that pull requests of outsiders pass: all filters of a group must match.
fn judge_group(findings: &mut Findings, hook: &Resource, filters: &[Value]) {
    let read = |filter: &Value| -> Option<(String, Setting, bool)> {
        let kind = hook.setting_in(filter, &build::FILTER_TYPE).as_str().ok().flatten()?;
        let excludes = hook.setting_in(filter, &build::FILTER_EXCLUDES).as_bool().ok()?;
        Some((kind, hook.setting_in(filter, &build::FILTER_PATTERN), excludes))
    };
    let Some(filters) = filters.iter().map(read).collect::<Option<Vec<_>>>() else { return };
    let text = |setting: &Setting| setting.as_str().ok().flatten();
    let event = filters.iter().find(|(kind, ..)| kind == "EVENT");
    let Some((_, event, _)) = event.filter(|(_, event, excludes)| {
        !excludes
            && text(event)
                .is_some_and(|event| event.contains("PULL_REQUEST_CREATED") || event.contains("PULL_REQUEST_UPDATED"))
    }) else {
        return;
    };
    let actors: Vec<_> = filters.iter().filter(|(kind, _, excludes)| kind == "ACTOR_ACCOUNT_ID" && !excludes).collect();
    if actors.is_empty() {
        findings.add(&WEBHOOK, hook, event.span, "a pull request by anyone starts a build with the project's role");
        return;
    }
    for (_, actor, _) in actors {
        let loose = text(actor).is_some_and(|pattern| !is_anchored(&pattern));
        if loose {
            let message = "the pattern of the actor's id is not anchored: longer ids that contain it match too";
            findings.add(&WEBHOOK, hook, actor.span, message);
        }
    }
}

/// Whether each alternative of a regular expression must match the whole text.
fn is_anchored(pattern: &str) -> bool {
    let inner = pattern.strip_prefix("^(").and_then(|rest| rest.strip_suffix(")$"));
    match inner {
        Some(inner) => !inner.contains([')', '(']),
        None => pattern.split('|').all(|arm| arm.starts_with('^') && arm.ends_with('$')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        assert_eq!(duration("PT8H"), Some(8 * 3600));
        assert_eq!(duration("PT1H30M"), Some(5400));
        assert_eq!(duration("P1DT1S"), Some(86_401));
        assert_eq!(duration("8H"), None);
        assert_eq!(duration("PTH"), None);
    }

    #[test]
    fn anchored_patterns() {
        for pattern in ["^123$", "^(123|456)$", "^123$|^456$"] {
            assert!(is_anchored(pattern), "{pattern}");
        }
        for pattern in ["123", "^123", "123|^456$", "^(1)|(2)$", "^1|2$"] {
            assert!(!is_anchored(pattern), "{pattern}");
        }
    }
}
