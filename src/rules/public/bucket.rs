//! Buckets and objects that everyone may read or write, by policy or by access control list.
//! Source: Amazon S3 User Guide, "Access control list (ACL) overview".

use crate::access::buckets::{Bucket, Shield};
use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::Opening;
use crate::model::kinds::bucket;
use crate::model::{Account, CarriedDocument, Purpose, Resource, texts};
use crate::rules::{BOTH, Findings, Rule, TERRAFORM, note_opaque};
use crate::source::Span;

use super::policy::{listed, report};

/// Bucket policy lets everyone read.
pub(in crate::rules) static POLICY_READ: Rule = Rule {
    metadata: Metadata {
        id: "s3-bucket-policy-public-read",
        title: "Bucket policy lets everyone read",
        group: "public-access",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_70",
            "checkov:CKV_AWS_283",
            "cfn-nag:F16",
            "cfn-guard:S3_BUCKET_POLICY_NO_WILDCARD_PRINCIPAL",
            "regula:FG_R00211",
            "regula:FG_R00277",
            "regula:FG_R00279",
            "terrascan:AC_AWS_0215",
            "terrascan:AC_AWS_0217",
            "terrascan:AC_AWS_0219",
            "terrascan:AC_AWS_0220",
            "prowler:s3_bucket_public_access",
            "kics:66c6f96f-2d9e-417e-a998-9058aeeecd44",
            "kics:7af43613-6bb9-4a0e-8c4d-1314b799425e",
            "kics:1df37f4b-7197-45ce-83f8-9994d2fcf885",
            "kics:f97b7d23-568f-4bcc-9ac9-02df0d57fbba",
            "kics:faa8fddf-c0aa-4b2d-84ff-e993e233ebe9",
            "kics:7772bb8c-c0f3-42d4-8e4e-f1b8939ad085",
        ],
        controls: &["cis-aws-7.0:2.21", "fsbp:S3.2"],
        documentation: include_str!("../docs/s3-bucket-policy-public-read.md"),
    },
    check: policy_read,
};

/// Bucket policy lets everyone write.
pub(in crate::rules) static POLICY_WRITE: Rule = Rule {
    metadata: Metadata {
        id: "s3-bucket-policy-public-write",
        title: "Bucket policy lets everyone write",
        group: "public-access",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_70",
            "checkov:CKV_AWS_283",
            "cfn-nag:F16",
            "cfn-guard:S3_BUCKET_POLICY_NO_WILDCARD_PRINCIPAL",
            "regula:FG_R00210",
            "terrascan:AC_AWS_0217",
            "terrascan:AC_AWS_0218",
            "terrascan:AC_AWS_0221",
            "terrascan:AC_AWS_0224",
            "prowler:s3_bucket_policy_public_write_access",
            "prowler:s3_bucket_public_access",
            "kics:7af43613-6bb9-4a0e-8c4d-1314b799425e",
            "kics:d24c0755-c028-44b1-b503-8e719c898832",
            "kics:ffdf4b37-7703-4dfe-a682-9d2e99bc6c09",
            "kics:64a222aa-7793-4e40-915f-4b302c76e4d4",
            "kics:acc78859-765e-4011-a229-a65ea57db252",
            "kics:456b00a3-1072-4149-9740-6b8bb60251b0",
            "kics:f6397a20-4cf1-4540-a997-1d363c25ef58",
            "kics:4ae8af91-5108-42cb-9471-3bdbe596eac9",
            "kics:a4966c4f-9141-48b8-a564-ffe9959945bc",
        ],
        controls: &["cis-aws-7.0:2.21", "fsbp:S3.3"],
        documentation: include_str!("../docs/s3-bucket-policy-public-write.md"),
    },
    check: policy_write,
};

/// Access control list lets everyone list the bucket.
pub(in crate::rules) static LIST_READ: Rule = Rule {
    metadata: Metadata {
        id: "s3-bucket-acl-public-read",
        title: "Access control list lets everyone list the bucket",
        group: "public-access",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_20",
            "cfn-nag:W31",
            "cfn-guard:S3_BUCKET_PUBLIC_READ_ACL",
            "trivy:AVD-AWS-0092",
            "terrascan:AC_AWS_0210",
            "terrascan:AC_AWS_0496",
            "regula:FG_R00277",
            "regula:FG_R00279",
            "semgrep:s3-public-read-bucket",
            "prowler:s3_bucket_public_list_acl",
            "prowler:s3_bucket_public_access",
            "kics:219f4c95-aa50-44e0-97de-cf71f4641170",
            "kics:07dda8de-d90d-469e-9b37-1aca53526ced",
            "checkov:CKV_AWS_375",
        ],
        controls: &["fsbp:S3.2"],
        documentation: include_str!("../docs/s3-bucket-acl-public-read.md"),
    },
    check: list_read,
};

