//! `count` and `for_each`: which instances a block has.

use std::rc::Rc;

use super::expression::{attributes_at_start, elements_of};
use super::module::Module;
use super::{Binding, Evaluator, Scope};
use crate::model::Existence;
use crate::terraform::access;
use crate::terraform::convert::{Type, convert};
use crate::terraform::directory::error_at;
use crate::terraform::syntax::Step;
use crate::value::{Entry, Kind, ListKind, MAX_ALTERNATIVES, Map, MapKind, Symbol, Text, Value, Why};

/// More instances of one block are not looked at one by one: they differ in a name at most.
const MAX_INSTANCES: usize = 1_000;

/// How a block is repeated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    Single,
    Count,
    ForEach,
}

/// The instances of a block.
#[derive(Debug)]
pub(super) struct Repetition {
    pub(super) shape: Shape,
    pub(super) instances: Vec<Instance>,
}

/// One instance.
#[derive(Debug)]
pub(super) struct Instance {
    /// What its address ends with: `[0]`, `["a"]`, or nothing.
    pub(super) suffix: Box<str>,
    /// Its number or key.
    key: Value,
    /// The name and value by which its arguments see it: `count` or `each`.
    binding: Option<(&'static str, Value)>,
    /// Whether it stands for any number of instances whose keys are not known.
    symbolic: bool,
    pub(super) existence: Existence,
}

impl Instance {
    fn numbered(number: usize, existence: Existence) -> Self {
        let key = Value::integer(i64::try_from(number).unwrap_or(i64::MAX));
        let binding = Value::object(vec![Entry::new("index", key.clone())]);
        Self {
            suffix: format!("[{number}]").into(),
            key,
            binding: Some(("count", binding)),
            symbolic: false,
            existence,
        }
    }

    fn keyed(key: Value, value: Value, existence: Existence) -> Self {
        let suffix = match key.as_str() {
            Some(known) => format!("[\"{}\"]", known.replace('\\', "\\\\").replace('"', "\\\"")),
            // A name of bounded length: keys made of keys would grow without end.
            None => match key.to_text() {
                Some(text) => format!("[{}]", Value::text(text).canonical()),
                None => format!("[{}]", key.canonical()),
            },
        };
        let binding = Value::object(vec![Entry::new("key", key.clone()), Entry::new("value", value)]);
        Self { suffix: suffix.into(), key, binding: Some(("each", binding)), symbolic: false, existence }
    }

    /// What this instance's arguments see beside the module's names.
    pub(super) fn binding(&self) -> Option<Binding<'_>> {
        let (name, value) = self.binding.as_ref()?;
        Some(Binding { name, value: value.clone(), outer: None })
    }
}

impl<'a> Evaluator<'a> {
    /// The instances of a block; `None` while they are being found, which means that they hang on themselves.
    pub(super) fn repetition(&self, module: &Rc<Module<'a>>, block: usize) -> Option<Rc<Repetition>> {
        if let Some(known) = module.repetitions.borrow().get(&block) {
            return known.clone();
        }
        module.repetitions.borrow_mut().insert(block, None);
        let repetition = Rc::new(self.find_instances(module, block));
        module.repetitions.borrow_mut().insert(block, Some(Rc::clone(&repetition)));
        Some(repetition)
    }

    fn find_instances(&self, module: &Rc<Module<'a>>, block: usize) -> Repetition {
        let body = module.directory.blocks.get(block).and_then(|block| block.body());
        let name = || Self::block_address(module, block);
        let mut repetition = if let Some(count) = body.and_then(|body| body.get("count")) {
            let instances = counted(&self.expression(count, Scope::of(module)), &name);
            Repetition { shape: Shape::Count, instances }
        } else if let Some(for_each) = body.and_then(|body| body.get("for_each")) {
            let instances = keyed(&self.expression(for_each, Scope::of(module)), &name);
            Repetition { shape: Shape::ForEach, instances }
        } else {
            let existence = Existence::Certain;
            let instance =
                Instance { suffix: "".into(), key: Value::null(), binding: None, symbolic: false, existence };
            Repetition { shape: Shape::Single, instances: vec![instance] }
        };
        if repetition.instances.len() > MAX_INSTANCES {
            repetition.instances.truncate(MAX_INSTANCES);
            if let Some(block) = module.directory.blocks.get(block) {
                let message =
                    format!("{} has more than {MAX_INSTANCES} instances; the others were not checked", name());
                self.error(error_at(&block.file, block.header, message));
            }
        }
        repetition
    }

