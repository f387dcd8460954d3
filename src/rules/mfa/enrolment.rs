//! What a policy leaves to those without a second factor, so that they can enrol one.
//!
//! Source: AWS IAM User Guide, "AWS: Allows MFA-authenticated IAM users to manage their own credentials on the Security
//! credentials page"; "Deactivate an MFA device".

use crate::access::{Effective, PolicySource};
use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::mfa::{self, WithoutMfa};
use crate::iam::{Document, Patterns, Statement};
use crate::model::{Account, CarriedDocument, DocumentId, PrincipalKind, Purpose};
use crate::rules::{BOTH, Findings, Rule};

use super::asks_for_mfa;

/// MFA policy lets a thief take the device away.
pub(in crate::rules) static DEVICE_SWAPPED: Rule = Rule {
    metadata: Metadata {
        id: "mfa-policy-lets-device-be-swapped",
        title: "MFA policy lets a thief take the device away",
        group: "mfa",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &["cis-aws-7.0:2.10"],
        documentation: include_str!("../docs/mfa-policy-lets-device-be-swapped.md"),
    },
    check: device_swapped,
};

/// MFA policy keeps new users from enrolling a device.
pub(in crate::rules) static BLOCKS_ENROLMENT: Rule = Rule {
    metadata: Metadata {
        id: "mfa-policy-blocks-enrolment",
        title: "MFA policy keeps new users from enrolling a device",
        group: "mfa",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("../docs/mfa-policy-blocks-enrolment.md"),
    },
    check: blocks_enrolment,
};

/// Takes a device from a user. A virtual device can be deleted only after that.
const DEACTIVATE: &str = "iam:deactivatemfadevice";

/// What it takes to enrol a first device in the console.
const ENROL: [(&str, &str); 3] = [
    ("iam:createvirtualmfadevice", "iam:CreateVirtualMFADevice"),
    ("iam:enablemfadevice", "iam:EnableMFADevice"),
    ("iam:listmfadevices", "iam:ListMFADevices"),
];

/// The statements of principals' policies that deny nearly everything to console sessions without a second factor.
fn demands<'r, 'a>(
    account: &'r Account<'a>,
) -> impl Iterator<Item = (DocumentId, &'r CarriedDocument<'a>, &'r Statement, &'r Patterns)> {
    let identity = account.documents_by_id().filter(|(_, carried)| carried.purpose == Purpose::Identity);
    identity.flat_map(|(id, carried)| {
        let denies = carried.document.denies().filter(|statement| {
            statement.resources.as_ref().is_none_or(Patterns::is_broad) && mfa::denies(statement, WithoutMfa::Session)
        });
        denies.filter_map(move |statement| {
            let actions = statement.actions.as_ref().filter(|actions| actions.is_broad())?;
            Some((id, carried, statement, actions))
        })
    })
}

fn device_swapped(account: &Account, findings: &mut Findings) {
    for (id, carried, statement, actions) in demands(account) {
        let spared = actions.items.iter().find(|pattern| actions.negated && pattern.glob.matches(DEACTIVATE));
        let Some(spared) = spared else { continue };
        let span = spared.span.or(statement.span).unwrap_or(carried.span);
        match deactivates_without_mfa(account, id) {
            Some(true) => {
                let message = "spares taking a device away: with a stolen password or key alone, a thief puts one of \
                               their own in its place";
                let finding = findings.add(&DEVICE_SWAPPED, carried.carrier, span, message);
                if spared.possible {
                    finding.at_most(Confidence::Likely);
                }
            }
            Some(false) => {}
            None => {
                let why = "spares iam:DeactivateMFADevice; whether anything allows it is not in the code";
                findings.undecided(&DEVICE_SWAPPED, carried.carrier, span, &why);
            }
        }
    }
}

/// Whether somebody who has this policy may take a device away without a second factor; none where what else they have
/// decides, and is not in the code.
fn deactivates_without_mfa(account: &Account, id: DocumentId) -> Option<bool> {
    let own = &account.document(id).document;
    let effective = Effective::of(account);
    let mut answer = deactivates([own].into_iter()).then_some(true);
    let has_it = |source: &PolicySource| *source == PolicySource::InCode(id);
    for access in effective.principals().iter().filter(|access| access.identity.iter().any(|held| has_it(&held.source)))
    {
        let documents = access.identity.iter().filter_map(|held| effective.document(account, &held.source));
        let here = if deactivates(documents) { Some(true) } else { (!access.has_unknown_identity).then_some(false) };
        answer = answer.or(here);
    }
    answer
}

/// Whether policies together let somebody take a device away without a second factor.
fn deactivates<'d>(documents: impl Iterator<Item = &'d Document> + Clone) -> bool {
    let names =
        |statement: &&Statement| statement.actions.as_ref().is_some_and(|actions| actions.may_match(DEACTIVATE));
    let denied = |statement: &Statement| {
        statement.actions.as_ref().is_some_and(|actions| actions.must_match(DEACTIVATE))
            && mfa::denies(statement, WithoutMfa::Session)
    };
    documents.clone().flat_map(Document::allows).filter(names).any(|statement| !asks_for_mfa(statement))
        && !documents.flat_map(Document::denies).any(denied)
}

fn blocks_enrolment(account: &Account, findings: &mut Findings) {
    for (id, carried, statement, actions) in demands(account) {
        if is_for_roles_alone(account, id) || actions.incomplete {
            continue;
        }
        let missing: Vec<&str> =
            ENROL.iter().filter(|(action, _)| actions.must_match(action)).map(|(_, name)| *name).collect();
        if missing.is_empty() {
            continue;
        }
        let message =
            format!("denies {} to who has no device yet, so that a new user cannot enrol one", missing.join(", "));
        let span = actions.key_span.or(statement.span).unwrap_or(carried.span);
        findings.add(&BLOCKS_ENROLMENT, carried.carrier, span, message);
    }
}

/// Whether the policy is on roles or permission sets, and on nobody else in the code: they enrol no devices.
fn is_for_roles_alone(account: &Account, id: DocumentId) -> bool {
    let written = account.inline_documents().iter().filter(|inline| inline.document == id).map(|inline| inline.kind);
    let in_code = crate::model::AttachedPolicy::InCode(id);
    let attached = account.attachments().iter().filter(|attachment| attachment.policy == in_code);
    let mut kinds = written.chain(attached.map(|attachment| attachment.kind)).peekable();
    kinds.peek().is_some() && kinds.all(|kind| matches!(kind, PrincipalKind::Role | PrincipalKind::PermissionSet))
}
