//! Whose access is compared with whose.

use std::collections::BTreeMap;

use crate::model::kinds::{managed_policy, organization_policy};
use crate::model::{Account, Attachment, Framework, PrincipalId, PrincipalKind, Root};
use crate::source::Span;
use crate::value::Text;

use super::super::effective::Effective;
use super::holdings::{Holdings, Policy, Reader, everything};
use super::matching::{self, Matches};
use super::naming::Naming;
use super::rights::{self, Compared};
use super::roots::{self, RootPair};
use super::{Difference, Escalation, Presence, Side, Subject, SubjectKind, doors, ways};

/// Somebody, or a door, on one side.
#[derive(Debug)]
pub(super) struct Candidate {
    /// What it is known by on both sides.
    pub(super) key: String,
    pub(super) kind: SubjectKind,
    pub(super) address: String,
    pub(super) name: Option<String>,
    pub(super) span: Option<Span>,
    pub(super) holdings: Holdings,
    /// Its ARN, where it asks for something itself.
    pub(super) requester: Option<String>,
    /// Its groups, with what they are known by on both sides.
    pub(super) groups: BTreeMap<PrincipalId, String>,
    /// Whether the code puts it on somebody, who is compared too: a managed policy, a group with members.
    pub(super) is_placed: bool,
    /// The account that the code is deployed to.
    pub(super) account: String,
}

/// A root on one side with what is compared of it.
struct Half<'s, 'a> {
    side: &'s Side<'a>,
    account: &'s Account<'a>,
    is_there: bool,
}

/// Compares two states of the code.
pub fn compare(old: &Side<'_>, new: &Side<'_>) -> Difference {
    let mut difference = Difference::default();
    let mut gone: Vec<(Candidate, String)> = Vec::new();
    let mut added: Vec<(Candidate, String)> = Vec::new();
    let nothing = |framework| Root {
        path: String::new(),
        framework,
        resources: Vec::new(),
        outputs: Vec::new(),
        moved: Vec::new(),
        errors: Vec::new(),
    };
    let nothing = nothing(Framework::Terraform);
    let nobody = Account::new(&nothing);
    for RootPair { old: before, new: after } in roots::pair(old, new) {
        let half = |side, at: Option<usize>| half(side, at, &nobody);
        let (before, after) = (half(old, before), half(new, after));
        let path = if after.is_there { &after.account.root.path } else { &before.account.root.path };
        let is_whole = before.is_there && after.is_there;
        let Paired { pairs, of_old, of_new } = paired(&before, &after);
        let mut is_changed = false;
        for (before, after) in pairs {
            match (before, after) {
                (Some(before), None) if !is_whole => gone.push((before, path.clone())),
                (None, Some(after)) if !is_whole => added.push((after, path.clone())),
                (before, after) => is_changed |= add(before.as_ref(), after.as_ref(), path, &mut difference),
            }
        }
        if is_changed {
            add_ways(&of_old, &of_new, path, &mut difference);
        }
    }
    // What a root that is gone had may be in another one now, and what a new one has may have been in one that is there.
    let mut found: BTreeMap<String, Vec<(Candidate, String)>> = BTreeMap::new();
    for (candidate, path) in gone {
        found.entry(candidate.identity()).or_default().push((candidate, path));
    }
    for (after, path) in added {
        let before = found.get_mut(&after.identity()).filter(|same| same.len() == 1).and_then(Vec::pop);
        add(before.as_ref().map(|(before, _)| before), Some(&after), &path, &mut difference);
    }
    for (before, path) in found.into_values().flatten() {
        add(Some(&before), None, &path, &mut difference);
    }
    difference.subjects.sort_by(|a, b| (&a.root, &a.address, a.kind).cmp(&(&b.root, &b.address, b.kind)));
    difference
}

impl Candidate {
    /// What it is known by in any root: its name in AWS, or its address.
    fn identity(&self) -> String {
        format!("{} {}", self.kind.name(), self.requester.as_ref().or(self.name.as_ref()).unwrap_or(&self.key))
    }
}

fn half<'s, 'a>(side: &'s Side<'a>, at: Option<usize>, nobody: &'s Account<'a>) -> Half<'s, 'a> {
    let account = at.and_then(|at| side.accounts.get(at));
    Half { side, account: account.unwrap_or(nobody), is_there: account.is_some() }
}

/// Two roots that are one.
struct Paired<'s> {
    /// All that is compared of them, side by side.
    pairs: Vec<(Option<Candidate>, Option<Candidate>)>,
    of_old: Naming<'s>,
    of_new: Naming<'s>,
}

fn paired<'s>(before: &Half<'s, '_>, after: &Half<'s, '_>) -> Paired<'s> {
    let of_old = Naming::new(before.account, before.side.account);
    let of_new = Naming::new(after.account, after.side.account);
    let matches = matching::resources(before.account, after.account, &of_old, &of_new);
    let Matches { new_of_old, .. } = matches;
    let of_old = of_old.renamed(new_of_old);
    let (mut old, new) = (candidates(before, &of_old), candidates(after, &of_new));
    let mut pairs: Vec<(Option<Candidate>, Option<Candidate>)> =
        new.into_iter().map(|(key, after)| (old.remove(&key), Some(after))).collect();
    pairs.extend(old.into_values().map(|before| (Some(before), None)));
    Paired { pairs, of_old, of_new }
}

