//! Conditions: what holds, what does not, and what the deployment decides.

use std::borrow::Cow;

use crate::value::{Kind, Text, Value, Why};

use super::evaluate::{Argument, Call, Evaluator, distribute, known_text, unknown, why_unknown};
use super::function::{FOR_EACH, Function};
use super::tree::NodeId;
use super::truth::Truth;

impl<'t> Evaluator<'t> {
    /// The name of a condition, with the variables of the loops around it.
    pub(super) fn condition_name(&self, written: &'t str) -> Cow<'t, str> {
        if self.loop_variables.is_empty() || !written.contains('{') {
            return Cow::Borrowed(written);
        }
        Cow::Owned(self.with_loop_variables(Text::from(written)).to_string())
    }

    /// Whether the condition of a name holds.
    pub(super) fn condition(&mut self, written: &'t str) -> Truth {
        let name = self.condition_name(written);
        if let Some((_, holds)) = self.assumptions.iter().rev().find(|(assumed, _)| *assumed == name) {
            return Truth::from(*holds);
        }
        match self.conditions.get(&name) {
            Some(None) => return Truth::Unknown(Why::Cycle((*name).into())),
            Some(Some(Truth::Unknown(why))) if self.assumptions.is_empty() => return Truth::Unknown(why.clone()),
            Some(Some(known @ (Truth::True | Truth::False))) => return known.clone(),
            // Unknown in general; perhaps not with what is assumed now.
            Some(Some(Truth::Unknown(_))) | None => {}
        }
        self.conditions.insert(name.clone(), None);
        let truth = match self.sections.conditions.get(&*name) {
            Some(&node) => self.truth(Argument { node, untagged: false }),
            None => self.condition_of_loop(&name),
        };
        if self.assumptions.is_empty() {
            self.conditions.insert(name, Some(truth.clone()));
        } else {
            self.conditions.remove(&name);
        }
        truth
    }

    /// A condition that an `Fn::ForEach` among the conditions makes. AWS: "`Fn::ForEach`".
    fn condition_of_loop(&mut self, name: &str) -> Truth {
        let conditions = &self.sections.conditions;
        let mut loops: Vec<(&'t str, NodeId)> =
            conditions.iter().filter(|(key, _)| key.starts_with(FOR_EACH)).map(|(key, node)| (*key, *node)).collect();
        loops.sort_unstable_by_key(|(key, _)| *key);
        // The loops around whoever asks mean nothing to the conditions.
        let outer = std::mem::take(&mut self.loop_variables);
        let mut found = None;
        for (_, node) in loops {
            self.find_in_loop(node, name, &mut found);
        }
        self.loop_variables = outer;
        found.unwrap_or_else(|| Truth::Unknown(Why::Error(format!("the template has no condition {name}").into())))
    }

    /// The condition of this name among those that a loop makes; unknown where one of them has no known name.
    fn find_in_loop(&mut self, node: NodeId, name: &str, found: &mut Option<Truth>) {
        self.for_each(node, &mut |evaluator, key, value| {
            let Some(written) = evaluator.sections.tree.scalar(key) else { return };
            if written.starts_with(FOR_EACH) {
                return evaluator.find_in_loop(value, name, found);
            }
            let made = evaluator.with_loop_variables(Text::from(written));
            match made.as_str() {
                Some(made) if made == name => {
                    *found = Some(evaluator.truth(Argument { node: value, untagged: false }));
                }
                Some(_) => {}
                None => {
                    let why = made.symbols().next().map(|(_, symbol)| symbol.name().to_owned()).unwrap_or_default();
                    found.get_or_insert(Truth::Unknown(Why::AfterDeployment(why.into())));
                }
            }
        });
    }

    /// With `name` taken to hold or not, the value of a node.
    pub(super) fn value_assuming(&mut self, name: Cow<'t, str>, holds: bool, node: NodeId) -> Option<Value> {
        self.assumptions.push((name, holds));
        let value = self.value(node);
        self.assumptions.pop();
        value
    }

    /// `Fn::If`. An arm that is `AWS::NoValue` is null among alternatives.
    pub(super) fn choose(&mut self, call: &Call<'t>) -> Option<Value> {
        let &[condition, then, otherwise] = self.arguments(call) else {
            let why = Why::Error("Fn::If takes a condition and two values".into());
            return Some(unknown(self.name_of_place("If", call.span), why));
        };
        let name = self.sections.tree.scalar(condition).filter(|_| !self.is_call(condition));
        let truth = match name {
            Some(name) => self.condition(name),
            None => self.truth(Argument { node: condition, untagged: false }),
        };
        let why = match truth {
            Truth::True => return self.value(then),
            Truth::False => return self.value(otherwise),
            Truth::Unknown(why) => why,
        };
        let name = name.map(|name| self.condition_name(name)).unwrap_or_default();
        let null = || Value::null().at(call.span);
        let then = self.value_assuming(name.clone(), true, then).unwrap_or_else(null);
        let otherwise = self.value_assuming(name, false, otherwise).unwrap_or_else(null);
        Some(Value::one_of([then, otherwise], || unknown(self.name_of_place("If", call.span), why.clone())))
    }

    fn is_call(&self, node: NodeId) -> bool {
        self.call(Argument { node, untagged: false }).is_some()
    }

    /// Whether what a node says holds.
    pub(super) fn truth(&mut self, argument: Argument) -> Truth {
        if let Err(why) = self.enter() {
            return Truth::Unknown(why);
        }
        let truth = self.truth_of_node(argument);
        self.leave();
        truth
    }

    fn truth_of_node(&mut self, argument: Argument) -> Truth {
        let tree = self.sections.tree;
        if let Some(mut pairs) = tree.mapping(argument.node)
            && let Some((key, value)) = pairs.next().filter(|_| pairs.len() == 0)
            && tree.scalar(key) == Some("Condition")
        {
            return match tree.scalar(value) {
                Some(name) => self.condition(name),
                None => Truth::Unknown(Why::Error("Condition takes the name of a condition".into())),
            };
        }
        if let Some(call) = self.call(argument)
            && call.function.is_condition()
        {
            return self.truth_of_call(&call);
        }
        let value = self.argument(argument).unwrap_or_else(Value::null);
        match known_text(&value).as_ref().and_then(|text| text.as_str()) {
            Some("true") => Truth::True,
            Some("false") => Truth::False,
            _ => Truth::Unknown(
                why_unknown(&value).unwrap_or_else(|| Why::Error("a condition is neither true nor false".into())),
            ),
        }
    }

    /// Whether a condition function's call holds.
    pub(super) fn truth_of_call(&mut self, call: &Call<'t>) -> Truth {
        match call.function {
            Function::Condition => match self.scalar_of(call) {
                Some(name) => self.condition(name),
                None => Truth::Unknown(Why::Error("Condition takes the name of a condition".into())),
            },
            Function::And => self.all_are(call, true),
            Function::Or => self.all_are(call, false),
            Function::Not => {
                let argument =
                    self.arguments(call).first().map_or(call.argument, |&node| Argument { node, untagged: false });
                match self.truth(argument) {
                    Truth::True => Truth::False,
                    Truth::False => Truth::True,
                    unknown @ Truth::Unknown(_) => unknown,
                }
            }
            Function::Contains | Function::EachMemberIn | Function::EachMemberEquals => {
                self.truth_of_rule_function(call)
            }
            _ => self.equal(call),
        }
    }

    /// `Fn::And` (`expected` is true) and, its mirror, `Fn::Or`.
    fn all_are(&mut self, call: &Call<'t>, expected: bool) -> Truth {
        let mut unknown = None;
        for &node in self.arguments(call) {
            match self.truth(Argument { node, untagged: false }) {
                Truth::Unknown(why) => unknown = unknown.or(Some(why)),
                truth if truth != Truth::from(expected) => return Truth::from(!expected),
                Truth::True | Truth::False => {}
            }
        }
        unknown.map_or(Truth::from(expected), Truth::Unknown)
    }

    /// `Fn::Equals`: the same characters.
    fn equal(&mut self, call: &Call<'t>) -> Truth {
        let &[left, right] = self.arguments(call) else {
            return Truth::Unknown(Why::Error("Fn::Equals takes two values".into()));
        };
        let operands = [self.value_or_null(left), self.value_or_null(right)];
        let verdict = distribute(&operands, &mut |operands| match operands {
            [left, right] => match are_equal(left, right) {
                Some(equal) => Value::bool(equal),
                None => Value::null(),
            },
            _ => Value::null(),
        });
        if let Kind::Bool(equal) = verdict.kind {
            return Truth::from(equal);
        }
        let why = operands.iter().find_map(why_unknown);
        Truth::Unknown(why.unwrap_or_else(|| Why::Error("Fn::Equals compares texts".into())))
    }
}

/// Whether two values are the same text; `None` where that is not known.
fn are_equal(left: &Value, right: &Value) -> Option<bool> {
    if let (Some(left), Some(right)) = (known_text(left), known_text(right)) {
        return Some(left == right);
    }
    if left.is_wholly_known() && right.is_wholly_known() {
        return Some(left == right);
    }
    // The same unknown is the same, whatever it is.
    let same = matches!((left.to_text(), right.to_text()), (Some(left), Some(right)) if left == right);
    same.then_some(true)
}
