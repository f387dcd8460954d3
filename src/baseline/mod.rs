//! The hardened baseline: what an account should have, as data, and as code in either language.
//!
//! Floor 3. Knows nothing of terminals. `baselines/` holds the controls and the values that can be set, `templates/`
//! the text of the code; both are embedded, and a user's own directories lie on top ([`Pack`]).

mod control;
mod datum;
pub mod diff;
mod language;
mod output;
mod pack;
mod quote;
mod render;
mod template;
mod values;
mod variable;

pub use control::{Control, Fact, Operand, Profile, Relation, Renders};
pub use datum::Datum;
pub use language::Language;
pub use output::{GeneratedFile, OutputError, write_files};
pub use pack::{Pack, PackError};
pub use render::{RenderError, render};
pub use values::{Definition, Kind, Schema, ValueError, Values};

/// Names that are less alike (0 to 1) are not worth suggesting.
const ALIKE: f64 = 0.8;

/// The name that is most like the one asked for, if one is like it at all.
fn nearest<'n>(asked: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let alike = names.map(|name| (strsim::jaro_winkler(asked, name), name));
    alike.filter(|(likeness, _)| *likeness >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

/// The end of a message about an unknown name: `; did you mean x? y: x, z`.
fn instead(asked: &str, what: &str, names: &[String]) -> String {
    let hint = nearest(asked, names.iter().map(String::as_str)).map(|name| format!("; did you mean {name}?"));
    format!("{}{what}: {}", hint.map_or("; ".to_owned(), |hint| hint + " "), names.join(", "))
}
