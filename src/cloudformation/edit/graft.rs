//! Resources of one template brought into another, with all that they refer to.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Change;
use super::comments::{end_of_line, start_of_line};
use super::document::Document;
use super::donor::Donor;
use super::error::EditError;
use super::json::Layout;
use super::node::{Content, Node};
use super::reference::{Reference, Replacements, references, references_of_resource};
use super::rewrite::Rewriter;
use super::yaml::{self, Indentation};
use crate::source::{SourceFile, TextEdit};

/// What is to be brought from a [`Donor`] into a template, the target.
#[derive(Debug, Default)]
pub struct GraftRequest<'a> {
    /// The logical ids of the resources to bring. What they refer to comes along.
    pub resources: Vec<String>,
    /// Properties of the donor that existing resources of the target get: logical id and path below `Properties`.
    /// What they refer to comes along.
    pub expressions: Vec<(String, Vec<String>)>,
    /// Properties of the donor's resources that do not come: logical id and path below `Properties`.
    pub omit: Vec<(String, Vec<String>)>,
    /// Resources that the target has already: the logical id in the donor, and the one in the target.
    pub given: BTreeMap<String, String>,
    /// What stands in place of the donor's parameters, in the target's names. One that is not here becomes a
    /// parameter of the target.
    pub values: BTreeMap<String, Node>,
    /// The template that is changed; without one a template is made.
    pub target: Option<&'a SourceFile>,
}

/// The outcome of a [`GraftRequest`].
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Graft {
    /// Insertions into the target.
    pub edits: Vec<TextEdit>,
    /// The template that was made.
    pub new_text: Option<String>,
    /// The asked-for properties, in the order of the request, in the target's names.
    pub expressions: Vec<Node>,
    /// The resources, parameters, conditions and mappings that came under another name, as the target has one of
    /// theirs.
    pub renamed: BTreeMap<String, String>,
    /// The logical ids in the target of the resources that came.
    pub added: Vec<String>,
}

/// The sections of a template that can come along, in the order in which they stand in it.
const SECTIONS: [&str; 4] = ["Parameters", "Mappings", "Conditions", "Resources"];

/// What a name gets in front when it is taken.
const PREFIX: &str = "Baseline";

impl Donor {
    /// Brings resources, and what properties refer to, into a template. All that goes into one target is asked for at
    /// once, so that it does not come twice.
    ///
    /// # Errors
    /// [`EditError::NotInDonor`] for a name or path that is not in this template; and where the target cannot be
    /// changed.
    pub fn graft(&self, request: &GraftRequest<'_>) -> Result<Graft, EditError> {
        let donor = self.without(&request.omit)?;
        let wanted = donor.closure(request)?;
        let document = request.target.map(Document::new).transpose()?;
        let root = document.as_ref().map(Document::root).transpose()?;
        let replacements = wanted.replacements(request, root.as_ref());
        let expressions = request.expressions.iter().map(|(logical_id, path)| {
            let node = donor.node(logical_id, path).ok_or_else(|| not_in_donor(logical_id, path))?;
            Ok(replacements.in_node(&node))
        });
        let expressions = expressions.collect::<Result<Vec<Node>, EditError>>()?;
        let sections = SECTIONS.map(|section| (section, donor.entries(section, &wanted, &replacements)));
        let added = sections.iter().filter(|(name, _)| *name == "Resources").flat_map(|(_, entries)| entries);
        let mut graft = Graft {
            expressions,
            added: added.map(|(name, _)| name.clone()).collect(),
            renamed: wanted.renamed(&replacements),
            ..Graft::default()
        };
        match (document, root) {
            (Some(document), Some(root)) => graft.edits = insert(&document, &root, &sections)?,
            _ => graft.new_text = Some(donor.template(&sections)?),
        }
        Ok(graft)
    }

