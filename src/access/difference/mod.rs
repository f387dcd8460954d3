//! What a change of the code newly grants, and what it takes away: two states of the code compared, each principal with
//! itself, and each door (a trust policy, a resource policy) by who newly comes in.
//!
//! What AWS sees is compared, not text: a policy that is split, attached otherwise, rewritten or moved gives nothing.

mod doors;
mod holdings;
mod matching;
mod naming;
mod rights;
mod roots;
mod subjects;
mod ways;

use std::collections::BTreeMap;

use crate::iam::LayerKind;
use crate::model::Account;
use crate::source::Span;

pub use subjects::compare;

/// One state of the code.
#[derive(Debug)]
pub struct Side<'a> {
    /// Its roots, linked.
    pub accounts: &'a [Account<'a>],
    /// What the paths of its roots start with: the directory that was given.
    pub base: String,
    /// The id of the account that it is deployed to.
    pub account: &'a str,
}

impl Side<'_> {
    /// The path of a root within what was given.
    fn path_of<'r>(&self, account: &'r Account<'_>) -> &'r str {
        let path = account.root.path.as_str();
        let below = if self.base == "." { Some(path) } else { path.strip_prefix(self.base.as_str()) };
        below.unwrap_or(path).trim_start_matches('/')
    }
}

/// What separates two states of the code.
#[derive(Default, Debug)]
pub struct Difference {
    /// Principals and doors for which something changed, by root and address.
    pub subjects: Vec<Subject>,
    /// How many principals and doors were compared.
    pub compared: usize,
}

/// Whose access changed.
#[derive(Debug)]
pub struct Subject {
    /// The address in the new code; in the old where it is gone.
    pub address: String,
    /// The address in the old code, where it is another one.
    pub was: Option<String>,
    /// What it is.
    pub kind: SubjectKind,
    /// What AWS calls it, where the code tells.
    pub name: Option<String>,
    /// The root that it is in.
    pub root: String,
    /// Which side has it.
    pub presence: Presence,
    /// Where it is declared.
    pub span: Option<Span>,
    /// What is newly allowed.
    pub gained: Vec<Right>,
    /// What is no longer allowed.
    pub lost: Vec<Right>,
    /// Ways to more rights that there were not.
    pub escalations: Vec<Escalation>,
    /// What the code alone does not answer.
    pub undecided: Vec<Question>,
}

/// What a subject is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SubjectKind {
    /// An IAM user.
    User,
    /// An IAM group: its members, whoever they are.
    Group,
    /// An IAM role.
    Role,
    /// A permission set of IAM Identity Center.
    PermissionSet,
    /// A managed policy that the code attaches to nobody: whoever has it.
    Policy,
    /// A service control policy: the accounts that it limits.
    Limit,
    /// The trust policy of a role.
    Trust,
    /// The policy of a resource.
    Resource,
}

impl SubjectKind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::PermissionSet => "permission set",
            Self::Policy => "policy",
            Self::Limit => "organization policy",
            Self::Trust => "trust policy",
            Self::Resource => "resource policy",
        }
    }

    /// Whether others come in through it, and it does nothing itself.
    pub fn is_door(self) -> bool {
        matches!(self, Self::Trust | Self::Resource)
    }
}

/// Which side has something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Presence {
    /// Both.
    Both,
    /// The new code alone.
    Added,
    /// The old code alone.
    Removed,
}

/// Something that is allowed on one side and was not, or no longer is, on the other.
#[derive(Clone, Debug)]
pub struct Right {
    /// The actions: a pattern where all that it matches is in it, or else names.
    pub actions: Vec<String>,
    /// The patterns of actions as the statement has them.
    pub written: Vec<String>,
    /// The resources, as patterns.
    pub resources: Vec<String>,
    /// What must hold for it, one sentence each.
    pub conditions: Vec<String>,
    /// At a door: who comes in, as the policy names them.
    pub principals: Vec<String>,
    /// At a door: whether anybody does.
    pub is_public: bool,
    /// The policy that grants it: its address, or an AWS-managed policy.
    pub policy: String,
    /// What made the difference.
    pub reason: Reason,
    /// A request that shows it.
    pub witness: Witness,
    /// The statement that grants it, or where its policy is attached.
    pub span: Option<Span>,
    /// The Deny on the other side that is no more, or the limit that lets it through.
    pub elsewhere: Option<Span>,
}

/// What made the difference for a right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// Nothing granted it.
    Granted,
    /// A Deny kept it from being used.
    Undenied,
    /// A boundary or a policy of the organization did.
    Unlimited(LayerKind),
}

/// A request that one side allows and the other does not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witness {
    /// Who asks: an ARN, a service, `anonymous`.
    pub principal: String,
    /// `service:Action`.
    pub action: String,
    /// The ARN of the resource, or `*`.
    pub resource: String,
    /// The condition keys that it carries.
    pub context: BTreeMap<String, Vec<String>>,
}

/// A way to more rights.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Escalation {
    /// The steps, a sentence each.
    pub path: Vec<String>,
    /// Where it ends: `administrator`, or the principal whose rights it gives.
    pub reaches: String,
    /// Where the first step is granted.
    pub span: Option<Span>,
}

/// What could not be decided.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Question {
    /// Why.
    pub why: String,
    /// Where.
    pub span: Option<Span>,
}
