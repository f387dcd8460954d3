//! YAML into a [`Tree`](super::tree::Tree).

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Tag};

use super::repair::Repair;
use super::scalar::end_of_quote;
use super::tree::{Builder, Header, ParseError, Style, Tree, count};

/// The first document of the text that `is_wanted`, and what stopped the reading, if something did. Then the document
/// is without the member that is broken, or, where none can be made out, it is what stands before. Without
/// `may_repair` it is what stands before in any case.
pub(super) fn parse<'a>(
    text: &'a str,
    may_repair: bool,
    is_wanted: impl Fn(&Tree<'a>) -> bool,
) -> (Option<Tree<'a>>, Option<ParseError>) {
    let (mut tree, mut refusal) = read(text, text, &is_wanted);
    if refusal.is_none() || !may_repair {
        return (tree, refusal.map(|refusal| refusal.error));
    }
    let mut repair = Repair::new(text);
    let mut error: Option<ParseError> = None;
    while let Some(refused) = refusal.take() {
        let joined = refused.is_indentation && repair.take_turn() && repair.join_lines(refused.character);
        if !joined {
            error.get_or_insert(refused.error);
            if !(repair.take_turn() && repair.blank_member(refused.character)) {
                break;
            }
        }
        let (next, next_refusal) = read(text, &repair.text, &is_wanted);
        tree = next.or(tree);
        refusal = next_refusal;
    }
    (tree, error)
}

/// Where and why the parser stopped.
struct Refusal {
    error: ParseError,
    /// In the parser's count.
    character: usize,
    /// Whether it was about where a line starts.
    is_indentation: bool,
}

/// Reads `written`, which is `text` or a repaired copy, character for character.
fn read<'a>(
    text: &'a str,
    written: &str,
    is_wanted: &impl Fn(&Tree<'a>) -> bool,
) -> (Option<Tree<'a>>, Option<Refusal>) {
    let mut reader = Reader { text, offsets: Offsets::new(text), builder: Builder::default() };
    let mut parser = Parser::new_from_str(written);
    loop {
        let (error, character) = match parser.next_event() {
            None => return (None, None),
            Some(Ok((Event::DocumentEnd, _))) => {
                let builder = std::mem::take(&mut reader.builder);
                match builder.finish() {
                    Some(tree) if is_wanted(&tree) => return (Some(tree), None),
                    _ => continue,
                }
            }
            Some(Ok((event, span))) => match reader.event(event, span) {
                Ok(()) => continue,
                Err(error) => (error, span.start.index()),
            },
            Some(Err(error)) => (reader.scan_error(&error), error.marker().index()),
        };
        let is_indentation = error.message.starts_with("invalid indentation");
        let refusal = Refusal { error, character, is_indentation };
        return (reader.what_stands_before().filter(is_wanted), Some(refusal));
    }
}

struct Reader<'a> {
    text: &'a str,
    offsets: Offsets<'a>,
    builder: Builder<'a>,
}

