//! The rules: short sentences over the model.
//!
//! One file for each family. A rule is a [`Rule`] constant beside its check; its documentation is a Markdown file
//! in `docs/` here, named by its id. [`REGISTRY`] lists them all.

mod absence;
mod administrator;
mod alarms;
mod breadth;
mod buckets;
mod credentials;
mod declared_twice;
mod delivery;
mod detection;
mod encryption;
mod escalation;
mod evidence;
mod exposure;
mod facing;
mod hygiene;
mod managed_policies;
mod mfa;
mod network;
mod organization;
mod password_policy;
mod public;
mod quotas;
mod recording;
mod secrets;
mod setting;
mod statements;
mod trail;
mod trust;
mod user_credentials;
mod validity;
mod wildcards;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::finding::{Confidence, Finding, Metadata, Related, Undecided};
use crate::model::{Account, CarriedDocument, Existence, Framework, Resource, Root};
use crate::source::{Date, Sources, Span};
use crate::value::Why;

/// A rule: what is known of it, and the question itself.
#[derive(Debug)]
pub struct Rule {
    /// What is known of it.
    pub metadata: Metadata,
    /// Asks the question of one account.
    pub check: fn(&Account, &mut Findings),
}

/// Rules of which both languages can show the fault.
const BOTH: &[Framework] = &[Framework::Terraform, Framework::CloudFormation];
/// Rules about what CloudFormation has no resource for.
const TERRAFORM: &[Framework] = &[Framework::Terraform];
/// Rules about what only templates can say.
const CLOUDFORMATION: &[Framework] = &[Framework::CloudFormation];

