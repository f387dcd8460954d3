//! Which root of one side is which of the other.

use std::collections::BTreeSet;

use crate::model::{Account, Framework};

use super::Side;

/// Roots are one though their paths differ when they have at least this share of their resources in common. Half: a
/// root that was split stays with its larger part.
const ALIKE: f64 = 0.5;

/// Two roots that are one, as places in their sides' lists; or one that the other side lacks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct RootPair {
    pub(super) old: Option<usize>,
    pub(super) new: Option<usize>,
}

/// Pairs the roots: those of one path, then those of the others that are most alike. In the order of the new side, then
/// what is gone.
pub(super) fn pair(old: &Side<'_>, new: &Side<'_>) -> Vec<RootPair> {
    let mut partner: Vec<Option<usize>> = vec![None; new.accounts.len()];
    let mut free: BTreeSet<usize> = (0..old.accounts.len()).collect();
    for (at, account) in new.accounts.iter().enumerate() {
        let is_same = |index: &usize| {
            old.accounts
                .get(*index)
                .is_some_and(|before| old.path_of(before) == new.path_of(account) && is_one_language(before, account))
        };
        let same = free.iter().copied().find(is_same);
        if let (Some(same), Some(slot)) = (same, partner.get_mut(at)) {
            free.remove(&same);
            *slot = Some(same);
        }
    }
    // What two files or directories hold that are the whole of their sides is compared, whatever they are called.
    if let ([only_old], [only_new]) = (old.accounts, new.accounts)
        && is_one_language(only_old, only_new)
    {
        return vec![RootPair { old: Some(0), new: Some(0) }];
    }
    for (likeness, before, after) in candidates(old, new, &free, &partner) {
        if likeness < ALIKE {
            break;
        }
        if let Some(slot) = partner.get_mut(after)
            && slot.is_none()
            && free.remove(&before)
        {
            *slot = Some(before);
        }
    }
    let of_new = partner.into_iter().enumerate().map(|(at, old)| RootPair { old, new: Some(at) });
    of_new.chain(free.into_iter().map(|gone| RootPair { old: Some(gone), new: None })).collect()
}

/// Whether both are Terraform, as code or plan, or both templates.
fn is_one_language(a: &Account<'_>, b: &Account<'_>) -> bool {
    let is_template = |account: &Account<'_>| account.root.framework == Framework::CloudFormation;
    is_template(a) == is_template(b)
}

/// The pairs of roots that have no partner yet, the most alike first.
fn candidates(
    old: &Side<'_>,
    new: &Side<'_>,
    free: &BTreeSet<usize>,
    partner: &[Option<usize>],
) -> Vec<(f64, usize, usize)> {
    let addresses = |account: &'_ Account<'_>| -> BTreeSet<(String, String)> {
        let declared = account.root.declared();
        declared.map(|resource| (resource.kind.to_string(), resource.address.to_string())).collect()
    };
    let of_old: Vec<_> = free.iter().filter_map(|at| Some((*at, addresses(old.accounts.get(*at)?)))).collect();
    let alone = new.accounts.iter().enumerate().filter(|(at, _)| partner.get(*at) == Some(&None));
    let mut found = Vec::new();
    for (after, account) in alone {
        let theirs = addresses(account);
        for (before, ours) in &of_old {
            let is_comparable = old.accounts.get(*before).is_some_and(|before| is_one_language(before, account));
            let (common, all) = (ours.intersection(&theirs).count(), ours.union(&theirs).count());
            if is_comparable && common > 0 {
                #[allow(clippy::cast_precision_loss, reason = "counts of resources are far below 2^52")]
                found.push((common as f64 / all as f64, *before, after));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    found
}
