//! The files of a revision, read from git's objects into a directory of their own: neither the work tree nor the
//! index is touched, and nothing runs that the repository configures (hooks, filters, monitors).

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Component, Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use crate::source::MAX_FILE_BYTES;

/// What git calls itself.
const GIT: &str = "git";

/// A tree of more files is no repository of infrastructure code; writing it would fill the disk.
const MAX_FILES: usize = 500_000;

/// Why a revision cannot be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum RevisionError {
    /// Git is not installed.
    #[error("git was not found; --since and --until read revisions with it, so install it or compare two directories")]
    NoGit,
    /// The path lies in no repository.
    #[error("{} lies in no git repository; give a path in one, or compare two directories", .0.display())]
    NoRepository(PathBuf),
    /// There is no such path.
    #[error("{}: no such file or directory", .0.display())]
    NoPath(PathBuf),
    /// The revision does not exist.
    #[error(
        "there is no revision {0:?} in this repository; `git log` lists them, and a shallow clone has only the newest (fetch more with `git fetch --unshallow`)"
    )]
    Unknown(String),
    /// The revision looks like an option of git.
    #[error("{0:?} is no revision: a revision does not start with \"-\"")]
    LooksLikeOption(String),
    /// Git answered something else than it documents.
    #[error("git {command} failed: {message}")]
    Git {
        /// What was asked.
        command: &'static str,
        /// What git said.
        message: String,
    },
    /// The files could not be written.
    #[error("cannot write the files of {revision}: {error}")]
    Write {
        /// Of which revision.
        revision: String,
        /// Why.
        error: io::Error,
    },
}

/// The repository that a path lies in.
#[derive(Debug)]
pub(super) struct Repository {
    /// Its work tree, without symbolic links.
    pub(super) top: PathBuf,
}

/// The files of one revision, in a directory that goes when this does.
#[derive(Debug)]
pub(super) struct Tree {
    directory: TempDir,
    /// The same directory without symbolic links.
    pub(super) path: PathBuf,
    /// Submodules, by path in the tree: their files are other repositories'.
    pub(super) submodules: BTreeSet<PathBuf>,
    /// What is not there as it is in the revision, for the reader.
    pub(super) notes: Vec<String>,
    /// The files that were written, with the ids of their contents.
    files: BTreeMap<PathBuf, String>,
}

impl Repository {
    /// The repository that an existing path lies in.
    pub(super) fn of(path: &Path) -> Result<Self, RevisionError> {
        let real = path.canonicalize().map_err(|_| RevisionError::NoPath(path.to_owned()))?;
        let directory = if real.is_dir() { real.as_path() } else { real.parent().unwrap_or(&real) };
        let output = output(directory, &["rev-parse", "--show-toplevel"])?;
        if !output.status.success() {
            // A repository of somebody else is refused in words that say what to do.
            return Err(match said(&output) {
                message if message.contains("dubious ownership") => {
                    RevisionError::Git { command: "rev-parse", message }
                }
                _ => RevisionError::NoRepository(path.to_owned()),
            });
        }
        let top = path_of(output.stdout.strip_suffix(b"\n").unwrap_or(&output.stdout));
        top.canonicalize().map(|top| Self { top }).map_err(|_| RevisionError::NoRepository(path.to_owned()))
    }

