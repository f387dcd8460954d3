//! Whom a statement's conditions let through: whether they tell the account's own callers from strangers.
//!
//! Source: AWS IAM User Guide, "AWS global condition context keys" and "IAM Access Analyzer resource types"; Amazon S3
//! User Guide, "Blocking public access to your Amazon S3 storage", The meaning of "public".

use super::{Condition, Effectiveness, Glob, Operator, OperatorKind, Principal, Statement, Token};

/// What pins access to somebody, and how well.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Pin {
    /// Nothing: strangers meet the conditions, or can.
    None,
    /// Something that the caller must know.
    Secret,
    /// Who the caller is, where it calls from, or on whose behalf.
    Caller,
}

/// How a stranger may call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stranger {
    /// As a principal of an account of their own.
    SignedIn,
    /// Without any credentials too.
    Anonymous,
}

impl Stranger {
    /// How the resources of a service (`s3`) can be called.
    pub fn of_service(service: &str) -> Self {
        const OPEN: [&str; 7] = ["elasticfilesystem", "es", "execute-api", "lambda", "s3", "sns", "sqs"];
        if OPEN.contains(&service) { Self::Anonymous } else { Self::SignedIn }
    }
}

/// Keys that say who the caller is, or on whose behalf it calls. `aws:VpcSourceIp` is not among them: anyone's network
/// may have any private address.
const CALLER_KEYS: [&str; 31] = [
    "aws:federatedprovider",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:userid",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "codeartifact:calleraccount",
    "elasticfilesystem:accesspointarn",
    "kms:calleraccount",
    "s3:accesspointnetworkorigin",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "sns:endpoint",
    "vpc-lattice-svcs:sourcevpc",
    "vpc-lattice-svcs:sourcevpcowneraccount",
    "vpce:vpceserviceowner",
];

/// Truth values that only callers of the account's networks, or AWS itself, have.
const CALLER_SWITCHES: [&str; 2] = ["aws:principalisawsservice", "elasticfilesystem:accessedviamounttarget"];

/// Keys that a caller must know the value of.
const SECRET_KEYS: [&str; 2] = ["lambda:eventsourcetoken", "sts:externalid"];

/// To whom the conditions of an Allow leave what it allows, for requests to a service.
pub fn pin_of_allow(statement: &Statement, service: &str, stranger: Stranger) -> Pin {
    let pins = statement.conditions.iter().map(|condition| {
        let is_there = statement.conditions.iter().any(|other| requires_key_of(other, condition));
        pin(condition, service, stranger, is_there)
    });
    pins.max().unwrap_or(Pin::None)
}

/// Whether a condition lets through only requests that carry the key of another one: `Null` with `false` beside
/// `ForAllValues`, which alone holds without its key.
fn requires_key_of(condition: &Condition, other: &Condition) -> bool {
    let is_null = condition.operator.is_some_and(|operator| operator.kind == OperatorKind::Null);
    is_null
        && !condition.possible
        && !condition.incomplete
        && condition.holds_without_key() == Some(false)
        && other.key_name().is_some_and(|key| condition.has_key(&key))
}

/// To whom a Deny leaves what it denies: it refuses everyone for whom all its conditions hold.
pub fn pin_of_deny(statement: &Statement, service: &str) -> Pin {
    let everyone = statement.principals.as_ref().is_some_and(|principals| {
        // `NotPrincipal` spares those that it names, and they are somebody.
        let named = principals.items.iter().any(Principal::is_everyone);
        if principals.negated { !named && !principals.incomplete } else { named }
    });
    if !everyone || statement.possible {
        return Pin::None;
    }
    let exceptions = statement.conditions.iter().map(|condition| pin_of_exception(condition, service));
    exceptions.min().unwrap_or(Pin::Caller)
}

