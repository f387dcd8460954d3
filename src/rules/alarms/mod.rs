//! Alarms on what a trail records: who is told, and whether that can happen.

mod events;
mod pattern;

use crate::finding::{Level, Metadata, Severity};
use crate::model::kinds::{alarm, log_group, trail};
use crate::model::{Account, Resource, Setting};
use crate::rules::setting::{Fault, Sentence, ask};
use crate::rules::{BOTH, Findings, Rule};
use crate::value::{Symbol, Text, Value};

use events::Events;
use pattern::Pattern;

/// Nobody is told of refused calls.
pub(in crate::rules) static UNAUTHORIZED_CALLS: Rule = Rule {
    metadata: Metadata {
        id: "alarm-unauthorized-calls-missing",
        title: "Nobody is told of refused calls",
        group: "alarms",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0147", "prowler:cloudwatch_log_metric_filter_unauthorized_api_calls"],
        controls: &["cis-aws-7.0:5.1"],
        documentation: include_str!("../docs/alarm-unauthorized-calls-missing.md"),
    },
    check: |account, findings| {
        missing(&UNAUTHORIZED_CALLS, "refused calls", events::UNAUTHORIZED_CALLS, account, findings);
    },
};

/// Nobody is told of sign-ins without a second factor.
pub(in crate::rules) static SIGN_IN_WITHOUT_MFA: Rule = Rule {
    metadata: Metadata {
        id: "alarm-sign-in-without-mfa-missing",
        title: "Nobody is told of sign-ins without a second factor",
        group: "alarms",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0148", "prowler:cloudwatch_log_metric_filter_sign_in_without_mfa"],
        controls: &["cis-aws-7.0:5.2"],
        documentation: include_str!("../docs/alarm-sign-in-without-mfa-missing.md"),
    },
    check: |account, findings| {
        missing(
            &SIGN_IN_WITHOUT_MFA,
            "sign-ins to the console without a second factor",
            events::SIGN_IN_WITHOUT_MFA,
            account,
            findings,
        );
    },
};

/// Nobody is told when root is used.
pub(in crate::rules) static ROOT_USE: Rule = Rule {
    metadata: Metadata {
        id: "alarm-root-use-missing",
        title: "Nobody is told when root is used",
        group: "alarms",
        severity: Severity::Low,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "trivy:AVD-AWS-0149",
            "trivy:AVD-AWS-0140",
            "prowler:cloudwatch_log_metric_filter_root_usage",
            "prowler:iam_avoid_root_usage",
        ],
        controls: &["cis-aws-7.0:2.7", "cis-aws-7.0:5.3"],
        documentation: include_str!("../docs/alarm-root-use-missing.md"),
    },
    check: |account, findings| missing(&ROOT_USE, "use of the root user", events::ROOT_USE, account, findings),
};

/// Nobody is told of changes of IAM policies.
pub(in crate::rules) static IAM_CHANGES: Rule = Rule {
    metadata: Metadata {
        id: "alarm-iam-changes-missing",
        title: "Nobody is told of changes of IAM policies",
        group: "alarms",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0150", "prowler:cloudwatch_log_metric_filter_policy_changes"],
        controls: &["cis-aws-7.0:5.4"],
        documentation: include_str!("../docs/alarm-iam-changes-missing.md"),
    },
    check: |account, findings| missing(&IAM_CHANGES, "changes of IAM policies", events::IAM_CHANGES, account, findings),
};

/// Nobody is told when a trail is changed.
pub(in crate::rules) static TRAIL_CHANGES: Rule = Rule {
    metadata: Metadata {
        id: "alarm-cloudtrail-changes-missing",
        title: "Nobody is told when a trail is changed",
        group: "alarms",
        severity: Severity::Low,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "trivy:AVD-AWS-0151",
            "prowler:cloudwatch_log_metric_filter_and_alarm_for_cloudtrail_configuration_changes_enabled",
        ],
        controls: &["cis-aws-7.0:5.5"],
        documentation: include_str!("../docs/alarm-cloudtrail-changes-missing.md"),
    },
    check: |account, findings| missing(&TRAIL_CHANGES, "changes of trails", events::TRAIL_CHANGES, account, findings),
};

