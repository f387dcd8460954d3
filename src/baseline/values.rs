//! What can be set: the keys, their types, and the check of what is given.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use regex::Regex;
use serde::Deserialize;

use super::datum::Datum;
use super::{Language, instead};

/// What the Account and Budgets APIs both take as an address. Source: AWS API reference, "`PutAlternateContact`".
const EMAIL: &str = "[A-Za-z0-9_+=.#!&-]+@[A-Za-z0-9.-]+\\.[A-Za-z0-9]+";

/// The longest address. Source: as above.
const MAX_EMAIL_CHARACTERS: usize = 254;

/// One value that can be set.
#[derive(Clone, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// The name, in `snake_case`.
    pub key: String,
    /// What it is, in a sentence.
    pub description: String,
    /// What it may be.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What it may be, in words, where the pattern is not for reading.
    #[serde(default)]
    takes: Option<String>,
    /// What a text, or an item of a list, must match as a whole.
    #[serde(default)]
    pattern: Option<String>,
    /// The most characters of a text, or of an item of a list.
    #[serde(default)]
    pub(super) maximum_length: Option<usize>,
    /// The least number.
    #[serde(default)]
    pub(super) minimum: Option<i64>,
    /// The greatest number.
    #[serde(default)]
    pub(super) maximum: Option<i64>,
    /// The only numbers, texts or items of a list that there are; empty for no such limit.
    #[serde(default)]
    pub(super) choices: Vec<Datum>,
    /// The least number of items in a list.
    #[serde(default)]
    pub(super) minimum_items: usize,
    /// The key of a value that is no item of this list: whatever is made for each of both would be made twice.
    #[serde(default)]
    without: Option<String>,
    /// What holds when nothing is given. Without it, the reader of the generated code gives it.
    #[serde(default)]
    pub default: Option<Datum>,
    /// The languages whose generated code has a variable or parameter for it.
    #[serde(default = "every_language")]
    pub(super) adjustable: Vec<Language>,
}

/// The type of a value.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Debug)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// Text.
    Text,
    /// An e-mail address.
    Email,
    /// Texts; on the command line with commas between them.
    List,
}

/// Everything that can be set.
#[derive(Clone, Default, Debug)]
pub struct Schema {
    definitions: Vec<Definition>,
}

/// What is set, defaults included; a value that the reader of the generated code must give is missing.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Values(BTreeMap<String, Datum>);

/// What is wrong with a value that was given.
#[derive(PartialEq, Eq, thiserror::Error, Debug)]
pub enum ValueError {
    /// There is no such key.
    #[error("there is no value {key:?}{instead}")]
    Unknown {
        /// The key that was asked for.
        key: String,
        /// The nearest, and all.
        instead: String,
    },
    /// The key takes other values.
    #[error("{key} cannot be {given:?}: it takes {expected}")]
    Invalid {
        /// The key.
        key: String,
        /// What was given.
        given: String,
        /// What it takes.
        expected: String,
    },
    /// One value stands in another, too.
    #[error("{key} names {value:?}, which is the {other} already: leave it out of {key}, or choose another {other}")]
    Twice {
        /// The key of the list.
        key: String,
        /// The key whose value stands in it.
        other: String,
        /// That value.
        value: String,
    },
    /// It is not of the form `KEY=VALUE`.
    #[error("{0:?} sets nothing: a value is set by KEY=VALUE")]
    NoEqualsSign(String),
    /// The text is not a YAML mapping of keys to values.
    #[error("{0}")]
    Syntax(String),
}

fn every_language() -> Vec<Language> {
    Language::ALL.to_vec()
}

impl Definition {
    /// The pattern that a text, or an item of a list, must match as a whole; without anchors.
    pub(super) fn pattern(&self) -> Option<&str> {
        match self.kind {
            Kind::Email => Some(EMAIL),
            _ => self.pattern.as_deref(),
        }
    }

    /// The most characters of a text, or of an item of a list.
    pub(super) fn maximum_length(&self) -> Option<usize> {
        match self.kind {
            Kind::Email => Some(MAX_EMAIL_CHARACTERS),
            _ => self.maximum_length,
        }
    }

