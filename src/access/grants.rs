//! What the Allow statements of a document give away, the strongest for each place.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::finding::Confidence;
use crate::iam::{ArnPattern, Document, Effect, Effectiveness, Glob, Pattern, Patterns, Request, Statement};
use crate::model::{Account, AttachedPolicy, CarriedDocument, DocumentId, Purpose};
use crate::source::Span;

use super::{Effective, PolicySource};

/// Too much to give away, strongest first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Grant {
    /// Every action on every resource.
    FullAdministrator,
    /// Every IAM action on every IAM resource: administrator in one step.
    FullIam,
    /// Everything but a few actions, in more than one service.
    AllButNamed,
    /// Every action, on some resources or under a condition.
    AllActions,
    /// Passing any role to any service.
    PassAnyRole,
    /// Assuming any role.
    AssumeAnyRole,
    /// Every action of these services on all of their resources.
    WholeServices(Vec<String>),
}

impl Grant {
    /// Whether two grants of one statement are one decision of its author: the same grant, or whole services.
    fn is_same_decision(&self, other: &Self) -> bool {
        matches!((self, other), (Self::WholeServices(_), Self::WholeServices(_))) || self == other
    }

    /// Takes in another grant of the same decision.
    fn extend(&mut self, other: Self) {
        if let (Self::WholeServices(services), Self::WholeServices(more)) = (self, other) {
            for service in more {
                if !services.contains(&service) {
                    services.push(service);
                }
            }
        }
    }
}

/// A grant and where it stands.
#[derive(Debug)]
pub struct Granted {
    /// What.
    pub grant: Grant,
    /// The statement's place in the document.
    pub statement: usize,
    /// The action pattern, or the name of the element, that grants.
    pub span: Option<Span>,
    /// How sure it is.
    pub confidence: Confidence,
    /// Further places of the same grant.
    pub also: Vec<Span>,
}

/// Any of these lets its holder write its own permissions; a Deny must take them all to stop that.
/// Source: AWS service authorization reference, "AWS Identity and Access Management", permissions management.
const OWN_PERMISSIONS: [Request; 5] = [
    Request { action: "iam:createpolicyversion", resource: "arn:aws:iam::111122223333:policy/any" },
    Request { action: "iam:attachrolepolicy", resource: "arn:aws:iam::111122223333:role/any" },
    Request { action: "iam:putrolepolicy", resource: "arn:aws:iam::111122223333:role/any" },
    Request { action: "iam:attachuserpolicy", resource: "arn:aws:iam::111122223333:user/any" },
    Request { action: "iam:putuserpolicy", resource: "arn:aws:iam::111122223333:user/any" },
];

const PASS_ROLE: Request = Request { action: "iam:passrole", resource: "arn:aws:iam::111122223333:role/any" };
const ASSUME_ROLE: Request = Request { action: "sts:assumerole", resource: "arn:aws:iam::111122223333:role/any" };

/// Services of which one has whoever has everything; to tell "all resources" from "all of one service".
const TELLING_SERVICES: [&str; 4] = ["iam", "sts", "s3", "ec2"];

/// Services that are a channel for an agent on the instance and nothing else: the agent needs every action, and none
/// takes a resource. Source: AWS service authorization reference, "Amazon Message Gateway Service" and "Amazon Message
/// Delivery Service".
const AGENT_CHANNELS: [&str; 2] = ["ec2messages", "ssmmessages"];

/// What a document grants beyond reason, one grant for each place, weaker ones of the same place left out.
pub fn of(document: &Document) -> Vec<Granted> {
    let statements = document.statements.iter().enumerate();
    let allows = statements.filter(|(_, statement)| statement.effect == Effect::Allow);
    allows.flat_map(|(at, statement)| of_statement(document, at, statement)).collect()
}

/// What each document of an account's principals grants beyond reason.
#[derive(Debug)]
pub struct Grants {
    by_document: Vec<Vec<Granted>>,
    /// Documents of which another policy takes back everything, from all who have them.
    denied: FxHashSet<DocumentId>,
}

impl Grants {
    /// The account's, worked out once.
    pub fn of(account: &Account) -> Arc<Self> {
        account.derived(|account| {
            let granted = |carried: &CarriedDocument| match carried.purpose {
                Purpose::Identity => of(&carried.document),
                Purpose::Trust | Purpose::Resource | Purpose::Limit | Purpose::Device => Vec::new(),
            };
            let by_document = account.documents().map(granted).collect();
            let mut grants = Self { by_document, denied: FxHashSet::default() };
            grants.leave_out_what_is_denied(account);
            grants
        })
    }

