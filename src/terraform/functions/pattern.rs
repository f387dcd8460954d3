//! Regular expressions, and `replace`, which may take one. Terraform's are RE2's; the `regex` crate's differ in
//! little, which [`translate`] evens out.

use std::collections::BTreeMap;

use regex::{Captures, Regex, RegexBuilder};

use crate::value::{Entry, Piece, Symbol, Text, TextBuilder, Value, Why};

use super::call::Parameter::Text as Str;
use super::call::{Call, Failure, Function, Outcome, needs};
use super::conversion::list_of;
use super::{MAX_ELEMENTS, MAX_TEXT};

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "regex" => Function::new(&[Str, Str], first),
        "regexall" => Function::new(&[Str, Str], all),
        "replace" => Function::new(&[Str, Str, Str], replace),
        _ => return None,
    })
}

/// A longer pattern is not read, in bytes.
const MAX_PATTERN: usize = 1 << 16;

/// A compiled pattern is smaller than this, in bytes. Those that people write take a few thousand; counted repetitions
/// of counted repetitions take as much as they are given.
const MAX_PROGRAM: usize = 1 << 20;

/// The smallest program that patterns are tried in.
const SMALL_PROGRAM: usize = 1 << 13;

/// A search takes at worst a step through the whole program for each byte of the text. The product of both stays below
/// this, about a second's work.
const MAX_SEARCH: usize = 1 << 30;

/// As much of that product as takes about a microsecond.
const SEARCH_PER_STEP: usize = 1 << 10;

/// The pattern, for searching `text`. Takes what the search may cost.
fn compile(call: &Call<'_>, pattern: &str, text: &str) -> Result<Regex, Failure> {
    if pattern.len() > MAX_PATTERN {
        return Err(Failure::budget("a pattern that is too long"));
    }
    if repeats_a_repetition(pattern) {
        return Err(Failure::Error(format!("{pattern:?} is no pattern: a repetition of a repetition")));
    }
    let translated = translate(pattern);
    let mut size = SMALL_PROGRAM;
    loop {
        let work = size.saturating_mul(text.len());
        if work > MAX_SEARCH {
            return Err(Failure::budget("a pattern and a text that take too long to search"));
        }
        match RegexBuilder::new(&translated).size_limit(size).build() {
            Ok(pattern) => {
                call.environment.spend((size + work) / SEARCH_PER_STEP).map_err(Failure::Unknown)?;
                return Ok(pattern);
            }
            Err(regex::Error::CompiledTooBig(_)) if size < MAX_PROGRAM => size *= 4,
            Err(regex::Error::CompiledTooBig(_)) => {
                return Err(Failure::budget("a pattern that is too large"));
            }
            // RE2 gives the last group of a name.
            Err(error) if error.to_string().contains("duplicate capture group name") => {
                return Err(Failure::Unknown(Why::Unsupported("a pattern with two groups of one name".into())));
            }
            Err(error) => return Err(Failure::Error(format!("{pattern:?} is no pattern: {error}"))),
        }
    }
}

/// Whether one of `*`, `+` and `?` stands behind another, as in `a**`, where it means nothing: RE2 refuses that.
fn repeats_a_repetition(pattern: &str) -> bool {
    let mut characters = pattern.chars();
    let mut in_brackets = false;
    // Whether the last was a repetition, and whether it was made lazy.
    let (mut repeated, mut lazy) = (false, false);
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                characters.next();
            }
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            '?' if !in_brackets && repeated && !lazy => {
                lazy = true;
                continue;
            }
            '*' | '+' | '?' if !in_brackets => {
                if repeated {
                    return true;
                }
                (repeated, lazy) = (true, false);
                continue;
            }
            _ => {}
        }
        repeated = false;
    }
    false
}

/// A pattern in RE2's syntax as one in the crate's: classes are ASCII, `\Q…\E` quotes, and inside brackets
/// `[`, `&&`, `--` and `~~` mean themselves.
fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    let mut in_brackets = false;
    let mut bracket_start = false;
    while let Some(character) = rest.chars().next() {
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
        let starts = std::mem::take(&mut bracket_start);
        match character {
            '\\' => rest = escape(rest, in_brackets, &mut out),
            '[' if !in_brackets => {
                in_brackets = true;
                bracket_start = true;
                out.push('[');
                if let Some(negated) = rest.strip_prefix('^') {
                    out.push('^');
                    rest = negated;
                }
            }
            '[' if rest.starts_with(':') && rest.contains(":]") => {
                // A named class, as it is.
                let end = rest.find(":]").map_or(rest.len(), |end| end + 2);
                out.push('[');
                out.push_str(rest.get(..end).unwrap_or_default());
                rest = rest.get(end..).unwrap_or_default();
            }
            '[' => out.push_str("\\["),
            ']' if in_brackets && starts => out.push_str("\\]"),
            ']' => {
                in_brackets = false;
                out.push(']');
            }
            '&' | '~' if in_brackets => {
                out.push('\\');
                out.push(character);
            }
            '-' if in_brackets && rest.starts_with('-') => out.push_str("\\-"),
            other => out.push(other),
        }
    }
    out
}

