//! What there is to know of the rules: the list and the explanation of one.

use std::io::{self, Write};

use anstyle::Style;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::finding::{Level, Metadata};

use super::documentation::write_plainly;
use super::json::write_document;

/// The scanners whose ids are accepted, in the order of the contract.
const SCANNERS: [&str; 11] = [
    "checkov",
    "trivy",
    "cfn-nag",
    "cfn-guard",
    "cfn-lint",
    "semgrep",
    "terrascan",
    "regula",
    "kics",
    "prowler",
    "access-analyzer",
];

const BOLD: Style = Style::new().bold();

#[derive(Serialize)]
struct JsonRules {
    rules: Vec<JsonRule>,
}

#[derive(Serialize)]
struct JsonRule {
    id: &'static str,
    severity: &'static str,
    title: &'static str,
    group: &'static str,
    level: &'static str,
    frameworks: Vec<&'static str>,
    aliases: Map<String, Value>,
    controls: &'static [&'static str],
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::Default => "default",
        Level::Pedantic => "pedantic",
    }
}

fn aliases(rule: &Metadata) -> Map<String, Value> {
    let mut by_scanner: Map<String, Value> =
        SCANNERS.iter().map(|scanner| ((*scanner).to_owned(), Value::Array(Vec::new()))).collect();
    for (scanner, id) in rule.aliases.iter().filter_map(|alias| alias.split_once(':')) {
        if let Some(ids) = by_scanner.entry(scanner).or_insert_with(|| Value::Array(Vec::new())).as_array_mut() {
            ids.push(Value::from(id));
        }
    }
    by_scanner
}

/// The contract of `rules --format json`.
pub fn write_json(rules: &[&'static Metadata], out: &mut dyn Write) -> io::Result<()> {
    let entry = |rule: &&'static Metadata| JsonRule {
        id: rule.id,
        severity: rule.severity.name(),
        title: rule.title,
        group: rule.group,
        level: level_name(rule.level),
        frameworks: rule.frameworks.iter().map(|framework| framework.name()).collect(),
        aliases: aliases(rule),
        controls: rule.controls,
    };
    write_document(&JsonRules { rules: rules.iter().map(entry).collect() }, out)
}

/// A table in Markdown.
pub fn write_markdown(rules: &[&'static Metadata], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| rule | severity | group | level | what is wrong | controls |\n|---|---|---|---|---|---|")?;
    for rule in rules {
        let (title, controls) = (rule.title.replace('|', "\\|"), rule.controls.join(", "));
        let level = level_name(rule.level);
        writeln!(out, "| `{}` | {} | {} | {level} | {title} | {controls} |", rule.id, rule.severity, rule.group)?;
    }
    Ok(())
}

/// One rule a line.
pub fn write_text(rules: &[&'static Metadata], out: &mut dyn Write) -> io::Result<()> {
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    for rule in rules {
        let pedantic = if rule.level == Level::Pedantic { " (pedantic)" } else { "" };
        writeln!(out, "{BOLD}{:width$}{BOLD:#}  {:8}  {}{pedantic}", rule.id, rule.severity, rule.title)?;
    }
    Ok(())
}

/// All about one rule.
pub fn write_explanation(rule: &Metadata, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{BOLD}{}{BOLD:#}: {}\n", rule.id, rule.title)?;
    write_plainly(rule.documentation.trim(), out)?;
    let frameworks: Vec<_> = rule.frameworks.iter().map(|framework| framework.name()).collect();
    let facts = [
        ("Severity", rule.severity.name().to_owned()),
        ("Level", level_name(rule.level).to_owned()),
        ("Group", rule.group.to_owned()),
        ("Frameworks", frameworks.join(", ")),
        ("Controls", rule.controls.join(", ")),
        ("Also known as", rule.aliases.join(", ")),
    ];
    writeln!(out)?;
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(out, "{BOLD}{name}{BOLD:#}: {value}")?;
    }
    Ok(())
}
