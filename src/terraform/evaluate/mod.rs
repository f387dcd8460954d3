//! From blocks to values: one root module with all that it calls, on demand, each thing once.

mod blocks;
mod budget;
mod expression;
mod files;
mod function;
mod identity;
mod module;
mod moved;
mod naming;
mod provider;
mod reference;
mod repetition;
mod resource;
mod text;
mod types;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::configuration::Configuration;
use super::directory::Directory;
use super::{access, spread};
use crate::model::{Category, Framework, Root};
use crate::source::InputError;
use crate::value::{Kind, Symbol, Value, Why};

use module::Module;

/// Expressions within expressions and references to references, this deep at most: as deep as fits the stacks of the
/// threads that evaluate (16 MiB) in a debug build, with more than half of it to spare.
pub(super) const MAX_DEPTH: usize = 500;

/// Evaluates a root.
pub(super) fn evaluate(
    configuration: &Configuration<'_>,
    root: &Path,
    wanted: &(dyn Fn(Category, &str) -> bool + Sync),
) -> Root {
    evaluate_planned(configuration, root, wanted, Vec::new())
}

/// Evaluates a root as a plan was made of it, with these values of variables. Where the files say the same, the values
/// are those of the files.
pub(super) fn evaluate_planned(
    configuration: &Configuration<'_>,
    root: &Path,
    wanted: &(dyn Fn(Category, &str) -> bool + Sync),
    planned: Vec<(Box<str>, Value)>,
) -> Root {
    let path = configuration.sources.shown(root);
    let Some(directory) = configuration.directory(root) else {
        let error = InputError::of_file(path.clone(), "is not a directory of Terraform files");
        return Root {
            path,
            framework: Framework::Terraform,
            resources: Vec::new(),
            outputs: Vec::new(),
            moved: Vec::new(),
            errors: vec![error],
        };
    };
    let evaluator = Evaluator {
        configuration,
        root: directory,
        wanted,
        variables: module::Variables::read(configuration, directory, planned),
        errors: RefCell::default(),
        depth: Cell::new(0),
        steps: Cell::new(0),
        trying: Cell::new(0),
        modules: RefCell::default(),
        templates: RefCell::default(),
        relevant: RefCell::default(),
        is_full: Cell::new(false),
        sizes: RefCell::default(),
    };
    let module = Module::root(directory);
    evaluator.modules.borrow_mut().push(Rc::clone(&module));
    let mut resources = Vec::new();
    evaluator.resources(&module, &mut resources);
    let outputs = if configuration.options.outputs { evaluator.outputs(&module) } else { Vec::new() };
    if evaluator.is_exhausted() {
        // Each value that nothing was left for says so, but rules ask for few of them.
        let message = "this configuration takes more work than one is given, as loops in loops do; what was not \
                       evaluated in time was not checked";
        evaluator.error(InputError::of_file(path.clone(), message));
    }
    let mut errors = evaluator.errors.into_inner();
    // Of what was looked at in any of the modules, so at the end.
    let modules = evaluator.modules.into_inner();
    let moved = modules.iter().flat_map(|module| moved::moves(module)).collect();
    errors.extend(modules.iter().flat_map(|module| module.directory.known_errors()).cloned());
    errors.extend(evaluator.variables.errors);
    Root { path, framework: Framework::Terraform, resources, outputs, moved, errors: errors.into_iter().collect() }
}

/// The evaluation of one root.
struct Evaluator<'a> {
    configuration: &'a Configuration<'a>,
    root: &'a Directory,
    wanted: &'a (dyn Fn(Category, &str) -> bool + Sync),
    /// The values of the root's variables from files.
    variables: module::Variables,
    errors: RefCell<BTreeSet<InputError>>,
    depth: Cell<usize>,
    steps: Cell<usize>,
    /// How many `try` and `can` are being evaluated: there, alternatives that fail matter.
    trying: Cell<usize>,
    /// The instances of modules so far, the root's first.
    modules: RefCell<Vec<Rc<Module<'a>>>>,
    /// Template files, parsed.
    templates: RefCell<FxHashMap<crate::source::FileId, files::ParsedTemplate>>,
    /// Which directories have, or call one that has, anything that is wanted.
    relevant: RefCell<FxHashMap<*const Directory, bool>>,
    /// Whether there are as many resources as are kept.
    is_full: Cell<bool>,
    /// How large the lists and maps are that are remembered.
    sizes: RefCell<budget::Sizes>,
}

/// What an expression can see.
#[derive(Clone, Copy)]
struct Scope<'s, 'a> {
    /// The module whose names it sees; `None` in a template file, which sees its variables alone.
    module: Option<&'s Rc<Module<'a>>>,
    bindings: Option<&'s Binding<'s>>,
    /// In a template file, the object of its variables.
    variables: Option<&'s Value>,
}

