//! Changes to texts.

use super::Span;

/// Replaces the text of a span; an empty span inserts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextEdit {
    /// What is replaced.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// Two edits want to change the same bytes, or an edit lies outside of the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the change at the bytes {}..{} meets another at {}..{}", .second.0, .second.1, .first.0, .first.1)]
pub struct Overlap {
    /// The byte range of the one that starts first.
    pub first: (u32, u32),
    /// The byte range of the other.
    pub second: (u32, u32),
}

/// Applies edits of one file to its text. Edits at one and the same place are applied in the order given; identical
/// ones once.
///
/// # Errors
/// When two overlap, or one does not fit the text.
pub fn apply(text: &str, edits: &[TextEdit]) -> Result<String, Overlap> {
    let mut ordered: Vec<&TextEdit> = Vec::with_capacity(edits.len());
    for edit in edits {
        if !ordered.contains(&edit) {
            ordered.push(edit);
        }
    }
    // Stable: insertions at one place keep their order, and come before what replaces the text behind them.
    ordered.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let added: usize = ordered.iter().map(|edit| edit.text.len()).sum();
    let mut changed = String::with_capacity(text.len() + added);
    let range = |edit: &TextEdit| (edit.span.start, edit.span.end);
    let mut last = (0, 0);
    for edit in ordered {
        let overlap = Overlap { first: last, second: range(edit) };
        let kept = text.get(last.1 as usize..edit.span.start as usize).ok_or(overlap)?;
        if text.get(edit.span.range()).is_none() {
            return Err(overlap);
        }
        changed.push_str(kept);
        changed.push_str(&edit.text);
        last = range(edit);
    }
    changed.push_str(text.get(last.1 as usize..).unwrap_or_default());
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn applied(text: &str, edits: &[(usize, usize, &str)]) -> Result<String, Overlap> {
        let sources = Sources::new("/".into());
        let file = sources.add_text("a".into(), text.as_bytes().to_vec()).unwrap();
        let edit = |&(start, end, text): &(usize, usize, &str)| TextEdit {
            span: Span::new(file.id(), start, end),
            text: text.to_owned(),
        };
        apply(text, &edits.iter().map(edit).collect::<Vec<_>>())
    }

    #[test]
    fn replaces_inserts_and_deletes_in_any_order() {
        assert_eq!(applied("abcdef", &[(4, 5, ""), (0, 1, "A"), (2, 2, "-")]).unwrap(), "Ab-cdf");
    }

    #[test]
    fn insertions_at_one_place_keep_their_order() {
        assert_eq!(applied("ab", &[(1, 1, "2"), (1, 1, "1"), (1, 2, "B")]).unwrap(), "a21B");
    }

    #[test]
    fn the_same_edit_counts_once() {
        assert_eq!(applied("ab", &[(1, 1, "x"), (1, 1, "x")]).unwrap(), "axb");
    }

    #[test]
    fn neighbours_do_not_overlap() {
        assert_eq!(applied("abc", &[(0, 1, "A"), (1, 2, "B"), (2, 2, "-")]).unwrap(), "AB-c");
    }

    #[test]
    fn overlaps_are_refused() {
        let overlap = applied("abcdef", &[(1, 4, ""), (2, 3, "x")]).unwrap_err();
        assert_eq!(overlap, Overlap { first: (1, 4), second: (2, 3) });
        assert!(applied("abc", &[(2, 9, "")]).is_err());
        assert!(applied("é", &[(1, 1, "x")]).is_err());
    }
}
