//! Conditions: what holds, what does not, and what the deployment decides.

use crate::value::{Kind, Value, Why};

use super::evaluate::{Argument, Call, Evaluator, distribute, known_text, unknown, why_unknown};
use super::function::Function;
use super::tree::NodeId;
use super::truth::Truth;

impl<'t> Evaluator<'t> {
    /// Whether the condition of a name holds.
    pub(super) fn condition(&mut self, name: &'t str) -> Truth {
        if let Some((_, holds)) = self.assumptions.iter().rev().find(|(assumed, _)| *assumed == name) {
            return Truth::from(*holds);
        }
        let Some(&node) = self.sections.conditions.get(name) else {
            return Truth::Unknown(Why::Error(format!("the template has no condition {name}").into()));
        };
        match self.conditions.get(name) {
            Some(None) => return Truth::Unknown(Why::Cycle(name.into())),
            Some(Some(Truth::Unknown(why))) if self.assumptions.is_empty() => return Truth::Unknown(why.clone()),
            Some(Some(known @ (Truth::True | Truth::False))) => return known.clone(),
            // Unknown in general; perhaps not with what is assumed now.
            Some(Some(Truth::Unknown(_))) | None => {}
        }
        self.conditions.insert(name, None);
        let truth = self.truth(Argument { node, untagged: false });
        if self.assumptions.is_empty() {
            self.conditions.insert(name, Some(truth.clone()));
        } else {
            self.conditions.remove(name);
        }
        truth
    }

    /// With `name` taken to hold or not, the value of a node.
    pub(super) fn value_assuming(&mut self, name: &'t str, holds: bool, node: NodeId) -> Option<Value> {
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
        let name = name.unwrap_or_default();
        let null = || Value::null().at(call.span);
        let then = self.value_assuming(name, true, then).unwrap_or_else(null);
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
