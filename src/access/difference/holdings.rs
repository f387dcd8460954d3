//! All that decides what one subject may do on one side, with everything called by the names of both.

use std::collections::{BTreeMap, BTreeSet};

use crate::iam::{Condition, Document, Effect, Patterns, Statement, Version};
use crate::model::{AttachedPolicy, Attachment, DocumentId, Existence, Principal, PrincipalId};
use crate::source::Span;

use super::super::effective::{Effective, Held, Level, PolicySource};
use super::super::policies::{full_access, if_certain};
use super::naming::Naming;

/// A policy in a layer.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    /// The address of what carries it, or `AWS-managed policy …`.
    pub(super) name: String,
    /// What carries it, as both sides call it.
    pub(super) key: String,
    /// What it says.
    pub(super) document: Document,
    /// Whether it is there only if the code creates it, which is not known.
    pub(super) is_conditional: bool,
    /// Where it is put on the subject, for what has no place of its own.
    pub(super) held_at: Option<Span>,
    /// The group through which a user has it.
    pub(super) through: Option<PrincipalId>,
}

impl Policy {
    /// Whether it is one of AWS's own.
    pub(super) fn is_of_aws(&self) -> bool {
        self.name.starts_with(OF_AWS)
    }
}

/// What names of AWS-managed policies begin with.
const OF_AWS: &str = "AWS-managed policy ";

/// A policy that is known by its name only, and where it is named.
pub(super) type Unknown = BTreeMap<String, Option<Span>>;

/// What decides for one subject.
#[derive(Clone, Default, Debug)]
pub(super) struct Holdings {
    /// Its own policies.
    pub(super) identity: Vec<Policy>,
    /// Policies of its own that are not in the code.
    pub(super) unknown: Unknown,
    /// Its permissions boundary.
    pub(super) boundary: Vec<Policy>,
    /// A boundary that is not in the code.
    pub(super) unknown_boundary: Unknown,
    /// The organization's service control policies, a list for each level.
    pub(super) organization: Vec<Vec<Policy>>,
}

/// What one side's root offers to read from.
pub(super) struct Reader<'r, 'a> {
    /// What decides for its principals.
    pub(super) effective: &'r Effective,
    /// How things are called.
    pub(super) naming: &'r Naming<'a>,
}

impl Reader<'_, '_> {
    /// What decides for a principal.
    pub(super) fn of_principal(&self, principal: &Principal<'_>) -> Holdings {
        let Some(access) = self.effective.principal(principal.id) else { return Holdings::default() };
        let mut holdings = Holdings {
            identity: access.identity.iter().filter_map(|held| self.policy(held)).collect(),
            boundary: access.boundary.iter().filter_map(|held| self.policy(held)).collect(),
            organization: self.organization(),
            ..Holdings::default()
        };
        let account = self.naming.account();
        for holder in std::iter::once(principal.id).chain(principal.groups.iter().copied()) {
            for attachment in account.attachments_of(holder) {
                self.note_unknown(attachment, &mut holdings.unknown);
            }
        }
        if principal.has_unknown_groups {
            let what = format!("the groups of {} that are not in the code", principal.resource.address);
            holdings.unknown.insert(what, Some(principal.resource.span));
        }
        if access.has_unknown_boundary
            && let Some(boundary) = &principal.boundary
        {
            holdings.unknown_boundary.insert(self.name_of(boundary), Some(principal.resource.span));
        }
        holdings
    }

    /// Takes note of an attached policy that nobody here knows.
    pub(super) fn note_unknown(&self, attachment: &Attachment<'_>, unknown: &mut Unknown) {
        let is_known = match &attachment.policy {
            AttachedPolicy::InCode(_) => true,
            AttachedPolicy::Aws(name) => crate::iam::catalogue::managed_policy(name).is_some(),
            AttachedPolicy::Elsewhere(_) => false,
        };
        if !is_known {
            let what = match &attachment.policy {
                AttachedPolicy::Aws(_) => "the AWS-managed policy",
                _ => "the policy",
            };
            unknown.insert(format!("{what} {}", self.name_of(&attachment.policy)), Some(attachment.span));
        }
    }

