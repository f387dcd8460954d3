//! The policy language of AWS alone: documents, patterns, conditions, and what they allow.
//!
//! Floor 0: a document is read from a [`Value`](crate::value::Value) tree, so that every part keeps its place in
//! the files. Knows nothing of the languages that wrote the value.
//! Source of the rules: AWS IAM User Guide, "IAM JSON policy reference" and "Policy evaluation logic".

mod algebra;
mod arn;
pub mod callers;
pub mod catalogue;
mod condition;
mod document;
pub mod escalation;
mod evaluate;
mod glob;

pub mod mfa;
mod openings;
mod read;
mod replace;
mod resource;
pub mod simulate;
mod surety;
pub mod validate;

pub use algebra::{
    Access, Admitted, Answer, Cause, Comparison, Gain, Layer, LayerKind, MAX_PRODUCTS, Undecided, Witness, admitted,
    newly_allowed,
};
pub use arn::ArnPattern;
pub use catalogue::AccessLevel;
pub use condition::{Condition, ConditionValue, Effectiveness, Operator, OperatorKind, Qualifier};
pub use document::{
    Document, Effect, Opaque, Pattern, Patterns, Principal, PrincipalKind, Principals, Statement, Version,
};
pub use evaluate::Request;
pub use glob::{Glob, Token, Variables};
pub use openings::{OpenAction, Opening};
pub use surety::{Aim, Caller, Named, Surety};
