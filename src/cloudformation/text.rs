//! Functions that make and take texts: `Fn::Sub`, `Fn::Join`, `Fn::Split`, `Fn::Base64`, `Fn::ToJsonString`.

use base64::Engine as _;
use rustc_hash::FxHashMap;

use crate::value::{Encoding, Kind, List, ListKind, Symbol, Text, TextBuilder, Value, Why};

use super::evaluate::{Call, Evaluator, distribute, known_text, unknown, unknown_call};
use super::tree::NodeId;

/// A part of a text that is put together.
enum Part {
    /// What the template writes in this place.
    Literal(Text),
    /// What the variable of this place among all of them gives.
    Variable(usize),
}

impl<'t> Evaluator<'t> {
    /// `Fn::Sub`. Its value stands where the text with the placeholders stands, or, where that is one variable and
    /// nothing else, where that variable's value stands.
    pub(super) fn substitute(&mut self, call: &Call<'t>) -> Value {
        let sections = self.sections;
        let (template, variables) = match *self.arguments(call) {
            [template] => (template, None),
            [template, variables] => (template, Some(variables)),
            _ => (call.argument.node, None),
        };
        if sections.tree.scalar(template).is_none() {
            let argument = self.argument(call.argument).unwrap_or_else(Value::null);
            return unknown_call(call, &[argument]);
        }
        let span = self.span(template);
        let text = sections.text(template);
        let text = self.with_loop_variables(text);
        // Each variable once, however often it stands there: what it may be, it is everywhere.
        let mut names: Vec<(&str, Value)> = Vec::new();
        let parts = self.parts(&text, variables, &mut names);
        let values: Vec<Value> = names.into_iter().map(|(_, value)| value).collect();
        if let ([Part::Variable(_)], [value]) = (parts.as_slice(), values.as_slice()) {
            if value.is_unknown() {
                return value.clone().at(span);
            }
            if value.as_text().is_some() {
                // Nothing but the variable: it is the variable's value, which stands where that is written.
                return value.clone().or_at(Some(span));
            }
        }
        let left = &mut self.budget.text_left;
        let value = distribute(&values, &mut |values| {
            let mut builder = TextBuilder::new();
            for part in &parts {
                match part {
                    Part::Literal(text) => builder.push_text(text),
                    Part::Variable(place) => {
                        if let Some(value) = values.get(*place) {
                            push_variable(&mut builder, value);
                        }
                    }
                }
                if builder.len() > *left {
                    return too_long(call).at(span);
                }
            }
            *left -= builder.len();
            Value::text(builder.finish()).at(span)
        });
        value.or_at(Some(span))
    }

    /// Cuts a text at its placeholders: `${Name}`, `${Resource.Attribute}`, and `${!Text}`, which is `${Text}`.
    fn parts<'n>(&mut self, text: &'n Text, variables: Option<NodeId>, names: &mut Vec<(&'n str, Value)>) -> Vec<Part> {
        let content = text.literal_content();
        let mut parts = Vec::new();
        let mut places: FxHashMap<&str, usize> = FxHashMap::default();
        let literal = |parts: &mut Vec<Part>, range: std::ops::Range<usize>| {
            if let Some(slice) = text.slice(range.clone()).filter(|_| !range.is_empty()) {
                parts.push(Part::Literal(slice));
            }
        };
        let (mut done, mut from) = (0, 0);
        while let Some(open) = content.get(from..).and_then(|rest| rest.find("${")).map(|at| from + at) {
            let Some(length) = content.get(open + 2..).and_then(|rest| rest.find('}')) else { break };
            let close = open + 2 + length;
            let name = content.get(open + 2..close).unwrap_or_default().trim();
            from = close + 1;
            if name.starts_with('!') {
                literal(&mut parts, done..open + 2);
                // Behind the exclamation mark, which stands first but for space.
                done = content.get(open..close).and_then(|rest| rest.find('!')).map_or(open + 2, |at| open + at + 1);
            } else if is_variable(name) {
                literal(&mut parts, done..open);
                done = close + 1;
                if let Some(&place) = places.get(name) {
                    parts.push(Part::Variable(place));
                } else if let Some(value) = self.variable(name, variables, text, open..close + 1) {
                    parts.push(Part::Variable(names.len()));
                    places.insert(name, names.len());
                    names.push((name, value));
                }
            }
        }
        // A text that a loop's unknown variable is part of ends with that symbol; the slice keeps it.
        if done < content.len() || !text.is_known() {
            parts.extend(text.slice(done..content.len()).map(Part::Literal));
        }
        parts
    }

    fn variable(
        &mut self,
        name: &str,
        variables: Option<NodeId>,
        text: &Text,
        range: std::ops::Range<usize>,
    ) -> Option<Value> {
        if let Some(node) = variables.and_then(|variables| self.sections.tree.get(variables, name)) {
            return self.value(node);
        }
        let place = text.span_of(range).unwrap_or_else(|| self.sections.files.main().whole());
        if name.contains('.') {
            return Some(self.attribute_of(name).at(place));
        }
        self.reference(name, place)
    }

    /// `Fn::Join`.
    pub(super) fn join(&mut self, call: &Call<'t>) -> Value {
        let &[delimiter, list] = self.arguments(call) else { return unknown_call(call, &[]) };
        let operands = [self.value_or_null(delimiter), self.value_or_null(list)];
        let left = &mut self.budget.text_left;
        distribute(&operands, &mut |operands| match operands {
            [delimiter, Value { kind: Kind::List(list), .. }] => distribute(list.items(), &mut |items| {
                join(delimiter, items, *left).map_or_else(
                    || unknown_call(call, operands),
                    |text| {
                        *left -= text.literal_content().len();
                        Value::text(text).at(call.span)
                    },
                )
            }),
            _ => unknown_call(call, operands),
        })
    }

