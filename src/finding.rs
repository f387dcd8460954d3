//! What a rule says, and what is known of the rule.
//!
//! Floor 1: the words that rules, gate and report have in common.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::model::Framework;
use crate::source::Span;

/// How much harm a fault can do. Ordered from harmless to worst.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Good practice.
    Low,
    /// Should be fixed.
    Medium,
    /// Opens a way in or up.
    High,
    /// The account is as good as lost.
    Critical,
}

impl Severity {
    /// All, from worst to harmless.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// The name in reports and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|severity| severity.name() == text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|severity| severity.name()).collect();
            format!("unknown severity {text:?}; one of {}", names.join(", "))
        })
    }
}

/// How sure a finding is. Ordered from least to most sure.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Confidence {
    /// True for some values of what is unknown.
    Possible,
    /// True unless something unusual holds.
    Likely,
    /// True.
    Certain,
}

impl Confidence {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// Who sees a rule's findings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// Everyone.
    Default,
    /// Whoever asks for more with `--pedantic`.
    Pedantic,
}

/// What is known of a rule.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// Kebab-case, says what is wrong, never changes its meaning.
    pub id: &'static str,
    /// One line.
    pub title: &'static str,
    /// One of the groups of the `rules` contract.
    pub group: &'static str,
    /// The severity of its findings.
    pub severity: Severity,
    /// Who sees them.
    pub level: Level,
    /// Which languages can show the fault.
    pub frameworks: &'static [Framework],
    /// The ids of other scanners' rules that ask the same, each `scanner:id`.
    pub aliases: &'static [&'static str],
    /// Controls of published standards that ask for it, each `standard:number`.
    pub controls: &'static [&'static str],
    /// Markdown: what it does, why it is bad, examples. See CONTRIBUTING.md for its form.
    pub documentation: &'static str,
}

impl Metadata {
    /// Whether its findings stand at a credential in clear text, which no report may print.
    pub fn shows_secrets(&self) -> bool {
        const OF_OTHER_GROUPS: [&str; 2] = ["provider-static-credentials", "login-profile-plaintext-password"];
        self.group == "secrets" || OF_OTHER_GROUPS.contains(&self.id)
    }

    /// Whether `name` is the rule's id or one of its aliases, with or without the scanner's name before it
    /// (`CKV_AWS_62`, `checkov:CKV_AWS_62`). Letter case does not matter: scanners differ in it themselves.
    pub fn is_named(&self, name: &str) -> bool {
        self.id.eq_ignore_ascii_case(name)
            || self.aliases.iter().any(|alias| {
                let bare = alias.split_once(':').map_or(*alias, |(_, id)| id);
                // Trivy takes its ids without their first part as well.
                let short = bare.strip_prefix("AVD-");
                alias.eq_ignore_ascii_case(name)
                    || bare.eq_ignore_ascii_case(name)
                    || short.is_some_and(|short| short.eq_ignore_ascii_case(name))
            })
    }
}

/// A fault at a place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Metadata,
    /// How much harm.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Who sees it: the readers of the rule, or fewer.
    pub level: Level,
    /// One sentence about this very place.
    pub message: String,
    /// The address of the resource that carries the fault.
    pub resource: Arc<str>,
    /// Its type.
    pub resource_type: Arc<str>,
    /// Its language.
    pub framework: Framework,
    /// The exact text at fault.
    pub span: Span,
    /// All that declares the resource, for comments that stand inside.
    pub block: Span,
    /// What else it takes to see the fault.
    pub related: Vec<Related>,
}

/// A further place that belongs to a finding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Related {
    /// What is there.
    pub message: String,
    /// Where, if it has a place.
    pub span: Option<Span>,
}

/// A question that the code alone does not answer.
#[derive(Clone, Debug)]
pub struct Undecided {
    /// The rule that asked.
    pub rule: &'static Metadata,
    /// The address of the resource it asked about.
    pub resource: Arc<str>,
    /// Where.
    pub span: Span,
    /// Why there is no answer.
    pub why: String,
}