    /// The policy of an attachment, if it is known here.
    pub(super) fn attached(&self, attachment: &Attachment<'_>) -> Option<Policy> {
        let held_at = Some(attachment.span);
        let policy = match &attachment.policy {
            AttachedPolicy::InCode(id) => self.in_code(*id, held_at),
            AttachedPolicy::Aws(name) => {
                let document = crate::iam::catalogue::managed_policy(name)?.document();
                let (name, key) = (of_aws(name), of_aws(name));
                Policy { name, key, document, is_conditional: false, held_at, through: None }
            }
            AttachedPolicy::Elsewhere(_) => return None,
        };
        let is_conditional = policy.is_conditional || attachment.carrier.existence != Existence::Certain;
        Some(Policy { document: if_certain(policy.document, !attachment.possible), is_conditional, ..policy })
    }

    /// The managed policies of the code that it puts on somebody, or takes as a boundary.
    pub(super) fn placed(&self) -> BTreeSet<DocumentId> {
        let account = self.naming.account();
        let attached = account.attachments().iter().map(|attachment| &attachment.policy);
        let boundaries = account.principals().filter_map(|principal| principal.boundary.as_ref());
        let in_code = |policy: &AttachedPolicy| match policy {
            AttachedPolicy::InCode(id) => Some(*id),
            AttachedPolicy::Aws(_) | AttachedPolicy::Elsewhere(_) => None,
        };
        attached.chain(boundaries).filter_map(in_code).collect()
    }

    fn name_of(&self, policy: &AttachedPolicy) -> String {
        match policy {
            AttachedPolicy::InCode(id) => self.naming.account().document(*id).carrier.address.to_string(),
            AttachedPolicy::Aws(name) => format!("arn:aws:iam::aws:policy/{name}"),
            AttachedPolicy::Elsewhere(arn) => self.naming.text(arn),
        }
    }

    fn policy(&self, held: &Held) -> Option<Policy> {
        let document = self.effective.document(self.naming.account(), &held.source)?;
        let (name, document) = match &held.source {
            PolicySource::InCode(id) => {
                let carrier = self.naming.account().document(*id).carrier;
                (carrier.address.to_string(), self.naming.document(document))
            }
            PolicySource::Aws(name) => (of_aws(name), document.clone()),
        };
        Some(Policy {
            key: self.naming.address(&name),
            name,
            document: if_certain(document, held.is_certain_if_created),
            is_conditional: held.is_certain_if_created && !held.is_certain,
            held_at: held.attached_at,
            through: held.through,
        })
    }

    /// A policy of the code as it stands, whoever has it.
    pub(super) fn in_code(&self, id: DocumentId, held_at: Option<Span>) -> Policy {
        let carried = self.naming.account().document(id);
        let name = carried.carrier.address.to_string();
        Policy {
            key: self.naming.address(&name),
            name,
            document: self.naming.document(&carried.document),
            is_conditional: carried.carrier.existence != Existence::Certain,
            held_at,
            through: None,
        }
    }

    /// The organization's policies that the code puts on the account, each level with what AWS attaches itself.
    fn organization(&self) -> Vec<Vec<Policy>> {
        let account = self.naming.account();
        let at = |wanted: Level| -> Vec<Policy> {
            let policies = self.effective.organization_policies(self.naming.id());
            let policies = policies.filter(|(level, policy)| *level == wanted && !policy.is_resource_control);
            policies
                .map(|(_, policy)| self.in_code(policy.document, Some(account.document(policy.document).span)))
                .collect()
        };
        let levels = [at(Level::Root), at(Level::Account)].into_iter().filter(|level| !level.is_empty());
        levels.map(|level| level.into_iter().chain([everything()]).collect()).collect()
    }
}

fn of_aws(name: &str) -> String {
    format!("{OF_AWS}{name}")
}

/// What AWS attaches at each level of an organization.
pub(super) fn everything() -> Policy {
    let name = "AWS's FullAWSAccess";
    Policy {
        name: name.to_owned(),
        key: name.to_owned(),
        document: full_access(false),
        is_conditional: false,
        held_at: None,
        through: None,
    }
}

