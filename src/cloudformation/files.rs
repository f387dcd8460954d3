//! The files that one template is made of: its own, and those that it includes.

use std::sync::Arc;

use crate::source::{SourceFile, Span};

use super::tree::count;

/// Files one behind the other, so that one number tells both the file and the byte in it.
pub(super) struct Files(Vec<(u32, Arc<SourceFile>)>);

impl Files {
    /// The template's own file.
    pub(super) fn new(file: &Arc<SourceFile>) -> Self {
        Self(vec![(0, Arc::clone(file))])
    }

    /// The template's own file.
    pub(super) fn main(&self) -> &Arc<SourceFile> {
        // `new` puts one in, and none is ever taken out.
        &self.0[0].1
    }

    /// Adds a file: the number of its first byte. `None` where the numbers do not reach.
    pub(super) fn add(&mut self, file: &Arc<SourceFile>) -> Option<u32> {
        let (last, before) = self.0.last()?;
        let base = last.checked_add(count(before.text().len()))?.checked_add(1)?;
        base.checked_add(count(file.text().len()))?;
        self.0.push((base, Arc::clone(file)));
        Some(base)
    }

    /// The file of a byte, and the number of its first byte.
    pub(super) fn at(&self, byte: u32) -> (&Arc<SourceFile>, u32) {
        let index = self.0.partition_point(|(base, _)| *base <= byte).saturating_sub(1);
        let (base, file) = &self.0[index];
        (file, *base)
    }

    /// A range of bytes of one file.
    pub(super) fn span(&self, start: u32, end: u32) -> Span {
        let (file, base) = self.at(start);
        Span::new(file.id(), start.saturating_sub(base) as usize, end.saturating_sub(base) as usize)
    }
}
