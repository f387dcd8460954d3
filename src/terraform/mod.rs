//! Terraform and OpenTofu configurations: from files to evaluated resources.
//!
//! Floor 2: knows the language and its modules, nothing of rules.

mod split;
mod syntax;
