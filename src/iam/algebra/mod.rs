//! What policies allow, as sets of requests: whether anything is allowed, and what one set of policies allows that
//! another does not.
//!
//! A statement is a product of independent dimensions: the action, the resource, the principal, and each condition key.
//! For a question, only the statements that have a say are taken, and each dimension is cut into the classes that they
//! tell apart ([`words`] for texts, [`keys`] for what requests carry, [`people`] for who asks, [`actions`] for names
//! of actions with what the catalogue knows of them). A class is known by a member; what a condition or `Principal`
//! says of the class is what the evaluator of requests (`iam::simulate`) says of the member. Then statements are
//! products of small sets ([`boxes`]), and a question is a matter of intersecting and subtracting these.
//!
//! "Nothing is newly allowed" can be trusted: what the new policies allow is taken too wide where it is not certain,
//! what the old ones allow too narrow, and Deny statements the other way round. What is found is shown by a request,
//! and the evaluator must agree that the new policies allow it and the old ones do not. What is in between is
//! undecided, with the reason. Work is bounded; what goes beyond is undecided too.
//!
//! What is not known in the code (a symbol) is taken to be equal to itself and to nothing else; where it would matter
//! that it may be something else, the answer is undecided. So is it for policy variables.

mod access;
mod actions;
mod bearing;
mod bits;
mod boxes;
mod canon;
mod compare;
mod keys;
mod people;
mod readable;
mod some;
mod space;
#[cfg(test)]
mod tests;
mod witness;
mod words;

pub use access::{Access, Layer, LayerKind};
pub use bearing::{Admitted, admitted};
pub use compare::{Cause, Comparison, Gain, Undecided, newly_allowed};
pub use some::Answer;
pub use witness::Witness;

/// Products that one comparison or question may make: forty statements against forty make some thousand.
pub const MAX_PRODUCTS: usize = 200_000;
