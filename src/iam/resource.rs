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

/// Whether a pattern of `Resource` in an identity policy certainly names a resource.
pub(super) fn names(tokens: &[Token], arn: &str) -> bool {
    steps(tokens, Completes::Yes).iter().any(|steps| takes(steps, arn, false))
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

/// Whether a pattern takes a text; `open` is whether what is not known takes any.
///
/// All positions of the pattern at once, one letter after the other: time is the product of the lengths.
pub(super) fn takes(steps: &[Step], text: &str, open: bool) -> bool {
    let is_many = |step: &Step| matches!(step, Step::Many { .. }) || (open && matches!(step, Step::Hole(_)));
    // reached[i]: the first i positions have taken the text so far.
    let mut reached = vec![false; steps.len() + 1];
    let empty = |reached: &mut Vec<bool>| {
        for (at, step) in steps.iter().enumerate() {
            if is_many(step) && reached.get(at) == Some(&true) {
                set(reached, at + 1);
            }
        }
    };
    set(&mut reached, 0);
    empty(&mut reached);
    let mut next = vec![false; steps.len() + 1];
    for letter in text.chars() {
        next.fill(false);
        for (at, step) in steps.iter().enumerate().filter(|(at, _)| reached.get(*at) == Some(&true)) {
            match step {
                Step::Char(own) if *own == letter => set(&mut next, at + 1),
                Step::AnyCase(own) if *own == letter.to_ascii_lowercase() => set(&mut next, at + 1),
                Step::One { in_field } if !in_field || letter != ':' => set(&mut next, at + 1),
                Step::Many { in_field } if !in_field || letter != ':' => set(&mut next, at),
                Step::Hole(_) if open => set(&mut next, at),
                _ => {}
            }
        }
        std::mem::swap(&mut reached, &mut next);
        empty(&mut reached);
    }
    reached.last() == Some(&true)
}

fn set(reached: &mut [bool], at: usize) {
    if let Some(place) = reached.get_mut(at) {
        *place = true;
    }
}

/// Whether a pattern, field by field, takes every ARN.
pub(super) fn is_every_arn(tokens: &[Token]) -> bool {
    let mut fields = tokens.splitn(FIELDS, |token| *token == Token::Char(':'));
    let starts = fields
        .next()
        .is_some_and(|first| first == [Token::Many] || first.iter().eq(['a', 'r', 'n'].map(Token::Char).iter()));
    starts && fields.filter(|field| *field == [Token::Many]).count() + 1 == FIELDS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{Glob, Variables};

    #[test]
    fn where_it_is_deployed_does_not_matter() {
        let mut text = crate::value::TextBuilder::new();
        text.push_str("arn:");
        text.push_symbol(Symbol::new("AWS::Partition"));
        text.push_str(":iam::");
        text.push_symbol(Symbol::new("AWS::AccountId"));
        text.push_str(":role/*");
        let pattern = Glob::new(&text.finish(), Variables::Replaced);
        assert!(names(pattern.tokens(), "arn:aws:iam::111122223333:role/x"));
        assert!(!names(pattern.tokens(), "arn:aws:iam::111122223333:user/x"));
    }

    #[test]
    fn every_arn_has_six_fields() {
        let is_every = |pattern: &str| is_every_arn(Glob::known(pattern).tokens());
        assert!(is_every("arn:*:*:*:*:*") && is_every("*:*:*:*:*:*"));
        assert!(!is_every("*") && !is_every("arn:*") && !is_every("arn:*:*:*:*:a*") && !is_every("arn:*:*:*:*"));
    }
}
