//! From the parser's tree to ours. Names and literals are read from the source, the parser gives the structure.

use std::borrow::Cow;
use std::ops::Range;

use hcl::edit::expr::{self as tree, Expression as Tree};
use hcl::edit::structure::{Body as TreeBody, Structure};
use hcl::edit::{Decorated, Ident, Span as _};
use rustc_hash::FxHashMap;

use super::literal::{self, Escapes, Place};
use super::template::{self, Elements, Form};
use super::{
    Attribute, Binary, Body, Call, Conditional, Expression, For, Kind, Name, NestedBlock, Step, Template, Traversal,
    too_many_types,
};
use crate::source::{InputError, SourceFile, Span};
use crate::terraform::split;
use crate::value::{Number, NumberError, Symbol, Text, Value, Why};

/// An attribute or key that stands twice is renamed and the block parsed again, this often at most: each costs a pass.
const MAX_REPAIRS: usize = 64;

/// What has more equals signs and colons is not parsed: the parser compares each key of an object with all before it,
/// which takes a second for so many.
const MAX_ENTRIES: usize = 20_000;

/// What has more commas and opening brackets is not parsed: a part of an expression of two bytes can become a thousand
/// in the trees. A list of all addresses of a network of 16 bits has a third as many.
const MAX_PARTS: usize = 200_000;

/// Why a text is not parsed, if it is that large.
fn too_large(source: &str) -> Option<String> {
    let bytes = source.as_bytes();
    if bytes.len() > MAX_ENTRIES && memchr::memchr2_iter(b'=', b':', bytes).nth(MAX_ENTRIES).is_some() {
        return Some(format!("more than {MAX_ENTRIES} arguments or keys together"));
    }
    too_many_parts(bytes)
}

fn too_many_parts(bytes: &[u8]) -> Option<String> {
    let is_part = |byte: &&u8| matches!(byte, b',' | b'{' | b'[' | b'(');
    (bytes.len() > MAX_PARTS && bytes.iter().filter(is_part).nth(MAX_PARTS).is_some())
        .then(|| format!("more than {MAX_PARTS} elements, calls and interpolations together"))
}

/// Why a template is not parsed, if it is too large. In one without interpolations brackets are text.
fn too_large_template(source: &str) -> Option<String> {
    let is_template = source.contains("${") || source.contains("%{");
    if is_template { too_many_parts(source.as_bytes()) } else { None }
}

/// The body of the one block in these bytes of a file, and what else is wrong in it.
pub(crate) fn parse_block(file: &SourceFile, range: Range<usize>) -> Result<(Body, Vec<InputError>), InputError> {
    let (mut body, errors) = parse_range(file, range.clone())?;
    match body.blocks.pop() {
        Some(block) => Ok((block.body, errors)),
        None => Err(error_at(file, range.start, "expected a block".to_owned())),
    }
}

/// The argument in these bytes of a file, as a body that holds nothing else.
pub(crate) fn parse_argument(file: &SourceFile, range: Range<usize>) -> Result<(Body, Vec<InputError>), InputError> {
    parse_range(file, range)
}

/// A file that is one body: a variables file.
pub(crate) fn parse_body(file: &SourceFile) -> Result<(Body, Vec<InputError>), InputError> {
    parse_range(file, 0..file.text().len())
}

fn parse_range(file: &SourceFile, range: Range<usize>) -> Result<(Body, Vec<InputError>), InputError> {
    let source = file.text().get(range.clone()).unwrap_or_default();
    if let Some(what) = too_large(source) {
        let message = format!("this is more than is read: {what}; the rest of the file was checked");
        return Err(error_at(file, range.start, message));
    }
    let tree =
        parse_repaired(source, hcl::edit::parser::parse_body).map_err(|error| refused(file, range.start, &error))?;
    let converter = Converter { source, place: Place::At(file.id(), range.start) };
    let mut errors = Vec::new();
    let body = converter.body(&tree, file, &mut errors);
    Ok((body, errors))
}

