//! What is recorded and watched, and who is told.

use crate::baseline::Datum;
use crate::model::kinds::{budget, detector, event_rule, trail};
use crate::model::{Resource, Setting, texts};
use crate::source::Span;
use crate::value::{Value, json};

use super::super::reading::{Reading, Spot, own};
use super::super::relation::Have;
use super::super::world::{Found, World};
use super::reasoned;

/// The source of GuardDuty's events.
const GUARDDUTY: &str = "aws.guardduty";

fn text(text: impl Into<String>) -> Have {
    Have::Value(Some(Datum::Text(text.into())))
}

/// Which management events a trail records: `All`, or which of them.
pub(in super::super) fn management_events<'w>(_: &World<'w>, found: Found<'w>, _: &Datum) -> Reading<'w> {
    let trail = found.resource;
    let basic = trail.setting(&trail::EVENT_SELECTORS);
    let advanced = trail.setting(&trail::ADVANCED_EVENT_SELECTORS);
    // A dynamic block over nothing makes no selectors.
    let is_there = |setting: &Setting| setting.explicit && setting.is_given() != Ok(false);
    let is_advanced = is_there(&advanced) && !is_there(&basic);
    let (setting, have) = match (is_there(&basic), is_there(&advanced)) {
        // A trail without selectors records all management events.
        (false, false) => (basic, text("All")),
        (true, _) => {
            let have = by_selectors(trail);
            (basic, have)
        }
        (false, true) => {
            let have = by_advanced_selectors(trail);
            (advanced, have)
        }
    };
    let attribute = if is_advanced { &trail::ADVANCED_EVENT_SELECTORS } else { &trail::EVENT_SELECTORS };
    reasoned(found, &super::spelled(found, attribute), have, setting.span)
}

fn by_selectors(trail: &Resource) -> Have {
    let (mut reads, mut writes, mut left_out) = (false, false, Vec::new());
    for selector in trail.blocks(&trail::EVENT_SELECTORS) {
        let included = trail.setting_in(&selector, &trail::MANAGEMENT_EVENTS).as_bool();
        let which = trail.setting_in(&selector, &trail::READ_WRITE_TYPE).as_str();
        match (included, which) {
            (Err(why), _) | (_, Err(why)) => return Have::Unknown(why.to_string()),
            (Ok(false), _) => continue,
            (Ok(true), Ok(which)) => {
                let which = which.unwrap_or_default();
                reads |= which != "WriteOnly";
                writes |= which != "ReadOnly";
            }
        }
        let excluded = trail.setting_in(&selector, &trail::EXCLUDED_SOURCES);
        left_out.extend(texts(&excluded.value).into_iter().map(|(source, _)| source.to_string()));
    }
    let which = match (reads, writes) {
        (true, true) => "All",
        (true, false) => "ReadOnly",
        (false, true) => "WriteOnly",
        (false, false) => "None",
    };
    text(if left_out.is_empty() { which.to_owned() } else { format!("{which} but {}", left_out.join(", ")) })
}

fn by_advanced_selectors(trail: &Resource) -> Have {
    let mut best = "None";
    for selector in trail.blocks(&trail::ADVANCED_EVENT_SELECTORS) {
        let fields = trail_fields(trail, &selector);
        let Some(fields) = fields else {
            return Have::Unknown("a field of its event selectors is known only after deployment".to_owned());
        };
        let is = |name: &str, value: &str| {
            fields.iter().any(|(field, values)| field == name && values.iter().any(|one| one == value))
        };
        if !is("eventCategory", "Management") {
            continue;
        }
        if fields.iter().all(|(field, _)| field == "eventCategory") {
            return text("All");
        }
        best = match (is("readOnly", "true"), is("readOnly", "false")) {
            (true, false) => "ReadOnly",
            (false, true) => "WriteOnly",
            _ => "some",
        };
    }
    text(best)
}

