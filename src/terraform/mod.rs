//! Terraform and `OpenTofu` configurations: from files to evaluated resources.
//!
//! Floor 2: knows the language and its modules, nothing of rules.

mod access;
pub(crate) mod alternatives;
mod composed;
mod configuration;
pub(crate) mod convert;
mod directory;
pub mod edit;
pub(crate) mod equality;
mod evaluate;
pub(crate) mod functions;
pub(crate) mod operators;
pub mod plan;
pub(crate) mod policy_document;
mod split;
pub(crate) mod spread;
mod syntax;
#[cfg(test)]
mod tests;

pub use configuration::{Configuration, Options, VariableSource};
