//! How templates are read.

use rustc_hash::FxHashMap;

/// How templates are read.
#[derive(Clone, Default, Debug)]
pub struct Options {
    /// Values for parameters, by name, as the command line of a deployment would give them.
    pub parameters: FxHashMap<String, String>,
    /// Whether to evaluate the outputs.
    pub outputs: bool,
}
