//! Cutting what a request may carry for a condition key into classes: those that the same conditions hold for.
//!
//! A class is known by one of its members, a value that the evaluator of requests understands: what a condition says of
//! a class is what the evaluator says of that value. So there is one meaning of every operator, in one place.

use crate::iam::condition::{ALWAYS_PRESENT, is_clock, is_key_of_another_service};
use crate::iam::resource::{Step, plain_steps, steps_by_field};
use crate::iam::simulate::{Network, parse_date, parse_number};
use crate::iam::{Condition, Glob, OperatorKind, Variables, catalogue};

use super::words::{Letter, Word, classes};

/// Values of a key that has several: their subsets are counted up to this many values.
const MAX_SUBSETS_OF: usize = 6;

/// Dates that a request of today may have, in seconds since 1970: from the start of 2026 to the end of 2099. Time only
/// moves on: what is later than the first today stays so.
const CLOCK: std::ops::Range<i128> = 1_767_225_600..4_102_444_800;

/// What a request carries for a key.
#[derive(Clone, Debug)]
pub(super) enum Given {
    /// Nothing.
    Missing,
    /// These values, as a list or as the only one.
    Values {
        /// The values.
        words: Vec<Word>,
        /// Whether the key may have several.
        several: bool,
    },
}

/// A condition key with a member of each class of what a request may carry for it.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// In lower case.
    pub(super) name: String,
    pub(super) given: Vec<Given>,
    /// Whether there is a member of every class.
    pub(super) is_complete: bool,
}

/// Which requests a key is asked about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    /// The service of the action, if it is one.
    pub(super) service: Option<&'a str>,
    /// Whether somebody of an account has signed the request.
    pub(super) is_signed: bool,
}

impl Key {
    /// The classes that conditions on this key cut.
    pub(super) fn new(name: &str, conditions: &[(&Condition, Variables)], asked: Asked) -> Self {
        let key = |given, is_complete| Self { name: name.to_owned(), given, is_complete };
        if asked.service.is_some_and(|service| is_key_of_another_service(name, service)) {
            return key(vec![Given::Missing], true);
        }
        let (words, mut is_complete) = values(name, conditions);
        let known = catalogue::condition_key(name);
        let has_qualifier =
            conditions.iter().any(|(condition, _)| condition.operator.is_some_and(|found| found.qualifier.is_some()));
        let (mut one, mut many) = (true, has_qualifier);
        if let Some(known) = known {
            (one, many) = (!known.is_multivalued(), known.is_multivalued());
        }
        let mut given = Vec::new();
        if !is_always_present(name, asked.is_signed) {
            given.push(Given::Missing);
        }
        if one {
            given.extend(words.iter().map(|word| Given::Values { words: vec![word.clone()], several: false }));
        }
        if many {
            is_complete &= words.len() <= MAX_SUBSETS_OF;
            given.extend(subsets(&words).into_iter().map(|words| Given::Values { words, several: true }));
        }
        key(given, is_complete)
    }
}

fn is_always_present(name: &str, is_signed: bool) -> bool {
    const OF_ANYONE: [&str; 4] = ["aws:currenttime", "aws:epochtime", "aws:requestedregion", "aws:securetransport"];
    if is_signed { ALWAYS_PRESENT.contains(&name) } else { OF_ANYONE.contains(&name) }
}

/// All sets of some of the words; beyond a bound, those of one, of all, and of all but one.
fn subsets(words: &[Word]) -> Vec<Vec<Word>> {
    if words.len() <= MAX_SUBSETS_OF {
        let of = |mask: usize| {
            let chosen = words.iter().enumerate().filter(move |(at, _)| mask >> at & 1 == 1);
            chosen.map(|(_, word)| word.clone()).collect()
        };
        return (1..1usize << words.len()).map(of).collect();
    }
    let single = words.iter().map(|word| vec![word.clone()]);
    let without = (0..words.len()).map(|left_out| {
        let others = words.iter().enumerate().filter(|(at, _)| *at != left_out);
        others.map(|(_, word)| word.clone()).collect()
    });
    single.chain(without).chain([words.to_vec()]).collect()
}

/// A member of each class of single values, and whether no class was missed.
fn values(name: &str, conditions: &[(&Condition, Variables)]) -> (Vec<Word>, bool) {
    let kind = catalogue::condition_key(name).map(|key| key.kind);
    if kind.is_some_and(|kind| kind.ends_with("Bool")) || is_only(conditions, Family::Bool) {
        return (vec![plain("true"), plain("false")], true);
    }
    let mut points = Points::default();
    let mut patterns: Vec<Vec<Vec<Step>>> = Vec::new();
    let mut has_wildcards = false;
    for (condition, variables) in conditions {
        let Some(operator) = condition.operator else { continue };
        let family = Family::of(operator.kind);
        for value in &condition.values {
            match family {
                Family::Null => {}
                Family::Number => points.numbers.extend(value.text.as_str().and_then(parse_number)),
                Family::Date => points.dates.extend(value.text.as_str().and_then(parse_date)),
                Family::Address => points.networks.extend(value.text.as_str().and_then(Network::parse)),
                Family::Text | Family::Folded | Family::Bool => {
                    let tokens = if operator.takes_patterns() {
                        value.glob.clone()
                    } else {
                        Glob::literal(&value.text, *variables)
                    };
                    has_wildcards |= tokens.has_wildcard() || family == Family::Folded;
                    let mut steps = plain_steps(tokens.tokens());
                    if family != Family::Text {
                        steps = steps.into_iter().map(fold).collect();
                    }
                    patterns.push(vec![steps]);
                }
                Family::Arn => {
                    has_wildcards = true;
                    patterns.extend(steps_by_field(value.glob.tokens()).map(|steps| vec![steps]));
                    patterns.extend(steps_by_field(Glob::known("arn:*:*:*:*:*").tokens()).map(|steps| vec![steps]));
                }
            }
        }
    }
    patterns.dedup();
    let mut words = points.members(is_clock(name));
    // A text and a number are told apart by both families only where one of them names single values.
    let mut is_complete = !has_wildcards || words.is_empty();
    if !patterns.is_empty() || words.is_empty() {
        match classes(&patterns, None) {
            Ok(found) => words.extend(found.into_iter().map(|class| class.word)),
            Err(_) => is_complete = false,
        }
    }
    (words, is_complete)
}

