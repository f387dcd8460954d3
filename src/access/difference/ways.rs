//! Ways to more rights that one side has and the other has not.

use std::collections::{BTreeMap, BTreeSet};

use crate::iam::Surety;
use crate::iam::escalation::Class;

use super::super::escalation::{Escalations, Gain, Graph, Means, Step, Walker};
use super::Escalation;
use super::naming::Naming;

/// What one principal can become.
#[derive(Default, Debug)]
pub(super) struct Ways {
    /// Whether it is administrator, or can get to be.
    is_administrator: bool,
    /// The shortest way there, if it takes a step.
    shortest: Option<Escalation>,
    /// Other steps to somebody's rights, by whose they are.
    steps: BTreeMap<String, Escalation>,
}

/// What the principals of a root can become, by the address that both sides call them by.
pub(super) fn ways(naming: &Naming<'_>) -> BTreeMap<String, Ways> {
    let account = naming.account();
    let escalations = Escalations::of(account);
    let graph = Graph::new(&escalations);
    let mut found: BTreeMap<String, Ways> = BTreeMap::new();
    for principal in account.principals() {
        let mut ways = Ways::default();
        if let Some(walk) = graph.walk(principal.id) {
            let steps: Vec<&Step> = walk.steps.iter().filter_map(|at| escalations.steps.get(*at)).collect();
            ways.is_administrator = true;
            // Nothing, where it is administrator as it is.
            let path = steps.iter().map(|step| words(naming, step)).collect();
            let span = steps.first().and_then(|step| place(step));
            ways.shortest = Some(Escalation { path, reaches: "administrator".to_owned(), span });
        }
        found.insert(naming.address(&principal.resource.address), ways);
    }
    for step in escalations.steps.iter().filter(|step| step.surety >= Surety::Likely) {
        let (Walker::Principal(from), Means::Path(_)) = (step.from, &step.means) else { continue };
        let Some(reaches) = reached(naming, &step.gain) else { continue };
        let from = naming.address(&account.principal(from).resource.address);
        if let Some(ways) = found.get_mut(&from) {
            let escalation =
                || Escalation { path: vec![words(naming, step)], reaches: reaches.clone(), span: place(step) };
            ways.steps.entry(reaches.clone()).or_insert_with(escalation);
        }
    }
    found
}

impl Ways {
    /// What there is here and was not there: the way to administrator, or else each step to somebody's rights.
    pub(super) fn beyond(&self, old: Option<&Self>) -> Vec<Escalation> {
        if self.is_administrator {
            let is_new = !old.is_some_and(|old| old.is_administrator);
            return self.shortest.iter().filter(|_| is_new).cloned().collect();
        }
        let known: BTreeSet<&String> = old.iter().flat_map(|old| old.steps.keys()).collect();
        let was_more = old.is_some_and(|old| old.is_administrator);
        let new = self.steps.iter().filter(|(reaches, _)| !was_more && !known.contains(reaches));
        new.map(|(_, escalation)| escalation.clone()).collect()
    }
}

/// Whose rights a step gives; none for those that only the shortest way tells.
fn reached(naming: &Naming<'_>, gain: &Gain) -> Option<String> {
    match gain {
        Gain::Principal(id) => {
            let principal = naming.account().principal(*id);
            Some(format!("{} {}", principal.kind.name(), naming.address(&principal.resource.address)))
        }
        Gain::Elsewhere => Some("roles and users that are not in the code".to_owned()),
        Gain::Unbounded => Some("its own rights without the boundary".to_owned()),
        Gain::Administrator => None,
    }
}

fn place(step: &Step) -> Option<crate::source::Span> {
    let trusted = match step.means {
        Means::Assume(span) => span,
        Means::Path(_) => None,
    };
    step.parts.first().and_then(|part| part.span).or(trusted)
}

/// A step as something that one can do.
fn words(naming: &Naming<'_>, step: &Step) -> String {
    let whom = match &step.gain {
        Gain::Principal(id) => naming.account().principal(*id).resource.address.to_string(),
        Gain::Administrator | Gain::Elsewhere | Gain::Unbounded => String::new(),
    };
    let or = |other: &str| if whom.is_empty() { other.to_owned() } else { whom.clone() };
    let Means::Path(path) = &step.means else { return format!("assume {}", or("a role")) };
    let what = match path.class {
        Class::Own => "write a policy for itself".to_owned(),
        Class::Principal => format!("take over {}", or("another user or role")),
        Class::Pass => {
            let service = path.service.unwrap_or("a service").trim_end_matches(".amazonaws.com");
            format!("pass {} to {service}", or("any role"))
        }
        Class::Compute => format!("reach into what runs with {}", or("another role")),
        Class::Provider => "change whom an identity provider vouches for".to_owned(),
        Class::Boundary => "take off its own permissions boundary".to_owned(),
        Class::Create => "make a user or role with any rights".to_owned(),
        Class::PermissionSet => "edit permission sets".to_owned(),
    };
    format!("{what} ({})", path.actions().join(", "))
}