    /// What it takes, as the end of a sentence.
    pub fn expected(&self) -> String {
        if let Some(takes) = &self.takes {
            return takes.clone();
        }
        let choices: Vec<String> = self.choices.iter().map(Datum::to_string).collect();
        let mut text = match self.kind {
            Kind::Boolean => "true or false".to_owned(),
            Kind::Integer | Kind::Text if !choices.is_empty() => format!("one of {}", choices.join(", ")),
            Kind::Integer => match (self.minimum, self.maximum) {
                (Some(minimum), Some(maximum)) => format!("a whole number from {minimum} to {maximum}"),
                (Some(minimum), None) => format!("a whole number, {minimum} or more"),
                (None, Some(maximum)) => format!("a whole number, {maximum} or less"),
                (None, None) => "a whole number".to_owned(),
            },
            Kind::Text => "text".to_owned(),
            Kind::Email => return "an e-mail address".to_owned(),
            Kind::List if !choices.is_empty() && self.minimum_items == 1 => {
                return format!("one or more of {}", choices.join(", "));
            }
            Kind::List if !choices.is_empty() => format!("any of {}", choices.join(", ")),
            Kind::List => "a list of texts".to_owned(),
        };
        if matches!(self.kind, Kind::Text | Kind::List) && choices.is_empty() {
            // Nothing can go wrong when writing to a String.
            let _ = self.pattern().map(|pattern| write!(text, " that match {pattern}"));
            let _ = self.maximum_length().map(|length| write!(text, ", of at most {length} characters"));
            if self.kind == Kind::Text {
                text = text.replace(" that match ", " that matches ");
            }
        }
        if self.minimum_items > 0 {
            let _ = write!(text, ", at least {}", self.minimum_items);
        }
        text
    }

    /// Reads what stands behind the `=` of `--set`.
    fn parse(&self, text: &str) -> Result<Datum, ValueError> {
        let datum = match self.kind {
            Kind::Boolean => text.parse().ok().map(Datum::Boolean),
            Kind::Integer => text.parse().ok().map(Datum::Integer),
            Kind::Text | Kind::Email => Some(Datum::Text(text.to_owned())),
            Kind::List if text.is_empty() => Some(Datum::List(Vec::new())),
            Kind::List => Some(Datum::List(text.split(',').map(|item| item.trim().to_owned()).collect())),
        };
        self.checked(datum.ok_or_else(|| self.invalid(text))?)
    }

    fn checked(&self, datum: Datum) -> Result<Datum, ValueError> {
        let holds = match (self.kind, &datum) {
            (Kind::Boolean, Datum::Boolean(_)) => true,
            (Kind::Integer, Datum::Integer(number)) => {
                self.minimum.is_none_or(|minimum| *number >= minimum)
                    && self.maximum.is_none_or(|maximum| *number <= maximum)
                    && self.is_a_choice(&datum)
            }
            (Kind::Text | Kind::Email, Datum::Text(text)) => self.holds_for(text) && self.is_a_choice(&datum),
            (Kind::List, Datum::List(items)) => {
                let once = items.iter().enumerate().all(|(at, item)| !items.iter().take(at).any(|other| other == item));
                let each = |item: &String| self.holds_for(item) && self.is_a_choice(&Datum::Text(item.clone()));
                once && items.len() >= self.minimum_items && items.iter().all(each)
            }
            _ => false,
        };
        if holds { Ok(datum) } else { Err(self.invalid(&datum.to_string())) }
    }

    fn is_a_choice(&self, datum: &Datum) -> bool {
        self.choices.is_empty() || self.choices.contains(datum)
    }

    fn holds_for(&self, text: &str) -> bool {
        // A NUL byte is text in no language that is written here.
        !text.contains('\0')
            && self.maximum_length().is_none_or(|maximum| text.chars().count() <= maximum)
            && self.pattern().is_none_or(|pattern| anchored(pattern).is_ok_and(|pattern| pattern.is_match(text)))
    }

    fn invalid(&self, given: &str) -> ValueError {
        ValueError::Invalid { key: self.key.clone(), given: given.to_owned(), expected: self.expected() }
    }

    /// What is wrong with the definition itself.
    fn fault(&self) -> Option<String> {
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !self.key.starts_with(|c: char| c.is_ascii_lowercase()) || !self.key.chars().all(is_name) {
            return Some(format!("the key {:?} is not in snake_case", self.key));
        }
        if let Some(Err(error)) = self.pattern().map(anchored) {
            return Some(format!("the pattern of {}: {error}", self.key));
        }
        let wrong = self.default.as_ref().and_then(|default| self.checked(default.clone()).err())?;
        Some(format!("the default: {wrong}"))
    }
}

