//! What a name or a pair of names stands for: `Ref`, `Fn::GetAtt`, `Fn::FindInMap`, the variables of loops.

use crate::source::Span;
use crate::value::{Kind, Text, TextBuilder, Unknown, Value, Why};

use super::evaluate::{Call, Evaluator, known_text, unknown, unknown_call};
use super::sam;
use super::tree::NodeId;

/// `Fn::FindInMap` with unknown keys looks at this many entries before it gives up; a mapping has at most 200
/// attributes a key ("CloudFormation quotas").
const MAX_MAPPING_ENTRIES: usize = 1000;

/// The keys that a step into a mapping may take.
enum Keys {
    Known(Vec<Text>),
    Any,
}

impl<'t> Evaluator<'t> {
    /// `Ref`, of a name or, with `AWS::LanguageExtensions`, of what a function gives.
    pub(super) fn referred(&mut self, call: &Call<'t>) -> Option<Value> {
        if let Some(name) = self.scalar_of(call) {
            return self.reference(name, call.span);
        }
        let name = self.argument(call.argument).unwrap_or_else(Value::null);
        match known_text(&name) {
            Some(name) => self.reference(name.literal_content(), call.span),
            None => Some(unknown_call(call, &[name])),
        }
    }

    /// What `Ref` gives for a name; `None` for `AWS::NoValue`.
    pub(super) fn reference(&mut self, name: &str, span: Span) -> Option<Value> {
        if let Some((_, value)) = self.loop_variables.iter().rev().find(|(variable, _)| *variable == name) {
            return Some(value.clone());
        }
        if name == "AWS::NoValue" {
            return None;
        }
        let replaced = self.with_loop_variables(Text::from(name));
        let name = replaced.as_str().unwrap_or(name);
        if let Some(value) = self.parameter(name) {
            return Some(value.or_at(Some(span)));
        }
        if name.starts_with("AWS::") {
            return Some(self.pseudo_parameter(name).at(span));
        }
        let made = sam::referred(self, name);
        let name = made.as_deref().unwrap_or(name);
        let symbol = self.symbol_of(name, "");
        let why = self.why_of_resource(name);
        Some(Value::new(Kind::Unknown(Unknown { symbol, why }), Some(span)))
    }

    /// `AWS::Region` and the like. AWS: "Pseudo parameters reference".
    pub(super) fn pseudo_parameter(&self, name: &str) -> Value {
        /// What differs from stack to stack.
        const OF_STACK: [&str; 3] = ["AWS::StackName", "AWS::StackId", "AWS::NotificationARNs"];
        let given = &self.sections.context.options.parameters;
        if let Some(given) = given.get(name).filter(|_| !OF_STACK.contains(&name) || self.scope().is_empty()) {
            return Value::text(given.as_str());
        }
        if let Some(known) = given.get("AWS::Region").and_then(|region| of_region(name, region)) {
            return Value::text(known);
        }
        let scope = if OF_STACK.contains(&name) { self.scope() } else { "" };
        unknown(format!("{scope}{name}"), Why::Runtime(name.into()))
    }

    fn parameter(&mut self, name: &str) -> Option<Value> {
        let sections = self.sections;
        let (&name, &node) = sections.parameters.get_key_value(name)?;
        let value = self.parameters.entry(name).or_insert_with(|| super::parameter::value(sections, name, node));
        Some(value.clone())
    }

    fn why_of_resource(&self, name: &str) -> Why {
        if self.is_resource(name) { Why::AfterDeployment(name.into()) } else { Why::Absent(name.into()) }
    }

    /// `Fn::GetAtt`: `Resource.Attribute`, or the two in a sequence.
    pub(super) fn attribute(&mut self, call: &Call<'t>) -> Value {
        if let Some(path) = self.scalar_of(call) {
            return self.attribute_of(path);
        }
        if self.arguments(call).is_empty() {
            let path = self.argument(call.argument).unwrap_or_else(Value::null);
            return match known_text(&path) {
                Some(path) => self.attribute_of(path.literal_content()),
                None => unknown_call(call, &[path]),
            };
        }
        let parts: Vec<Value> = self.arguments(call).iter().map(|&node| self.value_or_null(node)).collect();
        let names: Option<Vec<Text>> = parts.iter().map(known_text).collect();
        match names.as_deref() {
            Some([resource, attributes @ ..]) if !attributes.is_empty() => {
                let attribute: Vec<&str> = attributes.iter().filter_map(Text::as_str).collect();
                self.attribute_value(resource.as_str().unwrap_or_default(), &attribute.join("."))
            }
            _ => unknown_call(call, &parts),
        }
    }

    /// What `Resource.Attribute` stands for.
    pub(super) fn attribute_of(&mut self, path: &str) -> Value {
        let replaced = self.with_loop_variables(Text::from(path));
        let path = replaced.as_str().unwrap_or(path);
        let (resource, attribute) = path.split_once('.').unwrap_or((path, ""));
        // `${Function.Alias}` names what `Ref` would, `${Function.Alias.Arn}` an attribute of it.
        let (made, rest) = attribute.split_once('.').unwrap_or((attribute, ""));
        if let Some(made) = sam::referred(self, &format!("{resource}.{made}")) {
            return self.attribute_value(&made, rest);
        }
        self.attribute_value(resource, attribute)
    }

