//! Whether a principal may take an action of a path: its policies, prepared once, asked often.

use rustc_hash::FxHashMap;

use crate::iam::escalation::table;
use crate::iam::{Aim, Caller, Document, Effect, Pattern, Patterns, Statement, Surety};
use crate::model::Account;
use crate::source::Span;

use super::super::{Effective, Held, PolicySource, PrincipalAccess};

/// The statements of a document that are about an action, by the action's place in the table.
#[derive(Default, Debug)]
struct Prepared {
    allows: FxHashMap<usize, Vec<About>>,
    denies: FxHashMap<usize, Vec<About>>,
    has_unknown: bool,
}

/// A statement that names an action.
#[derive(Clone, Copy, Debug)]
pub(super) struct About {
    pub(super) statement: usize,
    /// Where it names the action.
    span: Option<Span>,
    surety: Surety,
}

/// A statement that a path stands on.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Part {
    /// The action, as its place in the table.
    pub action: usize,
    /// The policy.
    pub source: PolicySource,
    /// The statement's place in it.
    pub statement: usize,
    /// Where the statement names the action.
    pub span: Option<Span>,
}

/// That an action is allowed.
#[derive(Clone, Debug)]
pub(super) struct Allowed {
    pub(super) surety: Surety,
    pub(super) part: Part,
}

/// The policies that decide for whoever asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holding<'h> {
    pub(super) identity: &'h [Held],
    pub(super) boundary: Option<&'h Held>,
    pub(super) has_unknown_boundary: bool,
}

impl<'h> From<&'h PrincipalAccess> for Holding<'h> {
    fn from(access: &'h PrincipalAccess) -> Self {
        Self {
            identity: &access.identity,
            boundary: access.boundary.as_ref(),
            has_unknown_boundary: access.has_unknown_boundary,
        }
    }
}

impl<'h> Holding<'h> {
    fn boundary(&self) -> &'h [Held] {
        self.boundary.map(std::slice::from_ref).unwrap_or_default()
    }
}

/// The policies of an account, prepared for asking.
#[derive(Debug)]
pub(super) struct Reach<'r, 'a> {
    pub(super) account: &'r Account<'a>,
    effective: &'r Effective,
    prepared: FxHashMap<PolicySource, Prepared>,
    /// Policies of the organization that limit this account for certain.
    organization: Vec<Held>,
}

impl<'r, 'a> Reach<'r, 'a> {
    pub(super) fn new(account: &'r Account<'a>, effective: &'r Effective, more: &[PolicySource]) -> Self {
        // The account's own id is not known; what is attached to it by reference is.
        let own = effective
            .organization_policies("")
            .filter(|(level, policy)| *level == super::super::Level::Account && !policy.is_resource_control);
        let organization = own
            .map(|(_, policy)| Held {
                source: PolicySource::InCode(policy.document),
                is_certain: true,
                is_certain_if_created: true,
                through: None,
                attached_at: None,
            })
            .collect();
        let mut reach = Self { account, effective, prepared: FxHashMap::default(), organization };
        let held = effective.principals().iter().flat_map(|access| access.identity.iter().chain(&access.boundary));
        let sources: Vec<PolicySource> =
            held.chain(&reach.organization).map(|held| held.source.clone()).chain(more.iter().cloned()).collect();
        for source in sources {
            reach.prepare(source);
        }
        reach
    }

    fn prepare(&mut self, source: PolicySource) {
        if self.prepared.contains_key(&source) {
            return;
        }
        let Some(document) = self.effective.document(self.account, &source) else { return };
        self.prepared.insert(source, Prepared::new(document));
    }

    /// Whether some policy of the principal allows the action at all: most do not, and need not be asked further.
    pub(super) fn mentions(&self, access: Holding<'_>, action: usize) -> bool {
        access
            .identity
            .iter()
            .any(|held| self.prepared.get(&held.source).is_some_and(|prepared| prepared.allows.contains_key(&action)))
    }

    /// Whether the principal may take the action, and by which statement most surely.
    pub(super) fn allowed(&self, access: Holding<'_>, action: usize, aim: Aim, caller: &Caller) -> Option<Allowed> {
        let service = table().actions.get(action)?.service();
        let mut best: Option<Allowed> = None;
        for (held, about, statement) in self.about(access.identity, action, Effect::Allow) {
            if best.as_ref().is_some_and(|best| best.surety == Surety::Certain) {
                break;
            }
            let there = if held.is_certain { Surety::Certain } else { Surety::Likely };
            let surety = there.min(about.surety).min(statement.may_apply(aim, service, caller));
            let is_taken = || aim_is_denied(self, access, action, aim, statement, service, caller);
            if surety > best.as_ref().map_or(Surety::No, |best| best.surety) && !is_taken() {
                let part = Part {
                    action,
                    source: held.source.clone(),
                    statement: about.statement,
                    span: about.span.or(statement.span),
                };
                best = Some(Allowed { surety, part });
            }
        }
        let mut best = best?;
        best.surety = best.surety.min(self.left_by_denies(access, action, aim, service, caller));
        best.surety = best.surety.min(self.within_boundary(access, action, aim, service, caller));
        (best.surety > Surety::No).then_some(best)
    }

