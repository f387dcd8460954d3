//! What resource policies should not say, whoever is let in.

use crate::access::homes::{self, Home};
use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::callers::{self, Pin, Stranger};
use crate::iam::{Condition, Patterns, Principal, PrincipalKind, Statement, Token};
use crate::model::kinds::{bucket, key, resource_policy};
use crate::model::{Account, CarriedDocument, Purpose, Resource};
use crate::rules::{BOTH, Findings, Rule, note_opaque};
use crate::source::Span;

/// Resource policy lets in everyone but a few.
pub(in crate::rules) static NOT_PRINCIPAL: Rule = Rule {
    metadata: Metadata {
        id: "resource-policy-allow-not-principal",
        title: "Resource policy lets in everyone but a few",
        group: "public-access",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-nag:F7",
            "cfn-nag:F8",
            "cfn-nag:F9",
            "cfn-guard:S3_BUCKETPOLICY_NO_ALLOW_PLUS_NOTPRINCIPAL",
            "cfn-guard:SNS_TOPICPOLICY_NO_ALLOW_PLUS_NOTPRINCIPAL",
            "cfn-guard:SQS_QUEUEPOLICY_NO_ALLOW_PLUS_NOTPRINCIPAL",
            "kics:4a8fc9a2-2b2f-4b3f-aa8d-401425872034",
        ],
        controls: &["cis-aws-7.0:2.21"],
        documentation: include_str!("../docs/resource-policy-allow-not-principal.md"),
    },
    check: not_principal,
};

/// Resource policy allows all actions but a few.
pub(in crate::rules) static NOT_ACTION: Rule = Rule {
    metadata: Metadata {
        id: "resource-policy-allow-not-action",
        title: "Resource policy allows all actions but a few",
        group: "public-access",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-nag:W18",
            "cfn-nag:W19",
            "cfn-nag:W20",
            "cfn-guard:S3_BUCKET_POLICY_NO_ALLOW_PLUS_NOT_ACTION",
            "cfn-guard:SNS_TOPICPOLICY_NO_ALLOW_PLUS_NOT_ACTION",
            "cfn-guard:SQS_QUEUEPOLICY_NO_ALLOW_PLUS_NOT_ACTION",
            "kics:5ea624e4-c8b1-4bb3-87a4-4235a776adcc",
            "kics:818f38ed-8446-4132-9c03-474d49e10195",
            "kics:4fbfee74-8186-40d5-a24e-4baa76a855de",
        ],
        controls: &[],
        documentation: include_str!("../docs/resource-policy-allow-not-action.md"),
    },
    check: not_action,
};

/// Resource policy allows every action.
pub(in crate::rules) static WILDCARD_ACTION: Rule = Rule {
    metadata: Metadata {
        id: "resource-policy-wildcard-action",
        title: "Resource policy allows every action",
        group: "public-access",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_72",
            "cfn-nag:F15",
            "cfn-nag:F20",
            "cfn-guard:S3_BUCKET_POLICY_NO_WILDCARD_ACTION",
            "cfn-guard:SQS_QUEUEPOLICY_NO_WILDCARD_ACTION",
            "trivy:AVD-AWS-0097",
            "semgrep:aws-sqs-queue-policy-wildcard-action",
            "terrascan:AC_AWS_0440",
            "terrascan:AC_AWS_0464",
            "terrascan:AC_AWS_0482",
            "terrascan:AC_AWS_0501",
            "kics:816ea8cf-d589-442d-a917-2dd0ce0e45e3",
            "kics:a4966c4f-9141-48b8-a564-ffe9959945bc",
        ],
        controls: &[],
        documentation: include_str!("../docs/resource-policy-wildcard-action.md"),
    },
    check: wildcard_action,
};

