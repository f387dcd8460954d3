//! Resource policies that let everyone in.

use crate::finding::{Confidence, Finding, Level, Metadata, Severity};
use crate::iam::callers::{Pin, Stranger};
use crate::iam::{OpenAction, Opening};
use crate::model::kinds::{api, permission, resource_policy, search_domain};
use crate::model::{Account, CarriedDocument, Kind, Purpose, Resource};
use crate::rules::{BOTH, Findings, Rule, note_opaque};

/// Queue is open to everyone.
pub(in crate::rules) static QUEUE: Rule = Rule {
    metadata: Metadata {
        id: "sqs-queue-policy-public",
        title: "Queue is open to everyone",
        group: "public-access",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_168",
            "checkov:CKV_AWS_387",
            "checkov:CKV_AWS_283",
            "cfn-nag:F21",
            "cfn-guard:SQS_QUEUEPOLICY_NO_WILDCARD_PRINCIPAL",
            "regula:FG_R00049",
            "terrascan:AC_AWS_0365",
            "semgrep:aws-sqs-queue-policy-wildcard-principal",
            "prowler:sqs_queues_not_publicly_accessible",
            "kics:abb06e5f-ef9a-4a99-98c6-376d396bfcdf",
            "kics:730675f9-52ed-49b6-8ead-0acb5dd7df7f",
            "kics:9b6a3f5b-5fd6-40ee-9bc0-ed604911212d",
        ],
        controls: &["cis-aws-7.0:2.21"],
        documentation: include_str!("../docs/sqs-queue-policy-public.md"),
    },
    check: queue,
};

/// Topic is open to everyone.
pub(in crate::rules) static TOPIC: Rule = Rule {
    metadata: Metadata {
        id: "sns-topic-policy-public",
        title: "Topic is open to everyone",
        group: "public-access",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_169",
            "checkov:CKV_AWS_283",
            "cfn-nag:F18",
            "cfn-guard:SNS_TOPICPOLICY_NO_WILDCARD_PRINCIPAL",
            "terrascan:AC_AWS_0385",
            "prowler:sns_topics_not_publicly_accessible",
            "kics:b26d2b7e-60f6-413d-a3a1-a57db24aa2b3",
        ],
        controls: &["cis-aws-7.0:2.21"],
        documentation: include_str!("../docs/sns-topic-policy-public.md"),
    },
    check: topic,
};

/// Key is open to every AWS account.
pub(in crate::rules) static KEY: Rule = Rule {
    metadata: Metadata {
        id: "kms-key-policy-public",
        title: "Key is open to every AWS account",
        group: "public-access",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_33",
            "checkov:CKV_AWS_283",
            "cfn-nag:F76",
            "cfn-guard:KMS_NO_WILDCARD_PRINCIPAL",
            "regula:FG_R00252",
            "terrascan:AC_AWS_0162",
            "terrascan:AC_AWS_0482",
            "semgrep:aws-kms-key-wildcard-principal",
            "prowler:kms_key_not_publicly_accessible",
            "kics:7ebc9038-0bde-479a-acc4-6ed7b6758899",
            "kics:f6049677-ec4a-43af-8779-5190b6d03cba",
        ],
        controls: &["cis-aws-7.0:2.21", "fsbp:KMS.5"],
        documentation: include_str!("../docs/kms-key-policy-public.md"),
    },
    check: key,
};

/// Image repository is open to every AWS account.
pub(in crate::rules) static REPOSITORY: Rule = Rule {
    metadata: Metadata {
        id: "ecr-repository-policy-public",
        title: "Image repository is open to every AWS account",
        group: "public-access",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_32",
            "checkov:CKV_AWS_283",
            "trivy:AVD-AWS-0032",
            "terrascan:AC_AWS_0084",
            "semgrep:aws-ecr-repository-wildcard-principal",
            "prowler:ecr_repositories_not_publicly_accessible",
            "kics:e86e26fc-489e-44f0-9bcd-97305e4ba69a",
        ],
        controls: &["cis-aws-7.0:2.21"],
        documentation: include_str!("../docs/ecr-repository-policy-public.md"),
    },
    check: repository,
};

/// Secret is open to every AWS account.
pub(in crate::rules) static SECRET: Rule = Rule {
    metadata: Metadata {
        id: "secret-policy-public",
        title: "Secret is open to every AWS account",
        group: "public-access",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["terrascan:AC_AWS_0501", "checkov:CKV_AWS_283", "prowler:secretsmanager_not_publicly_accessible"],
        controls: &["cis-aws-7.0:2.21"],
        documentation: include_str!("../docs/secret-policy-public.md"),
    },
    check: secret,
};

/// File system takes every client.
pub(in crate::rules) static FILE_SYSTEM: Rule = Rule {
    metadata: Metadata {
        id: "efs-policy-public",
        title: "File system takes every client",
        group: "public-access",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["terrascan:AC_AWS_0464", "checkov:CKV_AWS_283", "prowler:efs_not_publicly_accessible"],
        controls: &["cis-aws-7.0:2.21"],
        documentation: include_str!("../docs/efs-policy-public.md"),
    },
    check: file_system,
};

/// Search domain is open to everyone.
pub(in crate::rules) static DOMAIN: Rule = Rule {
    metadata: Metadata {
        id: "opensearch-domain-policy-public",
        title: "Search domain is open to everyone",
        group: "public-access",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["terrascan:AC_AWS_0469", "prowler:opensearch_service_domains_not_publicly_accessible"],
        controls: &["cis-aws-7.0:2.21", "fsbp:ES.2", "fsbp:OpenSearch.2"],
        documentation: include_str!("../docs/opensearch-domain-policy-public.md"),
    },
    check: domain,
};

