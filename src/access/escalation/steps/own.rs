//! Steps by which a principal changes what applies to itself: its policies, its groups, its boundary.

use crate::iam::escalation::{Class, Path, Target, table};
use crate::iam::{Aim, Surety};
use crate::model::PrincipalKind;

use super::super::super::PolicySource;
use super::super::reach::Part;
use super::super::standing::Power;
use super::super::{Gain, Step};
use super::{ADMINISTRATOR, MAX_TARGETS, Walk, Who, push};

impl Walk<'_, '_> {
    /// Steps by which a principal writes its own rights.
    pub(super) fn own(&self, who: &Who, steps: &mut Vec<Step>) {
        let own_boundary = who.access.boundary.is_some() || who.access.has_unknown_boundary;
        let given: &[(&'static str, &str)] = if own_boundary || who.principal.is_none() {
            &[("iam:policyarn", ADMINISTRATOR)]
        } else {
            &[("iam:policyarn", ADMINISTRATOR), ("iam:permissionsboundary", "")]
        };
        let caller = self.caller(who, given);
        for path in table().paths.iter().filter(|path| path.class == Class::Own && self.mentions(who, path)) {
            let Some(need) = path.needs.first() else { continue };
            let mut best: Option<(Surety, Part)> = None;
            for aim in self.own_aims(who, need.target) {
                let Some(allowed) = self.reach.allowed(who.access, need.action, aim, &caller) else { continue };
                // That there are older versions, or a stronger group elsewhere, is not in the code.
                let is_sure = path.id != "set-default-policy-version" && !matches!(aim, Aim::Some(..));
                let most = if is_sure { Surety::Certain } else { Surety::Likely };
                let surety = allowed.surety.min(most);
                if best.as_ref().is_none_or(|(best, _)| surety > *best) {
                    best = Some((surety, allowed.part));
                }
            }
            if let Some((surety, part)) = best {
                push(who, path, Gain::Administrator, None, surety, vec![part], steps);
            }
        }
    }

    fn own_aims(&self, who: &Who, target: Target) -> Vec<Aim<'_>> {
        let kind = who.kind();
        let own = || who.principal.and_then(|principal| self.named(principal.id));
        let groups = || who.principal.map(|principal| principal.groups.as_slice()).unwrap_or_default();
        match (target, kind) {
            (Target::OwnPolicy, None) => vec![Aim::Some("iam", &self.classes.policies)],
            (Target::OwnPolicy, Some(_)) => {
                let held: Vec<&PolicySource> = who.access.identity.iter().map(|held| &held.source).collect();
                let policies = self.targets.policies.iter();
                policies
                    .filter(|(id, _)| held.contains(&&PolicySource::InCode(*id)))
                    .map(|(_, named)| Aim::At(named))
                    .collect()
            }
            (Target::OwnBoundary, Some(_)) => {
                let boundary = who.access.boundary.map(|held| &held.source);
                let policies = self.targets.policies.iter();
                policies
                    .filter(|(id, _)| boundary == Some(&PolicySource::InCode(*id)))
                    .map(|(_, named)| Aim::At(named))
                    .collect()
            }
            (Target::OwnUser, Some(PrincipalKind::User))
            | (Target::OwnRole, Some(PrincipalKind::Role))
            | (Target::OwnGroup, Some(PrincipalKind::Group)) => own().map(Aim::At).into_iter().collect(),
            (Target::OwnUser, Some(PrincipalKind::Group) | None) => vec![Aim::At(&self.unknown_user)],
            (Target::OwnRole, None) => vec![Aim::Some("iam", &self.classes.roles)],
            (Target::OwnGroup | Target::Group, None) | (Target::Group, Some(PrincipalKind::Group)) => {
                vec![Aim::Some("iam", &self.classes.groups)]
            }
            (Target::OwnGroup, Some(PrincipalKind::User)) => {
                groups().iter().filter_map(|group| self.named(*group)).map(Aim::At).collect()
            }
            (Target::Group, Some(PrincipalKind::User)) => {
                let stronger = self.account.principals().filter(|group| {
                    group.kind == PrincipalKind::Group
                        && !groups().contains(&group.id)
                        && self.power(group.id) > Power::Ordinary
                });
                let stronger = stronger.filter_map(|group| self.named(group.id)).map(Aim::At);
                stronger.take(MAX_TARGETS).chain([Aim::Some("iam", &self.classes.groups)]).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Steps out of the principal's own boundary.
    pub(super) fn unbound(&self, who: &Who, steps: &mut Vec<Step>) {
        if who.access.boundary.is_some() {
            let paths = table().paths.iter().filter(|path| path.class == Class::Boundary && self.mentions(who, path));
            paths.for_each(|path| self.unbind(who, path, steps));
        }
    }

    fn unbind(&self, who: &Who, path: &'static Path, steps: &mut Vec<Step>) {
        let Some(need) = path.needs.first() else { return };
        let caller = self.caller(who, &[]);
        let allowed = self
            .own_aims(who, need.target)
            .into_iter()
            .filter_map(|aim| self.reach.allowed(who.access, need.action, aim, &caller));
        if let Some(allowed) = allowed.max_by_key(|allowed| allowed.surety) {
            push(who, path, Gain::Unbounded, None, allowed.surety, vec![allowed.part], steps);
        }
    }
}
