//! The plan for Terraform: arguments set in place, and blocks of the donor grafted into the directory where they
//! belong.

mod mfa;
mod place;
mod remedy;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::source::{SourceFile, Span, TextEdit};
use crate::terraform::edit::{self, Change, Graft, GraftRequest, NestedWanted};

use super::donor::There;
use super::matches::{self, Match};
use super::{Changes, PatchError, Task, What};

pub(super) use remedy::{STATEMENTS, in_words, wanted};

use place::{directory_of, local_address, without_index};

/// Begins the name of what stands for a resource that the directory cannot refer to.
const OUT_OF_REACH: &str = "baselint_out_of_reach";

/// Plans the changes.
pub(super) fn plan(task: &Task<'_, '_>, donor: &There<'_, '_>) -> Result<Changes, PatchError> {
    let files: Vec<(String, String)> = donor
        .files
        .iter()
        .filter(|file| file.has_extension("tf") && !file.name.contains('/'))
        .map(|file| (file.name.clone(), file.text.clone()))
        .collect();
    let grafts = edit::Donor::new(&files).map_err(|error| PatchError::Unreadable(error.to_string()))?;
    let matches = matches::find(task, &donor.world);
    let mut plan =
        Plan { task, donor, grafts: &grafts, matches, targets: BTreeMap::new(), changes: Changes::default() };
    for fault in &task.faults {
        match &fault.what {
            What::Missing => plan.add_control(fault.control),
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
    /// By directory.
    targets: BTreeMap<PathBuf, Target>,
    changes: Changes,
}

/// What is done in one directory.
#[derive(Default)]
struct Target {
    /// Blocks of the donor.
    blocks: BTreeSet<String>,
    expressions: Vec<(String, Vec<String>)>,
    nested: Vec<NestedWanted>,
    /// By block of the existing code.
    pending: BTreeMap<Span, Vec<Pending>>,
    /// Blocks that are written here, by the name of their file. `{…}` in them stands for donor addresses.
    own: Vec<(String, String)>,
    /// Documents to put around others, by the block that carries the other.
    wrapped: BTreeMap<Span, Wrapping>,
}

/// A document around another that is written as text.
struct Wrapping {
    /// Its name.
    name: String,
    /// The expression that gives the other.
    expression: String,
    /// The statements that it adds, and their names.
    nested: Vec<(NestedWanted, String)>,
}

/// A change of an existing block; some wait for the graft.
enum Pending {
    Ready(Change),
    /// Sets an argument to an expression of the graft.
    Expression {
        path: Vec<String>,
        index: usize,
    },
    /// Inserts a nested block of the graft; a statement under this name.
    Nested {
        index: usize,
        sid: Option<String>,
    },
    /// Inserts a nested block in which `{{…}}` stands for donor addresses.
    Filled {
        within: Option<Span>,
        text: String,
    },
}

impl<'w, 'd> Plan<'_, 'w, 'd> {
    fn by_hand(&mut self, what: impl Into<String>) {
        self.changes.by_hand.push(what.into());
    }

    fn file(&self, span: Span) -> Option<std::sync::Arc<SourceFile>> {
        self.task.sources.get(span.file)
    }

    fn target(&mut self, directory: &Path) -> &mut Target {
        self.targets.entry(directory.to_owned()).or_default()
    }

    /// Notes a change of a block.
    fn change(&mut self, block: Span, pending: Pending) {
        let Some(directory) = directory_of(self.task.sources, block) else { return };
        self.target(&directory).pending.entry(block).or_default().push(pending);
    }

    /// Brings in what a control adds: the blocks of its files.
    fn add_control(&mut self, control: usize) {
        let home = self.home();
        let blocks = self.blocks_of_control(control);
        self.target(&home).blocks.extend(blocks);
    }

    /// The blocks of the files that a control renders.
    fn blocks_of_control(&self, control: usize) -> Vec<String> {
        let Some(control) = self.task.profile.controls.get(control) else { return Vec::new() };
        let names = &control.renders.terraform;
        let files = self.donor.files.iter().filter(|file| names.contains(&file.name) && !file.name.contains('/'));
        files.flat_map(|file| place::blocks(&file.text)).collect()
    }

    /// Where new things go: the directory of a root that has most of what the baseline is about.
    fn home(&self) -> PathBuf {
        let mut count: BTreeMap<PathBuf, usize> = BTreeMap::new();
        let found = matches::counterparts(self.task, &self.donor.world);
        for found in found.filter(|found| found.resource.framework().is_terraform()) {
            let directory = directory_of(self.task.sources, found.resource.block);
            if let Some(directory) = directory.filter(|directory| self.is_root(directory)) {
                *count.entry(directory).or_default() += 1;
            }
        }
        let roots = || self.task.comparison.accounts.iter().filter(|account| account.root.framework.is_terraform());
        let most = count.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0))).map(|(directory, _)| directory);
        // What a called module asks for, its callers would have to give.
        let is_free = |directory: &Path| self.is_root(directory) || !self.is_called(directory);
        let here = || Some(self.task.path.to_owned()).filter(|path| self.has_files(path) && is_free(path));
        let first = || {
            let account = roots().max_by_key(|account| account.root.declared().count())?;
            let files = self.task.sources.all();
            let mut directories = files.iter().filter_map(|file| file.path().parent());
            let root = directories.find(|directory| self.task.sources.shown(directory) == account.root.path)?;
            Some(root.to_owned())
        };
        most.or_else(here).or_else(first).unwrap_or_else(|| self.task.path.to_owned())
    }

    /// Whether some root's own blocks stand in a directory.
    fn is_root(&self, directory: &Path) -> bool {
        self.declares(directory, |address| !address.starts_with("module."))
    }

    /// Whether some root has blocks of a directory through a module call.
    fn is_called(&self, directory: &Path) -> bool {
        self.declares(directory, |address| address.starts_with("module."))
    }

    fn declares(&self, directory: &Path, is_meant: impl Fn(&str) -> bool) -> bool {
        self.task.comparison.accounts.iter().any(|account| {
            account.root.declared().any(|resource| {
                is_meant(&resource.address)
                    && directory_of(self.task.sources, resource.block).as_deref() == Some(directory)
            })
        })
    }

    fn has_files(&self, directory: &Path) -> bool {
        self.existing_files(directory).next().is_some()
    }

    fn existing_files(&self, directory: &Path) -> impl Iterator<Item = std::sync::Arc<SourceFile>> {
        let is_here = |file: &std::sync::Arc<SourceFile>| {
            let is_configuration =
                file.path().extension().is_some_and(|extension| extension == "tf" || extension == "tofu");
            file.path().parent() == Some(directory) && is_configuration
        };
        self.task.sources.all().into_iter().filter(is_here).collect::<Vec<_>>().into_iter()
    }

    /// How a directory refers to what the donor has and the existing code has too.
    fn given(&self, directory: &Path) -> BTreeMap<String, String> {
        let mut given = BTreeMap::new();
        for (index, Match { donor, existing }) in self.matches.iter().enumerate() {
            let donor = without_index(&donor.resource.address).to_owned();
            let is_here = directory_of(self.task.sources, existing.resource.block).as_deref() == Some(directory);
            let reference = if is_here {
                local_address(&existing.resource.address).to_owned()
            } else {
                place::reference_from(self.task, *existing, directory)
                    .unwrap_or_else(|| format!("{OUT_OF_REACH}.r{index}"))
            };
            given.entry(donor).or_insert(reference);
        }
        for (index, donor) in matches::managed_elsewhere(self.task, &self.donor.world).into_iter().enumerate() {
            let donor = without_index(&donor.resource.address).to_owned();
            given.entry(donor).or_insert_with(|| format!("{OUT_OF_REACH}.e{index}"));
        }
        for matched in &self.matches {
            if let Some((local, expression)) = self.name_of(matched, directory) {
                given.entry(local).or_insert(expression);
            }
        }
        given
    }

    /// What the donor names a thing by, a local value, and what the existing one is called: policies name things
    /// before they are there. `*` where that cannot be said in this directory.
    fn name_of(&self, matched: &Match<'d, 'w>, directory: &Path) -> Option<(String, String)> {
        let name = matched.name()?;
        let argument = |resource: &crate::model::Resource| {
            edit::argument(&*self.file(resource.block)?, resource.block, name.terraform)
        };
        let local = argument(matched.donor.resource).filter(|text| text.starts_with("local."))?;
        let existing = matched.existing.resource;
        let is_here = directory_of(self.task.sources, existing.block).as_deref() == Some(directory);
        let is_of_instance = |text: &String| ["each.", "count.", "self."].iter().any(|word| text.contains(word));
        let written = argument(existing).filter(|text| is_here && !is_of_instance(text));
        let known = || existing.setting(name).as_str().ok().flatten().map(|known| crate::baseline::quote::hcl(&known));
        Some((local, written.or_else(known).unwrap_or_else(|| "\"*\"".to_owned())))
    }

    fn finish(mut self) -> Changes {
        let targets = std::mem::take(&mut self.targets);
        let wanted: Vec<(PathBuf, BTreeSet<String>)> =
            targets.iter().map(|(directory, target)| (directory.clone(), target.blocks.clone())).collect();
        for (directory, target) in targets {
            let others = wanted.iter().filter(|(other, _)| *other != directory).flat_map(|(_, blocks)| blocks);
            let elsewhere = others.filter(|block| !block.starts_with("data.") && !target.blocks.contains(*block));
            let elsewhere = elsewhere.cloned().collect();
            self.finish_directory(&directory, target, &elsewhere);
        }
        self.changes
    }

    fn finish_directory(&mut self, directory: &Path, mut target: Target, elsewhere: &BTreeSet<String>) {
        let taken_files: Vec<_> = self.existing_files(directory).collect();
        let taken = edit::taken(&taken_files);
        let given = self.given(directory);
        // Where there is nothing yet, the code is as `generate` writes it: its values are variables.
        let is_new = taken_files.is_empty();
        let values = if is_new { BTreeMap::new() } else { place::values(self.task) };
        let request = |blocks: Vec<String>, expressions: Vec<(String, Vec<String>)>, nested: Vec<NestedWanted>| {
            GraftRequest { blocks, expressions, nested, given: given.clone(), taken: &taken, values: values.clone() }
        };
        let mut blocks: Vec<String> = Vec::new();
        for block in std::mem::take(&mut target.blocks) {
            if given.contains_key(&block) {
                continue;
            }
            match self.grafts.graft(&request(vec![block.clone()], Vec::new(), Vec::new())) {
                Ok(graft) if !reaches_out(&graft) && !brings(&graft, elsewhere) => blocks.push(block),
                Ok(_) => self.by_hand(format!(
                    "{block} of the generated baseline refers to what {} cannot refer to; add it where it can",
                    self.task.sources.shown(directory)
                )),
                Err(error) => self.by_hand(format!("{block} of the generated baseline: {error}")),
            }
        }
        let wrapped: Vec<Wrapping> = std::mem::take(&mut target.wrapped).into_values().collect();
        let first_wrapped = target.nested.len();
        target
            .nested
            .extend(wrapped.iter().flat_map(|wrapping| wrapping.nested.iter().map(|(wanted, _)| wanted.clone())));
        let graft = self.grafts.graft(&request(blocks, target.expressions.clone(), target.nested.clone()));
        let graft = match graft {
            Ok(graft) => graft,
            Err(error) => {
                let shown = self.task.sources.shown(directory);
                return self.by_hand(format!("{shown}: {error}"));
            }
        };
        let refer = |address: &str| {
            if let Some((kind, name)) = address.strip_prefix('!').and_then(|address| address.split_once('.')) {
                return place::free_name(&taken, kind, name);
            }
            given.get(address).or_else(|| graft.renamed.get(address)).map_or(address, String::as_str).to_owned()
        };
        for (block, pending) in target.pending {
            self.edit(block, pending, &graft, &refer);
        }
        let mut statements = graft.nested.get(first_wrapped..).unwrap_or_default().iter();
        for Wrapping { name, expression, nested } in wrapped {
            let added = statements.by_ref().zip(&nested).map(|(text, (_, sid))| place::with_sid(text, sid));
            let added: Vec<String> = added.collect();
            target.own.push((format!("{name}.tf"), place::wrapping(&name, &expression, &added)));
        }
        let mut texts: BTreeMap<String, String> = graft.files.iter().cloned().collect();
        for (name, text) in target.own {
            let text = place::filled(&text, &refer);
            let file = texts.entry(name).or_default();
            if !file.is_empty() {
                file.push('\n');
            }
            file.push_str(&text);
        }
        if is_new {
            self.complete(&mut texts);
        }
        if texts.values().any(|text| text.contains("./region\"")) {
            for file in self.donor.files.iter().filter(|file| file.name.starts_with("region/")) {
                texts.insert(file.name.clone(), file.text.clone());
            }
        }
        for (name, text) in texts.into_iter().filter(|(_, text)| !text.trim().is_empty()) {
            let path = place::free(self.task.sources, directory, &name);
            self.changes.new_files.insert(path, text);
        }
    }

    /// What a directory needs that has nothing yet: the provider, and the variables that it takes.
    fn complete(&self, texts: &mut BTreeMap<String, String>) {
        for name in ["versions.tf", "variables.tf", "account.tf"] {
            if let Some(file) = self.donor.files.iter().find(|file| file.name == name) {
                texts.insert(name.to_owned(), file.text.clone());
            }
        }
    }

    /// Edits a block; where its changes cannot be made together, as many as can.
    fn edit(&mut self, block: Span, pending: Vec<Pending>, graft: &Graft, refer: &impl Fn(&str) -> String) {
        let Some(file) = self.file(block) else { return };
        let mut done: Vec<Change> = Vec::new();
        let mut edits: Vec<TextEdit> = Vec::new();
        for pending in pending {
            let Some(change) = ready(pending, graft, refer) else { continue };
            if done.contains(&change) {
                continue;
            }
            let mut tried = done.clone();
            tried.push(change);
            match edit::edit_block(&file, block, &tried) {
                Ok(result) => (done, edits) = (tried, result),
                Err(error) => {
                    let line = file.position(block.start).line;
                    self.by_hand(format!("{}:{line}: {error}", file.shown_path()));
                }
            }
        }
        self.changes.edits.extend(edits);
    }
}

