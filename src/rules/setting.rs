//! Rules that are one sentence about one setting: of such a kind, this setting must not be so.

use crate::finding::Finding;
use crate::model::{Account, Attribute, Kind, Resource, Setting, texts};
use crate::value::{Value, Why};

use super::{Findings, Rule};

/// What is wrong with a setting.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    /// It is off.
    Off,
    /// It is on.
    On,
    /// Nothing is given.
    Missing,
    /// It is one of these, in any case.
    Is(&'static [&'static str]),
    /// It is given, and none of these.
    IsNot(&'static [&'static str]),
    /// It is a number from the first to the second.
    Between(i64, i64),
}

/// A sentence about all resources of a kind.
#[derive(Debug)]
pub(super) struct Sentence {
    pub(super) kind: &'static Kind,
    pub(super) attribute: &'static Attribute,
    pub(super) fault: Fault,
    /// What to say of it.
    pub(super) message: &'static str,
}

impl Fault {
    /// Whether a setting has the fault, whichever of its alternatives holds.
    pub(super) fn is_in(self, setting: &Setting) -> Result<bool, Why> {
        let mut agreed = None;
        for own in setting.alternatives() {
            let this = self.is_in_one(&own)?;
            if agreed.is_some_and(|before| before != this) {
                return Err(Why::Input("the condition that chooses between several values".into()));
            }
            agreed = Some(this);
        }
        Ok(agreed.unwrap_or(false))
    }

    fn is_in_one(self, setting: &Setting) -> Result<bool, Why> {
        let is_among = |names: &[&str], text: &str| names.iter().any(|name| name.eq_ignore_ascii_case(text));
        Ok(match self {
            Self::Off => !setting.as_bool()?,
            Self::On => setting.as_bool()?,
            Self::Missing => !setting.is_given()?,
            Self::Is(names) => setting.as_str()?.is_some_and(|text| is_among(names, &text)),
            Self::IsNot(names) => setting.as_str()?.is_some_and(|text| !is_among(names, &text)),
            Self::Between(least, most) => setting.as_integer()?.is_some_and(|number| (least..=most).contains(&number)),
        })
    }
}

/// Asks sentences of all resources of their kinds.
pub(super) fn ask(rule: &'static Rule, sentences: &[Sentence], account: &Account, findings: &mut Findings) {
    for sentence in sentences {
        for resource in account.of_kind(sentence.kind) {
            ask_one(rule, sentence, resource, findings);
        }
    }
}

/// Asks a sentence of one resource, whatever its kind.
pub(super) fn ask_one<'f>(
    rule: &'static Rule,
    sentence: &Sentence,
    resource: &Resource,
    findings: &'f mut Findings,
) -> Option<&'f mut Finding> {
    let setting = resource.setting(sentence.attribute);
    let answer = sentence.fault.is_in(&setting);
    let found = findings.decide(rule, resource, setting.span, answer);
    found.then(|| findings.add(rule, resource, setting.span, sentence.message))
}

/// Whether a value names a resource by reference, or may name any.
pub(super) fn may_name(value: &Value, resource: &Resource) -> bool {
    texts(value).iter().any(|(text, _)| {
        text.as_symbol().is_some_and(|symbol| match symbol.reference() {
            // A reference need not say which instance.
            Some(reference) => {
                let rest = resource.address.strip_prefix(&*reference.address);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
            }
            None => true,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Sources, Span};
    use crate::value::Symbol;

    fn setting(value: Value) -> Setting {
        let sources = Sources::new("/".into());
        let file = sources.add_text("/a.tf".into(), Vec::new()).unwrap();
        Setting { value, span: Span::new(file.id(), 0, 0), explicit: true }
    }

    #[test]
    fn alternatives_must_agree() {
        let either = |a, b| setting(Value::one_of([Value::integer(a), Value::integer(b)], Value::null));
        assert_eq!(Fault::Between(1, 9).is_in(&either(3, 5)), Ok(true));
        assert_eq!(Fault::Between(1, 9).is_in(&either(30, 50)), Ok(false));
        assert!(Fault::Between(1, 9).is_in(&either(3, 50)).is_err());
    }

    #[test]
    fn what_is_not_known_is_undecided() {
        let unknown = setting(Value::unknown(Symbol::new("var.x"), Why::Input("var.x".into())));
        for fault in [Fault::Off, Fault::On, Fault::Missing, Fault::Is(&["a"]), Fault::Between(0, 1)] {
            assert!(fault.is_in(&unknown).is_err(), "{fault:?}");
        }
        assert_eq!(Fault::Is(&["http"]).is_in(&setting(Value::text("HTTP"))), Ok(true));
        assert_eq!(Fault::IsNot(&["http"]).is_in(&setting(Value::null())), Ok(false));
    }
}
