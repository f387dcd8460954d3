//! All files of one run.

use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::{FileId, InputError, SourceFile, Span};

/// A larger file is refused: no hand-written infrastructure code comes near, and everything read is kept in memory.
pub const MAX_FILE_BYTES: u64 = 64 << 20;

/// The files of one run, each read once. Shared by all threads; ids are given in the order of first reading
/// and never printed.
#[derive(Debug, Default)]
pub struct Sources {
    working_directory: PathBuf,
    copies: Vec<Copied>,
    table: RwLock<Table>,
}

/// A copy of a tree, whose files are shown by the paths of the original.
#[derive(Debug)]
struct Copied {
    at: PathBuf,
    of: PathBuf,
}

#[derive(Debug, Default)]
struct Table {
    files: Vec<Arc<SourceFile>>,
    by_path: FxHashMap<PathBuf, FileId>,
}

impl Sources {
    /// No files yet; paths are shown relative to `working_directory`.
    pub fn new(working_directory: PathBuf) -> Self {
        Self { working_directory, copies: Vec::new(), table: RwLock::default() }
    }

    /// Shows the files below `at` as if they lay below `of`: those of an earlier state of a tree, which was written
    /// elsewhere to be read. `at` must have no symbolic links.
    #[must_use]
    pub fn with_copy(mut self, at: PathBuf, of: PathBuf) -> Self {
        self.copies.push(Copied { at, of });
        self
    }

    /// Whether a path without symbolic links lies in a tree that is looked at, so that it names its file.
    fn is_within(&self, real: &Path) -> bool {
        real.starts_with(&self.working_directory) || self.copies.iter().any(|copy| real.starts_with(&copy.at))
    }

    /// Reads a file, or returns it when it was read before.
    pub fn read(&self, path: &Path) -> Result<Arc<SourceFile>, InputError> {
        let path = lexically_normal(path);
        if let Some(file) = self.by_path(&path) {
            return Ok(file);
        }
        // A link inside the working directory is the file that it names, so that a fault in it stands at one place.
        if let Some(target) = self.link_target(&path) {
            let file = self.read(&target)?;
            let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
            table.by_path.insert(path, file.id());
            return Ok(file);
        }
        let bytes = self.read_bytes(&path)?;
        self.add_text(path, bytes)
    }

