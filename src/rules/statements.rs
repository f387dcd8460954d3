//! Statements that add nothing, or more than a reader can follow.

use rustc_hash::FxHashMap;

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::{Condition, Document, Effect, Operator, Pattern, Patterns, Principals, Statement};
use crate::model::{Account, AttachedPolicy, CarriedDocument, DocumentId, PrincipalId, Purpose};

use super::{BOTH, Findings, Rule};

/// A Deny of what is nowhere allowed.
pub(super) static DEAD_DENY: Rule = Rule {
    metadata: Metadata {
        id: "policy-dead-deny",
        title: "Deny of what is nowhere allowed",
        group: "policy-hygiene",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("docs/policy-dead-deny.md"),
    },
    check: dead_deny,
};

/// A statement, action or resource that others include.
pub(super) static REDUNDANT_STATEMENT: Rule = Rule {
    metadata: Metadata {
        id: "policy-redundant-statement",
        title: "Statement that adds nothing",
        group: "policy-hygiene",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "access-analyzer:REDUNDANT_ACTION",
            "access-analyzer:REDUNDANT_RESOURCE",
            "access-analyzer:REDUNDANT_STATEMENT",
        ],
        controls: &[],
        documentation: include_str!("docs/policy-redundant-statement.md"),
    },
    check: redundant_statement,
};

/// A document that is hard to review.
pub(super) static COMPLEXITY: Rule = Rule {
    metadata: Metadata {
        id: "policy-complexity",
        title: "Policy that is hard to review",
        group: "policy-hygiene",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["cfn-nag:W76"],
        controls: &[],
        documentation: include_str!("docs/policy-complexity.md"),
    },
    check: complexity,
};

/// What a reader has to keep in mind at once, and no more: see [`weight`].
const MAX_WEIGHT: usize = 50;

fn dead_deny(account: &Account, findings: &mut Findings) {
    let mut holders: Holders = FxHashMap::default();
    for attachment in account.attachments() {
        if let AttachedPolicy::InCode(policy) = attachment.policy {
            *holders.entry(policy).or_default() += 1;
        }
    }
    for principal in account.principals() {
        let Some(documents) = all_documents(account, &holders, principal.id) else { continue };
        let allows: Vec<&Statement> = documents.iter().flat_map(|carried| carried.document.allows()).collect();
        if allows.is_empty() || documents.iter().any(|carried| !carried.document.opaque.is_empty()) {
            continue;
        }
        for carried in &documents {
            for deny in carried.document.denies().filter(|deny| !deny.possible) {
                let Some(actions) = deny.actions.as_ref().filter(|actions| !actions.negated) else { continue };
                // A Deny of whole services is written against what may come; one of single actions against a grant.
                let is_named = |pattern: &Pattern| !pattern.glob.has_wildcard() && !pattern.glob.has_hole();
                let is_reached = || allows.iter().any(|allow| may_meet(allow, actions));
                if actions.incomplete || !actions.items.iter().all(is_named) || is_reached() {
                    continue;
                }
                let span = actions.items.first().and_then(|pattern| pattern.span).or(deny.span);
                let message = format!(
                    "denies what nothing that {} holds allows: the guard guards nothing",
                    principal.resource.address
                );
                let finding = findings.add(&DEAD_DENY, carried.carrier, span.unwrap_or(carried.span), message);
                // The policy of a resource may still allow it.
                finding.at_most(Confidence::Possible).severity = Severity::Low;
            }
        }
    }
}

/// How many attachments each policy has.
type Holders = FxHashMap<DocumentId, usize>;

/// All that a principal holds, where all of it is in the code and is held by nobody else.
fn all_documents<'b, 'a>(
    account: &'b Account<'a>,
    holders: &Holders,
    id: PrincipalId,
) -> Option<Vec<&'b CarriedDocument<'a>>> {
    let principal = account.principal(id);
    let is_own = |attachment: &crate::model::Attachment| match attachment.policy {
        AttachedPolicy::InCode(policy) => {
            !attachment.possible && !attachment.is_open && holders.get(&policy) == Some(&1)
        }
        _ => false,
    };
    let closed = principal.groups.is_empty() && !principal.has_unknown_groups && !principal.has_unknown_members;
    (closed && account.attachments_of(id).all(is_own)).then(|| account.identity_documents_of(id).collect())
}

fn may_meet(allow: &Statement, actions: &Patterns) -> bool {
    let Some(allowed) = &allow.actions else { return true };
    allowed.negated
        || allowed.incomplete
        || allowed.items.iter().any(|own| actions.items.iter().any(|other| own.glob.may_intersect(&other.glob)))
}

/// Beyond these many, statements and patterns are not compared with one another: no document that AWS takes has more.
const MAX_COMPARED: usize = 500;

