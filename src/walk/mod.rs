//! From the paths of a command line to evaluated roots: finding the inputs, telling what each is, loading them in
//! parallel.

mod find;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::cloudformation::{self, Loaded};
use crate::model::{Category, Root, Wanted};
use crate::source::{FileId, InputError, MAX_FILE_BYTES, Sources, condensed};
use crate::terraform;

/// What to look at.
pub struct Request<'a> {
    /// Files and directories, absolute.
    pub paths: &'a [PathBuf],
    /// What to evaluate.
    pub extent: Extent,
    /// What a run of Terraform would be given.
    pub terraform: &'a terraform::Options,
    /// Values for the parameters of templates, by name.
    pub parameters: &'a FxHashMap<String, String>,
    /// Told of the work done so far, from any thread.
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

/// How much of the code is evaluated: nothing is that nobody asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// Resources of the types that rules of the default level read.
    Rules,
    /// Resources of the types that rules read, those of the pedantic level among them.
    PedanticRules,
    /// Those, and what the comparison with the baseline reads.
    Baseline,
    /// Resources of all types, and outputs: for showing what was understood.
    Everything,
}

/// How far the work is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Inputs done.
    pub done: usize,
    /// Inputs in all.
    pub total: usize,
}

/// What was found and understood.
#[derive(Debug, Default)]
pub struct Scan {
    /// The roots, sorted by path.
    pub roots: Vec<Root>,
    /// What could not be read at all.
    pub errors: Vec<InputError>,
    /// How many files were read as infrastructure code.
    pub files: usize,
    /// Given parameters that no template has.
    pub unused_parameters: Vec<UnusedParameter>,
}

/// A parameter that was given and that no template has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnusedParameter {
    /// Its name.
    pub name: String,
    /// The name that was meant, perhaps.
    pub nearest: Option<String>,
}

/// Finds and evaluates everything under the paths. What cannot be read is an error among the rest.
pub fn scan(sources: &Sources, request: &Request) -> Scan {
    let found = find::find(sources, request.paths);
    let wanted_types = match request.extent {
        Extent::Baseline => Wanted::with_baseline(),
        Extent::PedanticRules => Wanted::with_pedantic(),
        Extent::Rules | Extent::Everything => Wanted::new(),
    };
    let everything = request.extent == Extent::Everything;
    let wanted = |category: Category, name: &str| everything || wanted_types.contains(category, name);
    let options = terraform::Options { outputs: everything, ..request.terraform.clone() };
    let configuration = terraform::Configuration::load(sources, &found.directories, request.paths, options);
    let directories = configuration.roots();
    let done = AtomicUsize::new(0);
    let total = directories.len() + found.templates.len();
    let tick = || {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        (request.progress)(Progress { done, total });
    };
    let evaluated: Vec<Result<Root, InputError>> = directories
        .par_iter()
        // Roots differ a hundredfold in size; whoever is free takes the next one.
        .with_max_len(1)
        .map(|directory| {
            let root = guarded(sources, directory, || configuration.evaluate(directory, &wanted));
            tick();
            root
        })
        .collect();
    let options = cloudformation::Options {
        parameters: request.parameters.clone(),
        // They are evaluated anyway; a rule reads them.
        outputs: true,
        scanned: request.paths.iter().filter_map(|path| path.canonicalize().ok()).collect(),
    };
    let templates: Vec<Result<Option<Input>, InputError>> = found
        .templates
        .par_iter()
        .map(|template| {
            let root =
                guarded(sources, &template.path, || load_file(sources, template, &configuration, &options, &wanted));
            tick();
            root.and_then(|root| root)
        })
        .collect();
    let mut scan = Scan { errors: found.errors, ..Scan::default() };
    scan.errors.extend(configuration.undeclared_variables());
    scan.files = found.directories.iter().map(|(_, files)| files.len()).sum();
    let (mut loaded, mut plans) = (Vec::new(), Vec::new());
    for template in templates {
        match template {
            Ok(Some(Input::Template(template))) => loaded.push(template),
            Ok(Some(Input::Plan(root))) => plans.push(root),
            Ok(None) => {}
            Err(error) => scan.errors.push(error),
        }
    }
    scan.files += loaded.len() + plans.len();
    scan.unused_parameters = unused_parameters(request.parameters, &loaded);
    scan.roots = called_by_none(loaded);
    scan.roots.append(&mut plans);
    for root in evaluated {
        match root {
            Ok(root) => scan.roots.push(root),
            Err(error) => scan.errors.push(error),
        }
    }
    scan.errors = condensed(scan.errors);
    for root in &mut scan.roots {
        root.errors = condensed(std::mem::take(&mut root.errors));
    }
    scan.roots.sort_by(|a, b| a.path.cmp(&b.path));
    scan
}

