//! What of the network opens a way to credentials, or records nothing.

use std::ops::RangeInclusive;

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::model::kinds::{instance, network};
use crate::model::{Account, Attribute, Kind, Resource, Setting, texts};
use crate::source::Span;
use crate::value::{Value, Why};

use super::setting::{Fault, Sentence, ask, may_name};
use super::{BOTH, Findings, Rule, TERRAFORM};

/// Connections of a VPC are not recorded.
pub(super) static FLOW_LOG: Rule = Rule {
    metadata: Metadata {
        id: "vpc-flow-log-missing",
        title: "Connections of a VPC are not recorded",
        group: "network",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV2_AWS_11",
            "cfn-nag:W60",
            "regula:FG_R00054",
            "trivy:AVD-AWS-0178",
            "terrascan:AC_AWS_0369",
            "prowler:vpc_flow_logs_enabled",
            "kics:f83121ea-03da-434f-9277-9cd247ab3047",
            "kics:f6d299d2-21eb-41cc-b1e1-fe12d857500b",
        ],
        controls: &["cis-aws-7.0:4.7", "fsbp:EC2.6"],
        documentation: include_str!("docs/vpc-flow-log-missing.md"),
    },
    check: flow_log,
};

/// Default security group lets something through.
pub(super) static DEFAULT_GROUP_OPEN: Rule = Rule {
    metadata: Metadata {
        id: "default-security-group-open",
        title: "Default security group lets something through",
        group: "network",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &[
            "checkov:CKV2_AWS_12",
            "regula:FG_R00089",
            "trivy:AVD-AWS-0173",
            "terrascan:AC_AWS_0232",
            "prowler:ec2_securitygroup_default_restrict_traffic",
            "kics:46883ce1-dc3e-4b17-9195-c6a601624c73",
            "kics:ea33fcf7-394b-4d11-a228-985c5d08f205",
        ],
        controls: &["cis-aws-7.0:6.5", "fsbp:EC2.2"],
        documentation: include_str!("docs/default-security-group-open.md"),
    },
    check: default_group_open,
};

/// Default security group is left as it is.
pub(super) static DEFAULT_GROUP_UNMANAGED: Rule = Rule {
    metadata: Metadata {
        id: "default-security-group-unmanaged",
        title: "Default security group is left as it is",
        group: "network",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: TERRAFORM,
        aliases: &["checkov:CKV2_AWS_12", "regula:FG_R00089"],
        controls: &[],
        documentation: include_str!("docs/default-security-group-unmanaged.md"),
    },
    check: default_group_unmanaged,
};

/// Default VPC is used.
pub(super) static DEFAULT_VPC: Rule = Rule {
    metadata: Metadata {
        id: "default-vpc-used",
        title: "Default VPC is used",
        group: "network",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: TERRAFORM,
        aliases: &[
            "checkov:CKV_AWS_148",
            "trivy:AVD-AWS-0101",
            "terrascan:AC_AWS_0370",
            "kics:96ed3526-0179-4c73-b1b2-372fde2e0d13",
        ],
        controls: &[],
        documentation: include_str!("docs/default-vpc-used.md"),
    },
    check: default_vpc,
};

/// Metadata answer requests without a token.
pub(super) static IMDSV1: Rule = Rule {
    metadata: Metadata {
        id: "ec2-imdsv1-allowed",
        title: "Metadata answer requests without a token",
        group: "network",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_79",
            "checkov:CKV_AWS_371",
            "trivy:AVD-AWS-0028",
            "trivy:AVD-AWS-0130",
            "semgrep:ec2-imdsv1-optional",
            "semgrep:aws-ec2-launch-template-metadata-service-v1-enabled",
            "terrascan:AC_AWS_0479",
            "terrascan:AC_AWS_0487",
            "prowler:ec2_instance_imdsv2_enabled",
            "prowler:ec2_launch_template_imdsv2_required",
            "prowler:autoscaling_group_launch_configuration_requires_imdsv2",
            "prowler:ec2_confidential_workload_host_imdsv2_not_enforced",
        ],
        controls: &["cis-aws-7.0:6.7", "fsbp:EC2.8"],
        documentation: include_str!("docs/ec2-imdsv1-allowed.md"),
    },
    check: imdsv1,
};