/// A template file.
pub(crate) fn parse_template(file: &SourceFile) -> Result<Template, InputError> {
    let source = file.text();
    if let Some(what) = too_large_template(source) {
        return Err(error_at(file, 0, format!("this is more than is read: {what}")));
    }
    let tree = parse_repaired(source, hcl::edit::parser::parse_template).map_err(|error| refused(file, 0, &error))?;
    Ok(template::convert(&Converter { source, place: Place::At(file.id(), 0) }, Elements::Template(&tree), Form::Lines))
}

/// An expression in text that was decoded from a file; an error is a message.
pub(crate) fn parse_decoded_expression(text: &Text, whole: Span) -> Result<Expression, String> {
    let source = text.literal_content();
    if let Some(what) = too_large(source) {
        return Err(format!("this is more than is read: {what}"));
    }
    let tree = parse_repaired(source, hcl::edit::parser::parse_expr).map_err(|error| error.message().to_owned())?;
    Ok(Converter { source, place: Place::Decoded(text, whole) }.expression(&tree))
}

/// A template in text that was decoded from a file; an error is a message.
pub(crate) fn parse_decoded_template(text: &Text, whole: Span) -> Result<Template, String> {
    let source = text.literal_content();
    if let Some(what) = too_large_template(source) {
        return Err(format!("this is more than is read: {what}"));
    }
    let tree = parse_repaired(source, hcl::edit::parser::parse_template).map_err(|error| error.message().to_owned())?;
    // No strip marker of a JSON string sees its lines; it is one literal.
    Ok(template::convert(
        &Converter { source, place: Place::Decoded(text, whole) },
        Elements::Template(&tree),
        Form::Lines,
    ))
}

fn refused(file: &SourceFile, base: usize, error: &hcl::edit::parser::Error) -> InputError {
    // The parser has bounds of its own, which Terraform has not.
    let is_bound = error.message().contains("at most");
    let what = if is_bound { "this is more than is read" } else { "Terraform would not understand this" };
    let message = format!("{what}: {}; the rest of the file was checked", error.message());
    error_at(file, base + error.location().offset(), message)
}

fn error_at(file: &SourceFile, offset: usize, message: String) -> InputError {
    let line = file.position(u32::try_from(offset).unwrap_or(u32::MAX)).line;
    InputError::at_line(file.shown_path(), line, message)
}

/// Parses, also where an attribute or an object's key stands twice, which the parser refuses and Terraform reports
/// or even accepts, where it does not see that a line goes on, and where it takes the text of a heredoc for its end. A
/// later name and such text are replaced by others of the same length for the parser's eyes, a line end by a space; the
/// tree is read with the source's names and texts.
fn parse_repaired<T>(
    source: &str,
    parse: impl Fn(&str) -> Result<T, hcl::edit::parser::Error>,
) -> Result<T, hcl::edit::parser::Error> {
    let mut text = without_false_ends(source);
    let mut attempt = 0;
    loop {
        let error = match parse(&text) {
            Ok(tree) => return Ok(tree),
            Err(error) => error,
        };
        attempt += 1;
        if attempt == 1
            && let Some(shortened) = without_huge_numbers(&text)
        {
            text = Cow::Owned(shortened);
            continue;
        }
        if attempt <= MAX_REPAIRS
            && let Some(joined) = joined(&text, error.location().offset())
        {
            text = Cow::Owned(joined);
            continue;
        }
        if attempt > MAX_REPAIRS || !error.message().contains("redefined") {
            return Err(error);
        }
        match renamed(&text, error.location().offset(), attempt) {
            Some(renamed) => text = Cow::Owned(renamed),
            None => return Err(error),
        }
    }
}