    /// What the Deny statements leave.
    fn left_by_denies(&self, access: Holding<'_>, action: usize, aim: Aim, service: &str, caller: &Caller) -> Surety {
        let mut left = Surety::Certain;
        let all = [access.identity, access.boundary(), &self.organization];
        for (held, about, statement) in all.into_iter().flat_map(|held| self.about(held, action, Effect::Deny)) {
            let there = if held.is_certain { Surety::Certain } else { Surety::Likely };
            match there.min(about.surety).min(statement.must_apply(aim, service, caller)) {
                Surety::Certain => return Surety::No,
                Surety::Likely | Surety::Unknown => left = left.min(Surety::Likely),
                Surety::No => {}
            }
        }
        left
    }

    fn within_boundary(&self, access: Holding<'_>, action: usize, aim: Aim, service: &str, caller: &Caller) -> Surety {
        let unknown = if access.has_unknown_boundary { Surety::Unknown } else { Surety::Certain };
        let Some(boundary) = access.boundary else { return unknown };
        let has_unknown = self.prepared.get(&boundary.source).is_some_and(|prepared| prepared.has_unknown);
        let allows = self.about(std::slice::from_ref(boundary), action, Effect::Allow);
        let best =
            allows.map(|(_, about, statement)| about.surety.min(statement.may_apply(aim, service, caller))).max();
        let best = best.unwrap_or(Surety::No);
        if has_unknown { best.max(Surety::Unknown) } else { best }
    }

    /// The statements of policies that are about an action, in the order of the policies.
    pub(super) fn about<'s>(
        &'s self,
        held: &'s [Held],
        action: usize,
        effect: Effect,
    ) -> impl Iterator<Item = (&'s Held, About, &'s Statement)> + 's {
        held.iter().flat_map(move |held| {
            let prepared = self.prepared.get(&held.source);
            let document = self.effective.document(self.account, &held.source);
            let by_action =
                prepared.map(|prepared| if effect == Effect::Deny { &prepared.denies } else { &prepared.allows });
            let about = by_action.and_then(|by_action| by_action.get(&action)).map(Vec::as_slice).unwrap_or_default();
            about.iter().filter_map(move |about| Some((held, *about, document?.statements.get(about.statement)?)))
        })
    }
}

/// Whether an action that is aimed at anything is denied on all that the Allow names.
fn aim_is_denied(
    reach: &Reach,
    access: Holding<'_>,
    action: usize,
    aim: Aim,
    allow: &Statement,
    service: &str,
    caller: &Caller,
) -> bool {
    let (Aim::Anything, Some(allowed)) = (aim, &allow.resources) else { return false };
    let all = [access.identity, access.boundary(), &reach.organization];
    all.into_iter().flat_map(|held| reach.about(held, action, Effect::Deny)).any(|(held, about, deny)| {
        held.is_certain
            && !deny.possible
            && about.surety == Surety::Certain
            && deny.resources.as_ref().is_none_or(|denied| denied.includes(allowed))
            && deny.conditions.iter().all(|condition| condition.must_hold(service, caller) == Surety::Certain)
    })
}

impl Prepared {
    fn new(document: &Document) -> Self {
        let mut prepared = Self { has_unknown: document.has_unknown_statements(), ..Self::default() };
        for (at, statement) in document.statements.iter().enumerate() {
            let Some(actions) = &statement.actions else { continue };
            for (index, action) in table().actions.iter().enumerate() {
                let named = match statement.effect {
                    Effect::Allow => names(actions, &action.lower).map(|about| (&mut prepared.allows, about)),
                    Effect::Deny => must_name(actions, &action.lower).map(|about| (&mut prepared.denies, about)),
                    Effect::Unknown => None,
                };
                if let Some((by_action, (span, surety))) = named {
                    by_action.entry(index).or_default().push(About { statement: at, span, surety });
                }
            }
        }
        prepared
    }
}

/// Where an Allow names an action, and how surely.
fn names(actions: &Patterns, action: &str) -> Option<(Option<Span>, Surety)> {
    if actions.negated {
        let surety = if actions.incomplete { Surety::Likely } else { Surety::Certain };
        return actions.may_match(action).then_some((actions.key_span, surety));
    }
    let mut named = actions.items.iter().filter(|pattern| pattern.glob.matches(action));
    let surety = |pattern: &Pattern| if pattern.possible { Surety::Likely } else { Surety::Certain };
    let first = named.next()?;
    // The most exact one says most; `*` beside it says more than is asked.
    let exact =
        std::iter::once(first).chain(named).max_by_key(|pattern| (surety(pattern), pattern.glob.tokens().len()))?;
    Some((exact.span, surety(exact)))
}

/// How surely a Deny names an action.
fn must_name(actions: &Patterns, action: &str) -> Option<(Option<Span>, Surety)> {
    if actions.must_match(action) {
        return Some((None, Surety::Certain));
    }
    let perhaps = if actions.negated {
        actions.may_match(action)
    } else {
        actions.incomplete || actions.items.iter().any(|pattern| pattern.glob.matches(action))
    };
    perhaps.then_some((None, Surety::Likely))
}