    /// What a reference to a repeated block and the steps after it stand for. `instance` gives it for one instance.
    pub(super) fn through(
        &self,
        repetition: &Repetition,
        address: &str,
        steps: &[Step],
        scope: Scope<'_, 'a>,
        instance: &dyn Fn(usize, &[Step]) -> Value,
    ) -> Value {
        let all = 0..repetition.instances.len();
        match (repetition.shape, steps.split_first()) {
            (Shape::Single | Shape::Count, Some((Step::FullSplat, rest))) => {
                Self::collected(repetition, |at| instance(at, rest))
            }
            (Shape::Single | Shape::Count, Some((Step::AttributeSplat, rest))) => {
                let (on_each, rest) = rest.split_at(attributes_at_start(rest));
                let items = Self::collected(repetition, |at| instance(at, on_each));
                self.steps(items, rest, scope)
            }
            (Shape::Single, _) => instance(0, steps),
            (_, Some((Step::Index(key), rest))) => {
                let key = self.expression(key, scope);
                Self::at_key(repetition, address, &key, &|at| instance(at, rest))
            }
            (Shape::ForEach, Some((Step::Attribute(name), rest))) => {
                Self::at_key(repetition, address, &Value::text(&**name), &|at| instance(at, rest))
            }
            (Shape::Count, Some((Step::Attribute(name), _))) => {
                let message = format!("{address} has several instances; choose one, as in {address}[0].{name}");
                Value::unknown(Symbol::new(format!("{address}.{name}")), Why::Error(message.into()))
            }
            (Shape::Count, None) => Self::collected(repetition, |at| instance(at, &[])),
            (Shape::ForEach, _) => {
                let entry = |at: usize| {
                    let found = repetition.instances.get(at)?;
                    Some(Entry { key: found.key.to_text()?, key_origin: found.key.origin, value: instance(at, &[]) })
                };
                let whole = |entries| Value::new(Kind::Map(Map::new(MapKind::Object, entries)), None);
                let value = whole(all.filter_map(entry).collect());
                self.steps(value, steps, scope)
            }
        }
    }

    /// The value of each instance; with and without those that may not exist.
    fn collected(repetition: &Repetition, instance: impl Fn(usize) -> Value) -> Value {
        let values: Vec<Value> = (0..repetition.instances.len()).map(instance).collect();
        let certain = values.iter().zip(&repetition.instances);
        let certain = certain.filter(|(_, instance)| instance.existence == Existence::Certain);
        let certain = certain.map(|(value, _)| value.clone()).collect();
        super::with_and_without(values, certain, Value::tuple)
    }

    fn at_key(repetition: &Repetition, address: &str, key: &Value, instance: &dyn Fn(usize) -> Value) -> Value {
        if let Kind::OneOf(arms) = &key.kind {
            return access::each(key, arms, |arm| Self::at_key(repetition, address, arm, instance));
        }
        let text = key.to_text();
        let is_known = text.as_ref().is_some_and(Text::is_known);
        let fits = |candidate: &Instance| candidate.key.to_text() == text;
        if let Some(at) = repetition.instances.iter().position(fits) {
            return instance(at);
        }
        if let Some(at) = repetition.instances.iter().position(|candidate| candidate.symbolic) {
            return instance(at);
        }
        let symbol = Symbol::new(format!("{address}[{}]", key.canonical()));
        // A key that is known may be that of an instance whose key is not; one that is not, that of any instance.
        let may_fit = |candidate: &Instance| !is_known || !candidate.key.to_text().is_some_and(|key| key.is_known());
        let candidates = (0..).zip(&repetition.instances).filter(|(_, candidate)| may_fit(candidate));
        let candidates: Vec<usize> = candidates.map(|(at, _)| at).take(MAX_ALTERNATIVES + 1).collect();
        let why = match key.as_unknown() {
            Some(unknown) if matches!(unknown.why, Why::Error(_)) => {
                return Value::unknown(symbol, unknown.why.clone());
            }
            Some(unknown) => unknown.why.clone(),
            None if candidates.is_empty() => {
                Why::Error(format!("{address} has no instance {}", key.canonical()).into())
            }
            None => Why::AfterDeployment(symbol.name().into()),
        };
        Value::one_of(candidates.into_iter().map(instance), || Value::unknown(symbol, why))
    }
}

