//! What the policies of a group leave to somebody who has not given a second factor.

use crate::baseline::Datum;
use crate::iam::mfa::{self, WithoutMfa};
use crate::iam::{Document, Patterns, Statement};
use crate::model::{AttachedPolicy, CarriedDocument};
use crate::source::Span;

use super::super::reading::Reading;
use super::super::relation::Have;
use super::super::world::{Found, World};
use super::{boolean, principals, reasoned};

/// Both ways of not having given one.
const BOTH: [WithoutMfa; 2] = [WithoutMfa::Session, WithoutMfa::AccessKey];

/// What a group's policies say.
pub(in super::super) struct Policies<'w> {
    pub(in super::super) documents: Vec<&'w CarriedDocument<'w>>,
    /// Whether AWS's own policies are attached, which ask for no second factor.
    grants_by_aws: bool,
    /// What of it is not in the code.
    unknown: Option<String>,
}

/// The policies of a group.
pub(in super::super) fn policies(found: Found<'_>) -> Policies<'_> {
    let account = found.account;
    let mut all = Policies { documents: Vec::new(), grants_by_aws: false, unknown: None };
    let Some(principal) = principals(found).next() else { return all };
    all.documents.extend(account.identity_documents_of(principal.id));
    for attachment in account.attachments_of(principal.id) {
        match &attachment.policy {
            AttachedPolicy::InCode(_) => {}
            AttachedPolicy::Aws(_) => all.grants_by_aws = true,
            AttachedPolicy::Elsewhere(arn) => all.unknown = Some(format!("the policy {arn} is not in this code")),
        }
    }
    let opaque = all.documents.iter().flat_map(|carried| &carried.document.opaque).next();
    if let Some(opaque) = opaque {
        all.unknown = Some(opaque.why.clone());
    }
    all
}

impl Policies<'_> {
    fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.documents.iter().flat_map(|carried| &carried.document.statements)
    }

    fn denies(&self) -> impl Iterator<Item = &Statement> {
        self.documents.iter().flat_map(|carried| carried.document.denies())
    }

    /// The Deny of everything, but for what it names, that such a request meets: the one that names least.
    fn deny_of_all(&self, request: WithoutMfa) -> Option<&Statement> {
        let of_all = self.denies().filter(|statement| {
            mfa::denies(statement, request)
                && is_everywhere(statement)
                && statement.actions.as_ref().is_some_and(Patterns::is_broad)
        });
        of_all.min_by_key(|statement| exemptions(statement).len())
    }

    /// The Allow statements that ask for no second factor.
    fn unasked(&self) -> impl Iterator<Item = &Statement> {
        let asks = |statement: &Statement| {
            BOTH.iter().all(|request| {
                statement
                    .conditions
                    .iter()
                    .any(|condition| mfa::is_about(condition) && mfa::holds(condition, *request) == Some(false))
            })
        };
        self.documents.iter().flat_map(|carried| carried.document.allows()).filter(move |statement| !asks(statement))
    }

    /// Whether every Allow but narrow ones asks for a second factor itself, so that no Deny is needed.
    fn allows_only_with_mfa(&self) -> bool {
        let any_asks =
            self.documents.iter().flat_map(|carried| carried.document.allows()).count() > self.unasked().count();
        !self.grants_by_aws
            && self.unknown.is_none()
            && any_asks
            && self.unasked().all(|statement| statement.actions.as_ref().is_some_and(|actions| !actions.is_broad()))
    }

    fn is_denied(&self) -> bool {
        BOTH.iter().all(|request| self.deny_of_all(*request).is_some()) || self.allows_only_with_mfa()
    }

    /// Whether such a request is denied an action.
    fn denies_action(&self, action: &str, request: WithoutMfa) -> bool {
        let action = action.to_lowercase();
        let covers =
            |statement: &Statement| statement.actions.as_ref().is_some_and(|actions| actions.must_match(&action));
        self.denies().any(|statement| mfa::denies(statement, request) && is_everywhere(statement) && covers(statement))
            || (self.allows_only_with_mfa() && !self.unasked().any(covers))
    }

    /// Where the policies speak of a second factor, or where the group stands.
    fn span(&self, found: Found<'_>) -> Span {
        // What denies comes first: what allows with a second factor only is no fault.
        let statements = self.denies().chain(self.statements());
        let about = statements.flat_map(|statement| &statement.conditions).find(|condition| mfa::is_about(condition));
        about.and_then(|condition| condition.operator_span.or(condition.key_span)).unwrap_or(found.resource.span)
    }

    /// What cannot be told, where something is not as it should be but policies are missing.
    fn or_unknown(&self, have: Have, is_good: bool) -> Have {
        match &self.unknown {
            Some(why) if !is_good => Have::Unknown(why.clone()),
            _ => have,
        }
    }
}

