//! SARIF 2.1.0 (OASIS "Static Analysis Results Interchange Format"), with the properties that GitHub's page
//! "SARIF support for code scanning" names.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactLocation, Invocation, Location, LogicalLocation, Message, MultiformatMessageString, Notification,
    PhysicalLocation, PropertyBag, Region, ReportingConfiguration, ReportingDescriptor, Result as SarifResult,
    ResultLevel, Run, SCHEMA_URL, Sarif, Suppression, Tool, ToolComponent,
};

use crate::finding::{Confidence, Finding, Metadata, Severity};
use crate::gate::Judged;
use crate::source::{InputError, Sources, Span};

use super::Report;
use super::documentation::first_paragraph;
use super::json::write_document;
use super::location;

/// What paths are relative to: the root of the checked-out repository.
const BASE: &str = "%SRCROOT%";

/// The name under which the fingerprint goes; a new way to compute it needs a new number.
const FINGERPRINT: &str = "baselint/v1";

/// Code scanning takes no more tags for a rule.
const MAX_TAGS: usize = 20;

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut rules: Vec<&'static Metadata> = Vec::new();
    let mut index_of: FxHashMap<&'static str, i64> = FxHashMap::default();
    let mut results = Vec::with_capacity(report.findings.len());
    for judged in report.findings {
        let rule = judged.finding.rule;
        let index = *index_of.entry(rule.id).or_insert_with(|| {
            rules.push(rule);
            number(rules.len() - 1)
        });
        results.push(result(report.sources, judged, index));
    }
    let driver = ToolComponent::builder()
        .name(super::TOOL)
        .version(super::VERSION.to_owned())
        .semantic_version(super::VERSION.to_owned())
        .rules(rules.into_iter().map(descriptor).collect::<Vec<_>>())
        .build();
    let invocation = Invocation::builder()
        .execution_successful(report.errors.is_empty())
        .tool_execution_notifications(report.errors.iter().map(notification).collect::<Vec<_>>())
        .build();
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .invocations(vec![invocation])
        .column_kind(json!("unicodeCodePoints"))
        .results(results)
        .build();
    let sarif = Sarif::builder().schema(SCHEMA_URL.to_owned()).version(json!("2.1.0")).runs(vec![run]).build();
    write_document(&sarif, out)
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn text(text: &str) -> Message {
    Message::builder().text(text.to_owned()).build()
}

fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::Critical | Severity::High => ResultLevel::Error,
        Severity::Medium => ResultLevel::Warning,
        Severity::Low | Severity::Info => ResultLevel::Note,
    }
}

/// The number by which code scanning sorts.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.0",
        Severity::Low => "2.0",
        Severity::Info => "0.5",
    }
}

fn descriptor(rule: &'static Metadata) -> ReportingDescriptor {
    let plain = |text: String| MultiformatMessageString::builder().text(text).build();
    let why = first_paragraph(rule.documentation, "Why is this bad?");
    let tags = ["security", rule.group].into_iter().chain(rule.controls.iter().copied()).take(MAX_TAGS);
    let properties: BTreeMap<String, Value> = [
        ("security-severity".to_owned(), json!(security_severity(rule.severity))),
        ("precision".to_owned(), json!("high")),
    ]
    .into();
    let properties = PropertyBag::builder()
        .tags(tags.map(str::to_owned).collect::<Vec<_>>())
        .additional_properties(properties)
        .build();
    ReportingDescriptor::builder()
        .id(rule.id)
        .name(pascal_case(rule.id))
        .short_description(plain(rule.title.to_owned()))
        .full_description(plain(why.unwrap_or_else(|| rule.title.to_owned())))
        .help(
            MultiformatMessageString::builder()
                .text(rule.documentation.to_owned())
                .markdown(rule.documentation.to_owned())
                .build(),
        )
        .default_configuration(ReportingConfiguration::builder().level(json!(level(rule.severity))).build())
        .properties(properties)
        .build()
}

/// `iam-policy-full-admin` as `IamPolicyFullAdmin`, the form of SARIF's rule names.
fn pascal_case(id: &str) -> String {
    let mut name = String::with_capacity(id.len());
    for word in id.split('-') {
        let mut letters = word.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

fn result(sources: &Sources, judged: &Judged, rule_index: i64) -> SarifResult {
    let finding = &judged.finding;
    let related: Vec<Location> = finding
        .related
        .iter()
        .filter_map(|related| Some((related, related.span?)))
        .enumerate()
        .map(|(id, (related, span))| {
            Location::builder()
                .id(number(id + 1))
                .physical_location(physical(sources, span))
                .message(text(&related.message))
                .build()
        })
        .collect();
    let mut result = SarifResult::builder()
        .rule_id(finding.rule.id.to_owned())
        .rule_index(rule_index)
        .level(level(finding.severity))
        .message(text(&finding.message))
        .locations(vec![place(sources, finding)])
        .partial_fingerprints(BTreeMap::from([(FINGERPRINT.to_owned(), judged.fingerprint.clone())]))
        .build();
    if finding.confidence < Confidence::Certain {
        let confidence = BTreeMap::from([("confidence".to_owned(), json!(finding.confidence.name()))]);
        result.properties = Some(PropertyBag::builder().additional_properties(confidence).build());
    }
    if !related.is_empty() {
        result.related_locations = Some(related);
    }
    if let Some(suppressed) = &judged.suppressed {
        let mut suppression = Suppression::builder().kind(json!("inSource")).build();
        suppression.justification.clone_from(&suppressed.reason);
        result.suppressions = Some(vec![suppression]);
    }
    result
}

fn place(sources: &Sources, finding: &Finding) -> Location {
    let mut location = Location::builder().physical_location(physical(sources, finding.span)).build();
    if !finding.resource.is_empty() {
        let resource = LogicalLocation::builder()
            .fully_qualified_name(finding.resource.to_string())
            .kind("resource".to_owned())
            .build();
        location.logical_locations = Some(vec![resource]);
    }
    location
}

fn physical(sources: &Sources, span: Span) -> PhysicalLocation {
    let place = location::Location::of(sources, span);
    let region = Region::builder()
        .start_line(i64::from(place.start.line))
        .start_column(i64::from(place.start.column))
        .end_line(i64::from(place.end.line))
        .end_column(i64::from(place.end.column))
        .build();
    PhysicalLocation::builder().artifact_location(artifact(&place.path)).region(region).build()
}

fn notification(error: &InputError) -> Notification {
    let mut physical = PhysicalLocation::builder().artifact_location(artifact(&error.path)).build();
    physical.region = error.line.map(|line| Region::builder().start_line(i64::from(line)).build());
    Notification::builder()
        .level(json!("error"))
        .message(text(&error.message))
        .locations(vec![Location::builder().physical_location(physical).build()])
        .build()
}

fn artifact(path: &str) -> ArtifactLocation {
    if path.starts_with('/') {
        return ArtifactLocation::builder().uri(format!("file://{}", percent_encoded(path))).build();
    }
    ArtifactLocation::builder().uri(percent_encoded(path)).uri_base_id(BASE.to_owned()).build()
}

/// A path as the path of a URI (RFC 3986).
fn percent_encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(percent_encoded("a b/ü:%.tf"), "a%20b/%C3%BC%3A%25.tf");
        assert_eq!(artifact("/x y").uri.as_deref(), Some("file:///x%20y"));
        assert_eq!(artifact("a.tf").uri_base_id.as_deref(), Some(BASE));
    }

    #[test]
    fn names_of_rules() {
        assert_eq!(pascal_case("iam-policy-full-admin"), "IamPolicyFullAdmin");
    }
}
