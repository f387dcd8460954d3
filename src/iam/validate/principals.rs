//! Whether there can be such principals.

use crate::iam::document::{Effect, Principal, PrincipalKind, Statement};
use crate::iam::glob::{Glob, Variables};

use super::arn::{Arn, is_account, is_partition};
use super::service_principals::{Reading, read};
use super::{Check, Faults, PolicyType, Subject, Weight};

/// Addresses of identity providers that need no ARN. AWS IAM User Guide, "AWS JSON policy elements: Principal".
const PROVIDERS: [&str; 4] =
    ["cognito-identity.amazonaws.com", "accounts.google.com", "graph.facebook.com", "www.amazon.com"];

/// The principals of a statement.
pub(super) fn check(statement: &Statement, subject: &Subject, faults: &mut Faults) {
    let Some(principals) = &statement.principals else { return };
    if subject.policy_type.is_some_and(PolicyType::is_without_principals) {
        return;
    }
    if subject.is(PolicyType::ResourceControl) {
        resource_control(statement, faults);
        return;
    }
    for principal in &principals.items {
        let possible = faults.suppose(principal.possible);
        match principal.kind {
            PrincipalKind::Everyone if principal.text.is_known() && !principal.is_everyone() => {
                let message =
                    format!("the principal {} must be \"*\" or stand under AWS, Service or Federated", principal.text);
                faults.add(Check::InvalidPrincipal, principal.span, message).coded("INVALID_PRINCIPAL_FORMAT");
            }
            PrincipalKind::Aws => of_aws(principal, subject, faults),
            PrincipalKind::Service => service(principal, faults),
            PrincipalKind::Federated => federated(principal, subject, faults),
            PrincipalKind::CanonicalUser => canonical_user(principal, faults),
            PrincipalKind::Everyone | PrincipalKind::Other => {}
        }
        faults.possible = possible;
    }
}

fn invalid<'f>(
    principal: &Principal,
    code: &'static str,
    message: impl Into<String>,
    faults: &'f mut Faults,
) -> &'f mut super::Fault {
    faults.add(Check::InvalidPrincipal, principal.span, message).coded(code)
}

/// What stands under `AWS`: accounts, users, roles and their sessions.
fn of_aws(principal: &Principal, subject: &Subject, faults: &mut Faults) {
    let text = principal.text.expanded();
    let glob = Glob::new(&text, Variables::Literal);
    if principal.is_everyone() {
        return;
    }
    if let Some(known) = text.as_str()
        && !known.starts_with("arn:")
    {
        return name(principal, known, faults);
    }
    let arn = Arn::new(&glob);
    if arn.prefix.literal().as_deref() != Some("arn") || arn.count < 6 {
        // A name of the code's, or one that begins with one.
        return;
    }
    // An alternative without a part of the ARN is one in which the principal is not there.
    if faults.possible && (arn.partition.is_empty() || arn.account.is_empty()) {
        return;
    }
    if glob.has_wildcard() {
        let code = if subject.is(PolicyType::Trust) {
            "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL"
        } else {
            "UNSUPPORTED_WILDCARD_IN_PRINCIPAL"
        };
        let message = format!(
            "{} has a wildcard, which principals do not take; a condition on aws:PrincipalArn does",
            principal.text
        );
        invalid(principal, code, message, faults);
        return;
    }
    if let Some(partition) = arn.partition.literal().filter(|partition| !is_partition(partition)) {
        invalid(principal, "INVALID_PARTITION", format!("there is no partition {partition:?}"), faults);
        return;
    }
    let account = arn.account.literal();
    let is_of_aws = account.as_deref().is_some_and(|account| matches!(account, "cloudfront" | "aws"));
    if let Some(account) = account.filter(|account| !is_account(account) && !is_of_aws) {
        let message = format!("{account:?} is no account: an account's number has 12 digits");
        invalid(principal, "INVALID_ARN_ACCOUNT", message, faults);
        return;
    }
    let kinds: &[&str] = match arn.service.literal().as_deref() {
        Some("iam") => &["root", "user/", "role/"],
        Some("sts") => &["assumed-role/", "federated-user/", "self"],
        Some(other) => {
            let message = format!("an ARN of {other} is no principal; accounts, users, roles and sessions are");
            invalid(principal, "INVALID_PRINCIPAL_FORMAT", message, faults);
            return;
        }
        None => return,
    };
    let known = text.literal_content();
    let resource = known.splitn(6, ':').nth(5).unwrap_or_default();
    if text.is_known()
        && !kinds.iter().any(|kind| resource == *kind || (kind.ends_with('/') && resource.starts_with(kind)))
    {
        let message = if resource.starts_with("group/") {
            format!("{} is a group, and groups are no principals", principal.text)
        } else {
            format!("{} is no account, user, role or session", principal.text)
        };
        invalid(principal, "INVALID_PRINCIPAL_FORMAT", message, faults);
    }
}

