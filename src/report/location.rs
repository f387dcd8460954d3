//! Places as programs read them.

use serde::Serialize;

use crate::source::{LineColumn, Sources, Span};

/// A place in a file: both ends with line and column from 1, columns in characters; the end is one past the
/// last character.
#[derive(Clone, PartialEq, Eq, Serialize, Debug)]
pub(super) struct Location {
    pub(super) path: String,
    pub(super) start: Position,
    pub(super) end: Position,
}

/// A line and a column, from 1.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Debug)]
pub(super) struct Position {
    pub(super) line: u32,
    pub(super) column: u32,
}

impl From<LineColumn> for Position {
    fn from(LineColumn { line, column }: LineColumn) -> Self {
        Self { line, column }
    }
}

impl Location {
    /// The place of a span.
    pub(super) fn of(sources: &Sources, span: Span) -> Self {
        let Some(file) = sources.get(span.file) else {
            // Spans come from these sources, so this is not reached; a place that says nothing is the honest answer.
            let start = Position { line: 1, column: 1 };
            return Self { path: String::new(), start, end: start };
        };
        Self {
            path: file.shown_path().to_owned(),
            start: file.position(span.start).into(),
            end: file.position(span.end).into(),
        }
    }
}
