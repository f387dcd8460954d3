//! Binary floating point of any precision, rounded to the nearest, ties to even.

use std::cmp::Ordering;

use num_bigint::BigUint;

/// How large and how small a number may be, in powers of two: some 4,900 decimal digits before or behind the point.
/// No service takes such a number; what goes beyond would cost the more the larger it is.
const MAX_EXPONENT: i64 = 1 << 14;

/// ± mantissa · 2^exponent. The mantissa is odd, or zero.
#[derive(Clone, Debug)]
pub(super) struct Binary {
    pub(super) negative: bool,
    pub(super) mantissa: BigUint,
    pub(super) exponent: i64,
    /// The bits that the mantissa may have.
    pub(super) precision: u32,
}

impl Binary {
    /// The number nearest to ± mantissa · 2^exponent of this precision; `None` beyond the bounds.
    pub(super) fn new(negative: bool, mantissa: BigUint, exponent: i64, precision: u32) -> Option<Self> {
        Self::rounded(negative, mantissa, exponent, false, precision)
    }

    pub(super) fn integer(value: i64, precision: u32) -> Self {
        let magnitude = value.unsigned_abs();
        let zeros = if magnitude == 0 { 0 } else { magnitude.trailing_zeros() };
        Self { negative: value < 0, mantissa: BigUint::from(magnitude >> zeros), exponent: i64::from(zeros), precision }
    }

    /// As [`new`](Self::new); `more` says that the number is a little larger than the mantissa, which then has more
    /// bits than the precision.
    fn rounded(negative: bool, mantissa: BigUint, exponent: i64, more: bool, precision: u32) -> Option<Self> {
        let (mut mantissa, mut exponent) = (mantissa, exponent);
        let excess = mantissa.bits().saturating_sub(u64::from(precision));
        if excess > 0 {
            let tail = mantissa.trailing_zeros().unwrap_or_default();
            let half = mantissa.bit(excess - 1);
            let above_half = more || tail < excess - 1;
            mantissa >>= excess;
            exponent += i64::try_from(excess).ok()?;
            if half && (above_half || mantissa.bit(0)) {
                mantissa += 1u8;
            }
        }
        match mantissa.trailing_zeros() {
            None => exponent = 0,
            Some(zeros) => {
                mantissa >>= zeros;
                exponent += i64::try_from(zeros).ok()?;
            }
        }
        let number = Self { negative, mantissa, exponent, precision };
        let fits = number.exponent.abs() <= MAX_EXPONENT && number.top().abs() <= MAX_EXPONENT;
        fits.then_some(number)
    }

    pub(super) fn is_zero(&self) -> bool {
        self.mantissa.bits() == 0
    }

    pub(super) fn is_whole(&self) -> bool {
        self.exponent >= 0
    }

    /// The power of two that the number is below of: one above its highest bit.
    fn top(&self) -> i64 {
        self.exponent.saturating_add_unsigned(self.mantissa.bits())
    }

    /// The mantissa for a lower exponent.
    fn mantissa_at(&self, exponent: i64) -> BigUint {
        // Both exponents are within the bounds.
        &self.mantissa << self.exponent.abs_diff(exponent)
    }

    pub(super) fn negated(mut self) -> Self {
        self.negative = !self.negative;
        self
    }

    pub(super) fn add(&self, other: &Self, precision: u32) -> Option<Self> {
        let exponent = self.exponent.min(other.exponent);
        let (a, b) = (self.mantissa_at(exponent), other.mantissa_at(exponent));
        if self.negative == other.negative {
            return Self::new(self.negative, a + b, exponent, precision);
        }
        match a.cmp(&b) {
            Ordering::Greater => Self::new(self.negative, a - b, exponent, precision),
            Ordering::Less => Self::new(other.negative, b - a, exponent, precision),
            Ordering::Equal => Some(Self::integer(0, precision)),
        }
    }

    pub(super) fn multiply(&self, other: &Self, precision: u32) -> Option<Self> {
        let exponent = self.exponent + other.exponent;
        Self::new(self.negative != other.negative, &self.mantissa * &other.mantissa, exponent, precision)
    }

