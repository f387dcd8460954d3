//! Profiles and values, as `generate` and `diff` take them.

use std::fs;

use crate::baseline::{Pack, PackError, Schema, Values};

use super::Failure;
use super::arguments::{PackArguments, ValueArguments};

/// A larger file holds something else than values.
const MAX_VALUES_BYTES: u64 = 1 << 20;

/// What comes with the program, and the user's own on top.
pub(super) fn pack(arguments: &PackArguments) -> Result<Pack, Failure> {
    let usage = |error: PackError| Failure::Usage(error.to_string());
    let mut pack = Pack::embedded().map_err(usage)?;
    if let Some(directory) = &arguments.baselines {
        pack.add_baselines(directory).map_err(usage)?;
    }
    if let Some(directory) = &arguments.templates {
        pack.add_templates(directory).map_err(usage)?;
    }
    Ok(pack)
}

/// The defaults, then the files, then what stands on the command line.
pub(super) fn values(arguments: &ValueArguments, schema: &Schema) -> Result<Values, Failure> {
    let mut values = schema.defaults();
    for path in &arguments.values {
        let failure = |why: String| Failure::Usage(format!("{}: {why}", path.display()));
        let length = fs::metadata(path).map_err(|error| failure(error.to_string()))?.len();
        if length > MAX_VALUES_BYTES {
            return Err(failure(format!("it is larger than {MAX_VALUES_BYTES} bytes")));
        }
        let text = fs::read_to_string(path).map_err(|error| failure(error.to_string()))?;
        schema.set_from_yaml(&mut values, &text).map_err(|error| failure(error.to_string()))?;
    }
    for argument in &arguments.set {
        schema.set(&mut values, argument).map_err(|error| Failure::Usage(format!("--set: {error}")))?;
    }
    schema.check_together(&values).map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(values)
}
