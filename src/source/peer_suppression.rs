//! Comments by which code asks other scanners to pass something over, as they stand in the text.
//!
//! Each scanner has its own words and its own idea of what a comment covers. Sources: the documentation pages
//! "Suppressing and Skipping Policies" (Checkov), "Ignoring Misconfigurations" and "Filtering" (tfsec, Trivy), "Running
//! KICS: Using commands on scanned files as comments", "In-file instrumentation" (Terrascan), "Ignore files, folders,
//! and code" (Semgrep).

use std::sync::LazyLock;

use regex::Regex;

use super::{SourceFile, Span};

/// More of a comment is not read.
const MAX_COMMENT_BYTES: usize = 2048;

/// Stands for every rule, where a comment names none.
pub const EVERY_RULE: &str = "*";

/// One comment for another scanner.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PeerComment {
    /// From its first word to its end.
    pub span: Span,
    /// What it covers.
    pub scope: PeerScope,
    /// The rules, by that scanner's names; [`EVERY_RULE`] for all.
    pub ids: Vec<String>,
    /// Why, in the author's words.
    pub reason: Option<String>,
    /// The last day on which it holds, as written.
    pub until: Option<String>,
}

/// What a comment for another scanner covers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PeerScope {
    /// The block around it.
    Block,
    /// This line of code; the block too, if the line is the first one of a block, or if nothing is found at the line.
    LineOrBlock(u32),
    /// This line of code only; the block, if it is its first line.
    Line(u32),
    /// The whole file.
    File,
}

static MARKERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("checkov:skip=|bridgecrew:skip=|tfsec:ignore:|trivy:ignore:|kics-scan |ts:skip=|nosemgrep").ok()
});

/// The comments of a file for other scanners, in order. Costs one search where there are none.
pub fn peer_comments(file: &SourceFile) -> Vec<PeerComment> {
    let Some(markers) = MARKERS.as_ref() else { return Vec::new() };
    let text = file.text();
    let read = |found: regex::Match<'_>| {
        let line = file.position(u32::try_from(found.start()).ok()?).line;
        let range = file.line_range(line)?;
        let before = text.get(range.start..found.start())?;
        let code = code_before_comment(before)?;
        let mut end = range.end.min(found.end() + MAX_COMMENT_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let rest = text.get(found.end()..end)?.trim_end().trim_end_matches("*/").trim_end();
        let about = if code.trim().is_empty() { next_code_line(file, line) } else { line };
        let span = Span::new(file.id(), found.start(), found.end() + rest.len());
        parse(found.as_str(), rest, about, span)
    };
    markers.find_iter(text).filter_map(read).collect()
}

/// What stands before the comment on its line, if there is one: a `#`, `//` or `/*` outside of quotation marks.
fn code_before_comment(before: &str) -> Option<&str> {
    let mut in_string = false;
    let mut escaped = false;
    for (at, character) in before.char_indices() {
        let starts = before
            .get(at..)
            .is_some_and(|rest| rest.starts_with('#') || rest.starts_with("//") || rest.starts_with("/*"));
        if starts && !in_string {
            return before.get(..at);
        }
        in_string ^= character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
    }
    None
}

/// Comments that stand one under the other above the same line; more than that is a text.
const MAX_STACK: u32 = 32;

/// The next line that holds more than a comment.
fn next_code_line(file: &SourceFile, line: u32) -> u32 {
    let is_comment = |line: &u32| {
        let text = file.line_range(*line).and_then(|range| file.text().get(range)).unwrap_or("x").trim_start();
        text.starts_with('#') || text.starts_with("//")
    };
    (line + 1..line + MAX_STACK).find(|line| !is_comment(line)).unwrap_or(line + 1)
}

