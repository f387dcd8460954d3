//! Changing a value where it is written, however far that is from where it is used.

use crate::baseline::Datum;
use crate::source::{SourceFile, Span, TextEdit};

use super::super::relation::Have;

/// Replaces a literal of the Terraform language, if what stands there is one and says what was read.
pub(super) fn terraform(file: &SourceFile, place: Span, have: &Have, want: &Datum) -> Option<TextEdit> {
    let written = file.slice(place);
    let Have::Value(Some(have)) = have else { return None };
    let (text, is_quoted) = match written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => (inner, true),
        None => (written, false),
    };
    let has_template = text.contains(['"', '\\', '\n']) || text.contains("${") || text.contains("%{");
    if has_template || !same(text, have) || matches!(want, Datum::List(_)) {
        return None;
    }
    let is_inside = matches!(want, Datum::Text(_)) && !is_quoted;
    if is_inside {
        // The place of a quoted text may leave its quotes out.
        let around = file.text().get(place.range().start.checked_sub(1)?..place.range().end + 1)?;
        if !(around.starts_with('"') && around.ends_with('"')) {
            return None;
        }
    }
    let plain = want.to_string();
    let text = if is_quoted { crate::baseline::quote::hcl(&plain) } else { plain };
    Some(TextEdit { span: place, text })
}

/// Whether a text says a value.
fn same(text: &str, have: &Datum) -> bool {
    match have {
        Datum::Boolean(value) => text == value.to_string(),
        // Numbers may be written in several ways.
        Datum::Integer(value) => text.parse::<f64>().is_ok_and(|number| number.ceil().to_string() == value.to_string()),
        Datum::Text(value) => text == value,
        Datum::List(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::source::Sources;

    fn replaced(text: &str, written: &str, have: Datum, want: &Datum) -> Option<String> {
        let file = Sources::new("/".into()).add_text(PathBuf::from("/a.tf"), text.as_bytes().to_vec()).unwrap();
        let at = text.find(written).unwrap();
        let place = Span::new(file.id(), at, at + written.len());
        let edit = terraform(&file, place, &Have::Value(Some(have)), want)?;
        Some(crate::source::apply(text, &[edit]).unwrap())
    }

    #[test]
    fn literals_are_replaced_as_they_are_written() {
        let changed = |text: &str, written| replaced(text, written, Datum::Integer(8), &Datum::Integer(14));
        assert_eq!(changed("a = 8", "8").as_deref(), Some("a = 14"));
        assert_eq!(changed("a = \"8\"", "\"8\"").as_deref(), Some("a = \"14\""));
        assert_eq!(changed("a = var.eight", "var.eight"), None);
        let text = Datum::Text("Suspended".to_owned());
        let changed = replaced("a = \"Suspended\"", "\"Suspended\"", text, &Datum::Text("Enabled".to_owned()));
        assert_eq!(changed.as_deref(), Some("a = \"Enabled\""));
    }
}
