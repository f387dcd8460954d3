//! Expressions.

use std::rc::Rc;

use hcl::expr::{BinaryOperator, UnaryOperator};
use rustc_hash::{FxHashMap, FxHashSet};

use super::budget::MAX_ELEMENTS;
use super::{Evaluator, MAX_DEPTH, Scope, spreading, with_and_without, without_failures};
use crate::terraform::convert::{self, Type};
use crate::terraform::syntax::{Conditional, Expression, For, Kind as Syntax, Step};
use crate::terraform::{access, operators, spread};
use crate::value::{Entry, Form, Kind, List, ListKind, Map, MapKind, Symbol, Text, Unknown, Value, Why};

/// Up to here, comparing one by one is faster than a table.
const FEW: usize = 16;

impl<'a> Evaluator<'a> {
    /// The value of an expression. What it computes itself stands where the expression stands.
    pub(super) fn expression(&self, expression: &Expression, scope: Scope<'_, 'a>) -> Value {
        if let Syntax::Literal(value) = &expression.kind {
            return value.clone();
        }
        if self.is_exhausted() {
            return self.exhausted().at(expression.span);
        }
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            let why = Why::Budget("references deeper than are followed".into());
            return Value::unknown(self.source_symbol(expression, scope), why).at(expression.span);
        }
        self.depth.set(depth + 1);
        self.spend(1);
        let value = self.compute(expression, scope);
        self.depth.set(depth);
        let value = if self.trying.get() == 0 { without_failures(value) } else { value };
        value.or_at(Some(expression.span))
    }

    fn compute(&self, expression: &Expression, scope: Scope<'_, 'a>) -> Value {
        match &expression.kind {
            Syntax::Literal(value) => value.clone(),
            Syntax::Template(template) => self.template(template, expression.span, scope),
            Syntax::Tuple(items) => {
                self.spend_on_elements(items.len());
                let items: Vec<Value> = items.iter().map(|item| self.expression(item, scope)).collect();
                self.failure_among(&items).unwrap_or_else(|| Value::tuple(items))
            }
            Syntax::Object(items) => self.object(items, scope),
            Syntax::Variable(name) => self.reference(name, &[], expression, scope),
            Syntax::Traversal(traversal) => {
                if let Syntax::Variable(name) = &traversal.source.kind {
                    return self.reference(name, &traversal.steps, expression, scope);
                }
                let source = self.expression(&traversal.source, scope);
                self.steps(source, &traversal.steps, scope)
            }
            Syntax::Call(call) => self.call(call, expression, scope),
            Syntax::Not(operand) => operators::unary(UnaryOperator::Not, self.expression(operand, scope)),
            Syntax::Negate(operand) => operators::unary(UnaryOperator::Neg, self.expression(operand, scope)),
            Syntax::Binary(binary) => {
                let left = self.expression(&binary.left, scope);
                let right = self.expression(&binary.right, scope);
                let (left, right) = match binary.operator {
                    BinaryOperator::Eq | BinaryOperator::NotEq => {
                        let name = || self.source_symbol(expression, scope).name().to_owned();
                        (self.bounded(left, &name), right)
                    }
                    _ => (left, right),
                };
                operators::binary(binary.operator, left, right)
            }
            Syntax::Conditional(conditional) => self.conditional(conditional, scope),
            Syntax::For(expression) => self.for_expression(expression, scope),
        }
    }

    /// The arm that the condition takes; both where it is not known. The other arm has a say in the type of the result
    /// alone, and may be an error.
    fn conditional(&self, conditional: &Conditional, scope: Scope<'_, 'a>) -> Value {
        let condition = self.expression(&conditional.condition, scope);
        let (chosen, left) = match condition.as_bool() {
            Some(true) => (&conditional.then, &conditional.otherwise),
            Some(false) => (&conditional.otherwise, &conditional.then),
            None => {
                let then = self.expression(&conditional.then, scope);
                let otherwise = self.expression(&conditional.otherwise, scope);
                return operators::conditional(&condition, then, otherwise);
            }
        };
        let chosen = self.expression(chosen, scope);
        match &chosen.kind {
            // Whatever the other arm is, text stays text.
            Kind::Text(_) | Kind::Null | Kind::OneOf(_) => chosen,
            Kind::Unknown(unknown) if matches!(unknown.symbol.form(), None | Some(Form::Text)) => chosen,
            _ => {
                let origin = chosen.origin;
                operators::in_common_type(chosen, self.expression(left, scope)).or_at(origin)
            }
        }
    }

    fn object(&self, items: &[(Expression, Expression)], scope: Scope<'_, 'a>) -> Value {
        let mut entries: Vec<Entry> = Vec::with_capacity(items.len());
        let mut places: FxHashMap<String, usize> = FxHashMap::default();
        self.spend_on_elements(items.len());
        for (key_expression, value) in items {
            let key = self.expression(key_expression, scope);
            let value = self.expression(value, scope);
            if let Some(failure) = self.failure_among(std::slice::from_ref(&value)) {
                return failure;
            }
            let Some(text) = key_text(&key) else {
                return key_error(&key);
            };
            let entry = Entry { key: text, key_origin: key.origin, value };
            // The last of equal names counts. Few are compared one by one, many by a table.
            let place = if items.len() <= FEW {
                entries.iter().position(|old| old.key == entry.key)
            } else {
                let next = entries.len();
                Some(*places.entry(entry.key.to_string()).or_insert(next))
            };
            match place.and_then(|place| entries.get_mut(place)) {
                Some(old) => *old = entry,
                None => entries.push(entry),
            }
        }
        Value::object(entries)
    }

    /// The first error among the parts of a value. Where it decides what `try` gives, the whole fails with it, as in
    /// Terraform; elsewhere the other parts are worth more.
    fn failure_among(&self, parts: &[Value]) -> Option<Value> {
        let fails =
            |part: &&Value| matches!(&part.kind, Kind::Unknown(unknown) if matches!(unknown.why, Why::Error(_)));
        if self.trying.get() == 0 { None } else { parts.iter().find(fails).cloned() }
    }

    /// Follows steps into a value.
    pub(super) fn steps(&self, source: Value, steps: &[Step], scope: Scope<'_, 'a>) -> Value {
        let mut value = source;
        let mut rest = steps;
        while let Some((step, after)) = rest.split_first() {
            rest = after;
            if self.is_exhausted() {
                return self.exhausted();
            }
            match &value.kind {
                // Elements are looked for one by one, which takes little of each.
                Kind::List(list) => self.spend_on_elements(list.len() / 16),
                Kind::Map(map) => self.spend_on_elements(map.len() / 16),
                // Each step into an unknown makes its name longer.
                Kind::Unknown(unknown) => self.spend_on_name(unknown.symbol.name()),
                _ => {}
            }
            value = match step {
                Step::Attribute(name) => access::attribute(&value, name),
                Step::Index(key) => access::index(&value, &self.expression(key, scope)),
                Step::FullSplat => return self.splat(&value, rest, scope),
                Step::AttributeSplat => {
                    let (on_each, after) = rest.split_at(attributes_at_start(rest));
                    rest = after;
                    self.splat(&value, on_each, scope)
                }
            };
        }
        value
    }

    /// The steps on each element.
    fn splat(&self, value: &Value, on_each: &[Step], scope: Scope<'_, 'a>) -> Value {
        if let Kind::OneOf(arms) = &value.kind {
            return access::each(value, arms, |arm| self.splat(arm, on_each, scope));
        }
        if let Some(unknown) = value.as_unknown() {
            // Elements of an unknown: `var.roles[*].arn`.
            let each = match unknown.symbol.reference() {
                Some(reference) => Symbol::of_resource(&*reference.address, format!("{}[*]", reference.attribute)),
                None => Symbol::new(format!("{}[*]", unknown.symbol.name())),
            };
            return self.steps(Value::unknown(each, unknown.why.clone()), on_each, scope);
        }
        let items = access::splat(value).iter().map(|item| {
            let spreads = spread::is_element(item);
            let result = self.steps(item.clone(), on_each, scope);
            if spreads { spreading(&result) } else { result }
        });
        let items = List::new(ListKind::Tuple, items.collect());
        Value::new(Kind::List(items.opened_by(value.as_list().and_then(spread::opening))), None)
    }

    fn for_expression(&self, expression: &For, scope: Scope<'_, 'a>) -> Value {
        let collection = self.expression(&expression.collection, scope);
        match &collection.kind {
            Kind::OneOf(arms) => access::each(&collection, arms, |arm| self.for_each_of(expression, arm, scope)),
            _ => self.for_each_of(expression, &collection, scope),
        }
    }

    fn for_each_of(&self, expression: &For, collection: &Value, scope: Scope<'_, 'a>) -> Value {
        let name = || self.loop_symbol(expression, collection, scope);
        let Some(elements) = elements_of(collection) else {
            return match &collection.kind {
                Kind::Unknown(unknown) if !unknown.is_primitive() => Value::unknown(name(), unknown.why.clone()),
                _ => Value::unknown(name(), Why::Error("`for` needs a list, a set or a map".into())),
            };
        };
        if elements.len() > MAX_ELEMENTS {
            return Value::unknown(name(), Why::Budget("a loop longer than is followed".into()));
        }
        self.spend_on_elements(elements.len());
        let mut results = Vec::new();
        for Element { key, value, spreads } in elements {
            if self.is_exhausted() {
                return self.exhausted();
            }
            let key_binding;
            let mut inner = scope;
            if let Some(key_name) = &expression.key_name {
                key_binding = inner.bind(key_name, key);
                inner = inner.with(&key_binding);
            }
            let value_binding = inner.bind(&expression.value_name, value);
            let inner = inner.with(&value_binding);
            let certain = match expression.condition.as_ref().map(|condition| self.expression(condition, inner)) {
                None => true,
                Some(condition) => match convert::convert(condition, &Type::Bool).kind {
                    Kind::Bool(true) => true,
                    Kind::Bool(false) => continue,
                    Kind::Unknown(unknown) if matches!(unknown.why, Why::Error(_)) => {
                        return Value::unknown(name(), unknown.why);
                    }
                    Kind::Null => {
                        return Value::unknown(name(), Why::Error("the condition of a `for` is null".into()));
                    }
                    _ => false,
                },
            };
            let key = expression.key.as_ref().map(|key| self.expression(key, inner));
            let value = self.expression(&expression.value, inner);
            results.push(Turn { key, value, certain, spreads });
        }
        if expression.key.is_some() {
            return object_of(results, expression.grouping, spread::opening_of(collection), &name);
        }
        tuple_of(&results, spread::opening_of(collection), &name)
    }
}