/// Resource policy lets in another account.
pub(in crate::rules) static CROSS_ACCOUNT: Rule = Rule {
    metadata: Metadata {
        id: "resource-policy-cross-account",
        title: "Resource policy lets in another account",
        group: "public-access",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_385",
            "cfn-guard:s3_bucket_policy_grantee_check.guard",
            "cfn-guard:S3_BUCKET_POLICY_GRANTEE_CHECK",
            "prowler:s3_bucket_cross_account_access",
            "prowler:eventbridge_bus_cross_account_access",
            "prowler:dynamodb_table_cross_account_access",
            "prowler:eventbridge_schema_registry_cross_account_access",
            "prowler:cloudwatch_cross_account_sharing_disabled",
        ],
        controls: &["fsbp:S3.6"],
        documentation: include_str!("../docs/resource-policy-cross-account.md"),
    },
    check: cross_account,
};

/// Resource policy admits a service for every customer of it.
pub(in crate::rules) static SERVICE: Rule = Rule {
    metadata: Metadata {
        id: "resource-policy-service-unrestricted",
        title: "Resource policy admits a service for every customer of it",
        group: "trust",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("../docs/resource-policy-service-unrestricted.md"),
    },
    check: service,
};

/// Policy locks out those who could change it.
pub(in crate::rules) static LOCKOUT: Rule = Rule {
    metadata: Metadata {
        id: "resource-policy-lockout",
        title: "Policy locks out those who could change it",
        group: "policy-hygiene",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["checkov:CKV_AWS_93"],
        controls: &[],
        documentation: include_str!("../docs/resource-policy-lockout.md"),
    },
    check: lockout,
};

/// The policies of resources, those whose use the code does not show among them.
fn policies<'b, 'a>(account: &'b Account<'a>) -> impl Iterator<Item = &'b CarriedDocument<'a>> {
    account.documents().filter(|carried| carried.purpose == Purpose::Resource)
}

/// The prefix of the actions that a policy's resource takes; empty where several services share the kind.
fn service_of(carrier: &Resource) -> &'static str {
    if bucket::POLICY.is(carrier) || bucket::BUCKET.is(carrier) {
        return "s3";
    }
    resource_policy::LETTING_IN.iter().find(|(kind, _)| kind.is(carrier)).map_or("", |(_, service)| service)
}

fn not_principal(account: &Account, findings: &mut Findings) {
    for carried in policies(account) {
        for statement in carried.document.allows() {
            let Some(principals) = statement.principals.as_ref().filter(|principals| principals.negated) else {
                continue;
            };
            if callers::pin_of_allow(statement, service_of(carried.carrier), Stranger::SignedIn) == Pin::Caller {
                continue;
            }
            let span = principals.key_span.or(statement.span).unwrap_or(carried.span);
            let message = "lets in everyone in the world but those named";
            note_possible(findings.add(&NOT_PRINCIPAL, carried.carrier, span, message), statement);
        }
    }
}

fn note_possible(finding: &mut crate::finding::Finding, statement: &Statement) {
    if statement.possible {
        finding.at_most(Confidence::Likely);
    }
}

fn not_action(account: &Account, findings: &mut Findings) {
    for carried in policies(account) {
        for statement in carried.document.allows() {
            let Some(actions) = statement.actions.as_ref().filter(|actions| actions.negated) else { continue };
            let span = actions.key_span.or(statement.span).unwrap_or(carried.span);
            let message = "allows every action but those named, also those that change the policy itself and those that AWS adds later";
            note_possible(findings.add(&NOT_ACTION, carried.carrier, span, message), statement);
        }
    }
}

fn wildcard_action(account: &Account, findings: &mut Findings) {
    for carried in policies(account).filter(|carried| !carried.is_unattached()) {
        for statement in carried.document.allows() {
            let Some(wildcard) = statement.actions.as_ref().and_then(all_actions) else { continue };
            // Open to everyone is the worse fault, and has its own rules.
            if is_open(statement, service_of(carried.carrier)) {
                continue;
            }
            let Some(holder) = holder_of_all(account, carried.carrier, statement) else { continue };
            let span = wildcard.span.or(statement.span).unwrap_or(carried.span);
            let (what, severity) = match holder {
                Holder::Own => ("a principal of the account", Severity::Low),
                Holder::Foreign => ("a principal outside the account, or a service,", Severity::Medium),
            };
            let message = format!("{what} may do everything with the resource, rewriting this policy included");
            let finding = findings.add(&WILDCARD_ACTION, carried.carrier, span, message);
            finding.severity = severity;
            note_possible(finding, statement);
        }
    }
}

