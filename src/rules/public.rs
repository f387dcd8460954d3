//! Whether a bucket is open to everyone. Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3
//! storage".

use crate::iam::{Condition, Effectiveness, Statement};
use crate::model::kinds::bucket;
use crate::model::{Account, Attribute, CarriedDocument, Purpose, Resource};
use crate::source::Span;

/// Canned lists that let in everyone, or every customer of AWS.
const PUBLIC_LISTS: [&str; 6] =
    ["public-read", "public-read-write", "authenticated-read", "PublicRead", "PublicReadWrite", "AuthenticatedRead"];

/// What opens a bucket to everyone, and where, unless something in the code takes that back.
pub(super) fn bucket(account: &Account, bucket: &Resource) -> Option<(String, Span)> {
    by_list(account, bucket).or_else(|| by_policy(account, bucket))
}

fn by_list(account: &Account, bucket: &Resource) -> Option<(String, Span)> {
    if is_shielded(account, bucket, &[&bucket::IGNORE_PUBLIC_ACLS, &bucket::BLOCK_PUBLIC_ACLS])
        || are_lists_disabled(account, bucket)
    {
        return None;
    }
    let lists = account.of_kind(&bucket::ACL).filter(|list| belongs_to(account, list, bucket));
    lists.chain(std::iter::once(bucket)).find_map(|resource| {
        let list = resource.explicit(&bucket::CANNED_ACL)?;
        let name = list.as_str().ok().flatten().filter(|name| PUBLIC_LISTS.contains(&name.as_str()))?;
        Some((format!("its access control list is {name}"), list.span))
    })
}

fn are_lists_disabled(account: &Account, bucket: &Resource) -> bool {
    let controls = account.of_kind(&bucket::OWNERSHIP).filter(|controls| belongs_to(account, controls, bucket));
    controls.chain(std::iter::once(bucket)).any(|resource| {
        let ownership = resource.explicit(&bucket::OBJECT_OWNERSHIP);
        ownership.is_some_and(|ownership| ownership.as_str() == Ok(Some("BucketOwnerEnforced".to_owned())))
    })
}

/// Why it is not known whether a bucket's policy opens it, and where: a part of the policy cannot be read.
pub(super) fn undecided(account: &Account, bucket: &Resource) -> Option<(String, Option<Span>)> {
    if is_policy_shielded(account, bucket) {
        return None;
    }
    let opaque = policies(account, bucket).find_map(|carried| carried.document.opaque.first())?;
    Some((opaque.why.clone(), opaque.span))
}

fn is_policy_shielded(account: &Account, bucket: &Resource) -> bool {
    is_shielded(account, bucket, &[&bucket::RESTRICT_PUBLIC_BUCKETS, &bucket::BLOCK_PUBLIC_POLICY])
}

/// The policies of a bucket.
fn policies<'r, 'a>(account: &'r Account<'a>, bucket: &'r Resource) -> impl Iterator<Item = &'r CarriedDocument<'a>> {
    let policies = account.documents().filter(|carried| carried.purpose == Purpose::Resource);
    policies.filter(move |carried| {
        carried.carrier.address == bucket.address
            || bucket::POLICY.is(carried.carrier) && belongs_to(account, carried.carrier, bucket)
    })
}

fn by_policy(account: &Account, bucket: &Resource) -> Option<(String, Span)> {
    if is_policy_shielded(account, bucket) {
        return None;
    }
    policies(account, bucket).find_map(|carried| {
        let open = carried.document.allows().find(|statement| lets_everyone_in(statement))?;
        let span = open
            .principals
            .as_ref()
            .and_then(|principals| principals.items.iter().find_map(|principal| principal.span));
        Some(("its policy lets everyone in".to_owned(), span.or(open.span).unwrap_or(carried.span)))
    })
}

/// Whether a statement of a resource policy lets in everyone, under no condition that tells callers apart.
pub(super) fn lets_everyone_in(statement: &Statement) -> bool {
    let everyone = statement.principals.as_ref().is_some_and(|principals| {
        principals.negated || principals.items.iter().any(|principal| principal.is_everyone() && !principal.possible)
    });
    everyone && statement.conditions.iter().all(|condition| !tells_callers_apart(condition))
}

fn tells_callers_apart(condition: &Condition) -> bool {
    // Keys that say something of the request and nothing of who makes it.
    const OF_THE_REQUEST: [&str; 8] = [
        "aws:securetransport",
        "aws:currenttime",
        "aws:epochtime",
        "aws:referer",
        "aws:useragent",
        "aws:requestedregion",
        "s3:prefix",
        "s3:tlsversion",
    ];
    if condition.effectiveness("s3") != Effectiveness::Restricts {
        return false;
    }
    condition.key_name().is_none_or(|key| !OF_THE_REQUEST.contains(&key.as_str()) && !key.starts_with("s3:x-amz-"))
}

/// Whether the bucket's own block, or that of the account, has one of these settings on (or not known to be off).
fn is_shielded(account: &Account, bucket: &Resource, settings: &[&Attribute]) -> bool {
    let own = account.of_kind(&bucket::PUBLIC_ACCESS_BLOCK).filter(|block| belongs_to(account, block, bucket));
    let of_account = account.of_kind(&bucket::ACCOUNT_PUBLIC_ACCESS_BLOCK);
    let on_bucket = std::iter::once(bucket).filter(|bucket| bucket.explicit(&bucket::BLOCK).is_some());
    own.chain(of_account)
        .chain(on_bucket)
        .any(|block| settings.iter().any(|setting| block.setting(setting).as_bool() != Ok(false)))
}

pub(super) fn belongs_to(account: &Account, resource: &Resource, bucket: &Resource) -> bool {
    let target = resource.setting(&bucket::TARGET).value;
    account.resolve(&target, &bucket::BUCKET, &bucket::NAME).is_some_and(|found| found.address == bucket.address)
}