/// Reads what follows a marker; `line` is the line of code that the comment stands at.
fn parse(marker: &str, rest: &str, line: u32, span: Span) -> Option<PeerComment> {
    let (scope, ids, reason, until) = match marker {
        "checkov:skip=" | "bridgecrew:skip=" => {
            let (ids, reason) = rest.split_once(':').map_or((rest, None), |(ids, reason)| (ids, Some(reason)));
            let ids = list(ids.split(',').map(|id| id.split_whitespace().next().unwrap_or_default()));
            (PeerScope::Block, ids, reason.map(str::to_owned), None)
        }
        "ts:skip=" => {
            let (id, reason) =
                rest.split_once(char::is_whitespace).map_or((rest, None), |(id, reason)| (id, Some(reason)));
            (PeerScope::Block, list(std::iter::once(id)), reason.map(str::to_owned), None)
        }
        "tfsec:ignore:" | "trivy:ignore:" => {
            let word = rest.split_whitespace().next().unwrap_or_default();
            // `id[attribute=value]:exp:date:ws:workspace`
            let (id, options) = word.split_once(':').unwrap_or((word, ""));
            let id = id.split('[').next().unwrap_or_default();
            let until = options.split_once("exp:").map(|(_, date)| date.chars().take(10).collect());
            (PeerScope::LineOrBlock(line), list(std::iter::once(id)), None, until)
        }
        "kics-scan " => {
            let command = rest.split_whitespace().next().unwrap_or_default();
            let every = vec![EVERY_RULE.to_owned()];
            match command.split_once('=') {
                Some(("disable", ids)) => (PeerScope::File, list(ids.split(',')), None, None),
                None if command == "ignore-line" => (PeerScope::Line(line), every, None, None),
                None if command == "ignore-block" => (PeerScope::LineOrBlock(line), every, None, None),
                None if command == "ignore" => (PeerScope::File, every, None, None),
                _ => return None,
            }
        }
        _ => {
            let ids = rest.strip_prefix(':').map(|ids| {
                let last = |id: &'_ str| {
                    id.trim()
                        .rsplit('.')
                        .next()
                        .unwrap_or_default()
                        .split_whitespace()
                        .next()
                        .unwrap_or_default()
                        .to_owned()
                };
                ids.split(',').map(last).filter(|id| !id.is_empty()).collect::<Vec<_>>()
            });
            let ids = ids.filter(|ids| !ids.is_empty()).unwrap_or_else(|| vec![EVERY_RULE.to_owned()]);
            (PeerScope::Line(line), ids, None, None)
        }
    };
    let reason = reason.map(|reason: String| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    if ids.is_empty() {
        return None;
    }
    Some(PeerComment { span, scope, ids, reason, until })
}

fn list<'i>(ids: impl Iterator<Item = &'i str>) -> Vec<String> {
    ids.map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    type Told = (PeerScope, Vec<String>, Option<String>, Option<String>);

    fn comments(text: &str) -> Vec<Told> {
        let sources = Sources::new("/".into());
        let file = sources.add_text("/a.tf".into(), text.as_bytes().to_vec()).unwrap();
        let found = peer_comments(&file).into_iter();
        found.map(|comment| (comment.scope, comment.ids, comment.reason, comment.until)).collect()
    }

    fn ids(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn each_scanner_has_its_words() {
        let all = |text: &str| comments(text).remove(0);
        assert_eq!(
            all("a {\n  #checkov:skip=CKV_AWS_40,CKV_AWS_41: for the migration\n}"),
            (PeerScope::Block, ids(&["CKV_AWS_40", "CKV_AWS_41"]), Some("for the migration".into()), None)
        );
        assert_eq!(
            all("#trivy:ignore:AVD-AWS-0057:exp:2026-12-31\na {}"),
            (PeerScope::LineOrBlock(2), ids(&["AVD-AWS-0057"]), None, Some("2026-12-31".into()))
        );
        assert_eq!(
            all("x = 1 # tfsec:ignore:aws-iam-no-policy-wildcards[name=x]"),
            (PeerScope::LineOrBlock(1), ids(&["aws-iam-no-policy-wildcards"]), None, None)
        );
        assert_eq!(all("# kics-scan ignore-line\nx = 1"), (PeerScope::Line(2), ids(&["*"]), None, None));
        assert_eq!(all("# kics-scan disable=a,b\nx = 1"), (PeerScope::File, ids(&["a", "b"]), None, None));
        assert_eq!(
            all("a {\n  #ts:skip=AC_AWS_0049 need to\n}"),
            (PeerScope::Block, ids(&["AC_AWS_0049"]), Some("need to".into()), None)
        );
        assert_eq!(
            all("x = 1 # nosemgrep: terraform.aws.security.aws-iam-admin-policy.aws-iam-admin-policy"),
            (PeerScope::Line(1), ids(&["aws-iam-admin-policy"]), None, None)
        );
    }

    #[test]
    fn several_on_a_line() {
        let found = comments("# tfsec:ignore:a tfsec:ignore:b\nx = 1");
        assert_eq!(found.iter().map(|found| found.1.clone()).collect::<Vec<_>>(), [ids(&["a"]), ids(&["b"])]);
    }

    #[test]
    fn text_is_no_comment() {
        assert_eq!(comments("description = \"# checkov:skip=CKV_AWS_40\""), []);
        assert_eq!(comments("checkov:skip=CKV_AWS_40"), []);
    }
}
