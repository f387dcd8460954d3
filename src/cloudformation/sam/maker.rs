//! Makes the plain resources that one resource of SAM stands for.

use std::fmt::Write as _;

use sha1::{Digest as _, Sha1};

use super::api::Call;
use super::build::{filled, placed};
use crate::cloudformation::evaluate::Evaluator;
use crate::cloudformation::tree::NodeId;
use crate::model::{Category, Existence, Resource};
use crate::source::Span;
use crate::value::{Symbol, Value, Why};

/// A resource of SAM as it is declared.
pub(in crate::cloudformation) struct Declared {
    /// The logical id.
    pub(in crate::cloudformation) id: String,
    /// The properties, `Globals` among them.
    pub(in crate::cloudformation) properties: Value,
    /// The node of the properties.
    pub(in crate::cloudformation) node: Option<NodeId>,
    pub(in crate::cloudformation) span: Span,
    pub(in crate::cloudformation) block: Span,
    pub(in crate::cloudformation) existence: Existence,
    pub(in crate::cloudformation) metadata: Option<Value>,
    pub(in crate::cloudformation) policies: Option<Value>,
}

/// Makes resources in the place of one.
pub(in crate::cloudformation) struct Maker<'e, 't> {
    pub(super) evaluator: &'e mut Evaluator<'t>,
    pub(super) declared: &'e Declared,
    pub(super) made: Vec<Resource>,
    /// The APIs that its events need and that nobody declares.
    pub(super) implicit: Vec<Call>,
}

impl<'e, 't> Maker<'e, 't> {
    pub(in crate::cloudformation) fn new(evaluator: &'e mut Evaluator<'t>, declared: &'e Declared) -> Self {
        Self { evaluator, declared, made: Vec::new(), implicit: Vec::new() }
    }

    /// The logical id of the resource of SAM.
    pub(super) fn id(&self) -> &'e str {
        &self.declared.id
    }

    /// A property of the resource of SAM; `None` where it is null too.
    pub(super) fn property(&self, name: &str) -> Option<&'e Value> {
        self.declared.properties.get(name).filter(|value| !value.is_null())
    }

    /// Adds a resource.
    pub(super) fn add(&mut self, id: &str, kind: &str, properties: Value) {
        self.add_where(id, kind, properties, self.declared.existence.clone());
    }

    /// Adds a resource that exists where this says.
    pub(super) fn add_where(&mut self, id: &str, kind: &str, properties: Value, existence: Existence) {
        let context = self.evaluator.sections.context;
        if !(context.wanted)(Category::Managed, kind) {
            return;
        }
        let Declared { span, block, metadata, policies, .. } = self.declared;
        self.made.push(Resource {
            address: format!("{}{id}", self.evaluator.scope()).into(),
            kind: kind.into(),
            provider: None,
            category: Category::Managed,
            attributes: Value { origin: Some(*span), ..placed(properties, *span) },
            span: *span,
            block: *block,
            existence,
            metadata: metadata.clone(),
            policies: policies.clone(),
        });
    }

    /// What `Ref` gives for a resource that is made.
    pub(super) fn reference(&self, id: &str) -> Value {
        self.attribute(id, "")
    }

    /// What `Fn::GetAtt` gives for a resource that is made.
    pub(super) fn attribute(&self, id: &str, attribute: &str) -> Value {
        let dot = if attribute.is_empty() { "" } else { "." };
        let why = Why::AfterDeployment(format!("{id}{dot}{attribute}").into());
        Value::unknown(Symbol::of_resource(format!("{}{id}", self.evaluator.scope()), attribute), why)
    }

    /// A text with `${Name}` replaced: by a pseudo parameter of that name, or by what `lookup` gives.
    pub(super) fn filled(&mut self, template: &str, lookup: &mut dyn FnMut(&str) -> Option<Value>) -> Value {
        let evaluator = &mut *self.evaluator;
        let limit = evaluator.budget.text_left;
        let value = filled(template, limit, &mut |name| {
            if name.starts_with("AWS::") { Some(evaluator.pseudo_parameter(name)) } else { lookup(name) }
        });
        let value = value.unwrap_or_else(|| {
            let why = Why::Budget("the template's functions put together more text than is kept".into());
            Value::unknown(Symbol::new(format!("{}{template}", evaluator.scope())), why)
        });
        let length = value.as_text().map_or(0, |text| text.literal_content().len());
        self.evaluator.budget.text_left = self.evaluator.budget.text_left.saturating_sub(length);
        value
    }

    /// The entries of a property that takes one or several; those that say nothing are null, and count.
    pub(super) fn entries_of(&mut self, name: &str) -> Vec<Value> {
        let tree = self.evaluator.sections.tree;
        let written = self.declared.node.and_then(|properties| tree.get(properties, name));
        if let Some(items) = written.and_then(|node| tree.sequence(node)) {
            return items.iter().map(|&item| self.evaluator.value_or_null(item)).collect();
        }
        self.property(name).map(super::build::items).unwrap_or_default().to_vec()
    }
}

/// A logical id with what SAM adds to tell apart what a name's characters cannot: the beginning of a hash.
pub(super) fn hashed_id(prefix: &str, of: &str) -> String {
    if of.is_empty() {
        return prefix.to_owned();
    }
    let digest = Sha1::digest(of.as_bytes());
    let mut id = prefix.to_owned();
    for byte in digest.iter().take(5) {
        // Writing to a String cannot fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}
