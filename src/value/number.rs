//! Numbers, as the Terraform language has them: binary floating point of 512 bits, where a number knows its precision.

mod binary;
mod decimal;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use num_bigint::BigUint;
use thiserror::Error;

use binary::Binary;
use decimal::Decimal;

/// A number. What code writes in digits has 512 bits, what an engine counts 64, and what it computes in double
/// precision 53; a result has the precision of its most precise operand, which shows when it is printed.
#[derive(Clone, Debug)]
pub struct Number(Repr);

#[derive(Clone, Debug)]
enum Repr {
    /// Whole, within 64 bits, not below its precision, and not negative zero.
    Integer {
        value: i64,
        precision: u32,
    },
    Float(Arc<Binary>),
}

/// The precision of what is written in digits, in bits.
const WRITTEN: u32 = 512;

/// The precision of what is counted, in bits.
const COUNTED: u32 = 64;

/// Longer notations are not read: a number within the bounds has at most some 4,900 digits before the point and as
/// many behind it.
const MAX_DIGITS: usize = 10_000;

/// Why a text is no number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum NumberError {
    /// It is not in the notation of one.
    #[error("not a number")]
    Notation,
    /// It is beyond the bounds of this program.
    #[error("a number beyond what is computed with")]
    Bounds,
}

/// A form in which a number is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notation {
    /// `123.45`
    Fixed,
    /// `1.2345e+02`
    Scientific,
    /// The shorter one of both, without zeros at the end.
    General,
}

impl Number {
    /// The nearest double.
    #[allow(clippy::cast_precision_loss, reason = "a double is what was asked for")]
    pub fn as_f64(&self) -> f64 {
        match &self.0 {
            Repr::Integer { value, .. } => *value as f64,
            Repr::Float(float) => float.as_f64(),
        }
    }