/// The fields of an advanced selector with the values they may have.
fn trail_fields(trail: &Resource, selector: &Value) -> Option<Vec<(String, Vec<String>)>> {
    let path = if trail.framework().is_terraform() {
        trail::FIELD_SELECTORS.terraform
    } else {
        trail::FIELD_SELECTORS.cloudformation
    };
    let fields = selector.get(path)?.as_list()?;
    let field = |field: &Value| {
        let name = trail.setting_in(field, &trail::FIELD).as_str().ok()??;
        let values = texts(&trail.setting_in(field, &trail::EQUALS).value);
        Some((name, values.into_iter().map(|(value, _)| value.to_string()).collect()))
    };
    fields.iter().map(field).collect()
}

/// The protection plans that are on.
pub(in super::super) fn features<'w>(_: &World<'w>, found: Found<'w>, _: &Datum) -> Reading<'w> {
    let account = found.account;
    let mut on = Vec::new();
    let mut unknown = None;
    let mut read = |resource: &Resource, name: &Setting, status: &Setting| match (name.as_str(), status.as_str()) {
        (Ok(Some(name)), Ok(Some(status))) if status == "ENABLED" => on.push(name),
        (Err(why), _) | (_, Err(why)) => {
            unknown = Some(format!("{}: {why}", super::name_of(resource)));
        }
        _ => {}
    };
    for feature in found.resource.blocks(&detector::FEATURES) {
        let setting = |attribute| found.resource.setting_in(&feature, attribute);
        read(found.resource, &setting(&detector::FEATURE_NAME), &setting(&detector::FEATURE_STATUS));
    }
    for feature in account.of_kind(&detector::FEATURE) {
        let of = feature.setting(&detector::DETECTOR).value;
        let named = account.resolve(&of, &detector::KIND, &detector::NAME);
        if named.is_some_and(|named| named.address == found.resource.address) {
            read(feature, &feature.setting(&detector::FEATURE_NAME), &feature.setting(&detector::FEATURE_STATUS));
        }
    }
    for (switch, name) in [
        (&detector::S3_LOGS, "S3_DATA_EVENTS"),
        (&detector::KUBERNETES, "EKS_AUDIT_LOGS"),
        (&detector::MALWARE, "EBS_MALWARE_PROTECTION"),
    ] {
        let setting = found.resource.explicit(switch);
        if setting.is_some_and(|setting| setting.as_bool() == Ok(true)) && !on.iter().any(|one| one == name) {
            on.push(name.to_owned());
        }
    }
    on.sort_unstable();
    on.dedup();
    let have = match unknown {
        Some(why) => Have::Unknown(why),
        None => Have::Value(Some(Datum::List(on))),
    };
    reasoned(found, "features", have, found.resource.span)
}

/// The event rules that send GuardDuty's findings somewhere.
fn senders<'w>(world: &World<'w>) -> Vec<Found<'w>> {
    let rules = world
        .accounts
        .iter()
        .flat_map(|account| account.of_kind(&event_rule::KIND).map(move |resource| Found { account, resource }));
    let sends = |rule: &Found<'_>| {
        let resource = rule.resource;
        let is_on = resource.setting(&event_rule::STATE).as_str() != Ok(Some("DISABLED".to_owned()));
        let about = resource.setting(&event_rule::PATTERN).value.canonical().contains(GUARDDUTY);
        let has_target = resource.explicit(&event_rule::TARGETS).is_some()
            || rule.account.of_kind(&event_rule::TARGET).any(|target| {
                let of = target.setting(&event_rule::RULE).value;
                let named = rule.account.resolve(&of, &event_rule::KIND, &event_rule::NAME);
                named.is_some_and(|named| named.address == resource.address)
            });
        is_on && about && has_target
    };
    rules.filter(sends).collect()
}

/// Whether findings are sent to anybody.
pub(in super::super) fn notifies<'w>(world: &World<'w>, found: Found<'w>, _: &Datum) -> Reading<'w> {
    let have = if senders(world).is_empty() { Have::Value(None) } else { Have::Something };
    reasoned(found, "notifies", have, found.resource.span)
}

