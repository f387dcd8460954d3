//! Expressions without references, evaluated by the functions and operators alone.

use hcl::Expression;
use hcl::expr::{ObjectKey, Operation, TemplateExpr};

use super::{Environment, call};
use crate::source::SourceFile;
use crate::terraform::operators;
use crate::value::{Entry, Symbol, Text, Value, Why};
use std::sync::Arc;

/// No files.
pub(super) struct Nowhere;

impl Environment for Nowhere {
    fn read(&self, path: &str) -> Result<Arc<SourceFile>, Why> {
        Err(Why::Absent(path.into()))
    }
    fn exists(&self, path: &str) -> Result<bool, Why> {
        Err(Why::Absent(path.into()))
    }
    fn file_set(&self, directory: &str, _pattern: &str) -> Result<Vec<String>, Why> {
        Err(Why::Absent(directory.into()))
    }
    fn render(&self, _template: &SourceFile, _variables: &Value) -> Value {
        Value::null()
    }
    fn absolute(&self, _path: &str) -> Option<String> {
        None
    }
}

/// Evaluates an expression without references; `unknown.x` is a symbol.
pub(super) fn evaluate(source: &str) -> Value {
    let expression = hcl::edit::parser::parse_expr(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    value_of(&expression.into())
}

pub(in crate::terraform) fn value_of(expression: &Expression) -> Value {
    match expression {
        Expression::Null => Value::null(),
        Expression::Bool(value) => Value::bool(*value),
        Expression::Number(number) => Value::new(crate::value::Kind::Number(number.to_string().parse().unwrap()), None),
        Expression::String(text) => Value::text(text.as_str()),
        Expression::Array(items) => Value::tuple(items.iter().map(value_of).collect()),
        Expression::Object(object) => {
            let entry = |(key, value): (&ObjectKey, &Expression)| {
                let key = match key {
                    ObjectKey::Identifier(name) => Text::from(name.as_str()),
                    ObjectKey::Expression(Expression::Variable(name)) => Text::from(name.as_str()),
                    ObjectKey::Expression(key) => value_of(key).to_text().unwrap(),
                    _ => unreachable!(),
                };
                Entry::new(key, value_of(value))
            };
            Value::object(object.iter().map(entry).collect())
        }
        Expression::TemplateExpr(template) => match &**template {
            TemplateExpr::QuotedString(text) => Value::text(text.replace("$${", "${")),
            heredoc @ TemplateExpr::Heredoc(_) => panic!("{heredoc:?}"),
        },
        Expression::Parenthesis(inner) => value_of(inner),
        Expression::Variable(name) => Value::unknown(Symbol::new(name.as_str()), Why::Input(name.as_str().into())),
        Expression::Conditional(conditional) => operators::conditional(
            &value_of(&conditional.cond_expr),
            value_of(&conditional.true_expr),
            value_of(&conditional.false_expr),
        ),
        Expression::Operation(operation) => match &**operation {
            Operation::Unary(unary) => operators::unary(unary.operator, value_of(&unary.expr)),
            Operation::Binary(binary) => {
                operators::binary(binary.operator, value_of(&binary.lhs_expr), value_of(&binary.rhs_expr))
            }
        },
        Expression::FuncCall(function) => {
            let mut arguments: Vec<Value> = function.args.iter().map(value_of).collect();
            if function.expand_final {
                let last = arguments.pop().unwrap();
                arguments.extend(last.as_list().unwrap().iter().cloned());
            }
            if function.name.name.as_str() == "try" {
                let is_error =
                    |value: &Value| matches!(value.as_unknown().map(|unknown| &unknown.why), Some(Why::Error(_)));
                return arguments.into_iter().find(|argument| !is_error(argument)).unwrap();
            }
            let namespaces = function.name.namespace.iter().map(|name| format!("{}::", name.as_str()));
            let name: String = namespaces.chain([function.name.name.as_str().to_owned()]).collect();
            call(&name, arguments, &Nowhere)
        }
        other => panic!("{other:?}"),
    }
}
