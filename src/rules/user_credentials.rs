//! Credentials of users as code makes them: where their secret half goes, how long they last, who else knows them.

use rustc_hash::FxHashMap;

use crate::finding::{Level, Metadata, Severity};
use crate::model::kinds::{access_key, instance, login_profile, secret, user, user_credential};
use crate::model::{Account, Resource};
use crate::source::last_day;

use super::setting::{Fault, Sentence, ask, ask_one, may_name};
use super::{BOTH, Findings, Rule, TERRAFORM};

/// Credential lies in the state in clear text.
pub(super) static IN_STATE: Rule = Rule {
    metadata: Metadata {
        id: "credential-in-state",
        title: "Credential lies in the state in clear text",
        group: "credentials",
        severity: Severity::High,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &[],
        controls: &[],
        documentation: include_str!("docs/credential-in-state.md"),
    },
    check: in_state,
};

/// User gets more than one access key.
pub(super) static SEVERAL_KEYS: Rule = Rule {
    metadata: Metadata {
        id: "iam-user-several-access-keys",
        title: "User gets more than one access key",
        group: "credentials",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "trivy:AVD-AWS-0167",
            "prowler:iam_user_two_active_access_key",
            "kics:48677914-6fdf-40ec-80c4-2b0e94079f54",
        ],
        controls: &["cis-aws-6.0:2.12"],
        documentation: include_str!("docs/iam-user-several-access-keys.md"),
    },
    check: several_keys,
};

/// User gets both a password and an access key.
pub(super) static KEY_AND_CONSOLE: Rule = Rule {
    metadata: Metadata {
        id: "iam-user-key-and-console",
        title: "User gets both a password and an access key",
        group: "credentials",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["prowler:iam_user_no_setup_initial_access_key"],
        controls: &["cis-aws-6.0:2.10"],
        documentation: include_str!("docs/iam-user-key-and-console.md"),
    },
    check: key_and_console,
};

/// Long-lived password for one service.
pub(super) static SERVICE_SPECIFIC: Rule = Rule {
    metadata: Metadata {
        id: "iam-service-specific-credential",
        title: "Long-lived password for one service",
        group: "credentials",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: TERRAFORM,
        aliases: &[
            "prowler:bedrock_api_key_no_long_term_credentials",
            "prowler:bedrock_api_key_no_administrative_privileges",
        ],
        controls: &[],
        documentation: include_str!("docs/iam-service-specific-credential.md"),
    },
    check: service_specific,
};

/// IAM user is declared.
pub(super) static USER_DECLARED: Rule = Rule {
    metadata: Metadata {
        id: "iam-user-declared",
        title: "IAM user is declared",
        group: "credentials",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["checkov:CKV_AWS_273"],
        controls: &["cis-aws-7.0:2.19"],
        documentation: include_str!("docs/iam-user-declared.md"),
    },
    check: user_declared,
};

/// Password need not be changed at the first sign-in.
pub(super) static NO_RESET: Rule = Rule {
    metadata: Metadata {
        id: "login-profile-without-password-reset",
        title: "Password need not be changed at the first sign-in",
        group: "credentials",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-nag:W50",
            "cfn-guard:IAM_USER_LOGIN_PROFILE_PASSWORD_RESET_RULE",
            "terrascan:AC_AWS_0148",
            "kics:b592ffd4-0577-44b6-bd35-8c5ee81b5918",
            "kics:a964d6e3-8e1e-4d93-8120-61fa640dd55a",
        ],
        controls: &[],
        documentation: include_str!("docs/login-profile-without-password-reset.md"),
    },
    check: no_reset,
};

/// Made-up password is short.
pub(super) static SHORT_PASSWORD: Rule = Rule {
    metadata: Metadata {
        id: "login-profile-short-password",
        title: "Made-up password is short",
        group: "credentials",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: TERRAFORM,
        aliases: &[
            "terrascan:AC_AWS_0148",
            "kics:b592ffd4-0577-44b6-bd35-8c5ee81b5918",
            "kics:b1b20ae3-8fa7-4af5-a74d-a2145920fcb1",
        ],
        controls: &[],
        documentation: include_str!("docs/login-profile-short-password.md"),
    },
    check: |account, findings| {
        ask(
            &SHORT_PASSWORD,
            &[Sentence {
                kind: &login_profile::KIND,
                attribute: &login_profile::LENGTH,
                fault: Fault::Between(0, 13),
                message: "the password that is made up has fewer than 14 characters",
            }],
            account,
            findings,
        );
    },
};

