//! What should notice an attack, and is switched off.

use crate::finding::{Level, Metadata, Severity};
use crate::model::kinds::detector;
use crate::model::{Account, Attribute, Resource, Setting};
use crate::value::{Value, Why};

use super::setting::{Fault, Sentence, ask};
use super::{BOTH, Findings, Rule, TERRAFORM};

/// GuardDuty detector is switched off.
pub(super) static GUARDDUTY_DISABLED: Rule = Rule {
    metadata: Metadata {
        id: "guardduty-disabled",
        title: "GuardDuty detector is switched off",
        group: "detection",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_238",
            "terrascan:AC_AWS_0131",
            "prowler:guardduty_is_enabled",
            "kics:704dadd3-54fc-48ac-b6a0-02f170011473",
            "kics:a25cd877-375c-4121-a640-730929936fac",
        ],
        controls: &["fsbp:GuardDuty.1"],
        documentation: include_str!("docs/guardduty-disabled.md"),
    },
    check: guardduty_disabled,
};

/// GuardDuty protection plan is switched off.
pub(super) static PROTECTION_PLAN_OFF: Rule = Rule {
    metadata: Metadata {
        id: "guardduty-protection-plan-off",
        title: "GuardDuty protection plan is switched off",
        group: "detection",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "prowler:guardduty_s3_protection_enabled",
            "prowler:guardduty_eks_audit_log_enabled",
            "prowler:guardduty_eks_runtime_monitoring_enabled",
            "prowler:guardduty_ec2_malware_protection_enabled",
            "prowler:guardduty_rds_protection_enabled",
            "prowler:guardduty_lambda_protection_enabled",
            "prowler:guardduty_runtime_monitoring_enabled",
            "prowler:guardduty_ai_protection_enabled",
        ],
        controls: &["fsbp:GuardDuty.10", "fsbp:GuardDuty.9"],
        documentation: include_str!("docs/guardduty-protection-plan-off.md"),
    },
    check: protection_plan_off,
};

/// GuardDuty tells of what goes on every six hours only.
pub(super) static SLOW_PUBLISHING: Rule = Rule {
    metadata: Metadata {
        id: "guardduty-slow-publishing",
        title: "GuardDuty tells of what goes on every six hours only",
        group: "detection",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("docs/guardduty-slow-publishing.md"),
    },
    check: |account, findings| {
        ask(
            &SLOW_PUBLISHING,
            &[Sentence {
                kind: &detector::KIND,
                attribute: &detector::PUBLISHING_FREQUENCY,
                fault: Fault::Is(&["SIX_HOURS"]),
                message: "findings that go on are published every six hours only",
            }],
            account,
            findings,
        );
    },
};

/// New accounts of the organization have no GuardDuty.
pub(super) static AUTO_ENABLE_OFF: Rule = Rule {
    metadata: Metadata {
        id: "guardduty-organization-auto-enable-off",
        title: "New accounts of the organization have no GuardDuty",
        group: "detection",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: TERRAFORM,
        aliases: &[
            "checkov:CKV2_AWS_3",
            "prowler:guardduty_delegated_admin_enabled_all_regions",
            "prowler:guardduty_centrally_managed",
        ],
        controls: &[],
        documentation: include_str!("docs/guardduty-organization-auto-enable-off.md"),
    },
    check: |account, findings| {
        ask(
            &AUTO_ENABLE_OFF,
            &[
                Sentence {
                    kind: &detector::ORGANIZATION,
                    attribute: &detector::AUTO_ENABLE,
                    fault: Fault::Is(&["NONE"]),
                    message: NOT_ENROLLED,
                },
                Sentence {
                    kind: &detector::ORGANIZATION,
                    attribute: &detector::AUTO_ENABLE_NEW,
                    fault: Fault::Is(&["false"]),
                    message: NOT_ENROLLED,
                },
            ],
            account,
            findings,
        );
    },
};

/// Findings are archived unread.
pub(super) static FINDINGS_HIDDEN: Rule = Rule {
    metadata: Metadata {
        id: "detection-findings-hidden",
        title: "Findings are archived unread",
        group: "detection",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("docs/detection-findings-hidden.md"),
    },
    check: findings_hidden,
};

const NOT_ENROLLED: &str = "new accounts of the organization start without GuardDuty";

