//! What stands between a bucket and the public: blocks of the bucket and of the account, and the switch that turns
//! access control lists off.
//!
//! Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage" and "Controlling ownership of
//! objects and disabling ACLs for your bucket".

use crate::model::kinds::bucket;
use crate::model::{Account, Attribute, CarriedDocument, Purpose, Resource};
use crate::source::Span;
use crate::value::{Value, Why};

/// A bucket: the resource that declares it, where the code has it, and what it is called by.
#[derive(Clone, Debug)]
pub struct Bucket<'a> {
    /// The declaration.
    pub resource: Option<&'a Resource>,
    name: Value,
}

/// Whether a block of public access is in effect.
#[derive(Clone, PartialEq, Debug)]
pub enum Shield {
    /// It is on, here.
    On(Span),
    /// The code turns it off.
    Off,
    /// The code does not say. Buckets made since April 2023 have it on, older ones off.
    Unsaid,
    /// Whether it is on is not known.
    Unknown(Why),
}

/// Whether a resource says that it is for this bucket of the code.
pub fn belongs_to(account: &Account, part: &Resource, bucket: &Resource) -> bool {
    let target = part.setting(&bucket::TARGET).value;
    account.resolve(&target, &bucket::BUCKET, &bucket::NAME).is_some_and(|found| found.address == bucket.address)
}

impl<'a> Bucket<'a> {
    /// A bucket of the code.
    pub fn declared(resource: &'a Resource) -> Self {
        Self { resource: Some(resource), name: Value::null() }
    }

    /// The bucket that a policy, an access control list or an object says it is for.
    pub fn of(account: &Account<'a>, part: &'a Resource) -> Self {
        if bucket::BUCKET.is(part) {
            return Self::declared(part);
        }
        let name = part.setting(&bucket::TARGET).value;
        Self { resource: account.resolve(&name, &bucket::BUCKET, &bucket::NAME), name }
    }

    /// Whether a resource says that it is for this bucket.
    fn owns(&self, account: &Account<'a>, part: &Resource) -> bool {
        let target = part.setting(&bucket::TARGET).value;
        match (self.resource, account.resolve(&target, &bucket::BUCKET, &bucket::NAME)) {
            (Some(own), Some(other)) => own.address == other.address,
            // The same name of a bucket that is not in the code.
            (None, None) => target.to_text().is_some_and(|text| Some(text) == self.name.to_text()),
            _ => false,
        }
    }

    /// The resources of a kind that are for this bucket, and the bucket itself.
    fn parts<'r>(
        &'r self,
        account: &'r Account<'a>,
        kind: &'static crate::model::Kind,
    ) -> impl Iterator<Item = &'a Resource> {
        account.of_kind(kind).filter(|part| self.owns(account, part)).chain(self.resource)
    }

    /// Whether public policies have no effect.
    pub fn policy_shield(&self, account: &Account<'a>) -> Shield {
        self.shield(
            account,
            &[&bucket::RESTRICT_PUBLIC_BUCKETS, &bucket::BLOCK_PUBLIC_POLICY],
            &[&bucket::RESTRICT_PUBLIC_BUCKETS_OF_ACCOUNT, &bucket::BLOCK_PUBLIC_POLICY_OF_ACCOUNT],
        )
    }

    /// Whether public access control lists have no effect: they are blocked, or no list counts.
    pub fn list_shield(&self, account: &Account<'a>) -> Shield {
        let ownership = self.parts(account, &bucket::OWNERSHIP);
        for setting in ownership.filter_map(|resource| resource.explicit(&bucket::OBJECT_OWNERSHIP)) {
            match setting.as_str() {
                Ok(Some(owner)) if owner == "BucketOwnerEnforced" => return Shield::On(setting.span),
                Ok(_) => {}
                Err(why) => return Shield::Unknown(why),
            }
        }
        self.shield(
            account,
            &[&bucket::IGNORE_PUBLIC_ACLS, &bucket::BLOCK_PUBLIC_ACLS],
            &[&bucket::IGNORE_PUBLIC_ACLS_OF_ACCOUNT, &bucket::BLOCK_PUBLIC_ACLS_OF_ACCOUNT],
        )
    }

    /// The blocks that the code puts on this bucket: resources of their own, or the bucket itself.
    pub fn blocks<'r>(&'r self, account: &'r Account<'a>) -> impl Iterator<Item = &'a Resource> {
        let own = account.of_kind(&bucket::PUBLIC_ACCESS_BLOCK).filter(|block| self.owns(account, block));
        own.chain(self.resource.filter(|resource| resource.explicit(&bucket::BLOCK).is_some()))
    }

    /// One of the settings is enough.
    fn shield(&self, account: &Account<'a>, own: &[&Attribute], of_account: &[&Attribute]) -> Shield {
        let blocks = self.blocks(account).map(|block| (block, own));
        let blocks =
            blocks.chain(account.of_kind(&bucket::ACCOUNT_PUBLIC_ACCESS_BLOCK).map(|block| (block, of_account)));
        let mut shield = Shield::Unsaid;
        for (block, settings) in blocks {
            for setting in settings.iter().map(|setting| block.setting(setting)) {
                match setting.as_bool() {
                    Ok(true) => return Shield::On(setting.span),
                    Ok(false) if shield == Shield::Unsaid => shield = Shield::Off,
                    Ok(false) => {}
                    Err(why) => shield = Shield::Unknown(why),
                }
            }
        }
        shield
    }

    /// The bucket's policies.
    pub fn policies<'r>(&'r self, account: &'r Account<'a>) -> impl Iterator<Item = &'r CarriedDocument<'a>> {
        account.documents().filter(move |carried| {
            let carrier = carried.carrier;
            let is_own = self.resource.is_some_and(|own| own.address == carrier.address);
            carried.purpose == Purpose::Resource
                && (is_own || bucket::POLICY.is(carrier) && self.owns(account, carrier))
        })
    }

    /// What carries the bucket's access control lists.
    pub fn lists<'r>(&'r self, account: &'r Account<'a>) -> impl Iterator<Item = &'a Resource> {
        self.parts(account, &bucket::ACL)
    }
}
