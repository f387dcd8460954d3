//! The configuration that blocks are taken from.

use std::collections::BTreeMap;
use std::ops::Range;

use hcl::edit::Span as _;
use hcl::edit::expr::Expression;
use hcl::edit::structure::{Attribute, Block, Body, Structure};

use super::GraftError;
use super::reference::{Reference, References, Setting};
use super::taken;

/// The files of one directory in native syntax, as texts, that blocks are taken from.
#[derive(Debug)]
pub struct Donor {
    pub(super) files: Vec<DonorFile>,
    /// Where each address is declared.
    pub(super) nodes: BTreeMap<String, Node>,
}

/// A file of the donor.
#[derive(Debug)]
pub(super) struct DonorFile {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) body: Body,
}

/// Something that the donor declares: a block, or one local value.
#[derive(Debug)]
pub(super) struct Node {
    /// Index of the file.
    pub(super) file: usize,
    /// Index of the top-level block in its file.
    pub(super) block: usize,
    /// The bytes of the block or of the argument.
    pub(super) whole: Range<usize>,
    /// From the comments above it to the end of its last line.
    pub(super) with_comments: Range<usize>,
    /// The body with its braces, or the local value's expression.
    pub(super) code: Range<usize>,
    /// The name that it is declared by, without quotes.
    pub(super) name: Range<usize>,
    pub(super) is_local: bool,
    pub(super) references: Vec<Reference>,
}

impl Donor {
    /// Reads the files of a directory, each as its name and its text.
    ///
    /// # Errors
    /// When one cannot be parsed.
    pub fn new(files: &[(String, String)]) -> Result<Self, GraftError> {
        let mut donor = Self { files: Vec::new(), nodes: BTreeMap::new() };
        for (name, text) in files {
            let body = hcl::edit::parser::parse_body(text)
                .map_err(|error| GraftError::Donor { file: name.clone(), message: error.to_string() })?;
            let index = donor.files.len();
            let mut above = 0;
            for (position, structure) in body.iter().enumerate() {
                let Structure::Block(block) = structure else { continue };
                donor.add(text, index, position, block, above);
                above = super::super::layout::line_end(text, block.span().unwrap_or_default().end);
            }
            donor.files.push(DonorFile { name: name.clone(), text: text.clone(), body });
        }
        Ok(donor)
    }

    /// The addresses of what it declares, in order.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.nodes.keys().map(String::as_str)
    }

    /// The addresses of what refers to an address directly: what sets a bucket's policy, what attaches a policy to a role.
    pub fn referrers<'d>(&'d self, address: &'d str) -> impl Iterator<Item = &'d str> {
        let refers = move |node: &Node| {
            let mut references = node.references.iter();
            references.any(|reference| reference.address(reference.address_length()).as_deref() == Some(address))
        };
        self.nodes.iter().filter(move |(_, node)| refers(node)).map(|(address, _)| address.as_str())
    }

    fn add(&mut self, text: &str, file: usize, position: usize, block: &Block, above: usize) {
        let whole = block.span().unwrap_or_default();
        if block.ident.as_str() == "locals" {
            let mut above = super::super::layout::line_end(text, block.ident.span().unwrap_or_default().end);
            for local in block.body.attributes() {
                let (address, node) = local_node(text, file, position, local, above);
                above = node.with_comments.end;
                self.nodes.entry(address).or_insert(node);
            }
            return;
        }
        let labels: Vec<&str> = block.labels.iter().map(hcl::edit::structure::BlockLabel::as_str).collect();
        let alias = block.body.get_attribute("alias").and_then(|alias| alias.value.as_str());
        let Some(address) = taken::address(block.ident.as_str(), &labels, alias) else { return };
        let name = match (alias, block.labels.last()) {
            // What tells one configuration of a provider from another.
            (Some(_), _) if block.ident.as_str() == "provider" => {
                block.body.get_attribute("alias").and_then(|alias| alias.value.span())
            }
            (_, label) => label.and_then(hcl::edit::Span::span),
        };
        let name = unquoted(text, name.unwrap_or_default());
        let header = block.labels.last().and_then(hcl::edit::Span::span).or(block.ident.span()).unwrap_or_default();
        let open = text.get(header.end..whole.end).and_then(|rest| rest.find('{')).unwrap_or_default();
        let mut references = References::default();
        references.body(&block.body);
        let node = Node {
            file,
            block: position,
            with_comments: with_comments(text, above, &whole),
            code: header.end + open..whole.end,
            whole,
            name,
            is_local: false,
            references: references.found,
        };
        self.nodes.entry(address).or_insert(node);
    }

    /// The block of an address.
    pub(super) fn block(&self, address: &str) -> Option<(&Node, &DonorFile, &Block)> {
        let node = self.nodes.get(address)?;
        let file = self.files.get(node.file)?;
        match file.body.get(node.block)? {
            Structure::Block(block) => Some((node, file, block)),
            Structure::Attribute(_) => None,
        }
    }
}