/// How many steps from the start are attributes: those that `.*` applies to each element.
pub(super) fn attributes_at_start(steps: &[Step]) -> usize {
    steps.iter().take_while(|step| matches!(step, Step::Attribute(_))).count()
}

/// What a loop sees at one turn.
pub(super) struct Element {
    pub(super) key: Value,
    pub(super) value: Value,
    /// Whether it stands for any number of elements.
    pub(super) spreads: bool,
}

/// The elements of a collection in the order in which Terraform goes through them; `None` of what has none.
pub(super) fn elements_of(collection: &Value) -> Option<Vec<Element>> {
    match &collection.kind {
        Kind::List(list) => {
            let is_set = list.kind == ListKind::Set;
            let elements = list.iter().enumerate().map(|(index, value)| Element {
                key: if is_set { value.clone() } else { Value::integer(i64::try_from(index).unwrap_or(i64::MAX)) },
                value: value.clone(),
                spreads: spread::is_element(value),
            });
            Some(elements.collect())
        }
        Kind::Map(map) => Some(
            convert::sorted_entries(map)
                .iter()
                .map(|entry| Element {
                    key: Value::new(Kind::Text(entry.key.clone()), entry.key_origin),
                    value: entry.value.clone(),
                    spreads: spread::is_entry(entry),
                })
                .collect(),
        ),
        _ => None,
    }
}

