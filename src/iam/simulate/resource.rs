//! Which resources a pattern names, and which ARNs a condition does: two rules.
//!
//! Source: AWS IAM User Guide, "IAM JSON policy elements: Resource" and "… Condition operators".

use crate::iam::Token;
use crate::iam::resource::{Completes, FIELDS, Step, is_of_deployment, steps, takes};

use super::Truth;
use super::pattern::Resolved;

/// Whether a pattern of `Resource` names a resource.
pub(super) fn names_resource(pattern: &Resolved, resource: &str, completes: Completes) -> Truth {
    Truth::any(steps(pattern.tokens(), completes).iter().map(|steps| matches_steps(steps, resource)))
}

fn matches_steps(steps: &[Step], text: &str) -> Truth {
    if takes(steps, text, false) {
        return Truth::Yes;
    }
    let has_hole = steps.iter().any(|step| matches!(step, Step::Hole(_)));
    Truth::from(has_hole && takes(steps, text, true)).at_most_unknown()
}

/// Whether a text has the fields of an ARN.
pub(super) fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") && text.splitn(FIELDS, ':').count() == FIELDS
}

/// Whether an ARN operator's value matches an ARN: "each of the six colon-delimited components of the ARN is checked
/// separately". `None` where either is no ARN, which fails negated operators too.
pub(super) fn matches_arn(pattern: &Resolved, arn: &str) -> Option<Truth> {
    let theirs: Vec<&str> = arn.splitn(FIELDS, ':').collect();
    let own: Vec<&[Token]> = pattern.tokens().splitn(FIELDS, |token| *token == Token::Char(':')).collect();
    if !is_arn(arn) {
        return None;
    }
    if own.len() < FIELDS {
        // What is not known may hold the colons that are missing.
        let is_open = pattern.tokens().iter().any(|token| matches!(token, Token::Hole(_)));
        return is_open.then_some(Truth::Unknown);
    }
    let matches = own.iter().zip(&theirs).enumerate().map(|(index, (field, text))| {
        if is_of_deployment(field, index) { Truth::Unknown } else { Resolved::of_tokens(field).matches(text) }
    });
    Some(Truth::all(matches))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Variables;
    use crate::iam::simulate::Context;
    use crate::iam::simulate::pattern::Wildcards;
    use crate::value::{Symbol, Text, TextBuilder};

    fn resolved(text: &Text) -> Resolved {
        Resolved::new(text, Variables::Replaced, Wildcards::Match, &Context::default()).unwrap()
    }

    fn named(pattern: &str, resource: &str) -> bool {
        names_resource(&resolved(&Text::from(pattern)), resource, Completes::Yes) == Truth::Yes
    }

    const TABLE: &str = "arn:aws:dynamodb:us-east-1:111122223333:table/x";

    #[test]
    fn patterns_that_name_a_table() {
        for pattern in [
            "*",
            "arn:*",
            "arn:aws:dynamodb",
            "arn:aws:dynamodb:*",
            "arn:aws:dynamodb:us-*",
            "arn:aws:dynamodb:us-east-1:111122223333",
            "arn:aws:dynamodb:*:*:table/x",
            "arn:aws:dynamodb:us-east-?:1*3:table/?",
            // A star at the end of a field reaches past the colon.
            "arn:aws:dynamodb:*:table/x",
            "arn:*:table/x",
        ] {
            assert!(named(pattern, TABLE), "{pattern}");
        }
    }

    #[test]
    fn patterns_that_do_not() {
        for pattern in [
            "",
            "arn:aws:dynamodb:us*x",
            // A star inside a field stays there.
            "arn:aws:dynamodb:us*1:table/x",
            "arn:aws:dynamodb:us-east-1:111122223333:",
            "arn:aws:dynamodb::*:table/x",
            "arn:aws:dynamodb:us-east-1:*:TABLE/x",
            "arn:aws:dynamodb:us-east-1?111122223333:table/x",
        ] {
            assert!(!named(pattern, TABLE), "{pattern}");
        }
        let incomplete = resolved(&Text::from("arn:aws:dynamodb"));
        assert_eq!(names_resource(&incomplete, TABLE, Completes::No), Truth::No);
        assert!(!named("arn:aws:s3:::*", "*"), "an action without resources is asked for everything");
        assert!(named("arn:aws:s3:::b/*/y", "arn:aws:s3:::b/a:b/y"), "the last field keeps its colons");
    }

    #[test]
    fn what_is_not_known_decides_nothing() {
        let mut text = TextBuilder::new();
        text.push_symbol(Symbol::new("aws_s3_bucket.logs.arn"));
        text.push_str("/*");
        assert_eq!(names_resource(&resolved(&text.finish()), "arn:aws:s3:::logs/x", Completes::Yes), Truth::Unknown);
        let mut text = TextBuilder::new();
        text.push_str("arn:");
        text.push_symbol(Symbol::new("AWS::Partition"));
        text.push_str(":dynamodb:us-east-1:");
        text.push_symbol(Symbol::new("AWS::AccountId"));
        text.push_str(":table/x");
        assert_eq!(names_resource(&resolved(&text.finish()), TABLE, Completes::Yes), Truth::Yes);
    }

    #[test]
    fn conditions_compare_arns_field_by_field() {
        let matches = |pattern: &str, arn: &str| matches_arn(&resolved(&Text::from(pattern)), arn);
        assert_eq!(matches("arn:aws:sns:*:*:t", "arn:aws:sns:us-east-1:1:t"), Some(Truth::Yes));
        assert_eq!(matches("arn:aws:sns:*:1:*", "arn:aws:sns:us-east-1:1:t:sub"), Some(Truth::Yes));
        assert_eq!(matches("arn:aws:sns:us-east-1:1:T", "arn:aws:sns:us-east-1:1:t"), Some(Truth::No));
        assert_eq!(matches("arn:aws:*:t", "arn:aws:sns:us-east-1:1:t"), None);
        assert_eq!(matches("arn:*:*:*:*:*", "not an arn"), None);
    }

    /// The plain model: try every length for every `*`.
    fn slow(pattern: &[char], text: &[char], field: usize) -> bool {
        let in_field = field + 1 < FIELDS;
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => {
                let crosses = !in_field || rest.first().is_none_or(|next| *next == ':');
                let ends = (0..=text.len()).take_while(|end| crosses || !text[..*end].contains(&':'));
                ends.into_iter().any(|end| slow(rest, &text[end..], field))
            }
            Some(('?', rest)) => !text.is_empty() && (!in_field || text[0] != ':') && slow(rest, &text[1..], field),
            Some((letter, rest)) => {
                let next = field + usize::from(*letter == ':');
                text.first() == Some(letter) && slow(rest, &text[1..], next)
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn resources_agree_with_the_plain_model(pattern in "arn(:[a*?]{0,2}){5,6}", text in "arn(:[ab]{0,2}){5,7}") {
            // Two stars are one, also to the rule of a field's end.
            let pattern = pattern.replace("**", "*");
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            proptest::prop_assert_eq!(named(&pattern, &text), slow(&letters(&pattern), &letters(&text), 0));
        }
    }
}
