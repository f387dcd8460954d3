//! Templates: which white space the strip markers and the indentation of `<<-` take away.
//!
//! Terraform does both on the flat sequence of literals, one for each line of a heredoc, and of what stands between
//! them, before it looks at directives. So the parser's tree is laid out flat, trimmed, and put together again.

use std::ops::Range;

use hcl::edit::Span as _;
use hcl::edit::template::{Directive, Element, StringTemplate, Strip, Template as Tree};

use super::literal::{self, Escapes};
use super::native::Converter;
use super::{Part, Template, TemplateFor, TemplateIf};
use crate::value::TextBuilder;

/// How a template is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// `"…"`
    Quoted,
    /// `<<EOT`, or a template file.
    Lines,
    /// `<<-EOT`
    Indented,
}

impl Form {
    fn escapes(self) -> Escapes {
        if self == Self::Quoted { Escapes::Quoted } else { Escapes::Template }
    }
}

/// The parser's two sorts of template.
#[derive(Clone, Copy)]
pub(super) enum Elements<'t> {
    String(&'t StringTemplate),
    Template(&'t Tree),
}

impl<'t> Elements<'t> {
    fn iter(self) -> hcl::edit::template::Iter<'t> {
        match self {
            Self::String(template) => template.iter(),
            Self::Template(template) => template.iter(),
        }
    }
}

/// An element of the flat sequence.
enum Token {
    /// Bytes of the source.
    Literal(Range<usize>),
    /// An interpolation, or one marker of a directive.
    Sequence(Strip),
}

/// Converts a parsed template.
pub(super) fn convert(converter: &Converter<'_>, tree: Elements<'_>, form: Form) -> Template {
    let mut tokens = Vec::new();
    flatten(converter, tree, form, &mut tokens);
    strip(converter.source, form.escapes(), &mut tokens);
    if form == Form::Indented {
        dedent(converter.source, &mut tokens);
    }
    let mut tokens = tokens.into_iter();
    rebuild(converter, tree, form, &mut tokens)
}

fn flatten(converter: &Converter<'_>, tree: Elements<'_>, form: Form, tokens: &mut Vec<Token>) {
    for element in tree.iter() {
        match element {
            Element::Literal(literal) => {
                let range = literal.span().unwrap_or_default();
                tokens.extend(lines(converter.source, range, form).map(Token::Literal));
            }
            Element::Interpolation(interpolation) => {
                tokens.push(Token::Sequence(interpolation.strip));
            }
            Element::Directive(directive) => match &**directive {
                Directive::If(directive) => {
                    tokens.push(Token::Sequence(directive.if_expr.strip));
                    flatten(converter, Elements::Template(&directive.if_expr.template), form, tokens);
                    if let Some(otherwise) = &directive.else_expr {
                        tokens.push(Token::Sequence(otherwise.strip));
                        flatten(converter, Elements::Template(&otherwise.template), form, tokens);
                    }
                    tokens.push(Token::Sequence(directive.endif_expr.strip));
                }
                Directive::For(directive) => {
                    tokens.push(Token::Sequence(directive.for_expr.strip));
                    flatten(converter, Elements::Template(&directive.for_expr.template), form, tokens);
                    tokens.push(Token::Sequence(directive.endfor_expr.strip));
                }
            },
        }
    }
}

/// The literals that Terraform sees in one of the parser's: a line each, in a quoted string the whole.
fn lines(source: &str, range: Range<usize>, form: Form) -> impl Iterator<Item = Range<usize>> {
    let mut rest = range;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let bytes = source.as_bytes().get(rest.clone())?;
        let end = match form {
            Form::Quoted => rest.end,
            Form::Lines | Form::Indented => memchr::memchr(b'\n', bytes).map_or(rest.end, |end| rest.start + end + 1),
        };
        let line = rest.start..end;
        rest.start = end;
        Some(line)
    })
}

