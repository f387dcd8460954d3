//! Whether a condition holds for a request.
//!
//! Source: AWS IAM User Guide, "IAM JSON policy elements: Condition operators", "Condition context keys with multiple
//! values" and "IAM JSON policy elements: Condition".

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use time::format_description::well_known::Iso8601;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime};

use crate::iam::{Condition, ConditionValue, Operator, OperatorKind, Qualifier, Variables};

use super::pattern::{Resolved, Wildcards};
use super::resource::{is_arn, matches_arn};
use super::{Context, Truth};

/// Whether the condition holds.
pub(in crate::iam) fn holds(condition: &Condition, variables: Variables, context: &Context) -> Truth {
    let (Some(operator), Some(key)) = (condition.operator, condition.key_name()) else { return Truth::Unknown };
    let truth = known(condition, operator, &key, variables, context);
    // Where it is not even certain that there is a condition, it can only be known to hold.
    if condition.possible && truth != Truth::Yes { Truth::Unknown } else { truth }
}

fn known(condition: &Condition, operator: Operator, key: &str, variables: Variables, context: &Context) -> Truth {
    let given = context.get(key);
    if operator.kind == OperatorKind::Null {
        // A list of nothing, or of empty text alone, is AWS's "null dataset".
        let is_null = given.is_none_or(|given| given.is_multivalued && given.values.iter().all(String::is_empty));
        let asked = condition.values.iter().map(|value| match value.text.as_str() {
            Some(text) => Truth::from(parse_bool(text) == Some(is_null)),
            None => Truth::Unknown,
        });
        return Truth::any(asked.chain(condition.incomplete.then_some(Truth::Unknown)));
    }
    let matches_one = |given: &str| {
        let tested = condition.values.iter().map(|value| compare(operator, value, given, variables, context));
        let open = condition.incomplete.then_some(Truth::Unknown);
        if operator.is_negated() {
            // None of the values may match; one that cannot be compared fails them all.
            Truth::all(tested.map(|truth| truth.map_or(Truth::No, |truth| !truth)).chain(open))
        } else {
            Truth::any(tested.map(|truth| truth.unwrap_or(Truth::No)).chain(open))
        }
    };
    match (operator.qualifier, given) {
        // "For all values … also returns true if there are no context keys in the request, or if the context key value
        // resolves to a null dataset, such as an empty string."
        (Some(Qualifier::ForAllValues), given) => {
            let values = given.map(|given| given.values.as_slice()).unwrap_or_default();
            Truth::all(values.iter().filter(|value| !value.is_empty()).map(|value| matches_one(value)))
        }
        // "For no matching context key or a null dataset, the condition returns false."
        (Some(Qualifier::ForAnyValue), given) => {
            let values = given.map(|given| given.values.as_slice()).unwrap_or_default();
            Truth::any(values.iter().filter(|value| !value.is_empty()).map(|value| matches_one(value)))
        }
        (None, None) => Truth::from(operator.if_exists || operator.is_negated()),
        // Several values ask for a qualifier.
        (None, Some(given)) if given.is_multivalued => Truth::No,
        (None, Some(given)) => given.values.first().map_or(Truth::No, |value| matches_one(value)),
    }
}

/// Whether a value of the policy matches a value of the request, before negation. `None` where they cannot be
/// compared: one of them is not what the operator compares.
fn compare(
    operator: Operator,
    value: &ConditionValue,
    given: &str,
    variables: Variables,
    context: &Context,
) -> Option<Truth> {
    use OperatorKind as Kind;
    let resolve = |wildcards| Resolved::new(&value.text, variables, wildcards, context);
    // "The value is effectively null. There is no equal or like value." Inverted operators "do match against a null
    // value".
    let matches = |wildcards, given: &str| resolve(wildcards).map_or(Truth::No, |resolved| resolved.matches(given));
    // What is unknown in a value of another type than text may be any value.
    let plain = || value.text.as_str();
    let or_unknown = |truth: Option<bool>| match (value.text.is_known(), truth) {
        (false, _) => Some(Truth::Unknown),
        (true, truth) => truth.map(Truth::from),
    };
    match operator.kind {
        Kind::StringEquals | Kind::StringNotEquals => Some(matches(Wildcards::Literal, given)),
        Kind::StringEqualsIgnoreCase | Kind::StringNotEqualsIgnoreCase => {
            let lower: String = given.chars().map(|letter| letter.to_lowercase().next().unwrap_or(letter)).collect();
            Some(resolve(Wildcards::Literal).map_or(Truth::No, |resolved| resolved.to_lowercase().matches(&lower)))
        }
        Kind::StringLike | Kind::StringNotLike => Some(matches(Wildcards::Match, given)),
        Kind::ArnEquals | Kind::ArnLike | Kind::ArnNotEquals | Kind::ArnNotLike => {
            let resolved = resolve(Wildcards::Match);
            resolved.map_or_else(|| is_arn(given).then_some(Truth::No), |resolved| matches_arn(&resolved, given))
        }
        Kind::Bool => {
            let resolved = resolve(Wildcards::Literal)?;
            match resolved.as_text() {
                Some(text) => Some(Truth::from(parse_bool(&text)? == parse_bool(given)?)),
                None => Some(Truth::Unknown),
            }
        }
        Kind::BinaryEquals => {
            let decode = |text: &str| STANDARD.decode(text).ok();
            or_unknown(plain().and_then(|own| Some(decode(own)? == decode(given)?)))
        }
        Kind::IpAddress | Kind::NotIpAddress => {
            or_unknown(plain().and_then(|own| Some(Network::parse(own)?.contains(given.parse().ok()?))))
        }
        Kind::NumericEquals
        | Kind::NumericNotEquals
        | Kind::NumericLessThan
        | Kind::NumericLessThanEquals
        | Kind::NumericGreaterThan
        | Kind::NumericGreaterThanEquals => or_unknown(plain().and_then(|own| {
            let order = parse_number(given)?.partial_cmp(&parse_number(own)?)?;
            Some(is_in_order(operator.kind, order))
        })),
        Kind::DateEquals
        | Kind::DateNotEquals
        | Kind::DateLessThan
        | Kind::DateLessThanEquals
        | Kind::DateGreaterThan
        | Kind::DateGreaterThanEquals => or_unknown(
            plain().and_then(|own| Some(is_in_order(operator.kind, parse_date(given)?.cmp(&parse_date(own)?)))),
        ),
        Kind::Null => None,
    }
}