    /// `Fn::Split`. What is unknown may hold the delimiter, unless its characters are known not to.
    pub(super) fn split(&mut self, call: &Call<'t>) -> Value {
        let &[delimiter, source] = self.arguments(call) else { return unknown_call(call, &[]) };
        let operands = [self.value_or_null(delimiter), self.value_or_null(source)];
        distribute(&operands, &mut |operands| {
            let [delimiter, source] = operands else { return unknown_call(call, operands) };
            match (delimiter.as_str(), source.to_text().map(|text| text.expanded())) {
                (Some(delimiter), Some(text)) if !delimiter.is_empty() => {
                    if text.symbols().any(|(_, symbol)| may_hold(symbol, delimiter)) {
                        return unknown_call(call, operands);
                    }
                    split(&text, delimiter, source, |part| part).at(call.span)
                }
                _ => unknown_call(call, operands),
            }
        })
    }

    /// `Fn::Base64`.
    pub(super) fn base64(&mut self, call: &Call<'t>) -> Value {
        let operand = self.argument(call.argument).unwrap_or_else(Value::null);
        let left = &mut self.budget.text_left;
        distribute(&[operand], &mut |operands| {
            let known = operands.first().and_then(known_text).filter(|text| text.literal_content().len() < *left / 2);
            let Some(plain) = known else { return unknown_call(call, operands) };
            let plain = plain.literal_content();
            let encoded = base64::engine::general_purpose::STANDARD.encode(plain);
            *left -= encoded.len();
            Value::text(encoded).at(call.span)
        })
    }

    /// `Fn::ToJsonString`.
    pub(super) fn json_text(&mut self, call: &Call<'t>) -> Value {
        let value = self.argument(call.argument).unwrap_or_else(Value::null);
        if value.is_unknown() {
            return unknown_call(call, &[value]);
        }
        Value::text(Text::encoding(value, Encoding::PlainJson))
    }
}

/// In place of a text that would be longer than all of a template's texts may be together.
fn too_long(call: &Call<'_>) -> Value {
    let why = Why::Budget("the template's functions put together more text than is kept".into());
    unknown(format!("{}@{}", call.name, call.span.start), why)
}

/// Whether a name can be a placeholder's; what else stands in `${…}` is text, of a shell for instance.
fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':'))
}

/// Adds what a variable gives: a known text as a whole, from where it was written.
fn push_variable(builder: &mut TextBuilder, value: &Value) {
    match value.to_text() {
        Some(text) => match text.as_str() {
            Some(known) if value.origin.is_some() => builder.push_from(known, value.origin),
            _ => builder.push_value_text(&text, value.origin),
        },
        None if value.is_null() => {}
        None => builder.push_symbol(Symbol::new(value.canonical())),
    }
}

/// The items with the delimiter in between; items that are null (`AWS::NoValue`) are not there. `None` for what is
/// no text, or longer than `limit`.
fn join(delimiter: &Value, items: &[Value], limit: usize) -> Option<Text> {
    let delimiter = delimiter.to_text()?;
    let mut builder = TextBuilder::new();
    for (index, item) in items.iter().filter(|item| !item.is_null()).enumerate() {
        if index > 0 {
            builder.push_text(&delimiter);
        }
        builder.push_value_text(&item.to_text()?, item.origin);
        if builder.len() > limit {
            return None;
        }
    }
    Some(builder.finish())
}

/// The parts of a text between delimiters, each without what `trim` takes away at its ends.
pub(super) fn split(text: &Text, delimiter: &str, source: &Value, trim: fn(&str) -> &str) -> Value {
    let content = text.literal_content();
    // A delimiter that spans a symbol is none.
    let breaks = |at: usize| text.symbols().any(|(hole, _)| at < hole && hole < at + delimiter.len());
    let mut items = Vec::new();
    let mut start = 0;
    let push = |range: std::ops::Range<usize>, items: &mut Vec<Value>| {
        let raw = content.get(range.clone()).unwrap_or_default();
        let has_symbol = text.symbols().any(|(hole, _)| (range.start..=range.end).contains(&hole));
        let trimmed = if has_symbol { raw } else { trim(raw) };
        let from = range.start + raw.find(trimmed).unwrap_or_default();
        let range = from..from + trimmed.len();
        let origin = text.span_of(range.clone()).filter(|span| !span.is_empty()).or(source.origin);
        if let Some(part) = text.slice(range) {
            items.push(match part.as_symbol() {
                Some(symbol) => Value::unknown(symbol.clone(), Why::AfterDeployment(symbol.name().into())),
                None => Value::text(part),
            });
            if let Some(item) = items.last_mut() {
                item.origin = origin;
            }
        }
    };
    for (at, _) in content.match_indices(delimiter) {
        if !breaks(at) {
            push(start..at, &mut items);
            start = at + delimiter.len();
        }
    }
    push(start..content.len(), &mut items);
    Value::new(Kind::List(List::new(ListKind::List, items)), None)
}

/// Whether what a symbol stands for may hold the delimiter.
fn may_hold(symbol: &Symbol, delimiter: &str) -> bool {
    let is_known: fn(char) -> bool = match symbol.name() {
        "AWS::AccountId" => |c| c.is_ascii_digit(),
        "AWS::Partition" | "AWS::Region" => |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
        "AWS::StackName" => |c| c.is_ascii_alphanumeric() || c == '-',
        "AWS::URLSuffix" => |c| c.is_ascii_lowercase() || c == '.',
        _ => return true,
    };
    delimiter.chars().all(is_known)
}
