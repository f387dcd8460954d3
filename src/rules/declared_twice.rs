//! What there is once in AWS, and the code says twice: the last one to be deployed wins.

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::model::kinds::{bucket, detector, password_policy, policy_attachment};
use crate::model::{Account, AttachedPolicy, Attribute, Existence, Kind, Resource};
use crate::source::Span;
use crate::value::{Text, Value};

use super::{BOTH, Findings, Rule, TERRAFORM};

/// An exclusive attachment beside another one.
pub(super) static ATTACHMENT_EXCLUSIVE: Rule = Rule {
    metadata: Metadata {
        id: "policy-attachment-exclusive",
        title: "Exclusive attachment of a policy that others attach",
        group: "policy-validity",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &[],
        controls: &[],
        documentation: include_str!("docs/policy-attachment-exclusive.md"),
    },
    check: attachment_exclusive,
};

/// A singleton that is declared twice.
pub(super) static SINGLETON_TWICE: Rule = Rule {
    metadata: Metadata {
        id: "account-singleton-declared-twice",
        title: "Setting that there is once is declared twice",
        group: "policy-validity",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("docs/account-singleton-declared-twice.md"),
    },
    check: singleton_twice,
};

fn attachment_exclusive(account: &Account, findings: &mut Findings) {
    let mut told: Vec<Span> = Vec::new();
    for attachment in account.attachments() {
        if !policy_attachment::TO_SEVERAL.is(attachment.carrier) || told.contains(&attachment.carrier.span) {
            continue;
        }
        let other = account
            .attachments()
            .iter()
            .find(|other| other.policy == attachment.policy && other.carrier.address != attachment.carrier.address);
        let message = match (&attachment.policy, other) {
            (AttachedPolicy::Aws(name), _) => {
                format!("takes {name} away from all users, groups and roles of the account that are not named here")
            }
            (AttachedPolicy::InCode(_), Some(other)) => {
                format!("takes the policy away from whom {} attaches it to, at each deployment", other.carrier.address)
            }
            _ => continue,
        };
        told.push(attachment.carrier.span);
        let finding = findings.add(&ATTACHMENT_EXCLUSIVE, attachment.carrier, attachment.span, message);
        if attachment.possible {
            finding.at_most(Confidence::Likely);
        }
        if let Some(other) = other {
            finding.relate("the other attachment", Some(other.span));
        }
    }
}

/// What there is once, for the account, its region or the resource that an attribute names.
struct Singleton {
    kind: &'static Kind,
    /// The resource that it is of; none for those of the account.
    of: Option<&'static Attribute>,
    /// Whether each region has its own.
    is_regional: bool,
    what: &'static str,
}

const SINGLETONS: [Singleton; 5] = [
    Singleton { kind: &password_policy::KIND, of: None, is_regional: false, what: "the account's password policy" },
    Singleton {
        kind: &bucket::ACCOUNT_PUBLIC_ACCESS_BLOCK,
        of: None,
        is_regional: false,
        what: "the account's block of public access",
    },
    Singleton { kind: &detector::KIND, of: None, is_regional: true, what: "the region's detector" },
    Singleton { kind: &bucket::POLICY, of: Some(&bucket::TARGET), is_regional: false, what: "the bucket's policy" },
    Singleton {
        kind: &bucket::PUBLIC_ACCESS_BLOCK,
        of: Some(&bucket::TARGET),
        is_regional: false,
        what: "the bucket's block of public access",
    },
];

fn singleton_twice(account: &Account, findings: &mut Findings) {
    for singleton in &SINGLETONS {
        let mut seen: Vec<(&Resource, Value)> = Vec::new();
        let certain =
            |resource: &&Resource| resource.existence == Existence::Certain && resource.attributes.as_map().is_some();
        for resource in account.of_kind(singleton.kind).filter(certain) {
            let Some(place) = place_of(account, resource, singleton) else { continue };
            let same = |(other, at): &&(&Resource, Value)| *at == place && other.provider == resource.provider;
            match seen.iter().find(same) {
                Some((first, _)) => {
                    let message =
                        format!("{} is set here and by {}: the last one deployed wins", singleton.what, first.address);
                    let finding = findings.add(&SINGLETON_TWICE, resource, resource.span, message);
                    finding.relate("the other one", Some(first.span));
                }
                None => seen.push((resource, place)),
            }
        }
    }
}

/// What a singleton is of, and in which region; none where that is not known.
fn place_of(account: &Account, resource: &Resource, singleton: &Singleton) -> Option<Value> {
    let of = match singleton.of {
        Some(attribute) => {
            let value = resource.setting(attribute).value;
            // A name that is not known may be another one in each place.
            let is_known = value.as_text().is_some_and(Text::is_known)
                || value.to_text()?.as_symbol().is_some_and(|symbol| symbol.reference().is_some());
            is_known.then_some(value)?
        }
        None => Value::null(),
    };
    let region = if singleton.is_regional { account.root.region(resource) } else { None };
    let region = region.unwrap_or_else(Value::null);
    (region.is_null() || region.is_wholly_known()).then(|| Value::tuple(vec![of, region]))
}
