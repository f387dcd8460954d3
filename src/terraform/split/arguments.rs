//! Cuts a block into its arguments without parsing them.

use std::ops::Range;

use super::{INTERESTING, Inside, MAX_BLOCKS, code, comment, header, heredoc, identifier_end, quoted, skip_blank};

/// An argument of a block, as byte ranges of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct RawArgument {
    /// The name.
    pub(crate) name: Range<usize>,
    /// From the name to the end of the value.
    pub(crate) whole: Range<usize>,
}

/// Cuts a block that [`split`](super::split) gave into its arguments. `None` for a block with blocks in it, or with anything else
/// that does not read as one argument a line; then only a parser can tell.
pub(crate) fn arguments(text: &str, block: Range<usize>) -> Option<Vec<RawArgument>> {
    let bytes = text.as_bytes().get(..block.end)?;
    let end = block.end.checked_sub(1)?;
    let mut at = header(bytes, block.start).ok()?.body;
    let mut arguments = Vec::new();
    loop {
        at = skip_blank(bytes, at).ok()?;
        if at >= end {
            return Some(arguments);
        }
        let name = at..identifier_end(bytes, at);
        at = name.end;
        while matches!(bytes.get(at), Some(b' ' | b'\t')) {
            at += 1;
        }
        let is_argument = !name.is_empty() && bytes.get(at) == Some(&b'=') && bytes.get(at + 1) != Some(&b'=');
        if !is_argument {
            return None;
        }
        let value_end = value_end(bytes, at + 1, end)?;
        // Half of a line end of two bytes is none to a parser that does not see the other half.
        let whole = name.start..value_end - usize::from(bytes.get(value_end - 1) == Some(&b'\r'));
        if arguments.len() >= MAX_BLOCKS {
            return None;
        }
        arguments.push(RawArgument { name, whole });
        at = value_end;
    }
}

/// The end of the first line from `at` on at whose end every string, heredoc and bracket is closed, or `end`.
fn value_end(bytes: &[u8], mut at: usize, end: usize) -> Option<usize> {
    let mut stack = Vec::new();
    while at < end {
        match stack.last() {
            Some(Inside::Quotes) => at = quoted(bytes, at, &mut stack).ok()?,
            Some(Inside::Heredoc(marker)) => {
                let marker = marker.clone();
                at = heredoc(bytes, at, &marker, &mut stack)?;
                if stack.is_empty() {
                    // The end marker stands alone on its line.
                    return Some(at);
                }
            }
            inside => {
                let is_open = inside.is_some();
                let Some(skip) = bytes.get(at..end)?.iter().position(|&byte| INTERESTING[usize::from(byte)]) else {
                    return Some(end);
                };
                at += skip;
                if bytes.get(at) == Some(&b'\n') && !is_open {
                    return Some(at);
                }
                at = match comment(bytes, at) {
                    // The line ends behind its comment.
                    Some(end) if !is_open => end.ok()?,
                    _ => code(bytes, at, at, &mut stack, &mut None).ok()?,
                };
            }
        }
    }
    stack.is_empty().then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_cut_where_they_end() {
        let text =
            "locals {\n  a = 1 # one\n  b = [\n    2, \"]\",\n  ]\n\n  c = <<-EOT\n    x = 1\n  EOT\n  d=\"${a}\"\n}";
        let cut = arguments(text, 0..text.len()).unwrap();
        let wholes: Vec<_> = cut.iter().map(|argument| &text[argument.whole.clone()]).collect();
        assert_eq!(wholes[0], "a = 1 # one");
        assert_eq!(wholes[1], "b = [\n    2, \"]\",\n  ]");
        assert!(wholes[2].trim_end().ends_with("EOT"));
        assert_eq!(wholes[3], "d=\"${a}\"");
        assert_eq!(cut.iter().map(|argument| &text[argument.name.clone()]).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    }

    #[test]
    fn line_ends_of_two_bytes_are_left_out() {
        let text = "locals {\r\n  a = {\r\n  }\r\n  b = 1 # one\r\n  c = <<EOT\r\nx\r\nEOT\r\n}";
        let cut = arguments(text, 0..text.len()).unwrap();
        let wholes: Vec<_> = cut.iter().map(|argument| &text[argument.whole.clone()]).collect();
        assert_eq!(wholes, ["a = {\r\n  }", "b = 1 # one", "c = <<EOT\r\nx\r\nEOT"]);
    }

    #[test]
    fn one_line_and_no_line() {
        assert_eq!(arguments("locals { a = 1 }", 0..16).unwrap().len(), 1);
        assert_eq!(arguments("locals {}", 0..9).unwrap(), []);
        assert_eq!(arguments("x {\n  y {\n  }\n}", 0..16), None);
        assert_eq!(arguments("x {\n  a = 1\n  b\n}", 0..18), None);
    }
}