/// What stands under `AWS` and is no ARN.
fn name(principal: &Principal, text: &str, faults: &mut Faults) {
    // What a user or role was that has been deleted: AWS puts its id in place of the ARN.
    let is_id = text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if is_id && text.starts_with("AROA") {
        let message = format!("{text} is the id of a role; a role that is made anew has another");
        invalid(principal, "INVALID_ROLE_REFERENCE", message, faults).weigh(Weight::Minor);
    } else if is_id && text.starts_with("AIDA") {
        let message = format!("{text} is the id of a user; a user who is made anew has another");
        invalid(principal, "INVALID_USER_REFERENCE", message, faults).weigh(Weight::Minor);
    } else if !(is_account(text) || text.is_empty() || is_id && text.starts_with('A')) {
        let message = match read(text) {
            Reading::Service => format!("{text} is a service, and stands under Service"),
            _ if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("{text:?} is no account: an account's number has 12 digits")
            }
            _ => format!("{text:?} is neither an account's number nor the ARN of a principal"),
        };
        invalid(principal, "INVALID_PRINCIPAL_FORMAT", message, faults);
    }
}

fn service(principal: &Principal, faults: &mut Faults) {
    let text = principal.text.expanded();
    let Some(text) = text.as_str().filter(|text| *text != "*" && !text.is_empty()) else { return };
    if faults.possible && text.ends_with('.') {
        // A domain that is put behind is not there in this alternative.
        return;
    }
    match read(text) {
        Reading::Service => {}
        Reading::Near(near) => {
            let message = format!("{text} is no service that is known; {near} is near");
            invalid(principal, "INVALID_SERVICE_PRINCIPAL_FORMAT", message, faults).likely();
        }
        Reading::Malformed(meant) => {
            let hint = meant.map(|meant| format!("; it is {meant}")).unwrap_or_default();
            let message = format!("{text:?} has not the form of a service principal{hint}");
            invalid(principal, "INVALID_SERVICE_PRINCIPAL_FORMAT", message, faults);
        }
    }
}

fn federated(principal: &Principal, subject: &Subject, faults: &mut Faults) {
    let text = principal.text.expanded();
    let Some(known) = text.as_str() else { return };
    if subject.is(PolicyType::Resource) {
        let message = "resources are asked for by sessions, whose providers their policies do not take as principals";
        invalid(principal, "FEDERATED_PRINCIPAL_NOT_SUPPORTED", message, faults).likely();
        return;
    }
    let is_provider = |resource: &str| resource.starts_with("saml-provider/") || resource.starts_with("oidc-provider/");
    let fields: Vec<&str> = known.splitn(6, ':').collect();
    let is_valid = match fields.as_slice() {
        ["arn", _, "iam", "", account, resource] => is_account(account) && is_provider(resource),
        ["arn", ..] => false,
        _ => {
            PROVIDERS.contains(&known)
                || known.contains('.') && !known.contains([' ', '*']) && !known.starts_with("https:")
        }
    };
    if !is_valid {
        let message =
            format!("{known:?} is neither a provider's domain nor the ARN of a SAML or OpenID Connect provider");
        invalid(principal, "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", message, faults);
    }
}

fn canonical_user(principal: &Principal, faults: &mut Faults) {
    let Some(text) = principal.text.as_str() else { return };
    let is_id = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_id {
        let message = format!("{text:?} is no canonical user id, which has 64 hexadecimal digits");
        invalid(principal, "INVALID_PRINCIPAL_FORMAT", message, faults);
    }
}

/// Resource control policies are about everyone, and customers write their Deny statements only.
/// AWS Organizations User Guide, "RCP syntax".
fn resource_control(statement: &Statement, faults: &mut Faults) {
    let Some(principals) = &statement.principals else { return };
    if principals.negated
        || principals.items.iter().any(|principal| principal.text.is_known() && !principal.is_everyone())
    {
        let message = "resource control policies are about all principals: Principal must be \"*\"";
        faults.add(Check::UnsupportedElement, principals.key_span, message).coded("RCP_SYNTAX_ERROR_PRINCIPAL");
    }
    if let Some(actions) = statement.actions.as_ref().filter(|actions| actions.negated) {
        let message = "resource control policies take no NotAction";
        faults.add(Check::UnsupportedElement, actions.key_span, message).coded("RCP_SYNTAX_ERROR_NOTACTION");
    }
    let allows_everything = statement.conditions.is_empty()
        && statement.actions.as_ref().is_some_and(|actions| actions.items.iter().any(|item| item.glob.is_everything()))
        && statement
            .resources
            .as_ref()
            .is_some_and(|resources| resources.items.iter().any(|item| item.glob.is_everything()));
    if statement.effect == Effect::Allow && !allows_everything {
        let message = "resource control policies allow nothing of their own: only Deny statements are taken";
        faults.add(Check::UnsupportedElement, statement.span, message).coded("RCP_SYNTAX_ERROR_ALLOW");
    }
}
