//! What one condition of a statement comes to: always, never, or otherwise than its qualifier looks.

use std::net::Ipv4Addr;

use crate::iam::catalogue;
use crate::iam::condition::{Condition, Operator, OperatorKind, Qualifier};
use crate::iam::document::{Effect, PrincipalKind, Statement};

use super::values::{Family, family, known};
use super::{Check, Faults, Weight};

/// Keys that every request has that a signed-in principal makes.
const ALWAYS_PRESENT: [&str; 9] = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principaltype",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:useragent",
    "aws:userid",
];

/// Keys with several values that say who asks, or how: without them nothing is known of the caller.
const OF_CALLER: [&str; 4] =
    ["aws:principalorgpaths", "aws:sourceorgpaths", "aws:calledvia", "aws:principalservicenameslist"];

/// Keys that requests of AWS's services do not carry, which have no organization and no second factor. AWS IAM User
/// Guide, "AWS global condition context keys", availability of each key.
const NOT_OF_SERVICES: [&str; 8] = [
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:multifactorauthpresent",
    "aws:multifactorauthage",
    "aws:userid",
    "aws:username",
];

/// What is wrong with one condition of a statement.
pub(super) fn check(statement: &Statement, condition: &Condition, faults: &mut Faults) {
    let (Some(operator), Some(key)) = (condition.operator, condition.key_name()) else { return };
    qualifier(statement, condition, operator, &key, faults);
    if condition.incomplete {
        return;
    }
    always(statement, condition, operator, &key, faults);
    addresses(statement, condition, operator, &key, faults);
    of_service_principals(statement, condition, operator, &key, faults);
    dates(statement, condition, operator, &key, faults);
}

/// A condition that kills a statement: the grant never works, or the Deny never protects.
pub(super) fn weight_of_dead(statement: &Statement) -> Weight {
    if statement.effect == Effect::Deny { Weight::Worse } else { Weight::Usual }
}

fn qualifier(statement: &Statement, condition: &Condition, operator: Operator, key: &str, faults: &mut Faults) {
    if operator.kind == OperatorKind::Null {
        return;
    }
    let Some(listed) = catalogue::condition_key(key) else { return };
    let span = condition.operator_span;
    let name = &condition.key;
    match (operator.qualifier, listed.is_multivalued()) {
        (None, true) => {
            let message = format!("requests may have several values of {name}; say ForAnyValue or ForAllValues");
            faults.add(Check::Qualifier, span, message).coded("MISSING_QUALIFIER").likely();
        }
        (Some(Qualifier::ForAllValues), false) => {
            let consequence = if statement.effect == Effect::Deny { "it also denies" } else { "it also allows" };
            let message = format!("{name} has one value, and with ForAllValues {consequence} requests without the key");
            let fault =
                faults.add(Check::Qualifier, span, message).coded("FORALLVALUES_WITH_SINGLE_VALUED_KEY").likely();
            if ALWAYS_PRESENT.contains(&key) || has_null_check(statement, key) {
                fault.weigh(Weight::Minor);
            }
        }
        (Some(Qualifier::ForAnyValue), false) => {
            let message = format!("{name} has one value, and ForAnyValue is needless");
            faults.add(Check::Qualifier, span, message).weigh(Weight::Trifle).likely();
        }
        (Some(Qualifier::ForAllValues), true)
            if statement.effect == Effect::Allow && !has_null_check(statement, key) =>
        {
            let message =
                format!("with ForAllValues, requests without {name} are allowed as well; Null asks for the key");
            let weight = if OF_CALLER.contains(&key) { Weight::Usual } else { Weight::Trifle };
            faults.add(Check::Qualifier, span, message).weigh(weight);
        }
        _ => {}
    }
}

/// Whether a statement asks for the key to be there.
fn has_null_check(statement: &Statement, key: &str) -> bool {
    statement.conditions.iter().any(|condition| condition.has_key(key) && condition.holds_without_key() == Some(false))
}

/// Conditions that no request fails.
fn always(statement: &Statement, condition: &Condition, operator: Operator, key: &str, faults: &mut Faults) {
    let present = ALWAYS_PRESENT.contains(&key);
    let missing_is_fine = present || condition.holds_without_key() == Some(true);
    let why = match operator.kind {
        OperatorKind::StringLike | OperatorKind::ArnLike | OperatorKind::ArnEquals
            if missing_is_fine && condition.values.iter().any(|value| value.glob.is_everything()) =>
        {
            "every value matches *"
        }
        OperatorKind::IpAddress if key == "aws:sourceip" && covers_internet(condition) => "every address is in it",
        OperatorKind::Null if present && condition.has_value("false") && !condition.has_value("true") => {
            "every request has the key"
        }
        OperatorKind::NotIpAddress
            if key == "aws:sourceip" && all_addresses(condition, is_private) && !condition.values.is_empty() =>
        {
            let message = "addresses of requests are public, so that they are never in this private network";
            let fault = faults.add(Check::ConditionAlwaysTrue, condition.key_span, message);
            fault.coded("PRIVATE_NOT_IP_ADDRESS");
            return;
        }
        _ => return,
    };
    // A Deny that always holds is a Deny without that condition; what it takes away is seen.
    let consequence = if statement.effect == Effect::Deny { "denies whatever it is" } else { "restricts nothing" };
    let message = format!("the condition on {} {consequence}: {why}", condition.key);
    let fault = faults.add(Check::ConditionAlwaysTrue, condition.key_span, message);
    if statement.effect == Effect::Deny {
        fault.weigh(Weight::Minor);
    }
}