/// Metadata answer beyond the instance.
pub(super) static HOP_LIMIT: Rule = Rule {
    metadata: Metadata {
        id: "ec2-imds-hop-limit",
        title: "Metadata answer beyond the instance",
        group: "network",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["checkov:CKV_AWS_341"],
        controls: &["fsbp:AutoScaling.4"],
        documentation: include_str!("docs/ec2-imds-hop-limit.md"),
    },
    check: |account, findings| {
        ask(
            &HOP_LIMIT,
            &[
                Sentence { kind: &instance::KIND, attribute: &instance::HOP_LIMIT, fault: FAR, message: FAR_MESSAGE },
                Sentence {
                    kind: &instance::LAUNCH_TEMPLATE,
                    attribute: &instance::TEMPLATE_HOP_LIMIT,
                    fault: FAR,
                    message: FAR_MESSAGE,
                },
                Sentence {
                    kind: &instance::LAUNCH_CONFIGURATION,
                    attribute: &instance::HOP_LIMIT,
                    fault: FAR,
                    message: FAR_MESSAGE,
                },
            ],
            account,
            findings,
        );
    },
};

/// New instances answer metadata requests without a token.
pub(super) static ACCOUNT_DEFAULT: Rule = Rule {
    metadata: Metadata {
        id: "ec2-imds-account-default-v1",
        title: "New instances answer metadata requests without a token",
        group: "network",
        severity: Severity::Medium,
        level: Level::Pedantic,
        frameworks: TERRAFORM,
        aliases: &["prowler:ec2_instance_account_imdsv2_enabled"],
        controls: &[],
        documentation: include_str!("docs/ec2-imds-account-default-v1.md"),
    },
    check: |account, findings| {
        ask(
            &ACCOUNT_DEFAULT,
            &[Sentence {
                kind: &instance::METADATA_DEFAULTS,
                attribute: &instance::DEFAULT_TOKENS,
                fault: Fault::Is(&["optional"]),
                message: "new instances of the region answer metadata requests without a token",
            }],
            account,
            findings,
        );
    },
};

/// Port for administrators is open to the internet.
pub(super) static ADMIN_PORT: Rule = Rule {
    metadata: Metadata {
        id: "admin-port-open-to-internet",
        title: "Port for administrators is open to the internet",
        group: "network",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_24",
            "checkov:CKV_AWS_25",
            "checkov:CKV_AWS_277",
            "regula:FG_R00085",
            "regula:FG_R00087",
            "regula:FG_R00044",
            "regula:FG_R00045",
            "prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22",
            "prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389",
            "prowler:ec2_securitygroup_allow_ingress_from_internet_to_all_ports",
            "prowler:ec2_instance_port_ssh_exposed_to_internet",
            "prowler:ec2_instance_port_rdp_exposed_to_internet",
            "prowler:ec2_instance_port_cifs_exposed_to_internet",
            "kics:65905cec-d691-4320-b320-2000436cb696",
            "kics:151187cb-0efc-481c-babd-ad24e3c9bc22",
            "kics:4728cd65-a20c-49da-8b31-9c08b423e4db",
            "kics:6e856af2-62d7-4ba2-adc1-73b62cef9cc1",
            "kics:3ae83918-7ec7-4cb8-80db-b91ef0f94002",
            "kics:adcd0082-e90b-4b63-862b-21899f6e6a48",
            "checkov:CKV_AWS_231",
            "checkov:CKV_AWS_232",
            "regula:FG_R00357",
            "regula:FG_R00359",
            "prowler:ec2_networkacl_allow_ingress_any_port",
            "prowler:ec2_networkacl_allow_ingress_tcp_port_22",
            "prowler:ec2_networkacl_allow_ingress_tcp_port_3389",
        ],
        controls: &[
            "cis-aws-7.0:6.1.2",
            "cis-aws-7.0:6.2",
            "cis-aws-7.0:6.3",
            "cis-aws-7.0:6.4",
            "fsbp:EC2.13",
            "fsbp:EC2.14",
            "fsbp:EC2.21",
        ],
        documentation: include_str!("docs/admin-port-open-to-internet.md"),
    },
    check: admin_port,
};

const FAR: Fault = Fault::Between(2, 64);
const FAR_MESSAGE: &str = "the answer reaches containers behind the instance: they get its role's credentials";

fn flow_log(account: &Account, findings: &mut Findings) {
    let names = |vpc: &Resource| {
        account.of_kind(&network::FLOW_LOG).any(|log| {
            let of = [&network::OF_VPC, &network::FLOW_LOG_RESOURCE].map(|attribute| log.setting(attribute).value);
            of.iter().any(|of| may_name(of, vpc)) || log.explicit(&network::FLOW_LOG_SUBNET).is_some()
        })
    };
    for vpc in account.of_kind(&network::VPC).filter(|vpc| !names(vpc)) {
        findings.add(&FLOW_LOG, vpc, vpc.span, "nothing records the connections of this VPC");
    }
}

