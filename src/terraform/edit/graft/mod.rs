//! Grafting blocks of one configuration, the donor, onto another.

mod donor;
mod reference;
mod rewrite;
mod taken;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use hcl::edit::Span as _;

use super::layout::{aligned, indentation, unindented};
use super::scan::bare;
pub use donor::Donor;
use donor::Node;
use reference::Reference;
use rewrite::{Replacement, Target, rewritten};
pub use taken::{Taken, taken};

/// What is put behind a name that is taken.
const SUFFIX: &str = "baseline";

/// Local values and data sources refer to each other in chains; where one is longer than this, what is at its end is
/// not compared with what the directory has, and declared anew.
const MAX_CHAIN: usize = 64;

/// What is wanted from a donor, for one directory.
#[derive(Debug)]
pub struct GraftRequest<'a> {
    /// Blocks of the donor to bring in, by address: `aws_kms_key.trail`, `data.aws_iam_policy_document.mfa`.
    pub blocks: Vec<String>,
    /// Expressions of the donor: the address of the block and the path of the argument in it.
    pub expressions: Vec<(String, Vec<String>)>,
    /// Nested blocks of blocks of the donor.
    pub nested: Vec<NestedWanted>,
    /// Addresses of the donor that the directory has already, and how they are referred to there:
    /// `aws_s3_bucket.trail` → `aws_s3_bucket.logs[0]`. Also a single attribute: `aws_s3_bucket.trail.arn` → any
    /// expression.
    pub given: BTreeMap<String, String>,
    /// What the directory declares already. Of this, what says the same as in the donor is used again.
    pub taken: &'a Taken,
    /// Expressions to write in place of the donor's variables, by name. A variable without one is declared. One that
    /// the directory declares with the same type and validation is referred to instead, whatever its default.
    pub values: BTreeMap<String, String>,
}

/// A nested block that is wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NestedWanted {
    /// The address of the block that it stands in.
    pub block: String,
    /// The types of the nested blocks on the way, and its own.
    pub path: Vec<String>,
    /// An argument and the string that it is set to, which select one of several.
    pub with: Option<(String, String)>,
}

/// What a donor gives.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Graft {
    /// The blocks that come in with all that they refer to, under the names of the donor's files, in their order.
    pub files: Vec<(String, String)>,
    /// The expressions that were asked for, laid out as at the left margin.
    pub expressions: Vec<String>,
    /// The nested blocks that were asked for, with the comments above them, laid out as at the left margin.
    pub nested: Vec<String>,
    /// The donor's addresses that are called otherwise in the directory.
    pub renamed: BTreeMap<String, String>,
}

/// Why nothing can be grafted.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum GraftError {
    /// A file of the donor is broken.
    #[error("{file}: {message}")]
    Donor {
        /// The file's name.
        file: String,
        /// What the parser says.
        message: String,
    },
    /// The donor has no such block, argument or nested block.
    #[error("the baseline has no {0}")]
    Unknown(String),
    /// An expression has a meaning only in its own block.
    #[error("{0} refers to the block that it stands in")]
    Bound(String),
}

