//! `format` and `formatlist`.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::terraform::convert::{Type, try_convert};
use crate::terraform::spread;
use crate::value::{
    Encoding, Kind, List, ListKind, Notation, Number, Piece, Symbol, Text, TextBuilder, Unknown, Value,
};

use super::call::Parameter::{Nullable, Text as Str};
use super::call::{Call, Failure, Function, Outcome, needs, wholly_known, why_of};
use super::conversion::list_of;
use super::encoding::json_view;
use super::{MAX_ELEMENTS, MAX_TEXT};

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "format" => Function::variadic(&[Str], Nullable, format),
        "formatlist" => Function::variadic(&[Str], Nullable, format_list),
        _ => return None,
    })
}

/// A padding wider than this is not computed: nobody aligns text so.
const MAX_WIDTH: usize = 4096;

/// A directive: `%-08.2f`, `%[3]s`.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "the flags of the format, each by itself")]
struct Directive {
    plus: bool,
    minus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
    argument: Option<usize>,
    verb: char,
}

/// Symbols in the format are taken to hold no directive.
fn format(call: &Call<'_>) -> Outcome {
    let arguments = call.arguments.get(1..).unwrap_or_default();
    formatted(call.text(0)?, arguments).map(Value::text)
}

fn formatted(format: &Text, arguments: &[Value]) -> Result<Text, Failure> {
    let mut builder = TextBuilder::new();
    let mut next = 0;
    let mut used = 0;
    for piece in format.pieces() {
        let mut rest = match piece {
            Piece::Literal(literal) => literal,
            Piece::Symbol(symbol) => {
                builder.push_symbol(symbol.clone());
                continue;
            }
        };
        while let Some((before, after)) = rest.split_once('%') {
            builder.push_str(before);
            if let Some(after) = after.strip_prefix('%') {
                builder.push_str("%");
                rest = after;
                continue;
            }
            let (directive, after) = parse(after)?;
            rest = after;
            if let Some(number) = directive.argument {
                next = number.checked_sub(1).ok_or_else(|| Failure::error("arguments are counted from 1"))?;
            }
            let argument = arguments.get(next);
            let argument = argument
                .ok_or_else(|| Failure::Error(format!("there is no argument {} for %{}", next + 1, directive.verb)))?;
            next += 1;
            used = used.max(next);
            write(&directive, argument, &mut builder)?;
            if builder.weight() > MAX_TEXT {
                return Err(Failure::budget("a text that is too long"));
            }
        }
        builder.push_str(rest);
    }
    if used < arguments.len() {
        return Err(Failure::Error(format!("the format uses only {used} of {} arguments", arguments.len())));
    }
    Ok(builder.finish())
}