/// Notes the ways to more rights that there newly are, also of those whose own policies are as they were.
fn add_ways(of_old: &Naming<'_>, of_new: &Naming<'_>, root: &str, difference: &mut Difference) {
    let (before, after) = (ways::ways(of_old), ways::ways(of_new));
    for principal in of_new.account().principals() {
        let resource = principal.resource;
        let address = of_new.address(&resource.address);
        let Some(own) = after.get(&address) else { continue };
        // What all members of a group can do, the group tells.
        let groups =
            principal.groups.iter().map(|id| of_new.address(&of_new.account().principal(*id).resource.address));
        let told: Vec<Escalation> =
            groups.filter_map(|group| Some(after.get(&group)?.beyond(before.get(&group)))).flatten().collect();
        let mut escalations = own.beyond(before.get(&address));
        escalations.retain(|one| !told.iter().any(|other| other.reaches == one.reaches));
        if escalations.is_empty() {
            continue;
        }
        let kind = kind_of(principal.kind);
        let is_it = |subject: &&mut Subject| {
            subject.root == root && subject.kind == kind && *subject.address == *resource.address
        };
        if let Some(subject) = difference.subjects.iter_mut().find(is_it) {
            subject.escalations = escalations;
            continue;
        }
        difference.subjects.push(Subject {
            address: resource.address.to_string(),
            was: None,
            kind,
            name: of_new.name(resource),
            root: root.to_owned(),
            presence: Presence::Both,
            span: Some(resource.span),
            gained: Vec::new(),
            lost: Vec::new(),
            escalations,
            undecided: Vec::new(),
        });
    }
}

/// Everything on one side, by what it is known by.
fn candidates(half: &Half<'_, '_>, naming: &Naming<'_>) -> BTreeMap<String, Candidate> {
    let effective = Effective::of(half.account);
    let reader = Reader { effective: &effective, naming };
    let mut all = Vec::new();
    principals(&reader, &mut all);
    outsiders(&reader, &mut all);
    policies(&reader, &mut all);
    limits(&reader, &mut all);
    doors::doors(&reader, &mut all);
    let mut found: BTreeMap<String, Candidate> = BTreeMap::new();
    for candidate in all {
        match found.get_mut(&candidate.key) {
            // Several documents on one thing have their say together.
            Some(same) => {
                same.holdings.identity.extend(candidate.holdings.identity);
                same.holdings.unknown.extend(candidate.holdings.unknown);
            }
            None => {
                found.insert(candidate.key.clone(), candidate);
            }
        }
    }
    found
}

/// The users, groups, roles and permission sets of the code.
fn principals(reader: &Reader<'_, '_>, all: &mut Vec<Candidate>) {
    let (account, naming) = (reader.naming.account(), reader.naming);
    for principal in account.principals() {
        let resource = principal.resource;
        let kind = kind_of(principal.kind);
        let groups = principal.groups.iter().map(|id| {
            let address = naming.address(&account.principal(*id).resource.address);
            (*id, address)
        });
        all.push(Candidate {
            key: format!("principal {}", naming.address(&resource.address)),
            kind,
            address: resource.address.to_string(),
            name: naming.name(resource),
            span: Some(resource.span),
            holdings: reader.of_principal(principal),
            requester: match principal.kind {
                PrincipalKind::User | PrincipalKind::Role => naming.arn(resource),
                PrincipalKind::Group | PrincipalKind::PermissionSet => None,
            },
            groups: groups.collect(),
            account: reader.naming.id().to_owned(),
            is_placed: principal.has_members
                && !principal.has_unknown_members
                && account.principals().any(|user| user.groups.contains(&principal.id)),
        });
    }
}

fn kind_of(kind: PrincipalKind) -> SubjectKind {
    match kind {
        PrincipalKind::User => SubjectKind::User,
        PrincipalKind::Group => SubjectKind::Group,
        PrincipalKind::Role => SubjectKind::Role,
        PrincipalKind::PermissionSet => SubjectKind::PermissionSet,
    }
}

