//! Existing code as one account, whatever number of roots it is spread over.

use crate::iam::Statement;
use crate::model::kinds::{bucket, key, log_group};
use crate::model::{Account, Attribute, Category, Kind, Resource};
use crate::source::Span;
use crate::value::{Symbol, Value, Why};

/// All roots under the path that is compared.
pub(super) struct World<'w> {
    pub(super) accounts: &'w [Account<'w>],
}

/// A resource, and the root that declares it.
#[derive(Clone, Copy)]
pub(super) struct Found<'w> {
    pub(super) account: &'w Account<'w>,
    pub(super) resource: &'w Resource,
}

/// What another resource is named by.
pub(super) struct Link {
    /// The setting that names it.
    pub(super) attribute: &'static Attribute,
    /// What it is.
    pub(super) kind: &'static Kind,
    /// By which of its settings it is named, if not by reference.
    pub(super) name: &'static Attribute,
}

/// Where a link leads.
pub(super) enum Linked<'w> {
    /// To this.
    There(Found<'w>),
    /// Nowhere: the code does not say.
    Nowhere,
    /// To something that is not in the code, or is not known.
    Elsewhere { why: String, span: Span },
}

impl<'w> World<'w> {
    /// The resources of a kind. Instances of one block, and the same block seen from several roots, are one.
    pub(super) fn of_kind(&self, kind: &'static Kind) -> Vec<Found<'w>> {
        let mut seen = rustc_hash::FxHashSet::default();
        self.instances(kind).into_iter().filter(|found| seen.insert(found.resource.block)).collect()
    }

    /// The resources of a kind, each as each root has it.
    pub(super) fn instances(&self, kind: &'static Kind) -> Vec<Found<'w>> {
        let of_account =
            |account: &'w Account<'w>| account.of_kind(kind).map(move |resource| Found { account, resource });
        self.accounts.iter().flat_map(of_account).filter(|found| found.resource.category == Category::Managed).collect()
    }
}

impl<'w> Found<'w> {
    /// Another resource of the same root.
    pub(super) fn beside(self, resource: &'w Resource) -> Self {
        Self { resource, ..self }
    }

    /// The resources of a kind that belong to this one, a bucket.
    pub(super) fn companions(self, kind: &'static Kind) -> Vec<Self> {
        let belongs = |resource: &&Resource| {
            let target = resource.setting(&bucket::TARGET).value;
            self.account
                .resolve(&target, &bucket::BUCKET, &bucket::NAME)
                .is_some_and(|found| found.address == self.resource.address)
        };
        self.account.of_kind(kind).filter(belongs).map(|resource| self.beside(resource)).collect()
    }

    /// The statements of the policies that this resource carries.
    pub(super) fn statements(self) -> Vec<&'w Statement> {
        let carried = self.account.documents().filter(|carried| carried.carrier.address == self.resource.address);
        carried.flat_map(|carried| &carried.document.statements).collect()
    }

    /// What a setting of this resource names.
    pub(super) fn follow(self, link: &Link) -> Linked<'w> {
        let setting = self.resource.setting(link.attribute);
        let elsewhere = |why: String| Linked::Elsewhere { why, span: setting.span };
        match setting.is_given() {
            Ok(false) => return Linked::Nowhere,
            Err(why) => return elsewhere(why.to_string()),
            Ok(true) => {}
        }
        match self.named(&setting.value, link) {
            Some(resource) => Linked::There(self.beside(resource)),
            None => elsewhere(match &setting.value.kind {
                crate::value::Kind::Unknown(unknown) if !matches!(unknown.why, Why::AfterDeployment(_)) => {
                    unknown.why.to_string()
                }
                _ => "what it names is not managed by this code".to_owned(),
            }),
        }
    }

    fn named(self, value: &Value, link: &Link) -> Option<&'w Resource> {
        if let Some(resource) = self.account.resolve(value, link.kind, link.name) {
            return Some(resource);
        }
        if link.kind.terraform == key::KIND.terraform {
            let alias = self.account.resolve(value, &key::ALIAS, &key::ALIAS_NAME)?;
            let target = alias.setting(&key::TARGET).value;
            return self.account.resolve(&target, &key::KIND, &key::NAME);
        }
        if link.kind.terraform == log_group::KIND.terraform {
            return self.log_group(value);
        }
        None
    }

    /// The log group of an ARN: `<arn>:*`, or one with the group's name in it.
    fn log_group(self, value: &Value) -> Option<&'w Resource> {
        let arn = value.to_text()?;
        let referred = arn.symbols().filter_map(|(_, symbol)| Symbol::reference(symbol));
        let mut resources = referred.filter_map(|reference| self.account.at(&reference.address));
        if let Some(group) = resources.find(|resource| log_group::KIND.is(resource)) {
            return Some(group);
        }
        let (_, name) = arn.literal_content().rsplit_once(":log-group:")?;
        let name = Value::text(name.trim_end_matches(":*"));
        self.account.resolve(&name, &log_group::KIND, &log_group::NAME)
    }
}
