//! The plan for CloudFormation: properties set in place, and resources of the donor grafted into the template where
//! they belong.

mod mfa;
mod node;
mod remedy;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::cloudformation::edit::{self, Change, GraftRequest, Node};
use crate::source::{FileId, SourceFile, Span, TextEdit};

use super::donor::There;
use super::matches::{self, Match};
use super::{Changes, PatchError, Task, What};

/// Stands for a resource that the template cannot refer to.
const OUT_OF_REACH: &str = "BaselintOutOfReach";

/// The template of the donor that is deployed once; the others are for further regions.
const MAIN: &str = "baseline.yaml";

/// Plans the changes.
pub(super) fn plan(task: &Task<'_, '_>, donor: &There<'_, '_>) -> Result<Changes, PatchError> {
    let unreadable = |error: edit::EditError| PatchError::Unreadable(error.to_string());
    let templates = || donor.files.iter().filter(|file| file.has_extension("yaml"));
    let main = templates().find(|file| file.name == MAIN).or_else(|| templates().next());
    let Some(main) = main else { return Ok(Changes::default()) };
    let grafts = edit::Donor::new(&main.text).map_err(unreadable)?;
    let matches = matches::find(task, &donor.world);
    let mut plan = Plan {
        task,
        donor,
        grafts: &grafts,
        matches,
        targets: BTreeMap::new(),
        brought: BTreeMap::new(),
        changes: Changes::default(),
    };
    let home = plan.home();
    for fault in &task.faults {
        match &fault.what {
            What::Missing => plan.add_control(fault.control, home),
            What::Weaker { owner, reading } => plan.mend(fault, *owner, reading),
        }
    }
    plan.mend_groups();
    Ok(plan.finish())
}

/// A plan in the making.
struct Plan<'p, 'w, 'd> {
    task: &'p Task<'p, 'w>,
    donor: &'p There<'p, 'd>,
    grafts: &'p edit::Donor,
    matches: Vec<Match<'d, 'w>>,
    /// By template; `None` is a new one.
    targets: BTreeMap<Option<FileId>, Target>,
    /// The resources that each template is to get, once all faults are gone through.
    brought: BTreeMap<Option<FileId>, BTreeSet<String>>,
    changes: Changes,
}

/// What is done in one template.
#[derive(Default)]
struct Target {
    /// Resources of the donor.
    resources: BTreeSet<String>,
    expressions: Vec<(String, Vec<String>)>,
    /// Sections of the settings resource that come; none of the others do.
    sections: BTreeSet<String>,
    pending: Vec<Pending>,
}

/// A change; some wait for the graft.
#[derive(Clone, PartialEq)]
enum Pending {
    Ready(Change),
    /// Sets a property to what the donor has.
    Expression {
        path: Vec<String>,
        index: usize,
    },
    /// Appends a statement of the donor to a list, under this name.
    Statement {
        path: Vec<String>,
        index: usize,
        sid: Option<String>,
    },
    /// Appends a reference to a resource of the donor.
    Reference {
        path: Vec<String>,
        resource: String,
    },
}

/// A text with other names.
fn renamed(mut text: String, names: &[(String, String)]) -> String {
    for (old, new) in names.iter().filter(|(old, new)| old != new) {
        text = text.replace(old, new);
    }
    text
}

