//! JSON into a [`Tree`](super::tree::Tree).

use std::borrow::Cow;

use super::tree::{Builder, Header, ParseError, Style, Tree, count};

/// The document, or, with the error that stopped the reading, what stands before it.
pub(super) fn parse(text: &str) -> (Option<Tree<'_>>, Option<ParseError>) {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, builder: Builder::default(), open: Vec::new() };
    match reader.document() {
        Ok(()) => (reader.builder.finish(), None),
        Err(error) => {
            while !reader.builder.is_closed() {
                if reader.builder.close(None).is_err() {
                    return (None, Some(error));
                }
            }
            (reader.builder.finish(), Some(error))
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    builder: Builder<'a>,
    /// The closing brackets that are still to come, innermost last.
    open: Vec<u8>,
}

impl<'a> Reader<'a> {
    /// Reads one value and sees that nothing follows it. Does not call itself, so that depth is the builder's matter.
    fn document(&mut self) -> Result<(), ParseError> {
        loop {
            self.skip_space();
            let opened = self.value()?;
            if opened {
                // An empty array or object, or its first member.
                self.skip_space();
                if self.open.last() != self.bytes.get(self.at) {
                    self.key()?;
                    continue;
                }
            }
            if !self.after_value()? {
                return Ok(());
            }
        }
    }

    /// Closes what ends here. Whether another value follows.
    fn after_value(&mut self) -> Result<bool, ParseError> {
        loop {
            self.skip_space();
            let Some(&close) = self.open.last() else {
                return if self.at == self.bytes.len() {
                    Ok(false)
                } else {
                    Err(self.error("text goes on after the end of the JSON value"))
                };
            };
            match self.bytes.get(self.at) {
                Some(b',') => {
                    self.at += 1;
                    self.skip_space();
                    if self.bytes.get(self.at) == Some(&close) {
                        return Err(self.error("a comma before the closing bracket; JSON has none there"));
                    }
                    self.key()?;
                    return Ok(true);
                }
                Some(byte) if *byte == close => {
                    self.at += 1;
                    self.open.pop();
                    self.builder.close(Some(count(self.at)))?;
                }
                None => return Err(self.error("the JSON text ends too early")),
                Some(_) if close == b'}' => return Err(self.error("expected a comma or the end of the object")),
                Some(_) => return Err(self.error("expected a comma or the end of the array")),
            }
        }
    }

    /// In an object: a name and its colon.
    fn key(&mut self) -> Result<(), ParseError> {
        if self.open.last() != Some(&b'}') {
            return Ok(());
        }
        if self.bytes.get(self.at) != Some(&b'"') {
            return Err(self.error("expected a name in double quotes"));
        }
        self.string()?;
        self.skip_space();
        if self.bytes.get(self.at) != Some(&b':') {
            return Err(self.error("expected a colon after the name"));
        }
        self.at += 1;
        Ok(())
    }

    /// A scalar, or the opening bracket of an array or object: then `true`.
    fn value(&mut self) -> Result<bool, ParseError> {
        match self.bytes.get(self.at) {
            Some(b'{') => self.open(true),
            Some(b'[') => self.open(false),
            Some(b'"') => self.string().map(|()| false),
            Some(b'a'..=b'z' | b'-' | b'0'..=b'9') => self.word().map(|()| false),
            Some(_) => Err(self.error("expected a JSON value")),
            None => Err(self.error("the JSON text ends too early")),
        }
    }

    fn open(&mut self, mapping: bool) -> Result<bool, ParseError> {
        let start = count(self.at);
        self.builder.open(mapping, start, Header::plain(start))?;
        self.open.push(if mapping { b'}' } else { b']' });
        self.at += 1;
        Ok(true)
    }

    fn word(&mut self) -> Result<(), ParseError> {
        let start = self.at;
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
        while self.bytes.get(self.at).is_some_and(is_part) {
            self.at += 1;
        }
        let word = self.text.get(start..self.at).unwrap_or_default();
        let is_number = word.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
            && !word.contains(['i', 'n'])
            && word.parse::<f64>().is_ok();
        if !is_number && !matches!(word, "true" | "false" | "null") {
            self.at = start;
            return Err(self.error("expected a JSON value"));
        }
        self.push(Cow::Borrowed(word), Style::Plain, start)
    }

    fn string(&mut self) -> Result<(), ParseError> {
        let start = self.at;
        self.at += 1;
        let mut run = self.at;
        let mut decoded = String::new();
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let Some(stop) = memchr::memchr2(b'"', b'\\', rest) else {
                self.at = start;
                return Err(self.error("a string has no end"));
            };
            if let Some(newline) = memchr::memchr(b'\n', rest.get(..stop).unwrap_or_default()) {
                self.at += newline;
                return Err(self.error("a line end inside a JSON string"));
            }
            self.at += stop;
            let literal = self.text.get(run..self.at).unwrap_or_default();
            if rest.get(stop) == Some(&b'"') {
                self.at += 1;
                let value = if decoded.is_empty() { Cow::Borrowed(literal) } else { Cow::Owned(decoded + literal) };
                return self.push(value, Style::DoubleQuoted, start);
            }
            decoded.push_str(literal);
            let Some((character, length)) = super::scalar::escape(self.text.get(self.at..).unwrap_or_default()) else {
                return Err(self.error("an unknown escape in a JSON string"));
            };
            decoded.extend(character);
            self.at += length;
            run = self.at;
        }
    }

    fn push(&mut self, value: Cow<'a, str>, style: Style, start: usize) -> Result<(), ParseError> {
        let start = count(start);
        self.builder.scalar(value, style, start..count(self.at), Header::plain(start))
    }

    fn skip_space(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn error(&self, message: &str) -> ParseError {
        ParseError::new(self.at, message)
    }
}
