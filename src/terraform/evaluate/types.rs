//! Type constraints, from the expressions that write them.

use super::{Evaluator, Scope};
use crate::terraform::convert::{Attribute, Type};
use crate::terraform::syntax::{self, Expression, Kind as Syntax};

impl Evaluator<'_> {
    /// The type that an expression writes; `any` for what is none, which Terraform refuses.
    pub(super) fn type_of(&self, expression: &Expression) -> Type {
        match &expression.kind {
            Syntax::Variable(name) => named(name),
            // In JSON, and in the oldest code, types are strings.
            Syntax::Literal(value) => match value.as_text() {
                Some(text) => match syntax::parse_decoded_expression(text, expression.span) {
                    Ok(inner) if !matches!(inner.kind, Syntax::Literal(_)) => self.type_of(&inner),
                    _ => Type::Any,
                },
                None => Type::Any,
            },
            Syntax::Call(call) => match (&*call.name, call.arguments.first()) {
                ("list", Some(element)) => Type::List(Box::new(self.type_of(element))),
                ("set", Some(element)) => Type::Set(Box::new(self.type_of(element))),
                ("map", Some(element)) => Type::Map(Box::new(self.type_of(element))),
                ("optional", Some(inner)) => self.type_of(inner),
                ("tuple", Some(Expression { kind: Syntax::Tuple(types), .. })) => {
                    Type::Tuple(types.iter().map(|ty| self.type_of(ty)).collect())
                }
                ("object", Some(Expression { kind: Syntax::Object(attributes), .. })) => {
                    Type::Object(attributes.iter().filter_map(|(name, ty)| self.attribute_type(name, ty)).collect())
                }
                _ => Type::Any,
            },
            _ => Type::Any,
        }
    }

    fn attribute_type(&self, name: &Expression, ty: &Expression) -> Option<Attribute> {
        let Syntax::Literal(name) = &name.kind else {
            return None;
        };
        let default = match &ty.kind {
            Syntax::Call(call) if &*call.name == "optional" => Some(call.arguments.get(1)),
            _ => None,
        };
        Some(Attribute {
            name: name.as_str()?.into(),
            ty: self.type_of(ty),
            optional: default.is_some(),
            default: default.flatten().map(|default| self.expression(default, Scope::empty())),
        })
    }
}

fn named(name: &str) -> Type {
    match name {
        "string" => Type::String,
        "number" => Type::Number,
        "bool" => Type::Bool,
        "list" => Type::List(Box::new(Type::Any)),
        "set" => Type::Set(Box::new(Type::Any)),
        "map" => Type::Map(Box::new(Type::Any)),
        _ => Type::Any,
    }
}
