//! Templates: strings with values in them.

use super::budget::{MAX_ELEMENTS, MAX_TEXT};
use super::expression::{elements_of, text_of};
use super::{Evaluator, Scope};
use crate::source::Span;
use crate::terraform::composed::composed;
use crate::terraform::convert::{Type, convert};
use crate::terraform::syntax::{Part, Template, TemplateFor, TemplateIf};
use crate::value::{Kind, MAX_ALTERNATIVES, Symbol, Text, TextBuilder, Value, Why};

/// Why a template has no text: the error in it.
struct Failure(Why);

impl<'a> Evaluator<'a> {
    /// The value of a template that stands at `span`: the value itself where it is one interpolation and no more.
    pub(super) fn template(&self, template: &Template, span: Span, scope: Scope<'_, 'a>) -> Value {
        if let Some(expression) = template.as_interpolation() {
            return self.expression(expression, scope);
        }
        self.template_text(template, span, scope).at(span)
    }

    fn template_text(&self, template: &Template, span: Span, scope: Scope<'_, 'a>) -> Value {
        let symbol = || Symbol::new(format!("template {}", self.source_name(span, scope)));
        let mut pieces = Vec::new();
        match self.pieces(template, span, scope, &mut pieces) {
            Ok(()) => {
                let value = combine(&pieces, &symbol);
                value.alternatives().iter().for_each(|text| self.spend_on_surface(text));
                value
            }
            Err(Failure(why)) => Value::unknown(symbol(), why),
        }
    }

    /// The texts that the template is made of, each perhaps not known, or one of several.
    fn pieces(
        &self,
        template: &Template,
        span: Span,
        scope: Scope<'_, 'a>,
        pieces: &mut Vec<Value>,
    ) -> Result<(), Failure> {
        for part in &template.parts {
            if pieces.len() > MAX_ELEMENTS {
                return Err(Failure(Why::Budget("a text of more parts than are followed".into())));
            }
            match part {
                Part::Literal(text) => pieces.push(Value::text(text.clone())),
                Part::Interpolation(expression) => pieces.push(self.expression(expression, scope)),
                Part::If(directive) => self.if_directive(directive, span, scope, pieces)?,
                Part::For(directive) => self.for_directive(directive, span, scope, pieces)?,
            }
        }
        Ok(())
    }

    fn if_directive(
        &self,
        directive: &TemplateIf,
        span: Span,
        scope: Scope<'_, 'a>,
        pieces: &mut Vec<Value>,
    ) -> Result<(), Failure> {
        let condition = self.expression(&directive.condition, scope);
        let condition = convert(condition, &Type::Bool);
        match &condition.kind {
            Kind::Bool(true) => self.pieces(&directive.then, span, scope, pieces),
            Kind::Bool(false) => self.pieces(&directive.otherwise, span, scope, pieces),
            Kind::Null => Err(Failure(Why::Error("the condition of a template is null".into()))),
            Kind::Unknown(unknown) if matches!(unknown.why, Why::Error(_)) => Err(Failure(unknown.why.clone())),
            _ => {
                let then = self.template_text(&directive.then, span, scope);
                let otherwise = self.template_text(&directive.otherwise, span, scope);
                let name = format!("template {} if {}", self.source_name(span, scope), condition.canonical());
                let why = Why::Budget("more alternatives than are followed".into());
                pieces.push(Value::one_of([then, otherwise], || Value::unknown(Symbol::new(name), why)));
                Ok(())
            }
        }
    }

    fn for_directive(
        &self,
        directive: &TemplateFor,
        span: Span,
        scope: Scope<'_, 'a>,
        pieces: &mut Vec<Value>,
    ) -> Result<(), Failure> {
        let collection = self.expression(&directive.collection, scope);
        let Some(elements) = elements_of(&collection) else {
            let name = format!("template {} for {}", self.source_name(span, scope), collection.canonical());
            let why = match &collection.kind {
                Kind::Unknown(unknown) => unknown.why.clone(),
                Kind::OneOf(_) => Why::AfterDeployment(collection.canonical().into()),
                _ => Why::Error("`for` in a template needs a list, a set or a map".into()),
            };
            pieces.push(Value::unknown(Symbol::new(name), why));
            return Ok(());
        };
        self.spend_on_elements(elements.len());
        for element in elements {
            if self.is_exhausted() {
                return Err(Failure(Self::exhaustion()));
            }
            let key_binding;
            let mut inner = scope;
            if let Some(key_name) = &directive.key_name {
                key_binding = inner.bind(key_name, element.key);
                inner = inner.with(&key_binding);
            }
            let value_binding = inner.bind(&directive.value_name, element.value);
            self.pieces(&directive.body, span, inner.with(&value_binding), pieces)?;
        }
        Ok(())
    }
}

/// The pieces as one text, for each choice among their alternatives.
fn combine(pieces: &[Value], symbol: &dyn Fn() -> Symbol) -> Value {
    let too_long = || Value::unknown(symbol(), Why::Budget("a text longer than is followed".into()));
    let choices = pieces.iter().try_fold(1usize, |product, piece| product.checked_mul(piece.alternatives().len()));
    let choices = choices.filter(|&choices| choices <= MAX_ALTERNATIVES);
    let texts = (0..choices.unwrap_or(1)).map(|mut choice| {
        let mut builder = TextBuilder::new();
        for piece in pieces {
            let arms = piece.alternatives();
            let chosen = match choices {
                // A value has at least one alternative, and the remainder is below their number.
                Some(_) => {
                    let chosen = arms.get(choice % arms.len().max(1)).unwrap_or(piece);
                    choice /= arms.len().max(1);
                    chosen
                }
                // Too many to tell apart: each piece that has several is one symbol.
                None => piece,
            };
            if let Kind::Unknown(unknown) = &chosen.kind
                && let Why::Error(_) = unknown.why
            {
                return Value::unknown(symbol(), unknown.why.clone());
            }
            let text: Text = match text_of(chosen) {
                Ok(text) => text,
                Err(message) => return Value::unknown(symbol(), Why::Error(message.into())),
            };
            let origin = chosen.origin.or(piece.origin);
            match text.as_str() {
                // What fills a JSON string stands, as a whole, where its value does.
                Some(known) if origin.is_some() && !known.contains('"') => {
                    builder.push_from(known, origin);
                }
                // What may be JSON itself keeps the place of every byte.
                _ => builder.push_value_text(&text, origin),
            }
            if builder.weight() > MAX_TEXT {
                return too_long();
            }
        }
        Value::text(composed(builder.finish()))
    });
    Value::one_of(texts, too_long)
}