/// Instance has no role.
pub(super) static NO_ROLE: Rule = Rule {
    metadata: Metadata {
        id: "instance-without-role",
        title: "Instance has no role",
        group: "credentials",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV2_AWS_41",
            "cfn-guard:EC2_INSTANCE_PROFILE_ATTACHED",
            "regula:FG_R00253",
            "prowler:ec2_instance_profile_attached",
            "kics:f914357d-8386-4d56-9ba6-456e5723f9a6",
        ],
        controls: &["cis-aws-7.0:2.16"],
        documentation: include_str!("docs/instance-without-role.md"),
    },
    check: no_role,
};

/// Secret never changes.
pub(super) static ROTATION_OFF: Rule = Rule {
    metadata: Metadata {
        id: "secret-rotation-off",
        title: "Secret never changes",
        group: "credentials",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV2_AWS_57",
            "cfn-guard:SECRETSMANAGER_ROTATION_ENABLED_CHECK",
            "prowler:secretsmanager_automatic_rotation_enabled",
        ],
        controls: &["fsbp:SecretsManager.1"],
        documentation: include_str!("docs/secret-rotation-off.md"),
    },
    check: rotation_off,
};

/// Secret changes less than each 90 days.
pub(super) static ROTATION_SLOW: Rule = Rule {
    metadata: Metadata {
        id: "secret-rotation-slow",
        title: "Secret changes less than each 90 days",
        group: "credentials",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["checkov:CKV_AWS_304", "prowler:secretsmanager_secret_rotated_periodically"],
        controls: &["fsbp:SecretsManager.4"],
        documentation: include_str!("docs/secret-rotation-slow.md"),
    },
    check: |account, findings| {
        ask(
            &ROTATION_SLOW,
            &[Sentence {
                kind: &secret::ROTATION,
                attribute: &secret::ROTATION_DAYS,
                fault: Fault::Between(SLOWEST_ROTATION + 1, i64::MAX),
                message: "the secret stays the same for more than 90 days",
            }],
            account,
            findings,
        );
    },
};

/// Days. Source: AWS Foundational Security Best Practices, SecretsManager.4.
const SLOWEST_ROTATION: i64 = 90;

/// Server certificate has ended.
pub(super) static CERTIFICATE_EXPIRED: Rule = Rule {
    metadata: Metadata {
        id: "iam-server-certificate-expired",
        title: "Server certificate has ended",
        group: "credentials",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0168", "prowler:iam_no_expired_server_certificates_stored"],
        controls: &["cis-aws-7.0:2.17", "fsbp:IAM.26"],
        documentation: include_str!("docs/iam-server-certificate-expired.md"),
    },
    check: certificate_expired,
};

/// Access keys are told of by the rule on those.
fn in_state(account: &Account, findings: &mut Findings) {
    if !account.root.framework.is_terraform() {
        return;
    }
    let passwords = Sentence {
        kind: &login_profile::KIND,
        attribute: &login_profile::PGP_KEY,
        fault: Fault::Missing,
        message: "the password lies in the state in clear text",
    };
    ask(&IN_STATE, &[passwords], account, findings);
    for device in account.of_kind(&user_credential::MFA_DEVICE) {
        let message = "the seed of the second factor lies in the state in clear text: whoever reads it has the factor";
        findings.add(&IN_STATE, device, device.span, message);
    }
}

fn several_keys(account: &Account, findings: &mut Findings) {
    let mut seen: Vec<(String, &Resource)> = Vec::new();
    for key in account.of_kind(&access_key::KIND) {
        let inactive = Fault::Is(&["Inactive"]).is_in(&key.setting(&access_key::STATUS));
        let user = key.setting(&access_key::USER).value;
        let Some(name) = user.to_text().filter(|_| inactive == Ok(false)).map(|name| name.to_string()) else {
            continue;
        };
        match seen.iter().find(|(other, _)| *other == name) {
            Some((_, first)) => {
                let message = "the user gets another access key beside the first one";
                findings.add(&SEVERAL_KEYS, key, key.span, message).relate("the first one", Some(first.span));
            }
            None => seen.push((name, key)),
        }
    }
}