impl Holdings {
    /// Takes what is there only perhaps as not certain, where the other side has it for certain. Where both sides leave
    /// it open whether something is created, or one side alone has it, what it says if it is created is compared.
    pub(super) fn doubt(&mut self, other: &Self) {
        let all = |holdings: &'_ Self| -> BTreeSet<String> {
            let layers =
                holdings.identity.iter().chain(&holdings.boundary).chain(holdings.organization.iter().flatten());
            layers.filter(|policy| !policy.is_conditional).map(|policy| policy.key.clone()).collect()
        };
        let certain = all(other);
        let layers = self.identity.iter_mut().chain(&mut self.boundary).chain(self.organization.iter_mut().flatten());
        for policy in layers.filter(|policy| policy.is_conditional && certain.contains(&policy.key)) {
            for statement in &mut policy.document.statements {
                statement.possible = true;
            }
        }
    }

    /// A text that is equal for equal holdings, whatever documents the statements are in and whoever carries these.
    pub(super) fn spelled(&self) -> Vec<String> {
        let layer = |name: &'static str, policies: &[Policy]| -> Vec<String> {
            let statements = |policy: &Policy| {
                let condition = if policy.is_conditional { "perhaps " } else { "" };
                spelled(&policy.document).into_iter().map(move |statement| format!("{name} {condition}{statement}"))
            };
            policies.iter().flat_map(statements).collect()
        };
        let mut all = layer("identity", &self.identity);
        all.extend(layer("boundary", &self.boundary));
        if !self.boundary.is_empty() {
            all.push("has a boundary".to_owned());
        }
        for (level, policies) in self.organization.iter().enumerate() {
            all.extend(layer("organization", policies).into_iter().map(|statement| format!("{level} {statement}")));
        }
        all.extend(self.unknown.keys().map(|name| format!("unknown {name}")));
        all.extend(self.unknown_boundary.keys().map(|name| format!("unknown boundary {name}")));
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The statements of a document, each as a text that is equal for equal ones.
pub(super) fn spelled(document: &Document) -> Vec<String> {
    let variables = if document.version == Version::V2012 { "" } else { "2008 " };
    let mut all: Vec<String> =
        document.statements.iter().map(|statement| format!("{variables}{}", statement_spelled(statement))).collect();
    if document.has_unknown_statements() {
        all.extend(document.opaque.iter().map(|opaque| format!("opaque {}", opaque.why)));
    }
    all
}

/// A statement as a text that is equal for equal ones.
pub(super) fn statement_spelled(statement: &Statement) -> String {
    let patterns = |patterns: &Option<Patterns>| {
        let Some(patterns) = patterns else { return String::new() };
        let texts = patterns.items.iter().map(|item| format!("{:?}{}", item.text.to_string(), mark(item.possible)));
        format!("{}{}{}", mark(patterns.negated), sorted(texts), mark(patterns.incomplete))
    };
    let principals = statement.principals.as_ref().map(|principals| {
        let items = principals.items.iter().map(|item| {
            let kind = if item.is_everyone() { String::new() } else { format!("{:?}", item.kind) };
            format!("{kind}{:?}{}", item.text.to_string(), mark(item.possible))
        });
        format!("{}{}{}", mark(principals.negated), sorted(items), mark(principals.incomplete))
    });
    let effect = match statement.effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
        Effect::Unknown => "?",
    };
    format!(
        "{effect}{} on {} do {} for {} if {}",
        mark(statement.possible),
        patterns(&statement.resources),
        patterns(&statement.actions).to_ascii_lowercase(),
        principals.unwrap_or_default(),
        sorted(statement.conditions.iter().map(condition_spelled)),
    )
}

fn condition_spelled(condition: &Condition) -> String {
    let values = condition.values.iter().map(|value| format!("{:?}", value.text.to_string()));
    format!(
        "{:?} {} {}{}{}",
        condition.operator,
        condition.key.to_string().to_ascii_lowercase(),
        sorted(values),
        mark(condition.incomplete),
        mark(condition.possible)
    )
}

fn mark(is_so: bool) -> &'static str {
    if is_so { "!" } else { "" }
}

fn sorted(texts: impl Iterator<Item = String>) -> String {
    let mut texts: Vec<String> = texts.collect();
    texts.sort_unstable();
    texts.dedup();
    texts.join(",")
}