/// Access control list lets everyone write to the bucket.
pub(in crate::rules) static LIST_WRITE: Rule = Rule {
    metadata: Metadata {
        id: "s3-bucket-acl-public-write",
        title: "Access control list lets everyone write to the bucket",
        group: "public-access",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_57",
            "cfn-nag:F14",
            "cfn-guard:S3_BUCKET_NO_PUBLIC_RW_ACL",
            "cfn-guard:S3_BUCKET_PUBLIC_RW_ACL",
            "trivy:AVD-AWS-0092",
            "terrascan:AC_AWS_0212",
            "terrascan:AC_AWS_0213",
            "terrascan:AC_AWS_0496",
            "semgrep:s3-public-rw-bucket",
            "prowler:s3_bucket_public_write_acl",
            "prowler:s3_bucket_public_access",
            "kics:07dda8de-d90d-469e-9b37-1aca53526ced",
            "kics:38c5ee0d-7f22-4260-ab72-5073048df100",
            "checkov:CKV_AWS_375",
        ],
        controls: &["fsbp:S3.3"],
        documentation: include_str!("../docs/s3-bucket-acl-public-write.md"),
    },
    check: list_write,
};

/// Access control list lets in every customer of AWS.
pub(in crate::rules) static LIST_CUSTOMERS: Rule = Rule {
    metadata: Metadata {
        id: "s3-bucket-acl-authenticated-users",
        title: "Access control list lets in every customer of AWS",
        group: "public-access",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV2_AWS_43",
            "trivy:AVD-AWS-0092",
            "terrascan:AC_AWS_0211",
            "semgrep:s3-public-read-bucket",
            "regula:FG_R00277",
            "regula:FG_R00279",
            "prowler:s3_bucket_public_access",
            "kics:57b9893d-33b1-4419-bcea-a717ea87e139",
            "kics:835d5497-a526-4aea-a23f-98a9afd1635f",
        ],
        controls: &["fsbp:S3.2"],
        documentation: include_str!("../docs/s3-bucket-acl-authenticated-users.md"),
    },
    check: list_customers,
};

/// Object is readable by everyone.
pub(in crate::rules) static OBJECT: Rule = Rule {
    metadata: Metadata {
        id: "s3-object-acl-public",
        title: "Object is readable by everyone",
        group: "public-access",
        severity: Severity::High,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &["prowler:s3_bucket_object_public"],
        controls: &[],
        documentation: include_str!("../docs/s3-object-acl-public.md"),
    },
    check: object,
};

fn policy_read(account: &Account, findings: &mut Findings) {
    policies(&POLICY_READ, account, findings, |opening| !writes(opening));
}

fn policy_write(account: &Account, findings: &mut Findings) {
    policies(&POLICY_WRITE, account, findings, writes);
}

/// Whether everyone may change something. Who may write may mostly read too: that is one fault, the worse one.
fn writes(opening: &Opening) -> bool {
    opening.actions.iter().any(crate::iam::OpenAction::changes)
}

fn policies(rule: &'static Rule, account: &Account, findings: &mut Findings, counts: fn(&Opening) -> bool) {
    let of_buckets = account.documents().filter(|carried| {
        carried.purpose == Purpose::Resource
            && (bucket::POLICY.is(carried.carrier) || bucket::BUCKET.is(carried.carrier))
    });
    for carried in of_buckets {
        let openings: Vec<_> = carried.document.openings("s3").into_iter().filter(counts).collect();
        if openings.is_empty() && carried.document.opaque.is_empty() {
            continue;
        }
        let bucket = Bucket::of(account, carried.carrier);
        let shield = bucket.policy_shield(account);
        match &shield {
            Shield::On(_) => continue,
            Shield::Unknown(why) if !openings.is_empty() => {
                findings.undecided(rule, carried.carrier, carried.span, why);
                continue;
            }
            _ => note_opaque(rule, carried, findings),
        }
        for opening in openings {
            let finding = report(rule, carried, &opening, "s3", findings);
            if let Some(bucket) = bucket.resource.filter(|bucket| bucket.address != carried.carrier.address) {
                finding.relate("the bucket", Some(bucket.span));
            }
            // S3 refuses the policy on a new bucket whose block nobody has taken off.
            if shield == Shield::Unsaid {
                finding.at_most(Confidence::Likely);
            }
        }
    }
}

/// Who an access control list lets in, and to what.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grant {
    EveryoneReads,
    EveryoneWrites,
    CustomersRead,
    CustomersWrite,
}

