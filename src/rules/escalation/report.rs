//! From steps to findings: one for each fault, where it stands.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use crate::access::escalation::{Escalations, Gain, Means, Part, Power, Step, Walker};
use crate::access::grants::{self, Grant, Grants};
use crate::access::{Effective, PolicySource};
use crate::finding::Confidence;
use crate::iam::Surety;
use crate::iam::escalation::{Class, Path, table};
use crate::model::{Account, DocumentId, PrincipalId, Resource};
use crate::source::Span;

use super::super::{Findings, Rule};

/// So many paths are named in a message; there are more, once an action is allowed that many take.
const NAMED_PATHS: usize = 3;

/// So many holders and targets are named beside a finding.
const RELATED: usize = 4;

/// What carries a fault: one document, or a principal with several policies together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Place {
    Document(DocumentId),
    Principal(PrincipalId),
}

/// Steps that are one fault.
#[derive(Default)]
struct Fault<'e> {
    steps: Vec<(&'static Path, &'e Step)>,
}

/// Reports the steps of a class.
pub(super) fn report(rule: &'static Rule, class: Class, account: &Account, findings: &mut Findings) {
    let escalations = Escalations::of(account);
    let reporter = Reporter { rule, account, escalations: &escalations, grants: &Grants::of(account) };
    let faults = reporter.faults(class, Surety::Likely);
    for (place, fault) in &faults {
        reporter.add(place, fault, findings);
    }
    for (place, fault) in reporter.open_faults(class, &faults) {
        reporter.note(&place, &fault, findings);
    }
}

/// Statements by which a role of choice can be passed to something that is started with it, and that a finding tells of.
pub(in crate::rules) fn passing_told(account: &Account) -> FxHashSet<(DocumentId, usize)> {
    let escalations = Escalations::of(account);
    let reporter =
        Reporter { rule: &super::rules::PASS_ROLE, account, escalations: &escalations, grants: &Grants::of(account) };
    let mut told = FxHashSet::default();
    for (place, fault) in reporter.faults(Class::Pass, Surety::Likely) {
        let Place::Document(document) = place else { continue };
        let parts = fault.steps.iter().flat_map(|(_, step)| &step.parts);
        told.extend(parts.filter(|part| part.action == table().pass_role).map(|part| (document, part.statement)));
    }
    told
}

/// What a statement that passes any role is used with in the same policy: the actions that start something with it.
pub(in crate::rules) fn started_with(account: &Account, document: DocumentId, statement: usize) -> Vec<(String, Span)> {
    let escalations = Escalations::of(account);
    let mut started = Vec::new();
    for step in &escalations.steps {
        let passes = |part: &Part| part.action == table().pass_role && part.statement == statement;
        let is_here = |part: &Part| part.source == PolicySource::InCode(document);
        if !step.parts.iter().any(passes) || !step.parts.iter().all(is_here) {
            continue;
        }
        for part in step.parts.iter().filter(|part| part.action != table().pass_role) {
            let Some((action, span)) = table().actions.get(part.action).zip(part.span) else { continue };
            if !started.iter().any(|(_, known)| *known == span) {
                started.push((format!("and {}, which starts what takes a role", action.name), span));
            }
        }
    }
    started
}

struct Reporter<'r, 'a> {
    rule: &'static Rule,
    account: &'r Account<'a>,
    escalations: &'r Escalations,
    grants: &'r Grants,
}

