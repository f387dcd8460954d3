//! Writing references another way.

use std::ops::Range;

use hcl::edit::Decorated;
use hcl::edit::expr::{Expression, Traversal, TraversalOperator};

use super::super::draft::Draft;
use super::super::room::{remove_element, remove_lines};
use super::reference::{Reference, Setting};

/// How a reference is written from now on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Target {
    /// By this address, which the graft declares.
    Declared(String),
    /// By this address, which the receiving directory declares.
    There(String),
    /// As this expression.
    Expression(String),
}

/// A reference within a text that is rewritten, and what it becomes.
pub(super) struct Replacement<'r> {
    pub(super) reference: &'r Reference,
    /// How many of its names are replaced.
    pub(super) names: usize,
    pub(super) target: &'r Target,
}

/// Rewrites references in the part `part` of a text; `renamed` is a name in it, and what it becomes.
pub(super) fn rewritten(
    text: &str,
    part: &Range<usize>,
    replacements: &[Replacement<'_>],
    renamed: Option<(&Range<usize>, &str)>,
) -> String {
    let Some(code) = text.get(part.clone()) else { return String::new() };
    let mut draft = Draft::new(code);
    let local = |range: Range<usize>| range.start.saturating_sub(part.start)..range.end.saturating_sub(part.start);
    let present = |draft: &Draft<'_>, range: Range<usize>| draft.present(&local(range));
    if let Some((range, name)) = renamed
        && let Some(range) = present(&draft, range.clone())
    {
        draft.splice(range, name);
    }
    for replacement in replacements {
        let reference = replacement.reference;
        let Some((_, end)) = reference.names.get(replacement.names.saturating_sub(1)) else { continue };
        let Some(names) = present(&draft, reference.start..*end) else { continue };
        match replacement.target {
            Target::Declared(address) | Target::There(address) => {
                // A provider's configuration is referred to without the word.
                draft.splice(names, address.strip_prefix("provider.").unwrap_or(address));
            }
            Target::Expression(expression) => {
                put(&mut draft, reference, &names, *end == reference.end, expression, &present);
            }
        }
    }
    draft.text().to_owned()
}

fn put(
    draft: &mut Draft<'_>,
    reference: &Reference,
    names: &Range<usize>,
    is_all: bool,
    expression: &str,
    present: &impl Fn(&Draft<'_>, Range<usize>) -> Option<Range<usize>>,
) {
    let sort = Sort::of(expression);
    match &reference.setting {
        Setting::DependsOn(list) => {
            if sort == Sort::Dependency {
                return draft.splice(names.clone(), expression);
            }
            let Some(list) = present(draft, list.clone()) else { return };
            let Some(element) = present(draft, reference.start..reference.end) else { return };
            let inside = list.start + 1..list.end - 1;
            let others = draft.text().get(inside.clone()).unwrap_or_default();
            let own = draft.text().get(element.clone()).unwrap_or_default();
            if others.trim().trim_end_matches(',').trim_end() == own {
                let start = super::super::layout::line_start(draft.text(), list.start);
                let line = draft.text().get(start..list.end).unwrap_or_default();
                let name = start + (line.len() - line.trim_start().len());
                return remove_lines(draft, &(name..list.end));
            }
            remove_element(draft, &element, &inside);
        }
        Setting::Interpolation { place, template, is_quoted } if is_all => {
            let whole = template.clone().and_then(|template| present(draft, template));
            let place = present(draft, place.clone());
            match (whole, place, sort) {
                (Some(template), _, _) => draft.splice(template, expression),
                (None, Some(place), Sort::String(inner)) if fits(draft.text(), &place, &inner, *is_quoted) => {
                    draft.splice(place, &inner);
                }
                (None, Some(place), Sort::Scalar) => draft.splice(place, expression),
                _ => draft.splice(names.clone(), expression),
            }
        }
        setting => {
            let needs_parentheses = sort == Sort::Compound && (!is_all || *setting == Setting::Operand);
            if needs_parentheses {
                draft.splice(names.clone(), &format!("({expression})"));
            } else {
                draft.splice(names.clone(), expression);
            }
        }
    }
}

/// Whether the inside of a string may stand in a template in place of an interpolation.
fn fits(text: &str, place: &Range<usize>, inner: &str, is_quoted: bool) -> bool {
    let before = text.get(..place.start).unwrap_or_default();
    let after = text.get(place.end..).unwrap_or_default();
    let begins_template = |left: &str, right: &str| left.ends_with(['$', '%']) && right.starts_with('{');
    let is_joined = begins_template(before, inner) || begins_template(inner, after);
    // Backslashes mean nothing outside of quotes.
    !is_joined && (is_quoted || !inner.contains('\\'))
}

/// What sort of expression is put in.
#[derive(PartialEq, Eq)]
enum Sort {
    /// A string in quotes, and what stands between them.
    String(String),
    /// A number or a truth value.
    Scalar,
    /// A resource, module, data source, or an instance of one.
    Dependency,
    /// Something with operators.
    Compound,
    /// Anything else that holds together.
    Term,
}

impl Sort {
    fn of(expression: &str) -> Self {
        let Ok(tree) = hcl::edit::parser::parse_expr(expression) else { return Self::Compound };
        match &tree {
            Expression::String(_) | Expression::StringTemplate(_) => {
                let inner = expression.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                inner.map_or(Self::Term, |inner| Self::String(inner.to_owned()))
            }
            Expression::Bool(_) | Expression::Number(_) => Self::Scalar,
            Expression::UnaryOp(_)
            | Expression::BinaryOp(_)
            | Expression::Conditional(_)
            | Expression::HeredocTemplate(_) => Self::Compound,
            Expression::Traversal(traversal) if is_dependency(traversal) => Self::Dependency,
            _ => Self::Term,
        }
    }
}

/// Whether a reference is to what `depends_on` takes: a whole resource or module, or one instance of it.
fn is_dependency(traversal: &Traversal) -> bool {
    let Expression::Variable(root) = &traversal.expr else { return false };
    let names = match root.as_str() {
        "data" => 2,
        "var" | "local" | "each" | "count" | "path" | "self" | "terraform" => return false,
        _ => 1,
    };
    let mut steps = traversal.operators.iter().map(Decorated::value);
    let is_name = |step: &TraversalOperator| matches!(step, TraversalOperator::GetAttr(_));
    if steps.by_ref().take(names).filter(|step| is_name(step)).count() != names {
        return false;
    }
    match (steps.next(), steps.next()) {
        (None, _) => true,
        (Some(TraversalOperator::Index(key)), None) => matches!(key, Expression::String(_) | Expression::Number(_)),
        // An output of a module.
        _ => root.as_str() == "module",
    }
}
