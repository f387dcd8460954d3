//! A text while it is changed step by step, that still knows what of it is old and where that stood.

use std::ops::Range;

use crate::source::{FileId, Span, TextEdit};

/// A text under change. Each change sees the result of those before; at the end the smallest edits that lead from the
/// old text to the new one come out.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    original: &'a str,
    text: String,
    pieces: Vec<Piece>,
}

/// A part of the text.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    /// These bytes of the original.
    Old(Range<usize>),
    /// So many new bytes.
    New(usize),
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Self::Old(range) => range.len(),
            Self::New(length) => *length,
        }
    }

    /// The piece cut in two at an offset within.
    fn cut(self, at: usize) -> [Self; 2] {
        match self {
            Self::Old(range) => {
                let middle = (range.start + at).min(range.end);
                [Self::Old(range.start..middle), Self::Old(middle..range.end)]
            }
            Self::New(length) => [Self::New(at.min(length)), Self::New(length.saturating_sub(at))],
        }
    }
}

impl<'a> Draft<'a> {
    pub(super) fn new(original: &'a str) -> Self {
        Self { original, text: original.to_owned(), pieces: vec![Piece::Old(0..original.len())] }
    }

    /// The text as it is now.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The text as it was.
    pub(super) fn original(&self) -> &'a str {
        self.original
    }

    /// Replaces a range of the present text. Does nothing for a range that is none of it.
    pub(super) fn splice(&mut self, range: Range<usize>, new: &str) {
        match self.text.get(range.clone()) {
            Some(old) if old != new => {}
            _ => return,
        }
        self.text.replace_range(range.clone(), new);
        let mut pieces = Vec::with_capacity(self.pieces.len() + 2);
        let mut at = 0;
        let mut is_inserted = false;
        for piece in std::mem::take(&mut self.pieces) {
            let (start, end) = (at, at + piece.len());
            at = end;
            let [before, rest] = piece.cut(range.start.saturating_sub(start));
            let [_, after] = rest.cut(range.end.saturating_sub(start.max(range.start)));
            pieces.push(before);
            if !is_inserted && range.start <= end {
                pieces.push(Piece::New(new.len()));
                is_inserted = true;
            }
            pieces.push(after);
        }
        pieces.retain(|piece| piece.len() > 0);
        self.pieces = pieces;
    }

    /// Where a byte of the present text stood in the original, if it is old.
    pub(super) fn origin(&self, position: usize) -> Option<usize> {
        let mut at = 0;
        for piece in &self.pieces {
            let end = at + piece.len();
            if (at..end).contains(&position) {
                return match piece {
                    Piece::Old(range) => Some(range.start + position - at),
                    Piece::New(_) => None,
                };
            }
            at = end;
        }
        None
    }

    /// Where a range of the original stands now, with what was put into it; `None` when its first or last byte is gone.
    pub(super) fn present(&self, original: &Range<usize>) -> Option<Range<usize>> {
        let start = self.present_byte(original.start)?;
        let last = self.present_byte(original.end.checked_sub(1)?)?;
        (start <= last).then_some(start..last + 1)
    }

    fn present_byte(&self, original: usize) -> Option<usize> {
        let mut at = 0;
        for piece in &self.pieces {
            if let Piece::Old(range) = piece
                && range.contains(&original)
            {
                return Some(at + original - range.start);
            }
            at += piece.len();
        }
        None
    }

    /// What leads from the old text to the new one, where the old text starts at byte `base` of `file`.
    pub(super) fn edits(&self, file: FileId, base: usize) -> Vec<TextEdit> {
        let mut edits = Vec::new();
        let mut at = 0;
        let mut old_end = 0;
        let mut new = 0..0;
        let end = Piece::Old(self.original.len()..self.original.len());
        for piece in self.pieces.iter().chain(std::iter::once(&end)) {
            if let Piece::Old(range) = piece {
                let text = self.text.get(new).unwrap_or_default();
                if self.original.get(old_end..range.start) != Some(text) {
                    let span = Span::new(file, base + old_end, base + range.start);
                    edits.push(TextEdit { span, text: text.to_owned() });
                }
                old_end = range.end;
                new = at + range.len()..at + range.len();
            } else {
                new.end = at + piece.len();
            }
            at += piece.len();
        }
        edits
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::{Sources, apply};

    #[test]
    fn old_bytes_keep_their_places() {
        let mut draft = Draft::new("abcdef");
        draft.splice(2..4, "XYZ");
        draft.splice(0..0, "-");
        assert_eq!(draft.text(), "-abXYZef");
        assert_eq!(draft.origin(1), Some(0));
        assert_eq!(draft.origin(4), None);
        assert_eq!(draft.origin(6), Some(4));
        assert_eq!(draft.present(&(1..5)), Some(2..7));
        assert_eq!(draft.present(&(2..5)), None);
    }

    proptest! {
        #[test]
        fn the_edits_give_the_text(splices in prop::collection::vec((0usize..12, 0usize..4, "[xy]{0,3}"), 0..8)) {
            let original = "abcdefghij";
            let mut draft = Draft::new(original);
            let mut model = original.to_owned();
            for (start, length, new) in splices {
                let start = start.min(model.len());
                let end = (start + length).min(model.len());
                draft.splice(start..end, &new);
                model.replace_range(start..end, &new);
                prop_assert_eq!(draft.text(), &model);
            }
            let sources = Sources::new("/".into());
            let file = sources.add_text("/a.tf".into(), original.as_bytes().to_vec()).unwrap();
            prop_assert_eq!(apply(original, &draft.edits(file.id(), 0)).unwrap(), model);
            for at in 0..draft.text().len() {
                if let Some(origin) = draft.origin(at) {
                    prop_assert_eq!(draft.text().as_bytes()[at], original.as_bytes()[origin]);
                    prop_assert_eq!(draft.present(&(origin..origin + 1)), Some(at..at + 1));
                }
            }
        }
    }
}
