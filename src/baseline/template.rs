//! What a template must keep to before it is parsed: everything printed is quoted, and nothing nests without end.
//!
//! The template engine parses and renders by calling itself; a user's own template must not exhaust the stack with it.

use std::collections::BTreeMap;

/// How every `{{ … }}` ends: with one of these filters, so that what is printed stays what it is.
pub(super) const QUOTING: &[&str] = &["hcl", "yaml", "json", "comment", "code", "word", "expression"];

/// An expression nests at most as deep as it has bytes; the engine takes some kilobytes of stack for each level.
const MAX_TAG_BYTES: usize = 500;

/// Blocks within blocks. People lose their way long before.
const MAX_BLOCKS: usize = 50;

/// Templates that include each other.
const MAX_INCLUDES: usize = 10;

/// What opens a block that has an end.
const BLOCKS: &[&str] = &["if", "for", "filter", "block", "raw"];

/// What is wrong with a template, and on which line, counted from 1.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Fault {
    pub(super) line: usize,
    pub(super) why: String,
}

/// The first thing in a template that it must not have.
pub(super) fn fault(template: &str) -> Option<Fault> {
    let mut open = 0_usize;
    for tag in Tags::new(template) {
        let fault = |why: String| Some(Fault { line: tag.line, why });
        if tag.text.len() > MAX_TAG_BYTES {
            return fault(format!("a tag has at most {MAX_TAG_BYTES} bytes"));
        }
        if tag.is_printed {
            let filter = tag.text.rsplit_once('|').map_or("", |(_, filter)| filter.trim());
            if !QUOTING.contains(&filter) {
                return fault(format!("what is printed must end with one of the filters {}", QUOTING.join(", ")));
            }
            continue;
        }
        let word = tag.text.split_whitespace().next().unwrap_or_default();
        match word {
            "macro" | "import" => return fault("macros are not taken; use include".to_owned()),
            _ if word.starts_with("end") => open = open.saturating_sub(1),
            _ if BLOCKS.contains(&word) => open += 1,
            _ => {}
        }
        if open > MAX_BLOCKS {
            return fault(format!("blocks stand at most {MAX_BLOCKS} deep within each other"));
        }
    }
    None
}

/// The first template whose includes lead too deep, or back to itself. Takes templates by name.
pub(super) fn endless_include<'t>(templates: impl Iterator<Item = (&'t str, &'t str)>) -> Option<&'t str> {
    let includes: BTreeMap<&str, Vec<&str>> = templates.map(|(name, text)| (name, included(text))).collect();
    // After as many rounds as the bound has, only what includes still deeper is left.
    let mut deep: Vec<&str> = includes.keys().copied().collect();
    for _ in 0..=MAX_INCLUDES {
        let still: Vec<&str> = deep
            .iter()
            .filter(|name| includes.get(*name).is_some_and(|used| used.iter().any(|u| deep.contains(u))))
            .copied()
            .collect();
        deep = still;
    }
    deep.first().copied()
}

/// Every name that stands between quotation marks in an `include` or `extends`.
fn included(template: &str) -> Vec<&str> {
    let tags = Tags::new(template).filter(|tag| {
        !tag.is_printed && matches!(tag.text.split_whitespace().next(), Some(word) if word.starts_with("include") || word.starts_with("extends"))
    });
    tags.flat_map(|tag| tag.text.split(['"', '\'', '`']).skip(1).step_by(2)).collect()
}

/// A `{{ … }}` or `{% … %}`.
struct Tag<'t> {
    line: usize,
    /// What stands inside, without the signs that trim.
    text: &'t str,
    is_printed: bool,
}

/// The tags of a template, in order; comments are passed over.
struct Tags<'t> {
    template: &'t str,
    at: usize,
    line: usize,
}

impl<'t> Tags<'t> {
    fn new(template: &'t str) -> Self {
        Self { template, at: 0, line: 1 }
    }
}

impl<'t> Iterator for Tags<'t> {
    type Item = Tag<'t>;

    fn next(&mut self) -> Option<Tag<'t>> {
        loop {
            let rest = self.template.get(self.at..)?;
            let start = ["{{", "{%", "{#"].iter().filter_map(|opener| rest.find(opener)).min()?;
            let opener = rest.get(start..start + 2)?;
            let closer = match opener {
                "{{" => "}}",
                "{%" => "%}",
                _ => "#}",
            };
            let inside = rest.get(start + 2..)?;
            let (text, length) = match inside.find(closer) {
                Some(end) => (inside.get(..end)?, end + 2),
                None => (inside, inside.len()),
            };
            let before = rest.get(..start)?.matches('\n').count();
            let line = self.line + before;
            self.line = line + text.matches('\n').count();
            self.at += start + 2 + length;
            if opener != "{#" {
                let text = text.trim_start_matches('-').trim_end_matches('-').trim();
                return Some(Tag { line, text, is_printed: opener == "{{" });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(template: &str) -> Option<usize> {
        fault(template).map(|fault| fault.line)
    }

    #[test]
    fn what_is_printed_must_be_quoted() {
        assert_eq!(line("a\n{{ x | hcl }} {{- y | join(sep=\", \") | comment -}}\n{# {{ x }} #}"), None);
        assert_eq!(line("a\n{{ x }}"), Some(2));
        assert_eq!(line("{% if a\n%}{{ x | safe }}"), Some(2));
        assert_eq!(line("{{ x | hcl | upper }}"), Some(1));
        assert_eq!(line("{{ x ~ '| hcl' }}"), Some(1));
        assert_eq!(line("{{"), Some(1));
    }

    #[test]
    fn nothing_nests_without_end() {
        assert_eq!(line(&format!("{{{{ {}1{} | hcl }}}}", "(".repeat(1000), ")".repeat(1000))), Some(1));
        assert_eq!(line(&"{% if x %}{% endif %}".repeat(1000)), None);
        assert_eq!(line(&"{%- if x %}".repeat(1000)), Some(1));
        assert_eq!(line("\n{% macro f() %}{% endmacro %}"), Some(2));
    }

    #[test]
    fn includes_come_to_an_end() {
        let circle = [("a", "{% include 'b' %}"), ("b", "{%- include [\"x\", \"a\"] -%}"), ("c", "{% include 'a' %}")];
        assert_eq!(endless_include(circle.into_iter()), Some("a"));
        let chain = [("a", "{% include 'b' %}{% include 'c' %}"), ("b", "{% include 'c' %}"), ("c", "x")];
        assert_eq!(endless_include(chain.into_iter()), None);
    }
}
