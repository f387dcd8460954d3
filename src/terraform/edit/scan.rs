//! Code cut into what matters for its layout.

use std::ops::Range;

use crate::terraform::split::{Inside, comment, heredoc, heredoc_start, quoted};

/// What a piece of code is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Token {
    /// Spaces, tabs and carriage returns.
    Blank,
    /// A line feed outside of strings and heredocs.
    LineEnd,
    /// `# …` or `// …`, to the end of the line.
    LineComment,
    /// `/* … */`
    BlockComment,
    /// A bracket that opens, or text of a string or heredoc up to a template that opens.
    Open,
    /// A bracket that closes, also that of a template.
    Close,
    /// `=`, but none that is part of an operator.
    Equals,
    /// Text of a string or heredoc.
    Text,
    /// A byte of anything else, or a character.
    Other,
}

/// Cuts a text that starts outside of strings and comments.
pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
    stack: Vec<Inside>,
    is_broken: bool,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, stack: Vec::new(), is_broken: false }
    }

    /// Whether a line end here separates one thing from the next, as it does between braces.
    pub(super) fn separates(&self) -> bool {
        matches!(self.stack.last(), None | Some(Inside::Braces))
    }

    fn take(&mut self, token: Token, end: usize) -> (Token, Range<usize>) {
        let start = std::mem::replace(&mut self.at, end.min(self.text.len()));
        (token, start..self.at)
    }

    fn open(&mut self, inside: Inside) -> (Token, Range<usize>) {
        self.stack.push(inside);
        self.take(Token::Open, self.at + 1)
    }

    /// Text of a string or heredoc, which was read up to `end`.
    fn inside(&mut self, end: Option<usize>, depth: usize) -> Option<(Token, Range<usize>)> {
        let Some(end) = end else {
            self.is_broken = true;
            return None;
        };
        Some(self.take(if self.stack.len() > depth { Token::Open } else { Token::Text }, end))
    }
}

impl Iterator for Scan<'_> {
    type Item = (Token, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let (bytes, at) = (self.text.as_bytes(), self.at);
        let byte = *bytes.get(at).filter(|_| !self.is_broken)?;
        let depth = self.stack.len();
        match self.stack.last() {
            Some(Inside::Quotes) => {
                let end = quoted(bytes, at, &mut self.stack).ok();
                return self.inside(end, depth);
            }
            Some(Inside::Heredoc(marker)) => {
                let marker = marker.clone();
                let end = heredoc(bytes, at, &marker, &mut self.stack);
                return self.inside(end, depth);
            }
            _ => {}
        }
        Some(match byte {
            b' ' | b'\t' | b'\r' => {
                let rest = bytes.get(at..).unwrap_or_default();
                let length = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
                self.take(Token::Blank, at + length)
            }
            b'\n' => self.take(Token::LineEnd, at + 1),
            b'#' | b'/' => match comment(bytes, at) {
                Some(Ok(end)) => {
                    let is_block = bytes.get(at + 1) == Some(&b'*') && byte == b'/';
                    self.take(if is_block { Token::BlockComment } else { Token::LineComment }, end)
                }
                Some(Err(_)) => return self.inside(None, depth),
                None => self.take(Token::Other, at + 1),
            },
            b'"' => {
                self.stack.push(Inside::Quotes);
                self.take(Token::Text, at + 1)
            }
            b'<' => match heredoc_start(bytes, at) {
                Some((marker, body)) => {
                    self.stack.push(Inside::Heredoc(marker));
                    self.take(Token::Text, body)
                }
                None => self.take(Token::Other, at + 1),
            },
            b'{' => self.open(Inside::Braces),
            b'[' => self.open(Inside::Brackets),
            b'(' => self.open(Inside::Parentheses),
            b'}' | b']' | b')' => {
                self.stack.pop();
                self.take(Token::Close, at + 1)
            }
            b'=' => {
                let before = at.checked_sub(1).and_then(|before| bytes.get(before));
                let is_operator =
                    matches!(bytes.get(at + 1), Some(b'=' | b'>')) || matches!(before, Some(b'=' | b'!' | b'<' | b'>'));
                self.take(if is_operator { Token::Other } else { Token::Equals }, at + 1)
            }
            _ => {
                let length = self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
                self.take(Token::Other, at + length)
            }
        })
    }
}

/// Whether every string, heredoc and bracket that a text opens is closed in it. Stricter than the parser about the end
/// of a heredoc, as Terraform is.
pub(super) fn is_balanced(text: &str) -> bool {
    let mut scan = Scan::new(text);
    while scan.next().is_some() {}
    !scan.is_broken && scan.stack.is_empty()
}

/// The comments in a text.
pub(super) fn comments(text: &str) -> Vec<&str> {
    let is_comment = |token| matches!(token, Token::LineComment | Token::BlockComment);
    let comments = Scan::new(text).filter(|(token, _)| is_comment(*token));
    comments.filter_map(|(_, range)| text.get(range)).map(str::trim_end).collect()
}

/// The code alone: without comments, each stretch of blanks as one space, empty lines left out, no comma before a
/// closing bracket. Two texts that agree in this say the same.
pub(super) fn bare(text: &str) -> String {
    let mut scan = Scan::new(text);
    let mut out = String::with_capacity(text.len());
    while let Some((token, range)) = scan.next() {
        match token {
            Token::LineComment | Token::BlockComment => {}
            Token::Blank | Token::LineEnd => {
                let separates = token == Token::LineEnd && scan.separates();
                if separates {
                    out.truncate(out.trim_end_matches(' ').len());
                }
                if !out.ends_with([' ', '\n', '{', '[', '(']) {
                    out.push(if separates { '\n' } else { ' ' });
                }
            }
            Token::Close => {
                out.truncate(out.trim_end_matches([' ', '\n', ',']).len());
                out.push_str(text.get(range).unwrap_or_default());
            }
            Token::Open | Token::Equals | Token::Text | Token::Other => {
                out.push_str(text.get(range).unwrap_or_default());
            }
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn layout_and_comments_do_not_count() {
        let one = "x \"y\" {\n  a    = 1 # c\n\n  # d\n  bcd = [\n    \"#  {\",\n  ]\n}";
        let other = "x \"y\" {\n  a = 1\n  bcd = [\"#  {\"]\n}";
        assert_eq!(bare(one), bare(other));
        assert_ne!(bare("a = \"x  y\""), bare("a = \"x y\""));
        assert_eq!(bare("a \"b\" \"c\" {}"), bare("a  \"b\" \"c\" { }"));
    }

    #[test]
    fn comments_are_found_where_they_are_comments() {
        let text = "a = \"# no\" # one\nb = <<E\n# no\n${x /* two */}\nE\n// three \n";
        assert_eq!(comments(text), ["# one", "/* two */", "// three"]);
    }

    #[test]
    fn the_marker_of_a_heredoc_stands_alone() {
        assert!(is_balanced("{ a = <<E\nx\nE\n}"));
        assert!(!is_balanced("{ a = <<E\nx\nE }"));
        assert!(!is_balanced("a = \"${[}\""));
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_text(text in "[aé\"{}$%<\\-E\n\\[\\]()#/*= \r\t]{0,60}") {
            let mut at = 0;
            for (_, range) in Scan::new(&text) {
                prop_assert_eq!(range.start, at);
                prop_assert!(range.end > at && text.is_char_boundary(range.end));
                at = range.end;
            }
            let _ = bare(&text);
        }
    }
}