/// Every rule, by group.
pub static REGISTRY: &[&Rule] = &[
    // administrator
    &administrator::FULL_ADMIN,
    &administrator::ALL_ACTIONS,
    &administrator::FULL_IAM,
    &administrator::SERVICE_WILDCARD,
    &administrator::ALLOW_NOT_ACTION,
    &managed_policies::ADMINISTRATOR,
    &managed_policies::IAM_FULL_ACCESS,
    &managed_policies::POWER_USER,
    &managed_policies::SERVICE_FULL_ACCESS,
    &breadth::SERVICE_WILDCARD_SCOPED,
    &breadth::ALLOW_NOT_RESOURCE,
    &exposure::DATA_EXFILTRATION,
    &escalation::COMPUTE_ADMINISTRATOR,
    // privilege-escalation
    &escalation::OWN_PERMISSIONS,
    &escalation::OTHER_PRINCIPAL,
    &escalation::PASS_ROLE,
    &escalation::EXISTING_COMPUTE,
    &escalation::PATH_TO_ADMINISTRATOR,
    &escalation::IDENTITY_PROVIDER,
    &escalation::PERMISSION_SET,
    &escalation::BOUNDARY_REMOVABLE,
    &escalation::BOUNDARY_NOT_REQUIRED,
    &administrator::PASS_ANY_ROLE,
    &administrator::ASSUME_ANY_ROLE,
    &breadth::PASS_ROLE_WITHOUT_SERVICE,
    &exposure::PERMISSION_MANAGEMENT,
    // public-access
    &public::bucket::POLICY_READ,
    &public::bucket::POLICY_WRITE,
    &public::policy::QUEUE,
    &public::policy::TOPIC,
    &public::policy::KEY,
    &public::function::PERMISSION,
    &public::function::BROAD_ACTION,
    &public::function::URL,
    &public::policy::REPOSITORY,
    &public::policy::SECRET,
    &public::policy::FILE_SYSTEM,
    &public::policy::DOMAIN,
    &public::policy::OTHER,
    &public::resource::NOT_PRINCIPAL,
    &public::resource::NOT_ACTION,
    &public::resource::WILDCARD_ACTION,
    &public::resource::CROSS_ACCOUNT,
    &public::bucket::LIST_READ,
    &public::bucket::LIST_WRITE,
    &public::bucket::LIST_CUSTOMERS,
    &public::bucket::OBJECT,
    &public::block::MISSING,
    &public::block::LISTS,
    &public::block::POLICIES,
    &public::block::ACCOUNT,
    &public::block::ACCESS_POINT,
    &public::sharing::CLUSTERS,
    &public::sharing::SNAPSHOT,
    &public::sharing::UNBLOCKED,
    &public::sharing::OUTSIDE,
    &public::sharing::DOCUMENT,
    &public::application::GUESTS,
    &public::sharing::BUILD,
    &public::application::ENDPOINT,
    &public::sharing::ENDPOINT_SERVICE,
    &public::application::DEVICE,
    &public::application::API,
    &facing::PRIVILEGED_INSTANCE,
    // trust
    &public::function::SERVICE,
    &public::function::OWNER,
    &public::function::NO_SOURCE,
    &public::resource::SERVICE,
    &trust::principals::ANY_PRINCIPAL,
    &trust::accounts::WHOLE,
    &trust::accounts::EXTERNAL,
    &trust::accounts::READER,
    &trust::principals::WILDCARD_ACTION,
    &trust::principals::NOT_PRINCIPAL,
    &trust::principals::SERVICE,
    &trust::github::GITHUB_ANY_REPOSITORY,
    &trust::github::GITHUB_BROAD,
    &trust::federation::ANY_TENANT,
    &trust::federation::AUDIENCE,
    &trust::federation::SERVICE_ACCOUNT,
    &trust::federation::POOL,
    &trust::workload::ANYWHERE,
    &trust::workload::SESSION,
    &trust::workload::TASK,
    &trust::workload::WEBHOOK,
    // credentials
    &credentials::PROVIDER_STATIC,
    &credentials::ACCESS_KEY,
    &credentials::ACCESS_KEY_ROOT,
    &credentials::PLAINTEXT_PASSWORD,
    &credentials::LOGIN_PROFILE,
    &user_credentials::IN_STATE,
    &user_credentials::SEVERAL_KEYS,
    &user_credentials::KEY_AND_CONSOLE,
    &user_credentials::SERVICE_SPECIFIC,
    &user_credentials::USER_DECLARED,
    &user_credentials::NO_RESET,
    &user_credentials::SHORT_PASSWORD,
    &user_credentials::NO_ROLE,
    &user_credentials::ROTATION_OFF,
    &user_credentials::ROTATION_SLOW,
    &user_credentials::CERTIFICATE_EXPIRED,
    &exposure::CREDENTIALS_EXPOSURE,
    // mfa
    &mfa::coverage::CONSOLE_WITHOUT_MFA,
    &mfa::coverage::GROUP_WITHOUT_MFA,
    &mfa::coverage::PRIVILEGED_ROLE,
    &mfa::conditions::DENY_SKIPS_MISSING_KEY,
    &mfa::conditions::ALLOW_ACCEPTS_MISSING_KEY,
    &mfa::enrolment::DEVICE_SWAPPED,
    &mfa::enrolment::BLOCKS_ENROLMENT,
    // password-policy
    &password_policy::SHORT,
    &password_policy::NO_LOWERCASE,
    &password_policy::NO_UPPERCASE,
    &password_policy::NO_NUMBER,
    &password_policy::NO_SYMBOL,
    &password_policy::REUSE,
    &password_policy::NO_EXPIRY,
    &password_policy::LOCKS_OUT,
    &absence::PASSWORD_POLICY,
    // policy-validity
    &validity::SYNTAX,
    &validity::ELEMENT_UNSUPPORTED,
    &validity::VERSION_OLD,
    &validity::VARIABLE_IN_OLD_VERSION,
    &validity::VARIABLE_MALFORMED,
    &validity::UNKNOWN_ACTION,
    &validity::UNKNOWN_CONDITION_KEY,
    &validity::CONDITION_KEY_UNSUPPORTED,
    &validity::CONDITION_INVALID,
    &validity::WILDCARD_WITHOUT_LIKE,
    &validity::CONDITION_QUALIFIER,
    &validity::CONDITION_ALWAYS_TRUE,
    &validity::CONDITION_NEVER_TRUE,
    &validity::DATE_EXPIRED,
    &validity::DENY_BREAKS_SERVICE_CALLS,
    &validity::RESOURCE_ARN_MALFORMED,
    &validity::RESOURCE_NEVER_MATCHES,
    &validity::PRINCIPAL_INVALID,
    &validity::TRUST_ACTION_MISMATCH,
    &quotas::OVER_QUOTA,
    &declared_twice::ATTACHMENT_EXCLUSIVE,
    &declared_twice::SINGLETON_TWICE,
    // secrets
    &secrets::ACCESS_KEY,
    &secrets::USER_DATA,
    &secrets::ENVIRONMENT,
    &secrets::SOURCE_URL,
    &secrets::VALUE,
    &secrets::TEMPLATE_METADATA,
    &secrets::OUTPUT,
    &secrets::PROPERTY,
    &secrets::CONFIGURATION,
    &secrets::SENT_OVER_HTTP,
    &secrets::PLAIN_PARAMETER,
    // policy-hygiene
    &wildcards::WILDCARD_RESOURCE,
    &wildcards::WILDCARD_ACTION,
    &wildcards::UNCONSTRAINED_WRITE,
    &wildcards::S3_LIST_ALL_BUCKETS,
    &statements::DEAD_DENY,
    &statements::REDUNDANT_STATEMENT,
    &statements::COMPLEXITY,
    &hygiene::INLINE_POLICY,
    &hygiene::USER_WITHOUT_GROUP,
    &hygiene::USER_POLICY_ATTACHED,
    &hygiene::GROUP_WITHOUT_MEMBERS,
    &hygiene::GROUP_WITHOUT_POLICIES,
    &public::resource::LOCKOUT,
    // trail
    &trail::NOT_LOGGING,
    &trail::NOT_MULTI_REGION,
    &trail::MANAGEMENT_EVENTS_PARTIAL,
    &trail::NO_LOG_VALIDATION,
    &trail::NOT_ENCRYPTED,
    &trail::NO_CLOUDWATCH_LOGS,
    &trail::BUCKET_PUBLIC,
    &delivery::CANNOT_DELIVER,
    &delivery::ERASABLE,
    &evidence::MANAGEMENT_EXCLUDED,
    &evidence::STORE_NOT_ENCRYPTED,
    &evidence::NO_TOPIC,
    &evidence::BUCKET_SHORT_LIVED,
    &evidence::BUCKET_NOT_PROTECTED,
    &evidence::BUCKET_NO_ACCESS_LOG,
    &evidence::LOG_GROUP_FOR_EVER,
    &evidence::LOG_GROUP_SHORT,
    // detection
    &exposure::CAN_DISABLE_PROTECTION,
    &detection::GUARDDUTY_DISABLED,
    &detection::PROTECTION_PLAN_OFF,
    &detection::SLOW_PUBLISHING,
    &detection::AUTO_ENABLE_OFF,
    &detection::FINDINGS_HIDDEN,
    &absence::ACCESS_ANALYZER,
    &absence::SECURITY_HUB,
    // config
    &recording::OFF,
    &recording::OMITS_TYPES,
    &recording::OMITS_GLOBAL,
    &recording::OWN_ROLE,
    &recording::AGGREGATOR,
    // alarms
    &alarms::ROOT_USE,
    &alarms::TRAIL_CHANGES,
    &alarms::ACTIONS_DISABLED,
    &alarms::NEVER_FIRES,
    &alarms::WITHOUT_ACTION,
    &alarms::UNAUTHORIZED_CALLS,
    &alarms::SIGN_IN_WITHOUT_MFA,
    &alarms::IAM_CHANGES,
    &alarms::SIGN_IN_FAILURES,
    &alarms::KEY_DELETION,
    &alarms::BUCKET_POLICY_CHANGES,
    &alarms::CONFIG_CHANGES,
    &alarms::SECURITY_GROUP_CHANGES,
    &alarms::NACL_CHANGES,
    &alarms::GATEWAY_CHANGES,
    &alarms::ROUTE_CHANGES,
    &alarms::VPC_CHANGES,
    &alarms::ORGANIZATION_CHANGES,
    // encryption
    &encryption::KEY_ROTATION,
    &encryption::KEY_DISABLED,
    &encryption::DELETION_WINDOW,
    &encryption::DEFAULT_POLICY,
    &exposure::DECRYPT_ANY_KEY,
    &encryption::EBS_DEFAULT,
    &encryption::TOPIC_UNENCRYPTED,
    &encryption::TOPIC_AWS_KEY,
    &encryption::QUEUE_UNENCRYPTED,
    &encryption::QUEUE_NO_KEY,
    &encryption::QUEUE_AWS_KEY,
    &encryption::SECRET_AWS_KEY,
    &encryption::LOG_GROUP,
    &encryption::ENVIRONMENT,
    &encryption::SUBSCRIPTION_HTTP,
    &buckets::UNENCRYPTED,
    &buckets::NOT_KMS,
    &buckets::NO_CUSTOMER_KEY,
    &buckets::NO_TLS,
    // storage
    &buckets::NO_ACCESS_LOG,
    &buckets::ACLS_ENABLED,
    &buckets::MFA_DELETE_OFF,
    &buckets::WEBSITE,
    &buckets::TAGS_MUTABLE,
    // network
    &network::FLOW_LOG,
    &network::DEFAULT_GROUP_OPEN,
    &network::DEFAULT_GROUP_UNMANAGED,
    &network::DEFAULT_VPC,
    &network::IMDSV1,
    &network::HOP_LIMIT,
    &network::ACCOUNT_DEFAULT,
    &network::ADMIN_PORT,
    // organization
    &organization::ALL_FEATURES_OFF,
    &organization::ROOT_NOT_BLOCKED,
    &organization::EXEMPTION_BYPASSABLE,
    &organization::NEVER_APPLIES,
    &organization::CENTRAL_ROOT_OFF,
    &absence::SECURITY_CONTACT,
    &absence::BUDGET,
];

