//! String functions.

use unicode_segmentation::UnicodeSegmentation;

use crate::terraform::alternatives::distribute;
use crate::terraform::equality::{known_end, known_start};
use crate::value::{Piece, Symbol, Text, TextBuilder, Value};

use super::MAX_TEXT;
use super::call::Parameter::{Number, Text as Str, TextList};
use super::call::{Call, Failure, Function, Outcome, why_of};
use super::conversion::list_of;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "chomp" => Function::new(&[Str], chomp),
        "endswith" => Function::new(&[Str, Str], ends_with),
        "indent" => Function::new(&[Number, Str], indent),
        "join" => Function::variadic(&[Str], TextList, join),
        "lower" => Function::new(&[Str], lower),
        "split" => Function::new(&[Str, Str], split),
        "startswith" => Function::new(&[Str, Str], starts_with),
        "strcontains" => Function::new(&[Str, Str], contains),
        "strrev" => Function::new(&[Str], reverse),
        "substr" => Function::new(&[Str, Number, Number], substring),
        "title" => Function::new(&[Str], title),
        "trim" => Function::new(&[Str, Str], trim),
        "trimprefix" => Function::new(&[Str, Str], trim_prefix),
        "trimspace" => Function::new(&[Str], trim_space),
        "trimsuffix" => Function::new(&[Str, Str], trim_suffix),
        "upper" => Function::new(&[Str], upper),
        _ => return None,
    })
}

/// The symbol of a function of a symbol.
pub(super) fn applied(function: &str, symbol: &Symbol) -> Symbol {
    Symbol::new(format!("{function}({})", symbol.name()))
}

/// A part of a text by its bytes: known text, because only its known ends are cut.
fn part(text: &Text, range: std::ops::Range<usize>) -> Outcome {
    // The offsets come from searching the literal content, so they are at characters.
    text.slice(range).map(Value::text).ok_or_else(|| Failure::error("cannot cut inside a character"))
}

fn chomp(call: &Call<'_>) -> Outcome {
    let text = call.text(0)?;
    let end = known_end(text);
    let kept = end.trim_end_matches(['\r', '\n']);
    part(text, 0..text.literal_content().len() - (end.len() - kept.len()))
}

fn trim_prefix(call: &Call<'_>) -> Outcome {
    let (text, prefix) = (call.text(0)?, call.str(1)?);
    let start = known_start(text);
    let content = text.literal_content().len();
    if start.starts_with(prefix) {
        part(text, prefix.len()..content)
    } else if text.is_known() || !prefix.starts_with(start) {
        Ok(call.argument(0)?.clone())
    } else {
        named_after_first(text, "trimprefix", prefix)
    }
}

fn trim_suffix(call: &Call<'_>) -> Outcome {
    let (text, suffix) = (call.text(0)?, call.str(1)?);
    let end = known_end(text);
    let content = text.literal_content().len();
    if end.ends_with(suffix) {
        part(text, 0..content - suffix.len())
    } else if text.is_known() || !suffix.ends_with(end) {
        Ok(call.argument(0)?.clone())
    } else {
        named_after_last(text, "trimsuffix", suffix)
    }
}

/// The text begins with a symbol that may hold what is to be cut: that symbol takes the call's name.
fn named_after_first(text: &Text, function: &str, argument: &str) -> Outcome {
    if !known_start(text).is_empty() {
        return Err(Failure::Unknown(why_of(text)));
    }
    let mut first = true;
    let rename = |symbol: &Symbol| {
        if std::mem::take(&mut first) {
            Symbol::new(format!("{function}({}, {argument:?})", symbol.name()))
        } else {
            symbol.clone()
        }
    };
    Ok(Value::text(text.map_literals(str::to_owned, rename)))
}

fn named_after_last(text: &Text, function: &str, argument: &str) -> Outcome {
    if !known_end(text).is_empty() {
        return Err(Failure::Unknown(why_of(text)));
    }
    let mut left = text.symbols().count();
    let rename = |symbol: &Symbol| {
        left = left.saturating_sub(1);
        if left == 0 { Symbol::new(format!("{function}({}, {argument:?})", symbol.name())) } else { symbol.clone() }
    };
    Ok(Value::text(text.map_literals(str::to_owned, rename)))
}

fn trim(call: &Call<'_>) -> Outcome {
    let (text, set) = (call.text(0)?, call.str(1)?);
    let set: Vec<char> = set.chars().collect();
    trim_ends(text, "trim", |c| set.contains(&c))
}

fn trim_space(call: &Call<'_>) -> Outcome {
    trim_ends(call.text(0)?, "trimspace", char::is_whitespace)
}

