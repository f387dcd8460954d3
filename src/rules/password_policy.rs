//! The password policy of the account.

use crate::finding::{Level, Metadata, Severity};
use crate::model::kinds::password_policy as policy;
use crate::model::{Account, Attribute, Setting};
use crate::value::Why;

use super::setting::{self, Fault, Sentence};
use super::{Findings, Rule, TERRAFORM};

/// Source: CIS Amazon Web Services Foundations Benchmark.
const MINIMUM_LENGTH: i64 = 14;

/// The most that AWS takes, and what the CIS benchmark asks for.
const REMEMBERED_PASSWORDS: i64 = 24;

/// Days. Source: AWS Foundational Security Best Practices, IAM.7.
const MAXIMUM_AGE: i64 = 90;

/// Passwords may be shorter than 14 characters.
pub(super) static SHORT: Rule = Rule {
    metadata: Metadata {
        id: "password-policy-short",
        title: "Passwords may be shorter than 14 characters",
        group: "password-policy",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &[
            "checkov:CKV_AWS_10",
            "trivy:AVD-AWS-0063",
            "regula:FG_R00025",
            "regula:FG_R00086",
            "terrascan:AC_AWS_0142",
            "terrascan:AC_AWS_0141",
            "prowler:iam_password_policy_minimum_length_14",
            "kics:1bc1c685-e593-450e-88fb-19db4c82aa1d",
        ],
        controls: &["cis-aws-7.0:2.8", "fsbp:IAM.10", "fsbp:IAM.7"],
        documentation: include_str!("docs/password-policy-short.md"),
    },
    check: short,
};

/// Passwords need no lower-case letter.
pub(super) static NO_LOWERCASE: Rule = Rule {
    metadata: Metadata {
        id: "password-policy-no-lowercase",
        title: "Passwords need no lower-case letter",
        group: "password-policy",
        severity: Severity::Low,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &[
            "checkov:CKV_AWS_11",
            "trivy:AVD-AWS-0058",
            "regula:FG_R00022",
            "terrascan:AC_AWS_0134",
            "prowler:iam_password_policy_lowercase",
            "kics:bbc7c137-6c7b-4fc4-984a-0c88e91fcaf9",
        ],
        controls: &["fsbp:IAM.10", "fsbp:IAM.7"],
        documentation: include_str!("docs/password-policy-no-lowercase.md"),
    },
    check: no_lowercase,
};

/// Passwords need no upper-case letter.
pub(super) static NO_UPPERCASE: Rule = Rule {
    metadata: Metadata {
        id: "password-policy-no-uppercase",
        title: "Passwords need no upper-case letter",
        group: "password-policy",
        severity: Severity::Low,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &[
            "checkov:CKV_AWS_15",
            "trivy:AVD-AWS-0061",
            "regula:FG_R00021",
            "terrascan:AC_AWS_0135",
            "prowler:iam_password_policy_uppercase",
            "kics:c5ff7bc9-d8ea-46dd-81cb-8286f3222249",
        ],
        controls: &["fsbp:IAM.10", "fsbp:IAM.7"],
        documentation: include_str!("docs/password-policy-no-uppercase.md"),
    },
    check: no_uppercase,
};

/// Passwords need no digit.
pub(super) static NO_NUMBER: Rule = Rule {
    metadata: Metadata {
        id: "password-policy-no-number",
        title: "Passwords need no digit",
        group: "password-policy",
        severity: Severity::Low,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &[
            "checkov:CKV_AWS_12",
            "trivy:AVD-AWS-0059",
            "regula:FG_R00024",
            "regula:FG_R00086",
            "terrascan:AC_AWS_0136",
            "prowler:iam_password_policy_number",
        ],
        controls: &["fsbp:IAM.10", "fsbp:IAM.7"],
        documentation: include_str!("docs/password-policy-no-number.md"),
    },
    check: no_number,
};

/// Passwords need no symbol.
pub(super) static NO_SYMBOL: Rule = Rule {
    metadata: Metadata {
        id: "password-policy-no-symbol",
        title: "Passwords need no symbol",
        group: "password-policy",
        severity: Severity::Low,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &[
            "checkov:CKV_AWS_14",
            "trivy:AVD-AWS-0060",
            "regula:FG_R00023",
            "terrascan:AC_AWS_0137",
            "prowler:iam_password_policy_symbol",
            "kics:7a70eed6-de3a-4da2-94da-a2bbc8fe2a48",
        ],
        controls: &["fsbp:IAM.10", "fsbp:IAM.7"],
        documentation: include_str!("docs/password-policy-no-symbol.md"),
    },
    check: no_symbol,
};

/// Former passwords may be used again.
pub(super) static REUSE: Rule = Rule {
    metadata: Metadata {
        id: "password-policy-reuse",
        title: "Former passwords may be used again",
        group: "password-policy",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &[
            "checkov:CKV_AWS_13",
            "trivy:AVD-AWS-0056",
            "regula:FG_R00002",
            "regula:FG_R00088",
            "terrascan:AC_AWS_0472",
            "prowler:iam_password_policy_reuse_24",
            "kics:89806cdc-9c2e-4bd1-a0dc-53f339bcfb2a",
        ],
        controls: &["cis-aws-7.0:2.9", "fsbp:IAM.10", "fsbp:IAM.7"],
        documentation: include_str!("docs/password-policy-reuse.md"),
    },
    check: reuse,
};

