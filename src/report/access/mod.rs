//! What a change of the code newly grants and takes away, in all formats.

mod json;
mod markdown;
mod text;
mod words;

use crate::access::difference::{Difference, Subject};
use crate::source::{InputError, Sources, Span};

pub use json::write as write_json;
pub use markdown::write as write_markdown;
pub use text::write as write_text;

/// All that a comparison of access tells.
#[derive(Clone, Copy, Debug)]
pub struct AccessDifference<'a> {
    /// The files that the places are in, of both sides.
    pub sources: &'a Sources,
    /// What separates the sides.
    pub difference: &'a Difference,
    /// What the old side is called: a path or a revision.
    pub old: &'a str,
    /// What the new side is called.
    pub new: &'a str,
    /// What could not be read on either side.
    pub errors: &'a [InputError],
    /// Whether text ends with a summary.
    pub summary: bool,
}

/// How much changed.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Counts {
    gained: usize,
    lost: usize,
    escalations: usize,
    public: usize,
    undecided: usize,
}

impl AccessDifference<'_> {
    fn counts(&self) -> Counts {
        let sum = |count: fn(&Subject) -> usize| self.difference.subjects.iter().map(count).sum();
        Counts {
            gained: sum(|subject| subject.gained.len()),
            lost: sum(|subject| subject.lost.len()),
            escalations: sum(|subject| subject.escalations.len()),
            public: sum(|subject| subject.gained.iter().filter(|right| right.is_public).count()),
            undecided: sum(|subject| subject.undecided.len()),
        }
    }

    /// A place as `main.tf:3:12`.
    fn place(&self, span: Option<Span>) -> Option<String> {
        let span = span?;
        let file = self.sources.get(span.file)?;
        let position = file.position(span.start);
        Some(format!("{}:{}:{}", file.shown_path(), position.line, position.column))
    }
}

impl Counts {
    /// `2 rights gained, 1 lost, …`; the sorts that there are none of are left out.
    fn said(&self) -> String {
        let mut parts = Vec::new();
        let mut add = |count: usize, one: &str, several: &str| {
            if count > 0 {
                parts.push(format!("{count} {}", if count == 1 { one } else { several }));
            }
        };
        add(self.escalations, "new way to more rights", "new ways to more rights");
        add(self.gained, "right gained", "rights gained");
        add(self.lost, "right lost", "rights lost");
        add(self.undecided, "undecided", "undecided");
        if self.public > 0 {
            parts.push(format!("{} open to everyone", self.public));
        }
        if parts.is_empty() { "no access changed".to_owned() } else { parts.join(", ") }
    }
}