fn anchored(pattern: &str) -> Result<Regex, regex::Error> {
    Regex::new(&format!("^(?:{pattern})$"))
}

impl Schema {
    /// Everything that can be set, in the order in which it is documented.
    pub fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    pub(super) fn get(&self, key: &str) -> Option<&Definition> {
        self.definitions.iter().find(|definition| definition.key == key)
    }

    /// Adds a definition, or puts it in the place of the one that has its key.
    pub(super) fn add(&mut self, definition: Definition) -> Result<(), String> {
        if let Some(fault) = definition.fault() {
            return Err(fault);
        }
        match self.definitions.iter_mut().find(|mine| mine.key == definition.key) {
            Some(mine) => *mine = definition,
            None => self.definitions.push(definition),
        }
        Ok(())
    }

    /// What holds when nothing is given.
    pub fn defaults(&self) -> Values {
        let defaults = self.definitions.iter().filter_map(|definition| {
            definition.default.as_ref().map(|default| (definition.key.clone(), default.clone()))
        });
        Values(defaults.collect())
    }

    /// Sets one value from `KEY=VALUE`.
    pub fn set(&self, values: &mut Values, argument: &str) -> Result<(), ValueError> {
        let (key, text) = argument.split_once('=').ok_or_else(|| ValueError::NoEqualsSign(argument.to_owned()))?;
        let definition = self.known(key.trim())?;
        values.0.insert(definition.key.clone(), definition.parse(text)?);
        Ok(())
    }

    /// Sets values from a YAML mapping.
    pub fn set_from_yaml(&self, values: &mut Values, yaml: &str) -> Result<(), ValueError> {
        let syntax = |error: serde_yaml::Error| ValueError::Syntax(error.to_string());
        let given: serde_yaml::Value = serde_yaml::from_str(yaml).map_err(syntax)?;
        let entries = match given {
            serde_yaml::Value::Null => return Ok(()),
            serde_yaml::Value::Mapping(entries) => entries,
            _ => return Err(ValueError::Syntax("it is no mapping of keys to values".to_owned())),
        };
        for (key, value) in entries {
            let Some(key) = key.as_str() else {
                return Err(ValueError::Syntax("every key is a text".to_owned()));
            };
            let definition = self.known(key)?;
            let shown = || serde_yaml::to_string(&value).unwrap_or_default().trim().to_owned();
            let datum: Datum = serde_yaml::from_value(value.clone()).map_err(|_| definition.invalid(&shown()))?;
            if let (Kind::Text | Kind::Email, Datum::Integer(_) | Datum::Boolean(_)) = (definition.kind, &datum) {
                let expected = format!("{}; put it between quotes", definition.expected());
                return Err(ValueError::Invalid { key: definition.key.clone(), given: shown(), expected });
            }
            values.0.insert(definition.key.clone(), definition.checked(datum)?);
        }
        Ok(())
    }

    /// Whether values that are right each for itself go together.
    pub fn check_together(&self, values: &Values) -> Result<(), ValueError> {
        for definition in &self.definitions {
            let Some(other) = &definition.without else { continue };
            if let (Some(Datum::List(items)), Some(Datum::Text(text))) =
                (values.get(&definition.key), values.get(other))
                && items.contains(text)
            {
                let (key, other, value) = (definition.key.clone(), other.clone(), text.clone());
                return Err(ValueError::Twice { key, other, value });
            }
        }
        Ok(())
    }

    fn known(&self, key: &str) -> Result<&Definition, ValueError> {
        self.get(key).ok_or_else(|| {
            let keys: Vec<String> = self.definitions.iter().map(|definition| definition.key.clone()).collect();
            ValueError::Unknown { key: key.to_owned(), instead: instead(key, "the values are", &keys) }
        })
    }
}

impl Values {
    /// What is set for a key, if anything.
    pub fn get(&self, key: &str) -> Option<&Datum> {
        self.0.get(key)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Datum)> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(yaml: &str) -> Schema {
        let mut schema = Schema::default();
        for definition in serde_yaml::from_str::<Vec<Definition>>(yaml).unwrap() {
            schema.add(definition).unwrap();
        }
        schema
    }

