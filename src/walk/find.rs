//! Finding the files that may be infrastructure code.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use crate::source::{InputError, Sources, lexically_normal};

/// Inputs by kind.
#[derive(Default)]
pub(super) struct Found {
    /// Terraform directories with their files, sorted.
    pub(super) directories: Vec<(PathBuf, Vec<PathBuf>)>,
    /// Files that may be templates, sorted.
    pub(super) templates: Vec<Candidate>,
    /// Paths that are not there or not readable.
    pub(super) errors: Vec<InputError>,
}

/// A file that may be a template.
pub(super) struct Candidate {
    pub(super) path: PathBuf,
    /// Whether the user named this very file.
    pub(super) named: bool,
}

/// What a file may be, by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guess {
    Terraform,
    Template,
    Neither,
}

/// Walks the paths. What `.gitignore` leaves out, hidden files and `.terraform` are passed over; a file that is
/// named is always read, and a Terraform file that is named brings its directory, since a module is evaluated whole.
pub(super) fn find(sources: &Sources, paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    let mut directories: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    let mut templates: BTreeMap<PathBuf, bool> = BTreeMap::new();
    for path in paths {
        let path = sources.real(&lexically_normal(path));
        match std::fs::metadata(&path) {
            Err(error) => {
                let message = match error.kind() {
                    std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
                    _ => format!("cannot be read: {error}"),
                };
                found.errors.push(InputError::of_file(sources.shown(&path), message));
            }
            Ok(metadata) if metadata.is_dir() => {
                walk(sources, &path, &mut directories, &mut templates, &mut found.errors);
            }
            Ok(_) if guess(&path) == Guess::Terraform => {
                if let Some(directory) = path.parent() {
                    let files = directories.entry(directory.to_owned()).or_default();
                    files.extend(beside(&path));
                }
            }
            Ok(_) => {
                templates.insert(sources.link_target(&path).unwrap_or(path), true);
            }
        }
    }
    found.directories = directories
        .into_iter()
        .map(|(directory, mut files)| {
            files.sort_unstable();
            files.dedup();
            (directory, files)
        })
        // Variable files alone are no configuration.
        .filter(|(_, files)| files.iter().any(|file| !is_variables(file)))
        .collect();
    found.templates = templates.into_iter().map(|(path, named)| Candidate { path, named }).collect();
    found
}

fn walk(
    sources: &Sources,
    root: &Path,
    directories: &mut BTreeMap<PathBuf, Vec<PathBuf>>,
    templates: &mut BTreeMap<PathBuf, bool>,
    errors: &mut Vec<InputError>,
) {
    let walker = WalkBuilder::new(root).require_git(false).follow_links(false).build();
    for entry in walker {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                // A broken pattern in a .gitignore does not keep anything from being read.
                if error.io_error().is_some() {
                    errors.push(InputError::of_file(sources.shown(root), format!("cannot be read: {error}")));
                }
                continue;
            }
        };
        let Some(kind) = entry.file_type().filter(|kind| !kind.is_dir()) else { continue };
        let path = entry.into_path();
        match guess(&path) {
            // A link among the files of a directory is one of them, as Terraform sees it. One that leads nowhere, and
            // what is neither file nor directory, is an error once it is read.
            Guess::Terraform if kind.is_file() || !path.is_dir() => {
                if let Some(directory) = path.parent() {
                    directories.entry(directory.to_owned()).or_default().push(path);
                }
            }
            Guess::Template if kind.is_file() => {
                templates.entry(path).or_default();
            }
            // Each file by one path; what lies elsewhere by the link's.
            Guess::Template if path.is_file() => {
                templates.entry(sources.link_target(&path).unwrap_or(path)).or_default();
            }
            _ => {}
        }
    }
}

/// The Terraform files of the directory that a file lies in.
fn beside(path: &Path) -> Vec<PathBuf> {
    let entries = path.parent().and_then(|directory| std::fs::read_dir(directory).ok());
    let paths = entries.into_iter().flatten().filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut files: Vec<PathBuf> = paths.filter(|path| guess(path) == Guess::Terraform && !path.is_dir()).collect();
    files.push(path.to_owned());
    files
}

fn guess(path: &Path) -> Guess {
    const TERRAFORM: [&str; 6] = [".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json"];
    const TEMPLATE: [&str; 5] = [".yaml", ".yml", ".json", ".template", ".cfn"];
    // Names need not be UTF-8; what stands for other bytes is no part of an ending.
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if TERRAFORM.iter().any(|ending| name.ends_with(ending)) {
        Guess::Terraform
    } else if TEMPLATE.iter().any(|ending| name.ends_with(ending)) {
        Guess::Template
    } else {
        Guess::Neither
    }
}

fn is_variables(path: &Path) -> bool {
    let name = path.to_string_lossy();
    name.ends_with(".tfvars") || name.ends_with(".tfvars.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for file in files {
            let path = directory.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        directory
    }

    fn names(root: &Path, found: &Found) -> Vec<String> {
        let files =
            found.directories.iter().flat_map(|(_, files)| files).chain(found.templates.iter().map(|c| &c.path));
        files.map(|path| path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/")).collect()
    }

    #[test]
    fn ignored_and_hidden_files_are_passed_over() {
        let tree =
            tree(&["a/main.tf", "a/.terraform/m/main.tf", "b/t.yaml", "b/x.txt", ".hidden/main.tf", "out/main.tf"]);
        std::fs::write(tree.path().join(".gitignore"), "out/\n").unwrap();
        let root = tree.path().canonicalize().unwrap();
        let found = find(&Sources::new(root.clone()), std::slice::from_ref(&root));
        assert_eq!(names(&root, &found), ["a/main.tf", "b/t.yaml"]);
        assert!(found.errors.is_empty());
    }

    #[test]
    fn named_files_are_always_read() {
        let tree = tree(&["out/main.tf", "out/other.tf", ".hidden/t.txt"]);
        std::fs::write(tree.path().join(".gitignore"), "out/\n").unwrap();
        let root = tree.path().canonicalize().unwrap();
        let found = find(&Sources::new(root.clone()), &[root.join("out/main.tf"), root.join(".hidden/t.txt")]);
        assert_eq!(names(&root, &found), ["out/main.tf", "out/other.tf", ".hidden/t.txt"]);
    }

    #[test]
    fn a_missing_path_is_an_error() {
        let found = find(&Sources::new("/".into()), &[PathBuf::from("/nowhere/at/all")]);
        assert_eq!(found.errors[0].path, "nowhere/at/all");
    }
}
