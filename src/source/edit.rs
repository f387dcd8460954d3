//! Changes to texts.

use super::Span;

/// Replaces the text of a span; an empty span inserts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextEdit {
    /// Where.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// Two edits want to change the same bytes, or one lies outside of the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("two changes overlap at byte {second}: one reaches from there to {end}, another one to {first}")]
pub struct Overlap {
    /// Where the first of them ends.
    pub first: usize,
    /// Where the second one starts.
    pub second: usize,
    /// Where the second one ends.
    pub end: usize,
}

/// Applies edits of one file to its text. Edits at one and the same place are applied in the order given; identical
/// ones once. Errors when two overlap.
pub fn apply(text: &str, edits: &[TextEdit]) -> Result<String, Overlap> {
    let mut sorted: Vec<&TextEdit> = Vec::with_capacity(edits.len());
    for edit in edits {
        if !sorted.contains(&edit) {
            sorted.push(edit);
        }
    }
    // An insertion stands before what is replaced from its place on.
    sorted.sort_by_key(|edit| (edit.span.start, !edit.span.is_empty()));
    let added: usize = sorted.iter().map(|edit| edit.text.len()).sum();
    let mut changed = String::with_capacity(text.len() + added);
    let mut at = 0;
    for edit in sorted {
        let range = edit.span.range();
        let overlap = Overlap { first: at, second: range.start, end: range.end };
        let kept = text.get(at..range.start).ok_or(overlap)?;
        text.get(range.clone()).ok_or(overlap)?;
        changed.push_str(kept);
        changed.push_str(&edit.text);
        at = range.end;
    }
    changed.push_str(text.get(at..).unwrap_or_default());
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn edited(text: &str, edits: &[(usize, usize, &str)]) -> Result<String, Overlap> {
        let sources = Sources::new("/".into());
        let file = sources.add_text("/a.tf".into(), text.as_bytes().to_vec()).unwrap();
        let edits: Vec<_> = edits
            .iter()
            .map(|&(start, end, text)| TextEdit { span: Span::new(file.id(), start, end), text: text.to_owned() })
            .collect();
        apply(text, &edits)
    }

    #[test]
    fn edits_apply_in_the_order_of_their_places() {
        assert_eq!(edited("abcdef", &[(4, 5, "E"), (0, 1, ""), (2, 2, "-")]).unwrap(), "b-cdEf");
        assert_eq!(edited("ab", &[(1, 1, "1"), (1, 1, "2"), (1, 2, "B")]).unwrap(), "a12B");
        assert_eq!(edited("ab", &[(1, 2, "B"), (1, 1, "1")]).unwrap(), "a1B");
        assert_eq!(edited("ab", &[(2, 2, "c")]).unwrap(), "abc");
        assert_eq!(edited("ab", &[]).unwrap(), "ab");
    }

    #[test]
    fn identical_edits_apply_once() {
        assert_eq!(edited("ab", &[(1, 1, "x"), (0, 1, "A"), (1, 1, "x")]).unwrap(), "Axb");
    }

    #[test]
    fn what_overlaps_is_refused() {
        assert_eq!(edited("abc", &[(0, 2, "x"), (1, 3, "y")]), Err(Overlap { first: 2, second: 1, end: 3 }));
        assert!(edited("abc", &[(0, 2, "x"), (1, 1, "y")]).is_err());
        assert!(edited("abc", &[(2, 9, "x")]).is_err());
        assert!(edited("é", &[(1, 2, "x")]).is_err());
    }
}