/// How an operator compares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Text,
    Folded,
    Arn,
    Bool,
    Number,
    Date,
    Address,
    Null,
}

impl Family {
    fn of(kind: OperatorKind) -> Self {
        use OperatorKind as Kind;
        match kind {
            Kind::StringEquals
            | Kind::StringNotEquals
            | Kind::StringLike
            | Kind::StringNotLike
            | Kind::BinaryEquals => Self::Text,
            Kind::StringEqualsIgnoreCase | Kind::StringNotEqualsIgnoreCase => Self::Folded,
            Kind::ArnEquals | Kind::ArnNotEquals | Kind::ArnLike | Kind::ArnNotLike => Self::Arn,
            Kind::Bool => Self::Bool,
            Kind::NumericEquals
            | Kind::NumericNotEquals
            | Kind::NumericLessThan
            | Kind::NumericLessThanEquals
            | Kind::NumericGreaterThan
            | Kind::NumericGreaterThanEquals => Self::Number,
            Kind::DateEquals
            | Kind::DateNotEquals
            | Kind::DateLessThan
            | Kind::DateLessThanEquals
            | Kind::DateGreaterThan
            | Kind::DateGreaterThanEquals => Self::Date,
            Kind::IpAddress | Kind::NotIpAddress => Self::Address,
            Kind::Null => Self::Null,
        }
    }
}

fn is_only(conditions: &[(&Condition, Variables)], family: Family) -> bool {
    let kinds =
        || conditions.iter().filter_map(|(condition, _)| condition.operator).map(|found| Family::of(found.kind));
    kinds().any(|found| found == family) && kinds().all(|found| found == family || found == Family::Null)
}

fn fold(step: Step) -> Step {
    match step {
        Step::Char(character) => Step::AnyCase(character.to_ascii_lowercase()),
        other => other,
    }
}

fn plain(text: &str) -> Word {
    text.chars().map(Letter::Char).collect()
}

/// The places at which numbers, dates and addresses go from one class to the next.
#[derive(Default)]
struct Points {
    numbers: Vec<f64>,
    dates: Vec<i128>,
    networks: Vec<Network>,
}

impl Points {
    fn members(mut self, is_clock: bool) -> Vec<Word> {
        const NANOSECONDS: i128 = 1_000_000_000;
        let mut members = Vec::new();
        self.numbers.sort_unstable_by(f64::total_cmp);
        self.numbers.dedup();
        if let (Some(first), Some(last)) = (self.numbers.first(), self.numbers.last()) {
            let between = self.numbers.windows(2).filter_map(|pair| Some(f64::midpoint(*pair.first()?, *pair.last()?)));
            let all = self.numbers.iter().copied().chain(between).chain([first - 1.0, last + 1.0]);
            members.extend(all.map(|number| plain(&number.to_string())));
        }
        let seconds = self.dates.iter().map(|date| date / NANOSECONDS);
        let mut dates: Vec<i128> = seconds.flat_map(|second| [second - 1, second, second + 1]).collect();
        if is_clock && !dates.is_empty() {
            dates.extend([CLOCK.start, CLOCK.end - 1]);
        }
        dates.sort_unstable();
        dates.dedup();
        // Four digits would be read as a year.
        let is_possible = |date: &i128| if is_clock { CLOCK.contains(date) } else { *date >= 10_000 };
        members.extend(dates.into_iter().filter(is_possible).map(|date| plain(&date.to_string())));
        members.extend(addresses(&self.networks).iter().map(|address| plain(address)));
        members
    }
}

/// An address of each class that networks cut the addresses into.
fn addresses(networks: &[Network]) -> Vec<String> {
    if networks.is_empty() {
        return Vec::new();
    }
    // Addresses of documentation first, which read as what they are.
    let mut members = vec!["198.51.100.1".to_owned(), "2001:db8::1".to_owned()];
    for network in networks {
        members.extend(network.first_and_next().into_iter().flatten().map(|address| address.to_string()));
    }
    members.extend(["0.0.0.0".to_owned(), "::".to_owned()]);
    let mut seen = rustc_hash::FxHashSet::default();
    let signature = |address: &String| -> Vec<bool> {
        let parsed = address.parse::<std::net::IpAddr>().ok();
        networks.iter().map(|network| parsed.is_some_and(|address| network.contains(address))).collect()
    };
    members.retain(|address| seen.insert(signature(address)));
    members
}