/// The text with other words for those in heredocs that the parser would take for their end, and Terraform does not.
fn without_false_ends(text: &str) -> Cow<'_, str> {
    let ends = split::false_ends(text);
    if ends.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    for at in ends {
        // A marker is a name, which may begin with a character of several bytes.
        let length = text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        for byte in bytes.iter_mut().skip(at).take(length) {
            *byte = if *byte == b'x' { b'y' } else { b'x' };
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The text with zeros for the numbers that are beyond double precision, which the parser refuses; `None` where there
/// are none.
fn without_huge_numbers(text: &str) -> Option<String> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let mut shortened: Option<Vec<u8>> = None;
    let mut at = 0;
    for word in text.as_bytes().chunk_by(|&a, &b| {
        is_part(a) == is_part(b) || (matches!(a, b'e' | b'E') && b == b'+') || (a == b'+' && is_part(b))
    }) {
        let range = at..at + word.len();
        at = range.end;
        let is_huge = word.first().is_some_and(u8::is_ascii_digit)
            && text.get(range.clone()).and_then(|word| word.parse::<f64>().ok()).is_some_and(f64::is_infinite);
        if is_huge && let Some(bytes) = shortened.get_or_insert_with(|| text.as_bytes().to_vec()).get_mut(range) {
            bytes.fill(b'0');
            // Two zeros do not begin a number.
            if let Some(point) = bytes.get_mut(1) {
                *point = b'.';
            }
        }
    }
    String::from_utf8(shortened?).ok()
}

/// The text with spaces for the line end that stops the parser at `at`, if that stands in a `for` in braces: there,
/// as in all brackets but those of plain objects, expressions go on in the next line.
fn joined(text: &str, at: usize) -> Option<String> {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace();
    let (before, behind) = text.as_bytes().split_at_checked(at)?;
    // It stops before a line end, where a value must follow, or behind one, before an operator.
    let start = at - before.iter().rev().take_while(|byte| is_blank(byte)).count();
    let end = at + behind.iter().take_while(|byte| is_blank(byte)).count();
    let open = split::innermost(text, at)?;
    let mut inside = text.get(open..)?.strip_prefix('{')?.split_ascii_whitespace();
    if inside.next() != Some("for") || !text.get(start..end)?.contains('\n') {
        return None;
    }
    let mut joined = text.to_owned();
    joined.replace_range(start..end, &" ".repeat(end - start));
    Some(joined)
}

/// The text with the first word from `at` on replaced by another of the same length.
fn renamed(text: &str, at: usize, attempt: usize) -> Option<String> {
    let rest = text.get(at..)?;
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let start = at + rest.bytes().position(|byte| is_word(&byte))?;
    let length = text.as_bytes().get(start..)?.iter().take_while(|byte| is_word(byte)).count();
    let digits = text.as_bytes().get(start)?.is_ascii_digit();
    let (first, base) = if digits { (b'1', 9) } else { (b'a', 26) };
    let mut rest = attempt;
    let word: String = (0..length)
        .map(|_| {
            let letter = u8::try_from(rest % base).unwrap_or_default();
            rest /= base;
            char::from(first + letter)
        })
        .collect();
    let mut renamed = text.to_owned();
    renamed.replace_range(start..start + length, &word);
    Some(renamed)
}

/// What it takes to convert a tree: the bytes that were parsed, and where they stand.
pub(super) struct Converter<'a> {
    pub(super) source: &'a str,
    pub(super) place: Place<'a>,
}

