//! What code refers to, and where the names of it stand.

use std::ops::Range;

use hcl::edit::Span as _;
use hcl::edit::expr::{Expression, ObjectKey, TraversalOperator};
use hcl::edit::structure::{Attribute, Body, Structure};
use hcl::edit::template::{Directive, Element, Strip, Template};

/// A reference to something that a configuration declares.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    /// The names, each with its end: `aws_s3_bucket`, `trail`, `arn`. A reference to the configuration of a provider
    /// starts with the word `provider`, whose end is 0.
    pub(super) names: Vec<(String, usize)>,
    /// The first byte.
    pub(super) start: usize,
    /// The end of the last step, indices included.
    pub(super) end: usize,
    /// What it stands in.
    pub(super) setting: Setting,
}

/// What stands around a reference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Setting {
    /// Anything that takes any expression: an argument, an element, a function's argument.
    Whole,
    /// An operator, which binds what stands next to it.
    Operand,
    /// It is all of an interpolation, `${…}`, at this place.
    Interpolation {
        /// From the `$` to the brace.
        place: Range<usize>,
        /// The template, if it holds nothing else.
        template: Option<Range<usize>>,
        /// Whether the template is a string in quotes.
        is_quoted: bool,
    },
    /// An element of `depends_on`, whose list is at this place.
    DependsOn(Range<usize>),
}

impl Reference {
    /// The first names, as an address with dots.
    pub(super) fn address(&self, names: usize) -> Option<String> {
        let names = self.names.get(..names)?;
        Some(names.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join("."))
    }

    /// How many names address something: of a data source three, of a provider's configuration all, else two.
    pub(super) fn address_length(&self) -> usize {
        match self.names.first().map(|(name, _)| name.as_str()) {
            Some("data") => 3,
            Some("provider") => self.names.len(),
            _ => 2,
        }
    }
}

/// Collects the references of bodies and expressions. The parser bounds how deep they nest.
#[derive(Default)]
pub(super) struct References {
    pub(super) found: Vec<Reference>,
    /// Names that `for` binds where the walk is.
    bound: Vec<String>,
}