impl Plan<'_, '_, '_> {
    fn by_hand(&mut self, what: impl Into<String>) {
        self.changes.by_hand.push(what.into());
    }

    fn file(&self, span: Span) -> Option<Arc<SourceFile>> {
        self.task.sources.get(span.file)
    }

    fn target(&mut self, template: Option<FileId>) -> &mut Target {
        self.targets.entry(template).or_default()
    }

    fn change(&mut self, template: FileId, pending: Pending) {
        let target = self.target(Some(template));
        if !target.pending.contains(&pending) {
            target.pending.push(pending);
        }
    }

    /// Has an expression of the donor come; its place among the expressions.
    fn expression(&mut self, template: FileId, resource: String, path: Vec<String>) -> usize {
        let expressions = &mut self.target(Some(template)).expressions;
        let wanted = (resource, path);
        expressions.iter().position(|known| *known == wanted).unwrap_or_else(|| {
            expressions.push(wanted);
            expressions.len() - 1
        })
    }

    /// The template that has most of what the baseline is about; a new one where none has any of it.
    fn home(&self) -> Option<FileId> {
        let mut count: BTreeMap<FileId, usize> = BTreeMap::new();
        for found in matches::counterparts(self.task, &self.donor.world) {
            if !found.resource.framework().is_terraform() {
                *count.entry(found.resource.block.file).or_default() += 1;
            }
        }
        count.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0))).map(|(file, _)| file)
    }

    /// Brings in what a control adds.
    fn add_control(&mut self, control: usize, home: Option<FileId>) {
        let resources = self.resources_of(control);
        let sections = self.sections_of(control);
        let existing = self.settings();
        if let Some((template, logical_id)) = existing.filter(|_| !sections.is_empty()) {
            // The settings have their resource: a section more is all it takes.
            let Some(donor) = self.settings_of_donor() else { return };
            for section in sections {
                let index = self.expression(template, donor.clone(), vec![section.clone()]);
                let path = node::property(&logical_id, &[section]);
                self.change(template, Pending::Expression { path, index });
            }
            return;
        }
        let target = self.target(home);
        target.resources.extend(resources);
        target.sections.extend(sections);
    }

    /// The donor's resources that are a control's own.
    fn resources_of(&self, control: usize) -> Vec<String> {
        let there: BTreeSet<&str> = self.grafts.resources().collect();
        let control = self.task.profile.controls.get(control);
        let names = control.into_iter().flat_map(|control| &control.brings);
        names.filter(|name| there.contains(name.as_str())).cloned().collect()
    }

    /// The sections of the settings resource that a control is about.
    fn sections_of(&self, control: usize) -> Vec<String> {
        let faults = self.task.faults.iter().filter(|fault| fault.control == control);
        let mut sections: Vec<String> = faults.filter_map(|fault| node::section(&fault.subject)).collect();
        sections.dedup();
        sections
    }

    /// The settings resource of the existing code.
    fn settings(&self) -> Option<(FileId, String)> {
        let mut resources = self.task.comparison.accounts.iter().flat_map(|account| account.root.declared());
        let settings = resources.find(|resource| *resource.kind == *node::SETTINGS)?;
        Some((settings.block.file, settings.address.to_string()))
    }

    /// The settings resource of the donor.
    fn settings_of_donor(&self) -> Option<String> {
        let mut resources = self.donor.world.accounts.iter().flat_map(|account| account.root.declared());
        resources.find(|resource| *resource.kind == *node::SETTINGS).map(|resource| resource.address.to_string())
    }

    /// How a template refers to what the donor has and the existing code has too.
    fn given(&self, template: Option<FileId>) -> BTreeMap<String, String> {
        let mut given = BTreeMap::new();
        for Match { donor, existing } in &self.matches {
            // One of the settings that the donor's resource is for, set in Terraform: the others still need it.
            if *donor.resource.kind == *node::SETTINGS && *existing.resource.kind != *node::SETTINGS {
                continue;
            }
            let is_here = Some(existing.resource.block.file) == template;
            let name = if is_here { existing.resource.address.to_string() } else { OUT_OF_REACH.to_owned() };
            given.entry(donor.resource.address.to_string()).or_insert(name);
        }
        for donor in matches::managed_elsewhere(self.task, &self.donor.world) {
            given.entry(donor.resource.address.to_string()).or_insert_with(|| OUT_OF_REACH.to_owned());
        }
        // What another template of the patch brings is not brought twice.
        let own = self.brought.get(&template);
        for (_, resources) in self.brought.iter().filter(|(other, _)| **other != template) {
            for name in resources.iter().filter(|name| !own.is_some_and(|own| own.contains(*name))) {
                given.entry(name.clone()).or_insert_with(|| OUT_OF_REACH.to_owned());
            }
        }
        given
    }

    fn finish(mut self) -> Changes {
        let targets = std::mem::take(&mut self.targets);
        self.brought = targets.iter().map(|(template, target)| (*template, target.resources.clone())).collect();
        for (template, target) in targets {
            self.finish_template(template, target);
        }
        self.changes
    }

    fn finish_template(&mut self, template: Option<FileId>, target: Target) {
        let file = template.and_then(|id| self.task.sources.get(id));
        let given = self.given(template);
        let far: Vec<&str> =
            given.iter().filter(|(_, name)| *name == OUT_OF_REACH).map(|(name, _)| name.as_str()).collect();
        let mut resources: Vec<String> =
            target.resources.into_iter().filter(|name| !given.contains_key(name)).collect();
        let mut omit = self.left_out_sections(&target.sections);
        for name in self.grafts.resources() {
            let Some(properties) = self.grafts.node(name, &[] as &[&str]) else { continue };
            omit.extend(node::mentions(&properties, &far).into_iter().map(|path| (name.to_owned(), path)));
        }
        // From behind, so that the numbers of list items stay right.
        omit.sort_by(|a, b| node::by_number(&b.1, &a.1));
        omit.dedup();
        resources.sort_unstable();
        let mut expressions = target.expressions;
        // What cannot be referred to leaves an expression that says nothing.
        let far_expression = |(resource, path): &(String, Vec<String>)| {
            self.grafts
                .node(resource, path)
                .is_some_and(|value| !node::mentions(&value, &far).is_empty() || node::is_about(&value, &far))
        };
        let unreachable: Vec<bool> = expressions.iter().map(far_expression).collect();
        let settings = self.settings_of_donor().map(|name| (name, vec!["ServiceTimeout".to_owned()]));
        for (expression, is_far) in expressions.iter_mut().zip(&unreachable) {
            if *is_far {
                self.changes.by_hand.push(format!(
                    "{}.{} of the generated baseline refers to what this template cannot refer to",
                    expression.0,
                    expression.1.join(".")
                ));
                // Any other, which is not used.
                if let Some(other) = &settings {
                    expression.clone_from(other);
                }
            }
        }
        let request = GraftRequest {
            resources,
            expressions,
            omit: omit.into_iter().filter(|(name, _)| !given.contains_key(name)).collect(),
            given: given.clone(),
            values: if file.is_some() { node::values(self.task) } else { BTreeMap::new() },
            target: file.as_deref(),
        };
        let graft = match self.grafts.graft(&request) {
            Ok(graft) => graft,
            Err(error) => {
                let name = file.as_ref().map_or("the new template", |file| file.shown_path()).to_owned();
                return self.by_hand(format!("{name}: {error}"));
            }
        };
        if let Some(text) = graft.new_text.filter(|_| !graft.added.is_empty()) {
            let path = self.free();
            self.changes.new_files.insert(path, text);
        }
        let names = self.names(template, &request.values);
        let refer =
            |name: &str| given.get(name).or_else(|| graft.renamed.get(name)).map_or(name, String::as_str).to_owned();
        let Some(file) = file else { return };
        let mut changes: Vec<Change> = target
            .pending
            .into_iter()
            .filter_map(|pending| match pending {
                Pending::Ready(change) => Some(change),
                Pending::Expression { index, .. } | Pending::Statement { index, .. }
                    if unreachable.get(index).copied().unwrap_or_default() =>
                {
                    None
                }
                Pending::Expression { path, index } => {
                    Some(Change::Set { path, value: graft.expressions.get(index)?.clone() })
                }
                Pending::Statement { path, index, sid } => {
                    let statement = graft.expressions.get(index)?.clone();
                    let statement = node::with_sid(statement, sid);
                    Some(Change::Append { path, items: vec![statement] })
                }
                Pending::Reference { path, resource } => {
                    Some(Change::Append { path, items: vec![Node::reference(refer(&resource))] })
                }
            })
            .collect();
        node::in_order(&mut changes);
        // New resources come after what the last one of the template gains: both may be inserted where it ends.
        self.make(&file, changes, &names);
        let with_names = |edit: TextEdit| TextEdit { text: renamed(edit.text, &names), ..edit };
        self.changes.edits.extend(graft.edits.into_iter().map(with_names));
    }

    /// What the donor's policies name things by, and what the existing things are called: `*` where that cannot be said
    /// in this template.
    fn names(&self, template: Option<FileId>, values: &BTreeMap<String, Node>) -> Vec<(String, String)> {
        let mut names = Vec::new();
        for matched in &self.matches {
            let Some(name) = matched.name() else { continue };
            let (donor, existing) = (matched.donor.resource, matched.existing.resource);
            let old = self.grafts.node(&donor.address, &[name.cloudformation]).and_then(|node| node::in_sub(&node));
            let Some(old) = old.map(|old| node::substituted(&old, values)) else { continue };
            let is_here = Some(existing.block.file) == template;
            let written = self.task.sources.get(existing.block.file).filter(|_| is_here).and_then(|file| {
                let own = edit::property(&file, &existing.address, &[name.cloudformation])?;
                node::in_sub(&own)
            });
            let known = || existing.setting(name).as_str().ok().flatten();
            let new = written.or_else(known).unwrap_or_else(|| "*".to_owned());
            for before in [":trail/", ":log-group:", "s3:::"] {
                names.push((format!("{before}{old}"), format!("{before}{new}")));
            }
        }
        names
    }

    /// The settings that somebody else takes care of, which the grafted resource leaves out.
    fn left_out_sections(&self, wanted: &BTreeSet<String>) -> Vec<(String, Vec<String>)> {
        let Some(donor) = self.settings_of_donor() else { return Vec::new() };
        let of_donor = node::SECTIONS.iter().filter(|section| !wanted.contains(**section));
        let there = of_donor.filter(|section| self.grafts.node(&donor, &[**section]).is_some());
        there.map(|section| (donor.clone(), vec![(*section).to_owned()])).collect()
    }

    /// Makes the changes of a template; where they cannot be made together, as many as can.
    fn make(&mut self, file: &SourceFile, changes: Vec<Change>, names: &[(String, String)]) {
        let mut done: Vec<Change> = Vec::new();
        let mut edits = Vec::new();
        let with_names = |edit: TextEdit| TextEdit { text: renamed(edit.text, names), ..edit };
        if let Ok(result) = edit::change(file, &changes) {
            return self.changes.edits.extend(result.into_iter().map(with_names));
        }
        for change in changes {
            let mut tried = done.clone();
            tried.push(change);
            match edit::change(file, &tried) {
                Ok(result) => (done, edits) = (tried, result),
                Err(error) => self.by_hand(format!("{}: {error}", file.shown_path())),
            }
        }
        self.changes.edits.extend(edits.into_iter().map(with_names));
    }

    /// A path for a new template that no file has.
    fn free(&self) -> PathBuf {
        let numbered = |count: u32| {
            let name = if count == 1 { MAIN.to_owned() } else { format!("baseline-{count}.yaml") };
            self.task.path.join(name)
        };
        (1..1000).map(numbered).find(|path| !path.exists()).unwrap_or_else(|| self.task.path.join(MAIN))
    }
}