/// To whom one condition of a Deny leaves what is denied.
fn pin_of_exception(condition: &Condition, service: &str) -> Pin {
    if condition.possible {
        return Pin::None;
    }
    // `aws:PrincipalIsAWSService` is false for everyone who is not AWS.
    let holds_for_strangers = condition.effectiveness(service) == Effectiveness::AlwaysTrue
        || (condition.has_key("aws:principalisawsservice") && condition.has_value("false"));
    if holds_for_strangers {
        return Pin::Caller;
    }
    let refuses = condition.operator.is_some_and(Operator::is_negated) && condition.holds_without_key() == Some(true);
    if refuses { pin_by_key(condition) } else { Pin::None }
}

/// To whom one condition of an Allow leaves what is allowed; `is_there` says that requests without its key are refused
/// anyway.
fn pin(condition: &Condition, service: &str, stranger: Stranger, is_there: bool) -> Pin {
    /// Who is signed in always has an account and an ARN, so that `IfExists` takes nothing from these keys.
    const ALWAYS_THERE: [&str; 4] = ["aws:principalaccount", "aws:principalarn", "aws:userid", "aws:sourceip"];
    if condition.is_unknown() || !condition.key.is_known() {
        // It may say who. That it is not known is noted with the document.
        return Pin::Caller;
    }
    let asks = condition.operator.is_some_and(|operator| !operator.is_negated() && operator.kind != OperatorKind::Null);
    match condition.effectiveness(service) {
        // No request has the key, so that nobody gets through.
        Effectiveness::NeverTrue if !condition.possible => return Pin::Caller,
        Effectiveness::AlwaysTrue => return Pin::None,
        _ if condition.possible || !asks => return Pin::None,
        _ => {}
    }
    let always_there =
        is_there || stranger == Stranger::SignedIn && ALWAYS_THERE.iter().any(|key| condition.has_key(key));
    if condition.holds_without_key() == Some(false) || always_there { pin_by_key(condition) } else { Pin::None }
}

/// How well the key and the values of a condition tell callers apart, if the condition does its work. The values are
/// alternatives: each must.
fn pin_by_key(condition: &Condition) -> Pin {
    let Some(key) = condition.key_name() else { return Pin::None };
    let key = key.as_str();
    let patterns = condition.operator.is_some_and(Operator::takes_patterns);
    let all = |narrow: fn(&[Token]) -> bool| condition.values.iter().all(|value| narrow(value.glob.tokens()));
    if CALLER_SWITCHES.contains(&key) {
        return if condition.has_value("false") { Pin::None } else { Pin::Caller };
    }
    if key == "aws:resourceaccount" || key == "aws:resourceorgid" {
        // Only a variable that says something of the caller makes this a condition on the caller.
        return if all(is_of_principal) { Pin::Caller } else { Pin::None };
    }
    let narrow = match key {
        "aws:sourceip" => condition.has_narrow_addresses(),
        "aws:principalarn" | "aws:sourcearn" | "s3:dataaccesspointarn" | "aws:sourcevpcarn" => {
            let is_arn_operator = matches!(
                condition.operator.map(|operator| operator.kind),
                Some(OperatorKind::ArnLike | OperatorKind::ArnEquals)
            );
            let narrow = if is_arn_operator { names_account_or_nothing } else { names_account };
            !patterns || all(narrow)
        }
        "sns:endpoint" => !patterns || all(names_something),
        _ => !patterns || all(names_somebody),
    };
    match key {
        // What says the caller's own key again is true of every caller.
        _ if !narrow || condition.values.iter().any(|value| is_of_principal(value.glob.tokens())) => Pin::None,
        key if SECRET_KEYS.contains(&key) => Pin::Secret,
        key if CALLER_KEYS.contains(&key) => Pin::Caller,
        _ => Pin::None,
    }
}

/// Whether a value is a policy variable that says who calls.
fn is_of_principal(tokens: &[Token]) -> bool {
    matches!(tokens, [Token::Hole(symbol)] if symbol.name().starts_with("${aws:principal"))
}

