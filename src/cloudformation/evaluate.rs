//! Nodes to values: the walk, its bounds, and the calls of functions.

use std::borrow::Cow;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::source::Span;
use crate::value::{Entry, Kind, List, ListKind, MAX_ALTERNATIVES, Map, MapKind, Symbol, Text, Unknown, Value, Why};

use super::function::{FOR_EACH, Function};
use super::scalar;
use super::sections::Sections;
use super::stack::Stack;
use super::tree::{Content, NodeId, Style};
use super::truth::Truth;

/// Functions in functions, conditions on conditions: deeper than this is unknown. Evaluation calls itself once a
/// level, and a document alone is at most [`MAX_DEPTH`](super::tree::MAX_DEPTH) levels deep.
const MAX_DEPTH: usize = 160;

/// After this many evaluated nodes everything is unknown. The largest templates take some ten thousand; a loop in a
/// loop, or a mapping that is read a thousand times, could take any number.
const MAX_STEPS: usize = 500_000;

/// Bytes of text that the functions of one template may put together: sixty times what CloudFormation takes as a
/// whole template. Substitution in substitution doubles with every level.
const MAX_TEXT: usize = 64 << 20;

/// Nested stacks of one template, at any depth: an account has this many stacks at most, unless AWS raises its quota
/// ("CloudFormation quotas"). Templates that deploy others twice double with every level.
const MAX_NESTED: usize = 2_000;

/// What evaluating a template and its nested stacks may still cost.
#[derive(Debug)]
pub(super) struct Budget {
    pub(super) text_left: usize,
    steps_left: usize,
    stacks_left: usize,
    depth: usize,
}

impl Budget {
    /// Why what comes next is not evaluated, if nothing is left.
    pub(super) fn exhaustion(&self) -> Option<String> {
        (self.steps_left == 0).then(|| format!("evaluating the template takes more than {MAX_STEPS} steps"))
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self { text_left: MAX_TEXT, steps_left: MAX_STEPS, stacks_left: MAX_NESTED, depth: 0 }
    }
}

/// Evaluates the nodes of one template.
pub(super) struct Evaluator<'t> {
    pub(super) sections: &'t Sections<'t>,
    pub(super) parameters: FxHashMap<&'t str, Value>,
    pub(super) conditions: FxHashMap<Cow<'t, str>, Option<Truth>>,
    /// What is taken for granted about conditions, innermost last: in the first arm of an `Fn::If` its condition
    /// holds.
    pub(super) assumptions: Vec<(Cow<'t, str>, bool)>,
    /// The variables of the loops that are being unrolled, innermost last.
    pub(super) loop_variables: Vec<(&'t str, Value)>,
    /// Properties of resources that name them, by their node; `None` while one is being found.
    pub(super) names: FxHashMap<NodeId, Option<Value>>,
    /// The nested stacks by address; `None` while one is being evaluated.
    pub(super) stacks: FxHashMap<String, Option<Rc<Stack>>>,
    pub(super) budget: Budget,
}

/// A node to evaluate: as it is, or, where its tag was the call, without the tag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Argument {
    pub(super) node: NodeId,
    pub(super) untagged: bool,
}

/// A function, its argument, and where the call stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'t> {
    pub(super) function: Function,
    /// The name as written.
    pub(super) name: &'t str,
    pub(super) argument: Argument,
    pub(super) span: Span,
}

impl<'t> Evaluator<'t> {
    pub(super) fn new(sections: &'t Sections<'t>, budget: Budget) -> Self {
        Self {
            sections,
            parameters: FxHashMap::default(),
            conditions: FxHashMap::default(),
            assumptions: Vec::new(),
            loop_variables: Vec::new(),
            names: FxHashMap::default(),
            stacks: FxHashMap::default(),
            budget,
        }
    }

