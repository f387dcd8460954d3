//! Cuts a file of the Terraform language into its top-level blocks without parsing them.
//!
//! Knows strings with templates in them, heredocs, comments and brackets, and nothing else of the language, so
//! that a repository costs little more than reading it. A broken block loses nothing but itself.

mod arguments;
mod heredoc;

use std::ops::Range;

pub(crate) use arguments::arguments;
pub(crate) use heredoc::false_ends;

/// A top-level block, as byte ranges of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct RawBlock {
    /// The block type: `resource`.
    pub(crate) kind: Range<usize>,
    /// The labels without their quotes: the first two, which is all that any block of Terraform takes.
    pub(crate) labels: [Option<Range<usize>>; 2],
    /// How many labels there are.
    pub(crate) label_count: usize,
    /// From the block type to the last label, its quotes included.
    pub(crate) header: Range<usize>,
    /// From the block type to the closing brace.
    pub(crate) whole: Range<usize>,
    /// What cannot be understood inside of it, as far as the cut notices: it does not look for more than costs nothing.
    pub(crate) flaw: Option<Flaw>,
}

/// A place that does not read as a block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Flaw {
    /// The byte.
    pub(crate) at: usize,
    /// What is wrong and what to do.
    pub(crate) message: String,
}

/// A file, cut.
#[derive(Default, Debug)]
pub(crate) struct Split {
    /// The blocks in order.
    pub(crate) blocks: Vec<RawBlock>,
    /// What was left out and why.
    pub(crate) flaws: Vec<Flaw>,
}

/// A broken block is read to its apparent end once more for each try to find where it stops. More than this and
/// the rest of the file is given up, so that a hostile file costs a bounded number of passes.
const MAX_FLAWS: usize = 64;

/// More blocks of one file are not kept: Terraform takes hours for the plan of a tenth of them, and each costs memory
/// before anybody asks for it.
pub(crate) const MAX_BLOCKS: usize = 100_000;

/// What is said of a file with more blocks than that.
pub(crate) fn too_many_blocks() -> String {
    format!("the file has more than {MAX_BLOCKS} blocks and local values; the rest of it was not checked: split it up")
}

/// Cuts a file into blocks.
pub(crate) fn split(text: &str) -> Split {
    let bytes = text.as_bytes();
    let mut split = Split::default();
    let mut at = 0;
    loop {
        at = match skip_blank(bytes, at) {
            Ok(next) => next,
            Err(flaw) => {
                split.flaws.push(flaw);
                return split;
            }
        };
        if at >= bytes.len() {
            return split;
        }
        if split.blocks.len() >= MAX_BLOCKS {
            split.flaws.push(Flaw { at, message: too_many_blocks() });
            return split;
        }
        match block(bytes, at) {
            Ok(block) => {
                at = block.whole.end;
                split.blocks.push(block);
            }
            Err(flaw) => {
                split.flaws.push(flaw);
                if split.flaws.len() >= MAX_FLAWS {
                    let message = "too many blocks of this file are broken; the rest of it was not checked".to_owned();
                    split.flaws.push(Flaw { at, message });
                    return split;
                }
                match next_header(bytes, at) {
                    Some(next) => at = next,
                    None => return split,
                }
            }
        }
    }
}

/// The first byte from `at` on that is neither space nor comment.
fn skip_blank(bytes: &[u8], mut at: usize) -> Result<usize, Flaw> {
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t' | b'\r' | b'\n') => at += 1,
            Some(b'#' | b'/') => match comment(bytes, at) {
                Some(end) => at = end?,
                None => return Ok(at),
            },
            _ => return Ok(at),
        }
    }
}

/// The end of the comment that starts at `at`, if one does.
pub(super) fn comment(bytes: &[u8], at: usize) -> Option<Result<usize, Flaw>> {
    let rest = bytes.get(at..).unwrap_or_default();
    if rest.starts_with(b"#") || rest.starts_with(b"//") {
        return Some(Ok(memchr::memchr(b'\n', rest).map_or(bytes.len(), |end| at + end)));
    }
    if !rest.starts_with(b"/*") {
        return None;
    }
    let end = memchr::memmem::find(rest.get(2..).unwrap_or_default(), b"*/");
    Some(end.map(|end| at + end + 4).ok_or_else(|| flaw(at, "this comment has no end; close it with */")))
}

fn flaw(at: usize, message: &str) -> Flaw {
    Flaw { at, message: message.to_owned() }
}

