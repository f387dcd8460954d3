//! Lines of heredocs that another reader takes for their end.

use super::{INTERESTING, Inside, code, heredoc, quoted};

/// The bytes at which the words stand in heredocs that begin a line as the end marker does and go on: `EOF"`. For
/// Terraform these are text, as the marker must stand alone.
pub(crate) fn false_ends(text: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    if memchr::memmem::find(text.as_bytes(), b"<<").is_some() {
        // What cannot be followed is for the parser to tell.
        let _ = collect(text.as_bytes(), &mut ends);
    }
    ends
}

fn collect(bytes: &[u8], ends: &mut Vec<usize>) -> Option<()> {
    let mut stack = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        at = match stack.last() {
            Some(Inside::Quotes) => quoted(bytes, at, &mut stack).ok()?,
            Some(Inside::Heredoc(marker)) => {
                let marker = marker.clone();
                let next = heredoc(bytes, at, &marker, &mut stack)?;
                let marker = bytes.get(marker)?;
                let mut line = at;
                for end in memchr::memchr_iter(b'\n', bytes.get(at..next)?).map(|end| at + end) {
                    let written = bytes.get(line..end)?;
                    let word = line + written.len() - written.trim_ascii_start().len();
                    let starts_line = bytes.get(line.wrapping_sub(1)) == Some(&b'\n');
                    if starts_line && bytes.get(word..end)?.starts_with(marker) {
                        ends.push(word);
                    }
                    line = end + 1;
                }
                next
            }
            _ => {
                let skip = bytes.get(at..)?.iter().position(|&byte| INTERESTING[usize::from(byte)])?;
                code(bytes, 0, at + skip, &mut stack, &mut None).ok()?
            }
        };
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        false_ends(text).into_iter().map(|at| text[at..].lines().next().unwrap()).collect()
    }

    #[test]
    fn lines_that_go_on_behind_the_marker_are_no_end() {
        assert_eq!(found("a = <<EOF\nEOF\"\n  EOF, x\nx EOF\nEOF\nEOF)\n"), ["EOF\"", "EOF, x"]);
        assert_eq!(found("a = [<<-E\n  E]\n  ${f(<<X\nX y\nX\n)} E z\n E-1\n  E\n]\n"), ["E]", "X y", "E-1"]);
    }

    #[test]
    fn where_there_is_none() {
        for text in ["a = 1", "a = 1 << 2", "a = \"<<E\nE x\n\"", "a = <<E\r\nx\r\nE\r\nb = 1\n", "a = <<E\n"] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }
}
