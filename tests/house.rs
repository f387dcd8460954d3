//! Imports go down only: the floors of the house, held by the `use` lines.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules by floor, lowest first. A module imports from lower floors, or from those before it on its own.
const FLOORS: &[&[&str]] = &[
    &["source", "value", "iam"],
    &["model", "finding"],
    &["access", "terraform", "cloudformation"],
    &["walk", "rules", "baseline"],
    &["gate", "report"],
    &["cli"],
];

/// Modules of one floor that may use each other, in this direction: user, used.
const BESIDE: &[(&str, &str)] =
    &[("value", "source"), ("iam", "source"), ("iam", "value"), ("finding", "model"), ("report", "gate")];

fn floor(module: &str) -> usize {
    FLOORS.iter().position(|floor| floor.contains(&module)).unwrap_or_else(|| panic!("{module} is on no floor"))
}

fn files(directory: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

/// The file's lines without its unit tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.split("#[cfg(test)]").next().unwrap().to_owned()
}

fn sources() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let module = |path: &Path| {
        let first = path.strip_prefix(&root).unwrap().components().next().unwrap();
        first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
    };
    paths
        .into_iter()
        .map(|path| (module(&path), path))
        .filter(|(module, _)| module != "lib" && module != "main")
        .collect()
}

#[test]
fn imports_go_down_only() {
    let mut wrong = Vec::new();
    let mut seen: BTreeMap<(String, String), PathBuf> = BTreeMap::new();
    for (module, path) in sources() {
        for ((), rest) in
            code(&path).match_indices("crate::").map(|(at, _)| ((), code(&path)[at + "crate::".len()..].to_owned()))
        {
            let names: Vec<String> = match rest.strip_prefix('{') {
                Some(list) => list.split('}').next().unwrap().split(',').map(|name| first_word(name.trim())).collect(),
                None => vec![first_word(&rest)],
            };
            for used in names.into_iter().filter(|used| *used != module && !used.is_empty()) {
                seen.entry((module.clone(), used)).or_insert_with(|| path.clone());
            }
        }
    }
    for ((user, used), path) in &seen {
        let beside = BESIDE.contains(&(user.as_str(), used.as_str()));
        if floor(used) >= floor(user) && !beside {
            wrong.push(format!("{} ({user}) imports {used}", path.display()));
        }
    }
    assert!(seen.len() > 10, "too few imports found: {seen:?}");
    assert!(wrong.is_empty(), "imports that go up the house:\n{}", wrong.join("\n"));
}

fn first_word(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

#[test]
fn files_have_one_purpose() {
    let long: Vec<_> = sources()
        .into_iter()
        .map(|(_, path)| (fs::read_to_string(&path).unwrap().lines().count(), path))
        .filter(|(lines, _)| *lines > 650)
        .collect();
    assert!(long.is_empty(), "files in which to look for two things: {long:?}");
}
