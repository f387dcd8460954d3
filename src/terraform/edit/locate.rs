//! Finding what is to be changed: bodies of blocks, objects, lists, as places in the text.

use std::ops::Range;

use hcl::edit::Span as _;
use hcl::edit::expr::{Array, Expression, Object, ObjectKey};
use hcl::edit::structure::{Block, Body, Structure};

use super::EditError;

/// A body or an object, with what stands in it.
pub(super) struct Place<'t> {
    pub(super) kind: PlaceKind,
    /// Between the braces.
    pub(super) inside: Range<usize>,
    pub(super) items: Vec<Item<'t>>,
}

/// What sort of place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum PlaceKind {
    /// The body of the block that the change is about.
    Top,
    /// The body of a block within.
    Nested,
    /// An object of the expression language.
    Object,
}

/// An argument, a block, or an entry of an object.
pub(super) struct Item<'t> {
    /// Empty for a key that is not a plain name.
    pub(super) name: &'t str,
    /// From the name to the end of the value or the closing brace.
    pub(super) whole: Range<usize>,
    pub(super) content: Content<'t>,
}

/// What an item holds.
#[derive(Clone, Copy)]
pub(super) enum Content<'t> {
    Value(&'t Expression),
    Block(&'t Block),
}

impl Item<'_> {
    pub(super) fn is_block(&self) -> bool {
        matches!(self.content, Content::Block(_))
    }
}

/// Parses the one block that a text is.
pub(super) fn parse(text: &str) -> Result<Body, EditError> {
    hcl::edit::parser::parse_body(text).map_err(|error| EditError::Unparsable(error.message().to_owned()))
}

/// The body of the block that the parsed text is.
pub(super) fn top<'t>(text: &str, body: &'t Body) -> Result<Place<'t>, EditError> {
    let block = body.blocks().next().ok_or_else(|| EditError::Unparsable("expected a block".to_owned()))?;
    Place::of_block(text, block, PlaceKind::Top)
}

impl<'t> Place<'t> {
    pub(super) fn of_block(text: &str, block: &'t Block, kind: PlaceKind) -> Result<Self, EditError> {
        let whole = block.span().unwrap_or_default();
        let header = match block.labels.last() {
            Some(label) => label.span(),
            None => block.ident.span(),
        }
        .unwrap_or_default();
        let open = opening_brace(text, header.end).filter(|&open| open < whole.end).ok_or(EditError::Lost)?;
        let items = block.body.iter().map(Item::of_structure).collect();
        Ok(Self { kind, inside: open + 1..whole.end.saturating_sub(1), items })
    }

    pub(super) fn of_object(object: &'t Object) -> Self {
        let whole = object.span().unwrap_or_default();
        let items = object.iter().map(|(key, value)| Item::of_entry(key, value.expr())).collect();
        Self { kind: PlaceKind::Object, inside: whole.start + 1..whole.end.saturating_sub(1), items }
    }

    /// The argument or entry of a name.
    pub(super) fn value(&self, name: &str) -> Option<(&Item<'t>, &'t Expression)> {
        self.items.iter().find_map(|item| match item.content {
            Content::Value(value) if item.name == name => Some((item, value)),
            _ => None,
        })
    }

    /// The blocks of a type.
    pub(super) fn blocks(&self, name: &str) -> impl Iterator<Item = (&Item<'t>, &'t Block)> {
        self.items.iter().filter_map(move |item| match item.content {
            Content::Block(block) if item.name == name => Some((item, block)),
            _ => None,
        })
    }

    /// The body or object of a name, for going into it.
    pub(super) fn step(&self, text: &str, name: &str) -> Result<Option<Place<'t>>, EditError> {
        self.refuse_dynamic(name)?;
        let mut blocks = self.blocks(name);
        match (blocks.next(), blocks.next()) {
            (Some((_, block)), None) => return Self::of_block(text, block, PlaceKind::Nested).map(Some),
            (Some(_), Some(_)) => return Err(EditError::Several(name.to_owned())),
            (None, _) => {}
        }
        match self.value(name) {
            Some((_, value)) => match as_object(value) {
                Some(object) => Ok(Some(Self::of_object(object))),
                None => Err(EditError::NotLiteral(name.to_owned())),
            },
            None => Ok(None),
        }
    }

    /// Errors when a `dynamic` block makes the blocks of a type.
    pub(super) fn refuse_dynamic(&self, name: &str) -> Result<(), EditError> {
        let is_dynamic =
            self.blocks("dynamic").any(|(_, block)| block.labels.iter().any(|label| label.as_str() == name));
        if is_dynamic { Err(EditError::Dynamic(name.to_owned())) } else { Ok(()) }
    }
}

impl<'t> Item<'t> {
    fn of_structure(structure: &'t Structure) -> Self {
        match structure {
            Structure::Attribute(attribute) => {
                let start = attribute.key.span().unwrap_or_default().start;
                let end = attribute.value.span().unwrap_or_default().end;
                let content = Content::Value(&attribute.value);
                Self { name: attribute.key.as_str(), whole: start..end, content }
            }
            Structure::Block(block) => Self {
                name: block.ident.as_str(),
                whole: block.span().unwrap_or_default(),
                content: Content::Block(block),
            },
        }
    }

    fn of_entry(key: &'t ObjectKey, value: &'t Expression) -> Self {
        let (name, span) = match key {
            ObjectKey::Ident(name) => (name.as_str(), name.span()),
            ObjectKey::Expression(Expression::String(name)) => (name.as_str(), name.span()),
            ObjectKey::Expression(expression) => ("", expression.span()),
        };
        let end = value.span().unwrap_or_default().end;
        Self { name, whole: span.unwrap_or_default().start..end, content: Content::Value(value) }
    }
}

