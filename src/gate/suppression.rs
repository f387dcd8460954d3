//! Which findings the code itself asks to pass over.
//!
//! A comment that stands at a line (at its end, or directly above it) where one of the named rules finds
//! something covers what that rule finds at this line, and nothing else. A comment directly above or at the
//! first line of a resource's block, or anywhere else inside the block, covers what the named rules find in
//! the whole block: every finding whose resource the block declares, or whose text stands in it. The `Metadata`
//! of a CloudFormation resource covers that resource's block.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::finding::{Confidence, Finding, Level, Metadata, Severity, Undecided};
use crate::model::{Framework, Resource, Root};
use crate::source::{
    Directive, EVERY_RULE, FileId, PeerComment, PeerScope, Sources, Span, peer_comments, suppression_comments,
};
use crate::value::{Kind, Map, Text, Value};

use super::{Date, Selection, peers};

/// The notice about a suppression that does nothing.
pub const SUPPRESSION_UNUSED: Metadata = Metadata {
    id: "suppression-unused",
    title: "A suppression has no effect",
    group: "policy-hygiene",
    severity: Severity::Info,
    level: Level::Pedantic,
    frameworks: &[Framework::Terraform, Framework::CloudFormation],
    aliases: &[],
    controls: &[],
    documentation: "\
## What it does

Looks for `baselint: ignore[…]` comments, and `baselint` entries in the `Metadata` of CloudFormation resources, \
that suppress nothing: the named rule finds nothing there, there is no such rule, the last day has passed, or the \
comment is not written as it must be.

## Why is this bad?

Whoever reads the code believes that a fault is known and accepted where there is none, and the comment lies in \
wait to hide the next one.

## Example

```terraform
# baselint: ignore[iam-policy-full-admin] reason=\"only for the migration\"
resource \"aws_iam_policy\" \"reader\" {
  name   = \"reader\"
  policy = jsonencode({ Version = \"2012-10-17\", Statement = [] })
}
```

## Use instead

Remove the comment, or put it where the finding is: at the end of its line, on the line above, or inside the block \
of the resource.

```terraform
resource \"aws_iam_policy\" \"reader\" {
  name   = \"reader\"
  policy = jsonencode({ Version = \"2012-10-17\", Statement = [] })
}
```
",
};

/// The suppressions of one run.
pub(super) struct Suppressions {
    all: Vec<Suppression>,
    by_line: FxHashMap<(FileId, u32), Vec<usize>>,
    by_block: FxHashMap<Span, Vec<usize>>,
    by_file: FxHashMap<FileId, Vec<usize>>,
    blocks: Blocks,
}

struct Suppression {
    /// Whether it is meant for another scanner: what it does not do is not our business.
    of_peer: bool,
    span: Span,
    /// The block whose findings it covers.
    block: Option<Span>,
    names: Vec<Name>,
    reason: Option<String>,
    /// Why it holds for nothing.
    invalid: Option<String>,
}

struct Name {
    text: String,
    used: bool,
    /// Covers a line, so not the block.
    at_line: bool,
}

impl Name {
    fn is_of(&self, rule: &Metadata) -> bool {
        self.text == EVERY_RULE || rule.is_named(&self.text)
    }
}

/// What a suppression may cover.
#[derive(Clone, Copy)]
struct Target {
    rule: &'static Metadata,
    span: Span,
    block: Option<Span>,
}

impl From<&Finding> for Target {
    fn from(finding: &Finding) -> Self {
        Self { rule: finding.rule, span: finding.span, block: Some(finding.block) }
    }
}

impl From<&Undecided> for Target {
    fn from(undecided: &Undecided) -> Self {
        Self { rule: undecided.rule, span: undecided.span, block: None }
    }
}

