//! Writing a value into a language so that it stays one value, whatever stands in it.

use std::fmt::Write as _;

/// A text between quotation marks in Terraform's language.
///
/// Source: HCL native syntax specification, "Quoted templates". `${` and `%{` would begin a template; their first
/// character is written as an escape, which is not read as one.
pub(super) fn hcl(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if characters.peek() == Some(&'{') => escape(&mut out, character),
            _ if is_invisible(character) => escape(&mut out, character),
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

/// A text in YAML on a line of its own, as people write it: plain where nothing can be misread.
pub(super) fn yaml(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { json(text) }
}

/// Whether a text means itself in YAML, in version 1.1 as in 1.2, when it stands alone behind a key.
fn is_plain(text: &str) -> bool {
    /// What YAML 1.1 or 1.2 takes for something else than text. Source: YAML 1.1, "bool", "null"; 1.2.2, section 10.3.2.
    const RESERVED: &[&str] = &["y", "n", "yes", "no", "true", "false", "on", "off", "null"];
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && text.chars().all(|c| {
            c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '/' | ',' | ';' | '(' | ')' | '\'')
        })
        && !RESERVED.contains(&text.to_ascii_lowercase().as_str())
}

/// A text between quotation marks in JSON, and in YAML, which shares this part with it.
///
/// Source: RFC 8259, section 7; YAML 1.2.2, section 7.3.1, "Double-Quoted Style".
pub(super) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if is_invisible(character) => escape(&mut out, character),
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

/// Text for a comment, a table or a paragraph: on one line, without what would not be seen, or what would end it.
pub(super) fn comment(text: &str) -> String {
    let visible = text.chars().map(|character| if is_invisible(character) { ' ' } else { character });
    visible.collect::<String>().replace("*/", "* /")
}

/// Text as code in a paragraph or table of Markdown.
///
/// Source: GitHub Flavored Markdown, sections 6.3, "Code spans", and 4.10, "Tables".
pub(super) fn code(text: &str) -> String {
    let text = comment(text).replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let is_bare = !text.is_empty() && !text.starts_with(['`', ' ']) && !text.ends_with(['`', ' ']);
    if is_bare { format!("{fence}{text}{fence}") } else { format!("{fence} {text} {fence}") }
}

/// Characters that a reader would not see as what they are: control characters, other line ends, marks that turn the
/// direction of writing, and those that neither YAML nor JSON should hold as they are.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{fffe}' | '\u{ffff}')
}

/// An escape of four digits, which all three languages know. Nothing beyond U+FFFF is ever escaped.
fn escape(out: &mut String, character: char) {
    // Nothing can go wrong when writing to a String.
    let _ = write!(out, "\\u{:04x}", u32::from(character));
}

/// Whether a text can stand in code as a name: a resource, a variable, a parameter.
pub(super) fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hcl_value(text: &str) -> String {
        let body: hcl::Body = hcl::parse(&format!("x = {}\n", hcl(text))).unwrap();
        assert_eq!(body.attributes().count(), 1);
        match body.attributes().next().unwrap().expr() {
            hcl::Expression::String(text) => text.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn yaml_value(written: &str) -> String {
        let document = format!("a:\n  - x: {written} # end\n    y: 1\n");
        let read: serde_yaml::Value = serde_yaml::from_str(&document).unwrap();
        assert_eq!(read["a"][0]["y"], serde_yaml::Value::from(1));
        read["a"][0]["x"].as_str().unwrap().to_owned()
    }

    fn json_value(text: &str) -> String {
        serde_json::from_str(&json(text)).unwrap()
    }

    /// Texts that are likely to break out of something.
    fn hostile() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("${"),
            Just("$${"),
            Just("$$${"),
            Just("%{"),
            Just("%%{"),
            Just("}"),
            Just("\""),
            Just("'"),
            Just("\\"),
            Just("\\\""),
            Just("\n"),
            Just("\r\n"),
            Just("\t"),
            Just("\u{0}"),
            Just("\u{7f}"),
            Just("\u{85}"),
            Just("\u{2028}"),
            Just("\u{feff}"),
            Just("\u{202e}"),
            Just("{{"),
            Just("}}"),
            Just("{%"),
            Just("{#"),
            Just("#"),
            Just("*/"),
            Just("/*"),
            Just(": "),
            Just("- "),
            Just("<<EOT\n"),
            Just("EOT\n"),
            Just("---\n"),
            Just("!Ref x"),
            Just("&a"),
            Just("*a"),
            Just("{{resolve:ssm:x}}"),
            Just("$"),
            Just("%"),
            Just("yes"),
            Just("~"),
            Just("0x1f"),
            Just(" "),
            Just("e\u{301}"),
            Just("\u{e0001}"),
            Just("\u{10ffff}"),
        ];
        let pieces = prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat());
        prop_oneof![3 => pieces, 1 => any::<String>()]
    }

    proptest! {
        #[test]
        fn text_stays_one_text(text in hostile()) {
            prop_assert_eq!(&yaml_value(&yaml(&text)), &text);
            prop_assert_eq!(&yaml_value(&json(&text)), &text);
            prop_assert_eq!(&json_value(&text), &text);
            prop_assert_eq!(&hcl_value(&text), &text);
        }

        #[test]
        fn a_comment_stays_one_line(text in hostile()) {
            let comment = comment(&text);
            prop_assert!(!comment.contains("*/") && !comment.chars().any(is_invisible));
            let document = format!("# {comment}\nx = 1\n/* {comment} */\n");
            let body: hcl::Body = hcl::parse(&document).unwrap();
            prop_assert_eq!(body.attributes().count(), 1);
            let read: serde_yaml::Value = serde_yaml::from_str(&format!("x: 1 # {comment}\n")).unwrap();
            prop_assert_eq!(&read["x"], &serde_yaml::Value::from(1));
        }
    }

    #[test]
    fn ordinary_text_reads_as_it_is() {
        assert_eq!(hcl("$5, 100%, {x}"), "\"$5, 100%, {x}\"");
        assert_eq!(hcl("${x} %{if}"), "\"\\u0024{x} \\u0025{if}\"");
        assert_eq!(yaml("Deployed once, in a region (home)."), "Deployed once, in a region (home).");
        for reserved in
            ["yes", "No", "true", "NULL", "", "1", "1e3", "0x1f", "-", "~", "a: b", "a #b", "a ", "2001-01-01", ".inf"]
        {
            assert_eq!(yaml(reserved), format!("\"{reserved}\""));
        }
        assert_eq!(yaml("Zürich: \"x\""), "\"Zürich: \\\"x\\\"\"");
    }

    #[test]
    fn code_stays_code() {
        assert_eq!(code("baseline"), "`baseline`");
        assert_eq!(code("a|b``c\n"), "``` a\\|b``c  ```");
        assert_eq!(code(""), "`  `");
    }

    #[test]
    fn words_are_names() {
        assert!(is_word("eu_west_1") && is_word("a-b") && is_word("_x"));
        assert!(!is_word("1a") && !is_word("") && !is_word("a.b") && !is_word("a b") && !is_word("a\n"));
    }
}
