//! One file's text and the way from byte offsets to lines and columns.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::{FileId, Span};

/// A line and a column, both counted from 1; columns count characters (Unicode scalar values), not bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// A file that was read and decoded. A byte order mark is not part of the text.
#[derive(Debug)]
pub struct SourceFile {
    id: FileId,
    path: PathBuf,
    shown: String,
    text: Box<str>,
    lines: OnceLock<Vec<u32>>,
    /// For each [`BLOCK`] of bytes, how many continuation bytes stand before it.
    continuations: OnceLock<Vec<u32>>,
}

/// Lines longer than this, such as a whole plan in JSON, are counted once and for all places in them.
const BLOCK: usize = 1 << 10;

impl SourceFile {
    pub(super) fn new(id: FileId, path: PathBuf, shown: String, text: Box<str>) -> Self {
        Self { id, path, shown, text, lines: OnceLock::new(), continuations: OnceLock::new() }
    }

    /// The file's id.
    pub fn id(&self) -> FileId {
        self.id
    }

    /// The path by which the file was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path as reports print it: relative to the working directory where it lies below it, with `/`.
    pub fn shown_path(&self) -> &str {
        &self.shown
    }

    /// The text, without a byte order mark, line ends as they are in the file.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a span of this file; empty where the span does not fit.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The span of the whole file.
    pub fn whole(&self) -> Span {
        Span::new(self.id, 0, self.text.len())
    }

    /// The line and column of a byte offset; the end of the file for an offset beyond it.
    pub fn position(&self, offset: u32) -> LineColumn {
        let lines = self.lines();
        let line = lines.partition_point(|&start| start <= offset).saturating_sub(1);
        let start = lines.get(line).map_or(0, |&start| start as usize);
        let end = (offset as usize).min(self.text.len());
        let column = self.count_characters(start..end.max(start));
        LineColumn {
            line: u32::try_from(line + 1).unwrap_or(u32::MAX),
            column: u32::try_from(column + 1).unwrap_or(u32::MAX),
        }
    }

    /// The bytes of a line (from 1) without its line end, as a range; `None` when there is no such line.
    pub fn line_range(&self, line: u32) -> Option<std::ops::Range<usize>> {
        let lines = self.lines();
        let index = (line as usize).checked_sub(1)?;
        let start = *lines.get(index)? as usize;
        let end = lines.get(index + 1).map_or(self.text.len(), |&next| next as usize);
        let trimmed = self.text.get(start..end)?.trim_end_matches(['\n', '\r']);
        Some(start..start + trimmed.len())
    }

    /// Number of lines; a file without any text has one.
    pub fn line_count(&self) -> usize {
        self.lines().len()
    }

    /// Characters in a range of bytes: all bytes but the continuation bytes.
    fn count_characters(&self, range: std::ops::Range<usize>) -> usize {
        let bytes = self.text.as_bytes();
        if range.len() <= BLOCK {
            return range.len() - bytes.get(range).map_or(0, count_continuations);
        }
        let before = self.continuations.get_or_init(|| {
            let mut before = vec![0];
            let mut sum = 0;
            for block in bytes.chunks(BLOCK) {
                sum += count_continuations(block);
                before.push(u32::try_from(sum).unwrap_or(u32::MAX));
            }
            before
        });
        let continuations = |to: usize| {
            let whole = to / BLOCK;
            let rest = bytes.get(whole * BLOCK..to).map_or(0, count_continuations);
            before.get(whole).map_or(0, |&before| before as usize) + rest
        };
        range.len() - (continuations(range.end) - continuations(range.start))
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', self.text.as_bytes());
            std::iter::once(0).chain(ends.map(|end| u32::try_from(end + 1).unwrap_or(u32::MAX))).collect()
        })
    }
}

/// The bytes of UTF-8 that start no character.
fn count_continuations(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xC0 == 0x80).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::Sources;

    fn position(text: &str, offset: usize) -> (usize, usize) {
        let sources = Sources::new("/".into());
        let file = sources.add_text("a.tf".into(), text.as_bytes().to_vec()).unwrap();
        let LineColumn { line, column } = file.position(u32::try_from(offset).unwrap());
        (line as usize, column as usize)
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(position("é = \"x\"\nö", 5), (1, 5));
        assert_eq!(position("é = \"x\"\nö", 9), (2, 1));
    }

    #[test]
    fn carriage_returns_do_not_shift_lines() {
        assert_eq!(position("a\r\nb\r\nc", 6), (3, 1));
    }

    #[test]
    fn a_byte_order_mark_is_not_a_column() {
        assert_eq!(position("\u{feff}abc", 2), (1, 3));
    }

    #[test]
    fn beyond_the_end_is_the_end() {
        assert_eq!(position("ab\ncd", 99), (2, 3));
    }

    #[test]
    fn long_lines_are_counted_alike() {
        let text = format!("x\n{}", "aé".repeat(4 * BLOCK - 1) + "a");
        for at in [2, 3, 5, 3 * BLOCK + 2, 6 * BLOCK + 2, text.len()] {
            let at = (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap();
            assert_eq!(position(&text, at), (2, text[2..at].chars().count() + 1));
        }
    }

    proptest! {
        #[test]
        fn position_agrees_with_counting(text in "[a-zé\r\n]{0,40}", at in 0usize..60) {
            let at = (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
            let before = &text[..at];
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
            prop_assert_eq!(position(&text, at), (line, column));
        }
    }
}
