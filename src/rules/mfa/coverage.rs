//! Who gets by without a second factor.

use crate::access::PolicySource;
use crate::access::escalation::{Escalations, Gain, Graph, Means, Power, Walker};
use crate::access::homes::{self, Home};
use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::mfa::{self, WithoutMfa};
use crate::iam::{Effectiveness, Principal as Trusted, PrincipalKind as Given, Statement};
use crate::model::{Account, AttachedPolicy, Attachment, CarriedDocument, Principal, PrincipalId, PrincipalKind};
use crate::rules::trust::principals::lets_assume;
use crate::rules::{BOTH, Findings, Rule};
use crate::source::Span;

use super::{allowed_without_mfa, asks_for_mfa, documents_that_reach, enforces_mfa, grants_without_mfa, holders};

/// Console user whom no policy holds to MFA.
pub(in crate::rules) static CONSOLE_WITHOUT_MFA: Rule = Rule {
    metadata: Metadata {
        id: "iam-user-console-without-mfa",
        title: "Console user whom no policy holds to MFA",
        group: "mfa",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "trivy:AVD-AWS-0145",
            "terrascan:AC_AWS_0151",
            "prowler:iam_user_mfa_enabled_console_access",
            "prowler:iam_user_hardware_mfa_enabled",
            "kics:3ddfa124-6407-4845-a501-179f90c65097",
        ],
        controls: &["cis-aws-7.0:2.10", "fsbp:IAM.19", "fsbp:IAM.5"],
        documentation: include_str!("../docs/iam-user-console-without-mfa.md"),
    },
    check: console_without_mfa,
};

/// Group whose rights need no second factor.
pub(in crate::rules) static GROUP_WITHOUT_MFA: Rule = Rule {
    metadata: Metadata {
        id: "iam-group-without-mfa",
        title: "Group whose rights need no second factor",
        group: "mfa",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0123", "prowler:iam_administrator_access_with_mfa"],
        controls: &["cis-aws-7.0:2.10", "fsbp:IAM.19"],
        documentation: include_str!("../docs/iam-group-without-mfa.md"),
    },
    check: group_without_mfa,
};

/// People become administrator without a second factor.
pub(in crate::rules) static PRIVILEGED_ROLE: Rule = Rule {
    metadata: Metadata {
        id: "trust-privileged-role-without-mfa",
        title: "People become administrator without a second factor",
        group: "mfa",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["prowler:iam_administrator_access_with_mfa"],
        controls: &["cis-aws-7.0:2.10"],
        documentation: include_str!("../docs/trust-privileged-role-without-mfa.md"),
    },
    check: privileged_role,
};

fn console_without_mfa(account: &Account, findings: &mut Findings) {
    for user in account.principals().filter(|principal| principal.kind == PrincipalKind::User) {
        for profile in &user.login_profiles {
            if is_held_to_mfa(account, user) {
                continue;
            }
            let documents = documents_that_reach(account, user);
            if let Some(why) = what_may_ask_for_mfa(account, user, &documents) {
                findings.undecided(&CONSOLE_WITHOUT_MFA, profile.resource, profile.span, &why);
                continue;
            }
            let managed = holders(user)
                .flat_map(|id| account.attachments_of(id))
                .any(|attachment| matches!(attachment.policy, AttachedPolicy::Aws(_)));
            let grants = documents.iter().any(|carried| grants_without_mfa(&carried.document));
            let has_policies = !documents.is_empty();
            if has_policies && !managed && !grants {
                continue;
            }
            let message = format!(
                "user {} may sign in to the console, and no policy asks for a second factor",
                user.resource.address
            );
            let finding = findings.add(&CONSOLE_WITHOUT_MFA, profile.resource, profile.span, message);
            if !grants && !managed {
                // What the user may do is not in the code.
                finding.at_most(Confidence::Likely);
            }
            if user.resource.span != profile.resource.span {
                finding.relate("the user", Some(user.resource.span));
            }
        }
    }
}

/// What the code leaves open, if it may hold the user to MFA.
fn what_may_ask_for_mfa(account: &Account, user: &Principal, documents: &[&CarriedDocument]) -> Option<&'static str> {
    let elsewhere = |policy: &AttachedPolicy| matches!(policy, AttachedPolicy::Elsewhere(_));
    if user.has_unknown_groups
        || user.boundary.as_ref().is_some_and(elsewhere)
        || documents.iter().any(|carried| !carried.document.opaque.is_empty())
        || holders(user).flat_map(|id| account.attachments_of(id)).any(|attachment| elsewhere(&attachment.policy))
    {
        return Some("a policy or group of this user is not in the code, and may ask for MFA");
    }
    let mut open_groups = account.principals().filter(|group| group.has_unknown_members);
    open_groups
        .any(|group| account.identity_documents_of(group.id).any(|carried| enforces_mfa(&carried.document)))
        .then_some("whether this user is in a group that asks for MFA is not in the code")
}