/// Whether the request's value stands to the policy's as the operator asks, before negation.
fn is_in_order(kind: OperatorKind, order: std::cmp::Ordering) -> bool {
    use OperatorKind as Kind;
    match kind {
        Kind::NumericLessThan | Kind::DateLessThan => order.is_lt(),
        Kind::NumericLessThanEquals | Kind::DateLessThanEquals => order.is_le(),
        Kind::NumericGreaterThan | Kind::DateGreaterThan => order.is_gt(),
        Kind::NumericGreaterThanEquals | Kind::DateGreaterThanEquals => order.is_ge(),
        _ => order.is_eq(),
    }
}

fn parse_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// An integer or a decimal number; nothing else that looks like one.
pub(in crate::iam) fn parse_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_decimal = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_decimal.then(|| text.parse().ok()).flatten()
}

/// Seconds since 1970 and their fraction in nanoseconds: an ISO 8601 date as the W3C profiles it, or epoch seconds.
pub(in crate::iam) fn parse_date(text: &str) -> Option<i128> {
    const NANOSECONDS: i128 = 1_000_000_000;
    // Four digits are a year.
    if text.len() != 4 && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(i128::from(text.parse::<u64>().ok()?) * NANOSECONDS);
    }
    if let Ok(moment) = OffsetDateTime::parse(text, &Iso8601::DEFAULT) {
        return Some(moment.unix_timestamp_nanos());
    }
    if let Ok(moment) = PrimitiveDateTime::parse(text, &Iso8601::DEFAULT) {
        return Some(moment.assume_utc().unix_timestamp_nanos());
    }
    let mut parts = text.split('-');
    let mut next = |length: usize| parts.next().filter(|part| part.len() == length);
    let year = next(4)?.parse().ok()?;
    let month = next(2).map_or(Some(1u8), |month| month.parse().ok())?;
    let day = next(2).map_or(Some(1u8), |day| day.parse().ok())?;
    if parts.next().is_some() {
        return None;
    }
    let date = Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()?;
    Some(date.midnight().assume_utc().unix_timestamp_nanos())
}

/// Addresses that begin alike.
#[derive(Clone, Copy, Debug)]
pub(in crate::iam) struct Network {
    start: IpAddr,
    bits: u32,
}

impl Network {
    /// Reads `10.0.0.0/8`, `2001:db8::/32`, or a single address.
    pub(in crate::iam) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let start: IpAddr = address.parse().ok()?;
        let width = if start.is_ipv4() { Ipv4Addr::BITS } else { Ipv6Addr::BITS };
        let bits = bits.unwrap_or(width);
        (bits <= width).then_some(Self { start, bits })
    }

    /// The first address, and the one after the last: where the network begins and where it has ended.
    pub(in crate::iam) fn first_and_next(&self) -> [Option<IpAddr>; 2] {
        match self.start {
            IpAddr::V4(start) => {
                let host = u32::MAX.checked_shr(self.bits).unwrap_or(0);
                let first = start.to_bits() & !host;
                let next = (first | host).checked_add(1);
                [Some(Ipv4Addr::from_bits(first).into()), next.map(|next| Ipv4Addr::from_bits(next).into())]
            }
            IpAddr::V6(start) => {
                let host = u128::MAX.checked_shr(self.bits).unwrap_or(0);
                let first = start.to_bits() & !host;
                let next = (first | host).checked_add(1);
                [Some(Ipv6Addr::from_bits(first).into()), next.map(|next| Ipv6Addr::from_bits(next).into())]
            }
        }
    }

    pub(in crate::iam) fn contains(&self, address: IpAddr) -> bool {
        match (self.start, address) {
            (IpAddr::V4(start), IpAddr::V4(address)) => {
                let differ = start.to_bits() ^ address.to_bits();
                differ.checked_shr(Ipv4Addr::BITS - self.bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(start), IpAddr::V6(address)) => {
                let differ = start.to_bits() ^ address.to_bits();
                differ.checked_shr(Ipv6Addr::BITS - self.bits).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}
