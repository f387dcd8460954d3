//! Files, the places in them, and what went wrong reading them.
//!
//! Floor 0: knows neither AWS nor any language.

mod certificate;
mod date;
mod edit;
mod error;
mod file;
mod peer_suppression;
mod secret;
mod sources;
mod span;
mod suppression;

pub use certificate::{NoCertificate, last_day};
pub use date::Date;
pub use edit::{Overlap, TextEdit, apply};
pub use error::{InputError, condensed};
pub use file::{LineColumn, SourceFile};
pub use peer_suppression::{EVERY_RULE, PeerComment, PeerScope, peer_comments};
pub use secret::{ShapedSecret, bits_per_character, masked, may_be_secret_key, shaped_secrets};
pub use sources::{MAX_FILE_BYTES, Sources, lexically_normal};
pub use span::{FileId, Span};
pub use suppression::{Directive, SuppressionComment, suppression_comments};
