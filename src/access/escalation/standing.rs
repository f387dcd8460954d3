//! How much each principal can do as it is, before it walks any path.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::Account;

use super::super::grants::{self, Grant, Grants};
use super::super::{Effective, PolicySource, PrincipalAccess};

/// How much a principal can do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Power {
    /// Nothing that the code shows to be much.
    Ordinary,
    /// Much: whole services, or nearly everything.
    Much,
    /// Everything, or what it takes to get there at once.
    Administrator,
}

/// AWS-managed policies that give much, by a part of their names.
const MUCH: [&str; 3] = ["PowerUserAccess", "FullAccess", "Administrator"];

/// What each policy gives.
pub(super) struct Giving<'g> {
    account: &'g Account<'g>,
    effective: &'g Effective,
    grants: Arc<Grants>,
    managed: FxHashMap<Arc<str>, Power>,
}

impl<'g> Giving<'g> {
    pub(super) fn new(account: &'g Account<'g>, effective: &'g Effective) -> Self {
        Self { account, effective, grants: Grants::of(account), managed: FxHashMap::default() }
    }

    /// What a principal's policies give, each for itself and before any Deny of another.
    pub(super) fn power(&mut self, access: &PrincipalAccess) -> Power {
        let held = access.identity.iter().filter(|held| held.is_certain);
        held.map(|held| self.of_source(&held.source)).max().unwrap_or(Power::Ordinary)
    }

    fn of_source(&mut self, source: &PolicySource) -> Power {
        match source {
            PolicySource::InCode(id) => {
                let granted = self.grants.of_document(*id).iter().map(|granted| power_of(&granted.grant));
                granted.max().unwrap_or(Power::Ordinary)
            }
            PolicySource::Aws(name) => {
                if let Some(known) = self.managed.get(name) {
                    return *known;
                }
                let document = self.effective.document(self.account, source);
                let granted = document.map(grants::of).unwrap_or_default();
                let by_grant = granted.iter().map(|granted| power_of(&granted.grant)).max();
                let by_name = if MUCH.iter().any(|part| name.contains(part)) { Power::Much } else { Power::Ordinary };
                let power = by_grant.unwrap_or(Power::Ordinary).max(by_name);
                self.managed.insert(name.clone(), power);
                power
            }
        }
    }
}

fn power_of(grant: &Grant) -> Power {
    match grant {
        Grant::FullAdministrator | Grant::FullIam => Power::Administrator,
        Grant::AllButNamed
        | Grant::AllActions
        | Grant::WholeServices(_)
        | Grant::PassAnyRole
        | Grant::AssumeAnyRole => Power::Much,
    }
}