    /// The number if it is whole and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Integer { value, .. } => Some(*value),
            Repr::Float(float) => whole(float),
        }
    }

    /// A finite double as a number of double precision; `None` for infinities and NaN.
    pub fn from_f64(value: f64) -> Option<Self> {
        Binary::from_f64(value).map(Self::of)
    }

    /// Reads the digits of a whole number in a base from 2 to 62: `0-9`, `a-z`, and above base 36 `A-Z`; up to 36 both
    /// cases mean the same.
    pub fn from_digits(text: &str, base: u32) -> Result<Self, NumberError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if digits.is_empty() || !(2..=62).contains(&base) {
            return Err(NumberError::Notation);
        }
        if digits.len() > MAX_DIGITS {
            return Err(NumberError::Bounds);
        }
        let mut magnitude = BigUint::default();
        for character in digits.chars() {
            let digit = match character {
                'A'..='Z' if base > 36 => u32::from(character) - u32::from('A') + 36,
                _ => character.to_digit(36).ok_or(NumberError::Notation)?,
            };
            if digit >= base {
                return Err(NumberError::Notation);
            }
            magnitude = magnitude * base + digit;
        }
        let bits = u32::try_from(magnitude.bits()).map_err(|_| NumberError::Bounds)?;
        let negative = negative && bits > 0;
        Binary::new(negative, magnitude, 0, bits.max(COUNTED)).map(Self::of).ok_or(NumberError::Bounds)
    }

    /// Reads decimal notation whose exponent may also be one of two: `5p3` is 40.
    pub fn with_any_exponent(text: &str) -> Result<Self, NumberError> {
        if let Ok(value) = text.parse::<i64>()
            && (value != 0 || !text.starts_with('-'))
        {
            return Ok(Self(Repr::Integer { value, precision: WRITTEN }));
        }
        let (negative, rest) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent, of_two) = match rest.find(['e', 'E', 'p', 'P']) {
            // The letter is one byte.
            Some(at) => (&rest[..at], Some(&rest[at + 1..]), matches!(rest.as_bytes().get(at), Some(b'p' | b'P'))),
            None => (rest, None, false),
        };
        let (before, behind) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        if before.len() + behind.len() == 0 || !is_digits(before) || !is_digits(behind) {
            return Err(NumberError::Notation);
        }
        let exponent = match exponent {
            None => 0,
            Some(exponent) => {
                let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
                if digits.is_empty() || !is_digits(digits) {
                    return Err(NumberError::Notation);
                }
                exponent.parse::<i32>().map_err(|_| NumberError::Bounds)?
            }
        };
        if mantissa.len() > MAX_DIGITS {
            return Err(NumberError::Bounds);
        }
        let digits = BigUint::parse_bytes(format!("0{before}{behind}").as_bytes(), 10).ok_or(NumberError::Notation)?;
        let places = i64::try_from(behind.len()).map_err(|_| NumberError::Bounds)?;
        let (tens, twos) = if of_two { (0, i64::from(exponent)) } else { (i64::from(exponent), 0) };
        let number = Binary::from_decimal(negative, digits, tens - places, twos, WRITTEN);
        number.map(Self::of).ok_or(NumberError::Bounds)
    }

    /// Whether it is zero, of either sign.
    pub fn is_zero(&self) -> bool {
        match &self.0 {
            Repr::Integer { value, .. } => *value == 0,
            Repr::Float(float) => float.is_zero(),
        }
    }

    /// Whether it is written with a minus, as negative zero is.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Integer { value, .. } => *value < 0,
            Repr::Float(float) => float.negative,
        }
    }

    /// Whether it has no fraction.
    pub fn is_whole(&self) -> bool {
        match &self.0 {
            Repr::Integer { .. } => true,
            Repr::Float(float) => float.is_whole(),
        }
    }

    /// The sum; `None` beyond the bounds.
    pub fn add(&self, other: &Self) -> Option<Self> {
        self.within_64_bits(other, i64::checked_add)
            .or_else(|| self.binary().add(&other.binary(), self.precision(other)).map(Self::of))
    }

    /// The difference; `None` beyond the bounds.
    pub fn subtract(&self, other: &Self) -> Option<Self> {
        self.within_64_bits(other, i64::checked_sub)
            .or_else(|| self.binary().add(&other.binary().negated(), self.precision(other)).map(Self::of))
    }

    /// The product; `None` beyond the bounds. It has more bits than its factors where it needs them.
    pub fn multiply(&self, other: &Self) -> Option<Self> {
        // Zero has a sign.
        let product = |a: i64, b: i64| a.checked_mul(b).filter(|&product| product != 0);
        self.within_64_bits(other, product).or_else(|| {
            let mut product = self.binary().multiply(&other.binary(), WRITTEN)?;
            let needed = u32::try_from(product.mantissa.bits()).ok()?;
            product.precision = needed.max(self.precision(other));
            Some(Self::of(product))
        })
    }

    /// The quotient; `None` beyond the bounds, and for a divisor of zero.
    pub fn divide(&self, other: &Self) -> Option<Self> {
        let whole = |a: i64, b: i64| if a.checked_rem(b)? == 0 { a.checked_div(b).filter(|&a| a != 0) } else { None };
        self.within_64_bits(other, whole)
            .or_else(|| self.binary().divide(&other.binary(), self.precision(other)).map(Self::of))
    }

    /// What is left of a division without a fraction, with the sign of this number; the number itself for a divisor of
    /// zero; `None` beyond the bounds.
    pub fn remainder(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return Some(self.clone());
        }
        self.within_64_bits(other, i64::checked_rem).or_else(|| {
            let (dividend, divisor) = (self.binary(), other.binary());
            let precision = dividend.precision;
            let quotient = dividend.divide(&divisor, self.precision(other))?;
            let multiple = divisor.multiply(&quotient.truncated(precision)?, precision)?;
            dividend.add(&multiple.negated(), precision).map(Self::of)
        })
    }

    /// The number with the other sign.
    #[must_use]
    pub fn negated(&self) -> Self {
        match &self.0 {
            Repr::Integer { value: value @ (..=-1 | 1..), precision } if *value != i64::MIN => {
                Self(Repr::Integer { value: -value, precision: *precision })
            }
            _ => Self::of(self.binary().negated()),
        }
    }

    /// The number without its sign.
    #[must_use]
    pub fn absolute(&self) -> Self {
        if self.is_negative() { self.negated() } else { self.clone() }
    }

    /// The next whole number that is not above.
    pub fn floor(&self) -> Option<Self> {
        self.towards(true)
    }

    /// The next whole number that is not below.
    pub fn ceiling(&self) -> Option<Self> {
        self.towards(false)
    }

    fn towards(&self, down: bool) -> Option<Self> {
        let Repr::Float(float) = &self.0 else { return Some(self.clone()) };
        let whole = float.truncated(float.precision)?;
        if float.is_whole() || float.negative != down {
            return Some(Self::of(whole));
        }
        let step = Binary::integer(if down { -1 } else { 1 }, float.precision);
        whole.add(&step, float.precision).map(Self::of)
    }

    /// The digits of a whole number's size in a base from 2 to 36; `None` for one with a fraction.
    pub fn digits(&self, base: u32) -> Option<String> {
        let binary = self.binary();
        (binary.is_whole() && (2..=36).contains(&base)).then(|| binary.magnitude().to_str_radix(base))
    }

    /// The size, without a sign, in a notation. Without `places`, as many digits as tell it from other numbers.
    /// `places` are those behind the point; for [`Notation::General`], all that count.
    pub fn print_size(&self, notation: Notation, places: Option<usize>) -> String {
        let binary = self.binary();
        let decimal = if places.is_some() { Decimal::of(&binary) } else { Decimal::shortest(&binary) };
        match (notation, places) {
            (Notation::Fixed, Some(places)) => decimal.fixed(places),
            (Notation::Fixed, None) => decimal.plain(),
            (Notation::Scientific, places) => decimal.scientific(places),
            (Notation::General, places) => decimal.general(places),
        }
    }

    fn of(binary: Binary) -> Self {
        let precision = binary.precision;
        match whole(&binary).filter(|_| !(binary.is_zero() && binary.negative)) {
            Some(value) => Self(Repr::Integer { value, precision }),
            None => Self(Repr::Float(Arc::new(binary))),
        }
    }

    fn binary(&self) -> Binary {
        match &self.0 {
            Repr::Integer { value, precision } => Binary::integer(*value, *precision),
            Repr::Float(float) => Binary::clone(float),
        }
    }

    /// The larger precision.
    fn precision(&self, other: &Self) -> u32 {
        let own = |number: &Self| match &number.0 {
            Repr::Integer { precision, .. } => *precision,
            Repr::Float(float) => float.precision,
        };
        own(self).max(own(other))
    }

    /// The result of an operation on whole numbers that is whole itself, and certainly exact.
    fn within_64_bits(&self, other: &Self, compute: impl Fn(i64, i64) -> Option<i64>) -> Option<Self> {
        let (Repr::Integer { value: a, .. }, Repr::Integer { value: b, .. }) = (&self.0, &other.0) else {
            return None;
        };
        let precision = self.precision(other);
        if precision < COUNTED {
            return None;
        }
        compute(*a, *b).map(|value| Self(Repr::Integer { value, precision }))
    }
}

