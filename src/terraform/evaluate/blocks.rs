//! Nested blocks, written out or `dynamic`.

use super::expression::{Element, elements_of};
use super::{Evaluator, Scope};
use crate::source::Span;
use crate::terraform::syntax::{Body, Kind as Syntax, NestedBlock};
use crate::value::{Entry, Kind, MAX_ALTERNATIVES, Symbol, Text, Value};

/// Arguments and blocks that say how Terraform goes about it, and are no part of the resource.
pub(super) const META: [&str; 7] =
    ["count", "for_each", "provider", "depends_on", "lifecycle", "connection", "provisioner"];

/// The lists of blocks that a part of a body may make.
type Alternatives = Vec<Vec<Value>>;

/// Chooses one of them.
type Pick<'p> = dyn FnMut(&[Vec<Value>]) -> Option<Vec<Value>> + 'p;

impl<'a> Evaluator<'a> {
    /// The arguments and nested blocks of a nested block's body.
    pub(super) fn nested_body(&self, body: &Body, scope: Scope<'_, 'a>) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::with_capacity(body.attributes.len());
        for attribute in &body.attributes {
            entries.push(Entry {
                key: Text::from(&*attribute.name.text),
                key_origin: Some(attribute.name.span),
                value: self.expression(&attribute.value, scope),
            });
        }
        for (kind, origin) in block_kinds(body) {
            let value = self.nested_blocks(body, kind, scope);
            entries.push(Entry { key: Text::from(kind), key_origin: Some(origin), value });
        }
        entries
    }

    /// The blocks of one type as a list of objects. Where `dynamic` blocks hang on what is not known, one of several
    /// lists.
    pub(super) fn nested_blocks(&self, body: &Body, kind: &str, scope: Scope<'_, 'a>) -> Value {
        let mut parts: Vec<Alternatives> = Vec::new();
        for block in &body.blocks {
            if &*block.kind.text == kind {
                let object = Value::object(self.nested_body(&block.body, scope)).at(block.span);
                parts.push(vec![vec![object]]);
            } else if dynamic_kind(block).is_some_and(|(label, _)| label == kind) {
                self.dynamic_blocks(block, kind, scope, &mut parts);
            }
        }
        one_of_lists(&parts)
    }

    /// Adds what a `dynamic` block makes, each part with its alternatives. Its `labels` are not read: no provider can
    /// have nested blocks with labels, and Terraform refuses them.
    fn dynamic_blocks(&self, block: &NestedBlock, kind: &str, scope: Scope<'_, 'a>, parts: &mut Vec<Alternatives>) {
        let Some(content) = block.body.blocks_of("content").next() else {
            return;
        };
        let iterator = match block.body.get("iterator").map(|iterator| &iterator.kind) {
            Some(Syntax::Variable(name)) => name,
            Some(Syntax::Literal(value)) => value.as_str().unwrap_or(kind),
            _ => kind,
        };
        let Some(for_each) = block.body.get("for_each") else {
            return;
        };
        let collection = self.expression(for_each, scope);
        let make = |element: Element| {
            let value = Value::object(vec![Entry::new("key", element.key), Entry::new("value", element.value)]);
            let binding = scope.bind(iterator, value);
            Value::object(self.nested_body(&content.body, scope.with(&binding))).at(content.span)
        };
        let of_arm = |arm: &Value| -> Vec<Alternatives> {
            match elements_of(arm) {
                Some(elements) => elements
                    .into_iter()
                    .map(|element| {
                        let spreads = element.spreads;
                        let object = make(element);
                        // Any number of blocks like this: one, or none.
                        if spreads { vec![vec![object], vec![]] } else { vec![vec![object]] }
                    })
                    .collect(),
                None => match &arm.kind {
                    Kind::Unknown(unknown) => {
                        let part = |part: &str| {
                            let symbol = Symbol::new(format!("{}.{iterator}.{part}", unknown.symbol.name()));
                            Value::unknown(symbol, unknown.why.clone())
                        };
                        let element = Element { key: part("key"), value: part("value"), spreads: true };
                        vec![vec![vec![make(element)], vec![]]]
                    }
                    _ => Vec::new(),
                },
            }
        };
        match &collection.kind {
            Kind::OneOf(arms) => {
                // What each arm may make is an alternative of one part.
                let lists = arms.iter().flat_map(|arm| lists_of(&of_arm(arm))).collect();
                parts.push(lists);
            }
            _ => parts.extend(of_arm(&collection)),
        }
    }
}

/// The types of the blocks in a body, `dynamic` ones included, in the order of the code.
pub(super) fn block_kinds(body: &Body) -> Vec<(&str, Span)> {
    let mut kinds: Vec<(&str, Span)> = Vec::new();
    for block in &body.blocks {
        let (kind, span) = dynamic_kind(block).unwrap_or((&block.kind.text, block.kind.span));
        if !META.contains(&kind) && !kinds.iter().any(|(seen, _)| *seen == kind) {
            kinds.push((kind, span));
        }
    }
    kinds
}

fn dynamic_kind(block: &NestedBlock) -> Option<(&str, Span)> {
    if &*block.kind.text != "dynamic" {
        return None;
    }
    block.labels.first().map(|label| (&*label.text, label.span))
}

/// All lists that the parts may make; the longest and the shortest where these are too many.
fn lists_of(parts: &[Alternatives]) -> Alternatives {
    let choices = parts.iter().try_fold(1usize, |product, part| product.checked_mul(part.len()));
    let choose = |pick: &mut Pick<'_>| -> Vec<Value> { parts.iter().filter_map(|part| pick(part)).flatten().collect() };
    match choices {
        Some(choices) if choices <= MAX_ALTERNATIVES => (0..choices)
            .map(|mut choice| {
                choose(&mut |part| {
                    let chosen = part.get(choice % part.len().max(1)).cloned();
                    choice /= part.len().max(1);
                    chosen
                })
            })
            .collect(),
        _ => vec![
            choose(&mut |part| part.iter().max_by_key(|list| list.len()).cloned()),
            choose(&mut |part| part.iter().min_by_key(|list| list.len()).cloned()),
        ],
    }
}

fn one_of_lists(parts: &[Alternatives]) -> Value {
    Value::one_of(lists_of(parts).into_iter().map(Value::tuple), || Value::tuple(Vec::new()))
}
