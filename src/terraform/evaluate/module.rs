//! Modules: their variables, their outputs, and the calls that make instances of them.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::provider::{LocalName, Provider};
use super::repetition::{Instance, Repetition};
use super::{Evaluator, Key, Scope, Slot};
use crate::model::Existence;
use crate::source::{InputError, Span};
use crate::terraform::configuration::{Configuration, VariableSource};
use crate::terraform::convert::{Type, convert};
use crate::terraform::directory::{BlockKind, Directory, error_at};
use crate::terraform::syntax::{self, Body, Expression, Kind as Syntax};
use crate::value::{Entry, Map, Symbol, Text, Value, Why, json};

/// Modules in modules, at most: Terraform has no bound, people stop at five.
const MAX_MODULE_DEPTH: usize = 32;

/// Instances of modules in one root. Two calls in each of twenty nested modules make a million.
const MAX_MODULES: usize = 10_000;

/// An instance of a module.
pub(super) struct Module<'a> {
    pub(super) directory: &'a Directory,
    /// What addresses in it start with: `module.network["a"].`, or nothing in the root.
    pub(super) path: Box<str>,
    /// The names of the calls that lead here, as `terraform init` joins them: `network.vpc`.
    pub(super) key: Box<str>,
    caller: Option<Caller>,
    pub(super) existence: Existence,
    depth: usize,
    pub(super) memory: RefCell<FxHashMap<Key, Slot>>,
    pub(super) repetitions: RefCell<FxHashMap<usize, Option<Rc<Repetition>>>>,
    /// By block and instance, the called modules, as places among the evaluator's.
    callees: RefCell<FxHashMap<(usize, usize), Result<usize, Why>>>,
    /// The configurations of providers by the names that they have here.
    pub(super) providers: RefCell<FxHashMap<LocalName, Option<Rc<Provider>>>>,
}

/// The call that made an instance.
struct Caller {
    /// The place of the calling module among the evaluator's.
    module: usize,
    block: usize,
    instance: usize,
}

impl<'a> Module<'a> {
    /// The root of a configuration.
    pub(super) fn root(directory: &'a Directory) -> Rc<Self> {
        Rc::new(Self::new(directory, "".into(), "".into(), None, Existence::Certain, 0))
    }

    fn new(
        directory: &'a Directory,
        path: Box<str>,
        key: Box<str>,
        caller: Option<Caller>,
        existence: Existence,
        depth: usize,
    ) -> Self {
        Self {
            directory,
            path,
            key,
            caller,
            existence,
            depth,
            memory: RefCell::default(),
            repetitions: RefCell::default(),
            callees: RefCell::default(),
            providers: RefCell::default(),
        }
    }
}

