//! The operators of the Terraform language over values that may be known only in part.

use hcl::expr::{BinaryOperator, UnaryOperator};

use crate::value::{Form, Kind, NumberError, Symbol, Unknown, Value, Why};

use super::alternatives::distribute;
use super::convert::{Type, common_type, convert};
use super::equality::equal;
use super::spread;

/// The result of a unary operator.
pub(crate) fn unary(operator: UnaryOperator, operand: Value) -> Value {
    let form = if operator == UnaryOperator::Not { Form::Bool } else { Form::Number };
    let name = |operands: &[Value]| {
        Symbol::new(format!("{}{}", operator.as_str(), canonical(operands.first()))).of_form(Some(form.clone()))
    };
    distribute(vec![operand], &name, |operands| {
        let ty = match operator {
            UnaryOperator::Not => Type::Bool,
            UnaryOperator::Neg => Type::Number,
        };
        let operand = convert(operands.first().cloned().unwrap_or_else(Value::null), &ty);
        match (&operand.kind, operator) {
            (Kind::Bool(value), UnaryOperator::Not) => Value::bool(!value),
            (Kind::Number(value), UnaryOperator::Neg) => Value::new(Kind::Number(value.negated()), None),
            (Kind::Unknown(unknown), _) => Value::unknown(name(&operands), unknown.why.clone()),
            _ => error(name(&operands), "the operand must not be null"),
        }
    })
}

/// The result of a binary operator.
///
/// `false && x` is false and `true || x` is true whatever `x` is, an error included: so Terraform has it since
/// 1.12, and code that relies on it (`var.x != null && var.x.y`) is common.
pub(crate) fn binary(operator: BinaryOperator, left: Value, right: Value) -> Value {
    let form = match operator {
        BinaryOperator::Plus
        | BinaryOperator::Minus
        | BinaryOperator::Mul
        | BinaryOperator::Div
        | BinaryOperator::Mod => Form::Number,
        _ => Form::Bool,
    };
    let name = |operands: &[Value]| {
        let [left, right] = [operands.first(), operands.get(1)].map(canonical);
        Symbol::new(format!("({left} {} {right})", operator.as_str())).of_form(Some(form.clone()))
    };
    distribute(vec![left, right], &name, |operands| {
        let [left, right] = operands.as_slice() else { return Value::null() };
        let name = || name(&operands);
        match operator {
            BinaryOperator::Eq | BinaryOperator::NotEq => equality(operator, left, right, name),
            BinaryOperator::And | BinaryOperator::Or => logic(operator, left, right, name),
            _ => arithmetic(operator, left, right, name),
        }
    })
}

/// The result of `condition ? then : otherwise`. The arms take the type that both convert to; an unknown
/// condition gives both.
pub(crate) fn conditional(condition: &Value, then: Value, otherwise: Value) -> Value {
    let name =
        || Symbol::new(format!("({} ? {} : {})", condition.canonical(), then.canonical(), otherwise.canonical()));
    let (mut may_hold, mut may_fail) = (false, false);
    for arm in condition.alternatives() {
        let arm = convert(arm.clone(), &Type::Bool);
        match &arm.kind {
            Kind::Bool(true) => may_hold = true,
            Kind::Bool(false) => may_fail = true,
            Kind::Unknown(Unknown { why: why @ Why::Error(_), .. }) => return Value::unknown(name(), why.clone()),
            Kind::Unknown(_) => (may_hold, may_fail) = (true, true),
            _ => return error(name(), "the condition must be true or false, not null"),
        }
    }
    match (may_hold, may_fail) {
        (true, false) => in_common_type(then, otherwise),
        (false, true) => in_common_type(otherwise, then),
        _ => {
            let arms =
                [in_common_type(then.clone(), otherwise.clone()), in_common_type(otherwise.clone(), then.clone())];
            Value::one_of(arms, || {
                let why = Why::Budget("too many alternatives of undecided conditions".into());
                Value::unknown(name(), why)
            })
        }
    }
}