impl Donor {
    /// Brings in what is wanted and all that it refers to, under names that are free.
    ///
    /// # Errors
    /// When something that is wanted is not there.
    pub fn graft(&self, request: &GraftRequest<'_>) -> Result<Graft, GraftError> {
        let mut grafting = Grafting { donor: self, request, targets: BTreeMap::new(), names: BTreeSet::new() };
        let mut wanted: Vec<String> = Vec::new();
        for address in &request.blocks {
            if !self.nodes.contains_key(address) {
                return Err(GraftError::Unknown(address.clone()));
            }
            if matches!(grafting.target(address, 0), Some(Target::Declared(_))) {
                wanted.push(address.clone());
            }
        }
        let mut graft = Graft::default();
        for (address, path) in &request.expressions {
            let unknown = || GraftError::Unknown(format!("{address}.{}", path.join(".")));
            let (node, file, block) = self.block(address).ok_or_else(unknown)?;
            let value = donor::value_at(&block.body, path).and_then(hcl::edit::Span::span).ok_or_else(unknown)?;
            let text = grafting.part(node, &value, &mut wanted)?;
            let columns = indentation(&file.text, value.start).len();
            graft.expressions.push(unindented(&text, columns));
        }
        for nested in &request.nested {
            let unknown = || GraftError::Unknown(format!("{}.{}", nested.block, nested.path.join(".")));
            let (node, file, block) = self.block(&nested.block).ok_or_else(unknown)?;
            let mut found = Vec::new();
            donor::blocks_at(&file.text, block, &nested.path, &mut found);
            let is_selected = |block: &hcl::edit::structure::Block| match &nested.with {
                Some((name, value)) => {
                    block.body.get_attribute(name).and_then(|attribute| attribute.value.as_str()) == Some(value)
                }
                None => true,
            };
            let (block, above) = found.into_iter().find(|(block, _)| is_selected(block)).ok_or_else(unknown)?;
            let place = donor::nested_with_comments(&file.text, block, above);
            let text = grafting.part(node, &place, &mut wanted)?;
            let columns = indentation(&file.text, place.start).len();
            graft.nested.push(aligned(unindented(&text, columns).trim_start().to_owned()));
        }
        let declared = grafting.closure(wanted);
        graft.files = grafting.files(&declared);
        graft.renamed = grafting.renamed();
        Ok(graft)
    }
}

/// A graft in the making.
struct Grafting<'a, 'r> {
    donor: &'a Donor,
    request: &'a GraftRequest<'r>,
    /// What is known of how addresses of the donor are written.
    targets: BTreeMap<String, Target>,
    /// Names that were given.
    names: BTreeSet<String>,
}

impl Grafting<'_, '_> {
    /// How an address of the donor is written. `None` for what the donor does not declare and nobody gave.
    fn target(&mut self, address: &str, depth: usize) -> Option<Target> {
        if let Some(target) = self.targets.get(address) {
            return Some(target.clone());
        }
        if let Some(expression) = self.request.given.get(address) {
            return Some(self.remember(address, Target::Expression(expression.clone())));
        }
        let node = self.donor.nodes.get(address)?;
        // What refers to itself does so by its own name, until there is a better one.
        self.targets.insert(address.to_owned(), Target::Declared(address.to_owned()));
        if let Some(there) = self.same(address, node, depth) {
            return Some(self.remember(address, Target::There(there)));
        }
        if let Some(name) = address.strip_prefix("var.")
            && let Some(value) = self.request.values.get(name)
        {
            return Some(self.remember(address, Target::Expression(value.clone())));
        }
        // Without an alias, the configuration of a provider is the directory's own.
        let is_default_provider = address.starts_with("provider.") && address.matches('.').count() == 1;
        if is_default_provider && self.request.taken.contains(address) {
            return Some(self.remember(address, Target::There(address.to_owned())));
        }
        let name = self.free(address);
        Some(self.remember(address, Target::Declared(name)))
    }

    fn remember(&mut self, address: &str, target: Target) -> Target {
        self.targets.insert(address.to_owned(), target.clone());
        target
    }

    /// The address of something in the directory that says the same.
    fn same(&mut self, address: &str, node: &Node, depth: usize) -> Option<String> {
        if depth >= MAX_CHAIN {
            return None;
        }
        let taken = self.request.taken;
        let prefix = match address.strip_prefix("data.") {
            // The name of a data source tells nothing.
            Some(rest) => format!("data.{}.", rest.split('.').next().unwrap_or_default()),
            None => address.to_owned(),
        };
        let range = prefix.clone()..;
        let mut candidates = taken
            .code
            .range(range)
            .take_while(|(there, _)| there.starts_with(&prefix))
            .filter(|(there, _)| there.starts_with("data.") || *there == address)
            .filter_map(|(there, code)| Some((there, code.as_deref()?)))
            .peekable();
        candidates.peek()?;
        let text = &self.donor.files.get(node.file)?.text;
        if address.starts_with("var.") {
            let own = variable_terms(text.get(node.code.clone())?)?;
            return candidates
                .find(|(_, code)| variable_terms(code).as_ref() == Some(&own))
                .map(|(there, _)| there.clone());
        }
        let replacements = self.replacements(node, &node.code, depth + 1);
        let replacements: Vec<_> = replacements.iter().map(Replaced::as_replacement).collect();
        let own = bare(&rewritten(text, &node.code, &replacements, None));
        candidates.find(|(_, code)| bare(code) == own).map(|(there, _)| there.clone())
    }

