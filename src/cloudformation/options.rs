//! How templates are read.

use std::path::PathBuf;

use rustc_hash::FxHashMap;

/// How templates are read.
#[derive(Clone, Default, Debug)]
pub struct Options {
    /// Values for parameters, by name, as the command line of a deployment would give them. Pseudo parameters too:
    /// `AWS::Region`.
    pub parameters: FxHashMap<String, String>,
    /// Whether to evaluate the outputs.
    pub outputs: bool,
    /// Files and directories, without symbolic links: nothing outside is read, whatever a template names.
    pub scanned: Vec<PathBuf>,
}