fn group_without_mfa(account: &Account, findings: &mut Findings) {
    for group in account.principals().filter(|principal| principal.kind == PrincipalKind::Group) {
        let documents: Vec<_> = account.identity_documents_of(group.id).collect();
        if documents.iter().any(|carried| enforces_mfa(&carried.document)) || holds_all_members(account, group) {
            continue;
        }
        let written = documents.iter().find_map(|carried| {
            let statement = allowed_without_mfa(&carried.document)?;
            Some((statement.span.unwrap_or(carried.span), statement.possible))
        });
        let managed = account.attachments_of(group.id).find(|attachment| is_of_aws(attachment));
        let grant = written.or_else(|| managed.map(|attachment| (attachment.span, attachment.possible)));
        if let Some(why) = what_may_hold_members(account, group, &documents, grant.is_some()) {
            findings.undecided(&GROUP_WITHOUT_MFA, group.resource, group.resource.span, &why);
            continue;
        }
        let Some((grant, is_possible)) = grant else { continue };
        let message = "what the group may do needs no second factor: a password, or an access key, is enough";
        let is_much = may_do_much(account, group.id);
        let finding = findings.add(&GROUP_WITHOUT_MFA, group.resource, group.resource.span, message);
        finding.relate("this is allowed without one", Some(grant));
        if is_possible {
            finding.at_most(Confidence::Likely);
        }
        if !is_much {
            finding.level = Level::Pedantic;
            finding.severity = Severity::Info;
        }
    }
}

/// Whether a principal may do much: whole services, everything, or what leads there.
fn may_do_much(account: &Account, id: PrincipalId) -> bool {
    let escalations = Escalations::of(account);
    escalations.power_of(id) > Power::Ordinary || Graph::new(&escalations).distance(id).is_some()
}

/// Whether an attachment gives what AWS's policies give, other than looking after one's own credentials.
fn is_of_aws(attachment: &Attachment) -> bool {
    const OWN_CREDENTIALS: [&str; 3] =
        ["IAMSelfManageServiceSpecificCredentials", "IAMUserChangePassword", "IAMUserSSHKeys"];
    matches!(&attachment.policy, AttachedPolicy::Aws(name) if !OWN_CREDENTIALS.contains(&name.as_str()))
}

/// Whether the code tells all members of a group, and another policy holds each of them to MFA.
fn holds_all_members(account: &Account, group: &Principal) -> bool {
    let mut members = account.principals().filter(|user| user.groups.contains(&group.id)).peekable();
    !group.has_unknown_members && members.peek().is_some() && members.all(|user| is_held_to_mfa(account, user))
}

/// Whether a policy of the code holds a user to MFA: its own, one of a group, or its boundary.
fn is_held_to_mfa(account: &Account, user: &Principal) -> bool {
    let boundary = match &user.boundary {
        Some(AttachedPolicy::InCode(id)) => Some(account.document(*id)),
        _ => None,
    };
    let mut documents = documents_that_reach(account, user).into_iter().chain(boundary);
    documents.any(|carried| enforces_mfa(&carried.document))
        || boundary.is_some_and(|carried| !grants_without_mfa(&carried.document))
}

/// What the code leaves open, if it may hold a group's members to MFA, or may be what there is to hold them to.
fn what_may_hold_members(
    account: &Account,
    group: &Principal,
    documents: &[&CarriedDocument],
    grants: bool,
) -> Option<&'static str> {
    let elsewhere = |attachment: &Attachment| matches!(attachment.policy, AttachedPolicy::Elsewhere(_));
    if documents.iter().any(|carried| !carried.document.opaque.is_empty())
        || account.attachments_of(group.id).any(elsewhere)
    {
        return Some("a policy of this group is not in the code, and may ask for MFA");
    }
    let mut others = account.principals().filter(|other| other.kind == PrincipalKind::Group && other.id != group.id);
    let asks =
        |other: &Principal| account.identity_documents_of(other.id).any(|carried| enforces_mfa(&carried.document));
    (grants && others.any(asks))
        .then_some("whether the members of this group are in a group that asks for MFA is not in the code")
}

/// Who comes through a trust policy without a second factor.
enum Comer {
    /// A user, who is in the code or is not.
    User(Option<PrincipalId>),
    /// Whoever the account's policies let.
    Account,
}

