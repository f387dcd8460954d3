//! Whether a name says that its value is a credential, and whether a value then can be one.

use crate::source::bits_per_character;

/// What sort of credential a name speaks of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sort {
    /// Something that people make up: any text may be one.
    Password,
    /// Something that a machine makes up: long and mixed.
    Key,
}

/// A part of a name that says that the value is about a credential but is not one.
const ABOUT: [&str; 46] = [
    "alias",
    "algorithm",
    "arn",
    "arns",
    "bucket",
    "checksum",
    "class",
    "count",
    "days",
    "digest",
    "enabled",
    "endpoint",
    "engine",
    "expiration",
    "expires",
    "expiry",
    "field",
    "file",
    "format",
    "group",
    "hash",
    "header",
    "id",
    "ids",
    "label",
    "length",
    "location",
    "manager",
    "md5",
    "name",
    "names",
    "param",
    "parameter",
    "path",
    "policy",
    "prefix",
    "provider",
    "ref",
    "region",
    "role",
    "sha256",
    "ttl",
    "type",
    "uri",
    "url",
    "version",
];

/// What a name that ends in one of these speaks of, written together.
const KEYS: [&str; 14] = [
    "accesskey",
    "accesstoken",
    "apikey",
    "apitoken",
    "authkey",
    "authtoken",
    "bearertoken",
    "clientsecret",
    "encryptionkey",
    "privatekey",
    "refreshtoken",
    "secret",
    "secretkey",
    "token",
];

/// What sort of credential the value of this name is, if it is one.
pub(super) fn sort_of(name: &str) -> Option<Sort> {
    let words = words(name);
    let last = words.last()?;
    if ABOUT.contains(&last.as_str())
        || words.first().is_some_and(|first| ["enable", "is", "has", "use"].contains(&first.as_str()))
    {
        return None;
    }
    let together = words.concat();
    if ["password", "passwd", "passphrase", "pwd"].iter().any(|ending| together.ends_with(ending)) {
        return Some(Sort::Password);
    }
    let is_key = KEYS.iter().any(|ending| together.ends_with(ending)) || together.contains("secretaccesskey");
    is_key.then_some(Sort::Key)
}

/// The words of a name, in lower case: parted by signs and by capitals (`dbPassword`, `DB_PASSWORD`).
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before_is_lower = false;
    let mut open = false;
    for character in name.chars() {
        if !character.is_ascii_alphanumeric() {
            open = false;
            continue;
        }
        let starts = !open || (before_is_lower && character.is_ascii_uppercase());
        if starts {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(character.to_ascii_lowercase());
        }
        open = true;
        before_is_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
    }
    words
}

/// Whether a text that stands under such a name can be the credential.
pub(super) fn may_be(sort: Sort, value: &str) -> bool {
    const LEAST_KEY_LENGTH: usize = 16;
    const LEAST_KEY_BITS: f64 = 3.0;
    const LEAST_PASSWORD_LENGTH: usize = 4;
    if value.chars().any(char::is_whitespace) || is_placeholder(value) || is_elsewhere(value) {
        return false;
    }
    match sort {
        Sort::Password => value.len() >= LEAST_PASSWORD_LENGTH && sort_of(value).is_none(),
        Sort::Key => {
            value.len() >= LEAST_KEY_LENGTH
                && value.bytes().any(|byte| byte.is_ascii_digit())
                && value.bytes().any(|byte| byte.is_ascii_alphabetic())
                && bits_per_character(value) >= LEAST_KEY_BITS
                && !is_uuid(value)
        }
    }
}

/// Whether a text says itself that it is not the real one.
pub(super) fn is_placeholder(value: &str) -> bool {
    const MARKS: [&str; 20] = [
        "example",
        "changeme",
        "change_me",
        "change-me",
        "changeit",
        "placeholder",
        "replace",
        "your",
        "dummy",
        "sample",
        "xxxx",
        "****",
        "....",
        "todo",
        "insert",
        "fixme",
        "redacted",
        "initial",
        "notused",
        "not-used",
    ];
    const WHOLE: [&str; 14] = [
        "none",
        "null",
        "undefined",
        "unset",
        "test",
        "true",
        "false",
        "default",
        "fake",
        "mock",
        "tbd",
        "empty",
        "disabled",
        "optional",
    ];
    let lower = value.to_ascii_lowercase();
    MARKS.iter().any(|mark| lower.contains(mark))
        || WHOLE.contains(&lower.as_str())
        || value.chars().next().is_some_and(|first| value.chars().all(|other| other == first))
}

