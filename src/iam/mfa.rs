//! What conditions say of requests without a second factor.

use super::{Condition, Effectiveness, OperatorKind, Statement};

/// Whether the session signed in with a second factor. Missing for long-lived access keys.
/// Source: AWS IAM User Guide, "AWS global condition context keys".
pub const PRESENT: &str = "aws:multifactorauthpresent";

/// Seconds since the second factor was given. Missing when none was.
pub const AGE: &str = "aws:multifactorauthage";

/// A request of somebody who has not given a second factor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WithoutMfa {
    /// From the console, or with temporary credentials: `aws:MultiFactorAuthPresent` is there and false.
    Session,
    /// Signed with a long-lived access key: the key is missing.
    AccessKey,
}

/// Whether a condition is about a second factor.
pub fn is_about(condition: &Condition) -> bool {
    condition.has_key(PRESENT) || condition.has_key(AGE)
}

/// Whether a condition holds for such a request; `None` where that depends on other things.
pub fn holds(condition: &Condition, request: WithoutMfa) -> Option<bool> {
    use OperatorKind::{
        Bool, Null, StringEquals, StringEqualsIgnoreCase, StringLike, StringNotEquals, StringNotEqualsIgnoreCase,
        StringNotLike,
    };
    if condition.possible || condition.incomplete {
        return None;
    }
    match request {
        WithoutMfa::Session if condition.has_key(PRESENT) => match condition.operator?.kind {
            Bool | Null | StringEquals | StringEqualsIgnoreCase | StringLike => Some(condition.has_value("false")),
            StringNotEquals | StringNotEqualsIgnoreCase | StringNotLike => Some(!condition.has_value("false")),
            _ => None,
        },
        _ if is_about(condition) => condition.holds_without_key(),
        _ => (condition.effectiveness("iam") == Effectiveness::AlwaysTrue).then_some(true),
    }
}

/// Whether a Deny applies to all such requests, because they are such.
pub fn denies(statement: &Statement, request: WithoutMfa) -> bool {
    !statement.possible
        && statement.conditions.iter().any(is_about)
        && statement.conditions.iter().all(|condition| holds(condition, request) == Some(true))
}
