//! What a bucket's policy denies, and whom it lets write.

use crate::baseline::Datum;
use crate::iam::{Condition, Document, Glob, OperatorKind, Patterns, PrincipalKind, Statement};
use crate::model::kinds::bucket;
use crate::model::{CarriedDocument, Purpose};
use crate::source::Span;
use crate::value::Symbol;

use super::super::reading::{Reading, Spot};
use super::super::relation::Have;
use super::super::world::{Found, World};
use super::boolean;

/// The service that may write.
const TRAIL_SERVICE: &str = "cloudtrail.amazonaws.com";

/// Keys that tie a service's request to one account, organization or resource.
/// Source: AWS IAM User Guide, "The confused deputy problem".
const SOURCE_KEYS: [&str; 5] =
    ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:principalorgid"];

/// Keys that tell the services of AWS from everybody else.
const SERVICE_KEYS: [&str; 3] =
    ["aws:principalisawsservice", "aws:principalservicename", "aws:principalservicenameslist"];

/// Whether all requests without TLS are denied.
pub(in super::super) fn denies_plain_http<'w>(_: &World<'w>, found: Found<'w>, _: &Datum) -> Reading<'w> {
    let denied = |document: &Document| {
        document.denies().any(|statement| {
            is_certain(statement)
                && is_about_everyone(statement)
                && statement.actions.as_ref().is_some_and(|actions| covers_action(actions, "s3:*"))
                && is_about_objects(statement, found)
                && matches!(&statement.conditions[..], [condition] if is_plain_http(condition))
        })
    };
    read(found, "denies_plain_http", |documents| {
        let holds = documents.iter().any(|carried| denied(&carried.document));
        (boolean(holds), None)
    })
}

/// Who may write objects: `trail`, or who besides.
pub(in super::super) fn writers<'w>(_: &World<'w>, found: Found<'w>, _: &Datum) -> Reading<'w> {
    read(found, "writers", |documents| {
        let statements = || documents.iter().flat_map(|carried| &carried.document.statements);
        let text = |text: &str| Have::Value(Some(Datum::Text(text.to_owned())));
        if let Some(open) = statements().find(|statement| lets_any_trail_write(statement)) {
            return (text("any trail of any account"), open.span);
        }
        let kept_out = statements().any(|statement| keeps_out(statement, "s3:PutObject", found));
        (text(if kept_out { "trail" } else { "everyone whom an IAM policy lets" }), None)
    })
}

/// Whether nobody but AWS's services deletes objects or their versions.
pub(in super::super) fn denies_deletion<'w>(_: &World<'w>, found: Found<'w>, _: &Datum) -> Reading<'w> {
    read(found, "denies_deletion", |documents| {
        let statements = || documents.iter().flat_map(|carried| &carried.document.statements);
        let denied = |action: &str| statements().any(|statement| keeps_out(statement, action, found));
        (boolean(denied("s3:DeleteObject") && denied("s3:DeleteObjectVersion")), None)
    })
}

/// Who beside AWS's services is let write or delete by the policies that a resource carries: whom a Deny for everybody
/// else would stop.
pub(in super::super) fn other_writers(carrier: Found<'_>) -> Vec<String> {
    let touches = |actions: &Patterns| {
        ["s3:putobject", "s3:deleteobject", "s3:deleteobjectversion"].iter().any(|action| {
            let action = Glob::known(action);
            !actions.negated && actions.items.iter().any(|pattern| pattern.glob.may_intersect(&action))
        })
    };
    let lets = |statement: &&Statement| {
        statement.effect == crate::iam::Effect::Allow && statement.actions.as_ref().is_some_and(touches)
    };
    let mut writers: Vec<String> = Vec::new();
    for statement in carrier.statements().into_iter().filter(lets) {
        for principal in statement.principals.iter().flat_map(|principals| &principals.items) {
            let text = principal.text.to_string();
            if principal.kind != PrincipalKind::Service && !writers.contains(&text) {
                writers.push(text);
            }
        }
    }
    writers
}

/// Whether a statement denies an action on every object to everyone but AWS's services.
fn keeps_out(statement: &Statement, action: &str, found: Found<'_>) -> bool {
    statement.effect == crate::iam::Effect::Deny
        && is_certain(statement)
        && is_about_everyone(statement)
        && statement.actions.as_ref().is_some_and(|actions| covers_action(actions, action))
        && is_about_objects(statement, found)
        && statement.conditions.iter().all(excepts_services)
}