/// The fields of a finding that say what or whom it is about. Source: Amazon GuardDuty User Guide, "Filtering findings".
const NARROW_FIELDS: [&str; 6] =
    ["resource.", "type", "id", "service.resourceRole", "service.action.", "service.additionalInfo."];

fn findings_hidden(account: &Account, findings: &mut Findings) {
    for filter in account.of_kind(&detector::FILTER) {
        let action = filter.setting(&detector::FILTER_ACTION);
        let archives = Fault::Is(&["ARCHIVE"]).is_in(&action);
        if !findings.decide(&FINDINGS_HIDDEN, filter, action.span, archives) {
            continue;
        }
        let criteria = filter.setting(&detector::FILTER_CRITERIA);
        let Some(fields) = fields(filter, &criteria.value) else {
            let why = Why::Input("which findings the filter is about".into());
            findings.undecided(&FINDINGS_HIDDEN, filter, criteria.span, &why);
            continue;
        };
        if !fields.iter().any(|field| NARROW_FIELDS.iter().any(|narrow| field.starts_with(narrow))) {
            let message = "archives findings without naming what or whom they are about: nobody will read them";
            findings.add(&FINDINGS_HIDDEN, filter, action.span, message);
        }
    }
}

/// The fields that a filter compares, if they are known.
fn fields(filter: &Resource, criteria: &Value) -> Option<Vec<String>> {
    if let Some(map) = criteria.as_map().filter(|_| !filter.framework().is_terraform()) {
        return map.entries().iter().map(|entry| entry.key.as_str().map(str::to_owned)).collect();
    }
    let blocks = filter.blocks(&detector::FILTER_CRITERIA);
    blocks.iter().map(|block| filter.setting_in(block, &detector::CRITERION_FIELD).as_str().ok().flatten()).collect()
}

fn guardduty_disabled(account: &Account, findings: &mut Findings) {
    for resource in account.of_kind(&detector::KIND) {
        let enable = resource.setting(&detector::ENABLE);
        let off = enable.as_bool().map(|on| !on);
        if findings.decide(&GUARDDUTY_DISABLED, resource, enable.span, off) {
            findings.add(&GUARDDUTY_DISABLED, resource, enable.span, "the detector is declared but switched off");
        }
    }
}

fn protection_plan_off(account: &Account, findings: &mut Findings) {
    const SWITCHES: [(&Attribute, &str); 3] = [
        (&detector::S3_LOGS, "S3_DATA_EVENTS"),
        (&detector::KUBERNETES, "EKS_AUDIT_LOGS"),
        (&detector::MALWARE, "EBS_MALWARE_PROTECTION"),
    ];
    for resource in account.of_kind(&detector::KIND) {
        // A detector that is off as a whole has one fault, not one for each plan.
        if resource.setting(&detector::ENABLE).as_bool() == Ok(false) {
            continue;
        }
        for (attribute, plan) in SWITCHES {
            let Some(switch) = resource.explicit(attribute).map(Setting::where_given) else { continue };
            let off = switch.as_bool().map(|on| !on);
            if findings.decide(&PROTECTION_PLAN_OFF, resource, switch.span, off) {
                findings.add(
                    &PROTECTION_PLAN_OFF,
                    resource,
                    switch.span,
                    format!("the protection plan {plan} is switched off"),
                );
            }
        }
        for feature in resource.blocks(&detector::FEATURES) {
            feature_off(resource, &feature, findings);
        }
    }
    for resource in account.of_kind(&detector::FEATURE) {
        feature_off(resource, &resource.attributes, findings);
    }
}

fn feature_off(resource: &Resource, feature: &Value, findings: &mut Findings) {
    let status = resource.setting_in(feature, &detector::FEATURE_STATUS).where_given();
    let off = status.as_str().map(|status| status.is_some_and(|status| status.eq_ignore_ascii_case("disabled")));
    if findings.decide(&PROTECTION_PLAN_OFF, resource, status.span, off) {
        let name = resource.setting_in(feature, &detector::FEATURE_NAME).as_str().ok().flatten();
        let plan = name.unwrap_or_else(|| "of this feature".to_owned());
        findings.add(
            &PROTECTION_PLAN_OFF,
            resource,
            status.span,
            format!("the protection plan {plan} is switched off"),
        );
    }
}