fn privileged_role(account: &Account, findings: &mut Findings) {
    let roles = account.principals().filter(|principal| principal.kind == PrincipalKind::Role);
    let open: Vec<_> =
        roles.filter_map(|role| Some((role, first_comer(account, account.document(role.trust?))?))).collect();
    if open.is_empty() {
        return;
    }
    let escalations = Escalations::of(account);
    let graph = Graph::new(&escalations);
    let has_people =
        account.principals().any(|principal| matches!(principal.kind, PrincipalKind::User | PrincipalKind::Group));
    for (role, (comer, span)) in open {
        let Some(distance) = graph.distance(role.id) else { continue };
        let (user, who) = match comer {
            Comer::User(user) => (user, "a user"),
            Comer::Account => match users_who_assume(account, &escalations, role.id) {
                Some(users) if users.is_empty() => continue,
                None if !has_people => {
                    let why = "whether users of the account may assume this role is not in the code";
                    findings.undecided(&PRIVILEGED_ROLE, role.resource, span, &why);
                    continue;
                }
                users => {
                    let first = users.and_then(|users| users.first().copied());
                    (first, "any user of the account whose policies say so")
                }
            },
        };
        let address = user.map(|user| account.principal(user).resource.address.to_string());
        let who = address.as_deref().unwrap_or(who);
        let becomes = if distance == 0 { "is administrator" } else { "can become administrator" };
        let message = format!("the role {becomes}, and {who} assumes it without a second factor");
        let finding = findings.add(&PRIVILEGED_ROLE, role.resource, span, message);
        match user {
            Some(user) => finding.relate("the user", Some(account.principal(user).resource.span)),
            None => finding.at_most(Confidence::Likely),
        };
    }
}

/// The first whom a trust policy lets in although they have no second factor: a user, or the account's.
fn first_comer(account: &Account, carried: &CarriedDocument) -> Option<(Comer, Span)> {
    let keeps_out = |statement: &Statement| {
        mfa::denies(statement, WithoutMfa::Session)
            && statement.actions.as_ref().is_some_and(|actions| actions.must_match("sts:assumerole"))
    };
    if carried.document.denies().any(keeps_out) {
        return None;
    }
    let open = carried.document.allows().filter(|statement| lets_assume(statement) && is_open(statement));
    let trusted = open.flat_map(|statement| statement.principals.iter().map(move |principals| (statement, principals)));
    let mut named = trusted.filter(|(_, principals)| !principals.negated).flat_map(|(statement, principals)| {
        principals.items.iter().filter(|trusted| trusted.kind == Given::Aws).map(move |trusted| (statement, trusted))
    });
    named.find_map(|(statement, trusted)| {
        let comer = comer(account, carried, trusted)?;
        Some((comer, trusted.span.or(statement.span).unwrap_or(carried.span)))
    })
}

/// Whom a principal of a trust policy lets in without a second factor: a user, unless a policy of the code holds it to
/// one, or the account as a whole. Roles and what comes from a provider have no such key in their sessions.
fn comer(account: &Account, carried: &CarriedDocument, trusted: &Trusted) -> Option<Comer> {
    let declared = trusted.text.as_symbol().and_then(|symbol| account.at(&symbol.reference()?.address));
    if let Some(resource) = declared {
        let user = account.principals().find(|principal| principal.resource.address == resource.address);
        let open = user.filter(|user| user.kind == PrincipalKind::User && !is_held_to_mfa(account, user));
        return open.map(|user| Comer::User(Some(user.id)));
    }
    if trusted.text.expanded().literal_content().contains(":user/") {
        return Some(Comer::User(None));
    }
    let home = homes::home(account, carried.carrier, &trusted.text);
    let is_own = matches!(home, Home::Own | Home::Literal { is_own: Some(true), .. });
    (is_own && homes::is_whole_account(trusted)).then_some(Comer::Account)
}

/// Whether a statement of a trust policy asks for nothing by which people without a second factor are told apart.
fn is_open(statement: &Statement) -> bool {
    /// What everyone of the account, or of the organization, has in common or chooses.
    const SHARED: [&str; 7] = [
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:requestedregion",
        "aws:securetransport",
        "sts:externalid",
        "sts:rolesessionname",
    ];
    !asks_for_mfa(statement)
        && statement.conditions.iter().all(|condition| {
            condition.effectiveness("sts") == Effectiveness::AlwaysTrue
                || SHARED.iter().any(|key| condition.has_key(key))
        })
}

/// The users of the code who may assume a role that leaves the decision to its account, without a second factor; none
/// where the code has nobody who may.
fn users_who_assume(account: &Account, escalations: &Escalations, role: PrincipalId) -> Option<Vec<PrincipalId>> {
    let mut users = None;
    for step in &escalations.steps {
        let (Walker::Principal(from), Means::Assume(_)) = (step.from, step.means) else { continue };
        let user = account.principal(from);
        if user.kind != PrincipalKind::User || step.gain != Gain::Principal(role) {
            continue;
        }
        let asks = step.parts.iter().any(|part| match &part.source {
            PolicySource::InCode(id) => {
                account.document(*id).document.statements.get(part.statement).is_some_and(asks_for_mfa)
            }
            PolicySource::Aws(_) => false,
        });
        let users = users.get_or_insert_with(Vec::new);
        if !asks && !is_held_to_mfa(account, user) {
            users.push(from);
        }
    }
    users
}
