//! All policies that have a say in what somebody may do, ready to be asked.

use crate::iam::resource::Completes;
use crate::iam::simulate::{Context, Request, Requester, Truth, applies_to};
use crate::iam::{Document, Effect, Statement, Variables, Version};

/// What a layer of policies is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LayerKind {
    /// A principal's own policies and those of its groups.
    Identity,
    /// A permissions boundary.
    Boundary,
    /// A session policy.
    Session,
    /// One level of service control policies.
    ServiceControl,
    /// One level of resource control policies.
    ResourceControl,
    /// The policy of a resource, or a role's trust policy.
    Resource,
}

/// Policies of which one must allow a request, and none may deny it.
#[derive(Clone, Debug)]
pub struct Layer<'d> {
    /// What the policies are.
    pub kind: LayerKind,
    /// What they say.
    pub documents: Vec<&'d Document>,
    /// Whether everything is allowed here beside what the documents say, as by the `FullAWSAccess` that organizations
    /// start with: then only Deny statements count.
    pub allows_everything: bool,
    /// Why there may be policies here that are not known, one reason for each. The same reason in two accesses that are
    /// compared stands for the same policy.
    pub unknown: Vec<String>,
}

impl<'d> Layer<'d> {
    /// A layer of which everything is known.
    pub fn new(kind: LayerKind, documents: impl IntoIterator<Item = &'d Document>) -> Self {
        Self { kind, documents: documents.into_iter().collect(), allows_everything: false, unknown: Vec::new() }
    }
}

/// What somebody may do: what every layer allows and no layer denies. The first layer grants, the others limit it.
#[derive(Clone, Debug)]
pub struct Access<'d> {
    pub(super) layers: Vec<Layer<'d>>,
    pub(super) rules: Vec<Rule<'d>>,
    pub(super) requester: Option<Requester>,
}

/// A statement with what its document and layer say about how it is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule<'d> {
    pub(super) statement: &'d Statement,
    pub(super) document: &'d Document,
    pub(super) layer: usize,
    pub(super) completes: Completes,
    pub(super) variables: Variables,
}

impl Rule<'_> {
    pub(super) fn may_allow(&self) -> bool {
        self.statement.effect != Effect::Deny
    }

    pub(super) fn may_deny(&self) -> bool {
        self.statement.effect != Effect::Allow
    }
}

impl<'d> Access<'d> {
    /// The access that these layers give. Without any layer, nothing is allowed.
    pub fn new(layers: Vec<Layer<'d>>) -> Self {
        let mut rules = Vec::new();
        for (index, layer) in layers.iter().enumerate() {
            let completes = match layer.kind {
                LayerKind::ServiceControl | LayerKind::ResourceControl => Completes::No,
                _ => Completes::Yes,
            };
            for document in &layer.documents {
                let variables = match document.version {
                    Version::V2012 => Variables::Replaced,
                    Version::V2008 => Variables::Literal,
                };
                rules.extend(document.statements.iter().map(|statement| Rule {
                    statement,
                    document,
                    layer: index,
                    completes: if statement.principals.is_none() { completes } else { Completes::No },
                    variables,
                }));
            }
        }
        Self { layers, rules, requester: None }
    }

    /// The same access of somebody who is known, whose name and account conditions and variables then have.
    #[must_use]
    pub fn of(mut self, requester: Requester) -> Self {
        self.requester = Some(requester);
        self
    }

    /// The rules of a layer that may allow something.
    pub(super) fn allows(&self, layer: usize) -> impl Iterator<Item = (usize, &Rule<'d>)> {
        self.rules.iter().enumerate().filter(move |(_, rule)| rule.layer == layer && rule.may_allow())
    }

    /// The rules that may deny something.
    pub(super) fn denies(&self) -> impl Iterator<Item = (usize, &Rule<'d>)> {
        self.rules.iter().enumerate().filter(|(_, rule)| rule.may_deny())
    }

    /// Why there may be statements that are not known, by layer.
    pub(super) fn unknown(&self) -> impl Iterator<Item = (usize, &str)> {
        self.layers.iter().enumerate().flat_map(|(index, layer)| {
            let of_documents = layer.documents.iter().filter(|document| document.has_unknown_statements());
            let whys = of_documents.flat_map(|document| document.opaque.iter().map(|opaque| opaque.why.as_str()));
            layer.unknown.iter().map(String::as_str).chain(whys).map(move |why| (index, why))
        })
    }

    fn has_boundary(&self) -> bool {
        self.layers.iter().any(|layer| layer.kind == LayerKind::Boundary)
    }

    /// Whether a statement applies to a request, by the evaluator of requests.
    pub(super) fn applies(&self, rule: &Rule, request: &Request) -> Truth {
        applies_to(rule.statement, rule.document, request, rule.completes, self.has_boundary())
    }

    /// Whether the request is allowed, statement by statement. What is not known for one of the reasons in `aside` is
    /// taken to say nothing.
    pub(super) fn decides(&self, request: &Request, aside: &[String]) -> Truth {
        let open: Vec<usize> = self
            .unknown()
            .filter(|(_, why)| !aside.iter().any(|reason| reason == why))
            .map(|(layer, _)| layer)
            .collect();
        let denied = Truth::any(
            self.denies().map(|(_, rule)| self.applies(rule, request)).chain(open.iter().map(|_| Truth::Unknown)),
        );
        if denied == Truth::Yes || self.layers.is_empty() {
            return Truth::No;
        }
        let allowed = Truth::all((0..self.layers.len()).map(|layer| self.layer_allows(layer, request, &open)));
        allowed.and(!denied)
    }

    fn layer_allows(&self, layer: usize, request: &Request, open: &[usize]) -> Truth {
        if self.layers.get(layer).is_some_and(|layer| layer.allows_everything) {
            return Truth::Yes;
        }
        let allowing = self.allows(layer).map(|(_, rule)| self.applies(rule, request));
        Truth::any(allowing.chain(open.contains(&layer).then_some(Truth::Unknown)))
    }

    /// Whether the layer allows the request, as far as it is known.
    pub(super) fn is_allowed_by(&self, layer: usize, request: &Request) -> Truth {
        self.layer_allows(layer, request, &[])
    }

    /// The context that every request of the requester has.
    pub(super) fn own_context(&self) -> Context {
        let mut context = Context::default();
        if let Some(requester) = &self.requester {
            context.add_requester(requester);
        }
        context
    }
}