impl<'a> Reader<'a> {
    fn event(&mut self, event: Event<'_>, span: saphyr_parser::Span) -> Result<(), ParseError> {
        let start = self.offsets.byte(span.start.index());
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let end = self.offsets.byte(span.end.index());
                self.scalar(value, style, start..end, header(start, anchor, tag))
            }
            Event::SequenceStart(anchor, tag) => {
                self.builder.open(false, count(self.after_properties(start)), header(start, anchor, tag))
            }
            Event::MappingStart(anchor, tag) => {
                self.builder.open(true, count(self.after_properties(start)), header(start, anchor, tag))
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let end = self.end_of_collection();
                self.builder.close(end)
            }
            Event::Alias(anchor) => {
                let end = self.offsets.byte(span.end.index());
                self.builder.alias(anchor, count(start)..count(end))
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
        }
    }

    fn scalar(
        &mut self,
        value: Cow<'_, str>,
        style: ScalarStyle,
        range: std::ops::Range<usize>,
        header: Header,
    ) -> Result<(), ParseError> {
        let mut start = self.after_properties(range.start).min(range.end.max(range.start));
        let mut end = range.end;
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        };
        let value = match style {
            Style::Plain if value.is_empty() => {
                // Nothing is written; the parser's mark is the colon or dash before it, or whatever comes next.
                start = if header.tag.is_some() || header.anchor != 0 { end } else { self.after_indicator(start) };
                end = start;
                Cow::Borrowed("")
            }
            Style::Block => {
                start = self.after_block_header(start).min(end);
                let raw = self.text.get(start..end).unwrap_or_default();
                end = start + raw.trim_end().len();
                Cow::Owned(value.into_owned())
            }
            Style::Plain => self.borrow(value, start..end),
            Style::SingleQuoted | Style::DoubleQuoted => {
                // The parser's mark is behind the space and the comment that follow.
                let quote = if style == Style::SingleQuoted { b'\'' } else { b'"' };
                end = end_of_quote(self.text.as_bytes(), start, quote);
                self.borrow(value, start + 1..end.saturating_sub(1))
            }
        };
        self.builder.scalar(value, style, count(start)..count(end), header)
    }

    /// The file's own bytes, where they are the value.
    fn borrow(&self, value: Cow<'_, str>, range: std::ops::Range<usize>) -> Cow<'a, str> {
        match self.text.get(range) {
            Some(raw) if raw == value => Cow::Borrowed(raw),
            _ => Cow::Owned(value.into_owned()),
        }
    }

    /// Where the content starts behind tag, anchor, and the space and comments that follow them.
    fn after_properties(&self, mut at: usize) -> usize {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(at), Some(b'!' | b'&')) {
            while bytes.get(at).is_some_and(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'[' | b'{' | b',')) {
                at += 1;
            }
            at = self.after_space_and_comments(at);
        }
        at
    }

    fn after_space_and_comments(&self, mut at: usize) -> usize {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(at) {
                Some(byte) if byte.is_ascii_whitespace() => at += 1,
                Some(b'#') => at = self.line_end(at),
                _ => return at,
            }
        }
    }

    /// One past the closing bracket of the innermost collection. `None` for a block, which ends where its last member
    /// does; the parser's mark is at whatever comes next.
    fn end_of_collection(&mut self) -> Option<u32> {
        let open = self.builder.innermost()?;
        let bytes = self.text.as_bytes();
        let first = bytes.get(open.start as usize)?;
        // The parser's mark of a list that stands right under its key, not further in, is behind the first dash.
        let is_behind_dash = open.first_start == Some(open.start) || !matches!(first, b'-' | b'[');
        if !open.mapping && is_behind_dash {
            if let Some(dash) = self.dash_before(open.start as usize) {
                self.builder.start_at(count(dash));
            }
            return None;
        }
        let close = match first {
            b'[' => b']',
            b'{' => b'}',
            _ => return None,
        };
        let mut at = self.after_space_and_comments((open.last_end as usize).max(open.start as usize + 1));
        while matches!(bytes.get(at), Some(b',' | b':' | b'?')) {
            at = self.after_space_and_comments(at + 1);
        }
        (bytes.get(at) == Some(&close)).then(|| count(at + 1))
    }

    /// The dash before an item, with space and comments in between.
    fn dash_before(&self, item: usize) -> Option<usize> {
        let mut before = self.text.get(..item)?.trim_end();
        loop {
            if before.ends_with('-') {
                return Some(before.len() - 1);
            }
            let line = before.rfind('\n').map_or(0, |newline| newline + 1);
            let comment = before.get(line..)?.find('#')?;
            before = before.get(..line + comment)?.trim_end();
        }
    }

    fn line_end(&self, at: usize) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        memchr::memchr(b'\n', rest).map_or(self.text.len(), |newline| at + newline)
    }

    /// The first byte of a block scalar's text: behind the line with `|` or `>`, which stands at `at` if the node
    /// has a tag or an anchor.
    fn after_block_header(&self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let is_header = matches!(bytes.get(at), Some(b'|' | b'>'))
            && self.text.get(at + 1..self.line_end(at)).is_some_and(|rest| {
                let rest = rest.split('#').next().unwrap_or_default().trim();
                rest.len() <= 2 && rest.bytes().all(|byte| matches!(byte, b'-' | b'+' | b'1'..=b'9'))
            });
        let mut at = if is_header { self.line_end(at) } else { at };
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    }

    fn after_indicator(&self, at: usize) -> usize {
        at + usize::from(matches!(self.text.as_bytes().get(at), Some(b':' | b'-')))
    }

    fn scan_error(&self, error: &ScanError) -> ParseError {
        ParseError::new(self.offsets.byte(error.marker().index()), error.info())
    }

    /// The document as far as it was read.
    fn what_stands_before(mut self) -> Option<Tree<'a>> {
        while !self.builder.is_closed() {
            self.builder.close(None).ok()?;
        }
        self.builder.finish()
    }
}

fn header(start: usize, anchor: usize, tag: Option<Cow<'_, Tag>>) -> Header {
    let tag = tag.map(|tag| {
        let local = tag.handle == "!" || tag.handle.is_empty();
        if local { tag.suffix.as_str().into() } else { format!("{}{}", tag.handle, tag.suffix).into_boxed_str() }
    });
    Header { outer_start: count(start), tag, anchor }
}

/// From the parser's offsets, which count characters, to bytes.
struct Offsets<'a> {
    text: &'a str,
    /// The byte of every [`STRIDE`](Self::STRIDE)th character; empty for a text of ASCII alone.
    marks: Vec<u32>,
}

impl<'a> Offsets<'a> {
    /// A look-up counts at most this many characters.
    const STRIDE: usize = 64;

    fn new(text: &'a str) -> Self {
        let marks = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().step_by(Self::STRIDE).map(|(at, _)| count(at)).collect()
        };
        Self { text, marks }
    }

    fn byte(&self, character: usize) -> usize {
        if self.marks.is_empty() {
            return character.min(self.text.len());
        }
        let Some(&mark) = self.marks.get(character / Self::STRIDE) else { return self.text.len() };
        let rest = self.text.get(mark as usize..).unwrap_or_default();
        rest.char_indices().nth(character % Self::STRIDE).map_or(self.text.len(), |(at, _)| mark as usize + at)
    }
}