impl Suppressions {
    /// Those that stand in the files and in the resources' metadata.
    pub(super) fn collect(sources: &Sources, roots: &[Root], findings: &[Finding], today: Date) -> Self {
        let mut found = Vec::new();
        for file in sources.all() {
            for comment in suppression_comments(&file) {
                found.push((comment.span, comment.line, None, comment.directive));
            }
        }
        let mut metadata: Vec<_> = roots.iter().flat_map(|root| &root.resources).flat_map(in_metadata).collect();
        // A template that two stacks nest is there twice.
        metadata.sort_by_key(|entry| (entry.0, entry.2));
        metadata.dedup_by_key(|entry| (entry.0, entry.2));
        found.extend(metadata);

        let mut of_peers: Vec<(PeerComment, Option<Span>)> =
            sources.all().iter().flat_map(|file| peer_comments(file)).map(|comment| (comment, None)).collect();
        of_peers.extend(roots.iter().flat_map(|root| &root.resources).flat_map(peers::in_metadata));

        let ours = found.iter().map(|(span, ..)| span.file);
        let files: FxHashSet<FileId> = ours.chain(of_peers.iter().map(|(comment, _)| comment.span.file)).collect();
        let blocks =
            if files.is_empty() { Blocks::default() } else { Blocks::collect(sources, roots, findings, &files) };
        let mut suppressions = Self {
            all: Vec::with_capacity(found.len()),
            by_line: FxHashMap::default(),
            by_block: FxHashMap::default(),
            by_file: FxHashMap::default(),
            blocks,
        };
        for (span, line, block, directive) in found {
            suppressions.add(span, line, block, directive, today);
        }
        for (comment, block) in of_peers {
            suppressions.add_of_peer(comment, block, today);
        }
        suppressions
    }

    fn add(
        &mut self,
        span: Span,
        line: Option<u32>,
        block: Option<Span>,
        directive: Result<Directive, String>,
        today: Date,
    ) {
        let index = self.all.len();
        let heads = line.and_then(|line| self.blocks.starting_at(span.file, line));
        let block = block.or(heads).or_else(|| self.blocks.around(span));
        let line = line.filter(|_| heads.is_none());
        let (directive, mut invalid) = match directive {
            Ok(directive) => (directive, None),
            Err(message) => (Directive::default(), Some(format!("this has no effect: {message}"))),
        };
        if let Some(until) = &directive.until {
            match until.parse::<Date>() {
                Ok(until) if today > until => invalid = Some(format!("this suppression ended on {until}")),
                Ok(_) => {}
                Err(message) => invalid = Some(format!("this has no effect: {message}")),
            }
        }
        if invalid.is_none() {
            if let Some(line) = line {
                self.by_line.entry((span.file, line)).or_default().push(index);
            }
            if let Some(block) = block {
                self.by_block.entry(block).or_default().push(index);
            }
        }
        let names = directive.ids.into_iter().map(|text| Name { text, used: false, at_line: false }).collect();
        self.all.push(Suppression { of_peer: false, span, block, names, reason: directive.reason, invalid });
    }

    /// One for another scanner, with the block that it stands in the metadata of, if it does.
    fn add_of_peer(&mut self, comment: PeerComment, block: Option<Span>, today: Date) {
        let PeerComment { span, scope, ids, reason, until } = comment;
        let is_over = until.is_some_and(|until| until.parse::<Date>().map_or(true, |until| today > until));
        if is_over {
            return;
        }
        let index = self.all.len();
        let heads = |line: u32| self.blocks.starting_at(span.file, line);
        let around = block.or_else(|| self.blocks.around(span));
        let (line, block) = match scope {
            PeerScope::Block => (None, around),
            PeerScope::LineOrBlock(line) => match heads(line) {
                Some(block) => (None, Some(block)),
                None => (Some(line), around),
            },
            PeerScope::Line(line) => match heads(line) {
                Some(block) => (None, Some(block)),
                None => (Some(line), None),
            },
            PeerScope::File => {
                self.by_file.entry(span.file).or_default().push(index);
                (None, None)
            }
        };
        if let Some(line) = line {
            self.by_line.entry((span.file, line)).or_default().push(index);
        }
        if let Some(block) = block {
            self.by_block.entry(block).or_default().push(index);
        }
        let names = ids.into_iter().map(|text| Name { text, used: false, at_line: false }).collect();
        self.all.push(Suppression { of_peer: true, span, block, names, reason, invalid: None });
    }

    /// For each finding, and each undecided question, the suppression that covers it, with its reason.
    pub(super) fn apply(
        &mut self,
        sources: &Sources,
        findings: &[Finding],
        undecided: &[Undecided],
    ) -> (Vec<Option<Suppressed>>, Vec<bool>) {
        if self.all.is_empty() {
            return (vec![None; findings.len()], vec![false; undecided.len()]);
        }
        let targets: Vec<Target> =
            findings.iter().map(Target::from).chain(undecided.iter().map(Target::from)).collect();
        // Lines first, for all targets: a name that covers a line does not cover the block around it.
        let mut covered: Vec<Option<usize>> = targets.iter().map(|target| self.at_line(sources, *target)).collect();
        for (target, by) in targets.iter().zip(&mut covered) {
            if by.is_none() {
                *by = self.in_block(*target).or_else(|| self.in_file(*target));
            }
        }
        let reason_of = |by: &Option<usize>| {
            let suppression = by.and_then(|index| self.all.get(index))?;
            Some(Suppressed { reason: suppression.reason.clone() })
        };
        let questions = covered.split_off(findings.len());
        (covered.iter().map(reason_of).collect(), questions.iter().map(Option::is_some).collect())
    }

