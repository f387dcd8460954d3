//! Credentials that last, and credentials in code.

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::model::kinds::{access_key as key, login_profile, provider};
use crate::model::{Account, Attribute, Kind, Resource};
use crate::source::Span;

use super::{BOTH, CLOUDFORMATION, Findings, Rule, TERRAFORM};

/// Access key written into the provider or backend.
pub(super) static PROVIDER_STATIC: Rule = Rule {
    metadata: Metadata {
        id: "provider-static-credentials",
        title: "Access key written into the provider or backend",
        group: "credentials",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &["checkov:CKV_AWS_41", "semgrep:aws-provider-static-credentials"],
        controls: &[],
        documentation: include_str!("docs/provider-static-credentials.md"),
    },
    check: provider_static,
};

/// Long-lived access key created by code.
pub(super) static ACCESS_KEY: Rule = Rule {
    metadata: Metadata {
        id: "iam-access-key-in-code",
        title: "Long-lived access key created by code",
        group: "credentials",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "terrascan:AC_AWS_0133",
            "prowler:iam_user_with_temporary_credentials",
            "kics:7081f85c-b94d-40fd-8b45-a4f1cac75e46",
        ],
        controls: &["cis-aws-7.0:2.12"],
        documentation: include_str!("docs/iam-access-key-in-code.md"),
    },
    check: access_key,
};

/// Access key created for the root user.
pub(super) static ACCESS_KEY_ROOT: Rule = Rule {
    metadata: Metadata {
        id: "iam-access-key-root",
        title: "Access key created for the root user",
        group: "credentials",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_348",
            "trivy:AVD-AWS-0141",
            "terrascan:AC_AWS_0132",
            "prowler:iam_no_root_access_key",
            "kics:970d224d-b42a-416b-81f9-8f4dfe70c4bc",
            "kics:4c137350-7307-4803-8c04-17c09a7a9fcf",
        ],
        controls: &["cis-aws-7.0:2.4", "fsbp:IAM.4"],
        documentation: include_str!("docs/iam-access-key-root.md"),
    },
    check: access_key_root,
};

/// Console password in clear text.
pub(super) static PLAINTEXT_PASSWORD: Rule = Rule {
    metadata: Metadata {
        id: "login-profile-plaintext-password",
        title: "Console password in clear text",
        group: "credentials",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: CLOUDFORMATION,
        aliases: &[
            "cfn-nag:F51",
            "cfn-guard:IAM_USER_LOGIN_PROFILE_NO_PLAINTEXT_PASSWORD",
            "cfn-guard:IAM_USER_LOGIN_PROFILE_USES_SECURE_PARAMETER",
            "cfn-guard:IAM_USER_LOGIN_PROFILE_USES_SECURE_SERVICE",
            "kics:06adef8c-c284-4de7-aad2-af43b07a8ca1",
            "kics:839f238f-2e3a-4a72-b945-8abdf91af955",
            "kics:d72a7869-e8b9-4e12-bcd2-e8be10b39fa7",
            "kics:445020f6-b69e-4484-847f-02d4b7768902",
            "kics:f4cf35d6-da92-48de-ab70-57be2b2e6497",
        ],
        controls: &[],
        documentation: include_str!("docs/login-profile-plaintext-password.md"),
    },
    check: plaintext_password,
};

/// Console password for an IAM user.
pub(super) static LOGIN_PROFILE: Rule = Rule {
    metadata: Metadata {
        id: "iam-user-login-profile",
        title: "Console password for an IAM user",
        group: "credentials",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["checkov:CKV2_AWS_22"],
        controls: &[],
        documentation: include_str!("docs/iam-user-login-profile.md"),
    },
    check: login_profile,
};

fn provider_static(account: &Account, findings: &mut Findings) {
    const KINDS: [(&Kind, &str); 2] = [(&provider::AWS, "the provider"), (&provider::S3_BACKEND, "the backend")];
    for (kind, what) in KINDS {
        for resource in account.of_kind(kind) {
            if resource.setting(&provider::TOKEN).is_given().unwrap_or(true) {
                continue;
            }
            let key = literal(resource, &provider::ACCESS_KEY);
            let secret = literal(resource, &provider::SECRET_KEY);
            let Some(first) = key.as_ref().or(secret.as_ref()) else { continue };
            let message = match &secret {
                Some(_) => format!("{what} holds a long-lived access key in clear text"),
                None => format!("{what} holds the id of a long-lived access key; its secret is not in the code"),
            };
            // The id alone opens nothing.
            let harmless = secret.as_ref().is_none_or(|secret| is_for_an_emulator(resource, &secret.text));
            let possible = secret.as_ref().unwrap_or(first).possible;
            let finding = findings.add(&PROVIDER_STATIC, resource, first.span.unwrap_or(resource.span), message);
            if harmless {
                finding.severity = Severity::Low;
            }
            if possible {
                finding.at_most(Confidence::Likely);
            }
        }
    }
}

