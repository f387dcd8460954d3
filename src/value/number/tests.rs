use std::cmp::Ordering;

use proptest::prelude::*;

use super::*;

fn number(text: &str) -> Number {
    text.parse().unwrap()
}

fn printed(number: Option<Number>) -> String {
    number.unwrap().to_string()
}

#[test]
fn tenths_add_up() {
    assert_eq!(printed(number("0.1").add(&number("0.2"))), "0.3");
    assert_eq!(printed(number("0.7").add(&number("0.1"))), "0.8");
    assert!(printed(number("1.1").multiply(&number("1.1"))).starts_with("1.21000"));
}

#[test]
fn a_quotient_has_the_digits_of_its_precision() {
    let third = printed(number("1").divide(&number("3")));
    assert_eq!((third.len(), third.ends_with("335")), (157, true), "{third}");
    assert_eq!(printed(Number::from(1).divide(&Number::from(3))), "0.33333333333333333334");
    assert_eq!(number("1").divide(&number("0")), None);
}

#[test]
fn whole_numbers_of_any_size_are_exact() {
    let product = number("123456789012345678901234567890").multiply(&number("987654321098765432109876543210"));
    assert_eq!(printed(product), "121932631137021795226185032733622923332237463801111263526900");
    assert_eq!(printed(number("9223372036854775807").add(&number("1"))), "9223372036854775808");
    assert_eq!(number("-9223372036854775808").negated().to_string(), "9223372036854775808");
    assert_eq!(number("9223372036854775808").negated().as_i64(), Some(i64::MIN));
}

#[test]
fn zero_has_a_sign_that_only_shows() {
    let zero = number("0").negated();
    assert_eq!(zero.to_string(), "-0");
    assert_eq!(zero, number("0"));
    assert_eq!(zero.as_i64(), Some(0));
    assert_eq!(printed(zero.add(&number("0"))), "0");
}

#[test]
fn what_is_beyond_the_bounds_is_none() {
    assert_eq!("1e999999999".parse::<Number>(), Err(NumberError::Bounds));
    assert_eq!("1e99999999999999999999".parse::<Number>(), Err(NumberError::Bounds));
    assert_eq!("9".repeat(1_000_000).parse::<Number>(), Err(NumberError::Bounds));
    let mut large = number("1e4000");
    assert!(large.add(&number("1e-4000")).is_some());
    large = large.multiply(&number("1e800")).unwrap();
    assert_eq!(large.multiply(&large), None);
    assert_eq!(number("1e-4000").divide(&large), None);
}

#[test]
fn notations() {
    for (text, expected) in
        [("+5", "5"), (".5", "0.5"), ("5.", "5"), ("1E3", "1000"), ("-007", "-7"), ("1e-7", "0.0000001")]
    {
        assert_eq!(number(text).to_string(), expected);
    }
    for text in ["", ".", "1e", "1e+", " 1", "1_000", "0x10", "inf", "--5", "1p3", "٣"] {
        assert_eq!(text.parse::<Number>(), Err(NumberError::Notation), "{text}");
    }
    assert_eq!(Number::with_any_exponent("5p3").unwrap(), number("40"));
    assert_eq!(Number::from_digits("-7fffffffffffffffffff", 16).unwrap(), number("-604462909807314587353087"));
}

#[test]
fn forms_of_printing() {
    let third = number("1").divide(&number("3")).unwrap();
    assert_eq!(third.print_size(Notation::Fixed, Some(3)), "0.333");
    assert_eq!(third.print_size(Notation::Scientific, Some(2)), "3.33e-01");
    assert_eq!(number("2.5").print_size(Notation::Fixed, Some(0)), "2");
    assert_eq!(number("1000000").print_size(Notation::General, None), "1e+06");
    assert_eq!(number("123456").print_size(Notation::General, Some(3)), "1.23e+05");
}

proptest! {
    /// Doubles come back, and print as shortly as any printer prints them. Printers differ where two texts of that length
    /// are equally near.
    #[test]
    fn doubles_are_kept(bits in any::<u64>()) {
        let double = f64::from_bits(bits);
        // Subnormal doubles have fewer digits than their precision tells.
        prop_assume!(double.is_normal());
        let number = Number::from_f64(double).unwrap();
        prop_assert_eq!(number.as_f64().to_bits(), double.to_bits());
        let printed = number.to_string();
        prop_assert_eq!(printed.parse::<f64>().map(f64::to_bits), Ok(double.to_bits()));
        prop_assert_eq!(printed.len(), double.to_string().len());
    }

    /// Sums, products and the order of whole numbers, against machine integers.
    #[test]
    fn whole_numbers_agree_with_the_machine(a in any::<i64>(), b in any::<i64>()) {
        let (x, y) = (Number::from(a), number(&b.to_string()));
        prop_assert_eq!(printed(x.add(&y)), (i128::from(a) + i128::from(b)).to_string());
        prop_assert_eq!(printed(x.subtract(&y)), (i128::from(a) - i128::from(b)).to_string());
        if a != 0 && b != 0 {
            prop_assert_eq!(printed(x.multiply(&y)), (i128::from(a) * i128::from(b)).to_string());
        }
        prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        if b != 0 {
            prop_assert_eq!(x.remainder(&y).unwrap().as_i64().map(i128::from), Some(i128::from(a) % i128::from(b)));
        }
    }

    /// What is printed is read as the same number again, and is between its neighbours.
    #[test]
    fn printing_is_exact(digits in "[1-9][0-9]{0,60}", places in 0usize..70) {
        let text = format!("{digits}e-{places}");
        let read = number(&text);
        prop_assert_eq!(number(&read.to_string()).cmp(&read), Ordering::Equal);
        let tiny = number("1e-200");
        prop_assert!(read.subtract(&tiny).unwrap() <= read && read.add(&tiny).unwrap() >= read);
        prop_assert!(read.floor().unwrap() <= read && read.ceiling().unwrap() >= read);
    }
}
