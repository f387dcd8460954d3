//! From what the rules found to what is told: selection, suppressions, one finding for one fault, order,
//! fingerprints, and whether the run fails.
//!
//! Floor 4: knows findings, not formats.

mod fingerprint;
mod merge;
mod peers;
mod selection;
mod suppression;
#[cfg(test)]
mod tests;

pub use crate::source::Date;
pub use selection::Selection;
pub use suppression::{SUPPRESSION_UNUSED, Suppressed};

use rustc_hash::FxHashMap;

use crate::finding::{Finding, Metadata, Severity, Undecided};
use crate::model::Root;
use crate::source::{FileId, Sources, Span};

use fingerprint::Fingerprints;
use suppression::Suppressions;

/// What the caller wants to be told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which rules are asked.
    pub selection: Selection,
    /// Findings below are not told.
    pub severity: Severity,
    /// Findings from here on make the run fail, told or not.
    pub fail_on: Severity,
    /// The day on which suppressions must still hold.
    pub today: Date,
}

/// A finding as it is told.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What was found.
    pub finding: Finding,
    /// Tells it from all others, and stays when lines move.
    pub fingerprint: String,
    /// Set when the code asks to pass it over.
    pub suppressed: Option<Suppressed>,
}

/// What is told.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// The findings, suppressed ones among them, by path, line, column, rule and resource.
    pub findings: Vec<Judged>,
    /// What the code alone does not answer, in the same order.
    pub undecided: Vec<Undecided>,
    /// How many findings that are not suppressed lie below the severity asked for.
    pub below: usize,
    /// Whether a finding that is not suppressed reaches the severity that fails a run.
    pub fails: bool,
}

/// Judges what the rules found in `roots`. `known` are all rules there are, asked or not. The result does not
/// depend on the order of `findings` and `undecided`.
pub fn judge(
    sources: &Sources,
    roots: &[Root],
    mut findings: Vec<Finding>,
    mut undecided: Vec<Undecided>,
    known: &[&'static Metadata],
    settings: &Settings,
) -> Verdict {
    let selection = &settings.selection;
    findings.retain(|finding| selection.includes_finding(finding));
    undecided.retain(|question| selection.includes(question.rule));

    let mut suppressions = Suppressions::collect(sources, roots, &findings, settings.today);
    let (covered, answered) = suppressions.apply(sources, &findings, &undecided);
    let mut answered = answered.into_iter();
    undecided.retain(|_| !answered.next().unwrap_or(false));

    // A place that is suppressed for one resource and not for another stays a finding for the other.
    let mut reasons: FxHashMap<(&'static str, Span), Suppressed> = FxHashMap::default();
    let mut open = Vec::with_capacity(findings.len());
    let mut passed_over = Vec::new();
    for (finding, covered) in findings.into_iter().zip(covered) {
        let Some(suppressed) = covered else {
            open.push(finding);
            continue;
        };
        let known = reasons.entry((finding.rule.id, finding.span)).or_insert_with(|| suppressed.clone());
        if suppressed.reason < known.reason {
            *known = suppressed;
        }
        passed_over.push(finding);
    }
    if selection.includes(&SUPPRESSION_UNUSED) {
        open.extend(suppressions.notices(sources, known, selection));
    }

    let open = merge::merge(sources, open).into_iter().map(|finding| (finding, None));
    let passed_over = merge::merge(sources, passed_over).into_iter().map(|finding| {
        let suppressed = reasons.remove(&(finding.rule.id, finding.span));
        (finding, suppressed.or(Some(Suppressed { reason: None })))
    });
    let mut merged: Vec<_> = open.chain(passed_over).collect();
    let paths = Paths::of(sources);
    merged.sort_by_cached_key(|(finding, suppressed)| {
        (paths.place(finding.span), finding.rule.id, finding.resource.clone(), finding.span.end, suppressed.is_some())
    });

    let mut verdict = Verdict::default();
    let mut fingerprints = Fingerprints::default();
    for (finding, suppressed) in merged {
        // Before the threshold, so that a fingerprint does not depend on what else is shown.
        let fingerprint = fingerprints.of(sources, &finding);
        let open = suppressed.is_none();
        verdict.fails |= open && finding.severity >= settings.fail_on;
        if finding.severity >= settings.severity {
            verdict.findings.push(Judged { finding, fingerprint, suppressed });
        } else {
            verdict.below += usize::from(open);
        }
    }

    let key = |question: &Undecided| {
        (paths.place(question.span), question.rule.id, question.resource.clone(), question.why.clone())
    };
    undecided.sort_by_cached_key(key);
    undecided.dedup_by(|a, b| key(a) == key(b));
    verdict.undecided = undecided;
    verdict
}

/// The order of places: by path, line and column. Within one file, offsets have the order of lines and columns.
struct Paths(FxHashMap<FileId, usize>);

impl Paths {
    fn of(sources: &Sources) -> Self {
        let mut files = sources.all();
        files.sort_by(|a, b| a.shown_path().cmp(b.shown_path()));
        Self(files.iter().enumerate().map(|(rank, file)| (file.id(), rank)).collect())
    }

    fn place(&self, span: Span) -> (usize, u32) {
        (self.0.get(&span.file).copied().unwrap_or(usize::MAX), span.start)
    }
}