    /// The donor without some properties.
    fn without(&self, omit: &[(String, Vec<String>)]) -> Result<Self, EditError> {
        let mut donor = self.clone();
        for (logical_id, path) in omit {
            let removal = Change::Remove { path: path.clone() }.below(&["Resources", logical_id, "Properties"]);
            removal.apply(&mut donor.root, &|_| false).map_err(|_| not_in_donor(logical_id, path))?;
        }
        Ok(donor)
    }

    /// Everything that has to come.
    fn closure(&self, request: &GraftRequest<'_>) -> Result<Wanted<'_>, EditError> {
        let mut wanted = Wanted::default();
        let mut open: Vec<Reference<'_>> = Vec::new();
        for (logical_id, path) in &request.expressions {
            let node = self.root.at(&["Resources", logical_id, "Properties"]).and_then(|node| node.at(path));
            references(node.ok_or_else(|| not_in_donor(logical_id, path))?, &mut |reference| open.push(reference));
        }
        let of_section = |section: &str, name: &str| {
            let entries = self.section(section).iter();
            entries.clone().find(|(known, _)| known == name).map(|(name, node)| (name.as_str(), node))
        };
        for logical_id in &request.resources {
            let (name, _) = of_section("Resources", logical_id).ok_or_else(|| not_in_donor(logical_id, &[]))?;
            open.push(Reference::Name(name));
        }
        while let Some(reference) = open.pop() {
            match reference {
                Reference::Name(name) if request.given.contains_key(name) || request.values.contains_key(name) => {}
                Reference::Name(name) => {
                    if let Some((name, resource)) = of_section("Resources", name) {
                        if wanted.resources.insert(name) {
                            references_of_resource(resource, &mut |reference| open.push(reference));
                        }
                    } else if let Some((name, _)) = of_section("Parameters", name) {
                        wanted.parameters.insert(name);
                    }
                }
                Reference::Condition(name) => {
                    if let Some((name, condition)) = of_section("Conditions", name)
                        && wanted.conditions.insert(name)
                    {
                        references(condition, &mut |reference| open.push(reference));
                    }
                }
                Reference::Mapping(name) => {
                    wanted.mappings.extend(of_section("Mappings", name).map(|(name, _)| name));
                }
            }
        }
        Ok(wanted)
    }

    /// The entries of a section that come, in the donor's order and the target's names.
    fn entries(&self, section: &str, wanted: &Wanted<'_>, replacements: &Replacements) -> Vec<(String, Node)> {
        let (names, renames) = match section {
            "Parameters" => (&wanted.parameters, &replacements.names),
            "Mappings" => (&wanted.mappings, &replacements.mappings),
            "Conditions" => (&wanted.conditions, &replacements.conditions),
            _ => (&wanted.resources, &replacements.names),
        };
        let entries = self.section(section).iter().filter(|(name, _)| names.contains(name.as_str()));
        let entry = |(name, node): &(String, Node)| {
            let node = if section == "Resources" { replacements.in_resource(node) } else { replacements.in_node(node) };
            (renames.get(name).unwrap_or(name).clone(), node)
        };
        entries.map(entry).collect()
    }

    /// A whole template of these sections.
    fn template(&self, sections: &[(&str, Vec<(String, Node)>)]) -> Result<String, EditError> {
        let indentation = Indentation { step: 2, list: 2 };
        let mut text = String::new();
        let head = ["AWSTemplateFormatVersion", "Description"];
        let mut root: Vec<(String, Node)> =
            head.iter().filter_map(|&name| Some((name.to_owned(), self.root.get(name)?.clone()))).collect();
        push_lines(&mut text, &indentation.entries(&root, 0));
        for (name, entries) in sections.iter().filter(|(_, entries)| !entries.is_empty()) {
            text.push_str(if text.is_empty() { "" } else { "\n" });
            push_lines(&mut text, &section_lines(name, entries, indentation));
            root.push(((*name).to_owned(), Node::mapping(entries.clone())));
        }
        let made = Self::new(&text)?.root;
        if made == Node::mapping(root) { Ok(text) } else { Err(EditError::Unfaithful) }
    }
}

fn not_in_donor(logical_id: &str, path: &[String]) -> EditError {
    let steps: Vec<&str> = std::iter::once(logical_id).chain(path.iter().map(String::as_str)).collect();
    EditError::NotInDonor(steps.join("."))
}

/// The names of the donor that come.
#[derive(Debug, Default)]
struct Wanted<'d> {
    resources: BTreeSet<&'d str>,
    parameters: BTreeSet<&'d str>,
    conditions: BTreeSet<&'d str>,
    mappings: BTreeSet<&'d str>,
}