/// Nobody is told of failed sign-ins.
pub(in crate::rules) static SIGN_IN_FAILURES: Rule = Rule {
    metadata: Metadata {
        id: "alarm-sign-in-failures-missing",
        title: "Nobody is told of failed sign-ins",
        group: "alarms",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0152", "prowler:cloudwatch_log_metric_filter_authentication_failures"],
        controls: &["cis-aws-7.0:5.6"],
        documentation: include_str!("../docs/alarm-sign-in-failures-missing.md"),
    },
    check: |account, findings| {
        missing(&SIGN_IN_FAILURES, "failed sign-ins to the console", events::SIGN_IN_FAILURES, account, findings);
    },
};

/// Nobody is told when a key is disabled or deleted.
pub(in crate::rules) static KEY_DELETION: Rule = Rule {
    metadata: Metadata {
        id: "alarm-kms-key-deletion-missing",
        title: "Nobody is told when a key is disabled or deleted",
        group: "alarms",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "trivy:AVD-AWS-0153",
            "prowler:cloudwatch_log_metric_filter_disable_or_scheduled_deletion_of_kms_cmk",
        ],
        controls: &["cis-aws-7.0:5.7"],
        documentation: include_str!("../docs/alarm-kms-key-deletion-missing.md"),
    },
    check: |account, findings| {
        missing(&KEY_DELETION, "disabling and deletion of keys", events::KEY_DELETION, account, findings);
    },
};

/// Nobody is told of changes of bucket policies.
pub(in crate::rules) static BUCKET_POLICY_CHANGES: Rule = Rule {
    metadata: Metadata {
        id: "alarm-bucket-policy-changes-missing",
        title: "Nobody is told of changes of bucket policies",
        group: "alarms",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0154", "prowler:cloudwatch_log_metric_filter_for_s3_bucket_policy_changes"],
        controls: &["cis-aws-7.0:5.8"],
        documentation: include_str!("../docs/alarm-bucket-policy-changes-missing.md"),
    },
    check: |account, findings| {
        missing(&BUCKET_POLICY_CHANGES, "changes of bucket policies", events::BUCKET_POLICY_CHANGES, account, findings);
    },
};

/// Nobody is told when Config is changed.
pub(in crate::rules) static CONFIG_CHANGES: Rule = Rule {
    metadata: Metadata {
        id: "alarm-config-changes-missing",
        title: "Nobody is told when Config is changed",
        group: "alarms",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "trivy:AVD-AWS-0155",
            "prowler:cloudwatch_log_metric_filter_and_alarm_for_aws_config_configuration_changes_enabled",
        ],
        controls: &["cis-aws-7.0:5.9"],
        documentation: include_str!("../docs/alarm-config-changes-missing.md"),
    },
    check: |account, findings| {
        missing(&CONFIG_CHANGES, "changes of AWS Config", events::CONFIG_CHANGES, account, findings);
    },
};

/// Nobody is told of changes of security groups.
pub(in crate::rules) static SECURITY_GROUP_CHANGES: Rule = Rule {
    metadata: Metadata {
        id: "alarm-security-group-changes-missing",
        title: "Nobody is told of changes of security groups",
        group: "alarms",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0156", "prowler:cloudwatch_log_metric_filter_security_group_changes"],
        controls: &["cis-aws-7.0:5.10"],
        documentation: include_str!("../docs/alarm-security-group-changes-missing.md"),
    },
    check: |account, findings| {
        missing(
            &SECURITY_GROUP_CHANGES,
            "changes of security groups",
            events::SECURITY_GROUP_CHANGES,
            account,
            findings,
        );
    },
};

/// Nobody is told of changes of network access lists.
pub(in crate::rules) static NACL_CHANGES: Rule = Rule {
    metadata: Metadata {
        id: "alarm-nacl-changes-missing",
        title: "Nobody is told of changes of network access lists",
        group: "alarms",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0157", "prowler:cloudwatch_changes_to_network_acls_alarm_configured"],
        controls: &["cis-aws-7.0:5.11"],
        documentation: include_str!("../docs/alarm-nacl-changes-missing.md"),
    },
    check: |account, findings| {
        missing(&NACL_CHANGES, "changes of network access lists", events::NACL_CHANGES, account, findings);
    },
};