fn default_group_open(account: &Account, findings: &mut Findings) {
    for group in account.of_kind(&network::DEFAULT_SECURITY_GROUP) {
        let rule = group.blocks(&network::INGRESS).into_iter().chain(group.blocks(&network::EGRESS)).next();
        if let Some(rule) = rule {
            let span = rule.origin.unwrap_or(group.span);
            let message = "whatever is started without a security group of its own gets this rule";
            findings.add(&DEFAULT_GROUP_OPEN, group, span, message);
        }
    }
}

fn default_group_unmanaged(account: &Account, findings: &mut Findings) {
    let vpcs = account.of_kind(&network::VPC).filter(|_| account.root.framework.is_terraform());
    let managed: Vec<&Resource> = account.of_kind(&network::DEFAULT_SECURITY_GROUP).collect();
    for vpc in vpcs {
        let is_managed = managed.iter().any(|group| may_name(&group.setting(&network::OF_VPC).value, vpc));
        if !is_managed {
            let message = "the VPC's default security group lets its members reach each other, and all go out";
            findings.add(&DEFAULT_GROUP_UNMANAGED, vpc, vpc.span, message);
        }
    }
}

fn default_vpc(account: &Account, findings: &mut Findings) {
    for resource in account.of_kind(&network::DEFAULT_VPC).chain(account.of_kind(&network::DEFAULT_SUBNET)) {
        findings.add(&DEFAULT_VPC, resource, resource.span, "takes over the VPC whose subnets are all public");
    }
    let sentence = Sentence {
        kind: &network::VPC_LOOK_UP,
        attribute: &network::IS_DEFAULT,
        fault: Fault::On,
        message: "uses the VPC whose subnets are all public",
    };
    ask(&DEFAULT_VPC, &[sentence], account, findings);
}

/// Where instances say how their metadata answer: a kind, the token, and whether there are metadata at all.
const METADATA: [(&Kind, &Attribute, &Attribute); 3] = [
    (&instance::KIND, &instance::TOKENS, &instance::ENDPOINT),
    (&instance::LAUNCH_TEMPLATE, &instance::TEMPLATE_TOKENS, &instance::TEMPLATE_ENDPOINT),
    (&instance::LAUNCH_CONFIGURATION, &instance::TOKENS, &instance::ENDPOINT),
];

fn imdsv1(account: &Account, findings: &mut Findings) {
    const MESSAGE: &str =
        "metadata answer requests without a token: a forged request is enough to get the role's credentials";
    let is_required =
        |defaults: &Resource| defaults.setting(&instance::DEFAULT_TOKENS).as_str() == Ok(Some("required".to_owned()));
    let by_account = account.of_kind(&instance::METADATA_DEFAULTS).any(is_required);
    for (kind, tokens, endpoint) in METADATA {
        for resource in account.of_kind(kind) {
            let setting = resource.setting(tokens);
            // A template or the account may require them for whoever is silent.
            let elsewhere = resource.setting(&instance::USED_TEMPLATE).explicit || by_account;
            if Fault::Is(&["disabled"]).is_in(&resource.setting(endpoint)) == Ok(true)
                || (!setting.explicit && elsewhere)
            {
                continue;
            }
            let optional = setting.as_str().map(|tokens| tokens.is_none_or(|tokens| tokens != "required"));
            if findings.decide(&IMDSV1, resource, setting.span, optional) {
                let finding = findings.add(&IMDSV1, resource, setting.span, MESSAGE);
                if !setting.explicit {
                    // Some images ask for the token themselves.
                    finding.at_most(Confidence::Likely);
                }
            }
        }
    }
    let of_notebook = Sentence {
        kind: &instance::NOTEBOOK,
        attribute: &instance::NOTEBOOK_VERSION,
        fault: Fault::Is(&["1"]),
        message: MESSAGE,
    };
    ask(&IMDSV1, &[of_notebook], account, findings);
}

/// Ports by which administrators come in: SSH, RDP, and SMB, which gives the same to whoever has a password. Source: CIS
/// Amazon Web Services Foundations Benchmark, "Networking".
const ADMIN_PORTS: [(i64, &str); 3] = [(22, "SSH"), (3389, "RDP"), (445, "SMB")];