/// What a loop made at one turn.
struct Turn {
    key: Option<Value>,
    value: Value,
    /// Whether its condition is known to hold.
    certain: bool,
    spreads: bool,
}

/// The results with those of which it is not known whether their condition holds, and without. Of several such, some may
/// stand and others not, so both lists are open.
fn tuple_of(results: &[Turn], open: Option<Unknown>, name: &dyn Fn() -> Symbol) -> Value {
    let item = |result: &Turn| {
        if result.spreads { spreading(&result.value) } else { result.value.clone() }
    };
    let certain: Vec<Value> = results.iter().filter(|result| result.certain).map(item).collect();
    let open = open.or_else(|| decided_one_by_one(results.len() - certain.len(), name));
    let whole = |items| Value::new(Kind::List(List::new(ListKind::Tuple, items).opened_by(open.clone())), None);
    with_and_without(results.iter().map(item).collect(), certain, whole)
}

/// What decides which elements are left, of this many whose conditions are not known: one stands or does not.
fn decided_one_by_one(possible: usize, name: &dyn Fn() -> Symbol) -> Option<Unknown> {
    (possible > 1).then(|| {
        let symbol = name();
        let why = Why::AfterDeployment(symbol.name().into());
        Unknown { symbol, why }
    })
}

fn object_of(results: Vec<Turn>, grouping: bool, open: Option<Unknown>, name: &dyn Fn() -> Symbol) -> Value {
    let mut all = Vec::new();
    let mut certain = Vec::new();
    for result in results {
        let key = result.key.unwrap_or_else(Value::null);
        let Some(text) = key_text(&key) else {
            return key_error(&key);
        };
        let entry = if result.spreads {
            let value = spreading(&result.value);
            match value.as_unknown() {
                Some(unknown) => spread::entry(unknown, &value),
                None => continue,
            }
        } else {
            Entry { key: text, key_origin: key.origin, value: result.value }
        };
        if result.certain {
            certain.push(entry.clone());
        }
        all.push(entry);
    }
    let open = open.or_else(|| decided_one_by_one(all.len() - certain.len(), name));
    let whole = |entries: Vec<Entry>| -> Value {
        if grouping {
            return grouped(entries, open.clone());
        }
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        for key in entries.iter().filter_map(|entry| entry.key.as_str()) {
            if !seen.insert(key) {
                let message = format!("two elements of this `for` have the key {key:?}; use `...` to group them");
                return Value::unknown(name(), Why::Error(message.into()));
            }
        }
        Value::new(Kind::Map(Map::new(MapKind::Object, entries).opened_by(open.clone())), None)
    };
    if all.len() == certain.len() {
        return whole(all);
    }
    Value::one_of([whole(all), whole(certain)], Value::null)
}

