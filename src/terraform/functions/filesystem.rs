//! Functions on files and paths.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::value::{Map, Text, Value, Why};

use super::call::Parameter::{Any, Text as Str};
use super::call::{Call, Failure, Function, Outcome};
use super::collection::to_set;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "abspath" => Function::new(&[Str], absolute),
        "basename" => Function::new(&[Str], |call| Ok(Value::text(base(call.str(0)?)))),
        "dirname" => Function::new(&[Str], |call| Ok(Value::text(directory(call.str(0)?)))),
        "file" => Function::new(&[Str], file),
        "filebase64" => Function::new(&[Str], |call| {
            let bytes = call.environment.read_bytes(call.str(0)?).map_err(Failure::Unknown)?;
            Ok(Value::text(STANDARD.encode(bytes)))
        }),
        "fileexists" => Function::new(&[Str], |call| {
            call.environment.exists(call.str(0)?).map(Value::bool).map_err(Failure::Unknown)
        }),
        "fileset" => Function::new(&[Str, Str], |call| {
            let paths = call.environment.file_set(call.str(0)?, call.str(1)?).map_err(Failure::Unknown)?;
            Ok(to_set(paths.into_iter().map(Value::text).collect(), None))
        }),
        "pathexpand" => Function::new(&[Str], expand),
        "templatefile" => Function::new(&[Str, Any], template_file),
        "templatestring" => {
            Function::new(&[Str, Any], |call| Ok(call.environment.render_text(call.text(0)?, call.argument(1)?)))
        }
        _ => return None,
    })
}

/// The text knows the file, so that what is decoded from it has its place there.
fn file(call: &Call<'_>) -> Outcome {
    let file = call.environment.read(call.str(0)?).map_err(Failure::Unknown)?;
    Ok(Value::text(Text::literal_at(file.text(), file.whole())))
}

fn template_file(call: &Call<'_>) -> Outcome {
    let variables = call.argument(1)?;
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
    };
    let names = variables.as_map().map(Map::entries).unwrap_or_default();
    if let Some(name) = names.iter().filter_map(|entry| entry.key.as_str()).find(|name| !is_name(name)) {
        return Err(Failure::Error(format!("{name:?} cannot be the name of a template's variable")));
    }
    let file = call.environment.read(call.str(0)?).map_err(Failure::Unknown)?;
    Ok(call.environment.render(&file, call.argument(1)?))
}

fn absolute(call: &Call<'_>) -> Outcome {
    let path = call.str(0)?;
    call.environment
        .absolute(path)
        .map(Value::text)
        .ok_or_else(|| Failure::Unknown(Why::Runtime("the working directory".into())))
}

fn expand(call: &Call<'_>) -> Outcome {
    if call.str(0)?.starts_with('~') {
        return Err(Failure::Unknown(Why::Runtime("the home directory".into())));
    }
    Ok(call.argument(0)?.clone())
}

fn base(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match (path, trimmed) {
        ("", _) => ".",
        (_, "") => "/",
        _ => trimmed.rsplit('/').next().unwrap_or(trimmed),
    }
}

/// All before the last slash, shortened: no `.`, no doubled slashes, `..` applied.
fn directory(path: &str) -> String {
    let before = path.rfind('/').and_then(|slash| path.get(..=slash)).unwrap_or_default();
    let rooted = before.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in before.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|&last| last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}