fn counted(count: &Value, name: &dyn Fn() -> String) -> Vec<Instance> {
    let mut least = usize::MAX;
    let mut most = 0;
    let mut why = None;
    for arm in count.alternatives() {
        let number = convert(arm.clone(), &Type::Number);
        match &number.kind {
            Kind::Number(number) => {
                let number = number.as_i64().and_then(|number| usize::try_from(number).ok()).unwrap_or_default();
                least = least.min(number);
                most = most.max(number);
            }
            Kind::Unknown(unknown) => why = Some(unknown.why.clone()),
            _ => why = Some(Why::Error("count must be a number".into())),
        }
    }
    let is_open = why.is_some();
    let condition = || Why::Input(format!("the condition in count of {}", name()).into());
    let why = why.unwrap_or_else(condition);
    if is_open {
        least = 0;
    }
    if is_open && most == 0 {
        // The number is not known: the first instance stands for all.
        let mut instance = Instance::numbered(0, Existence::Possible(why.clone()));
        let index = Value::unknown(Symbol::new(format!("{}.count.index", name())), why);
        instance.binding = Some(("count", Value::object(vec![Entry::new("index", index)])));
        instance.symbolic = true;
        return vec![instance];
    }
    let existence = |number| {
        if number < least { Existence::Certain } else { Existence::Possible(why.clone()) }
    };
    (0..most.min(MAX_INSTANCES + 1)).map(|number| Instance::numbered(number, existence(number))).collect()
}

fn keyed(for_each: &Value, name: &dyn Fn() -> String) -> Vec<Instance> {
    let arms = for_each.alternatives();
    let mut found: Vec<(Value, Vec<Value>)> = Vec::new();
    let mut places: rustc_hash::FxHashMap<String, usize> = rustc_hash::FxHashMap::default();
    let mut open = None;
    for arm in arms {
        let Some(elements) = elements_of(arm) else {
            open = Some(match &arm.kind {
                Kind::Unknown(unknown) => unknown.why.clone(),
                _ => Why::Error("for_each needs a map or a set of strings".into()),
            });
            continue;
        };
        let is_list = arm.as_list().is_some_and(|list| list.kind != ListKind::Set);
        for element in elements {
            // A list is refused by Terraform; a set of its elements is what was meant.
            let key = if is_list { element.value.clone() } else { element.key };
            if element.spreads {
                open = element.value.as_unknown().map(|unknown| unknown.why.clone());
                continue;
            }
            if found.len() > MAX_INSTANCES {
                break;
            }
            let place = *places.entry(key.canonical()).or_insert(found.len());
            match found.get_mut(place) {
                Some((_, values)) => values.push(element.value),
                None => found.push((text_key(key), vec![element.value])),
            }
        }
    }
    let mut instances: Vec<Instance> = found
        .into_iter()
        .map(|(key, values)| {
            let existence = if values.len() < arms.len() {
                Existence::Possible(Why::Input(format!("the condition in for_each of {}", name()).into()))
            } else {
                Existence::Certain
            };
            let budget = || {
                Value::unknown(
                    Symbol::new(format!("{}.each.value", name())),
                    Why::Budget("too many alternatives".into()),
                )
            };
            Instance::keyed(key, Value::one_of(values, budget), existence)
        })
        .collect();
    if let Some(why) = open {
        let symbol = |part: &str| Value::unknown(Symbol::new(format!("{}.{part}", name())), why.clone());
        let mut instance = Instance::keyed(symbol("each.key"), symbol("each.value"), Existence::Possible(why.clone()));
        instance.suffix = "[each.key]".into();
        instance.symbolic = true;
        instances.push(instance);
    }
    instances
}

/// A key as the string that Terraform makes of it.
fn text_key(key: Value) -> Value {
    match (&key.kind, key.to_text()) {
        (Kind::Number(_) | Kind::Bool(_), Some(text)) => Value::new(Kind::Text(text), key.origin),
        _ => key,
    }
}
