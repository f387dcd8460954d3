//! All Terraform directories of a run, which of them calls which, and which are roots.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::directory::{BlockKind, Directory, is_configuration};
use super::evaluate;
use crate::model::{Category, Root};
use crate::source::{InputError, Sources, lexically_normal};

/// What a run may set.
#[derive(Clone, Default, Debug)]
pub struct Options {
    /// The value of `terraform.workspace`; unknown without.
    pub workspace: Option<String>,
    /// Values of the roots' variables beside those in the files that Terraform reads by itself; later ones go before
    /// earlier ones.
    pub variables: Vec<VariableSource>,
    /// Whether outputs are evaluated too.
    pub outputs: bool,
}

/// Where the value of a variable comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VariableSource {
    /// A file of variables, as with `-var-file`.
    File(PathBuf),
    /// A text, as with `-var`: the value itself for a variable that is a string, a number, a bool, or of no type said,
    /// and an expression for all others.
    Value {
        /// The variable's name.
        name: Box<str>,
        /// What it is given.
        text: Box<str>,
    },
}

/// Modules outside of the scanned tree are followed up to this many directories: links among directories can make
/// endlessly many paths of few modules.
const MAX_FOLLOWED: usize = 10_000;

/// The Terraform directories of one run: read and cut once, shared by all roots and threads.
#[derive(Debug)]
pub struct Configuration<'s> {
    pub(super) sources: &'s Sources,
    pub(super) options: Options,
    /// The user's own directories and those of the modules that they call.
    directories: FxHashMap<PathBuf, Directory>,
    /// Those that were asked for.
    given: BTreeSet<PathBuf>,
    /// The paths below which files may be read.
    scanned: Vec<PathBuf>,
    /// By root directory and module path (`network.vpc`), the directories of installed modules.
    installed: FxHashMap<(PathBuf, String), PathBuf>,
}

impl<'s> Configuration<'s> {
    /// Reads the directories with their files, and the modules that they call wherever these lie. `scanned` are the
    /// paths that the user asked to check: functions read files below these and in modules' directories only.
    pub fn load(
        sources: &'s Sources,
        directories: &[(PathBuf, Vec<PathBuf>)],
        scanned: &[PathBuf],
        options: Options,
    ) -> Self {
        let mut configuration = Self {
            sources,
            options,
            directories: FxHashMap::default(),
            given: directories.iter().map(|(path, _)| lexically_normal(path)).collect(),
            scanned: scanned.iter().filter_map(|path| path.canonicalize().ok()).collect(),
            installed: FxHashMap::default(),
        };
        let mut loaded: Vec<Directory> = directories
            .par_iter()
            .map(|(path, files)| load_directory(sources, &lexically_normal(path), files))
            .collect();
        let mut followed = 0;
        while !loaded.is_empty() {
            let mut wanted = BTreeSet::new();
            for directory in &loaded {
                let mut is_remote = false;
                for (_, source) in directory.calls() {
                    match local_source(&directory.path, source) {
                        Some(path) => {
                            wanted.insert(path);
                        }
                        None => is_remote = true,
                    }
                }
                if is_remote {
                    wanted.extend(configuration.read_installed(&directory.path));
                }
            }
            for directory in loaded {
                configuration.directories.insert(directory.path.clone(), directory);
            }
            let missing = wanted.into_iter().filter(|path| !configuration.directories.contains_key(path));
            let missing: Vec<PathBuf> = missing.take(MAX_FOLLOWED - followed).collect();
            followed += missing.len();
            loaded = missing
                .par_iter()
                .filter_map(|path| files_in(path).map(|files| load_directory(sources, path, &files)))
                .collect();
        }
        configuration
    }

    /// The directories to evaluate, sorted: those that no other directory calls, and where directories call each
    /// other in a circle that nobody enters, the first of them.
    pub fn roots(&self) -> Vec<&Path> {
        let mut called: FxHashSet<PathBuf> = FxHashSet::default();
        for directory in self.directories.values() {
            let callees = directory.calls().filter_map(|(_, source)| local_source(&directory.path, source));
            called.extend(callees.filter(|callee| *callee != directory.path));
        }
        let mut roots: Vec<&Path> = Vec::new();
        let mut reached: FxHashSet<PathBuf> = FxHashSet::default();
        for path in self.given.iter().filter(|path| !called.contains(*path)) {
            roots.push(path);
            self.reach(path, &mut reached);
        }
        for path in &self.given {
            if !reached.contains(path) {
                roots.push(path);
                self.reach(path, &mut reached);
            }
        }
        roots.sort_unstable();
        roots
    }

    /// Adds the directory and all that it calls to `reached`.
    fn reach(&self, path: &Path, reached: &mut FxHashSet<PathBuf>) {
        let mut pending = vec![path.to_owned()];
        while let Some(path) = pending.pop() {
            let Some(directory) = self.directories.get(&path) else {
                continue;
            };
            if reached.insert(path) {
                pending.extend(directory.calls().filter_map(|(_, source)| local_source(&directory.path, source)));
            }
        }
    }

