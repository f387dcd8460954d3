//! Who outside the account is let in by a resource's policy, and to what, after its Deny statements.

use super::callers::{self, Pin, Stranger};
use super::catalogue::{self, AccessLevel, Service};
use super::document::{Document, Patterns, Principal, Statement};

/// A statement that lets everyone in.
#[derive(Clone, Debug)]
pub struct Opening<'d> {
    /// The Allow.
    pub statement: &'d Statement,
    /// The `*`.
    pub principal: &'d Principal,
    /// What strangers must know, if anything. Never [`Pin::Caller`]: that lets in no stranger.
    pub pin: Pin,
    /// Whether it holds whatever is unknown of the statement.
    pub certain: bool,
    /// What strangers may do.
    pub actions: Vec<OpenAction>,
}

/// An action that strangers may do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenAction {
    /// `service:Action`.
    pub name: String,
    /// What it does; none for an action that the catalogue does not have.
    pub level: Option<AccessLevel>,
}

impl OpenAction {
    /// Whether it changes something: data, tags or who may do what.
    pub fn changes(&self) -> bool {
        self.level.is_some_and(|level| !matches!(level, AccessLevel::List | AccessLevel::Read))
    }
}

impl Document {
    /// The Allow statements that let in everyone. `service` is the prefix of the actions that the resource takes;
    /// without one, each statement's own actions tell.
    pub fn openings(&self, service: &str) -> Vec<Opening<'_>> {
        let openings = self.allows().filter_map(|statement| self.opening(statement, service));
        openings.filter(|opening| !opening.actions.is_empty()).collect()
    }

    fn opening<'d>(&'d self, statement: &'d Statement, service: &str) -> Option<Opening<'d>> {
        let principals = statement.principals.as_ref().filter(|principals| !principals.negated)?;
        let principal = principals.items.iter().find(|principal| principal.is_everyone())?;
        let services = services_of(statement, service);
        let prefix = services.first().map_or(service, |service| service.prefix);
        let pin = callers::pin_of_allow(statement, prefix, Stranger::of_service(prefix));
        if pin == Pin::Caller {
            return None;
        }
        let may_be_pinned = statement.conditions.iter().any(|condition| condition.possible);
        let mut opening = Opening {
            statement,
            principal,
            pin,
            certain: !principal.possible && !statement.possible && !may_be_pinned,
            actions: Vec::new(),
        };
        let denies: Vec<(&Statement, Pin)> = self
            .denies()
            .map(|deny| (deny, callers::pin_of_deny(deny, prefix)))
            .filter(|(deny, pin)| *pin != Pin::None && takes_resources_of(deny, statement))
            .collect();
        for (name, level) in granted(statement, &services) {
            let left = denies.iter().filter(|(deny, _)| denies_action(deny, &name)).map(|(_, pin)| *pin).max();
            match left.unwrap_or(Pin::None) {
                Pin::Caller => {}
                pin => {
                    opening.pin = opening.pin.max(pin);
                    opening.actions.push(OpenAction { name, level });
                }
            }
        }
        Some(opening)
    }
}

/// The services whose actions count: that of the resource, or those that the statement names.
fn services_of(statement: &Statement, service: &str) -> Vec<Service> {
    if !service.is_empty() {
        return catalogue::service(service).into_iter().collect();
    }
    let mut services: Vec<Service> = Vec::new();
    for pattern in statement.actions.iter().flat_map(|actions| &actions.items) {
        let named = pattern.text.as_str().and_then(|text| catalogue::service(text.split(':').next()?));
        if let Some(named) = named.filter(|named| services.iter().all(|known| known.prefix != named.prefix)) {
            services.push(named);
        }
    }
    services
}

/// What a statement grants by itself, in the order of the catalogue.
fn granted(statement: &Statement, services: &[Service]) -> Vec<(String, Option<AccessLevel>)> {
    let Some(actions) = &statement.actions else { return Vec::new() };
    let mut granted = Vec::new();
    for service in services {
        for action in service.actions().filter(|action| !action.is_wildcard_only()) {
            let name = format!("{}:{}", service.prefix, action.name);
            if actions.may_match(&name.to_ascii_lowercase()) {
                granted.push((name, Some(action.level)));
            }
        }
    }
    if granted.is_empty() && services.is_empty() && actions.is_broad() {
        // All actions of a service that is not known.
        granted.push(("*".to_owned(), Some(AccessLevel::PermissionsManagement)));
    }
    granted
}

fn denies_action(deny: &Statement, name: &str) -> bool {
    deny.actions.as_ref().is_some_and(|actions| actions.must_match(&name.to_ascii_lowercase()))
}

/// Whether a Deny is about all resources that an Allow is about.
fn takes_resources_of(deny: &Statement, allow: &Statement) -> bool {
    match (&deny.resources, &allow.resources) {
        (None, _) => true,
        (Some(denied), Some(allowed)) => denied.includes(allowed),
        (Some(denied), None) => Patterns::is_broad(denied),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Text, json};

    /// What strangers may do to a resource with this policy.
    fn open(service: &str, statements: &str) -> Vec<String> {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let document = Document::read(&json::parse(&Text::from(text)).unwrap());
        document.openings(service).into_iter().flat_map(|opening| opening.actions).map(|action| action.name).collect()
    }

    const SEND: &str =
        r#"{"Effect":"Allow","Principal":"*","Action":["sqs:SendMessage","sqs:ReceiveMessage"],"Resource":"*"}"#;

    #[test]
    fn a_deny_takes_away_what_it_denies_to_strangers() {
        assert_eq!(open("sqs", SEND), ["sqs:ReceiveMessage", "sqs:SendMessage"]);
        let with = |deny: &str| open("sqs", &format!("{SEND},{deny}"));
        let of_others = r#"{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-a1b2c3"}}}"#;
        assert!(with(of_others).is_empty());
        let receive = r#"{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sqs:Receive*","Resource":"*"}"#;
        assert_eq!(with(receive), ["sqs:SendMessage"]);
        let insecure = r#"{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}"#;
        assert_eq!(with(insecure).len(), 2);
        let elsewhere = r#"{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"arn:aws:sqs:eu-west-1:111122223333:other"}"#;
        assert_eq!(with(elsewhere).len(), 2);
        let but_one = r#"{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"sqs:*","Resource":"*"}"#;
        assert!(with(but_one).is_empty());
        let one = r#"{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"sqs:*","Resource":"*"}"#;
        assert_eq!(with(one).len(), 2);
    }

    #[test]
    fn only_actions_that_the_resource_takes_count() {
        let all = open("kms", r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"*","Resource":"*"}"#);
        assert!(all.contains(&"kms:Decrypt".to_owned()) && !all.contains(&"kms:ListKeys".to_owned()), "{all:?}");
        let other = r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}"#;
        assert!(open("kms", other).is_empty());
        assert!(open("", other).contains(&"s3:GetObject".to_owned()));
        let named = r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"*","Resource":"*"}"#;
        assert!(open("kms", named).is_empty());
    }

    #[test]
    fn what_changes_is_told_from_what_reads() {
        let level = |name: &str| OpenAction {
            name: name.to_owned(),
            level: catalogue::action(name).map(|action| action.level),
        };
        for name in ["s3:PutObject", "s3:DeleteBucketPolicy", "s3:PutObjectTagging"] {
            assert!(level(name).changes(), "{name}");
        }
        for name in ["s3:GetObject", "s3:ListBucket", "s3:GetBucketPolicy"] {
            assert!(!level(name).changes(), "{name}");
        }
    }
}
