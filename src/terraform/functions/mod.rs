//! The functions of the Terraform language (1.11), one file for each family.
//!
//! `try` and `can` are the evaluator's, because their arguments may fail. Every other function is here: known
//! arguments give what Terraform gives; partly known ones give what is certain; what Terraform would refuse is an
//! unknown with [`Why::Error`].

mod call;
mod collection;
mod conversion;
mod date;
mod encoding;
mod filesystem;
mod form;
mod format;
mod hash;
mod lookup;
mod map;
mod network;
mod numeric;
mod pattern;
mod set;
mod string;
mod yaml;

#[cfg(test)]
pub(super) mod facts;
#[cfg(test)]
mod partly_known;

use std::sync::Arc;

use crate::source::SourceFile;
use crate::value::{Kind, Symbol, Text, Unknown, Value, Why};

use super::alternatives::distribute;
use super::composed::composed_value;
use call::{Call, Failure, Function};

/// Larger results are not computed: no configuration that a person wrote comes near.
const MAX_ELEMENTS: usize = 1 << 16;

/// Longer text is not computed, in bytes: more than any service takes as a policy, template or script.
const MAX_TEXT: usize = 16 << 20;

/// Functions whose result is another text than their arguments, or hangs on what these say. The others hand texts on,
/// and references in them.
const READ_CONTENT: [&str; 27] = [
    "base64encode",
    "base64sha256",
    "base64sha512",
    "basename",
    "chomp",
    "dirname",
    "endswith",
    "lower",
    "md5",
    "regex",
    "regexall",
    "replace",
    "sha1",
    "sha256",
    "sha512",
    "split",
    "startswith",
    "strcontains",
    "strrev",
    "substr",
    "title",
    "trim",
    "trimprefix",
    "trimspace",
    "trimsuffix",
    "upper",
    "urlencode",
];

/// What functions need of the world: files below the scanned directories, and templates.
pub(crate) trait Environment {
    /// The bytes of the file at a path.
    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, Why> {
        self.read(path).map(|file| file.text().as_bytes().to_vec())
    }
    /// The file at a path, relative to the working directory of the run.
    fn read(&self, path: &str) -> Result<Arc<SourceFile>, Why>;
    /// Whether there is a file at a path.
    fn exists(&self, path: &str) -> Result<bool, Why>;
    /// The files below `directory` that match the glob `pattern`: relative paths, sorted.
    fn file_set(&self, directory: &str, pattern: &str) -> Result<Vec<String>, Why>;
    /// The text of a template with these variables.
    fn render(&self, template: &SourceFile, variables: &Value) -> Value;
    /// As [`render`](Self::render), for a template that is itself a value.
    fn render_text(&self, template: &Text, _variables: &Value) -> Value {
        let name = Symbol::new(format!("templatestring({template})"));
        Value::unknown(name, Why::Unsupported("templatestring".into()))
    }
    /// Takes this much from what the root may cost; one step is about a microsecond.
    fn spend(&self, _steps: usize) -> Result<(), Why> {
        Ok(())
    }
    /// The absolute path, if the place of the code is known.
    fn absolute(&self, path: &str) -> Option<String>;
}

/// The value of a function call.
///
/// What is not known is named by the call (`upper(var.name)`), so that the same call on the same unknowns is the
/// same unknown. Arguments that are one of several values give one of several results.
pub(crate) fn call(name: &str, arguments: Vec<Value>, environment: &dyn Environment) -> Value {
    let name = name.strip_prefix("core::").unwrap_or(name);
    let symbol = |arguments: &[Value]| {
        let form = form::of_result(name, arguments);
        let arguments: Vec<String> = arguments.iter().map(Value::canonical).collect();
        Symbol::new(format!("{name}({})", arguments.join(", "))).of_form(form)
    };
    if name.contains("::") {
        return Value::unknown(symbol(&arguments), Why::Unsupported(format!("the function {name}").into()));
    }
    let Some(function) = find(name) else {
        let why = format!("there is no function named {name:?}");
        return Value::unknown(symbol(&arguments), Why::Error(why.into()));
    };
    let arguments =
        if READ_CONTENT.contains(&name) { arguments.into_iter().map(Value::expanded).collect() } else { arguments };
    distribute(arguments, &symbol, |arguments| apply(&function, name, &arguments, environment, &symbol))
}

fn apply(
    function: &Function,
    name: &str,
    arguments: &[Value],
    environment: &dyn Environment,
    symbol: &dyn Fn(&[Value]) -> Symbol,
) -> Value {
    let is_error = |value: &&Value| matches!(&value.kind, Kind::Unknown(Unknown { why: Why::Error(_), .. }));
    if let Some(Kind::Unknown(unknown)) = arguments.iter().find(is_error).map(|value| &value.kind) {
        return Value::unknown(symbol(arguments), unknown.why.clone());
    }
    let call = match Call::new(name, function, arguments.to_vec(), environment) {
        Ok(call) => call,
        Err(message) => return Value::unknown(symbol(arguments), Why::Error(message.into())),
    };
    match (function.body)(&call) {
        Ok(value) => composed_value(value),
        Err(Failure::Unknown(why)) => Value::unknown(symbol(arguments), why),
        Err(Failure::Error(message)) => {
            Value::unknown(symbol(arguments), Why::Error(format!("{name}: {message}").into()))
        }
    }
}

/// The function of a name: each family names its own.
fn find(name: &str) -> Option<Function> {
    string::find(name)
        .or_else(|| collection::find(name))
        .or_else(|| lookup::find(name))
        .or_else(|| map::find(name))
        .or_else(|| set::find(name))
        .or_else(|| encoding::find(name))
        .or_else(|| conversion::find(name))
        .or_else(|| filesystem::find(name))
        .or_else(|| format::find(name))
        .or_else(|| pattern::find(name))
        .or_else(|| numeric::find(name))
        .or_else(|| hash::find(name))
        .or_else(|| network::find(name))
        .or_else(|| date::find(name))
        .or_else(|| yaml::find(name))
}
