//! A value as the generated code lets its reader adjust it: a variable of Terraform, a parameter of CloudFormation.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::datum::Datum;
use super::quote;
use super::values::{Definition, Kind, Values};

/// A list that takes more characters is written on several lines.
const MAX_LINE: usize = 90;

/// What a template knows of a value.
#[derive(Serialize, Debug)]
pub(super) struct Variable<'a> {
    key: &'a str,
    description: &'a str,
    has_default: bool,
    value: Option<&'a Datum>,
    /// Whether its default is a list that is easier to read on several lines.
    is_long: bool,
    terraform_type: Expression,
    terraform_checks: Vec<Check>,
    /// The logical id of the parameter.
    parameter: String,
    /// The parameter's properties, in the order in which people write them.
    properties: Vec<(&'static str, Json)>,
}

/// Code that the program itself has made, to be printed as it is.
#[derive(Serialize, Debug)]
struct Expression {
    expression: String,
    is_long: bool,
}

impl Expression {
    fn new(expression: String) -> Self {
        Self { is_long: expression.contains('\n'), expression }
    }
}

/// The body of a `validation` block.
#[derive(Serialize, Debug)]
struct Check {
    condition: Expression,
    message: String,
}

impl<'a> Variable<'a> {
    pub(super) fn new(definition: &'a Definition, values: &'a Values) -> Self {
        let value = values.get(&definition.key);
        let terraform_type = Expression::new(terraform_type(definition.kind).to_owned());
        Self {
            key: &definition.key,
            description: &definition.description,
            has_default: value.is_some(),
            value,
            is_long: matches!(value, Some(Datum::List(items)) if is_long(items.iter().map(String::len))),
            terraform_type,
            terraform_checks: terraform_check(definition).into_iter().collect(),
            parameter: parameter(&definition.key),
            properties: properties(definition, value),
        }
    }

    pub(super) fn is_missing(&self) -> bool {
        !self.has_default
    }
}

fn terraform_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Boolean => "bool",
        Kind::Integer => "number",
        Kind::Text | Kind::Email => "string",
        Kind::List => "list(string)",
    }
}

fn terraform_check(definition: &Definition) -> Option<Check> {
    let name = format!("var.{}", definition.key);
    let mut conditions = Vec::new();
    if definition.kind == Kind::List && !definition.choices.is_empty() {
        conditions.push(format!("length(setsubtract({name}, {})) == 0", choices(definition)));
    } else if definition.kind == Kind::List {
        let each = text_conditions(definition, "item");
        if !each.is_empty() {
            conditions.push(format!("alltrue([for item in {name} : {}])", each.join(" && ")));
        }
    } else if definition.kind == Kind::Integer && definition.choices.is_empty() {
        conditions.extend(definition.minimum.map(|minimum| format!("{name} >= {minimum}")));
        conditions.extend(definition.maximum.map(|maximum| format!("{name} <= {maximum}")));
        conditions.push(format!("floor({name}) == {name}"));
    } else {
        conditions = text_conditions(definition, &name);
    }
    if definition.minimum_items > 0 {
        conditions.push(format!("length({name}) >= {}", definition.minimum_items));
    }
    let condition = Expression::new(conditions.join(" && "));
    let message = format!("{} must be {}.", definition.key, definition.expected());
    (!conditions.is_empty()).then_some(Check { condition, message })
}

/// The choices as a list of Terraform's language, in the body of a `validation` block.
fn choices(definition: &Definition) -> String {
    let choices: Vec<String> = definition.choices.iter().map(hcl_datum).collect();
    if is_long(choices.iter().map(String::len)) {
        format!("[\n      {},\n    ]", choices.join(",\n      "))
    } else {
        format!("[{}]", choices.join(", "))
    }
}

/// Whether items of these lengths are easier to read on several lines.
fn is_long(lengths: impl Iterator<Item = usize>) -> bool {
    lengths.map(|length| length + 4).sum::<usize>() > MAX_LINE
}

/// What must be true of a scalar.
fn text_conditions(definition: &Definition, name: &str) -> Vec<String> {
    if !definition.choices.is_empty() {
        return vec![format!("contains({}, {name})", choices(definition))];
    }
    let pattern = definition.pattern().map(|pattern| format!("can(regex({}, {name}))", quote::hcl(&anchored(pattern))));
    let length = definition.maximum_length().map(|length| format!("length({name}) <= {length}"));
    pattern.into_iter().chain(length).collect()
}

/// The whole of a text must match. Terraform's and Java's expressions agree on what stands in patterns here.
fn anchored(pattern: &str) -> String {
    if pattern.contains('|') { format!("^(?:{pattern})$") } else { format!("^{pattern}$") }
}

/// A value in Terraform's language.
pub(super) fn hcl_datum(datum: &Datum) -> String {
    match datum {
        Datum::Boolean(value) => value.to_string(),
        Datum::Integer(value) => value.to_string(),
        Datum::Text(text) => quote::hcl(text),
        Datum::List(items) => {
            let items: Vec<String> = items.iter().map(|item| quote::hcl(item)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// `password_minimum_length` as `PasswordMinimumLength`.
pub(super) fn parameter(key: &str) -> String {
    let capitalized = |word: &str| {
        let mut characters = word.chars();
        let first = characters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(characters).collect::<String>()
    };
    key.split('_').map(capitalized).collect()
}

fn properties(definition: &Definition, value: Option<&Datum>) -> Vec<(&'static str, Json)> {
    let kind = match definition.kind {
        Kind::Integer => "Number",
        Kind::Boolean | Kind::Text | Kind::Email => "String",
        Kind::List => "CommaDelimitedList",
    };
    let mut properties = vec![("Description", json!(definition.description)), ("Type", json!(kind))];
    let default = value.map(|value| match value {
        Datum::Integer(number) => json!(number),
        other => json!(other.to_string()),
    });
    properties.extend(default.map(|default| ("Default", default)));
    if definition.kind == Kind::Boolean {
        properties.push(("AllowedValues", json!(["true", "false"])));
    } else if definition.kind != Kind::List {
        if !definition.choices.is_empty() {
            properties.push(("AllowedValues", json!(definition.choices)));
        }
        properties.extend(definition.minimum.map(|minimum| ("MinValue", json!(minimum))));
        properties.extend(definition.maximum.map(|maximum| ("MaxValue", json!(maximum))));
        if definition.choices.is_empty() {
            properties.extend(definition.pattern().map(|pattern| ("AllowedPattern", json!(anchored(pattern)))));
            properties.extend(definition.maximum_length().map(|length| ("MaxLength", json!(length))));
        }
        properties.push(("ConstraintDescription", json!(format!("must be {}", definition.expected()))));
    }
    properties
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_named_as_in_cloudformation() {
        assert_eq!(parameter("password_minimum_length"), "PasswordMinimumLength");
        assert_eq!(parameter("a__b"), "AB");
    }

    #[test]
    fn a_pattern_holds_for_the_whole_text() {
        assert_eq!(anchored("a|b"), "^(?:a|b)$");
        assert_eq!(anchored("[a-z]+"), "^[a-z]+$");
    }
}