    fn at_line(&mut self, sources: &Sources, target: Target) -> Option<usize> {
        if self.by_line.is_empty() {
            return None;
        }
        let line = sources.get(target.span.file)?.position(target.span.start).line;
        let mut by = None;
        for &index in self.by_line.get(&(target.span.file, line))? {
            let Some(suppression) = self.all.get_mut(index) else { continue };
            for name in suppression.names.iter_mut().filter(|name| name.is_of(target.rule)) {
                (name.used, name.at_line) = (true, true);
                by = by.or(Some(index));
            }
        }
        by
    }

    fn in_block(&mut self, target: Target) -> Option<usize> {
        let around = self.blocks.around(target.span).filter(|&around| Some(around) != target.block);
        let mut by = None;
        for block in target.block.into_iter().chain(around) {
            for &index in self.by_block.get(&block).map_or(&[][..], Vec::as_slice) {
                let Some(suppression) = self.all.get_mut(index) else { continue };
                let names = suppression.names.iter_mut();
                for name in names.filter(|name| !name.at_line && name.is_of(target.rule)) {
                    name.used = true;
                    by = by.or(Some(index));
                }
            }
        }
        by
    }

    fn in_file(&self, target: Target) -> Option<usize> {
        let of_file = self.by_file.get(&target.span.file)?;
        let names = |index: &&usize| {
            self.all.get(**index).is_some_and(|own| own.names.iter().any(|name| name.is_of(target.rule)))
        };
        of_file.iter().find(names).copied()
    }

    /// What is to be said about those that suppress nothing. `known` are all rules there are.
    pub(super) fn notices(
        &self,
        sources: &Sources,
        known: &[&'static Metadata],
        selection: &Selection,
    ) -> Vec<Finding> {
        let say = |suppression: &Suppression| {
            if suppression.of_peer {
                return None;
            }
            if suppression.invalid.is_some() {
                return suppression.invalid.clone();
            }
            let unused = suppression.names.iter().filter(|name| !name.used).filter_map(|name| {
                let mut rules = known.iter().filter(|rule| rule.is_named(&name.text)).peekable();
                if rules.peek().is_none() {
                    return Some(format!("there is no rule {}", name.text));
                }
                // Of a rule that was not asked, nobody knows.
                rules.any(|rule| selection.includes(rule)).then(|| format!("{} finds nothing here", name.text))
            });
            let unused: Vec<String> = unused.collect();
            let part = if unused.len() < suppression.names.len() { "in part " } else { "" };
            (!unused.is_empty()).then(|| format!("this has {part}no effect: {}", unused.join(", ")))
        };
        let notices =
            self.all.iter().filter_map(|suppression| Some(self.notice(sources, suppression, say(suppression)?)));
        notices.collect()
    }

    fn notice(&self, sources: &Sources, suppression: &Suppression, message: String) -> Finding {
        let owner = suppression.block.and_then(|block| self.blocks.owners.get(&block));
        let (resource, resource_type, framework) = owner.cloned().unwrap_or_else(|| {
            let path = sources.get(suppression.span.file);
            let path = path.as_ref().map_or("", |file| file.shown_path());
            let terraform = [".tf", ".tofu", ".tf.json", ".tofu.json"].iter().any(|suffix| path.ends_with(suffix));
            (Arc::from(""), Arc::from(""), if terraform { Framework::Terraform } else { Framework::CloudFormation })
        });
        Finding {
            rule: &SUPPRESSION_UNUSED,
            severity: SUPPRESSION_UNUSED.severity,
            confidence: Confidence::Certain,
            level: SUPPRESSION_UNUSED.level,
            message,
            resource,
            resource_type,
            framework,
            span: suppression.span,
            block: suppression.block.unwrap_or(suppression.span),
            related: Vec::new(),
        }
    }
}

/// That a finding is suppressed, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suppressed {
    /// The reason that the code gives.
    pub reason: Option<String>,
}

type Found = (Span, Option<u32>, Option<Span>, Result<Directive, String>);

