//! Computing with values that are one of several.

use crate::value::{MAX_ALTERNATIVES, Symbol, Value, Why};

/// What `compute` gives for every choice among the alternatives of `operands`, as alternatives again.
///
/// `name` names the unknown that comes out when the choices are more than [`MAX_ALTERNATIVES`].
pub(crate) fn distribute(
    operands: Vec<Value>,
    name: &dyn Fn(&[Value]) -> Symbol,
    mut compute: impl FnMut(Vec<Value>) -> Value,
) -> Value {
    let choices = operands
        .iter()
        .try_fold(1usize, |product, operand| product.checked_mul(operand.alternatives().len()))
        .unwrap_or(usize::MAX);
    if choices == 1 {
        return compute(operands);
    }
    let too_many = || {
        let why = format!("more than {MAX_ALTERNATIVES} combinations of undecided conditions");
        Value::unknown(name(&operands), Why::Budget(why.into()))
    };
    if choices > MAX_ALTERNATIVES {
        return too_many();
    }
    let results: Vec<Value> = (0..choices).map(|choice| compute(choose(&operands, choice))).collect();
    Value::one_of(results, too_many)
}

/// The operands with each alternative settled: `choice` counts through all combinations, the last operand fastest.
fn choose(operands: &[Value], mut choice: usize) -> Vec<Value> {
    let mut chosen: Vec<Value> = operands
        .iter()
        .rev()
        .map(|operand| {
            let arms = operand.alternatives();
            // A value has at least one alternative, and the remainder is below their number.
            let arm = arms.get(choice % arms.len().max(1)).unwrap_or(operand);
            choice /= arms.len().max(1);
            arm.clone().or_at(operand.origin)
        })
        .collect();
    chosen.reverse();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Number;

    fn either(a: i64, b: i64) -> Value {
        Value::one_of([Value::integer(a), Value::integer(b)], Value::null)
    }

    fn sum(operands: Vec<Value>) -> Value {
        distribute(operands, &|_| Symbol::new("sum"), |chosen| {
            Value::integer(chosen.iter().filter_map(Value::as_number).filter_map(Number::as_i64).sum())
        })
    }

    #[test]
    fn every_combination_in_order() {
        let result = sum(vec![either(1, 2), Value::integer(10), either(100, 200)]);
        let numbers: Vec<i64> = result.alternatives().iter().filter_map(|arm| arm.as_number()?.as_i64()).collect();
        assert_eq!(numbers, [111, 211, 112, 212]);
    }

    #[test]
    fn too_many_combinations_are_unknown() {
        let result = sum(vec![either(1, 2), either(4, 8), either(16, 32), either(64, 128), either(256, 512)]);
        assert!(matches!(result.as_unknown().unwrap().why, Why::Budget(_)));
    }
}