/// A value as one of the type that both have in common: what a conditional gives whose other arm is `other`.
pub(crate) fn in_common_type(value: Value, other: Value) -> Value {
    if same_primitive(&value, &other) {
        return value;
    }
    let pair = [value, other];
    let ty = common_type(&pair);
    let [value, other] = pair;
    match ty {
        Some(ty) => convert(value, &ty),
        None if value.is_wholly_known() && other.is_wholly_known() => {
            let symbol = Symbol::new(format!("(? {} : {})", value.canonical(), other.canonical()));
            error(symbol, "the arms of a conditional must have one type")
        }
        // What comes from a resource has the types that its provider gives it, which may fit.
        None => value,
    }
}

fn same_primitive(then: &Value, otherwise: &Value) -> bool {
    then.is_null()
        || otherwise.is_null()
        || matches!(
            (&then.kind, &otherwise.kind),
            (Kind::Bool(_), Kind::Bool(_)) | (Kind::Number(_), Kind::Number(_)) | (Kind::Text(_), Kind::Text(_))
        )
}

fn canonical(operand: Option<&Value>) -> String {
    operand.map(Value::canonical).unwrap_or_default()
}

fn error(symbol: Symbol, message: &str) -> Value {
    Value::unknown(symbol, Why::Error(message.into()))
}

/// The unknown that decides: an error before all others.
fn first_unknown<'a>(left: &'a Value, right: &'a Value) -> Option<&'a Unknown> {
    let unknowns = || [left, right].into_iter().filter_map(Value::as_unknown);
    unknowns().find(|unknown| matches!(unknown.why, Why::Error(_))).or_else(|| unknowns().next())
}

fn equality(operator: BinaryOperator, left: &Value, right: &Value, name: impl FnOnce() -> Symbol) -> Value {
    if let Some(Unknown { why: why @ Why::Error(_), .. }) = first_unknown(left, right) {
        return Value::unknown(name(), why.clone());
    }
    if let Some(equal) = equal(left, right) {
        return Value::bool(equal == (operator == BinaryOperator::Eq));
    }
    let why = spread::why_within(left).or_else(|| spread::why_within(right));
    Value::unknown(name(), why.unwrap_or_else(|| Why::AfterDeployment("a part of the compared values".into())))
}

fn logic(operator: BinaryOperator, left: &Value, right: &Value, name: impl Fn() -> Symbol) -> Value {
    let decisive = operator == BinaryOperator::Or;
    let left = convert(left.clone(), &Type::Bool);
    if left.as_bool() == Some(decisive) {
        return Value::bool(decisive);
    }
    let right = convert(right.clone(), &Type::Bool);
    if right.as_bool() == Some(decisive) && !matches!(left.as_unknown(), Some(Unknown { why: Why::Error(_), .. })) {
        return Value::bool(decisive);
    }
    match (first_unknown(&left, &right), left.is_null() || right.is_null()) {
        (Some(unknown), _) => Value::unknown(name(), unknown.why.clone()),
        (None, true) => error(name(), "the operands of a logical operator must not be null"),
        (None, false) => Value::bool(!decisive),
    }
}