impl Wanted<'_> {
    /// What stands in place of the donor's names.
    fn replacements(&self, request: &GraftRequest<'_>, target: Option<&Node>) -> Replacements {
        let names = |sections: &[&str]| -> BTreeSet<String> {
            let entries = sections.iter().filter_map(|section| target?.get(section)?.entries()).flatten();
            entries.map(|(name, _)| name.clone()).collect()
        };
        let both: BTreeSet<&str> = self.resources.union(&self.parameters).copied().collect();
        let mut replacements = Replacements {
            names: free_names(&both, names(&["Resources", "Parameters"])),
            conditions: free_names(&self.conditions, names(&["Conditions"])),
            mappings: free_names(&self.mappings, names(&["Mappings"])),
            values: request.values.clone(),
        };
        replacements.names.extend(request.given.clone());
        replacements
    }

    /// The names of what comes under another one.
    fn renamed(&self, replacements: &Replacements) -> BTreeMap<String, String> {
        let sets = [
            (&self.resources, &replacements.names),
            (&self.parameters, &replacements.names),
            (&self.conditions, &replacements.conditions),
            (&self.mappings, &replacements.mappings),
        ];
        let renamed = |(names, renames): (&BTreeSet<&str>, &BTreeMap<String, String>)| {
            let pair = |&name: &&str| Some((name.to_owned(), renames.get(name)?.clone()));
            names.iter().filter_map(pair).collect::<Vec<_>>()
        };
        sets.into_iter().flat_map(renamed).collect()
    }
}

/// New names for those that are taken.
fn free_names(names: &BTreeSet<&str>, mut taken: BTreeSet<String>) -> BTreeMap<String, String> {
    let collide: Vec<&str> = names.iter().copied().filter(|name| taken.contains(*name)).collect();
    taken.extend(names.iter().map(|&name| name.to_owned()));
    let mut renames = BTreeMap::new();
    for name in collide {
        let numbered =
            |number: usize| if number == 1 { format!("{PREFIX}{name}") } else { format!("{PREFIX}{name}{number}") };
        // One more candidate than there are taken names: one of them is free.
        let free = (1..=taken.len() + 1).map(numbered).find(|candidate| !taken.contains(candidate));
        if let Some(free) = free {
            taken.insert(free.clone());
            renames.insert(name.to_owned(), free);
        }
    }
    renames
}

/// The edits that add the entries to the sections of a template.
fn insert(
    document: &Document<'_>,
    root: &Node,
    sections: &[(&str, Vec<(String, Node)>)],
) -> Result<Vec<TextEdit>, EditError> {
    let mut rewriter = Rewriter::new(document);
    // With the sections that are there; those that are missing come before the resources, not at the end.
    let mut extended = root.clone();
    let mut expected = root.clone();
    let mut missing = Vec::new();
    for (name, entries) in sections.iter().filter(|(_, entries)| !entries.is_empty()) {
        if root.get(name).is_some() {
            let spaced = document.json.is_none() && separates_entries(document, name);
            extend(&mut extended, name, entries, spaced)?;
        } else {
            missing.push((*name, entries.as_slice()));
        }
        extend(&mut expected, name, entries, false)?;
    }
    insert_sections(&mut rewriter, &missing)?;
    rewriter.root(root, &extended)?;
    document.verified(rewriter.edits, &expected)
}

