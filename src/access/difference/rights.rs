//! What one subject may newly do, and what no longer.

use std::collections::{BTreeMap, BTreeSet};

use crate::iam::callers::{Pin, Stranger, pin_of_allow};
use crate::iam::simulate::{self, Context, Decision, Policies, Request, Requester, simulate};
use crate::iam::{
    Access, Cause, Document, Effect, Gain, Glob, Layer, LayerKind, MAX_PRODUCTS, Pattern, Principals, Statement,
    newly_allowed,
};
use crate::source::Span;

use super::holdings::{Holdings, Policy, everything, spelled, statement_spelled};
use super::subjects::Candidate;
use super::{Question, Reason, Right, SubjectKind, Witness};

/// Who asks where nobody in particular does: a member of a group, whoever has a policy.
const SOMEBODY: &str = "somebody";

/// The account that a request is about where any will do.
const ANY_ACCOUNT: &str = "111122223333";

/// Keys that tell the account of who asks.
const OF_CALLER: [&str; 2] = ["aws:principalaccount", "aws:principalarn"];

/// Actions that stand for all that no policy names.
const STAND_INS: [&str; 6] = [
    "ec2:StopInstances",
    "dynamodb:DeleteTable",
    "lambda:DeleteFunction",
    "sqs:DeleteQueue",
    "logs:DeleteLogGroup",
    "ssm:DeleteParameter",
];

/// Whom a request is of where nobody in particular asks.
const ANYBODY: &str = "arn:aws:iam::111122223333:role/any-role";

/// What separates the two sides of one subject.
#[derive(Default)]
pub(super) struct Compared {
    pub(super) gained: Vec<Right>,
    pub(super) lost: Vec<Right>,
    pub(super) undecided: Vec<Question>,
}

/// Compares one with itself on the other side.
pub(super) fn compare(old: Option<&Candidate>, new: Option<&Candidate>) -> Compared {
    let (mut before, mut after) = (Half::new(old), Half::new(new));
    let as_written = before.holdings.clone();
    before.holdings.doubt(&after.holdings);
    after.holdings.doubt(&as_written);
    let (before, after) = (before.beside(&after), after.beside(&before));
    let mut compared = Compared::default();
    compared.gained = gained(&after, &before, &mut compared.undecided);
    // What is undecided the other way round is undecided about what is lost.
    let mut about_lost = Vec::new();
    compared.lost = gained(&before, &after, &mut about_lost);
    unknown(&before, &after, &mut compared.undecided);
    compared.undecided.extend(
        about_lost
            .into_iter()
            .map(|question| Question { why: format!("what may be lost: {}", question.why), ..question }),
    );
    compared.undecided.sort();
    compared.undecided.dedup();
    compared
}

/// One side of a subject.
struct Half<'c> {
    candidate: Option<&'c Candidate>,
    holdings: Holdings,
}

impl<'c> Half<'c> {
    fn new(candidate: Option<&'c Candidate>) -> Self {
        let mut holdings = candidate.map(|candidate| candidate.holdings.clone()).unwrap_or_default();
        if candidate.is_some_and(|candidate| candidate.kind.is_door()) {
            for policy in &mut holdings.identity {
                policy.document = by_principal(&policy.document);
            }
        }
        Self { candidate, holdings }
    }

    /// Where there is no policy of the organization, there is no limit.
    fn beside(&self, other: &Self) -> Self {
        let is_limit = other.candidate.is_some_and(|other| other.kind == SubjectKind::Limit);
        if self.candidate.is_some() || !is_limit {
            return Self { candidate: self.candidate, holdings: self.holdings.clone() };
        }
        let holdings = Holdings { identity: vec![everything()], ..Holdings::default() };
        Self { candidate: other.candidate, holdings }
    }

