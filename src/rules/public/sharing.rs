//! What is shared with everyone, or with accounts of others, by a setting of its own.
//! Source: the services' pages on sharing: Amazon RDS, Amazon EC2 (images, snapshots), AWS Systems Manager, AWS RAM, AWS
//! Service Catalog, AWS CodeBuild (public build projects), AWS PrivateLink; Amazon EMR, "Using Amazon EMR block public
//! access".

use crate::access::homes::{self, Home};
use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::model::kinds::sharing;
use crate::model::{Account, Attribute, Kind, Resource, texts};
use crate::rules::{BOTH, Findings, Rule, TERRAFORM};
use crate::source::Span;
use crate::value::Text;

/// Clusters that the internet can reach are not refused.
pub(in crate::rules) static CLUSTERS: Rule = Rule {
    metadata: Metadata {
        id: "emr-public-access-block-off",
        title: "Clusters that the internet can reach are not refused",
        group: "public-access",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &["checkov:CKV_AWS_390", "prowler:emr_cluster_account_public_block_enabled"],
        controls: &["fsbp:EMR.2"],
        documentation: include_str!("../docs/emr-public-access-block-off.md"),
    },
    check: clusters,
};

/// Snapshot or machine image is public.
pub(in crate::rules) static SNAPSHOT: Rule = Rule {
    metadata: Metadata {
        id: "snapshot-or-image-public",
        title: "Snapshot or machine image is public",
        group: "public-access",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &[
            "checkov:CKV_AWS_302",
            "prowler:rds_snapshots_public_access",
            "prowler:documentdb_cluster_public_snapshot",
            "prowler:neptune_cluster_public_snapshot",
            "prowler:ec2_ebs_public_snapshot",
            "checkov:CKV_AWS_205",
            "prowler:ec2_ami_public",
            "kics:ba4e0031-3e9d-4d7d-b0d6-bd8f003f8698",
        ],
        controls: &["fsbp:DocumentDB.3", "fsbp:EC2.1", "fsbp:Neptune.3", "fsbp:RDS.1"],
        documentation: include_str!("../docs/snapshot-or-image-public.md"),
    },
    check: snapshot,
};

/// Snapshots or images may be made public.
pub(in crate::rules) static UNBLOCKED: Rule = Rule {
    metadata: Metadata {
        id: "snapshot-public-sharing-not-blocked",
        title: "Snapshots or images may be made public",
        group: "public-access",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "prowler:ec2_ebs_snapshot_account_block_public_access",
            "prowler:ec2_ami_account_block_public_access",
        ],
        controls: &["fsbp:EC2.182"],
        documentation: include_str!("../docs/snapshot-public-sharing-not-blocked.md"),
    },
    check: unblocked,
};

/// Shared with accounts outside the organization.
pub(in crate::rules) static OUTSIDE: Rule = Rule {
    metadata: Metadata {
        id: "shared-outside-organization",
        title: "Shared with accounts outside the organization",
        group: "public-access",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_205",
            "kics:ba4e0031-3e9d-4d7d-b0d6-bd8f003f8698",
            "prowler:servicecatalog_portfolio_shared_within_organization_only",
        ],
        controls: &[],
        documentation: include_str!("../docs/shared-outside-organization.md"),
    },
    check: outside,
};

/// Systems Manager document is public.
pub(in crate::rules) static DOCUMENT: Rule = Rule {
    metadata: Metadata {
        id: "ssm-document-public",
        title: "Systems Manager document is public",
        group: "public-access",
        severity: Severity::High,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &["checkov:CKV_AWS_303", "prowler:ssm_documents_set_as_public"],
        controls: &["fsbp:SSM.4"],
        documentation: include_str!("../docs/ssm-document-public.md"),
    },
    check: document,
};

/// Build logs and artifacts are public.
pub(in crate::rules) static BUILD: Rule = Rule {
    metadata: Metadata {
        id: "codebuild-project-public",
        title: "Build logs and artifacts are public",
        group: "public-access",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["prowler:codebuild_project_not_publicly_accessible"],
        controls: &[],
        documentation: include_str!("../docs/codebuild-project-public.md"),
    },
    check: build,
};

/// Endpoint service lets anyone connect.
pub(in crate::rules) static ENDPOINT_SERVICE: Rule = Rule {
    metadata: Metadata {
        id: "vpc-endpoint-service-open",
        title: "Endpoint service lets anyone connect",
        group: "public-access",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["checkov:CKV_AWS_123", "prowler:vpc_endpoint_services_allowed_principals_trust_boundaries"],
        controls: &[],
        documentation: include_str!("../docs/vpc-endpoint-service-open.md"),
    },
    check: endpoint_service,
};

/// The port that EMR lets pass by default, for logging in.
const SSH: i64 = 22;

fn clusters(account: &Account, findings: &mut Findings) {
    for block in account.of_kind(&sharing::CLUSTER_BLOCK) {
        let on = block.setting(&sharing::CLUSTER_BLOCK_ON);
        if findings.decide(&CLUSTERS, block, on.span, on.as_bool().map(|on| !on)) {
            findings.add(
                &CLUSTERS,
                block,
                on.span,
                "clusters with rules that let in the internet are started all the same",
            );
            continue;
        }
        for range in block.blocks(&sharing::CLUSTER_PORTS) {
            let [first, last] = [&sharing::FIRST_PORT, &sharing::LAST_PORT].map(|port| block.setting_in(&range, port));
            let beyond = |port: Result<Option<i64>, _>| port.map(|port| port.is_some_and(|port| port != SSH));
            let wide = beyond(first.as_integer()).and_then(|one| Ok(one || beyond(last.as_integer())?));
            if findings.decide(&CLUSTERS, block, first.span, wide) {
                findings.add(&CLUSTERS, block, first.span, "ports besides that of SSH may be open to the internet");
            }
        }
    }
}