/// Takes away the white space next to `~`, within the neighbouring literal.
fn strip(source: &str, escapes: Escapes, tokens: &mut [Token]) {
    for index in 0..tokens.len() {
        let Some(Token::Sequence(marker)) = tokens.get(index) else {
            continue;
        };
        let marker = *marker;
        if marker.strip_start()
            && let Some(Token::Literal(before)) = index.checked_sub(1).and_then(|index| tokens.get_mut(index))
        {
            *before = literal::trim_end(source, before.clone(), escapes);
        }
        if marker.strip_end()
            && let Some(Token::Literal(after)) = tokens.get_mut(index + 1)
        {
            *after = literal::trim_start(source, after.clone(), escapes);
        }
    }
}

/// Takes the indentation that all lines have in common away from each.
fn dedent(source: &str, tokens: &mut [Token]) {
    let slice = |range: &Range<usize>| source.get(range.clone()).unwrap_or_default();
    let spaces = |line: &str| line.chars().take_while(|c| c.is_whitespace()).count();
    let mut common = usize::MAX;
    let mut line_starts = Vec::new();
    let mut at_line_start = true;
    for (index, token) in tokens.iter().enumerate() {
        match token {
            Token::Literal(range) => {
                let line = slice(range);
                let blank = line.ends_with('\n') && line.trim().is_empty();
                if at_line_start && !blank {
                    common = common.min(spaces(line));
                    line_starts.push(index);
                }
                // What strip markers left of a line may have lost its end; then the next one is no line start.
                at_line_start = line.ends_with('\n');
            }
            Token::Sequence(_) => {
                if at_line_start {
                    common = 0;
                }
                at_line_start = false;
            }
        }
    }
    for index in line_starts {
        if let Some(Token::Literal(range)) = tokens.get_mut(index) {
            let bytes: usize = slice(range).chars().take(common).map(char::len_utf8).sum();
            range.start += bytes;
        }
    }
}

/// Puts the parser's tree together again, with the literals as they are now.
fn rebuild(
    converter: &Converter<'_>,
    tree: Elements<'_>,
    form: Form,
    tokens: &mut impl Iterator<Item = Token>,
) -> Template {
    let mut parts = Vec::new();
    for element in tree.iter() {
        match element {
            Element::Literal(literal) => {
                let count = lines(converter.source, literal.span().unwrap_or_default(), form).count();
                let mut text = TextBuilder::new();
                for token in tokens.by_ref().take(count) {
                    if let Token::Literal(range) = token {
                        literal::push(converter.source, range, form.escapes(), converter.place, &mut text);
                    }
                }
                // Also where nothing is left of it: a template of a literal and a value is text.
                parts.push(Part::Literal(text.finish()));
            }
            Element::Interpolation(interpolation) => {
                tokens.next();
                parts.push(Part::Interpolation(converter.expression(&interpolation.expr)));
            }
            Element::Directive(directive) => match &**directive {
                Directive::If(directive) => {
                    tokens.next();
                    let condition = converter.expression(&directive.if_expr.cond_expr);
                    let then = rebuild(converter, Elements::Template(&directive.if_expr.template), form, tokens);
                    let otherwise = directive.else_expr.as_ref().map(|otherwise| {
                        tokens.next();
                        rebuild(converter, Elements::Template(&otherwise.template), form, tokens)
                    });
                    tokens.next();
                    let otherwise = otherwise.unwrap_or_default();
                    parts.push(Part::If(Box::new(TemplateIf { condition, then, otherwise })));
                }
                Directive::For(directive) => {
                    tokens.next();
                    let intro = &directive.for_expr;
                    let key_name = intro.key_var.as_ref().map(|name| converter.identifier(name));
                    let value_name = converter.identifier(&intro.value_var);
                    let collection = converter.expression(&intro.collection_expr);
                    let body = rebuild(converter, Elements::Template(&intro.template), form, tokens);
                    tokens.next();
                    parts.push(Part::For(Box::new(TemplateFor { key_name, value_name, collection, body })));
                }
            },
        }
    }
    Template { parts }
}