/// Whether a text says where the credential is, or how to get it: a reference, an ARN, a path, a command.
fn is_elsewhere(value: &str) -> bool {
    const STARTS: [&str; 13] =
        ["arn:", "$", "{{", "<", "%", "/", "./", "~", "ssm:", "vault:", "file:", "env:", "alias/"];
    let is_address = value.split_once("://").is_some() && user_information(value).is_none();
    STARTS.iter().any(|start| value.starts_with(start))
        || value.contains("{{resolve:")
        || value.contains("${")
        || is_address
}

fn is_uuid(value: &str) -> bool {
    let lengths: Vec<usize> = value.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && value.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// The password within the address of something (`https://user:password@host`), as a range, or the user's name where
/// it is all and long enough to be a token.
pub(super) fn user_information(address: &str) -> Option<std::ops::Range<usize>> {
    const LEAST_TOKEN: usize = 20;
    let start = address.find("://")? + 3;
    let rest = address.get(start..)?;
    let authority = rest.split(['/', '?', '#', '"', '\'', ' ', '\n', '\\']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    let (from, secret) = match user.split_once(':') {
        Some((name, password)) => (start + name.len() + 1, password),
        None if user.len() >= LEAST_TOKEN => (start, user),
        None => return None,
    };
    let real = !secret.is_empty() && !secret.starts_with(['$', '{', '<', '%']) && !is_placeholder(secret);
    real.then(|| from..from + secret.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_hold_credentials() {
        for name in ["DB_PASSWORD", "dbPassword", "mysql-root-password", "PGPASSWORD", "admin_pwd"] {
            assert_eq!(sort_of(name), Some(Sort::Password), "{name}");
        }
        for name in ["AWS_SECRET_ACCESS_KEY", "DD_API_KEY", "githubToken", "client_secret", "SECRET"] {
            assert_eq!(sort_of(name), Some(Sort::Key), "{name}");
        }
        for name in [
            "SECRET_ARN",
            "password_length",
            "AWS_ACCESS_KEY_ID",
            "token_ttl",
            "enable_password",
            "passenger",
            "KeyName",
        ] {
            assert_eq!(sort_of(name), None, "{name}");
        }
    }

    #[test]
    fn values_that_can_be_credentials() {
        assert!(may_be(Sort::Password, "hunter2"));
        assert!(may_be(Sort::Password, "Aa1234321Bb"));
        assert!(may_be(Sort::Key, "0123456789abcdef0123456789abcdef"));
        for value in [
            "changeme",
            "${var.password}",
            "/prod/db/password",
            "arn:aws:secretsmanager:eu-west-1:1:secret:x",
            "xxxxxxxx",
            "<password>",
            "db_password",
            "true",
        ] {
            assert!(!may_be(Sort::Password, value), "{value}");
        }
        for value in
            ["6f1e2c3a-1b2c-4d5e-8f90-123456789abc", "my-application-secret", "https://token.service/v1/oauth2"]
        {
            assert!(!may_be(Sort::Key, value), "{value}");
        }
    }

    #[test]
    fn addresses_with_passwords() {
        let of = |address: &str| user_information(address).map(|range| address[range].to_owned());
        assert_eq!(of("https://bob:hunter2@host/x").as_deref(), Some("hunter2"));
        assert_eq!(of("https://0123456789abcdef0123@github.com/a/b").as_deref(), Some("0123456789abcdef0123"));
        assert_eq!(of("https://git@github.com/a/b"), None);
        assert_eq!(of("https://bob:${password}@host"), None);
        assert_eq!(of("https://host/a@b:c"), None);
    }
}
