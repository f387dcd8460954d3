//! Changes of a [`Node`], before they become changes of a text.

use super::error::EditError;
use super::node::{Content, Node};

/// One change of a template. A path's steps are names and, in lists, numbers counted from 0; a single thing where a
/// list may stand is its own item 0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// Sets a value; mappings that are missing on the way are made.
    Set {
        /// Where.
        path: Vec<String>,
        /// What stands there afterwards.
        value: Node,
    },
    /// Adds items to the end of a list; a single thing becomes a list first, what is missing is made.
    Append {
        /// The list.
        path: Vec<String>,
        /// What is added.
        items: Vec<Node>,
    },
    /// Takes an entry or an item away.
    Remove {
        /// The entry or item.
        path: Vec<String>,
    },
    /// Gives an entry another name.
    Rename {
        /// The entry.
        path: Vec<String>,
        /// Its new name.
        name: String,
    },
}

impl Change {
    /// The same change, of what stands at `prefix`.
    pub(super) fn below(mut self, prefix: &[&str]) -> Self {
        let (Self::Set { path, .. } | Self::Append { path, .. } | Self::Remove { path } | Self::Rename { path, .. }) =
            &mut self;
        path.splice(0..0, prefix.iter().map(|&step| step.to_owned()));
        self
    }

    /// Makes the change. `is_list` tells whether the parameter of a name is a list.
    pub(super) fn apply(&self, root: &mut Node, is_list: &dyn Fn(&str) -> bool) -> Result<(), EditError> {
        match self {
            Self::Set { path, value } => {
                *locate(root, path, true)? = value.clone();
                Ok(())
            }
            Self::Append { path, items } => append(locate(root, path, true)?, path, items, is_list),
            Self::Remove { path } => {
                let (last, parent) = path.split_last().ok_or_else(|| EditError::NoSuchPath(String::new()))?;
                remove(locate(root, parent, false)?, last).ok_or_else(|| no_such(path))
            }
            Self::Rename { path, name } => {
                let (last, parent) = path.split_last().ok_or_else(|| EditError::NoSuchPath(String::new()))?;
                rename(locate(root, parent, false)?, path, last, name)
            }
        }
    }
}

fn shown(path: &[String]) -> String {
    path.join(".")
}

fn no_such(path: &[String]) -> EditError {
    EditError::NoSuchPath(shown(path))
}

/// What stands at a path. With `make`, missing entries, the next item of a list, and what is null on the way are made.
fn locate<'n>(root: &'n mut Node, path: &[String], make: bool) -> Result<&'n mut Node, EditError> {
    let mut node = root;
    for (depth, step) in path.iter().enumerate() {
        let way = path.get(..depth).unwrap_or_default();
        if make && node.content == Content::Null {
            node.content = if step == "0" { Content::List(Vec::new()) } else { Content::Mapping(Vec::new()) };
        }
        let is_single = step == "0"
            && match &node.content {
                Content::Mapping(entries) => !entries.is_empty() && node.get(step).is_none(),
                Content::Bool(_) | Content::Number(_) | Content::Text(_) => true,
                Content::Null | Content::List(_) | Content::Intrinsic(..) => false,
            };
        if is_single {
            continue;
        }
        let absent = || no_such(path.get(..=depth).unwrap_or_default());
        node = match &mut node.content {
            Content::Mapping(entries) => {
                let place = match entries.iter().position(|(name, _)| name == step) {
                    Some(place) => place,
                    None if make => {
                        entries.push((step.clone(), Node::null()));
                        entries.len() - 1
                    }
                    None => return Err(absent()),
                };
                entries.get_mut(place).map(|(_, value)| value).ok_or_else(absent)?
            }
            Content::List(items) => {
                let place: usize = step.parse().map_err(|_| absent())?;
                if make && place == items.len() {
                    items.push(Node::null());
                }
                items.get_mut(place).ok_or_else(absent)?
            }
            Content::Intrinsic(name, _) => {
                return Err(EditError::Intrinsic { path: shown(way), name: name.clone() });
            }
            Content::Null => return Err(absent()),
            Content::Bool(_) | Content::Number(_) | Content::Text(_) => {
                return Err(EditError::NotACollection(shown(way)));
            }
        };
    }
    Ok(node)
}

fn append(node: &mut Node, path: &[String], items: &[Node], is_list: &dyn Fn(&str) -> bool) -> Result<(), EditError> {
    if items.is_empty() {
        return Ok(());
    }
    match &mut node.content {
        Content::List(list) => list.extend_from_slice(items),
        Content::Null => node.content = Content::List(items.to_vec()),
        Content::Intrinsic(name, argument) if !gives_text(name, argument, is_list) => {
            return Err(EditError::Intrinsic { path: shown(path), name: name.clone() });
        }
        single => {
            let single = std::mem::replace(single, Content::Null);
            node.content = Content::List(std::iter::once(single.into()).chain(items.iter().cloned()).collect());
        }
    }
    Ok(())
}

/// Whether a function gives a single text, and no list.
fn gives_text(name: &str, argument: &Node, is_list: &dyn Fn(&str) -> bool) -> bool {
    let argument = argument.as_text().unwrap_or_default();
    match name {
        "Sub" | "Join" | "Base64" | "ToJsonString" => true,
        "GetAtt" => argument.ends_with("Arn"),
        "Ref" => argument != "AWS::NotificationARNs" && argument != "AWS::NoValue" && !is_list(argument),
        _ => false,
    }
}

fn remove(parent: &mut Node, step: &str) -> Option<()> {
    match &mut parent.content {
        Content::Mapping(entries) => {
            let place = entries.iter().position(|(name, _)| name == step)?;
            entries.remove(place);
        }
        Content::List(items) => {
            let place: usize = step.parse().ok().filter(|&place| place < items.len())?;
            items.remove(place);
        }
        _ => return None,
    }
    Some(())
}

fn rename(parent: &mut Node, path: &[String], from: &str, to: &str) -> Result<(), EditError> {
    let Content::Mapping(entries) = &mut parent.content else { return Err(no_such(path)) };
    if from != to && entries.iter().any(|(name, _)| name == to) {
        return Err(EditError::NameTaken(to.to_owned()));
    }
    let (name, _) = entries.iter_mut().find(|(name, _)| name == from).ok_or_else(|| no_such(path))?;
    to.clone_into(name);
    Ok(())
}
