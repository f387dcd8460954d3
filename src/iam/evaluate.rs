//! What a document does with a request.

use super::condition::Effectiveness;
use super::document::{Document, Effect, Pattern, Patterns, Statement};
use super::resource::names;
use super::{ArnPattern, Glob};

/// An action on a resource. The caller and the rest of the context are left open: only what holds for every
/// context is answered with yes.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `service:Action`, in lower case.
    pub action: &'a str,
    /// The resource's ARN.
    pub resource: &'a str,
}

impl Request<'_> {
    /// The service of the action.
    pub fn service(&self) -> &str {
        self.action.split(':').next().unwrap_or_default()
    }
}

impl Document {
    /// Whether the document denies the request, whatever its context.
    pub fn must_deny(&self, request: Request) -> bool {
        self.denies().any(|statement| statement.must_match(request))
    }

    /// The Allow statements that apply to the request in every context, unless a Deny does too.
    pub fn allowing<'a>(&'a self, request: Request<'a>) -> impl Iterator<Item = &'a Statement> {
        let denied = self.must_deny(request);
        self.allows().filter(move |statement| !denied && statement.may_match(request))
    }
}

impl Statement {
    /// Whether the statement certainly applies to the request: action and resource match, whatever is unknown, and
    /// every condition always holds.
    pub fn must_match(&self, request: Request) -> bool {
        self.effect != Effect::Unknown
            && !self.possible
            && self.principals.is_none()
            && self.actions.as_ref().is_some_and(|actions| actions.must_match(request.action))
            && self.resources.as_ref().is_none_or(|resources| resources.must_match_resource(request.resource))
            && self.is_unconditional(request.service())
    }

    /// Whether the statement may apply to the request, in some world that the code leaves open, without any
    /// condition that could fail.
    pub fn may_match(&self, request: Request) -> bool {
        self.actions.as_ref().is_some_and(|actions| actions.may_match(request.action))
            && self.resources.as_ref().is_none_or(|resources| resources.may_match_resource(request.resource))
            && self.is_unconditional(request.service())
    }

    /// Whether no condition can fail for requests to this service.
    pub fn is_unconditional(&self, service: &str) -> bool {
        self.conditions
            .iter()
            .all(|condition| condition.possible || condition.effectiveness(service) == Effectiveness::AlwaysTrue)
    }

    /// Whether the statement's resources take in all those of a service whose resource part matches `resource`.
    pub fn covers_resources(&self, service: &str, resource: &Glob) -> bool {
        let Some(resources) = &self.resources else { return false };
        if resources.negated {
            // Everything but a few named ones. One exception that is itself everything leaves nothing.
            return !resources.items.iter().any(|pattern| {
                ArnPattern::new(&pattern.glob).is_none_or(|arn| arn.covers(service, resource))
                    && !pattern.glob.has_hole()
            });
        }
        resources
            .items
            .iter()
            .any(|pattern| ArnPattern::new(&pattern.glob).is_some_and(|arn| arn.covers(service, resource)))
    }
}

impl Patterns {
    /// Whether this holds the text, whatever is unknown.
    pub fn must_match(&self, text: &str) -> bool {
        if self.negated {
            let literal = Glob::of_tokens(text.chars().map(super::Token::Char));
            !self.incomplete && !self.items.iter().any(|pattern| pattern.glob.may_intersect(&literal))
        } else {
            self.items.iter().any(|pattern| !pattern.possible && pattern.glob.matches(text))
        }
    }

    /// Whether this certainly holds all that the other may hold.
    pub fn includes(&self, other: &Self) -> bool {
        let certain = || self.items.iter().filter(|pattern| !pattern.possible);
        match (self.negated, other.negated) {
            (false, false) => {
                let held = |theirs: &Pattern| certain().any(|own| own.glob.includes(&theirs.glob));
                !other.incomplete && other.items.iter().all(held)
            }
            (false, true) => certain().any(|own| own.glob.is_everything()),
            (true, false) => {
                let apart = |own: &Pattern| other.items.iter().all(|theirs| !own.glob.may_intersect(&theirs.glob));
                !self.incomplete && !other.incomplete && self.items.iter().all(apart)
            }
            (true, true) => {
                let left_out = |own: &Pattern| {
                    other.items.iter().any(|theirs| !theirs.possible && theirs.glob.includes(&own.glob))
                };
                !self.incomplete && self.items.iter().all(left_out)
            }
        }
    }