/// A block's type and labels.
struct Header {
    kind: Range<usize>,
    labels: [Option<Range<usize>>; 2],
    label_count: usize,
    end: usize,
    /// The byte after the opening brace.
    body: usize,
}

/// Reads a header up to its opening brace.
fn header(bytes: &[u8], start: usize) -> Result<Header, Flaw> {
    let kind = start..identifier_end(bytes, start);
    if kind.is_empty() {
        return Err(flaw(start, "expected a block such as `resource \"type\" \"name\" { … }`"));
    }
    let mut end = kind.end;
    let mut at = end;
    let mut labels = [None, None];
    let mut label_count = 0;
    loop {
        while matches!(bytes.get(at), Some(b' ' | b'\t')) {
            at += 1;
        }
        let label = match bytes.get(at) {
            Some(b'{') => {
                return Ok(Header { kind, labels, label_count, end, body: at + 1 });
            }
            Some(b'"') => {
                let length = memchr::memchr2(b'"', b'\n', bytes.get(at + 1..).unwrap_or_default());
                let close = at + 1 + length.unwrap_or(usize::MAX / 2);
                if bytes.get(close) != Some(&b'"') {
                    return Err(flaw(at, "this label has no closing quote"));
                }
                end = close + 1;
                at + 1..close
            }
            Some(b'=') => {
                return Err(flaw(
                    start,
                    "an argument stands outside of any block; put it into one, or into a .tfvars file",
                ));
            }
            Some(b'/') if bytes.get(at + 1) == Some(&b'*') => {
                at = comment(bytes, at).transpose()?.unwrap_or(at + 1);
                continue;
            }
            _ => {
                end = identifier_end(bytes, at);
                if end == at {
                    return Err(flaw(at, "expected a label or `{` after the block type"));
                }
                at..end
            }
        };
        at = end;
        if let Some(slot) = labels.get_mut(label_count) {
            *slot = Some(label);
        }
        label_count += 1;
    }
}

pub(super) fn identifier_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let first = rest.first().is_some_and(|&byte| byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80);
    if !first {
        return start;
    }
    let length =
        rest.iter().position(|&byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || byte >= 0x80));
    start + length.unwrap_or(rest.len())
}

/// What the scanner is inside of.
pub(super) enum Inside {
    Braces,
    Brackets,
    Parentheses,
    /// `"…"`
    Quotes,
    /// `${…}` or `%{…}` in a string or heredoc.
    Template,
    /// A heredoc and its end marker.
    Heredoc(Range<usize>),
}

fn block(bytes: &[u8], start: usize) -> Result<RawBlock, Flaw> {
    let Header { kind, labels, label_count, end, body } = header(bytes, start)?;
    let mut flaw = None;
    let close = body_end(bytes, start, body, &mut flaw)?;
    Ok(RawBlock { kind, labels, label_count, header: start..end, whole: start..close, flaw })
}

/// The byte after the brace that closes the block whose body starts at `at`.
fn body_end(bytes: &[u8], start: usize, mut at: usize, inner: &mut Option<Flaw>) -> Result<usize, Flaw> {
    let mut stack = vec![Inside::Braces];
    loop {
        match stack.last() {
            None => return Ok(at),
            Some(Inside::Quotes) => at = quoted(bytes, at, &mut stack)?,
            Some(Inside::Heredoc(marker)) => {
                let marker = marker.clone();
                at = heredoc(bytes, at, &marker, &mut stack).ok_or_else(|| {
                    flaw(marker.start, "this heredoc has no end; its marker must stand alone on a line")
                })?;
            }
            Some(_) => {
                let rest = bytes.get(at..).unwrap_or_default();
                let Some(skip) = rest.iter().position(|&byte| INTERESTING[usize::from(byte)]) else {
                    return Err(flaw(start, "this block is not closed; add the missing `}`"));
                };
                at = code(bytes, start, at + skip, &mut stack, inner)?;
            }
        }
    }
}

/// The innermost bracket or quote that is open before the byte `at`.
pub(crate) fn innermost(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes().get(..at)?;
    let mut stack = Vec::new();
    let mut opened: Vec<usize> = Vec::new();
    let mut next = 0;
    while next < at {
        next = match stack.last() {
            Some(Inside::Quotes) => quoted(bytes, next, &mut stack).ok()?,
            Some(Inside::Heredoc(marker)) => {
                let marker = marker.clone();
                heredoc(bytes, next, &marker, &mut stack)?
            }
            _ => {
                let rest = bytes.get(next..)?;
                let Some(skip) = rest.iter().position(|&byte| INTERESTING[usize::from(byte)]) else { break };
                code(bytes, 0, next + skip, &mut stack, &mut None).ok()?
            }
        };
        opened.truncate(stack.len());
        if opened.len() < stack.len() {
            // Each step opens one at most, with its last byte.
            opened.push(next - 1);
        }
    }
    opened.last().copied()
}

