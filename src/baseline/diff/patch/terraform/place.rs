//! Where things stand, and how one place refers to another.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::baseline::variable::hcl_datum;
use crate::model::kinds::bucket;
use crate::source::{Sources, Span};
use crate::terraform::edit::Taken;

use super::super::super::world::Found;
use super::super::Task;

/// The directory of the file that a place is in.
pub(super) fn directory_of(sources: &Sources, span: Span) -> Option<PathBuf> {
    sources.get(span.file)?.path().parent().map(Path::to_owned)
}

/// An address without the modules that lead to it.
pub(super) fn local_address(address: &str) -> &str {
    let mut rest = address;
    while let Some(after) = rest.strip_prefix("module.") {
        let name_end = after.find(['.', '[']).unwrap_or(after.len());
        let after = after.get(name_end..).unwrap_or_default();
        let after = if after.starts_with('[') { skip_index(after) } else { after };
        rest = after.strip_prefix('.').unwrap_or(after);
    }
    rest
}

/// What follows `[…]`, in which there may be a string with brackets.
fn skip_index(text: &str) -> &str {
    let (mut in_string, mut escaped) = (false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            ']' if !in_string => return text.get(at + 1..).unwrap_or_default(),
            _ => {}
        }
    }
    ""
}

/// A local address without the instance.
pub(super) fn without_index(address: &str) -> &str {
    let local = local_address(address);
    local.split('[').next().unwrap_or(local)
}

/// How the code of a directory refers to a bucket that stands elsewhere: as a bucket policy of this directory does.
pub(super) fn reference_from(task: &Task<'_, '_>, existing: Found<'_>, directory: &Path) -> Option<String> {
    if !bucket::BUCKET.is(existing.resource) {
        return None;
    }
    let companions = [&bucket::POLICY, &bucket::PUBLIC_ACCESS_BLOCK];
    let named = companions.into_iter().flat_map(|kind| existing.companions(kind)).find_map(|companion| {
        let file = task.sources.get(companion.resource.block.file)?;
        let is_here = file.path().parent() == Some(directory);
        is_here.then(|| crate::terraform::edit::argument(&file, companion.resource.block, "bucket"))?
    })?;
    let object = named.strip_suffix(".id").or_else(|| named.strip_suffix(".bucket"))?;
    let is_reference = object.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '[' | ']' | '"'));
    is_reference.then(|| object.to_owned())
}

/// The values of the donor's variables, as they are written in code.
pub(super) fn values(task: &Task<'_, '_>) -> BTreeMap<String, String> {
    task.values.iter().map(|(key, datum)| (key.clone(), hcl_datum(datum))).collect()
}

/// The addresses of the resources and module calls of a generated file.
pub(super) fn blocks(text: &str) -> Vec<String> {
    let labels = |rest: &str| -> Vec<String> { rest.split('"').skip(1).step_by(2).map(str::to_owned).collect() };
    let address = |line: &str| {
        let (kind, rest) = line.split_once(' ')?;
        let labels = labels(rest);
        match (kind, labels.as_slice()) {
            ("resource", [kind, name, ..]) => Some(format!("{kind}.{name}")),
            ("module", [name, ..]) => Some(format!("module.{name}")),
            _ => None,
        }
    };
    text.lines().filter(|line| line.ends_with('{')).filter_map(address).collect()
}

/// Puts references into a text: `{aws_iam_policy.mfa}` becomes how that is referred to.
pub(super) fn filled(text: &str, refer: &impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((address, after)) = after.split_once("}}") else { break };
        out.push_str(before);
        out.push_str(&refer(address));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A statement under another name.
pub(super) fn with_sid(statement: &str, sid: &str) -> String {
    let is_name =
        |line: &&str| line.trim_start().strip_prefix("sid").is_some_and(|rest| rest.trim_start().starts_with('='));
    let written = statement.lines().find(is_name).and_then(|line| line.split('"').nth(1));
    written
        .map_or_else(|| statement.to_owned(), |old| statement.replacen(&format!("\"{old}\""), &format!("\"{sid}\""), 1))
}

/// A document around another, with statements more.
pub(super) fn wrapping(name: &str, expression: &str, statements: &[String]) -> String {
    let indented = |text: &str| -> String {
        let line = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") };
        text.trim_end().lines().map(line).collect()
    };
    let statements: Vec<String> = statements.iter().map(|statement| indented(statement)).collect();
    format!(
        "# All that the policy said, and what the account's baseline adds.\ndata \"aws_iam_policy_document\" \"{name}\" {{\n  \
         source_policy_documents = [{expression}]\n\n{}}}\n",
        statements.join("\n")
    )
}

/// A name that no block of a type has.
pub(super) fn free_name(taken: &Taken, kind: &str, name: &str) -> String {
    let is_free = |name: &String| !taken.contains(&format!("{kind}.{name}"));
    let numbered = (2..1000).map(|count| format!("{name}_baseline_{count}"));
    let mut names = [name.to_owned(), format!("{name}_baseline")].into_iter().chain(numbered);
    names.find(is_free).unwrap_or_else(|| name.to_owned())
}

/// A path for a new file that no file has.
pub(super) fn free(sources: &Sources, directory: &Path, name: &str) -> PathBuf {
    let is_taken = |path: &Path| path.exists() || sources.all().iter().any(|file| file.path() == path);
    let plain = directory.join(name);
    if !is_taken(&plain) {
        return plain;
    }
    let (folder, file) = name.rsplit_once('/').map_or(("", name), |(folder, file)| (folder, file));
    let numbered = |count: u32| {
        let mark = if count == 0 { String::new() } else { format!("{count}_") };
        directory.join(folder).join(format!("baseline_{mark}{file}"))
    };
    (0..1000).map(numbered).find(|path| !is_taken(path)).unwrap_or(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_their_modules() {
        assert_eq!(local_address("aws_s3_bucket.a[0]"), "aws_s3_bucket.a[0]");
        assert_eq!(local_address("module.a.module.b[\"x].y\"].aws_s3_bucket.a[\"k\"]"), "aws_s3_bucket.a[\"k\"]");
        assert_eq!(without_index("module.a[0].aws_s3_bucket.a[\"k\"]"), "aws_s3_bucket.a");
        assert_eq!(without_index("data.aws_iam_policy_document.x"), "data.aws_iam_policy_document.x");
    }

    #[test]
    fn the_blocks_of_a_file_are_its_resources_and_modules() {
        let text = "locals {\n}\n\nresource \"a_b\" \"c\" {\n}\ndata \"d_e\" \"f\" {\n}\nmodule \"g\" {\n}\n";
        assert_eq!(blocks(text), ["a_b.c", "module.g"]);
    }

    #[test]
    fn a_statement_takes_another_name() {
        let statement = "statement {\n  sid    = \"A\"\n  effect = \"A\"\n}\n";
        assert_eq!(with_sid(statement, "A2"), "statement {\n  sid    = \"A2\"\n  effect = \"A\"\n}\n");
        assert_eq!(with_sid("statement {\n  effect = \"A\"\n}\n", "A2"), "statement {\n  effect = \"A\"\n}\n");
    }

    #[test]
    fn references_are_put_in() {
        let refer = |address: &str| format!("<{address}>");
        assert_eq!(filled("a = {{x.y}}.arn\n", &refer), "a = <x.y>.arn\n");
        assert_eq!(filled("a = { b = 1 }", &refer), "a = { b = 1 }");
    }
}
