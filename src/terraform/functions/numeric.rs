//! Numeric functions.

use crate::value::{Kind, Number as Num, NumberError, Value, Why};

use super::call::Parameter::{Any, Number};
use super::call::{Call, Failure, Function, Outcome, needs};
use super::collection::fixed_length;
use crate::terraform::convert::{Type, try_convert};

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "abs" => Function::new(&[Number], |call| Ok(number(call.number(0)?.absolute()))),
        "ceil" => Function::new(&[Number], |call| call.number(0)?.ceiling().map(number).ok_or_else(too_large)),
        "floor" => Function::new(&[Number], |call| call.number(0)?.floor().map(number).ok_or_else(too_large)),
        "log" => Function::new(&[Number, Number], log),
        "max" => Function::variadic(&[], Number, |call| extreme(call, |a, b| a > b)),
        "min" => Function::variadic(&[], Number, |call| extreme(call, |a, b| a < b)),
        "parseint" => Function::new(&[Any, Number], parse_integer),
        "pow" => Function::new(&[Number, Number], power),
        "signum" => Function::new(&[Number], |call| Ok(Value::integer(call.integer(0)?.signum()))),
        "sum" => Function::new(&[Any], sum),
        _ => return None,
    })
}

fn number(number: Num) -> Value {
    Value::new(Kind::Number(number), None)
}

/// A number beyond the bounds of this program.
pub(super) fn too_large() -> Failure {
    Failure::budget(&NumberError::Bounds.to_string())
}

/// What Terraform computes in double precision.
fn double(result: f64) -> Outcome {
    if result.is_nan() {
        return Err(Failure::error("the result is not a number"));
    }
    // Terraform goes on with infinities, which it cannot print.
    Num::from_f64(result).map(number).ok_or_else(too_large)
}

/// An argument in double precision.
fn as_double(call: &Call<'_>, index: usize) -> Result<f64, Failure> {
    let value = call.number(index)?.as_f64();
    if value.is_finite() { Ok(value) } else { Err(Failure::error("the number is beyond double precision")) }
}

fn log(call: &Call<'_>) -> Outcome {
    if [as_double(call, 0)?, as_double(call, 1)?].iter().any(|number| number.is_subnormal()) {
        return Err(Failure::Unknown(Why::Unsupported("the logarithm of the smallest numbers".into())));
    }
    double(natural_logarithm(as_double(call, 0)?) / natural_logarithm(as_double(call, 1)?))
}

/// The logarithm as the C library of FreeBSD has it (`e_log.c`), to the last bit: others differ in it.
#[allow(clippy::excessive_precision, clippy::unreadable_literal, reason = "the coefficients of the polynomial")]
#[allow(clippy::many_single_char_names, reason = "the names of the formula")]
fn natural_logarithm(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.93147180369123816490e-01;
    const LN2_LOW: f64 = 1.90821492927058770002e-10;
    const ODD: [f64; 4] =
        [6.666666666666735130e-01, 2.857142874366239149e-01, 1.818357216161805012e-01, 1.479819860511658591e-01];
    const EVEN: [f64; 3] = [3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01];
    if x.is_nan() || x < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    if x.is_infinite() {
        return x;
    }
    // x = 2^k (1 + f), 1 + f between √2/2 and √2.
    let (mut f, mut k) = mantissa_and_exponent(x);
    if f < std::f64::consts::FRAC_1_SQRT_2 {
        f *= 2.0;
        k -= 1;
    }
    f -= 1.0;
    let k = f64::from(k);
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let odd = z * (ODD[0] + w * (ODD[1] + w * (ODD[2] + w * ODD[3])));
    let even = w * (EVEN[0] + w * (EVEN[1] + w * EVEN[2]));
    let half_square = 0.5 * f * f;
    k * LN2_HIGH - ((half_square - (s * (half_square + (odd + even)) + k * LN2_LOW)) - f)
}

/// A finite x that is not zero as m · 2^k with m from 0.5 up to 1.
fn mantissa_and_exponent(x: f64) -> (f64, i32) {
    /// Lifts the smallest doubles among those with a full mantissa.
    const LIFT: i32 = 64;
    let (x, lifted) = if x.abs() < f64::MIN_POSITIVE { (x * 2f64.powi(LIFT), LIFT) } else { (x, 0) };
    let bits = x.to_bits();
    // Eleven bits fit.
    let exponent = i32::try_from((bits >> 52) & 0x7ff).unwrap_or_default() - 1022;
    (f64::from_bits((bits & !(0x7ff << 52)) | (1022 << 52)), exponent - lifted)
}