/// Whether a statement is for everyone, under no condition that tells callers apart.
fn is_open(statement: &Statement, service: &str) -> bool {
    let everyone = statement.principals.iter().flat_map(|principals| &principals.items).any(Principal::is_everyone);
    everyone && callers::pin_of_allow(statement, service, Stranger::of_service(service)) != Pin::Caller
}

/// The pattern of all actions, or of all those of a service.
fn all_actions(actions: &Patterns) -> Option<&crate::iam::Pattern> {
    let is_all = |text: &str| text == "*" || text.ends_with(":*");
    actions.items.iter().filter(|_| !actions.negated).find(|action| action.text.as_str().is_some_and(is_all))
}

enum Holder {
    Own,
    Foreign,
}

/// Who has all actions; none where that is the account as a whole, which then decides itself who has what.
fn holder_of_all(account: &Account, carrier: &Resource, statement: &Statement) -> Option<Holder> {
    let principals = statement.principals.as_ref().filter(|principals| !principals.negated)?;
    let mut holder = None;
    for principal in &principals.items {
        match principal.kind {
            PrincipalKind::Service
            | PrincipalKind::Federated
            | PrincipalKind::CanonicalUser
            | PrincipalKind::Everyone => {
                return Some(Holder::Foreign);
            }
            PrincipalKind::Aws | PrincipalKind::Other => {}
        }
        let is_whole = homes::is_whole_account(principal);
        match homes::home(account, carrier, &principal.text) {
            // Whose account it is, the code does not say; that of the key's own is in nearly every key policy.
            Home::Own | Home::Literal { is_own: None, .. } | Home::Unknown if is_whole => {}
            Home::Own | Home::Literal { is_own: None | Some(true), .. } => holder = holder.or(Some(Holder::Own)),
            Home::Literal { is_own: Some(false), .. } => return Some(Holder::Foreign),
            Home::Unknown => {}
        }
    }
    holder
}

fn cross_account(account: &Account, findings: &mut Findings) {
    for carried in policies(account).filter(|carried| !carried.is_unattached()) {
        let service = service_of(carried.carrier);
        for statement in carried.document.allows() {
            let principals = statement.principals.iter().filter(|principals| !principals.negated);
            if callers::pin_of_allow(statement, service, Stranger::of_service(service)) == Pin::Caller {
                continue;
            }
            for principal in principals.flat_map(|principals| &principals.items) {
                let Home::Literal { id, is_own } = homes::home(account, carried.carrier, &principal.text) else {
                    continue;
                };
                if principal.kind != PrincipalKind::Aws || is_own == Some(true) || homes::is_of_load_balancing(&id) {
                    continue;
                }
                let span = principal.span.or(statement.span).unwrap_or(carried.span);
                let message = format!("account {id} is let in, under no condition on the organization");
                let finding = findings.add(&CROSS_ACCOUNT, carried.carrier, span, message);
                if is_own.is_none() {
                    // It may be the account that the code is for.
                    finding.at_most(Confidence::Possible);
                }
            }
        }
    }
}

