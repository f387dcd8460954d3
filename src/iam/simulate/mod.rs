//! What AWS would answer to one request: allowed or denied, and which statements decide it.
//!
//! Source: AWS IAM User Guide, "Policy evaluation logic" with its pages for one account, for several accounts, and for
//! how the enforcement code decides; "Permissions boundaries for IAM entities"; AWS Organizations User Guide, "SCP
//! evaluation" and "RCP evaluation". Where the pages leave something open, `docs/simulate.md` says what is taken.

mod condition;
mod context;
mod pattern;
mod requester;
mod resource;
mod statement;
#[cfg(test)]
mod tests;
mod truth;

pub(super) use condition::{Network, holds, parse_date, parse_number};
pub use context::{Context, ContextValue};
pub use requester::{NoRequester, Requester};
pub use truth::Truth;

use std::collections::{BTreeMap, BTreeSet};

use super::resource::Completes;
use super::{Document, Effect, Statement, catalogue};
use requester::Grant;
use statement::{applies, missing_keys};
pub(super) use statement::{names_action, names_action_by};

/// Whatever a request carries is at most this long, as the headers of the services' web servers are. A bound for those
/// who read requests from outside; ARNs have 2,048 at most.
pub const MAX_VALUE_BYTES: usize = 8 << 10;

/// Someone who asks for an action on a resource.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who.
    pub requester: Requester,
    /// `service:Action`, in lower case.
    pub action: String,
    /// The ARN of the resource, or `*` for actions that have none.
    pub resource: String,
    /// The account of the resource, which not every ARN tells.
    pub resource_account: Option<String>,
    /// The rest, complete: what is not here, the request does not have.
    pub context: Context,
}

impl Request {
    /// A request. The account is taken from the resource's ARN where it is not given.
    pub fn new(requester: Requester, action: &str, resource: &str, account: Option<&str>, context: Context) -> Self {
        let in_arn = resource.split(':').nth(4).filter(|account| !account.is_empty());
        Self {
            requester,
            action: action.to_ascii_lowercase(),
            resource: resource.to_owned(),
            resource_account: account.or(in_arn).map(str::to_owned),
            context,
        }
    }

    fn service(&self) -> &str {
        self.action.split(':').next().unwrap_or_default()
    }

    /// Whether requester and resource are of one account. A resource without a known account is of the requester's.
    fn is_same_account(&self) -> bool {
        match (self.requester.account(), self.resource_account.as_deref()) {
            (Some(own), Some(other)) => own == other,
            _ => true,
        }
    }

    /// What the resource's policy must allow even to principals of its own account: using a KMS key, and taking on a
    /// role. AWS KMS Developer Guide, "Key policies in AWS KMS"; AWS IAM User Guide, "IAM roles".
    fn needs_resource_policy(&self) -> bool {
        const OF_TRUST: [&str; 6] = [
            "sts:assumerole",
            "sts:assumerolewithsaml",
            "sts:assumerolewithwebidentity",
            "sts:setcontext",
            "sts:setsourceidentity",
            "sts:tagsession",
        ];
        let part = self.resource.splitn(6, ':').nth(5).unwrap_or_default();
        (self.service() == "kms" && part.starts_with("key/"))
            || (OF_TRUST.contains(&self.action.as_str()) && part.starts_with("role/"))
    }

    /// The resource as it is matched: actions that have no resources are asked for `*`.
    fn matched_resource(&self) -> &str {
        match catalogue::action(&self.action) {
            Some(action) if action.is_wildcard_only() => "*",
            _ => &self.resource,
        }
    }
}

/// A policy with the name that a verdict calls it by.
#[derive(Clone, Debug)]
pub struct Policy<'a> {
    /// The name.
    pub name: String,
    /// What it says.
    pub document: &'a Document,
}

/// All policies that have a say in a request.
#[derive(Clone, Default, Debug)]
pub struct Policies<'a> {
    /// Those of the requester and of the groups they are in.
    pub identity: Vec<Policy<'a>>,
    /// Whether the requester has policies that are not known.
    pub has_unknown_identity: bool,
    /// The resource's own: a bucket policy, a key policy, a role's trust policy.
    pub resource: Option<Policy<'a>>,
    /// The requester's permissions boundary, if there is one.
    pub boundaries: Vec<Policy<'a>>,
    /// Whether the requester has a boundary that is not known.
    pub has_unknown_boundary: bool,
    /// Service control policies of the requester's account, one list for each level, the organization's root first.
    pub service_control: Vec<Vec<Policy<'a>>>,
    /// Resource control policies of the resource's account, likewise.
    pub resource_control: Vec<Vec<Policy<'a>>>,
    /// The policy that was passed when the session was made.
    pub session: Option<Policy<'a>>,
}

