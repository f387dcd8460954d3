//! Single rights that expose data, credentials or protection, given on everything.

use std::sync::{Arc, LazyLock};

use rustc_hash::FxHashSet;

use crate::access::PolicySource;
use crate::access::escalation::{Escalations, Means};
use crate::access::grants::{Grant, Granted, Grants};
use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::catalogue::{self, AccessLevel};
use crate::iam::escalation::table;
use crate::iam::{Caller, Glob, Pattern, Statement, Surety};
use crate::model::{Account, CarriedDocument, DocumentId, Purpose};
use crate::source::Span;

use super::{BOTH, Findings, Rule};

/// Policy allows reading data in bulk, wherever it is.
pub(super) static DATA_EXFILTRATION: Rule = Rule {
    metadata: Metadata {
        id: "iam-policy-data-exfiltration",
        title: "Policy allows reading data in bulk, wherever it is",
        group: "administrator",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_108",
            "checkov:CKV_AWS_288",
            "semgrep:no-iam-data-exfiltration",
            "trivy:AVD-AWS-0346",
        ],
        controls: &[],
        documentation: include_str!("docs/iam-policy-data-exfiltration.md"),
    },
    check: data_exfiltration,
};

/// Policy allows decrypting with any key.
pub(super) static DECRYPT_ANY_KEY: Rule = Rule {
    metadata: Metadata {
        id: "iam-policy-decrypt-any-key",
        title: "Policy allows decrypting with any key",
        group: "encryption",
        severity: Severity::Medium,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[],
        controls: &["fsbp:KMS.1", "fsbp:KMS.2"],
        documentation: include_str!("docs/iam-policy-decrypt-any-key.md"),
    },
    check: decrypt_any_key,
};

/// Policy allows fetching credentials of anyone.
pub(super) static CREDENTIALS_EXPOSURE: Rule = Rule {
    metadata: Metadata {
        id: "iam-policy-credentials-exposure",
        title: "Policy allows fetching credentials of anyone",
        group: "credentials",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_107",
            "checkov:CKV_AWS_287",
            "semgrep:no-iam-creds-exposure",
            "prowler:iam_policy_no_agentcore_workload_access_token_wildcard",
        ],
        controls: &[],
        documentation: include_str!("docs/iam-policy-credentials-exposure.md"),
    },
    check: credentials_exposure,
};

/// Policy allows switching off what protects the account.
pub(super) static CAN_DISABLE_PROTECTION: Rule = Rule {
    metadata: Metadata {
        id: "iam-policy-can-disable-protection",
        title: "Policy allows switching off what protects the account",
        group: "detection",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "prowler:iam_policy_no_full_access_to_cloudtrail",
            "prowler:iam_inline_policy_no_full_access_to_cloudtrail",
        ],
        controls: &["cis-aws-7.0:2.1.2"],
        documentation: include_str!("docs/iam-policy-can-disable-protection.md"),
    },
    check: can_disable_protection,
};

/// Policy allows giving permissions on everything.
pub(super) static PERMISSION_MANAGEMENT: Rule = Rule {
    metadata: Metadata {
        id: "iam-policy-unconstrained-permission-management",
        title: "Policy allows giving permissions on everything",
        group: "privilege-escalation",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["checkov:CKV_AWS_109", "checkov:CKV_AWS_289", "semgrep:no-iam-resource-exposure"],
        controls: &[],
        documentation: include_str!("docs/iam-policy-unconstrained-permission-management.md"),
    },
    check: permission_management,
};

/// An action, and what follows the account in the ARNs of all that it takes.
struct Right {
    action: &'static str,
    resources: &'static str,
}

const fn right(action: &'static str, resources: &'static str) -> Right {
    Right { action, resources }
}

/// Actions that hand out data, or copies of it. Source: AWS service authorization reference.
const DATA: &[Right] = &[
    right("s3:getobject", "*"),
    right("ssm:getparameter", "parameter/*"),
    right("ssm:getparameters", "parameter/*"),
    right("ssm:getparametersbypath", "parameter/*"),
    right("secretsmanager:getsecretvalue", "secret:*"),
    right("secretsmanager:batchgetsecretvalue", "*"),
    right("dynamodb:scan", "table/*"),
    right("dynamodb:exporttabletopointintime", "table/*"),
    right("rds:copydbsnapshot", "snapshot:*"),
    right("rds:copydbclustersnapshot", "cluster-snapshot:*"),
    right("rds:modifydbsnapshotattribute", "snapshot:*"),
    right("rds:modifydbclustersnapshotattribute", "cluster-snapshot:*"),
    right("ec2:modifysnapshotattribute", "snapshot/*"),
    right("ebs:getsnapshotblock", "snapshot/*"),
];

