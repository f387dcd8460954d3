//! The Terraform language: syntax, modules, evaluation, functions, policy documents.
//!
//! Floor 2: knows nothing of rules.

pub(crate) mod alternatives;
pub(crate) mod convert;
pub(crate) mod functions;
pub(crate) mod operators;
pub(crate) mod policy_document;
pub(crate) mod spread;