/// Adds entries to a section of a template; with an empty line before each, or without.
fn extend(root: &mut Node, section: &str, entries: &[(String, Node)], spaced: bool) -> Result<(), EditError> {
    let Content::Mapping(sections) = &mut root.content else { return Err(EditError::Unreadable) };
    let place = sections.iter().position(|(name, _)| name == section).unwrap_or_else(|| {
        sections.push((section.to_owned(), Node::null()));
        sections.len() - 1
    });
    let Some((_, node)) = sections.get_mut(place) else { return Ok(()) };
    let was_empty = !node.is_collection();
    if node.content == Content::Null {
        node.content = Content::Mapping(Vec::new());
    }
    let Content::Mapping(known) = &mut node.content else {
        return Err(EditError::NotACollection(section.to_owned()));
    };
    for (place, (name, node)) in entries.iter().enumerate() {
        let mut node = node.clone();
        if spaced && (place > 0 || !was_empty) {
            node.above.insert(0, String::new());
        }
        known.push((name.clone(), node));
    }
    Ok(())
}

/// Whether the entries of a section have empty lines between them, as far as there are several.
fn separates_entries(document: &Document<'_>, section: &str) -> bool {
    let tree = &document.tree;
    let Some(members) = tree.get(tree.root(), section).and_then(|id| document.members(id).ok()) else { return true };
    let mut gaps = members.windows(2).filter_map(|pair| match pair {
        [one, next] => document.text.get(one.end..next.start),
        _ => None,
    });
    let is_spaced = |gap: &str| gap.replace('\r', "").contains("\n\n");
    gaps.next().is_none_or(is_spaced) || gaps.any(is_spaced)
}

/// Adds whole sections before the resources.
fn insert_sections(rewriter: &mut Rewriter<'_>, sections: &[(&str, &[(String, Node)])]) -> Result<(), EditError> {
    let document = rewriter.document;
    let tree = &document.tree;
    let resources =
        tree.mapping(tree.root()).and_then(|mut pairs| pairs.find(|(key, _)| tree.scalar(*key) == Some("Resources")));
    let (key, _) = resources.ok_or(EditError::Unreadable)?;
    let start = tree.node(key).outer_start as usize;
    let is_flow = document.is_flow(tree.root());
    for (name, entries) in sections {
        if is_flow {
            let value = Node::mapping(entries.to_vec());
            let indent = document.indent_of_line(start);
            let text = match &document.json {
                Some(layout @ Layout::Lines { .. }) => format!("{},\n{indent}", layout.entry(name, &value, indent)),
                Some(layout @ Layout::Line { spaced }) => {
                    format!("{},{}", layout.entry(name, &value, ""), if *spaced { " " } else { "" })
                }
                None => format!("{name}: {}, ", yaml::flow(&value)),
            };
            rewriter.push(start, start, &text);
        } else {
            let mut text = String::new();
            push_lines(&mut text, &section_lines(name, entries, document.indentation));
            text.push('\n');
            let at = above_comments(document, start);
            rewriter.push(at, at, &text);
        }
    }
    Ok(())
}

/// The start of the line of a place, or of the first of the comments right above it.
fn above_comments(document: &Document<'_>, at: usize) -> usize {
    let mut start = start_of_line(document.text, at);
    while let Some(end) = start.checked_sub(1) {
        let before = start_of_line(document.text, end);
        let line = document.text.get(before..end_of_line(document.text, before)).unwrap_or_default();
        if !line.starts_with('#') {
            break;
        }
        start = before;
    }
    start
}

/// The lines of a section, with empty lines between its entries.
fn section_lines(name: &str, entries: &[(String, Node)], indentation: Indentation) -> Vec<String> {
    let mut lines = vec![format!("{name}:")];
    for (place, (name, value)) in entries.iter().enumerate() {
        if place > 0 {
            lines.push(String::new());
        }
        lines.extend(indentation.entry(name, value, indentation.step));
    }
    lines
}

fn push_lines(text: &mut String, lines: &[String]) {
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
}
