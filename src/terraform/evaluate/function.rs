//! Function calls. `try` and `can` look at their arguments one by one; all others get values.

use super::files::Files;
use super::{Evaluator, Scope, first_error, without_failures};
use crate::terraform::access;
use crate::terraform::directory::{Block, BlockKind};
use crate::terraform::functions;
use crate::terraform::spread;
use crate::terraform::syntax::{Call, Expression, Kind as Syntax, Step};
use crate::value::{Kind, Symbol, Value, Why};

/// The functions that touch the elements of their arguments and nothing in them: a configuration looks things up in the
/// same large map a hundred times.
const ON_THE_SURFACE: [&str; 10] =
    ["concat", "element", "keys", "length", "lookup", "merge", "one", "reverse", "slice", "values"];

/// The functions that put their arguments together: what is certain of some of them is certain of the result.
const OF_SOME: [&str; 3] = ["concat", "merge", "setunion"];

impl<'a> Evaluator<'a> {
    pub(super) fn call(&self, call: &Call, expression: &Expression, scope: Scope<'_, 'a>) -> Value {
        match call.name.strip_prefix("core::").unwrap_or(&call.name) {
            "try" | "can" => {
                self.trying.set(self.trying.get() + 1);
                let value = match &*call.name {
                    "can" | "core::can" => self.can(&call.arguments, expression, scope),
                    _ => self.try_each(&call.arguments, expression, scope),
                };
                self.trying.set(self.trying.get().saturating_sub(1));
                value
            }
            "issensitive"
                if let [argument] = &call.arguments[..]
                    && let Some(is_sensitive) = Self::is_sensitive(argument, scope) =>
            {
                Value::bool(is_sensitive)
            }
            "ephemeralasnull"
                if let [argument] = &call.arguments[..]
                    && let Some(false) = self.is_lasting(argument, scope) =>
            {
                Value::null()
            }
            "ephemeralasnull"
                if let [argument] = &call.arguments[..]
                    && self.is_lasting(argument, scope).is_none() =>
            {
                let why = Why::Unsupported("what is ephemeral".into());
                Value::unknown(self.source_symbol(expression, scope), why)
            }
            "templatestring" if !call.arguments.first().is_some_and(is_reference) => {
                let why = "templatestring: the template must be a reference to a value of its own";
                Value::unknown(self.source_symbol(expression, scope), Why::Error(why.into()))
            }
            name => {
                let mut arguments: Vec<Value> =
                    call.arguments.iter().map(|argument| self.argument(name, argument, scope)).collect();
                if !call.expand_last {
                    return self.called(name, arguments);
                }
                let last = arguments.pop().unwrap_or_else(Value::null);
                match &last.kind {
                    Kind::OneOf(arms) => access::each(&last, arms, |arm| self.expanded(name, arguments.clone(), arm)),
                    _ => self.expanded(name, arguments, &last),
                }
            }
        }
    }

    fn called(&self, name: &str, arguments: Vec<Value>) -> Value {
        if self.is_exhausted() {
            return self.exhausted();
        }
        let value = functions::call(name, arguments, &Files { evaluator: self });
        self.spend_on_surface(&value);
        value
    }

    /// Functions multiply what they get, so they get no more than a bounded value.
    fn argument(&self, function: &str, argument: &Expression, scope: Scope<'_, 'a>) -> Value {
        let value = self.expression(argument, scope);
        let name = || self.source_symbol(argument, scope).name().to_owned();
        if !ON_THE_SURFACE.contains(&function) {
            return self.bounded(value, &name);
        }
        self.spend_on_surface(&value);
        self.bounded_lightly(value, &name)
    }

    /// `f(a, b...)`
    fn expanded(&self, name: &str, mut arguments: Vec<Value>, last: &Value) -> Value {
        let symbol = |arguments: &[Value]| {
            let names: Vec<String> = arguments.iter().chain([last]).map(Value::canonical).collect();
            Symbol::new(format!("{name}({}...)", names.join(", ")))
        };
        match &last.kind {
            Kind::List(items) => {
                let open = spread::opening(items);
                if let Some(unknown) = &open
                    && !OF_SOME.contains(&name.strip_prefix("core::").unwrap_or(name))
                {
                    return Value::unknown(symbol(&arguments), unknown.why.clone());
                }
                arguments.extend(items.iter().cloned());
                let value = self.called(name, arguments);
                match value.kind {
                    Kind::List(items) => Value::new(Kind::List(items.opened_by(open)), value.origin),
                    _ => value,
                }
            }
            Kind::Unknown(unknown) => Value::unknown(symbol(&arguments), unknown.why.clone()),
            _ => Value::unknown(symbol(&arguments), Why::Error("only a list can be expanded with `...`".into())),
        }
    }

    /// The first argument that is no error. What hangs on an input may turn out to be one, so then the next ones are
    /// alternatives.
    fn try_each(&self, arguments: &[Expression], expression: &Expression, scope: Scope<'_, 'a>) -> Value {
        let mut last_error = Why::Error("try needs an argument".into());
        let mut alternatives = Vec::new();
        for argument in arguments {
            let value = self.expression(argument, scope);
            if let Some(error) = first_error(&value) {
                last_error = error.clone();
                continue;
            }
            let whole = value.alternatives().len();
            let value = without_failures(value);
            let open = value.alternatives().len() < whole || may_fail(argument, &value);
            alternatives.push(value);
            if !open {
                break;
            }
        }
        Value::one_of(alternatives, || Value::unknown(self.source_symbol(expression, scope), last_error))
    }

