//! Whom a role's trust policy lets in.

use rustc_hash::FxHashMap;

use crate::iam::{
    Caller, Glob, Named, Principal as Trusted, PrincipalKind as Given, Statement, Surety, Token, Variables,
};
use crate::model::{Account, PrincipalId, Resource};
use crate::source::Span;
use crate::value::{Symbol, Text};

use super::super::homes::{self, Home};
use super::targets::Targets;

const ASSUME: &str = "sts:assumerole";

/// What a role's trust policy says.
#[derive(Default, Debug)]
pub(super) struct Trust<'a> {
    /// Principals of the code that it names, who need no policy of their own besides.
    named: FxHashMap<PrincipalId, (Surety, Option<Span>)>,
    /// Whether it leaves the decision to the policies of its account.
    account: Option<(Surety, Option<Span>)>,
    /// Services that it lets in, as the first part of their names.
    services: Vec<(String, Surety)>,
    /// Whether parts of it are not known.
    has_unknown: bool,
    /// Whom it keeps out.
    refusals: Vec<Refusal<'a>>,
}

/// A Deny of a trust policy.
#[derive(Debug)]
struct Refusal<'a> {
    statement: &'a Statement,
    /// Whether it is about all principals, those of services too.
    everyone: bool,
    /// Whether it is about all principals of the account.
    account: bool,
    /// Principals of the code that it names.
    named: Vec<PrincipalId>,
    /// Services that it names, as the first part of their names.
    services: Vec<String>,
    /// How surely it is about `sts:AssumeRole`, and about those whom it names.
    surety: Surety,
}

impl Trust<'_> {
    /// How surely a service may assume the role. A policy that is not known may let it in.
    pub(super) fn admits_service(&self, service: &str) -> Surety {
        let own = first_part(service);
        let known = self.services.iter().filter(|(name, _)| name == own).map(|(_, surety)| *surety).max();
        let admitted = known.unwrap_or(if self.has_unknown { Surety::Unknown } else { Surety::No });
        let about =
            self.refusals.iter().filter(|refusal| refusal.everyone || refusal.services.iter().any(|of| of == own));
        // What a service's requests carry is not known here, so that a condition may spare it.
        let refused = about.map(|refusal| {
            if refusal.statement.conditions.is_empty() { refusal.surety } else { refusal.surety.min(Surety::Likely) }
        });
        less(admitted, refused.max())
    }

    /// How surely it lets a principal of the code in by name, so that it needs no policy of its own; and where.
    pub(super) fn names(&self, id: PrincipalId, own: Option<&Named>) -> Option<(Surety, Option<Span>)> {
        self.unless_refused(id, own, *self.named.get(&id)?)
    }

    /// How surely it leaves a principal of the code to the policies of the account; and where.
    pub(super) fn leaves_to_account(&self, id: PrincipalId, own: Option<&Named>) -> Option<(Surety, Option<Span>)> {
        self.unless_refused(id, own, self.account?)
    }

    /// How surely it leaves whoever asks to the policies of the account.
    pub(super) fn leaves_somebody_to_account(&self) -> Surety {
        let refused = self.refusals.iter().filter(|refusal| refusal.everyone || refusal.account);
        let refused = refused.map(|refusal| refusal.of(&Caller::default()));
        less(self.account.map_or(Surety::No, |(surety, _)| surety), refused.max())
    }

    fn unless_refused(
        &self,
        id: PrincipalId,
        own: Option<&Named>,
        (surety, span): (Surety, Option<Span>),
    ) -> Option<(Surety, Option<Span>)> {
        let caller = Caller { principal: own, ..Caller::default() };
        let about = |refusal: &&Refusal| refusal.everyone || refusal.account || refusal.named.contains(&id);
        let refused = self.refusals.iter().filter(about).map(|refusal| refusal.of(&caller)).max();
        let left = less(surety, refused);
        (left > Surety::No).then_some((left, span))
    }

    /// The services, for counting them.
    pub(super) fn service_count(&self) -> usize {
        self.services.len()
    }
}

impl Refusal<'_> {
    /// How surely it refuses one whom it is about.
    fn of(&self, caller: &Caller) -> Surety {
        let conditions = self.statement.conditions.iter();
        conditions.map(|condition| condition.must_hold("sts", caller)).fold(self.surety, Surety::min)
    }
}

/// What a Deny leaves of what is allowed.
fn less(allowed: Surety, refused: Option<Surety>) -> Surety {
    match refused {
        Some(Surety::Certain) => Surety::No,
        Some(Surety::Likely | Surety::Unknown) => allowed.min(Surety::Likely),
        Some(Surety::No) | None => allowed,
    }
}

/// `lambda` of `lambda.amazonaws.com`: what follows depends on the partition.
fn first_part(service: &str) -> &str {
    service.find(".amazonaws").and_then(|end| service.get(..end)).unwrap_or(service)
}

/// The trust policies of all roles, by the principals' places.
pub(super) fn read<'a>(account: &'a Account, targets: &Targets) -> Vec<Trust<'a>> {
    let by_address: FxHashMap<&str, PrincipalId> =
        account.principals().map(|principal| (&*principal.resource.address, principal.id)).collect();
    let by_name: Vec<(&Glob, PrincipalId)> = account
        .principals()
        .filter_map(|principal| {
            let named = targets.principals.get(principal.id.index())?.as_ref()?;
            Some((&named.resource, principal.id))
        })
        .collect();
    let reader = Reader { account, by_address, by_name };
    account
        .principals()
        .map(|principal| {
            let Some(id) = principal.trust else { return Trust::default() };
            let carried = account.document(id);
            let mut trust = Trust { has_unknown: carried.document.has_unknown_statements(), ..Trust::default() };
            for statement in carried.document.allows() {
                reader.statement(statement, carried.carrier, &mut trust);
            }
            trust.refusals =
                carried.document.denies().filter_map(|deny| reader.refusal(deny, carried.carrier)).collect();
            trust
        })
        .collect()
}

