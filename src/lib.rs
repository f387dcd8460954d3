//! baselint reads the AWS infrastructure code that a team is about to deploy, understands what access it would
//! create, and says what is dangerous about it and where.
//!
//! The modules are floors of one house; each uses only those above it in this list.

pub mod finding;
pub mod model;
pub mod source;
pub mod terraform;
pub mod value;
