//! How a pattern of `Resource` is read: what its wildcards take, and where they stop.
//!
//! Source: AWS IAM User Guide, "IAM JSON policy elements: Resource".

use crate::value::Symbol;

use super::Token;

/// Fields of an ARN.
pub(super) const FIELDS: usize = 6;

/// The fields that say where something is deployed: partition, region, account.
const OF_DEPLOYMENT: [usize; 3] = [1, 3, 4];

/// Whether fields that an ARN leaves out at its end are wildcards.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Completes {
    /// In policies that say what, not who.
    Yes,
    /// In policies of resources.
    No,
}

/// One position of a pattern whose wildcards may stop at a colon.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Step {
    /// This character.
    Char(char),
    /// This character, which is in lower case, in either case.
    AnyCase(char),
    /// `?`; in a field it takes no colon.
    One {
        /// Whether it stands before the last field.
        in_field: bool,
    },
    /// `*`, which crosses a colon only at the end of a field or in the last one.
    Many {
        /// Whether it stands before the last field, and not at the end of its own.
        in_field: bool,
    },
    /// What is not known here.
    Hole(Symbol),
}

/// Whether a field of an ARN is where the code is deployed, whatever that is.
pub(super) fn is_of_deployment(field: &[Token], index: usize) -> bool {
    // A policy variable is something else: it has a value in each request.
    OF_DEPLOYMENT.contains(&index) && matches!(field, [Token::Hole(symbol)] if !symbol.name().starts_with("${"))
}

/// The spellings of a pattern of `Resource`, any of which may match.
///
/// "You can use wildcard characters within the individual segments of an ARN. … If the `*` wildcard is the last
/// character of a resource ARN segment, it can expand to match beyond the colon boundaries." In an identity-based policy
/// an ARN with fields left out at its end is completed: it has `*` in them.
pub(super) fn steps(tokens: &[Token], completes: Completes) -> Vec<Vec<Step>> {
    let is_arn = tokens.len() >= "arn:".len()
        && tokens.iter().zip("arn:".chars()).all(|(token, letter)| *token == Token::Char(letter));
    if !is_arn {
        return vec![plain_steps(tokens)];
    }
    let fields: Vec<&[Token]> = tokens.splitn(FIELDS, |token| *token == Token::Char(':')).collect();
    let mut steps = Vec::with_capacity(tokens.len());
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            steps.push(Step::Char(':'));
        }
        push_field(&mut steps, field, index);
    }
    if fields.len() >= FIELDS || completes == Completes::No {
        return vec![steps];
    }
    let mut longer = steps.clone();
    for _ in fields.len()..FIELDS {
        longer.extend([Step::Char(':'), Step::Many { in_field: false }]);
    }
    vec![steps, longer]
}

/// A pattern whose wildcards know no fields.
pub(super) fn plain_steps(tokens: &[Token]) -> Vec<Step> {
    let step = |token: &Token| match token {
        Token::Char(character) => Step::Char(*character),
        Token::One => Step::One { in_field: false },
        Token::Many => Step::Many { in_field: false },
        Token::Hole(symbol) => Step::Hole(symbol.clone()),
    };
    tokens.iter().map(step).collect()
}

fn push_field(steps: &mut Vec<Step>, field: &[Token], index: usize) {
    let is_last = index + 1 == FIELDS;
    if is_of_deployment(field, index) {
        // That of the resource, which is deployed with the code.
        steps.push(Step::Many { in_field: true });
        return;
    }
    for (at, token) in field.iter().enumerate() {
        let ends_field = field.get(at + 1..).is_some_and(|rest| rest.iter().all(|token| *token == Token::Many));
        steps.push(match token {
            Token::Char(character) => Step::Char(*character),
            Token::One => Step::One { in_field: !is_last },
            Token::Many => Step::Many { in_field: !is_last && !ends_field },
            Token::Hole(symbol) => Step::Hole(symbol.clone()),
        });
    }
}

/// A pattern of ARNs each of whose fields is matched by itself. Nothing for what has fewer fields.
pub(super) fn steps_by_field(tokens: &[Token]) -> Option<Vec<Step>> {
    let fields: Vec<&[Token]> = tokens.splitn(FIELDS, |token| *token == Token::Char(':')).collect();
    if fields.len() < FIELDS {
        return None;
    }
    let mut steps = Vec::with_capacity(tokens.len());
    for (index, field) in fields.iter().enumerate() {
        let in_field = index + 1 < FIELDS;
        if index > 0 {
            steps.push(Step::Char(':'));
        }
        steps.extend(plain_steps(field).into_iter().map(|step| match step {
            Step::One { .. } => Step::One { in_field },
            Step::Many { .. } => Step::Many { in_field },
            other => other,
        }));
    }
    Some(steps)
}