    fn access(&self) -> Access<'_> {
        let Some(candidate) = self.candidate else { return Access::new(Vec::new()) };
        let holdings = &self.holdings;
        let own = if candidate.kind.is_door() { LayerKind::Resource } else { LayerKind::Identity };
        let mut layers = vec![Layer::new(own, documents(&holdings.identity))];
        if !holdings.boundary.is_empty() {
            layers.push(Layer::new(LayerKind::Boundary, documents(&holdings.boundary)));
        }
        let levels = holdings.organization.iter().map(|level| Layer::new(LayerKind::ServiceControl, documents(level)));
        layers.extend(levels);
        let access = Access::new(layers);
        let requester = candidate.requester.as_deref().filter(|_| !candidate.kind.is_door());
        match requester.and_then(|arn| Requester::parse(arn).ok()) {
            Some(requester) => access.of(requester),
            None => access,
        }
    }

    /// What has a say in a request, for the evaluator of requests.
    fn policies(&self) -> Policies<'_> {
        let holdings = &self.holdings;
        Policies {
            identity: asked(&holdings.identity),
            boundaries: asked(&holdings.boundary),
            service_control: holdings.organization.iter().map(|level| asked(level)).collect(),
            ..Policies::default()
        }
    }

    /// A door with those statements alone that `keeps` keeps, given the place of their policy and theirs in it; and each
    /// Deny. What is not kept is not copied: a policy may name hundreds, and this is asked for each of them.
    fn only(&self, keeps: impl Fn(usize, usize, &Statement) -> bool) -> Self {
        let policy = |(at, policy): (usize, &Policy)| {
            let document = &policy.document;
            let statements = document.statements.iter().enumerate();
            let kept = statements.filter(|(index, own)| own.effect != Effect::Allow || keeps(at, *index, own));
            Policy {
                name: policy.name.clone(),
                key: policy.key.clone(),
                document: Document {
                    version: document.version,
                    statements: kept.map(|(_, own)| own.clone()).collect(),
                    opaque: document.opaque.clone(),
                    span: document.span,
                },
                ..*policy
            }
        };
        let identity = self.holdings.identity.iter().enumerate().map(policy).collect();
        Self { candidate: self.candidate, holdings: Holdings { identity, ..Holdings::default() } }
    }

    /// The policy that a statement is in.
    fn policy_of(&self, statement: &Statement) -> Option<&Policy> {
        let holds = |policy: &&Policy| policy.document.statements.iter().any(|own| std::ptr::eq(own, statement));
        let limits = self.holdings.boundary.iter().chain(self.holdings.organization.iter().flatten());
        self.holdings.identity.iter().chain(limits).find(holds)
    }

    fn is_door(&self) -> bool {
        self.candidate.is_some_and(|candidate| candidate.kind.is_door())
    }
}

fn asked(policies: &[Policy]) -> Vec<simulate::Policy<'_>> {
    policies.iter().map(|one| simulate::Policy { name: one.name.clone(), document: &one.document }).collect()
}

fn documents(policies: &[Policy]) -> impl Iterator<Item = &Document> {
    policies.iter().map(|policy| &policy.document)
}

/// A document whose Allow statements each name one principal, so that one who was let in before is told from one who
/// was not.
fn by_principal(document: &Document) -> Document {
    let mut split = document.clone();
    split.statements = document.statements.iter().flat_map(one_for_each).collect();
    split
}

fn one_for_each(statement: &Statement) -> Vec<Statement> {
    match &statement.principals {
        Some(principals) if statement.effect == Effect::Allow && !principals.negated && principals.items.len() > 1 => {
            let one = |item: &crate::iam::Principal| Statement {
                principals: Some(Principals { items: vec![item.clone()], ..principals.clone() }),
                ..statement.clone()
            };
            principals.items.iter().map(one).collect()
        }
        _ => vec![statement.clone()],
    }
}