/// Passwords live longer than 90 days.
pub(super) static NO_EXPIRY: Rule = Rule {
    metadata: Metadata {
        id: "password-policy-no-expiry",
        title: "Passwords live longer than 90 days",
        group: "password-policy",
        severity: Severity::Low,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &[
            "checkov:CKV_AWS_9",
            "trivy:AVD-AWS-0062",
            "regula:FG_R00003",
            "terrascan:AC_AWS_0138",
            "prowler:iam_password_policy_expires_passwords_within_90_days_or_less",
            "kics:ce60d060-efb8-4bfd-9cf7-ff8945d00d90",
        ],
        controls: &["fsbp:IAM.10", "fsbp:IAM.7"],
        documentation: include_str!("docs/password-policy-no-expiry.md"),
    },
    check: no_expiry,
};

/// Users cannot renew their passwords.
pub(super) static LOCKS_OUT: Rule = Rule {
    metadata: Metadata {
        id: "password-policy-locks-users-out",
        title: "Users cannot renew their passwords",
        group: "password-policy",
        severity: Severity::Low,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &["kics:9ef7d25d-9764-4224-9968-fa321c56ef76"],
        controls: &[],
        documentation: include_str!("docs/password-policy-locks-users-out.md"),
    },
    check: |account, findings| {
        setting::ask(
            &LOCKS_OUT,
            &[
                Sentence {
                    kind: &policy::KIND,
                    attribute: &policy::USERS_MAY_CHANGE,
                    fault: Fault::Off,
                    message: "users may not change their own passwords",
                },
                Sentence {
                    kind: &policy::KIND,
                    attribute: &policy::HARD_EXPIRY,
                    fault: Fault::On,
                    message: "whoever lets a password expire, the last administrator too, is locked out",
                },
            ],
            account,
            findings,
        );
    },
};

fn short(account: &Account, findings: &mut Findings) {
    ask(&SHORT, account, findings, &policy::MINIMUM_LENGTH, |setting| {
        let length = setting.as_integer()?.unwrap_or_default();
        Ok((length < MINIMUM_LENGTH)
            .then(|| format!("passwords of {length} characters are allowed; ask for {MINIMUM_LENGTH} or more")))
    });
}

fn no_lowercase(account: &Account, findings: &mut Findings) {
    class(&NO_LOWERCASE, account, findings, &policy::LOWERCASE, "a lower-case letter");
}

fn no_uppercase(account: &Account, findings: &mut Findings) {
    class(&NO_UPPERCASE, account, findings, &policy::UPPERCASE, "an upper-case letter");
}

fn no_number(account: &Account, findings: &mut Findings) {
    class(&NO_NUMBER, account, findings, &policy::NUMBERS, "a digit");
}

fn no_symbol(account: &Account, findings: &mut Findings) {
    class(&NO_SYMBOL, account, findings, &policy::SYMBOLS, "a symbol");
}

fn reuse(account: &Account, findings: &mut Findings) {
    ask(&REUSE, account, findings, &policy::REUSE_PREVENTION, |setting| {
        let remembered = setting.as_integer()?.unwrap_or_default();
        Ok((remembered < REMEMBERED_PASSWORDS).then(|| match remembered {
            0 => "former passwords may be used again at once".to_owned(),
            _ => format!("only {remembered} former passwords are refused; remember {REMEMBERED_PASSWORDS}"),
        }))
    });
}

fn no_expiry(account: &Account, findings: &mut Findings) {
    ask(&NO_EXPIRY, account, findings, &policy::MAXIMUM_AGE, |setting| {
        Ok(match setting.as_integer()?.unwrap_or_default() {
            0 => Some("passwords never expire".to_owned()),
            days if days > MAXIMUM_AGE => {
                Some(format!("passwords expire after {days} days only; {MAXIMUM_AGE} is the limit"))
            }
            _ => None,
        })
    });
}

fn class(rule: &'static Rule, account: &Account, findings: &mut Findings, attribute: &Attribute, what: &str) {
    ask(rule, account, findings, attribute, |setting| {
        Ok((!setting.as_bool()?).then(|| format!("passwords need not hold {what}")))
    });
}

/// Reports password policies where every value that a setting may have is a fault.
fn ask(
    rule: &'static Rule,
    account: &Account,
    findings: &mut Findings,
    attribute: &Attribute,
    fault: impl Fn(&Setting) -> Result<Option<String>, Why>,
) {
    for resource in account.of_kind(&policy::KIND) {
        let setting = resource.setting(attribute);
        // Different values may all be too little.
        let faults: Result<Vec<_>, Why> =
            setting.alternatives().map(|setting| Ok((setting.span, fault(&setting)?))).collect();
        let faults = faults.and_then(|faults| {
            let good = faults.iter().filter(|(_, fault)| fault.is_none()).count();
            let mixed = good > 0 && good < faults.len();
            if mixed { Err(Why::Input("the condition that chooses between several values".into())) } else { Ok(faults) }
        });
        match faults.map(|faults| faults.into_iter().next()) {
            Ok(Some((span, Some(message)))) => {
                findings.add(rule, resource, span, message);
            }
            Ok(_) => {}
            Err(why) => findings.undecided(rule, resource, setting.span, &why),
        }
    }
}