    /// A name for an address that neither the directory nor the donor uses.
    fn free(&mut self, address: &str) -> String {
        let mut name = address.to_owned();
        let mut count = 1;
        while self.request.taken.contains(&name)
            || self.names.contains(&name)
            || (name != address && self.donor.nodes.contains_key(&name))
        {
            name = if count == 1 { format!("{address}_{SUFFIX}") } else { format!("{address}_{SUFFIX}_{count}") };
            count += 1;
        }
        self.names.insert(name.clone());
        name
    }

    /// What becomes of the references of a node that stand in a part of it.
    fn replacements<'n>(&mut self, node: &'n Node, part: &Range<usize>, depth: usize) -> Vec<Replaced<'n>> {
        let mut replaced = Vec::new();
        for reference in &node.references {
            if reference.start < part.start || part.end < reference.end {
                continue;
            }
            let length = reference.address_length();
            // An attribute that was given by itself goes before the whole.
            let attribute = reference.address(length + 1).filter(|address| self.request.given.contains_key(address));
            let (address, names) = match (attribute, reference.address(length)) {
                (Some(address), _) => (address, length + 1),
                (None, Some(address)) => (address, length),
                (None, None) => continue,
            };
            if let Some(target) = self.target(&address, depth) {
                replaced.push(Replaced { reference, names, address, target });
            }
        }
        replaced
    }

    /// A part of a block, rewritten; what it refers to is wanted from now on.
    fn part(&mut self, node: &Node, part: &Range<usize>, wanted: &mut Vec<String>) -> Result<String, GraftError> {
        let text = self.donor.files.get(node.file).map(|file| file.text.as_str()).unwrap_or_default();
        let is_bound = |reference: &&Reference| {
            let root = reference.names.first().map(|(name, _)| name.as_str());
            matches!(root, Some("each" | "count" | "self"))
                && part.start <= reference.start
                && reference.end <= part.end
        };
        if let Some(reference) = node.references.iter().find(is_bound) {
            let written = text.get(reference.start..reference.end).unwrap_or_default();
            return Err(GraftError::Bound(written.to_owned()));
        }
        let replaced = self.replacements(node, part, 0);
        wanted
            .extend(replaced.iter().filter(|replaced| replaced.is_declared()).map(|replaced| replaced.address.clone()));
        let replacements: Vec<_> = replaced.iter().map(Replaced::as_replacement).collect();
        Ok(rewritten(text, part, &replacements, None))
    }

    /// All that what is wanted refers to, directly or not.
    fn closure(&mut self, mut wanted: Vec<String>) -> BTreeSet<String> {
        let mut declared = BTreeSet::new();
        while let Some(address) = wanted.pop() {
            let Some(node) = self.donor.nodes.get(&address) else { continue };
            if !declared.insert(address) {
                continue;
            }
            for replaced in self.replacements(node, &node.whole, 0) {
                if replaced.is_declared() {
                    wanted.push(replaced.address);
                }
            }
        }
        declared
    }

    /// The donor's files, with what is declared.
    fn files(&mut self, declared: &BTreeSet<String>) -> Vec<(String, String)> {
        let donor = self.donor;
        let mut nodes: Vec<(&String, &Node)> =
            declared.iter().filter_map(|address| Some((address, donor.nodes.get(address)?))).collect();
        nodes.sort_by_key(|(_, node)| (node.file, node.block, node.whole.start));
        let mut files: Vec<(String, String)> = Vec::new();
        // The file and the block of the local values that are being written.
        let mut locals = None;
        for (address, node) in nodes {
            let Some(file) = donor.files.get(node.file) else { continue };
            if files.last().is_none_or(|(name, _)| *name != file.name) {
                close_locals(&mut files, &mut locals);
                files.push((file.name.clone(), String::new()));
            }
            if locals.is_some_and(|block| block != node.block) {
                close_locals(&mut files, &mut locals);
            }
            let text = self.declaration(address, node);
            let Some((_, out)) = files.last_mut() else { continue };
            if node.is_local {
                if locals.is_none() {
                    if !out.is_empty() {
                        out.push('\n');
                    }
                    out.push_str(&locals_header(donor, node));
                    locals = Some(node.block);
                } else if is_apart(&file.text, node.with_comments.start) {
                    out.push('\n');
                }
                out.push_str(&text);
                out.push('\n');
            } else {
                if !out.is_empty() {
                    out.push('\n');
                }
                out.push_str(&text);
                out.push('\n');
            }
        }
        close_locals(&mut files, &mut locals);
        files.into_iter().map(|(name, text)| (name, aligned(text))).collect()
    }

    /// A block or a local value with its comments, rewritten.
    fn declaration(&mut self, address: &str, node: &Node) -> String {
        let text = self.donor.files.get(node.file).map(|file| file.text.as_str()).unwrap_or_default();
        let target = self.target(address, 0);
        let new = match &target {
            Some(Target::Declared(new)) if new != address => new.rsplit('.').next(),
            _ => None,
        };
        let replaced = self.replacements(node, &node.with_comments, 0);
        let replacements: Vec<_> = replaced.iter().map(Replaced::as_replacement).collect();
        rewritten(text, &node.with_comments, &replacements, new.map(|new| (&node.name, new)))
    }

    fn renamed(&self) -> BTreeMap<String, String> {
        let renamed = self.targets.iter().filter_map(|(address, target)| match target {
            Target::Declared(name) | Target::There(name) if name != address => Some((address.clone(), name.clone())),
            _ => None,
        });
        renamed.collect()
    }
}