/// What `has` allows and `lacks` does not.
fn gained(has: &Half<'_>, lacks: &Half<'_>, undecided: &mut Vec<Question>) -> Vec<Right> {
    let mut rights: Vec<Right> = Vec::new();
    if !has.is_door() {
        compare_access(has, lacks, &mut rights, undecided);
        return rights;
    }
    // One who comes in at a time, with what the other side says of them: a policy may name hundreds.
    let others: BTreeSet<String> =
        lacks.holdings.identity.iter().flat_map(|policy| spelled(&policy.document)).collect();
    let denials = |half: &Half<'_>| -> BTreeSet<String> {
        let documents = half.holdings.identity.iter().map(|policy| &policy.document);
        let denies = documents.flat_map(Document::denies);
        denies.map(statement_spelled).collect()
    };
    let is_denied_alike = denials(has) == denials(lacks);
    for (at, policy) in has.holdings.identity.iter().enumerate() {
        let is_known_whole = !policy.document.has_unknown_statements();
        let texts = spelled(&policy.document);
        for (index, statement) in policy.document.statements.iter().enumerate() {
            let text = texts.get(index);
            let is_same = is_known_whole && text.is_some_and(|text| others.contains(text));
            if statement.effect == Effect::Deny || (is_same && is_denied_alike) {
                continue;
            }
            // Those whom one statement lets in: that statement, and what the other side says of them.
            let own = has.only(|of, other, _| of == at && texts.get(other) == text);
            let other = lacks.only(|_, _, other| may_name_same(other, statement));
            compare_access(&own, &other, &mut rights, undecided);
        }
    }
    rights
}

fn compare_access(has: &Half<'_>, lacks: &Half<'_>, rights: &mut Vec<Right>, undecided: &mut Vec<Question>) {
    let (access, other) = (has.access(), lacks.access());
    let comparison = newly_allowed(&access, &other, MAX_PRODUCTS);
    for gain in &comparison.gained {
        let policy = has.policy_of(gain.statement);
        if policy.is_some_and(|policy| is_told_by_group(policy, has, lacks)) {
            continue;
        }
        merge(right(gain, policy, has, lacks), policy, rights);
    }
    for question in comparison.undecided {
        let policy = question.statement.and_then(|statement| has.policy_of(statement));
        if policy.is_some_and(|policy| is_told_by_group(policy, has, lacks)) {
            continue;
        }
        let span = question.statement.and_then(|statement| statement.span);
        let held_at = || policy.and_then(|policy| policy.held_at);
        undecided.push(Question { why: question.why, span: span.or_else(held_at) });
    }
}

/// Whether two statements may name somebody in common: one of the same account at the least.
fn may_name_same(own: &Statement, other: &Statement) -> bool {
    let (Some(own), Some(other)) = (&own.principals, &other.principals) else { return true };
    if own.negated || other.negated || own.incomplete || other.incomplete {
        return true;
    }
    let is_like = |own: &crate::iam::Principal, other: &crate::iam::Principal| {
        let is_of_one_account = || match (own.text.as_str(), other.text.as_str()) {
            (Some(own), Some(other)) => account_of(own) == account_of(other),
            _ => true,
        };
        own.is_everyone()
            || other.is_everyone()
            || own.text == other.text
            || (own.kind == other.kind && is_of_one_account())
    };
    own.items.iter().any(|own| other.items.iter().any(|other| is_like(own, other)))
}

/// The account of a principal's ARN; of anything else, all of it.
fn account_of(principal: &str) -> &str {
    match principal.strip_prefix("arn:") {
        Some(arn) => arn.split(':').nth(3).unwrap_or_default(),
        None => principal,
    }
}

/// Whether a user has the policy through a group that it was in on both sides: then the group tells.
fn is_told_by_group(policy: &Policy, has: &Half<'_>, lacks: &Half<'_>) -> bool {
    let group = policy.through.and_then(|id| has.candidate?.groups.get(&id));
    group.is_some_and(|group| lacks.candidate.is_some_and(|other| other.groups.values().any(|own| own == group)))
}