/// Nobody is told of changes of gateways.
pub(in crate::rules) static GATEWAY_CHANGES: Rule = Rule {
    metadata: Metadata {
        id: "alarm-gateway-changes-missing",
        title: "Nobody is told of changes of gateways",
        group: "alarms",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0158", "prowler:cloudwatch_changes_to_network_gateways_alarm_configured"],
        controls: &["cis-aws-7.0:5.12"],
        documentation: include_str!("../docs/alarm-gateway-changes-missing.md"),
    },
    check: |account, findings| {
        missing(&GATEWAY_CHANGES, "changes of network gateways", events::GATEWAY_CHANGES, account, findings);
    },
};

/// Nobody is told of changes of routes.
pub(in crate::rules) static ROUTE_CHANGES: Rule = Rule {
    metadata: Metadata {
        id: "alarm-route-changes-missing",
        title: "Nobody is told of changes of routes",
        group: "alarms",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0159", "prowler:cloudwatch_changes_to_network_route_tables_alarm_configured"],
        controls: &["cis-aws-7.0:5.13"],
        documentation: include_str!("../docs/alarm-route-changes-missing.md"),
    },
    check: |account, findings| {
        missing(&ROUTE_CHANGES, "changes of route tables", events::ROUTE_CHANGES, account, findings);
    },
};

/// Nobody is told of changes of VPCs.
pub(in crate::rules) static VPC_CHANGES: Rule = Rule {
    metadata: Metadata {
        id: "alarm-vpc-changes-missing",
        title: "Nobody is told of changes of VPCs",
        group: "alarms",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0160", "prowler:cloudwatch_changes_to_vpcs_alarm_configured"],
        controls: &["cis-aws-7.0:5.14"],
        documentation: include_str!("../docs/alarm-vpc-changes-missing.md"),
    },
    check: |account, findings| missing(&VPC_CHANGES, "changes of VPCs", events::VPC_CHANGES, account, findings),
};

/// Nobody is told of changes of the organization.
pub(in crate::rules) static ORGANIZATION_CHANGES: Rule = Rule {
    metadata: Metadata {
        id: "alarm-organization-changes-missing",
        title: "Nobody is told of changes of the organization",
        group: "alarms",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0174", "prowler:cloudwatch_log_metric_filter_aws_organizations_changes"],
        controls: &["cis-aws-7.0:5.15"],
        documentation: include_str!("../docs/alarm-organization-changes-missing.md"),
    },
    check: |account, findings| {
        missing(&ORGANIZATION_CHANGES, "changes of the organization", events::ORGANIZATION_CHANGES, account, findings);
    },
};

/// Alarm goes off and tells nobody.
pub(in crate::rules) static ACTIONS_DISABLED: Rule = Rule {
    metadata: Metadata {
        id: "alarm-actions-disabled",
        title: "Alarm goes off and tells nobody",
        group: "alarms",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["checkov:CKV_AWS_319", "prowler:cloudwatch_alarm_actions_enabled"],
        controls: &["fsbp:CloudWatch.17"],
        documentation: include_str!("../docs/alarm-actions-disabled.md"),
    },
    check: |account, findings| {
        ask(
            &ACTIONS_DISABLED,
            &[Sentence {
                kind: &alarm::KIND,
                attribute: &alarm::ACTIONS_ENABLED,
                fault: Fault::Off,
                message: "the alarm's actions are switched off: nobody is told",
            }],
            account,
            findings,
        );
    },
};

/// Alarm does nothing.
pub(in crate::rules) static WITHOUT_ACTION: Rule = Rule {
    metadata: Metadata {
        id: "alarm-without-action",
        title: "Alarm does nothing",
        group: "alarms",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "cfn-guard:CLOUDWATCH_ALARM_ACTION_CHECK",
            "regula:FG_R00240",
            "prowler:cloudwatch_alarm_actions_alarm_state_configured",
        ],
        controls: &["fsbp:CloudWatch.15"],
        documentation: include_str!("../docs/alarm-without-action.md"),
    },
    check: |account, findings| {
        ask(
            &WITHOUT_ACTION,
            &[Sentence {
                kind: &alarm::KIND,
                attribute: &alarm::ACTIONS,
                fault: Fault::Missing,
                message: "nothing happens when the alarm goes off",
            }],
            account,
            findings,
        );
    },
};

/// Alarm watches a metric that nothing makes.
pub(in crate::rules) static NEVER_FIRES: Rule = Rule {
    metadata: Metadata {
        id: "alarm-never-fires",
        title: "Alarm watches a metric that nothing makes",
        group: "alarms",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("../docs/alarm-never-fires.md"),
    },
    check: never_fires,
};