impl References {
    /// Walks through a body.
    pub(super) fn body(&mut self, body: &Body) {
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => self.attribute(attribute),
                Structure::Block(block) => self.body(&block.body),
            }
        }
    }

    fn attribute(&mut self, attribute: &Attribute) {
        match (attribute.key.as_str(), &attribute.value) {
            ("provider", value) => self.provider(value),
            ("providers", Expression::Object(providers)) => {
                for (_, provider) in providers {
                    self.provider(provider.expr());
                }
            }
            ("depends_on", Expression::Array(list)) => {
                let place = list.span().unwrap_or_default();
                for element in list {
                    self.expression(element, Setting::DependsOn(place.clone()));
                }
            }
            (_, value) => self.expression(value, Setting::Whole),
        }
    }

    /// A reference to the configuration of a provider: `aws.alias`.
    fn provider(&mut self, expression: &Expression) {
        let before = self.found.len();
        self.expression(expression, Setting::Whole);
        for reference in self.found.iter_mut().skip(before) {
            reference.names.insert(0, ("provider".to_owned(), 0));
        }
    }

    /// Walks through an expression that stands in a setting.
    pub(super) fn expression(&mut self, expression: &Expression, setting: Setting) {
        match expression {
            Expression::Null(_) | Expression::Bool(_) | Expression::Number(_) | Expression::String(_) => {}
            Expression::Variable(name) => {
                let span = name.span().unwrap_or_default();
                self.reference(vec![(name.as_str().to_owned(), span.end)], span, setting);
            }
            Expression::Traversal(traversal) => {
                for step in &traversal.operators {
                    if let TraversalOperator::Index(index) = step.value() {
                        self.expression(index, Setting::Whole);
                    }
                }
                let Expression::Variable(root) = &traversal.expr else {
                    return self.expression(&traversal.expr, Setting::Operand);
                };
                let mut names = vec![(root.as_str().to_owned(), root.span().unwrap_or_default().end)];
                for step in &traversal.operators {
                    let TraversalOperator::GetAttr(name) = step.value() else { break };
                    names.push((name.as_str().to_owned(), step.span().unwrap_or_default().end));
                }
                self.reference(names, traversal.span().unwrap_or_default(), setting);
            }
            Expression::StringTemplate(template) => {
                self.elements(template.iter(), template.span().unwrap_or_default(), true);
            }
            Expression::HeredocTemplate(heredoc) => self.template(&heredoc.template),
            Expression::Parenthesis(inner) => self.expression(inner.inner(), Setting::Whole),
            Expression::Array(items) => items.iter().for_each(|item| self.expression(item, Setting::Whole)),
            Expression::Object(object) => {
                for (key, value) in object {
                    if let ObjectKey::Expression(key) = key {
                        self.expression(key, Setting::Operand);
                    }
                    self.expression(value.expr(), Setting::Whole);
                }
            }
            Expression::FuncCall(call) => {
                call.args.iter().for_each(|argument| self.expression(argument, Setting::Whole));
            }
            Expression::UnaryOp(operation) => self.expression(&operation.expr, Setting::Operand),
            Expression::BinaryOp(operation) => {
                self.expression(&operation.lhs_expr, Setting::Operand);
                self.expression(&operation.rhs_expr, Setting::Operand);
            }
            Expression::Conditional(conditional) => {
                for part in [&conditional.cond_expr, &conditional.true_expr, &conditional.false_expr] {
                    self.expression(part, Setting::Operand);
                }
            }
            Expression::ForExpr(each) => {
                self.expression(&each.intro.collection_expr, Setting::Operand);
                let names = each.intro.key_var.iter().chain([&each.intro.value_var]);
                self.binding(names.map(|name| name.as_str().to_owned()).collect(), |references| {
                    if let Some(key) = &each.key_expr {
                        references.expression(key, Setting::Operand);
                    }
                    references.expression(&each.value_expr, Setting::Operand);
                    if let Some(condition) = &each.cond {
                        references.expression(&condition.expr, Setting::Operand);
                    }
                });
            }
        }
    }

    fn binding(&mut self, names: Vec<String>, walk: impl FnOnce(&mut Self)) {
        let depth = self.bound.len();
        self.bound.extend(names);
        walk(self);
        self.bound.truncate(depth);
    }

    fn template(&mut self, template: &Template) {
        self.elements(template.iter(), template.span().unwrap_or_default(), false);
    }

    fn elements<'t>(&mut self, elements: impl Iterator<Item = &'t Element>, whole: Range<usize>, is_quoted: bool) {
        let elements: Vec<&Element> = elements.collect();
        let is_single = elements.len() == 1;
        for element in elements {
            match element {
                Element::Literal(_) => {}
                Element::Interpolation(interpolation) => {
                    let setting = if interpolation.strip == Strip::None {
                        Setting::Interpolation {
                            place: interpolation.span().unwrap_or_default(),
                            template: (is_single && is_quoted).then(|| whole.clone()),
                            is_quoted,
                        }
                    } else {
                        Setting::Whole
                    };
                    self.expression(&interpolation.expr, setting);
                }
                Element::Directive(directive) => match &**directive {
                    Directive::If(directive) => {
                        self.expression(&directive.if_expr.cond_expr, Setting::Operand);
                        self.nested(&directive.if_expr.template, is_quoted);
                        if let Some(otherwise) = &directive.else_expr {
                            self.nested(&otherwise.template, is_quoted);
                        }
                    }
                    Directive::For(directive) => {
                        let each = &directive.for_expr;
                        self.expression(&each.collection_expr, Setting::Operand);
                        let names = each.key_var.iter().chain([&each.value_var]);
                        self.binding(names.map(|name| name.as_str().to_owned()).collect(), |references| {
                            references.nested(&each.template, is_quoted);
                        });
                    }
                },
            }
        }
    }

    /// The template between directives, which is never all of a string.
    fn nested(&mut self, template: &Template, is_quoted: bool) {
        let before = self.found.len();
        self.elements(template.iter(), Range::default(), is_quoted);
        for reference in self.found.iter_mut().skip(before) {
            if let Setting::Interpolation { template, .. } = &mut reference.setting
                && *template == Some(Range::default())
            {
                *template = None;
            }
        }
    }

    fn reference(&mut self, names: Vec<(String, usize)>, span: Range<usize>, setting: Setting) {
        let is_bound = names.first().is_some_and(|(root, _)| self.bound.contains(root));
        if !is_bound {
            self.found.push(Reference { names, start: span.start, end: span.end, setting });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(text: &str) -> Vec<String> {
        let body: Body = hcl::edit::parser::parse_body(text).unwrap();
        let mut references = References::default();
        references.body(&body);
        for reference in &references.found {
            let last = reference.names.last().unwrap();
            assert!(text[..last.1].ends_with(&last.0), "{reference:?}");
            assert!(text[reference.start..].starts_with(&reference.names.iter().find(|name| name.1 > 0).unwrap().0));
        }
        references.found.iter().map(|reference| reference.address(reference.names.len()).unwrap()).collect()
    }

    #[test]
    fn references_are_found_everywhere() {
        let text = r#"
resource "a" "b" {
  count      = var.n
  provider   = aws.eu
  x          = "${aws_x.y[0].z}-${upper(local.a.b)}"
  y          = [for k, v in aws_l.m : "${k}${v.w}${var.o}" if v.p == var.q]
  z          = { (var.key) = data.d.e.f[*].g, plain = aws_h.i.*.j }
  h          = <<-E
    ${module.m.n} %{ for s in var.list }${s.t}${var.u}%{ endfor }%{ if var.c }${var.d}%{ endif }
  E
  depends_on = [aws_dep.end]

  nested {
    w = -var.neg + (var.paren)["${var.index}"].attr
  }
}
"#;
        let want = [
            "var.n",
            "provider.aws.eu",
            "aws_x.y",
            "local.a.b",
            "aws_l.m",
            "var.o",
            "var.q",
            "var.key",
            "data.d.e.f",
            "aws_h.i",
            "module.m.n",
            "var.list",
            "var.u",
            "var.c",
            "var.d",
            "aws_dep.end",
            "var.neg",
            "var.index",
            "var.paren",
        ];
        assert_eq!(addresses(text), want);
    }
}
