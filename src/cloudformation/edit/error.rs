//! Why a template is not changed.

/// Why a change is not made. The template stays as it is; somebody has to make the change by hand.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EditError {
    /// The text is no template, or one that cannot be read as a whole.
    #[error("the file cannot be read as a template as a whole")]
    Unreadable,
    /// There is no such resource.
    #[error("the template declares no resource {0}")]
    NoResource(String),
    /// Nothing stands at the path.
    #[error("there is nothing at {0}")]
    NoSuchPath(String),
    /// Something else stands where a mapping or list has to be.
    #[error("{0} is neither a mapping nor a list")]
    NotACollection(String),
    /// An entry is to be called as another one is.
    #[error("there is already a {0} beside it")]
    NameTaken(String),
    /// The path leads into what a function gives.
    #[error("{path} is what the function {name} gives")]
    Intrinsic {
        /// The path to the function.
        path: String,
        /// The function's short name.
        name: String,
    },
    /// The place is written once with an anchor and used several times, or is merged from elsewhere.
    #[error("the text at byte {offset} is used in several places of the template")]
    Shared {
        /// The byte where it stands.
        offset: u32,
    },
    /// Syntax that is not changed by a program: a key that is no text, a key after `?`.
    #[error("the text at byte {offset} is written in a way that is only changed by hand")]
    Unsupported {
        /// The byte where it stands.
        offset: u32,
    },
    /// There is no item or key at the span that was given.
    #[error("nothing ends and starts at the bytes {start}..{end}")]
    NoNodeAt {
        /// The first byte.
        start: u32,
        /// One past the last byte.
        end: u32,
    },
    /// The changed text would not read as intended.
    #[error("the changed template would not read as intended")]
    Unfaithful,
    /// A name that the request mentions is not in the donor.
    #[error("the baseline has no {0}")]
    NotInDonor(String),
}