/// Reads the bucket's policies. Without any, the policy is what there is not.
fn read<'w>(
    found: Found<'w>,
    attribute: &str,
    judge: impl Fn(&[&CarriedDocument<'w>]) -> (Have, Option<Span>),
) -> Reading<'w> {
    let carriers = found.companions(&bucket::POLICY);
    let is_of_bucket = |carried: &&CarriedDocument<'w>| {
        carried.purpose == Purpose::Resource
            && (carried.carrier.address == found.resource.address
                || carriers.iter().any(|carrier| carrier.resource.address == carried.carrier.address))
    };
    let documents: Vec<&CarriedDocument<'w>> = found.account.documents().filter(is_of_bucket).collect();
    let carrier = documents.first().map(|carried| carried.carrier);
    let (have, span) = match (documents.is_empty(), carriers.first()) {
        (true, Some(policy)) => {
            let why = format!("what the policy {} says is known only after deployment", policy.resource.address);
            (Have::Unknown(why), Some(policy.resource.span))
        }
        _ => judge(&documents),
    };
    let opaque = documents.iter().flat_map(|carried| &carried.document.opaque).next();
    let have = match (have, opaque) {
        (Have::Value(Some(Datum::Boolean(false))), Some(opaque)) => Have::Unknown(opaque.why.clone()),
        (have, _) => have,
    };
    let named = carrier.or(carriers.first().map(|carrier| carrier.resource)).unwrap_or(found.resource);
    let is_absent = documents.is_empty() && carriers.is_empty();
    Reading {
        found: found.beside(named),
        attribute: attribute.to_owned(),
        have,
        span: span.or(documents.first().map(|carried| carried.span)).unwrap_or(named.span),
        spot: if is_absent { Spot::Companion { kind: &bucket::POLICY } } else { Spot::Reasoned },
    }
}

fn is_certain(statement: &Statement) -> bool {
    !statement.possible && statement.conditions.iter().all(|condition| !condition.possible && !condition.incomplete)
}

fn is_about_everyone(statement: &Statement) -> bool {
    let everyone = |principals: &crate::iam::Principals| {
        !principals.negated && principals.items.iter().any(|principal| principal.is_everyone() && !principal.possible)
    };
    statement.principals.as_ref().is_some_and(everyone)
}

fn covers_action(actions: &Patterns, action: &str) -> bool {
    let action = Glob::known(&action.to_lowercase());
    if actions.negated {
        return !actions.incomplete && !actions.items.iter().any(|pattern| pattern.glob.may_intersect(&action));
    }
    actions.items.iter().any(|pattern| !pattern.possible && pattern.glob.includes(&action))
}

/// Whether all objects of the bucket are meant.
fn is_about_objects(statement: &Statement, bucket: Found<'_>) -> bool {
    let of_another = |symbol: &Symbol| {
        let named = symbol.reference().and_then(|reference| bucket.account.at(&reference.address));
        named.is_some_and(|named| bucket::BUCKET.is(named) && named.address != bucket.resource.address)
    };
    statement.resources.as_ref().is_some_and(|resources| {
        !resources.negated
            && resources.items.iter().any(|pattern| {
                let text = pattern.text.literal_content();
                let is_own = !pattern.text.symbols().any(|(_, symbol)| of_another(symbol));
                let is_all = text == "*" || (text.ends_with("/*") && text.matches('/').count() == 1);
                !pattern.possible && is_own && is_all
            })
    })
}

fn is_plain_http(condition: &Condition) -> bool {
    let about = condition.has_key("aws:securetransport") && condition.has_value("false");
    let kind = condition.operator.map(|operator| operator.kind);
    about && matches!(kind, Some(OperatorKind::Bool | OperatorKind::StringEquals | OperatorKind::StringLike))
}

/// Whether a condition of a Deny leaves out the services of AWS.
fn excepts_services(condition: &Condition) -> bool {
    condition.key_name().is_some_and(|key| SERVICE_KEYS.contains(&key.as_str()))
}

/// Whether the service may write, for whomever.
fn lets_any_trail_write(statement: &Statement) -> bool {
    let is_trail = statement.principals.as_ref().is_some_and(|principals| {
        principals
            .items
            .iter()
            .any(|principal| principal.kind == PrincipalKind::Service && principal.text.as_str() == Some(TRAIL_SERVICE))
    });
    statement.effect == crate::iam::Effect::Allow
        && is_trail
        && statement.actions.as_ref().is_some_and(|actions| covers_action(actions, "s3:PutObject"))
        && !statement
            .conditions
            .iter()
            .any(|condition| condition.key_name().is_some_and(|key| SOURCE_KEYS.contains(&key.as_str())))
}