/// Services that say for whom they call, by what they call. Sources: the services' own pages on preventing the confused
/// deputy: AWS CloudTrail, AWS Config, Amazon S3 (inventory, access logs, event notifications), Amazon CloudWatch Logs
/// (delivery, export), Amazon SNS, Amazon EventBridge, Amazon CloudFront (origin access control), AWS Budgets, Amazon
/// CloudWatch alarms, Amazon RDS (events), Amazon OpenSearch Service and Amazon Route 53 (logs), Amazon SES (receiving),
/// AWS Billing (exports).
const SAYING_FOR_WHOM: [(&str, &[&str]); 6] = [
    (
        "s3",
        &[
            "billingreports",
            "bcm-data-exports",
            "cloudfront",
            "cloudtrail",
            "config",
            "delivery.logs",
            "guardduty",
            "logging.s3",
            "logs",
            "s3",
            "ses",
        ],
    ),
    ("sqs", &["events", "s3", "sns"]),
    ("sns", &["budgets", "cloudtrail", "cloudwatch", "codestar-notifications", "events.rds", "s3", "ses"]),
    ("kms", &["cloudtrail", "delivery.logs"]),
    ("ecr", &["lambda"]),
    ("logs", &["delivery.logs", "es", "route53"]),
];

/// The name of a service principal without its domain and region: `logs` of `logs.eu-west-1.amazonaws.com`.
fn service_name(principal: &Principal) -> Option<String> {
    let text = principal.text.expanded().to_string();
    let name =
        text.strip_suffix(".amazonaws.com").or_else(|| text.split_once(".amazonaws.com").map(|(name, _)| name))?;
    let is_region = |part: &str| part.contains('{') || part.matches('-').count() >= 2;
    match name.rsplit_once('.') {
        Some((first, region)) if is_region(region) => Some(first.to_owned()),
        _ => Some(name.to_owned()),
    }
}

fn service(account: &Account, findings: &mut Findings) {
    for carried in policies(account).filter(|carried| !carried.is_unattached()) {
        let own = match service_of(carried.carrier) {
            "" if carried.carrier.kind.contains("log_resource_policy") || carried.carrier.kind.contains("Logs::") => {
                "logs"
            }
            own => own,
        };
        let Some((_, known)) = SAYING_FOR_WHOM.iter().find(|(service, _)| *service == own) else { continue };
        note_opaque(&SERVICE, carried, findings);
        let mut found: Vec<(String, Span)> = Vec::new();
        for statement in carried.document.allows().filter(|statement| gives_something(statement)) {
            if callers::pin_of_allow(statement, own, Stranger::SignedIn) != Pin::None
                || is_pinned_by_context(statement)
                || is_pinned_by_path(statement)
            {
                continue;
            }
            for principal in statement.principals.iter().flat_map(|principals| &principals.items) {
                let name = service_name(principal)
                    .filter(|name| principal.kind == PrincipalKind::Service && known.contains(&name.as_str()));
                if let Some(name) = name.map(|_| principal.text.expanded().to_string()) {
                    found.push((name, principal.span.or(statement.span).unwrap_or(carried.span)));
                }
            }
        }
        let denied = carried.document.denies().any(|deny| callers::pin_of_deny(deny, own) == Pin::Caller);
        found.dedup_by(|next, last| next.0 == last.0);
        for (name, span) in found.into_iter().filter(|_| !denied) {
            let message = format!(
                "{name} comes in for every customer of AWS: no condition on aws:SourceArn or aws:SourceAccount"
            );
            findings.add(&SERVICE, carried.carrier, span, message);
        }
    }
}

/// Whether a statement gives a service more than a look at where the bucket is and who owns it.
fn gives_something(statement: &Statement) -> bool {
    const LOOKS: [&str; 4] = ["s3:getbucketacl", "s3:getbucketlocation", "s3:listbucket", "kms:describekey"];
    statement.actions.as_ref().is_none_or(|actions| {
        actions.negated
            || !actions.items.iter().all(|action| {
                action.text.as_str().is_some_and(|text| LOOKS.iter().any(|look| look.eq_ignore_ascii_case(text)))
            })
    })
}

