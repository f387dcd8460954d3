//! Whom a role's trust policy lets in.

use rustc_hash::FxHashMap;

use crate::iam::{Caller, Glob, Principal as Trusted, PrincipalKind as Given, Statement, Surety, Token, Variables};
use crate::model::{Account, PrincipalId};
use crate::source::Span;
use crate::value::{Symbol, Text};

use super::super::names::is_of_provider;
use super::targets::Targets;

const ASSUME: &str = "sts:assumerole";

/// What a role's trust policy says.
#[derive(Default, Debug)]
pub(super) struct Trust {
    /// Principals of the code that it names, who need no policy of their own besides.
    pub(super) named: FxHashMap<PrincipalId, (Surety, Option<Span>)>,
    /// Whether it leaves the decision to the policies of its account.
    pub(super) account: Option<(Surety, Option<Span>)>,
    /// Services that it lets in, as the first part of their names.
    services: Vec<(String, Surety)>,
    /// Whether parts of it are not known.
    has_unknown: bool,
}

impl Trust {
    /// How surely a service may assume the role. A policy that is not known may let it in.
    pub(super) fn admits_service(&self, service: &str) -> Surety {
        let own = first_part(service);
        let known = self.services.iter().filter(|(name, _)| name == own).map(|(_, surety)| *surety).max();
        known.unwrap_or(if self.has_unknown { Surety::Unknown } else { Surety::No })
    }

    /// The services, for counting them.
    pub(super) fn service_count(&self) -> usize {
        self.services.len()
    }
}

/// `lambda` of `lambda.amazonaws.com`: what follows depends on the partition.
fn first_part(service: &str) -> &str {
    service.find(".amazonaws").and_then(|end| service.get(..end)).unwrap_or(service)
}

/// The trust policies of all roles, by the principals' places.
pub(super) fn read(account: &Account, targets: &Targets) -> Vec<Trust> {
    let by_address: FxHashMap<&str, PrincipalId> =
        account.principals().map(|principal| (&*principal.resource.address, principal.id)).collect();
    let by_name: Vec<(&Glob, PrincipalId)> = account
        .principals()
        .filter_map(|principal| {
            let named = targets.principals.get(principal.id.index())?.as_ref()?;
            Some((&named.resource, principal.id))
        })
        .collect();
    let reader = Reader { by_address, by_name };
    account
        .principals()
        .map(|principal| {
            let Some(id) = principal.trust else { return Trust::default() };
            let document = &account.document(id).document;
            let mut trust = Trust { has_unknown: document.has_unknown_statements(), ..Trust::default() };
            for statement in document.allows() {
                reader.statement(statement, &mut trust);
            }
            if document.denies().next().is_some() {
                // Whom it keeps out is not worked out here.
                trust.at_most(Surety::Likely);
            }
            trust
        })
        .collect()
}

impl Trust {
    fn at_most(&mut self, most: Surety) {
        for (surety, _) in self.named.values_mut().chain(&mut self.account) {
            *surety = most.min(*surety);
        }
        for (_, surety) in &mut self.services {
            *surety = most.min(*surety);
        }
    }
}

struct Reader<'r> {
    by_address: FxHashMap<&'r str, PrincipalId>,
    /// By what follows the account in their ARNs: few roles have many alike.
    by_name: Vec<(&'r Glob, PrincipalId)>,
}

impl Reader<'_> {
    fn statement(&self, statement: &Statement, trust: &mut Trust) {
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
            self.principal(principal, surety, trust);
        }
    }

    fn principal(&self, principal: &Trusted, surety: Surety, trust: &mut Trust) {
        match principal.kind {
            _ if principal.is_everyone() => {
                trust.account = trust.account.max(Some((surety, principal.span)));
            }
            Given::Service => {
                let name = principal.text.expanded();
                let content = name.literal_content();
                let name = if name.is_known() { first_part(content) } else { content.trim_end_matches('.') };
                trust.services.push((name.to_owned(), surety));
            }
            Given::Aws => match self.named(&principal.text) {
                Some(id) => {
                    let entry = trust.named.entry(id).or_insert((surety, principal.span));
                    entry.0 = entry.0.max(surety);
                }
                None if is_own_account(&principal.text) => {
                    trust.account = trust.account.max(Some((surety, principal.span)));
                }
                None => {}
            },
            Given::Federated | Given::Everyone | Given::CanonicalUser | Given::Other => {}
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

/// Whether a text names the account that the code is deployed in, as code says it without knowing its number.
fn is_own_account(text: &Text) -> bool {
    let arn = text.expanded();
    let is_account = |symbol: &Symbol| {
        symbol.name() == "AWS::AccountId"
            // What the identity of the caller expands to.
            || (is_of_provider(symbol) && symbol.name().ends_with(".account_id"))
            || symbol.reference().is_some_and(|reference| {
                reference.address.contains("aws_caller_identity") && &*reference.attribute == "account_id"
            })
    };
    let is_whole = text.as_symbol().is_some_and(is_account);
    is_whole || (arn.symbols().any(|(_, symbol)| is_account(symbol)) && arn.literal_content().ends_with(":root"))
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
