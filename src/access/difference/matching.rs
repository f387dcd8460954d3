//! Which resource of one side is which of the other: by what AWS knows it as, else by its place in the code.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::{Account, Move, Resource};

use super::naming::Naming;

/// Moves of moves, at most: Terraform's own chains are a few long, and a circle must end.
const MAX_MOVES: usize = 32;

/// The resources of two roots that are the same, by address.
#[derive(Default, Debug)]
pub(super) struct Matches {
    /// The address on the new side of what has this one on the old.
    pub(super) new_of_old: FxHashMap<String, String>,
    /// The other way round.
    pub(super) old_of_new: FxHashMap<String, String>,
}

impl Matches {
    fn add(&mut self, old: &Resource, new: &Resource) {
        self.new_of_old.insert(old.address.to_string(), new.address.to_string());
        self.old_of_new.insert(new.address.to_string(), old.address.to_string());
    }

    fn is_free(&self, old: &Resource, new: &Resource) -> bool {
        !self.new_of_old.contains_key(&*old.address) && !self.old_of_new.contains_key(&*new.address)
    }
}

/// Matches the resources of two roots. What has a name keeps its identity wherever it is written; what has none is
/// known by its address, by what `moved` says of it, by the last part of its address, and at last by its content.
pub(super) fn resources(old: &Account<'_>, new: &Account<'_>, of_old: &Naming<'_>, of_new: &Naming<'_>) -> Matches {
    let mut matches = Matches::default();
    let by_identity = |naming: &Naming<'_>, resource: &Resource| naming.identity(resource);
    match_by(
        old,
        new,
        &mut matches,
        |resource| by_identity(of_old, resource),
        |resource| by_identity(of_new, resource),
    );
    let moves = &new.root.moved;
    let place = |resource: &Resource, address: String| Some(format!("{} {address}", resource.kind));
    match_by(
        old,
        new,
        &mut matches,
        |resource| place(resource, moved(&resource.address, moves)),
        |resource| place(resource, resource.address.to_string()),
    );
    let label = |resource: &Resource| place(resource, label(&resource.address));
    match_by(old, new, &mut matches, label, label);
    let content = |resource: &Resource| Some(format!("{} {}", resource.kind, resource.attributes.canonical()));
    match_by(old, new, &mut matches, content, content);
    matches
}

/// Matches those resources that one key has on each side, and nothing else there.
fn match_by(
    old: &Account<'_>,
    new: &Account<'_>,
    matches: &mut Matches,
    old_key: impl Fn(&Resource) -> Option<String>,
    new_key: impl Fn(&Resource) -> Option<String>,
) {
    let free_old = old.root.declared().filter(|one| !matches.new_of_old.contains_key(&*one.address));
    let free_new = new.root.declared().filter(|one| !matches.old_of_new.contains_key(&*one.address));
    let (free_old, free_new) = (unique(free_old, old_key), unique(free_new, new_key));
    for (key, old) in &free_old {
        if let Some(new) = free_new.get(key)
            && matches.is_free(old, new)
        {
            matches.add(old, new);
        }
    }
}

/// Resources by key, without the keys that several have.
fn unique<'r>(
    resources: impl Iterator<Item = &'r Resource>,
    key: impl Fn(&Resource) -> Option<String>,
) -> FxHashMap<String, &'r Resource> {
    let mut found: FxHashMap<String, &Resource> = FxHashMap::default();
    let mut several: FxHashSet<String> = FxHashSet::default();
    for resource in resources {
        let Some(key) = key(resource) else { continue };
        if found.insert(key.clone(), resource).is_some() {
            several.insert(key);
        }
    }
    found.retain(|key, _| !several.contains(key));
    found
}

/// The address that something has after all that the code says has moved.
pub(super) fn moved(address: &str, moves: &[Move]) -> String {
    let mut address = address.to_owned();
    for _ in 0..MAX_MOVES {
        let Some(next) = moves.iter().find_map(|one| replaced(&address, one)) else { break };
        address = next;
    }
    address
}

/// The address after one move: of the thing itself, of an instance of it, or of a module that it is in.
fn replaced(address: &str, one: &Move) -> Option<String> {
    let rest = address.strip_prefix(one.from.as_str())?;
    (one.from != one.to && (rest.is_empty() || rest.starts_with(['.', '[']))).then(|| format!("{}{rest}", one.to))
}

/// The last part of an address, without modules and instances: `aws_kms_key.main`.
fn label(address: &str) -> String {
    let mut plain = String::with_capacity(address.len());
    let (mut depth, mut quoted) = (0usize, false);
    for character in address.chars() {
        match character {
            '"' if depth > 0 => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(character),
            _ => {}
        }
    }
    let mut parts: Vec<&str> = plain.split('.').collect();
    while parts.len() > 2 && parts.first() == Some(&"module") {
        parts.drain(..2);
    }
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_without_modules_and_instances() {
        assert_eq!(label("module.a[\"x.y]\"].module.b.aws_kms_key.main[0]"), "aws_kms_key.main");
        assert_eq!(label("aws_iam_role.ci"), "aws_iam_role.ci");
        assert_eq!(label("Role"), "Role");
    }

    #[test]
    fn moves_are_followed_and_circles_end() {
        let to = |from: &str, to: &str| Move { from: from.to_owned(), to: to.to_owned() };
        let moves = [to("aws_iam_role.a", "module.m.aws_iam_role.a"), to("module.m", "module.n")];
        assert_eq!(moved("aws_iam_role.a[0]", &moves), "module.n.aws_iam_role.a[0]");
        assert_eq!(moved("aws_iam_role.ab", &moves), "aws_iam_role.ab");
        let circle = [to("a.b", "a.c"), to("a.c", "a.b")];
        assert!(moved("a.b", &circle).starts_with("a."));
    }
}