/// Resource policy lets everyone in.
pub(in crate::rules) static OTHER: Rule = Rule {
    metadata: Metadata {
        id: "resource-policy-public",
        title: "Resource policy lets everyone in",
        group: "public-access",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_283",
            "prowler:glue_data_catalogs_not_publicly_accessible",
            "prowler:ses_identity_not_publicly_accessible",
            "checkov:CKV_AWS_167",
            "semgrep:aws-glacier-vault-any-principal",
            "prowler:glacier_vaults_policy_public_access",
            "prowler:eventbridge_bus_exposed",
            "prowler:cloudwatch_log_group_not_publicly_accessible",
        ],
        controls: &["cis-aws-7.0:2.21"],
        documentation: include_str!("../docs/resource-policy-public.md"),
    },
    check: other,
};

fn queue(account: &Account, findings: &mut Findings) {
    opened(&QUEUE, &resource_policy::QUEUE, "sqs", account, findings, |_| true);
}

fn topic(account: &Account, findings: &mut Findings) {
    opened(&TOPIC, &resource_policy::TOPIC, "sns", account, findings, |_| true);
}

fn key(account: &Account, findings: &mut Findings) {
    opened(&KEY, &resource_policy::KEY, "kms", account, findings, |_| true);
}

fn repository(account: &Account, findings: &mut Findings) {
    opened(&REPOSITORY, &resource_policy::REPOSITORY, "ecr", account, findings, |_| true);
}

fn secret(account: &Account, findings: &mut Findings) {
    opened(&SECRET, &resource_policy::SECRET, "secretsmanager", account, findings, |_| true);
}

fn file_system(account: &Account, findings: &mut Findings) {
    opened(&FILE_SYSTEM, &resource_policy::FILE_SYSTEM, "elasticfilesystem", account, findings, |_| true);
}

fn domain(account: &Account, findings: &mut Findings) {
    opened(&DOMAIN, &resource_policy::DOMAIN, "es", account, findings, |carrier| !is_shielded(account, carrier));
}

/// Whether a search domain asks who calls besides its policy, or cannot be reached from outside: it is in a VPC, or it
/// has users of its own. Amazon OpenSearch Service Developer Guide, "Identity and Access Management".
fn is_shielded(account: &Account, carrier: &Resource) -> bool {
    let name = carrier.setting(&search_domain::NAME).value;
    let domain = if search_domain::KIND.is(carrier) {
        Some(carrier)
    } else {
        account.resolve(&name, &search_domain::KIND, &search_domain::NAME)
    };
    domain.is_some_and(|domain| {
        domain.explicit(&search_domain::VPC).is_some()
            || domain.setting(&search_domain::OWN_USERS).as_bool() != Ok(false)
    })
}

fn other(account: &Account, findings: &mut Findings) {
    opened(&OTHER, &resource_policy::OTHER, "", account, findings, |_| true);
    opened(&OTHER, &permission::EVENT_BUS, "events", account, findings, |_| true);
    // Without a policy everyone may call an API; one that is reached through endpoints only has nothing else.
    opened(&OTHER, &resource_policy::API, "execute-api", account, findings, |carrier| {
        let kinds = crate::model::texts(&carrier.setting(&api::ENDPOINTS).value);
        kinds.iter().any(|(kind, _)| kind.as_str() == Some("PRIVATE"))
    });
    for carried in account.documents().filter(|carried| carried.is_unattached() && carried.purpose == Purpose::Resource)
    {
        for opening in carried.document.openings("") {
            // Which resource it is for is not known: in an endpoint's policy this would let nobody in.
            let finding = report(&OTHER, carried, &opening, "", findings);
            finding.severity = finding.severity.min(Severity::Medium);
            finding.at_most(Confidence::Possible);
        }
    }
}

/// Reports the statements by which policies of a kind let everyone in.
fn opened(
    rule: &'static Rule,
    kind: &'static Kind,
    service: &str,
    account: &Account,
    findings: &mut Findings,
    counts: impl Fn(&Resource) -> bool,
) {
    for carried in
        account.documents().filter(|carried| carried.purpose == Purpose::Resource && kind.is(carried.carrier))
    {
        if counts(carried.carrier) {
            note_opaque(rule, carried, findings);
            for opening in carried.document.openings(service) {
                report(rule, carried, &opening, service, findings);
            }
        }
    }
}

/// Reports a statement that lets everyone in, at its `*`.
pub(super) fn report<'f>(
    rule: &'static Rule,
    carried: &CarriedDocument,
    opening: &Opening,
    service: &str,
    findings: &'f mut Findings,
) -> &'f mut Finding {
    let who = match Stranger::of_service(service) {
        _ if opening.pin == Pin::Secret => "anyone who knows the secret value may",
        Stranger::Anonymous => "anyone may",
        Stranger::SignedIn => "any AWS account may",
    };
    let span = opening.principal.span.or(opening.statement.span).unwrap_or(carried.span);
    let finding = findings.add(rule, carried.carrier, span, format!("{who} call {}", listed(&opening.actions)));
    if opening.pin == Pin::Secret {
        finding.severity = finding.severity.min(Severity::Medium);
    }
    if !opening.certain {
        finding.at_most(Confidence::Likely);
    }
    finding
}

/// A few of the actions by name, those that change something first, and how many more there are.
pub(super) fn listed(actions: &[OpenAction]) -> String {
    const NAMED: usize = 3;
    let changing = actions.iter().filter(|action| action.changes());
    let reading = actions.iter().filter(|action| !action.changes());
    let names: Vec<&str> = changing.chain(reading).map(|action| action.name.as_str()).take(NAMED).collect();
    match actions.len() - names.len() {
        0 => names.join(", "),
        1 => format!("{} and one action more", names.join(", ")),
        more => format!("{} and {more} actions more", names.join(", ")),
    }
}
