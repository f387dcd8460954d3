//! Whether a second factor is asked for, and whether asking works.

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::mfa::{self, WithoutMfa};
use crate::iam::{Condition, Document, OperatorKind, Patterns, Principal as Named, Statement};
use crate::model::{Account, AttachedPolicy, CarriedDocument, Principal, PrincipalId, PrincipalKind};

use super::{BOTH, Findings, Rule};

/// Console user whom no policy holds to MFA.
pub(super) static CONSOLE_WITHOUT_MFA: Rule = Rule {
    metadata: Metadata {
        id: "iam-user-console-without-mfa",
        title: "Console user whom no policy holds to MFA",
        group: "mfa",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "trivy:AVD-AWS-0145",
            "terrascan:AC_AWS_0151",
            "prowler:iam_user_mfa_enabled_console_access",
            "prowler:iam_user_hardware_mfa_enabled",
            "kics:3ddfa124-6407-4845-a501-179f90c65097",
        ],
        controls: &["cis-aws-7.0:2.10", "fsbp:IAM.19", "fsbp:IAM.5"],
        documentation: include_str!("docs/iam-user-console-without-mfa.md"),
    },
    check: console_without_mfa,
};

/// MFA Deny lets access keys through.
pub(super) static DENY_SKIPS_MISSING_KEY: Rule = Rule {
    metadata: Metadata {
        id: "mfa-deny-skips-missing-key",
        title: "MFA Deny lets access keys through",
        group: "mfa",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &["cis-aws-7.0:2.10"],
        documentation: include_str!("docs/mfa-deny-skips-missing-key.md"),
    },
    check: deny_skips_missing_key,
};

/// MFA Allow holds without MFA.
pub(super) static ALLOW_ACCEPTS_MISSING_KEY: Rule = Rule {
    metadata: Metadata {
        id: "mfa-allow-accepts-missing-key",
        title: "MFA Allow holds without MFA",
        group: "mfa",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &["cis-aws-7.0:2.10"],
        documentation: include_str!("docs/mfa-allow-accepts-missing-key.md"),
    },
    check: allow_accepts_missing_key,
};

fn deny_skips_missing_key(account: &Account, findings: &mut Findings) {
    for carried in account.documents() {
        for statement in carried.document.denies() {
            let Some(condition) = statement.conditions.iter().find(|condition| skips_access_keys(condition)) else {
                continue;
            };
            let completed = carried
                .document
                .denies()
                .any(|other| mfa::denies(other, WithoutMfa::AccessKey) && applies_wherever(other, statement));
            if completed {
                continue;
            }
            let span = condition.operator_span.or(condition.key_span).or(statement.span).unwrap_or(carried.span);
            let message = if condition.has_key(mfa::AGE) {
                "denies an old second factor, but not requests without any, which lack the key"
            } else {
                "denies sessions that signed in without MFA, but not access keys, whose requests lack the key"
            };
            let finding = findings.add(&DENY_SKIPS_MISSING_KEY, carried.carrier, span, message);
            if statement.possible || condition.possible {
                finding.at_most(Confidence::Likely);
            }
        }
    }
}

/// Whether a condition, in a Deny, is about not having a second factor, or about having an old one, and does not hold
/// for access keys.
fn skips_access_keys(condition: &Condition) -> bool {
    let about_age = matches!(
        condition.operator.map(|operator| operator.kind),
        Some(OperatorKind::NumericGreaterThan | OperatorKind::NumericGreaterThanEquals)
    );
    let meant = match condition.operator.map(|operator| operator.kind) {
        None | Some(OperatorKind::Null) => false,
        Some(_) if condition.has_key(mfa::PRESENT) => condition.has_value("false"),
        Some(_) => condition.has_key(mfa::AGE) && about_age,
    };
    meant && condition.holds_without_key() == Some(false)
}

/// Whether a statement is about all actions, resources and principals that another is about.
fn applies_wherever(statement: &Statement, other: &Statement) -> bool {
    let includes = |own: Option<&Patterns>, theirs: Option<&Patterns>| match (own, theirs) {
        (Some(own), Some(theirs)) => own.includes(theirs),
        (own, _) => own.is_none(),
    };
    let principals = match (&statement.principals, &other.principals) {
        (Some(own), Some(theirs)) if !own.negated => {
            let named = |principal: &Named| {
                own.items
                    .iter()
                    .any(|own| own.is_everyone() || (own.kind, &own.text) == (principal.kind, &principal.text))
            };
            own.items.iter().any(Named::is_everyone) || (!theirs.negated && theirs.items.iter().all(named))
        }
        (own, _) => own.is_none(),
    };
    principals
        && includes(statement.actions.as_ref(), other.actions.as_ref())
        && includes(statement.resources.as_ref(), other.resources.as_ref())
}

fn allow_accepts_missing_key(account: &Account, findings: &mut Findings) {
    for carried in account.documents() {
        for statement in carried.document.allows() {
            let accepts = statement
                .conditions
                .iter()
                .find(|condition| asks_for_mfa(condition) && condition.holds_without_key() == Some(true));
            // A second condition on the key may refuse what this one lets through.
            let refused = statement
                .conditions
                .iter()
                .any(|condition| mfa::is_about(condition) && condition.holds_without_key() == Some(false));
            let Some(condition) = accepts.filter(|_| !refused) else { continue };
            let span = condition.operator_span.or(condition.key_span).or(statement.span).unwrap_or(carried.span);
            let message =
                "is meant to ask for MFA, but holds for requests that lack the key, such as those of access keys";
            let finding = findings.add(&ALLOW_ACCEPTS_MISSING_KEY, carried.carrier, span, message);
            if statement.possible || condition.possible {
                finding.at_most(Confidence::Likely);
            }
        }
    }
}