fn right(gain: &Gain<'_>, policy: Option<&Policy>, has: &Half<'_>, lacks: &Half<'_>) -> Right {
    let statement = gain.statement;
    let is_door = has.is_door();
    let arn = has.candidate.and_then(|candidate| candidate.requester.as_deref());
    let guarded = arn.filter(|arn| is_door && stands_for_itself(gain, arn));
    let resources = match (guarded, gain.cause) {
        (Some(arn), _) => vec![arn.to_owned()],
        (None, Cause::Undenied(deny)) => narrowed(&gain.resources, deny),
        (None, _) => gain.resources.clone(),
    };
    let own = if is_door { None } else { arn };
    let asks = own.or(gain.witness.principal.as_deref()).unwrap_or(SOMEBODY);
    let principals = statement.principals.as_ref().filter(|_| is_door);
    let (reason, elsewhere) = match gain.cause {
        Cause::Granted => (Reason::Granted, None),
        Cause::Undenied(deny) => (Reason::Undenied, lacks.place_of(deny)),
        Cause::Unlimited(kind, allow) => (Reason::Unlimited(kind), allow.and_then(|allow| has.place_of(allow))),
    };
    let written = match gain.cause {
        Cause::Undenied(deny) if deny.actions.as_ref().is_some_and(|actions| !actions.negated) => written(deny),
        _ => written(statement),
    };
    let is_open_ended = gain.actions.iter().any(|action| is_unnamed(action));
    Right {
        // Of what has no end the patterns are all that can be told.
        actions: if is_open_ended { written.clone() } else { gain.actions.clone() },
        written,
        resources,
        conditions: gain.conditions.clone(),
        principals: principals.map(named).unwrap_or_default(),
        is_public: is_door && is_public(statement, &gain.witness.action),
        policy: policy.map(|policy| policy.name.clone()).unwrap_or_default(),
        reason,
        witness: told(
            Witness {
                principal: asks.to_owned(),
                action: gain.witness.action.clone(),
                resource: guarded.map_or_else(|| gain.witness.resource.clone(), str::to_owned),
                context: gain.witness.context.iter().cloned().collect::<BTreeMap<_, _>>(),
            },
            has,
            lacks,
        ),
        span: statement.span.or_else(|| policy.and_then(|policy| policy.held_at)),
        elsewhere,
    }
}

/// The same request as a reader would make it: for an action that there is, where any of those that the policies do
/// not name would do, and for a resource of the account that the code is deployed to, where any account would do: there
/// nothing else must allow it.
fn told(witness: Witness, has: &Half<'_>, lacks: &Half<'_>) -> Witness {
    let Some(candidate) = has.candidate else { return witness };
    let witness = if is_unnamed(&witness.action) {
        let with = |action: &str| Witness { action: action.to_owned(), ..witness.clone() };
        STAND_INS.into_iter().map(with).find(|one| shows(one, has, lacks)).unwrap_or(witness)
    } else {
        witness
    };
    let mut changed = witness.clone();
    if let Some(account) = changed.resource.split(':').nth(4).filter(|account| *account == ANY_ACCOUNT) {
        changed.resource = changed.resource.replacen(account, &candidate.account, 1);
    }
    // Who comes in at a door may be of any account.
    let is_own = |key: &String| !has.is_door() && OF_CALLER.contains(&key.as_str());
    let of_caller = changed.context.iter_mut().filter(|(key, _)| is_own(key));
    for value in of_caller.flat_map(|(_, values)| values) {
        *value = value.replacen(ANY_ACCOUNT, &candidate.account, 1);
    }
    // The resource of a door is the one that has the policy.
    if changed == witness || has.is_door() || shows(&changed, has, lacks) { changed } else { witness }
}

/// Whether an action is any of those that no policy names.
fn is_unnamed(action: &str) -> bool {
    action != "*" && !action.contains(':')
}

/// Whether one side allows a request of a principal and the other does not.
fn shows(witness: &Witness, has: &Half<'_>, lacks: &Half<'_>) -> bool {
    let asker = Requester::parse(&witness.principal).or_else(|_| Requester::parse(ANYBODY));
    let Ok(asker) = asker else { return false };
    let mut context = Context::default();
    for (key, values) in &witness.context {
        context.set(key, values.clone(), values.len() > 1);
    }
    let own = asker.account().map(str::to_owned);
    let request = Request::new(asker, &witness.action, &witness.resource, own.as_deref(), context);
    let decide = |half: &Half<'_>| simulate(&request, &half.policies()).decision;
    decide(has) == Decision::Allowed && decide(lacks) != Decision::Allowed
}

/// Whether the policy of a resource is about the resource as such: its statement names none, or any. A bucket is not
/// what is in it.
fn stands_for_itself(gain: &Gain<'_>, arn: &str) -> bool {
    gain.statement.resources.is_none() || (gain.resources == ["*"] && !arn.starts_with("arn:aws:s3:::"))
}