/// Whether a pattern of ARNs holds its matches to an account, or, where the ARN has none, to a name.
pub fn names_account(tokens: &[Token]) -> bool {
    const ACCOUNT: usize = 4;
    let mut parts = tokens.splitn(ACCOUNT + 2, |token| *token == Token::Char(':')).skip(ACCOUNT);
    match (parts.next(), parts.next()) {
        (Some([]), Some(name)) => !name.first().is_some_and(Token::is_wildcard),
        (Some(account), Some(_)) => !account.iter().any(Token::is_wildcard),
        // No ARN: the wildcards, if there are any, stand for the parts that are missing, unless what comes before them is
        // the ARN of something that is not known yet.
        _ => matches!(tokens.first(), Some(Token::Hole(_))) || !tokens.iter().any(Token::is_wildcard),
    }
}

/// The same under operators that compare ARNs field by field: an ARN that lacks fields matches none. A whole `*` is taken
/// for what its author meant.
fn names_account_or_nothing(tokens: &[Token]) -> bool {
    let fields = tokens.split(|token| *token == Token::Char(':')).count();
    let is_cut_short = (2..6).contains(&fields) && !tokens.iter().any(|token| matches!(token, Token::Hole(_)));
    is_cut_short || names_account(tokens)
}

/// Whether a pattern of ids spells out more than the kind of the id (`o-*`, `vpc-*`).
fn names_somebody(tokens: &[Token]) -> bool {
    let prefix = tokens.iter().take_while(|token| matches!(token, Token::Char('a'..='z'))).count();
    let id = match tokens.get(prefix) {
        Some(Token::Char('-')) => tokens.get(prefix + 1..).unwrap_or_default(),
        _ => tokens,
    };
    !id.first().is_some_and(Token::is_wildcard)
}