/// The object that an expression writes out: in parentheses, or as the one element of a list, too.
pub(super) fn as_object(expression: &Expression) -> Option<&Object> {
    match expression {
        Expression::Object(object) => Some(object),
        Expression::Parenthesis(inner) => as_object(inner.inner()),
        Expression::Array(items) if items.len() == 1 => as_object(items.get(0)?),
        _ => None,
    }
}

/// Functions that give the elements of their one argument.
const ELEMENTS_OF: &[&str] = &["toset", "tolist", "distinct", "sort", "compact", "flatten"];

/// Functions that give the elements of all their arguments together.
const ELEMENTS_OF_ALL: &[&str] = &["concat", "setunion"];

/// The list that an expression writes out, also where functions are applied to it that keep its elements.
pub(super) fn as_list(expression: &Expression) -> Option<&Array> {
    match expression {
        Expression::Array(list) => Some(list),
        Expression::Parenthesis(inner) => as_list(inner.inner()),
        Expression::FuncCall(call) if !call.name.is_namespaced() && !call.args.expand_final() => {
            let name = call.name.name.as_str();
            if ELEMENTS_OF.contains(&name) && call.args.len() == 1 {
                as_list(call.args.get(0)?)
            } else if ELEMENTS_OF_ALL.contains(&name) {
                call.args.iter().filter_map(as_list).last()
            } else {
                None
            }
        }
        _ => None,
    }
}

/// The place that paths start at.
pub(super) fn start<'t>(text: &str, tree: &'t Body, range: Option<&Range<usize>>) -> Result<Place<'t>, EditError> {
    range.map_or_else(|| top(text, tree), |range| within(text, tree, range))
}

/// The smallest body or object whose whole (header and braces included) holds the range.
fn within<'t>(text: &str, body: &'t Body, range: &Range<usize>) -> Result<Place<'t>, EditError> {
    let holds =
        |span: Option<Range<usize>>| span.is_some_and(|span| span.start <= range.start && range.end <= span.end);
    let mut place = top(text, body)?;
    // Each round goes one level down, and the parser bounds the levels.
    loop {
        let Some(item) = place.items.iter().find(|item| holds(Some(item.whole.clone()))) else {
            return Ok(place);
        };
        match item.content {
            Content::Block(block) if item.name == "dynamic" => {
                let label = block.labels.first().map(hcl::edit::structure::BlockLabel::as_str);
                return Err(EditError::Dynamic(label.unwrap_or_default().to_owned()));
            }
            Content::Block(block) => place = Place::of_block(text, block, PlaceKind::Nested)?,
            Content::Value(value) => match holding(value, item.name, &holds)? {
                Some(object) => place = Place::of_object(object),
                None => return Ok(place),
            },
        }
    }
}

/// The outermost object of an expression that holds what is asked for. What a `for` makes is written nowhere.
fn holding<'t>(
    expression: &'t Expression,
    name: &str,
    holds: &impl Fn(Option<Range<usize>>) -> bool,
) -> Result<Option<&'t Object>, EditError> {
    let parts: Vec<&Expression> = match expression {
        _ if !holds(expression.span()) => return Ok(None),
        Expression::Object(object) => return Ok(Some(object)),
        Expression::ForExpr(_) => return Err(EditError::NotLiteral(name.to_owned())),
        Expression::Parenthesis(inner) => vec![inner.inner()],
        Expression::Array(items) => items.iter().collect(),
        Expression::FuncCall(call) => call.args.iter().collect(),
        Expression::Conditional(conditional) => vec![&conditional.true_expr, &conditional.false_expr],
        _ => return Ok(None),
    };
    // One part at most holds it.
    parts.into_iter().find(|part| holds(part.span())).map_or(Ok(None), |part| holding(part, name, holds))
}

/// The expression whose place is this range.
pub(super) fn expression_at<'t>(body: &'t Body, range: &Range<usize>) -> Option<&'t Expression> {
    body.iter().find_map(|structure| match structure {
        Structure::Attribute(attribute) => in_expression(&attribute.value, range),
        Structure::Block(block) => expression_at(&block.body, range),
    })
}

fn in_expression<'t>(expression: &'t Expression, range: &Range<usize>) -> Option<&'t Expression> {
    let span = expression.span()?;
    if span == *range {
        return Some(expression);
    }
    if span.end < range.end || range.start < span.start {
        return None;
    }
    match expression {
        Expression::Parenthesis(inner) => in_expression(inner.inner(), range),
        Expression::Object(object) => object.iter().find_map(|(_, value)| in_expression(value.expr(), range)),
        Expression::Array(items) => items.iter().find_map(|item| in_expression(item, range)),
        Expression::FuncCall(call) => call.args.iter().find_map(|argument| in_expression(argument, range)),
        Expression::Conditional(conditional) => {
            [&conditional.true_expr, &conditional.false_expr].into_iter().find_map(|arm| in_expression(arm, range))
        }
        _ => None,
    }
}

/// The first brace from `at` on that is not in a comment.
fn opening_brace(text: &str, mut at: usize) -> Option<usize> {
    loop {
        let rest = text.get(at..)?;
        let skipped = at + (rest.len() - rest.trim_start().len());
        let rest = text.get(skipped..)?;
        if rest.starts_with('{') {
            return Some(skipped);
        }
        let end = rest.strip_prefix("/*")?.find("*/")?;
        at = skipped + end + 4;
    }
}
