//! The `Rules` of a template: what a deployment asserts about its parameters. AWS: "CloudFormation template Rules
//! syntax".

use crate::source::InputError;
use crate::value::{Value, Why};

use super::evaluate::{Argument, Call, Evaluator, known_text, why_unknown};
use super::function::Function;
use super::truth::Truth;

impl Evaluator<'_> {
    /// The assertions that given parameters break; a deployment refuses them. Defaults alone are not held against a
    /// template: many are there to be replaced.
    pub(super) fn broken_rules(&mut self) -> Vec<InputError> {
        let sections = self.sections;
        let (tree, context) = (sections.tree, sections.context);
        if context.given.is_none() && context.options.parameters.is_empty() {
            return Vec::new();
        }
        let mut broken = Vec::new();
        let rules = tree.get(tree.root(), "Rules").and_then(|rules| tree.mapping(rules));
        for (key, rule) in rules.into_iter().flatten() {
            let condition = tree.get(rule, "RuleCondition");
            if condition.is_some_and(|node| self.truth(Argument { node, untagged: false }) != Truth::True) {
                continue;
            }
            let assertions = tree.get(rule, "Assertions").and_then(|node| tree.sequence(node)).unwrap_or_default();
            for &assertion in assertions {
                let Some(node) = tree.get(assertion, "Assert") else { continue };
                if self.truth(Argument { node, untagged: false }) == Truth::False {
                    let why = tree.get(assertion, "AssertDescription").and_then(|node| tree.scalar(node));
                    let name = tree.scalar(key).unwrap_or_default();
                    let message = format!(
                        "the rule {name} refuses the given parameters{}{}",
                        if why.is_some() { ": " } else { "" },
                        why.unwrap_or_default()
                    );
                    let (file, line) = (sections.file(assertion), sections.position(assertion).line);
                    broken.push(InputError::at_line(file.shown_path(), line, message));
                }
            }
        }
        broken
    }

    /// The functions that only rules have: whether a list contains a value, and whether each member of a list is in
    /// another or equals a value.
    pub(super) fn truth_of_rule_function(&mut self, call: &Call<'_>) -> Truth {
        let &[left, right] = self.arguments(call) else {
            return Truth::Unknown(Why::Error(format!("{} takes two arguments", call.name).into()));
        };
        let (left, right) = (self.value_or_null(left), self.value_or_null(right));
        let items = |value: &Value| value.as_list().map(|list| list.items().to_vec());
        let (members, among) = match call.function {
            // The first holds, the second is looked for.
            Function::Contains => (Some(vec![right.clone()]), items(&left)),
            Function::EachMemberIn => (items(&left), items(&right)),
            _ => (items(&left), Some(vec![right.clone()])),
        };
        let unknown = || {
            let why = why_unknown(&left).or_else(|| why_unknown(&right));
            Truth::Unknown(why.unwrap_or_else(|| Why::Error(format!("{} compares texts", call.name).into())))
        };
        let (Some(members), Some(among)) = (members, among) else { return unknown() };
        let known: Option<Vec<_>> = among.iter().map(known_text).collect();
        for member in &members {
            let Some(member) = known_text(member) else { return unknown() };
            let is_there = among.iter().filter_map(known_text).any(|value| value == member);
            match (is_there, &known) {
                (true, _) => {}
                (false, Some(_)) => return Truth::False,
                (false, None) => return unknown(),
            }
        }
        Truth::True
    }
}