    /// Whether what an expression writes is sensitive, where that shows: values are not followed for it.
    fn is_sensitive(expression: &Expression, scope: Scope<'_, 'a>) -> Option<bool> {
        match &expression.kind {
            Syntax::Literal(_) => Some(false),
            Syntax::Tuple(items) if items.is_empty() => Some(false),
            Syntax::Call(call) => match call.name.strip_prefix("core::").unwrap_or(&call.name) {
                "sensitive" => Some(true),
                "nonsensitive" => Some(false),
                _ => None,
            },
            // A variable that is not may still be given what is.
            _ => variable_name(expression).filter(|name| Self::is_declared(name, "sensitive", scope)).map(|_| true),
        }
    }

    /// Whether a value is in the plan too, and not ephemeral, where that shows: values are not followed for it.
    fn is_lasting(&self, expression: &Expression, scope: Scope<'_, 'a>) -> Option<bool> {
        if let Some(name) = variable_name(expression) {
            return Some(!Self::is_declared(name, "ephemeral", scope));
        }
        let Some(module) = scope.module else { return Some(true) };
        let declares =
            |block: &Block| matches!(block.kind, BlockKind::Variable | BlockKind::Other) && block.mentions("ephemeral");
        let here = module.directory.blocks.iter().any(declares);
        // Modules give such outputs.
        let beyond = self.configuration.sources.slice(expression.span).contains("module.");
        if here || beyond { None } else { Some(true) }
    }

    /// Whether the declaration of a variable says `mark = true`.
    fn is_declared(name: &str, mark: &str, scope: Scope<'_, 'a>) -> bool {
        let declaration = scope.module.and_then(|module| {
            let at = module.directory.find(BlockKind::Variable, name, "")?;
            module.directory.blocks.get(at)?.body()?.get(mark)
        });
        declaration.is_some_and(|mark| matches!(&mark.kind, Syntax::Literal(value) if value.as_bool() == Some(true)))
    }

    fn can(&self, arguments: &[Expression], expression: &Expression, scope: Scope<'_, 'a>) -> Value {
        let [argument] = arguments else {
            return Value::unknown(self.source_symbol(expression, scope), Why::Error("can takes one argument".into()));
        };
        let value = self.expression(argument, scope);
        if first_error(&value).is_some() {
            return Value::bool(false);
        }
        match &value.kind {
            Kind::Unknown(unknown) if may_fail(argument, &value) || !is_reference(argument) => {
                Value::unknown(Symbol::new(format!("can({})", value.canonical())), unknown.why.clone())
            }
            Kind::OneOf(arms) => {
                let fails = arms.iter().map(|arm| Value::bool(first_error(arm).is_none()));
                Value::one_of(fails, Value::null)
            }
            _ => Value::bool(true),
        }
    }
}

/// The name of the variable that an expression is, and no more.
fn variable_name(expression: &Expression) -> Option<&str> {
    let Syntax::Traversal(traversal) = &expression.kind else { return None };
    match (&traversal.source.kind, &traversal.steps[..]) {
        (Syntax::Variable(root), [Step::Attribute(name)]) if &**root == "var" => Some(name),
        _ => None,
    }
}

/// Whether an expression only names a value, as `var.x` and `local.y["z"]` do.
fn is_reference(expression: &Expression) -> bool {
    match &expression.kind {
        Syntax::Variable(_) => true,
        Syntax::Traversal(traversal) => matches!(traversal.source.kind, Syntax::Variable(_)),
        _ => false,
    }
}

/// Whether evaluating an argument whose value is not known may fail once it is: a step into an input may, or into what is
/// computed of what is not known; the input itself does not, nor what AWS sets.
fn may_fail(argument: &Expression, value: &Value) -> bool {
    let is_step = match &argument.kind {
        // `var.x`
        Syntax::Traversal(traversal) => {
            traversal.steps.len() > 1 || !matches!(traversal.source.kind, Syntax::Variable(_))
        }
        Syntax::Literal(_) | Syntax::Variable(_) => false,
        _ => true,
    };
    is_step
        && value.as_unknown().is_some_and(|unknown| {
            let is_computed = unknown.symbol.reference().is_none();
            matches!(unknown.why, Why::Input(_)) || (is_computed && was_stepped_into(argument, unknown.symbol.name()))
        })
}

/// Whether the last step of an expression led from an unknown to this one, whose name then ends as the step is written.
fn was_stepped_into(expression: &Expression, name: &str) -> bool {
    let Syntax::Traversal(traversal) = &expression.kind else { return false };
    match traversal.steps.last() {
        Some(Step::Attribute(attribute)) => name.strip_suffix(&**attribute).is_some_and(|before| before.ends_with('.')),
        Some(Step::Index(_)) => name.ends_with(']'),
        Some(Step::FullSplat | Step::AttributeSplat) | None => false,
    }
}
