//! The record of a trail: whether CloudTrail can write it, and who can erase it.
//!
//! Source: AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail", "Configure AWS KMS key policies for
//! CloudTrail", "Role policy document for CloudTrail to use CloudWatch Logs for monitoring".

use crate::iam::simulate::{Context, Decision, Policies, Policy, Request, Requester, simulate};
use crate::iam::{Condition, Document};
use crate::model::kinds::{bucket, key, log_group, role, trail};
use crate::model::{Account, CarriedDocument, PrincipalId, PrincipalKind, Purpose, Resource, Setting};

use super::buckets::Bucket;
use super::{Deciding, Names, homes};

/// An account that stands for the one that the code is deployed to, where the code does not tell which that is.
/// AWS's documentation uses this number for examples.
const SOME_ACCOUNT: &str = "111122223333";

/// So many accounts of a policy's text are tried at most.
const MAX_ACCOUNTS: usize = 8;

const SERVICE: &str = "cloudtrail.amazonaws.com";

/// Something that CloudTrail must be let do so that it can deliver.
#[derive(Debug)]
pub struct Need<'a> {
    /// Where the trail names what it delivers to, or by what.
    pub setting: Setting,
    /// The bucket, key or role.
    pub holder: &'a Resource,
    /// The action, as AWS spells it.
    pub action: &'static str,
    /// Whether it may.
    pub decision: Decision,
    /// Whether the code has a policy that could let it.
    pub has_policy: bool,
}

/// What a trail needs to deliver, for what it names and the code has.
pub fn needs<'a>(account: &Account<'a>, trail: &'a Resource) -> Vec<Need<'a>> {
    let mut needs = Vec::new();
    bucket_needs(account, trail, &mut needs);
    key_needs(account, trail, &mut needs);
    role_needs(account, trail, &mut needs);
    needs
}

fn bucket_needs<'a>(account: &Account<'a>, trail: &'a Resource, needs: &mut Vec<Need<'a>>) {
    let setting = trail.setting(&trail::BUCKET);
    let Some(bucket) = account.resolve(&setting.value, &bucket::BUCKET, &bucket::NAME) else { return };
    let declared = Bucket::declared(bucket);
    let policies: Vec<&CarriedDocument> = declared.policies(account).collect();
    // The policy may spell out a name that the code does not tell of the bucket.
    let is_told = bucket.explicit(&bucket::NAME).is_none_or(|name| name.as_str().is_ok());
    let mut add = |action: &'static str, arn: &dyn Fn(&Names) -> Option<String>| {
        let decision = of_service(account, trail, &policies, action, arn);
        let decision = if is_told { decision } else { best(decision, Decision::Unknown) };
        needs.push(Need {
            setting: setting.clone(),
            holder: bucket,
            action,
            decision,
            has_policy: !policies.is_empty(),
        });
    };
    add("s3:GetBucketAcl", &|names| names.arn(bucket));
    // The files of an organization's trail lie under the organization's id, which code seldom tells.
    if trail.setting(&trail::IS_ORGANIZATION).as_bool() == Ok(false)
        && let Ok(prefix) = trail.setting(&trail::KEY_PREFIX).as_str()
    {
        add("s3:PutObject", &|names| {
            let prefix = prefix.as_ref().filter(|prefix| !prefix.is_empty());
            let prefix = prefix.map(|prefix| format!("{prefix}/")).unwrap_or_default();
            let id = names.id;
            Some(format!("{}/{prefix}AWSLogs/{id}/CloudTrail/us-east-1/2026/01/31/{id}.json.gz", names.arn(bucket)?))
        });
    }
}

fn key_needs<'a>(account: &Account<'a>, trail: &'a Resource, needs: &mut Vec<Need<'a>>) {
    let setting = trail.setting(&trail::KMS_KEY);
    let Some(key) = account.resolve(&setting.value, &key::KIND, &key::NAME) else { return };
    let is_of_key = |carrier: &Resource| {
        carrier.address == key.address
            || (key::POLICY_RESOURCE.is(carrier)
                && account
                    .resolve(&carrier.setting(&key::POLICY_KEY).value, &key::KIND, &key::NAME)
                    .is_some_and(|of| of.address == key.address))
    };
    let policies: Vec<&CarriedDocument> = account
        .documents()
        .filter(|carried| carried.purpose == Purpose::Resource && is_of_key(carried.carrier))
        .collect();
    let action = "kms:GenerateDataKey";
    let decision = of_service(account, trail, &policies, action, &|names| names.arn(key));
    needs.push(Need { setting, holder: key, action, decision, has_policy: !policies.is_empty() });
}

