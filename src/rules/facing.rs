//! What the internet reaches, and what may be done from there.

use crate::access::escalation::{Escalations, Graph, Power};
use crate::finding::{Level, Metadata, Severity};
use crate::model::kinds::{instance, network, workload};
use crate::model::{Account, Resource, texts};
use crate::value::{Symbol, Why};

use super::network::opened_to_internet;
use super::{BOTH, Findings, Rule};

/// Instance that the internet reaches runs with a powerful role.
pub(super) static PRIVILEGED_INSTANCE: Rule = Rule {
    metadata: Metadata {
        id: "internet-facing-instance-with-privileged-role",
        title: "Instance that the internet reaches runs with a powerful role",
        group: "public-access",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["prowler:ec2_instance_internet_facing_with_instance_profile"],
        controls: &[],
        documentation: include_str!("docs/internet-facing-instance-with-privileged-role.md"),
    },
    check: privileged_instance,
};

fn privileged_instance(account: &Account, findings: &mut Findings) {
    if account.of_kind(&workload::INSTANCE).next().is_none() {
        return;
    }
    let escalations = Escalations::of(account);
    let graph = Graph::new(&escalations);
    for running in &escalations.workloads {
        let is_powerful =
            escalations.power_of(running.role) > Power::Ordinary || graph.distance(running.role).is_some();
        let found = account.at(&running.address).filter(|resource| is_powerful && workload::INSTANCE.is(resource));
        let Some(instance) = found else { continue };
        let (groups, all_known) = security_groups(account, instance);
        let open = groups.into_iter().find_map(|group| Some((group, opened_to_internet(account, group)?)));
        let Some((group, open)) = open else {
            if !all_known {
                let why = "whether its security groups let the internet in is not in the code";
                findings.undecided(&PRIVILEGED_INSTANCE, instance, instance.span, &why);
            }
            continue;
        };
        let public = has_public_address(account, instance);
        if findings.decide(&PRIVILEGED_INSTANCE, instance, instance.span, public) {
            let role = account.principal(running.role).resource;
            let much = if graph.distance(running.role).is_some() { "be administrator" } else { "do much" };
            let message = format!(
                "the internet reaches this instance, and whoever takes it over may {much}, by {}",
                role.address
            );
            let finding = findings.add(&PRIVILEGED_INSTANCE, instance, instance.span, message);
            finding.relate(format!("{} lets the internet in", group.address), Some(open));
            finding.relate("the role", Some(role.span));
        }
    }
}

/// The security groups of an instance that are in the code, and whether those are all that it has. Without any it has
/// the default one of its network, which lets in its members alone unless somebody changes it.
fn security_groups<'a>(account: &Account<'a>, instance: &Resource) -> (Vec<&'a Resource>, bool) {
    let on_instance =
        [&instance::SECURITY_GROUPS, &instance::SECURITY_GROUP_NAMES].map(|groups| instance.setting(groups));
    let interfaces = instance.blocks(&instance::INTERFACES);
    let on_interfaces = interfaces.iter().map(|interface| instance.setting_in(interface, &instance::INTERFACE_GROUPS));
    let mut groups = Vec::new();
    let mut all_known = true;
    for setting in on_instance.into_iter().chain(on_interfaces).filter(|setting| setting.explicit) {
        all_known &= setting.value.as_unknown().is_none();
        for (text, _) in texts(&setting.value) {
            let reference = text.as_symbol().and_then(Symbol::reference);
            let group = reference.and_then(|reference| account.at(&reference.address));
            match group.filter(|group| network::SECURITY_GROUP.is(group)) {
                Some(group) => groups.push(group),
                None => all_known = false,
            }
        }
    }
    (groups, all_known)
}

/// Whether an instance has an address that the internet reaches: one of its own, or what its subnet gives.
fn has_public_address(account: &Account, instance: &Resource) -> Result<bool, Why> {
    let given = [
        (&network::ADDRESS, &network::ADDRESS_INSTANCE),
        (&network::ADDRESS_ASSOCIATION, &network::ASSOCIATION_INSTANCE),
    ];
    let is_this = |resource: &Resource| resource.address == instance.address;
    let has_own = given.into_iter().any(|(kind, of)| {
        let mut named = account
            .of_kind(kind)
            .filter_map(|address| account.resolve(&address.explicit(of)?.value, &instance::KIND, &network::NAME));
        named.any(is_this)
    });
    if has_own {
        return Ok(true);
    }
    let interfaces = instance.blocks(&instance::INTERFACES);
    let interface = interfaces.first();
    let said = instance
        .explicit(&instance::PUBLIC_ADDRESS)
        .or_else(|| interface.map(|interface| instance.setting_in(interface, &instance::INTERFACE_PUBLIC_ADDRESS)));
    if let Some(said) = said.filter(|said| said.explicit) {
        return said.as_bool();
    }
    let subnet = instance
        .explicit(&instance::SUBNET)
        .or_else(|| interface.map(|interface| instance.setting_in(interface, &instance::INTERFACE_SUBNET)));
    let subnet = subnet.and_then(|subnet| account.resolve(&subnet.value, &network::SUBNET, &network::NAME));
    match subnet {
        Some(subnet) => subnet.setting(&network::PUBLIC_ADDRESSES).as_bool(),
        None => Err(Why::Input("its subnet, which decides whether it gets a public address".into())),
    }
}