    /// Writes the files of a revision that the code under `path` may read: all below it, and elsewhere those of
    /// directories with Terraform code, which may be its modules. What `other`, which must not be written to any more, has
    /// just so is there as a link to the same file: two revisions mostly differ in a few files, and making a file takes
    /// longer than reading it.
    pub(super) fn tree(&self, revision: &str, path: &Path, other: Option<&Tree>) -> Result<Tree, RevisionError> {
        let id = self.resolve(revision)?;
        let directory = tempfile::Builder::new().prefix("baselint-").tempdir();
        let fail = |error| RevisionError::Write { revision: revision.to_owned(), error };
        let directory = directory.map_err(fail)?;
        let path_in_tree = path.strip_prefix(&self.top).unwrap_or(Path::new("")).to_owned();
        let canonical = directory.path().canonicalize().map_err(fail)?;
        let mut tree =
            Tree { path: canonical, directory, submodules: BTreeSet::new(), notes: Vec::new(), files: BTreeMap::new() };
        let files = self.list(&id, &mut tree)?;
        let mut wanted = wanted(files, &path_in_tree);
        if let Some(other) = other {
            wanted.retain(|entry| !other.lend(entry, &mut tree));
        }
        self.write(&wanted, &mut tree).map_err(|error| match error {
            WriteError::Git(message) => RevisionError::Git { command: "cat-file", message },
            WriteError::Io(error) => fail(error),
        })?;
        Ok(tree)
    }

    /// Puts what git ignores and the engine reads, installed modules and values of variables, where the revision has its
    /// files: a difference that comes from their absence is none of the code. `path` is in the work tree.
    pub(super) fn lend_ignored(&self, path: &Path, tree: &mut Tree) -> Result<(), RevisionError> {
        let mut arguments = vec!["ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z", "--"];
        let patterns =
            [":(glob)**/.terraform/", ":(glob)**/.terraform", ":(glob)**/*.tfvars", ":(glob)**/*.tfvars.json"];
        arguments.extend(patterns);
        let output = output(if path.is_dir() { path } else { &self.top }, &arguments)?;
        if !output.status.success() {
            return Err(RevisionError::Git { command: "ls-files", message: said(&output) });
        }
        let base = if path.is_dir() { path } else { &self.top };
        for name in output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
            let original = base.join(path_of(name));
            let Ok(below) = original.strip_prefix(&self.top) else { continue };
            let place = tree.path.join(below);
            // Only beside files of the revision: in a directory that it lacks, nothing reads them.
            if place.symlink_metadata().is_err() && place.parent().is_some_and(Path::is_dir) {
                // Without it the modules are absent on this side, which the comparison says.
                let _ = link(&original, &place);
            }
        }
        Ok(())
    }

    /// The id of a revision's tree.
    fn resolve(&self, revision: &str) -> Result<String, RevisionError> {
        if revision.starts_with('-') {
            return Err(RevisionError::LooksLikeOption(revision.to_owned()));
        }
        let unknown = || RevisionError::Unknown(revision.to_owned());
        if revision.is_empty() || revision.contains(['\0', '\n']) {
            return Err(unknown());
        }
        let spelled = format!("{revision}^{{tree}}");
        let output = output(&self.top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &spelled])?;
        let id = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if output.status.success() && is_id { Ok(id) } else { Err(unknown()) }
    }

    /// The files of a tree.
    fn list(&self, id: &str, tree: &mut Tree) -> Result<Vec<Entry>, RevisionError> {
        let output = output(&self.top, &["ls-tree", "-r", "-z", "--full-tree", id])?;
        if !output.status.success() {
            return Err(RevisionError::Git { command: "ls-tree", message: said(&output) });
        }
        let mut entries = Vec::new();
        for line in output.stdout.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            let Some(entry) = Entry::read(line) else {
                let message = format!("unexpected entry {:?}", String::from_utf8_lossy(line));
                return Err(RevisionError::Git { command: "ls-tree", message });
            };
            if !is_inside(&entry.path) {
                tree.notes.push(format!("{} is no path inside the repository and is left out", entry.path.display()));
            } else if entry.sort == Sort::Submodule {
                tree.submodules.insert(entry.path);
            } else {
                entries.push(entry);
            }
            if entries.len() > MAX_FILES {
                let message = format!("more than {MAX_FILES} files");
                return Err(RevisionError::Git { command: "ls-tree", message });
            }
        }
        Ok(entries)
    }

    /// Writes the contents; links last, so that no file is written through one.
    fn write(&self, entries: &[Entry], tree: &mut Tree) -> Result<(), WriteError> {
        let mut child = command(&self.top)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let contents = contents(&mut child, entries, tree);
        if contents.is_err() {
            // It may wait for somebody who reads.
            let _ = child.kill();
        }
        let status = child.wait()?;
        let links = contents?;
        if !status.success() {
            return Err(WriteError::Git(format!("it ended with {status}")));
        }
        for (entry, target) in links {
            let target = path_of(&target);
            let place = tree.path.join(&entry.path);
            let within = entry.path.parent().unwrap_or(Path::new("")).join(&target);
            if is_inside(&resolved(&within)) && target.is_relative() {
                make_parent(&place)?;
                link(&target, &place)?;
            } else {
                tree.notes.push(format!("{} is a link out of the repository and is left out", entry.path.display()));
            }
        }
        Ok(())
    }
}

