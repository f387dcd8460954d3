//! A setting as the code has it, with its place and its spelling.

use crate::baseline::Datum;
use crate::model::{Attribute, Kind, Setting};
use crate::source::Span;
use crate::value::Why;

use super::relation::{GIVEN, Have};
use super::world::Found;

/// A setting, read for a comparison.
pub(super) struct Reading<'w> {
    /// The resource to name.
    pub(super) found: Found<'w>,
    /// The setting as the language spells it.
    pub(super) attribute: String,
    /// What it is.
    pub(super) have: Have,
    /// Where that stands, or the resource where the code does not say.
    pub(super) span: Span,
    /// What a change of it would touch.
    pub(super) spot: Spot<'w>,
}

/// Where a setting stands, or would stand.
pub(super) enum Spot<'w> {
    /// An argument of a resource. `value` is where its value stands, which may be a variable's default.
    Argument { carrier: Found<'w>, attribute: &'static Attribute, value: Option<Span> },
    /// A resource of this kind that there is not.
    Companion { kind: &'static Kind },
    /// No single argument: it follows from several.
    Reasoned,
}

/// How a resource spells a setting.
pub(super) fn spelled(found: Found<'_>, attribute: &Attribute) -> String {
    let is_terraform = found.resource.framework().is_terraform();
    if is_terraform { attribute.terraform } else { attribute.cloudformation }.to_owned()
}

/// A setting of the resource itself.
pub(super) fn own<'w>(found: Found<'w>, attribute: &'static Attribute, want: &Datum) -> Reading<'w> {
    let setting = found.resource.setting(attribute);
    let value = setting.explicit.then_some(setting.span);
    Reading {
        found,
        attribute: spelled(found, attribute),
        have: have(&setting, want),
        span: setting.span,
        spot: Spot::Argument { carrier: found, attribute, value },
    }
}

/// A setting of a bucket that in Terraform another resource carries, or, before version 4 of the provider, an argument
/// of the bucket.
pub(super) fn of_bucket<'w>(
    found: Found<'w>,
    kind: &'static Kind,
    attribute: &'static Attribute,
    on_bucket: Option<&'static Attribute>,
    want: &Datum,
) -> Reading<'w> {
    if !found.resource.framework().is_terraform() {
        return own(found, attribute, want);
    }
    if let Some(companion) = found.companions(kind).into_iter().next() {
        return own(companion, attribute, want);
    }
    if let Some(on_bucket) = on_bucket.filter(|on_bucket| found.resource.explicit(on_bucket).is_some()) {
        return own(found, on_bucket, want);
    }
    let default = Setting { value: attribute.default.value(), span: found.resource.span, explicit: false };
    Reading {
        found,
        attribute: format!("{}.{}", kind.terraform.first().copied().unwrap_or_default(), attribute.terraform),
        have: have(&default, want),
        span: found.resource.span,
        spot: Spot::Companion { kind },
    }
}

/// A setting as what it is compared with.
pub(super) fn have(setting: &Setting, want: &Datum) -> Have {
    let unknown = |why: Why| Have::Unknown(why.to_string());
    match want {
        Datum::Text(word) if word == GIVEN => match setting.is_given() {
            Ok(false) => Have::Value(None),
            // Or whoever deploys is asked for it.
            Ok(true) | Err(Why::Input(_)) => Have::Something,
            Err(why) => unknown(why),
        },
        Datum::Boolean(_) => match setting.as_bool() {
            Ok(value) => Have::Value(Some(Datum::Boolean(value))),
            Err(why) => unknown(why),
        },
        Datum::Integer(_) => match setting.as_integer() {
            Ok(value) => Have::Value(value.map(Datum::Integer)),
            Err(why) => unknown(why),
        },
        Datum::Text(_) | Datum::List(_) => match setting.as_str() {
            Ok(value) => Have::Value(value.map(Datum::Text)),
            Err(why) => unknown(why),
        },
    }
}