struct Reader<'r> {
    account: &'r Account<'r>,
    by_address: FxHashMap<&'r str, PrincipalId>,
    /// By what follows the account in their ARNs: few roles have many alike.
    by_name: Vec<(&'r Glob, PrincipalId)>,
}

impl Reader<'_> {
    fn statement(&self, statement: &Statement, carrier: &Resource, trust: &mut Trust) {
        let (Some(actions), Some(principals)) = (&statement.actions, &statement.principals) else { return };
        if !actions.may_match(ASSUME) {
            return;
        }
        if principals.negated {
            // Everyone but a few: a fault of its own.
            trust.has_unknown = true;
            return;
        }
        trust.has_unknown |= principals.incomplete;
        let caller = Caller::default();
        let there = if statement.possible { Surety::Likely } else { Surety::Certain };
        let surety =
            statement.conditions.iter().map(|condition| condition.may_hold("sts", &caller)).fold(there, Surety::min);
        if surety == Surety::No {
            return;
        }
        for principal in &principals.items {
            let surety = if principal.possible { surety.min(Surety::Likely) } else { surety };
            self.principal(principal, surety, carrier, trust);
        }
    }

    fn principal(&self, principal: &Trusted, surety: Surety, carrier: &Resource, trust: &mut Trust) {
        match self.about(principal, carrier) {
            Some(About::Everyone) => trust.account = trust.account.max(Some((surety, principal.span))),
            Some(About::Account(of)) => trust.account = trust.account.max(Some((surety.min(of), principal.span))),
            Some(About::Service(name)) => trust.services.push((name, surety)),
            Some(About::One(id)) => {
                let entry = trust.named.entry(id).or_insert((surety, principal.span));
                entry.0 = entry.0.max(surety);
            }
            None => {}
        }
    }

    /// Whom a Deny keeps out; none where it is about something else than assuming the role.
    fn refusal<'a>(&self, statement: &'a Statement, carrier: &Resource) -> Option<Refusal<'a>> {
        let (actions, principals) = (statement.actions.as_ref()?, statement.principals.as_ref()?);
        if !actions.may_match(ASSUME) {
            return None;
        }
        let is_open = statement.possible
            || !actions.must_match(ASSUME)
            || principals.items.iter().any(|principal| principal.possible);
        let surety = if is_open { Surety::Likely } else { Surety::Certain };
        let mut refusal =
            Refusal { statement, everyone: false, account: false, named: Vec::new(), services: Vec::new(), surety };
        let is_told = |principal: &Trusted| principal.text.is_known() || self.about(principal, carrier).is_some();
        if principals.negated || !principals.items.iter().all(is_told) {
            // Whom it spares, or names besides, is not worked out.
            return Some(Refusal { everyone: true, surety: surety.min(Surety::Likely), ..refusal });
        }
        for about in principals.items.iter().filter_map(|principal| self.about(principal, carrier)) {
            match about {
                About::Everyone => refusal.everyone = true,
                About::Account(of) => {
                    refusal.account = true;
                    refusal.surety = refusal.surety.min(of.max(Surety::Likely));
                }
                About::Service(name) => refusal.services.push(name),
                About::One(id) => refusal.named.push(id),
            }
        }
        Some(refusal)
    }

    /// Whom a principal of a policy stands for; none for those outside.
    fn about(&self, principal: &Trusted, carrier: &Resource) -> Option<About> {
        match principal.kind {
            _ if principal.is_everyone() => Some(About::Everyone),
            Given::Service => {
                let name = principal.text.expanded();
                let content = name.literal_content();
                let name = if name.is_known() { first_part(content) } else { content.trim_end_matches('.') };
                Some(About::Service(name.to_owned()))
            }
            Given::Aws => match self.named(&principal.text) {
                Some(id) => Some(About::One(id)),
                None if homes::is_whole_account(principal) => {
                    match homes::home(self.account, carrier, &principal.text) {
                        Home::Own | Home::Literal { is_own: Some(true), .. } => Some(About::Account(Surety::Certain)),
                        Home::Literal { is_own: None, .. } => Some(About::Account(Surety::Unknown)),
                        Home::Literal { is_own: Some(false), .. } | Home::Unknown => None,
                    }
                }
                None => None,
            },
            Given::Federated | Given::Everyone | Given::CanonicalUser | Given::Other => None,
        }
    }

    /// The principal of the code that a trust policy names.
    fn named(&self, text: &Text) -> Option<PrincipalId> {
        if let Some(reference) = text.as_symbol().and_then(Symbol::reference)
            && let Some(id) = self.by_address.get(&*reference.address)
        {
            return Some(*id);
        }
        let arn = Glob::new(text, Variables::Literal);
        // What follows the account.
        let resource = arn.tokens().splitn(6, |token| *token == Token::Char(':')).nth(5)?;
        self.by_name.iter().find(|(name, _)| name.tokens() == resource).map(|(_, id)| *id)
    }
}

/// Whom a principal of a policy stands for.
enum About {
    Everyone,
    /// All principals of the account, as surely as the account is the own one.
    Account(Surety),
    /// By the first part of its name.
    Service(String),
    One(PrincipalId),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_told_by_their_first_part() {
        assert_eq!(first_part("lambda.amazonaws.com"), "lambda");
        assert_eq!(first_part("ec2.amazonaws.com.cn"), "ec2");
        assert_eq!(first_part("tasks.apprunner.amazonaws.com"), "tasks.apprunner");
    }
}
