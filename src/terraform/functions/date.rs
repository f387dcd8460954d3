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
    // RFC 3339 also has small letters; Terraform has not.
    let in_capitals = if text.contains(['t', 'z']) { "" } else { text };
    OffsetDateTime::parse(in_capitals, &Rfc3339)
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
    let sum = at.checked_add(duration).ok_or_else(|| Failure::error("the result is out of range"))?;
    Ok(Value::text(show(sum)))
}

fn compare(call: &Call<'_>) -> Outcome {
    let order = parse(call.str(0)?)?.cmp(&parse(call.str(1)?)?);
    Ok(Value::integer(order as i64))
}

/// Signed decimal numbers with units: `-1.5h30s`.
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
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, unit) = rest.split_at(end);
        let stop = unit.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(unit.len());
        let (unit, next) = unit.split_at(stop);
        let scale = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" | "μs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * scale;
        rest = next;
    }
    Duration::checked_seconds_f64(if negative { -seconds } else { seconds })
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