/// The values of equal keys together, in the order of the first.
fn grouped(entries: Vec<Entry>, open: Option<Unknown>) -> Value {
    let mut groups: Vec<(Entry, Vec<Value>)> = Vec::new();
    let mut places: FxHashMap<Rc<str>, usize> = FxHashMap::default();
    for entry in entries {
        // Keys that are not known are told apart by their symbols.
        let name: Rc<str> = entry.key.to_string().into();
        let place = *places.entry(name).or_insert(groups.len());
        if let Some((_, values)) = groups.get_mut(place) {
            values.push(entry.value);
        } else {
            let value = entry.value.clone();
            groups.push((entry, vec![value]));
        }
    }
    let entries = groups.into_iter().map(|(first, values)| {
        let origin = first.value.origin;
        let values = List::new(ListKind::Tuple, values).opened_by(open.clone());
        let value = Value::new(Kind::List(values), origin);
        Entry { value, ..first }
    });
    let map = Map::new(MapKind::Object, entries.collect());
    Value::new(Kind::Map(map.opened_by(open)), None)
}

/// The text of an object's key.
fn key_text(key: &Value) -> Option<Text> {
    let fails = key.as_unknown().is_some_and(|unknown| matches!(unknown.why, Why::Error(_)));
    if fails { None } else { key.to_text() }
}

fn key_error(key: &Value) -> Value {
    let symbol = Symbol::new(format!("{{{}}}", key.canonical()));
    let why = key.as_unknown().map(|unknown| unknown.why.clone());
    Value::unknown(symbol, why.unwrap_or_else(|| Why::Error("an object's key must be a string".into())))
}

/// The text of a value inside a template; an error message where it has none.
pub(super) fn text_of(value: &Value) -> Result<Text, &'static str> {
    value.to_text().ok_or(match value.kind {
        Kind::Null => "a null value cannot be part of a text",
        _ => "a list or map cannot be part of a text; use jsonencode or join",
    })
}