/// The values as IPv4 networks; of other values nothing is known.
fn all_addresses(condition: &Condition, is: fn(Ipv4Addr) -> bool) -> bool {
    condition.values.iter().all(|value| known(value).and_then(first_address).is_some_and(is))
}

fn first_address(text: &str) -> Option<Ipv4Addr> {
    text.split('/').next()?.parse().ok()
}

/// Addresses that are not routed on the internet: RFC 1918 and the shared space of RFC 6598.
fn is_private(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_private() || (first == 100 && (64..128).contains(&second))
}

/// Whether one of the networks, or two halves, are the whole internet.
fn covers_internet(condition: &Condition) -> bool {
    let has = |network: &str| condition.values.iter().any(|value| value.text.as_str() == Some(network));
    has("0.0.0.0/0") || (has("0.0.0.0/1") && has("128.0.0.0/1"))
}

/// Private networks in `aws:SourceIp`, which only holds public addresses: a request from within a VPC through an endpoint
/// carries `aws:VpcSourceIp` instead.
fn addresses(statement: &Statement, condition: &Condition, operator: Operator, key: &str, faults: &mut Faults) {
    if key != "aws:sourceip" || condition.values.is_empty() {
        return;
    }
    let private = |value: &&crate::iam::ConditionValue| known(value).and_then(first_address).is_some_and(is_private);
    let some = condition.values.iter().find(private);
    match (operator.kind, some) {
        (OperatorKind::IpAddress, Some(_)) if all_addresses(condition, is_private) => {
            let message = "addresses of requests are public, and never in this private network; \
                           within a VPC the key is aws:VpcSourceIp";
            let fault = faults.add(Check::ConditionNeverTrue, condition.key_span, message).coded("PRIVATE_IP_ADDRESS");
            fault.weigh(weight_of_dead(statement));
        }
        (OperatorKind::IpAddress | OperatorKind::NotIpAddress, Some(value))
            if !all_addresses(condition, is_private) =>
        {
            let message = format!("{} is a private network, and aws:SourceIp is never in it", value.text);
            let fault = faults.add(Check::ConditionNeverTrue, value.span, message).coded("PRIVATE_IP_ADDRESS_SUBSET");
            fault.weigh(Weight::Trifle);
        }
        _ => {}
    }
}

/// Keys that no request of an AWS service carries, where only services are named.
fn of_service_principals(
    statement: &Statement,
    condition: &Condition,
    operator: Operator,
    key: &str,
    faults: &mut Faults,
) {
    let Some(principals) = statement.principals.as_ref().filter(|principals| !principals.negated) else { return };
    let only_services = !principals.incomplete
        && !principals.items.is_empty()
        && principals.items.iter().all(|principal| principal.kind == PrincipalKind::Service);
    let asks = operator.kind != OperatorKind::Null && condition.holds_without_key() == Some(false);
    if only_services && asks && NOT_OF_SERVICES.contains(&key) {
        let message =
            format!("requests of a service do not carry {}, so that the statement never applies", condition.key);
        let fault = faults.add(Check::ConditionNeverTrue, condition.key_span, message);
        fault.coded("UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL").weigh(weight_of_dead(statement));
    }
}

/// Dates that have passed on the day of the catalogue, and so have passed for good.
fn dates(statement: &Statement, condition: &Condition, operator: Operator, key: &str, faults: &mut Faults) {
    use OperatorKind as K;
    if !matches!(key, "aws:currenttime" | "aws:epochtime")
        || !matches!(family(operator.kind), Family::Date | Family::Numeric)
    {
        return;
    }
    let [value] = condition.values.as_slice() else { return };
    let Some(date) = known(value).filter(|text| has_passed(text)) else { return };
    let denies = statement.effect == Effect::Deny;
    match operator.kind {
        K::DateLessThan | K::DateLessThanEquals | K::NumericLessThan | K::NumericLessThanEquals => {
            let consequence = if denies { "what it denied is denied no more" } else { "what it allowed is over" };
            let fault = faults.add(Check::ExpiredDate, value.span, format!("{date} has passed: {consequence}"));
            if denies {
                fault.weigh(Weight::Worse);
            }
        }
        K::DateGreaterThan | K::DateGreaterThanEquals | K::NumericGreaterThan | K::NumericGreaterThanEquals => {
            // The beginning of a window has passed when the window is open.
            let has_end = statement.conditions.iter().any(|other| {
                (other.has_key("aws:CurrentTime") || other.has_key("aws:EpochTime"))
                    && other.operator.is_some_and(|other| other.kind != operator.kind)
            });
            if !denies && !has_end {
                let message = format!("{date} has passed, so that the condition restricts nothing any more");
                faults.add(Check::ConditionAlwaysTrue, value.span, message).weigh(Weight::Minor);
            }
        }
        _ => {}
    }
}

/// Whether a date lies before the day of the catalogue. The year and month are enough to tell.
fn has_passed(text: &str) -> bool {
    if !super::values::is_date(text) {
        return false;
    }
    let today = catalogue::date();
    if text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() > 4 {
        // Seconds since 1970, compared by a lower bound of the catalogue's day.
        const SECONDS_A_YEAR: u64 = 31_556_952;
        let year = today.get(..4).and_then(|year| year.parse::<u64>().ok());
        let seconds = text.parse::<u64>().ok();
        return matches!((year, seconds), (Some(year), Some(seconds)) if seconds < year.saturating_sub(1970) * SECONDS_A_YEAR);
    }
    let day = text.get(..text.len().min(10)).unwrap_or(text);
    day < today.get(..day.len()).unwrap_or(today)
}
