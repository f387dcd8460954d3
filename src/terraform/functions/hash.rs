//! Hash and crypto functions, of texts and of files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use std::fmt::Write as _;

use crate::value::{Value, Why};

use super::call::Parameter::{Number, Text as Str};
use super::call::{Call, Failure, Function, Outcome};

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "base64sha256" => Function::new(&[Str], |call| base64_of(&Sha256::digest(call.str(0)?))),
        "base64sha512" => Function::new(&[Str], |call| base64_of(&Sha512::digest(call.str(0)?))),
        "bcrypt" => Function::variadic(&[Str], Number, |_| runtime("the salt of bcrypt")),
        "filebase64sha256" => Function::new(&[Str], |call| base64_of(&of_file::<Sha256>(call)?)),
        "filebase64sha512" => Function::new(&[Str], |call| base64_of(&of_file::<Sha512>(call)?)),
        "filemd5" => Function::new(&[Str], |call| hex(&of_file::<Md5>(call)?)),
        "filesha1" => Function::new(&[Str], |call| hex(&of_file::<Sha1>(call)?)),
        "filesha256" => Function::new(&[Str], |call| hex(&of_file::<Sha256>(call)?)),
        "filesha512" => Function::new(&[Str], |call| hex(&of_file::<Sha512>(call)?)),
        "md5" => Function::new(&[Str], |call| hex(&Md5::digest(call.str(0)?))),
        // A private key in the code is nothing to work with.
        "rsadecrypt" => Function::new(&[Str, Str], |_| {
            Err(Failure::Unknown(Why::Unsupported("what rsadecrypt gives with a private key".into())))
        }),
        "sha1" => Function::new(&[Str], |call| hex(&Sha1::digest(call.str(0)?))),
        "sha256" => Function::new(&[Str], |call| hex(&Sha256::digest(call.str(0)?))),
        "sha512" => Function::new(&[Str], |call| hex(&Sha512::digest(call.str(0)?))),
        "uuid" => Function::new(&[], |_| runtime("a random UUID")),
        "uuidv5" => Function::new(&[Str, Str], uuid_of_name),
        _ => return None,
    })
}

fn runtime(what: &str) -> Outcome {
    Err(Failure::Unknown(Why::Runtime(what.into())))
}

fn of_file<D: Digest>(call: &Call<'_>) -> Result<Vec<u8>, Failure> {
    let bytes = call.environment.read_bytes(call.str(0)?).map_err(Failure::Unknown)?;
    Ok(D::digest(bytes).to_vec())
}

#[allow(clippy::unnecessary_wraps, reason = "the result of a function")]
fn base64_of(bytes: &[u8]) -> Outcome {
    Ok(Value::text(STANDARD.encode(bytes)))
}

#[allow(clippy::unnecessary_wraps, reason = "the result of a function")]
fn hex(bytes: &[u8]) -> Outcome {
    Ok(Value::text(hex_digits(bytes)))
}

fn hex_digits(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

/// A UUID with hyphens, which may stand after `urn:uuid:` or between brackets, or without any of them.
fn parse_uuid(text: &str) -> Option<u128> {
    let text = match text.len() {
        45 if text.get(..9)?.eq_ignore_ascii_case("urn:uuid:") => text.get(9..)?,
        // Whatever stands around it.
        38 => text.get(1..37)?,
        _ => text,
    };
    let is_hyphen = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let digits: String = match text.len() {
        36 if text.bytes().enumerate().all(|(at, byte)| (byte == b'-') == is_hyphen(at)) => {
            text.chars().filter(|&c| c != '-').collect()
        }
        32 => text.to_owned(),
        _ => return None,
    };
    // A sign is no digit.
    if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) { u128::from_str_radix(&digits, 16).ok() } else { None }
}

/// RFC 4122, section 4.3, with the namespaces of its appendix C by name.
fn uuid_of_name(call: &Call<'_>) -> Outcome {
    let namespace = match call.str(0)? {
        "dns" => "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "url" => "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
        "oid" => "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
        "x500" => "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
        other => other,
    };
    let number = parse_uuid(namespace).ok_or_else(|| Failure::error("the namespace is not a UUID"))?;
    let mut hash = Sha1::new();
    hash.update(number.to_be_bytes());
    hash.update(call.str(1)?);
    let digest = hash.finalize();
    let mut bytes: Vec<u8> = digest.iter().copied().take(16).collect();
    if let Some(version) = bytes.get_mut(6) {
        *version = (*version & 0x0f) | 0x50;
    }
    if let Some(variant) = bytes.get_mut(8) {
        *variant = (*variant & 0x3f) | 0x80;
    }
    let digits = hex_digits(&bytes);
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| digits.get(range).unwrap_or_default());
    Ok(Value::text(groups.join("-")))
}