    /// The address of the stack that the template is of, with a dot; empty for one that is deployed by itself.
    pub(super) fn scope(&self) -> &'t str {
        &self.sections.context.scope
    }

    /// The value of a node; `None` where it is `AWS::NoValue`, which removes what it is the value of.
    pub(super) fn value(&mut self, node: NodeId) -> Option<Value> {
        self.argument(Argument { node, untagged: false })
    }

    /// The value of a node, null for `AWS::NoValue`.
    pub(super) fn value_or_null(&mut self, node: NodeId) -> Value {
        self.value(node).unwrap_or_else(|| Value::null().at(self.outer_span(node)))
    }

    /// The value of a function's argument.
    pub(super) fn argument(&mut self, argument: Argument) -> Option<Value> {
        if let Err(why) = self.enter() {
            let span = self.outer_span(argument.node);
            return Some(unknown(format!("{}{}:{}", self.scope(), span.start, span.end), why).at(span));
        }
        let value = self.evaluate(argument);
        self.leave();
        value
    }

    /// Counts a step down; every success is followed by [`leave`](Self::leave).
    pub(super) fn enter(&mut self) -> Result<(), Why> {
        self.spend(1)?;
        if self.budget.depth >= MAX_DEPTH {
            return Err(Why::Budget(format!("functions are nested deeper than {MAX_DEPTH} levels").into()));
        }
        self.budget.depth += 1;
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.budget.depth -= 1;
    }

    /// Counts steps without a step down.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Why> {
        let left = self.budget.steps_left.checked_sub(steps);
        self.budget.steps_left = left.unwrap_or(0);
        left.map(|_| ()).ok_or_else(|| Why::Budget(self.budget.exhaustion().unwrap_or_default().into()))
    }

    /// Counts a nested stack.
    pub(super) fn spend_stack(&mut self) -> Result<(), Why> {
        let left = self.budget.stacks_left.checked_sub(1);
        self.budget.stacks_left = left.unwrap_or(0);
        left.map(|_| ()).ok_or_else(|| {
            Why::Budget(format!("the template deploys more than {MAX_NESTED} stacks, those in stacks included").into())
        })
    }

    fn evaluate(&mut self, argument: Argument) -> Option<Value> {
        if let Some(call) = self.call(argument) {
            return self.apply(&call).map(|value| value.or_at(Some(call.span)));
        }
        let sections = self.sections;
        let node = sections.tree.node(argument.node);
        let span = self.span(argument.node);
        let kind = match &node.content {
            Content::Scalar(..) => self.scalar(argument.node),
            Content::Sequence(_) => {
                let ids = sections.tree.sequence(argument.node).unwrap_or_default();
                let mut items = Vec::with_capacity(ids.len());
                for &id in ids {
                    items.extend(self.value(id));
                }
                Kind::List(List::new(ListKind::Tuple, items))
            }
            Content::Mapping(_) => self.mapping(argument.node),
        };
        Some(Value::new(kind, Some(span)))
    }

    fn scalar(&self, argument: NodeId) -> Kind {
        let node = self.sections.tree.node(argument);
        let Content::Scalar(value, style) = &node.content else { return Kind::Null };
        if *style == Style::Plain
            && !node.tag.as_deref().is_some_and(|tag| tag == "!" || tag.ends_with(":str"))
            && let Some(kind) = scalar::plain_kind(value)
        {
            return kind;
        }
        let text = self.sections.text(argument);
        Kind::Text(self.with_loop_variables(text))
    }

    fn mapping(&mut self, node: NodeId) -> Kind {
        let sections = self.sections;
        let mut entries = Vec::new();
        if let Some(pairs) = sections.tree.mapping(node) {
            entries.reserve(pairs.len());
            for (key, value) in pairs {
                self.entry(key, value, &mut entries);
            }
        }
        Kind::Map(Map::new(MapKind::Object, entries))
    }

    fn entry(&mut self, key: NodeId, value: NodeId, entries: &mut Vec<Entry>) {
        let sections = self.sections;
        let Some(name) = sections.tree.scalar(key) else { return };
        if name.starts_with(FOR_EACH) {
            self.for_each(value, &mut |this, key, value| this.entry(key, value, entries));
            return;
        }
        let value = if name.starts_with("Fn::") {
            // Beside other keys, only a transform; what it brings is not known.
            let span = self.outer_span(value);
            Some(unknown(self.name_of_place(name, span), Why::Unsupported(name.into())).at(span))
        } else {
            self.value(value)
        };
        if let Some(value) = value {
            let text = sections.text(key);
            let key_origin = Some(self.span(key));
            entries.push(Entry { key: self.with_loop_variables(text), key_origin, value });
        }
    }

    /// The call that a node is, in its short (`!Sub`) or long (`Fn::Sub:`) form.
    pub(super) fn call(&self, argument: Argument) -> Option<Call<'t>> {
        let tree = self.sections.tree;
        let node = tree.node(argument.node);
        if !argument.untagged
            && let Some(tag) = node.tag.as_deref()
            && let Some(function) = Function::of_tag(tag)
        {
            let span = self.outer_span(argument.node);
            return Some(Call { function, name: tag, argument: Argument { untagged: true, ..argument }, span });
        }
        let mut pairs = tree.mapping(argument.node)?;
        let (key, value) = pairs.next().filter(|_| pairs.len() == 0)?;
        let name = tree.scalar(key)?;
        let function = Function::of_key(name)?;
        let span = self.span(argument.node);
        Some(Call { function, name, argument: Argument { node: value, untagged: false }, span })
    }

    fn apply(&mut self, call: &Call<'t>) -> Option<Value> {
        Some(match call.function {
            Function::Ref => return self.referred(call),
            Function::If => return self.choose(call),
            Function::GetAtt => self.attribute(call),
            Function::Sub => self.substitute(call),
            Function::Join => self.join(call),
            Function::Split => self.split(call),
            Function::Select => self.select(call),
            Function::FindInMap => self.find_in_map(call),
            Function::Base64 => self.base64(call),
            Function::Cidr => self.cidr(call),
            Function::Length => self.length(call),
            Function::ToJsonString => self.json_text(call),
            Function::GetAzs => self.runtime(call, |name| Why::Runtime(name.into())),
            Function::ImportValue => self.runtime(call, |name| Why::Absent(name.into())),
            function if function.is_condition() => match self.truth_of_call(call) {
                Truth::True => Value::bool(true),
                Truth::False => Value::bool(false),
                Truth::Unknown(why) => unknown(self.name_of_place(call.name, call.span), why),
            },
            _ => {
                let why = Why::Unsupported(call.name.into());
                unknown(self.name_of_place(call.name, call.span), why)
            }
        })
    }

    /// A name for what a place in the template gives.
    pub(super) fn name_of_place(&self, name: &str, place: Span) -> String {
        format!("{}{name}@{}", self.scope(), place.start)
    }

    /// The name that a call takes as it is written; `None` where it takes something else, or computes the name.
    pub(super) fn scalar_of(&self, call: &Call<'t>) -> Option<&'t str> {
        self.sections.tree.scalar(call.argument.node).filter(|_| self.call(call.argument).is_none())
    }

    /// The arguments of a call that takes several.
    pub(super) fn arguments(&self, call: &Call<'t>) -> &'t [NodeId] {
        self.sections.tree.sequence(call.argument.node).unwrap_or_default()
    }

    /// A call whose value AWS gives; its name tells it apart by its argument.
    fn runtime(&mut self, call: &Call<'t>, why: fn(&str) -> Why) -> Value {
        let argument = self.argument(call.argument).unwrap_or_else(Value::null);
        let name = call_name(call, &[argument]);
        let why = why(&name);
        unknown(name, why)
    }

    /// The bytes of a node without its tag.
    pub(super) fn span(&self, node: NodeId) -> Span {
        self.sections.span(node)
    }

    /// The bytes of a node with its tag.
    pub(super) fn outer_span(&self, node: NodeId) -> Span {
        self.sections.outer_span(node)
    }
}

/// An unknown by a name.
pub(super) fn unknown(name: impl Into<Box<str>>, why: Why) -> Value {
    Value::new(Kind::Unknown(Unknown { symbol: Symbol::new(name), why }), None)
}

/// A call that cannot be computed, named by its operands, and unknown for the same reason as they are.
pub(super) fn unknown_call(call: &Call<'_>, operands: &[Value]) -> Value {
    let why = operands
        .iter()
        .find_map(why_unknown)
        .unwrap_or_else(|| Why::Error(format!("{} does not take these arguments", call.name).into()));
    unknown(call_name(call, operands), why)
}

fn call_name(call: &Call<'_>, operands: &[Value]) -> String {
    let operands: Vec<String> = operands.iter().map(Value::canonical).collect();
    format!("{}({})", call.name.trim_start_matches("Fn::"), operands.join(","))
}

/// Why a value is not wholly known: the first reason in it.
pub(super) fn why_unknown(value: &Value) -> Option<Why> {
    match &value.kind {
        Kind::Null | Kind::Bool(_) | Kind::Number(_) => None,
        Kind::Unknown(unknown) => Some(unknown.why.clone()),
        Kind::Text(text) => text.symbols().next().map(|(_, symbol)| Why::AfterDeployment(symbol.name().into())),
        Kind::List(list) => list.iter().find_map(why_unknown),
        Kind::Map(map) => map.entries().iter().find_map(|entry| why_unknown(&entry.value)),
        Kind::OneOf(arms) => {
            let arms = arms.iter().find_map(why_unknown);
            Some(arms.unwrap_or_else(|| Why::Input(value.canonical().into())))
        }
    }
}

/// `compute` on each combination of the alternatives of `operands`; on the operands themselves where there are too
/// many.
pub(super) fn distribute(operands: &[Value], compute: &mut dyn FnMut(&[Value]) -> Value) -> Value {
    let combinations = operands.iter().fold(1usize, |n, operand| n.saturating_mul(operand.alternatives().len()));
    if combinations == 1 || combinations > MAX_ALTERNATIVES {
        return compute(operands);
    }
    let mut chosen = operands.to_vec();
    let mut arms = Vec::with_capacity(combinations);
    for combination in 0..combinations {
        let mut rest = combination;
        for (slot, operand) in chosen.iter_mut().zip(operands).rev() {
            let alternatives = operand.alternatives();
            if let Some(alternative) = alternatives.get(rest % alternatives.len()) {
                slot.clone_from(alternative);
            }
            rest /= alternatives.len();
        }
        arms.push(compute(&chosen));
    }
    Value::one_of(arms, || compute(operands))
}

/// A known text's characters where the value is one, or is written as one (`5`, `true`).
pub(super) fn known_text(value: &Value) -> Option<Text> {
    value.to_text().map(|text| text.expanded()).filter(Text::is_known)
}