    /// Leaves out what another policy takes back entirely, from all who have it.
    fn leave_out_what_is_denied(&mut self, account: &Account) {
        let denying: FxHashSet<PolicySource> = account
            .documents_by_id()
            .filter(|(_, carried)| carried.purpose == Purpose::Identity && is_everything_denied(&carried.document))
            .map(|(id, _)| PolicySource::InCode(id))
            .collect();
        if denying.is_empty() {
            return;
        }
        let mut is_left = vec![false; self.by_document.len()];
        let mut is_held = vec![false; self.by_document.len()];
        for access in Effective::of(account).principals() {
            let is_denied = access.identity.iter().any(|held| held.is_certain && denying.contains(&held.source));
            for held in &access.identity {
                let PolicySource::InCode(id) = held.source else { continue };
                let flags = is_held.get_mut(id.index()).zip(is_left.get_mut(id.index()));
                if let Some((held, left)) = flags {
                    *held = true;
                    *left |= !is_denied;
                }
            }
        }
        // Somebody outside the code may have it too.
        for attachment in account.attachments().iter().filter(|attachment| attachment.principal.is_none()) {
            if let AttachedPolicy::InCode(id) = attachment.policy
                && let Some(left) = is_left.get_mut(id.index())
            {
                *left = true;
            }
        }
        for (id, _) in account.documents_by_id() {
            let flag = |flags: &[bool]| flags.get(id.index()).copied().unwrap_or_default();
            if flag(&is_held) && !flag(&is_left) {
                self.denied.insert(id);
            }
        }
    }

    /// What one document grants; nothing, if it is no principal's.
    pub fn of_document(&self, id: DocumentId) -> &[Granted] {
        let granted = self.by_document.get(id.index()).filter(|_| !self.is_denied(id));
        granted.map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether another policy takes back everything that the document allows, from all who have it.
    pub fn is_denied(&self, id: DocumentId) -> bool {
        self.denied.contains(&id)
    }
}

fn of_statement(document: &Document, at: usize, statement: &Statement) -> Vec<Granted> {
    let Some(actions) = &statement.actions else { return Vec::new() };
    let certain =
        |possible: bool| if possible || statement.possible { Confidence::Likely } else { Confidence::Certain };
    if actions.negated {
        let grant = all_but(document, statement, actions);
        let confidence = certain(actions.incomplete || restricts(statement, "iam"));
        return grant
            .map(|grant| Granted { grant, statement: at, span: actions.key_span, confidence, also: Vec::new() })
            .into_iter()
            .collect();
    }
    let everything = Glob::known("?*:?*");
    if let Some(pattern) = covering(actions, &everything) {
        let grant = all_actions(document, statement);
        let confidence = certain(pattern.possible || grant == Some(Grant::AllActions) && restricts(statement, "iam"));
        return grant
            .map(|grant| Granted { grant, statement: at, span: pattern.span, confidence, also: Vec::new() })
            .into_iter()
            .collect();
    }
    let mut grants: Vec<Granted> = Vec::new();
    for pattern in in_order_of_place(actions) {
        let Some(grant) = of_pattern(document, statement, pattern) else { continue };
        let confidence = certain(pattern.possible);
        match grants.iter_mut().find(|granted| granted.grant.is_same_decision(&grant)) {
            Some(granted) => {
                granted.grant.extend(grant);
                granted.also.extend(pattern.span);
                granted.confidence = granted.confidence.max(confidence);
            }
            None => grants.push(Granted { grant, statement: at, span: pattern.span, confidence, also: Vec::new() }),
        }
    }
    grants
}

/// The patterns as their author wrote them: a computed document has them in an order of its own. Those that stand in
/// several files keep theirs.
fn in_order_of_place(patterns: &Patterns) -> Vec<&Pattern> {
    let mut ordered: Vec<&Pattern> = patterns.items.iter().collect();
    let file = |pattern: &Pattern| pattern.span.map(|span| span.file);
    let one_file = ordered.windows(2).all(|pair| matches!(pair, [a, b] if file(a) == file(b)));
    if one_file {
        ordered.sort_by_key(|pattern| pattern.span);
    }
    ordered
}

/// The pattern that takes in `wanted`; or, where only several together do, the first with a wildcard.
fn covering<'p>(actions: &'p Patterns, wanted: &Glob) -> Option<&'p Pattern> {
    let single = actions.items.iter().find(|pattern| pattern.glob.includes(wanted));
    single.or_else(|| {
        let wild: Vec<&Glob> =
            actions.items.iter().map(|pattern| &pattern.glob).filter(|glob| glob.has_wildcard()).collect();
        // Less than a pattern for each letter cannot cover all names between them.
        let together = wild.len() > 20 && wanted.covered_by(&wild);
        together.then(|| actions.items.iter().find(|pattern| pattern.glob.has_wildcard())).flatten()
    })
}