impl<'a> Evaluator<'a> {
    fn module_at(&self, place: usize) -> Option<Rc<Module<'a>>> {
        self.modules.borrow().get(place).cloned()
    }

    /// The value of a variable.
    pub(super) fn variable(&self, module: &Rc<Module<'a>>, name: &str) -> Value {
        let symbol = || format!("{}var.{name}", module.path);
        let Some(at) = module.directory.find(BlockKind::Variable, name, "") else {
            let why = Why::Absent(format!("the declaration of {}", symbol()).into());
            return Value::unknown(Symbol::new(symbol()), why);
        };
        self.once(module, Key::Variable(at), &symbol, || {
            let empty = Body::default();
            let body = module.directory.blocks.get(at).and_then(|block| block.body()).unwrap_or(&empty);
            let ty = body.get("type").map_or(Type::Any, |ty| self.type_of(ty));
            let nullable = !matches!(
                body.get("nullable").map(|nullable| &nullable.kind),
                Some(Syntax::Literal(value)) if value.as_bool() == Some(false)
            );
            let given = match &module.caller {
                None => {
                    let is_plain = body.get("type").is_none() || matches!(ty, Type::Bool | Type::Number | Type::String);
                    let place = module.directory.blocks.get(at).map(|block| block.header);
                    place.and_then(|place| self.variables.get(self, name, is_plain, place))
                }
                Some(caller) => self.caller_argument(caller, name),
            };
            let default = || body.get("default").map(|default| self.expression(default, Scope::empty()));
            let value = match given {
                Some(value) if nullable || !value.is_null() => Some(value),
                _ => default(),
            };
            let value = value.map(|value| convert(value, &ty));
            let planned = || self.variables.planned.get(name).map(|planned| convert(planned.clone(), &ty));
            if module.caller.is_none()
                && let Some(planned) = planned().filter(|planned| value.as_ref() != Some(planned))
            {
                return planned;
            }
            if let Some(value) = value {
                return value;
            }
            let name = symbol();
            let why = match module.caller {
                None => Why::Input(name.as_str().into()),
                Some(_) => Why::Error(format!("the module is called without its argument {name}").into()),
            };
            Value::unknown(Symbol::new(name).of_form(ty.form()), why)
        })
    }

    /// The module that calls this one, and the call.
    pub(super) fn calling_block(&self, module: &Module<'a>) -> Option<(Rc<Module<'a>>, &'a Body)> {
        let caller = module.caller.as_ref()?;
        let calling = self.module_at(caller.module)?;
        let directory: &'a Directory = calling.directory;
        let body = directory.blocks.get(caller.block)?.body()?;
        Some((calling, body))
    }

    fn caller_argument(&self, caller: &Caller, name: &str) -> Option<Value> {
        let module = self.module_at(caller.module)?;
        let argument = module.directory.blocks.get(caller.block)?.body()?.get(name)?;
        let repetition = self.repetition(&module, caller.block)?;
        let binding = repetition.instances.get(caller.instance).and_then(Instance::binding);
        let scope = Scope::of(&module);
        Some(match &binding {
            Some(binding) => self.expression(argument, scope.with(binding)),
            None => self.expression(argument, scope),
        })
    }

    /// The value of an output.
    pub(super) fn output(&self, module: &Rc<Module<'a>>, name: &str) -> Value {
        let symbol = || format!("{}{name}", module.path);
        let Some(at) = module.directory.find(BlockKind::Output, name, "") else {
            let message = format!("the module has no output {name:?}");
            return Value::unknown(Symbol::new(symbol()), Why::Error(message.into()));
        };
        self.once(module, Key::Output(at), &symbol, || {
            let body = module.directory.blocks.get(at).and_then(|block| block.body());
            let Some(body) = body else {
                let why = Why::Error(format!("the block of {} cannot be read", symbol()).into());
                return Value::unknown(Symbol::new(symbol()), why);
            };
            match body.get("value") {
                Some(value) => self.expression(value, Scope::of(module)),
                None => Value::null(),
            }
        })
    }

    /// All outputs with their names, in the order of the code.
    pub(super) fn outputs(&self, module: &Rc<Module<'a>>) -> Vec<(String, Value)> {
        let blocks = module.directory.blocks.iter().enumerate();
        let outputs = blocks.filter(|(at, block)| block.kind == BlockKind::Output && module.directory.is_first(*at));
        outputs
            .map(|(_, block)| {
                let [name, _] = &block.labels;
                (name.to_string(), self.output(module, name))
            })
            .collect()
    }

    /// All outputs as one object.
    pub(super) fn all_outputs(&self, module: &Rc<Module<'a>>) -> Value {
        Value::object(self.outputs(module).into_iter().map(|(name, value)| Entry::new(name, value)).collect())
    }

    /// The module that an instance of a call makes.
    pub(super) fn callee(&self, module: &Rc<Module<'a>>, block: usize, instance: usize) -> Result<Rc<Module<'a>>, Why> {
        if let Some(known) = module.callees.borrow().get(&(block, instance)) {
            return known
                .clone()
                .and_then(|place| self.module_at(place).ok_or_else(|| Why::Absent("the module".into())));
        }
        let made = self.make_callee(module, block, instance);
        let place = made.as_ref().map_err(Clone::clone).map(|made| {
            let mut modules = self.modules.borrow_mut();
            modules.push(Rc::clone(made));
            modules.len() - 1
        });
        module.callees.borrow_mut().insert((block, instance), place);
        made
    }

    fn make_callee(&self, module: &Rc<Module<'a>>, at: usize, instance: usize) -> Result<Rc<Module<'a>>, Why> {
        let absent = |what: &str| Why::Absent(what.into());
        let block = module.directory.blocks.get(at).ok_or_else(|| absent("the module"))?;
        let [name, _] = &block.labels;
        let source = match block.body().and_then(|body| body.get("source")).map(|source| &source.kind) {
            Some(Syntax::Literal(source)) => source.as_str().unwrap_or_default(),
            _ => return Err(absent("a module whose source is not written out")),
        };
        let key = joined(&module.key, name);
        let directory = self
            .configuration
            .callee(&self.root.path, module.directory, source, &key)
            .ok_or_else(|| Why::Absent(format!("the module {source}").into()))?;
        if self.leads_from(module, directory) {
            let message = format!("the module \"{name}\" calls itself; Terraform refuses this");
            self.error(error_at(&block.file, block.header, message));
            return Err(Why::Cycle(format!("the module {source}").into()));
        }
        if module.depth >= MAX_MODULE_DEPTH || self.modules.borrow().len() >= MAX_MODULES {
            let message = "this module call is deeper, or one of more, than are followed; it was not checked";
            self.error(error_at(&block.file, block.header, message));
            return Err(Why::Budget("more modules than are followed".into()));
        }
        let repetition = self.repetition(module, at).ok_or_else(|| Why::Cycle(format!("the module {name}").into()))?;
        let found = repetition.instances.get(instance).ok_or_else(|| absent("this instance of the module"))?;
        let path = format!("{}module.{name}{}.", module.path, found.suffix);
        let existence = match &module.existence {
            Existence::Certain => found.existence.clone(),
            Existence::Possible(_) => module.existence.clone(),
        };
        let caller = self.modules.borrow().iter().position(|known| Rc::ptr_eq(known, module)).unwrap_or_default();
        let caller = Some(Caller { module: caller, block: at, instance });
        Ok(Rc::new(Module::new(directory, path.into(), key.into(), caller, existence, module.depth + 1)))
    }

    /// Whether a directory is this module's, or that of one that leads to it.
    fn leads_from(&self, module: &Rc<Module<'a>>, directory: &Directory) -> bool {
        let mut next = Some(Rc::clone(module));
        while let Some(module) = next {
            if std::ptr::eq(module.directory, directory) {
                return true;
            }
            next = module.caller.as_ref().and_then(|caller| self.module_at(caller.module));
        }
        false
    }
}

/// The path of a call, as `terraform init` writes it.
pub(super) fn joined(key: &str, name: &str) -> String {
    if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") }
}

/// The values that files give to the variables of a root.
pub(super) struct Variables {
    values: FxHashMap<Box<str>, Given>,
    /// The values that a plan was made with: they count where the files say otherwise.
    planned: FxHashMap<Box<str>, Value>,
    pub(super) errors: Vec<InputError>,
}

enum Given {
    Expression(Expression),
    Value(Value),
    /// What the command line says.
    Text(Box<str>),
}

impl Variables {
    /// Reads the files that Terraform reads: `terraform.tfvars`, `*.auto.tfvars`, and the JSON forms, and then those
    /// of the options. Later ones win.
    pub(super) fn read(configuration: &Configuration<'_>, root: &Directory, planned: Vec<(Box<str>, Value)>) -> Self {
        let planned = planned.into_iter().collect();
        let mut variables = Self { values: FxHashMap::default(), planned, errors: Vec::new() };
        if root.blocks.iter().any(|block| block.kind == BlockKind::Variable) {
            for path in variable_files(&root.path) {
                variables.read_file(configuration, &path);
            }
            for source in &configuration.options.variables {
                match source {
                    VariableSource::File(path) => variables.read_file(configuration, path),
                    VariableSource::Value { name, text } => {
                        variables.values.insert(name.clone(), Given::Text(text.clone()));
                    }
                }
            }
        }
        variables
    }

    fn read_file(&mut self, configuration: &Configuration<'_>, path: &Path) {
        let file = match configuration.sources.read(path) {
            Ok(file) => file,
            Err(error) => return self.errors.push(error),
        };
        if path.extension().is_some_and(|extension| extension == "json") {
            match json::parse(&Text::literal_at(file.text(), file.whole())) {
                Ok(value) => {
                    let entries = value.as_map().map(Map::entries).unwrap_or_default();
                    let entries = entries
                        .iter()
                        .filter_map(|entry| Some((entry.key.as_str()?.into(), Given::Value(entry.value.clone()))));
                    self.values.extend(entries);
                }
                Err(error) => self.errors.push(error_at(&file, error.span.unwrap_or(file.whole()), error.message)),
            }
            return;
        }
        match syntax::parse_body(&file) {
            Ok((body, errors)) => {
                self.errors.extend(errors);
                let attributes = body.attributes.into_iter();
                self.values
                    .extend(attributes.map(|attribute| (attribute.name.text, Given::Expression(attribute.value))));
            }
            Err(error) => self.errors.push(error),
        }
    }

    /// `is_plain` says whether a text of the command line is the value itself, and not an expression; `place` is where
    /// the variable is declared.
    fn get(&self, evaluator: &Evaluator<'_>, name: &str, is_plain: bool, place: Span) -> Option<Value> {
        Some(match self.values.get(name)? {
            Given::Text(text) if is_plain => Value::text(&**text),
            Given::Text(text) => match syntax::parse_decoded_expression(&Text::from(&**text), place) {
                Ok(expression) => evaluator.expression(&expression, Scope::empty()),
                Err(message) => {
                    let message = format!("the value is not an expression: {message}");
                    evaluator.error(InputError::of_file(format!("--var {name}"), message.clone()));
                    Value::unknown(Symbol::new(format!("var.{name}")), Why::Error(message.into()))
                }
            },
            Given::Expression(expression) => evaluator.expression(expression, Scope::empty()),
            Given::Value(value) => value.clone(),
        })
    }
}

/// The files of variables that Terraform reads by itself, in its order.
fn variable_files(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return Vec::new();
    };
    let mut files: Vec<(bool, PathBuf)> = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_automatic = name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json");
        if is_automatic || name == "terraform.tfvars" || name == "terraform.tfvars.json" {
            files.push((is_automatic, path));
        }
    }
    files.sort();
    files.into_iter().map(|(_, path)| path).collect()
}
