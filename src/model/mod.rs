//! The account that the code describes: resources as typed views, principals, documents, attachments.
//!
//! Floor 1: knows how each language spells a kind, not how code is parsed.

mod resource;

pub use resource::{Category, Existence, Framework, Resource, Root};