/// Whether a pattern spells out anything.
fn names_something(tokens: &[Token]) -> bool {
    !Glob::of_tokens(tokens.iter().cloned()).is_everything()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Document;
    use crate::value::{Text, json};

    fn pin_with(condition: &str, service: &str) -> Pin {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{condition}}}}}"#
        );
        let document = Document::read(&json::parse(&Text::from(text)).unwrap());
        pin_of_allow(&document.statements[0], service, Stranger::of_service(service))
    }

    #[test]
    fn conditions_that_strangers_meet() {
        for condition in [
            r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
            r#"{"IpAddress":{"aws:SourceIp":["0.0.0.0/1","128.0.0.0/1"]}}"#,
            r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}"#,
            r#"{"StringLike":{"aws:PrincipalOrgID":"*"}}"#,
            r#"{"StringLike":{"aws:PrincipalOrgID":"o-*"}}"#,
            r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3"}}"#,
            r#"{"StringEqualsIfExists":{"aws:PrincipalAccount":"111122223333"}}"#,
            r#"{"ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"o-a/r-b/"}}"#,
            r#"{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}"#,
            r#"{"StringLike":{"aws:Referer":"https://example.com/*"}}"#,
            r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:topic"}}"#,
            r#"{"ArnLike":{"aws:SourceArn":"*"}}"#,
            r#"{"StringLike":{"aws:SourceArn":"arn:aws:*:111122223333:topic"}}"#,
            r#"{"StringEquals":{"aws:PrincipalOrgID":"${aws:PrincipalOrgID}"}}"#,
            r#"{"Null":{"aws:PrincipalOrgID":"false"}}"#,
            r#"{"Bool":{"aws:PrincipalIsAWSService":"false"}}"#,
            r#"{"IpAddress":{"aws:VpcSourceIp":"10.0.0.0/16"}}"#,
            r#"{"ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"o-a/r-b/"},"Null":{"aws:PrincipalOrgPaths":"true"}}"#,
            r#"{"ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"o-a/r-b/"},"Null":{"aws:PrincipalOrgID":"false"}}"#,
        ] {
            assert_eq!(pin_with(condition, "s3"), Pin::None, "{condition}");
        }
        assert_eq!(pin_with(r#"{"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}"#, "kms"), Pin::None);
    }

    #[test]
    fn conditions_that_strangers_do_not_meet() {
        for condition in [
            r#"{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3"}}"#,
            r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-a1b2c3/*"}}"#,
            r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
            r#"{"IpAddress":{"aws:SourceIp":"2001:db8::/32"}}"#,
            r#"{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:eu-west-1:111122223333:topic"}}"#,
            r#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::bucket"}}"#,
            r#"{"ArnLike":{"aws:SourceArn":"arn:aws:*:111122223333:topic"}}"#,
            r#"{"StringEquals":{"AWS:SourceOwner":"111122223333"}}"#,
            r#"{"StringEquals":{"aws:ResourceAccount":"${aws:PrincipalAccount}"}}"#,
            r#"{"StringEquals":{"aws:PrincipalAccount":"${aws:ResourceAccount}"}}"#,
            r#"{"StringEquals":{"s3:DataAccessPointAccount":"111122223333"}}"#,
            r#"{"Bool":{"aws:PrincipalIsAWSService":"true"}}"#,
            r#"{"StringEquals":{"sqs:NoSuchKey":"x"}}"#,
            r#"{"ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"o-a/r-b/"},"Null":{"aws:principalorgpaths":"false"}}"#,
            r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3"},"Null":{"aws:PrincipalOrgID":"false"}}"#,
        ] {
            assert_eq!(pin_with(condition, "s3"), Pin::Caller, "{condition}");
        }
        assert_eq!(pin_with(r#"{"StringLike":{"sns:Endpoint":"*@example.com"}}"#, "sns"), Pin::Caller);
        assert_eq!(pin_with(r#"{"StringEquals":{"kms:CallerAccount":"111122223333"}}"#, "kms"), Pin::Caller);
        let mounted = r#"{"Bool":{"elasticfilesystem:AccessedViaMountTarget":"true"}}"#;
        assert_eq!(pin_with(mounted, "elasticfilesystem"), Pin::Caller);
        // Who is signed in has an account, so that the key exists.
        let account = r#"{"StringEqualsIfExists":{"aws:PrincipalAccount":"111122223333"}}"#;
        assert_eq!(pin_with(account, "kms"), Pin::Caller);
        assert_eq!(pin_with(r#"{"StringEquals":{"sts:ExternalId":"x"}}"#, "sts"), Pin::Secret);
    }

    #[test]
    fn patterns_that_hold_to_an_account() {
        let names = |pattern: &str| names_account(Glob::known(pattern).tokens());
        for pattern in ["arn:aws:iam::111122223333:role/*", "arn:*:*:*:111122223333:*", "arn:aws:s3:::bucket", "x"] {
            assert!(names(pattern), "{pattern}");
        }
        for pattern in
            ["*", "arn:aws:iam::*:role/x", "arn:aws:iam::*", "*:role/x", "arn:aws:s3:::*", "arn:aws:iam::1*:x"]
        {
            assert!(!names(pattern), "{pattern}");
        }
    }

    #[test]
    fn what_follows_an_unknown_arn_is_of_its_account() {
        let api = || Token::Hole(crate::value::Symbol::new("aws_api_gateway_rest_api.a.execution_arn"));
        assert!(names_account(&[api(), Token::Char('/'), Token::Many]));
        assert!(!names_account(&[Token::Many, api()]));
    }

    #[test]
    fn patterns_that_name_somebody() {
        let names = |pattern: &str| names_somebody(Glob::known(pattern).tokens());
        for pattern in ["o-a1b2c3d4e5/*", "o-a*", "111122223333", "vpce-1", "AROAEXAMPLE:*", ""] {
            assert!(names(pattern), "{pattern}");
        }
        for pattern in ["*", "o-*", "o-*/r-ab12/*", "vpce-?*", "?11122223333"] {
            assert!(!names(pattern), "{pattern}");
        }
    }
}