/// Decryption, which shows what is encrypted to those who can read it. Source: AWS service authorization reference.
const DECRYPTION: &[Right] = &[right("kms:decrypt", "key/*")];

/// Actions whose answer is a credential. Those that make credentials of users are an escalation; a token for an image
/// registry opens nothing by itself. Source: AWS service authorization reference, API references of the services.
const CREDENTIALS: &[Right] = &[
    right("bedrock-agentcore:getresourceapikey", "*"),
    right("bedrock-agentcore:getresourceoauth2token", "*"),
    right("bedrock-agentcore:getworkloadaccesstoken", "*"),
    right("bedrock-agentcore:getworkloadaccesstokenforjwt", "*"),
    right("bedrock-agentcore:getworkloadaccesstokenforuserid", "*"),
    right("chime:createapikey", "*"),
    right("codepipeline:pollforjobs", "*"),
    right("cognito-identity:getcredentialsforidentity", "*"),
    right("cognito-identity:getopenidtoken", "*"),
    right("cognito-identity:getopenidtokenfordeveloperidentity", "*"),
    right("connect:getfederationtoken", "*"),
    right("ec2:getpassworddata", "instance/*"),
    right("gamelift:requestuploadcredentials", "*"),
    right("iam:createservicespecificcredential", "user/*"),
    right("iam:resetservicespecificcredential", "user/*"),
    right("iam:updateaccesskey", "user/*"),
    right("lightsail:getinstanceaccessdetails", "*"),
    right("lightsail:getrelationaldatabasemasteruserpassword", "*"),
    right("mediapackage:rotatechannelcredentials", "*"),
    right("mediapackage:rotateingestendpointcredentials", "*"),
    right("rds-db:connect", "*"),
    right("redshift:getclustercredentials", "*"),
    right("redshift:getclustercredentialswithiam", "*"),
    right("redshift-serverless:getcredentials", "*"),
    right("sso:getrolecredentials", "*"),
    right("sts:getfederationtoken", "*"),
];

/// Actions that switch off, narrow or redirect what records and protects the account, the quiet ways too.
/// Source: AWS service authorization reference; the services' user guides.
const PROTECTION: &[Right] = &[
    right("access-analyzer:deleteanalyzer", "analyzer/*"),
    right("cloudtrail:deleteeventdatastore", "eventdatastore/*"),
    right("cloudtrail:deletetrail", "trail/*"),
    right("cloudtrail:puteventselectors", "trail/*"),
    right("cloudtrail:stoplogging", "trail/*"),
    right("cloudtrail:updatetrail", "trail/*"),
    right("config:deleteconfigurationrecorder", "*"),
    right("config:deletedeliverychannel", "*"),
    right("config:stopconfigurationrecorder", "*"),
    right("ec2:disableebsencryptionbydefault", "*"),
    right("guardduty:createfilter", "detector/*"),
    right("guardduty:deletedetector", "detector/*"),
    right("guardduty:disassociatefromadministratoraccount", "detector/*"),
    right("guardduty:updatedetector", "detector/*"),
    right("iam:deleteaccountpasswordpolicy", "*"),
    right("iam:updateaccountpasswordpolicy", "*"),
    right("macie2:disablemacie", "*"),
    right("organizations:leaveorganization", "*"),
    right("s3:putaccountpublicaccessblock", "*"),
    right("securityhub:disablesecurityhub", "hub/*"),
];

/// Actions of the permissions-management level that open nothing: a role that AWS defines, and the policy by which AWS's
/// services write logs, which whoever delivers logs needs.
const HARMLESS: [&str; 2] = ["iam:createservicelinkedrole", "logs:putresourcepolicy"];

/// How the names of actions begin that give rights to somebody. Others of that level take rights away, look at them, or
/// make what nobody has yet.
const GIVING: [&str; 11] =
    ["Add", "Associate", "Attach", "Authorize", "CreateGrant", "Grant", "Modify", "Put", "Set", "Share", "Update"];