fn role_needs<'a>(account: &Account<'a>, trail: &'a Resource, needs: &mut Vec<Need<'a>>) {
    let setting = trail.setting(&trail::LOG_ROLE);
    let group = trail.setting(&trail::LOG_GROUP);
    let (Some(role), Some(group)) = (
        account.resolve(&setting.value, &role::KIND, &role::NAME),
        account.resolve(&group.value, &log_group::KIND, &log_group::NAME).or_else(|| of_all_streams(account, &group)),
    ) else {
        return;
    };
    let Some(principal) = account.principals().find(|principal| principal.resource.address == role.address) else {
        return;
    };
    for action in ["logs:CreateLogStream", "logs:PutLogEvents"] {
        let decision = of_any_account(account, &[], |names| {
            let stream = format!("{}:log-stream:{}_CloudTrail_us-east-1", names.arn(group)?, names.id);
            of_principal(names, principal.id, role, action, &stream, None)
        });
        needs.push(Need { setting: setting.clone(), holder: role, action, decision, has_policy: true });
    }
}

/// The log group of the code that a text names with all its streams: `${aws_cloudwatch_log_group.trail.arn}:*`.
fn of_all_streams<'a>(account: &Account<'a>, named: &Setting) -> Option<&'a Resource> {
    let text = named.value.to_text()?;
    let (_, symbol) = text.symbols().next()?;
    let found = account.at(&symbol.reference()?.address)?;
    log_group::KIND.is(found).then_some(found)
}

/// Whether policies of a resource let CloudTrail do something to it for a trail.
fn of_service(
    account: &Account,
    trail: &Resource,
    policies: &[&CarriedDocument],
    action: &str,
    arn: &dyn Fn(&Names) -> Option<String>,
) -> Decision {
    let decide = |names: &Names| {
        let documents: Vec<Document> = policies
            .iter()
            .map(|carried| {
                let mut document = carried.document.replace(&|symbol| names.of_symbol(symbol));
                forget_unknown(&mut document, trail, names);
                document
            })
            .collect();
        let requester = Requester::Service(SERVICE.to_owned());
        let mut context = Context::default();
        let mut set = |key: &str, value: &str| context.set(key, vec![value.to_owned()], false);
        set("aws:SourceAccount", names.id);
        set("aws:SecureTransport", "true");
        set("s3:x-amz-acl", "bucket-owner-full-control");
        if let Some(arn) = names.arn(trail) {
            set("aws:SourceArn", &arn);
            set("kms:EncryptionContext:aws:cloudtrail:arn", &arn);
        }
        context.add_requester(&requester);
        let arn = arn(names)?;
        let request = Request::new(requester, action, &arn, Some(names.id), context);
        // AWS takes one policy for a resource; where the code has several, any may be it.
        let answers = documents.iter().map(|document| {
            let resource = Some(Policy { name: String::new(), document });
            simulate(&request, &Policies { resource, ..Policies::default() }).decision
        });
        Some(answers.fold(Decision::ImplicitlyDenied, best))
    };
    of_any_account(account, policies, decide)
}

/// Takes away what a policy says of the trail's ARN, where the code does not tell that: it is not held against it.
fn forget_unknown(document: &mut Document, trail: &Resource, names: &Names) {
    let is_named = matches!(trail.setting(&trail::NAME).as_str(), Ok(Some(_)));
    let region = names.account.root.region(trail);
    if is_named && region.is_some_and(|region| region.as_str().is_some()) {
        return;
    }
    let about_trail = |condition: &Condition| {
        condition.has_key("aws:sourcearn") || condition.has_key("kms:encryptioncontext:aws:cloudtrail:arn")
    };
    for statement in &mut document.statements {
        statement.conditions.retain(|condition| !about_trail(condition));
    }
}

