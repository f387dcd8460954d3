//! Allow statements that are wider than their actions need: on all resources, or by patterns of actions.

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::catalogue::{self, AccessLevel, Action};
use crate::iam::{ArnPattern, Document, Glob, Pattern, Request, Statement};
use crate::model::{Account, CarriedDocument, Purpose};

use super::{BOTH, Findings, Rule};

/// Allow on all resources for actions that can be narrowed.
pub(super) static WILDCARD_RESOURCE: Rule = Rule {
    metadata: Metadata {
        id: "iam-policy-wildcard-resource",
        title: "Allow on all resources",
        group: "policy-hygiene",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_355",
            "checkov:CKV_AWS_356",
            "cfn-nag:W11",
            "cfn-nag:W12",
            "cfn-nag:W13",
            "cfn-guard:IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE",
            "trivy:AVD-AWS-0057",
            "semgrep:aws-iam-admin-policy",
            "semgrep:aws-iam-admin-policy-ssoadmin",
        ],
        controls: &[],
        documentation: include_str!("docs/iam-policy-wildcard-resource.md"),
    },
    check: wildcard_resource,
};

/// Allow by patterns of actions.
pub(super) static WILDCARD_ACTION: Rule = Rule {
    metadata: Metadata {
        id: "iam-policy-wildcard-action",
        title: "Allow by a pattern of actions",
        group: "policy-hygiene",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0057", "trivy:AVD-AWS-0114", "trivy:AVD-AWS-0120"],
        controls: &[],
        documentation: include_str!("docs/iam-policy-wildcard-action.md"),
    },
    check: wildcard_action,
};

/// Writing to all resources.
pub(super) static UNCONSTRAINED_WRITE: Rule = Rule {
    metadata: Metadata {
        id: "iam-policy-unconstrained-write",
        title: "Writing to all resources",
        group: "policy-hygiene",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_111",
            "checkov:CKV_AWS_290",
            "trivy:AVD-AWS-0346",
            "prowler:iam_policy_no_wildcard_marketplace_subscribe",
            "prowler:iam_inline_policy_no_wildcard_marketplace_subscribe",
        ],
        controls: &[],
        documentation: include_str!("docs/iam-policy-unconstrained-write.md"),
    },
    check: unconstrained_write,
};

/// Listing every bucket.
pub(super) static S3_LIST_ALL_BUCKETS: Rule = Rule {
    metadata: Metadata {
        id: "iam-policy-s3-list-all-buckets",
        title: "Listing every bucket or its objects",
        group: "policy-hygiene",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["regula:FG_R00218", "regula:FG_R00220"],
        controls: &[],
        documentation: include_str!("docs/iam-policy-s3-list-all-buckets.md"),
    },
    check: s3_list_all_buckets,
};

/// Each Allow statement of policies that grant to principals.
fn each_allow(account: &Account, mut look: impl FnMut(&CarriedDocument, &Statement)) {
    for carried in account.documents().filter(|carried| carried.purpose == Purpose::Identity) {
        for statement in carried.document.allows() {
            look(carried, statement);
        }
    }
}

/// The resource pattern that is everything, if a statement has one.
fn everything(statement: &Statement) -> Option<&Pattern> {
    let all = Glob::known("*");
    let resources = statement.resources.as_ref().filter(|resources| !resources.negated)?;
    let is_all = |pattern: &&Pattern| {
        pattern.glob.is_everything()
            || ArnPattern::new(&pattern.glob)
                .is_some_and(|arn| ["iam", "s3", "ec2"].iter().all(|service| arn.covers(service, &all)))
    };
    resources.items.iter().find(is_all)
}

/// The actions of the catalogue that a pattern of one service matches, the whole service's left out: that is what the
/// rules about whole services are for.
fn matched(pattern: &Pattern) -> Vec<Action> {
    let text = pattern.text.expanded();
    let Some((service, name)) = text.as_str().and_then(|text| text.split_once(':')) else { return Vec::new() };
    let Some(service) = catalogue::service(service).filter(|_| name != "*") else { return Vec::new() };
    if !pattern.glob.has_wildcard() {
        return service.action(name).into_iter().collect();
    }
    let prefix = service.prefix;
    let actions = service.actions_by_name();
    actions.filter(|(name, _)| pattern.glob.matches(&format!("{prefix}:{name}"))).map(|(_, action)| action).collect()
}

/// Whether the document leaves an action on some resource of its service.
fn is_left(document: &Document, action: &Action) -> bool {
    let name = full_name(action).to_ascii_lowercase();
    let resource = format!("arn:aws:{}:us-east-1:111122223333:any", action.service.prefix);
    !document.must_deny(Request { action: &name, resource: &resource })
}

fn full_name(action: &Action) -> String {
    format!("{}:{}", action.service.prefix, action.name)
}

fn is_unconditional(statement: &Statement, action: &Action) -> bool {
    statement.is_unconditional(action.service.prefix)
}

