//! Credentials that can be told by their shape alone: the formats in which well-known issuers give them out.
//!
//! Sources: AWS IAM User Guide, "IAM identifiers" (prefixes of ids); GitHub, "Behind GitHub's new authentication token
//! formats" (checksum); the token documentation of the issuers named below.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// More text is not looked at: the largest script that AWS takes at start-up has 16 KB, the largest template 1 MB.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// A part of a text that has the shape of a credential.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShapedSecret {
    /// Which bytes.
    pub range: Range<usize>,
    /// What it is, for a sentence: `a token of GitHub`.
    pub what: &'static str,
    /// Whether it is only the public half: the id of an AWS access key.
    pub is_id: bool,
    /// Whether it is the sample of AWS's documentation, which opens nothing.
    pub is_sample: bool,
}

/// One alternative of [`SHAPES`], told by what it starts with.
struct Shape {
    /// What it starts with; or, for what has its mark further in, what it holds.
    mark: &'static str,
    pattern: &'static str,
    what: &'static str,
    /// What else must hold of the text that matched.
    check: fn(&str) -> bool,
}

const fn shape(mark: &'static str, pattern: &'static str, what: &'static str) -> Shape {
    Shape { mark, pattern, what, check: |_| true }
}

const KEY_ID: &str = "the id of an AWS access key";

static SHAPES: [Shape; 22] = [
    Shape { check: is_key_id, ..shape("AKIA", r"AKIA[A-Z2-7]{16}", KEY_ID) },
    Shape { check: is_key_id, ..shape("ASIA", r"ASIA[A-Z2-7]{16}", KEY_ID) },
    Shape { check: has_checksum, ..shape("ghp_", r"ghp_[0-9A-Za-z]{36}", "a token of GitHub") },
    Shape { check: has_checksum, ..shape("gho_", r"gho_[0-9A-Za-z]{36}", "a token of GitHub") },
    Shape { check: has_checksum, ..shape("ghu_", r"ghu_[0-9A-Za-z]{36}", "a token of GitHub") },
    Shape { check: has_checksum, ..shape("ghs_", r"ghs_[0-9A-Za-z]{36}", "a token of GitHub") },
    shape("github_pat_", r"github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}", "a token of GitHub"),
    shape("glpat-", r"glpat-[0-9A-Za-z_-]{20,}", "a token of GitLab"),
    shape("xox", r"xox[abeprs]-[0-9A-Za-z-]{20,}", "a token of Slack"),
    shape(
        "hooks.slack.com",
        r"hooks\.slack\.com/services/T[0-9A-Z]{8,}/B[0-9A-Z]{8,}/[0-9A-Za-z]{24}",
        "a web hook of Slack",
    ),
    shape("sk_live_", r"sk_live_[0-9A-Za-z]{20,}", "a key of Stripe"),
    shape("rk_live_", r"rk_live_[0-9A-Za-z]{20,}", "a key of Stripe"),
    shape("AIza", r"AIza[0-9A-Za-z_-]{35}", "a key of Google's APIs"),
    Shape { check: has_checksum, ..shape("npm_", r"npm_[0-9A-Za-z]{36}", "a token of npm") },
    shape("pypi-", r"pypi-AgEIcHlwaS5vcmc[0-9A-Za-z_-]{50,}", "a token of PyPI"),
    shape("SG.", r"SG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}", "a key of SendGrid"),
    shape("hvs.", r"hvs\.[0-9A-Za-z_-]{24,}", "a token of Vault"),
    shape("dapi", r"dapi[0-9a-f]{32}", "a token of Databricks"),
    shape("dop_v1_", r"dop_v1_[0-9a-f]{64}", "a token of DigitalOcean"),
    shape(".atlasv1.", r"[0-9A-Za-z]{14}\.atlasv1\.[0-9A-Za-z_-]{60,}", "a token of HCP Terraform"),
    shape("sk-ant-", r"sk-ant-[0-9A-Za-z_-]{40,}", "a key of Anthropic"),
    shape("-----BEGIN ", r"-----BEGIN (?:[A-Z]+ ){0,2}PRIVATE KEY-----", "a private key"),
];

static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let alternatives: Vec<&str> = SHAPES.iter().map(|shape| shape.pattern).collect();
    // It is a constant, which the tests compile.
    Regex::new(&alternatives.join("|")).ok()
});

/// The parts of a text that have the shape of a credential, in order.
pub fn shaped_secrets(text: &str) -> Vec<ShapedSecret> {
    let Some(pattern) = PATTERN.as_ref() else { return Vec::new() };
    let mut end = text.len().min(MAX_TEXT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end).unwrap_or_default();
    let found = pattern.find_iter(text).filter(|found| stands_alone(text, &found.range()));
    found
        .filter_map(|found| {
            let written = found.as_str();
            let shape = SHAPES.iter().find(|shape| written.starts_with(shape.mark) || is_inside(written, shape))?;
            (shape.check)(written).then(|| ShapedSecret {
                range: found.range(),
                what: shape.what,
                is_id: shape.what == KEY_ID,
                is_sample: written.contains("EXAMPLE"),
            })
        })
        .collect()
}

fn is_inside(written: &str, shape: &Shape) -> bool {
    shape.mark.starts_with('.') && written.contains(shape.mark)
}

/// Whether a longer word does not just happen to hold it.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let bytes = text.as_bytes();
    let before = range.start.checked_sub(1).and_then(|at| bytes.get(at));
    !is_word(before) && !is_word(bytes.get(range.end))
}