fn restricts(statement: &Statement, service: &str) -> bool {
    !statement.is_unconditional(service)
}

fn is_dead(statement: &Statement, service: &str) -> bool {
    statement.conditions.iter().any(|condition| condition.effectiveness(service) == Effectiveness::NeverTrue)
}

fn covers_every_service(statement: &Statement) -> bool {
    let all = Glob::known("*");
    TELLING_SERVICES.iter().all(|service| statement.covers_resources(service, &all))
}

fn keeps_own_permissions(document: &Document, statement: &Statement) -> bool {
    OWN_PERMISSIONS.iter().any(|request| statement.may_match(*request) && !document.must_deny(*request))
}

fn all_actions(document: &Document, statement: &Statement) -> Option<Grant> {
    if is_everything_denied(document) || is_dead(statement, "iam") && is_dead(statement, "s3") {
        return None;
    }
    if keeps_own_permissions(document, statement) {
        if covers_every_service(statement) {
            return Some(Grant::FullAdministrator);
        }
        if statement.covers_resources("iam", &Glob::known("*")) {
            return Some(Grant::FullIam);
        }
    }
    let nothing_left = statement.resources.as_ref().is_none_or(|resources| {
        !resources.negated && resources.items.iter().all(|pattern| is_resource_denied(document, &pattern.glob))
    });
    (!nothing_left).then_some(Grant::AllActions)
}

/// Whether an unconditional Deny takes away every action on everything.
fn is_everything_denied(document: &Document) -> bool {
    is_resource_denied(document, &Glob::known("*"))
}

fn is_resource_denied(document: &Document, resource: &Glob) -> bool {
    let everything = Glob::known("?*:?*");
    document.denies().any(|deny| {
        !deny.possible
            && deny.is_unconditional("iam")
            && deny.actions.as_ref().is_some_and(|actions| {
                !actions.negated
                    && actions.items.iter().any(|pattern| !pattern.possible && pattern.glob.includes(&everything))
            })
            && deny.resources.as_ref().is_some_and(|resources| {
                !resources.negated
                    && resources.items.iter().any(|pattern| !pattern.possible && pattern.glob.includes(resource))
            })
    })
}

fn all_but(document: &Document, statement: &Statement, actions: &Patterns) -> Option<Grant> {
    if is_everything_denied(document) || is_dead(statement, "iam") {
        return None;
    }
    // "Everything but everything" is nothing.
    if actions.items.iter().any(|pattern| !pattern.possible && pattern.glob.includes(&Glob::known("?*:?*"))) {
        return None;
    }
    if keeps_own_permissions(document, statement) && covers_every_service(statement) {
        return Some(Grant::FullAdministrator);
    }
    reaches_beyond_one_service(statement).then_some(Grant::AllButNamed)
}

/// Whether the resources are not all of one and the same service.
fn reaches_beyond_one_service(statement: &Statement) -> bool {
    let Some(resources) = &statement.resources else { return false };
    if resources.negated {
        return true;
    }
    let any_service = |pattern: &Pattern| {
        ArnPattern::new(&pattern.glob)
            .is_some_and(|arn| ["iam", "s3"].iter().all(|service| arn.covers(service, &Glob::known("*"))))
    };
    resources.items.iter().any(any_service)
}