    /// Whether this certainly holds everything, or everything but what it names.
    pub fn is_broad(&self) -> bool {
        if self.negated {
            !self.items.iter().any(|pattern| pattern.glob.is_everything())
        } else {
            self.items.iter().any(|pattern| !pattern.possible && pattern.glob.is_everything())
        }
    }

    /// As [`must_match`](Self::must_match), for a resource's ARN.
    pub fn must_match_resource(&self, arn: &str) -> bool {
        if self.negated {
            self.must_match(arn)
        } else {
            self.items.iter().any(|pattern| !pattern.possible && names(pattern.glob.tokens(), arn))
        }
    }

    /// As [`may_match`](Self::may_match), for a resource's ARN.
    pub fn may_match_resource(&self, arn: &str) -> bool {
        if self.negated {
            !self.items.iter().any(|pattern| !pattern.possible && names(pattern.glob.tokens(), arn))
        } else {
            self.items.iter().any(|pattern| names(pattern.glob.tokens(), arn))
        }
    }

    /// Whether this may hold the text by what is written: alternatives count, symbols do not.
    pub fn may_match(&self, text: &str) -> bool {
        if self.negated {
            !self.items.iter().any(|pattern| !pattern.possible && pattern.glob.matches(text))
        } else {
            self.items.iter().any(|pattern| pattern.glob.matches(text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Text, json};

    fn document(statements: &str) -> Document {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        Document::read(&json::parse(&Text::from(text)).unwrap())
    }

    fn allowed(statements: &str, action: &str, resource: &str) -> bool {
        document(statements).allowing(Request { action, resource }).next().is_some()
    }

    const ALL: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;

    #[test]
    fn a_deny_takes_away() {
        let deny = r#"{"Effect":"Deny","Action":"IAM:*","Resource":"*"}"#;
        assert!(!allowed(&format!("{ALL},{deny}"), "iam:passrole", "arn:aws:iam::111122223333:role/x"));
        assert!(allowed(&format!("{ALL},{deny}"), "s3:getobject", "arn:aws:s3:::b/x"));
    }

    #[test]
    fn a_deny_that_may_not_apply_takes_nothing_away() {
        let deny = r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#;
        assert!(allowed(&format!("{ALL},{deny}"), "iam:passrole", "arn:aws:iam::111122223333:role/x"));
    }

    #[test]
    fn a_deny_with_not_action_leaves_what_it_names() {
        let deny = r#"{"Effect":"Deny","NotAction":["s3:*"],"Resource":"*"}"#;
        assert!(!allowed(&format!("{ALL},{deny}"), "iam:passrole", "arn:aws:iam::111122223333:role/x"));
        assert!(allowed(&format!("{ALL},{deny}"), "s3:getobject", "arn:aws:s3:::b/x"));
    }

    #[test]
    fn patterns_that_include_others() {
        let includes = |own: &str, other: &str| {
            let actions = |element: &str| {
                let document = document(&format!(r#"{{"Effect":"Deny",{element},"Resource":"*"}}"#));
                document.statements[0].actions.clone().unwrap()
            };
            actions(own).includes(&actions(other))
        };
        assert!(includes(r#""Action":["s3:*","ec2:*"]"#, r#""Action":["s3:Get*","EC2:RunInstances"]"#));
        assert!(!includes(r#""Action":"s3:Get*""#, r#""Action":"s3:*""#));
        assert!(includes(r#""Action":"*""#, r#""NotAction":"s3:*""#));
        assert!(!includes(r#""Action":"ec2:*""#, r#""NotAction":"s3:*""#));
        assert!(includes(r#""NotAction":"iam:*""#, r#""Action":"s3:*""#));
        assert!(!includes(r#""NotAction":"iam:*""#, r#""Action":["s3:*","iam:Get*"]"#));
        assert!(includes(r#""NotAction":"iam:Get*""#, r#""NotAction":"iam:*""#));
        assert!(!includes(r#""NotAction":"iam:*""#, r#""NotAction":"iam:Get*""#));
    }

    #[test]
    fn not_resource_covers_all_but_what_it_names() {
        let all_but = document(r#"{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::secret/*"}"#);
        assert!(all_but.statements[0].covers_resources("iam", &Glob::known("policy/*")));
        assert!(!all_but.statements[0].covers_resources("s3", &Glob::known("secret/*")));
        let none = document(r#"{"Effect":"Allow","Action":"*","NotResource":"*"}"#);
        assert!(!none.statements[0].covers_resources("iam", &Glob::known("policy/*")));
    }
}
