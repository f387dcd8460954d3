//! Policy variables: `${aws:username}`, and what only looks like one.

use crate::iam::condition::Condition;
use crate::iam::document::{Document, Statement, Version};
use crate::source::Span;
use crate::value::Text;

use super::keys::{Known, look_up, meant};
use super::values::{Family, family};
use super::{Check, Faults, Weight};

/// Where a variable stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    /// A resource, or a value that is compared as a string or ARN.
    Replaced,
    /// A value that is compared as something else.
    OtherType,
    /// An element that takes none.
    Element(&'static str),
}

/// What is between the braces.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Variable<'t> {
    /// `${*}`, `${?}`, `${$}`.
    Character,
    /// A key, with or without a default.
    Key(&'t str),
    /// What it cannot be, with AWS's code.
    Broken(&'static str, String),
}

/// The variables of a statement.
pub(super) fn check(document: &Document, statement: &Statement, faults: &mut Faults) {
    let texts = |place: Place| move |(text, span): (&Text, Option<Span>)| (text.clone(), span, place);
    let of_patterns = |patterns: &Option<crate::iam::Patterns>, place: Place| {
        let items = patterns.iter().flat_map(|patterns| &patterns.items);
        items
            .filter(|pattern| may_hold(&pattern.text))
            .map(|pattern| (&pattern.text, pattern.span))
            .map(texts(place))
            .collect::<Vec<_>>()
    };
    let mut found = of_patterns(&statement.actions, Place::Element("actions"));
    found.extend(of_patterns(&statement.resources, Place::Replaced));
    let principals = statement.principals.iter().flat_map(|principals| &principals.items);
    let principals = principals.filter(|principal| may_hold(&principal.text));
    found
        .extend(principals.map(|principal| (&principal.text, principal.span)).map(texts(Place::Element("principals"))));
    for condition in &statement.conditions {
        let place = place_of(condition);
        let values = condition.values.iter().filter(|value| may_hold(&value.text));
        found.extend(values.map(|value| (&value.text, value.span)).map(texts(place)));
    }
    for (text, span, place) in found {
        of_text(document, &text, span, place, faults);
    }
}

fn may_hold(text: &Text) -> bool {
    let content = text.literal_content();
    content.contains("${") || content.contains("&{")
}

fn place_of(condition: &Condition) -> Place {
    match condition.operator.map(|operator| family(operator.kind)) {
        Some(Family::String | Family::Arn) | None => Place::Replaced,
        Some(_) => Place::OtherType,
    }
}

fn of_text(document: &Document, text: &Text, span: Option<Span>, place: Place, faults: &mut Faults) {
    if text.literal_content().contains("&{aws:") {
        let message = "&{…} is a variable in the arguments of aws_iam_policy_document only; here it is text, and ${…} is a variable";
        faults.add(Check::MalformedVariable, span, message);
        return;
    }
    // A symbol within the braces ends the piece: what the name will be is not known.
    let pieces = text.pieces();
    let is_whole = text.is_known();
    for piece in pieces {
        let crate::value::Piece::Literal(literal) = piece else { continue };
        for variable in variables(literal, is_whole) {
            match variable {
                Variable::Character => {}
                Variable::Broken(code, message) => {
                    faults.add(Check::MalformedVariable, span, message).coded(code);
                }
                Variable::Key(key) => of_key(document, key, span, place, faults),
            }
        }
    }
}

fn of_key(document: &Document, key: &str, span: Option<Span>, place: Place, faults: &mut Faults) {
    match place {
        Place::Element(element) => {
            let message = format!("${{{key}}} is text here: {element} take no policy variables");
            faults.add(Check::MalformedVariable, span, message).coded("VARIABLE_UNSUPPORTED_IN_ELEMENT");
            return;
        }
        Place::OtherType => {
            let message = format!("${{{key}}} is text here: only strings and ARNs are compared with policy variables");
            faults.add(Check::MalformedVariable, span, message).coded("INVALID_VARIABLE_FOR_OPERATOR");
            return;
        }
        Place::Replaced => {}
    }
    if !key.contains(':') {
        let hint = faults.suggest(|| meant(key)).map_or_else(
            || ", as it would be of the code if the text were evaluated".to_owned(),
            |near| format!("; {near} is near"),
        );
        let message = format!("${{{key}}} is no policy variable, whose name is a condition key{hint}");
        faults.add(Check::MalformedVariable, span, message).coded("INVALID_GLOBAL_CONDITION_KEY");
        return;
    }
    if document.version == Version::V2008 {
        let message = format!(
            "${{{key}}} is text, since a document of 2008-10-17 has no variables; \"Version\": \"2012-10-17\" has"
        );
        faults.add(Check::VariableInOldVersion, span, message).coded("VARIABLE_UNSUPPORTED_IN_VERSION");
    }
    if look_up(key) == Known::No {
        let near = faults.suggest(|| meant(key));
        let hint = near.as_ref().map(|near| format!("; {near} is near")).unwrap_or_default();
        let message = format!("${{{key}}}: there is no condition key {key}{hint}");
        let fault = faults.add(Check::MalformedVariable, span, message).likely();
        if near.is_none() {
            fault.weigh(Weight::Trifle);
        }
    }
}

/// The variables in a literal text. Of one that goes on behind the text nothing is said.
fn variables(literal: &str, is_whole: bool) -> Vec<Variable<'_>> {
    let mut found = Vec::new();
    let mut rest = literal;
    while let Some((_, after)) = rest.split_once("${") {
        let end = after.find('}');
        let next = after.find("${");
        match (end, next) {
            (Some(end), next) if next.is_none_or(|next| end < next) => {
                found.push(variable(after.get(..end).unwrap_or_default()));
                rest = after.get(end + 1..).unwrap_or_default();
            }
            (None, None) if !is_whole => break,
            _ => {
                let start: String = after.chars().take_while(|character| !character.is_whitespace()).take(40).collect();
                let message = format!("${{{start} has no closing brace");
                found.push(Variable::Broken("MISSING_BRACE_IN_VARIABLE", message));
                rest = after;
            }
        }
    }
    found
}

