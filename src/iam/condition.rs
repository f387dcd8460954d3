//! Conditions: what they ask, and whether they can fail at all.
//!
//! Source: AWS IAM User Guide, "IAM JSON policy elements: Condition operators" and "AWS global condition context
//! keys".

use std::net::Ipv4Addr;

use crate::source::Span;
use crate::value::Text;

use super::Glob;
use super::resource::is_every_arn;

/// One operator on one key.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The operator; none where it is misspelled or not known.
    pub operator: Option<Operator>,
    /// Where the operator stands.
    pub operator_span: Option<Span>,
    /// The condition key as written.
    pub key: Text,
    /// Where the key stands.
    pub key_span: Option<Span>,
    /// The values: any one may match, or, for negated operators, none.
    pub values: Vec<ConditionValue>,
    /// Whether some values are not known at all.
    pub incomplete: bool,
    /// Whether it is there only for some values of what is unknown.
    pub possible: bool,
}

/// One value of a condition.
#[derive(Clone, Debug)]
pub struct ConditionValue {
    /// As written.
    pub text: Text,
    /// As a pattern, for the operators that take one.
    pub glob: Glob,
    /// Where.
    pub span: Option<Span>,
}

/// A condition operator with its qualifier and suffix.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operator {
    /// `ForAllValues:` or `ForAnyValue:`.
    pub qualifier: Option<Qualifier>,
    /// The operator itself.
    pub kind: OperatorKind,
    /// Whether it ends in `IfExists`.
    pub if_exists: bool,
}

/// How a key with several values is tested.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Qualifier {
    /// All of the request's values must match; none at all is enough.
    ForAllValues,
    /// One of the request's values must match.
    ForAnyValue,
}

/// The operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names are AWS's own")]
pub enum OperatorKind {
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEquals,
    NumericNotEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateNotEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    NotIpAddress,
    ArnEquals,
    ArnNotEquals,
    ArnLike,
    ArnNotLike,
    Null,
}

pub(super) const OPERATORS: [(&str, OperatorKind); 27] = [
    ("StringEquals", OperatorKind::StringEquals),
    ("StringNotEquals", OperatorKind::StringNotEquals),
    ("StringEqualsIgnoreCase", OperatorKind::StringEqualsIgnoreCase),
    ("StringNotEqualsIgnoreCase", OperatorKind::StringNotEqualsIgnoreCase),
    ("StringLike", OperatorKind::StringLike),
    ("StringNotLike", OperatorKind::StringNotLike),
    ("NumericEquals", OperatorKind::NumericEquals),
    ("NumericNotEquals", OperatorKind::NumericNotEquals),
    ("NumericLessThan", OperatorKind::NumericLessThan),
    ("NumericLessThanEquals", OperatorKind::NumericLessThanEquals),
    ("NumericGreaterThan", OperatorKind::NumericGreaterThan),
    ("NumericGreaterThanEquals", OperatorKind::NumericGreaterThanEquals),
    ("DateEquals", OperatorKind::DateEquals),
    ("DateNotEquals", OperatorKind::DateNotEquals),
    ("DateLessThan", OperatorKind::DateLessThan),
    ("DateLessThanEquals", OperatorKind::DateLessThanEquals),
    ("DateGreaterThan", OperatorKind::DateGreaterThan),
    ("DateGreaterThanEquals", OperatorKind::DateGreaterThanEquals),
    ("Bool", OperatorKind::Bool),
    ("BinaryEquals", OperatorKind::BinaryEquals),
    ("IpAddress", OperatorKind::IpAddress),
    ("NotIpAddress", OperatorKind::NotIpAddress),
    ("ArnEquals", OperatorKind::ArnEquals),
    ("ArnNotEquals", OperatorKind::ArnNotEquals),
    ("ArnLike", OperatorKind::ArnLike),
    ("ArnNotLike", OperatorKind::ArnNotLike),
    ("Null", OperatorKind::Null),
];

