//! Many requests, one a line in, one verdict a line out.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Write};
use std::path::Path;

use crate::iam::Document;
use crate::iam::simulate::{Context, MAX_VALUE_BYTES, Policies, Policy, Request, Requester, Verdict, simulate};
use crate::iam::validate::{PolicyType, problems};
use crate::report::visible;
use crate::value::{Entry, Kind, Text, Value, json};

use super::super::arguments::SimulateFormat;
use super::super::output::Streams;
use super::super::{Failure, Outcome};
use super::{write_json, write_line, write_text};

/// A line may be this long. AWS's largest policies have 32 KiB, and a request has a dozen at most; time grows with the
/// length of the policies times that of what they are matched with.
const MAX_LINE_BYTES: u64 = 1 << 20;

/// What stands for the standard input.
const STANDARD_INPUT: &str = "-";

pub(super) fn run(file: &Path, format: SimulateFormat, streams: &Streams) -> Result<Outcome, Failure> {
    let cannot_read = |error: &io::Error| Failure::Usage(format!("cannot read {}: {error}", file.display()));
    let mut input: Box<dyn BufRead> = if file == Path::new(STANDARD_INPUT) {
        Box::new(BufReader::new(io::stdin().lock()))
    } else {
        Box::new(BufReader::new(File::open(file).map_err(|error| cannot_read(&error))?))
    };
    let mut outcome = Outcome::Clean;
    let mut stopped = None;
    let print = |out: &mut dyn Write| {
        let mut bytes = Vec::new();
        for number in 1usize.. {
            let answer = match read_line(&mut *input, &mut bytes) {
                Ok(Read::End) => break,
                Ok(Read::Line) if bytes.trim_ascii().is_empty() => continue,
                Ok(Read::Line) => Line::read(&bytes),
                Ok(Read::TooLong) => Line { id: None, verdict: Err(format!("longer than {MAX_LINE_BYTES} bytes")) },
                Err(error) => {
                    stopped = Some(cannot_read(&error));
                    break;
                }
            };
            match (&answer.verdict, format) {
                (Ok(verdict), SimulateFormat::Json) => write_json(answer.id.as_ref(), verdict, out)?,
                (Ok(verdict), SimulateFormat::Text) => {
                    let id = answer.id.as_ref().map_or_else(|| number.to_string(), Value::canonical);
                    write!(out, "{}: ", visible(&id))?;
                    write_text(verdict, true, out)?;
                }
                (Err(message), format) => {
                    outcome = Outcome::Error;
                    write_error(number, answer.id.as_ref(), message, format, out)?;
                }
            }
        }
        Ok(())
    };
    match format {
        SimulateFormat::Json => Streams::print_plainly(print)?,
        SimulateFormat::Text => streams.print(print)?,
    }
    match stopped {
        Some(failure) => Err(failure),
        None => Ok(outcome),
    }
}

/// What there was to read.
enum Read {
    /// A line, with its end if it has one.
    Line,
    /// A line that is longer than any is; it is passed over.
    TooLong,
    /// Nothing more.
    End,
}

fn read_line(input: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<Read> {
    line.clear();
    input.take(MAX_LINE_BYTES).read_until(b'\n', line)?;
    if line.is_empty() {
        return Ok(Read::End);
    }
    if line.ends_with(b"\n") || u64::try_from(line.len()).is_ok_and(|length| length < MAX_LINE_BYTES) {
        return Ok(Read::Line);
    }
    let mut is_longer = false;
    loop {
        let rest = input.fill_buf()?;
        let end = memchr::memchr(b'\n', rest);
        let length = end.map_or(rest.len(), |at| at + 1);
        is_longer |= length > 0;
        let is_over = end.is_some() || length == 0;
        input.consume(length);
        if is_over {
            return Ok(if is_longer { Read::TooLong } else { Read::Line });
        }
    }
}

fn write_error(
    number: usize,
    id: Option<&Value>,
    message: &str,
    format: SimulateFormat,
    out: &mut dyn Write,
) -> io::Result<()> {
    if format == SimulateFormat::Text {
        return writeln!(out, "line {number}: {}", visible(message));
    }
    let mut entries: Vec<Entry> = id.map(|id| Entry::new("id", id.clone())).into_iter().collect();
    entries.push(Entry::new("line", Value::integer(i64::try_from(number).unwrap_or(i64::MAX))));
    entries.push(Entry::new("error", Value::text(message)));
    write_line(entries, out)
}

/// A line with its answer.
struct Line {
    /// What the answer is known by, where the line could be read so far.
    id: Option<Value>,
    verdict: Result<Verdict, String>,
}

impl Line {
    fn read(bytes: &[u8]) -> Self {
        let parsed = std::str::from_utf8(bytes).map_err(|_| "the line is not UTF-8".to_owned()).and_then(|text| {
            json::parse(&Text::from(text.trim().to_owned())).map_err(|error| format!("not JSON: {error}"))
        });
        match parsed {
            Ok(line) => Self { id: line.get("id").cloned(), verdict: answer(&line) },
            Err(message) => Self { id: None, verdict: Err(message) },
        }
    }
}

/// What a line may say.
const NAMES: [&str; 8] = [
    "id",
    "request",
    "identityPolicies",
    "resourcePolicy",
    "permissionBoundaries",
    "serviceControlPolicies",
    "resourceControlPolicies",
    "sessionPolicy",
];

fn answer(line: &Value) -> Result<Verdict, String> {
    let map = line.as_map().ok_or("a line must be a JSON object")?;
    if let Some(unknown) = map.entries().iter().find(|entry| !NAMES.contains(&entry.key.literal_content())) {
        return Err(format!("a line has no {:?}; it may have {}", unknown.key.literal_content(), NAMES.join(", ")));
    }
    let request = request(line.get("request").ok_or("the request is missing")?)?;
    let list = |name: &str, policy_type| match line.get(name) {
        Some(value) if !value.is_null() => given_list(value, name, policy_type),
        _ => Ok(Vec::new()),
    };
    let one = |name: &str, policy_type| match line.get(name) {
        Some(value) if !value.is_null() => given(value, name, policy_type).map(Some),
        _ => Ok(None),
    };
    let levels = |name: &str, policy_type| -> Result<Vec<Vec<Given>>, String> {
        let Some(value) = line.get(name).filter(|value| !value.is_null()) else { return Ok(Vec::new()) };
        let levels = value.as_list().ok_or_else(|| format!("{name} must be a list of levels"))?;
        let level = |(index, level): (usize, &Value)| given_list(level, &format!("{name}[{index}]"), policy_type);
        levels.iter().enumerate().map(level).collect()
    };
    let identity = list("identityPolicies", PolicyType::Identity)?;
    let resource = one("resourcePolicy", PolicyType::Resource)?;
    let boundaries = list("permissionBoundaries", PolicyType::Identity)?;
    let service_control = levels("serviceControlPolicies", PolicyType::Identity)?;
    let resource_control = levels("resourceControlPolicies", PolicyType::Resource)?;
    let session = one("sessionPolicy", PolicyType::Identity)?;
    let policies = Policies {
        identity: named(&identity),
        has_unknown_identity: false,
        resource: resource.as_ref().map(Given::policy),
        boundaries: named(&boundaries),
        has_unknown_boundary: false,
        service_control: service_control.iter().map(|level| named(level)).collect(),
        resource_control: resource_control.iter().map(|level| named(level)).collect(),
        session: session.as_ref().map(Given::policy),
    };
    Ok(simulate(&request, &policies))
}

/// A policy of the line.
struct Given {
    name: String,
    document: Document,
}

impl Given {
    fn policy(&self) -> Policy<'_> {
        Policy { name: self.name.clone(), document: &self.document }
    }
}

