//! Users, groups, roles and permission sets, with what is written on them and attached to them.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::source::Span;
use crate::value::{Text, Value};

use super::documents::{DocumentId, Documents, Purpose};
use super::kinds::{
    group, group_membership, inline_policy, login_profile, managed_policy, permission_set, policy_attachment, role,
    user,
};
use super::links::Links;
use super::{Attribute, Kind, Resource, Root, texts};

/// A principal among those of an [`Account`](super::Account).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PrincipalId(pub(super) usize);

impl PrincipalId {
    /// Its place in the account's list.
    pub fn index(self) -> usize {
        self.0
    }
}

/// What a principal is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PrincipalKind {
    /// An IAM user.
    User,
    /// An IAM group: not a principal for AWS, but it carries policies like one.
    Group,
    /// An IAM role.
    Role,
    /// A permission set, which becomes a role in each account.
    PermissionSet,
}

impl PrincipalKind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::PermissionSet => "permission set",
        }
    }
}

/// A principal that the code declares.
#[derive(Debug)]
pub struct Principal<'a> {
    /// Its place in the account's list.
    pub id: PrincipalId,
    /// What it is.
    pub kind: PrincipalKind,
    /// The resource that declares it.
    pub resource: &'a Resource,
    /// Who may assume it, for roles.
    pub trust: Option<DocumentId>,
    /// The groups that a user is in.
    pub groups: Vec<PrincipalId>,
    /// Whether a user is in groups that are not in the code.
    pub has_unknown_groups: bool,
    /// Whether a group has members, in the code or not.
    pub has_members: bool,
    /// Whether the code leaves open who is in a group.
    pub has_unknown_members: bool,
    /// The managed policy that limits a user or role.
    pub boundary: Option<AttachedPolicy>,
    /// Console passwords of a user.
    pub login_profiles: Vec<LoginProfile<'a>>,
}

/// A console password.
#[derive(Clone, Debug)]
pub struct LoginProfile<'a> {
    /// The resource that sets it: a login profile, or the user.
    pub resource: &'a Resource,
    /// Where.
    pub span: Span,
}

/// A policy written on a principal.
#[derive(Clone, Debug)]
pub struct InlineDocument<'a> {
    /// What carries the principal's policy: a policy resource, or the principal itself.
    pub carrier: &'a Resource,
    /// What kind of principal.
    pub kind: PrincipalKind,
    /// The principal, where it is in the code.
    pub principal: Option<PrincipalId>,
    /// Its name as the code gives it.
    pub name: Option<Text>,
    /// Whether the code leaves open whether this is on anybody: a list of names is not known.
    pub is_open: bool,
    /// The policy.
    pub document: DocumentId,
}

/// A managed policy attached to a principal.
#[derive(Clone, Debug)]
pub struct Attachment<'a> {
    /// The resource that attaches.
    pub carrier: &'a Resource,
    /// What kind of principal.
    pub kind: PrincipalKind,
    /// The principal, where it is in the code.
    pub principal: Option<PrincipalId>,
    /// Its name as the code gives it.
    pub name: Option<Text>,
    /// Whether the code leaves open whether this is on anybody: a list of names is not known.
    pub is_open: bool,
    /// The policy.
    pub policy: AttachedPolicy,
    /// Where the policy is named.
    pub span: Span,
    /// Whether this is one of several alternatives.
    pub possible: bool,
    /// The look-up that the policy is named by, if it is.
    pub look_up: Option<&'a Resource>,
}

/// The policy of an attachment.
#[derive(Clone, PartialEq, Debug)]
pub enum AttachedPolicy {
    /// A customer-managed policy of the code.
    InCode(DocumentId),
    /// An AWS-managed policy, by name.
    Aws(String),
    /// Some other policy, or one that is not known.
    Elsewhere(Text),
}

/// All principals of a root.
#[derive(Default, Debug)]
pub(super) struct Principals<'a> {
    pub(super) all: Vec<Principal<'a>>,
    pub(super) attachments: Vec<Attachment<'a>>,
    pub(super) inline: Vec<InlineDocument<'a>>,
    /// Places in the list of attachments, by the principal that has them.
    pub(super) attachments_of: Vec<Vec<usize>>,
    /// The same for policies written on principals.
    pub(super) inline_of: Vec<Vec<usize>>,
}

