//! The syntax tree: what the parser says, without whitespace, with absolute places, as the evaluator wants it.

mod json;
mod literal;
mod native;
mod template;

pub(crate) use json::{JsonBlock, Objects, blocks as json_blocks, body as json_body};
pub(crate) use native::{
    parse_argument, parse_block, parse_body, parse_decoded_expression, parse_decoded_template, parse_template,
};

use hcl::expr::BinaryOperator;
use rustc_hash::FxHashSet;

use crate::source::Span;
use crate::value::Value;

/// A name and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) text: Box<str>,
    pub(crate) span: Span,
}

/// Nested blocks of more types are not read: no resource of any provider has a tenth as many, and each type is looked
/// for among all blocks.
const MAX_TYPES: usize = 1_000;

/// What is said of a body with more types of blocks than that.
fn too_many_types() -> String {
    format!("more than {MAX_TYPES} types of blocks stand here; this one and the following were not checked")
}

/// The arguments and blocks between two braces.
#[derive(Clone, Default, Debug)]
pub(crate) struct Body {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) blocks: Vec<NestedBlock>,
}

/// `name = expression`
#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub(crate) name: Name,
    pub(crate) value: Expression,
}

/// A block within a block.
#[derive(Clone, Debug)]
pub(crate) struct NestedBlock {
    pub(crate) kind: Name,
    pub(crate) labels: Vec<Name>,
    pub(crate) body: Body,
    /// From the block type to the closing brace.
    pub(crate) span: Span,
}

impl Body {
    /// The expression of an argument.
    pub(crate) fn get(&self, name: &str) -> Option<&Expression> {
        self.attribute(name).map(|attribute| &attribute.value)
    }

    /// An argument.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| &*attribute.name.text == name)
    }

    /// Drops the blocks of all types but the first [`MAX_TYPES`]. The place of the first that is dropped.
    pub(crate) fn keep_few_types(&mut self) -> Option<Span> {
        if self.blocks.len() <= MAX_TYPES {
            return None;
        }
        let mut types: FxHashSet<Box<str>> = FxHashSet::default();
        let mut dropped = None;
        self.blocks.retain(|block| {
            let name = block.labels.first().filter(|_| &*block.kind.text == "dynamic").unwrap_or(&block.kind);
            let keeps = types.contains(&name.text) || (types.len() < MAX_TYPES && types.insert(name.text.clone()));
            if !keeps {
                dropped = dropped.or(Some(block.kind.span));
            }
            keeps
        });
        dropped
    }

    /// The blocks of a type.
    pub(crate) fn blocks_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a NestedBlock> {
        self.blocks.iter().filter(move |block| &*block.kind.text == kind)
    }
}

/// An expression and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
}

/// What sort of expression.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// A value that stands there as such.
    Literal(Value),
    /// A string or heredoc with something to evaluate in it.
    Template(Template),
    /// `[a, b]`
    Tuple(Box<[Expression]>),
    /// `{ k = v }`
    Object(Box<[(Expression, Expression)]>),
    /// The first name of a reference: `var`.
    Variable(Box<str>),
    /// What follows a reference or another expression: `.a[0][*].b`
    Traversal(Box<Traversal>),
    /// `f(a, b...)`
    Call(Box<Call>),
    /// `!a`
    Not(Box<Expression>),
    /// `-a`
    Negate(Box<Expression>),
    /// `a == b`
    Binary(Box<Binary>),
    /// `a ? b : c`
    Conditional(Box<Conditional>),
    /// `[for …]` or `{for …}`
    For(Box<For>),
}

/// A start and the steps from there.
#[derive(Clone, Debug)]
pub(crate) struct Traversal {
    pub(crate) source: Expression,
    pub(crate) steps: Box<[Step]>,
}

/// One step into a value.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// `.name`
    Attribute(Box<str>),
    /// `[key]`, also `.0`
    Index(Expression),
    /// `.*`, which applies to the attributes that follow at once.
    AttributeSplat,
    /// `[*]`, which applies to all that follows.
    FullSplat,
}

/// A call of a function.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// With its namespaces, `core::` or `provider::aws::`.
    pub(crate) name: Box<str>,
    pub(crate) arguments: Box<[Expression]>,
    /// Whether the last argument is a list of arguments: `f(a...)`.
    pub(crate) expand_last: bool,
}

/// Two operands.
#[derive(Clone, Debug)]
pub(crate) struct Binary {
    pub(crate) operator: BinaryOperator,
    pub(crate) left: Expression,
    pub(crate) right: Expression,
}

/// One of two, by a condition.
#[derive(Clone, Debug)]
pub(crate) struct Conditional {
    pub(crate) condition: Expression,
    pub(crate) then: Expression,
    pub(crate) otherwise: Expression,
}

/// A collection made from another.
#[derive(Clone, Debug)]
pub(crate) struct For {
    pub(crate) key_name: Option<Box<str>>,
    pub(crate) value_name: Box<str>,
    pub(crate) collection: Expression,
    /// Of an object's entries; `None` for a tuple.
    pub(crate) key: Option<Expression>,
    pub(crate) value: Expression,
    /// Whether values of one key are put into a list: `…`.
    pub(crate) grouping: bool,
    pub(crate) condition: Option<Expression>,
}

/// Text with something to evaluate in it.
#[derive(Clone, Default, Debug)]
pub(crate) struct Template {
    pub(crate) parts: Vec<Part>,
}

/// A part of a template.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// Text as it stands, unescaped, each byte with its place.
    Literal(crate::value::Text),
    /// `${…}`
    Interpolation(Expression),
    /// `%{ if … }`
    If(Box<TemplateIf>),
    /// `%{ for … }`
    For(Box<TemplateFor>),
}

/// `%{ if condition }then%{ else }otherwise%{ endif }`
#[derive(Clone, Debug)]
pub(crate) struct TemplateIf {
    pub(crate) condition: Expression,
    pub(crate) then: Template,
    pub(crate) otherwise: Template,
}

/// `%{ for key, value in collection }body%{ endfor }`
#[derive(Clone, Debug)]
pub(crate) struct TemplateFor {
    pub(crate) key_name: Option<Box<str>>,
    pub(crate) value_name: Box<str>,
    pub(crate) collection: Expression,
    pub(crate) body: Template,
}

impl Template {
    /// The one expression, if the template is nothing but its interpolation.
    pub(crate) fn as_interpolation(&self) -> Option<&Expression> {
        match &self.parts[..] {
            [Part::Interpolation(expression)] => Some(expression),
            _ => None,
        }
    }
}