fn redundant_statement(account: &Account, findings: &mut Findings) {
    for carried in account.documents().filter(|carried| carried.document.opaque.is_empty()) {
        let statements = &carried.document.statements;
        if statements.len() > MAX_COMPARED {
            continue;
        }
        for (index, statement) in statements.iter().enumerate() {
            let included = statements.iter().enumerate().any(|(other_index, other)| {
                // Of two that include each other the later one is too much.
                other_index != index
                    && includes(other, statement)
                    && (other_index < index || !includes(statement, other))
            });
            if included {
                let span = statement.span.unwrap_or(carried.span);
                let message = "another statement of this document includes this one";
                findings.add(&REDUNDANT_STATEMENT, carried.carrier, span, message);
                continue;
            }
            let lists = [&statement.actions, &statement.resources].into_iter().flatten();
            for patterns in lists.filter(|patterns| patterns.items.len() <= MAX_COMPARED) {
                redundant_pattern(patterns, carried, findings);
            }
        }
    }
}

/// Patterns that another one of the same list includes.
fn redundant_pattern(patterns: &Patterns, carried: &CarriedDocument, findings: &mut Findings) {
    for (index, pattern) in patterns.items.iter().enumerate() {
        let wider = patterns.items.iter().enumerate().find(|(other_index, other)| {
            *other_index != index
                && !other.possible
                && other.glob.includes(&pattern.glob)
                && (*other_index < index || other.glob != pattern.glob)
        });
        if let (Some((_, wider)), false) = (wider, pattern.possible) {
            let span = pattern.span.unwrap_or(carried.span);
            let message = format!("{} is among {}", pattern.text, wider.text);
            findings.add(&REDUNDANT_STATEMENT, carried.carrier, span, message);
        }
    }
}

/// Whether a statement applies, with the same effect, wherever another does.
fn includes(own: &Statement, other: &Statement) -> bool {
    let covers = |own: &Option<Patterns>, other: &Option<Patterns>| match (own, other) {
        (Some(own), Some(other)) => own.includes(other),
        (None, None) => true,
        _ => false,
    };
    own.effect == other.effect
        && own.effect != Effect::Unknown
        && !own.possible
        && covers(&own.actions, &other.actions)
        && covers(&own.resources, &other.resources)
        && same_principals(own.principals.as_ref(), other.principals.as_ref())
        && own.conditions.iter().all(|condition| other.conditions.iter().any(|theirs| is_same(condition, theirs)))
}

fn same_principals(own: Option<&Principals>, other: Option<&Principals>) -> bool {
    match (own, other) {
        (Some(own), Some(other)) => {
            let named = |theirs: &crate::iam::Principal| {
                own.items.iter().any(|own| !own.possible && (own.kind, &own.text) == (theirs.kind, &theirs.text))
            };
            !own.negated && !other.negated && !other.incomplete && other.items.iter().all(named)
        }
        (None, None) => true,
        _ => false,
    }
}

fn is_same(one: &Condition, other: &Condition) -> bool {
    let values = |condition: &Condition| {
        let mut texts: Vec<String> = condition.values.iter().map(|value| value.text.to_string()).collect();
        texts.sort_unstable();
        texts
    };
    let is_known = |condition: &Condition| !condition.incomplete && !condition.possible && condition.operator.is_some();
    is_known(one)
        && is_known(other)
        && one.operator == other.operator
        && one.key_name().is_some_and(|key| other.has_key(&key))
        && values(one) == values(other)
}

fn complexity(account: &Account, findings: &mut Findings) {
    for carried in account.documents().filter(|carried| carried.purpose == Purpose::Identity) {
        let weight = weight(&carried.document);
        if weight > MAX_WEIGHT {
            let message = format!("a weight of {weight} is more than the {MAX_WEIGHT} that a reader can follow");
            findings.add(&COMPLEXITY, carried.carrier, carried.span, message);
        }
    }
}

/// What there is to keep in mind: each statement, each condition, and twice each negation, which turns around what is
/// read.
fn weight(document: &Document) -> usize {
    let of_condition = |condition: &Condition| {
        let negated = condition.operator.is_some_and(Operator::is_negated);
        if negated { 3 } else { 1 }
    };
    let of_statement = |statement: &Statement| {
        let negations = [
            statement.actions.as_ref().is_some_and(|actions| actions.negated),
            statement.resources.as_ref().is_some_and(|resources| resources.negated),
            statement.principals.as_ref().is_some_and(|principals| principals.negated),
        ];
        let negations = negations.into_iter().filter(|negated| *negated).count();
        1 + 2 * negations + statement.conditions.iter().map(of_condition).sum::<usize>()
    };
    document.statements.iter().map(of_statement).sum()
}
