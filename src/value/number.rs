//! Numbers.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A number: exact where it is whole and fits 64 bits, otherwise in double precision.
#[derive(Clone, Copy, Debug)]
pub struct Number(Repr);

#[derive(Clone, Copy, Debug)]
enum Repr {
    Integer(i64),
    Float(f64),
}

impl Number {
    /// The number as a double.
    #[allow(clippy::cast_precision_loss, reason = "a double is what was asked for")]
    pub fn as_f64(self) -> f64 {
        match self.0 {
            Repr::Integer(value) => value as f64,
            Repr::Float(value) => value,
        }
    }

    /// The number if it is whole and fits.
    #[allow(clippy::cast_possible_truncation, reason = "checked to be whole and within the exact range")]
    pub fn as_i64(self) -> Option<i64> {
        /// Up to here every whole double is exact.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        match self.0 {
            Repr::Integer(value) => Some(value),
            Repr::Float(value) if value.fract() == 0.0 && value.abs() <= EXACT => Some(value as i64),
            Repr::Float(_) => None,
        }
    }

    /// A finite double as a number; `None` for infinities and NaN, which no engine has.
    pub fn from_f64(value: f64) -> Option<Self> {
        value.is_finite().then(|| {
            let float = Self(Repr::Float(value));
            float.as_i64().map_or(float, Self::from)
        })
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Repr::Integer(value))
    }
}

impl FromStr for Number {
    type Err = ();

    /// Reads decimal notation with an optional fraction and exponent.
    fn from_str(text: &str) -> Result<Self, ()> {
        if let Ok(integer) = text.parse::<i64>() {
            return Ok(Self::from(integer));
        }
        let digits = text.trim_start_matches(['-', '+']);
        if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return Err(());
        }
        text.parse::<f64>().ok().and_then(Self::from_f64).ok_or(())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Repr::Integer(value) => write!(f, "{value}"),
            Repr::Float(value) => write!(f, "{value}"),
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.0, other.0) {
            (Repr::Integer(a), Repr::Integer(b)) => Some(a.cmp(&b)),
            _ => self.as_f64().partial_cmp(&other.as_f64()),
        }
    }
}