#[allow(clippy::float_cmp, reason = "exactly these")]
fn power(call: &Call<'_>) -> Outcome {
    let (base, exponent) = (as_double(call, 0)?, as_double(call, 1)?);
    let special = base == 0.0 || base == 1.0 || base == -1.0;
    if special || exponent == 0.0 {
        return double(base.powf(exponent));
    }
    if exponent == 0.5 {
        return double(base.sqrt());
    }
    if exponent == -0.5 {
        return double(1.0 / base.sqrt());
    }
    if exponent.fract() != 0.0 {
        if base < 0.0 {
            return Err(Failure::error("the result is not a number"));
        }
        // Each library rounds it in its own way.
        return Err(Failure::Unknown(Why::Unsupported("the last digit of a power with a fraction".into())));
    }
    double(whole_power(base, exponent))
}

/// The power by squaring, as Terraform computes it: libraries differ in the last bit.
fn whole_power(base: f64, exponent: f64) -> f64 {
    /// No double but 0, 1 and their negatives has a power beyond this that is neither zero nor infinite.
    const MOST: f64 = 1e18;
    #[allow(clippy::cast_possible_truncation, reason = "whole and within the bound")]
    let mut left = exponent.abs().min(MOST) as i64;
    let odd_beyond = exponent.abs() <= MOST && left % 2 != 0;
    let (mut square, mut square_exponent) = mantissa_and_exponent(base);
    let (mut result, mut result_exponent) = (1.0f64, 0i32);
    while left != 0 {
        if square_exponent.abs() > 1 << 12 {
            // Beyond doubles: every further square is so too.
            let infinite = (square_exponent > 0) == (exponent > 0.0);
            let size = if infinite { f64::INFINITY } else { 0.0 };
            return if base < 0.0 && odd_beyond { -size } else { size };
        }
        if left % 2 != 0 {
            result *= square;
            result_exponent += square_exponent;
        }
        square *= square;
        square_exponent *= 2;
        if square < 0.5 {
            square += square;
            square_exponent -= 1;
        }
        left /= 2;
    }
    if exponent < 0.0 {
        result = 1.0 / result;
        result_exponent = -result_exponent;
    }
    scaled(result, result_exponent)
}

/// x · 2^k, rounded once.
fn scaled(x: f64, k: i32) -> f64 {
    let (mantissa, exponent) = mantissa_and_exponent(x);
    let k = exponent + k;
    // The mantissa is below one: 2^1024 itself is no double. Near zero, only the last step rounds.
    match k {
        1025.. => mantissa.signum() * f64::INFINITY,
        -1020..=1024 => mantissa * 2.0 * 2f64.powi(k - 1),
        -1100..=-1021 => mantissa * 2f64.powi(-1020) * 2f64.powi(k + 1020),
        _ => mantissa.signum() * 0.0,
    }
}

fn extreme(call: &Call<'_>, better: fn(&Num, &Num) -> bool) -> Outcome {
    let mut best: Option<&Num> = None;
    for index in 0..call.arguments.len() {
        let next = call.number(index)?;
        if best.is_none_or(|best| better(next, best)) {
            best = Some(next);
        }
    }
    best.cloned().map(number).ok_or_else(|| Failure::error("at least one number is required"))
}

fn sum(call: &Call<'_>) -> Outcome {
    let list = call.list(0)?;
    fixed_length(list)?;
    let mut total: Option<Num> = None;
    for item in list {
        let item = try_convert(item, &Type::Number).map_err(Failure::Error)?;
        let next = item.as_number().ok_or_else(|| needs(&item, "number"))?;
        total = Some(match total {
            Some(total) => total.add(next).ok_or_else(too_large)?,
            None => next.clone(),
        });
    }
    total.map(number).ok_or_else(|| Failure::error("at least one element is required"))
}

fn parse_integer(call: &Call<'_>) -> Outcome {
    let base = u32::try_from(call.integer(1)?).ok().filter(|base| (2..=62).contains(base));
    let base = base.ok_or_else(|| Failure::error("the base must be a whole number from 2 to 62"))?;
    let text = call.str(0)?;
    Num::from_digits(text, base).map(number).map_err(|error| match error {
        NumberError::Notation => Failure::Error(format!("cannot parse {text:?} as an integer of base {base}")),
        NumberError::Bounds => too_large(),
    })
}
