//! Whether the operator and values of a condition are of one type, which is that of the key.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::iam::catalogue;
use crate::iam::condition::{Condition, ConditionValue, Operator, OperatorKind};
use crate::iam::glob::Token;

use super::arn::{is_account, is_region};
use super::{Check, Faults, Weight};

/// What an operator compares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Family {
    String,
    Numeric,
    Date,
    Bool,
    Binary,
    Address,
    Arn,
    Null,
}

/// What an operator compares.
pub(super) fn family(kind: OperatorKind) -> Family {
    use OperatorKind as K;
    match kind {
        K::StringEquals
        | K::StringNotEquals
        | K::StringEqualsIgnoreCase
        | K::StringNotEqualsIgnoreCase
        | K::StringLike
        | K::StringNotLike => Family::String,
        K::NumericEquals
        | K::NumericNotEquals
        | K::NumericLessThan
        | K::NumericLessThanEquals
        | K::NumericGreaterThan
        | K::NumericGreaterThanEquals => Family::Numeric,
        K::DateEquals
        | K::DateNotEquals
        | K::DateLessThan
        | K::DateLessThanEquals
        | K::DateGreaterThan
        | K::DateGreaterThanEquals => Family::Date,
        K::Bool => Family::Bool,
        K::BinaryEquals => Family::Binary,
        K::IpAddress | K::NotIpAddress => Family::Address,
        K::ArnEquals | K::ArnNotEquals | K::ArnLike | K::ArnNotLike => Family::Arn,
        K::Null => Family::Null,
    }
}

/// Operator, key and values of a condition against each other.
pub(super) fn check(condition: &Condition, faults: &mut Faults) {
    let Some(operator) = condition.operator else { return };
    if operator.kind == OperatorKind::Null && operator.if_exists {
        let message = "Null asks whether the key is there, and so takes no IfExists";
        faults.add(Check::InvalidCondition, condition.operator_span, message).coded("NULL_WITH_IF_EXISTS");
    }
    if operator.kind == OperatorKind::Null && operator.qualifier.is_some() {
        let message = "Null asks whether the key is there, and a qualifier changes nothing about that";
        let fault = faults.add(Check::InvalidCondition, condition.operator_span, message).coded("NULL_WITH_QUALIFIER");
        fault.weigh(Weight::Trifle);
    }
    let disagrees = of_key(condition, operator, faults);
    if !disagrees {
        of_values(condition, operator, faults);
    }
    wildcards(condition, operator, faults);
    known_formats(condition, operator, faults);
}

/// Whether the operator compares something else than the key holds.
fn of_key(condition: &Condition, operator: Operator, faults: &mut Faults) -> bool {
    let Some(key) = condition.key.as_str().and_then(catalogue::condition_key) else { return false };
    let kind = key.kind.strip_prefix("ArrayOf").unwrap_or(key.kind);
    let family = family(operator.kind);
    let (agrees, weight) = match (kind, family) {
        (_, Family::Null) => (true, Weight::Usual),
        // As text an address equals nothing but itself.
        ("IPAddress", family) => (family == Family::Address, Weight::Usual),
        (_, Family::Address) => (false, Weight::Usual),
        // Seconds since 1970 are numbers as well.
        ("Date", family) => (matches!(family, Family::Date | Family::Numeric), Weight::Usual),
        (_, Family::Date) => (kind != "Bool" && kind != "ARN", Weight::Usual),
        ("Numeric", family) => (family == Family::Numeric, Weight::Minor),
        ("Bool", family) => (family == Family::Bool, Weight::Minor),
        ("ARN", family) => (matches!(family, Family::Arn | Family::String), Weight::Usual),
        // The lists say String for keys of which they know nothing better.
        _ => (true, Weight::Usual),
    };
    if agrees {
        return false;
    }
    let message = format!("{} is of the type {}, and the operator compares {}", key.name, key.kind, name_of(family));
    faults.add(Check::InvalidCondition, condition.operator_span, message).coded("TYPE_MISMATCH").weigh(weight).likely();
    true
}

fn name_of(family: Family) -> &'static str {
    match family {
        Family::String => "strings",
        Family::Numeric => "numbers",
        Family::Date => "dates",
        Family::Bool => "truth values",
        Family::Binary => "bytes",
        Family::Address => "IP addresses",
        Family::Arn => "ARNs",
        Family::Null => "nothing",
    }
}

/// The text of a value, if nothing in it is unknown or varies with the request.
pub(super) fn known(value: &ConditionValue) -> Option<&str> {
    value.text.as_str().filter(|_| !value.glob.has_hole())
}

fn of_values(condition: &Condition, operator: Operator, faults: &mut Faults) {
    if condition.values.is_empty() && !condition.incomplete && operator.qualifier.is_none() {
        let message = "the condition has no values, and so matches nothing";
        let fault = faults.add(Check::ConditionNeverTrue, condition.key_span, message).coded("EMPTY_ARRAY_CONDITION");
        fault.weigh(Weight::Minor);
    }
    let (is_valid, what, code): (fn(&str) -> bool, _, _) = match family(operator.kind) {
        Family::Numeric => (|text| text.trim().parse::<f64>().is_ok(), "a number", "TYPE_MISMATCH_NUMBER"),
        Family::Date => (is_date, "a date such as 2026-01-31T00:00:00Z", "TYPE_MISMATCH_DATE"),
        Family::Bool | Family::Null => (is_bool, "true or false", "TYPE_MISMATCH_BOOLEAN"),
        Family::Address => (is_network, "an address or network such as 203.0.113.0/24", "TYPE_MISMATCH_IP_RANGE"),
        Family::Arn => (is_arn, "an ARN", "TYPE_MISMATCH"),
        Family::String | Family::Binary => return,
    };
    for value in &condition.values {
        let Some(text) = known(value) else { continue };
        if !is_valid(text) {
            faults.add(Check::InvalidCondition, value.span, format!("{text:?} is not {what}")).coded(code);
        }
    }
    if family(operator.kind) == Family::Bool && condition.has_value("true") && condition.has_value("false") {
        let fault = faults.add(Check::InvalidCondition, condition.key_span, "both true and false are asked for");
        fault.coded("INVALID_CONDITION_MULTIPLE_BOOLEAN");
    }
}

