//! One request, with policies from files.

use std::path::{Path, PathBuf};

use crate::iam::simulate::{Context, Policies, Policy, Request, Requester, Verdict, simulate};
use crate::iam::validate::{PolicyType, problems};
use crate::iam::{Document, catalogue};
use crate::source::{InputError, Sources};
use crate::value::{Text, json};

use super::super::arguments::{Everywhere, Simulate, SimulateFormat};
use super::super::output::Streams;
use super::super::{Failure, Outcome, sources};
use super::{write_json, write_text};

/// Time grows with the length of the policies times that of what they are matched with.
const MAX_POLICY_BYTES: usize = 1 << 20;

pub(super) fn run(asked: &Simulate, everywhere: &Everywhere, streams: &Streams) -> Result<Outcome, Failure> {
    let sources = sources()?;
    remark_on_action(asked, everywhere, streams);
    let requester = asked.principal.as_deref().unwrap_or_default();
    let requester = Requester::parse(requester).map_err(|error| Failure::Usage(error.to_string()))?;
    let request = request(asked, requester, &asked.resource, asked.resource_account.as_deref());
    let mut files = Files { sources: &sources, errors: Vec::new() };
    let identity = files.all(&asked.policy, PolicyType::Identity);
    let others = Others::read(asked, &mut files);
    if !files.errors.is_empty() {
        streams.tell_errors(&files.errors);
        return Ok(Outcome::Error);
    }
    let mut policies = Policies { identity: named(&identity), ..Policies::default() };
    others.add_to(&mut policies);
    print(&simulate(&request, &policies), asked.format, everywhere, streams)
}

/// The request that the arguments describe. Its context has what the arguments name, and what AWS derives from who
/// asks and from the resource's account.
pub(super) fn request(asked: &Simulate, requester: Requester, resource: &str, account: Option<&str>) -> Request {
    let mut context = Context::default();
    let mut keys: Vec<&str> = asked.context.iter().map(|(key, _)| key.as_str()).collect();
    keys.sort_by_key(|key| key.to_ascii_lowercase());
    keys.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
    for key in keys {
        let own = asked.context.iter().filter(|(other, _)| other.eq_ignore_ascii_case(key));
        let values: Vec<String> = own.map(|(_, value)| value.clone()).collect();
        let several = values.len() > 1;
        context.set(key, values, several);
    }
    context.add_requester(&requester);
    let own_account = requester.account().map(str::to_owned);
    let action = asked.action.as_deref().unwrap_or_default();
    let mut request = Request::new(requester, action, resource, account, context);
    request.resource_account = request.resource_account.or(own_account);
    if let Some(account) = request.resource_account.clone()
        && request.context.get("aws:resourceaccount").is_none()
    {
        request.context.set("aws:ResourceAccount", vec![account], false);
    }
    request
}

/// That an action is not known, which is for the reader to judge: what is known is as old as it is.
pub(super) fn remark_on_action(asked: &Simulate, everywhere: &Everywhere, streams: &Streams) {
    let action = asked.action.as_deref().unwrap_or_default();
    if !everywhere.quiet && catalogue::action(action).is_none() {
        streams.remark(&format!("{action} is not among the actions that are known as of {}", catalogue::date()));
    }
}

pub(super) fn print(
    verdict: &Verdict,
    format: SimulateFormat,
    everywhere: &Everywhere,
    streams: &Streams,
) -> Result<Outcome, Failure> {
    match format {
        SimulateFormat::Json => Streams::print_plainly(|out| write_json(None, verdict, out))?,
        SimulateFormat::Text => streams.print(|out| write_text(verdict, everywhere.quiet, out))?,
    }
    Ok(Outcome::Clean)
}

/// A policy of a file.
pub(super) struct FilePolicy {
    name: String,
    document: Document,
}

impl FilePolicy {
    fn policy(&self) -> Policy<'_> {
        Policy { name: self.name.clone(), document: &self.document }
    }
}