/// A name that stands for a value in a part of the code: of a `for`, `each`, `count`, `self`, a template's variable.
struct Binding<'s> {
    name: &'s str,
    value: Value,
    outer: Option<&'s Binding<'s>>,
}

impl<'s, 'a> Scope<'s, 'a> {
    fn of(module: &'s Rc<Module<'a>>) -> Self {
        Self { module: Some(module), bindings: None, variables: None }
    }

    /// Sees nothing but functions.
    fn empty() -> Self {
        Self { module: None, bindings: None, variables: None }
    }

    /// Sees the variables of a template.
    fn of_template(variables: &'s Value) -> Self {
        Self { module: None, bindings: None, variables: Some(variables) }
    }

    fn with<'n>(self, binding: &'n Binding<'n>) -> Scope<'n, 'a>
    where
        's: 'n,
    {
        Scope { bindings: Some(binding), ..self }
    }

    fn bind<'n>(self, name: &'n str, value: Value) -> Binding<'n>
    where
        's: 'n,
    {
        Binding { name, value, outer: self.bindings }
    }

    fn bound(self, name: &str) -> Option<Value> {
        let mut next = self.bindings;
        while let Some(binding) = next {
            if binding.name == name {
                return Some(binding.value.clone());
            }
            next = binding.outer;
        }
        let variables = self.variables?;
        let known = variables.get(name).cloned();
        known.or_else(|| Some(access::attribute(variables, name)))
    }
}

/// What is remembered of a module: a sort of thing, the block, and the place in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Variable(usize),
    Local(usize, usize),
    Output(usize),
    /// The block, the instance, and the argument or the first block of a type.
    Attribute(usize, usize, usize),
    /// The document of a data source `aws_iam_policy_document`: the block and the instance.
    Document(usize, usize),
}

/// Something that is being evaluated, or was.
enum Slot {
    Running,
    Done(Value),
}

impl<'a> Evaluator<'a> {
    /// The remembered value, or the one that `compute` gives; `name` names it where it refers to itself.
    fn once(&self, module: &Module<'a>, key: Key, name: &dyn Fn() -> String, compute: impl FnOnce() -> Value) -> Value {
        match module.memory.borrow().get(&key) {
            Some(Slot::Done(value)) => return value.clone(),
            Some(Slot::Running) => {
                let name = name();
                let why = Why::Cycle(name.as_str().into());
                return Value::unknown(Symbol::new(name), why);
            }
            None => {}
        }
        module.memory.borrow_mut().insert(key, Slot::Running);
        let value = self.bounded_for_good(without_failures(compute()), name);
        module.memory.borrow_mut().insert(key, Slot::Done(value.clone()));
        value
    }

    fn error(&self, error: InputError) {
        self.errors.borrow_mut().insert(error);
    }
}

/// The first error in a value, at any depth.
fn first_error(value: &Value) -> Option<&Why> {
    match &value.kind {
        Kind::Unknown(unknown) => matches!(unknown.why, Why::Error(_)).then_some(&unknown.why),
        Kind::List(list) => list.iter().find_map(first_error),
        Kind::Map(map) => map.entries().iter().find_map(|entry| first_error(&entry.value)),
        _ => None,
    }
}

/// A value without the alternatives that Terraform would refuse, where others are left: code whose conditions choose
/// those is not deployed.
fn without_failures(value: Value) -> Value {
    let Kind::OneOf(arms) = &value.kind else {
        return value;
    };
    let fails = |arm: &Value| arm.as_unknown().is_some_and(|unknown| matches!(unknown.why, Why::Error(_)));
    let failing = arms.iter().filter(|arm| fails(arm)).count();
    if failing == 0 {
        return value;
    }
    if failing == arms.len() {
        return arms.first().cloned().unwrap_or(value);
    }
    let left: Vec<Value> = arms.iter().filter(|arm| !fails(arm)).cloned().collect();
    Value::one_of(left, Value::null).or_at(value.origin)
}

/// All of a list that has two sorts of elements, those that are certain and those that an unknown condition decides:
/// with the latter, or without them. More combinations than these two nobody reads.
fn with_and_without(all: Vec<Value>, certain: Vec<Value>, whole: impl Fn(Vec<Value>) -> Value) -> Value {
    if all.len() == certain.len() {
        return whole(all);
    }
    Value::one_of([whole(all), whole(certain)], Value::null)
}

/// A value that stands for an unknown number of elements of a result.
fn spreading(value: &Value) -> Value {
    if let Kind::Unknown(unknown) = &value.kind {
        return spread::element(unknown, value);
    }
    let symbol = Symbol::new(format!("{}...", value.canonical()));
    let why = Why::AfterDeployment(symbol.name().into());
    Value::unknown(symbol, why).or_at(value.origin)
}
