//! An input that could not be read or understood in part or whole.

/// What could not be read or parsed, where, and why. Ends up in the report's `errors`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, thiserror::Error)]
#[error("{path}{}: {message}", .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct InputError {
    /// The path as reports print it.
    pub path: String,
    /// The line, from 1, where one is known.
    pub line: Option<u32>,
    /// What is wrong and what to do.
    pub message: String,
}

impl InputError {
    /// An error about a whole file.
    pub fn of_file(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), line: None, message: message.into() }
    }

    /// An error at a line of a file.
    pub fn at_line(path: impl Into<String>, line: u32, message: impl Into<String>) -> Self {
        Self { path: path.into(), line: Some(line), message: message.into() }
    }
}
