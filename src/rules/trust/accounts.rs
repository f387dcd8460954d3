//! Which accounts may assume a role.

use crate::access::homes::{self, Home};
use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::callers::{self, Pin, Stranger};
use crate::iam::{Principal, PrincipalKind, Statement, mfa};
use crate::model::{Account, AttachedPolicy, CarriedDocument};
use crate::rules::{BOTH, Findings, Rule};
use crate::source::Span;

use super::principals::lets_assume;
use super::trusts;

/// Role trusts its whole account.
pub(in crate::rules) static WHOLE: Rule = Rule {
    metadata: Metadata {
        id: "trust-whole-account",
        title: "Role trusts its whole account",
        group: "trust",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["checkov:CKV_AWS_61"],
        controls: &[],
        documentation: include_str!("../docs/trust-whole-account.md"),
    },
    check: whole,
};

/// Another account may assume the role without an external id.
pub(in crate::rules) static EXTERNAL: Rule = Rule {
    metadata: Metadata {
        id: "trust-external-account-without-external-id",
        title: "Another account may assume the role without an external id",
        group: "trust",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["regula:FG_R00255"],
        controls: &[],
        documentation: include_str!("../docs/trust-external-account-without-external-id.md"),
    },
    check: external,
};

/// Another account may read everything.
pub(in crate::rules) static READER: Rule = Rule {
    metadata: Metadata {
        id: "trust-external-account-reads-everything",
        title: "Another account may read everything",
        group: "trust",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["prowler:iam_role_cross_account_readonlyaccess_policy"],
        controls: &[],
        documentation: include_str!("../docs/trust-external-account-reads-everything.md"),
    },
    check: reader,
};

/// Accounts, users and roles that a trust policy names, each with its place.
fn named<'b>(
    account: &'b Account,
    carried: &'b CarriedDocument,
) -> impl Iterator<Item = (&'b Statement, &'b Principal, Home, Span)> {
    let statements = carried.document.allows().filter(|statement| lets_assume(statement));
    let principals = statements.flat_map(|statement| {
        let principals = statement.principals.iter().filter(|principals| !principals.negated);
        principals.flat_map(|principals| &principals.items).map(move |principal| (statement, principal))
    });
    principals.filter(|(_, principal)| principal.kind == PrincipalKind::Aws).map(|(statement, principal)| {
        let home = homes::home(account, carried.carrier, &principal.text);
        (statement, principal, home, principal.span.or(statement.span).unwrap_or(carried.span))
    })
}

fn whole(account: &Account, findings: &mut Findings) {
    for carried in trusts(account) {
        for (statement, principal, home, span) in named(account, carried) {
            let may_be_own = matches!(home, Home::Own | Home::Literal { is_own: None | Some(true), .. });
            let is_narrowed = !statement.conditions.is_empty();
            if may_be_own && homes::is_whole_account(principal) && !is_narrowed {
                let message = "everyone in the account who has sts:AssumeRole on it may assume the role";
                let finding = findings.add(&WHOLE, carried.carrier, span, message);
                if matches!(home, Home::Literal { is_own: None, .. }) {
                    finding.at_most(Confidence::Likely);
                }
            }
        }
    }
}

/// Whether a statement asks for what a confused third party, or a stolen key, does not have.
fn asks_for_more(statement: &Statement) -> bool {
    let asks_for_mfa = statement
        .conditions
        .iter()
        .any(|condition| mfa::is_about(condition) && mfa::holds(condition, mfa::WithoutMfa::AccessKey) == Some(false));
    asks_for_mfa || callers::pin_of_allow(statement, "sts", Stranger::SignedIn) != Pin::None
}

fn external(account: &Account, findings: &mut Findings) {
    for carried in trusts(account) {
        let mut known: Option<Span> = None;
        let mut open: Option<(String, Vec<Span>)> = None;
        for (statement, _, home, span) in named(account, carried) {
            let Home::Literal { id, is_own } = home else { continue };
            if asks_for_more(statement) {
                continue;
            }
            match is_own {
                Some(false) if known.is_none() => {
                    known = Some(span);
                    findings.add(&EXTERNAL, carried.carrier, span, without_proof(&id));
                }
                Some(_) => {}
                None => open.get_or_insert_with(|| (id, Vec::new())).1.push(span),
            }
        }
        if let Some((id, spans)) = open
            && let Some((first, others)) = spans.split_first()
        {
            let finding = findings.add(&EXTERNAL, carried.carrier, *first, without_proof(&id));
            // It may be the own account, or one of the same organization.
            finding.severity = Severity::Info;
            finding.at_most(Confidence::Possible);
            for other in others {
                finding.relate("and so may this one", Some(*other));
            }
        }
    }
}

fn without_proof(id: &str) -> String {
    format!("account {id} may assume the role, and shows neither an external id nor a second factor")
}

fn reader(account: &Account, findings: &mut Findings) {
    let reads = |policy: &AttachedPolicy| matches!(policy, AttachedPolicy::Aws(name) if name == "ReadOnlyAccess");
    for principal in account.principals() {
        let Some(trust) = principal.trust else { continue };
        let Some(attachment) = account.attachments_of(principal.id).find(|attachment| reads(&attachment.policy)) else {
            continue;
        };
        let carried = account.document(trust);
        for (_, _, home, span) in named(account, carried) {
            let Home::Literal { id, is_own: None | Some(false) } = &home else { continue };
            let message = format!("account {id} may assume a role that reads all data of this one");
            let finding = findings.add(&READER, carried.carrier, span, message);
            finding.relate("what lets it read", Some(attachment.span));
            if matches!(home, Home::Literal { is_own: None, .. }) {
                finding.severity = Severity::Low;
                finding.at_most(Confidence::Possible);
            }
        }
    }
}