/// The grants of an access control list to everyone or to every customer of AWS: each with the text that makes it.
fn grants(resource: &Resource) -> Vec<(Grant, String, Span)> {
    let mut grants = Vec::new();
    if let Some(canned) = resource.explicit(&bucket::CANNED_ACL) {
        for (name, span) in texts(&canned.value) {
            let grant = match name.as_str() {
                Some("public-read" | "PublicRead") => Grant::EveryoneReads,
                Some("public-read-write" | "PublicReadWrite") => Grant::EveryoneWrites,
                Some("authenticated-read" | "AuthenticatedRead") => Grant::CustomersRead,
                _ => continue,
            };
            grants.push((grant, name.to_string(), span.unwrap_or(canned.span)));
        }
    }
    for block in [&bucket::GRANTS, &bucket::GRANTS_OF_LIST].into_iter().flat_map(|grants| resource.blocks(grants)) {
        let grantee = [&bucket::GRANTEE, &bucket::GRANTEE_OF_LIST].map(|grantee| resource.setting_in(&block, grantee));
        let uri = grantee.iter().find_map(|setting| setting.as_str().ok().flatten()).unwrap_or_default();
        let of_everyone = uri.ends_with("/groups/global/AllUsers");
        if !of_everyone && !uri.ends_with("/groups/global/AuthenticatedUsers") {
            continue;
        }
        let permissions = [&bucket::PERMISSIONS, &bucket::PERMISSION].map(|name| resource.setting_in(&block, name));
        let span = block.origin.unwrap_or(resource.span);
        for (permission, at) in permissions.iter().flat_map(|setting| texts(&setting.value)) {
            let writes = matches!(permission.as_str(), Some("WRITE" | "WRITE_ACP" | "FULL_CONTROL"));
            let grant = match (of_everyone, writes) {
                (true, false) => Grant::EveryoneReads,
                (true, true) => Grant::EveryoneWrites,
                (false, false) => Grant::CustomersRead,
                (false, true) => Grant::CustomersWrite,
            };
            grants.push((grant, permission.to_string(), at.unwrap_or(span)));
        }
    }
    grants
}

fn list_read(account: &Account, findings: &mut Findings) {
    lists(&LIST_READ, account, findings, |grant| grant == Grant::EveryoneReads, "everyone may list the bucket");
}

fn list_write(account: &Account, findings: &mut Findings) {
    lists(&LIST_WRITE, account, findings, |grant| grant == Grant::EveryoneWrites, "everyone may write to the bucket");
}

fn list_customers(account: &Account, findings: &mut Findings) {
    let counts = |grant| matches!(grant, Grant::CustomersRead | Grant::CustomersWrite);
    lists(&LIST_CUSTOMERS, account, findings, counts, "every customer of AWS is let in, not this account's users");
}

fn lists(rule: &'static Rule, account: &Account, findings: &mut Findings, counts: fn(Grant) -> bool, what: &str) {
    for resource in account.of_kind(&bucket::ACL).chain(account.of_kind(&bucket::BUCKET)) {
        listed_open(rule, account, findings, resource, counts, what);
    }
}

fn object(account: &Account, findings: &mut Findings) {
    for resource in account.of_kind(&bucket::OBJECT) {
        listed_open(&OBJECT, account, findings, resource, |_| true, "everyone may read the object");
    }
}

/// Reports the grants of one resource's list, unless no list counts.
fn listed_open(
    rule: &'static Rule,
    account: &Account,
    findings: &mut Findings,
    resource: &Resource,
    counts: fn(Grant) -> bool,
    what: &str,
) {
    let grants: Vec<_> = grants(resource).into_iter().filter(|(grant, ..)| counts(*grant)).collect();
    let Some((_, _, first)) = grants.first() else { return };
    let shield = Bucket::of(account, resource).list_shield(account);
    match &shield {
        Shield::On(_) => return,
        Shield::Unknown(why) => return findings.undecided(rule, resource, *first, why),
        Shield::Off | Shield::Unsaid => {}
    }
    for (_, name, span) in grants {
        let finding = findings.add(rule, resource, span, format!("{what}: {name}"));
        // A bucket that is made today takes no lists, unless it is told to.
        if shield == Shield::Unsaid {
            finding.at_most(Confidence::Likely);
        }
    }
}

/// What opens a bucket to everyone, and where, unless something in the code takes that back.
pub(in crate::rules) fn opened(account: &Account, resource: &Resource) -> Option<(String, Span)> {
    let bucket = Bucket::declared(account.at(&resource.address)?);
    let by_list = || {
        let (_, name, span) = bucket.lists(account).flat_map(grants).next()?;
        takes_effect(&bucket.list_shield(account)).then(|| (format!("its access control list is {name}"), span))
    };
    let by_policy = || {
        let (carried, opening) = bucket.policies(account).find_map(|carried| {
            Some((carried, carried.document.openings("s3").into_iter().find(|open| open.certain)?))
        })?;
        let span = opening.principal.span.or(opening.statement.span).unwrap_or(carried.span);
        let what = listed(&opening.actions);
        takes_effect(&bucket.policy_shield(account)).then(|| (format!("its policy lets everyone call {what}"), span))
    };
    by_list().or_else(by_policy)
}

fn takes_effect(shield: &Shield) -> bool {
    matches!(shield, Shield::Off | Shield::Unsaid)
}

/// Why it is not known whether a bucket's policy opens it, and where: a part of the policy cannot be read.
pub(in crate::rules) fn undecided(account: &Account, resource: &Resource) -> Option<(String, Option<Span>)> {
    let bucket = Bucket::declared(account.at(&resource.address)?);
    if !takes_effect(&bucket.policy_shield(account)) {
        return None;
    }
    let opaque = bucket.policies(account).find_map(|carried: &CarriedDocument| carried.document.opaque.first())?;
    Some((opaque.why.clone(), opaque.span))
}
