//! AWS Organizations: whether its policies hold, and for whom.

use crate::finding::{Level, Metadata, Severity};
use crate::iam::{Document, Effect, OperatorKind, Statement};
use crate::model::kinds::{organization, organization_policy as policy};
use crate::model::{Account, CarriedDocument, Purpose, Resource, texts};

use super::setting::{Fault, Sentence, ask, may_name};
use super::{BOTH, Findings, Rule, TERRAFORM};

/// Organization has no policies.
pub(super) static ALL_FEATURES_OFF: Rule = Rule {
    metadata: Metadata {
        id: "organization-all-features-off",
        title: "Organization has no policies",
        group: "organization",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["kics:5ba6229c-8057-433e-91d0-21cf13569ca9"],
        controls: &["cis-aws-7.0:2.1.2"],
        documentation: include_str!("docs/organization-all-features-off.md"),
    },
    check: |account, findings| {
        ask(
            &ALL_FEATURES_OFF,
            &[Sentence {
                kind: &organization::KIND,
                attribute: &organization::FEATURE_SET,
                fault: Fault::Is(&["CONSOLIDATED_BILLING"]),
                message: "the organization shares bills only: no policy can hold in it",
            }],
            account,
            findings,
        );
    },
};

/// Root of member accounts is not held back.
pub(super) static ROOT_NOT_BLOCKED: Rule = Rule {
    metadata: Metadata {
        id: "scp-root-not-blocked",
        title: "Root of member accounts is not held back",
        group: "organization",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &["cis-aws-7.0:2.1.2"],
        documentation: include_str!("docs/scp-root-not-blocked.md"),
    },
    check: root_not_blocked,
};

/// Exemption that members can give themselves.
pub(super) static EXEMPTION_BYPASSABLE: Rule = Rule {
    metadata: Metadata {
        id: "scp-exemption-bypassable",
        title: "Exemption that members can give themselves",
        group: "organization",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("docs/scp-exemption-bypassable.md"),
    },
    check: exemption_bypassable,
};

/// Policy holds for nobody.
pub(super) static NEVER_APPLIES: Rule = Rule {
    metadata: Metadata {
        id: "scp-never-applies",
        title: "Policy holds for nobody",
        group: "organization",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("docs/scp-never-applies.md"),
    },
    check: never_applies,
};

/// Root of member accounts is not managed centrally.
pub(super) static CENTRAL_ROOT_OFF: Rule = Rule {
    metadata: Metadata {
        id: "organization-central-root-off",
        title: "Root of member accounts is not managed centrally",
        group: "organization",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: TERRAFORM,
        aliases: &["prowler:iam_root_credentials_management_enabled"],
        controls: &["cis-aws-7.0:2.1.1"],
        documentation: include_str!("docs/organization-central-root-off.md"),
    },
    check: central_root_off,
};

/// The service control policies of the code.
fn service_control<'r, 'a>(account: &'r Account<'a>) -> impl Iterator<Item = &'r CarriedDocument<'a>> {
    account.documents().filter(|carried| {
        carried.purpose == Purpose::Limit
            && policy::KIND.is(carried.carrier)
            && carried.carrier.setting(&policy::TYPE).as_str() == Ok(Some("SERVICE_CONTROL_POLICY".to_owned()))
    })
}

fn root_not_blocked(account: &Account, findings: &mut Findings) {
    let policies: Vec<_> = service_control(account).collect();
    // Without any policy in the code, they may all be elsewhere.
    let (Some(organization), false) = (account.of_kind(&organization::KIND).next(), policies.is_empty()) else {
        return;
    };
    let removes_root = account.of_kind(&organization::FEATURES).next().is_some();
    if removes_root || policies.iter().any(|carried| denies_root(&carried.document)) {
        return;
    }
    if let Some(opaque) = policies.iter().find_map(|carried| carried.document.opaque.first()) {
        findings.undecided(&ROOT_NOT_BLOCKED, organization, opaque.span.unwrap_or(organization.span), &opaque.why);
        return;
    }
    let message = "no service control policy of the code holds back the root users of member accounts";
    findings.add(&ROOT_NOT_BLOCKED, organization, organization.span, message);
}

/// Whether a document denies everything, or nearly, to root users.
fn denies_root(document: &Document) -> bool {
    document.denies().any(|statement| {
        let broad = statement.actions.as_ref().is_some_and(crate::iam::Patterns::is_broad);
        let names_root = statement.conditions.iter().any(|condition| {
            condition.has_key("aws:principalarn")
                && condition.values.iter().any(|value| value.text.literal_content().ends_with(":root"))
        });
        broad && names_root
    })
}