fn whole(binary: &Binary) -> Option<i64> {
    let fits = binary.is_whole() && binary.exponent.saturating_add_unsigned(binary.mantissa.bits()) <= 64;
    let size = fits.then(|| binary.magnitude().iter_u64_digits().next().unwrap_or_default())?;
    if binary.negative { 0i64.checked_sub_unsigned(size) } else { i64::try_from(size).ok() }
}

/// A number that is counted.
impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Repr::Integer { value, precision: COUNTED })
    }
}

impl FromStr for Number {
    type Err = NumberError;

    /// Reads decimal notation with an optional fraction and exponent.
    fn from_str(text: &str) -> Result<Self, NumberError> {
        if text.contains(['p', 'P']) {
            return Err(NumberError::Notation);
        }
        Self::with_any_exponent(text)
    }
}

impl fmt::Display for Number {
    /// Decimal notation without an exponent, with as few digits as tell it from other numbers of its precision.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Integer { value, precision } if *precision >= COUNTED => write!(f, "{value}"),
            _ => {
                let sign = if self.is_negative() { "-" } else { "" };
                write!(f, "{sign}{}", self.print_size(Notation::Fixed, None))
            }
        }
    }
}

impl PartialEq for Number {
    /// Equal sizes; precision and the sign of zero do not matter.
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Integer { value: a, .. }, Repr::Integer { value: b, .. }) => a.cmp(b),
            _ => self.binary().compare(&other.binary()),
        }
    }
}
