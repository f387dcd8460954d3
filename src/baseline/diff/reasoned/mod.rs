//! Settings that are no single argument: what follows from several resources, or from what a policy says.

pub(super) mod bucket_policy;
pub(super) mod mfa;
pub(super) mod monitoring;

use crate::baseline::Datum;
use crate::model::kinds::{account_settings, bucket_settings, detector, log_group};
use crate::model::{Attribute, Kind, Principal, Resource, texts};
use crate::source::Span;

use super::reading::{Reading, Spot, of_bucket, own, spelled};
use super::relation::Have;
use super::world::{Found, World};

/// Longer than anything: what never ends.
const FOR_EVER: i64 = i64::MAX;

/// A reading that no single argument gives.
pub(super) fn reasoned<'w>(found: Found<'w>, attribute: &str, have: Have, span: Span) -> Reading<'w> {
    Reading { found, attribute: attribute.to_owned(), have, span, spot: Spot::Reasoned }
}

fn boolean(value: bool) -> Have {
    Have::Value(Some(Datum::Boolean(value)))
}

/// It does, or there would be nothing to ask.
pub(super) fn exists<'w>(_: &World<'w>, found: Found<'w>, _: &Datum) -> Reading<'w> {
    reasoned(found, "exists", boolean(true), found.resource.span)
}

/// Whether a group or user has any policy, written on it or attached.
pub(super) fn has_policies<'w>(_: &World<'w>, found: Found<'w>, _: &Datum) -> Reading<'w> {
    let account = found.account;
    for principal in principals(found) {
        let attached = account.attachments_of(principal.id).map(|attachment| (attachment.carrier, attachment.span));
        let inline = account.inline_documents_of(principal.id);
        let written = inline.map(|inline| (inline.carrier, account.document(inline.document).span));
        if let Some((carrier, span)) = attached.chain(written).next() {
            let carrier = if carrier.address == found.resource.address { found.resource } else { carrier };
            return reasoned(found.beside(carrier), "policies", boolean(true), span);
        }
    }
    let open = account.attachments().iter().any(|attachment| attachment.is_open)
        || account.inline_documents().iter().any(|inline| inline.is_open);
    let have = if open {
        Have::Unknown("to whom some policies of this code are attached is known only after deployment".to_owned())
    } else {
        boolean(false)
    };
    reasoned(found, "policies", have, found.resource.span)
}

