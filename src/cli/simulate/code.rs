//! One request, with policies from the code.

use std::path::{Path, PathBuf};

use crate::access::{Deciding, Names};
use crate::iam::simulate::{Requester, simulate};
use crate::model::{Account, PrincipalId, PrincipalKind, Resource};
use crate::walk::{self, Extent, Request};

use super::super::arguments::{Everywhere, Simulate};
use super::super::output::Streams;
use super::super::progress::Bar;
use super::super::{Failure, Outcome, absolute, all_errors, parameters, remark_on_nothing, sources};
use super::single::{Files, Others, print, remark_on_action, request};

/// Addresses that are less alike (0 to 1) are not worth suggesting.
const ALIKE: f64 = 0.8;

pub(super) fn run(
    path: &Path,
    asked: &Simulate,
    everywhere: &Everywhere,
    streams: &Streams,
) -> Result<Outcome, Failure> {
    remark_on_action(asked, everywhere, streams);
    let sources = sources()?;
    let shown = [path.to_owned()];
    let paths: Vec<PathBuf> = absolute(&shown)?;
    let bar = Bar::new(everywhere.quiet);
    let progress = |progress| bar.advance(&progress);
    let terraform = asked.variables.options()?;
    let parameters = parameters::read(&asked.parameters, &sources)?;
    let (terraform, parameters) = (&terraform, &parameters);
    let asks = Request { paths: &paths, extent: Extent::Everything, terraform, parameters, progress: &progress };
    let scan = parameters::with_unused_told(walk::scan(&sources, &asks));
    bar.finish();
    if !everywhere.quiet {
        remark_on_nothing(&scan, &shown, streams);
    }
    let mut errors = all_errors(&scan);
    let mut files = Files { sources: &sources, errors: Vec::new() };
    let others = Others::read(asked, &mut files);
    let is_readable = files.errors.is_empty();
    errors.append(&mut files.errors);
    streams.tell_errors(&errors);
    if !is_readable {
        return Ok(Outcome::Error);
    }

    let accounts: Vec<Account> = scan.roots.iter().map(Account::new).collect();
    let name = asked.principal.as_deref().unwrap_or_default();
    let Some(Found { account, principal, requester }) = find(&accounts, name, asked)? else {
        return Err(no_such_principal(name, &accounts));
    };
    let names = Names { account, id: &asked.account };
    let (resource, arn) = resource(&asked.resource, &names)?;
    let deciding = Deciding::on(principal, resource, &names);
    let mut policies = deciding.policies();
    others.add_to(&mut policies);
    let in_code = resource.map(|_| asked.account.as_str());
    let request = request(asked, requester, &arn, asked.resource_account.as_deref().or(in_code));
    let outcome = print(&simulate(&request, &policies), asked.format, everywhere, streams)?;
    Ok(if errors.is_empty() { outcome } else { Outcome::Error })
}

/// The one who asks.
struct Found<'a> {
    /// The root that has them, or the resource.
    account: &'a Account<'a>,
    /// Their place in it, where they are in the code.
    principal: Option<PrincipalId>,
    requester: Requester,
}

/// The root that a principal is in, with the principal: by address, or by the ARN that it will have. One who is not in
/// the code has no policies there, but resources may name them.
fn find<'a>(accounts: &'a [Account<'a>], name: &str, asked: &Simulate) -> Result<Option<Found<'a>>, Failure> {
    let usage = |message: String| Failure::Usage(message);
    for account in accounts {
        let names = Names { account, id: &asked.account };
        for principal in account.principals() {
            let is_asked =
                &*principal.resource.address == name || names.arn(principal.resource).as_deref() == Some(name);
            if !is_asked {
                continue;
            }
            let arn = match principal.kind {
                PrincipalKind::User | PrincipalKind::Role => names.arn(principal.resource).unwrap_or_default(),
                PrincipalKind::PermissionSet => {
                    format!("arn:aws:iam::{}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO", asked.account)
                }
                PrincipalKind::Group => {
                    return Err(usage(format!(
                        "{name} is a group, which asks for nothing itself; name one of its users"
                    )));
                }
            };
            let requester = Requester::parse(&arn).map_err(|error| usage(error.to_string()))?;
            return Ok(Some(Found { account, principal: Some(principal.id), requester }));
        }
    }
    let has_resource = |account: &&Account| {
        let names = Names { account, id: &asked.account };
        resource(&asked.resource, &names).is_ok_and(|(found, _)| found.is_some())
    };
    let root = accounts.iter().find(has_resource).or(accounts.first());
    let outsider = |account| Some(Found { account, principal: None, requester: Requester::parse(name).ok()? });
    Ok(root.and_then(outsider))
}

fn no_such_principal(name: &str, accounts: &[Account]) -> Failure {
    let known = accounts.iter().flat_map(Account::principals).map(|principal| &*principal.resource.address);
    let alike = known.map(|known| (strsim::jaro_winkler(name, known), known));
    let nearest = alike.filter(|(likeness, _)| *likeness >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = nearest.map(|(_, nearest)| format!("; did you mean {nearest}?")).unwrap_or_default();
    Failure::Usage(format!("there is no principal {name:?} in the code, and it is no ARN{hint}"))
}

/// The resource of the code that is asked for, if there is one, and its ARN. Takes an ARN, an address, and either with
/// what is inside (`aws_s3_bucket.logs/2030/x`).
fn resource<'a>(asked: &str, names: &Names<'a>) -> Result<(Option<&'a Resource>, String), Failure> {
    let cuts = || std::iter::once(asked.len()).chain(asked.match_indices('/').map(|(at, _)| at));
    if asked == "*" || asked.starts_with("arn:") {
        let is_it = |resource: &&Resource| {
            let arn = names.arn(resource);
            arn.is_some() && cuts().any(|at| asked.get(..at) == arn.as_deref())
        };
        return Ok((names.account.root.declared().find(is_it), asked.to_owned()));
    }
    for at in cuts() {
        let Some(resource) = asked.get(..at).and_then(|address| names.account.at(address)) else { continue };
        let inside = asked.get(at..).unwrap_or_default();
        return match names.arn(resource) {
            Some(arn) => Ok((Some(resource), format!("{arn}{inside}"))),
            None => Err(Failure::Usage(format!(
                "the ARN of {} does not follow from the code; give --resource the ARN",
                resource.address
            ))),
        };
    }
    Err(Failure::Usage(format!("there is no resource {asked:?} in the code, and it is no ARN")))
}
