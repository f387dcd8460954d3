//! Which policies have a say in what each principal may do: its own and those that limit it, layer by layer.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::iam::{Document, catalogue};
use crate::model::kinds::organization_policy;
use crate::model::{
    Account, AttachedPolicy, DocumentId, Existence, Principal, PrincipalId, PrincipalKind, Resource, texts,
};
use crate::source::Span;
use crate::value::{Symbol, Text};

use super::homes::is_own;

/// A policy that has a say.
#[derive(Clone, Debug)]
pub struct Held {
    /// The policy.
    pub source: PolicySource,
    /// Whether it certainly is there; not, where the code leaves open whether it exists, or is on this principal.
    pub is_certain: bool,
    /// Whether it certainly is there once the code creates what carries and attaches it.
    pub is_certain_if_created: bool,
    /// The group through which a user has it.
    pub through: Option<PrincipalId>,
    /// Where the code puts it on the principal, where that is not the policy itself.
    pub attached_at: Option<Span>,
}

/// Where a policy comes from.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum PolicySource {
    /// The code.
    InCode(DocumentId),
    /// AWS: the policy's name with its path, known to the catalogue.
    Aws(Arc<str>),
}

/// The policies that decide what one principal may do. A request must be allowed by each layer that there is, and denied
/// by none.
#[derive(Clone, Debug)]
pub struct PrincipalAccess {
    /// Whose.
    pub principal: PrincipalId,
    /// What its own policies are, and those of its groups.
    pub identity: Vec<Held>,
    /// Whether it may have policies that are not known.
    pub has_unknown_identity: bool,
    /// Its permissions boundary.
    pub boundary: Option<Held>,
    /// Whether it has a boundary that is not known.
    pub has_unknown_boundary: bool,
}

/// A policy of the organization and what it is attached to.
#[derive(Clone, Debug)]
pub struct OrganizationPolicy {
    /// The policy.
    pub document: DocumentId,
    /// Whether it limits resources, and not principals.
    pub is_resource_control: bool,
    /// What it is attached to, as the code names it.
    pub targets: Vec<Text>,
}

/// All principals of an account with the policies that decide for them.
#[derive(Debug)]
pub struct Effective {
    principals: Vec<PrincipalAccess>,
    managed: FxHashMap<Arc<str>, Arc<Document>>,
    organization: Vec<OrganizationPolicy>,
}

/// At which level of an organization a policy is attached.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// The root: every account but the management account.
    Root,
    /// The account itself.
    Account,
}

impl Effective {
    /// The account's, worked out once.
    pub fn of(account: &Account) -> Arc<Self> {
        account.derived(Self::new)
    }

    fn new(account: &Account) -> Self {
        let mut reader = Reader { account, managed: FxHashMap::default(), own: Vec::new(), open: Vec::new() };
        reader.read_own();
        let principals = account.principals().map(|principal| reader.access(principal)).collect();
        Self { principals, managed: reader.managed, organization: organization(account) }
    }

    /// All principals, in the order of [`Account::principals`].
    pub fn principals(&self) -> &[PrincipalAccess] {
        &self.principals
    }

    /// One principal.
    pub fn principal(&self, id: PrincipalId) -> Option<&PrincipalAccess> {
        self.principals.get(id.index())
    }

    /// The document of a policy that has a say.
    pub fn document<'d>(&'d self, account: &'d Account, source: &PolicySource) -> Option<&'d Document> {
        match source {
            PolicySource::InCode(id) => Some(&account.document(*id).document),
            PolicySource::Aws(name) => self.managed.get(name).map(|document| &**document),
        }
    }

    /// The policies of AWS Organizations that the code declares, with what they are attached to.
    pub fn organization(&self) -> &[OrganizationPolicy] {
        &self.organization
    }

    /// The organization's policies that limit the account with this id, with the level at which each is attached. Units
    /// are left out: the code does not tell which accounts are in them. Those of the root apply to every account but the
    /// management account.
    pub fn organization_policies<'s>(
        &'s self,
        id: &'s str,
    ) -> impl Iterator<Item = (Level, &'s OrganizationPolicy)> + 's {
        self.organization.iter().filter_map(move |policy| {
            let levels = policy.targets.iter().filter_map(|target| level(target, id));
            levels.max().map(|level| (level, policy))
        })
    }
}

/// The level that a target is for an account, if the policy limits that account.
fn level(target: &Text, id: &str) -> Option<Level> {
    if let Some(known) = target.as_str() {
        // AWS Organizations, "Root": its id begins with `r-`.
        return if known == id { Some(Level::Account) } else { known.starts_with("r-").then_some(Level::Root) };
    }
    let symbol = target.as_symbol()?;
    let is_root =
        |symbol: &Symbol| symbol.name().contains("aws_organizations_organization") && symbol.name().contains("roots");
    if is_own(symbol.name(), None) { Some(Level::Account) } else { is_root(symbol).then_some(Level::Root) }
}

fn organization(account: &Account) -> Vec<OrganizationPolicy> {
    let mut policies = Vec::new();
    let mut attached: FxHashMap<&str, Vec<Text>> = FxHashMap::default();
    for attachment in account.of_kind(&organization_policy::ATTACHMENT) {
        let policy = attachment.setting(&organization_policy::ATTACHED).value;
        let found = account.resolve(&policy, &organization_policy::KIND, &organization_policy::ATTACHED);
        let targets = texts(&attachment.setting(&organization_policy::TARGET).value);
        if let Some(policy) = found {
            attached.entry(&*policy.address).or_default().extend(targets.into_iter().map(|(text, _)| text));
        }
    }
    for (id, carried) in account.documents_by_id() {
        let resource: &Resource = carried.carrier;
        if !organization_policy::KIND.is(resource) {
            continue;
        }
        let is_resource_control = match resource.setting(&organization_policy::TYPE).as_str() {
            Ok(Some(name)) if name == "RESOURCE_CONTROL_POLICY" => true,
            Ok(Some(name)) if name == "SERVICE_CONTROL_POLICY" => false,
            _ => continue,
        };
        let on_itself = texts(&resource.setting(&organization_policy::TARGETS).value);
        let elsewhere = attached.get(&*resource.address).cloned().unwrap_or_default();
        let targets = on_itself.into_iter().map(|(text, _)| text).chain(elsewhere).collect();
        policies.push(OrganizationPolicy { document: id, is_resource_control, targets });
    }
    policies
}

