//! The account that the code describes: resources as typed views, principals, documents, attachments.
//!
//! Floor 1: knows how each language spells a kind, not how code is parsed.

mod account;
mod derived;
mod documents;
mod kind;
pub mod kinds;
mod links;
mod permissions;
mod principals;
mod resource;

pub use account::Account;
pub use documents::{CarriedDocument, DocumentId, Purpose};
pub use kind::{Attribute, Default, Kind, Setting, texts};
pub use kinds::Wanted;
pub use principals::{AttachedPolicy, Attachment, InlineDocument, LoginProfile, Principal, PrincipalId, PrincipalKind};
pub use resource::{Category, Existence, Framework, Move, Resource, Root};
