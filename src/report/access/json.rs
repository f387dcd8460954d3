//! The contract `baselint/access-diff/v1`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::access::difference::{Escalation, Presence, Question, Right, Subject};

use super::super::json::{JsonError, write_document};
use super::super::location::Location;
use super::AccessDifference;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    old: &'a str,
    new: &'a str,
    summary: Summary,
    principals: Vec<JsonSubject<'a>>,
    errors: Vec<JsonError<'a>>,
}

#[derive(Serialize)]
struct Summary {
    compared: usize,
    changed: usize,
    gained: usize,
    lost: usize,
    escalations: usize,
    public: usize,
    undecided: usize,
    errors: usize,
}

#[derive(Serialize)]
struct JsonSubject<'a> {
    address: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<&'a str>,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    root: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gained: Vec<JsonRight<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lost: Vec<JsonRight<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    escalations: Vec<JsonEscalation<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    undecided: Vec<JsonQuestion<'a>>,
}

#[derive(Serialize)]
struct JsonRight<'a> {
    actions: &'a [String],
    resources: &'a [String],
    conditions: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    principals: &'a [String],
    public: bool,
    policy: &'a str,
    witness: JsonWitness<'a>,
    location: Option<Location>,
}

#[derive(Serialize)]
struct JsonWitness<'a> {
    principal: &'a str,
    action: &'a str,
    resource: &'a str,
    context: BTreeMap<&'a str, JsonValue<'a>>,
}

/// A key's value as `simulate` takes it: one, or a list.
#[derive(Serialize)]
#[serde(untagged)]
enum JsonValue<'a> {
    One(&'a str),
    Several(&'a [String]),
}

#[derive(Serialize)]
struct JsonEscalation<'a> {
    path: &'a [String],
    reaches: &'a str,
    location: Option<Location>,
}

#[derive(Serialize)]
struct JsonQuestion<'a> {
    why: &'a str,
    location: Option<Location>,
}

/// Writes a comparison for programs.
pub fn write(report: &AccessDifference<'_>, out: &mut dyn Write) -> io::Result<()> {
    let counts = report.counts();
    let document = Document {
        schema: "baselint/access-diff/v1",
        old: report.old,
        new: report.new,
        summary: Summary {
            compared: report.difference.compared,
            changed: report.difference.subjects.len(),
            gained: counts.gained,
            lost: counts.lost,
            escalations: counts.escalations,
            public: counts.public,
            undecided: counts.undecided,
            errors: report.errors.len(),
        },
        principals: report.difference.subjects.iter().map(|subject| of_subject(report, subject)).collect(),
        errors: report.errors.iter().map(JsonError::from).collect(),
    };
    write_document(&document, out)
}

fn of_subject<'a>(report: &AccessDifference<'a>, subject: &'a Subject) -> JsonSubject<'a> {
    let location = |span: Option<crate::source::Span>| span.map(|span| Location::of(report.sources, span));
    let right = |right: &'a Right| JsonRight {
        actions: &right.actions,
        resources: &right.resources,
        conditions: &right.conditions,
        principals: &right.principals,
        public: right.is_public,
        policy: &right.policy,
        witness: JsonWitness {
            principal: &right.witness.principal,
            action: &right.witness.action,
            resource: &right.witness.resource,
            context: right.witness.context.iter().map(|(key, values)| (key.as_str(), value(values))).collect(),
        },
        location: location(right.span),
    };
    let escalation = |escalation: &'a Escalation| JsonEscalation {
        path: &escalation.path,
        reaches: &escalation.reaches,
        location: location(escalation.span),
    };
    let question = |question: &'a Question| JsonQuestion { why: &question.why, location: location(question.span) };
    JsonSubject {
        address: &subject.address,
        was: subject.was.as_deref(),
        kind: subject.kind.name(),
        name: subject.name.as_deref(),
        root: &subject.root,
        status: match subject.presence {
            Presence::Both => "changed",
            Presence::Added => "added",
            Presence::Removed => "removed",
        },
        location: location(subject.span),
        gained: subject.gained.iter().map(right).collect(),
        lost: subject.lost.iter().map(right).collect(),
        escalations: subject.escalations.iter().map(escalation).collect(),
        undecided: subject.undecided.iter().map(question).collect(),
    }
}

fn value(values: &[String]) -> JsonValue<'_> {
    match values {
        [one] => JsonValue::One(one),
        several => JsonValue::Several(several),
    }
}