    /// `None` also for a divisor of zero.
    pub(super) fn divide(&self, other: &Self, precision: u32) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        // Two bits more than the precision tell below, at and above the middle, with the remainder for the rest.
        let wanted = u64::from(precision) + 2 + other.mantissa.bits();
        let shift = wanted.saturating_sub(self.mantissa.bits());
        let dividend = &self.mantissa << shift;
        let quotient = &dividend / &other.mantissa;
        let more = &quotient * &other.mantissa != dividend;
        let exponent = self.exponent - other.exponent - i64::try_from(shift).ok()?;
        Self::rounded(self.negative != other.negative, quotient, exponent, more, precision)
    }

    /// Whole, towards zero.
    pub(super) fn truncated(&self, precision: u32) -> Option<Self> {
        let magnitude = self.magnitude();
        // Zero has no sign here.
        Self::new(self.negative && magnitude.bits() > 0, magnitude, 0, precision)
    }

    /// The whole part of the size.
    pub(super) fn magnitude(&self) -> BigUint {
        if self.exponent >= 0 { self.mantissa_at(0) } else { &self.mantissa >> self.exponent.unsigned_abs() }
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return if other.negative { Ordering::Greater } else { Ordering::Less },
            (false, true) => return if self.negative { Ordering::Less } else { Ordering::Greater },
            (false, false) => {}
        }
        let size = || {
            self.top().cmp(&other.top()).then_with(|| {
                let exponent = self.exponent.min(other.exponent);
                self.mantissa_at(exponent).cmp(&other.mantissa_at(exponent))
            })
        };
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => size(),
            (true, true) => size().reverse(),
        }
    }

    /// The nearest double; infinite where there is none.
    pub(super) fn as_f64(&self) -> f64 {
        /// The exponent of the smallest double.
        const LOWEST: i64 = -1074;
        // Near zero, doubles have fewer bits.
        let bits = (self.top() - LOWEST).clamp(0, 53);
        let Ok(bits @ 1..) = u32::try_from(bits) else {
            // At most half of the smallest double, or between that and the double itself.
            let smallest = f64::from_bits(1);
            let rounds_up = self.top() == LOWEST && self.mantissa.bits() > 1;
            let size = if rounds_up { smallest } else { 0.0 };
            return if self.negative { -size } else { size };
        };
        let Some(near) = Self::new(self.negative, self.mantissa.clone(), self.exponent, bits) else {
            return 0.0;
        };
        // At most 53 bits, so exact.
        let digits = near.mantissa.iter_u64_digits().next().unwrap_or_default();
        #[allow(clippy::cast_precision_loss, reason = "at most 53 bits")]
        let mut value = digits as f64;
        let mut exponent = near.exponent;
        // In steps that are doubles themselves; each product is exact, or infinite.
        while exponent != 0 {
            let step = i32::try_from(exponent.clamp(-1000, 1000)).unwrap_or_default();
            value *= 2f64.powi(step);
            exponent -= i64::from(step);
        }
        if self.negative { -value } else { value }
    }

    /// A finite double.
    pub(super) fn from_f64(value: f64) -> Option<Self> {
        const FRACTION_BITS: u32 = 52;
        let bits = value.to_bits();
        let fraction = bits & ((1 << FRACTION_BITS) - 1);
        let (mantissa, exponent) = match (bits >> FRACTION_BITS) & 0x7ff {
            0x7ff => return None,
            0 => (fraction, -1074),
            // Both fit: the exponent has eleven bits.
            exponent => (fraction | (1 << FRACTION_BITS), i64::try_from(exponent).ok()? - 1075),
        };
        Self::new(value.is_sign_negative(), BigUint::from(mantissa), exponent, 53)
    }

    /// ± digits · 10^tens · 2^twos; `None` beyond the bounds.
    pub(super) fn from_decimal(negative: bool, digits: BigUint, tens: i64, twos: i64, precision: u32) -> Option<Self> {
        if digits.bits() == 0 {
            return Self::new(negative, digits, 0, precision);
        }
        if tens.abs() > MAX_EXPONENT || twos.abs() > 2 * MAX_EXPONENT {
            return None;
        }
        let fives = BigUint::from(5u8).pow(u32::try_from(tens.unsigned_abs()).ok()?);
        if tens >= 0 {
            return Self::new(negative, digits * fives, tens + twos, precision);
        }
        // The divisor may be larger than numbers are here.
        let divisor = Self { negative: false, mantissa: fives, exponent: 0, precision };
        let dividend = Self { negative, mantissa: digits, exponent: tens + twos, precision };
        dividend.divide(&divisor, precision)
    }
}