fn exemption_bypassable(account: &Account, findings: &mut Findings) {
    let policies: Vec<_> = service_control(account).collect();
    let protects_tags = policies.iter().any(|carried| carried.document.denies().any(is_about_tags));
    for carried in policies {
        for statement in carried.document.denies() {
            let Some((span, what)) = bypass(statement, protects_tags) else { continue };
            let message = format!("spares {what}, which members of an account can give themselves");
            findings.add(&EXEMPTION_BYPASSABLE, carried.carrier, span.unwrap_or(carried.span), message);
        }
    }
}

/// The part of a Deny that spares whoever has a certain name or tag.
fn bypass(statement: &Statement, protects_tags: bool) -> Option<(Option<crate::source::Span>, String)> {
    statement
        .conditions
        .iter()
        .filter(|condition| condition.operator.is_some_and(crate::iam::Operator::is_negated))
        .find_map(|condition| {
            let key = condition.key_name()?;
            if key == "aws:principalarn" {
                let open = condition.values.iter().find(|value| {
                    let pattern = value.text.literal_content();
                    // A role under any name, in any account, that holds a word; reserved paths are AWS's.
                    let (_, name) = pattern.split_once(":role/").unwrap_or_default();
                    name.starts_with('*') && name.len() > 1 && !pattern.contains("aws-reserved")
                })?;
                return Some((open.span, format!("every role whose name matches {}", open.text)));
            }
            let by_tag = key.starts_with("aws:principaltag/") && !protects_tags;
            let negated = matches!(
                condition.operator?.kind,
                OperatorKind::StringNotEquals | OperatorKind::StringNotLike | OperatorKind::StringNotEqualsIgnoreCase
            );
            (by_tag && negated).then(|| (condition.key_span, format!("every principal that has {key}")))
        })
}

fn is_about_tags(statement: &Statement) -> bool {
    statement.effect == Effect::Deny
        && statement.actions.as_ref().is_some_and(|actions| {
            actions.items.iter().any(|action| {
                let text = action.text.to_string().to_ascii_lowercase();
                text.starts_with("iam:tag") || text.starts_with("iam:untag") || text == "iam:*" || text == "*"
            })
        })
}

fn never_applies(account: &Account, findings: &mut Findings) {
    // Policies of code that neither attaches any nor has the organization are attached elsewhere.
    let attaches = account.of_kind(&policy::ATTACHMENT).next().is_some();
    for resource in account.of_kind(&policy::KIND) {
        let is_there = if account.root.framework.is_terraform() {
            !attaches
                || account
                    .of_kind(&policy::ATTACHMENT)
                    .any(|attachment| may_name(&attachment.setting(&policy::ATTACHED).value, resource))
        } else {
            resource.explicit(&policy::TARGETS).is_some() || account.of_kind(&organization::KIND).next().is_none()
        };
        if !is_there {
            findings.add(&NEVER_APPLIES, resource, resource.span, "the policy is on nothing, so it holds for nobody");
            continue;
        }
        type_not_enabled(account, resource, findings);
    }
}

fn type_not_enabled(account: &Account, resource: &Resource, findings: &mut Findings) {
    let Some(organization) = account.of_kind(&organization::KIND).next() else { return };
    let enabled = organization.setting(&organization::POLICY_TYPES);
    let Ok(Some(kind)) = resource.setting(&policy::TYPE).as_str() else { return };
    if !account.root.framework.is_terraform() || enabled.value.is_unknown() {
        return;
    }
    let names: Vec<_> = texts(&enabled.value);
    let is_known = names.iter().all(|(text, _)| text.is_known());
    if is_known && !names.iter().any(|(text, _)| text.as_str() == Some(&kind)) {
        let message = format!("policies of the type {kind} are not enabled in the organization");
        findings.add(&NEVER_APPLIES, resource, resource.span, message).relate("what is enabled", Some(enabled.span));
    }
}

fn central_root_off(account: &Account, findings: &mut Findings) {
    const NEEDED: [&str; 2] = ["RootCredentialsManagement", "RootSessions"];
    let Some(organization) = account.of_kind(&organization::KIND).next() else { return };
    let mut features = account.of_kind(&organization::FEATURES).peekable();
    if features.peek().is_none() {
        let message = "root users of member accounts keep credentials of their own";
        findings.add(&CENTRAL_ROOT_OFF, organization, organization.span, message);
    }
    for resource in features {
        let enabled = resource.setting(&organization::ENABLED_FEATURES);
        let names = texts(&enabled.value);
        let is_known = !enabled.value.is_unknown() && names.iter().all(|(text, _)| text.is_known());
        let missing = NEEDED.iter().find(|name| !names.iter().any(|(text, _)| text.as_str() == Some(name)));
        if let (true, Some(missing)) = (is_known, missing) {
            let message = format!("{missing} is not enabled for the organization");
            findings.add(&CENTRAL_ROOT_OFF, resource, enabled.span, message);
        }
    }
}