/// The bytes at which something may happen outside of strings and heredocs.
static INTERESTING: [bool; 256] = {
    let mut table = [false; 256];
    let set = b"\"#/<{}[]()\n";
    let mut index = 0;
    while index < set.len() {
        table[set[index] as usize] = true;
        index += 1;
    }
    table
};

/// Handles one interesting byte outside of strings and heredocs, and returns where to go on.
fn code(
    bytes: &[u8],
    start: usize,
    at: usize,
    stack: &mut Vec<Inside>,
    inner: &mut Option<Flaw>,
) -> Result<usize, Flaw> {
    match bytes.get(at) {
        Some(b'\n') => {
            if inner.is_none() {
                *inner = missing_value(bytes, at);
            }
            line_end(bytes, start, at)
        }
        Some(b'"') => {
            stack.push(Inside::Quotes);
            Ok(at + 1)
        }
        Some(b'#' | b'/') => match comment(bytes, at).transpose()? {
            // What stands before this line end is not code.
            Some(end) if bytes.get(end) == Some(&b'\n') => line_end(bytes, start, end),
            Some(end) => Ok(end),
            None => Ok(at + 1),
        },
        Some(b'<') => match heredoc_start(bytes, at) {
            Some((marker, body)) => {
                stack.push(Inside::Heredoc(marker));
                Ok(body)
            }
            None => Ok(at + 1),
        },
        Some(b'{') => {
            stack.push(Inside::Braces);
            Ok(at + 1)
        }
        Some(b'[') => {
            stack.push(Inside::Brackets);
            Ok(at + 1)
        }
        Some(b'(') => {
            stack.push(Inside::Parentheses);
            Ok(at + 1)
        }
        Some(&close @ (b'}' | b']' | b')')) => {
            let fits = matches!(
                (stack.last(), close),
                (Some(Inside::Braces | Inside::Template), b'}')
                    | (Some(Inside::Brackets), b']')
                    | (Some(Inside::Parentheses), b')')
            );
            if !fits {
                return Err(flaw(at, "this bracket closes nothing; remove it, or add the one that opens it"));
            }
            stack.pop();
            Ok(at + 1)
        }
        _ => Ok(at + 1),
    }
}

/// Goes to the next line, unless a block starts there that never stands inside another one.
fn line_end(bytes: &[u8], start: usize, at: usize) -> Result<usize, Flaw> {
    if starts_top_level_block(bytes, at + 1) {
        return Err(flaw(start, "this block is not closed before the next one starts; add the missing `}`"));
    }
    Ok(at + 1)
}

/// An argument whose line ends at `at` after its `=`: no brackets allow that.
fn missing_value(bytes: &[u8], at: usize) -> Option<Flaw> {
    let line = bytes.get(..at)?;
    let end = line.iter().rposition(|byte| !matches!(byte, b' ' | b'\t' | b'\r'))?;
    match line.get(..=end)? {
        // Comparisons go on in the next line where they stand in brackets.
        [.., b'=' | b'!' | b'<' | b'>', b'='] => None,
        [.., b'='] => Some(flaw(end, "this argument has no value after its `=`; write one on the same line")),
        _ => None,
    }
}

/// Reads a string on, to its end or to the template in it.
pub(super) fn quoted(bytes: &[u8], from: usize, stack: &mut Vec<Inside>) -> Result<usize, Flaw> {
    let mut at = from;
    loop {
        match bytes.get(at) {
            Some(b'"') => {
                stack.pop();
                return Ok(at + 1);
            }
            Some(b'\\') => at += 2,
            Some(b'{') if opens_template(bytes, from, at) => {
                stack.push(Inside::Template);
                return Ok(at + 1);
            }
            None | Some(b'\n') => {
                return Err(flaw(from.saturating_sub(1), "this string has no end on its line"));
            }
            Some(_) => at += 1,
        }
    }
}

/// Whether the brace at `at` opens a template: `${` and `%{` do, `$${` and `%%{` stand for themselves.
fn opens_template(bytes: &[u8], literal_start: usize, at: usize) -> bool {
    let before = bytes.get(literal_start..at).unwrap_or_default();
    match before {
        [.., b'$', b'$'] | [.., b'%', b'%'] => false,
        [.., b'$' | b'%'] => true,
        _ => false,
    }
}

