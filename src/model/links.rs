//! What names what: resources by reference and by name, AWS-managed policies by ARN and by look-up.

use rustc_hash::FxHashMap;

use crate::source::Span;
use crate::value::{Symbol, Text};

use super::kinds::managed_policy;
use super::{Attribute, Kind, Resource, Root};

/// Resources by address and by name.
#[derive(Debug)]
pub(super) struct Links<'a> {
    root: &'a Root,
    by_address: FxHashMap<&'a str, &'a Resource>,
}

impl<'a> Links<'a> {
    pub(super) fn new(root: &'a Root) -> Self {
        let by_address = root.resources.iter().map(|resource| (&*resource.address, resource)).collect();
        Self { root, by_address }
    }

    /// The resource at an address; the only instance where the reference does not say which.
    pub(super) fn by_address(&self, address: &str) -> Option<&'a Resource> {
        self.by_address.get(address).copied()
    }

    /// The resource of a kind that a text names: as a reference, or by its name.
    pub(super) fn resolve(&self, text: &Text, kind: &'static Kind, name: &Attribute) -> Option<&'a Resource> {
        if let Some(reference) = text.as_symbol().and_then(Symbol::reference) {
            return self.by_address(&reference.address).filter(|resource| kind.is(resource));
        }
        let same_name = |resource: &&'a Resource| {
            let setting = resource.setting(name);
            setting.explicit && setting.value.alternatives().iter().any(|own| own.to_text().as_ref() == Some(text))
        };
        self.root.resources.iter().filter(|resource| kind.is(resource)).find(same_name)
    }

    /// The look-up of a managed policy that a text refers to.
    pub(super) fn policy_look_up(&self, arn: &Text) -> Option<&'a Resource> {
        let look_up = self.by_address(&arn.as_symbol()?.reference()?.address)?;
        managed_policy::LOOK_UP.is(look_up).then_some(look_up)
    }

    /// The name of an AWS-managed policy (`AdministratorAccess`, `job-function/Billing`), if an ARN is one's. Its
    /// partition may be unknown.
    pub(super) fn aws_managed_policy(&self, arn: &Text) -> Option<String> {
        if arn.as_symbol().is_some() {
            return looked_up_policy(self.policy_look_up(arn)?).map(|(name, _)| name);
        }
        name_in_arn(arn.literal_content())
    }
}

/// The name of the policy that is looked up, if the code says it, and where.
pub(super) fn looked_up_policy(look_up: &Resource) -> Option<(String, Span)> {
    let arn = look_up.setting(&managed_policy::LOOKED_UP_ARN);
    if let Some(name) = arn.value.to_text().and_then(|arn| name_in_arn(arn.literal_content())) {
        return Some((name, arn.span));
    }
    let name = look_up.setting(&managed_policy::NAME);
    Some((name.as_str().ok().flatten()?, name.span))
}

fn name_in_arn(arn: &str) -> Option<String> {
    let (before, name) = arn.split_once(":aws:policy/")?;
    before.starts_with("arn:").then(|| name.to_owned())
}
