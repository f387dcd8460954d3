//! The words of facts: which kind of resource, then its settings, and what leads from one resource to another.

use crate::baseline::{Datum, Language};
use crate::model::kinds::{
    account_settings, bucket, bucket_settings, budget, detector, group, key, log_group, password_policy, trail, user,
};
use crate::model::{Attribute, Kind};

use super::reading::Reading;
use super::reasoned::{self, bucket_policy, mfa, monitoring};
use super::world::{Found, Link, World};

/// How many of a kind an account has, and of which of them a fact speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Number {
    /// There is one in the account: two definitions undo each other.
    One,
    /// One that is good is enough.
    Best,
    /// Every one of them.
    Each,
}

/// A first word: a kind of resource that the account has.
pub(super) struct Anchor {
    pub(super) name: &'static str,
    pub(super) kind: &'static Kind,
    pub(super) number: Number,
}

/// How a setting is read.
pub(super) enum How {
    /// It is an argument of the resource.
    Own(&'static Attribute),
    /// In Terraform another resource carries it, or once did the bucket.
    OfBucket(&'static Kind, &'static Attribute, Option<&'static Attribute>),
    /// It follows from several things.
    Reasoned(for<'w> fn(&World<'w>, Found<'w>, &Datum) -> Reading<'w>),
}

/// A last word.
pub(super) struct Word {
    /// Of which sort of thing.
    pub(super) of: &'static str,
    pub(super) name: &'static str,
    pub(super) how: How,
}

/// A word in the middle, which leads to another sort of thing.
pub(super) struct Way {
    pub(super) of: &'static str,
    pub(super) name: &'static str,
    pub(super) to: &'static str,
    pub(super) link: Link,
}

pub(super) static ANCHORS: &[Anchor] = &[
    Anchor { name: "account_public_access_block", kind: &bucket::ACCOUNT_PUBLIC_ACCESS_BLOCK, number: Number::One },
    Anchor { name: "alternate_contact", kind: &account_settings::ALTERNATE_CONTACT, number: Number::One },
    Anchor { name: "budget", kind: &budget::KIND, number: Number::Best },
    Anchor { name: "detector", kind: &detector::KIND, number: Number::Each },
    Anchor { name: "ebs_encryption_by_default", kind: &account_settings::EBS_ENCRYPTION, number: Number::Each },
    Anchor { name: "group", kind: &group::KIND, number: Number::Each },
    Anchor { name: "password_policy", kind: &password_policy::KIND, number: Number::One },
    Anchor { name: "trail", kind: &trail::KIND, number: Number::Best },
    Anchor { name: "user", kind: &user::KIND, number: Number::Each },
];

pub(super) static WAYS: &[Way] = &[
    Way {
        of: "trail",
        name: "bucket",
        to: "bucket",
        link: Link { attribute: &trail::BUCKET, kind: &bucket::BUCKET, name: &bucket::NAME },
    },
    Way {
        of: "trail",
        name: "kms_key",
        to: "kms_key",
        link: Link { attribute: &trail::KMS_KEY, kind: &key::KIND, name: &key::NAME },
    },
    Way {
        of: "trail",
        name: "log_group",
        to: "log_group",
        link: Link { attribute: &trail::LOG_GROUP, kind: &log_group::KIND, name: &log_group::NAME },
    },
];

const fn word(of: &'static str, name: &'static str, how: How) -> Word {
    Word { of, name, how }
}

pub(super) static WORDS: &[Word] = &[
    word("account_public_access_block", "block_public_acls", How::Own(&bucket::BLOCK_PUBLIC_ACLS_OF_ACCOUNT)),
    word("account_public_access_block", "block_public_policy", How::Own(&bucket::BLOCK_PUBLIC_POLICY_OF_ACCOUNT)),
    word("account_public_access_block", "ignore_public_acls", How::Own(&bucket::IGNORE_PUBLIC_ACLS_OF_ACCOUNT)),
    word(
        "account_public_access_block",
        "restrict_public_buckets",
        How::Own(&bucket::RESTRICT_PUBLIC_BUCKETS_OF_ACCOUNT),
    ),
    word("alternate_contact", "email", How::Own(&account_settings::CONTACT_EMAIL)),
    word("alternate_contact", "type", How::Own(&account_settings::CONTACT_TYPE)),
    word(
        "bucket",
        "access_log",
        bucket_word(
            &bucket_settings::LOGGING,
            &bucket_settings::ACCESS_LOG,
            Some(&bucket_settings::ACCESS_LOG_ON_BUCKET),
        ),
    ),
    word("bucket", "block_public_acls", bucket_word(&bucket::PUBLIC_ACCESS_BLOCK, &bucket::BLOCK_PUBLIC_ACLS, None)),
    word(
        "bucket",
        "block_public_policy",
        bucket_word(&bucket::PUBLIC_ACCESS_BLOCK, &bucket::BLOCK_PUBLIC_POLICY, None),
    ),
    word("bucket", "denies_deletion", How::Reasoned(bucket_policy::denies_deletion)),
    word("bucket", "denies_plain_http", How::Reasoned(bucket_policy::denies_plain_http)),
    word(
        "bucket",
        "encryption",
        bucket_word(
            &bucket_settings::ENCRYPTION,
            &bucket_settings::SSE_ALGORITHM,
            Some(&bucket_settings::SSE_ALGORITHM_ON_BUCKET),
        ),
    ),
    word("bucket", "expiration_days", How::Reasoned(reasoned::expiration_days)),
    word("bucket", "ignore_public_acls", bucket_word(&bucket::PUBLIC_ACCESS_BLOCK, &bucket::IGNORE_PUBLIC_ACLS, None)),
    word("bucket", "object_ownership", bucket_word(&bucket::OWNERSHIP, &bucket::OBJECT_OWNERSHIP, None)),
    word(
        "bucket",
        "restrict_public_buckets",
        bucket_word(&bucket::PUBLIC_ACCESS_BLOCK, &bucket::RESTRICT_PUBLIC_BUCKETS, None),
    ),
    word("bucket", "versioning", How::Reasoned(reasoned::versioning)),
    word("bucket", "writers", How::Reasoned(bucket_policy::writers)),
    word("budget", "limit", How::Reasoned(monitoring::limit)),
    word("budget", "subscribers", How::Reasoned(monitoring::subscribers)),
    word("detector", "enable", How::Own(&detector::ENABLE)),
    word("detector", "features", How::Reasoned(monitoring::features)),
    word("detector", "notifies", How::Reasoned(monitoring::notifies)),
    word("detector", "notifies_from_severity", How::Reasoned(monitoring::notifies_from)),
    word("detector", "regions", How::Reasoned(reasoned::regions)),
    word("ebs_encryption_by_default", "enabled", How::Reasoned(reasoned::volumes_encrypted)),
    word("ebs_encryption_by_default", "regions", How::Reasoned(reasoned::regions)),
    word("group", "denied_by_access_key_without_mfa", How::Reasoned(mfa::denied_by_access_key)),
    word("group", "denied_without_mfa", How::Reasoned(mfa::denied)),
    word("group", "exempt_from_mfa", How::Reasoned(mfa::exempt)),
    word("group", "exists", How::Reasoned(reasoned::exists)),
    word("group", "has_policies", How::Reasoned(reasoned::has_policies)),
    word("kms_key", "rotation", How::Own(&key::ROTATION)),
    word("log_group", "kms_key", How::Own(&log_group::KMS_KEY)),
    word("log_group", "retention_days", How::Reasoned(reasoned::retention_days)),
    word("password_policy", "hard_expiry", How::Own(&password_policy::HARD_EXPIRY)),
    word("password_policy", "lowercase", How::Own(&password_policy::LOWERCASE)),
    word("password_policy", "maximum_age", How::Own(&password_policy::MAXIMUM_AGE)),
    word("password_policy", "minimum_length", How::Own(&password_policy::MINIMUM_LENGTH)),
    word("password_policy", "numbers", How::Own(&password_policy::NUMBERS)),
    word("password_policy", "reuse_prevention", How::Own(&password_policy::REUSE_PREVENTION)),
    word("password_policy", "symbols", How::Own(&password_policy::SYMBOLS)),
    word("password_policy", "uppercase", How::Own(&password_policy::UPPERCASE)),
    word("password_policy", "users_may_change", How::Own(&password_policy::USERS_MAY_CHANGE)),
    word("trail", "enable_logging", How::Own(&trail::ENABLE_LOGGING)),
    word("trail", "global_service_events", How::Own(&trail::GLOBAL_SERVICE_EVENTS)),
    word("trail", "kms_key", How::Own(&trail::KMS_KEY)),
    word("trail", "log_file_validation", How::Own(&trail::LOG_FILE_VALIDATION)),
    word("trail", "log_group", How::Own(&trail::LOG_GROUP)),
    word("trail", "management_events", How::Reasoned(monitoring::management_events)),
    word("trail", "multi_region", How::Own(&trail::MULTI_REGION)),
    word("user", "has_policies", How::Reasoned(reasoned::has_policies)),
];

const fn bucket_word(kind: &'static Kind, attribute: &'static Attribute, own: Option<&'static Attribute>) -> How {
    How::OfBucket(kind, attribute, own)
}

/// The way of a fact: the anchor, what leads from it to other things, the setting.
pub(super) struct Path {
    pub(super) anchor: &'static Anchor,
    pub(super) ways: Vec<&'static Way>,
    pub(super) word: &'static Word,
}

impl Path {
    /// Reads `trail.bucket.versioning`. The error names the first word that is not one, and what may stand there.
    pub(super) fn parse(subject: &str) -> Result<Self, String> {
        let mut names = subject.split('.');
        let first = names.next().unwrap_or_default();
        let anchor = ANCHORS.iter().find(|anchor| anchor.name == first).ok_or_else(|| {
            unknown(subject, first, "a fact begins with one of", ANCHORS.iter().map(|anchor| anchor.name))
        })?;
        let mut rest: Vec<&str> = names.collect();
        let last = rest.pop().unwrap_or_default();
        let mut of = anchor.name;
        let mut ways = Vec::new();
        for name in rest {
            let of_this = || WAYS.iter().filter(move |way| way.of == of);
            let way = of_this().find(|way| way.name == name).ok_or_else(|| {
                unknown(subject, name, &format!("from {of} one gets to"), of_this().map(|way| way.name))
            })?;
            of = way.to;
            ways.push(way);
        }
        let of_this = || WORDS.iter().filter(move |word| word.of == of);
        let word = of_this()
            .find(|word| word.name == last)
            .ok_or_else(|| unknown(subject, last, &format!("of {of} one can say"), of_this().map(|word| word.name)))?;
        Ok(Self { anchor, ways, word })
    }
}

impl Path {
    /// The setting in the spelling of a language; by its own name where it is no single argument.
    pub(super) fn spelled(&self, language: Language) -> String {
        let of = |attribute: &Attribute| match language {
            Language::Terraform => attribute.terraform,
            Language::CloudFormation => attribute.cloudformation,
        };
        let spelled = match &self.word.how {
            How::Own(attribute) | How::OfBucket(_, attribute, _) => of(attribute),
            How::Reasoned(_) => "",
        };
        if spelled.is_empty() { self.word.name } else { spelled }.to_owned()
    }
}

fn unknown<'n>(subject: &str, name: &str, what: &str, names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(str::to_owned).collect();
    format!("the fact {subject}: {name:?} is not known{}", crate::baseline::instead(name, what, &names))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_read_along_their_way() {
        let path = Path::parse("trail.bucket.versioning").unwrap();
        assert_eq!((path.anchor.name, path.ways.len(), path.word.name), ("trail", 1, "versioning"));
        let path = Path::parse("trail.kms_key").unwrap();
        assert_eq!((path.ways.len(), path.word.of), (0, "trail"));
        for (wrong, hint) in
            [("trial.x", "trail"), ("trail.bukket.x", "bucket"), ("trail.bucket.versoning", "versioning")]
        {
            assert!(Path::parse(wrong).err().is_some_and(|why| why.contains(hint)), "{wrong}");
        }
    }

    #[test]
    fn every_fact_of_every_profile_is_understood() {
        let pack = crate::baseline::Pack::embedded().unwrap();
        for profile in pack.profile_names() {
            for control in &pack.profile(profile).unwrap().controls {
                for fact in &control.facts {
                    assert!(Path::parse(&fact.subject).is_ok(), "{}", fact.subject);
                }
            }
        }
    }
}