/// From which severity on findings are sent: the least of all rules that send them.
pub(in super::super) fn notifies_from<'w>(world: &World<'w>, found: Found<'w>, want: &Datum) -> Reading<'w> {
    let mut least: Option<(i64, Found<'w>, Option<Span>)> = None;
    for rule in senders(world) {
        let pattern = rule.resource.setting(&event_rule::PATTERN).value;
        match severity(&pattern) {
            Err(why) => return reasoned(rule, "severity", Have::Unknown(why), rule.resource.span),
            Ok((from, span)) if least.as_ref().is_none_or(|(least, ..)| from < *least) => {
                least = Some((from, rule, span));
            }
            Ok(_) => {}
        }
    }
    let Some((from, rule, span)) = least else {
        // That nobody is told at all is said by another fact.
        return reasoned(found, "severity", Have::Value(Some(want.clone())), found.resource.span);
    };
    let attribute = format!("{}.detail.severity", super::spelled(rule, &event_rule::PATTERN));
    let reading =
        reasoned(rule, &attribute, Have::Value(Some(Datum::Integer(from))), span.unwrap_or(rule.resource.span));
    match span {
        Some(span) => {
            let spot = Spot::Argument { carrier: rule, attribute: &event_rule::PATTERN, value: Some(span) };
            Reading { spot, ..reading }
        }
        None => reading,
    }
}

/// The least severity that an event pattern lets through, and where it says so; 0 where it does not.
/// Source: Amazon `EventBridge` User Guide, "Comparison operators for use in event patterns".
fn severity(pattern: &Value) -> Result<(i64, Option<Span>), String> {
    let unknown = || Err("which findings are sent is known only after deployment".to_owned());
    let decoded;
    let pattern = match pattern.as_text() {
        Some(text) => match json::decode(text) {
            Ok(value) => {
                decoded = value;
                &decoded
            }
            Err(_) => return unknown(),
        },
        None => pattern,
    };
    let Some(filter) = pattern.get("detail").and_then(|detail| detail.get("severity")) else { return Ok((0, None)) };
    let Some(choices) = filter.as_list() else { return unknown() };
    let mut least: Option<(i64, Option<Span>)> = None;
    for choice in choices {
        let found = match (choice.as_number(), choice.get("numeric").and_then(Value::as_list)) {
            (Some(number), _) => Some((number.as_f64().ceil(), choice.origin)),
            (None, Some(range)) => range.items().windows(2).find_map(|pair| {
                let [operator, number] = pair else { return None };
                let is_lower_bound = matches!(operator.as_str(), Some(">=" | ">" | "="));
                is_lower_bound.then_some(())?;
                Some((number.as_number()?.as_f64().ceil(), number.origin))
            }),
            (None, None) => None,
        };
        let Some((from, span)) = found else { return unknown() };
        // Severities are 1 to 10; what is beyond is as good as never.
        #[allow(clippy::cast_possible_truncation, reason = "the cast saturates")]
        let from = from as i64;
        if least.is_none_or(|(least, _)| from < least) {
            least = Some((from, span));
        }
    }
    least.map_or_else(unknown, Ok)
}

/// What a budget is compared with: an amount, or what earlier months came to.
pub(in super::super) fn limit<'w>(_: &World<'w>, found: Found<'w>, want: &Datum) -> Reading<'w> {
    let reading = own(found, &budget::LIMIT, want);
    let others = [&budget::AUTO_ADJUST, &budget::PLANNED_LIMITS];
    let is_elsewhere = others.into_iter().any(|other| found.resource.explicit(other).is_some());
    match reading.have {
        Have::Value(None) if is_elsewhere => Reading { have: Have::Something, ..reading },
        _ => reading,
    }
}

/// Whether a budget tells anybody.
pub(in super::super) fn subscribers<'w>(_: &World<'w>, found: Found<'w>, _: &Datum) -> Reading<'w> {
    let budget = found.resource;
    let mut have = Have::Value(None);
    for notification in budget.blocks(&budget::NOTIFICATIONS) {
        for attribute in [&budget::SUBSCRIBERS, &budget::SUBSCRIBER_TOPICS] {
            match budget.setting_in(&notification, attribute).is_given() {
                Ok(false) => {}
                // Or an address that is asked for when deploying.
                Ok(true) | Err(_) => have = Have::Something,
            }
        }
    }
    reasoned(found, &super::spelled(found, &budget::NOTIFICATIONS), have, budget.span)
}
