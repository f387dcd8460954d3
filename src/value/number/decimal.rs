//! Decimal digits of binary numbers, and how they are printed.

use std::fmt::Write as _;

use num_bigint::BigUint;

use super::binary::Binary;

/// 0.d₁d₂d₃… · 10^point, without zeros at the end.
pub(super) struct Decimal {
    /// The digits as ASCII.
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    /// The exact digits of mantissa · 2^exponent.
    fn exact(mantissa: &BigUint, exponent: i64) -> Self {
        let (digits, behind) = match u32::try_from(exponent.unsigned_abs()) {
            Ok(twos) if exponent < 0 => (mantissa * BigUint::from(5u8).pow(twos), i64::from(twos)),
            _ => (mantissa << exponent.unsigned_abs(), 0),
        };
        let mut digits = digits.to_str_radix(10).into_bytes();
        let point = i64::try_from(digits.len()).unwrap_or(i64::MAX) - behind;
        trim(&mut digits);
        Self { point: if digits.is_empty() { 0 } else { point }, digits }
    }

    /// The exact digits of a number.
    pub(super) fn of(number: &Binary) -> Self {
        Self::exact(&number.mantissa, number.exponent)
    }

    /// The fewest digits that are nearer to the number than to any other of its precision.
    pub(super) fn shortest(number: &Binary) -> Self {
        let mut decimal = Self::of(number);
        if number.is_zero() {
            return decimal;
        }
        // In units of half the last bit of the precision, the neighbours begin one below and one above.
        let shift = u64::from(number.precision) + 1 - number.mantissa.bits().min(u64::from(number.precision));
        let halves = &number.mantissa << shift;
        let Ok(shift) = i64::try_from(shift) else { return decimal };
        let lower = Self::exact(&(&halves - 1u8), number.exponent - shift);
        let upper = Self::exact(&(&halves + 1u8), number.exponent - shift);
        // The borders themselves are rounded to even mantissas.
        let inclusive = !halves.bit(1);
        for (index, &digit) in decimal.digits.iter().enumerate() {
            let (below, above) = (lower.digit(index), upper.digit(index));
            let down = below != digit || (inclusive && index + 1 == lower.digits.len());
            let up = digit != above && (inclusive || digit + 1 < above || index + 1 < upper.digits.len());
            if down && up {
                decimal.round(index + 1);
                break;
            } else if down {
                decimal.cut(index + 1);
                break;
            } else if up {
                decimal.raise(index + 1);
                break;
            }
        }
        decimal
    }

    fn digit(&self, index: usize) -> u8 {
        self.digits.get(index).copied().unwrap_or(b'0')
    }

    /// Keeps so many digits, to the nearest, ties to even.
    fn round(&mut self, count: usize) {
        let Some(&next) = self.digits.get(count) else { return };
        let tie = next == b'5' && count + 1 == self.digits.len();
        let odd = count.checked_sub(1).is_some_and(|last| self.digit(last) % 2 == 1);
        if if tie { odd } else { next >= b'5' } {
            self.raise(count);
        } else {
            self.cut(count);
        }
    }

    /// Rounds to so many places behind the point.
    fn round_behind_point(&mut self, places: usize) {
        let count = self.point.saturating_add_unsigned(u64::try_from(places).unwrap_or(u64::MAX));
        match usize::try_from(count) {
            Ok(count) => self.round(count),
            Err(_) => self.cut(0),
        }
    }

    fn cut(&mut self, count: usize) {
        self.digits.truncate(count);
        trim(&mut self.digits);
        if self.digits.is_empty() {
            self.point = 0;
        }
    }

    fn raise(&mut self, count: usize) {
        self.digits.truncate(count);
        while self.digits.last() == Some(&b'9') {
            self.digits.pop();
        }
        if let Some(last) = self.digits.last_mut() {
            *last += 1;
        } else {
            self.digits.push(b'1');
            self.point += 1;
        }
    }

    /// As `123.45`, with so many places behind the point.
    pub(super) fn fixed(mut self, places: usize) -> String {
        self.round_behind_point(places);
        self.print_fixed(places)
    }

    /// As `123.45`, with as many places as there are.
    pub(super) fn plain(&self) -> String {
        self.print_fixed(self.places())
    }

    /// As `1.2345e+02`, with so many places behind the point, or as many as there are.
    pub(super) fn scientific(mut self, places: Option<usize>) -> String {
        if let Some(places) = places {
            self.round(places.saturating_add(1));
        }
        let places = places.unwrap_or(self.digits.len().saturating_sub(1));
        self.print_scientific(places)
    }

    /// The shorter of both forms: scientific below 1e-4 and from the precision on, with as many significant digits at
    /// most. Without a precision, from 21 or 1e6 digits on as the caller says.
    pub(super) fn general(mut self, precision: Option<usize>) -> String {
        /// The precision that decides between the forms when none is given.
        const USUAL: i64 = 6;
        let wanted = match precision {
            Some(precision) => {
                self.round(precision.max(1));
                precision.max(1)
            }
            None => self.digits.len(),
        };
        let length = self.digits.len();
        let as_long = i64::try_from(length).unwrap_or(i64::MAX);
        let limit = match precision {
            None => USUAL,
            Some(_) if wanted > length && as_long >= self.point => as_long,
            Some(_) => i64::try_from(wanted).unwrap_or(i64::MAX),
        };
        let exponent = self.point - 1;
        if exponent < -4 || exponent >= limit {
            return self.print_scientific(wanted.min(length).saturating_sub(1));
        }
        self.print_fixed(self.places())
    }

    fn places(&self) -> usize {
        let length = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        usize::try_from(length - self.point).unwrap_or_default()
    }

    fn print_fixed(&self, places: usize) -> String {
        let before = usize::try_from(self.point).unwrap_or_default();
        let mut out = String::with_capacity(before + places + 2);
        out.extend((0..before).map(|index| char::from(self.digit(index))));
        if before == 0 {
            out.push('0');
        }
        if places > 0 {
            out.push('.');
            let zeros = usize::try_from(self.point.saturating_neg()).unwrap_or_default();
            let behind = std::iter::repeat_n('0', zeros)
                .chain((before..).map(|index| char::from(self.digit(index))))
                .take(places);
            out.extend(behind);
        }
        out
    }

    fn print_scientific(&self, places: usize) -> String {
        let mut out = String::with_capacity(places + 8);
        out.push(char::from(self.digit(0)));
        if places > 0 {
            out.push('.');
            out.extend((1..=places).map(|index| char::from(self.digit(index))));
        }
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        let sign = if exponent < 0 { '-' } else { '+' };
        // Writing to a String cannot fail.
        let _ = write!(out, "e{sign}{:02}", exponent.unsigned_abs());
        out
    }
}

fn trim(digits: &mut Vec<u8>) {
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
}
