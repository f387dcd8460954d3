//! Whether resources are well formed, and whether the statement's actions can be about them.

use rustc_hash::FxHashSet;

use crate::iam::catalogue::{self, Action, ResourceType};
use crate::iam::document::{Effect, Pattern, Patterns, Statement};
use crate::iam::glob::{Glob, Token};

use super::actions::ActionPattern;
use super::arn::{Arn, Field, Misfit, is_account, is_name, is_partition, is_region};
use super::nearest::nearest;
use super::{Check, Faults, PolicyType, Subject, Weight};

/// Names that stand in an ARN's field for the account: AWS's own resources. Source: AWS IAM User Guide, "Amazon Resource
/// Names"; Amazon CloudFront Developer Guide, "Restricting access with an origin access identity".
const ACCOUNTS_OF_AWS: [&str; 4] = ["aws", "aws-marketplace", "cloudfront", "amazon"];

/// How often the actions of a statement are held against its resources. Real statements need a few hundred; beyond, the
/// statement is taken for sound.
const MAX_COMPARISONS: usize = 50_000;

/// Services of which no resource is AWS's own.
const ALWAYS_OF_AN_ACCOUNT: [&str; 9] = ["dynamodb", "events", "iam", "kinesis", "kms", "lambda", "logs", "sns", "sqs"];

/// As API Gateway's own policies write their resources, without the fields that it knows itself. Amazon API Gateway
/// Developer Guide, "Access policy language overview".
const RELATIVE: &str = "execute-api:/";

/// Resources of a statement.
pub(super) fn check(statement: &Statement, subject: &Subject, faults: &mut Faults) {
    let Some(resources) = statement.resources.as_ref().filter(|_| !subject.is(PolicyType::Trust)) else { return };
    let mut are_sound = true;
    for pattern in &resources.items {
        let possible = faults.suppose(pattern.possible);
        let before = faults.found.len();
        form(pattern, subject, faults);
        are_sound &= faults.found.len() == before;
        faults.possible = possible;
    }
    // One mistake, one fault: what is malformed matches nothing either.
    if are_sound && !resources.negated {
        reach(statement, resources, subject, faults);
    }
}

/// The form of an ARN, by its parts that are known.
fn form(pattern: &Pattern, subject: &Subject, faults: &mut Faults) {
    let text = pattern.text.expanded();
    let content = text.literal_content();
    if pattern.glob.is_everything() || content.starts_with(RELATIVE) || pattern.text.is_empty() && !text.is_known() {
        return;
    }
    let span = pattern.span;
    let arn = Arn::new(&pattern.glob);
    // An alternative without a part of the text, or without the text, is one in which the statement is not there.
    let lacks_part = [&arn.prefix, &arn.partition, &arn.region, &arn.account].into_iter().any(Field::is_empty);
    if faults.possible && lacks_part {
        return;
    }
    match arn.prefix.literal().as_deref() {
        Some("arn") => {}
        // A symbol that stands for the whole ARN, or a pattern that begins anywhere.
        None if arn.prefix.may_be(&Glob::known("arn")) => return,
        _ => {
            let message = format!("{} is neither an ARN nor \"*\"", pattern.text);
            faults.add(Check::MalformedArn, span, message).coded("INVALID_ARN_PREFIX");
            return;
        }
    }
    if arn.count < 6 {
        let message = format!(
            "{} has {} of the six fields of an ARN, arn:partition:service:region:account:resource",
            pattern.text, arn.count
        );
        let fault = faults.add(Check::MalformedArn, span, message).coded("MISSING_ARN_FIELD");
        if arn.ends_open {
            fault.weigh(Weight::Trifle).likely();
        }
        return;
    }
    if let Some(partition) = arn.partition.literal().filter(|partition| !is_partition(partition)) {
        let message = format!("there is no partition {partition:?}");
        faults.add(Check::MalformedArn, span, message).coded("INVALID_PARTITION");
        return;
    }
    if let Some(region) = arn.region.literal().filter(|region| !region.is_empty() && !is_region(region)) {
        let message = format!("there is no region {region:?}");
        faults.add(Check::MalformedArn, span, message).coded("INVALID_ARN_REGION");
        return;
    }
    let is_odd =
        |account: &String| !account.is_empty() && !is_account(account) && !ACCOUNTS_OF_AWS.contains(&account.as_str());
    if let Some(account) = arn.account.literal().filter(is_odd) {
        let message = format!("{account:?} is no account: an account's number has 12 digits");
        faults.add(Check::MalformedArn, span, message).coded("INVALID_ARN_ACCOUNT");
        return;
    }
    if let Some(service) = arn.service.literal() {
        of_service(pattern, &arn, &service, subject, faults);
    }
}