impl<'r> Reporter<'r, '_> {
    fn faults(&self, class: Class, least: Surety) -> BTreeMap<Place, Fault<'r>> {
        let mut faults: BTreeMap<Place, Fault> = BTreeMap::new();
        // The same policies on several principals are one fault; the first who has them stands for all.
        let mut by_policies: BTreeMap<Vec<String>, Place> = BTreeMap::new();
        let elsewhere = self.told_elsewhere(class);
        for step in &self.escalations.steps {
            let Means::Path(path) = step.means else { continue };
            if path.class != class || step.surety < least || !self.is_worth(step) || self.is_folded(step) {
                continue;
            }
            let mut sources: Vec<&PolicySource> = step.parts.iter().map(|part| &part.source).collect();
            sources.dedup();
            let place = match (sources.as_slice(), step.from) {
                ([PolicySource::InCode(document)], _) => Place::Document(*document),
                (_, Walker::Principal(id)) => {
                    // What AWS's policies allow beside is for the rules about these.
                    if step.gain == Gain::Elsewhere
                        && sources.iter().all(|source| matches!(source, PolicySource::Aws(_)))
                    {
                        continue;
                    }
                    let mut names: Vec<String> = sources.iter().map(|source| format!("{source:?}")).collect();
                    names.sort_unstable();
                    names.dedup();
                    by_policies.entry(names).or_insert(Place::Principal(id)).clone()
                }
                (_, Walker::HolderOf(document)) => Place::Document(document),
            };
            if elsewhere.contains(&place) && !matches!(step.gain, Gain::Principal(_)) {
                continue;
            }
            faults.entry(place).or_default().steps.push((path, step));
        }
        faults
    }

    /// Places of which a stronger finding tells: what is weaker there is to be judged when that is mended.
    fn told_elsewhere(&self, class: Class) -> FxHashSet<Place> {
        let others: &[Class] = match class {
            Class::Create => &[Class::Own, Class::Principal],
            Class::Compute => &[Class::Own, Class::Principal, Class::Pass],
            _ => &[],
        };
        others.iter().flat_map(|other| self.faults(*other, Surety::Likely).into_keys()).collect()
    }

    /// Faults that hold only if what is not known is so.
    fn open_faults(&self, class: Class, known: &BTreeMap<Place, Fault>) -> BTreeMap<Place, Fault<'r>> {
        let all = self.faults(class, Surety::Unknown);
        all.into_iter().filter(|(place, _)| !known.contains_key(place)).collect()
    }

    /// Whether the step leads to more than a few rights.
    fn is_worth(&self, step: &Step) -> bool {
        match step.gain {
            Gain::Principal(id) => {
                self.escalations.power_of(id) > Power::Ordinary || self.escalations.is_administrator(id)
            }
            Gain::Administrator | Gain::Elsewhere | Gain::Unbounded => true,
        }
    }

    /// Whether a rule about the statement, or about the policy, as a whole says as much.
    fn is_folded(&self, step: &Step) -> bool {
        let is_named = matches!(step.gain, Gain::Principal(_));
        if step.gain == Gain::Unbounded {
            return false;
        }
        // What a policy of AWS allows by itself is for the rules about these, unless it leads to somebody of the code.
        let of_aws = |part: &Part| matches!(part.source, PolicySource::Aws(_));
        if !is_named && !step.parts.is_empty() && step.parts.iter().all(of_aws) {
            return true;
        }
        step.parts.iter().any(|part| {
            let of_aws;
            let granted = match &part.source {
                PolicySource::InCode(document) => self.grants.of_document(*document),
                PolicySource::Aws(_) => {
                    let effective = Effective::of(self.account);
                    of_aws = effective.document(self.account, &part.source).map(grants::of).unwrap_or_default();
                    &of_aws
                }
            };
            granted.iter().filter(|granted| granted.statement == part.statement).any(|granted| match granted.grant {
                Grant::FullAdministrator | Grant::FullIam | Grant::AllActions | Grant::AllButNamed => true,
                Grant::PassAnyRole => {
                    let is_passing = part.action == table().pass_role;
                    is_passing && !is_named && step.parts.iter().all(|other| other.source == part.source)
                }
                Grant::WholeServices(_) | Grant::AssumeAnyRole => false,
            })
        }) || (!is_named && self.is_of_whole_services(step))
    }

    /// Whether a step into what runs is one of the things that "every action of a service" is.
    fn is_of_whole_services(&self, step: &Step) -> bool {
        let is_compute = matches!(step.means, Means::Path(path) if path.class == Class::Compute);
        let is_wildcard = |part: &Part| {
            let PolicySource::InCode(document) = part.source else { return false };
            self.grants.of_document(document).iter().any(|granted| {
                matches!(granted.grant, Grant::WholeServices(_))
                    && granted.statement == part.statement
                    && (granted.span == part.span || part.span.is_some_and(|at| granted.also.contains(&at)))
            })
        };
        is_compute && step.parts.iter().all(is_wildcard)
    }

    /// The resource that carries the fault.
    fn carrier(&self, place: &Place) -> &'r Resource {
        match place {
            Place::Document(id) => self.account.document(*id).carrier,
            Place::Principal(id) => self.account.principal(*id).resource,
        }
    }

    /// The step that shows the fault best, and the part of it that gives the rights.
    fn best<'f>(&self, fault: &'f Fault<'r>) -> Option<(&'static Path, &'r Step, Option<&'f Part>)> {
        let strength = |step: &Step| match step.gain {
            Gain::Administrator | Gain::Unbounded => 3,
            Gain::Principal(id) if self.escalations.is_administrator(id) => 2,
            Gain::Principal(_) => 1,
            Gain::Elsewhere => 0,
        };
        // Of equals the first, as the table has them.
        let best = fault.steps.iter().rev().max_by_key(|(_, step)| (step.surety, strength(step)))?;
        Some((best.0, best.1, best.1.parts.first()))
    }

    fn add(&self, place: &Place, fault: &Fault<'r>, findings: &mut Findings) {
        let Some((path, step, part)) = self.best(fault) else { return };
        let resource = self.carrier(place);
        let part_span = part.and_then(|part| part.span);
        let span = match place {
            Place::Document(id) => part_span.unwrap_or(self.account.document(*id).span),
            Place::Principal(_) => resource.span,
        };
        let finding = findings.add(self.rule, resource, span, self.message(path, step, fault));
        finding.at_most(match step.surety {
            Surety::Certain => Confidence::Certain,
            _ => Confidence::Likely,
        });
        let mut seen: FxHashSet<Span> = FxHashSet::from_iter([span]);
        let parts = fault.steps.iter().flat_map(|(_, step)| &step.parts);
        for part in step.parts.iter().chain(parts) {
            let Some(at) = part.span.filter(|at| seen.insert(*at)) else { continue };
            let action = table().actions.get(part.action).map_or("", |action| action.name);
            finding.relate(format!("allows {action}"), Some(at));
        }
        for (message, at) in self.gained(fault).into_iter().chain(self.holders(place, fault)).take(RELATED) {
            if at.is_none_or(|at| seen.insert(at)) {
                finding.relate(message, at);
            }
        }
    }

    fn note(&self, place: &Place, fault: &Fault<'r>, findings: &mut Findings) {
        let Some((path, step, part)) = self.best(fault) else { return };
        let resource = self.carrier(place);
        let span = part.and_then(|part| part.span).unwrap_or(resource.span);
        let who = self.who(step);
        let open = match step.gain {
            Gain::Elsewhere => {
                "on somebody who is not in the code, or on a condition or a boundary that it leaves open"
            }
            _ => "on a condition, a boundary or a name that the code leaves open",
        };
        let why = format!("whether {who} gets further by {} depends {open}", listed(&path.actions()));
        findings.undecided(self.rule, resource, span, &why);
    }

    /// What is gained, with its place.
    fn gained(&self, fault: &Fault<'r>) -> Vec<(String, Option<Span>)> {
        let mut seen = FxHashSet::default();
        let mut gained = Vec::new();
        for (_, step) in &fault.steps {
            let Gain::Principal(id) = step.gain else { continue };
            if !seen.insert(id) {
                continue;
            }
            let principal = self.account.principal(id);
            let what = if self.escalations.is_administrator(id) { "administrator" } else { "stronger" };
            let message = match step.through.and_then(|at| self.escalations.workloads.get(at)) {
                Some(running) => format!("{} runs with this role, which is {what}", running.address),
                None => format!("this {} is {what}", principal.kind.name()),
            };
            gained.push((message, Some(principal.resource.span)));
        }
        gained
    }

    /// Who has the rights, where the fault stands on a document.
    fn holders(&self, place: &Place, fault: &Fault<'r>) -> Vec<(String, Option<Span>)> {
        let Place::Document(document) = place else { return Vec::new() };
        let carrier = &self.account.document(*document).carrier.address;
        let mut seen = FxHashSet::default();
        let mut holders = Vec::new();
        for (_, step) in &fault.steps {
            let Walker::Principal(id) = step.from else { continue };
            let principal = self.account.principal(id);
            if seen.insert(id) && principal.resource.address != *carrier {
                holders.push((format!("this {} has it", principal.kind.name()), Some(principal.resource.span)));
            }
        }
        holders
    }

    fn who(&self, step: &Step) -> String {
        match step.from {
            Walker::Principal(id) => {
                let principal = self.account.principal(id);
                format!("{} {}", principal.kind.name(), principal.resource.address)
            }
            Walker::HolderOf(_) => "whoever holds this policy".to_owned(),
        }
    }

    fn message(&self, path: &Path, step: &Step, fault: &Fault) -> String {
        let who = self.who(step);
        let gain = match step.gain {
            Gain::Principal(id) => {
                let principal = self.account.principal(id);
                let what = if self.escalations.is_administrator(id) { "the administrator " } else { "the stronger " };
                format!("{what}{} {}", principal.kind.name(), principal.resource.address)
            }
            Gain::Administrator | Gain::Elsewhere | Gain::Unbounded => String::new(),
        };
        let ways = ways(path, fault);
        match (path.class, &step.gain) {
            (Class::Own, _) => {
                format!("{who} can make itself administrator: {ways} is allowed where it applies to itself")
            }
            (Class::Principal, Gain::Principal(_)) => format!("{who} can take over {gain} by {ways}"),
            (Class::Principal, Gain::Administrator) => {
                format!("{who} can write the policies of another principal and use it, by {ways}")
            }
            (Class::Principal, _) => format!("{who} can take over any other principal by {ways}"),
            (Class::Pass, Gain::Principal(_)) => format!("{who} can run code as {gain} by {ways}"),
            (Class::Pass, _) => format!(
                "{who} can run code as any role that trusts {} by {ways}",
                path.service.unwrap_or("the service")
            ),
            (Class::Compute, Gain::Principal(_)) => {
                let through = step.through.and_then(|at| self.escalations.workloads.get(at));
                let through = through.map(|running| format!("{}, which runs as ", running.address)).unwrap_or_default();
                format!("{who} can run code on {through}{gain} by {ways}")
            }
            (Class::Compute, _) => {
                let kind = path.service.unwrap_or("workload").replace('-', " ");
                format!("{who} can act with the role of any {kind} by {ways}")
            }
            (Class::Provider, _) => format!("{who} can change whom an identity provider vouches for by {ways}"),
            (Class::PermissionSet, _) => {
                format!("{who} can change who gets what through IAM Identity Center by {ways}")
            }
            (Class::Boundary, _) => format!("{who} can take off its own permissions boundary by {ways}"),
            (Class::Create, _) => {
                format!("{who} can make a principal without a permissions boundary and give it any rights by {ways}")
            }
        }
    }
}

/// The paths of a fault, the one that is told first.
fn ways(first: &Path, fault: &Fault) -> String {
    let mut ids: Vec<&str> = vec![first.id];
    for (path, _) in &fault.steps {
        if !ids.contains(&path.id) {
            ids.push(path.id);
        }
    }
    let own = listed(&first.actions());
    match ids.len() - 1 {
        0 => own,
        1 => format!("{own} (and one more way)"),
        more => format!("{own} (and {more} more ways)"),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => {
            let first = first.iter().take(NAMED_PATHS + 1).copied().collect::<Vec<_>>().join(", ");
            format!("{first} and {last}")
        }
    }
}