/// Whether the encryption context says for whose trail or log group a key is used: the service fills it in.
fn is_pinned_by_context(statement: &Statement) -> bool {
    let pins = |condition: &Condition| {
        condition.key_name().is_some_and(|key| key.starts_with("kms:encryptioncontext:aws:"))
            && condition.holds_without_key() == Some(false)
            && condition.values.iter().all(|value| callers::names_account(value.glob.tokens()))
    };
    statement.conditions.iter().any(pins)
}

/// Whether services that deliver logs can only write to one account's part of the bucket: the path that they write to
/// has the account for which they deliver in it.
fn is_pinned_by_path(statement: &Statement) -> bool {
    const PART: &str = "/AWSLogs/";
    statement.resources.as_ref().filter(|resources| !resources.negated).is_some_and(|resources| {
        resources.items.iter().all(|resource| {
            let written: String = resource.glob.tokens().iter().map(written).collect();
            written.split_once(PART).is_some_and(|(_, account)| !account.starts_with(['*', '?']) && !account.is_empty())
        })
    })
}

/// A letter of a pattern; one that stands in no ARN for what the code leaves open.
fn written(token: &Token) -> char {
    match token {
        Token::Char(letter) => *letter,
        Token::Many => '*',
        Token::One => '?',
        Token::Hole(_) => '\u{1}',
    }
}

/// The actions by which a policy is changed.
const BUCKET_REPAIRS: [&str; 2] = ["s3:putbucketpolicy", "s3:deletebucketpolicy"];
const KEY_REPAIR: &str = "kms:putkeypolicy";

fn lockout(account: &Account, findings: &mut Findings) {
    for carried in policies(account) {
        let carrier = carried.carrier;
        let repairs: &[&str] = match service_of(carrier) {
            "s3" if !resource_policy::ACCESS_POINT.is(carrier) => &BUCKET_REPAIRS,
            "kms" => &[KEY_REPAIR],
            "secretsmanager" => &["secretsmanager:putresourcepolicy", "secretsmanager:deleteresourcepolicy"],
            _ => continue,
        };
        let locking = carried.document.denies().find(|deny| denies_everyone(deny, repairs));
        if let Some(deny) = locking {
            let span = deny.actions.as_ref().and_then(|actions| actions.items.first()?.span).or(deny.span);
            let message = "denies everyone to change this policy: only the root user can take it back";
            findings.add(&LOCKOUT, carrier, span.unwrap_or(carried.span), message);
        } else if key::KIND.is(carrier) || key::POLICY_RESOURCE.is(carrier) {
            key_without_keeper(carried, findings);
        }
    }
}

fn denies_everyone(deny: &Statement, repairs: &[&str]) -> bool {
    let everyone = deny.principals.as_ref().is_some_and(|principals| {
        !principals.negated && principals.items.iter().any(|principal| principal.is_everyone() && !principal.possible)
    });
    let all = deny.actions.as_ref().is_some_and(|actions| repairs.iter().all(|repair| actions.must_match(repair)));
    // Denying all but a few actions is a way to say what is allowed, and its exceptions are for the reader to judge.
    let negated = deny.actions.as_ref().is_some_and(|actions| actions.negated);
    everyone && all && !negated && !deny.possible && deny.conditions.is_empty()
}

/// A key that nobody may administer any more is lost. KMS refuses such a policy, unless told not to check.
fn key_without_keeper(carried: &CarriedDocument, findings: &mut Findings) {
    let document = &carried.document;
    let may_keep = |statement: &Statement| {
        statement.actions.as_ref().is_none_or(|actions| actions.incomplete || actions.may_match(KEY_REPAIR))
    };
    let bypass = carried.carrier.setting(&key::BYPASS);
    if document.statements.is_empty() || !document.opaque.is_empty() || document.allows().any(may_keep) {
        return;
    }
    if findings.decide(&LOCKOUT, carried.carrier, bypass.span, bypass.as_bool()) {
        let message = "nobody may change the key's policy, and the check against that is switched off";
        findings.add(&LOCKOUT, carried.carrier, bypass.span, message);
    }
}