fn data_exfiltration(account: &Account, findings: &mut Findings) {
    report(
        &DATA_EXFILTRATION,
        DATA,
        "allows reading",
        "on everything: the data of all owners, present and future",
        account,
        findings,
    );
}

fn decrypt_any_key(account: &Account, findings: &mut Findings) {
    each_statement(account, |id, at, carried, statement, told| {
        let given = |rights| Given::of(rights, id, at, carried, statement, told);
        // Whoever is given data beside it is told of that.
        if given(DATA).rights.is_empty() {
            given(DECRYPTION).add(&DECRYPT_ANY_KEY, "allows", "with every key, those of the future included", findings);
        }
    });
}

fn credentials_exposure(account: &Account, findings: &mut Findings) {
    report(&CREDENTIALS_EXPOSURE, CREDENTIALS, "allows fetching credentials by", "on everything", account, findings);
}

fn can_disable_protection(account: &Account, findings: &mut Findings) {
    report(&CAN_DISABLE_PROTECTION, PROTECTION, "allows blinding the account by", "on everything", account, findings);
}

/// A statement that gives rights on everything.
struct Given<'g> {
    carried: &'g CarriedDocument<'g>,
    statement: &'g Statement,
    /// Each pattern with the actions that it gives.
    rights: Vec<(&'g Pattern, Vec<String>)>,
}

/// Reports each statement that gives some of the rights, once.
fn report(rule: &'static Rule, rights: &[Right], what: &str, on: &str, account: &Account, findings: &mut Findings) {
    each_statement(account, |id, at, carried, statement, told| {
        Given::of(rights, id, at, carried, statement, told).add(rule, what, on, findings);
    });
}

/// Actions that give permissions, by the catalogue.
fn permission_management(account: &Account, findings: &mut Findings) {
    each_statement(account, |id, at, carried, statement, told| {
        let mut given = Given { carried, statement, rights: Vec::new() };
        for pattern in patterns(statement).filter(|pattern| !told.has(id, at, pattern)) {
            let Some(text) = pattern.text.as_str().map(str::to_ascii_lowercase) else { continue };
            let Some((prefix, _)) = text.split_once(':') else { continue };
            let Some(service) = catalogue::service(prefix) else { continue };
            if !statement.covers_resources(prefix, &EVERYTHING) || !is_free(statement, prefix) {
                continue;
            }
            let managing = service.actions().filter(|action| action.level == AccessLevel::PermissionsManagement);
            let actions = managing.filter_map(|action| {
                let lower = format!("{prefix}:{}", action.name.to_ascii_lowercase());
                let given = GIVING.iter().any(|verb| action.name.starts_with(verb))
                    && pattern.glob.matches(&lower)
                    && !PROTECTION.iter().any(|right| right.action == lower)
                    // Whether these lead further, the rules about escalations ask, for each who has them.
                    && !table().actions.iter().any(|known| known.lower == lower)
                    && !HARMLESS.contains(&lower.as_str())
                    && !carried.document.denies().any(|deny| denies(deny, &lower, prefix));
                given.then(|| format!("{prefix}:{}", action.name))
            });
            let actions: Vec<String> = actions.collect();
            if !actions.is_empty() {
                given.rights.push((pattern, actions));
            }
        }
        given.add(&PERMISSION_MANAGEMENT, "allows changing who may do what, by", "on everything", findings);
    });
}

static EVERYTHING: LazyLock<Glob> = LazyLock::new(|| Glob::known("*"));

/// What other rules tell of already.
struct Told {
    /// The actions of escalations.
    escalating: FxHashSet<(DocumentId, usize, Option<Span>)>,
    grants: Arc<Grants>,
}

impl Told {
    /// The actions of escalations, each at its place.
    fn of(account: &Account) -> Self {
        let escalations = Escalations::of(account);
        let steps = escalations
            .steps
            .iter()
            .filter(|step| step.surety >= Surety::Likely && matches!(step.means, Means::Path(_)));
        let parts = steps.flat_map(|step| &step.parts).filter_map(|part| match part.source {
            PolicySource::InCode(id) => Some((id, part.statement, part.span)),
            PolicySource::Aws(_) => None,
        });
        Self { escalating: parts.collect(), grants: Grants::of(account) }
    }