    const SCHEMA: &str = r#"
- { key: length, description: L., type: integer, minimum: 14, maximum: 128, default: 14 }
- { key: groups, description: G., type: list, choices: [a, b], minimum_items: 1, default: [a] }
- { key: mail, description: M., type: email }
- { key: prefix, description: P., type: text, pattern: "[a-z]+|[0-9]+", maximum_length: 4, default: x }
- { key: on, description: O., type: boolean, default: true }
"#;

    #[test]
    fn what_is_given_is_checked() {
        let schema = schema(SCHEMA);
        for right in
            ["length=14", "length=128", "groups=a,b", "groups=b", "mail=a.b+c@d-e.org", "prefix=123", "on=false"]
        {
            schema.set(&mut schema.defaults(), right).unwrap();
        }
        for wrong in [
            "length=13",
            "length=129",
            "length=14.5",
            "length=",
            "groups=",
            "groups=a,a",
            "groups=c",
            "mail=a",
            "mail=a@b c.d",
            "mail=a@b.c\n",
            "prefix=abcde",
            "prefix=a1",
            "prefix=a\n",
            "prefix=",
            "on=yes",
        ] {
            let error = schema.set(&mut schema.defaults(), wrong).unwrap_err();
            assert!(matches!(error, ValueError::Invalid { .. }), "{wrong}: {error}");
        }
        assert!(matches!(schema.set(&mut schema.defaults(), "length"), Err(ValueError::NoEqualsSign(_))));
    }

    #[test]
    fn an_unknown_key_names_the_nearest_and_all() {
        let schema = schema(SCHEMA);
        let error = schema.set(&mut schema.defaults(), "lenght=3").unwrap_err().to_string();
        assert_eq!(
            error,
            "there is no value \"lenght\"; did you mean length? the values are: length, groups, mail, prefix, on"
        );
        let error = schema.set(&mut schema.defaults(), "zzz=3").unwrap_err().to_string();
        assert_eq!(error, "there is no value \"zzz\"; the values are: length, groups, mail, prefix, on");
    }

    #[test]
    fn a_value_does_not_stand_in_a_list_too() {
        let schema = schema(
            "[{ key: home, description: H., type: text, default: a }, \
             { key: others, description: O., type: list, without: home, default: [] }]",
        );
        let mut values = schema.defaults();
        schema.check_together(&values).unwrap();
        schema.set(&mut values, "others=b,c").unwrap();
        schema.check_together(&values).unwrap();
        schema.set(&mut values, "others=b,a").unwrap();
        let error = schema.check_together(&values).unwrap_err().to_string();
        assert_eq!(
            error,
            "others names \"a\", which is the home already: leave it out of others, or choose another home"
        );
        schema.set(&mut values, "home=d").unwrap();
        schema.check_together(&values).unwrap();
    }

    #[test]
    fn a_file_sets_the_same() {
        let schema = schema(SCHEMA);
        let mut values = schema.defaults();
        schema.set_from_yaml(&mut values, "length: 20\ngroups: [b]\non: false\nmail: x@y.org\n").unwrap();
        assert_eq!(values.get("length"), Some(&Datum::Integer(20)));
        assert_eq!(values.get("groups"), Some(&Datum::List(vec!["b".to_owned()])));
        assert_eq!(values.get("prefix"), Some(&Datum::Text("x".to_owned())));
        schema.set_from_yaml(&mut values, "").unwrap();
        for wrong in
            ["length: x", "length: [1]", "[length]", "1: 2", "length: 20\nlength: 21", "prefix: 123", "{", "mail:"]
        {
            schema.set_from_yaml(&mut values, wrong).unwrap_err();
        }
        let error = schema.set_from_yaml(&mut values, "prefix: 123").unwrap_err().to_string();
        assert!(error.ends_with("put it between quotes"), "{error}");
    }

    #[test]
    fn definitions_are_checked_too() {
        for wrong in [
            "{ key: A, description: x, type: text }",
            "{ key: a, description: x, type: text, pattern: '(' }",
            "{ key: a, description: x, type: integer, minimum: 3, default: 2 }",
        ] {
            let definition: Definition = serde_yaml::from_str(wrong).unwrap();
            Schema::default().add(definition).unwrap_err();
        }
    }
}