/// What a principal has itself.
#[derive(Default)]
struct Own {
    held: Vec<Held>,
    has_unknown: bool,
}

/// What reading needs at hand.
struct Reader<'r, 'a> {
    account: &'r Account<'a>,
    managed: FxHashMap<Arc<str>, Arc<Document>>,
    own: Vec<Own>,
    /// Kinds of principals of which any may have a policy that the code puts on somebody it does not tell.
    open: Vec<PrincipalKind>,
}

impl Reader<'_, '_> {
    /// What each principal has itself, in one pass.
    fn read_own(&mut self) {
        self.own.resize_with(self.account.principals().count(), Own::default);
        let account = self.account;
        // What is put on somebody whom the code does not tell may be put on anyone of that kind.
        let is_unnamed = |name: Option<&Text>| name.is_some_and(|name| !name.is_known());
        for inline in account.inline_documents() {
            let Some(id) = inline.principal else {
                if is_unnamed(inline.name.as_ref()) {
                    self.open.push(inline.kind);
                }
                continue;
            };
            let is_certain_if_created = !inline.is_open;
            let is_certain = is_certain_if_created && inline.carrier.existence == Existence::Certain;
            let source = PolicySource::InCode(inline.document);
            self.hold(id, Held { source, is_certain, is_certain_if_created, through: None, attached_at: None });
        }
        for attachment in account.attachments() {
            let Some(id) = attachment.principal else {
                if is_unnamed(attachment.name.as_ref()) {
                    self.open.push(attachment.kind);
                }
                continue;
            };
            let exists = attachment.carrier.existence == Existence::Certain;
            let is_certain_if_created = !attachment.is_open && !attachment.possible;
            match self.read(&attachment.policy, is_certain_if_created, Some(attachment.span)) {
                Some(held) => self.hold(id, Held { is_certain: held.is_certain && exists, ..held }),
                None => {
                    if let Some(own) = self.own.get_mut(id.index()) {
                        own.has_unknown = true;
                    }
                }
            }
        }
    }

    fn hold(&mut self, id: PrincipalId, held: Held) {
        let exists = match held.source {
            PolicySource::InCode(document) => self.account.document(document).carrier.existence == Existence::Certain,
            PolicySource::Aws(_) => true,
        };
        if let Some(own) = self.own.get_mut(id.index()) {
            own.held.push(Held { is_certain: held.is_certain && exists, ..held });
        }
    }

    /// A managed policy: of the code, or of AWS and in the catalogue.
    fn read(&mut self, policy: &AttachedPolicy, is_certain: bool, attached_at: Option<Span>) -> Option<Held> {
        let source = match policy {
            AttachedPolicy::InCode(id) => PolicySource::InCode(*id),
            AttachedPolicy::Aws(name) => PolicySource::Aws(self.managed(name)?),
            AttachedPolicy::Elsewhere(_) => return None,
        };
        Some(Held { source, is_certain, is_certain_if_created: is_certain, through: None, attached_at })
    }

    fn managed(&mut self, name: &str) -> Option<Arc<str>> {
        if let Some((known, _)) = self.managed.get_key_value(name) {
            return Some(known.clone());
        }
        let document = catalogue::managed_policy(name)?.document();
        let name: Arc<str> = name.into();
        self.managed.insert(name.clone(), Arc::new(document));
        Some(name)
    }

    fn access(&mut self, principal: &Principal) -> PrincipalAccess {
        let holders = std::iter::once(principal.id).chain(principal.groups.iter().copied());
        let mut identity = Vec::new();
        let mut has_unknown_identity = principal.has_unknown_groups || self.open.contains(&principal.kind);
        for holder in holders {
            let Some(own) = self.own.get(holder.index()) else { continue };
            has_unknown_identity |= own.has_unknown;
            let through = (holder != principal.id).then_some(holder);
            identity.extend(own.held.iter().map(|held| Held { through, ..held.clone() }));
        }
        let boundary = principal.boundary.as_ref().map(|policy| self.read(policy, true, None));
        PrincipalAccess {
            principal: principal.id,
            identity,
            has_unknown_identity,
            has_unknown_boundary: matches!(boundary, Some(None)),
            boundary: boundary.flatten(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_an_organization() {
        let id = "111122223333";
        assert_eq!(level(&Text::from("111122223333"), id), Some(Level::Account));
        assert_eq!(level(&Text::from("444455556666"), id), None);
        assert_eq!(level(&Text::from("r-ab12"), id), Some(Level::Root));
        assert_eq!(level(&Text::from("ou-ab12-cdefghij"), id), None);
        let own = Symbol::of_resource("data.aws_caller_identity.current", "account_id");
        assert_eq!(level(&Text::from(own), id), Some(Level::Account));
        let root = Symbol::of_resource("aws_organizations_organization.this", "roots[0].id");
        assert_eq!(level(&Text::from(root), id), Some(Level::Root));
        let unit = Symbol::of_resource("aws_organizations_organizational_unit.prod", "id");
        assert_eq!(level(&Text::from(unit), id), None);
    }
}
