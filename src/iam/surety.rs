//! How surely somebody who wants to can make a statement apply.
//!
//! A request's resource is known, or a class of which any will do; its context is what the caller makes it, except for
//! what the path fixes and what depends on the target. So a condition is not true or false: the caller meets it, may
//! meet it, or cannot.
//! Source: AWS IAM User Guide, "AWS global condition context keys" and "IAM JSON policy elements: Condition operators".

use super::condition::is_clock;
use super::simulate::{Context, Truth, holds};
use super::{ArnPattern, Condition, Effectiveness, Glob, OperatorKind, Pattern, Patterns, Statement, Token, Variables};
use crate::value::Symbol;

/// How sure it is. Ordered from not at all to fully.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Surety {
    /// It is not so.
    No,
    /// What the code leaves open decides.
    Unknown,
    /// It is so, unless something unusual holds.
    Likely,
    /// It is so.
    Certain,
}

/// A resource that a pattern of a policy may be about.
#[derive(Clone, Debug)]
pub struct Named {
    /// The service of its ARN: `iam`.
    pub service: &'static str,
    /// What follows the account in its ARN: `role/ci`. What AWS makes up is a symbol.
    pub resource: Glob,
    /// What the code calls its ARN by, where that is all there is of it.
    pub symbol: Option<Symbol>,
}

/// What an action is aimed at.
#[derive(Clone, Copy, Debug)]
pub enum Aim<'a> {
    /// This resource.
    At(&'a Named),
    /// One of a class that the code does not have: a service, and a pattern of all its members (`role/*`).
    Some(&'a str, &'a Glob),
    /// Whatever the action takes.
    Anything,
}

/// Who asks, and what their request carries.
#[derive(Clone, Copy, Default, Debug)]
pub struct Caller<'a> {
    /// Who asks, where the code tells.
    pub principal: Option<&'a Named>,
    /// The user's name, for `${aws:username}`; other principals have none.
    pub user_name: Option<&'a [Token]>,
    /// Keys that the path fixes, in lower case.
    pub given: &'a [(&'static str, &'a str)],
}

/// Keys that callers set as they like.
const CHOSEN: [&str; 5] = ["aws:requestedregion", "aws:requesttag/", "aws:tagkeys", "aws:useragent", "aws:referer"];

/// Keys about how and whence callers come: whoever has the rights on purpose meets them.
const OF_THE_SESSION: [&str; 19] = [
    "aws:multifactorauthpresent",
    "aws:multifactorauthage",
    "aws:sourceip",
    "aws:vpcsourceip",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:vpceaccount",
    "aws:securetransport",
    "aws:currenttime",
    "aws:epochtime",
    "aws:tokenissuetime",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "sts:externalid",
    "sts:rolesessionname",
];

impl Statement {
    /// How surely the caller can make the statement apply to an action on a resource, given that it names the action.
    pub fn may_apply(&self, aim: Aim, service: &str, caller: &Caller) -> Surety {
        let there = if self.possible { Surety::Likely } else { Surety::Certain };
        let named = match &self.resources {
            Some(resources) => resources.may_name(aim, caller),
            None => Surety::Certain,
        };
        let conditions = self.conditions.iter().map(|condition| condition.may_hold(service, caller));
        if named == Surety::No { named } else { conditions.fold(there.min(named), Surety::min) }
    }

    /// How surely the statement applies to an action on a resource whatever the caller does, given that it names the
    /// action: certain where it must, likely where the caller has to do something about it.
    pub fn must_apply(&self, aim: Aim, service: &str, caller: &Caller) -> Surety {
        let named = match &self.resources {
            Some(resources) => resources.must_name(aim, caller),
            None => Surety::Certain,
        };
        if named == Surety::No {
            return named;
        }
        let certain = if self.possible { Surety::Likely } else { Surety::Certain };
        self.conditions
            .iter()
            .fold(certain.min(named), |so_far, condition| so_far.min(condition.must_hold(service, caller)))
    }
}

impl Patterns {
    /// How surely these name a resource, whoever asks.
    pub fn names(&self, one: &Named) -> Surety {
        self.may_name(Aim::At(one), &Caller::default())
    }