    /// The bytes of a regular file of bounded size; they are not kept. Pipes and devices are refused: reading them
    /// may never end.
    pub fn read_bytes(&self, path: &Path) -> Result<Vec<u8>, InputError> {
        let fail = |message: String| InputError::of_file(self.shown(path), message);
        let unreadable = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                fail("cannot be read: there is no such file, or the link leads nowhere".into())
            }
            _ => fail(format!("cannot be read: {error}")),
        };
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(fail("is not a regular file and was not checked".to_owned()));
        }
        let too_large = || fail(format!("is larger than {} MiB and was not checked", MAX_FILE_BYTES >> 20));
        if metadata.len() > MAX_FILE_BYTES {
            return Err(too_large());
        }
        if metadata.len() == 0 {
            // Nothing, or a file that the kernel makes while it is read, such as /proc/kmsg, which never ends.
            return Ok(Vec::new());
        }
        // One byte more, so that the end is seen without another allocation.
        let capacity = usize::try_from(metadata.len()).unwrap_or_default() + 1;
        let mut bytes = Vec::with_capacity(capacity);
        // Some files are longer than they say, or grow.
        let file = std::fs::File::open(path).map_err(unreadable)?;
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(too_large());
        }
        Ok(bytes)
    }

    /// The path without symbolic links among its directories where it then lies in the working directory, so that one
    /// file has one path; else the path itself. A link to a file stays one: it is a file of the directory it lies in.
    pub fn real(&self, path: &Path) -> PathBuf {
        let real = match (path.is_dir(), path.parent(), path.file_name()) {
            (false, Some(directory), Some(name)) => directory.canonicalize().map(|directory| directory.join(name)),
            _ => path.canonicalize(),
        };
        real.ok().filter(|real| self.is_within(real)).unwrap_or_else(|| path.to_owned())
    }

    /// Where a symbolic link leads, if the path is one and it leads to something in the working directory.
    pub fn link_target(&self, path: &Path) -> Option<PathBuf> {
        let is_link = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
        let target = if is_link { path.canonicalize().ok()? } else { return None };
        self.is_within(&target).then_some(target)
    }

    /// Adds a file whose bytes are already at hand.
    pub fn add_text(&self, path: PathBuf, bytes: Vec<u8>) -> Result<Arc<SourceFile>, InputError> {
        let shown = self.shown(&path);
        let mut text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let line = 1 + memchr::memchr_iter(b'\n', &error.as_bytes()[..valid]).count();
            InputError {
                path: shown.clone(),
                line: u32::try_from(line).ok(),
                message: "is not valid UTF-8; save the file as UTF-8".to_owned(),
            }
        })?;
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(&id) = table.by_path.get(&path) {
            return Ok(Arc::clone(&table.files[id.index()]));
        }
        let id = FileId::from_index(table.files.len())
            .ok_or_else(|| InputError::of_file(shown.clone(), "too many files in one run"))?;
        let file = Arc::new(SourceFile::new(id, path.clone(), shown, text.into_boxed_str()));
        table.files.push(Arc::clone(&file));
        table.by_path.insert(path, id);
        Ok(file)
    }

    /// The file of an id that these sources gave.
    pub fn get(&self, id: FileId) -> Option<Arc<SourceFile>> {
        self.table.read().unwrap_or_else(PoisonError::into_inner).files.get(id.index()).cloned()
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> String {
        self.get(span.file).map(|file| file.slice(span).to_owned()).unwrap_or_default()
    }

    /// Every file read so far.
    pub fn all(&self) -> Vec<Arc<SourceFile>> {
        self.table.read().unwrap_or_else(PoisonError::into_inner).files.clone()
    }

    /// A path as reports print it: relative to the working directory where it lies below it, with `/`.
    pub fn shown(&self, path: &Path) -> String {
        let mut normal = lexically_normal(path);
        let in_original =
            self.copies.iter().find_map(|copy| normal.strip_prefix(&copy.at).ok().map(|below| copy.of.join(below)));
        if let Some(original) = in_original {
            normal = lexically_normal(&original);
        }
        let relative = normal.strip_prefix(&self.working_directory).unwrap_or(&normal);
        let shown = relative.to_string_lossy().replace('\\', "/");
        if shown.is_empty() { ".".to_owned() } else { shown }
    }

    fn by_path(&self, path: &Path) -> Option<Arc<SourceFile>> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        table.by_path.get(path).map(|id| Arc::clone(&table.files[id.index()]))
    }
}

/// Resolves `.` and `..` by name alone, so that one file has one path whichever module calls it.
pub fn lexically_normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => match normal.components().next_back() {
                Some(Component::Normal(_)) => {
                    normal.pop();
                }
                Some(Component::RootDir) => {}
                _ => normal.push(".."),
            },
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_from_the_working_directory() {
        let sources = Sources::new("/home/tree".into());
        assert_eq!(sources.shown(Path::new("/home/tree/a/../b/./c.tf")), "b/c.tf");
        assert_eq!(sources.shown(Path::new("/home/other/c.tf")), "/home/other/c.tf");
        assert_eq!(sources.shown(Path::new("x/../../y.tf")), "../y.tf");
    }

    #[test]
    fn files_of_a_copy_are_shown_by_the_paths_of_the_original() {
        let sources = Sources::new("/home/tree".into()).with_copy("/tmp/copy".into(), "/home/tree".into());
        assert_eq!(sources.shown(Path::new("/tmp/copy/a/main.tf")), "a/main.tf");
        assert_eq!(sources.shown(Path::new("/tmp/copy")), ".");
        assert_eq!(sources.shown(Path::new("/tmp/copies/main.tf")), "/tmp/copies/main.tf");
    }

    #[test]
    fn invalid_utf8_names_the_line() {
        let error = Sources::new("/".into()).add_text("/a.tf".into(), b"a\nb\xff".to_vec()).unwrap_err();
        assert_eq!((error.path.as_str(), error.line), ("a.tf", Some(2)));
    }

    #[test]
    fn one_path_is_one_file() {
        let sources = Sources::new("/".into());
        let first = sources.add_text("/a.tf".into(), b"x".to_vec()).unwrap();
        let second = sources.add_text("/a.tf".into(), b"y".to_vec()).unwrap();
        assert_eq!(first.id(), second.id());
        assert_eq!(second.text(), "x");
    }
}
