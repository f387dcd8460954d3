//! What principals of the code may do, and what decides it.
//!
//! Floor 2: stands on the account and the policy language, and knows neither how code is parsed nor rules.

pub mod buckets;
pub mod difference;
mod effective;
pub mod escalation;
pub mod grants;
pub mod homes;
mod names;
mod policies;
pub mod record;

pub use effective::{Effective, Held, Level, OrganizationPolicy, PolicySource, PrincipalAccess};
pub use names::Names;
pub use policies::Deciding;
