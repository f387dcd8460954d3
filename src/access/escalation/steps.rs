//! The steps that each principal can take.

mod outside;
mod own;

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::iam::escalation::{Class, Need, Path, Target, table};
use crate::iam::{Aim, Caller, Glob, Named, Surety};
use crate::model::kinds::workload;
use crate::model::{Account, DocumentId, Principal, PrincipalId, PrincipalKind, Purpose};

use super::super::{Effective, Held, PolicySource, PrincipalAccess};
use super::reach::{Holding, Part, Reach};
use super::standing::{Giving, Power};
use super::targets::{self, Targets};
use super::trust::{self, Trust};
use super::{Escalations, Gain, Means, Step, Walker};

/// So many targets are tried for one path of one principal, the strongest first: who may do something to that many may
/// do it to the rest, and time grows with principals times targets.
const MAX_TARGETS: usize = 64;

/// A policy whose attaching gives everything, for the condition key `iam:PolicyARN`: whoever may choose chooses it.
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// Works out all steps of an account.
pub(super) fn all(account: &Account, effective: &Effective) -> Escalations {
    let targets = Targets::of(account);
    let trusts = trust::read(account, &targets);
    let holders = unknown_holders(account, effective);
    let sources: Vec<PolicySource> = holders.iter().map(|(id, _)| PolicySource::InCode(*id)).collect();
    let reach = Reach::new(account, effective, &sources);
    let mut giving = Giving::new(account, effective);
    let mut power: Vec<Power> = effective.principals().iter().map(|access| giving.power(access)).collect();
    let mut steps = Vec::new();
    let mut walk = Walk::new(account, effective, &targets, &trusts, &reach);
    for access in effective.principals() {
        let Some(strength) = power.get_mut(access.principal.index()) else { continue };
        if *strength == Power::Administrator && !walk.manages_rights(access) {
            // A Deny or the boundary takes back what a policy gives.
            *strength = Power::Much;
        }
    }
    walk.power.clone_from(&power);
    for access in effective.principals() {
        let who = Who::of(account.principal(access.principal), access);
        if power.get(access.principal.index()) != Some(&Power::Administrator) {
            walk.own(&who, &mut steps);
        }
    }
    walk.sort_targets(&steps);
    for access in effective.principals() {
        let who = Who::of(account.principal(access.principal), access);
        if power.get(access.principal.index()) != Some(&Power::Administrator) {
            walk.others(&who, &mut steps);
        }
        walk.unbound(&who, &mut steps);
        walk.assume(&who, &mut steps);
    }
    for (document, identity) in &holders {
        let access = Holding { identity, boundary: None, has_unknown_boundary: false };
        let who = Who { principal: None, document: Some(*document), access };
        walk.own(&who, &mut steps);
        walk.others(&who, &mut steps);
    }
    let services = trusts.iter().map(Trust::service_count).collect();
    drop(walk);
    Escalations { steps, power, workloads: targets.workloads, names: targets.principals, services }
}

/// Policies for principals that nobody in the code holds: whoever does is not known.
fn unknown_holders(account: &Account, effective: &Effective) -> Vec<(DocumentId, [Held; 1])> {
    let all = effective.principals().iter().flat_map(|access| &access.identity);
    let held: FxHashSet<&PolicySource> = all.map(|held| &held.source).collect();
    let mut holders = Vec::new();
    for (id, carried) in account.documents_by_id() {
        let source = PolicySource::InCode(id);
        if carried.purpose == Purpose::Identity && !held.contains(&source) {
            holders.push((
                id,
                [Held { source, is_certain: true, is_certain_if_created: true, through: None, attached_at: None }],
            ));
        }
    }
    holders
}

/// Who walks.
struct Who<'w, 'a> {
    /// The principal; none where a policy's holder is not in the code.
    principal: Option<&'w Principal<'a>>,
    /// The policy whose holder it is, where that is all there is.
    document: Option<DocumentId>,
    access: Holding<'w>,
}

impl<'w, 'a> Who<'w, 'a> {
    fn of(principal: &'w Principal<'a>, access: &'w PrincipalAccess) -> Self {
        Self { principal: Some(principal), document: None, access: access.into() }
    }

    fn kind(&self) -> Option<PrincipalKind> {
        self.principal.map(|principal| principal.kind)
    }

    fn walker(&self) -> Option<Walker> {
        match (self.principal, self.document) {
            (Some(principal), _) => Some(Walker::Principal(principal.id)),
            (None, Some(document)) => Some(Walker::HolderOf(document)),
            (None, None) => None,
        }
    }