    fn has(&self, id: DocumentId, statement: usize, pattern: &Pattern) -> bool {
        let covers = |granted: &&Granted| {
            granted.statement == statement
                && match granted.grant {
                    Grant::FullAdministrator | Grant::FullIam | Grant::AllActions | Grant::AllButNamed => true,
                    Grant::WholeServices(_) | Grant::PassAnyRole | Grant::AssumeAnyRole => {
                        granted.span == pattern.span || pattern.span.is_some_and(|span| granted.also.contains(&span))
                    }
                }
        };
        self.escalating.contains(&(id, statement, pattern.span))
            || self.grants.of_document(id).iter().any(|granted| covers(&granted))
    }
}

/// Every Allow of a principal's policy, with what is told of it already.
fn each_statement(account: &Account, mut ask: impl FnMut(DocumentId, usize, &CarriedDocument, &Statement, &Told)) {
    let told = Told::of(account);
    let documents = account.documents_by_id();
    for (id, carried) in
        documents.filter(|(id, carried)| carried.purpose == Purpose::Identity && !told.grants.is_denied(*id))
    {
        for (at, statement) in carried.document.statements.iter().enumerate() {
            if statement.effect == crate::iam::Effect::Allow {
                ask(id, at, carried, statement, &told);
            }
        }
    }
}

/// The patterns of a statement that names actions.
fn patterns(statement: &Statement) -> impl Iterator<Item = &Pattern> {
    statement.actions.iter().filter(|actions| !actions.negated).flat_map(|actions| &actions.items)
}

/// Whether no condition keeps callers from it: they choose the region, say.
fn is_free(statement: &Statement, service: &str) -> bool {
    let caller = Caller::default();
    statement.conditions.iter().all(|condition| condition.may_hold(service, &caller) == Surety::Certain)
}

fn denies(deny: &Statement, action: &str, service: &str) -> bool {
    !deny.possible
        && deny.actions.as_ref().is_some_and(|actions| actions.must_match(action))
        && deny.covers_resources(service, &EVERYTHING)
        && deny.is_unconditional(service)
}

/// An action as AWS writes it.
fn spelled(action: &str) -> String {
    match catalogue::action(action) {
        Some(known) => format!("{}:{}", action.split(':').next().unwrap_or_default(), known.name),
        None => action.to_owned(),
    }
}

impl<'g> Given<'g> {
    /// Which of the rights a statement gives that nothing else tells of.
    fn of(
        rights: &[Right],
        id: DocumentId,
        at: usize,
        carried: &'g CarriedDocument<'g>,
        statement: &'g Statement,
        told: &Told,
    ) -> Self {
        let mut given = Self { carried, statement, rights: Vec::new() };
        for pattern in patterns(statement).filter(|pattern| !told.has(id, at, pattern)) {
            let matched = rights.iter().filter(|right| {
                let service = right.action.split(':').next().unwrap_or_default();
                pattern.glob.matches(right.action)
                    && statement.covers_resources(service, &Glob::known(right.resources))
                    && is_free(statement, service)
                    && !carried.document.denies().any(|deny| denies(deny, right.action, service))
            });
            let actions: Vec<String> = matched.map(|right| spelled(right.action)).collect();
            if !actions.is_empty() {
                given.rights.push((pattern, actions));
            }
        }
        given
    }

    fn add(self, rule: &'static Rule, what: &str, on: &str, findings: &mut Findings) {
        let Some((first, actions)) = self.rights.first() else { return };
        let span = first.span.or(self.statement.span).unwrap_or(self.carried.span);
        let count: usize = self.rights.iter().map(|(_, actions)| actions.len()).sum();
        let named = match (actions.as_slice(), count) {
            ([one], 1) => one.clone(),
            ([one, ..], 2) => format!("{one} and one more action"),
            ([one, ..], more) => format!("{one} and {} more actions", more - 1),
            ([], _) => return,
        };
        let finding = findings.add(rule, self.carried.carrier, span, format!("{what} {named} {on}"));
        if self.statement.possible || first.possible || self.carried.is_unattached() {
            finding.at_most(Confidence::Likely);
        }
        for (pattern, _) in self.rights.iter().skip(1) {
            finding.relate("and this", pattern.span);
        }
    }
}