/// The document, among those of a group, that is meant to ask for a second factor.
pub(in super::super) fn intended<'w>(policies: &Policies<'w>) -> Option<&'w CarriedDocument<'w>> {
    let is_meant = |document: &Document| {
        document.denies().any(|statement| {
            statement.conditions.iter().any(mfa::is_about) && statement.actions.as_ref().is_some_and(Patterns::is_broad)
        })
    };
    policies.documents.iter().copied().find(|carried| is_meant(&carried.document))
}

/// Whether a document alone denies everything without a second factor.
pub(in super::super) fn is_complete(document: &Document) -> bool {
    BOTH.iter().all(|request| {
        document.denies().any(|statement| {
            mfa::denies(statement, *request)
                && is_everywhere(statement)
                && statement.actions.as_ref().is_some_and(Patterns::is_broad)
        })
    })
}

fn is_everywhere(statement: &Statement) -> bool {
    statement.resources.as_ref().is_some_and(|resources| !resources.negated && resources.is_broad())
}

/// What a Deny leaves out.
fn exemptions(statement: &Statement) -> Vec<String> {
    let Some(actions) = statement.actions.as_ref().filter(|actions| actions.negated) else { return Vec::new() };
    actions.items.iter().map(|pattern| pattern.text.to_string()).collect()
}

/// Whether everything is denied without a second factor, but for what it names.
pub(in super::super) fn denied<'w>(_: &World<'w>, found: Found<'w>, _: &Datum) -> Reading<'w> {
    let policies = policies(found);
    let denied = policies.is_denied();
    reasoned(found, "denied_without_mfa", policies.or_unknown(boolean(denied), denied), policies.span(found))
}

/// What is exempt from that.
pub(in super::super) fn exempt<'w>(_: &World<'w>, found: Found<'w>, _: &Datum) -> Reading<'w> {
    let policies = policies(found);
    let mut exempt: Vec<String> = Vec::new();
    let mut span = None;
    if policies.is_denied() {
        for request in BOTH {
            let Some(deny) = policies.deny_of_all(request) else {
                exempt.extend(policies.unasked().flat_map(|statement| {
                    let items = statement.actions.iter().flat_map(|actions| &actions.items);
                    items.map(|pattern| pattern.text.to_string()).collect::<Vec<_>>()
                }));
                continue;
            };
            span = span.or(deny.actions.as_ref().and_then(|actions| actions.key_span));
            exempt.extend(exemptions(deny).into_iter().filter(|action| !policies.denies_action(action, request)));
        }
    }
    exempt.sort_unstable();
    exempt.dedup();
    let span = span.unwrap_or_else(|| policies.span(found));
    reasoned(found, "exempt_from_mfa", Have::Value(Some(Datum::List(exempt))), span)
}

/// Which of some actions an access key without a second factor cannot do.
pub(in super::super) fn denied_by_access_key<'w>(_: &World<'w>, found: Found<'w>, want: &Datum) -> Reading<'w> {
    let policies = policies(found);
    let wanted = if let Datum::List(wanted) = want { wanted.clone() } else { Vec::new() };
    let denied: Vec<String> = if policies.is_denied() {
        wanted.iter().filter(|action| policies.denies_action(action, WithoutMfa::AccessKey)).cloned().collect()
    } else {
        // Nothing is denied at all, which is told already.
        wanted.clone()
    };
    let is_good = denied.len() == wanted.len();
    let have = policies.or_unknown(Have::Value(Some(Datum::List(denied))), is_good);
    reasoned(found, "denied_by_access_key_without_mfa", have, policies.span(found))
}