impl Operator {
    /// Reads an operator. Its case does not matter.
    pub fn parse(text: &str) -> Option<Self> {
        let (qualifier, rest) = match text.split_once(':') {
            Some((first, rest)) if first.eq_ignore_ascii_case("ForAllValues") => (Some(Qualifier::ForAllValues), rest),
            Some((first, rest)) if first.eq_ignore_ascii_case("ForAnyValue") => (Some(Qualifier::ForAnyValue), rest),
            Some(_) => return None,
            None => (None, text),
        };
        let suffix = rest.len().checked_sub("IfExists".len());
        let (name, if_exists) = match suffix.and_then(|at| rest.split_at_checked(at)) {
            Some((name, end)) if end.eq_ignore_ascii_case("IfExists") => (name, true),
            _ => (rest, false),
        };
        let (_, kind) = OPERATORS.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(Self { qualifier, kind, if_exists })
    }

    /// Whether it asks that nothing matches.
    pub fn is_negated(self) -> bool {
        use OperatorKind::{
            ArnNotEquals, ArnNotLike, DateNotEquals, NotIpAddress, NumericNotEquals, StringNotEquals,
            StringNotEqualsIgnoreCase, StringNotLike,
        };
        matches!(
            self.kind,
            StringNotEquals
                | StringNotEqualsIgnoreCase
                | StringNotLike
                | NumericNotEquals
                | DateNotEquals
                | NotIpAddress
                | ArnNotEquals
                | ArnNotLike
        )
    }

    /// Whether `*` and `?` in its values are wildcards.
    pub fn takes_patterns(self) -> bool {
        use OperatorKind::{ArnEquals, ArnLike, ArnNotEquals, ArnNotLike, StringLike, StringNotLike};
        matches!(self.kind, StringLike | StringNotLike | ArnEquals | ArnLike | ArnNotEquals | ArnNotLike)
    }
}

impl std::fmt::Display for Operator {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(match self.qualifier {
            Some(Qualifier::ForAllValues) => "ForAllValues:",
            Some(Qualifier::ForAnyValue) => "ForAnyValue:",
            None => "",
        })?;
        let name = OPERATORS.iter().find(|(_, kind)| *kind == self.kind).map_or("", |(name, _)| name);
        write!(f, "{name}{}", if self.if_exists { "IfExists" } else { "" })
    }
}

/// Whether a condition can fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effectiveness {
    /// It holds for some requests and fails for others, or that is not known.
    Restricts,
    /// It holds for every request.
    AlwaysTrue,
    /// It holds for no request.
    NeverTrue,
}

/// Keys that every request has that a signed-in principal makes.
pub(super) const ALWAYS_PRESENT: [&str; 9] = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principaltype",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:useragent",
    "aws:userid",
];

/// Time only moves on: what is later than this date today stays so.
const RELEASE_YEAR: u32 = 2026;

/// A limit in this year or later limits nothing that lives today.
const FAR_FUTURE: u32 = 2100;

impl Condition {
    /// A condition of which nothing is known.
    pub(super) fn unknown(span: Option<Span>, possible: bool) -> Self {
        Self {
            operator: None,
            operator_span: span,
            key: Text::from(""),
            key_span: span,
            values: Vec::new(),
            incomplete: true,
            possible,
        }
    }

