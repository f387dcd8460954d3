//! Which resource of the existing code is which of the donor's: by what they are for.

use crate::model::kinds::{bucket, bucket_settings, log_group, trail};
use crate::model::{Attribute, Kind};

use super::super::subject::{ANCHORS, WAYS};
use super::super::world::{Found, Link, Linked, World};
use super::Task;

/// A resource of the donor and the one of the existing code that does the same.
#[derive(Clone, Copy)]
pub(super) struct Match<'d, 'w> {
    pub(super) donor: Found<'d>,
    pub(super) existing: Found<'w>,
}

/// What in Terraform stands beside a bucket.
const COMPANIONS: [&Kind; 7] = [
    &bucket::OWNERSHIP,
    &bucket::POLICY,
    &bucket::PUBLIC_ACCESS_BLOCK,
    &bucket_settings::ENCRYPTION,
    &bucket_settings::LIFECYCLE,
    &bucket_settings::LOGGING,
    &bucket_settings::VERSIONING,
];

/// The bucket that a bucket's requests are logged to.
const ACCESS_LOG: Link = Link { attribute: &bucket_settings::ACCESS_LOG, kind: &bucket::BUCKET, name: &bucket::NAME };

/// What policies name a resource by before it exists, by its kind.
const NAMES: [(&Kind, &Attribute); 3] =
    [(&trail::KIND, &trail::NAME), (&log_group::KIND, &log_group::NAME), (&bucket::BUCKET, &bucket::NAME)];

impl Match<'_, '_> {
    /// The setting that policies name it by, if they do.
    pub(super) fn name(&self) -> Option<&'static Attribute> {
        NAMES.iter().find(|(kind, _)| kind.is(self.donor.resource)).map(|(_, name)| *name)
    }
}

/// Finds out.
pub(super) fn find<'d, 'w>(task: &Task<'_, 'w>, donor: &World<'d>) -> Vec<Match<'d, 'w>> {
    let mut matches = Vec::new();
    for anchor in ANCHORS {
        let existing = task.comparison.chosen.get(anchor.name).and_then(|found| found.first()).copied();
        let Some(existing) = existing else { continue };
        for donor in donor.of_kind(anchor.kind) {
            add(&mut matches, donor, existing);
            for way in WAYS.iter().filter(|way| way.of == anchor.name) {
                if let (Linked::There(donor), Linked::There(existing)) =
                    (donor.follow(&way.link), existing.follow(&way.link))
                {
                    add(&mut matches, donor, existing);
                }
            }
        }
    }
    matches
}

/// Resources of the donor whose like the existing code names, but does not manage: they must not be made once more.
pub(super) fn managed_elsewhere<'d>(task: &Task<'_, '_>, donor: &World<'d>) -> Vec<Found<'d>> {
    let mut found = Vec::new();
    for anchor in ANCHORS {
        let existing = task.comparison.chosen.get(anchor.name).and_then(|found| found.first()).copied();
        let (Some(existing), Some(donor)) = (existing, donor.of_kind(anchor.kind).first().copied()) else { continue };
        for way in WAYS.iter().filter(|way| way.of == anchor.name) {
            if let (Linked::Elsewhere { .. }, Linked::There(donor)) =
                (existing.follow(&way.link), donor.follow(&way.link))
            {
                found.push(donor);
            }
        }
    }
    found
}

/// The resources of the existing code that the donor has a counterpart for: what the baseline is about.
pub(super) fn counterparts<'t, 'w>(
    task: &'t Task<'_, 'w>,
    donor: &'t World<'_>,
) -> impl Iterator<Item = Found<'w>> + use<'t, 'w> {
    let has_some =
        |name: &str| ANCHORS.iter().any(|anchor| anchor.name == name && !donor.of_kind(anchor.kind).is_empty());
    task.comparison.chosen.iter().filter(move |(name, _)| has_some(name)).flat_map(|(_, found)| found).copied()
}

fn add<'d, 'w>(matches: &mut Vec<Match<'d, 'w>>, donor: Found<'d>, existing: Found<'w>) {
    matches.push(Match { donor, existing });
    if !bucket::BUCKET.is(donor.resource) {
        return;
    }
    for kind in COMPANIONS {
        let first = |found: Vec<Found<'d>>| found.into_iter().next();
        if let (Some(donor), Some(existing)) =
            (first(donor.companions(kind)), existing.companions(kind).into_iter().next())
        {
            matches.push(Match { donor, existing });
            if kind.terraform == bucket_settings::LOGGING.terraform {
                follow_log(matches, donor, existing);
            }
        }
    }
    follow_log(matches, donor, existing);
}

/// The bucket that the requests go to, named by the bucket itself or by what stands beside it.
fn follow_log<'d, 'w>(matches: &mut Vec<Match<'d, 'w>>, donor: Found<'d>, existing: Found<'w>) {
    if let (Linked::There(donor), Linked::There(existing)) = (donor.follow(&ACCESS_LOG), existing.follow(&ACCESS_LOG)) {
        matches.push(Match { donor, existing });
    }
}
