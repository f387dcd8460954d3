//! Which policies of the code have a say in a request.

use crate::iam::Document;
use crate::iam::simulate::{Policies, Policy};
use crate::model::kinds::bucket;
use crate::model::{Account, Existence, PrincipalId, Purpose, Resource};
use crate::value::{Entry, Value};

use super::{Effective, Held, Level, Names, PolicySource};

/// What AWS attaches at each level of an organization until somebody takes it away, which code seldom does.
/// AWS Organizations User Guide, "How SCPs work with Allow" and "Resource control policies (RCPs)".
const FULL_ACCESS: &str = "AWS's full access at this level";

/// The policies of the code that decide on a principal's requests for a resource.
#[derive(Default, Debug)]
pub struct Deciding {
    identity: Vec<Named>,
    has_unknown_identity: bool,
    resource: Option<Named>,
    boundaries: Vec<Named>,
    has_unknown_boundary: bool,
    service_control: Vec<Vec<Named>>,
    resource_control: Vec<Vec<Named>>,
}

/// A document with the address of what carries it.
#[derive(Debug)]
struct Named {
    name: String,
    document: Document,
}

impl Named {
    fn policy(&self) -> Policy<'_> {
        Policy { name: self.name.clone(), document: &self.document }
    }
}

impl Deciding {
    /// Gathers a principal's own policies, those of its groups, its boundary, the organization's that the code puts on
    /// this account, and the policy of the resource where the code has it.
    pub fn on(principal: Option<PrincipalId>, resource: Option<&Resource>, names: &Names) -> Self {
        let mut deciding = Self::default();
        let effective = Effective::of(names.account);
        if let Some(access) = principal.and_then(|id| effective.principal(id)) {
            let policy = |held: &Held| named(held, &effective, names);
            deciding.identity = access.identity.iter().filter_map(policy).collect();
            deciding.has_unknown_identity = access.has_unknown_identity;
            deciding.boundaries = access.boundary.iter().filter_map(policy).collect();
            deciding.has_unknown_boundary = access.has_unknown_boundary;
        }
        deciding.resource = resource.and_then(|resource| policy_of(resource, names));
        deciding.service_control = levels(&effective, false, names);
        deciding.resource_control = levels(&effective, true, names);
        deciding
    }

    /// For an evaluation.
    pub fn policies(&self) -> Policies<'_> {
        Policies {
            identity: self.identity.iter().map(Named::policy).collect(),
            has_unknown_identity: self.has_unknown_identity,
            resource: self.resource.as_ref().map(Named::policy),
            boundaries: self.boundaries.iter().map(Named::policy).collect(),
            has_unknown_boundary: self.has_unknown_boundary,
            service_control: by_level(&self.service_control),
            resource_control: by_level(&self.resource_control),
            ..Policies::default()
        }
    }
}

fn by_level(levels: &[Vec<Named>]) -> Vec<Vec<Policy<'_>>> {
    levels.iter().map(|level| level.iter().map(Named::policy).collect()).collect()
}

/// A policy with the code's names replaced by those of AWS.
fn named(held: &Held, effective: &Effective, names: &Names) -> Option<Named> {
    let document = effective.document(names.account, &held.source)?;
    let (name, document) = match &held.source {
        PolicySource::InCode(id) => {
            let carrier = names.account.document(*id).carrier;
            (carrier.address.to_string(), document.replace(&|symbol| names.of_symbol(symbol)))
        }
        PolicySource::Aws(name) => (format!("AWS's {name}"), document.clone()),
    };
    Some(Named { name, document: if_certain(document, held.is_certain) })
}

/// The organization's policies that the code puts on the account, root first, one list for each level that has any.
fn levels(effective: &Effective, is_resource_control: bool, names: &Names) -> Vec<Vec<Named>> {
    let at = |wanted: Level| {
        let policies = effective.organization_policies(names.id);
        let mut level: Vec<Named> = policies
            .filter(|(level, policy)| *level == wanted && policy.is_resource_control == is_resource_control)
            .map(|(_, policy)| {
                let carried = names.account.document(policy.document);
                let is_certain = carried.carrier.existence == Existence::Certain;
                let document = carried.document.replace(&|symbol| names.of_symbol(symbol));
                Named { name: carried.carrier.address.to_string(), document: if_certain(document, is_certain) }
            })
            .collect();
        if !level.is_empty() {
            level.push(Named { name: FULL_ACCESS.to_owned(), document: full_access(is_resource_control) });
        }
        level
    };
    [at(Level::Root), at(Level::Account)].into_iter().filter(|level| !level.is_empty()).collect()
}

/// What AWS attaches at each level of an organization.
pub(super) fn full_access(is_resource_control: bool) -> Document {
    let everything = || Value::text("*");
    let mut statement = vec![
        Entry::new("Effect", Value::text("Allow")),
        Entry::new("Action", everything()),
        Entry::new("Resource", everything()),
    ];
    if is_resource_control {
        statement.push(Entry::new("Principal", everything()));
    }
    Document::read(&Value::object(vec![
        Entry::new("Version", Value::text("2012-10-17")),
        Entry::new("Statement", Value::object(statement)),
    ]))
}

/// A document that is there only perhaps has statements that are.
pub(super) fn if_certain(mut document: Document, is_certain: bool) -> Document {
    if !is_certain {
        for statement in &mut document.statements {
            statement.possible = true;
        }
    }
    document
}

/// The policy of a resource: its own, a role's trust policy, or the bucket policy that names it.
fn policy_of(resource: &Resource, names: &Names) -> Option<Named> {
    let account = names.account;
    let carries = |carrier: &Resource| {
        carrier.address == resource.address
            || (bucket::BUCKET.is(resource) && is_bucket_policy_of(carrier, resource, account))
    };
    let mut found = None;
    for carried in account.documents() {
        if !matches!(carried.purpose, Purpose::Resource | Purpose::Trust) || !carries(carried.carrier) {
            continue;
        }
        let is_certain = carried.carrier.existence == Existence::Certain;
        let document = if_certain(carried.document.replace(&|symbol| names.of_symbol(symbol)), is_certain);
        found = Some(Named { name: carried.carrier.address.to_string(), document });
    }
    found
}

fn is_bucket_policy_of(carrier: &Resource, of: &Resource, account: &Account) -> bool {
    let target = carrier.setting(&bucket::TARGET).value;
    bucket::POLICY.is(carrier)
        && account.resolve(&target, &bucket::BUCKET, &bucket::NAME).is_some_and(|found| found.address == of.address)
}
