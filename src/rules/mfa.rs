//! Whether a second factor is asked for, and whether asking works.

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::{Condition, Document, Effectiveness, OperatorKind, Statement};
use crate::model::{Account, AttachedPolicy, CarriedDocument, Principal, PrincipalId, PrincipalKind};

use super::{BOTH, Findings, Rule};

/// Whether the session signed in with a second factor. Missing for long-lived access keys.
/// Source: AWS IAM User Guide, "AWS global condition context keys".
const MFA_PRESENT: &str = "aws:multifactorauthpresent";

/// Seconds since the second factor was given. Missing when none was.
const MFA_AGE: &str = "aws:multifactorauthage";

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
        let complete = carried.document.denies().any(denies_without_mfa);
        for statement in carried.document.denies().filter(|_| !complete) {
            let skips = statement.conditions.iter().find(|condition| {
                condition.has_key(MFA_PRESENT)
                    && condition.has_value("false")
                    && condition.operator.is_some_and(|operator| operator.kind == OperatorKind::Bool)
                    && condition.holds_without_key() == Some(false)
            });
            let Some(condition) = skips else { continue };
            let span = condition.operator_span.or(condition.key_span).or(statement.span).unwrap_or(carried.span);
            let message =
                "denies sessions that signed in without MFA, but not access keys, whose requests lack the key";
            findings.add(&DENY_SKIPS_MISSING_KEY, carried.carrier, span, message);
        }
    }
}

fn allow_accepts_missing_key(account: &Account, findings: &mut Findings) {
    for carried in account.documents() {
        for statement in carried.document.allows() {
            let accepts = statement
                .conditions
                .iter()
                .find(|condition| asks_for_mfa(condition) && condition.holds_without_key() == Some(true));
            // A second condition on the key may refuse what this one lets through.
            let refused = statement.conditions.iter().any(|condition| {
                (condition.has_key(MFA_PRESENT) || condition.has_key(MFA_AGE))
                    && condition.holds_without_key() == Some(false)
            });
            let Some(condition) = accepts.filter(|_| !refused) else { continue };
            let span = condition.operator_span.or(condition.key_span).or(statement.span).unwrap_or(carried.span);
            let message =
                "is meant to ask for MFA, but holds for requests that lack the key, such as those of access keys";
            findings.add(&ALLOW_ACCEPTS_MISSING_KEY, carried.carrier, span, message);
        }
    }
}

/// Whether a condition, as its author means it, is about having a second factor.
fn asks_for_mfa(condition: &Condition) -> bool {
    let kind = condition.operator.map(|operator| operator.kind);
    match kind {
        Some(OperatorKind::Bool) => {
            condition.has_key(MFA_PRESENT) && condition.has_value("true") && !condition.has_value("false")
        }
        Some(OperatorKind::NumericLessThan | OperatorKind::NumericLessThanEquals) => condition.has_key(MFA_AGE),
        _ => false,
    }
}

/// Whether a Deny applies to every request without a second factor, keys included.
fn denies_without_mfa(statement: &Statement) -> bool {
    let without = |condition: &Condition| match condition.operator.map(|operator| operator.kind) {
        Some(OperatorKind::Bool) => {
            condition.has_key(MFA_PRESENT)
                && condition.has_value("false")
                && condition.holds_without_key() == Some(true)
        }
        Some(OperatorKind::Null) => {
            (condition.has_key(MFA_PRESENT) || condition.has_key(MFA_AGE)) && condition.has_value("true")
        }
        Some(OperatorKind::StringNotEquals | OperatorKind::StringNotLike) => {
            condition.has_key(MFA_PRESENT) && condition.has_value("true")
        }
        _ => false,
    };
    let others_hold =
        |condition: &Condition| without(condition) || condition.effectiveness("iam") == Effectiveness::AlwaysTrue;
    !statement.possible && statement.conditions.iter().any(without) && statement.conditions.iter().all(others_hold)
}

fn console_without_mfa(account: &Account, findings: &mut Findings) {
    for user in account.principals().filter(|principal| principal.kind == PrincipalKind::User) {
        for profile in &user.login_profiles {
            let documents = documents_that_reach(account, user);
            if documents.iter().any(|carried| enforces_mfa(&carried.document)) {
                continue;
            }
            let opaque = user.has_unknown_groups || documents.iter().any(|carried| !carried.document.opaque.is_empty());
            let elsewhere = holders(user)
                .flat_map(|id| account.attachments_of(id))
                .any(|attachment| matches!(attachment.policy, AttachedPolicy::Elsewhere(_)));
            if opaque || elsewhere {
                let why = "a policy or group of this user is not in the code, and may ask for MFA";
                findings.undecided(&CONSOLE_WITHOUT_MFA, profile.resource, profile.span, &why);
                continue;
            }
            let managed = holders(user)
                .flat_map(|id| account.attachments_of(id))
                .any(|attachment| matches!(attachment.policy, AttachedPolicy::Aws(_)));
            let grants = documents.iter().flat_map(|carried| carried.document.allows()).any(is_usable_without_mfa);
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

/// The user and its groups.
fn holders<'p>(user: &'p Principal) -> impl Iterator<Item = PrincipalId> + 'p {
    std::iter::once(user.id).chain(user.groups.iter().copied())
}

fn documents_that_reach<'b, 'a>(account: &'b Account<'a>, user: &Principal) -> Vec<&'b CarriedDocument<'a>> {
    let written = holders(user).flat_map(|id| account.inline_documents_of(id)).map(|inline| inline.document);
    let attached =
        holders(user).flat_map(|id| account.attachments_of(id)).filter_map(|attachment| match attachment.policy {
            AttachedPolicy::InCode(id) => Some(id),
            _ => None,
        });
    written.chain(attached).map(|id| account.document(id)).collect()
}

/// Whether a document denies, without a second factor, all but what it takes to enrol one.
fn enforces_mfa(document: &Document) -> bool {
    document.denies().any(|statement| {
        let broad = statement
            .actions
            .as_ref()
            .is_some_and(|actions| actions.negated || actions.items.iter().any(|pattern| pattern.glob.is_everything()));
        broad && denies_without_mfa(statement)
    })
}

/// Whether an Allow gives more than what a user needs to look after its own credentials, to sessions without MFA.
fn is_usable_without_mfa(statement: &Statement) -> bool {
    let asks = statement.conditions.iter().any(|condition| {
        (condition.has_key(MFA_PRESENT) || condition.has_key(MFA_AGE)) && condition.holds_without_key() == Some(false)
    });
    !asks && !is_self_service(statement)
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
