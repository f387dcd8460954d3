//! Terraform and OpenTofu configurations: from files to evaluated resources.
//!
//! Floor 2: knows the language and its modules, nothing of rules.

pub(crate) mod alternatives;
pub(crate) mod convert;
pub(crate) mod functions;
pub(crate) mod operators;
pub(crate) mod policy_document;
pub(crate) mod spread;
mod split;
mod syntax;
