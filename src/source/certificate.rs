//! Until when a certificate in a text is good.
//!
//! Source: RFC 7468, "Textual Encodings of PKIX, PKCS, and CMS Structures"; RFC 5280, sections 4.1 and 4.1.2.5; ITU-T
//! X.690, "Distinguished Encoding Rules". What is read is a handful of nested lengths, for which a reader of whole
//! certificates would be a large dependency.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Date;

/// Why a text tells no last day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoCertificate {
    /// There is no block between the lines that PEM asks for.
    #[error("the text holds no certificate in PEM")]
    NoPem,
    /// The block is not what it says.
    #[error("the text between BEGIN CERTIFICATE and END CERTIFICATE is no certificate")]
    Malformed,
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The day (in UTC) on which the first certificate of a text ends.
pub fn last_day(pem: &str) -> Result<Date, NoCertificate> {
    let (_, after) = pem.split_once(BEGIN).ok_or(NoCertificate::NoPem)?;
    let (block, _) = after.split_once(END).ok_or(NoCertificate::NoPem)?;
    let base64: String = block.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    let der = STANDARD.decode(base64).map_err(|_| NoCertificate::Malformed)?;
    not_after(&der).ok_or(NoCertificate::Malformed)
}

/// Tags of the elements that stand before the end of a certificate's validity, in X.690's numbers.
const SEQUENCE: u8 = 0x30;
const EXPLICIT_0: u8 = 0xA0;
const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

fn not_after(der: &[u8]) -> Option<Date> {
    let certificate = Element::first(der)?.of(SEQUENCE)?;
    let signed = Element::first(certificate.content)?.of(SEQUENCE)?;
    let first = Element::first(signed.content)?;
    // The version stands before the serial number, unless it is the first one.
    let serial = if first.tag == EXPLICIT_0 { first.next()? } else { first }.of(INTEGER)?;
    let issuer = serial.next()?.of(SEQUENCE)?.next()?.of(SEQUENCE)?;
    let validity = issuer.next()?.of(SEQUENCE)?;
    let end = Element::first(validity.content)?.next()?;
    let text = std::str::from_utf8(end.content).ok()?;
    let (year, rest) = match end.tag {
        UTC_TIME => {
            let (year, rest) = text.split_at_checked(2)?;
            // "Where YY is greater than or equal to 50, the year SHALL be interpreted as 19YY".
            let century = if year < "50" { "20" } else { "19" };
            (format!("{century}{year}"), rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = text.split_at_checked(4)?;
            (year.to_owned(), rest)
        }
        _ => return None,
    };
    format!("{year}-{}-{}", rest.get(..2)?, rest.get(2..4)?).parse().ok()
}

/// A tag with what it holds, and what follows it.
#[derive(Clone, Copy)]
struct Element<'d> {
    tag: u8,
    content: &'d [u8],
    rest: &'d [u8],
}

impl<'d> Element<'d> {
    fn first(der: &'d [u8]) -> Option<Self> {
        let (tag, der) = der.split_first()?;
        let (first, der) = der.split_first()?;
        let (length, der) = if first & 0x80 == 0 {
            (usize::from(*first), der)
        } else {
            // As many bytes as this follow, and hold the length.
            let (bytes, der) = der.split_at_checked(usize::from(first & 0x7F))?;
            let wide =
                bytes.iter().try_fold(0_usize, |length, byte| length.checked_mul(256)?.checked_add(usize::from(*byte)));
            (wide?, der)
        };
        let (content, rest) = der.split_at_checked(length)?;
        Some(Self { tag: *tag, content, rest })
    }

    fn next(self) -> Option<Self> {
        Self::first(self.rest)
    }

    fn of(self, tag: u8) -> Option<Self> {
        (self.tag == tag).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A certificate with this for its validity's end, and nothing of interest besides.
    fn certificate(with_version: bool, end: &[u8]) -> String {
        let element = |tag: u8, content: &[u8]| {
            let length = u8::try_from(content.len()).unwrap();
            let mut out = if length < 0x80 { vec![tag, length] } else { vec![tag, 0x81, length] };
            out.extend_from_slice(content);
            out
        };
        let version = if with_version { element(EXPLICIT_0, &element(INTEGER, &[2])) } else { Vec::new() };
        let validity = element(SEQUENCE, &[&element(UTC_TIME, b"200101000000Z")[..], end].concat());
        let parts = [version, element(INTEGER, &[7]), element(SEQUENCE, &[]), element(SEQUENCE, &[0; 100]), validity];
        let der = element(SEQUENCE, &element(SEQUENCE, &parts.concat()));
        format!("subject=x\n{BEGIN}\n{}\n{END}\n", STANDARD.encode(der))
    }

    fn time(tag: u8, text: &str) -> Vec<u8> {
        [&[tag, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
    }

    #[test]
    fn the_end_of_the_validity_is_read() {
        for (tag, text, date) in [
            (UTC_TIME, "300228235959Z", "2030-02-28"),
            (UTC_TIME, "991231235959Z", "1999-12-31"),
            (GENERALIZED_TIME, "20500101000000Z", "2050-01-01"),
        ] {
            for with_version in [false, true] {
                let pem = certificate(with_version, &time(tag, text));
                assert_eq!(last_day(&pem).map(|date| date.to_string()), Ok(date.to_owned()));
            }
        }
    }

    #[test]
    fn what_is_no_certificate_is_told() {
        assert_eq!(last_day("secret"), Err(NoCertificate::NoPem));
        assert_eq!(last_day(&format!("{BEGIN}\nMIIB")), Err(NoCertificate::NoPem));
        assert_eq!(last_day(&format!("{BEGIN}\n...\n{END}")), Err(NoCertificate::Malformed));
        assert_eq!(last_day(&certificate(true, &time(UTC_TIME, "309928235959Z"))), Err(NoCertificate::Malformed));
        assert_eq!(last_day(&certificate(true, &time(INTEGER, "300228235959Z"))), Err(NoCertificate::Malformed));
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_much(der in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = last_day(&format!("{BEGIN}\n{}\n{END}", STANDARD.encode(&der)));
        }

        #[test]
        fn nor_is_a_certificate_with_one_byte_changed(at in 0_usize..160, to in any::<u8>()) {
            let pem = certificate(true, &time(UTC_TIME, "300228235959Z"));
            let block = pem.split(BEGIN).nth(1).unwrap().split(END).next().unwrap().replace('\n', "");
            let mut der = STANDARD.decode(block).unwrap();
            if let Some(byte) = der.get_mut(at) {
                *byte = to;
            }
            let _ = last_day(&format!("{BEGIN}\n{}\n{END}", STANDARD.encode(&der)));
        }
    }
}