    fn may_name(&self, aim: Aim, caller: &Caller) -> Surety {
        let best = |named: &dyn Fn(&Pattern) -> Surety| {
            let certain = |pattern: &Pattern| named(pattern).min(possible(pattern));
            let known = self.items.iter().map(certain).max().unwrap_or(Surety::No);
            if self.incomplete { known.max(Surety::Unknown) } else { known }
        };
        match (aim, self.negated) {
            (Aim::Anything, false) => {
                if self.items.is_empty() {
                    Surety::No
                } else {
                    Surety::Certain
                }
            }
            (Aim::Anything, true) => {
                if self.items.iter().any(|pattern| pattern.glob.is_everything()) {
                    Surety::No
                } else {
                    Surety::Certain
                }
            }
            (Aim::At(one), false) => best(&|pattern| matches(&pattern.glob, one, caller)),
            (Aim::At(one), true) => match best(&|pattern| matches(&pattern.glob, one, caller)) {
                Surety::No => Surety::Certain,
                Surety::Unknown | Surety::Likely => Surety::Unknown,
                Surety::Certain => Surety::No,
            },
            (Aim::Some(service, class), false) => {
                let covers = |pattern: &Pattern| {
                    let arn = || ArnPattern::new(&pattern.glob);
                    pattern.glob.is_everything()
                        || arn().is_some_and(|arn| !arn.is_owned_by_aws() && arn.covers(service, class))
                };
                let all = self.items.iter().filter(|pattern| covers(pattern)).map(possible);
                all.max().unwrap_or(Surety::No)
            }
            (Aim::Some(service, class), true) => {
                let covers = |pattern: &Pattern| {
                    pattern.glob.is_everything()
                        || ArnPattern::new(&pattern.glob).is_some_and(|arn| arn.covers(service, class))
                };
                if self.items.iter().any(covers) { Surety::No } else { Surety::Certain }
            }
        }
    }

    fn must_name(&self, aim: Aim, caller: &Caller) -> Surety {
        let certain = |pattern: &&Pattern| !pattern.possible;
        match (aim, self.negated) {
            // What else the action takes may be left.
            (Aim::Anything, false) => {
                if self.items.iter().filter(certain).any(|pattern| pattern.glob.is_everything()) {
                    Surety::Certain
                } else {
                    Surety::No
                }
            }
            (Aim::Anything, true) => {
                if self.items.is_empty() {
                    Surety::Certain
                } else {
                    Surety::No
                }
            }
            (Aim::At(one), false) => {
                let matched = self.items.iter().map(|pattern| (pattern, matches(&pattern.glob, one, caller)));
                let best = matched.map(|(pattern, surety)| surety.min(possible(pattern))).max().unwrap_or(Surety::No);
                if best == Surety::Unknown { Surety::Likely } else { best }
            }
            (Aim::At(one), true) => {
                let worst = self.items.iter().map(|pattern| matches(&pattern.glob, one, caller)).max();
                match worst.unwrap_or(Surety::No) {
                    Surety::No if !self.incomplete => Surety::Certain,
                    Surety::Certain => Surety::No,
                    _ => Surety::Likely,
                }
            }
            (Aim::Some(service, class), false) => {
                let covers = |pattern: &Pattern| {
                    pattern.glob.is_everything()
                        || ArnPattern::new(&pattern.glob).is_some_and(|arn| arn.covers(service, class))
                };
                if self.items.iter().filter(certain).any(covers) { Surety::Certain } else { Surety::No }
            }
            (Aim::Some(service, class), true) => {
                let touches =
                    |pattern: &Pattern| ArnPattern::new(&pattern.glob).is_none_or(|arn| arn.may_reach(service, class));
                if self.incomplete || self.items.iter().any(touches) { Surety::No } else { Surety::Certain }
            }
        }
    }
}

fn possible(pattern: &Pattern) -> Surety {
    if pattern.possible { Surety::Likely } else { Surety::Certain }
}

/// Whether a pattern of resources names this one. Accounts are taken to be the same: policies are about the one they are
/// in, unless it is AWS's own.
fn matches(pattern: &Glob, one: &Named, caller: &Caller) -> Surety {
    if pattern.is_everything() {
        return Surety::Certain;
    }
    if let ([Token::Hole(symbol)], Some(own)) = (pattern.tokens(), &one.symbol) {
        if symbol == own {
            return Surety::Certain;
        }
        // A reference to something else; what is no reference may be anything.
        return if symbol.reference().is_some() { Surety::No } else { Surety::Unknown };
    }
    let replaced;
    let pattern = if pattern.has_hole() {
        let Some(known) = with_variables(pattern, caller) else { return Surety::No };
        replaced = known;
        &replaced
    } else {
        pattern
    };
    let Some(arn) = ArnPattern::new(pattern) else {
        return if matches!(pattern.tokens(), [Token::Hole(_)]) { Surety::Unknown } else { Surety::No };
    };
    if arn.is_owned_by_aws() {
        return Surety::No;
    }
    if arn.covers(one.service, &one.resource) {
        return Surety::Certain;
    }
    let is_open = pattern.has_hole() || one.resource.has_hole();
    if is_open && arn.may_reach(one.service, &one.resource) { Surety::Unknown } else { Surety::No }
}