/// How a rule of a security group spells what it lets in.
struct Spelling {
    protocol: &'static Attribute,
    ranges: [&'static Attribute; 2],
}

const ON_GROUP: Spelling =
    Spelling { protocol: &network::PROTOCOL, ranges: [&network::IPV4_RANGES, &network::IPV6_RANGES] };
const ON_RULE: Spelling =
    Spelling { protocol: &network::RULE_PROTOCOL, ranges: [&network::RULE_IPV4_RANGE, &network::RULE_IPV6_RANGE] };

fn admin_port(account: &Account, findings: &mut Findings) {
    for kind in [&network::SECURITY_GROUP, &network::DEFAULT_SECURITY_GROUP] {
        for resource in account.of_kind(kind) {
            for rule in resource.blocks(&network::INGRESS) {
                lets_in(resource, &rule, &ON_GROUP, findings);
            }
        }
    }
    for resource in account.of_kind(&network::INGRESS_RULE) {
        lets_in(resource, &resource.attributes, &ON_RULE, findings);
    }
    for resource in account.of_kind(&network::GROUP_RULE) {
        if resource.setting(&network::DIRECTION).as_str() == Ok(Some("ingress".to_owned())) {
            lets_in(resource, &resource.attributes, &ON_GROUP, findings);
        }
    }
}

/// Reports a rule that lets the whole internet in to a port of administrators.
fn lets_in(resource: &Resource, rule: &Value, spelling: &Spelling, findings: &mut Findings) {
    let setting = |attribute: &Attribute| resource.setting_in(rule, attribute);
    let Some((span, possible)) = spelling.ranges.iter().find_map(|ranges| everywhere(&setting(ranges))) else { return };
    let ports = ports(&setting(spelling.protocol), &setting(&network::FROM_PORT), &setting(&network::TO_PORT));
    match ports {
        Ok(ports) => {
            let open: Vec<&str> = ADMIN_PORTS
                .iter()
                .filter(|(port, _)| ports.as_ref().is_some_and(|ports| ports.contains(port)))
                .map(|(_, name)| *name)
                .collect();
            if !open.is_empty() {
                let message = format!("lets the whole internet in to {}", open.join(", "));
                let finding = findings.add(&ADMIN_PORT, resource, span, message);
                if possible {
                    finding.at_most(Confidence::Likely);
                }
            }
        }
        Err(why) => findings.undecided(&ADMIN_PORT, resource, span, &why),
    }
}

/// Where a security group of the code lets the whole internet in, on whatever port.
pub(super) fn opened_to_internet(account: &Account, group: &Resource) -> Option<Span> {
    let opened = |resource: &Resource, rule: &Value, spelling: &Spelling| {
        let mut ranges = spelling.ranges.iter().map(|ranges| resource.setting_in(rule, ranges));
        ranges.find_map(|ranges| everywhere(&ranges)).map(|(span, _)| span)
    };
    let is_of_group = |rule: &Resource| {
        account
            .resolve(&rule.setting(&network::RULE_GROUP).value, &network::SECURITY_GROUP, &network::NAME)
            .is_some_and(|of| of.address == group.address)
    };
    let is_ingress = |rule: &Resource| rule.setting(&network::DIRECTION).as_str() == Ok(Some("ingress".to_owned()));
    let mut on_group = group.blocks(&network::INGRESS).into_iter();
    let mut newer = account.of_kind(&network::INGRESS_RULE).filter(|rule| is_of_group(rule));
    let mut older = account.of_kind(&network::GROUP_RULE).filter(|rule| is_ingress(rule) && is_of_group(rule));
    on_group
        .find_map(|rule| opened(group, &rule, &ON_GROUP))
        .or_else(|| newer.find_map(|rule| opened(rule, &rule.attributes, &ON_RULE)))
        .or_else(|| older.find_map(|rule| opened(rule, &rule.attributes, &ON_GROUP)))
}

/// The range among these that is the whole internet, and whether it is one of several alternatives.
fn everywhere(ranges: &Setting) -> Option<(Span, bool)> {
    let several = ranges.value.alternatives().len() > 1;
    let found = texts(&ranges.value).into_iter().find(|(text, _)| matches!(text.as_str(), Some("0.0.0.0/0" | "::/0")));
    found.map(|(_, span)| (span.unwrap_or(ranges.span), several))
}

/// The ports of a rule for TCP, if it is for TCP.
fn ports(protocol: &Setting, from: &Setting, to: &Setting) -> Result<Option<RangeInclusive<i64>>, Why> {
    const ALL: RangeInclusive<i64> = 0..=65_535;
    // The number of TCP is 6. Source: Amazon EC2 API reference, "IpPermission".
    match protocol.as_str()?.unwrap_or_default().to_ascii_lowercase().as_str() {
        "-1" | "all" => Ok(Some(ALL)),
        "tcp" | "6" => {
            let (from, to) = (from.as_integer()?.unwrap_or(0), to.as_integer()?.unwrap_or(*ALL.end()));
            Ok(Some(if from < 0 { ALL } else { from..=to }))
        }
        _ => Ok(None),
    }
}
