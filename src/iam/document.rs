//! What a policy document says, every part with its place.

use crate::source::Span;
use crate::value::Text;

use super::{Condition, Glob};

/// A policy document.
#[derive(Clone, Debug)]
pub struct Document {
    /// The version of the policy language.
    pub version: Version,
    /// The statements in order.
    pub statements: Vec<Statement>,
    /// Parts that are not known, or are not what the policy language takes.
    pub opaque: Vec<Opaque>,
    /// Where the document stands.
    pub span: Option<Span>,
}

impl Document {
    /// The Allow statements, those of unknown effect left out.
    pub fn allows(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(|statement| statement.effect == Effect::Allow)
    }

    /// Whether there may be statements that are not known. What is unknown inside a statement, the statement's parts
    /// tell themselves.
    pub fn has_unknown_statements(&self) -> bool {
        let is_told = |span: &Span| self.statements.iter().any(|statement| statement.tells(span));
        self.opaque.iter().any(|opaque| !opaque.span.as_ref().is_some_and(is_told))
    }

    /// The Deny statements, those of unknown effect left out.
    pub fn denies(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(|statement| statement.effect == Effect::Deny)
    }
}

/// The version of the policy language. Policy variables exist since 2012 only.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Version {
    /// `2008-10-17`, also when none is given.
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// Part of a document that could not be read.
#[derive(Clone, PartialEq, Debug)]
pub struct Opaque {
    /// Why.
    pub why: String,
    /// Where.
    pub span: Option<Span>,
}

/// What a statement does with the requests it matches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Allows them.
    Allow,
    /// Denies them.
    Deny,
    /// Not known, or misspelled.
    Unknown,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Its name.
    pub sid: Option<Text>,
    /// Allow or Deny.
    pub effect: Effect,
    /// `Action` or `NotAction`, in lower case.
    pub actions: Option<Patterns>,
    /// `Resource` or `NotResource`; none in trust policies.
    pub resources: Option<Patterns>,
    /// `Principal` or `NotPrincipal`; none in identity policies.
    pub principals: Option<Principals>,
    /// The conditions: all must hold.
    pub conditions: Vec<Condition>,
    /// Whether it is there only for some values of what is unknown.
    pub possible: bool,
    /// Where the statement stands.
    pub span: Option<Span>,
}

impl Statement {
    /// Whether two statements say the same, wherever they stand and however they are named.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        let patterns = |own: &Option<Patterns>, other: &Option<Patterns>| match (own, other) {
            (Some(own), Some(other)) => own.says_the_same(other),
            (own, other) => own.is_none() && other.is_none(),
        };
        let principals = match (&self.principals, &other.principals) {
            (Some(own), Some(other)) => own.says_the_same(other),
            (own, other) => own.is_none() && other.is_none(),
        };
        let conditions = self.conditions.len() == other.conditions.len()
            && self.conditions.iter().zip(&other.conditions).all(|(own, other)| own.says_the_same(other));
        self.effect == other.effect
            && self.possible == other.possible
            && principals
            && conditions
            && patterns(&self.actions, &other.actions)
            && patterns(&self.resources, &other.resources)
    }

    /// Whether something stands inside the statement, or is the place of one of its parts.
    fn tells(&self, span: &Span) -> bool {
        let within = |outer: &Span| outer.file == span.file && outer.start <= span.start && span.end <= outer.end;
        let patterns = self.actions.iter().chain(&self.resources).flat_map(|patterns| &patterns.items);
        let principals = self.principals.iter().flat_map(|principals| &principals.items);
        let conditions = self
            .conditions
            .iter()
            .flat_map(|condition| condition.values.iter().map(|value| value.span).chain([condition.operator_span]));
        let parts = patterns.map(|pattern| pattern.span).chain(principals.map(|principal| principal.span));
        self.span.as_ref().is_some_and(within) || parts.chain(conditions).any(|part| part == Some(*span))
    }
}

/// The values of `Action`, `NotAction`, `Resource` or `NotResource`.
#[derive(Clone, Debug)]
pub struct Patterns {
    /// Whether it is the `Not…` element: everything but these.
    pub negated: bool,
    /// The patterns.
    pub items: Vec<Pattern>,
    /// Whether some values are not known at all.
    pub incomplete: bool,
    /// Where the element's name stands.
    pub key_span: Option<Span>,
}

impl Patterns {
    fn says_the_same(&self, other: &Self) -> bool {
        let items = |(own, other): (&Pattern, &Pattern)| own.glob == other.glob && own.possible == other.possible;
        self.negated == other.negated
            && self.incomplete == other.incomplete
            && self.items.len() == other.items.len()
            && self.items.iter().zip(&other.items).all(items)
    }
}

/// One pattern of actions or resources.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As written.
    pub text: Text,
    /// As matched.
    pub glob: Glob,
    /// Where.
    pub span: Option<Span>,
    /// Whether it is there only for some values of what is unknown.
    pub possible: bool,
}

/// The values of `Principal` or `NotPrincipal`.
#[derive(Clone, Debug)]
pub struct Principals {
    /// Whether it is `NotPrincipal`: everyone but these.
    pub negated: bool,
    /// Who.
    pub items: Vec<Principal>,
    /// Whether some values are not known at all.
    pub incomplete: bool,
    /// Where the element's name stands.
    pub key_span: Option<Span>,
}

impl Principals {
    fn says_the_same(&self, other: &Self) -> bool {
        let items = |(own, other): (&Principal, &Principal)| {
            own.kind == other.kind && own.text == other.text && own.possible == other.possible
        };
        self.negated == other.negated
            && self.incomplete == other.incomplete
            && self.items.len() == other.items.len()
            && self.items.iter().zip(&other.items).all(items)
    }
}

/// One principal.
#[derive(Clone, Debug)]
pub struct Principal {
    /// Under which name it is given.
    pub kind: PrincipalKind,
    /// As written.
    pub text: Text,
    /// Where.
    pub span: Option<Span>,
    /// Whether it is there only for some values of what is unknown.
    pub possible: bool,
}

impl Principal {
    /// Whether it is everyone: `"*"`, or `{"AWS": "*"}`, which means the same.
    pub fn is_everyone(&self) -> bool {
        matches!(self.kind, PrincipalKind::Everyone | PrincipalKind::Aws) && self.text.as_str() == Some("*")
    }
}

/// The name under which a principal is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PrincipalKind {
    /// A bare `"*"`.
    Everyone,
    /// `AWS`: accounts, users, roles, sessions.
    Aws,
    /// `Service`.
    Service,
    /// `Federated`: SAML and OpenID Connect providers.
    Federated,
    /// `CanonicalUser`.
    CanonicalUser,
    /// A name that the policy language does not have.
    Other,
}