/// A change with what the graft gave; none where that refers to what the directory cannot refer to.
fn ready(pending: Pending, graft: &Graft, refer: &impl Fn(&str) -> String) -> Option<Change> {
    match pending {
        Pending::Filled { within, text } => {
            let text = place::filled(&text, refer);
            Some(Change::InsertBlock { within, path: Vec::new(), after: None, text })
        }
        Pending::Ready(change) => Some(change),
        Pending::Expression { path, index } => {
            let expression = graft.expressions.get(index)?.clone();
            (!expression.contains(OUT_OF_REACH)).then_some(Change::SetArgument { within: None, path, expression })
        }
        Pending::Nested { index, sid } => {
            let text = graft.nested.get(index)?;
            let text = sid.map_or_else(|| text.clone(), |sid| place::with_sid(text, &sid));
            (!text.contains(OUT_OF_REACH)).then_some(Change::InsertBlock {
                within: None,
                path: Vec::new(),
                after: None,
                text,
            })
        }
    }
}

/// Whether a graft would make what comes to another directory: two things of one name.
fn brings(graft: &Graft, elsewhere: &BTreeSet<String>) -> bool {
    graft.files.iter().flat_map(|(_, text)| place::blocks(text)).any(|block| elsewhere.contains(&block))
}

fn reaches_out(graft: &Graft) -> bool {
    graft.files.iter().any(|(_, text)| text.contains(OUT_OF_REACH))
}
