//! Access keys anywhere in the text of the files: in what no resource uses, in comments, in files of values.

use std::ops::Range;
use std::sync::Arc;

use memchr::memmem;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::finding::{Confidence, Finding, Level, Metadata, Severity};
use crate::model::{Account, Framework, Resource, Root};
use crate::rules::{BOTH, Findings, Rule};
use crate::source::{FileId, SourceFile, Sources, Span, may_be_secret_key, shaped_secrets};

/// Access key stands in the code.
pub(in crate::rules) static ACCESS_KEY: Rule = Rule {
    metadata: Metadata {
        id: "aws-access-key-literal",
        title: "Access key stands in the code",
        group: "secrets",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("../docs/aws-access-key-literal.md"),
    },
    check: nothing,
};

/// The other half of a key stands next to it: on the same line or a few lines away, as people write the two.
const NEIGHBOURHOOD_BYTES: usize = 400;

/// Keys of one file that are told one by one.
const MAX_KEYS: usize = 50;

/// No resource tells of the text of a file: see [`in_files`].
fn nothing(_: &Account, _: &mut Findings) {}

/// Finds the keys in all files, apart from those that other rules have told of at the same place.
pub(in crate::rules) fn in_files(sources: &Sources, roots: &[Root], findings: &mut Findings) {
    let mut found: Vec<(Span, bool)> = Vec::new();
    for file in sources.all() {
        found.extend(keys(&file).into_iter().map(|(range, is_secret)| (span(&file, &range), is_secret)));
    }
    if found.is_empty() {
        return;
    }
    // Rules that know what a text is for say more.
    let told: FxHashSet<(FileId, u32)> = findings
        .findings
        .iter()
        .filter(|finding| finding.rule.shows_secrets())
        .filter_map(|finding| {
            Some((finding.span.file, sources.get(finding.span.file)?.position(finding.span.start).line))
        })
        .collect();
    let owners = Owners::of(roots);
    for (span, is_secret) in found {
        let Some(file) = sources.get(span.file) else { continue };
        if (0..=2).any(|distance| {
            let line = file.position(span.start).line;
            told.contains(&(span.file, line + distance)) || told.contains(&(span.file, line.saturating_sub(distance)))
        }) {
            continue;
        }
        findings.findings.push(finding(&file, span, is_secret, owners.around(span)));
    }
}

fn finding(file: &SourceFile, span: Span, is_secret: bool, owner: Option<&Resource>) -> Finding {
    let (message, severity) = if is_secret {
        ("an access key of AWS and its secret stand here in clear text", ACCESS_KEY.metadata.severity)
    } else {
        ("the id of an access key of AWS stands here; its secret is not beside it", Severity::Low)
    };
    let is_terraform =
        ["tf", "tofu", "tfvars", "tf.json", "tofu.json"].iter().any(|end| file.shown_path().ends_with(end));
    let framework = if is_terraform { Framework::Terraform } else { Framework::CloudFormation };
    Finding {
        rule: &ACCESS_KEY.metadata,
        severity,
        confidence: Confidence::Certain,
        level: ACCESS_KEY.metadata.level,
        message: message.to_owned(),
        resource: owner.map_or_else(|| Arc::from(""), |owner| owner.address.clone()),
        resource_type: owner.map_or_else(|| Arc::from(""), |owner| owner.kind.clone()),
        framework: owner.map_or(framework, Resource::framework),
        span,
        block: owner.map_or(span, |owner| owner.block),
        related: Vec::new(),
    }
}

fn span(file: &SourceFile, range: &Range<usize>) -> Span {
    Span::new(file.id(), range.start, range.end)
}

/// The ids of keys in a file, each with whether its secret stands beside it.
fn keys(file: &SourceFile) -> Vec<(Range<usize>, bool)> {
    let text = file.text();
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    // Temporary keys begin otherwise, and have expired by the time that somebody reads them.
    for start in memmem::find_iter(bytes, "AKIA") {
        // The character before decides whether it is a word of its own.
        let from = (0..start).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(start);
        let end = around(text, start + 21);
        let window = text.get(from..end).unwrap_or_default();
        let Some(id) = shaped_secrets(window)
            .into_iter()
            .find(|shaped| shaped.is_id && !shaped.is_sample && from + shaped.range.start == start)
        else {
            continue;
        };
        let near = around(text, start.saturating_sub(NEIGHBOURHOOD_BYTES))..around(text, start + NEIGHBOURHOOD_BYTES);
        let is_word = |character: char| character.is_ascii_alphanumeric() || matches!(character, '/' | '+');
        let near = text.get(near).unwrap_or_default();
        let has_secret = near.split(|character| !is_word(character)).any(may_be_secret_key);
        found.push((from + id.range.start..from + id.range.end, has_secret));
        if found.len() >= MAX_KEYS {
            break;
        }
    }
    found
}

/// The next place at or after an offset where a character starts.
fn around(text: &str, offset: usize) -> usize {
    (offset..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// Which resource's block a place is in.
struct Owners<'a>(FxHashMap<FileId, Vec<&'a Resource>>);

impl<'a> Owners<'a> {
    fn of(roots: &'a [Root]) -> Self {
        let mut owners: FxHashMap<FileId, Vec<&Resource>> = FxHashMap::default();
        for resource in roots.iter().flat_map(|root| &root.resources) {
            owners.entry(resource.block.file).or_default().push(resource);
        }
        Self(owners)
    }

    fn around(&self, span: Span) -> Option<&'a Resource> {
        let owners = self.0.get(&span.file)?;
        owners
            .iter()
            .filter(|owner| owner.block.contains(span))
            .min_by_key(|owner| (owner.block.len(), &owner.address))
            .copied()
    }
}