    /// Whether two conditions say the same, wherever they stand.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        self.operator == other.operator
            && self.key == other.key
            && self.incomplete == other.incomplete
            && self.possible == other.possible
            && self.values.len() == other.values.len()
            && self.values.iter().zip(&other.values).all(|(own, other)| own.text == other.text)
    }

    /// Whether nothing is known of it: it may be about anything.
    pub fn is_unknown(&self) -> bool {
        self.operator.is_none() && self.incomplete
    }

    /// The key in lower case, if it is known.
    pub fn key_name(&self) -> Option<String> {
        self.key.as_str().map(str::to_ascii_lowercase)
    }

    /// Whether this is the key, which is given in lower case.
    pub fn has_key(&self, name: &str) -> bool {
        self.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name))
    }

    /// Whether some value is this word, in any case.
    pub fn has_value(&self, word: &str) -> bool {
        self.values.iter().any(|value| value.text.as_str().is_some_and(|text| text.eq_ignore_ascii_case(word)))
    }

    /// What the condition gives for a request that does not carry the key.
    pub fn holds_without_key(&self) -> Option<bool> {
        let operator = self.operator?;
        Some(match operator.kind {
            OperatorKind::Null => self.has_value("true"),
            _ if operator.qualifier == Some(Qualifier::ForAllValues) => true,
            _ if operator.qualifier == Some(Qualifier::ForAnyValue) => operator.if_exists,
            _ => operator.if_exists || operator.is_negated(),
        })
    }

    /// Whether the condition can fail, or can hold, for requests to this service (`iam`).
    pub fn effectiveness(&self, service: &str) -> Effectiveness {
        let (Some(operator), Some(key)) = (self.operator, self.key_name()) else {
            return Effectiveness::Restricts;
        };
        if self.incomplete || self.possible {
            return Effectiveness::Restricts;
        }
        if is_key_of_another_service(&key, service) {
            return match self.holds_without_key() {
                Some(true) => Effectiveness::AlwaysTrue,
                Some(false) => Effectiveness::NeverTrue,
                None => Effectiveness::Restricts,
            };
        }
        if self.is_over() {
            return Effectiveness::NeverTrue;
        }
        let present = ALWAYS_PRESENT.contains(&key.as_str());
        let missing_is_fine = present || self.holds_without_key() == Some(true);
        let always = match operator.kind {
            OperatorKind::StringLike => missing_is_fine && self.values.iter().any(|value| value.glob.is_everything()),
            // "Each of the six colon-delimited components of the ARN is checked separately": `*` alone is no ARN.
            OperatorKind::ArnLike | OperatorKind::ArnEquals => {
                missing_is_fine && self.values.iter().any(|value| is_every_arn(value.glob.tokens()))
            }
            OperatorKind::Bool => {
                let both = self.has_value("true") && self.has_value("false");
                (missing_is_fine && both) || (key == "aws:securetransport" && self.has_value("true"))
            }
            OperatorKind::Null => present && self.has_value("false"),
            OperatorKind::IpAddress => key == "aws:sourceip" && self.covers_all_addresses(),
            OperatorKind::DateGreaterThan | OperatorKind::DateGreaterThanEquals => {
                is_clock(&key) && self.years().any(|year| year < RELEASE_YEAR)
            }
            OperatorKind::DateLessThan | OperatorKind::DateLessThanEquals => {
                is_clock(&key) && self.years().any(|year| year >= FAR_FUTURE)
            }
            _ => false,
        };
        if always { Effectiveness::AlwaysTrue } else { Effectiveness::Restricts }
    }

    /// Whether every address that the values name lies in few networks: at most one in 256 of the IPv4 internet for
    /// each value, one in 2^32 of the IPv6 internet. What is not known counts as narrow.
    pub fn has_narrow_addresses(&self) -> bool {
        self.values.iter().all(|value| value.text.as_str().is_none_or(is_narrow_network))
    }

    /// Whether every value is a date before the year of this program's release.
    pub(super) fn all_years_are_past(&self) -> bool {
        !self.incomplete
            && !self.values.is_empty()
            && self.years().count() == self.values.len()
            && self.years().all(|year| year < RELEASE_YEAR)
    }

    /// The years of the values that are ISO dates.
    fn years(&self) -> impl Iterator<Item = u32> {
        self.values.iter().filter_map(|value| {
            let text = value.text.as_str()?;
            if text.bytes().all(|byte| byte.is_ascii_digit()) {
                // Seconds since 1970; a year more or less does not matter here.
                const SECONDS_A_YEAR: u64 = 31_556_952;
                return u32::try_from(1970 + text.parse::<u64>().ok()? / SECONDS_A_YEAR).ok();
            }
            text.split('-').next()?.parse().ok()
        })
    }

    /// Whether the values together are the whole IPv4 internet.
    fn covers_all_addresses(&self) -> bool {
        let mut ranges: Vec<(u64, u64)> =
            self.values.iter().filter_map(|value| ipv4_range(value.text.as_str()?)).collect();
        ranges.sort_unstable();
        let mut next = 0;
        for (start, end) in ranges {
            if start > next {
                return false;
            }
            next = next.max(end + 1);
        }
        next > u64::from(u32::MAX)
    }
}

