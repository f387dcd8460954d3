//! Names of what an expression leads to where that is not known: equal for what is certainly the same.
//!
//! What a text of the code means is decided by the module that it stands in and by what is bound there (`each`, the
//! variables of loops). So a name has the text and these, and not the place: that would be another one as soon as a line
//! is added above.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::hash::{Hash as _, Hasher as _};

use hcl::expr::BinaryOperator;
use rustc_hash::FxHasher;

use super::{Evaluator, Scope};
use crate::source::Span;
use crate::terraform::syntax::{Expression, For, Kind as Syntax};
use crate::value::{Symbol, Value};

/// Conditions that are joined by `&&` and looked at one by one; the rest of more is one of them.
const MAX_CONJUNCTS: usize = 16;

impl<'a> Evaluator<'a> {
    /// A symbol that is named by the expression's own text.
    pub(super) fn source_symbol(&self, expression: &Expression, scope: Scope<'_, 'a>) -> Symbol {
        Symbol::new(self.source_name(expression.span, scope))
    }

    /// A name for what is written somewhere and evaluated in a scope.
    pub(super) fn source_name(&self, span: Span, scope: Scope<'_, 'a>) -> String {
        let mut name = scope.module.map(|module| module.path.to_string()).unwrap_or_default();
        self.push_text(span, &mut name);
        push_bindings(scope, &mut name);
        name
    }

    /// The symbol of what a loop makes of a collection that is not known: what it makes of which elements tells it from
    /// other loops. Where the loop makes an object and takes out entries by their keys alone
    /// (`if account.name != "old"`), what it makes of the others is the same without that.
    pub(super) fn loop_symbol(&self, expression: &For, collection: &Value, scope: Scope<'_, 'a>) -> Symbol {
        let conditions = expression.condition.as_ref().map(conjuncts).unwrap_or_default();
        let by_key = expression.key_name.as_deref();
        let only = conditions.iter().find_map(|condition| self.compared(condition, BinaryOperator::Eq, by_key?, scope));
        let of = match (collection.as_unknown(), only) {
            (Some(unknown), Some(key)) => Cow::Borrowed(unknown.symbol.name_for_entry(&key)),
            _ => Cow::Owned(collection.canonical()),
        };
        let name = |conditions: &mut dyn Iterator<Item = &&Expression>| {
            let mut name = "for(".to_owned();
            if let Some(module) = scope.module {
                name.push_str(module.path.as_ref());
            }
            let names: Vec<&str> =
                expression.key_name.iter().chain([&expression.value_name]).map(AsRef::as_ref).collect();
            // Writing to a String cannot fail.
            let _ = write!(name, "{} in {of}, ", names.join(" "));
            let mut body = expression.key.as_ref().unwrap_or(&expression.value).span;
            body.end = expression.value.span.end;
            self.push_text(body, &mut name);
            name.push_str(if expression.grouping { "..." } else { "" });
            for (at, condition) in conditions.enumerate() {
                name.push_str(if at == 0 { " if " } else { " && " });
                self.push_text(condition.span, &mut name);
            }
            push_bindings(scope, &mut name);
            name.push(')');
            name
        };
        let whole = Symbol::new(name(&mut conditions.iter()));
        let Some(key) = expression.key.as_ref().filter(|_| !expression.grouping) else { return whole };
        let key = self.text(key.span);
        let without = |condition: &Expression| self.compared(condition, BinaryOperator::NotEq, &key, scope);
        let left_out: Vec<Box<str>> = conditions.iter().filter_map(|condition| without(condition)).collect();
        if left_out.is_empty() {
            return whole;
        }
        let entries = name(&mut conditions.iter().filter(|condition| without(condition).is_none()));
        whole.of_entries(entries, left_out)
    }

    /// The text that a condition compares this code with, if that is what it does.
    fn compared(
        &self,
        condition: &Expression,
        operator: BinaryOperator,
        code: &str,
        scope: Scope<'_, 'a>,
    ) -> Option<Box<str>> {
        let Syntax::Binary(binary) = &condition.kind else { return None };
        if binary.operator != operator {
            return None;
        }
        let text = if self.text(binary.left.span) == code {
            &binary.right
        } else if self.text(binary.right.span) == code {
            &binary.left
        } else {
            return None;
        };
        match &text.kind {
            Syntax::Literal(_) => self.expression(text, scope).as_str().map(Into::into),
            _ => None,
        }
    }

    fn text(&self, span: Span) -> String {
        self.configuration.sources.get(span.file).map(|file| on_one_line(file.slice(span))).unwrap_or_default()
    }

    /// The start of what is written, and a hash of all of it if there is more.
    fn push_text(&self, span: Span, name: &mut String) {
        const SHOWN: usize = 60;
        let text = self.text(span);
        let mut shown = text.chars();
        name.extend(shown.by_ref().take(SHOWN));
        if shown.next().is_some() {
            let mut hasher = FxHasher::default();
            text.hash(&mut hasher);
            // Writing to a String cannot fail.
            let _ = write!(name, "...{:x}", hasher.finish());
        }
    }
}

/// What the names that the code sees stand for.
fn push_bindings(scope: Scope<'_, '_>, name: &mut String) {
    let mut next = scope.bindings;
    while let Some(binding) = next {
        // Writing to a String cannot fail.
        let _ = write!(name, " {}={}", binding.name, binding.value.canonical());
        next = binding.outer;
    }
    if let Some(variables) = scope.variables {
        name.push_str(&variables.canonical());
    }
}

/// The conditions that `&&` joins, each by itself.
fn conjuncts(condition: &Expression) -> Vec<&Expression> {
    let mut open = vec![condition];
    let mut found = Vec::new();
    while let Some(next) = open.pop() {
        match &next.kind {
            Syntax::Binary(binary)
                if binary.operator == BinaryOperator::And && found.len() + open.len() < MAX_CONJUNCTS =>
            {
                open.extend([&binary.right, &binary.left]);
            }
            _ => found.push(next),
        }
    }
    found
}

/// Code with each gap between its words as one space, so that aligning it makes no difference; texts keep theirs.
fn on_one_line(code: &str) -> String {
    const HEREDOC: &str = "<<";
    if code.contains(HEREDOC) {
        return code.to_owned();
    }
    let mut out = String::with_capacity(code.len());
    let (mut is_text, mut is_escaped) = (false, false);
    for character in code.chars() {
        let is_gap = !is_text && character.is_whitespace();
        if !is_gap {
            out.push(character);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
        is_text ^= character == '"' && !is_escaped;
        is_escaped = is_text && character == '\\' && !is_escaped;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::on_one_line;

    #[test]
    fn alignment_makes_no_difference_and_texts_do() {
        assert_eq!(on_one_line("{ a    = \"x  y\"\n  b = 1 }"), "{ a = \"x  y\" b = 1 }");
        assert_eq!(on_one_line("f(\"a \\\"  b\",   c)"), "f(\"a \\\"  b\", c)");
        assert_ne!(on_one_line("[\"a b\"]"), on_one_line("[\"a  b\"]"));
    }
}
