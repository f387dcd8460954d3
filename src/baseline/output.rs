//! Writing what was generated: all files or none, and over nothing that is there.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that was generated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GeneratedFile {
    /// Its path below the directory of the baseline, with `/`.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

impl GeneratedFile {
    /// Whether the name ends in `.` and this.
    pub fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.name).extension().is_some_and(|own| own == extension)
    }
}

/// Why nothing was written.
#[derive(thiserror::Error, Debug)]
pub enum OutputError {
    /// There are files already that would be overwritten.
    #[error("nothing was written, because there is already: {}", shown(.0))]
    Exists(Vec<PathBuf>),
    /// A file would stand outside of the directory.
    #[error("nothing was written, because {0:?} is no name of a file below the directory")]
    Outside(String),
    /// A file cannot be written.
    #[error("cannot write {path}: {source}", path = path.display())]
    Unwritable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl OutputError {
    /// Whether files that are there already are the reason.
    pub fn is_about_existing(&self) -> bool {
        matches!(self, Self::Exists(_))
    }
}

fn shown(paths: &[PathBuf]) -> String {
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    paths.join(", ")
}

/// Writes all files below a directory, which is made if need be. Unless `force` is given, nothing is written when one
/// of them is there already.
///
/// Every file is first written under another name, and all take their names at the end: an interrupted run leaves no
/// half file, and one that fails takes back what it has made.
pub fn write_files(files: &[GeneratedFile], directory: &Path, force: bool) -> Result<(), OutputError> {
    let mut targets = Vec::with_capacity(files.len());
    for file in files {
        let name = Path::new(&file.name);
        let is_below = !file.name.is_empty() && name.components().all(|part| matches!(part, Component::Normal(_)));
        if !is_below {
            return Err(OutputError::Outside(file.name.clone()));
        }
        targets.push(directory.join(name));
    }
    // A link that leads nowhere is there, too.
    let there = |path: &&PathBuf| fs::symlink_metadata(path).is_ok_and(|metadata| !force || metadata.is_dir());
    let existing: Vec<PathBuf> = targets.iter().filter(there).cloned().collect();
    if !existing.is_empty() {
        return Err(OutputError::Exists(existing));
    }
    let mut made = Made::default();
    let result = write_all(files, targets, force, &mut made);
    if result.is_err() {
        made.take_back();
    }
    result
}

fn write_all(files: &[GeneratedFile], targets: Vec<PathBuf>, force: bool, made: &mut Made) -> Result<(), OutputError> {
    let mut ready = Vec::with_capacity(files.len());
    for (file, target) in files.iter().zip(targets) {
        let temporary = write_beside(&target, &file.text, made).map_err(|source| unwritable(&target, source))?;
        ready.push((temporary, target));
    }
    for (temporary, target) in ready {
        let persisted = if force { temporary.persist(&target) } else { temporary.persist_noclobber(&target) };
        match persisted {
            Ok(_) if !force => made.files.push(target),
            Ok(_) => {}
            Err(failed) if !force && failed.error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(OutputError::Exists(vec![target]));
            }
            Err(failed) => return Err(unwritable(&target, failed.error)),
        }
    }
    Ok(())
}

fn unwritable(path: &Path, source: io::Error) -> OutputError {
    OutputError::Unwritable { path: path.to_owned(), source }
}

fn write_beside(target: &Path, text: &str, made: &mut Made) -> io::Result<NamedTempFile> {
    // A target is a directory joined with a name: it has a parent, though perhaps an empty one.
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    made.directory(parent)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".baselint-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As any new file: the user's mask takes away what it must.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(parent)?;
    file.write_all(text.as_bytes())?;
    file.flush()?;
    Ok(file)
}

/// What a run has made that was not there before.
#[derive(Default)]
struct Made {
    directories: Vec<PathBuf>,
    files: Vec<PathBuf>,
}

impl Made {
    /// Makes a directory and those above it, remembering the new ones.
    fn directory(&mut self, path: &Path) -> io::Result<()> {
        let missing: Vec<&Path> =
            path.ancestors().take_while(|above| !above.as_os_str().is_empty() && !above.exists()).collect();
        for directory in missing.into_iter().rev() {
            match fs::create_dir(directory) {
                Ok(()) => self.directories.push(directory.to_owned()),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn take_back(&self) {
        // What cannot be taken back stays; the error that led here is the one to tell.
        for file in &self.files {
            let _ = fs::remove_file(file);
        }
        for directory in self.directories.iter().rev() {
            let _ = fs::remove_dir(directory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> GeneratedFile {
        GeneratedFile { name: name.to_owned(), text: text.to_owned() }
    }

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> = walkdir::WalkDir::new(directory)
            .min_depth(1)
            .into_iter()
            .map(|entry| entry.unwrap().path().strip_prefix(directory).unwrap().display().to_string())
            .collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn all_or_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let files = [file("a.tf", "1"), file("x/b.tf", "2")];
        let target = directory.path().join("new/deep");
        write_files(&files, &target, false).unwrap();
        assert_eq!(names(&target), ["a.tf", "x", "x/b.tf"]);

        let more = [file("0.tf", "new"), file("y/c.tf", "new"), file("x/b.tf", "new")];
        let Err(OutputError::Exists(existing)) = write_files(&more, &target, false) else { panic!() };
        assert_eq!(existing, [target.join("x/b.tf")]);
        assert_eq!(names(&target), ["a.tf", "x", "x/b.tf"]);
        assert_eq!(fs::read_to_string(target.join("x/b.tf")).unwrap(), "2");

        write_files(&more, &target, true).unwrap();
        assert_eq!(fs::read_to_string(target.join("x/b.tf")).unwrap(), "new");
    }

    #[test]
    fn a_failure_takes_back_what_was_made() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("x"), "a file where a directory should be").unwrap();
        let files = [file("a/b/c.tf", "1"), file("x/d.tf", "2")];
        assert!(matches!(write_files(&files, directory.path(), false), Err(OutputError::Unwritable { .. })));
        assert_eq!(names(directory.path()), ["x"]);
    }

    #[test]
    fn a_directory_is_never_replaced() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("a.tf")).unwrap();
        let files = [file("a.tf", "1")];
        assert!(matches!(write_files(&files, directory.path(), true), Err(OutputError::Exists(_))));
    }

    #[test]
    fn nothing_leaves_the_directory() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["../a", "/a", "a/../../b", ""] {
            let written = write_files(&[file(name, "1")], &directory.path().join("d"), true);
            assert!(matches!(written, Err(OutputError::Outside(_))), "{name}");
        }
        assert!(names(directory.path()).is_empty());
    }
}
