//! Numeric functions.

use crate::value::{Kind, Number as Num, Value, Why};

use super::call::Parameter::{Any, Number};
use super::call::{Call, Failure, Function, Outcome, needs};
use super::collection::fixed_length;
use crate::terraform::convert::{Type, try_convert};
use crate::terraform::operators::rounded;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "abs" => Function::new(&[Number], |call| whole_or(call, i64::checked_abs, f64::abs)),
        "ceil" => Function::new(&[Number], |call| whole_or(call, Some, f64::ceil)),
        "floor" => Function::new(&[Number], |call| whole_or(call, Some, f64::floor)),
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

fn number(result: f64) -> Outcome {
    let number = Num::from_f64(result).ok_or_else(|| Failure::error("the result is not a number"))?;
    Ok(Value::new(Kind::Number(number), None))
}

fn whole_or(call: &Call<'_>, whole: fn(i64) -> Option<i64>, float: fn(f64) -> f64) -> Outcome {
    let argument = call.number(0)?;
    match argument.as_i64().and_then(whole) {
        Some(result) => Ok(Value::integer(result)),
        None => number(float(argument.as_f64())),
    }
}

fn log(call: &Call<'_>) -> Outcome {
    number(call.number(0)?.as_f64().ln() / call.number(1)?.as_f64().ln())
}

fn power(call: &Call<'_>) -> Outcome {
    let (base, exponent) = (call.number(0)?, call.number(1)?);
    let whole = base.as_i64().zip(exponent.as_i64().and_then(|exponent| u32::try_from(exponent).ok()));
    match whole.and_then(|(base, exponent)| base.checked_pow(exponent)) {
        Some(result) => Ok(Value::integer(result)),
        None => number(base.as_f64().powf(exponent.as_f64())),
    }
}

fn extreme(call: &Call<'_>, better: fn(&Num, &Num) -> bool) -> Outcome {
    let mut best: Option<Num> = None;
    for index in 0..call.arguments.len() {
        let next = call.number(index)?;
        if best.is_none_or(|best| better(&next, &best)) {
            best = Some(next);
        }
    }
    let best = best.ok_or_else(|| Failure::error("at least one number is required"))?;
    Ok(Value::new(Kind::Number(best), None))
}

fn sum(call: &Call<'_>) -> Outcome {
    let list = call.list(0)?;
    fixed_length(list)?;
    if list.is_empty() {
        return Err(Failure::error("at least one element is required"));
    }
    let mut exact = Some(0i64);
    let mut total = 0.0;
    for item in list {
        let item = try_convert(item, &Type::Number).map_err(Failure::Error)?;
        let number = item.as_number().ok_or_else(|| needs(&item, "number"))?;
        exact = exact.zip(number.as_i64()).and_then(|(sum, next)| sum.checked_add(next));
        total = rounded(total + number.as_f64());
    }
    match exact {
        Some(sum) => Ok(Value::integer(sum)),
        None => number(total),
    }
}

/// Digits are `0-9`, `a-z`, and for bases above 36 also `A-Z`; up to 36 both cases mean the same.
fn parse_integer(call: &Call<'_>) -> Outcome {
    let base = u32::try_from(call.integer(1)?).ok().filter(|base| (2..=62).contains(base));
    let base = base.ok_or_else(|| Failure::error("the base must be a whole number from 2 to 62"))?;
    let text = call.str(0)?;
    let invalid = || Failure::Error(format!("cannot parse {text:?} as an integer of base {base}"));
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() {
        return Err(invalid());
    }
    let mut result: i64 = 0;
    for character in digits.chars() {
        let digit = match character {
            'A'..='Z' if base > 36 => u32::from(character) - u32::from('A') + 36,
            _ => character.to_digit(36).ok_or_else(invalid)?,
        };
        if digit >= base {
            return Err(invalid());
        }
        let shifted = result.checked_mul(i64::from(base)).and_then(|result| result.checked_add(i64::from(digit)));
        result = shifted.ok_or_else(|| Failure::Unknown(Why::Budget("an integer beyond 64 bits".into())))?;
    }
    Ok(Value::integer(if negative { -result } else { result }))
}
