//! What functions read: files and templates of the configuration, and no others.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use ignore::WalkBuilder;
use ignore::overrides::OverrideBuilder;

use super::{Evaluator, Scope};
use crate::source::{SourceFile, lexically_normal};
use crate::terraform::functions::Environment;
use crate::terraform::syntax::{self, Template};
use crate::value::{Symbol, Text, Value, Why};

/// A template file, or what is wrong with it.
pub(super) type ParsedTemplate = Result<Rc<Template>, Arc<str>>;

/// Files that `fileset` looks at. A directory of more is no part of a configuration.
const MAX_FILES: usize = 10_000;

/// What looking at one of them costs, as a part of what a root may.
const STEPS_PER_FILE: usize = 4;

/// The files that the functions of one root may read. Paths are relative to the root's directory, where Terraform runs.
pub(super) struct Files<'e, 'a> {
    pub(super) evaluator: &'e Evaluator<'a>,
}

impl Files<'_, '_> {
    fn path(&self, path: &str) -> PathBuf {
        lexically_normal(&self.evaluator.root.path.join(path))
    }

    fn allowed(&self, path: &str) -> Result<PathBuf, Why> {
        let absolute = self.path(path);
        if self.evaluator.configuration.may_read(&absolute) { Ok(absolute) } else { Err(absent(path)) }
    }
}

fn absent(path: &str) -> Why {
    Why::Absent(format!("the file {path}").into())
}

impl Environment for Files<'_, '_> {
    fn read(&self, path: &str) -> Result<Arc<SourceFile>, Why> {
        let absolute = self.allowed(path)?;
        self.evaluator.configuration.sources.read(&absolute).map_err(|error| Why::Absent(error.to_string().into()))
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, Why> {
        let absolute = self.allowed(path)?;
        let bytes = self.evaluator.configuration.sources.read_bytes(&absolute);
        bytes.map_err(|error| Why::Absent(error.to_string().into()))
    }

    fn exists(&self, path: &str) -> Result<bool, Why> {
        let absolute = self.path(path);
        // A file that is not there has no real path; its directory tells whether it would be ours.
        let place = if absolute.exists() { Some(&*absolute) } else { absolute.parent() };
        if place.is_some_and(|place| self.evaluator.configuration.may_read(place) || *place == self.evaluator.root.path)
        {
            if absolute.is_dir() {
                return Err(Why::Error(format!("fileexists: {path:?} is a directory, not a file").into()));
            }
            Ok(absolute.is_file())
        } else {
            Err(absent(path))
        }
    }

    fn file_set(&self, directory: &str, pattern: &str) -> Result<Vec<String>, Why> {
        let base = self.path(directory);
        if base != self.evaluator.root.path && !self.evaluator.configuration.may_read(&base) {
            return Err(absent(directory));
        }
        if pattern.split('/').any(|part| part == "..") {
            return Err(Why::Unsupported("a pattern of files that leads upward".into()));
        }
        let in_braces = pattern.split('{').skip(1).any(|rest| rest.split('}').next().unwrap_or(rest).contains('/'));
        if in_braces {
            return Err(Why::Error(format!("fileset: a slash stands between braces in {pattern:?}").into()));
        }
        let bad = |error: ignore::Error| Why::Error(format!("fileset: {error}").into());
        let mut matcher = OverrideBuilder::new(&base);
        // A pattern with a slash in front is matched from the directory on, as fileset does.
        // In brackets only `^` negates there.
        matcher.add(&format!("/{}", pattern.replace("[!", "[\\!"))).map_err(bad)?;
        let matcher = matcher.build().map_err(bad)?;
        let mut found = Vec::new();
        let walk = WalkBuilder::new(&base).standard_filters(false).follow_links(false).build();
        for (count, entry) in walk.flatten().enumerate() {
            if count > MAX_FILES {
                return Err(Why::Budget("a directory of more files than are looked at".into()));
            }
            self.spend(STEPS_PER_FILE)?;
            let path = entry.path();
            if entry.file_type().is_some_and(|kind| kind.is_file()) && matcher.matched(path, false).is_whitelist() {
                found.extend(relative(&base, path));
            }
        }
        found.sort();
        Ok(found)
    }

    fn render(&self, template: &SourceFile, variables: &Value) -> Value {
        let parsed = self.evaluator.templates.borrow().get(&template.id()).cloned();
        let parsed = parsed.unwrap_or_else(|| {
            let parsed = syntax::parse_template(template).map(Rc::new).map_err(|error| error.to_string().into());
            self.evaluator.templates.borrow_mut().insert(template.id(), parsed.clone());
            parsed
        });
        match parsed {
            Ok(parsed) => self.evaluator.template(&parsed, template.whole(), Scope::of_template(variables)),
            Err(message) => {
                let name = format!("templatefile({})", template.shown_path());
                Value::unknown(Symbol::new(name), Why::Error(message))
            }
        }
    }

    fn render_text(&self, template: &Text, variables: &Value) -> Value {
        let name = || Symbol::new(format!("templatestring({template}, {})", variables.canonical()));
        if let Some((_, symbol)) = template.symbols().next() {
            return Value::unknown(name(), Why::AfterDeployment(symbol.name().into()));
        }
        // What a template computes stands somewhere; without a place of its own, at the root's beginning.
        let place = template.span_of(0..template.literal_content().len());
        let Some(whole) = place.or_else(|| self.evaluator.root.blocks.first().map(|block| block.header)) else {
            return Value::unknown(name(), Why::Absent("the template".into()));
        };
        match syntax::parse_decoded_template(template, whole) {
            Ok(parsed) => self.evaluator.template(&parsed, whole, Scope::of_template(variables)),
            Err(message) => Value::unknown(name(), Why::Error(message.into())),
        }
    }

    fn spend(&self, steps: usize) -> Result<(), Why> {
        self.evaluator.spend(steps);
        if self.evaluator.is_exhausted() { Err(Evaluator::exhaustion()) } else { Ok(()) }
    }

    fn absolute(&self, path: &str) -> Option<String> {
        // The code is deployed from some other machine than this one.
        let is_absolute = path.starts_with('/');
        is_absolute.then(|| lexically_normal(Path::new(path)).to_str().map(str::to_owned)).flatten()
    }
}

/// The path below `base`, with `/`.
fn relative(base: &Path, path: &Path) -> Option<String> {
    let parts = path.strip_prefix(base).ok()?.iter().map(|part| part.to_str());
    parts.collect::<Option<Vec<_>>>().map(|parts| parts.join("/"))
}