fn of_pattern(document: &Document, statement: &Statement, pattern: &Pattern) -> Option<Grant> {
    let all = Glob::known("*");
    let covers = |service: &str| {
        pattern.glob.has_wildcard()
            && pattern.glob.includes(&Glob::known(&format!("{service}:?*")))
            && statement.covers_resources(service, &all)
            && statement.is_unconditional(service)
    };
    if covers("iam") && keeps_own_permissions(document, statement) {
        return Some(Grant::FullIam);
    }
    for (request, grant) in [(PASS_ROLE, Grant::PassAnyRole), (ASSUME_ROLE, Grant::AssumeAnyRole)] {
        let granted = pattern.glob.matches(request.action)
            && statement.covers_resources("iam", &Glob::known("role/*"))
            && statement.is_unconditional(request.service())
            && !document.must_deny(request);
        if granted {
            return Some(grant);
        }
    }
    let text = pattern.text.as_str()?.to_ascii_lowercase();
    let (service, _) = text.split_once(':')?;
    if service.is_empty() || service.contains(['*', '?']) || AGENT_CHANNELS.contains(&service) || !covers(service) {
        return None;
    }
    let any = Request {
        action: &format!("{service}:any"),
        resource: &format!("arn:aws:{service}:us-east-1:111122223333:any"),
    };
    (!document.must_deny(any)).then(|| Grant::WholeServices(vec![service.to_owned()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Text, json};

    fn grants(statements: &str) -> Vec<Grant> {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let document = Document::read(&json::parse(&Text::from(text)).unwrap());
        of(&document).into_iter().map(|granted| granted.grant).collect()
    }

    #[test]
    fn administrator_in_many_spellings() {
        for statement in [
            r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Action":["s3:GetObject","*:*"],"Resource":["*"]}"#,
            r#"{"Effect":"Allow","Action":"?*","Resource":"arn:aws:*:*:*:*"}"#,
            r#"{"Effect":"Allow","NotAction":"ec2:*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::x"}"#,
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:PrincipalArn":"*"}}}"#,
            r#"{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}"#,
        ] {
            assert_eq!(grants(statement), [Grant::FullAdministrator], "{statement}");
        }
    }

    #[test]
    fn what_a_deny_leaves() {
        let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
        assert_eq!(grants(&format!(r#"{all},{{"Effect":"Deny","Action":"*","Resource":"*"}}"#)), []);
        assert_eq!(
            grants(&format!(r#"{all},{{"Effect":"Deny","Action":"iam:*","Resource":"*"}}"#)),
            [Grant::AllActions]
        );
        let iam = r#"{"Effect":"Allow","Action":"iam:*","Resource":"*"}"#;
        assert_eq!(grants(iam), [Grant::FullIam]);
        assert_eq!(grants(&format!(r#"{iam},{{"Effect":"Deny","Action":"iam:*","Resource":"*"}}"#)), []);
        let unless_mfa = r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#;
        assert_eq!(grants(&format!("{all},{unless_mfa}")), [Grant::FullAdministrator]);
    }

    #[test]
    fn narrower_grants() {
        assert_eq!(grants(r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/*"}"#), [Grant::AllActions]);
        assert_eq!(
            grants(r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::*"}"#),
            [Grant::WholeServices(vec!["s3".into()])]
        );
        assert_eq!(
            grants(r#"{"Effect":"Allow","Action":["iam:Pass*"],"Resource":"arn:aws:iam::*:role/*"}"#),
            [Grant::PassAnyRole]
        );
        assert_eq!(grants(r#"{"Effect":"Allow","Action":"sts:*","Resource":"*"}"#), [Grant::AssumeAnyRole]);
        assert_eq!(
            grants(r#"{"Effect":"Allow","NotAction":["iam:*","organizations:*"],"Resource":"*"}"#),
            [Grant::AllButNamed]
        );
    }

    #[test]
    fn services_of_one_statement_are_one_grant() {
        let two = r#"{"Effect":"Allow","Action":["s3:*","ec2:Describe*","kms:*"],"Resource":"*"}"#;
        assert_eq!(grants(two), [Grant::WholeServices(vec!["s3".into(), "kms".into()])]);
        let twice = r#"{"Effect":"Allow","Action":["s3:*","S3:?*"],"Resource":"*"}"#;
        assert_eq!(grants(twice), [Grant::WholeServices(vec!["s3".into()])]);
        let pass = r#"{"Effect":"Allow","Action":["iam:PassRole","iam:Pass*"],"Resource":"*"}"#;
        assert_eq!(grants(pass), [Grant::PassAnyRole]);
    }

    #[test]
    fn harmless_ones() {
        for statement in [
            r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}"#,
            r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/*"}"#,
            r#"{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}}"#,
            r#"{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::*:role/app-*"}"#,
            r#"{"Effect":"Allow","NotAction":"s3:Delete*","Resource":"arn:aws:s3:::b/*"}"#,
            r#"{"Effect":"Allow","NotAction":"*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Action":["iam:Get*","iam:List*"],"Resource":"*"}"#,
        ] {
            assert_eq!(grants(statement), [], "{statement}");
        }
    }
}