/// Reports the texts of a setting that name everyone.
fn named(
    rule: &'static Rule,
    account: &Account,
    findings: &mut Findings,
    (kind, attribute): (&'static Kind, &Attribute),
    everyone: &str,
    message: &str,
) {
    for resource in account.of_kind(kind) {
        let Some(setting) = resource.explicit(attribute) else { continue };
        for (text, span) in texts(&setting.value) {
            // One setting may list several, divided by commas.
            let Some(known) = text.as_str() else { continue };
            if known.split(',').any(|name| name.trim().eq_ignore_ascii_case(everyone)) {
                findings.add(rule, resource, span.unwrap_or(setting.span), message);
            }
        }
    }
}

fn snapshot(account: &Account, findings: &mut Findings) {
    let snapshots = (&sharing::DATABASE_SNAPSHOT, &sharing::SNAPSHOT_ACCOUNTS);
    named(
        &SNAPSHOT,
        account,
        findings,
        snapshots,
        "all",
        "every AWS account may restore the snapshot and read its data",
    );
    let images = (&sharing::IMAGE_PERMISSION, &sharing::IMAGE_GROUP);
    named(&SNAPSHOT, account, findings, images, "all", "every AWS account may start the image and read its disks");
}

fn document(account: &Account, findings: &mut Findings) {
    let documents = (&sharing::DOCUMENT, &sharing::DOCUMENT_ACCOUNTS);
    named(&DOCUMENT, account, findings, documents, "all", "every AWS account may read and run the document");
}

fn build(account: &Account, findings: &mut Findings) {
    let projects = (&sharing::BUILD_PROJECT, &sharing::BUILD_VISIBILITY);
    named(&BUILD, account, findings, projects, "PUBLIC_READ", "anyone may read the logs and artifacts of the builds");
}

fn unblocked(account: &Account, findings: &mut Findings) {
    let states = (&sharing::PUBLIC_SHARING, &sharing::PUBLIC_SHARING_STATE);
    let from = findings.findings.len();
    named(&UNBLOCKED, account, findings, states, "unblocked", "snapshots or images of the region may be made public");
    // Whoever writes it down has decided against the shield.
    findings.findings.iter_mut().skip(from).for_each(|finding| finding.severity = Severity::Medium);
}

fn outside(account: &Account, findings: &mut Findings) {
    for share in account.of_kind(&sharing::SHARE) {
        let external = share.setting(&sharing::SHARE_EXTERNAL);
        if findings.decide(&OUTSIDE, share, external.span, external.as_bool()) {
            findings.add(&OUTSIDE, share, external.span, "the share may be given to accounts outside the organization");
        }
    }
    given(account, findings, &sharing::IMAGE_PERMISSION, &sharing::IMAGE_ACCOUNT);
    given(account, findings, &sharing::PORTFOLIO, &sharing::PORTFOLIO_ACCOUNT);
}

/// Reports what is given to an account that may be outside the organization.
fn given(account: &Account, findings: &mut Findings, kind: &'static Kind, attribute: &Attribute) {
    for resource in account.of_kind(kind) {
        let Some(setting) = resource.explicit(attribute) else { continue };
        for (text, span) in texts(&setting.value) {
            let Home::Literal { id, is_own } = homes::home(account, resource, &text) else { continue };
            if is_own != Some(true) {
                let message = format!("account {id} gets it");
                // It may be of the organization.
                findings.add(&OUTSIDE, resource, span.unwrap_or(setting.span), message).at_most(Confidence::Possible);
            }
        }
    }
}

fn endpoint_service(account: &Account, findings: &mut Findings) {
    for service in account.of_kind(&sharing::ENDPOINT_SERVICE) {
        let is_for = |permission: &&Resource| {
            let id = permission.setting(&sharing::ENDPOINT_SERVICE_ID).value.to_text();
            let address = id.as_ref().and_then(|id| Some(&id.as_symbol()?.reference()?.address));
            address.is_some_and(|address| **address == *service.address)
        };
        let permissions = account.of_kind(&sharing::ENDPOINT_PERMISSION).filter(is_for);
        let acceptance = service.setting(&sharing::ACCEPTANCE);
        for holder in permissions.chain(std::iter::once(service)) {
            for (principal, span) in principals(holder) {
                if principal.as_str() == Some("*") {
                    findings.add(
                        &ENDPOINT_SERVICE,
                        holder,
                        span,
                        "every AWS account may ask to connect to the service",
                    );
                } else if let Home::Literal { id, is_own: Some(false) | None } =
                    homes::home(account, holder, &principal)
                    && findings.decide(&ENDPOINT_SERVICE, service, acceptance.span, acceptance.as_bool().map(|on| !on))
                {
                    let message = format!("connections of account {id} are taken without anybody's approval");
                    let finding = findings.add(&ENDPOINT_SERVICE, service, acceptance.span, message);
                    finding.at_most(Confidence::Possible).relate("who may connect", Some(span));
                    break;
                }
            }
        }
    }
}

fn principals(holder: &Resource) -> Vec<(Text, Span)> {
    let settings = [&sharing::ENDPOINT_PRINCIPALS, &sharing::ENDPOINT_PRINCIPAL];
    let given = settings.into_iter().filter_map(|attribute| holder.explicit(attribute));
    given
        .flat_map(|setting| {
            texts(&setting.value).into_iter().map(move |(text, span)| (text, span.unwrap_or(setting.span)))
        })
        .collect()
}