    fn is(&self, id: PrincipalId) -> bool {
        self.principal.is_some_and(|principal| principal.id == id)
    }
}

/// All kinds of things that a class of targets may be.
struct Classes {
    users: Glob,
    roles: Glob,
    groups: Glob,
    policies: Glob,
    saml: Glob,
    oidc: Glob,
    anything: Glob,
}

struct Walk<'r, 'a> {
    account: &'r Account<'a>,
    effective: &'r Effective,
    targets: &'r Targets,
    trusts: &'r [Trust<'r>],
    reach: &'r Reach<'r, 'a>,
    power: Vec<Power>,
    /// Users and roles, strongest first.
    users: Vec<PrincipalId>,
    roles: Vec<PrincipalId>,
    classes: Classes,
    unknown_user: Named,
    /// Targets that statements name and the code does not have; the same policy is held by many.
    outside: RefCell<FxHashMap<outside::Key, Rc<[Named]>>>,
}

/// What the actions of a path are aimed at.
#[derive(Clone, Copy, Default)]
struct Aimed<'t> {
    /// The principal that is taken over, or whose role is passed; or none where any will do that the code does not have.
    principal: Option<(PrincipalId, &'t Named)>,
    workload: Option<&'t Named>,
    /// Somebody whom a policy names and the code does not have.
    outside: Option<&'t Named>,
    class: Option<(&'t str, &'t Glob)>,
}

