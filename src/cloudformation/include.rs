//! `AWS::Include`: a file of the tree in the place of the transform that names it. AWS: "`AWS::Include` transform".
//! And `!Rain::Include`, which does the same before a deployment.

use std::sync::Arc;

use crate::source::{InputError, SourceFile};

use super::context::Context;
use super::files::Files;
use super::tree::{Content, NodeId, Tree};
use super::{template, yaml};

/// A template of more included files is read without the others. Included files may include files, so that a few
/// could stand for any number.
const MAX_INCLUDES: usize = 100;

/// A cheap look at the text: does it include anything?
pub(super) fn may_include(text: &str) -> bool {
    ["AWS::Include", RAIN_INCLUDE].iter().any(|name| memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_some())
}

/// The tag by which Rain includes a file, in the place of a value. Rain: "Directives".
const RAIN_INCLUDE: &str = "Rain::Include";

/// Replaces every `AWS::Include` of a local file by what the file holds, and puts the files among `files`. Those of
/// S3, of files that are not there and of names that are computed stay as they are, and unknown.
pub(super) fn expand(tree: &mut Tree<'_>, files: &mut Files, context: &Context<'_>) -> Vec<InputError> {
    let mut errors = Vec::new();
    let mut left = MAX_INCLUDES;
    let mut place = 0;
    // What is added lies behind everything before, and may include more.
    while place < tree.len() {
        let mappings: Vec<NodeId> = tree.nodes_from(place).filter(|id| may_hold(tree, *id)).collect();
        place = tree.len();
        for mapping in mappings {
            while left > 0
                && let Some(include) = included(tree, mapping)
            {
                left -= 1;
                let own = files.at(tree.node(include.location).span.start).0;
                let Some(file) = tree.scalar(include.location).and_then(|path| context.local_file(own, path)) else {
                    break;
                };
                if !put_in_place(tree, files, mapping, &include, &file, &mut errors) {
                    break;
                }
            }
        }
    }
    errors
}

/// An include in a mapping.
struct Include {
    /// The name of the file.
    location: NodeId,
    /// The key whose value is the transform; `None` where the mapping itself is it, by its tag.
    key: Option<NodeId>,
}

fn may_hold(tree: &Tree<'_>, id: NodeId) -> bool {
    matches!(tree.node(id).content, Content::Mapping(_)) || tree.node(id).tag.as_deref() == Some(RAIN_INCLUDE)
}

/// The first include among the members of a mapping, or that it is.
fn included(tree: &Tree<'_>, mapping: NodeId) -> Option<Include> {
    if tree.node(mapping).tag.as_deref() == Some("Transform") {
        return location(tree, mapping).map(|location| Include { location, key: None });
    }
    if tree.node(mapping).tag.as_deref() == Some(RAIN_INCLUDE) {
        return tree.scalar(mapping).map(|_| Include { location: mapping, key: None });
    }
    let is_root = mapping == tree.root();
    tree.mapping(mapping)?.find_map(|(key, value)| {
        let name = tree.scalar(key)?;
        let is_transform = name == "Fn::Transform" || (is_root && name == "Transform");
        let mut transforms = tree.sequence(value).unwrap_or(std::slice::from_ref(&value)).iter();
        let location = transforms.find_map(|&transform| location(tree, transform)).filter(|_| is_transform)?;
        Some(Include { location, key: Some(key) })
    })
}

/// The file that a transform names, if it is an include.
fn location(tree: &Tree<'_>, transform: NodeId) -> Option<NodeId> {
    let name = tree.get(transform, "Name").and_then(|name| tree.scalar(name));
    let location = tree.get(tree.get(transform, "Parameters")?, "Location")?;
    (name == Some("AWS::Include") && tree.scalar(location).is_some()).then_some(location)
}

fn put_in_place(
    tree: &mut Tree<'_>,
    files: &mut Files,
    mapping: NodeId,
    include: &Include,
    file: &Arc<SourceFile>,
    errors: &mut Vec<InputError>,
) -> bool {
    let (snippet, error) = super::read_document(file.text(), |text| yaml::parse(text, false, |_| true));
    if let Some(error) = error {
        errors.push(template::parse_error(file, &error, "; it is included by a template"));
        return false;
    }
    let Some(snippet) = snippet else { return false };
    errors.extend(template::duplicate_errors(&snippet, file));
    let Some(root) = files.add(file).and_then(|base| tree.graft(snippet, base)) else { return false };
    let Some(key) = include.key else {
        tree.replace(mapping, root);
        return true;
    };
    let pairs = |tree: &Tree<'_>, id| tree.mapping(id).map(Iterator::collect::<Vec<_>>);
    let own = pairs(tree, mapping).unwrap_or_default();
    let Some(brought) = pairs(tree, root) else {
        // A list or a text stands for the whole mapping.
        if own.len() == 1 {
            tree.replace(mapping, root);
        }
        return own.len() == 1;
    };
    let mut members: Vec<NodeId> = Vec::with_capacity(2 * (own.len() + brought.len()));
    members.extend(own.iter().filter(|(own, _)| *own != key).flat_map(|&(key, value)| [key, value]));
    for (key, value) in brought {
        let same = own.iter().find(|(own, _)| tree.scalar(*own) == tree.scalar(key));
        match same {
            // A section that both have: the template's, and what the file adds.
            Some(&(_, section)) if mapping == tree.root() => {
                let mut both: Vec<NodeId> =
                    pairs(tree, section).unwrap_or_default().into_iter().flat_map(<[_; 2]>::from).collect();
                both.extend(pairs(tree, value).unwrap_or_default().into_iter().flat_map(<[_; 2]>::from));
                tree.set_members(section, &both);
            }
            Some(_) => {}
            None => members.extend([key, value]),
        }
    }
    tree.set_members(mapping, &members);
    true
}
