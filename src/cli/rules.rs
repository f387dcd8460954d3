//! `baselint rules` and `baselint explain`.

use crate::finding::Metadata;
use crate::gate::SUPPRESSION_UNUSED;
use crate::report::{write_explanation, write_rules_json, write_rules_markdown, write_rules_text};
use crate::rules::REGISTRY;

use super::arguments::{Explain, Rules, RulesFormat};
use super::output::Streams;
use super::{Failure, Outcome};

/// Names that are less alike (0 to 1) are not worth suggesting.
const ALIKE: f64 = 0.8;

/// Every rule there is: those of the registry, and the gate's own.
pub(super) fn all_metadata() -> Vec<&'static Metadata> {
    static OF_THE_GATE: Metadata = SUPPRESSION_UNUSED;
    let mut all: Vec<&'static Metadata> = REGISTRY.iter().map(|rule| &rule.metadata).collect();
    all.push(&OF_THE_GATE);
    all.sort_by_key(|rule| rule.id);
    all
}

pub(super) fn list(list: &Rules, streams: &Streams) -> Result<Outcome, Failure> {
    let all = all_metadata();
    match list.format {
        RulesFormat::Text => streams.print(|out| write_rules_text(&all, out))?,
        RulesFormat::Json => Streams::print_plainly(|out| write_rules_json(&all, out))?,
        RulesFormat::Markdown => Streams::print_plainly(|out| write_rules_markdown(&all, out))?,
    }
    Ok(Outcome::Clean)
}

pub(super) fn explain(explain: &Explain, streams: &Streams) -> Result<Outcome, Failure> {
    let all = all_metadata();
    let named: Vec<_> = all.iter().filter(|rule| rule.is_named(&explain.rule)).collect();
    if named.is_empty() {
        return Err(unknown_rule(&explain.rule, &all));
    }
    streams.print(|out| {
        for (index, rule) in named.into_iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            write_explanation(rule, out)?;
        }
        Ok(())
    })?;
    Ok(Outcome::Clean)
}

/// That there is no such rule, with the most similar name there is.
pub(super) fn unknown_rule(name: &str, known: &[&'static Metadata]) -> Failure {
    let names = known.iter().flat_map(|rule| {
        let bare = rule.aliases.iter().map(|alias| alias.split_once(':').map_or(*alias, |(_, id)| id));
        std::iter::once(rule.id).chain(bare)
    });
    let asked = name.to_ascii_lowercase();
    let alike = names.map(|known| (strsim::jaro_winkler(&asked, &known.to_ascii_lowercase()), known));
    let nearest = alike.filter(|(likeness, _)| *likeness >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = nearest.map(|(_, nearest)| format!("did you mean {nearest}? ")).unwrap_or_default();
    Failure::Usage(format!("there is no rule {name:?}; {hint}`baselint rules` lists them all"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_rule_names_the_nearest() {
        let message = unknown_rule("supression-unused", &[&SUPPRESSION_UNUSED]).to_string();
        assert!(message.contains("did you mean suppression-unused?"), "{message}");
        let message = unknown_rule("\u{1b}x", &[&SUPPRESSION_UNUSED]).to_string();
        assert!(!message.contains('\u{1b}') && !message.contains("did you mean"), "{message}");
    }
}