/// The rules that an id or an alias names. An alias may be given with its scanner (`checkov:CKV_AWS_62`) or without,
/// in any case, and may name several rules, because some scanners ask several questions at once.
pub fn find(id_or_alias: &str) -> Vec<&'static Rule> {
    REGISTRY.iter().filter(|rule| rule.metadata.is_named(id_or_alias)).copied().collect()
}

/// Asks the rules that are wanted about every root, and about the text of the files, as of `today`. The order of what
/// comes back is that of the roots and rules.
pub fn check(sources: &Sources, roots: &[Root], wanted: &(dyn Fn(&Metadata) -> bool + Sync), today: Date) -> Findings {
    let asked: Vec<&'static Rule> = REGISTRY.iter().copied().filter(|rule| wanted(&rule.metadata)).collect();
    let each: Vec<Findings> = roots.par_iter().with_max_len(1).map(|root| check_root(root, &asked, today)).collect();
    let mut all = Findings::default();
    for findings in each {
        all.findings.extend(findings.findings);
        all.undecided.extend(findings.undecided);
    }
    if asked.iter().any(|rule| std::ptr::eq(*rule, &raw const secrets::ACCESS_KEY)) {
        secrets::in_files(sources, roots, &mut all);
    }
    all
}

fn check_root(root: &Root, asked: &[&'static Rule], today: Date) -> Findings {
    let mut findings = Findings { today: Some(today), ..Findings::default() };
    if !root.resources.is_empty() {
        let account = Account::new(root);
        for rule in asked {
            let before = findings.findings.len();
            (rule.check)(&account, &mut findings);
            findings.keep_places(before);
        }
        // A resource tells who spells it, the root what was read.
        findings.findings.iter_mut().for_each(|finding| finding.framework = root.framework);
    }
    findings
}

/// Of what one rule finds in one root beyond this, each place is told of the first resource alone: documents that are
/// made of each other show one place thousands of times, and a report with all of them does not fit into memory.
const MAX_REPEATED: usize = 50_000;

/// What the rules say.
#[derive(Default, Debug)]
pub struct Findings {
    /// Faults.
    pub findings: Vec<Finding>,
    /// Questions that the code alone does not answer.
    pub undecided: Vec<Undecided>,
    /// The day on which the rules are asked.
    today: Option<Date>,
}

impl Findings {
    /// A fault of a resource at a place in it. What only may exist is at most likely.
    pub(crate) fn add(
        &mut self,
        rule: &'static Rule,
        resource: &Resource,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Finding {
        let confidence = match resource.existence {
            Existence::Certain => Confidence::Certain,
            Existence::Possible(_) => Confidence::Likely,
        };
        self.findings.push(Finding {
            rule: &rule.metadata,
            severity: rule.metadata.severity,
            confidence,
            level: rule.metadata.level,
            message: message.into(),
            resource: resource.address.clone(),
            resource_type: resource.kind.clone(),
            framework: resource.framework(),
            span,
            block: resource.block,
            related: resource.construct().into_iter().map(made_by).collect(),
        });
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }

    /// Drops what says a place once more among the findings from `start` on, if these are very many, and notes that.
    fn keep_places(&mut self, start: usize) {
        let Some(new) = self.findings.len().checked_sub(start).filter(|new| *new > MAX_REPEATED) else { return };
        let mut seen = FxHashSet::default();
        let mut dropped: Option<Undecided> = None;
        let mut at = 0;
        self.findings.retain(|finding| {
            at += 1;
            let keeps = at <= start || seen.insert(finding.span);
            if !keeps && dropped.is_none() {
                let why = format!(
                    "{new} resources show faults of this rule; each place is told of the first of them alone, and \
                     comments at the others are not looked for"
                );
                let (rule, resource, span) = (finding.rule, finding.resource.clone(), finding.span);
                dropped = Some(Undecided { rule, resource, span, why });
            }
            keeps
        });
        self.undecided.extend(dropped);
    }

    /// A question about a resource that has no answer here.
    pub(crate) fn undecided(
        &mut self,
        rule: &'static Rule,
        resource: &Resource,
        span: Span,
        why: &dyn std::fmt::Display,
    ) {
        self.undecided.push(Undecided {
            rule: &rule.metadata,
            resource: resource.address.clone(),
            span,
            why: why.to_string(),
        });
    }

    /// The answer to a yes-or-no question: hands on a known one, notes an unknown one.
    pub(crate) fn decide(
        &mut self,
        rule: &'static Rule,
        resource: &Resource,
        span: Span,
        answer: Result<bool, Why>,
    ) -> bool {
        match answer {
            Ok(answer) => answer,
            Err(why) => {
                self.undecided(rule, resource, span, &why);
                false
            }
        }
    }
}

/// The place that names the construct which a resource comes from: what its author knows it by.
fn made_by((construct, span): (&str, Option<Span>)) -> Related {
    Related { message: format!("made by the construct {construct}"), span }
}

impl Finding {
    /// Lowers the confidence, if it is higher.
    pub(crate) fn at_most(&mut self, confidence: Confidence) -> &mut Self {
        self.confidence = self.confidence.min(confidence);
        self
    }

    /// Adds a further place.
    pub(crate) fn relate(&mut self, message: impl Into<String>, span: Option<Span>) -> &mut Self {
        self.related.push(Related { message: message.into(), span });
        self
    }
}

/// Notes each part of a document that could not be read, for the rule that wanted to.
pub(crate) fn note_opaque(rule: &'static Rule, carried: &CarriedDocument, findings: &mut Findings) {
    for opaque in &carried.document.opaque {
        findings.undecided(rule, carried.carrier, opaque.span.unwrap_or(carried.span), &opaque.why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kebab_case_and_unique() {
        let mut ids: Vec<_> = REGISTRY.iter().map(|rule| rule.metadata.id).collect();
        assert!(
            ids.iter()
                .all(|id| id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'))
        );
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn of_very_many_findings_each_place_is_told_once() {
        let file = crate::source::Sources::new("/".into()).add_text("/a.tf".into(), Vec::new()).unwrap();
        let finding = |at: usize| Finding {
            rule: &REGISTRY[0].metadata,
            severity: REGISTRY[0].metadata.severity,
            confidence: Confidence::Certain,
            level: REGISTRY[0].metadata.level,
            message: String::new(),
            resource: format!("r{at}").into(),
            resource_type: "t".into(),
            framework: Framework::Terraform,
            span: Span::new(file.id(), at % 7, at % 7 + 1),
            block: file.whole(),
            related: Vec::new(),
        };
        let mut findings = Findings { findings: (0..100).map(finding).collect(), undecided: Vec::new(), today: None };
        findings.keep_places(10);
        assert_eq!((findings.findings.len(), findings.undecided.len()), (100, 0));
        findings.findings.extend((0..=MAX_REPEATED).map(finding));
        findings.keep_places(100);
        assert_eq!((findings.findings.len(), findings.undecided.len()), (107, 1));
        assert_eq!(&*findings.findings[106].resource, "r6");
    }

    #[test]
    fn aliases_name_their_rules() {
        let ids = |name: &str| find(name).iter().map(|rule| rule.metadata.id).collect::<Vec<_>>();
        assert_eq!(ids("CKV_AWS_62"), ["iam-policy-full-admin"]);
        assert_eq!(ids("checkov:ckv_aws_62"), ["iam-policy-full-admin"]);
        assert_eq!(ids("iam-policy-full-admin"), ["iam-policy-full-admin"]);
        assert!(ids("CKV_AWS_0").is_empty());
    }

    #[test]
    fn groups_are_those_of_the_contract() {
        const GROUPS: [&str; 18] = [
            "administrator",
            "privilege-escalation",
            "public-access",
            "trust",
            "credentials",
            "mfa",
            "password-policy",
            "policy-validity",
            "policy-hygiene",
            "trail",
            "detection",
            "config",
            "alarms",
            "encryption",
            "storage",
            "network",
            "organization",
            "secrets",
        ];
        for rule in REGISTRY {
            assert!(GROUPS.contains(&rule.metadata.group), "{}", rule.metadata.id);
        }
    }
}
