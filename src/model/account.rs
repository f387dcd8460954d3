//! Everything that one root declares, linked.

use std::any::Any;
use std::sync::Arc;

use crate::source::Span;
use crate::value::{Text, Value};

use super::derived::Derived;
use super::documents::{CarriedDocument, DocumentId, Documents};
use super::kinds::{managed_policy, oidc_provider};
use super::links::{Links, looked_up_policy};
use super::principals::{AttachedPolicy, Attachment, InlineDocument, Principal, PrincipalId, Principals};
use super::{Attribute, Kind, Resource, Root, texts};

/// One root as an AWS account: its resources, who its principals are, what documents they carry.
#[derive(Debug)]
pub struct Account<'a> {
    /// What was evaluated.
    pub root: &'a Root,
    links: Links<'a>,
    documents: Documents<'a>,
    principals: Principals<'a>,
    derived: Derived,
}

impl<'a> Account<'a> {
    /// Links the resources of a root.
    pub fn new(root: &'a Root) -> Self {
        let links = Links::new(root);
        let mut documents = Documents::default();
        let principals = Principals::read(root, &links, &mut documents);
        documents.read_the_rest(root, &principals.limits());
        Self { root, links, documents, principals, derived: Derived::default() }
    }

    /// What a higher floor works out of the account: made when it is first asked for, and the same for all who ask.
    pub fn derived<T: Any + Send + Sync>(&self, make: impl FnOnce(&Self) -> T) -> Arc<T> {
        self.derived.get(|| make(self))
    }

    /// The resources of a kind.
    pub fn of_kind(&self, kind: &'static Kind) -> impl Iterator<Item = &'a Resource> {
        self.links.of_kind(kind)
    }

    /// All documents with their carriers.
    pub fn documents(&self) -> impl Iterator<Item = &CarriedDocument<'a>> {
        self.documents.all.iter()
    }

    /// A document.
    pub fn document(&self, id: DocumentId) -> &CarriedDocument<'a> {
        &self.documents.all[id.0]
    }

    /// All users, groups, roles and permission sets of the code.
    pub fn principals(&self) -> impl Iterator<Item = &Principal<'a>> {
        self.principals.all.iter()
    }

    /// How many documents there are: their ids, as numbers, are below.
    pub fn document_count(&self) -> usize {
        self.documents.all.len()
    }

    /// All documents with their ids.
    pub fn documents_by_id(&self) -> impl Iterator<Item = (DocumentId, &CarriedDocument<'a>)> {
        self.documents.all.iter().enumerate().map(|(index, carried)| (DocumentId(index), carried))
    }

    /// A principal.
    pub fn principal(&self, id: PrincipalId) -> &Principal<'a> {
        &self.principals.all[id.0]
    }

    /// All attachments of managed policies, also to principals that are not in the code.
    pub fn attachments(&self) -> &[Attachment<'a>] {
        &self.principals.attachments
    }

    /// All policies written on principals, also on principals that are not in the code.
    pub fn inline_documents(&self) -> &[InlineDocument<'a>] {
        &self.principals.inline
    }

    /// The attachments of a principal.
    pub fn attachments_of(&self, id: PrincipalId) -> impl Iterator<Item = &Attachment<'a>> {
        let places = self.principals.attachments_of.get(id.0).into_iter().flatten();
        places.filter_map(|place| self.principals.attachments.get(*place))
    }

    /// The policies written on a principal.
    pub fn inline_documents_of(&self, id: PrincipalId) -> impl Iterator<Item = &InlineDocument<'a>> {
        let places = self.principals.inline_of.get(id.0).into_iter().flatten();
        places.filter_map(|place| self.principals.inline.get(*place))
    }

    /// The documents of a principal that are in the code: written on it, and attached to it.
    pub fn identity_documents_of(&self, id: PrincipalId) -> impl Iterator<Item = &CarriedDocument<'a>> {
        let written = self.inline_documents_of(id).map(|inline| inline.document);
        let attached = self.attachments_of(id).filter_map(|attachment| match attachment.policy {
            AttachedPolicy::InCode(id) => Some(id),
            _ => None,
        });
        written.chain(attached).map(|id| self.document(id))
    }

    /// The look-ups of managed policies by name, each with where it names the policy.
    pub fn looked_up_policies(&self) -> impl Iterator<Item = (&'a Resource, String, Span)> {
        self.of_kind(&managed_policy::LOOK_UP)
            .filter_map(|look_up| looked_up_policy(look_up).map(|(name, span)| (look_up, name, span)))
    }

    /// Whether some principal of the code has this AWS-managed policy as its permissions boundary.
    pub fn has_boundary(&self, policy: &str) -> bool {
        let mut boundaries = self.principals.all.iter().filter_map(|principal| principal.boundary.as_ref());
        boundaries.any(|boundary| matches!(boundary, AttachedPolicy::Aws(name) if name == policy))
    }

    /// The resource at an address; the only instance where the reference does not say which.
    pub fn at(&self, address: &str) -> Option<&'a Resource> {
        self.links.by_address(address)
    }

    /// The resource that a value names: by reference, or by its name.
    pub fn resolve(&self, value: &Value, kind: &'static Kind, name: &Attribute) -> Option<&'a Resource> {
        texts(value).iter().find_map(|(text, _)| self.links.resolve(text, kind, name))
    }

    /// The issuer of an identity provider that a trust policy names: from its ARN, or from the provider in the code.
    pub fn oidc_issuer(&self, principal: &Text) -> Option<Text> {
        if let Some(reference) = principal.as_symbol().and_then(crate::value::Symbol::reference) {
            let provider = self.links.by_address(&reference.address)?;
            if oidc_provider::KIND.is(provider) || oidc_provider::LOOK_UP.is(provider) {
                return provider.setting(&oidc_provider::URL).value.to_text();
            }
            return None;
        }
        let content = principal.literal_content();
        content.split_once(":oidc-provider/").map(|(_, issuer)| Text::from(issuer))
    }
}