/// Whether a key is a moment of the request's own time.
pub(super) fn is_clock(key: &str) -> bool {
    matches!(key, "aws:currenttime" | "aws:epochtime" | "aws:tokenissuetime")
}

/// Whether only requests to another service carry the key. Keys of identity providers (`saml:`, those with a dot)
/// and of sign-in come with the session and so with any request.
pub(super) fn is_key_of_another_service(key: &str, service: &str) -> bool {
    const OF_SESSIONS: [&str; 5] = ["aws", "saml", "sts", "cognito-identity", "identitystore"];
    match key.split_once(':') {
        Some((prefix, _)) => prefix != service && !prefix.contains('.') && !OF_SESSIONS.contains(&prefix),
        None => false,
    }
}

fn is_narrow_network(text: &str) -> bool {
    let least = if text.contains(':') { 32 } else { 8 };
    text.split_once('/').is_none_or(|(_, bits)| bits.parse::<u32>().is_ok_and(|bits| bits >= least))
}

/// The first and last address of a CIDR block.
fn ipv4_range(text: &str) -> Option<(u64, u64)> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, bits.parse::<u32>().ok().filter(|&bits| bits <= 32)?),
        None => (text, 32),
    };
    let address = u64::from(u32::from(address.parse::<Ipv4Addr>().ok()?));
    let size = 1u64 << (32 - bits);
    let start = address / size * size;
    Some((start, start + size - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Document;
    use crate::value::json;

    fn effectiveness(condition: &str) -> Effectiveness {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}}}"#
        );
        let document = Document::read(&json::parse(&Text::from(text)).unwrap());
        document.statements[0].conditions[0].effectiveness("iam")
    }

    #[test]
    fn operators_are_read_in_any_case() {
        assert_eq!(
            Operator::parse("forallvalues:stringlikeifexists"),
            Some(Operator {
                qualifier: Some(Qualifier::ForAllValues),
                kind: OperatorKind::StringLike,
                if_exists: true
            })
        );
        assert_eq!(Operator::parse("StringLikes"), None);
        assert_eq!(Operator::parse("ForSomeValues:StringLike"), None);
        assert_eq!(Operator::parse("É"), None);
    }

    #[test]
    fn conditions_that_cannot_fail() {
        for condition in [
            r#"{"DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:00Z"}}"#,
            r#"{"DateLessThan":{"aws:CurrentTime":"2999-01-01T00:00:00Z"}}"#,
            r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#,
            r#"{"IpAddress":{"aws:SourceIp":["128.0.0.0/1","0.0.0.0/1"]}}"#,
            r#"{"StringLike":{"aws:PrincipalArn":"*"}}"#,
            r#"{"ArnLike":{"aws:PrincipalArn":"arn:*:*:*:*:*"}}"#,
            r#"{"StringLikeIfExists":{"aws:PrincipalTag/team":"*"}}"#,
            r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
            r#"{"Bool":{"aws:SecureTransport":true}}"#,
            r#"{"Null":{"aws:PrincipalArn":"false"}}"#,
            r#"{"StringEqualsIfExists":{"ec2:InstanceType":"t3.micro"}}"#,
            r#"{"StringNotEquals":{"s3:prefix":"secret/"}}"#,
        ] {
            assert_eq!(effectiveness(condition), Effectiveness::AlwaysTrue, "{condition}");
        }
    }

    #[test]
    fn conditions_that_can_fail() {
        for condition in [
            r#"{"ArnLike":{"aws:PrincipalArn":"*"}}"#,
            r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
            r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#,
            r#"{"IpAddress":{"aws:SourceIp":["0.0.0.0/1","129.0.0.0/8"]}}"#,
            r#"{"StringEquals":{"aws:PrincipalOrgID":"*"}}"#,
            r#"{"StringLike":{"aws:PrincipalTag/team":"*"}}"#,
            r#"{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}"#,
            r#"{"DateGreaterThan":{"aws:CurrentTime":"2999-01-01T00:00:00Z"}}"#,
        ] {
            assert_eq!(effectiveness(condition), Effectiveness::Restricts, "{condition}");
        }
        assert_eq!(effectiveness(r#"{"StringEquals":{"ec2:ResourceTag/x":"y"}}"#), Effectiveness::NeverTrue);
    }
}