/// The ARN against the types of resources that its service has.
fn of_service(pattern: &Pattern, arn: &Arn, service: &str, subject: &Subject, faults: &mut Faults) {
    let span = pattern.span;
    let types = types_named(service);
    if types.is_empty() {
        if let Some(lower) = Some(service.to_ascii_lowercase()).filter(|lower| lower != service) {
            let message = format!("the service {service:?} of an ARN is written {lower}");
            faults.add(Check::MalformedArn, span, message).coded("INVALID_ARN_SERVICE_CASE");
        } else if catalogue::service(service).is_none() {
            let near = faults.suggest(|| nearest(service, catalogue::services().map(|service| service.prefix)));
            let message = match near {
                Some(near) => format!("there is no service {service:?}; {near} is near"),
                None => format!("the service {service:?} is not in the list of {}", catalogue::date()),
            };
            let fault = faults.add(Check::MalformedArn, span, message).coded("INVALID_SERVICE").likely();
            if near.is_none() {
                fault.weigh(Weight::Trifle);
            }
        }
        return;
    }
    if subject.service.is_some_and(|only| only != service && !types.iter().any(|kind| kind.service().prefix == only)) {
        let only = subject.service.unwrap_or_default();
        let message = format!("this policy is on a resource of {only}, and {} is of {service}", pattern.text);
        let fault = faults.add(Check::ResourceNeverMatches, span, message).likely();
        fault.coded("UNSUPPORTED_RESOURCE_ARN_IN_POLICY");
        return;
    }
    // The type that comes nearest tells what is wrong.
    let Some(misfit) = types
        .iter()
        .map(|kind| arn.misfit(kind))
        .try_fold(None, |worst, misfit| match misfit {
            None => Err(()),
            some => Ok(some.max(worst)),
        })
        .ok()
        .flatten()
    else {
        return;
    };
    let (check, code, message) = match misfit {
        Misfit::Region if arn.region.is_empty() => (
            Check::MalformedArn,
            "MISSING_ARN_REGION",
            format!("{} names no region, and such a resource has one", pattern.text),
        ),
        Misfit::Region => (
            Check::MalformedArn,
            "ARN_REGION_NOT_ALLOWED",
            format!("{} names a region, and such a resource has none", pattern.text),
        ),
        Misfit::Account if arn.account.is_empty() => (
            Check::MalformedArn,
            "MISSING_ARN_ACCOUNT",
            format!("{} names no account, and such a resource has one", pattern.text),
        ),
        Misfit::Account => (
            Check::MalformedArn,
            "ARN_ACCOUNT_NOT_ALLOWED",
            format!("{} names an account, and such a resource has none", pattern.text),
        ),
        Misfit::Resource | Misfit::Service => return unknown_kind(pattern, arn, service, &types, faults),
    };
    let fault = faults.add(check, span, message).coded(code).likely();
    // Resources that AWS itself offers have no account: arn:aws:ssm:*::parameter/aws/…
    if misfit == Misfit::Account && !ALWAYS_OF_AN_ACCOUNT.contains(&service) {
        fault.weigh(Weight::Trifle);
    }
}

/// An ARN of a type that the service does not have: one that is misspelled, or one that the list has not either.
fn unknown_kind(pattern: &Pattern, arn: &Arn, service: &str, types: &[ResourceType], faults: &mut Faults) {
    let kinds = types.iter().flat_map(ResourceType::arns).filter_map(|arn| {
        let resource = arn.splitn(6, ':').nth(5)?;
        resource.split(['/', ':']).next().filter(|word| !word.is_empty() && !word.contains("${"))
    });
    let own = arn.kind();
    let near = own.as_deref().and_then(|own| nearest(own, kinds)).filter(|near| own.as_deref() != Some(*near));
    let date = catalogue::date();
    let message = match near {
        Some(near) => format!("{} is the ARN of no resource of {service}; {near} is near", pattern.text),
        None => format!("{} is the ARN of no type of resources of {service} in the list of {date}", pattern.text),
    };
    let fault = faults.add(Check::ResourceNeverMatches, pattern.span, message).coded("INVALID_ARN_RESOURCE").likely();
    if near.is_none() {
        fault.weigh(Weight::Trifle);
    }
}