/// The patterns of actions of a statement.
fn written(statement: &Statement) -> Vec<String> {
    let Some(actions) = &statement.actions else { return Vec::new() };
    let but = if actions.negated { "all but " } else { "" };
    actions.items.iter().map(|item| format!("{but}{}", item.text)).collect()
}

/// The resources of a Deny that is no more, where these are among those that are allowed.
fn narrowed(allowed: &[String], deny: &Statement) -> Vec<String> {
    let Some(denied) = deny.resources.as_ref().filter(|resources| !resources.negated) else { return allowed.to_vec() };
    let patterns: Vec<Glob> = allowed.iter().map(|pattern| Glob::known(pattern)).collect();
    let is_allowed = |item: &Pattern| patterns.iter().any(|pattern| pattern.includes(&item.glob));
    if denied.items.iter().all(is_allowed) {
        denied.items.iter().map(|item| item.text.to_string()).collect()
    } else {
        allowed.to_vec()
    }
}

impl Half<'_> {
    fn place_of(&self, statement: &Statement) -> Option<Span> {
        statement.span.or_else(|| self.policy_of(statement).and_then(|policy| policy.held_at))
    }
}

/// The principals of a statement, as it names them.
fn named(principals: &Principals) -> Vec<String> {
    let but = if principals.negated { "all but " } else { "" };
    principals.items.iter().map(|item| format!("{but}{}", item.text)).collect()
}

/// Whether a statement lets in strangers: everyone, and nothing in its conditions tells who calls.
fn is_public(statement: &Statement, action: &str) -> bool {
    let lets_in_all = statement.principals.as_ref().is_some_and(|principals| {
        principals.negated || principals.items.iter().any(crate::iam::Principal::is_everyone)
    });
    let service = action.split(':').next().unwrap_or_default();
    lets_in_all && pin_of_allow(statement, service, Stranger::of_service(service)) != Pin::Caller
}

/// Adds a right, to one that says the same but for who comes in, or, of an AWS-managed policy, to what else it gives:
/// nobody reads a thousand of its actions.
fn merge(right: Right, policy: Option<&Policy>, rights: &mut Vec<Right>) {
    let is_of_aws = policy.is_some_and(Policy::is_of_aws);
    let is_like = |other: &&mut Right| {
        let is_same_grant = other.policy == right.policy && other.reason == right.reason && other.span == right.span;
        let says_the_same = other.actions == right.actions
            && other.resources == right.resources
            && other.conditions == right.conditions
            && other.is_public == right.is_public;
        is_same_grant && (is_of_aws || (says_the_same && !right.principals.is_empty()))
    };
    let Some(same) = rights.iter_mut().find(is_like) else { return rights.push(right) };
    let add = |own: &mut Vec<String>, more: Vec<String>| {
        let known: BTreeSet<String> = own.iter().cloned().collect();
        own.extend(more.into_iter().filter(|one| !known.contains(one)));
    };
    add(&mut same.actions, right.actions);
    add(&mut same.resources, right.resources);
    add(&mut same.principals, right.principals);
    // What holds for some of it only is not said of all.
    same.conditions.retain(|condition| right.conditions.contains(condition));
}

/// What policies that are not in the code leave open. One that is on both sides changes nothing.
fn unknown(old: &Half<'_>, new: &Half<'_>, undecided: &mut Vec<Question>) {
    let mut note = |why: String, span: Option<Span>| undecided.push(Question { why, span });
    for (name, span) in &new.holdings.unknown {
        if !old.holdings.unknown.contains_key(name) {
            note(format!("{name} newly applies, and what it says is not known here"), *span);
        }
    }
    for (name, span) in &old.holdings.unknown {
        if !new.holdings.unknown.contains_key(name) {
            note(format!("{name} no longer applies, and what it says is not known here"), *span);
        }
    }
    let (before, after) = (&old.holdings.unknown_boundary, &new.holdings.unknown_boundary);
    if !before.keys().eq(after.keys()) {
        for (name, span) in before {
            note(
                format!("the permissions boundary {name} no longer limits it, and what it says is not known here"),
                *span,
            );
        }
        for (name, span) in after {
            note(format!("the permissions boundary {name} newly limits it, and what it says is not known here"), *span);
        }
    }
}
