//! Date and time functions. The clock itself is unknown: what it says when deploying is not what it says now.

use std::fmt::Write as _;

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::value::{Value, Why};

use super::call::Parameter::Text as Str;
use super::call::{Call, Failure, Function, Outcome};

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "formatdate" => Function::new(&[Str, Str], format_date),
        "timeadd" => Function::new(&[Str, Str], add),
        "timecmp" => Function::new(&[Str, Str], compare),
        "timestamp" | "plantimestamp" => {
            Function::new(&[], |_| Err(Failure::Unknown(Why::Runtime("the time of deployment".into()))))
        }
        _ => return None,
    })
}

/// Reads RFC 3339.
pub(super) fn parse(text: &str) -> Result<OffsetDateTime, Failure> {
    // RFC 3339 also has small letters, a space for the `T`, and a second that is one too many; Terraform has not.
    let is_strict = text.get(10..11) == Some("T") && text.get(17..19) != Some("60") && !text.contains('z');
    OffsetDateTime::parse(if is_strict { text } else { "" }, &Rfc3339)
        .map_err(|_| Failure::Error(format!("{text:?} is not a timestamp in RFC 3339 syntax")))
}

/// RFC 3339 to the second.
pub(super) fn show(at: OffsetDateTime) -> String {
    let (date, time) = (at.date(), at.time());
    let (hour, minute, second) = time.as_hms();
    let month = u8::from(date.month());
    let mut out = format!("{:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}", date.year(), date.day());
    out.push_str(&offset(at, ":", true));
    out
}

/// The distance to UTC, as `Z` where that is asked for and it is none.
fn offset(at: OffsetDateTime, separator: &str, z: bool) -> String {
    if z && at.offset().is_utc() {
        return "Z".to_owned();
    }
    let (hours, minutes, _) = at.offset().as_hms();
    let sign = if at.offset().is_negative() { '-' } else { '+' };
    format!("{sign}{:02}{separator}{:02}", hours.unsigned_abs(), minutes.unsigned_abs())
}

fn add(call: &Call<'_>) -> Outcome {
    let at = parse(call.str(0)?)?;
    let text = call.str(1)?;
    let duration = duration(text).ok_or_else(|| Failure::Error(format!("{text:?} is not a duration")))?;
    let sum = at.checked_add(duration).ok_or_else(|| Failure::budget("a year of more than four digits"))?;
    Ok(Value::text(show(sum)))
}

fn compare(call: &Call<'_>) -> Outcome {
    let order = parse(call.str(0)?)?.cmp(&parse(call.str(1)?)?);
    Ok(Value::integer(order as i64))
}

/// Signed decimal numbers with units, `-1.5h30s`, in nanoseconds: at most what 64 bits hold, as in Go.
fn duration(text: &str) -> Option<Duration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    if rest.is_empty() {
        return None;
    }
    let bound = if negative { 1 << 63 } else { (1 << 63) - 1 };
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, unit) = rest.split_at(end);
        let stop = unit.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(unit.len());
        let (unit, next) = unit.split_at(stop);
        let scale: u64 = match unit {
            "h" => 3_600_000_000_000,
            "m" => 60_000_000_000,
            "s" => 1_000_000_000,
            "ms" => 1_000_000,
            "us" | "µs" | "μs" => 1_000,
            "ns" => 1,
            _ => return None,
        };
        total = total.checked_add(nanoseconds(number, scale)?).filter(|&total| total <= bound)?;
        rest = next;
    }
    let nanoseconds = i128::from(total);
    i64::try_from(if negative { -nanoseconds } else { nanoseconds }).ok().map(Duration::nanoseconds)
}

/// A decimal number times a unit; what is below a nanosecond is cut.
fn nanoseconds(number: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let (mut part, mut divisor) = (0_u128, 1_u128);
    // More digits tell nothing of a nanosecond, even in hours.
    for digit in fraction.bytes().take(18) {
        part = part * 10 + u128::from(digit.checked_sub(b'0').filter(|digit| *digit < 10)?);
        divisor *= 10;
    }
    let part = u64::try_from(part * u128::from(unit) / divisor).ok()?;
    whole.checked_mul(unit)?.checked_add(part)
}

/// Runs of one letter are the parts of a timestamp; text in single quotes stands for itself, two of them for one.
fn format_date(call: &Call<'_>) -> Outcome {
    let (format, at) = (call.str(0)?, parse(call.str(1)?)?);
    let mut out = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            rest = quoted(rest, &mut out)?;
            continue;
        }
        let end = rest.find(|c: char| c != first).unwrap_or(rest.len());
        let (run, next) = rest.split_at(end);
        if first.is_ascii_alphabetic() {
            let part = part(run, at);
            out.push_str(&part.ok_or_else(|| Failure::Error(format!("{run:?} is not a part of a timestamp")))?);
        } else {
            out.push_str(run);
        }
        rest = next;
    }
    Ok(Value::text(out))
}

/// Copies the quoted text that `rest` starts with; what follows it.
fn quoted<'a>(rest: &'a str, out: &mut String) -> Result<&'a str, Failure> {
    // Two quotes and nothing between them stand for one, outside of a quotation too.
    if let Some(after) = rest.strip_prefix("''") {
        out.push('\'');
        return Ok(after);
    }
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character != '\'' {
            out.push(character);
        } else if characters.next_if(|&(_, next)| next == '\'').is_some() {
            out.push('\'');
        } else {
            return Ok(rest.get(at + 1..).unwrap_or_default());
        }
    }
    Err(Failure::error("a quotation has no end"))
}

fn part(run: &str, at: OffsetDateTime) -> Option<String> {
    let (hour, minute, second) = at.time().as_hms();
    let half = if hour % 12 == 0 { 12 } else { hour % 12 };
    let month = at.month().to_string();
    let weekday = at.weekday().to_string();
    let short = |name: &str| name.get(..3).unwrap_or_default().to_owned();
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = match run {
        "YYYY" => write!(out, "{:04}", at.year()),
        "YY" => write!(out, "{:02}", at.year().rem_euclid(100)),
        "MMMM" => write!(out, "{month}"),
        "MMM" => write!(out, "{}", short(&month)),
        "MM" => write!(out, "{:02}", u8::from(at.month())),
        "M" => write!(out, "{}", u8::from(at.month())),
        "DD" => write!(out, "{:02}", at.day()),
        "D" => write!(out, "{}", at.day()),
        "EEEE" => write!(out, "{weekday}"),
        "EEE" => write!(out, "{}", short(&weekday)),
        "hh" => write!(out, "{hour:02}"),
        "h" => write!(out, "{hour}"),
        "HH" => write!(out, "{half:02}"),
        "H" => write!(out, "{half}"),
        "AA" => write!(out, "{}", if hour < 12 { "AM" } else { "PM" }),
        "aa" => write!(out, "{}", if hour < 12 { "am" } else { "pm" }),
        "mm" => write!(out, "{minute:02}"),
        "m" => write!(out, "{minute}"),
        "ss" => write!(out, "{second:02}"),
        "s" => write!(out, "{second}"),
        "ZZZZZ" => write!(out, "{}", offset(at, ":", false)),
        "ZZZ" if at.offset().is_utc() => write!(out, "UTC"),
        "ZZZ" | "ZZZZ" => write!(out, "{}", offset(at, "", false)),
        "Z" => write!(out, "{}", offset(at, ":", true)),
        _ => return None,
    };
    Some(out)
}
