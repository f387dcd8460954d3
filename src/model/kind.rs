//! How a resource kind is spelled in each language, and what AWS takes when the code is silent.

use crate::source::Span;
use crate::value::{Kind as ValueKind, Number, Symbol, Text, Value, Why, json};

use super::{Category, Framework, Resource};

/// A kind of resource, one thing in AWS with its spelling in each language.
#[derive(Debug)]
pub struct Kind {
    /// Resource or look-up.
    pub category: Category,
    /// Types of the AWS provider for Terraform.
    pub terraform: &'static [&'static str],
    /// CloudFormation types. `Type#Property` is a resource of the type that has the property: a custom resource may be
    /// several things.
    pub cloudformation: &'static [&'static str],
}

/// A setting of a kind, one meaning with its spelling in each language.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Attribute {
    /// The argument in Terraform; dots lead into nested blocks, empty where there is none.
    pub terraform: &'static str,
    /// The property in CloudFormation; dots lead into nested objects, empty where there is none.
    pub cloudformation: &'static str,
    /// What AWS (or the provider) takes when the code does not say.
    pub default: Default,
}

/// What holds when the code does not say.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Default {
    /// Nothing, or the code must say.
    None,
    /// This truth value.
    Bool(bool),
    /// This number.
    Integer(i64),
    /// This text.
    Text(&'static str),
}

/// A setting as one resource has it.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The value, or the default.
    pub value: Value,
    /// Where it stands, or the resource's header where the code does not say.
    pub span: Span,
    /// Whether the code says it.
    pub explicit: bool,
}

impl Kind {
    /// Whether a resource is of this kind.
    pub fn is(&self, resource: &Resource) -> bool {
        self.category == resource.category
            && self.types(resource.framework()).iter().any(|name| match split_type(name) {
                (name, None) => *name == *resource.kind,
                (name, Some(part)) => {
                    *name == *resource.kind && resource.attributes.get(part).is_some_and(|value| !value.is_null())
                }
            })
    }

    fn types(&self, framework: Framework) -> &'static [&'static str] {
        if framework.is_terraform() { self.terraform } else { self.cloudformation }
    }
}

/// A CloudFormation type and the property that there must be, if one must.
pub(super) fn split_type(name: &'static str) -> (&'static str, Option<&'static str>) {
    match name.split_once('#') {
        Some((name, part)) => (name, Some(part)),
        None => (name, None),
    }
}

impl Resource {
    /// Which language spells the resource. CloudFormation's types have colons, the provider's have none.
    pub fn framework(&self) -> Framework {
        if self.kind.contains("::") { Framework::CloudFormation } else { Framework::Terraform }
    }

    /// A setting.
    pub fn setting(&self, attribute: &Attribute) -> Setting {
        let found = self.attribute_of(&self.attributes, attribute);
        Self::with_default(found, attribute, self.span)
    }

    /// A setting of a nested block, which [`blocks`](Self::blocks) gave.
    pub fn setting_in(&self, block: &Value, attribute: &Attribute) -> Setting {
        let found = self.attribute_of(block, attribute);
        Self::with_default(found, attribute, block.origin.unwrap_or(self.span))
    }

    /// A setting as the code gives it, if it does.
    pub fn explicit(&self, attribute: &Attribute) -> Option<Setting> {
        Some(self.setting(attribute)).filter(|setting| setting.explicit)
    }

    /// Nested blocks (Terraform) or a list of objects (CloudFormation). A single object is one; alternatives all count.
    pub fn blocks(&self, attribute: &Attribute) -> Vec<Value> {
        let mut blocks = Vec::new();
        if let Some(value) = self.attribute_of(&self.attributes, attribute) {
            collect_blocks(&value, &mut blocks);
        }
        blocks
    }

    fn with_default(found: Option<Value>, attribute: &Attribute, elsewhere: Span) -> Setting {
        match found {
            Some(value) => {
                let span = value.origin.unwrap_or(elsewhere);
                Setting { span, value: attribute.default.in_place_of_null(value), explicit: true }
            }
            None => Setting { value: attribute.default.value(), span: elsewhere, explicit: false },
        }
    }

    fn attribute_of(&self, within: &Value, attribute: &Attribute) -> Option<Value> {
        let path = if self.framework().is_terraform() { attribute.terraform } else { attribute.cloudformation };
        let mut names = path.split('.').filter(|name| !name.is_empty());
        let first = step(within, names.next()?)?;
        names.try_fold(first, |value, name| step(&value, name)).filter(|value| !value.is_null())
    }
}

/// One name down; through the single element of a block list, through each of several alternatives, and into what a text
/// encodes as JSON (`container_properties` of a Batch job). What is below an unknown is unknown.
fn step(value: &Value, name: &str) -> Option<Value> {
    match &value.kind {
        ValueKind::Map(map) => map.get(name).cloned(),
        ValueKind::List(list) if list.len() == 1 => list.items().first().and_then(|item| step(item, name)),
        ValueKind::OneOf(arms) => {
            let below = arms.iter().map(|arm| step(arm, name).unwrap_or_else(Value::null));
            let too_many = || {
                let why = Why::Unsupported("so many alternatives".into());
                Value::unknown(Symbol::new(name), why)
            };
            Some(Value::one_of(below, too_many).or_at(value.origin))
        }
        ValueKind::Text(text) => {
            let is_object = text.encoded_value().is_some() || text.literal_content().trim_start().starts_with('{');
            let encoded = is_object.then(|| json::decode(text).ok())??;
            if matches!(encoded.kind, ValueKind::Text(_)) { None } else { step(&encoded, name) }
        }
        ValueKind::Unknown(_) => Some(value.clone()),
        _ => None,
    }
}

