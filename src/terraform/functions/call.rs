//! A call with its arguments checked: what every function starts from.

use crate::value::{Kind, List, Map, Number, Text, Unknown, Value, Why};

use super::Environment;
use crate::terraform::convert::{Type, kind_name, try_convert};

/// What a function gives.
pub(super) type Outcome = Result<Value, Failure>;

/// Why a function gives no value.
#[derive(Debug)]
pub(super) enum Failure {
    /// Terraform would report this.
    Error(String),
    /// It needs what is not known.
    Unknown(Why),
}

impl Failure {
    /// An error with this message.
    pub(super) fn error(message: impl Into<String>) -> Self {
        Self::Error(message.into())
    }

    /// Over a bound of this program.
    pub(super) fn budget(what: &str) -> Self {
        Self::Unknown(Why::Budget(what.into()))
    }
}

/// A function: what it takes and what it does.
pub(super) struct Function {
    parameters: &'static [Parameter],
    rest: Option<Parameter>,
    pub(super) body: fn(&Call<'_>) -> Outcome,
}

impl Function {
    /// A function of exactly these parameters.
    pub(super) fn new(parameters: &'static [Parameter], body: fn(&Call<'_>) -> Outcome) -> Self {
        Self { parameters, rest: None, body }
    }

    /// A function of these parameters and any number of further ones.
    pub(super) fn variadic(parameters: &'static [Parameter], rest: Parameter, body: fn(&Call<'_>) -> Outcome) -> Self {
        Self { parameters, rest: Some(rest), body }
    }
}

/// What a parameter takes; the argument is converted to it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameter {
    /// `string`
    Text,
    /// `number`
    Number,
    /// A list of elements of one type, whichever.
    List,
    /// `list(string)`
    TextList,
    /// `list(bool)`
    BoolList,
    /// A set of elements of one type, whichever.
    Set,
    /// `map(list(string))`
    TextListMap,
    /// Anything but null.
    Any,
    /// Anything.
    Nullable,
}

impl Parameter {
    fn ty(self) -> Option<Type> {
        Some(match self {
            Self::Text => Type::String,
            Self::Number => Type::Number,
            Self::List => Type::List(Box::new(Type::Any)),
            Self::TextList => Type::List(Box::new(Type::String)),
            Self::BoolList => Type::List(Box::new(Type::Bool)),
            Self::Set => Type::Set(Box::new(Type::Any)),
            Self::TextListMap => Type::Map(Box::new(Type::List(Box::new(Type::String)))),
            Self::Any | Self::Nullable => return None,
        })
    }

    fn accept(self, position: usize, argument: Value) -> Result<Value, String> {
        if argument.is_null() && self != Self::Nullable {
            return Err(format!("argument {position} must not be null"));
        }
        match (self, &argument.kind) {
            (Self::Text, Kind::Text(_)) | (Self::Number, Kind::Number(_)) => Ok(argument),
            _ => match self.ty() {
                None => Ok(argument),
                Some(ty) => try_convert(&argument, &ty).map_err(|why| format!("argument {position}: {why}")),
            },
        }
    }
}