/// AWS's answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Decision {
    /// It is done.
    Allowed,
    /// Something that must allow it does not.
    ImplicitlyDenied,
    /// A Deny applies.
    ExplicitlyDenied,
    /// What is not known decides.
    Unknown,
}

impl Decision {
    /// The word for it in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ImplicitlyDenied => "implicitly-denied",
            Self::ExplicitlyDenied => "explicitly-denied",
            Self::Unknown => "unknown",
        }
    }
}

/// A statement of a policy.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct DecidingStatement {
    /// The policy's name.
    pub policy: String,
    /// The statement's Sid, or its place in the policy, counted from 1.
    pub statement: String,
}

/// What a request is answered, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The answer.
    pub decision: Decision,
    /// The statements that decide it: those that deny; or else those that allow; for an unknown answer, those that may.
    pub by: Vec<DecidingStatement>,
    /// What is missing for an allow, or what is not known, in words.
    pub why: Vec<String>,
    /// Keys that statements ask for and the request does not carry.
    pub missing_keys: BTreeSet<String>,
}

/// What the policies of one kind say.
struct Said {
    allow: Truth,
    deny: Truth,
    allows: Vec<(Truth, DecidingStatement)>,
    denies: Vec<(Truth, DecidingStatement)>,
}

/// What a resource's policy grants, by as what it names the requester.
struct Granted {
    truth: Truth,
    grant: Grant,
    by: DecidingStatement,
}

/// Answers a request as AWS would.
pub fn simulate(request: &Request, policies: &Policies) -> Verdict {
    if request.action == "sts:getcalleridentity" {
        // "No permissions are required to perform this operation", not even where a policy denies it.
        return Verdict { decision: Decision::Allowed, by: Vec::new(), why: Vec::new(), missing_keys: BTreeSet::new() };
    }
    let resource = request.matched_resource();
    let has_boundary = policies.has_unknown_boundary || !policies.boundaries.is_empty();
    let asked = Asked { request, resource, completes: Completes::Yes, has_boundary };
    let of_organization = Asked { completes: Completes::No, ..asked };
    let identity = asked.policies(&policies.identity);
    let boundary = asked.policies(&policies.boundaries);
    let session = asked.policies(policies.session.as_slice());
    let on_resource = asked.policies(policies.resource.as_slice());
    let granted = policies.resource.as_ref().map(|policy| asked.granted(policy)).unwrap_or_default();
    let service_control: Vec<Said> = if is_limited_by_service_control(&request.requester) {
        policies.service_control.iter().map(|level| of_organization.policies(level)).collect()
    } else {
        Vec::new()
    };
    let resource_control: Vec<Said> = if is_limited_by_resource_control(request) {
        policies.resource_control.iter().map(|level| of_organization.policies(level)).collect()
    } else {
        Vec::new()
    };

    let every = || {
        let layers = [&identity, &boundary, &session, &on_resource];
        layers.into_iter().chain(&service_control).chain(&resource_control)
    };
    let missing_keys = asked.missing_keys(policies);
    let is_open = policies.has_unknown_identity || policies.has_unknown_boundary;
    let deny = Truth::any(every().map(|said| said.deny).chain(is_open.then_some(Truth::Unknown)));
    if deny == Truth::Yes {
        let by = every().flat_map(|said| at_least(&said.denies, Truth::Yes)).collect();
        return Verdict { decision: Decision::ExplicitlyDenied, by, why: Vec::new(), missing_keys };
    }

    let limits = Limits {
        identity: match request.requester {
            // "By default, all requests are implicitly denied with the exception of the AWS account root user, which has
            // full access."
            Requester::Root { .. } => Truth::Yes,
            _ => identity.allow.or(if policies.has_unknown_identity { Truth::Unknown } else { Truth::No }),
        },
        boundary: match (policies.boundaries.is_empty(), policies.has_unknown_boundary) {
            (_, true) => boundary.allow.or(Truth::Unknown),
            (true, false) => Truth::Yes,
            (false, false) => boundary.allow,
        },
        session: if policies.session.is_some() { session.allow } else { Truth::Yes },
    };
    let account = decide_in_account(request, &limits, &granted);
    let organization = Truth::all(service_control.iter().map(|level| level.allow));
    let allow = account.and(organization);

    let mut why = Vec::new();
    let decision = match (allow, deny) {
        (Truth::Yes, Truth::No) => Decision::Allowed,
        (Truth::No, _) => Decision::ImplicitlyDenied,
        _ => Decision::Unknown,
    };
    if decision != Decision::Allowed {
        explain(request, policies, &limits, &granted, &service_control, &mut why);
    }
    if decision == Decision::Unknown && deny == Truth::Unknown {
        why.push("a Deny may apply".to_owned());
    }
    let by = match decision {
        Decision::ImplicitlyDenied | Decision::ExplicitlyDenied => Vec::new(),
        Decision::Allowed | Decision::Unknown => {
            let least = if decision == Decision::Allowed { Truth::Yes } else { Truth::Unknown };
            let is_used = |granted: &&Granted| granted.truth.and(granting(granted.grant, request, &limits)) >= least;
            let by_resource = granted.iter().filter(is_used).map(|granted| granted.by.clone());
            let own = at_least(&identity.allows, least);
            let denies = every().flat_map(|said| at_least(&said.denies, least));
            own.chain(by_resource).chain(denies).collect()
        }
    };
    Verdict { decision, by, why, missing_keys }
}

