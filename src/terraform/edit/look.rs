//! Looking at a block without changing it.

use std::ops::Range;

use hcl::edit::Span as _;
use hcl::edit::expr::{Array, Expression};
use hcl::edit::visit::{Visit, visit_array};

use super::locate;
use crate::source::{SourceFile, Span};

/// The text of an argument's expression, as it is written. `block` is the place of a whole top-level block.
pub fn argument(file: &SourceFile, block: Span, name: &str) -> Option<String> {
    let text = file.slice(block);
    let tree = locate::parse(text).ok()?;
    let top = locate::top(text, &tree).ok()?;
    let (_, value) = top.value(name)?;
    text.get(value.span()?).map(|text| text.trim_end().to_owned())
}

/// The innermost list that is written out around a place. `block` is the place of a whole top-level block.
pub fn list_around(file: &SourceFile, block: Span, place: Span) -> Option<Span> {
    if !block.contains(place) {
        return None;
    }
    let tree = locate::parse(file.slice(block)).ok()?;
    let base = block.range().start;
    let inner = place.range().start - base..place.range().end - base;
    let mut finder = Finder { inner, found: None };
    finder.visit_body(&tree);
    finder.found.map(|found| Span::new(block.file, base + found.start, base + found.end))
}

/// Looks for the innermost list around a range.
struct Finder {
    inner: Range<usize>,
    found: Option<Range<usize>>,
}

impl Visit for Finder {
    fn visit_array(&mut self, array: &Array) {
        let holds = array
            .iter()
            .filter_map(Expression::span)
            .any(|item| item.start <= self.inner.start && self.inner.end <= item.end);
        if let Some(span) = array.span().filter(|_| holds) {
            // Outer ones are visited first.
            self.found = Some(span);
        }
        visit_array(self, array);
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::source::Sources;

    #[test]
    fn arguments_and_lists_are_found() {
        let text = "x \"y\" {\n  a = b.c # why\n  d {\n    e = [[\"f\"], \"g\"]\n  }\n}\n";
        let file = Sources::new("/".into()).add_text(PathBuf::from("/a.tf"), text.as_bytes().to_vec()).unwrap();
        let block = Span::new(file.id(), 0, text.trim_end().len());
        assert_eq!(argument(&file, block, "a").as_deref(), Some("b.c"));
        assert_eq!(argument(&file, block, "e"), None);
        let around = |what: &str| {
            let at = text.find(what).unwrap();
            list_around(&file, block, Span::new(file.id(), at, at + what.len())).map(|list| file.slice(list).to_owned())
        };
        assert_eq!(around("\"f\"").as_deref(), Some("[\"f\"]"));
        assert_eq!(around("\"g\"").as_deref(), Some("[[\"f\"], \"g\"]"));
        assert_eq!(around("b.c"), None);
    }
}