    /// Evaluates a root: the resources for which `wanted` holds, in it and in all modules that it calls.
    pub fn evaluate(&self, root: &Path, wanted: &(dyn Fn(Category, &str) -> bool + Sync)) -> Root {
        evaluate::evaluate(self, root, wanted)
    }

    /// Variables that were given a value by name and that no root declares, as Terraform reports them; where there is no
    /// root at all, they may be meant for another run.
    pub fn undeclared_variables(&self) -> Vec<InputError> {
        /// Names that are less alike (0 to 1) are no misspellings of each other.
        const ALIKE: f64 = 0.8;
        if self.options.variables.is_empty() || self.given.is_empty() {
            return Vec::new();
        }
        let roots: Vec<&Directory> = self.roots().into_iter().filter_map(|root| self.directory(root)).collect();
        let undeclared = |source: &VariableSource| {
            let VariableSource::Value { name, .. } = source else { return None };
            if roots.iter().any(|root| root.find(BlockKind::Variable, name, "").is_some()) {
                return None;
            }
            let declared = roots.iter().flat_map(|root| &root.blocks).filter(|block| block.kind == BlockKind::Variable);
            let likeness = |other: &str| strsim::jaro_winkler(name, other);
            let nearest = declared.map(|block| &*block.labels[0]).max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
            let nearest = nearest.filter(|nearest| likeness(nearest) >= ALIKE);
            let meant = nearest.map(|nearest| format!("; did you mean {nearest:?}?")).unwrap_or_default();
            Some(InputError::of_file(format!("--var {name}"), format!("no root module declares this variable{meant}")))
        };
        self.options.variables.iter().filter_map(undeclared).collect()
    }

    pub(super) fn directory(&self, path: &Path) -> Option<&Directory> {
        self.directories.get(path)
    }

    /// The directory that a module call of `caller` means, where it is here. `key` is the call's path from the root.
    pub(super) fn callee(&self, root: &Path, caller: &Directory, source: &str, key: &str) -> Option<&Directory> {
        let path = match local_source(&caller.path, source) {
            Some(path) => path,
            None => self.installed.get(&(root.to_owned(), key.to_owned()))?.clone(),
        };
        self.directories.get(&path)
    }

    /// Whether functions may read this file: it lies, links followed, below a scanned path or in a module's directory.
    pub(super) fn may_read(&self, path: &Path) -> bool {
        let Ok(real) = path.canonicalize() else {
            return false;
        };
        self.scanned.iter().any(|scanned| real.starts_with(scanned))
            || real.ancestors().skip(1).any(|above| self.directories.contains_key(above))
    }

    /// Whether the code of a plan in `plan` may be looked for in this directory: the plan's own, or one above it that
    /// lies in a scanned directory.
    pub(super) fn is_in_reach(&self, directory: &Path, plan: &Path) -> bool {
        directory == plan || self.scanned.iter().any(|scanned| directory.starts_with(scanned))
    }

    /// Reads what `terraform init` wrote about installed modules, and gives their directories.
    fn read_installed(&mut self, root: &Path) -> Vec<PathBuf> {
        let manifest = root.join(".terraform/modules/modules.json");
        if !manifest.is_file() {
            return Vec::new();
        }
        // A broken manifest is not the user's code; the modules are absent then.
        let Ok(file) = self.sources.read(&manifest) else {
            return Vec::new();
        };
        let Ok(manifest) = serde_json::from_str::<Manifest>(file.text()) else {
            return Vec::new();
        };
        let mut directories = Vec::new();
        for module in manifest.modules {
            let path = lexically_normal(&root.join(&module.dir));
            if module.key.is_empty() || !path.starts_with(root.join(".terraform")) {
                continue;
            }
            directories.push(path.clone());
            self.installed.insert((root.to_owned(), module.key), path);
        }
        directories
    }
}

/// `.terraform/modules/modules.json`
#[derive(serde::Deserialize)]
struct Manifest {
    #[serde(rename = "Modules")]
    modules: Vec<Installed>,
}

#[derive(serde::Deserialize)]
struct Installed {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "Dir")]
    dir: String,
}

/// Reads a directory; its module calls are parsed at once, since everybody asks for them.
fn load_directory(sources: &Sources, path: &Path, files: &[PathBuf]) -> Directory {
    let directory = Directory::read(sources, path, files);
    directory.calls().for_each(drop);
    directory
}

/// The directory that a module's `source` names, if it is a path.
fn local_source(directory: &Path, source: &str) -> Option<PathBuf> {
    let is_local = source == "." || source == ".." || source.starts_with("./") || source.starts_with("../");
    is_local.then(|| lexically_normal(&directory.join(source)))
}

/// The configuration files of a directory; `None` where there are none.
pub(super) fn files_in(path: &Path) -> Option<Vec<PathBuf>> {
    let entries = std::fs::read_dir(path).ok()?;
    let files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| is_configuration(path) && !path.is_dir())
        .collect();
    (!files.is_empty()).then_some(files)
}