/// The patterns of a statement that allow an action of a sort on everything, each with the first such action.
fn patterns_with<'s>(
    document: &Document,
    statement: &'s Statement,
    is_meant: impl Fn(&Action) -> bool,
) -> Vec<(&'s Pattern, Action)> {
    let Some(actions) = statement.actions.as_ref().filter(|actions| !actions.negated) else { return Vec::new() };
    let first = |pattern: &'s Pattern| {
        let meant = |action: &Action| {
            is_meant(action)
                && !action.is_wildcard_only()
                && is_unconditional(statement, action)
                && is_left(document, action)
        };
        matched(pattern).into_iter().find(meant).map(|action| (pattern, action))
    };
    actions.items.iter().filter_map(first).collect()
}

fn wildcard_resource(account: &Account, findings: &mut Findings) {
    each_allow(account, |carried, statement| {
        let Some(resource) = everything(statement) else { return };
        let wide = patterns_with(&carried.document, statement, |_| true);
        let Some((_, action)) = wide.first() else { return };
        let more = wide.len() - 1;
        let and_more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let message = format!("allows {}{and_more} on all resources, where some would do", full_name(action));
        let span = resource.span.or(statement.span).unwrap_or(carried.span);
        let finding = findings.add(&WILDCARD_RESOURCE, carried.carrier, span, message);
        if resource.possible || statement.possible {
            finding.at_most(Confidence::Likely);
        }
    });
}

fn unconstrained_write(account: &Account, findings: &mut Findings) {
    let writes = |action: &Action| {
        matches!(action.level, AccessLevel::Write | AccessLevel::Tagging | AccessLevel::PermissionsManagement)
    };
    each_allow(account, |carried, statement| {
        if everything(statement).is_none() {
            return;
        }
        let wide = patterns_with(&carried.document, statement, writes);
        let Some((pattern, action)) = wide.first() else { return };
        let more = wide.len() - 1;
        let and_more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let message = format!("allows {}{and_more} on all resources, under no condition", full_name(action));
        let span = pattern.span.or(statement.span).unwrap_or(carried.span);
        let finding = findings.add(&UNCONSTRAINED_WRITE, carried.carrier, span, message);
        if pattern.possible || statement.possible {
            finding.at_most(Confidence::Likely);
        }
    });
    subscribing(account, findings);
}

/// Subscribing in the marketplace spends money, and is about no resource.
fn subscribing(account: &Account, findings: &mut Findings) {
    each_allow(account, |carried, statement| {
        let subscribe = Request { action: "aws-marketplace:subscribe", resource: "*" };
        let allowed = everything(statement).is_some()
            && statement.is_unconditional(subscribe.service())
            && !carried.document.must_deny(subscribe);
        let items = statement.actions.iter().filter(|actions| allowed && !actions.negated).flat_map(|a| &a.items);
        let of_marketplace =
            |pattern: &&Pattern| pattern.glob.matches(subscribe.action) && !pattern.glob.is_everything();
        if let Some(pattern) = items.into_iter().find(of_marketplace) {
            let span = pattern.span.or(statement.span).unwrap_or(carried.span);
            let message = "allows subscribing to anything in the marketplace, which spends money";
            findings.add(&UNCONSTRAINED_WRITE, carried.carrier, span, message).severity = Severity::Medium;
        }
    });
}

fn wildcard_action(account: &Account, findings: &mut Findings) {
    each_allow(account, |carried, statement| {
        let Some(actions) = statement.actions.as_ref().filter(|actions| !actions.negated) else { return };
        for pattern in actions.items.iter().filter(|pattern| pattern.glob.has_wildcard()) {
            let count = matched(pattern).len();
            if count < 2 {
                continue;
            }
            let date = catalogue::date();
            let message =
                format!("{} is {count} actions of the list of {date}, and whatever is added to them", pattern.text);
            let span = pattern.span.or(statement.span).unwrap_or(carried.span);
            findings.add(&WILDCARD_ACTION, carried.carrier, span, message);
        }
    });
}

fn s3_list_all_buckets(account: &Account, findings: &mut Findings) {
    let all = Glob::known("*");
    each_allow(account, |carried, statement| {
        let on_all = statement.covers_resources("s3", &all) && statement.is_unconditional("s3");
        let items = statement.actions.iter().filter(|actions| on_all && !actions.negated).flat_map(|a| &a.items);
        let lists = |pattern: &&Pattern| {
            ["s3:listbucket", "s3:listallmybuckets"].iter().any(|action| {
                let request = Request { action, resource: "arn:aws:s3:::any" };
                pattern.glob.matches(action) && !carried.document.must_deny(request)
            })
        };
        if let Some(pattern) = items.into_iter().find(lists) {
            let what =
                if pattern.glob.matches("s3:listbucket") { "the objects of every bucket" } else { "every bucket" };
            let span = pattern.span.or(statement.span).unwrap_or(carried.span);
            findings.add(&S3_LIST_ALL_BUCKETS, carried.carrier, span, format!("allows listing {what}"));
        }
    });
}