/// A metric by name and namespace.
type Metric = (Text, Text);

/// The metrics that a filter makes, as far as they are known.
fn made(filter: &Resource) -> Vec<Metric> {
    let blocks = filter.blocks(&alarm::TRANSFORMATIONS);
    let metric = |block: &Value| {
        let text = |setting: Setting| setting.value.to_text();
        let name = text(filter.setting_in(block, &alarm::MADE_NAME))?;
        Some((name, text(filter.setting_in(block, &alarm::MADE_NAMESPACE))?))
    };
    blocks.iter().filter_map(metric).collect()
}

fn watched(alarm: &Resource) -> Option<Metric> {
    let text = |setting: Setting| setting.value.to_text();
    Some((text(alarm.setting(&alarm::METRIC))?, text(alarm.setting(&alarm::NAMESPACE))?))
}

/// Whether an alarm that acts watches one of the metrics.
fn is_watched(account: &Account, metrics: &[Metric]) -> bool {
    account.of_kind(&alarm::KIND).any(|alarm| {
        Fault::Missing.is_in(&alarm.setting(&alarm::ACTIONS)) != Ok(true)
            && Fault::Off.is_in(&alarm.setting(&alarm::ACTIONS_ENABLED)) != Ok(true)
            && watched(alarm).is_some_and(|metric| metrics.contains(&metric))
    })
}

/// The trails of all regions that deliver to a log group of the code.
fn watchable<'r, 'a>(account: &'r Account<'a>) -> impl Iterator<Item = &'a Resource> + 'r {
    account.of_kind(&trail::KIND).filter(|trail| {
        let group = trail.setting(&trail::LOG_GROUP).value.to_text();
        let is_here = group.is_some_and(|group| {
            let mut names = group.symbols().filter_map(|(_, symbol)| Symbol::reference(symbol));
            names.any(|name| account.at(&name.address).is_some_and(|resource| log_group::KIND.is(resource)))
        });
        is_here
            && trail.setting(&trail::MULTI_REGION).as_bool() == Ok(true)
            && trail.setting(&trail::ENABLE_LOGGING).as_bool() == Ok(true)
    })
}

fn missing(rule: &'static Rule, what: &str, events: Events, account: &Account, findings: &mut Findings) {
    let Some(trail) = watchable(account).next() else { return };
    let mut patterns = Vec::new();
    let mut unread = None;
    for filter in account.of_kind(&alarm::FILTER).filter(|filter| is_watched(account, &made(filter))) {
        let setting = filter.setting(&alarm::PATTERN);
        match setting.as_str().map(|text| text.as_deref().map_or(Some(None), |text| Pattern::parse(text).map(Some))) {
            Ok(Some(pattern)) => patterns.extend(pattern),
            Ok(None) => {}
            Err(why) => unread = Some(why),
        }
    }
    let unseen: Vec<_> = events.iter().filter(|event| !patterns.iter().any(|pattern| pattern.matches(event))).collect();
    if unseen.is_empty() {
        return;
    }
    if let Some(why) = unread {
        findings.undecided(rule, trail, trail.span, &why);
        return;
    }
    let names: Vec<&str> = unseen
        .iter()
        .filter_map(|event| event.iter().find(|(path, _)| *path == "eventName").map(|(_, name)| *name))
        .collect();
    let message = if unseen.len() == events.len() {
        format!("no alarm tells anybody of {what}")
    } else {
        format!("alarms on {what} leave out {}", names.join(", "))
    };
    findings.add(rule, trail, trail.span, message);
}

fn never_fires(account: &Account, findings: &mut Findings) {
    let made: Vec<Metric> = account.of_kind(&alarm::FILTER).flat_map(made).collect();
    let is_known = |(name, namespace): &Metric| name.is_known() && namespace.is_known();
    // A filter whose metric is not known may be the one.
    if !made.iter().all(is_known) {
        return;
    }
    for alarm in account.of_kind(&alarm::KIND) {
        let Some(metric) = watched(alarm).filter(is_known) else { continue };
        let is_near = made.iter().any(|(_, namespace)| *namespace == metric.1);
        if is_near && !made.contains(&metric) {
            let span = alarm.setting(&alarm::METRIC).span;
            let message = format!("no filter of the code makes the metric {} that the alarm watches", metric.0);
            findings.add(&NEVER_FIRES, alarm, span, message);
        }
    }
}