impl Converter<'_> {
    fn body(&self, body: &TreeBody, file: &SourceFile, errors: &mut Vec<InputError>) -> Body {
        let mut converted = Body::default();
        let mut places: FxHashMap<&str, usize> = FxHashMap::default();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let name = self.name(&attribute.key);
                    let written = attribute.key.span().map_or(attribute.key.as_str(), |range| self.slice(range));
                    let place = *places.entry(written).or_insert(converted.attributes.len());
                    if let Some(first) = converted.attributes.get(place) {
                        let line = file.position(first.name.span.start).line;
                        let message = format!(
                            "the argument \"{}\" is set twice, first on line {line}; Terraform refuses this file. \
                             Remove one; the first was checked",
                            name.text,
                        );
                        errors.push(error_at(file, name.span.start as usize, message));
                        continue;
                    }
                    converted.attributes.push(Attribute { name, value: self.expression(&attribute.value) });
                }
                Structure::Block(block) => converted.blocks.push(NestedBlock {
                    kind: self.name(&block.ident),
                    labels: block
                        .labels
                        .iter()
                        .map(|label| {
                            let range = label.span().unwrap_or_default();
                            Name { text: label.as_str().into(), span: self.place.span(&range) }
                        })
                        .collect(),
                    body: self.body(&block.body, file, errors),
                    span: self.place.span(&block.span().unwrap_or_default()),
                }),
            }
        }
        if let Some(span) = converted.keep_few_types() {
            errors.push(error_at(file, span.start as usize, too_many_types()));
        }
        converted
    }

    fn slice(&self, range: Range<usize>) -> &str {
        self.source.get(range).unwrap_or_default()
    }

    /// A name, read from the source.
    pub(super) fn identifier(&self, name: &Decorated<Ident>) -> Box<str> {
        name.span().map_or_else(|| name.as_str().into(), |range| self.slice(range).into())
    }

    fn name(&self, name: &Decorated<Ident>) -> Name {
        Name { text: self.identifier(name), span: self.place.span(&name.span().unwrap_or_default()) }
    }

    /// Converts an expression. The parser bounds how deep it nests.
    pub(super) fn expression(&self, tree: &Tree) -> Expression {
        let range = tree.span().unwrap_or_default();
        let span = self.place.span(&range);
        let kind = match tree {
            Tree::Null(_) => Kind::Literal(Value::null().at(span)),
            Tree::Bool(value) => Kind::Literal(Value::bool(*value.value()).at(span)),
            Tree::Number(number) => {
                let written = self.slice(range);
                // What the parser gives has lost digits.
                let exact = match written.parse::<Number>() {
                    Err(NumberError::Notation) => number.value().to_string().parse(),
                    exact => exact,
                };
                let value = match exact {
                    Ok(number) => Value::new(crate::value::Kind::Number(number), None),
                    Err(error) => Value::unknown(Symbol::new(written), Why::Budget(error.to_string().into())),
                };
                Kind::Literal(value.at(span))
            }
            Tree::String(_) => {
                // Without its quotes.
                let inner = range.start + 1..range.end.saturating_sub(1).max(range.start + 1);
                let text = literal::text(self.source, inner, Escapes::Quoted, self.place);
                Kind::Literal(Value::text(text).at(span))
            }
            Tree::StringTemplate(string) => self.template(Elements::String(string), Form::Quoted, span),
            Tree::HeredocTemplate(heredoc) => {
                let indented = self.slice(range).starts_with("<<-");
                self.template(
                    Elements::Template(&heredoc.template),
                    if indented { Form::Indented } else { Form::Lines },
                    span,
                )
            }
            Tree::Parenthesis(inner) => return self.expression(inner.inner()),
            Tree::Array(items) => Kind::Tuple(items.iter().map(|item| self.expression(item)).collect()),
            Tree::Object(object) => {
                Kind::Object(object.iter().map(|(key, value)| (self.key(key), self.expression(value.expr()))).collect())
            }
            Tree::Variable(_) => Kind::Variable(self.slice(range).into()),
            Tree::Traversal(traversal) => Kind::Traversal(Box::new(Traversal {
                source: self.expression(&traversal.expr),
                steps: traversal.operators.iter().map(|step| self.step(step.value())).collect(),
            })),
            Tree::FuncCall(call) => Kind::Call(Box::new(Call {
                name: {
                    let mut name = String::new();
                    for namespace in &call.name.namespace {
                        name.push_str(&self.identifier(namespace));
                        name.push_str("::");
                    }
                    name.push_str(&self.identifier(&call.name.name));
                    name.into()
                },
                arguments: call.args.iter().map(|argument| self.expression(argument)).collect(),
                expand_last: call.args.expand_final(),
            })),
            Tree::UnaryOp(operation) => {
                let operand = Box::new(self.expression(&operation.expr));
                match operation.operator.value() {
                    tree::UnaryOperator::Neg => Kind::Negate(operand),
                    tree::UnaryOperator::Not => Kind::Not(operand),
                }
            }
            Tree::BinaryOp(operation) => Kind::Binary(Box::new(Binary {
                operator: *operation.operator.value(),
                left: self.expression(&operation.lhs_expr),
                right: self.expression(&operation.rhs_expr),
            })),
            Tree::Conditional(conditional) => Kind::Conditional(Box::new(Conditional {
                condition: self.expression(&conditional.cond_expr),
                then: self.expression(&conditional.true_expr),
                otherwise: self.expression(&conditional.false_expr),
            })),
            Tree::ForExpr(expression) => Kind::For(Box::new(For {
                key_name: expression.intro.key_var.as_ref().map(|name| self.identifier(name)),
                value_name: self.identifier(&expression.intro.value_var),
                collection: self.expression(&expression.intro.collection_expr),
                key: expression.key_expr.as_ref().map(|key| self.expression(key)),
                value: self.expression(&expression.value_expr),
                grouping: expression.grouping,
                condition: expression.cond.as_ref().map(|condition| self.expression(&condition.expr)),
            })),
        };
        Expression { kind, span }
    }

    fn template(&self, tree: Elements<'_>, form: Form, span: Span) -> Kind {
        let mut template = template::convert(self, tree, form);
        match &template.parts[..] {
            [] => Kind::Literal(Value::text("").at(span)),
            [super::Part::Literal(_)] => match template.parts.pop() {
                Some(super::Part::Literal(text)) => Kind::Literal(Value::text(text).at(span)),
                _ => Kind::Template(template),
            },
            _ => Kind::Template(template),
        }
    }

    fn key(&self, key: &tree::ObjectKey) -> Expression {
        match key {
            tree::ObjectKey::Ident(name) => {
                let name = self.name(name);
                let text = Text::literal_at(&*name.text, name.span);
                Expression { kind: Kind::Literal(Value::text(text).at(name.span)), span: name.span }
            }
            tree::ObjectKey::Expression(expression) => {
                let span = self.place.span(&expression.span().unwrap_or_default());
                let literal = |value: Value| Expression { kind: Kind::Literal(value.at(span)), span };
                match expression {
                    // A word, without parentheses.
                    Tree::Null(_) => literal(Value::text("null")),
                    Tree::Traversal(_) => {
                        let message = "a reference as a key stands in parentheses: `(local.name) = …`";
                        // Where a call passes providers on, this is how their names are written.
                        let written = self.slice(expression.span().unwrap_or_default());
                        literal(Value::unknown(Symbol::new(written), Why::Error(message.into())))
                    }
                    _ => self.expression(expression),
                }
            }
        }
    }

    fn step(&self, step: &tree::TraversalOperator) -> Step {
        match step {
            tree::TraversalOperator::AttrSplat(_) => Step::AttributeSplat,
            tree::TraversalOperator::FullSplat(_) => Step::FullSplat,
            tree::TraversalOperator::GetAttr(name) => Step::Attribute(self.identifier(name)),
            tree::TraversalOperator::Index(index) => Step::Index(self.expression(index)),
            tree::TraversalOperator::LegacyIndex(index) => {
                let span = self.place.span(&index.span().unwrap_or_default());
                let number = Value::integer(i64::try_from(*index.value()).unwrap_or(i64::MAX)).at(span);
                Step::Index(Expression { kind: Kind::Literal(number), span })
            }
        }
    }
}