/// The attribute that names a principal's permissions boundary.
fn boundary_attribute(resource: &Resource) -> Option<&'static Attribute> {
    if user::KIND.is(resource) {
        Some(&user::PERMISSIONS_BOUNDARY)
    } else if role::KIND.is(resource) {
        Some(&role::PERMISSIONS_BOUNDARY)
    } else {
        None
    }
}

/// How principals of a kind are declared.
struct Declaration {
    kind: PrincipalKind,
    resource: &'static Kind,
    name: &'static Attribute,
    inline: Option<&'static Attribute>,
    managed: &'static Attribute,
}

const DECLARATIONS: [Declaration; 4] = [
    Declaration {
        kind: PrincipalKind::User,
        resource: &user::KIND,
        name: &user::NAME,
        inline: Some(&user::INLINE_POLICIES),
        managed: &user::MANAGED_POLICIES,
    },
    Declaration {
        kind: PrincipalKind::Group,
        resource: &group::KIND,
        name: &group::NAME,
        inline: Some(&group::INLINE_POLICIES),
        managed: &group::MANAGED_POLICIES,
    },
    Declaration {
        kind: PrincipalKind::Role,
        resource: &role::KIND,
        name: &role::NAME,
        inline: Some(&role::INLINE_POLICIES),
        managed: &role::MANAGED_POLICIES,
    },
    Declaration {
        kind: PrincipalKind::PermissionSet,
        resource: &permission_set::KIND,
        name: &permission_set::NAME,
        inline: None,
        managed: &permission_set::MANAGED_POLICIES,
    },
];

fn declaration(kind: PrincipalKind) -> &'static Declaration {
    match kind {
        PrincipalKind::User => &DECLARATIONS[0],
        PrincipalKind::Group => &DECLARATIONS[1],
        PrincipalKind::Role => &DECLARATIONS[2],
        PrincipalKind::PermissionSet => &DECLARATIONS[3],
    }
}

/// Whom a policy is on.
#[derive(Clone)]
struct Holder {
    kind: PrincipalKind,
    /// The principal, where it is in the code.
    id: Option<PrincipalId>,
    name: Option<Text>,
    is_open: bool,
}

/// What reading principals needs at hand.
struct Reader<'a, 'r> {
    root: &'a Root,
    links: &'r Links<'a>,
    documents: &'r mut Documents<'a>,
    /// The documents of managed policies, by the policy's address.
    managed: FxHashMap<&'a str, DocumentId>,
    /// The principals so far, by address.
    places: FxHashMap<&'a str, PrincipalId>,
    out: Principals<'a>,
}

impl<'a> Principals<'a> {
    /// Reads all principals with their policies.
    pub(super) fn read(root: &'a Root, links: &Links<'a>, documents: &mut Documents<'a>) -> Self {
        let managed = documents.managed_policies(root);
        let places = FxHashMap::default();
        let mut reader = Reader { root, links, documents, managed, places, out: Self::default() };
        reader.declare();
        reader.policies_on_principals();
        reader.inline_policies();
        reader.attachments();
        reader.memberships();
        reader.login_profiles();
        let mut out = reader.out;
        out.attachments_of = by_principal(out.all.len(), out.attachments.iter().map(|attachment| attachment.principal));
        out.inline_of = by_principal(out.all.len(), out.inline.iter().map(|inline| inline.principal));
        out
    }
}

/// The places in a list by the principal that each is for.
fn by_principal(principals: usize, list: impl Iterator<Item = Option<PrincipalId>>) -> Vec<Vec<usize>> {
    let mut places = vec![Vec::new(); principals];
    for (place, id) in list.enumerate() {
        if let Some(of_principal) = id.and_then(|id| places.get_mut(id.0)) {
            of_principal.push(place);
        }
    }
    places
}

impl Principals<'_> {
    /// Managed policies that only ever are boundaries: they grant nothing.
    pub(super) fn limits(&self) -> FxHashSet<DocumentId> {
        let in_code = |policy: &AttachedPolicy| match policy {
            AttachedPolicy::InCode(id) => Some(*id),
            _ => None,
        };
        let boundaries = self.all.iter().filter_map(|principal| principal.boundary.as_ref().and_then(in_code));
        let mut limits: FxHashSet<DocumentId> = boundaries.collect();
        for attached in self.attachments.iter().filter_map(|attachment| in_code(&attachment.policy)) {
            limits.remove(&attached);
        }
        limits
    }
}