    fn attribute_value(&mut self, resource: &str, attribute: &str) -> Value {
        if let Some(output) = self.output_of_stack(resource, attribute) {
            return output;
        }
        let why = match self.why_of_resource(resource) {
            Why::AfterDeployment(_) => Why::AfterDeployment(format!("{resource}.{attribute}").into()),
            other => other,
        };
        Value::unknown(self.symbol_of(resource, attribute), why)
    }

    /// `Fn::FindInMap`. With unknown keys: any of the values that some key gives.
    pub(super) fn find_in_map(&mut self, call: &Call<'t>) -> Value {
        let tree = self.sections.tree;
        let (keys, default) = match self.arguments(call) {
            [keys @ .., default] if keys.len() == 3 => (keys, tree.get(*default, "DefaultValue")),
            keys => (keys, None),
        };
        let operands: Vec<Value> = keys.iter().map(|&node| self.value_or_null(node)).collect();
        let mut found: Vec<NodeId> = self.sections.mappings.into_iter().collect();
        let mut may_miss = false;
        for operand in &operands {
            let keys = possible_keys(operand);
            may_miss |= !matches!(&keys, Keys::Known(keys) if keys.len() == 1);
            found = self.step_into(&found, &keys);
            if found.len() > MAX_MAPPING_ENTRIES {
                return unknown_call(call, &operands);
            }
        }
        if operands.len() != 3 {
            return unknown_call(call, &operands);
        }
        if found.is_empty() || may_miss {
            found.extend(default);
        }
        let arms: Vec<Value> = found.into_iter().filter_map(|node| self.value(node)).collect();
        Value::one_of(arms, || unknown_call(call, &operands))
    }

    fn step_into(&self, from: &[NodeId], keys: &Keys) -> Vec<NodeId> {
        let tree = self.sections.tree;
        let is_meant = |key: NodeId| match keys {
            Keys::Any => true,
            Keys::Known(keys) => keys.iter().any(|known| known.as_str() == tree.scalar(key)),
        };
        let pairs = from.iter().filter_map(|&node| tree.mapping(node)).flatten();
        pairs.filter(|(key, _)| is_meant(*key)).map(|(_, value)| value).take(MAX_MAPPING_ENTRIES + 1).collect()
    }

    /// Unrolls an `Fn::ForEach`: `each` of the keys and values of its body, once for every element. AWS:
    /// "`Fn::ForEach`". Over what is not known, once, with the variable unknown.
    pub(super) fn for_each(&mut self, node: NodeId, each: &mut dyn FnMut(&mut Self, NodeId, NodeId)) {
        let tree = self.sections.tree;
        let Some(&[variable, elements, body]) = tree.sequence(node) else { return };
        let Some(variable) = tree.scalar(variable) else { return };
        let elements = self.value_or_null(elements);
        let elements = elements.as_list().map_or_else(|| vec![elements.clone()], |list| list.items().to_vec());
        for element in elements {
            if self.enter().is_err() {
                return;
            }
            self.loop_variables.push((variable, element));
            for (key, value) in tree.mapping(body).into_iter().flatten() {
                each(self, key, value);
            }
            self.loop_variables.pop();
            self.leave();
        }
    }

    /// The text with `${Variable}` and `&{Variable}` of the loops around it replaced.
    pub(super) fn with_loop_variables(&self, text: Text) -> Text {
        let content = text.literal_content();
        if self.loop_variables.is_empty() || !content.contains('{') {
            return text;
        }
        let mut builder = TextBuilder::new();
        let mut done = 0;
        for (open, _) in content.match_indices('{') {
            let Some(start) = open.checked_sub(1).filter(|&start| start >= done) else { continue };
            let Some((name, _)) = content.get(open + 1..).and_then(|rest| rest.split_once('}')) else { break };
            let marked = matches!(content.as_bytes().get(start), Some(b'$' | b'&'));
            let bound = self.loop_variables.iter().rev().find(|(variable, _)| marked && *variable == name);
            if let Some(mut value) = bound.and_then(|(_, value)| value.to_text()) {
                if content.as_bytes().get(start) == Some(&b'&') {
                    // For logical ids, which have letters and digits only.
                    let letters = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect();
                    value = value.map_literals(letters, Clone::clone);
                }
                builder.push_text(&text.slice(done..start).unwrap_or_else(|| Text::from("")));
                builder.push_text(&value);
                done = open + name.len() + 2;
            }
        }
        builder.push_text(&text.slice(done..content.len()).unwrap_or_else(|| Text::from("")));
        builder.finish()
    }
}

fn possible_keys(value: &Value) -> Keys {
    let known: Option<Vec<Text>> = value.alternatives().iter().map(known_text).collect();
    known.map_or(Keys::Any, Keys::Known)
}

/// The partition and the domain that a region lies in. AWS: "Amazon Resource Names (ARNs)".
fn of_region(pseudo_parameter: &str, region: &str) -> Option<&'static str> {
    let is_china = region.starts_with("cn-");
    match pseudo_parameter {
        "AWS::Partition" if is_china => Some("aws-cn"),
        "AWS::Partition" if region.starts_with("us-gov-") => Some("aws-us-gov"),
        "AWS::Partition" => Some("aws"),
        "AWS::URLSuffix" => Some(if is_china { "amazonaws.com.cn" } else { "amazonaws.com" }),
        _ => None,
    }
}
