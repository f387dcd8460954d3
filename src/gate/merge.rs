//! One fault, one finding: the same place seen through several resources is told once.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::finding::{Finding, Related};
use crate::model::Framework;
use crate::source::{Sources, Span};

/// Joins findings of one rule at one place. The one whose resource has the first address stands, a managed
/// resource before a data source; the others are named in its `related`. The highest severity and confidence
/// are kept. The order of the result does not depend on the order given.
pub(super) fn merge(sources: &Sources, findings: Vec<Finding>) -> Vec<Finding> {
    let mut groups: FxHashMap<(&'static str, Span), Vec<Finding>> = FxHashMap::default();
    for finding in findings {
        groups.entry((finding.rule.id, finding.span)).or_default().push(finding);
    }
    groups.into_values().filter_map(|group| join(sources, group)).collect()
}

fn join(sources: &Sources, mut group: Vec<Finding>) -> Option<Finding> {
    group.sort_by(|a, b| {
        let by_weight = b.severity.cmp(&a.severity);
        rank(a)
            .cmp(&rank(b))
            .then(by_weight)
            .then_with(|| a.message.cmp(&b.message))
            .then_with(|| a.related.cmp(&b.related))
    });
    let mut rest = group.into_iter();
    let mut first = rest.next()?;
    let mut seen: FxHashSet<Related> = first.related.iter().cloned().collect();
    let mut last_address = first.resource.clone();
    let mut also = Vec::new();
    for other in rest {
        first.severity = first.severity.max(other.severity);
        first.confidence = first.confidence.max(other.confidence);
        if other.resource != last_address {
            last_address = other.resource.clone();
            let message = format!("also seen from {}", other.resource);
            also.push(Related { message, span: Some(first_line(sources, other.block)) });
        }
        first.related.extend(other.related.into_iter().filter(|related| seen.insert(related.clone())));
    }
    first.related.extend(also);
    Some(first)
}

fn rank(finding: &Finding) -> (bool, &str, Framework, Span) {
    let address = &*finding.resource;
    let is_data = address.starts_with("data.") || address.contains(".data.");
    (is_data, address, finding.framework, finding.block)
}

/// The part of a span that stands on its first line.
pub(super) fn first_line(sources: &Sources, span: Span) -> Span {
    let file = sources.get(span.file);
    let length = file.as_ref().and_then(|file| file.slice(span).lines().next()).map_or(0, str::len);
    Span::new(span.file, span.start as usize, span.start as usize + length)
}