/// What the requester's own policies say.
struct Limits {
    identity: Truth,
    boundary: Truth,
    session: Truth,
}

impl Limits {
    /// Whether the requester's own policies allow it all together.
    fn all(&self) -> Truth {
        Truth::all([self.identity, self.boundary, self.session])
    }
}

/// Whether the policies of requester and resource allow it, the organization's aside.
fn decide_in_account(request: &Request, limits: &Limits, granted: &[Granted]) -> Truth {
    let by_resource = Truth::any(granted.iter().map(|granted| granted.truth));
    if request.resource_account.as_ref().is_some_and(|account| request.requester.is_of_foreign_provider(account)) {
        return Truth::No;
    }
    match request.requester {
        // Nothing but the resource's policy speaks of them.
        Requester::Anonymous | Requester::Service(_) | Requester::Federated(_) => by_resource,
        // "The request is allowed only if both evaluations return a decision of Allow."
        _ if !request.is_same_account() => by_resource.and(limits.all()),
        _ => {
            let own = if request.needs_resource_policy() { by_resource.and(limits.all()) } else { limits.all() };
            own.or(Truth::any(
                granted.iter().map(|granted| granted.truth.and(granting(granted.grant, request, limits))),
            ))
        }
    }
}

/// What a grant of a resource's policy still needs besides itself, in one account.
///
/// "Resource-based policies that grant permissions to an IAM role ARN are limited by an implicit deny in a permissions
/// boundary or session policy"; "… to an IAM role session ARN grant permissions directly to the assumed role session.
/// Permissions granted directly to a session are not limited by an implicit deny in an identity-based policy, a
/// permissions boundary, or session policy"; likewise to users and federated users. "Permissions boundaries and session
/// policies do not limit permissions granted using the aws:PrincipalArn condition key with a wildcard (*) in the
/// Principal element", nor, then, those to everyone. A whole account is left to its own policies.
fn granting(grant: Grant, request: &Request, limits: &Limits) -> Truth {
    let has_own = !matches!(request.requester, Requester::Anonymous | Requester::Service(_) | Requester::Federated(_));
    if !has_own {
        return Truth::Yes;
    }
    if !request.is_same_account() {
        return limits.all();
    }
    match grant {
        Grant::Direct | Grant::Everyone => Truth::Yes,
        Grant::Role => limits.boundary.and(limits.session),
        Grant::Account => limits.all(),
    }
}

/// "SCPs affect only IAM users and roles that are managed by accounts that are part of the organization", and no
/// service-linked role.
fn is_limited_by_service_control(requester: &Requester) -> bool {
    requester.account().is_some() && !requester.is_service_linked()
}

/// "RCPs apply to resources for a subset of AWS services", and limit no service-linked role.
fn is_limited_by_resource_control(request: &Request) -> bool {
    catalogue::has_resource_control(request.service()) && !request.requester.is_service_linked()
}