/// Symbols at the ends may begin or end with such characters too: they take the call's name.
fn trim_ends(text: &Text, function: &str, cut: impl Fn(char) -> bool) -> Outcome {
    let content = text.literal_content();
    if text.is_known() {
        let start = content.len() - content.trim_start_matches(&cut).len();
        let end = content.trim_end_matches(&cut).len().max(start);
        return part(text, start..end);
    }
    let last = text.pieces().count().saturating_sub(1);
    let mut builder = TextBuilder::new();
    for (index, piece) in text.pieces().enumerate() {
        match piece {
            Piece::Literal(literal) => {
                let literal = if index == 0 { literal.trim_start_matches(&cut) } else { literal };
                builder.push_str(if index == last { literal.trim_end_matches(&cut) } else { literal });
            }
            Piece::Symbol(symbol) if index == 0 || index == last => builder.push_symbol(applied(function, symbol)),
            Piece::Symbol(symbol) => builder.push_symbol(symbol.clone()),
        }
    }
    Ok(Value::text(builder.finish()))
}

fn starts_with(call: &Call<'_>) -> Outcome {
    let (text, prefix) = (call.text(0)?, call.str(1)?);
    let start = known_start(text);
    if start.starts_with(prefix) {
        Ok(Value::bool(true))
    } else if text.is_known() || !prefix.starts_with(start) {
        Ok(Value::bool(false))
    } else {
        Err(Failure::Unknown(why_of(text)))
    }
}

fn ends_with(call: &Call<'_>) -> Outcome {
    let (text, suffix) = (call.text(0)?, call.str(1)?);
    let end = known_end(text);
    if end.ends_with(suffix) {
        Ok(Value::bool(true))
    } else if text.is_known() || !suffix.ends_with(end) {
        Ok(Value::bool(false))
    } else {
        Err(Failure::Unknown(why_of(text)))
    }
}

fn contains(call: &Call<'_>) -> Outcome {
    let (text, part) = (call.text(0)?, call.str(1)?);
    let found = text.pieces().any(|piece| matches!(piece, Piece::Literal(literal) if literal.contains(part)));
    if found || text.is_known() {
        Ok(Value::bool(found || part.is_empty()))
    } else {
        Err(Failure::Unknown(why_of(text)))
    }
}

fn indent(call: &Call<'_>) -> Outcome {
    let text = call.text(1)?;
    let spaces = usize::try_from(call.integer(0)?).map_err(|_| Failure::error("cannot indent by less than 0"))?;
    let lines = text.literal_content().matches('\n').count();
    if spaces.saturating_mul(lines) > MAX_TEXT {
        return Err(Failure::budget("a text that is too long"));
    }
    let newline = format!("\n{}", " ".repeat(spaces));
    let symbol = |symbol: &Symbol| Symbol::new(format!("indent({spaces}, {})", symbol.name()));
    Ok(Value::text(text.map_literals(|literal| literal.replace('\n', &newline), symbol)))
}

fn lower(call: &Call<'_>) -> Outcome {
    let symbol = |symbol: &Symbol| applied("lower", symbol);
    Ok(Value::text(call.text(0)?.map_literals(|literal| literal.chars().map(lower_case).collect(), symbol)))
}

fn upper(call: &Call<'_>) -> Outcome {
    let symbol = |symbol: &Symbol| applied("upper", symbol);
    Ok(Value::text(call.text(0)?.map_literals(|literal| literal.chars().map(upper_case).collect(), symbol)))
}

/// One character for one, as Terraform has it: `ß` stays.
fn lower_case(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(only), None) => only,
        // The one character whose lower case is several.
        _ if character == 'İ' => 'i',
        _ => character,
    }
}

fn upper_case(character: char) -> char {
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(only), None) => only,
        // Greek letters with a iota below, whose upper case has it beside.
        _ => match u32::from(character) {
            code @ (0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7) => char::from_u32(code + 8),
            code @ (0x1fb3 | 0x1fc3 | 0x1ff3) => char::from_u32(code + 9),
            _ => None,
        }
        .unwrap_or(character),
    }
}

/// The case of a first letter: that of digraphs is between the two, and Georgian has none.
fn title_case(character: char) -> char {
    match character {
        'Ǆ'..='ǆ' => 'ǅ',
        'Ǉ'..='ǉ' => 'ǈ',
        'Ǌ'..='ǌ' => 'ǋ',
        'Ǳ'..='ǳ' => 'ǲ',
        'ა'..='ჿ' => character,
        _ => upper_case(character),
    }
}

fn title(call: &Call<'_>) -> Outcome {
    let mut inside = false;
    let text = call.str(0)?;
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if inside {
            out.push(character);
        } else {
            out.push(title_case(character));
        }
        // Beyond ASCII only white space parts words.
        let parts = if character.is_ascii() { character != '_' } else { character.is_whitespace() };
        inside = character.is_alphanumeric() || !parts;
    }
    Ok(Value::text(out))
}

fn reverse(call: &Call<'_>) -> Outcome {
    Ok(Value::text(call.str(0)?.graphemes(true).rev().collect::<String>()))
}