fn key_and_console(account: &Account, findings: &mut Findings) {
    let mut keys: FxHashMap<&str, &Resource> = FxHashMap::default();
    for key in account.of_kind(&access_key::KIND) {
        let user = key.setting(&access_key::USER).value;
        if let Some(user) = account.resolve(&user, &user::KIND, &user::NAME) {
            keys.entry(&*user.address).or_insert(key);
        }
    }
    for principal in account.principals().filter(|principal| !principal.login_profiles.is_empty()) {
        if let Some(key) = keys.get(&*principal.resource.address) {
            let message = "the user gets an access key as well as a password: people need no key, programs no password";
            let finding = findings.add(&KEY_AND_CONSOLE, key, key.span, message);
            finding.relate("the password", principal.login_profiles.first().map(|profile| profile.span));
        }
    }
}

fn service_specific(account: &Account, findings: &mut Findings) {
    for credential in account.of_kind(&user_credential::SERVICE_SPECIFIC) {
        let message = "creates a password for one service that works until somebody deletes it";
        findings.add(&SERVICE_SPECIFIC, credential, credential.span, message);
    }
}

fn user_declared(account: &Account, findings: &mut Findings) {
    for user in account.of_kind(&user::KIND) {
        let message = "people sign in through an identity provider, programs by roles: neither needs an IAM user";
        findings.add(&USER_DECLARED, user, user.span, message);
    }
}

fn no_reset(account: &Account, findings: &mut Findings) {
    let sentence = Sentence {
        kind: &login_profile::KIND,
        attribute: &login_profile::RESET_REQUIRED,
        fault: Fault::Off,
        message: "whoever made the password knows it, and the user need not change it",
    };
    for profile in account.of_kind(&login_profile::KIND) {
        // The provider's default was another before version 5: what is not said is not known.
        if profile.explicit(&login_profile::RESET_REQUIRED).is_some() {
            ask_one(&NO_RESET, &sentence, profile, findings);
        }
    }
    for user in account.of_kind(&user::KIND).filter(|user| user.explicit(&login_profile::ON_USER).is_some()) {
        ask_one(&NO_RESET, &sentence, user, findings);
    }
}

fn no_role(account: &Account, findings: &mut Findings) {
    let sentence = Sentence {
        kind: &instance::KIND,
        attribute: &instance::PROFILE,
        fault: Fault::Missing,
        message: "the instance has no role: what it calls in AWS, it calls with keys",
    };
    for resource in account.of_kind(&instance::KIND) {
        // The template may give one.
        if resource.explicit(&instance::USED_TEMPLATE).is_none() {
            ask_one(&NO_ROLE, &sentence, resource, findings);
        }
    }
}

fn rotation_off(account: &Account, findings: &mut Findings) {
    for secret in account.of_kind(&secret::KIND) {
        if !account
            .of_kind(&secret::ROTATION)
            .any(|rotation| may_name(&rotation.setting(&secret::SECRET).value, secret))
        {
            findings.add(&ROTATION_OFF, secret, secret.span, "nothing ever changes the secret");
        }
    }
}

fn certificate_expired(account: &Account, findings: &mut Findings) {
    for resource in account.of_kind(&user_credential::SERVER_CERTIFICATE) {
        let body = resource.setting(&user_credential::CERTIFICATE);
        let end = match body.as_str() {
            Ok(Some(text)) => last_day(&text).map_err(|error| error.to_string()),
            Ok(None) => continue,
            Err(why) => Err(why.to_string()),
        };
        match end {
            Ok(end) if findings.today.is_some_and(|today| end < today) => {
                let message = format!("the certificate has ended on {end}: clients refuse what is served with it");
                let finding = findings.add(&CERTIFICATE_EXPIRED, resource, resource.span, message);
                finding.relate("the certificate", Some(body.span));
            }
            Ok(_) => {}
            Err(why) => findings.undecided(&CERTIFICATE_EXPIRED, resource, body.span, &why),
        }
    }
}