/// `Metadata: {baselint: {ignore: [id, {id, reason, until}]}}`.
fn in_metadata(resource: &Resource) -> Vec<Found> {
    let Some(ours) = resource.metadata.as_ref().and_then(|metadata| metadata.get("baselint")) else {
        return Vec::new();
    };
    let ignore = ours.get("ignore").unwrap_or(ours);
    let entries = match &ignore.kind {
        Kind::List(list) => list.items(),
        _ => std::slice::from_ref(ignore),
    };
    let read = |entry: &Value| {
        let span = entry.origin.or(ours.origin).unwrap_or(resource.span);
        // What is written beside `ignore`, or in its place, asks for nothing that there is.
        let is_alone = ours.as_map().is_some_and(|map| map.len() == 1 && map.get("ignore").is_some());
        let directive = if is_alone { entry_of_metadata(entry) } else { Err(METADATA_FORM.to_owned()) };
        (span, None, Some(resource.block), directive)
    };
    entries.iter().map(read).collect()
}

const METADATA_FORM: &str = "write `baselint: {ignore: [{id: rule-id, reason: …, until: YYYY-MM-DD}]}`";

/// A rule's id, or an object of `id`, `reason` and `until`.
fn entry_of_metadata(entry: &Value) -> Result<Directive, String> {
    let of = |id: &str, reason, until| Directive { ids: vec![id.trim().to_owned()], reason, until };
    if let Some(id) = entry.as_str().filter(|id| !id.trim().is_empty()) {
        return Ok(of(id, None, None));
    }
    let written = entry.as_map().map(Map::entries).unwrap_or_default();
    // A misspelt `until` must not make the entry hold for ever.
    let known = ["id", "reason", "until"];
    if let Some(other) = written.iter().find(|entry| !entry.key.as_str().is_some_and(|key| known.contains(&key))) {
        return Err(format!("`{}` is not known; {METADATA_FORM}", other.key));
    }
    let text = |name: &str| match entry.get(name) {
        None => Ok(None),
        Some(value) => match value.to_text().as_ref().and_then(Text::as_str) {
            Some(text) => Ok(Some(text.trim().to_owned())),
            None => Err(format!("`{name}` is not a text; {METADATA_FORM}")),
        },
    };
    match text("id")?.filter(|id| !id.is_empty()) {
        Some(id) => Ok(of(&id, text("reason")?, text("until")?)),
        None => Err(format!("it names no rule; {METADATA_FORM}")),
    }
}

type Owner = (Arc<str>, Arc<str>, Framework);

/// The blocks that declare resources, in the files where suppressions stand.
#[derive(Default)]
struct Blocks {
    /// In order; blocks of resources do not overlap but for what follows the last line.
    by_file: FxHashMap<FileId, Vec<Span>>,
    by_first_line: FxHashMap<(FileId, u32), Span>,
    owners: FxHashMap<Span, Owner>,
}

impl Blocks {
    fn collect(sources: &Sources, roots: &[Root], findings: &[Finding], files: &FxHashSet<FileId>) -> Self {
        let mut blocks = Self::default();
        let declared =
            roots.iter().flat_map(|root| root.resources.iter().map(move |resource| (root.framework, resource)));
        for (framework, resource) in declared {
            blocks.add(files, resource.block, (resource.address.clone(), resource.kind.clone(), framework));
        }
        for finding in findings {
            blocks.add(
                files,
                finding.block,
                (finding.resource.clone(), finding.resource_type.clone(), finding.framework),
            );
        }
        for &block in blocks.owners.keys() {
            blocks.by_file.entry(block.file).or_default().push(block);
        }
        for (&file, spans) in &mut blocks.by_file {
            spans.sort_unstable();
            let Some(source) = sources.get(file) else { continue };
            for &span in spans.iter() {
                blocks.by_first_line.entry((file, source.position(span.start).line)).or_insert(span);
            }
        }
        blocks
    }

    fn add(&mut self, files: &FxHashSet<FileId>, block: Span, owner: Owner) {
        if !files.contains(&block.file) {
            return;
        }
        match self.owners.get_mut(&block) {
            Some(known) if known.0 <= owner.0 => {}
            Some(known) => *known = owner,
            None => {
                self.owners.insert(block, owner);
            }
        }
    }

    fn starting_at(&self, file: FileId, line: u32) -> Option<Span> {
        self.by_first_line.get(&(file, line)).copied()
    }

    /// The block in which a span stands.
    fn around(&self, span: Span) -> Option<Span> {
        let spans = self.by_file.get(&span.file)?;
        let after = spans.partition_point(|block| block.start <= span.start);
        let block = spans.get(after.checked_sub(1)?).copied()?;
        block.contains(span).then_some(block)
    }
}
