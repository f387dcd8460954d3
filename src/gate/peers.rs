//! What the `Metadata` of CloudFormation's resources ask other scanners to pass over.
//!
//! Sources: the documentation of Checkov ("Suppressing and Skipping Policies"), `cfn_nag` ("Per-Resource Rule
//! Suppression"), AWS `CloudFormation` Guard ("Suppressing rules") and cfn-lint ("Resource level metadata").

use crate::model::Resource;
use crate::source::{PeerComment, PeerScope, Span};
use crate::value::{List, Value};

/// Where a scanner keeps its list, and what it calls the two parts of an entry. Guard and cfn-lint list ids alone.
const LISTS: [(&[&str], &str, &str); 4] = [
    (&["checkov", "skip"], "id", "comment"),
    (&["cfn_nag", "rules_to_suppress"], "id", "reason"),
    (&["guard", "SuppressedRules"], "id", "reason"),
    (&["cfn-lint", "config", "ignore_checks"], "id", "reason"),
];

/// The entries of a resource, each with the block that it covers.
pub(super) fn in_metadata(resource: &Resource) -> Vec<(PeerComment, Option<Span>)> {
    let Some(metadata) = &resource.metadata else { return Vec::new() };
    let lists = LISTS.iter().filter_map(|(path, id, reason)| {
        let list = path.iter().try_fold(metadata, |value, name| value.get(name))?.as_list()?;
        Some((list, *id, *reason))
    });
    let read = |(list, id, reason): (&List, &str, &str)| -> Vec<_> {
        list.iter().filter_map(|entry| Some((comment(resource, entry, id, reason)?, Some(resource.block)))).collect()
    };
    lists.flat_map(read).collect()
}

fn comment(resource: &Resource, entry: &Value, id: &str, reason: &str) -> Option<PeerComment> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let name = entry.as_str().or_else(|| text(id))?;
    Some(PeerComment {
        span: entry.origin.unwrap_or(resource.span),
        scope: PeerScope::Block,
        ids: vec![name.trim().to_owned()],
        reason: text(reason).map(str::to_owned),
        until: None,
    })
}