fn named(list: &[Given]) -> Vec<Policy<'_>> {
    list.iter().map(Given::policy).collect()
}

fn given_list(value: &Value, name: &str, policy_type: PolicyType) -> Result<Vec<Given>, String> {
    let list = value.as_list().ok_or_else(|| format!("{name} must be a list"))?;
    list.iter().enumerate().map(|(index, value)| given(value, &format!("{name}[{index}]"), policy_type)).collect()
}

/// Reads a policy: the document itself, or `{"name": …, "policy": …}`.
fn given(value: &Value, place: &str, policy_type: PolicyType) -> Result<Given, String> {
    let (name, policy) = match value.get("policy") {
        Some(policy) => (value.get("name").and_then(Value::as_str).unwrap_or(place), policy),
        None => (place, value),
    };
    match problems(policy, policy_type).first() {
        Some(problem) => Err(format!("{place}: {problem}")),
        None => Ok(Given { name: name.to_owned(), document: Document::read(policy) }),
    }
}

fn request(value: &Value) -> Result<Request, String> {
    let text = |name: &str| match value.get(name) {
        Some(value) if value.is_null() => Ok(None),
        Some(value) => value.as_str().map(Some).ok_or_else(|| format!("request.{name} must be a string")),
        None => Ok(None),
    };
    let required = |name: &str| text(name)?.ok_or_else(|| format!("request.{name} is missing"));
    let requester = Requester::parse(required("principal")?).map_err(|error| error.to_string())?;
    let action = required("action")?;
    if !action.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty()) {
        return Err(format!("request.action {action:?} must have the form service:Action"));
    }
    let resource = text("resource")?.unwrap_or("*");
    let is_too_long = |text: &str| text.len() > MAX_VALUE_BYTES;
    if is_too_long(resource) {
        return Err(format!("request.resource is longer than {MAX_VALUE_BYTES} bytes"));
    }
    let mut context = Context::default();
    match value.get("context").map(|context| &context.kind) {
        None | Some(Kind::Null) => {}
        Some(Kind::Map(map)) => {
            for entry in map.entries() {
                let key = entry.key.literal_content();
                let scalar = |value: &Value| match &value.kind {
                    Kind::Text(_) | Kind::Bool(_) | Kind::Number(_) => {
                        value.to_text().map(|text| text.literal_content().to_owned())
                    }
                    _ => None,
                };
                let values = match &entry.value.kind {
                    Kind::List(list) => list.iter().map(scalar).collect::<Option<Vec<_>>>(),
                    _ => scalar(&entry.value).map(|value| vec![value]),
                };
                let values =
                    values.ok_or_else(|| format!("request.context: {key:?} must be a string or a list of them"))?;
                if values.iter().any(|value| is_too_long(value)) {
                    return Err(format!("request.context: {key:?} is longer than {MAX_VALUE_BYTES} bytes"));
                }
                context.set(key, values, matches!(entry.value.kind, Kind::List(_)));
            }
        }
        Some(_) => return Err("request.context must be a JSON object".to_owned()),
    }
    Ok(Request::new(requester, action, resource, text("resourceAccount")?, context))
}