fn substring(call: &Call<'_>) -> Outcome {
    let text = call.text(0)?;
    let (offset, length) = (call.integer(1)?, call.integer(2)?);
    let content = text.literal_content();
    if !text.is_known() {
        // The beginning is certain when it is known far enough.
        let start = known_start(text);
        let count = start.graphemes(true).count();
        let (Ok(offset), Ok(length)) = (usize::try_from(offset), usize::try_from(length)) else {
            return Err(Failure::Unknown(why_of(text)));
        };
        if offset.saturating_add(length) > count {
            return Err(Failure::Unknown(why_of(text)));
        }
    }
    let total = i64::try_from(content.graphemes(true).count()).unwrap_or(i64::MAX);
    // From the end on, no length is all that is left: so Terraform has it.
    let to_end = length < 0 || (offset < 0 && length == 0);
    let offset = if offset < 0 { total.saturating_add(offset).max(0) } else { offset };
    let end = if to_end { total } else { offset.saturating_add(length).min(total) };
    let byte = |character: i64| {
        let character = usize::try_from(character).unwrap_or(usize::MAX);
        content.grapheme_indices(true).nth(character).map_or(content.len(), |(byte, _)| byte)
    };
    let (start, end) = (byte(offset), byte(end.max(offset)));
    // Without the symbols that stand at the cuts: they are not part of it.
    Ok(Value::text(content.get(start..end).unwrap_or_default()))
}

fn join(call: &Call<'_>) -> Outcome {
    let separator = call.text(0)?.clone();
    let mut items = Vec::new();
    for index in 1..call.arguments.len() {
        match call.argument(index)?.as_list() {
            Some(list) => {
                if let Some(unknown) = list.open() {
                    return Err(Failure::Unknown(unknown.why.clone()));
                }
                items.extend(list.iter().cloned());
            }
            None => items.push(call.argument(index)?.clone()),
        }
    }
    if call.arguments.len() < 2 {
        return Err(Failure::error("at least one list is required"));
    }
    if items.iter().any(Value::is_null) {
        return Err(Failure::error("cannot join null"));
    }
    let alternatives: usize = items.iter().map(|item| item.alternatives().len()).fold(1, usize::saturating_mul);
    if alternatives > 1 && alternatives <= crate::value::MAX_ALTERNATIVES {
        let name = |items: &[Value]| Symbol::new(Value::tuple(items.to_vec()).canonical());
        return Ok(distribute(items, &name, |items| Value::text(joined(&separator, &items))));
    }
    let weight = items.iter().filter_map(Value::as_text).map(Text::weight).fold(0, usize::saturating_add);
    if weight.saturating_add(separator.weight().saturating_mul(items.len())) > MAX_TEXT {
        return Err(Failure::budget("a text that is too long"));
    }
    Ok(Value::text(joined(&separator, &items)))
}

fn joined(separator: &Text, items: &[Value]) -> Text {
    let mut builder = TextBuilder::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            builder.push_text(separator);
        }
        if let Some(text) = item.to_text() {
            builder.push_value_text(&text, item.origin);
        }
    }
    builder.finish()
}

/// Splits what is known. A symbol is taken not to contain the separator: the known parts around it are then in
/// the right order, and code splits such text only where it knows its shape (`split(":", arn)`). Text that is
/// one symbol alone has no shape and stays unknown.
fn split(call: &Call<'_>) -> Outcome {
    let (separator, text) = (call.str(0)?, call.text(1)?);
    if text.as_symbol().is_some() {
        return Err(Failure::Unknown(why_of(text)));
    }
    if text.is_empty() {
        return Ok(list_of(if separator.is_empty() { Vec::new() } else { vec![Value::text("")] }));
    }
    if separator.is_empty() {
        let text = call.str(1)?;
        let characters: Vec<Value> = text.chars().map(|c| Value::text(c.to_string())).collect();
        if characters.len() > super::MAX_ELEMENTS {
            return Err(Failure::budget("a list that is too long"));
        }
        return Ok(list_of(characters));
    }
    let mut parts = Vec::new();
    if let Some(known) = text.as_str() {
        let mut start = 0;
        for piece in known.split(separator).take(super::MAX_ELEMENTS + 1) {
            parts.push(part(text, start..start + piece.len())?);
            start += piece.len() + separator.len();
        }
        if parts.len() > super::MAX_ELEMENTS {
            return Err(Failure::budget("a list that is too long"));
        }
        return Ok(list_of(parts));
    }
    let mut current = TextBuilder::new();
    for piece in text.pieces() {
        match piece {
            Piece::Symbol(symbol) => current.push_symbol(symbol.clone()),
            Piece::Literal(literal) => {
                for (index, part) in literal.split(separator).enumerate() {
                    if index > 0 {
                        parts.push(Value::text(std::mem::take(&mut current).finish()));
                    }
                    current.push_str(part);
                }
            }
        }
        if parts.len() > super::MAX_ELEMENTS {
            return Err(Failure::budget("a list that is too long"));
        }
    }
    parts.push(Value::text(current.finish()));
    Ok(list_of(parts))
}