fn arithmetic(operator: BinaryOperator, left: &Value, right: &Value, name: impl Fn() -> Symbol) -> Value {
    let left = convert(left.clone(), &Type::Number);
    let right = convert(right.clone(), &Type::Number);
    if let Some(unknown) = first_unknown(&left, &right) {
        return Value::unknown(name(), unknown.why.clone());
    }
    let (Some(a), Some(b)) = (left.as_number(), right.as_number()) else {
        return error(name(), "the operands must not be null");
    };
    let result = match operator {
        BinaryOperator::Less => return Value::bool(a < b),
        BinaryOperator::LessEq => return Value::bool(a <= b),
        BinaryOperator::Greater => return Value::bool(a > b),
        BinaryOperator::GreaterEq => return Value::bool(a >= b),
        BinaryOperator::Div if a.is_zero() && b.is_zero() => return error(name(), "division of zero by zero"),
        // Terraform goes on with infinities, which it cannot print.
        BinaryOperator::Div if b.is_zero() => return Value::unknown(name(), Why::Unsupported("infinity".into())),
        BinaryOperator::Plus => a.add(b),
        BinaryOperator::Minus => a.subtract(b),
        BinaryOperator::Mul => a.multiply(b),
        BinaryOperator::Mod => a.remainder(b),
        BinaryOperator::Div => a.divide(b),
        BinaryOperator::Eq | BinaryOperator::NotEq | BinaryOperator::And | BinaryOperator::Or => return Value::null(),
    };
    match result {
        Some(number) => Value::new(Kind::Number(number), None),
        None => Value::unknown(name(), Why::Budget(NumberError::Bounds.to_string().into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(name: &str) -> Value {
        Value::unknown(Symbol::new(name), Why::Input(name.into()))
    }

    #[test]
    fn logic_decides_without_the_unknown() {
        let x = || unknown("var.x");
        assert_eq!(binary(BinaryOperator::And, Value::bool(false), x()), Value::bool(false));
        assert_eq!(binary(BinaryOperator::And, x(), Value::bool(false)), Value::bool(false));
        assert_eq!(binary(BinaryOperator::Or, x(), Value::bool(true)), Value::bool(true));
        assert!(binary(BinaryOperator::And, x(), Value::bool(true)).is_unknown());
        assert_eq!(binary(BinaryOperator::And, Value::text("true"), Value::text("1")), Value::bool(true));
    }

    #[test]
    fn an_error_on_the_left_is_not_hidden() {
        let bad = Value::unknown(Symbol::new("bad"), Why::Error("no".into()));
        let result = binary(BinaryOperator::And, bad.clone(), Value::bool(false));
        assert!(matches!(result.as_unknown().unwrap().why, Why::Error(_)));
        assert_eq!(binary(BinaryOperator::And, Value::bool(false), bad), Value::bool(false));
    }

    #[test]
    fn arithmetic_is_exact_where_it_can_be() {
        let number = |text: &str| Value::new(Kind::Number(text.parse().unwrap()), None);
        let show = |operator, a, b| binary(operator, number(a), number(b)).canonical();
        assert_eq!(show(BinaryOperator::Plus, "0.1", "0.2"), "0.3");
        assert_eq!(show(BinaryOperator::Plus, "9007199254740993", "1"), "9007199254740994");
        assert_eq!(show(BinaryOperator::Div, "7", "2"), "3.5");
        assert_eq!(show(BinaryOperator::Div, "6", "2"), "3");
        assert_eq!(show(BinaryOperator::Mod, "-7", "3"), "-1");
        let by_zero = binary(BinaryOperator::Div, number("1"), number("0"));
        assert!(matches!(by_zero.as_unknown().unwrap().why, Why::Unsupported(_)));
        let nothing = binary(BinaryOperator::Div, number("0"), number("0"));
        assert!(matches!(nothing.as_unknown().unwrap().why, Why::Error(_)));
        let overflow = binary(BinaryOperator::Mod, Value::integer(i64::MIN), Value::integer(-1));
        assert_eq!(overflow.canonical(), "0");
    }

    #[test]
    fn an_undecided_condition_gives_both_arms() {
        let result = conditional(&unknown("var.on"), Value::integer(1), Value::text("a"));
        assert_eq!(result.alternatives(), [Value::text("1"), Value::text("a")]);
        let either = Value::one_of([Value::bool(true), Value::bool(false)], Value::null);
        assert_eq!(conditional(&either, Value::integer(1), Value::integer(2)).alternatives().len(), 2);
        assert_eq!(conditional(&Value::text("true"), Value::integer(1), Value::integer(2)), Value::integer(1));
    }

    #[test]
    fn operators_distribute_over_alternatives() {
        let either = Value::one_of([Value::integer(1), Value::integer(2)], Value::null);
        let sum = binary(BinaryOperator::Plus, either.clone(), Value::integer(10));
        assert_eq!(sum.alternatives(), [Value::integer(11), Value::integer(12)]);
        assert_eq!(binary(BinaryOperator::Less, either, Value::integer(5)), Value::bool(true));
        assert_eq!(unary(UnaryOperator::Neg, Value::integer(3)), Value::integer(-3));
    }
}