/// The pattern with what is known of the caller in it; `None` where a variable has no value, so that nothing matches.
fn with_variables(pattern: &Glob, caller: &Caller) -> Option<Glob> {
    let is_name = |symbol: &Symbol| symbol.name() == "${aws:username}";
    if !pattern.tokens().iter().any(|token| matches!(token, Token::Hole(symbol) if is_name(symbol))) {
        return Some(pattern.clone());
    }
    let name = match (caller.user_name, caller.principal) {
        (Some(name), _) => name,
        (None, Some(_)) => return None,
        // Who asks is not known: the variable is whatever their name is.
        (None, None) => return Some(pattern.clone()),
    };
    let mut tokens = Vec::new();
    for token in pattern.tokens() {
        match token {
            Token::Hole(symbol) if is_name(symbol) => tokens.extend(name.iter().cloned()),
            other => tokens.push(other.clone()),
        }
    }
    Some(Glob::of_tokens(tokens))
}

impl Condition {
    /// How surely the caller can meet the condition of an Allow.
    pub fn may_hold(&self, service: &str, caller: &Caller) -> Surety {
        if self.possible {
            return Surety::Likely;
        }
        match self.effectiveness(service) {
            Effectiveness::AlwaysTrue => return Surety::Certain,
            Effectiveness::NeverTrue => return Surety::No,
            Effectiveness::Restricts => {}
        }
        let Some(key) = self.key_name() else { return Surety::Unknown };
        if let Some(truth) = self.for_caller(&key, caller) {
            return match truth {
                Truth::Yes => Surety::Certain,
                Truth::Unknown => Surety::Unknown,
                Truth::No => Surety::No,
            };
        }
        if starts_with_any(&key, &CHOSEN) {
            Surety::Certain
        } else if starts_with_any(&key, &OF_THE_SESSION) && self.operator.is_some() {
            Surety::Likely
        } else {
            Surety::Unknown
        }
    }

    /// How surely the condition of a Deny holds whatever the caller does.
    pub fn must_hold(&self, service: &str, caller: &Caller) -> Surety {
        if self.possible {
            return Surety::Likely;
        }
        match self.effectiveness(service) {
            Effectiveness::AlwaysTrue => return Surety::Certain,
            Effectiveness::NeverTrue => return Surety::No,
            Effectiveness::Restricts => {}
        }
        let Some(key) = self.key_name() else { return Surety::Likely };
        match self.for_caller(&key, caller) {
            Some(Truth::Yes) => Surety::Certain,
            Some(Truth::No) => Surety::No,
            None if starts_with_any(&key, &CHOSEN) => Surety::No,
            Some(Truth::Unknown) | None => Surety::Likely,
        }
    }

    /// Whether the condition holds, where it asks for what the path fixes or for who the caller is.
    fn for_caller(&self, key: &str, caller: &Caller) -> Option<Truth> {
        if key == "aws:principalarn" {
            return self.names_principal(caller.principal?);
        }
        let (_, value) = caller.given.iter().find(|(given, _)| *given == key)?;
        let mut context = Context::default();
        if !value.is_empty() {
            context.set(key, vec![(*value).to_owned()], false);
        }
        Some(holds(self, Variables::Replaced, &context))
    }

    fn names_principal(&self, principal: &Named) -> Option<Truth> {
        use OperatorKind as Kind;
        let operator = self.operator?;
        let compares = matches!(
            operator.kind,
            Kind::ArnLike
                | Kind::ArnEquals
                | Kind::StringLike
                | Kind::StringEquals
                | Kind::ArnNotLike
                | Kind::ArnNotEquals
                | Kind::StringNotLike
                | Kind::StringNotEquals
        );
        if !compares {
            return None;
        }
        let nobody = Caller::default();
        let named = self.values.iter().map(|value| matches(&value.glob, principal, &nobody)).max();
        let named = match named.unwrap_or(Surety::No) {
            Surety::Certain => Truth::Yes,
            Surety::No if !self.incomplete => Truth::No,
            _ => Truth::Unknown,
        };
        Some(if operator.is_negated() { !named } else { named })
    }

    /// Whether time has passed by: a limit on a clock that lies before this program's release.
    pub(super) fn is_over(&self) -> bool {
        let limits = matches!(
            self.operator.map(|operator| operator.kind),
            Some(OperatorKind::DateLessThan | OperatorKind::DateLessThanEquals)
        );
        limits && self.key_name().is_some_and(|key| is_clock(&key)) && self.all_years_are_past()
    }
}