impl<'a> Reader<'a, '_> {
    fn declare(&mut self) {
        for resource in &self.root.resources {
            let Some(declaration) = DECLARATIONS.iter().find(|declaration| declaration.resource.is(resource)) else {
                continue;
            };
            let id = PrincipalId(self.out.all.len());
            self.places.entry(&*resource.address).or_insert(id);
            let trust = (declaration.kind == PrincipalKind::Role)
                .then(|| self.documents.add(resource, &resource.setting(&role::TRUST_POLICY).value, Purpose::Trust))
                .flatten();
            self.out.all.push(Principal {
                id,
                kind: declaration.kind,
                resource,
                trust,
                groups: Vec::new(),
                has_unknown_groups: false,
                has_members: false,
                has_unknown_members: false,
                boundary: self.boundary(resource),
                login_profiles: Vec::new(),
            });
        }
    }

    /// Policies on the principal's own block.
    fn policies_on_principals(&mut self) {
        for index in 0..self.out.all.len() {
            let (id, kind, resource) = (self.out.all[index].id, self.out.all[index].kind, self.out.all[index].resource);
            let declaration = declaration(kind);
            let holder = Holder { kind, id: Some(id), name: None, is_open: false };
            if let Some(inline) = declaration.inline {
                for block in resource.blocks(inline) {
                    let document = resource.setting_in(&block, &inline_policy::NAMED_DOCUMENT).value;
                    self.inline_document(resource, &document, &holder);
                }
            } else {
                let document = resource.setting(&permission_set::INLINE_DOCUMENT);
                if document.explicit {
                    self.inline_document(resource, &document.value, &holder);
                }
            }
            let managed = resource.setting(declaration.managed);
            self.attach(resource, &managed.value, managed.span, &holder);
        }
    }

    fn inline_policies(&mut self) {
        const KINDS: [(&Kind, PrincipalKind, &Attribute); 3] = [
            (&inline_policy::OF_USER, PrincipalKind::User, &inline_policy::USER),
            (&inline_policy::OF_GROUP, PrincipalKind::Group, &inline_policy::GROUP),
            (&inline_policy::OF_ROLE, PrincipalKind::Role, &inline_policy::ROLE),
        ];
        const SEVERAL: [(PrincipalKind, &Attribute); 3] = [
            (PrincipalKind::User, &inline_policy::USERS),
            (PrincipalKind::Group, &inline_policy::GROUPS),
            (PrincipalKind::Role, &inline_policy::ROLES),
        ];
        for resource in &self.root.resources {
            let document = resource.setting(&inline_policy::DOCUMENT).value;
            if let Some((_, kind, attribute)) = KINDS.into_iter().find(|(of, _, _)| of.is(resource)) {
                let holder = self.holder(&resource.setting(attribute).value, kind);
                self.inline_document(resource, &document, &holder);
            } else if inline_policy::OF_SEVERAL.is(resource) {
                let Some(id) = self.documents.add(resource, &document, Purpose::Identity) else { continue };
                for (kind, attribute) in SEVERAL {
                    for (Holder { kind, id: principal, name, is_open }, _) in
                        self.holders(&resource.setting(attribute).value, kind)
                    {
                        self.out.inline.push(InlineDocument {
                            carrier: resource,
                            kind,
                            principal,
                            name,
                            is_open,
                            document: id,
                        });
                    }
                }
            } else if permission_set::INLINE_POLICY.is(resource) {
                let document = resource.setting(&permission_set::INLINE_DOCUMENT).value;
                let set = resource.setting(&permission_set::PERMISSION_SET).value;
                let holder = self.holder(&set, PrincipalKind::PermissionSet);
                self.inline_document(resource, &document, &holder);
            }
        }
    }

    fn attachments(&mut self) {
        const ONE: [(&Kind, PrincipalKind, &Attribute, &Attribute); 7] = [
            (&policy_attachment::TO_USER, PrincipalKind::User, &policy_attachment::USER, &policy_attachment::POLICY),
            (&policy_attachment::TO_GROUP, PrincipalKind::Group, &policy_attachment::GROUP, &policy_attachment::POLICY),
            (&policy_attachment::TO_ROLE, PrincipalKind::Role, &policy_attachment::ROLE, &policy_attachment::POLICY),
            (
                &policy_attachment::EXCLUSIVE_OF_USER,
                PrincipalKind::User,
                &policy_attachment::USER_NAME,
                &policy_attachment::POLICIES,
            ),
            (
                &policy_attachment::EXCLUSIVE_OF_GROUP,
                PrincipalKind::Group,
                &policy_attachment::GROUP_NAME,
                &policy_attachment::POLICIES,
            ),
            (
                &policy_attachment::EXCLUSIVE_OF_ROLE,
                PrincipalKind::Role,
                &policy_attachment::ROLE_NAME,
                &policy_attachment::POLICIES,
            ),
            (
                &permission_set::MANAGED_POLICY,
                PrincipalKind::PermissionSet,
                &permission_set::PERMISSION_SET,
                &permission_set::MANAGED_POLICY_ARN,
            ),
        ];
        const SEVERAL: [(PrincipalKind, &Attribute, &Attribute); 3] = [
            (PrincipalKind::User, &policy_attachment::USERS, &managed_policy::USERS),
            (PrincipalKind::Group, &policy_attachment::GROUPS, &managed_policy::GROUPS),
            (PrincipalKind::Role, &policy_attachment::ROLES, &managed_policy::ROLES),
        ];
        for resource in &self.root.resources {
            if let Some((_, kind, who, what)) = ONE.into_iter().find(|(of, ..)| of.is(resource)) {
                let holder = self.holder(&resource.setting(who).value, kind);
                let policy = resource.setting(what);
                self.attach(resource, &policy.value, policy.span, &holder);
            } else if policy_attachment::TO_SEVERAL.is(resource) {
                let policy = resource.setting(&policy_attachment::POLICY);
                for (kind, who, _) in SEVERAL {
                    for (holder, _) in self.holders(&resource.setting(who).value, kind) {
                        self.attach(resource, &policy.value, policy.span, &holder);
                    }
                }
            } else if managed_policy::KIND.is(resource) {
                let Some(id) = self.managed_document(resource) else { continue };
                for (kind, _, who) in SEVERAL {
                    for (holder, span) in self.holders(&resource.setting(who).value, kind) {
                        let (policy, span) = (AttachedPolicy::InCode(id), span.unwrap_or(resource.span));
                        let Holder { kind, id: principal, name, is_open } = holder;
                        let possible = false;
                        self.out.attachments.push(Attachment {
                            carrier: resource,
                            kind,
                            principal,
                            name,
                            is_open,
                            policy,
                            span,
                            possible,
                            look_up: None,
                        });
                    }
                }
            }
        }
    }

    fn memberships(&mut self) {
        for resource in &self.root.resources {
            if group_membership::OF_GROUP.is(resource) {
                let (group, _) = self.named(&resource.setting(&group_membership::GROUP).value, PrincipalKind::Group);
                let users = resource.setting(&group_membership::USERS).value;
                self.join(&texts(&users), group);
            } else if group_membership::OF_USER.is(resource) {
                let user = texts(&resource.setting(&group_membership::USER).value);
                for (group, _) in texts(&resource.setting(&group_membership::GROUPS).value) {
                    let (group, _) = self.named_by(&group, PrincipalKind::Group);
                    self.join(&user, group);
                }
            } else if user::KIND.is(resource) {
                let own = self.by_resource(resource);
                for (group, _) in texts(&resource.setting(&user::GROUPS).value) {
                    let (group, _) = self.named_by(&group, PrincipalKind::Group);
                    self.join_one(own, group);
                }
            }
        }
    }

    fn join(&mut self, users: &[(Text, Option<Span>)], group: Option<PrincipalId>) {
        for (name, _) in users {
            let (user, _) = self.named_by(name, PrincipalKind::User);
            if let Some(group) = group.filter(|_| user.is_none() && !name.is_known()) {
                self.out.all[group.0].has_unknown_members = true;
            }
            self.join_one(user, group);
        }
    }

    fn join_one(&mut self, user: Option<PrincipalId>, group: Option<PrincipalId>) {
        if let Some(group) = group {
            self.out.all[group.0].has_members = true;
        }
        let Some(user) = user else { return };
        let user = &mut self.out.all[user.0];
        match group {
            Some(group) if !user.groups.contains(&group) => user.groups.push(group),
            Some(_) => {}
            None => user.has_unknown_groups = true,
        }
    }

    fn login_profiles(&mut self) {
        for resource in &self.root.resources {
            if login_profile::KIND.is(resource) {
                let (user, _) = self.named(&resource.setting(&login_profile::USER).value, PrincipalKind::User);
                if let Some(user) = user {
                    self.out.all[user.0].login_profiles.push(LoginProfile { resource, span: resource.span });
                }
            } else if user::KIND.is(resource)
                && let Some(setting) = resource.explicit(&login_profile::ON_USER)
                && let Some(user) = self.by_resource(resource)
            {
                self.out.all[user.0].login_profiles.push(LoginProfile { resource, span: setting.span });
            }
        }
    }

    fn inline_document(&mut self, carrier: &'a Resource, value: &Value, holder: &Holder) {
        if let Some(document) = self.documents.add(carrier, value, Purpose::Identity) {
            let Holder { kind, id: principal, name, is_open } = holder.clone();
            self.out.inline.push(InlineDocument { carrier, kind, principal, name, is_open, document });
        }
    }

    fn attach(&mut self, carrier: &'a Resource, policies: &Value, elsewhere: Span, holder: &Holder) {
        let possible = policies.alternatives().len() > 1;
        for (arn, span) in texts(policies) {
            let look_up = self.links.policy_look_up(&arn);
            let policy = self.policy(arn);
            let span = span.unwrap_or(elsewhere);
            let Holder { kind, id: principal, name, is_open } = holder.clone();
            self.out.attachments.push(Attachment {
                carrier,
                kind,
                principal,
                name,
                is_open,
                policy,
                span,
                possible,
                look_up,
            });
        }
    }

    /// The managed policy that an ARN names.
    fn policy(&self, arn: Text) -> AttachedPolicy {
        let in_code = self.links.resolve(&arn, &managed_policy::KIND, &managed_policy::NAME);
        if let Some(id) = in_code.and_then(|policy| self.managed_document(policy)) {
            AttachedPolicy::InCode(id)
        } else if let Some(name) = self.links.aws_managed_policy(&arn) {
            AttachedPolicy::Aws(name)
        } else {
            AttachedPolicy::Elsewhere(arn)
        }
    }

    /// The permissions boundary of a principal. Of alternatives the first that the code declares, as it says most.
    fn boundary(&self, principal: &Resource) -> Option<AttachedPolicy> {
        let setting = principal.explicit(boundary_attribute(principal)?)?;
        // What is deployed without one has an empty text in its plan.
        let arns = texts(&setting.value).into_iter().filter(|(arn, _)| !arn.is_empty());
        let mut policies: Vec<_> = arns.map(|(arn, _)| self.policy(arn)).collect();
        let in_code = policies.iter().position(|policy| matches!(policy, AttachedPolicy::InCode(_)));
        (!policies.is_empty()).then(|| policies.swap_remove(in_code.unwrap_or_default()))
    }

    fn managed_document(&self, policy: &Resource) -> Option<DocumentId> {
        self.managed.get(&*policy.address).copied()
    }

    /// Whom a setting names that takes one name.
    fn holder(&self, value: &Value, kind: PrincipalKind) -> Holder {
        let (id, name) = self.named(value, kind);
        Holder { kind, id, name, is_open: false }
    }

    /// Whom a setting names that takes a list, and where.
    fn holders(&self, value: &Value, kind: PrincipalKind) -> Vec<(Holder, Option<Span>)> {
        let holder = |(text, span): (Text, Option<Span>)| {
            let (id, name) = self.named_by(&text, kind);
            (Holder { kind, id, name, is_open: value.is_unknown() }, span)
        };
        texts(value).into_iter().map(holder).collect()
    }

    /// The principal that a setting names, and the name as written.
    fn named(&self, value: &Value, kind: PrincipalKind) -> (Option<PrincipalId>, Option<Text>) {
        match texts(value).first() {
            Some((text, _)) => self.named_by(text, kind),
            None => (None, None),
        }
    }

    fn named_by(&self, text: &Text, kind: PrincipalKind) -> (Option<PrincipalId>, Option<Text>) {
        let declaration = declaration(kind);
        let resource = self.links.resolve(text, declaration.resource, declaration.name);
        (resource.and_then(|resource| self.by_resource(resource)), Some(text.clone()))
    }

    fn by_resource(&self, resource: &Resource) -> Option<PrincipalId> {
        self.places.get(&*resource.address).copied()
    }
}
