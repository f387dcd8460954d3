//! Stacks within a template: the template that one names is evaluated with what it is given, its resources stand
//! below the stack's address, and its outputs are attributes of the stack.

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::{Existence, Resource};
use crate::source::{FileId, InputError, SourceFile};
use crate::value::{Symbol, Value, Why};

use super::context::MAX_STACKS;
use super::evaluate::{Evaluator, known_text, why_unknown};
use super::tree::NodeId;

/// What a nested stack brings.
#[derive(Default)]
pub(super) struct Stack {
    pub(super) resources: Vec<Resource>,
    pub(super) outputs: Vec<(String, Value)>,
    pub(super) errors: Vec<InputError>,
    /// The templates that were read for it.
    pub(super) calls: Vec<FileId>,
    /// Why there is nothing, where there is nothing.
    why: Option<Why>,
}

/// The types of resources that are stacks, with the property that names the template. AWS:
/// "`AWS::CloudFormation::Stack`", and "`AWS::Serverless::Application`" of SAM.
const TYPES: [(&str, &str); 2] =
    [("AWS::CloudFormation::Stack", "TemplateURL"), ("AWS::Serverless::Application", "Location")];

/// Bytes of a template that cost as much to read as a node to evaluate.
const BYTES_PER_STEP: usize = 8;

/// The property that names the template, if a type is that of stacks.
pub(super) fn template_property(kind: &str) -> Option<&'static str> {
    TYPES.iter().find(|(stack, _)| *stack == kind).map(|(_, property)| *property)
}

impl Stack {
    fn without(why: Why) -> Self {
        Self { why: Some(why), ..Self::default() }
    }

    /// The value of an output; the reason that there is none otherwise.
    fn output(&self, name: &str) -> Result<Value, Why> {
        let found = self.outputs.iter().find(|(output, _)| output == name).map(|(_, value)| value.clone());
        found.ok_or_else(|| {
            self.why.clone().unwrap_or_else(|| Why::Error(format!("the nested template has no output {name}").into()))
        })
    }
}

impl Evaluator<'_> {
    /// The stack that a resource is, evaluated the first time that somebody asks.
    pub(super) fn stack(&mut self, address: &str, node: NodeId) -> Rc<Stack> {
        match self.stacks.get(address) {
            Some(Some(stack)) => return Rc::clone(stack),
            Some(None) => return Rc::new(Stack::without(Why::Cycle(address.into()))),
            None => {}
        }
        self.stacks.insert(address.to_owned(), None);
        let stack = self.apart(address, |evaluator| evaluator.read_stack(address, node));
        let stack = Rc::new(stack.unwrap_or_else(|why| {
            let errors = match &why {
                Why::Budget(bound) => vec![self.unread(address, node, bound)],
                _ => Vec::new(),
            };
            Stack { errors, ..Stack::without(why) }
        }));
        self.stacks.insert(address.to_owned(), Some(Rc::clone(&stack)));
        stack
    }

    /// `Stack.Outputs.Name`, if the resource is a stack and the attribute an output.
    pub(super) fn output_of_stack(&mut self, resource: &str, attribute: &str) -> Option<Value> {
        let output = attribute.strip_prefix("Outputs.")?;
        let &node = self.sections.resources.get(resource)?;
        template_property(self.sections.kind_of(node)?)?;
        let stack = self.stack(resource, node);
        Some(stack.output(output).unwrap_or_else(|why| {
            let symbol = Symbol::of_resource(format!("{}{resource}", self.scope()), attribute);
            Value::unknown(symbol, why)
        }))
    }

    /// What is said of a stack that is beyond a bound.
    fn unread(&self, address: &str, node: NodeId, bound: &str) -> InputError {
        let line = self.sections.position(node).line;
        let message = format!("the stack {address} was not checked: {bound}; check its template by itself");
        InputError::at_line(self.sections.file(node).shown_path(), line, message)
    }

    fn read_stack(&mut self, address: &str, node: NodeId) -> Result<Stack, Why> {
        let sections = self.sections;
        let tree = sections.tree;
        let named = sections.kind_of(node).and_then(template_property).unwrap_or_default();
        let properties = tree.get(node, "Properties");
        let property = |name| properties.and_then(|properties| tree.get(properties, name));
        let location = property(named);
        let Some(location) = location else { return Err(Why::Error(format!("{address} names no template").into())) };
        // Rain uploads what `!Rain::S3Http` names and puts the address in its place.
        let is_uploaded = tree.node(location).tag.as_deref().is_some_and(|tag| tag.starts_with("Rain::S3"));
        let path = if is_uploaded && tree.scalar(location).is_some() {
            Value::text(sections.text(location))
        } else {
            self.value_or_null(location)
        };
        let Some(path) = known_text(&path) else {
            return Err(why_unknown(&path).unwrap_or_else(|| Why::Absent(format!("the template of {address}").into())));
        };
        let path = path.literal_content();
        let Some(file) = sections.context.local_file(sections.file(location), path) else {
            return Err(Why::Absent(format!("the template {path}").into()));
        };
        if sections.context.chain.contains(&file.id()) {
            return Err(Why::Cycle(format!("the template {path}").into()));
        }
        if sections.context.chain.len() >= MAX_STACKS {
            return Err(Why::Budget(format!("stacks are nested deeper than {MAX_STACKS} levels").into()));
        }
        self.spend_stack()?;
        self.spend(file.text().len() / BYTES_PER_STEP)?;
        let mut given = FxHashMap::default();
        let parameters = property("Parameters").and_then(|parameters| self.value(parameters));
        for entry in parameters.iter().filter_map(Value::as_map).flat_map(crate::value::Map::entries) {
            if let Some(name) = entry.key.as_str() {
                given.insert(name.to_owned(), entry.value.clone());
            }
        }
        Ok(self.nested_template(address, &file, given))
    }

    fn nested_template(&mut self, address: &str, file: &Arc<SourceFile>, given: FxHashMap<String, Value>) -> Stack {
        let context = self.sections.context.nested(format!("{}{address}.", self.scope()), given, file);
        let template = super::evaluate_template(&context, file, std::mem::take(&mut self.budget));
        self.budget = template.budget;
        let mut calls = template.calls;
        calls.push(file.id());
        let why = template.is_none.then(|| Why::Error(format!("{} is no template", file.shown_path()).into()));
        let resources = template.resources;
        Stack { resources, outputs: template.outputs, errors: template.errors, calls, why }
    }
}

/// A resource of a nested stack exists only where the stack does.
pub(super) fn within(resource: &Resource, stack: &Existence) -> Resource {
    let mut resource = resource.clone();
    if resource.existence == Existence::Certain {
        resource.existence = stack.clone();
    }
    resource
}
