//! Who can become more than they are: the known paths of [`crate::iam::escalation`], walked over the principals,
//! policies and workloads of an account.
//!
//! A path holds only where all its actions can be taken for one and the same target, after every Deny, the boundary and
//! what is conditioned.

mod graph;
mod reach;
mod standing;
mod steps;
mod targets;
mod trust;

use std::sync::Arc;

use crate::iam::escalation::Path;
use crate::iam::{Named, Statement, Surety};
use crate::model::{Account, DocumentId, PrincipalId, PrincipalKind};
use crate::source::Span;

use super::Effective;

pub use graph::{Graph, Walk};
pub use reach::Part;
pub use standing::Power;
pub use targets::Running;

/// By what means one gets further.
#[derive(Clone, Copy, Debug)]
pub enum Means {
    /// A path of the table.
    Path(&'static Path),
    /// Assuming the role, whose trust policy says so there.
    Assume(Option<Span>),
}

/// What one gets.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Gain {
    /// All rights.
    Administrator,
    /// Those of a principal of the code.
    Principal(PrincipalId),
    /// Those of somebody who is not in the code.
    Elsewhere,
    /// What its policies give, without the boundary.
    Unbounded,
}

/// Who takes a step.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Walker {
    /// A principal of the code.
    Principal(PrincipalId),
    /// Whoever a policy is attached to outside the code.
    HolderOf(DocumentId),
}

/// A step that gives more rights.
#[derive(Clone, Debug)]
pub struct Step {
    /// Who takes it.
    pub from: Walker,
    /// How.
    pub means: Means,
    /// What it gives.
    pub gain: Gain,
    /// The workload that it goes through, by its place among [`Escalations::workloads`].
    pub through: Option<usize>,
    /// How surely it can be taken.
    pub surety: Surety,
    /// The statements that allow its actions.
    pub parts: Vec<Part>,
}

/// Everything that the account's principals can become.
#[derive(Debug)]
pub struct Escalations {
    /// The steps, by who takes them, in the order of the code.
    pub steps: Vec<Step>,
    /// How much each principal can do as it is, by its place.
    pub power: Vec<Power>,
    /// Workloads that run with a role of the code.
    pub workloads: Vec<Running>,
    /// What policies call each principal, by its place.
    pub(super) names: Vec<Option<Named>>,
    /// How many services each principal's trust policy lets in, by its place.
    pub(super) services: Vec<usize>,
}

impl Escalations {
    /// The account's, worked out once.
    pub fn of(account: &Account) -> Arc<Self> {
        account.derived(|account| steps::all(account, &Effective::of(account)))
    }

    /// How much a principal can do as it is.
    pub fn power_of(&self, id: PrincipalId) -> Power {
        self.power.get(id.index()).copied().unwrap_or(Power::Ordinary)
    }

    /// Whether a principal is administrator, or can write its own policies and so be it at once.
    pub fn is_administrator(&self, id: PrincipalId) -> bool {
        self.power_of(id) == Power::Administrator
            || self.steps.iter().any(|step| {
                step.from == Walker::Principal(id) && step.gain == Gain::Administrator && step.surety >= Surety::Likely
            })
    }

    /// How many services a role lets in.
    pub fn service_count(&self, role: PrincipalId) -> usize {
        self.services.get(role.index()).copied().unwrap_or_default()
    }

    /// Whether a step that is at least likely stands on a statement.
    pub fn stands_on(&self, document: DocumentId, statement: usize) -> bool {
        self.steps
            .iter()
            .filter(|step| step.surety >= Surety::Likely)
            .flat_map(|step| &step.parts)
            .any(|part| part.statement == statement && part.source == super::PolicySource::InCode(document))
    }

    /// The roles of the code that a statement names.
    pub fn passed_by(&self, account: &Account, statement: &Statement) -> Vec<PrincipalId> {
        let roles = account.principals().filter(|principal| principal.kind == PrincipalKind::Role);
        let named = |id: PrincipalId| {
            let named = self.names.get(id.index())?.as_ref()?;
            let resources = statement.resources.as_ref()?;
            Some(resources.names(named) == Surety::Certain)
        };
        roles.map(|role| role.id).filter(|id| named(*id) == Some(true)).collect()
    }
}
