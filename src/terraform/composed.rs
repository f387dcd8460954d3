//! Text in Unicode's composed form (NFC), in which Terraform holds all of its strings.

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use crate::value::{Kind, Text, Value};

/// Whether the characters are in the composed form, as nearly all are.
pub(super) fn is_composed(text: &str) -> bool {
    text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes
}

/// The text in the composed form. Where that changes anything, the text no longer knows its places.
pub(super) fn composed(text: Text) -> Text {
    // What encodes a value is made of composed text.
    if text.encoded_value().is_some() || is_composed(text.literal_content()) {
        return text;
    }
    text.map_literals(|literal| literal.nfc().collect(), Clone::clone)
}

/// As [`composed`], of a value that is text; others are left as they are.
pub(super) fn composed_value(mut value: Value) -> Value {
    if let Kind::Text(text) = value.kind {
        value.kind = Kind::Text(composed(text));
    }
    value
}