/// The types of resources whose ARNs name this service: those of the service with this prefix, and, where none of them
/// does, those of all services.
fn types_named(service: &str) -> Vec<ResourceType> {
    let names = |kind: &ResourceType| kind.arns().any(|arn| arn.split(':').nth(2) == Some(service));
    let own: Vec<ResourceType> =
        catalogue::service(service).into_iter().flat_map(catalogue::Service::resource_types).filter(names).collect();
    if !own.is_empty() {
        return own;
    }
    catalogue::services().flat_map(catalogue::Service::resource_types).filter(names).collect()
}

/// Actions that can be about none of the resources.
fn reach(statement: &Statement, resources: &Patterns, subject: &Subject, faults: &mut Faults) {
    let Some(actions) = statement.actions.as_ref().filter(|actions| !actions.negated) else { return };
    let Some(first) = resources.items.first() else { return };
    if resources.items.iter().any(|pattern| may_be_any(&pattern.glob)) {
        return;
    }
    let arns: Vec<Arn> = resources.items.iter().map(|pattern| Arn::new(&pattern.glob)).collect();
    let mut dead = Vec::new();
    let mut living = actions.incomplete;
    let mut left = MAX_COMPARISONS;
    for pattern in &actions.items {
        // Actions that the resource is not asked for at all are told as that.
        let known = ActionPattern::of(pattern)
            .filter(|known| subject.service.is_none_or(|service| service == known.service.prefix));
        let why = known.and_then(|known| why_dead(pattern, &known, &arns, &mut left));
        match why {
            Some(why) => dead.push((pattern, why)),
            None => living = true,
        }
    }
    let consequence = if statement.effect == Effect::Deny { "denied" } else { "allowed" };
    let weight = if statement.effect == Effect::Deny { Weight::Worse } else { Weight::Usual };
    // Where nothing is left the resource is at fault, and it is one fault.
    if let (false, [(one, why), _, ..]) = (living, dead.as_slice()) {
        let message = format!(
            "none of the statement's actions is about these resources, so that nothing is {consequence}: {} {why}",
            one.text
        );
        faults.add(Check::ResourceNeverMatches, first.span, message).weigh(weight).likely();
        return;
    }
    for (pattern, why) in dead {
        let possible = faults.suppose(pattern.possible);
        let message = format!("{} {why}, so that it is not {consequence}", pattern.text);
        faults.add(Check::ResourceNeverMatches, pattern.span, message).weigh(weight).likely();
        faults.possible = possible;
    }
}

/// Why no action that a pattern matches can be about one of the resources; none if one can.
fn why_dead(pattern: &Pattern, known: &ActionPattern, arns: &[Arn], left: &mut usize) -> Option<String> {
    let mut count = 0;
    let mut first = None;
    for action in known.actions() {
        *left = left.checked_sub(arns.len())?;
        if may_be_about(&action, arns) {
            return None;
        }
        first = first.or(Some(action));
        count += 1;
    }
    let first = first?;
    Some(if count > 1 {
        "matches no action about one of the resources".to_owned()
    } else if first.is_wildcard_only() {
        "is about no resource and asks for \"*\"".to_owned()
    } else if pattern.glob.has_wildcard() {
        format!("is {} and about {}, which none of the resources is", first.name, kinds_of(&first))
    } else {
        format!("is about {}, which none of the resources is", kinds_of(&first))
    })
}

/// Whether a pattern may match what is about no resource, as far as is known.
fn may_be_any(glob: &Glob) -> bool {
    match glob.tokens().first() {
        Some(Token::Hole(symbol)) => !is_name(symbol),
        Some(Token::Char(_)) => false,
        _ => true,
    }
}

fn may_be_about(action: &Action, arns: &[Arn]) -> bool {
    if action.is_wildcard_only() {
        // Some services ask about "all there is" of a type: arn:aws:s3:::*, arn:aws:logs:*:*:log-group:*.
        return arns.iter().any(|arn| arn.count == 6 && arn.may_be_all_of_a_type());
    }
    let types: Vec<ResourceType> = action.resources().filter_map(|resource| resource.resource_type()).collect();
    types.is_empty() || arns.iter().any(|arn| types.iter().any(|kind| arn.misfit(kind).is_none()))
}

/// The types of resources that an action is about, to read.
fn kinds_of(action: &Action) -> String {
    /// More than these nobody reads.
    const SHOWN: usize = 3;
    let names: FxHashSet<&str> = action.resources().map(|resource| resource.name).collect();
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_unstable();
    let more = names.len() > SHOWN;
    names.truncate(SHOWN);
    let list = names.join(" or ");
    if more { format!("{list} and the like") } else { list }
}
