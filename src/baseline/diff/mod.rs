//! What separates existing code from a profile: by meaning, not by name.
//!
//! The way of a comparison: all roots → [`World`](world::World) → for each control its facts, each read through the
//! model ([`reading`]) and compared ([`relation`]) → [`Assessment`]s and [`Fault`]s → what would mend them.

mod assess;
mod patch;
mod reading;
mod reasoned;
mod relation;
mod subject;
mod world;

use crate::source::Span;

pub use assess::{Comparison, FactError, compare};
pub use patch::{Donor, Patch, PatchError, patch};

use super::{Control, Datum};

/// How a control stands in existing code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Status {
    /// As the baseline has it.
    Equal,
    /// Better than the baseline has it.
    Stronger,
    /// What the code says does not tell.
    Undecided,
    /// There, but something of it is not as good.
    Weaker,
    /// Not there at all.
    Missing,
    /// Defined more than once, where an account has one: each definition undoes the other.
    Conflicting,
}

impl Status {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Stronger => "stronger",
            Self::Undecided => "undecided",
            Self::Weaker => "weaker",
            Self::Missing => "missing",
            Self::Conflicting => "conflicting",
        }
    }

    /// Whether the code must change for the control to hold.
    pub fn is_separating(self) -> bool {
        matches!(self, Self::Weaker | Self::Missing | Self::Conflicting)
    }
}

/// A control, and how it stands.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The control.
    pub control: Control,
    /// How it stands.
    pub status: Status,
    /// The addresses of what it was looked up in.
    pub resources: Vec<String>,
    /// What is not as it should be, and what cannot be told.
    pub changes: Vec<Change>,
}

/// One setting that separates the code from the baseline.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// The resource that has it, or should.
    pub resource: String,
    /// The setting, in the spelling of the language.
    pub attribute: String,
    /// What it is; nothing, where it is not said or has no text.
    pub have: Option<Datum>,
    /// What it should be.
    pub want: Datum,
    /// Where it stands, or the resource that should have it.
    pub span: Option<Span>,
    /// Why it cannot be told, if it cannot.
    pub undecided: Option<String>,
}