fn variable(content: &str) -> Variable<'_> {
    if matches!(content, "*" | "?" | "$") {
        return Variable::Character;
    }
    if content.trim().is_empty() {
        return Variable::Broken("EMPTY_VARIABLE", "the policy variable has no name".to_owned());
    }
    let (key, default) = match content.split_once(',') {
        Some((key, default)) => (key, Some(default.trim())),
        None => (content, None),
    };
    if let Some(default) = default
        && !(default.len() >= 2 && default.starts_with('\'') && default.ends_with('\''))
    {
        let message = format!("the default of ${{{content}}} needs quotes: ${{{}, 'default'}}", key.trim());
        return Variable::Broken("MISSING_QUOTE_IN_VARIABLE", message);
    }
    // The name of a tag may have spaces.
    let name = key.split('/').next().unwrap_or(key);
    if name.contains(char::is_whitespace) {
        let message = format!("${{{content}}} has a space, which the name of a policy variable has not");
        return Variable::Broken("UNSUPPORTED_SPACE_IN_VARIABLE", message);
    }
    Variable::Key(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_told_from_what_looks_like_them() {
        assert_eq!(variables("a/${aws:username}/b", true), [Variable::Key("aws:username")]);
        assert_eq!(variables("${*}${?}${$}", true), [Variable::Character, Variable::Character, Variable::Character]);
        assert_eq!(variables("${aws:PrincipalTag/team, 'none'}", true), [Variable::Key("aws:PrincipalTag/team")]);
        let code = |text| match variables(text, true).into_iter().next() {
            Some(Variable::Broken(code, _)) => code,
            _ => "",
        };
        assert_eq!(code("${aws:username"), "MISSING_BRACE_IN_VARIABLE");
        assert_eq!(code("${aws:username/${aws:userid}"), "MISSING_BRACE_IN_VARIABLE");
        assert_eq!(code("${}"), "EMPTY_VARIABLE");
        assert_eq!(code("${aws:username, none}"), "MISSING_QUOTE_IN_VARIABLE");
        assert_eq!(code("${ aws:username }"), "UNSUPPORTED_SPACE_IN_VARIABLE");
        assert!(variables("${aws:PrincipalTag/", false).is_empty());
    }
}
