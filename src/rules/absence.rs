//! What the code of an account should have and has not. Asked only of code that sets up an account: never of a stack
//! that has its own things in it alone.

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::model::kinds::{
    account_settings, bucket, budget, detector, instance, organization, password_policy, recorder, trail,
};
use crate::model::{Account, Kind, Resource};

use super::{BOTH, Findings, Rule, TERRAFORM};

/// Account has no password policy.
pub(super) static PASSWORD_POLICY: Rule = Rule {
    metadata: Metadata {
        id: "password-policy-missing",
        title: "Account has no password policy",
        group: "password-policy",
        severity: Severity::Low,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &[],
        controls: &["fsbp:IAM.7"],
        documentation: include_str!("docs/password-policy-missing.md"),
    },
    check: |account, findings| {
        ask(
            &PASSWORD_POLICY,
            &[&password_policy::KIND],
            "the account has no password policy: eight characters are enough for a password",
            account,
            findings,
        );
    },
};

/// Account has no access analyzer.
pub(super) static ACCESS_ANALYZER: Rule = Rule {
    metadata: Metadata {
        id: "access-analyzer-missing",
        title: "Account has no access analyzer",
        group: "detection",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0175", "prowler:accessanalyzer_enabled"],
        controls: &["cis-aws-7.0:2.18", "fsbp:IAM.28"],
        documentation: include_str!("docs/access-analyzer-missing.md"),
    },
    check: |account, findings| {
        ask(
            &ACCESS_ANALYZER,
            &[&account_settings::ANALYZER],
            "nothing looks for what the account shares with the outside",
            account,
            findings,
        );
    },
};

/// Account has no Security Hub.
pub(super) static SECURITY_HUB: Rule = Rule {
    metadata: Metadata {
        id: "securityhub-missing",
        title: "Account has no Security Hub",
        group: "detection",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["prowler:securityhub_enabled", "prowler:securityhub_delegated_admin_enabled_all_regions"],
        controls: &["cis-aws-7.0:5.16"],
        documentation: include_str!("docs/securityhub-missing.md"),
    },
    check: |account, findings| {
        ask(
            &SECURITY_HUB,
            &[&account_settings::SECURITY_HUB],
            "nothing collects findings and checks the account against standards",
            account,
            findings,
        );
    },
};

/// Account has no security contact.
pub(super) static SECURITY_CONTACT: Rule = Rule {
    metadata: Metadata {
        id: "account-security-contact-missing",
        title: "Account has no security contact",
        group: "organization",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: TERRAFORM,
        aliases: &[
            "prowler:account_security_contact_information_is_registered",
            "prowler:account_maintain_different_contact_details_to_security_billing_and_operations",
            "prowler:account_maintain_current_contact_details",
        ],
        controls: &["cis-aws-7.0:2.2", "cis-aws-7.0:2.3", "fsbp:Account.1"],
        documentation: include_str!("docs/account-security-contact-missing.md"),
    },
    check: |account, findings| {
        ask(
            &SECURITY_CONTACT,
            &[&account_settings::ALTERNATE_CONTACT],
            "AWS has nobody but the owner's mailbox to write to when the account is attacked",
            account,
            findings,
        );
    },
};

/// Nothing tells of spending.
pub(super) static BUDGET: Rule = Rule {
    metadata: Metadata {
        id: "budget-alarm-missing",
        title: "Nothing tells of spending",
        group: "organization",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("docs/budget-alarm-missing.md"),
    },
    check: |account, findings| {
        ask(
            &BUDGET,
            &[&budget::KIND],
            "no budget tells of spending: a leaked key is noticed by the bill",
            account,
            findings,
        );
    },
};

/// The kinds of which an account has one: code with two of them sets up an account.
const OF_ACCOUNTS: [&Kind; 11] = [
    &password_policy::KIND,
    &trail::KIND,
    &detector::KIND,
    &recorder::KIND,
    &organization::KIND,
    &account_settings::SECURITY_HUB,
    &account_settings::ANALYZER,
    &account_settings::EBS_ENCRYPTION,
    &account_settings::ALTERNATE_CONTACT,
    &bucket::ACCOUNT_PUBLIC_ACCESS_BLOCK,
    &instance::METADATA_DEFAULTS,
];

/// How many of them it takes: one alone is mostly a module or a stack for that one thing.
const LEAST_KINDS: usize = 2;

/// The first resource of the code that is about the account as a whole, if the code sets one up.
pub(super) fn setting_up<'a>(account: &Account<'a>) -> Option<&'a Resource> {
    let kinds = OF_ACCOUNTS.iter().filter(|kind| account.of_kind(kind).next().is_some()).count();
    let is_of_account = |resource: &&Resource| OF_ACCOUNTS.iter().any(|kind| kind.is(resource));
    account.root.resources.iter().find(is_of_account).filter(|_| kinds >= LEAST_KINDS)
}

/// Reports code that sets up an account without anything of these kinds.
fn ask(rule: &'static Rule, kinds: &[&'static Kind], message: &str, account: &Account, findings: &mut Findings) {
    let can_say = account.root.framework.is_terraform() || rule.metadata.frameworks == BOTH;
    let Some(place) = setting_up(account).filter(|_| can_say) else { return };
    if kinds.iter().all(|kind| account.of_kind(kind).next().is_none()) {
        // Other code of the same account may have it.
        findings.add(rule, place, place.span, message).at_most(Confidence::Likely);
    }
}
