//! Whether a second factor is asked for, of whom, and whether asking works.

pub(super) mod conditions;
pub(super) mod coverage;
pub(super) mod enrolment;

use crate::iam::mfa::{self, WithoutMfa};
use crate::iam::{Document, Patterns, Statement};
use crate::model::{Account, CarriedDocument, Principal, PrincipalId};

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

/// Whether a document allows, or may allow, more than what a user needs to look after its own credentials, to console
/// sessions without a second factor.
fn grants_without_mfa(document: &Document) -> bool {
    !document.opaque.is_empty() || allowed_without_mfa(document).is_some()
}

/// The first statement that allows more than what a user needs to look after its own credentials, to console sessions
/// without a second factor.
fn allowed_without_mfa(document: &Document) -> Option<&Statement> {
    document.allows().find(|statement| !asks_for_mfa(statement) && !is_self_service(statement))
}

/// Whether a condition keeps console sessions without a second factor from what a statement allows.
fn asks_for_mfa(statement: &Statement) -> bool {
    statement
        .conditions
        .iter()
        .any(|condition| mfa::is_about(condition) && mfa::holds(condition, WithoutMfa::Session) == Some(false))
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
