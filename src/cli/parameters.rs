//! `--parameter` and `--parameters`: what a deployment would give the templates.

use std::path::Path;

use rustc_hash::FxHashMap;

use crate::cloudformation::{ParameterFileError, read_parameters};
use crate::source::{InputError, Sources};
use crate::walk::Scan;

use super::Failure;
use super::arguments::Parameters;

/// The values by name: of files, the later ones before the earlier, and of the command line before all files.
pub(super) fn read(parameters: &Parameters, sources: &Sources) -> Result<FxHashMap<String, String>, Failure> {
    let mut values = FxHashMap::default();
    for file in &parameters.files {
        values.extend(of_file(file, sources)?);
    }
    values.extend(parameters.values.iter().cloned());
    Ok(values)
}

fn of_file(path: &Path, sources: &Sources) -> Result<Vec<(String, String)>, Failure> {
    let path = std::path::absolute(path).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
    let file = sources.read(&path).map_err(|error| Failure::Usage(error.to_string()))?;
    read_parameters(file.text()).map_err(|error| {
        let place = match &error {
            ParameterFileError::Syntax { offset, .. } => {
                format!(":{}", file.position(u32::try_from(*offset).unwrap_or(u32::MAX)).line)
            }
            ParameterFileError::Shape => String::new(),
        };
        let message = match error {
            ParameterFileError::Syntax { message, .. } => message,
            ParameterFileError::Shape => error.to_string(),
        };
        Failure::Usage(format!("{}{place}: {message}", file.shown_path()))
    })
}

/// Names that no template has are mistyped, or meant for other templates: whoever gives them wants to know.
pub(super) fn with_unused_told(mut scan: Scan) -> Scan {
    for unused in std::mem::take(&mut scan.unused_parameters) {
        let nearest = unused.nearest.map_or_else(String::new, |nearest| format!("; did you mean {nearest}?"));
        let message = format!("no template has this parameter{nearest}");
        scan.errors.push(InputError::of_file(format!("--parameter {}", unused.name), message));
    }
    scan
}
