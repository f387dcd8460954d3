//! Regular expressions, and `replace`, which may take one. Terraform's are RE2's; the `regex` crate's differ in
//! little, which [`translate`] evens out.

use std::collections::BTreeMap;

use regex::{Captures, Regex};

use crate::value::{Entry, Piece, Symbol, Text, TextBuilder, Value};

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

fn compile(pattern: &str) -> Result<Regex, Failure> {
    Regex::new(&translate(pattern)).map_err(|error| Failure::Error(format!("{pattern:?} is no pattern: {error}")))
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
    let pattern = compile(call.str(0)?)?;
    let found = pattern.captures(call.str(1)?).ok_or_else(|| Failure::error("the pattern matches nothing"))?;
    captured(&pattern, &found)
}

fn all(call: &Call<'_>) -> Outcome {
    let pattern = compile(call.str(0)?)?;
    let mut matches = Vec::new();
    for found in pattern.captures_iter(call.str(1)?) {
        matches.push(captured(&pattern, &found)?);
        if matches.len() > MAX_ELEMENTS {
            return Err(Failure::budget("too many matches"));
        }
    }
    Ok(list_of(matches))
}

/// In partly known text the known parts are changed, and each symbol stands for its own replacement; a match
/// that reaches from one into the other is not seen.
fn replace(call: &Call<'_>) -> Outcome {
    let (text, sought) = (call.text(0)?, call.str(1)?);
    let inner = sought.strip_prefix('/').and_then(|inner| inner.strip_suffix('/'));
    if let Some(pattern) = inner {
        let (known, by) = (call.str(0)?, call.str(2)?);
        let pattern = compile(pattern)?;
        bounded(pattern.find_iter(known).count(), by)?;
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
