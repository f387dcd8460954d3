//! What is wrong with a policy, whatever it is about: the checks of AWS's policy validation that need nothing but the
//! policy and the catalogue.
//!
//! A fault names the check that finds it, and the code under which AWS reports the same. What is not known in a policy
//! is no fault: a check is silent about it. Source: AWS IAM User Guide, "IAM policy validation check reference" and
//! "Grammar of the IAM JSON policy language".

mod actions;
mod arn;
mod conditions;
mod effect;
mod elements;
mod keys;
mod nearest;
mod principals;
mod resources;
mod service_principals;
mod size;
#[cfg(test)]
mod tests;
mod trust;
mod values;
mod variables;

pub use elements::{Problem, problems};
pub use size::size;

use crate::source::Span;
use crate::value::Value;

use super::document::{Document, Statement};

/// A policy of more values than this is longer than any that AWS takes (32 KB, with a few characters for each value), and
/// is not looked at further: several checks compare its parts with one another.
const MAX_VALUES: usize = 10_000;

/// Names that are looked for in a whole document in place of those that do not exist. Each is compared with all names
/// there are; the fiftieth mistake has the cause of the first.
const MAX_SUGGESTIONS: usize = 50;

/// Where a policy is put, which decides what it may say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PolicyType {
    /// On a principal, as its boundary or session policy: says what, not who.
    Identity,
    /// On a resource: says who.
    Resource,
    /// On a role: says who may assume it.
    Trust,
    /// A service control policy of an organization: says what its principals may do at most.
    ServiceControl,
    /// A resource control policy of an organization: says what may be done to its resources at most.
    ResourceControl,
}

impl PolicyType {
    /// Whether it says what its holder may do, and not who may do it.
    fn is_without_principals(self) -> bool {
        matches!(self, Self::Identity | Self::ServiceControl)
    }
}

/// What is known of a policy besides its text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Subject {
    /// Where it is put; none where the code does not tell.
    pub policy_type: Option<PolicyType>,
    /// The prefix of the only service whose actions and resources it can be about: `s3` for a bucket's policy.
    pub service: Option<&'static str>,
    /// Whether each statement must name resources.
    pub needs_resource: bool,
}

impl Subject {
    /// A policy of this type, about any service.
    pub const fn of(policy_type: PolicyType) -> Self {
        let needs_resource = !matches!(policy_type, PolicyType::Resource | PolicyType::Trust);
        Self { policy_type: Some(policy_type), service: None, needs_resource }
    }

    /// A policy of which only the text is known.
    pub const UNKNOWN: Self = Self { policy_type: None, service: None, needs_resource: false };

    fn is(&self, policy_type: PolicyType) -> bool {
        self.policy_type == Some(policy_type)
    }
}

/// The question that a fault answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Check {
    /// Is it JSON, with the elements that a policy has, each of its type?
    Syntax,
    /// Does it have elements that policies of its type do not take?
    UnsupportedElement,
    /// Is it of the current version?
    OldVersion,
    /// Does it use variables though its version has none?
    VariableInOldVersion,
    /// Can its variables be replaced?
    MalformedVariable,
    /// Are there such actions?
    UnknownAction,
    /// Are there such condition keys?
    UnknownConditionKey,
    /// Do requests for the actions carry the condition keys?
    UnsupportedConditionKey,
    /// Are operators and values of conditions valid, and of the type of their key?
    InvalidCondition,
    /// Are wildcards where they are no wildcards?
    WildcardWithoutLike,
    /// Do the qualifiers fit the keys?
    Qualifier,
    /// Can a condition be false?
    ConditionAlwaysTrue,
    /// Can a condition be true?
    ConditionNeverTrue,
    /// Has a date passed?
    ExpiredDate,
    /// Does a Deny hit AWS's services that act for a caller?
    DenyBreaksServiceCalls,
    /// Are the resources' ARNs well formed?
    MalformedArn,
    /// Can the actions be about the resources?
    ResourceNeverMatches,
    /// Are there such principals?
    InvalidPrincipal,
    /// Do the actions of a trust policy fit its principals?
    TrustAction,
}