/// The answer for the account that the code is deployed to; where it does not tell which, for the best of those that the
/// policies speak of.
fn of_any_account(
    account: &Account,
    policies: &[&CarriedDocument],
    decide: impl Fn(&Names) -> Option<Decision>,
) -> Decision {
    let mut ids = homes::own_ids(account);
    if ids.is_empty() {
        ids.push(SOME_ACCOUNT.to_owned());
        ids.extend(policies.iter().flat_map(|carried| accounts_in(&carried.document)));
    }
    let decide = |id: &String| decide(&Names { account, id }).unwrap_or(Decision::Unknown);
    ids.iter().take(MAX_ACCOUNTS).map(decide).reduce(best).unwrap_or(Decision::Unknown)
}

/// The better answer of two for who asks.
fn best(one: Decision, other: Decision) -> Decision {
    let rank = |decision: Decision| match decision {
        Decision::Allowed => 3,
        Decision::Unknown => 2,
        Decision::ImplicitlyDenied => 0,
        Decision::ExplicitlyDenied => 1,
    };
    if rank(other) > rank(one) { other } else { one }
}

/// The accounts that a document's resources and conditions spell out.
fn accounts_in(document: &Document) -> Vec<String> {
    let resources = document.statements.iter().flat_map(|statement| &statement.resources);
    let texts = resources.flat_map(|resources| &resources.items).map(|pattern| &pattern.text);
    let conditions = document.statements.iter().flat_map(|statement| &statement.conditions);
    let values = conditions.flat_map(|condition| &condition.values).map(|value| &value.text);
    let mut ids: Vec<String> = texts
        .chain(values)
        .flat_map(|text| {
            let content = text.expanded().literal_content().to_owned();
            let runs = content.split(|character: char| !character.is_ascii_digit());
            runs.filter(|run| run.len() == SOME_ACCOUNT.len()).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Whether a principal of the code may do something to a resource: as `resource`'s policy and all of its own say.
fn of_principal(
    names: &Names,
    principal: PrincipalId,
    declared: &Resource,
    action: &str,
    arn: &str,
    resource: Option<&Resource>,
) -> Option<Decision> {
    let requester = match names.account.principal(principal).kind {
        PrincipalKind::User | PrincipalKind::Role => Requester::parse(&names.arn(declared)?).ok()?,
        PrincipalKind::PermissionSet => Requester::Role {
            account: names.id.to_owned(),
            name: "AWSReservedSSO".to_owned(),
            arn: format!("arn:aws:iam::{}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO", names.id),
        },
        PrincipalKind::Group => return None,
    };
    let mut context = Context::default();
    context.set("aws:SecureTransport", vec!["true".to_owned()], false);
    context.set("aws:MultiFactorAuthPresent", vec!["true".to_owned()], false);
    context.add_requester(&requester);
    let request = Request::new(requester, action, arn, Some(names.id), context);
    Some(simulate(&request, &Deciding::on(Some(principal), resource, names).policies()).decision)
}

/// What takes files from a bucket, or lets others: the action, and whether it is one on objects.
const ERASING: [(&str, bool); 3] =
    [("s3:DeleteObjectVersion", true), ("s3:PutLifecycleConfiguration", false), ("s3:PutBucketPolicy", false)];

/// Whether a principal can erase what a trail has written to a bucket, and by which action. In a bucket that keeps
/// versions, what is deleted without naming a version can be had back.
pub fn erases(
    account: &Account,
    principal: PrincipalId,
    bucket: &Resource,
    keeps_versions: bool,
) -> (Decision, Option<&'static str>) {
    let declared = account.principal(principal).resource;
    let deleting = (!keeps_versions).then_some(("s3:DeleteObject", true));
    let mut found = (Decision::ImplicitlyDenied, None);
    for (action, is_of_objects) in deleting.into_iter().chain(ERASING) {
        let decision = of_any_account(account, &[], |names| {
            let arn = names.arn(bucket)?;
            let arn = if is_of_objects { format!("{arn}/AWSLogs/{}/CloudTrail/x.json.gz", names.id) } else { arn };
            of_principal(names, principal, declared, action, &arn, Some(bucket))
        });
        match decision {
            Decision::Allowed => return (decision, Some(action)),
            Decision::Unknown => found = (decision, Some(action)),
            Decision::ImplicitlyDenied | Decision::ExplicitlyDenied => {}
        }
    }
    found
}