/// The templates that no other deploys as a nested stack: those are judged through their callers. Of several that
/// deploy each other, the first.
fn called_by_none(mut loaded: Vec<Loaded>) -> Vec<Root> {
    loaded.sort_by(|a, b| a.root.path.cmp(&b.root.path));
    let called: FxHashSet<FileId> = loaded.iter().flat_map(|template| &template.calls).copied().collect();
    let (mut roots, rest): (Vec<Loaded>, Vec<Loaded>) =
        loaded.into_iter().partition(|template| !called.contains(&template.file));
    // A template's calls are all that it deploys, at any depth.
    let mut covered: FxHashSet<FileId> = roots.iter().flat_map(|template| &template.calls).copied().collect();
    for template in rest {
        if covered.insert(template.file) {
            covered.extend(&template.calls);
            roots.push(template);
        }
    }
    roots.into_iter().map(|template| template.root).collect()
}

/// Given parameters that no template declares.
fn unused_parameters(given: &FxHashMap<String, String>, loaded: &[Loaded]) -> Vec<UnusedParameter> {
    let declared = || loaded.iter().flat_map(|template| &template.parameters);
    let mut unused: Vec<_> = given
        .keys()
        .filter(|name| !name.starts_with("AWS::") && !declared().any(|declared| declared == *name))
        .map(|name| {
            let close = declared().map(|declared| (strsim::osa_distance(name, declared), declared));
            let nearest = close.filter(|(distance, _)| *distance <= 1 + name.len() / 4).min();
            UnusedParameter { name: name.clone(), nearest: nearest.map(|(_, declared)| declared.clone()) }
        })
        .collect();
    unused.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    unused
}

/// A fault in this program must not lose the other inputs.
fn guarded<T>(sources: &Sources, path: &Path, work: impl FnOnce() -> T) -> Result<T, InputError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        let message = "internal error: this input was not checked; please report it with the file that causes it";
        InputError::of_file(sources.shown(path), message)
    })
}

/// A file that holds code by itself.
enum Input {
    Template(Loaded),
    Plan(Root),
}

/// Reads a file and, if it is a template or a plan, evaluates it. Files that are neither are not kept in memory.
fn load_file(
    sources: &Sources,
    template: &find::Candidate,
    configuration: &terraform::Configuration<'_>,
    options: &cloudformation::Options,
    wanted: &(dyn Fn(Category, &str) -> bool + Sync),
) -> Result<Option<Input>, InputError> {
    let bytes = match sources.read_bytes(&template.path) {
        Ok(bytes) => bytes,
        Err(error) => {
            // Data of another size is no template (AWS takes up to 1 MB); only what was asked for by name is worth a word.
            let is_large = std::fs::metadata(&template.path).is_ok_and(|metadata| metadata.len() > MAX_FILE_BYTES);
            return if is_large && !template.named { Ok(None) } else { Err(error) };
        }
    };
    if terraform::plan::may_be_plan(&bytes) {
        let file = sources.add_text(template.path.clone(), bytes)?;
        return Ok(terraform::plan::load(configuration, &file, wanted).map(Input::Plan));
    }
    if memchr::memmem::find(&bytes, b"Resources").is_none() {
        // Text in another encoding looks like data.
        return if template.named && std::str::from_utf8(&bytes).is_err() {
            sources.add_text(template.path.clone(), bytes).map(|_| None)
        } else {
            Ok(None)
        };
    }
    let may_be_template = std::str::from_utf8(&bytes).map_or(true, cloudformation::may_be_template);
    if !may_be_template {
        return Ok(None);
    }
    let file = sources.add_text(template.path.clone(), bytes)?;
    Ok(cloudformation::load(sources, &file, options, wanted).map(Input::Template))
}