impl Tree {
    /// Puts a file of these where another revision, which has the same, has it. Where that fails it is to be written.
    fn lend(&self, entry: &Entry, other: &mut Self) -> bool {
        if entry.sort != Sort::File || self.files.get(&entry.path) != Some(&entry.id) {
            return false;
        }
        let place = other.path.join(&entry.path);
        let lent = make_parent(&place).and_then(|()| fs::hard_link(self.path.join(&entry.path), &place));
        if lent.is_ok() {
            other.files.insert(entry.path.clone(), entry.id.clone());
        }
        lent.is_ok()
    }

    /// Where a path of the work tree lies among the files of the revision.
    pub(super) fn place_of(&self, path: &Path, repository: &Repository) -> PathBuf {
        path.strip_prefix(&repository.top).map_or_else(|_| self.path.clone(), |below| self.path.join(below))
    }

    /// Removes the files.
    pub(super) fn close(self) -> io::Result<()> {
        self.directory.close()
    }
}

/// Why files could not be written.
#[derive(Debug)]
enum WriteError {
    Git(String),
    Io(io::Error),
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// What an entry of a tree is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sort {
    File,
    Link,
    Submodule,
}

/// A file of a tree.
#[derive(Debug)]
struct Entry {
    sort: Sort,
    id: String,
    path: PathBuf,
}

impl Entry {
    /// Reads `<mode> SP <type> SP <id> TAB <path>`, as git-ls-tree documents it.
    fn read(line: &[u8]) -> Option<Self> {
        let tab = line.iter().position(|byte| *byte == b'\t')?;
        let (head, path) = line.split_at_checked(tab)?;
        let mut words = std::str::from_utf8(head).ok()?.split(' ');
        let (mode, _, id) = (words.next()?, words.next()?, words.next()?);
        let sort = match mode {
            "160000" => Sort::Submodule,
            "120000" => Sort::Link,
            _ => Sort::File,
        };
        Some(Self { sort, id: id.to_owned(), path: path_of(path.get(1..)?) })
    }
}

/// Those files of a tree that the code under a path may read.
fn wanted(files: Vec<Entry>, path: &Path) -> Vec<Entry> {
    let is_terraform = |path: &Path| {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        [".tf", ".tf.json", ".tofu", ".tofu.json"].iter().any(|end| name.ends_with(end))
    };
    let modules: BTreeSet<PathBuf> = files
        .iter()
        .filter(|entry| is_terraform(&entry.path))
        .filter_map(|entry| entry.path.parent())
        .map(Path::to_owned)
        .collect();
    let is_wanted = |entry: &Entry| {
        entry.sort == Sort::Link
            || entry.path.starts_with(path)
            || path.starts_with(&entry.path)
            || entry.path.parent() == path.parent()
            || entry.path.ancestors().skip(1).any(|above| modules.contains(above))
    };
    files.into_iter().filter(is_wanted).collect()
}