/// The marker of a heredoc that starts at `at`, and the first byte of its text.
pub(super) fn heredoc_start(bytes: &[u8], at: usize) -> Option<(Range<usize>, usize)> {
    let mut start = at + 2;
    if bytes.get(at..start)? != b"<<" {
        return None;
    }
    if bytes.get(start) == Some(&b'-') {
        start += 1;
    }
    let end = identifier_end(bytes, start);
    let line_end = if bytes.get(end) == Some(&b'\r') { end + 1 } else { end };
    (end > start && bytes.get(line_end) == Some(&b'\n')).then_some((start..end, line_end + 1))
}

/// Reads a heredoc on, to its end or to the template in it; `None` where neither comes.
pub(super) fn heredoc(bytes: &[u8], from: usize, marker: &Range<usize>, stack: &mut Vec<Inside>) -> Option<usize> {
    let marker = bytes.get(marker.clone())?;
    let mut at = from;
    // After a template, the heredoc goes on in the middle of a line, which cannot be the end marker's.
    let mut line_start = bytes.get(from.wrapping_sub(1)) == Some(&b'\n');
    loop {
        let rest = bytes.get(at..)?;
        if line_start {
            let line = memchr::memchr(b'\n', rest).map_or(rest, |end| rest.get(..end).unwrap_or(rest));
            if line.trim_ascii() == marker {
                stack.pop();
                return Some(at + line.trim_ascii_end().len());
            }
        }
        let found = at + memchr::memchr2(b'{', b'\n', rest)?;
        line_start = bytes.get(found) == Some(&b'\n');
        if !line_start && opens_template(bytes, from, found) {
            stack.push(Inside::Template);
            return Some(found + 1);
        }
        at = found + 1;
    }
}

/// Whether the line at `at` starts a block that never stands inside another one.
fn starts_top_level_block(bytes: &[u8], at: usize) -> bool {
    let labels = match bytes.get(at) {
        Some(b'r') if bytes.get(at..).is_some_and(|rest| rest.starts_with(b"resource ")) => 2,
        Some(b'd') if bytes.get(at..).is_some_and(|rest| rest.starts_with(b"data ")) => 2,
        Some(b'v' | b'm' | b'o' | b'p') => {
            let kind = bytes.get(at..identifier_end(bytes, at)).unwrap_or_default();
            if !matches!(kind, b"variable" | b"module" | b"output" | b"provider") {
                return false;
            }
            1
        }
        _ => return false,
    };
    header(bytes, at).is_ok_and(|header| {
        // A quote before the first label: an object's key may be named like a block.
        header.labels.iter().flatten().count() == labels
            && header.labels.iter().flatten().all(|label| bytes.get(label.start.wrapping_sub(1)) == Some(&b'"'))
    })
}

