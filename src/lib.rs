//! baselint reads the AWS infrastructure code that a team is about to deploy, understands what access it would
//! create, and says what is dangerous about it and where.
//!
//! The modules are floors of one house; each uses only those below it: see `docs/architecture.md`.

pub mod access;
pub mod baseline;
pub mod cli;
pub mod cloudformation;
pub mod finding;
pub mod gate;
pub mod iam;
pub mod model;
pub mod report;
pub mod rules;
pub mod source;
pub mod terraform;
pub mod value;
pub mod walk;