fn named(list: &[FilePolicy]) -> Vec<Policy<'_>> {
    list.iter().map(FilePolicy::policy).collect()
}

/// Policies in files, and what is wrong with them.
pub(super) struct Files<'a> {
    pub(super) sources: &'a Sources,
    pub(super) errors: Vec<InputError>,
}

impl Files<'_> {
    fn all(&mut self, paths: &[PathBuf], policy_type: PolicyType) -> Vec<FilePolicy> {
        paths.iter().filter_map(|path| self.read(path, policy_type)).collect()
    }

    fn levels(&mut self, levels: &[String], policy_type: PolicyType) -> Vec<Vec<FilePolicy>> {
        let paths = |level: &String| level.split(',').map(|path| PathBuf::from(path.trim())).collect::<Vec<_>>();
        levels.iter().map(|level| self.all(&paths(level), policy_type)).collect()
    }

    fn read(&mut self, path: &Path, policy_type: PolicyType) -> Option<FilePolicy> {
        let shown = self.sources.shown(path);
        let file = match std::path::absolute(path) {
            Ok(absolute) => self.sources.read(&absolute),
            Err(error) => Err(InputError::of_file(&*shown, error.to_string())),
        };
        let file = match file {
            Ok(file) => file,
            Err(error) => {
                self.errors.push(error);
                return None;
            }
        };
        if file.text().len() > MAX_POLICY_BYTES {
            let message = format!("longer than {MAX_POLICY_BYTES} bytes; no policy that AWS takes is a tenth as long");
            self.errors.push(InputError::of_file(&*shown, message));
            return None;
        }
        let line = |span: Option<crate::source::Span>| span.map_or(1, |span| file.position(span.start).line);
        match json::parse(&Text::literal_at(file.text(), file.whole())) {
            Ok(value) => {
                let found = problems(&value, policy_type);
                let errors = found.iter().map(|found| InputError::at_line(&*shown, line(found.span), &*found.message));
                self.errors.extend(errors);
                Some(FilePolicy { name: shown.clone(), document: Document::read(&value) })
            }
            Err(error) => {
                self.errors.push(InputError::at_line(&*shown, line(error.span), format!("not JSON: {error}")));
                None
            }
        }
    }
}

/// The policies that are given by files, whoever the principal is.
pub(super) struct Others {
    resource: Option<FilePolicy>,
    boundary: Option<FilePolicy>,
    session: Option<FilePolicy>,
    service_control: Vec<Vec<FilePolicy>>,
    resource_control: Vec<Vec<FilePolicy>>,
}

impl Others {
    pub(super) fn read(asked: &Simulate, files: &mut Files) -> Self {
        let mut one =
            |path: &Option<PathBuf>, policy_type| path.as_ref().and_then(|path| files.read(path, policy_type));
        Self {
            resource: one(&asked.resource_policy, PolicyType::Resource),
            boundary: one(&asked.boundary, PolicyType::Identity),
            session: one(&asked.session_policy, PolicyType::Identity),
            service_control: files.levels(&asked.scp, PolicyType::Identity),
            resource_control: files.levels(&asked.rcp, PolicyType::Resource),
        }
    }

    /// Adds them to those that are there, in the place of those of which there is one only.
    pub(super) fn add_to<'a>(&'a self, policies: &mut Policies<'a>) {
        if let Some(resource) = &self.resource {
            policies.resource = Some(resource.policy());
        }
        if let Some(boundary) = &self.boundary {
            policies.boundaries = vec![boundary.policy()];
            policies.has_unknown_boundary = false;
        }
        policies.session = self.session.as_ref().map(FilePolicy::policy);
        if !self.service_control.is_empty() {
            policies.service_control = self.service_control.iter().map(|level| named(level)).collect();
        }
        if !self.resource_control.is_empty() {
            policies.resource_control = self.resource_control.iter().map(|level| named(level)).collect();
        }
    }
}