/// A reference and what becomes of it.
struct Replaced<'n> {
    reference: &'n Reference,
    names: usize,
    address: String,
    target: Target,
}

impl Replaced<'_> {
    fn as_replacement(&self) -> Replacement<'_> {
        Replacement { reference: self.reference, names: self.names, target: &self.target }
    }

    fn is_declared(&self) -> bool {
        matches!(self.target, Target::Declared(_))
    }
}

fn close_locals(files: &mut [(String, String)], locals: &mut Option<usize>) {
    if locals.take().is_some()
        && let Some((_, out)) = files.last_mut()
    {
        out.push_str("}\n");
    }
}

/// What opens the block of a local value, with the comments above it.
fn locals_header(donor: &Donor, node: &Node) -> String {
    let Some(file) = donor.files.get(node.file) else { return String::new() };
    let Some(block) = file.body.get(node.block) else { return String::new() };
    let above = node.block.checked_sub(1).and_then(|above| file.body.get(above)?.span()).map_or(0, |above| above.end);
    let start = block.span().unwrap_or_default().start;
    let comments = file.text.get(super::layout::line_end(&file.text, above)..start).unwrap_or_default();
    let comments = if above == 0 { file.text.get(..start).unwrap_or_default() } else { comments };
    format!("{}locals {{\n", comments.trim_start())
}

/// Whether an empty line stands above.
fn is_apart(text: &str, at: usize) -> bool {
    text.get(..at).is_some_and(|above| above.trim_end_matches([' ', '\t']).ends_with("\n\n"))
}

/// What a variable takes: all but its default and its description.
fn variable_terms(code: &str) -> Option<Vec<String>> {
    let body = hcl::edit::parser::parse_body(&format!("variable {code}\n")).ok()?;
    let text = format!("variable {code}\n");
    let block = body.blocks().next()?;
    let mut terms: Vec<String> = block
        .body
        .iter()
        .filter(|structure| {
            !structure
                .as_attribute()
                .is_some_and(|attribute| attribute.has_key("default") || attribute.has_key("description"))
        })
        .filter_map(|structure| {
            let range = match structure.as_attribute() {
                Some(attribute) => attribute.key.span()?.start..attribute.value.span()?.end,
                None => structure.span()?,
            };
            text.get(range).map(bare)
        })
        .collect();
    terms.sort_unstable();
    Some(terms)
}
