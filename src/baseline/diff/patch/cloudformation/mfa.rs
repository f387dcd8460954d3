//! Groups that may do things without a second factor.

use crate::baseline::Datum;
use crate::cloudformation::edit::{self, Change};
use crate::iam::mfa::{self as factor, WithoutMfa};
use crate::iam::{Condition, Glob, Patterns, Statement};
use crate::model::CarriedDocument;
use crate::model::kinds::{group, managed_policy};

use super::super::super::reading::Reading;
use super::super::super::reasoned::mfa::{intended, is_complete, policies};
use super::super::super::world::Found;
use super::super::{Fault, What};
use super::{Pending, Plan, node};

/// The statement of the generated policy that keeps enrolment from access keys.
const BY_ACCESS_KEY: &str = "DenyEnrolmentByAccessKey";

/// The property of a group that attaches policies to it.
const ATTACHED: &str = "ManagedPolicyArns";

impl<'p, 'w> Plan<'p, 'w, '_> {
    /// Holds all groups to MFA: mends the policy that is meant to, attaches one that does, or brings one in.
    pub(super) fn mend_groups(&mut self) {
        let about: Vec<(&'p Fault<'w>, Found<'w>, &'p Reading<'w>)> = self
            .task
            .faults
            .iter()
            .filter(|fault| fault.subject.starts_with("group.") && fault.subject.ends_with("mfa"))
            .filter_map(|fault| match &fault.what {
                What::Weaker { owner, reading } => Some((*fault, *owner, reading)),
                What::Missing => None,
            })
            .collect();
        for (fault, owner, reading) in about {
            match intended(&policies(owner)) {
                Some(carried) => self.mend_policy(fault, owner, reading, carried),
                None => self.attach(owner),
            }
        }
    }

    /// Mends a policy that is meant to ask for a second factor.
    fn mend_policy(
        &mut self,
        fault: &'p Fault<'w>,
        group: Found<'w>,
        reading: &'p Reading<'w>,
        carried: &'w CarriedDocument<'w>,
    ) {
        let meant: Vec<&Statement> = carried
            .document
            .denies()
            .filter(|statement| {
                statement.conditions.iter().any(factor::is_about)
                    && statement.actions.as_ref().is_some_and(Patterns::is_broad)
            })
            .collect();
        match (fault.subject.as_str(), &fault.want) {
            ("group.exempt_from_mfa", Datum::List(wanted)) => {
                let wanted: Vec<Glob> = wanted.iter().map(|action| Glob::known(&action.to_lowercase())).collect();
                for statement in meant {
                    self.narrow(statement, &wanted);
                }
            }
            ("group.denied_by_access_key_without_mfa", _) => {
                self.append_statement(group.beside(carried.carrier), BY_ACCESS_KEY, fault, reading);
            }
            _ => {
                for statement in meant {
                    self.hold_for_keys(statement);
                }
            }
        }
    }

    /// Has the conditions of a Deny hold for requests that lack the key.
    fn hold_for_keys(&mut self, statement: &Statement) {
        let path = statement.span.and_then(|span| edit::path_at(&*self.file(span)?, span).ok());
        let (Some(span), Some(path)) = (statement.span, path) else { return };
        for condition in statement.conditions.iter().filter(|condition| lets_keys_through(condition)) {
            let written = condition.operator_span.and_then(|span| Some(self.file(span)?.slice(span).to_owned()));
            let Some(written) = written else { continue };
            let name = written.trim_matches(['"', '\'']).to_owned();
            let path = path.iter().cloned().chain(["Condition".to_owned(), name]).collect();
            self.change(span.file, Pending::Ready(Change::Rename { path, name: "BoolIfExists".to_owned() }));
        }
    }

    /// Takes away what a Deny exempts and should not.
    fn narrow(&mut self, statement: &Statement, wanted: &[Glob]) {
        let Some(actions) = statement.actions.as_ref().filter(|actions| actions.negated) else { return };
        for pattern in actions.items.iter().filter(|pattern| !wanted.iter().any(|glob| glob.includes(&pattern.glob))) {
            let path = pattern.span.and_then(|span| Some((span.file, edit::path_at(&*self.file(span)?, span).ok()?)));
            match path {
                Some((template, path)) => self.change(template, Pending::Ready(Change::Remove { path })),
                None => self.by_hand(format!("{} should not be exempt from MFA", pattern.text)),
            }
        }
    }

    /// Attaches a policy that asks for a second factor: one of the template, if one is right, or the donor's.
    fn attach(&mut self, group: Found<'w>) {
        let template = group.resource.block.file;
        let path = node::property(&group.resource.address, &[ATTACHED]);
        let right = group.account.documents().find(|carried| {
            managed_policy::KIND.is(carried.carrier)
                && carried.carrier.block.file == template
                && is_complete(&carried.document)
        });
        if let Some(carried) = right {
            let resource = carried.carrier.address.to_string();
            return self.change(template, Pending::Reference { path, resource });
        }
        let donor = self
            .donor
            .world
            .of_kind(&group::KIND)
            .into_iter()
            .find_map(|group| intended(&policies(group)).map(|carried| carried.carrier.address.to_string()));
        let Some(resource) = donor else {
            return self.by_hand("attach a policy to every group that denies everything without MFA");
        };
        self.target(Some(template)).resources.insert(resource.clone());
        self.change(template, Pending::Reference { path, resource });
    }
}

/// Whether a condition of a Deny is meant for requests without a second factor, and does not hold for access keys.
fn lets_keys_through(condition: &Condition) -> bool {
    condition.has_key(factor::PRESENT)
        && condition.has_value("false")
        && factor::holds(condition, WithoutMfa::AccessKey) == Some(false)
}