/// Reads the directive after its `%`; what follows it.
fn parse(text: &str) -> Result<(Directive, &str), Failure> {
    let mut directive = Directive::default();
    let mut rest = text;
    while let Some(flag) = rest.chars().next() {
        match flag {
            '+' => directive.plus = true,
            '-' => directive.minus = true,
            '#' => directive.sharp = true,
            ' ' => directive.space = true,
            '0' => directive.zero = true,
            _ => break,
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    if let Some(bracket) = rest.strip_prefix('[') {
        let (number, after) = bracket.split_once(']').ok_or_else(|| Failure::error("a [ has no end"))?;
        let number = number.parse().map_err(|_| Failure::error("an argument's number is no number"))?;
        directive.argument = Some(number);
        rest = after;
    }
    (directive.width, rest) = number(rest)?;
    if let Some(after) = rest.strip_prefix('.') {
        let (precision, after) = number(after)?;
        directive.precision = Some(precision.unwrap_or(0));
        rest = after;
    }
    let verb = rest.chars().next().ok_or_else(|| Failure::error("the format ends within a directive"))?;
    directive.verb = verb;
    Ok((directive, rest.get(verb.len_utf8()..).unwrap_or_default()))
}

fn number(text: &str) -> Result<(Option<usize>, &str), Failure> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() {
        return Ok((None, rest));
    }
    match digits.parse() {
        Ok(number) if number <= MAX_WIDTH => Ok((Some(number), rest)),
        _ => Err(Failure::budget("a format that is too wide")),
    }
}

fn write(directive: &Directive, argument: &Value, out: &mut TextBuilder) -> Result<(), Failure> {
    let plain = directive.width.is_none() && directive.precision.is_none();
    let as_it_is = plain && (directive.verb == 's' || (directive.verb == 'v' && !directive.sharp));
    match &argument.kind {
        // Text goes in with its places; what is not known goes in as it is where its form does not matter.
        Kind::Text(text) if as_it_is => {
            out.push_value_text(text, argument.origin);
            return Ok(());
        }
        Kind::Unknown(unknown) if as_it_is => {
            out.push_symbol(unknown.symbol.clone());
            return Ok(());
        }
        Kind::Unknown(Unknown { symbol, .. }) => {
            out.push_symbol(Symbol::new(format!("format(%{}, {})", directive.verb, symbol.name())));
            return Ok(());
        }
        Kind::Text(text) if !text.is_known() => {
            out.push_symbol(Symbol::new(format!("format(%{}, {text})", directive.verb)));
            return Ok(());
        }
        Kind::List(_) | Kind::Map(_) if directive.verb == 'v' && plain => {
            out.push_text(&Text::encoding(json_view(argument)?, Encoding::CompactJson));
            return Ok(());
        }
        _ => {}
    }
    let printed = print(directive, argument)?;
    out.push_from(&pad(directive, printed), argument.origin);
    Ok(())
}

fn print(directive: &Directive, argument: &Value) -> Result<String, Failure> {
    match directive.verb {
        'v' if directive.sharp => json(argument),
        'v' => match &argument.kind {
            Kind::Text(_) => text(directive, argument),
            Kind::Number(number) => {
                let sign = if number.is_negative() { "-" } else { "" };
                Ok(format!("{sign}{}", number.print_size(Notation::General, None)))
            }
            _ => json(argument),
        },
        's' => text(directive, argument),
        'q' => Ok(quoted(converted(argument, &Type::String)?.as_str().unwrap_or_default())),
        't' => converted(argument, &Type::Bool).map(|value| value.as_bool().unwrap_or_default().to_string()),
        'd' | 'b' | 'o' | 'x' | 'X' => integer(directive, argument),
        'e' | 'E' | 'f' | 'g' | 'G' => float(directive, argument),
        other => Err(Failure::Error(format!("there is no directive %{other}"))),
    }
}

fn converted(argument: &Value, ty: &Type) -> Result<Value, Failure> {
    if argument.is_null() {
        return Err(Failure::error("null cannot be formatted"));
    }
    wholly_known(argument)?;
    try_convert(argument, ty).map_err(Failure::Error)
}

fn json(argument: &Value) -> Result<String, Failure> {
    wholly_known(argument)?;
    let text = Text::encoding(json_view(argument)?, Encoding::CompactJson);
    text.as_str().map(str::to_owned).ok_or_else(|| Failure::Unknown(why_of(&text)))
}

fn text(directive: &Directive, argument: &Value) -> Result<String, Failure> {
    let value = converted(argument, &Type::String)?;
    let known = value.as_str().unwrap_or_default();
    Ok(match directive.precision {
        // Terraform takes a precision of zero for none.
        None | Some(0) => known.to_owned(),
        Some(precision) => known.graphemes(true).take(precision).collect(),
    })
}

/// In double quotes, with the escapes of JSON.
fn quoted(text: &str) -> String {
    let encoded = Text::encoding(Value::text(text), Encoding::CompactJson);
    encoded.as_str().unwrap_or_default().to_owned()
}

fn number_of(argument: &Value) -> Result<Number, Failure> {
    let value = converted(argument, &Type::Number)?;
    value.as_number().cloned().ok_or_else(|| needs(&value, "number"))
}

fn integer(directive: &Directive, argument: &Value) -> Result<String, Failure> {
    let number = number_of(argument)?;
    let (base, prefix) = match directive.verb {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let digits = number.digits(base).ok_or_else(|| Failure::error("a whole number is required"))?;
    let digits = if directive.verb == 'X' { digits.to_ascii_uppercase() } else { digits };
    // Negative zero is zero here, and zero in no digits is nothing.
    let negative = number.is_negative() && !number.is_zero();
    let least = directive.precision.unwrap_or(1);
    let digits = if number.is_zero() && least == 0 { String::new() } else { digits };
    let zeros = "0".repeat(least.saturating_sub(digits.len()));
    let prefix = if directive.sharp { prefix } else { "" };
    Ok(signed(directive, negative, &format!("{prefix}{zeros}{digits}")))
}

fn float(directive: &Directive, argument: &Value) -> Result<String, Failure> {
    /// Digits behind the point where the format says nothing.
    const USUAL: usize = 6;
    let number = number_of(argument)?;
    let (notation, places) = match directive.verb {
        'e' | 'E' => (Notation::Scientific, directive.precision.or(Some(USUAL))),
        'f' => (Notation::Fixed, directive.precision.or(Some(USUAL))),
        _ => (Notation::General, directive.precision),
    };
    let printed = number.print_size(notation, places);
    let printed = if directive.verb.is_uppercase() { printed.to_ascii_uppercase() } else { printed };
    Ok(signed(directive, number.is_negative(), &printed))
}

fn signed(directive: &Directive, negative: bool, digits: &str) -> String {
    let sign = match (negative, directive.plus, directive.space) {
        (true, ..) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    };
    format!("{sign}{digits}")
}

/// Text is padded as people count characters, and with zeros wherever these stand; numbers as Go prints them.
fn pad(directive: &Directive, printed: String) -> String {
    let is_text = matches!(directive.verb, 's' | 'q' | 'v');
    let count = if is_text { printed.graphemes(true).count() } else { printed.chars().count() };
    let missing = directive.width.unwrap_or(0).saturating_sub(count);
    // Terraform does not pad truth values.
    if missing == 0 || directive.verb == 't' {
        return printed;
    }
    let whole_number = matches!(directive.verb, 'd' | 'b' | 'o' | 'x' | 'X');
    let zeros = directive.zero && (is_text || !(directive.minus || whole_number && directive.precision.is_some()));
    let padding = if zeros { "0" } else { " " }.repeat(missing);
    if directive.minus {
        return printed + &padding;
    }
    if zeros && !is_text {
        // Between the sign and the digits.
        let digits = printed.trim_start_matches(['-', '+', ' ']);
        let (sign, digits) = printed.split_at(printed.len() - digits.len());
        let (prefix, digits) = match digits.get(..2) {
            Some("0b" | "0x" | "0X") if directive.sharp && whole_number => digits.split_at(2),
            _ => ("", digits),
        };
        return format!("{sign}{prefix}{padding}{digits}");
    }
    padding + &printed
}

/// One text for each element of the lists among the arguments. Beside a known list, an unknown argument is taken to
/// be one value for all elements.
fn format_list(call: &Call<'_>) -> Outcome {
    let format = call.text(0)?;
    let arguments = call.arguments.get(1..).unwrap_or_default();
    let lists: Vec<&List> = arguments.iter().filter_map(Value::as_list).collect();
    let Some(length) = lists.first().map(|list| list.len()) else {
        if let Some(unknown) = arguments.iter().find_map(Value::as_unknown) {
            return Err(Failure::Unknown(unknown.why.clone()));
        }
        return Ok(list_of(vec![Value::text(formatted(format, arguments)?)]));
    };
    let open = lists.iter().find_map(|list| spread::opening(list));
    if let (Some(unknown), true) = (&open, lists.len() > 1) {
        return Err(Failure::Unknown(unknown.why.clone()));
    }
    if lists.iter().any(|list| list.len() != length) {
        return match lists.iter().find_map(|list| spread::in_list(list)) {
            Some(unknown) => Err(Failure::Unknown(unknown.why.clone())),
            None => Err(Failure::error("the lists must have the same length")),
        };
    }
    if length > MAX_ELEMENTS {
        return Err(Failure::budget("a list that is too long"));
    }
    let mut items = Vec::with_capacity(length);
    let mut weight = 0;
    for index in 0..length {
        let row = arguments.iter().map(|argument| match argument.as_list() {
            Some(list) => list.items().get(index).cloned().unwrap_or_else(Value::null),
            None => argument.clone(),
        });
        let row: Vec<Value> = row.collect();
        let text = formatted(format, &row)?;
        weight += text.weight();
        if weight > MAX_TEXT {
            return Err(Failure::budget("texts that are too long together"));
        }
        items.push(match row.iter().find(|item| spread::is_element(item)).and_then(Value::as_unknown) {
            // Any number of elements gives any number of texts.
            Some(unknown) => {
                let symbol = Symbol::new(format!("formatlist({text})"));
                spread::element(&Unknown { symbol, why: unknown.why.clone() }, &Value::null())
            }
            None => Value::text(text),
        });
    }
    Ok(Value::new(Kind::List(List::new(ListKind::List, items).opened_by(open)), None))
}
