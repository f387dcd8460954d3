//! A unified diff that `git apply` takes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use crate::source::Sources;

/// Lines around a change.
const CONTEXT_LINES: usize = 3;

/// Compares the files as they are with the files as they would be. Paths are relative to `directory`.
pub(super) fn diff(sources: &Sources, files: &BTreeMap<PathBuf, String>, directory: &Path) -> String {
    let known = sources.all();
    let mut out = String::new();
    for (path, new) in files {
        let name = path.strip_prefix(directory).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let old = known.iter().find(|file| file.path() == path).map_or("", |file| file.text());
        let is_new = !path.exists();
        // The byte order mark is not part of a source's text, but of the file.
        let mark = if !is_new && starts_with_mark(path) { "\u{feff}" } else { "" };
        let (old, new) = (format!("{mark}{old}"), format!("{mark}{new}"));
        if old == new {
            continue;
        }
        let (from, to) = (quoted("a", &name), quoted("b", &name));
        // Writing to a String cannot fail.
        let _ = writeln!(out, "diff --git {from} {to}");
        if is_new {
            let _ = writeln!(out, "new file mode 100644");
        }
        let from = if is_new { "/dev/null".to_owned() } else { from };
        let diff = TextDiff::from_lines(&old, &new);
        let mut unified = diff.unified_diff();
        let _ = write!(out, "{}", unified.context_radius(CONTEXT_LINES).header(&from, &to).missing_newline_hint(true));
    }
    out
}

fn starts_with_mark(path: &Path) -> bool {
    std::fs::read(path).is_ok_and(|bytes| bytes.starts_with("\u{feff}".as_bytes()))
}

/// A name as git writes it: in quotes where it has characters that end a name.
fn quoted(side: &str, name: &str) -> String {
    if !name.chars().any(|character| character.is_control() || matches!(character, '"' | '\\')) {
        return format!("{side}/{name}");
    }
    let mut out = format!("\"{side}/");
    for character in name.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            other if other.is_control() => {
                let mut bytes = [0; 4];
                for byte in other.encode_utf8(&mut bytes).bytes() {
                    let _ = write!(out, "\\{byte:03o}");
                }
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
