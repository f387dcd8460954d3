//! AWS Config: whether it records, and what.

use crate::finding::{Level, Metadata, Severity};
use crate::model::kinds::recorder;
use crate::model::{Account, Attribute, Resource, Setting, texts};

use super::setting::{Fault, Sentence, ask};
use super::{BOTH, Findings, Rule};

/// Config's recorder does not run.
pub(super) static OFF: Rule = Rule {
    metadata: Metadata {
        id: "config-recorder-off",
        title: "Config's recorder does not run",
        group: "config",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["checkov:CKV2_AWS_45", "prowler:config_recorder_all_regions_enabled"],
        controls: &["cis-aws-7.0:4.3", "fsbp:Config.1"],
        documentation: include_str!("docs/config-recorder-off.md"),
    },
    check: off,
};

/// Config leaves kinds of resources out.
pub(super) static OMITS_TYPES: Rule = Rule {
    metadata: Metadata {
        id: "config-recorder-omits-resource-types",
        title: "Config leaves kinds of resources out",
        group: "config",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["checkov:CKV2_AWS_45"],
        controls: &[],
        documentation: include_str!("docs/config-recorder-omits-resource-types.md"),
    },
    check: omits_types,
};

/// Config does not record IAM.
pub(super) static OMITS_GLOBAL: Rule = Rule {
    metadata: Metadata {
        id: "config-recorder-omits-global-types",
        title: "Config does not record IAM",
        group: "config",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["checkov:CKV2_AWS_48"],
        controls: &[],
        documentation: include_str!("docs/config-recorder-omits-global-types.md"),
    },
    check: omits_global,
};

/// Config uses a role of its own.
pub(super) static OWN_ROLE: Rule = Rule {
    metadata: Metadata {
        id: "config-recorder-own-role",
        title: "Config uses a role of its own",
        group: "config",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["prowler:config_recorder_using_aws_service_role"],
        controls: &["fsbp:Config.1"],
        documentation: include_str!("docs/config-recorder-own-role.md"),
    },
    check: own_role,
};

/// Config's aggregator leaves regions out.
pub(super) static AGGREGATOR: Rule = Rule {
    metadata: Metadata {
        id: "config-aggregator-not-all-regions",
        title: "Config's aggregator leaves regions out",
        group: "config",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_121",
            "trivy:AVD-AWS-0019",
            "terrascan:AC_AWS_0049",
            "terrascan:AC_AWS_0450",
            "semgrep:aws-config-aggregator-not-all-regions",
            "prowler:config_delegated_admin_and_org_aggregator_all_regions",
            "kics:ac5a0bc0-a54c-45aa-90c3-15f7703b9132",
        ],
        controls: &[],
        documentation: include_str!("docs/config-aggregator-not-all-regions.md"),
    },
    check: aggregator,
};

/// Kinds without which nobody sees what an attacker changed.
const NEEDED: [&str; 5] = ["AWS::IAM::", "AWS::CloudTrail::", "AWS::KMS::", "AWS::S3::", "AWS::EC2::SecurityGroup"];

fn off(account: &Account, findings: &mut Findings) {
    let status = Sentence {
        kind: &recorder::STATUS,
        attribute: &recorder::IS_ENABLED,
        fault: Fault::Off,
        message: "the recorder is declared but does not run",
    };
    ask(&OFF, &[status], account, findings);
    for resource in account.of_kind(&recorder::KIND) {
        // CloudFormation starts it by itself.
        let has_status = !account.root.framework.is_terraform() || account.of_kind(&recorder::STATUS).next().is_some();
        if !has_status {
            findings.add(&OFF, resource, resource.span, "nothing starts the recorder: it records nothing");
        } else if account.of_kind(&recorder::CHANNEL).next().is_none() {
            findings.add(&OFF, resource, resource.span, "the recorder has no delivery channel: it cannot start");
        }
    }
}