/// The principals that a resource declares: several, where the block is repeated.
fn principals(found: Found<'_>) -> impl Iterator<Item = &Principal<'_>> {
    found.account.principals().filter(move |principal| principal.resource.block == found.resource.block)
}

/// For how many days a log group keeps its events; not to say is for ever.
pub(super) fn retention_days<'w>(_: &World<'w>, found: Found<'w>, want: &Datum) -> Reading<'w> {
    never_is_for_ever(own(found, &log_group::RETENTION_DAYS, want))
}

fn never_is_for_ever(reading: Reading<'_>) -> Reading<'_> {
    match reading.have {
        Have::Value(None | Some(Datum::Integer(0))) => {
            Reading { have: Have::Value(Some(Datum::Integer(FOR_EVER))), ..reading }
        }
        _ => reading,
    }
}

/// Whether a bucket keeps versions.
pub(super) fn versioning<'w>(_: &World<'w>, found: Found<'w>, want: &Datum) -> Reading<'w> {
    let reading = of_bucket(found, &bucket_settings::VERSIONING, &bucket_settings::VERSIONING_STATUS, None, want);
    if !matches!(reading.spot, Spot::Companion { .. }) {
        return reading;
    }
    // Before version 4 of the provider it was a truth value of the bucket.
    match found.resource.explicit(&bucket_settings::VERSIONING_ENABLED) {
        Some(_) => {
            let reading = own(found, &bucket_settings::VERSIONING_ENABLED, &Datum::Boolean(true));
            let have = match &reading.have {
                Have::Value(Some(Datum::Boolean(on))) => {
                    Have::Value(Some(Datum::Text(if *on { "Enabled" } else { "Suspended" }.to_owned())))
                }
                other => other.clone(),
            };
            Reading { have, ..reading }
        }
        None => reading,
    }
}

/// After how many days a bucket's objects expire, by the first rule that makes them.
pub(super) fn expiration_days<'w>(_: &World<'w>, found: Found<'w>, want: &Datum) -> Reading<'w> {
    let mut carriers: Vec<(Found<'w>, &'static Attribute)> = Vec::new();
    if found.resource.framework().is_terraform() {
        let companions = found.companions(&bucket_settings::LIFECYCLE);
        carriers.extend(companions.into_iter().map(|carrier| (carrier, &bucket_settings::LIFECYCLE_RULES)));
        carriers.push((found, &bucket_settings::LIFECYCLE_RULES_ON_BUCKET));
    } else {
        carriers.push((found, &bucket_settings::LIFECYCLE_RULES));
    }
    let mut first: Option<(i64, Reading<'w>)> = None;
    for (carrier, rules) in carriers {
        for rule in carrier.resource.blocks(rules) {
            let status = carrier.resource.setting_in(&rule, &bucket_settings::RULE_STATUS);
            let days = carrier.resource.setting_in(&rule, &bucket_settings::EXPIRATION_DAYS);
            if !days.explicit || status.as_str() == Ok(Some("Disabled".to_owned())) {
                continue;
            }
            let attribute =
                format!("{}.{}", spelled(carrier, rules), spelled(carrier, &bucket_settings::EXPIRATION_DAYS));
            let reading = |have| Reading {
                found: carrier,
                attribute,
                have,
                span: days.span,
                spot: Spot::Argument { carrier, attribute: &bucket_settings::EXPIRATION_DAYS, value: Some(days.span) },
            };
            match super::reading::have(&days, want) {
                Have::Value(Some(Datum::Integer(number))) => {
                    if first.as_ref().is_none_or(|(least, _)| number < *least) {
                        first = Some((number, reading(Have::Value(Some(Datum::Integer(number))))));
                    }
                }
                Have::Value(_) => {}
                other => return reading(other),
            }
        }
    }
    first.map_or_else(
        || reasoned(found, "expiration_days", Have::Value(Some(Datum::Integer(FOR_EVER))), found.resource.span),
        |(_, reading)| reading,
    )
}

/// Whether new volumes are encrypted where the resource says so.
pub(super) fn volumes_encrypted<'w>(_: &World<'w>, found: Found<'w>, want: &Datum) -> Reading<'w> {
    if found.resource.framework().is_terraform() {
        return own(found, &account_settings::EBS_ENCRYPTION_ENABLED, want);
    }
    let regions = found.resource.setting(&account_settings::EBS_ENCRYPTION_REGIONS);
    let have = match regions.is_given() {
        Ok(given) => boolean(given),
        Err(why) => Have::Unknown(why.to_string()),
    };
    reasoned(found, account_settings::EBS_ENCRYPTION_REGIONS.cloudformation, have, regions.span)
}

/// The regions in which there is such a resource: of the provider that it uses, or those that the settings list. A
/// template does not say in which regions it is deployed.
pub(super) fn regions<'w>(world: &World<'w>, found: Found<'w>, want: &Datum) -> Reading<'w> {
    let kind: &'static Kind =
        if detector::KIND.is(found.resource) { &detector::KIND } else { &account_settings::EBS_ENCRYPTION };
    let mut regions: Vec<String> = Vec::new();
    let mut unknown = None;
    for one in world.instances(kind) {
        let listed = one.resource.explicit(&account_settings::EBS_ENCRYPTION_REGIONS);
        let own = one.account.root.region(one.resource);
        match listed.map(|listed| listed.value).or(own) {
            Some(value) => {
                let known = texts(&value).into_iter().filter_map(|(text, _)| Some(text.as_str()?.to_owned()));
                regions.extend(known);
            }
            None => unknown = Some(format!("{} does not say in which regions it is deployed", one.resource.address)),
        }
    }
    regions.sort_unstable();
    regions.dedup();
    let are_all_there = matches!(want, Datum::List(want) if want.iter().all(|region| regions.contains(region)));
    let have = match unknown {
        // The home region is not among those that are asked for; more of them are not better.
        _ if are_all_there => Have::Value(Some(want.clone())),
        Some(why) if regions.is_empty() => Have::Unknown(why),
        _ => Have::Value(Some(Datum::List(regions))),
    };
    // It is told once, whichever of them is asked.
    let first = world.instances(kind).first().copied().unwrap_or(found);
    reasoned(first, "regions", have, first.resource.span)
}

/// The name of a resource in a sentence.
pub(super) fn name_of(resource: &Resource) -> &str {
    &resource.address
}
