//! Which policies of the code have a say in a request.

use crate::iam::simulate::{Policies, Policy};
use crate::iam::{Document, catalogue};
use crate::model::kinds::bucket;
use crate::model::{Account, AttachedPolicy, DocumentId, Existence, Principal, PrincipalId, Purpose, Resource};
use crate::value::Text;

use super::Names;

/// The policies of the code that decide on a principal's requests for a resource.
#[derive(Default, Debug)]
pub struct Deciding {
    identity: Vec<Named>,
    has_unknown_identity: bool,
    resource: Option<Named>,
    boundaries: Vec<Named>,
    has_unknown_boundary: bool,
}

/// A document with the address of what carries it.
#[derive(Debug)]
struct Named {
    name: String,
    document: Document,
}

impl Named {
    fn policy(&self) -> Policy<'_> {
        Policy { name: self.name.clone(), document: &self.document }
    }
}

impl Deciding {
    /// Gathers a principal's own policies, those of its groups, its boundary, and the policy of the resource where the
    /// code has it.
    pub fn on(principal: Option<PrincipalId>, resource: Option<&Resource>, names: &Names) -> Self {
        let mut deciding = Self::default();
        if let Some(id) = principal {
            deciding.add_principal(names.account.principal(id), names);
        }
        deciding.resource = resource.and_then(|resource| policy_of(resource, names));
        deciding
    }

    /// For an evaluation.
    pub fn policies(&self) -> Policies<'_> {
        Policies {
            identity: self.identity.iter().map(Named::policy).collect(),
            has_unknown_identity: self.has_unknown_identity,
            resource: self.resource.as_ref().map(Named::policy),
            boundaries: self.boundaries.iter().map(Named::policy).collect(),
            has_unknown_boundary: self.has_unknown_boundary,
            ..Policies::default()
        }
    }

    fn add_principal(&mut self, principal: &Principal, names: &Names) {
        let account = names.account;
        for holder in std::iter::once(principal.id).chain(principal.groups.iter().copied()) {
            for inline in account.inline_documents_of(holder) {
                let is_certain = !inline.is_open && inline.carrier.existence == Existence::Certain;
                self.identity.push(in_code(inline.document, is_certain, names));
            }
            for attachment in account.attachments_of(holder) {
                let carrier_exists = attachment.carrier.existence == Existence::Certain;
                let is_certain = !attachment.is_open && !attachment.possible && carrier_exists;
                match read(&attachment.policy, is_certain, names) {
                    Some(found) => self.identity.push(found),
                    None => self.has_unknown_identity = true,
                }
            }
        }
        // What is put on somebody whom the code does not tell may be put on this one.
        let may_be_anybody =
            |name: Option<&Text>, id: Option<PrincipalId>| id.is_none() && name.is_some_and(|name| !name.is_known());
        self.has_unknown_identity |= principal.has_unknown_groups
            || account
                .inline_documents()
                .iter()
                .any(|inline| inline.kind == principal.kind && may_be_anybody(inline.name.as_ref(), inline.principal))
            || account.attachments().iter().any(|attachment| {
                attachment.kind == principal.kind && may_be_anybody(attachment.name.as_ref(), attachment.principal)
            });
        if let Some(boundary) = &principal.boundary {
            match read(boundary, true, names) {
                Some(found) => self.boundaries.push(found),
                None => self.has_unknown_boundary = true,
            }
        }
    }
}

/// A managed policy: of the code, or of AWS.
fn read(policy: &AttachedPolicy, is_certain: bool, names: &Names) -> Option<Named> {
    match policy {
        AttachedPolicy::InCode(id) => Some(in_code(*id, is_certain, names)),
        AttachedPolicy::Aws(name) => {
            let document = catalogue::managed_policy(name)?.document();
            Some(Named { name: format!("AWS's {name}"), document: if_certain(document, is_certain) })
        }
        AttachedPolicy::Elsewhere(_) => None,
    }
}

fn in_code(id: DocumentId, is_certain: bool, names: &Names) -> Named {
    let carried = names.account.document(id);
    let is_certain = is_certain && carried.carrier.existence == Existence::Certain;
    let document = carried.document.replace(&|symbol| names.of_symbol(symbol));
    Named { name: carried.carrier.address.to_string(), document: if_certain(document, is_certain) }
}

/// A document that is there only perhaps has statements that are.
fn if_certain(mut document: Document, is_certain: bool) -> Document {
    if !is_certain {
        for statement in &mut document.statements {
            statement.possible = true;
        }
    }
    document
}

/// The policy of a resource: its own, a role's trust policy, or the bucket policy that names it.
fn policy_of(resource: &Resource, names: &Names) -> Option<Named> {
    let account = names.account;
    let carries = |carrier: &Resource| {
        carrier.address == resource.address
            || (bucket::BUCKET.is(resource) && is_bucket_policy_of(carrier, resource, account))
    };
    let mut found = None;
    for carried in account.documents() {
        if !matches!(carried.purpose, Purpose::Resource | Purpose::Trust) || !carries(carried.carrier) {
            continue;
        }
        let is_certain = carried.carrier.existence == Existence::Certain;
        let document = if_certain(carried.document.replace(&|symbol| names.of_symbol(symbol)), is_certain);
        found = Some(Named { name: carried.carrier.address.to_string(), document });
    }
    found
}

fn is_bucket_policy_of(carrier: &Resource, of: &Resource, account: &Account) -> bool {
    let target = carrier.setting(&bucket::TARGET).value;
    bucket::POLICY.is(carrier)
        && account.resolve(&target, &bucket::BUCKET, &bucket::NAME).is_some_and(|found| found.address == of.address)
}
