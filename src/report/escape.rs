//! Text from the scanned code, made safe to print.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character would move the cursor, hide itself or turn the reading direction instead of being seen.
pub(super) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The text with everything invisible written out (`\u{1b}`), so that what a file holds cannot steer a terminal.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        push_visible(&mut out, character);
    }
    Cow::Owned(out)
}

/// Adds one character, written out if it is invisible.
pub(super) fn push_visible(out: &mut String, character: char) {
    match character {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        invisible if is_invisible(invisible) => {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(invisible));
        }
        seen => out.push(seen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_sequences_are_written_out() {
        assert_eq!(visible("a\u{1b}[31m\rb\n\u{9b}2J\u{7f}"), "a\\u{1b}[31m\\rb\\n\\u{9b}2J\\u{7f}");
    }

    #[test]
    fn so_are_characters_that_hide_or_turn_text() {
        assert_eq!(visible("x\u{202e}y\u{200b}z\u{feff}\u{e0041}"), "x\\u{202e}y\\u{200b}z\\u{feff}\\u{e0041}");
    }

    #[test]
    fn other_text_is_left_alone() {
        assert!(matches!(visible("größe 大小 😀"), Cow::Borrowed(_)));
    }
}