/// The next line after that of `at` that starts a block in column one.
fn next_header(bytes: &[u8], at: usize) -> Option<usize> {
    let starts = memchr::memchr_iter(b'\n', bytes.get(at..)?).map(|end| at + end + 1);
    starts.into_iter().find(|&start| header(bytes, start).is_ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kinds(text: &str) -> Vec<&str> {
        split(text).blocks.into_iter().map(|block| &text[block.header]).collect()
    }

    #[test]
    fn blocks_labels_and_ranges() {
        let text = "# c\nresource \"a_b\" name {\n  x = 1\n}\n\nlocals {}\n";
        let split = split(text);
        assert!(split.flaws.is_empty());
        let [resource, locals] = &split.blocks[..] else { panic!("{split:?}") };
        assert_eq!(&text[resource.kind.clone()], "resource");
        let labels: Vec<_> = resource.labels.iter().flatten().map(|label| &text[label.clone()]).collect();
        assert_eq!(labels, ["a_b", "name"]);
        assert_eq!(&text[resource.header.clone()], "resource \"a_b\" name");
        assert_eq!(&text[resource.whole.clone()], "resource \"a_b\" name {\n  x = 1\n}");
        assert_eq!(&text[locals.whole.clone()], "locals {}");
    }

    #[test]
    fn brackets_in_strings_templates_comments_and_heredocs_do_not_count() {
        let text = concat!(
            "a {\n  s = \"} \\\" ${f(\"}\", { a = \"{\" })} $${ %%{ %{ if true }{%{ endif }\"\n  # }\n  // }\n  /* } */\n",
            "  h = <<-EOT\n    } ${g(<<X\n}\nX\n)} $${ EOT\n  EOT\n  i = 1 << 2\n}\nb {}\n",
        );
        assert_eq!(kinds(text), ["a", "b"]);
        assert_eq!(split(text).flaws, []);
    }

    #[test]
    fn a_broken_block_loses_only_itself() {
        for broken in [
            "resource \"x\" \"y\" {\n  a = {\n}\n",
            "resource \"x\" \"y\" {\n  a = \"\n}\n",
            "resource \"x\" \"y\" {\n  a = ]\n}\n",
            "resource \"x\" \"y\" {\n  a = <<EOT\n}\n",
            "resource \"x\" \"y\"\n",
            "x = 1\n",
            "}\n",
            "resource \"x {\n}\n",
        ] {
            let text = format!("a {{}}\n{broken}\nresource \"p\" \"q\" {{\n  b = 1\n}}\nc {{}}\n");
            assert_eq!(kinds(&text), ["a", "resource \"p\" \"q\"", "c"], "{text}");
            assert_eq!(split(&text).flaws.len(), 1, "{text}");
        }
    }

    #[test]
    fn an_argument_without_its_value_is_noticed() {
        for text in ["a {\n  x =\n}\n", "a {\n  x = 1\n  y = [{ z =  \r\n}]\n}\n"] {
            let [block] = &split(text).blocks[..] else { panic!("{text}") };
            assert_eq!(&text[block.flaw.as_ref().unwrap().at..][..1], "=", "{text}");
        }
        for text in
            ["a {\n  x = (1 ==\n1 && 2 >=\n 1)\n}\n", "a {\n  # x =\n  y = 1 // =\n  z = \"=\"\n  e = <<E\n=\nE\n}\n"]
        {
            assert!(split(text).blocks.iter().all(|block| block.flaw.is_none()), "{text}");
        }
        assert_eq!(split("a { # =\nresource \"x\" \"y\" {}\n").flaws.len(), 1);
    }

    #[test]
    fn carriage_returns() {
        let text = "a {\r\n  h = <<E\r\n}\r\nE\r\n}\r\nb {}\r\n";
        assert_eq!(kinds(text), ["a", "b"]);
    }

    #[test]
    fn a_file_of_broken_blocks_costs_a_bounded_number_of_passes() {
        let split = split(&"a {\n".repeat(200_000));
        assert_eq!(split.flaws.len(), MAX_FLAWS + 1);
    }

    fn body() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("1".to_owned()),
            Just("\"}\"".to_owned()),
            Just("\"$${ \\\" %%{\"".to_owned()),
            Just("<<-E\n  } ${1} \"\n  E\n".to_owned()),
        ];
        leaf.prop_recursive(3, 16, 3, |inner| {
            prop_oneof![
                inner
                    .clone()
                    .prop_filter("", |e| !e.contains('\n'))
                    .prop_map(|e| format!("\"a${{{e}}}{{%{{ if true }}}}%{{ endif }}\"")),
                prop::collection::vec(inner.clone(), 0..3).prop_map(|items| {
                    let items = items.join(",\n");
                    format!("[ # ]\n{items}\n]")
                }),
                inner.prop_map(|e| format!("{{\n /* }} */ k = {e}\n}}")),
            ]
        })
    }

    proptest! {
        #[test]
        fn cuts_where_the_parser_does(bodies in prop::collection::vec(body(), 0..5)) {
            let blocks = bodies.iter().enumerate().map(|(index, body)| format!("b{index} \"l\" {{\n x = {body}\n}}\n"));
            let text: String = blocks.collect();
            let parsed: hcl::edit::structure::Body = match text.parse() {
                Ok(parsed) => parsed,
                // The parser takes no comma after a heredoc's marker line.
                Err(_) => return Ok(()),
            };
            let theirs: Vec<_> = parsed.blocks().filter_map(hcl::edit::Span::span).collect();
            let ours: Vec<_> = split(&text).blocks.into_iter().map(|block| block.whole).collect();
            prop_assert_eq!(ours, theirs);
        }

        #[test]
        fn any_text_is_cut(text in "[a-z\"{}$%<>\\-E\n\\[\\]()#/*= \\\\]{0,80}") {
            let split = split(&text);
            for pair in split.blocks.windows(2) {
                prop_assert!(pair[0].whole.end <= pair[1].whole.start);
            }
        }
    }
}