/// Whether a condition, as the author of an Allow means it, is about having a second factor.
fn asks_for_mfa(condition: &Condition) -> bool {
    match condition.operator.map(|operator| operator.kind) {
        None | Some(OperatorKind::Null) => false,
        Some(OperatorKind::NumericLessThan | OperatorKind::NumericLessThanEquals) => condition.has_key(mfa::AGE),
        Some(_) => {
            condition.has_key(mfa::PRESENT)
                && (condition.has_value("true") || condition.has_value("false"))
                && mfa::holds(condition, WithoutMfa::Session) == Some(false)
        }
    }
}

fn console_without_mfa(account: &Account, findings: &mut Findings) {
    for user in account.principals().filter(|principal| principal.kind == PrincipalKind::User) {
        for profile in &user.login_profiles {
            let documents = documents_that_reach(account, user);
            let boundary = match &user.boundary {
                Some(AttachedPolicy::InCode(id)) => Some(account.document(*id)),
                _ => None,
            };
            if documents.iter().copied().chain(boundary).any(|carried| enforces_mfa(&carried.document))
                || boundary.is_some_and(|carried| !grants_without_mfa(&carried.document))
            {
                continue;
            }
            if let Some(why) = what_may_ask_for_mfa(account, user, &documents) {
                findings.undecided(&CONSOLE_WITHOUT_MFA, profile.resource, profile.span, &why);
                continue;
            }
            let managed = holders(user)
                .flat_map(|id| account.attachments_of(id))
                .any(|attachment| matches!(attachment.policy, AttachedPolicy::Aws(_)));
            let grants = documents.iter().any(|carried| grants_without_mfa(&carried.document));
            let has_policies = !documents.is_empty();
            if has_policies && !managed && !grants {
                continue;
            }
            let message = format!(
                "user {} may sign in to the console, and no policy asks for a second factor",
                user.resource.address
            );
            let finding = findings.add(&CONSOLE_WITHOUT_MFA, profile.resource, profile.span, message);
            if !grants && !managed {
                // What the user may do is not in the code.
                finding.at_most(Confidence::Likely);
            }
            if user.resource.span != profile.resource.span {
                finding.relate("the user", Some(user.resource.span));
            }
        }
    }
}

/// What the code leaves open, if it may hold the user to MFA.
fn what_may_ask_for_mfa(account: &Account, user: &Principal, documents: &[&CarriedDocument]) -> Option<&'static str> {
    let elsewhere = |policy: &AttachedPolicy| matches!(policy, AttachedPolicy::Elsewhere(_));
    if user.has_unknown_groups
        || user.boundary.as_ref().is_some_and(elsewhere)
        || documents.iter().any(|carried| !carried.document.opaque.is_empty())
        || holders(user).flat_map(|id| account.attachments_of(id)).any(|attachment| elsewhere(&attachment.policy))
    {
        return Some("a policy or group of this user is not in the code, and may ask for MFA");
    }
    let mut open_groups = account.principals().filter(|group| group.has_unknown_members);
    open_groups
        .any(|group| account.identity_documents_of(group.id).any(|carried| enforces_mfa(&carried.document)))
        .then_some("whether this user is in a group that asks for MFA is not in the code")
}

/// The user and its groups.
fn holders<'p>(user: &'p Principal) -> impl Iterator<Item = PrincipalId> + 'p {
    std::iter::once(user.id).chain(user.groups.iter().copied())
}

fn documents_that_reach<'b, 'a>(account: &'b Account<'a>, user: &Principal) -> Vec<&'b CarriedDocument<'a>> {
    holders(user).flat_map(|id| account.identity_documents_of(id)).collect()
}

/// Whether a document denies, to console sessions without a second factor, all but what it takes to enrol one. (That
/// it does not hold for access keys is a fault of its own.)
fn enforces_mfa(document: &Document) -> bool {
    document.denies().any(|statement| {
        statement.actions.as_ref().is_some_and(Patterns::is_broad)
            && statement.resources.as_ref().is_none_or(Patterns::is_broad)
            && mfa::denies(statement, WithoutMfa::Session)
    })
}

/// Whether a document allows more than what a user needs to look after its own credentials, to console sessions
/// without a second factor.
fn grants_without_mfa(document: &Document) -> bool {
    !document.opaque.is_empty()
        || document.allows().any(|statement| {
            let asks = statement
                .conditions
                .iter()
                .any(|condition| mfa::is_about(condition) && mfa::holds(condition, WithoutMfa::Session) == Some(false));
            !asks && !is_self_service(statement)
        })
}

/// Whether a statement is about the user's own credentials: all its resources name the caller.
fn is_self_service(statement: &Statement) -> bool {
    let iam_only = statement.actions.as_ref().is_some_and(|actions| {
        let of_iam = |text: &str| {
            text.starts_with("iam:")
                || text.starts_with("sts:getcalleridentity")
                || text.starts_with("sts:getsessiontoken")
        };
        !actions.negated
            && actions
                .items
                .iter()
                .all(|pattern| pattern.text.as_str().is_some_and(|text| of_iam(&text.to_ascii_lowercase())))
    });
    let reads = statement.actions.as_ref().is_some_and(|actions| {
        let reads = |text: &str| text.contains(":get") || text.contains(":list");
        !actions.negated
            && actions
                .items
                .iter()
                .all(|pattern| pattern.text.as_str().is_some_and(|text| reads(&text.to_ascii_lowercase())))
    });
    let own = statement.resources.as_ref().is_some_and(|resources| {
        !resources.negated
            && resources
                .items
                .iter()
                .all(|pattern| pattern.text.to_string().to_ascii_lowercase().contains("${aws:username}"))
    });
    iam_only && (own || reads)
}
