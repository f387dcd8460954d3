//! What names what: resources by reference and by name, AWS-managed policies by ARN and by look-up.

use rustc_hash::FxHashMap;

use crate::source::Span;
use crate::value::{Symbol, Text, Value};

use super::kind::split_type;
use super::kinds::{bucket, event_rule, group, key, log_group, managed_policy, permission_set, role, user, workload};
use super::{Attribute, Kind, Resource, Root};

/// Resources by address and by name.
#[derive(Debug)]
pub(super) struct Links<'a> {
    resources: FxHashMap<&'a str, &'a Resource>,
    /// By type as the language spells it, in the order of the code: many rules ask for few kinds each.
    kinds: FxHashMap<&'a str, Vec<(usize, &'a Resource)>>,
    /// Those kinds that others name, by the attribute that names them: many attachments name many principals.
    names: Vec<(&'static Kind, &'static Attribute, Names<'a>)>,
}

/// What is named by others.
const NAMED: [(&Kind, &Attribute); 10] = [
    (&user::KIND, &user::NAME),
    (&group::KIND, &group::NAME),
    (&role::KIND, &role::NAME),
    (&permission_set::KIND, &permission_set::NAME),
    (&managed_policy::KIND, &managed_policy::NAME),
    (&bucket::BUCKET, &bucket::NAME),
    (&event_rule::KIND, &event_rule::NAME),
    (&key::ALIAS, &key::ALIAS_NAME),
    (&log_group::KIND, &log_group::NAME),
    (&workload::PROFILE, &workload::PROFILE_NAME),
];

/// Resources of one kind by their names, each with all that the name stands for, in the order of the code.
type Names<'a> = FxHashMap<String, Vec<(Text, &'a Resource)>>;

impl<'a> Links<'a> {
    pub(super) fn new(root: &'a Root) -> Self {
        let resources = root.resources.iter().map(|resource| (&*resource.address, resource)).collect();
        let names = NAMED.into_iter().map(|(kind, name)| (kind, name, names(root, kind, name))).collect();
        let mut kinds: FxHashMap<&str, Vec<(usize, &Resource)>> = FxHashMap::default();
        for (place, resource) in root.resources.iter().enumerate() {
            kinds.entry(&*resource.kind).or_default().push((place, resource));
        }
        Self { resources, kinds, names }
    }

    /// The resources of a kind, in the order of the code.
    pub(super) fn of_kind(&self, kind: &'static Kind) -> impl Iterator<Item = &'a Resource> {
        let types = kind.terraform.iter().chain(kind.cloudformation).map(|name| split_type(name).0);
        let mut lists: Vec<&[(usize, &'a Resource)]> =
            types.filter_map(|name| self.kinds.get(name)).map(Vec::as_slice).collect();
        let next = move || {
            let (place, resource) = *lists.iter().filter_map(|list| list.first()).min_by_key(|(place, _)| *place)?;
            // Two spellings of a kind may be the same type with different properties.
            for list in &mut lists {
                if let Some(((first, _), rest)) = list.split_first()
                    && *first == place
                {
                    *list = rest;
                }
            }
            Some(resource)
        };
        std::iter::from_fn(next).filter(|resource| kind.is(resource))
    }

    /// The resource at an address; the only instance where the reference does not say which.
    pub(super) fn by_address(&self, address: &str) -> Option<&'a Resource> {
        self.resources.get(address).copied()
    }

    /// The resource of a kind that a text names: as a reference, or, for the kinds of [`NAMED`], by its name.
    pub(super) fn resolve(&self, text: &Text, kind: &'static Kind, name: &Attribute) -> Option<&'a Resource> {
        if let Some(reference) = text.as_symbol().and_then(Symbol::reference) {
            return self.by_address(&reference.address).filter(|resource| kind.is(resource));
        }
        let is_asked = |of: &Kind, by: &Attribute| {
            of.category == kind.category && of.terraform == kind.terraform && by.terraform == name.terraform
        };
        let (_, _, names) = self.names.iter().find(|(of, by, _)| is_asked(of, by))?;
        // Different texts may be written alike.
        names.get(&text.to_string())?.iter().find(|(own, _)| own == text).map(|(_, resource)| *resource)
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

fn names<'a>(root: &'a Root, kind: &'static Kind, name: &'static Attribute) -> Names<'a> {
    let mut names = Names::default();
    for resource in root.resources.iter().filter(|resource| kind.is(resource)) {
        let setting = resource.setting(name);
        let alternatives = if setting.explicit { setting.value.alternatives() } else { &[] };
        for own in alternatives.iter().filter_map(Value::to_text) {
            names.entry(own.to_string()).or_default().push((own, resource));
        }
    }
    names
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
