//! Groups that may do things without a second factor.

use std::fmt::Write as _;

use crate::baseline::Datum;
use crate::iam::mfa::{self as factor, WithoutMfa};
use crate::iam::{Condition, Glob, Patterns, Statement};
use crate::model::kinds::{managed_policy, policy_document};
use crate::model::{CarriedDocument, Resource};
use crate::terraform::edit::{self, Change};

use super::super::super::reasoned::mfa::{intended, is_complete, policies};
use super::super::super::world::Found;
use super::super::{Fault, What};
use super::place::{directory_of, local_address, without_index};
use super::{Pending, Plan};

/// The statement of the generated policy that keeps enrolment from access keys.
const BY_ACCESS_KEY: &str = "DenyEnrolmentByAccessKey";

/// What a group lacks.
struct Lacking<'p, 'w> {
    group: Found<'w>,
    faults: Vec<(&'p Fault<'w>, &'p super::super::super::reading::Reading<'w>)>,
}

impl<'p, 'w> Plan<'p, 'w, '_> {
    /// Holds all groups to MFA: mends the policy that is meant to, attaches one that does, or brings one in.
    pub(super) fn mend_groups(&mut self) {
        let mut groups: Vec<Lacking<'p, 'w>> = Vec::new();
        for fault in &self.task.faults {
            let What::Weaker { owner, reading } = &fault.what else { continue };
            let is_about_mfa = fault.subject.starts_with("group.") && fault.subject.ends_with("mfa");
            if !is_about_mfa {
                continue;
            }
            match groups.iter_mut().find(|lacking| lacking.group.resource.block == owner.resource.block) {
                Some(lacking) => lacking.faults.push((fault, reading)),
                None => groups.push(Lacking { group: *owner, faults: vec![(fault, reading)] }),
            }
        }
        let mut without: Vec<Found<'w>> = Vec::new();
        let mut mended = rustc_hash::FxHashSet::default();
        for lacking in &groups {
            match intended(&policies(lacking.group)) {
                Some(carried) => {
                    if mended.insert(carried.span) {
                        self.mend_policy(lacking, carried);
                    }
                }
                None => without.push(lacking.group),
            }
        }
        self.attach(&without);
    }

    /// Mends a policy that is meant to ask for a second factor.
    fn mend_policy(&mut self, lacking: &Lacking<'p, 'w>, carried: &'w CarriedDocument<'w>) {
        let account = lacking.group.account;
        let declaring = |span: crate::source::Span| -> Option<&'w Resource> {
            let mut documents = account.of_kind(&policy_document::KIND);
            documents
                .find(|data| data.block.contains(span))
                .or_else(|| carried.carrier.block.contains(span).then_some(carried.carrier))
        };
        let meant: Vec<&Statement> = carried
            .document
            .denies()
            .filter(|statement| {
                statement.conditions.iter().any(factor::is_about)
                    && statement.actions.as_ref().is_some_and(Patterns::is_broad)
            })
            .collect();
        for statement in &meant {
            for condition in statement.conditions.iter().filter(|condition| lets_keys_through(condition)) {
                let Some(span) = condition.operator_span else { continue };
                let Some(resource) = declaring(span) else { continue };
                if policy_document::KIND.is(resource) {
                    let change = Change::SetArgument {
                        within: Some(span),
                        path: vec!["test".to_owned()],
                        expression: "\"BoolIfExists\"".to_owned(),
                    };
                    self.change(resource.block, Pending::Ready(change));
                } else if let Some(file) = self.file(span) {
                    let text = file.slice(span).replace("Bool", "BoolIfExists").replace("StringEquals", "BoolIfExists");
                    self.changes.edits.push(crate::source::TextEdit { span, text });
                }
            }
        }
        for (fault, reading) in &lacking.faults {
            match (fault.subject.as_str(), &fault.want) {
                ("group.exempt_from_mfa", Datum::List(wanted)) => {
                    let wanted: Vec<Glob> = wanted.iter().map(|action| Glob::known(&action.to_lowercase())).collect();
                    for statement in &meant {
                        self.narrow(statement, &wanted, &declaring);
                    }
                }
                ("group.denied_by_access_key_without_mfa", _) => {
                    let spans: Vec<_> = carried.document.statements.iter().filter_map(|one| one.span).collect();
                    let policy = lacking.group.beside(carried.carrier);
                    match self.donor.statement(fault, BY_ACCESS_KEY) {
                        Some(statement) => self.insert_statement(policy, &spans, statement, &managed_policy::DOCUMENT),
                        None => self.by_hand(super::in_words(fault, reading)),
                    }
                }
                _ => {}
            }
        }
    }

    /// Takes away what a Deny exempts and should not.
    fn narrow(
        &mut self,
        statement: &Statement,
        wanted: &[Glob],
        declaring: &impl Fn(crate::source::Span) -> Option<&'w Resource>,
    ) {
        let Some(actions) = statement.actions.as_ref().filter(|actions| actions.negated) else { return };
        for pattern in actions.items.iter().filter(|pattern| !wanted.iter().any(|glob| glob.includes(&pattern.glob))) {
            let Some(item) = pattern.span else { continue };
            let Some(resource) = declaring(item) else { continue };
            let list = self.file(item).and_then(|file| edit::list_around(&file, resource.block, item));
            if let Some(list) = list {
                self.change(resource.block, Pending::Ready(Change::RemoveFromList { list, item }));
            } else {
                let action = &pattern.text;
                self.by_hand(format!("{}: {action} should not be exempt from MFA", resource.address));
            }
        }
    }

    /// Attaches a policy that asks for a second factor to groups that have none: one of the code, if one is right.
    fn attach(&mut self, groups: &[Found<'w>]) {
        let Some(first) = groups.first() else { return };
        let Some(directory) = directory_of(self.task.sources, first.resource.block) else { return };
        let account = first.account;
        let right = account
            .documents()
            .find(|carried| managed_policy::KIND.is(carried.carrier) && is_complete(&carried.document));
        let donor = self.donor.world.of_kind(&crate::model::kinds::group::KIND).into_iter().find_map(|group| {
            intended(&policies(group)).map(|carried| without_index(&carried.carrier.address).to_owned())
        });
        let here = |resource: &Resource| directory_of(self.task.sources, resource.block).as_deref() == Some(&directory);
        let policy = match (right.filter(|carried| here(carried.carrier)), donor) {
            (Some(carried), _) => local_address(&carried.carrier.address).to_owned(),
            (None, Some(donor)) => {
                self.target(&directory).blocks.insert(donor.clone());
                format!("{{{{{donor}}}}}")
            }
            (None, None) => return self.by_hand("attach a policy to every group that denies everything without MFA"),
        };
        let mut names = String::new();
        for group in groups {
            if here(group.resource) {
                // Writing to a String cannot fail.
                let _ = writeln!(names, "    {}.name,", local_address(&group.resource.address));
            } else {
                self.by_hand(format!(
                    "{}: attach the policy that denies everything without MFA",
                    group.resource.address
                ));
            }
        }
        let text = format!(
            "# Nobody in these groups does anything without MFA, except enrol a device.\n\
             resource \"aws_iam_group_policy_attachment\" \"{{{{!aws_iam_group_policy_attachment.mfa}}}}\" {{\n  for_each = toset([\n{names}  ])\n\n  \
             group      = each.value\n  policy_arn = {policy}.arn\n}}\n"
        );
        self.target(&directory).own.push(("iam_mfa.tf".to_owned(), text));
    }
}

/// Whether a condition of a Deny is meant for requests without a second factor, and does not hold for access keys.
fn lets_keys_through(condition: &Condition) -> bool {
    condition.has_key(factor::PRESENT)
        && condition.has_value("false")
        && factor::holds(condition, WithoutMfa::AccessKey) == Some(false)
}