/// Writes the files that git gives for the entries, one after the other, and returns the targets of the links.
fn contents<'e>(
    child: &mut Child,
    entries: &'e [Entry],
    tree: &mut Tree,
) -> Result<Vec<(&'e Entry, Vec<u8>)>, WriteError> {
    let missing = || WriteError::Git("it has no streams".to_owned());
    let (input, output) = (child.stdin.take().ok_or_else(missing)?, child.stdout.take().ok_or_else(missing)?);
    let mut links = Vec::new();
    std::thread::scope(|scope| {
        // Git answers while it is asked; who asks everything first may wait for ever.
        scope.spawn(move || {
            let mut input = BufWriter::new(input);
            // Where this fails git has ended, which its exit code tells.
            let _ = entries.iter().try_for_each(|entry| writeln!(input, "{}", entry.id)).and_then(|()| input.flush());
        });
        let mut output = BufReader::with_capacity(1 << 16, output);
        let mut header = String::new();
        let mut made: Option<&Path> = None;
        for entry in entries {
            header.clear();
            output.read_line(&mut header)?;
            // `<id> SP blob SP <size>`, or `<id> SP missing`.
            let size = header.trim_end().rsplit_once(" blob ");
            let Some(size) = size.and_then(|(_, size)| size.parse::<u64>().ok()) else {
                return Err(WriteError::Git(format!("{}: {}", entry.path.display(), header.trim_end())));
            };
            let mut content = (&mut output).take(size);
            if entry.sort == Sort::Link {
                let mut target = Vec::new();
                content.read_to_end(&mut target)?;
                links.push((entry, target));
            } else if size > MAX_FILE_BYTES {
                // A larger one is not read from the work tree either.
                io::copy(&mut content, &mut io::sink())?;
            } else {
                let place = tree.path.join(&entry.path);
                if entry.path.parent() != made {
                    make_parent(&place)?;
                    made = entry.path.parent();
                }
                let mut file = fs::File::create_new(&place)?;
                io::copy(&mut content, &mut file)?;
                tree.files.insert(entry.path.clone(), entry.id.clone());
            }
            // Each content ends with a line feed of git's own.
            output.read_exact(&mut [0])?;
        }
        Ok(links)
    })
}

fn make_parent(place: &Path) -> io::Result<()> {
    place.parent().map_or(Ok(()), fs::create_dir_all)
}

#[cfg(unix)]
fn link(target: &Path, place: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, place)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> io::Result<()> {
    // Git writes links as files there too, unless somebody asks for more.
    Ok(())
}

/// Whether a path leads down only.
fn is_inside(path: &Path) -> bool {
    path.components().next().is_some() && path.components().all(|part| matches!(part, Component::Normal(_)))
}

/// A path with each `..` taken away with what stands before it; what would lead out keeps its `..`.
fn resolved(path: &Path) -> PathBuf {
    crate::source::lexically_normal(path)
}

fn command(directory: &Path) -> Command {
    let mut command = Command::new(GIT);
    command.arg("-C").arg(directory);
    // No program that the repository's configuration names, no network, no question, no lock.
    command.args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"]);
    for (name, value) in
        [("GIT_OPTIONAL_LOCKS", "0"), ("GIT_NO_LAZY_FETCH", "1"), ("GIT_TERMINAL_PROMPT", "0"), ("LC_ALL", "C")]
    {
        command.env(name, value);
    }
    // The repository is the one that the path lies in, also when a hook of another one runs this.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    command
}

fn output(directory: &Path, arguments: &[&str]) -> Result<Output, RevisionError> {
    command(directory).args(arguments).stdin(Stdio::null()).output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => RevisionError::NoGit,
        _ => RevisionError::Git { command: "", message: error.to_string() },
    })
}

/// What git complained of, on one line.
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() { format!("it ended with {}", output.status) } else { lines.join(" ") }
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    OsString::from(OsStr::from_bytes(bytes)).into()
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    OsString::from(String::from_utf8_lossy(bytes).into_owned()).into()
}
