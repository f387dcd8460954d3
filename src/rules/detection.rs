//! What should notice an attack, and is switched off.

use crate::finding::{Level, Metadata, Severity};
use crate::model::kinds::detector;
use crate::model::{Account, Attribute, Resource, Setting};
use crate::value::Value;

use super::{BOTH, Findings, Rule};

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