/// How much a fault weighs among those of its check.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Weight {
    /// For those who want to know everything.
    Trifle,
    /// Worth knowing.
    Note,
    /// Harmless today.
    Minor,
    /// As the check says.
    Usual,
    /// Opens what was meant to be closed.
    Worse,
}

/// Something wrong in a policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The question.
    pub check: Check,
    /// The code under which AWS's policy validation reports it, where it does.
    pub code: Option<&'static str>,
    /// What is wrong, and what was meant where that can be told.
    pub message: String,
    /// Where.
    pub span: Option<Span>,
    /// How much it weighs.
    pub weight: Weight,
    /// Whether it holds whatever is unknown, and however old the catalogue is.
    pub is_certain: bool,
    /// The statement, counted from 1.
    pub statement: Option<usize>,
}

impl Fault {
    fn weigh(&mut self, weight: Weight) -> &mut Self {
        self.weight = weight;
        self
    }

    fn likely(&mut self) -> &mut Self {
        self.is_certain = false;
        self
    }

    fn coded(&mut self, code: &'static str) -> &mut Self {
        self.code = Some(code);
        self
    }
}

/// The faults found so far, and what holds for those that come.
struct Faults {
    found: Vec<Fault>,
    /// The statement that is looked at, counted from 1.
    statement: Option<usize>,
    /// Whether what is looked at is there only for some values of what is unknown.
    possible: bool,
    /// Where what is looked at stands, for parts without a place.
    place: Option<Span>,
    /// How many more names are looked for that were probably meant.
    suggestions: usize,
}

impl Faults {
    fn new(place: Option<Span>) -> Self {
        Self { found: Vec::new(), statement: None, possible: false, place, suggestions: MAX_SUGGESTIONS }
    }

    /// Looks for the name that was probably meant, unless that has been done often enough.
    fn suggest<T>(&mut self, look: impl FnOnce() -> Option<T>) -> Option<T> {
        self.suggestions = self.suggestions.checked_sub(1)?;
        look()
    }

    /// Says whether what comes next is there for some values of what is unknown only. Gives what held before.
    fn suppose(&mut self, possible: bool) -> bool {
        let before = self.possible;
        self.possible |= possible;
        before
    }

    fn add(&mut self, check: Check, span: Option<Span>, message: impl Into<String>) -> &mut Fault {
        self.found.push(Fault {
            check,
            code: None,
            message: message.into(),
            span: span.or(self.place),
            weight: Weight::Usual,
            is_certain: !self.possible,
            statement: self.statement,
        });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }
}

/// Everything that is wrong with a policy, in the order of its statements.
pub fn faults(policy: &Value, subject: &Subject) -> Vec<Fault> {
    let arms = policy.alternatives();
    let mut faults = Faults::new(policy.origin);
    let mut left = MAX_VALUES;
    if !elements::is_within(policy, 0, &mut left) {
        let message = format!("the policy has more than {MAX_VALUES} values, and is longer than any that AWS takes");
        faults.add(Check::Syntax, policy.origin, message);
        return faults.found;
    }
    for arm in arms.iter().filter(|arm| !arm.is_null() && !arm.is_unknown()) {
        faults.possible = arms.len() > 1;
        elements::document(arm, subject, &mut faults);
        let document = Document::read(arm);
        for (index, statement) in document.statements.iter().enumerate() {
            faults.statement = Some(index + 1);
            faults.possible = arms.len() > 1 || statement.possible;
            faults.place = statement.span.or(arm.origin);
            of_statement(&document, statement, subject, &mut faults);
        }
        faults.statement = None;
        faults.place = policy.origin;
    }
    faults.found
}

fn of_statement(document: &Document, statement: &Statement, subject: &Subject, faults: &mut Faults) {
    actions::check(statement, subject, faults);
    resources::check(statement, subject, faults);
    principals::check(statement, subject, faults);
    trust::check(statement, subject, faults);
    for condition in statement.conditions.iter().filter(|condition| !condition.is_unknown()) {
        let possible = faults.suppose(condition.possible);
        keys::check(statement, condition, faults);
        values::check(condition, faults);
        conditions::check(statement, condition, faults);
        faults.possible = possible;
    }
    effect::check(statement, subject, faults);
    variables::check(document, statement, faults);
}