impl<'r, 'a> Walk<'r, 'a> {
    fn new(
        account: &'r Account<'a>,
        effective: &'r Effective,
        targets: &'r Targets,
        trusts: &'r [Trust<'r>],
        reach: &'r Reach<'r, 'a>,
    ) -> Self {
        let of_kind = |kind: PrincipalKind| {
            account.principals().filter(move |principal| principal.kind == kind).map(|principal| principal.id).collect()
        };
        let classes = Classes {
            users: targets::class("user"),
            roles: targets::class("role"),
            groups: targets::class("group"),
            policies: targets::class("policy"),
            saml: targets::class("saml-provider"),
            oidc: targets::class("oidc-provider"),
            anything: Glob::known("*"),
        };
        Self {
            account,
            effective,
            targets,
            trusts,
            reach,
            power: Vec::new(),
            users: of_kind(PrincipalKind::User),
            roles: of_kind(PrincipalKind::Role),
            classes,
            unknown_user: targets::unknown_user(),
            outside: RefCell::default(),
        }
    }

    fn named(&self, id: PrincipalId) -> Option<&'r Named> {
        self.targets.principals.get(id.index())?.as_ref()
    }

    fn power(&self, id: PrincipalId) -> Power {
        self.power.get(id.index()).copied().unwrap_or(Power::Ordinary)
    }

    /// Who can write its own policies counts as administrator for those who may become it.
    fn sort_targets(&mut self, steps: &[Step]) {
        for step in steps.iter().filter(|step| step.gain == Gain::Administrator && step.surety >= Surety::Likely) {
            if let Walker::Principal(id) = step.from
                && let Some(power) = self.power.get_mut(id.index())
            {
                *power = Power::Administrator;
            }
        }
        let power = &self.power;
        let strongest_first = |id: &PrincipalId| std::cmp::Reverse(power.get(id.index()).copied());
        self.users.sort_by_key(strongest_first);
        self.roles.sort_by_key(strongest_first);
    }

    fn caller<'c>(&'c self, who: &Who, given: &'c [(&'static str, &'c str)]) -> Caller<'c> {
        let principal = who.principal.filter(|principal| principal.kind != PrincipalKind::Group);
        let named = principal.and_then(|principal| self.named(principal.id));
        let user = principal.filter(|principal| principal.kind == PrincipalKind::User);
        let user_name = user.and_then(|user| self.targets.names.get(user.id.index())).map(Vec::as_slice);
        Caller { principal: named, user_name, given }
    }

    /// Whether a principal that some policy makes administrator may still write policies after all Denies.
    fn manages_rights(&self, access: &PrincipalAccess) -> bool {
        let who = Who::of(self.account.principal(access.principal), access);
        let caller = self.caller(&who, &[("iam:policyarn", ADMINISTRATOR), ("iam:permissionsboundary", "")]);
        let classes = [
            ("attach-role-policy", &self.classes.roles),
            ("put-user-policy", &self.classes.users),
            ("create-policy-version", &self.classes.policies),
        ];
        classes.into_iter().any(|(path, class)| {
            let need = table().find(path).and_then(|path| path.needs.first());
            need.and_then(|need| self.reach.allowed(access.into(), need.action, Aim::Some("iam", class), &caller))
                .is_some_and(|allowed| allowed.surety >= Surety::Likely)
        })
    }

    /// Whether the principal has all actions of a path in some policy: else nothing needs to be asked.
    fn mentions(&self, who: &Who, path: &Path) -> bool {
        path.needs.iter().all(|need| self.reach.mentions(who.access, need.action))
    }

    /// Steps by which a principal gets the rights of another.
    fn others(&self, who: &Who, steps: &mut Vec<Step>) {
        for path in table().paths.iter().filter(|path| path.class != Class::Own && self.mentions(who, path)) {
            match path.class {
                Class::Principal => self.take_over(who, path, steps),
                Class::Pass => self.pass(who, path, steps),
                Class::Compute => self.reach_into(who, path, steps),
                Class::Provider => {
                    for class in [&self.classes.saml, &self.classes.oidc] {
                        let aimed = Aimed { class: Some(("iam", class)), ..Aimed::default() };
                        if let Some((surety, parts)) = self.walk(who, path, &aimed, &[]) {
                            push(who, path, Gain::Elsewhere, None, surety.min(Surety::Likely), parts, steps);
                            break;
                        }
                    }
                }
                Class::PermissionSet => {
                    if let Some((surety, parts)) = self.walk(who, path, &Aimed::default(), &[]) {
                        push(who, path, Gain::Administrator, None, surety.min(Surety::Likely), parts, steps);
                    }
                }
                Class::Create => {
                    let given = [("iam:policyarn", ADMINISTRATOR), ("iam:permissionsboundary", "")];
                    if let Some((surety, parts)) = self.walk(who, path, &Aimed::default(), &given) {
                        push(who, path, Gain::Administrator, None, surety.min(Surety::Likely), parts, steps);
                    }
                }
                Class::Own | Class::Boundary => {}
            }
        }
    }

    /// Tries the targets, strongest first, until one is sure to give everything.
    fn try_each(
        &self,
        who: &Who,
        path: &'static Path,
        candidates: impl Iterator<Item = (PrincipalId, Surety)>,
        given: &[(&'static str, &str)],
        steps: &mut Vec<Step>,
    ) -> bool {
        let makes_administrator = path.needs.len() > 1 && path.class == Class::Principal;
        let mut is_found = false;
        for (id, most) in candidates.filter(|(id, _)| !who.is(*id)).take(MAX_TARGETS) {
            let Some(named) = self.named(id) else { continue };
            if !makes_administrator && self.is_no_stronger(who, id) {
                continue;
            }
            let aimed = Aimed { principal: Some((id, named)), ..Aimed::default() };
            let Some((surety, parts)) = self.walk(who, path, &aimed, given) else { continue };
            let gain = if makes_administrator { Gain::Administrator } else { Gain::Principal(id) };
            let surety = surety.min(most);
            let is_worth = makes_administrator || self.power(id) > Power::Ordinary;
            is_found |= surety >= Surety::Likely && is_worth;
            let is_best =
                surety == Surety::Certain && (gain == Gain::Administrator || self.power(id) == Power::Administrator);
            push(who, path, gain, None, surety, parts, steps);
            if is_best {
                break;
            }
        }
        is_found
    }

    fn take_over(&self, who: &Who, path: &'static Path, steps: &mut Vec<Step>) {
        let is_user = path.needs.iter().any(|need| need.target == Target::User);
        let admits = path.needs.iter().any(|need| need.target == Target::Assumable);
        let all = if is_user { &self.users } else { &self.roles };
        let candidates = all.iter().map(|id| (*id, if admits { self.admits(*id, who) } else { Surety::Certain }));
        let given = [("iam:policyarn", ADMINISTRATOR)];
        let is_found = self.try_each(who, path, candidates.filter(|(_, surety)| *surety > Surety::No), &given, steps);
        if !is_found {
            let class = if is_user { &self.classes.users } else { &self.classes.roles };
            if !self.elsewhere(who, path, "iam", class, &given, steps) {
                self.outside(who, path, &given, steps);
            }
        }
    }

    fn pass(&self, who: &Who, path: &'static Path, steps: &mut Vec<Step>) {
        let Some(service) = path.service else { return };
        let admits =
            |id: &PrincipalId| self.trusts.get(id.index()).map_or(Surety::No, |trust| trust.admits_service(service));
        let candidates = self.roles.iter().map(|id| (*id, admits(id))).filter(|(_, surety)| *surety > Surety::No);
        let given = [("iam:passedtoservice", service)];
        if !self.try_each(who, path, candidates, &given, steps)
            && !self.elsewhere(who, path, "iam", &self.classes.roles, &given, steps)
        {
            self.outside(who, path, &given, steps);
        }
    }

    fn reach_into(&self, who: &Who, path: &'static Path, steps: &mut Vec<Step>) {
        let Some(kind) = path.service else { return };
        let of_kind = self.targets.workloads.iter().enumerate().filter(|(_, running)| running.kind == kind);
        let mut running: Vec<_> = of_kind.collect();
        running.sort_by_key(|(_, running)| std::cmp::Reverse(self.power(running.role)));
        let mut is_found = false;
        for (at, running) in running.into_iter().take(MAX_TARGETS) {
            if who.is(running.role) || self.is_no_stronger(who, running.role) {
                continue;
            }
            let aimed = Aimed { workload: Some(&running.named), ..Aimed::default() };
            let Some((surety, parts)) = self.walk(who, path, &aimed, &[]) else { continue };
            is_found |= surety >= Surety::Likely && self.power(running.role) > Power::Ordinary;
            let is_best = surety == Surety::Certain && self.power(running.role) == Power::Administrator;
            push(who, path, Gain::Principal(running.role), Some(at), surety, parts, steps);
            if is_best {
                break;
            }
        }
        if is_found {
            return;
        }
        let known = workload::ALL.iter().find(|workload| workload.name == kind);
        let is_aimed = path.needs.iter().any(|need| need.target == Target::Compute);
        // What runs elsewhere and is named is not asked about: those who deploy name it, and few of its roles are strong.
        match known.filter(|_| is_aimed) {
            Some(workload) => {
                let (service, shape) = workload.arn;
                let class = Glob::known(&shape.replace("{}", "*"));
                self.elsewhere(who, path, service, &class, &[], steps);
            }
            None => {
                self.elsewhere(who, path, kind, &self.classes.anything, &[], steps);
            }
        }
    }

    /// A step to somebody who is not in the code, where the policies name all there may be; whether there is one.
    fn elsewhere(
        &self,
        who: &Who,
        path: &'static Path,
        service: &str,
        class: &Glob,
        given: &[(&'static str, &str)],
        steps: &mut Vec<Step>,
    ) -> bool {
        let aimed = Aimed { class: Some((service, class)), ..Aimed::default() };
        let walked = self.walk(who, path, &aimed, given);
        let is_found = walked.is_some();
        if let Some((surety, parts)) = walked {
            // That there is somebody to gain by is one thing that has to hold; that a condition is met would be another.
            let surety = if surety == Surety::Certain { Surety::Likely } else { Surety::Unknown };
            push(who, path, Gain::Elsewhere, None, surety, parts, steps);
        }
        is_found
    }

    /// Takes all actions of a path for one target: how surely, and by which statements.
    fn walk(
        &self,
        who: &Who,
        path: &Path,
        aimed: &Aimed,
        given: &[(&'static str, &str)],
    ) -> Option<(Surety, Vec<Part>)> {
        let caller = self.caller(who, given);
        let mut surety = Surety::Certain;
        let mut parts = Vec::with_capacity(path.needs.len());
        for need in &path.needs {
            let (of_need, part) = self.take(who, need, aimed, &caller)?;
            surety = surety.min(of_need);
            parts.extend(part);
        }
        Some((surety, parts))
    }

    /// Takes one action; without a part where the target's own trust policy is enough.
    fn take(&self, who: &Who, need: &Need, aimed: &Aimed, caller: &Caller) -> Option<(Surety, Option<Part>)> {
        let allowed = |aim| {
            let allowed = self.reach.allowed(who.access, need.action, aim, caller)?;
            Some((allowed.surety, Some(allowed.part)))
        };
        match need.target {
            Target::Any => match aimed.class {
                // Without an aim among its actions, a path is as wide as what they name.
                Some((_, class)) if class.is_everything() => allowed(Aim::Some("", class)),
                _ => allowed(Aim::Anything),
            },
            Target::Compute => match (aimed.workload, aimed.class) {
                (Some(named), _) => allowed(Aim::At(named)),
                (None, Some((service, class))) => allowed(Aim::Some(service, class)),
                (None, None) => None,
            },
            Target::Policy => match aimed.principal {
                Some((id, _)) => {
                    self.policies_of(id).filter_map(|named| allowed(Aim::At(named))).max_by_key(|(surety, _)| *surety)
                }
                // Which policies somebody outside has is not known.
                None if aimed.outside.is_some() => None,
                None => allowed(Aim::Some("iam", &self.classes.policies)),
            },
            Target::Assumable if need.action == table().assume_role => match (aimed.principal, aimed.outside) {
                (Some((id, named)), _) => {
                    let trust = self.trusts.get(id.index())?;
                    let direct = who.principal.and_then(|own| trust.names(own.id, self.named(own.id)));
                    direct.map(|(surety, _)| (surety, None)).or_else(|| allowed(Aim::At(named)))
                }
                (None, Some(named)) => allowed(Aim::At(named)),
                (None, None) => allowed(Aim::Some("iam", &self.classes.roles)),
            },
            _ => match (aimed.principal, aimed.class) {
                (Some((_, named)), _) => allowed(Aim::At(named)),
                (None, None) => allowed(Aim::At(aimed.outside?)),
                (None, Some((service, class))) => allowed(Aim::Some(service, class)),
            },
        }
    }

    /// The managed policies of the code that are attached to a principal.
    fn policies_of(&self, id: PrincipalId) -> impl Iterator<Item = &'r Named> + '_ {
        let held = self.effective.principal(id).map(|access| access.identity.as_slice()).unwrap_or_default();
        self.targets
            .policies
            .iter()
            .filter(|(id, _)| held.iter().any(|held| held.source == PolicySource::InCode(*id)))
            .map(|(_, named)| named)
    }

    /// How surely a role lets somebody in: by name, or by leaving it to the account.
    fn admits(&self, role: PrincipalId, who: &Who) -> Surety {
        let Some(trust) = self.trusts.get(role.index()) else { return Surety::No };
        let Some(own) = who.principal else { return trust.leaves_somebody_to_account() };
        let named = self.named(own.id);
        let admitted = trust.names(own.id, named).max(trust.leaves_to_account(own.id, named));
        admitted.map_or(Surety::No, |(surety, _)| surety)
    }

    /// Whether all that a target has, the walker has too: nothing is gained.
    fn is_no_stronger(&self, who: &Who, target: PrincipalId) -> bool {
        let Some(theirs) = self.effective.principal(target) else { return true };
        let has = |held: &Held| who.access.identity.iter().any(|own| own.source == held.source);
        !theirs.has_unknown_identity && theirs.identity.iter().all(has)
    }

    /// Steps to roles that let the principal in.
    fn assume(&self, who: &Who, steps: &mut Vec<Step>) {
        let Some(principal) = who.principal else { return };
        if principal.kind == PrincipalKind::Group {
            return;
        }
        let assume_role = table().assume_role;
        let may = self.reach.mentions(who.access, assume_role);
        let caller = self.caller(who, &[]);
        let mut tried = 0;
        for role in &self.roles {
            let (Some(trust), Some(named)) = (self.trusts.get(role.index()), self.named(*role)) else { continue };
            if who.is(*role) {
                continue;
            }
            let own = self.named(principal.id);
            let (surety, span, parts) = if let Some((surety, span)) = trust.names(principal.id, own) {
                (surety, span, Vec::new())
            } else if may
                && tried < MAX_TARGETS
                && let Some((surety, span)) = trust.leaves_to_account(principal.id, own)
            {
                tried += 1;
                let Some(allowed) = self.reach.allowed(who.access, assume_role, Aim::At(named), &caller) else {
                    continue;
                };
                (surety.min(allowed.surety), span, vec![allowed.part])
            } else {
                continue;
            };
            steps.push(Step {
                from: Walker::Principal(principal.id),
                means: Means::Assume(span),
                gain: Gain::Principal(*role),
                through: None,
                surety,
                parts,
            });
        }
    }
}

#[allow(clippy::too_many_arguments, reason = "the parts of a step, each once")]
fn push(
    who: &Who,
    path: &'static Path,
    gain: Gain,
    through: Option<usize>,
    surety: Surety,
    parts: Vec<Part>,
    steps: &mut Vec<Step>,
) {
    let Some(from) = who.walker() else { return };
    let most = if who.principal.is_none() { Surety::Likely } else { Surety::Certain };
    steps.push(Step { from, means: Means::Path(path), gain, through, surety: surety.min(most), parts });
}