/// A call whose arguments have the types of the parameters. Each may still be unknown, as a whole or in part: the
/// accessors give a value only where it is known as far as their type says.
pub(super) struct Call<'a> {
    pub(super) arguments: Vec<Value>,
    pub(super) environment: &'a dyn Environment,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        name: &str,
        function: &Function,
        arguments: Vec<Value>,
        environment: &'a dyn Environment,
    ) -> Result<Self, String> {
        let required = function.parameters.len();
        if arguments.len() < required || (function.rest.is_none() && arguments.len() > required) {
            let more = if function.rest.is_some() { "or more " } else { "" };
            return Err(format!("{name} takes {required} {more}arguments, but has {}", arguments.len()));
        }
        let accepted = arguments.into_iter().enumerate().map(|(index, argument)| {
            match function.parameters.get(index).copied().or(function.rest) {
                Some(parameter) => {
                    parameter.accept(index + 1, argument).map_err(|message| format!("{name}: {message}"))
                }
                None => Ok(argument),
            }
        });
        Ok(Self { arguments: accepted.collect::<Result<_, _>>()?, environment })
    }

    /// An argument, whatever is known of it.
    pub(super) fn argument(&self, index: usize) -> Result<&Value, Failure> {
        // The number of arguments was checked; a function that asks for more reports it.
        self.arguments.get(index).ok_or_else(|| Failure::error("an argument is missing"))
    }

    /// A text, perhaps only partly known; unknown when it is not known at all.
    pub(super) fn text(&self, index: usize) -> Result<&Text, Failure> {
        let argument = self.argument(index)?;
        argument.as_text().ok_or_else(|| needs(argument, "string"))
    }

    /// A wholly known text.
    pub(super) fn str(&self, index: usize) -> Result<&str, Failure> {
        let text = self.text(index)?;
        text.as_str().ok_or_else(|| Failure::Unknown(why_of(text)))
    }

    /// A number.
    pub(super) fn number(&self, index: usize) -> Result<&Number, Failure> {
        let argument = self.argument(index)?;
        argument.as_number().ok_or_else(|| needs(argument, "number"))
    }

    /// A whole number.
    pub(super) fn integer(&self, index: usize) -> Result<i64, Failure> {
        self.number(index)?.as_i64().ok_or_else(|| Failure::error("a whole number is required"))
    }

    /// A tuple, list or set; its elements may be unknown.
    pub(super) fn list(&self, index: usize) -> Result<&List, Failure> {
        let argument = self.argument(index)?;
        argument.as_list().ok_or_else(|| needs(argument, "list"))
    }

    /// An object or map; its values may be unknown.
    pub(super) fn map(&self, index: usize) -> Result<&Map, Failure> {
        let argument = self.argument(index)?;
        argument.as_map().ok_or_else(|| needs(argument, "map"))
    }

    /// An argument that is known through and through.
    pub(super) fn whole(&self, index: usize) -> Result<&Value, Failure> {
        let argument = self.argument(index)?;
        wholly_known(argument).map(|()| argument)
    }
}

/// Why a value is not of the kind that is needed.
pub(super) fn needs(value: &Value, kind: &str) -> Failure {
    match &value.kind {
        // A number, bool or text is neither a list nor a map, whatever it will be.
        Kind::Unknown(Unknown { symbol, why }) => match symbol.form() {
            Some(form) if form.is_primitive() && !matches!(why, Why::Error(_)) && asks_for_elements(kind) => {
                Failure::Error(format!("{kind} required, but this is {}", Type::of_form(Some(form)).name()))
            }
            _ => Failure::Unknown(why.clone()),
        },
        Kind::OneOf(_) => Failure::Unknown(alternatives()),
        other => Failure::Error(format!("{kind} required, but this is {}", kind_name(other))),
    }
}

/// Whether what is needed has elements, and is nothing else.
fn asks_for_elements(kind: &str) -> bool {
    ["list", "set", "map"].iter().any(|start| kind.starts_with(start))
}

fn alternatives() -> Why {
    Why::AfterDeployment("the choice among alternatives".into())
}

/// Why a partly known text is not known: its first symbol.
pub(super) fn why_of(text: &Text) -> Why {
    Why::AfterDeployment(text.symbols().next().map_or("", |(_, symbol)| symbol.name()).into())
}

/// Fails with the reason of the first part that is not known.
pub(super) fn wholly_known(value: &Value) -> Result<(), Failure> {
    // Values share their parts; one of a few bytes of code can have more nodes than there is time to visit.
    let mut nodes = super::MAX_ELEMENTS * 4;
    visit(value, &mut nodes)
}

fn visit(value: &Value, nodes: &mut usize) -> Result<(), Failure> {
    *nodes = nodes.checked_sub(1).ok_or_else(|| Failure::budget("a value with too many parts"))?;
    match &value.kind {
        Kind::Null | Kind::Bool(_) | Kind::Number(_) => Ok(()),
        Kind::Text(text) if text.is_known() => Ok(()),
        Kind::Text(text) => Err(Failure::Unknown(why_of(text))),
        Kind::List(list) => {
            list.iter().try_for_each(|item| visit(item, nodes))?;
            list.open().map_or(Ok(()), |unknown| Err(Failure::Unknown(unknown.why.clone())))
        }
        Kind::Map(map) => {
            map.entries().iter().try_for_each(|entry| {
                if !entry.key.is_known() {
                    return Err(Failure::Unknown(why_of(&entry.key)));
                }
                visit(&entry.value, nodes)
            })?;
            map.open().map_or(Ok(()), |unknown| Err(Failure::Unknown(unknown.why.clone())))
        }
        Kind::Unknown(Unknown { why, .. }) => Err(Failure::Unknown(why.clone())),
        Kind::OneOf(_) => Err(Failure::Unknown(alternatives())),
    }
}