/// In words, what does not allow it or is not known to.
fn explain(
    request: &Request,
    policies: &Policies,
    limits: &Limits,
    granted: &[Granted],
    service_control: &[Said],
    why: &mut Vec<String>,
) {
    let mut say = |truth: Truth, what: &str| match truth {
        Truth::Yes => {}
        Truth::No => why.push(format!("not allowed by {what}")),
        Truth::Unknown => why.push(format!("not known whether it is allowed by {what}")),
    };
    let by_resource = Truth::any(granted.iter().map(|granted| granted.truth));
    if request.resource_account.as_ref().is_some_and(|account| request.requester.is_of_foreign_provider(account)) {
        say(Truth::No, "the resource's account, which has no such identity provider");
    }
    let has_own = request.requester.account().is_some();
    if !has_own || !request.is_same_account() || request.needs_resource_policy() {
        say(
            by_resource,
            if policies.resource.is_some() {
                "the resource's policy"
            } else {
                "a policy of the resource: there is none"
            },
        );
    } else if by_resource == Truth::Unknown {
        say(by_resource, "the resource's policy");
    }
    if has_own {
        say(limits.identity, "the principal's own policies");
        say(limits.boundary, "the permissions boundary");
        say(limits.session, "the session policy");
    }
    for (level, said) in service_control.iter().enumerate() {
        say(said.allow, &format!("level {} of the service control policies", level + 1));
    }
}

/// A request with the resource that it is matched with.
#[derive(Clone, Copy)]
struct Asked<'a> {
    request: &'a Request,
    resource: &'a str,
    /// Whether incomplete ARNs are completed, where principals do not tell that they are not.
    completes: Completes,
    /// Whether the requester has a permissions boundary.
    has_boundary: bool,
}

impl Asked<'_> {
    fn policies(&self, policies: &[Policy]) -> Said {
        let mut said = Said { allow: Truth::No, deny: Truth::No, allows: Vec::new(), denies: Vec::new() };
        for policy in policies {
            if policy.document.has_unknown_statements() {
                said.allow = said.allow.or(Truth::Unknown);
                said.deny = said.deny.or(Truth::Unknown);
            }
            for (index, statement) in policy.document.statements.iter().enumerate() {
                let truth = applies(statement, policy.document, self).truth;
                if truth == Truth::No {
                    continue;
                }
                if statement.effect != Effect::Deny {
                    said.allow = said.allow.or(truth);
                    said.allows.push((truth, name_of(policy, index)));
                }
                if statement.effect != Effect::Allow {
                    said.deny = said.deny.or(truth);
                    said.denies.push((truth, name_of(policy, index)));
                }
            }
        }
        said
    }

    /// What the resource's policy grants.
    fn granted(&self, policy: &Policy) -> Vec<Granted> {
        let mut granted = Vec::new();
        for (index, statement) in policy.document.statements.iter().enumerate() {
            if statement.effect == Effect::Deny {
                continue;
            }
            let applies = applies(statement, policy.document, self);
            if applies.truth != Truth::No {
                granted.push(Granted { truth: applies.truth, grant: applies.grant, by: name_of(policy, index) });
            }
        }
        if policy.document.has_unknown_statements() {
            let by = DecidingStatement { policy: policy.name.clone(), statement: "?".to_owned() };
            granted.push(Granted { truth: Truth::Unknown, grant: Grant::Direct, by });
        }
        granted
    }

    fn missing_keys(&self, policies: &Policies) -> BTreeSet<String> {
        let levels = policies.service_control.iter().chain(&policies.resource_control).flatten();
        let own = policies.identity.iter().chain(&policies.boundaries).chain(&policies.session);
        let all = own.chain(&policies.resource).chain(levels);
        let keys: BTreeMap<String, String> = all
            .flat_map(|policy| {
                let statements = policy.document.statements.iter().filter(|statement| !statement.conditions.is_empty());
                statements.flat_map(|statement| missing_keys(statement, policy.document, self))
            })
            .map(|key| (key.to_ascii_lowercase(), key))
            .collect();
        keys.into_values().collect()
    }
}

/// Whether a statement applies to a request, whatever its effect.
pub(super) fn applies_to(
    statement: &Statement,
    document: &Document,
    request: &Request,
    completes: Completes,
    has_boundary: bool,
) -> Truth {
    applies(statement, document, &Asked { request, resource: request.matched_resource(), completes, has_boundary })
        .truth
}

/// The statements that apply at least so surely.
fn at_least(statements: &[(Truth, DecidingStatement)], least: Truth) -> impl Iterator<Item = DecidingStatement> + '_ {
    statements.iter().filter(move |(truth, _)| *truth >= least).map(|(_, statement)| statement.clone())
}

fn name_of(policy: &Policy, index: usize) -> DecidingStatement {
    let sid = policy.document.statements.get(index).and_then(|statement| statement.sid.as_ref());
    let sid = sid.map(ToString::to_string).filter(|sid| !sid.is_empty());
    DecidingStatement { policy: policy.name.clone(), statement: sid.unwrap_or_else(|| (index + 1).to_string()) }
}