/// A text in clear.
struct Literal {
    text: String,
    span: Option<Span>,
    /// Whether it is one of several alternatives.
    possible: bool,
}

/// A setting that the code gives in clear text, wholly known, and not empty.
fn literal(resource: &Resource, attribute: &Attribute) -> Option<Literal> {
    let setting = resource.explicit(attribute)?;
    let alternatives = setting.value.alternatives();
    alternatives.iter().find_map(|value| {
        let text = value.as_str().filter(|text| !text.is_empty())?;
        Some(Literal { text: text.to_owned(), span: value.origin, possible: alternatives.len() > 1 })
    })
}

/// Keys for an emulator of AWS on the developer's machine open nothing; nor do those of AWS's own documentation.
fn is_for_an_emulator(resource: &Resource, secret: &str) -> bool {
    const STAND_INS: [&str; 8] =
        ["test", "mock", "mock_access_key", "mock_secret_key", "fake", "dummy", "localstack", "example"];
    let stand_in =
        STAND_INS.contains(&secret.to_ascii_lowercase().as_str()) || secret.to_ascii_uppercase().contains("EXAMPLE");
    stand_in || resource.setting(&provider::SKIP_CREDENTIALS_VALIDATION).as_bool().unwrap_or(false)
}

fn access_key(account: &Account, findings: &mut Findings) {
    for resource in account.of_kind(&key::KIND) {
        let status = resource.setting(&key::STATUS);
        let active = status.as_str().map(|status| status.is_none_or(|status| status.eq_ignore_ascii_case("active")));
        if findings.decide(&ACCESS_KEY, resource, status.span, active) && !is_of_root(resource) {
            let in_state = resource.framework().is_terraform() && resource.explicit(&key::PGP_KEY).is_none();
            let message = if in_state {
                "creates an access key that works until somebody deletes it; its secret lies in the state in clear text"
            } else {
                "creates an access key that works until somebody deletes it"
            };
            findings.add(&ACCESS_KEY, resource, resource.span, message);
        }
    }
}

fn access_key_root(account: &Account, findings: &mut Findings) {
    for resource in account.of_kind(&key::KIND).filter(|resource| is_of_root(resource)) {
        let user = resource.setting(&key::USER);
        findings.add(
            &ACCESS_KEY_ROOT,
            resource,
            user.span,
            "creates an access key for root, which no policy can limit",
        );
    }
}

fn is_of_root(resource: &Resource) -> bool {
    let user = resource.setting(&key::USER);
    let names_root =
        |text: &str| text.eq_ignore_ascii_case("root") || text == "<root_account>" || text.ends_with(":root");
    user.as_str().ok().flatten().is_some_and(|user| names_root(&user))
}

fn plaintext_password(account: &Account, findings: &mut Findings) {
    for principal in account.principals() {
        let resource = principal.resource;
        let Some(password) = resource.explicit(&login_profile::PASSWORD) else { continue };
        let alternatives = password.value.alternatives();
        for value in alternatives {
            let Some(text) = value.as_str().filter(|text| !text.is_empty()) else { continue };
            // These are looked up when deploying.
            if text.contains("{{resolve:secretsmanager:") || text.contains("{{resolve:ssm-secure:") {
                continue;
            }
            let plain_parameter = text.contains("{{resolve:ssm:");
            let message = if plain_parameter {
                "the console password comes from a parameter of Systems Manager that is not a SecureString"
            } else {
                "the console password stands in the template in clear text"
            };
            let span = value.origin.unwrap_or(password.span);
            let finding = findings.add(&PLAINTEXT_PASSWORD, resource, span, message);
            if plain_parameter {
                finding.severity = Severity::High;
            }
            if alternatives.len() > 1 {
                finding.at_most(Confidence::Likely);
            }
        }
    }
}

fn login_profile(account: &Account, findings: &mut Findings) {
    for principal in account.principals() {
        for profile in &principal.login_profiles {
            let message = format!("gives user {} a console password of its own", principal.resource.address);
            let finding = findings.add(&LOGIN_PROFILE, profile.resource, profile.span, message);
            if principal.resource.span != profile.resource.span {
                finding.relate("the user", Some(principal.resource.span));
            }
        }
    }
}