fn omits_types(account: &Account, findings: &mut Findings) {
    for resource in account.of_kind(&recorder::KIND) {
        let excluded = resource.setting(&recorder::EXCLUDED_TYPES);
        let needed = texts(&excluded.value)
            .into_iter()
            .find(|(text, _)| NEEDED.iter().any(|kind| text.literal_content().starts_with(kind)));
        if let Some((text, span)) = needed {
            let message = format!("changes of {text} are not recorded");
            findings.add(&OMITS_TYPES, resource, span.unwrap_or(excluded.span), message);
            continue;
        }
        let all = resource.setting(&recorder::ALL_SUPPORTED);
        // A recorder that names what it leaves out records the rest.
        let chooses = resource.explicit(&recorder::TYPES).is_some() || all.explicit;
        let partly = all.as_bool().map(|all| !all && !excluded.explicit && chooses);
        if findings.decide(&OMITS_TYPES, resource, all.span, partly) {
            findings.add(&OMITS_TYPES, resource, all.span, "only the kinds of resources that are named are recorded");
        }
    }
}

fn omits_global(account: &Account, findings: &mut Findings) {
    let recorders: Vec<&Resource> = account.of_kind(&recorder::KIND).collect();
    // One region's recorder is enough.
    if recorders.iter().any(|recorder| records_iam(recorder)) {
        return;
    }
    if let Some(first) = recorders.first() {
        let global = first.setting(&recorder::GLOBAL_TYPES);
        if findings.decide(&OMITS_GLOBAL, first, global.span, Fault::Off.is_in(&global)) {
            findings.add(&OMITS_GLOBAL, first, global.span, "changes of users, roles and policies are not recorded");
        }
    }
}

fn records_iam(recorder: &Resource) -> bool {
    let named = |setting: Setting| {
        texts(&setting.value).iter().any(|(text, _)| text.literal_content().starts_with("AWS::IAM::"))
    };
    let excludes = recorder.setting(&recorder::STRATEGY).as_str() == Ok(Some("EXCLUSION_BY_RESOURCE_TYPES".to_owned()));
    recorder.setting(&recorder::GLOBAL_TYPES).as_bool() == Ok(true)
        || named(recorder.setting(&recorder::TYPES))
        || (excludes && !named(recorder.setting(&recorder::EXCLUDED_TYPES)))
}

fn own_role(account: &Account, findings: &mut Findings) {
    const SERVICE_LINKED: &str = "AWSServiceRoleForConfig";
    for resource in account.of_kind(&recorder::KIND) {
        let role = resource.setting(&recorder::ROLE);
        let is_own = role.value.to_text().is_some_and(|role| {
            role.as_symbol().is_none_or(|symbol| !symbol.name().contains("service_linked_role"))
                && !role.expanded().literal_content().contains(SERVICE_LINKED)
        });
        if role.explicit && is_own {
            let message = "the recorder uses a role of its own; the service-linked one always has what it takes";
            findings.add(&OWN_ROLE, resource, role.span, message);
        }
    }
}

fn aggregator(account: &Account, findings: &mut Findings) {
    const SOURCES: [(&Attribute, &Attribute); 2] = [
        (&recorder::OF_ORGANIZATION, &recorder::OF_ORGANIZATION_ALL_REGIONS),
        (&recorder::OF_ACCOUNTS, &recorder::OF_ACCOUNTS_ALL_REGIONS),
    ];
    for resource in account.of_kind(&recorder::AGGREGATOR) {
        for (_, all) in SOURCES.iter().filter(|(source, _)| resource.explicit(source).is_some()) {
            let all = resource.setting(all);
            if findings.decide(&AGGREGATOR, resource, all.span, Fault::Off.is_in(&all)) {
                findings.add(
                    &AGGREGATOR,
                    resource,
                    all.span,
                    "what happens in regions that are not named stays unseen",
                );
            }
        }
    }
}