/// Whether the sixteen characters after the prefix can be an access key's. Since 2019 they are base32 and say which
/// account the key is of: forty bits behind a bit that is set, at most twelve digits. Older ones begin with `I` or `J`.
fn is_key_id(id: &str) -> bool {
    const LARGEST_ACCOUNT: u64 = 999_999_999_999;
    let Some(rest) = id.get(4..) else { return false };
    if rest.starts_with(['I', 'J']) {
        return true;
    }
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => u64::from(byte - b'A'),
        _ => u64::from(byte.saturating_sub(b'2')) + 26,
    };
    // Ten characters are the first fifty bits; the first is the mark, the account stands in the next forty.
    let bits = rest.bytes().take(10).fold(0, |bits, byte| bits << 5 | value(byte));
    let is_marked = bits >> 49 & 1 == 1;
    let account = bits >> 9 & ((1 << 40) - 1);
    is_marked && account <= LARGEST_ACCOUNT
}

/// Whether the last six characters of a token are the checksum (CRC-32, base 62) of those between the prefix and them.
fn has_checksum(token: &str) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some((_, rest)) = token.split_once('_') else { return false };
    let Some((random, checksum)) = rest.split_at_checked(rest.len().saturating_sub(6)) else { return false };
    let mut left = crc32(random.as_bytes());
    checksum.bytes().rev().all(|digit| {
        let matches = DIGITS.get((left % 62) as usize) == Some(&digit);
        left /= 62;
        matches
    })
}

/// CRC-32 as in ISO 3309 and PNG.
fn crc32(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xEDB8_8320;
    let of_byte = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ POLYNOMIAL } else { crc >> 1 })
    };
    !bytes.iter().fold(!0, of_byte)
}

/// Whether a text can be the secret half of an AWS access key: forty characters of base64, as mixed as random ones are.
pub fn may_be_secret_key(text: &str) -> bool {
    const LENGTH: usize = 40;
    // Random ones have about 4.6 bits for each character; words, paths and hexadecimal digits stay below.
    const LEAST_BITS: f64 = 4.1;
    text.len() == LENGTH
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+' | b'='))
        && text.bytes().any(|byte| byte.is_ascii_uppercase())
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
        && !text.contains("EXAMPLE")
        && bits_per_character(text) > LEAST_BITS
}

/// How mixed the bytes of a text are: Shannon's entropy, in bits.
pub fn bits_per_character(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let total = f64::from(u32::try_from(text.len().max(1)).unwrap_or(u32::MAX));
    let shares = counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / total);
    -shares.map(|share| share * share.log2()).sum::<f64>()
}

/// The secret with all but its first characters hidden; of a short one everything is.
pub fn masked(secret: &str) -> String {
    const SHOWN: usize = 4;
    const LEAST_LENGTH: usize = 16;
    let length = secret.chars().count();
    let shown = if length >= LEAST_LENGTH { SHOWN } else { 0 };
    secret.chars().enumerate().map(|(at, own)| if at < shown || own.is_whitespace() { own } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&'static str> {
        shaped_secrets(text).iter().filter(|secret| !secret.is_sample).map(|secret| secret.what).collect()
    }

    #[test]
    fn shapes_are_told() {
        assert!(PATTERN.is_some());
        assert_eq!(found("id = \"AKIA2222333344445555\""), [KEY_ID]);
        assert_eq!(found("-----BEGIN RSA PRIVATE KEY-----\nMIIE"), ["a private key"]);
        assert_eq!(found(&format!("x{}", "glpat-abcdefghijklmnopqrst")), [] as [&str; 0]);
        assert_eq!(found("glpat-abcdefghijklmnopqrst"), ["a token of GitLab"]);
        assert_eq!(found(&format!("{}.atlasv1.{}", "a".repeat(14), "b".repeat(60))), ["a token of HCP Terraform"]);
    }

    #[test]
    fn samples_and_lookalikes_are_not() {
        assert!(shaped_secrets("AKIAIOSFODNN7EXAMPLE").iter().all(|secret| secret.is_sample));
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "AKIAABCDEFGHIJKLMNOP",
            "AKIAZZZZZZZZZZZZZZZZ1",
            "xAKIA2222333344445555",
            "arn:aws:iam::111122223333:role/AKIA",
            "ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert_eq!(found(text), [] as [&str; 0], "{text}");
        }
    }

    #[test]
    fn checksums_of_tokens() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        let random = "0123456789ABCDEFGHIJabcdefghij";
        let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut left = crc32(random.as_bytes());
        let mut checksum = Vec::new();
        for _ in 0..6 {
            checksum.insert(0, digits[(left % 62) as usize]);
            left /= 62;
        }
        let token = format!("ghp_{random}{}", String::from_utf8(checksum).unwrap());
        assert_eq!(found(&token), ["a token of GitHub"]);
    }

    #[test]
    fn secret_keys_are_mixed() {
        assert!(may_be_secret_key("kWcrlUX5JEDGM/LtmEENI/aVmYvHNif5zB+d9+ct"));
        assert!(!may_be_secret_key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"));
        assert!(!may_be_secret_key("da39a3ee5e6b4b0d3255bfef95601890afd80709"));
        assert!(!may_be_secret_key("modules/Baseline/modules/baseline/module"));
    }

    #[test]
    fn a_mask_leaves_little() {
        assert_eq!(masked("AKIA2222333344445555"), "AKIA****************");
        assert_eq!(masked("hunter2"), "*******");
    }
}