fn local_node(text: &str, file: usize, block: usize, local: &Attribute, above: usize) -> (String, Node) {
    let name = local.key.span().unwrap_or_default();
    let code = local.value.span().unwrap_or_default();
    let whole = name.start..code.end;
    let mut references = References::default();
    references.expression(&local.value, Setting::Whole);
    let node = Node {
        file,
        block,
        with_comments: with_comments(text, above, &whole),
        whole,
        code,
        name,
        is_local: true,
        references: references.found,
    };
    (format!("local.{}", local.key.as_str()), node)
}

/// A range with what stands above it from `above` on, empty lines at the start left out, and beside it.
fn with_comments(text: &str, above: usize, whole: &Range<usize>) -> Range<usize> {
    let before = text.get(above..whole.start).unwrap_or_default();
    let first = whole.start - before.trim_start().len();
    let start = super::super::layout::line_start(text, first).max(above);
    start..super::super::layout::line_end(text, whole.end)
}

fn unquoted(text: &str, range: Range<usize>) -> Range<usize> {
    let is_quoted = text.get(range.clone()).is_some_and(|name| name.starts_with('"') && name.len() > 1);
    if is_quoted { range.start + 1..range.end - 1 } else { range }
}

/// The value that a path leads to from a body: the first nested block of each name, or objects.
pub(super) fn value_at<'b>(body: &'b Body, path: &[String]) -> Option<&'b Expression> {
    let (first, rest) = path.split_first()?;
    if let Some(attribute) = body.get_attribute(first) {
        return rest.iter().try_fold(&attribute.value, |value, step| {
            let object = super::super::locate::as_object(value)?;
            object.iter().find_map(|(key, value)| {
                let name = key.as_ident().map(hcl::edit::Ident::as_str).or_else(|| key.as_expr()?.as_str());
                (name == Some(step.as_str())).then(|| value.expr())
            })
        });
    }
    body.blocks().filter(|block| block.has_ident(first)).find_map(|block| value_at(&block.body, rest))
}

/// The nested blocks that a path of block types leads to, each with where the line above it ends.
pub(super) fn blocks_at<'b>(text: &str, block: &'b Block, path: &[String], found: &mut Vec<(&'b Block, usize)>) {
    let Some((first, rest)) = path.split_first() else { return };
    let open = block.labels.last().and_then(hcl::edit::Span::span).or(block.ident.span()).unwrap_or_default();
    let mut above = super::super::layout::line_end(text, open.end);
    for structure in &block.body {
        let end = match structure {
            Structure::Attribute(attribute) => attribute.value.span().unwrap_or_default().end,
            Structure::Block(nested) => {
                if nested.ident.as_str() == first {
                    if rest.is_empty() {
                        found.push((nested, above));
                    } else {
                        blocks_at(text, nested, rest, found);
                    }
                }
                nested.span().unwrap_or_default().end
            }
        };
        above = super::super::layout::line_end(text, end);
    }
}

/// A nested block with the comments above it.
pub(super) fn nested_with_comments(text: &str, block: &Block, above: usize) -> Range<usize> {
    with_comments(text, above, &block.span().unwrap_or_default())
}