fn starts_with_any(key: &str, known: &[&str]) -> bool {
    known.iter().any(|known| key == *known || known.ends_with('/') && key.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Document;
    use crate::value::{Text, json};

    fn statement(rest: &str) -> Statement {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"iam:*",{rest}}}}}"#);
        Document::read(&json::parse(&Text::from(text)).unwrap()).statements.remove(0)
    }

    fn role(name: &str) -> Named {
        Named { service: "iam", resource: Glob::known(&format!("role/{name}")), symbol: None }
    }

    fn may(rest: &str) -> Surety {
        let ci = role("ci");
        let caller =
            Caller { principal: Some(&ci), given: &[("iam:passedtoservice", "ec2.amazonaws.com")], user_name: None };
        statement(rest).may_apply(Aim::At(&role("app/admin")), "iam", &caller)
    }

    fn must(rest: &str) -> Surety {
        let ci = role("ci");
        let caller =
            Caller { principal: Some(&ci), given: &[("iam:passedtoservice", "ec2.amazonaws.com")], user_name: None };
        statement(rest).must_apply(Aim::At(&role("app/admin")), "iam", &caller)
    }

    #[test]
    fn resources() {
        for (resource, expected) in [
            (r#""Resource":"*""#, Surety::Certain),
            (r#""Resource":"arn:aws:iam::*:role/app/*""#, Surety::Certain),
            (r#""Resource":"arn:aws:iam::123456789012:role/app/admin""#, Surety::Certain),
            (r#""Resource":"arn:aws:iam::aws:role/app/*""#, Surety::No),
            (r#""Resource":"arn:aws:iam::*:user/*""#, Surety::No),
            (r#""NotResource":"arn:aws:iam::*:role/app/*""#, Surety::No),
            (r#""NotResource":"arn:aws:iam::*:role/ops/*""#, Surety::Certain),
            (r#""Resource":"arn:aws:iam::*:role/${aws:username}""#, Surety::No),
            (r#""Resource":"arn:aws:iam::*:role/${aws:PrincipalTag/team}/admin""#, Surety::Unknown),
        ] {
            assert_eq!(may(resource), expected, "{resource}");
        }
    }

    #[test]
    fn conditions_of_an_allow() {
        let may = |condition: &str| may(&format!(r#""Resource":"*","Condition":{{{condition}}}"#));
        for (condition, expected) in [
            (r#""StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}"#, Surety::Certain),
            (r#""StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}"#, Surety::No),
            (r#""StringLike":{"iam:PassedToService":"*"}"#, Surety::Certain),
            (r#""Bool":{"aws:MultiFactorAuthPresent":"true"}"#, Surety::Likely),
            (r#""StringEquals":{"aws:RequestedRegion":"eu-west-1"}"#, Surety::Certain),
            (r#""StringEquals":{"aws:ResourceTag/team":"a"}"#, Surety::Unknown),
            (r#""DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:01Z"}"#, Surety::Certain),
            (r#""DateLessThan":{"aws:TokenIssueTime":"2020-01-01T00:00:01Z"}"#, Surety::No),
            (r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/ops"}"#, Surety::No),
        ] {
            assert_eq!(may(condition), expected, "{condition}");
        }
    }

    #[test]
    fn a_deny_takes_only_where_it_must() {
        let must = |condition: &str| must(&format!(r#""Resource":"*","Condition":{{{condition}}}"#));
        for (condition, expected) in [
            (r#""Bool":{"aws:MultiFactorAuthPresent":"false"}"#, Surety::Likely),
            (r#""StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}"#, Surety::No),
            (r#""ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/ops"}"#, Surety::Certain),
            (r#""ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/ci"}"#, Surety::No),
            (r#""StringNotEquals":{"iam:PassedToService":"lambda.amazonaws.com"}"#, Surety::Certain),
        ] {
            assert_eq!(must(condition), expected, "{condition}");
        }
        assert_eq!(self::must(r#""Resource":"arn:aws:iam::*:role/app/*""#), Surety::Certain);
        assert_eq!(self::must(r#""Resource":"arn:aws:iam::*:role/ops/*""#), Surety::No);
        assert_eq!(self::must(r#""NotResource":"arn:aws:iam::*:role/ops/*""#), Surety::Certain);
    }

    #[test]
    fn classes() {
        let roles = Glob::known("role/*");
        let caller = Caller::default();
        let may = |rest: &str| statement(rest).may_apply(Aim::Some("iam", &roles), "iam", &caller);
        assert_eq!(may(r#""Resource":"*""#), Surety::Certain);
        assert_eq!(may(r#""Resource":"arn:aws:iam::*:role/*""#), Surety::Certain);
        assert_eq!(may(r#""Resource":"arn:aws:iam::*:role/app-*""#), Surety::No);
        assert_eq!(may(r#""Resource":"arn:aws:iam::aws:role/*""#), Surety::No);
        assert_eq!(may(r#""NotResource":"arn:aws:iam::*:role/app-*""#), Surety::Certain);
    }
}
