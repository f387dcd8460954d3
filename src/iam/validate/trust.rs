//! Whether the actions of a trust policy fit its principals.

use crate::iam::document::{Effect, Principal, PrincipalKind, Statement};

use super::{Check, Faults, PolicyType, Subject};

const ASSUME: &str = "sts:assumerole";
const WITH_SAML: &str = "sts:assumerolewithsaml";
const WITH_WEB_IDENTITY: &str = "sts:assumerolewithwebidentity";

/// What IAM Roles Anywhere needs besides assuming. AWS IAM Roles Anywhere User Guide, "Trust model".
const FOR_ROLES_ANYWHERE: [(&str, &str); 2] =
    [("sts:tagsession", "sts:TagSession"), ("sts:setsourceidentity", "sts:SetSourceIdentity")];

/// The actions of a trust policy's statement against its principals.
pub(super) fn check(statement: &Statement, subject: &Subject, faults: &mut Faults) {
    let trust = subject.is(PolicyType::Trust) && statement.effect == Effect::Allow;
    let (Some(actions), Some(principals)) = (&statement.actions, &statement.principals) else { return };
    if !trust || actions.negated || principals.negated || actions.incomplete {
        return;
    }
    let has = |action: &str| actions.items.iter().any(|pattern| pattern.glob.matches(action));
    // What is not known may be the action that fits.
    if actions.items.iter().any(|pattern| pattern.glob.has_hole())
        || ![ASSUME, WITH_SAML, WITH_WEB_IDENTITY].into_iter().any(has)
    {
        return;
    }
    for principal in &principals.items {
        let Some((fitting, name)) = fitting(principal) else { continue };
        let possible = faults.suppose(principal.possible);
        if !has(fitting) {
            let message = format!("{} assumes roles with {name}, which this statement does not allow", principal.text);
            faults.add(Check::TrustAction, principal.span, message).coded("MISMATCHED_ACTION_FOR_PRINCIPAL");
        } else if principal.text.as_str() == Some("rolesanywhere.amazonaws.com") {
            let missing = FOR_ROLES_ANYWHERE.iter().filter(|(action, _)| !has(action)).map(|(_, name)| *name);
            let missing: Vec<&str> = missing.collect();
            if !missing.is_empty() {
                let message = format!("IAM Roles Anywhere needs {} as well", missing.join(" and "));
                let fault = faults.add(Check::TrustAction, principal.span, message);
                fault.coded("MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY");
            }
        }
        faults.possible = possible;
    }
}

/// The action by which a principal assumes a role, in lower case and as it is written; none where that is not known.
fn fitting(principal: &Principal) -> Option<(&'static str, &'static str)> {
    match principal.kind {
        PrincipalKind::Aws | PrincipalKind::Service => Some((ASSUME, "sts:AssumeRole")),
        PrincipalKind::Federated => {
            let text = principal.text.expanded();
            let content = text.literal_content();
            if content.contains(":saml-provider/") {
                return Some((WITH_SAML, "sts:AssumeRoleWithSAML"));
            }
            let is_web =
                content.contains(":oidc-provider/") || text.as_str().is_some_and(|text| !text.starts_with("arn:"));
            is_web.then_some((WITH_WEB_IDENTITY, "sts:AssumeRoleWithWebIdentity"))
        }
        _ => None,
    }
}