/// Principals that the code does not declare and puts policies on, each policy by itself.
fn outsiders(reader: &Reader<'_, '_>, all: &mut Vec<Candidate>) {
    let account = reader.naming.account();
    let somebody = |kind: PrincipalKind, name: &Text, span: Span, holdings: Holdings| {
        let name = reader.naming.text(name);
        Candidate {
            key: format!("outside {} {name}", kind.name()),
            kind: kind_of(kind),
            address: name.clone(),
            name: Some(name),
            span: Some(span),
            holdings,
            requester: None,
            groups: BTreeMap::new(),
            account: reader.naming.id().to_owned(),
            is_placed: false,
        }
    };
    for inline in account.inline_documents() {
        if let (None, Some(name)) = (inline.principal, &inline.name) {
            let identity = vec![reader.in_code(inline.document, None)];
            let holdings = Holdings { identity, ..Holdings::default() };
            all.push(somebody(inline.kind, name, inline.carrier.span, holdings));
        }
    }
    for attachment in account.attachments() {
        if let (None, Some(name)) = (attachment.principal, &attachment.name) {
            let mut holdings = Holdings::default();
            attach(reader, attachment, &mut holdings);
            all.push(somebody(attachment.kind, name, attachment.carrier.span, holdings));
        }
    }
}

fn attach(reader: &Reader<'_, '_>, attachment: &Attachment<'_>, holdings: &mut Holdings) {
    match reader.attached(attachment) {
        Some(policy) => holdings.identity.push(policy),
        None => reader.note_unknown(attachment, &mut holdings.unknown),
    }
}

/// The managed policies of the code: those that it puts on nobody are on somebody else.
fn policies(reader: &Reader<'_, '_>, all: &mut Vec<Candidate>) {
    let account = reader.naming.account();
    let placed = reader.placed();
    for (id, carried) in account.documents_by_id() {
        if !managed_policy::KIND.is(carried.carrier) {
            continue;
        }
        let resource = carried.carrier;
        all.push(Candidate {
            key: format!("policy {}", reader.naming.address(&resource.address)),
            kind: SubjectKind::Policy,
            address: resource.address.to_string(),
            name: reader.naming.name(resource),
            span: Some(resource.span),
            holdings: Holdings { identity: vec![reader.in_code(id, None)], ..Holdings::default() },
            requester: None,
            groups: BTreeMap::new(),
            account: reader.naming.id().to_owned(),
            is_placed: placed.contains(&id),
        });
    }
}

/// The organization's policies: what they let through of everything.
fn limits(reader: &Reader<'_, '_>, all: &mut Vec<Candidate>) {
    for (id, carried) in reader.naming.account().documents_by_id() {
        if !organization_policy::KIND.is(carried.carrier) {
            continue;
        }
        let is_resource_control =
            reader.effective.organization().iter().any(|policy| policy.document == id && policy.is_resource_control);
        if is_resource_control || !reader.effective.organization().iter().any(|policy| policy.document == id) {
            continue;
        }
        let resource = carried.carrier;
        let policy = reader.in_code(id, Some(resource.span));
        // One that only denies stands beside what allows everything.
        let denies_only = policy.document.allows().next().is_none();
        let level: Vec<Policy> = std::iter::once(policy).chain(denies_only.then(everything)).collect();
        all.push(Candidate {
            key: format!("limit {}", reader.naming.address(&resource.address)),
            kind: SubjectKind::Limit,
            address: resource.address.to_string(),
            name: reader.naming.name(resource),
            span: Some(resource.span),
            holdings: Holdings { identity: vec![everything()], organization: vec![level], ..Holdings::default() },
            requester: None,
            groups: BTreeMap::new(),
            account: reader.naming.id().to_owned(),
            is_placed: false,
        });
    }
}

/// Compares one with itself, and notes what changed, if anything did.
fn add(before: Option<&Candidate>, after: Option<&Candidate>, root: &str, difference: &mut Difference) -> bool {
    let Some(shown) = after.or(before) else { return false };
    let is_placed = before.is_some_and(|one| one.is_placed) || after.is_some_and(|one| one.is_placed);
    let is_told_by_others = match shown.kind {
        // Whoever it is on has it among theirs.
        SubjectKind::Policy => is_placed,
        // It tells of members that it had and has; a new one means something for those who join it.
        SubjectKind::Group => is_placed && (before.is_none() || after.is_none()),
        _ => false,
    };
    if is_told_by_others {
        return false;
    }
    difference.compared += 1;
    if let (Some(before), Some(after)) = (before, after)
        && before.holdings.spelled() == after.holdings.spelled()
    {
        return false;
    }
    let Compared { mut gained, mut lost, undecided } = rights::compare(before, after);
    if shown.kind == SubjectKind::Limit {
        // What is let through is granted by nothing that has a place.
        gained.iter_mut().chain(&mut lost).for_each(|right| right.span = right.span.or(right.elsewhere).or(shown.span));
    }
    if gained.is_empty() && lost.is_empty() && undecided.is_empty() {
        return false;
    }
    let was = before.filter(|before| after.is_some_and(|after| after.address != before.address));
    difference.subjects.push(Subject {
        address: shown.address.clone(),
        was: was.map(|before| before.address.clone()),
        kind: shown.kind,
        name: shown.name.clone(),
        root: root.to_owned(),
        presence: match (before, after) {
            (None, Some(_)) => Presence::Added,
            (Some(_), None) => Presence::Removed,
            _ => Presence::Both,
        },
        span: shown.span,
        gained,
        lost,
        escalations: Vec::new(),
        undecided,
    });
    true
}
