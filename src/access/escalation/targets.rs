//! What the actions of a path may be aimed at: the principals, policies and workloads of the code, by what policies
//! call them.

use crate::iam::{Glob, Named, Token, Variables};
use crate::model::kinds::workload::{self, RunsAs, Workload};
use crate::model::kinds::{group, managed_policy, role, user};
use crate::model::{Account, Attribute, DocumentId, Principal, PrincipalId, PrincipalKind, Resource};
use crate::value::{Symbol, Text, TextBuilder, Value};

/// What of the code can be aimed at.
#[derive(Debug)]
pub(super) struct Targets {
    /// Principals as policies name them, by their place; none for permission sets.
    pub(super) principals: Vec<Option<Named>>,
    /// Their names alone.
    pub(super) names: Vec<Vec<Token>>,
    /// Managed policies of the code.
    pub(super) policies: Vec<(DocumentId, Named)>,
    /// What runs with a role of the code.
    pub(super) workloads: Vec<Running>,
}

/// A workload that runs with a role of the code.
#[derive(Debug)]
pub struct Running {
    /// Its address.
    pub address: std::sync::Arc<str>,
    /// What it is, as the table of paths calls it.
    pub kind: &'static str,
    /// The role.
    pub role: PrincipalId,
    pub(super) named: Named,
}

/// All roles, as a pattern of what follows the account in their ARNs; likewise the others.
pub(super) fn class(of: &str) -> Glob {
    Glob::known(&format!("{of}/*"))
}

/// A user of whom the code tells nothing: whoever `${aws:username}` is.
pub(super) fn unknown_user() -> Named {
    let name = Token::Hole(Symbol::new("${aws:username}"));
    let resource = Glob::of_tokens("user/".chars().map(Token::Char).chain([name]));
    Named { service: "iam", resource, symbol: None }
}

impl Targets {
    pub(super) fn of(account: &Account) -> Self {
        let principals = account.principals().map(|principal| principal_named(principal.kind, principal.resource));
        let names = account.principals().map(|principal| match naming(principal.kind) {
            Some((_, name, _)) => tokens(&name_text(principal.resource, name, "")),
            None => Vec::new(),
        });
        let policies = account.documents_by_id().filter(|(_, carried)| managed_policy::KIND.is(carried.carrier));
        Self {
            principals: principals.collect(),
            names: names.collect(),
            policies: policies
                .map(|(id, carried)| (id, named(carried.carrier, "policy", &managed_policy::NAME, "Name")))
                .collect(),
            workloads: workloads(account),
        }
    }
}

fn naming(kind: PrincipalKind) -> Option<(&'static str, &'static Attribute, &'static str)> {
    match kind {
        PrincipalKind::User => Some(("user", &user::NAME, "")),
        PrincipalKind::Group => Some(("group", &group::NAME, "")),
        PrincipalKind::Role => Some(("role", &role::NAME, "")),
        PrincipalKind::PermissionSet => None,
    }
}

fn principal_named(kind: PrincipalKind, resource: &Resource) -> Option<Named> {
    let (word, name, attribute) = naming(kind)?;
    Some(named(resource, word, name, attribute))
}

/// What policies call a resource of IAM. `made_up` is the attribute by which CloudFormation knows a name that AWS makes
/// up.
fn named(resource: &Resource, word: &str, name: &Attribute, made_up: &str) -> Named {
    let mut builder = TextBuilder::new();
    builder.push_str(word);
    match resource.explicit(&role::PATH).and_then(|path| path.value.to_text()) {
        Some(path) => builder.push_text(&path),
        None => builder.push_str("/"),
    }
    builder.push_text(&name_text(resource, name, made_up));
    let arn = if resource.framework().is_terraform() { "arn" } else { "Arn" };
    Named {
        service: "iam",
        resource: Glob::new(&builder.finish(), Variables::Literal),
        symbol: Some(Symbol::of_resource(&*resource.address, arn)),
    }
}

/// The name that a resource has, as references to it write it where the code does not say.
fn name_text(resource: &Resource, name: &Attribute, made_up: &str) -> Text {
    let is_terraform = resource.framework().is_terraform();
    if let Some(given) = resource.explicit(name).and_then(|setting| setting.value.to_text()) {
        return given;
    }
    if !is_terraform {
        return Text::from(Symbol::of_resource(&*resource.address, made_up));
    }
    let prefix = Attribute { terraform: "name_prefix", cloudformation: "", ..*name };
    match resource.explicit(&prefix).and_then(|setting| setting.value.to_text()) {
        Some(prefix) => {
            let mut builder = TextBuilder::new();
            builder.push_text(&prefix);
            builder.push_symbol(Symbol::new(format!("{}.name after its prefix", resource.address)));
            builder.finish()
        }
        None => Text::from(Symbol::of_resource(&*resource.address, name.terraform)),
    }
}

fn tokens(text: &Text) -> Vec<Token> {
    Glob::new(text, Variables::Literal).tokens().to_vec()
}

fn workloads(account: &Account) -> Vec<Running> {
    let mut running = Vec::new();
    let by_address: rustc_hash::FxHashMap<&str, PrincipalId> =
        account.principals().map(|principal: &Principal| (&*principal.resource.address, principal.id)).collect();
    for resource in account.root.declared() {
        let Some(workload) = workload::ALL.iter().find(|workload| workload.kind.is(resource)) else { continue };
        let Some(role) = role_of(account, resource, workload) else { continue };
        let Some(&role) = by_address.get(&*role.address) else { continue };
        running.push(Running {
            address: resource.address.clone(),
            kind: workload.name,
            role,
            named: named_workload(resource, workload),
        });
    }
    running
}

/// The role of the code that a workload runs with.
fn role_of<'a>(account: &Account<'a>, resource: &Resource, workload: &Workload) -> Option<&'a Resource> {
    let given = resource.explicit(&workload.role)?.value;
    if workload.runs_as == RunsAs::Role {
        return account.resolve(&given, &role::KIND, &role::NAME);
    }
    // Some name the profile in a block of its own.
    let inner: Vec<Value> = [&given]
        .into_iter()
        .chain(given.as_list().into_iter().flat_map(|list| list.iter()))
        .flat_map(|block| ["name", "arn", "Name", "Arn"].into_iter().filter_map(|name| block.get(name).cloned()))
        .collect();
    let profile = std::iter::once(&given)
        .chain(&inner)
        .find_map(|value| account.resolve(value, &workload::PROFILE, &workload::PROFILE_NAME))?;
    account.resolve(&profile.explicit(&workload::PROFILE_ROLE)?.value, &role::KIND, &role::NAME)
}

fn named_workload(resource: &Resource, workload: &Workload) -> Named {
    let (service, shape) = workload.arn;
    let made_up = || Symbol::of_resource(&*resource.address, "id");
    let mut builder = TextBuilder::new();
    let mut rest = shape;
    while let Some(at) = rest.find(['*', '{']) {
        let (before, sign) = rest.split_at(at);
        builder.push_str(before);
        if let Some(after) = sign.strip_prefix("{}") {
            builder.push_text(&name_text(resource, &workload.named, ""));
            rest = after;
        } else {
            builder.push_symbol(made_up());
            rest = sign.get(1..).unwrap_or_default();
        }
    }
    builder.push_str(rest);
    let arn = if resource.framework().is_terraform() { "arn" } else { "Arn" };
    Named {
        service,
        resource: Glob::new(&builder.finish(), Variables::Literal),
        symbol: Some(Symbol::of_resource(&*resource.address, arn)),
    }
}