/// Translates the escape whose backslash stands before `rest`; what follows it.
fn escape<'a>(rest: &'a str, in_brackets: bool, out: &mut String) -> &'a str {
    let Some(character) = rest.chars().next() else {
        out.push('\\');
        return rest;
    };
    let after = rest.get(character.len_utf8()..).unwrap_or_default();
    let class = match character {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        's' => "\\t\\n\\f\\r ",
        'D' => "^0-9",
        'W' => "^0-9A-Za-z_",
        'S' => "^\\t\\n\\f\\r ",
        'Q' => {
            let end = after.find("\\E").unwrap_or(after.len());
            out.push_str(&regex::escape(after.get(..end).unwrap_or_default()));
            return after.get(end + 2..).unwrap_or_default();
        }
        'b' => {
            out.push_str("(?-u:\\b)");
            return after;
        }
        '<' | '>' => {
            out.push(character);
            return after;
        }
        other => {
            out.push('\\');
            out.push(other);
            return after;
        }
    };
    if in_brackets && !class.starts_with('^') {
        out.push_str(class);
    } else {
        out.push('[');
        out.push_str(class);
        out.push(']');
    }
    after
}

/// The whole match, a tuple of the groups, or an object of the named groups.
fn captured(pattern: &Regex, found: &Captures<'_>) -> Outcome {
    let group = |index: usize| found.get(index).map_or_else(Value::null, |group| Value::text(group.as_str()));
    let names: Vec<Option<&str>> = pattern.capture_names().skip(1).collect();
    if names.is_empty() {
        return Ok(group(0));
    }
    if names.iter().all(Option::is_none) {
        return Ok(Value::tuple((1..=names.len()).map(group).collect()));
    }
    let mut entries = BTreeMap::new();
    for (index, name) in names.iter().enumerate() {
        let name = name.ok_or_else(|| Failure::error("a pattern cannot mix named and unnamed groups"))?;
        entries.insert(name, group(index + 1));
    }
    Ok(Value::object(entries.into_iter().map(|(name, value)| Entry::new(name, value)).collect()))
}

fn first(call: &Call<'_>) -> Outcome {
    let pattern = compile(call, call.str(0)?, call.str(1)?)?;
    let found = pattern.captures(call.str(1)?).ok_or_else(|| Failure::error("the pattern matches nothing"))?;
    captured(&pattern, &found)
}

fn all(call: &Call<'_>) -> Outcome {
    let text = call.str(1)?;
    let pattern = compile(call, call.str(0)?, text)?;
    let mut matches = Vec::new();
    for found in pattern.captures_iter(text) {
        spend_on_match(call, text, found.get_match().end())?;
        matches.push(captured(&pattern, &found)?);
        if matches.len() > MAX_ELEMENTS {
            return Err(Failure::budget("too many matches"));
        }
    }
    Ok(list_of(matches))
}

/// Each of many matches may have been looked for up to the end of the text.
fn spend_on_match(call: &Call<'_>, text: &str, end: usize) -> Result<(), Failure> {
    call.environment.spend((text.len() - end) / SEARCH_PER_STEP).map_err(Failure::Unknown)
}

/// In partly known text the known parts are changed, and each symbol stands for its own replacement; a match
/// that reaches from one into the other is not seen.
fn replace(call: &Call<'_>) -> Outcome {
    let (text, sought) = (call.text(0)?, call.str(1)?);
    let inner = sought.strip_prefix('/').and_then(|inner| inner.strip_suffix('/'));
    if let Some(pattern) = inner {
        let (known, by) = (call.str(0)?, call.str(2)?);
        let pattern = compile(call, pattern, known)?;
        let mut matches = 0;
        for found in pattern.find_iter(known) {
            spend_on_match(call, known, found.end())?;
            matches += 1;
        }
        bounded(matches, by)?;
        return Ok(Value::text(pattern.replace_all(known, by).into_owned()));
    }
    let by = replacement(call.argument(2)?)?;
    if sought.is_empty() {
        let (known, by) = (call.str(0)?, call.str(2)?);
        bounded(known.len() + 1, by)?;
        return Ok(Value::text(known.replace(sought, by)));
    }
    let content = text.literal_content();
    if text.is_known() && !content.contains(sought) {
        return Ok(call.argument(0)?.clone());
    }
    bounded(content.matches(sought).count(), by.literal_content())?;
    let mut builder = TextBuilder::new();
    let mut at = 0;
    for piece in text.pieces() {
        match piece {
            Piece::Literal(literal) => {
                for (index, part) in literal.split(sought).enumerate() {
                    if index > 0 {
                        builder.push_text(&by);
                        at += sought.len();
                    }
                    // Cut from the text, so that what stays keeps its place in the file.
                    match text.slice(at..at + part.len()) {
                        Some(kept) if kept.is_known() => builder.push_text(&kept),
                        _ => builder.push_str(part),
                    }
                    at += part.len();
                }
            }
            Piece::Symbol(symbol) => {
                builder.push_symbol(Symbol::new(format!("replace({}, {sought:?}, \"{by}\")", symbol.name())));
            }
        }
    }
    Ok(Value::text(builder.finish()))
}

/// What is put in: also something not known.
fn replacement(value: &Value) -> Result<Text, Failure> {
    value.to_text().ok_or_else(|| needs(value, "string"))
}

fn bounded(matches: usize, by: &str) -> Result<(), Failure> {
    if matches.saturating_mul(by.len()) > MAX_TEXT { Err(Failure::budget("a text that is too long")) } else { Ok(()) }
}
