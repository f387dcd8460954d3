//! What stands between a bucket and the public: blocks of the bucket and of the account, and the switch that turns
//! access control lists off.
//!
//! Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage" and "Controlling ownership of
//! objects and disabling ACLs for your bucket".

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::kinds::bucket;
use crate::model::{Account, Attribute, CarriedDocument, DocumentId, Kind, Purpose, Resource};
use crate::source::Span;
use crate::value::{Text, Value, Why};

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

/// The resources that say which bucket they are for, and the policies that they carry: by bucket, for an account may
/// have thousands of each.
#[derive(Default)]
struct Parts {
    /// Places in the root's list of resources, by the address of the bucket.
    of_declared: FxHashMap<Arc<str>, Vec<usize>>,
    /// The same for buckets that are not in the code, by how their names are written.
    of_others: FxHashMap<String, Vec<usize>>,
    /// The policies of resources, by the address of what carries them.
    policies: FxHashMap<Arc<str>, Vec<DocumentId>>,
}

impl Parts {
    fn of(account: &Account) -> Arc<Self> {
        account.derived(|account| {
            let mut parts = Self::default();
            for (place, part) in account.root.resources.iter().enumerate() {
                let Some(target) = part.explicit(&bucket::TARGET).map(|target| target.value) else { continue };
                if let Some(found) = account.resolve(&target, &bucket::BUCKET, &bucket::NAME) {
                    parts.of_declared.entry(found.address.clone()).or_default().push(place);
                } else if let Some(name) = target.to_text() {
                    parts.of_others.entry(name.to_string()).or_default().push(place);
                }
            }
            for (id, carried) in account.documents_by_id().filter(|(_, carried)| carried.purpose == Purpose::Resource) {
                parts.policies.entry(carried.carrier.address.clone()).or_default().push(id);
            }
            parts
        })
    }

    /// The resources that are for a bucket of the code.
    fn for_declared<'a>(&self, account: &Account<'a>, bucket: &Resource) -> Vec<&'a Resource> {
        let places = self.of_declared.get(&bucket.address).into_iter().flatten();
        places.filter_map(|place| account.root.resources.get(*place)).collect()
    }

    /// The resources that are for a bucket of this name which is not in the code.
    fn for_other<'a>(&self, account: &Account<'a>, name: &Text) -> Vec<&'a Resource> {
        let places = self.of_others.get(&name.to_string()).into_iter().flatten();
        let parts = places.filter_map(|place| account.root.resources.get(*place));
        // Different texts may be written alike.
        parts.filter(|part| part.setting(&bucket::TARGET).value.to_text().is_some_and(|own| own == *name)).collect()
    }

    fn policies_on(&self, carrier: &Resource) -> &[DocumentId] {
        self.policies.get(&carrier.address).map_or(&[], Vec::as_slice)
    }
}

/// The resources of a kind that say that they are for this bucket of the code.
pub fn parts_of<'a>(
    account: &Account<'a>,
    bucket: &Resource,
    kind: &'static Kind,
) -> impl Iterator<Item = &'a Resource> {
    Parts::of(account).for_declared(account, bucket).into_iter().filter(|part| kind.is(part))
}

/// The policies of resources that say that they are for this bucket of the code.
pub fn policies_of<'r, 'a>(account: &'r Account<'a>, bucket: &Resource) -> Vec<&'r CarriedDocument<'a>> {
    let parts = Parts::of(account);
    let carriers = parts.for_declared(account, bucket).into_iter();
    carriers.flat_map(|carrier| parts.policies_on(carrier)).map(|id| account.document(*id)).collect()
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

    /// The resources that say that they are for this bucket.
    fn all_parts(&self, account: &Account<'a>) -> Vec<&'a Resource> {
        match self.resource {
            Some(own) => Parts::of(account).for_declared(account, own),
            None => self.name.to_text().map(|name| Parts::of(account).for_other(account, &name)).unwrap_or_default(),
        }
    }

    /// The resources of a kind that are for this bucket, and the bucket itself.
    fn parts(&self, account: &Account<'a>, kind: &'static Kind) -> impl Iterator<Item = &'a Resource> {
        self.all_parts(account).into_iter().filter(|part| kind.is(part)).chain(self.resource)
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
    pub fn blocks(&self, account: &Account<'a>) -> impl Iterator<Item = &'a Resource> {
        let own = self.all_parts(account).into_iter().filter(|part| bucket::PUBLIC_ACCESS_BLOCK.is(part));
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
    pub fn policies<'r>(&self, account: &'r Account<'a>) -> impl Iterator<Item = &'r CarriedDocument<'a>> {
        let parts = Parts::of(account);
        let carriers = self.all_parts(account).into_iter().filter(|part| bucket::POLICY.is(part));
        let mut ids: Vec<DocumentId> =
            carriers.chain(self.resource).flat_map(|carrier| parts.policies_on(carrier)).copied().collect();
        // As the code has them.
        ids.sort_unstable();
        ids.into_iter().map(|id| account.document(id))
    }

    /// What carries the bucket's access control lists.
    pub fn lists(&self, account: &Account<'a>) -> impl Iterator<Item = &'a Resource> {
        self.parts(account, &bucket::ACL)
    }
}
