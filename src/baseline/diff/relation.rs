//! Whether what is there is as good as what is wanted.

use crate::baseline::{Datum, Relation};
use crate::iam::Glob;

/// The word in a profile for any value at all.
pub(super) const GIVEN: &str = "given";

/// What the code says.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Have {
    /// This; nothing, where there is none.
    Value(Option<Datum>),
    /// Something whose text is not known before deployment.
    Something,
    /// It cannot be told from the code, for this reason.
    Unknown(String),
}

/// How what is there stands to what is wanted.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Standing {
    Equal,
    Stronger,
    Weaker,
    Undecided(String),
}

/// Compares.
pub(super) fn judge(have: &Have, relation: Relation, want: &Datum) -> Standing {
    if relation == Relation::AtLeast && matches!(want, Datum::List(want) if want.is_empty()) {
        return Standing::Equal;
    }
    let value = match have {
        Have::Unknown(why) => return Standing::Undecided(why.clone()),
        Have::Something if is_given(want) => return Standing::Equal,
        Have::Something => return Standing::Undecided("its value is known only after deployment".to_owned()),
        Have::Value(value) => value.as_ref(),
    };
    match (relation, value, want) {
        (Relation::Is, value, want) if is_given(want) => equal_if(value.is_some()),
        (Relation::Is, value, want) => equal_if(value == Some(want)),
        (Relation::AnyOf, Some(Datum::Text(value)), Datum::List(wanted)) => {
            match wanted.iter().position(|one| one == value) {
                Some(0) => Standing::Equal,
                Some(_) => Standing::Stronger,
                None => Standing::Weaker,
            }
        }
        (Relation::AtLeast, Some(Datum::Integer(have)), Datum::Integer(want)) => by_order(have.cmp(want)),
        (Relation::AtMost, Some(Datum::Integer(have)), Datum::Integer(want)) => by_order(want.cmp(have)),
        (Relation::AtLeast, Some(Datum::List(have)), Datum::List(want)) => contains(have, want),
        (Relation::AtMost, Some(Datum::List(have)), Datum::List(want)) => contains(want, have),
        (Relation::AtMost, None, _) => Standing::Equal,
        (Relation::Within, value, Datum::Integer(want)) => within(value, *want),
        _ => Standing::Weaker,
    }
}

fn is_given(want: &Datum) -> bool {
    matches!(want, Datum::Text(word) if word == GIVEN)
}

fn equal_if(holds: bool) -> Standing {
    if holds { Standing::Equal } else { Standing::Weaker }
}

fn by_order(order: std::cmp::Ordering) -> Standing {
    match order {
        std::cmp::Ordering::Less => Standing::Weaker,
        std::cmp::Ordering::Equal => Standing::Equal,
        std::cmp::Ordering::Greater => Standing::Stronger,
    }
}

/// Whether every pattern of `few` is covered by one of `many`.
fn contains(many: &[String], few: &[String]) -> Standing {
    let glob = |pattern: &String| Glob::known(&pattern.to_lowercase());
    let many_globs: Vec<Glob> = many.iter().map(glob).collect();
    let covered = |pattern: &String| many_globs.iter().any(|glob_of_many| glob_of_many.includes(&glob(pattern)));
    if !few.iter().all(covered) {
        return Standing::Weaker;
    }
    let few_globs: Vec<Glob> = few.iter().map(glob).collect();
    let same = many_globs.iter().all(|pattern| few_globs.iter().any(|of_few| of_few.includes(pattern)));
    if same { Standing::Equal } else { Standing::Stronger }
}

/// Days after which something ends; 0, and nothing, is never.
fn within(value: Option<&Datum>, want: i64) -> Standing {
    let have = match value {
        Some(Datum::Integer(days)) => *days,
        None => 0,
        Some(_) => return Standing::Weaker,
    };
    match (have, want) {
        (0, 0) => Standing::Equal,
        (_, 0) => Standing::Stronger,
        (0, _) => Standing::Weaker,
        _ => by_order(want.cmp(&have)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(value: i64) -> Have {
        Have::Value(Some(Datum::Integer(value)))
    }

    fn list(items: &[&str]) -> Datum {
        Datum::List(items.iter().map(|item| (*item).to_owned()).collect())
    }

    #[test]
    fn numbers_are_better_when_larger() {
        let judged = |have| judge(&integer(have), Relation::AtLeast, &Datum::Integer(14));
        assert_eq!((judged(13), judged(14), judged(15)), (Standing::Weaker, Standing::Equal, Standing::Stronger));
        assert_eq!(judge(&Have::Value(None), Relation::AtLeast, &Datum::Integer(1)), Standing::Weaker);
    }

    #[test]
    fn an_age_of_zero_is_never() {
        let judged = |have, want| judge(&integer(have), Relation::Within, &Datum::Integer(want));
        assert_eq!((judged(0, 90), judged(91, 90), judged(90, 90), judged(30, 90)), {
            (Standing::Weaker, Standing::Weaker, Standing::Equal, Standing::Stronger)
        });
        assert_eq!((judged(0, 0), judged(90, 0)), (Standing::Equal, Standing::Stronger));
        assert_eq!(judge(&Have::Value(None), Relation::Within, &Datum::Integer(90)), Standing::Weaker);
    }

    #[test]
    fn lists_are_compared_by_what_their_patterns_match() {
        let wanted = list(&["iam:ChangePassword", "iam:GetUser"]);
        let judged = |have: &[&str]| judge(&Have::Value(Some(list(have))), Relation::AtMost, &wanted);
        assert_eq!(judged(&["IAM:changepassword", "iam:GetUser"]), Standing::Equal);
        assert_eq!(judged(&["iam:GetUser"]), Standing::Stronger);
        assert_eq!(judged(&["iam:Get*"]), Standing::Weaker);
        let judged = |have: &[&str]| judge(&Have::Value(Some(list(have))), Relation::AtLeast, &wanted);
        assert_eq!(judged(&["iam:*"]), Standing::Stronger);
        assert_eq!(judged(&["iam:GetUser"]), Standing::Weaker);
        assert_eq!(judge(&Have::Value(None), Relation::AtLeast, &list(&[])), Standing::Equal);
    }

    #[test]
    fn given_is_any_value() {
        let given = Datum::Text(GIVEN.to_owned());
        assert_eq!(judge(&Have::Something, Relation::Is, &given), Standing::Equal);
        assert_eq!(judge(&Have::Value(None), Relation::Is, &given), Standing::Weaker);
        assert_eq!(judge(&Have::Unknown("why".into()), Relation::Is, &given), Standing::Undecided("why".into()));
    }

    #[test]
    fn one_of_several_is_best_when_it_is_the_first() {
        let wanted = list(&["aws:kms", "aws:kms:dsse"]);
        let judged = |have: &str| judge(&Have::Value(Some(Datum::Text(have.into()))), Relation::AnyOf, &wanted);
        assert_eq!((judged("aws:kms"), judged("aws:kms:dsse"), judged("AES256")), {
            (Standing::Equal, Standing::Stronger, Standing::Weaker)
        });
    }
}
