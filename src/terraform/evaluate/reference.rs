//! References: what a name and the first steps after it stand for.

use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::module::Module;
use super::{Evaluator, Key, Scope};
use crate::model::Category;
use crate::terraform::directory::BlockKind;
use crate::terraform::syntax::{Expression, Step};
use crate::value::{Form, Symbol, Value, Why};

impl<'a> Evaluator<'a> {
    /// The value of `root` followed by steps.
    pub(super) fn reference(&self, root: &str, steps: &[Step], expression: &Expression, scope: Scope<'_, 'a>) -> Value {
        if let Some(value) = scope.bound(root) {
            return self.steps(value, steps, scope);
        }
        let error = |message: String| Value::unknown(self.source_symbol(expression, scope), Why::Error(message.into()));
        let Some(module) = scope.module else {
            return error(format!("{root:?} is not known here: a template sees its variables alone"));
        };
        let (first, rest) = named(steps);
        match (root, first) {
            ("var", Some(name)) => self.steps(self.variable(module, name), rest, scope),
            ("local", Some(name)) => self.steps(self.local(module, name), rest, scope),
            ("path", Some(name)) => self.path(module, name),
            ("terraform", _) => self.workspace(first),
            ("module", Some(name)) => self.module_reference(module, name, rest, scope),
            ("data" | "resource", Some(kind)) => {
                let category = if root == "data" { Category::Data } else { Category::Managed };
                match named(rest) {
                    (Some(name), rest) => self.resource_reference(module, category, kind, name, rest, scope),
                    (None, _) => error(format!("`{root}` needs a type and a name")),
                }
            }
            ("each" | "count" | "self", _) => error(format!("`{root}` means nothing here")),
            (kind, Some(name)) => self.resource_reference(module, Category::Managed, kind, name, rest, scope),
            (_, None) => error(format!("{root:?} alone means nothing here")),
        }
    }

    /// `terraform.workspace`: an input, which has a default that CI overrides.
    fn workspace(&self, attribute: Option<&str>) -> Value {
        if let (Some("workspace"), Some(workspace)) = (attribute, &self.configuration.options.workspace) {
            return Value::text(workspace.as_str());
        }
        let symbol = Symbol::new("terraform.workspace").of_form(Some(Form::Text));
        Value::unknown(symbol, Why::Input("terraform.workspace".into()))
    }

    fn local(&self, module: &Rc<Module<'a>>, name: &str) -> Value {
        let symbol = || format!("{}local.{name}", module.path);
        let Some(place) = module.directory.local(name) else {
            let name = symbol();
            let why = Why::Absent(format!("the declaration of {name}").into());
            return Value::unknown(Symbol::new(name), why);
        };
        self.once(module, Key::Local(place.0, place.1), &symbol, || match module.directory.local_attribute(place) {
            Some(attribute) => self.expression(&attribute.value, Scope::of(module)),
            None => Value::null(),
        })
    }

    fn path(&self, module: &Module<'a>, name: &str) -> Value {
        match name {
            "root" => Value::text("."),
            "module" => match relative(&self.root.path, &module.directory.path) {
                Some(path) => Value::text(path),
                None => Value::unknown(Symbol::new("path.module"), Why::Runtime("path.module".into())),
            },
            _ => Value::unknown(Symbol::new("path.cwd"), Why::Runtime("path.cwd".into())),
        }
    }

    /// What `module.name` and the steps after it stand for.
    fn module_reference(&self, module: &Rc<Module<'a>>, name: &str, steps: &[Step], scope: Scope<'_, 'a>) -> Value {
        let address = format!("{}module.{name}", module.path);
        let Some(block) = module.directory.find(BlockKind::Module, name, "") else {
            let why = Why::Absent(format!("the declaration of {address}").into());
            return self.steps(Value::unknown(Symbol::new(address), why), steps, scope);
        };
        let Some(repetition) = self.repetition(module, block) else {
            let why = Why::Cycle(address.as_str().into());
            return self.steps(Value::unknown(Symbol::new(address), why), steps, scope);
        };
        self.through(&repetition, &address, steps, scope, &|at, steps| match (
            self.callee(module, block, at),
            steps.split_first(),
        ) {
            (Ok(callee), Some((Step::Attribute(output), rest))) => {
                self.steps(self.output(&callee, output), rest, scope)
            }
            (Ok(callee), _) => self.steps(self.all_outputs(&callee), steps, scope),
            (Err(why), _) => {
                let suffix = repetition.instances.get(at).map(|instance| &*instance.suffix).unwrap_or_default();
                self.steps(Value::unknown(Symbol::new(format!("{address}{suffix}")), why), steps, scope)
            }
        })
    }
}

/// The name that a reference goes on with, and the steps after it.
fn named(steps: &[Step]) -> (Option<&str>, &[Step]) {
    match steps.split_first() {
        Some((Step::Attribute(name), rest)) => (Some(name), rest),
        _ => (None, steps),
    }
}

/// The path of a directory as seen from another, as Terraform prints `path.module`.
fn relative(from: &Path, to: &Path) -> Option<String> {
    let mut from_parts = from.components().peekable();
    let mut to_parts = to.components().peekable();
    while from_parts.peek().is_some() && from_parts.peek() == to_parts.peek() {
        from_parts.next();
        to_parts.next();
    }
    let mut path = PathBuf::new();
    path.extend(from_parts.map(|_| Component::ParentDir));
    path.extend(to_parts);
    let path = path.to_str()?.replace('\\', "/");
    Some(if path.is_empty() { ".".to_owned() } else { path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_modules_are_seen_from_the_root() {
        let path = |from: &str, to: &str| relative(Path::new(from), Path::new(to)).unwrap();
        assert_eq!(path("/a/b", "/a/b"), ".");
        assert_eq!(path("/a/b", "/a/b/modules/c"), "modules/c");
        assert_eq!(path("/a/b", "/a/c/d"), "../c/d");
    }
}