fn is_bool(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

/// A day or time of ISO 8601, or seconds since 1970. W3C, "Date and Time Formats".
pub(super) fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_number =
        |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit));
    if !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit) {
        return true;
    }
    let is_year = is_number(0..4);
    let is_month = bytes.len() == 4 || (bytes.get(4) == Some(&b'-') && is_number(5..7));
    let is_day = bytes.len() <= 7 || (bytes.get(7) == Some(&b'-') && is_number(8..10));
    let is_time = bytes.len() <= 10 || (matches!(bytes.get(10), Some(b'T' | b't')) && is_number(11..13));
    is_year && is_month && is_day && is_time
}

/// An address with or without the length of its network's prefix.
fn is_network(text: &str) -> bool {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (text, None),
    };
    let within = |most: u8| bits.is_none_or(|bits| bits.parse::<u8>().is_ok_and(|bits| bits <= most));
    (address.parse::<Ipv4Addr>().is_ok() && within(32)) || (address.parse::<Ipv6Addr>().is_ok() && within(128))
}

fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") || text.starts_with(['*', '?'])
}

/// `*` and `?` where they are characters like others.
fn wildcards(condition: &Condition, operator: Operator, faults: &mut Faults) {
    use OperatorKind::{StringEquals, StringEqualsIgnoreCase, StringNotEquals, StringNotEqualsIgnoreCase};
    let is_literal =
        matches!(operator.kind, StringEquals | StringEqualsIgnoreCase | StringNotEquals | StringNotEqualsIgnoreCase);
    if !is_literal {
        return;
    }
    for value in &condition.values {
        // `${*}` is a star that is meant as one.
        let has_star = value.glob.tokens().contains(&Token::Many);
        // A lone `?` is part of an address's query more often than a wildcard.
        let has_mark = value.glob.tokens().contains(&Token::One) && !value.text.literal_content().contains("://");
        if has_star || has_mark {
            let like = if operator.is_negated() { "StringNotLike" } else { "StringLike" };
            let wildcard = if has_star { '*' } else { '?' };
            let message = format!(
                "the {wildcard} in \"{}\" is a character like others here; {like} takes it as a wildcard",
                value.text
            );
            faults.add(Check::WildcardWithoutLike, value.span, message).coded("WILDCARD_WITHOUT_LIKE_OPERATOR");
        }
    }
}

/// A key, what its values must be, in words, and the code of AWS for it.
type Form = (&'static str, fn(&str) -> bool, &'static str, Option<&'static str>);

/// Keys of which AWS sets the form.
const FORMS: [Form; 8] = [
    ("aws:sourcevpc", |text| text.starts_with("vpc-"), "a VPC's id begins with vpc-", Some("INVALID_VPC_FORMAT")),
    (
        "aws:sourcevpce",
        |text| text.starts_with("vpce-"),
        "a VPC endpoint's id begins with vpce-",
        Some("INVALID_VPCE_FORMAT"),
    ),
    ("aws:sourceaccount", is_account, "an account's number has 12 digits", None),
    ("aws:principalaccount", is_account, "an account's number has 12 digits", None),
    ("aws:resourceaccount", is_account, "an account's number has 12 digits", None),
    ("aws:principalorgid", |text| text.starts_with("o-"), "an organization's id begins with o-", None),
    ("aws:resourceorgid", |text| text.starts_with("o-"), "an organization's id begins with o-", None),
    ("aws:requestedregion", is_region, "a region's name is such as eu-west-1", Some("INVALID_REGION")),
];

/// Values of keys of which AWS sets the form.
fn known_formats(condition: &Condition, operator: Operator, faults: &mut Faults) {
    if family(operator.kind) != Family::String {
        return;
    }
    let Some(key) = condition.key_name() else { return };
    let Some((_, is_valid, form, code)) = FORMS.into_iter().find(|(known, ..)| *known == key) else { return };
    for value in &condition.values {
        let Some(text) = known(value).filter(|_| !value.glob.has_wildcard()) else { continue };
        if !is_valid(text) {
            let message = format!("{text:?} is never the value of {}: {form}", condition.key);
            let fault = faults.add(Check::InvalidCondition, value.span, message);
            if let Some(code) = code {
                fault.coded(code);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_networks_have_forms() {
        for date in ["2026", "2026-01", "2026-01-31", "2026-01-31T10:00:00Z", "1767225600", "2026-01-31T10:00+01:00"] {
            assert!(is_date(date), "{date}");
        }
        for text in ["31.01.2026", "2026/01/31", "tomorrow", "", "2026-1-31"] {
            assert!(!is_date(text), "{text}");
        }
        for network in ["10.0.0.0/8", "203.0.113.7", "2001:db8::/32", "::"] {
            assert!(is_network(network), "{network}");
        }
        for text in ["10.0.0.0/33", "10.0.0", "10.0.0.*", "vpc-1", "2001:db8::/129"] {
            assert!(!is_network(text), "{text}");
        }
    }
}
