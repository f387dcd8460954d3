//! Patterns of policies with their variables replaced.
//!
//! Source: AWS IAM User Guide, "IAM policy elements: Variables and tags".

use crate::iam::{Glob, Token, Variables};
use crate::value::{Piece, Text};

use super::{Context, Truth};

/// A pattern ready to be matched: the text that a variable stands for is literal, whatever characters it has.
#[derive(Clone, Debug)]
pub(super) struct Resolved(Vec<Token>);

/// Whether `*` and `?` are wildcards.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wildcards {
    /// They match.
    Match,
    /// They are characters.
    Literal,
}

impl Resolved {
    /// Replaces the variables. `None` where one has neither a value in the request nor a default: then nothing is equal
    /// to or like what it stands in.
    pub(super) fn new(text: &Text, variables: Variables, wildcards: Wildcards, context: &Context) -> Option<Self> {
        let mut tokens = Vec::with_capacity(text.literal_content().len());
        for piece in text.pieces() {
            match piece {
                Piece::Symbol(symbol) => tokens.push(Token::Hole(symbol.clone())),
                Piece::Literal(literal) => push(&mut tokens, literal, variables, wildcards, context)?,
            }
        }
        Some(Self(tokens))
    }

    /// A part of another pattern.
    pub(super) fn of_tokens(tokens: &[Token]) -> Self {
        Self(tokens.to_vec())
    }

    pub(super) fn tokens(&self) -> &[Token] {
        &self.0
    }

    /// The text, if there is neither a wildcard nor anything unknown.
    pub(super) fn as_text(&self) -> Option<String> {
        let character = |token: &Token| match token {
            Token::Char(character) => Some(*character),
            _ => None,
        };
        self.0.iter().map(character).collect()
    }

    /// Whether it matches the whole of a text.
    pub(super) fn matches(&self, text: &str) -> Truth {
        if Glob::of_tokens(self.0.iter().cloned()).matches(text) {
            return Truth::Yes;
        }
        if !self.0.iter().any(|token| matches!(token, Token::Hole(_))) {
            return Truth::No;
        }
        let open = self.0.iter().map(|token| if matches!(token, Token::Hole(_)) { Token::Many } else { token.clone() });
        Truth::from(Glob::of_tokens(open).matches(text)).at_most_unknown()
    }

    /// The same pattern in lower case.
    pub(super) fn to_lowercase(&self) -> Self {
        let lower = |token: &Token| match token {
            Token::Char(character) => Token::Char(character.to_lowercase().next().unwrap_or(*character)),
            other => other.clone(),
        };
        Self(self.0.iter().map(lower).collect())
    }
}

fn push(
    tokens: &mut Vec<Token>,
    literal: &str,
    variables: Variables,
    wildcards: Wildcards,
    context: &Context,
) -> Option<()> {
    let mut rest = literal;
    while let Some(character) = rest.chars().next() {
        if variables == Variables::Replaced
            && let Some(inner) = rest.strip_prefix("${")
            && let Some((name, after)) = inner.split_once('}')
        {
            push_variable(tokens, name, context)?;
            rest = after;
            continue;
        }
        tokens.push(match character {
            '*' if wildcards == Wildcards::Match => Token::Many,
            '?' if wildcards == Wildcards::Match => Token::One,
            other => Token::Char(other),
        });
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    Some(())
}

fn push_variable(tokens: &mut Vec<Token>, name: &str, context: &Context) -> Option<()> {
    let literal = match name {
        "*" | "?" | "$" => name,
        // "Separate the variable text and the default value with a comma and space."
        _ => match name.split_once(", '").and_then(|(key, rest)| Some((key, rest.strip_suffix('\'')?))) {
            Some((key, default)) => context.variable(&key.to_ascii_lowercase()).unwrap_or(default),
            None => context.variable(&name.to_ascii_lowercase())?,
        },
    };
    tokens.extend(literal.chars().map(Token::Char));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Context {
        let mut context = Context::default();
        context.set("aws:username", vec!["a*".to_owned()], false);
        context.set("aws:PrincipalTag/team", vec!["red".to_owned()], false);
        context.set("aws:TagKeys", vec!["x".to_owned()], true);
        context
    }

    fn matches(pattern: &str, text: &str) -> Option<bool> {
        Resolved::new(&Text::from(pattern), Variables::Replaced, Wildcards::Match, &context())
            .map(|resolved| resolved.matches(text) == Truth::Yes)
    }

    #[test]
    fn the_text_of_a_variable_is_literal() {
        assert_eq!(matches("home/${aws:UserName}/*", "home/a*/x"), Some(true));
        assert_eq!(matches("home/${aws:username}/*", "home/ab/x"), Some(false));
    }

    #[test]
    fn a_default_stands_in_for_what_is_missing() {
        assert_eq!(matches("${aws:principaltag/team, 'all'}", "red"), Some(true));
        assert_eq!(matches("${aws:PrincipalTag/town, 'all'}", "all"), Some(true));
        assert_eq!(matches("${aws:PrincipalTag/town}", "all"), None);
        assert_eq!(matches("${aws:PrincipalTag/town,'all'}", "all"), None);
        assert_eq!(matches("${aws:TagKeys}", "x"), None, "a key of several values is no text");
    }

    #[test]
    fn escapes_are_characters() {
        assert_eq!(matches("a${*}b${?}c${$}d", "a*b?c$d"), Some(true));
        assert_eq!(matches("a${*}b", "axb"), Some(false));
        assert_eq!(matches("${unclosed", "${unclosed"), Some(true));
    }
}