fn collect_blocks(value: &Value, out: &mut Vec<Value>) {
    match &value.kind {
        ValueKind::List(list) => list.iter().for_each(|item| collect_blocks(item, out)),
        ValueKind::OneOf(arms) => arms.iter().for_each(|arm| collect_blocks(arm, out)),
        ValueKind::Map(_) => out.push(value.clone()),
        _ => {}
    }
}

impl Default {
    /// As a value without an origin.
    pub fn value(self) -> Value {
        match self {
            Self::None => Value::null(),
            Self::Bool(value) => Value::bool(value),
            Self::Integer(value) => Value::integer(value),
            Self::Text(value) => Value::text(value),
        }
    }

    /// A value with the default where one of its alternatives is null: null is not to say.
    fn in_place_of_null(self, value: Value) -> Value {
        let says_nothing = value.alternatives().iter().any(Value::is_null);
        if self == Self::None || !says_nothing {
            return value;
        }
        let arms = value.alternatives().iter().map(|arm| if arm.is_null() { self.value() } else { arm.clone() });
        // As many as before at most.
        Value::one_of(arms, || value.clone()).or_at(value.origin)
    }
}

impl Setting {
    /// The setting for each value that it may have; itself, where that is one.
    pub fn alternatives(&self) -> impl Iterator<Item = Self> {
        self.value.alternatives().iter().map(|value| Self {
            value: value.clone(),
            span: value.origin.unwrap_or(self.span),
            explicit: self.explicit,
        })
    }

    /// The setting without the alternatives that say nothing. Itself, where all say nothing.
    #[must_use]
    pub fn where_given(self) -> Self {
        let given = self.value.alternatives().iter().filter(|value| !value.is_null()).cloned();
        Self { value: Value::one_of(given, || self.value.clone()).or_at(self.value.origin), ..self }
    }

    /// The setting as a truth value; why not, where it is not known. Text `"true"` counts, as both engines convert it.
    pub fn as_bool(&self) -> Result<bool, Why> {
        self.agreed(|value| match &value.kind {
            ValueKind::Bool(known) => Some(*known),
            ValueKind::Text(text) => match text.as_str()?.to_ascii_lowercase().as_str() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            ValueKind::Null => Some(false),
            _ => None,
        })
    }

    /// The setting as a whole number.
    pub fn as_integer(&self) -> Result<Option<i64>, Why> {
        self.agreed(|value| match &value.kind {
            ValueKind::Number(number) => number.as_i64().map(Some),
            ValueKind::Text(text) => text.as_str()?.parse::<Number>().ok()?.as_i64().map(Some),
            ValueKind::Null => Some(None),
            _ => None,
        })
    }

    /// The setting as known text; `None` when there is none.
    pub fn as_str(&self) -> Result<Option<String>, Why> {
        self.agreed(|value| match &value.kind {
            ValueKind::Null => Some(None),
            _ => value.to_text()?.expanded().as_str().map(|text| Some(text.to_owned())),
        })
    }

    /// Whether there is any value, known or not: something is given. Alternatives must agree.
    pub fn is_given(&self) -> Result<bool, Why> {
        self.agreed(|value| match &value.kind {
            ValueKind::Null => Some(false),
            ValueKind::Text(text) => Some(!text.is_empty()),
            ValueKind::List(list) => Some(!list.is_empty()),
            ValueKind::Unknown(unknown) if matches!(unknown.why, Why::Input(_) | Why::Error(_)) => None,
            _ => Some(true),
        })
    }

    /// What all alternatives agree on.
    fn agreed<T: PartialEq>(&self, read: impl Fn(&Value) -> Option<T>) -> Result<T, Why> {
        let mut agreed: Option<T> = None;
        for value in self.value.alternatives() {
            let this = read(value).ok_or_else(|| why(value))?;
            match &agreed {
                Some(before) if *before != this => {
                    return Err(Why::Input("the condition that chooses between several values".into()));
                }
                Some(_) => {}
                None => agreed = Some(this),
            }
        }
        agreed.ok_or_else(|| Why::Unsupported("a value without alternatives".into()))
    }
}

/// Why a value cannot be read as what it should be.
fn why(value: &Value) -> Why {
    match &value.kind {
        ValueKind::Unknown(unknown) => unknown.why.clone(),
        ValueKind::Text(text) => match text.symbols().next() {
            Some((_, symbol)) => Why::AfterDeployment(symbol.name().into()),
            None => Why::Error(format!("{text:?} is not of the type that this setting takes").into()),
        },
        _ => Why::Error("the value is not of the type that this setting takes".into()),
    }
}

/// All texts in a value: itself, its elements, its alternatives. For settings that take one or several.
pub fn texts(value: &Value) -> Vec<(Text, Option<Span>)> {
    let mut out = Vec::new();
    collect_texts(value, &mut out);
    out
}

fn collect_texts(value: &Value, out: &mut Vec<(Text, Option<Span>)>) {
    match &value.kind {
        ValueKind::List(list) => list.iter().for_each(|item| collect_texts(item, out)),
        ValueKind::OneOf(arms) => arms.iter().for_each(|arm| collect_texts(arm, out)),
        ValueKind::Null | ValueKind::Map(_) => {}
        _ => out.extend(value.to_text().map(|text| (text, value.origin))),
    }
}
