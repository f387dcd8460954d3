//! `baselint generate`.

use crate::baseline::{self, Datum, GeneratedFile, Schema};

use super::arguments::{Everywhere, Generate};
use super::output::Streams;
use super::{Failure, Outcome, pack};

/// How wide a description may get in the list of values.
const DESCRIPTION_COLUMNS: usize = 76;

pub(super) fn run(generate: &Generate, everywhere: &Everywhere, streams: &Streams) -> Result<Outcome, Failure> {
    let pack = pack::pack(&generate.pack)?;
    if generate.list_values {
        streams.print(|out| list_values(pack.schema(), out))?;
        return Ok(Outcome::Clean);
    }
    // Both are required by the command line's definition unless the values are listed.
    let (Some(format), Some(profile)) = (generate.format, &generate.profile) else {
        return Err(Failure::Usage("--format and --profile say what to generate".to_owned()));
    };
    let values = pack::values(&generate.value, pack.schema())?;
    let profile = pack.profile(profile).map_err(|error| Failure::Usage(error.to_string()))?;
    let files =
        baseline::render(&pack, &profile, format.into(), &values).map_err(|error| Failure::Usage(error.to_string()))?;
    let Some(directory) = &generate.output else {
        Streams::print_plainly(|out| print_files(&files, out))?;
        return Ok(Outcome::Clean);
    };
    baseline::write_files(&files, directory, generate.force).map_err(|error| {
        let hint = if error.is_about_existing() && !generate.force { "; --force overwrites it" } else { "" };
        Failure::Write(format!("{error}{hint}"))
    })?;
    if !everywhere.quiet {
        streams.remark(&format!("wrote {} files; begin with {}", files.len(), directory.join("README.md").display()));
    }
    Ok(Outcome::Clean)
}

fn print_files(files: &[GeneratedFile], out: &mut dyn std::io::Write) -> std::io::Result<()> {
    for (index, file) in files.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        write!(out, "# ==> {} <==\n{}", file.name, file.text)?;
    }
    Ok(())
}

fn list_values(schema: &Schema, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let bold = anstyle::Style::new().bold();
    writeln!(out, "Set with --set KEY=VALUE (lists: with commas between), or in a YAML file with --values FILE.")?;
    for definition in schema.definitions() {
        let default = match &definition.default {
            Some(default) => shown(default),
            None => "none; the generated code asks for it".to_owned(),
        };
        writeln!(out, "\n{bold}{}{bold:#}", definition.key)?;
        for line in wrapped(&definition.description) {
            writeln!(out, "    {line}")?;
        }
        for line in wrapped(&format!("takes: {}", definition.expected())) {
            writeln!(out, "    {line}")?;
        }
        for line in wrapped(&format!("default: {default}")) {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

fn shown(datum: &Datum) -> String {
    match datum {
        Datum::List(items) if items.is_empty() => "an empty list".to_owned(),
        Datum::List(items) => items.join(", "),
        other => other.to_string(),
    }
}

/// Lines of whole words.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= DESCRIPTION_COLUMNS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
