//! The policy language of AWS alone: documents, patterns, conditions, and what they allow.
//!
//! Floor 0: a document is read from a [`Value`](crate::value::Value) tree, so that every part keeps its place in
//! the files. Knows nothing of the languages that wrote the value.
//! Source of the rules: AWS IAM User Guide, "IAM JSON policy reference" and "Policy evaluation logic".

mod arn;
pub mod callers;
pub mod catalogue;
mod condition;
mod document;
mod evaluate;
mod glob;
pub mod grammar;
pub mod mfa;
mod openings;
mod read;
mod replace;
pub mod simulate;

pub use arn::ArnPattern;
pub use condition::{Condition, ConditionValue, Effectiveness, Operator, OperatorKind, Qualifier};
pub use document::{
    Document, Effect, Opaque, Pattern, Patterns, Principal, PrincipalKind, Principals, Statement, Version,
};
pub use evaluate::Request;
pub use glob::{Glob, Token, Variables};
pub use openings::{OpenAction, Opening};
