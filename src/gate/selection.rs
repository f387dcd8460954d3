//! Which rules are asked.

use crate::finding::{Finding, Level, Metadata};

/// Which rules are asked. Names are ids or any alias.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these; all when empty. A rule that is named here is asked whatever its level.
    pub select: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
    /// Also the rules of the pedantic level.
    pub pedantic: bool,
}

impl Selection {
    /// Whether a rule is asked.
    pub fn includes(&self, rule: &Metadata) -> bool {
        if self.ignore.iter().any(|name| rule.is_named(name)) {
            return false;
        }
        if self.select.is_empty() {
            return self.pedantic || rule.level == Level::Default;
        }
        self.select.iter().any(|name| rule.is_named(name))
    }

    /// Whether a finding is told: its rule is asked, and the reader wants what it finds of this level.
    pub fn includes_finding(&self, finding: &Finding) -> bool {
        let asked_for = self.pedantic || !self.select.is_empty() || finding.level == Level::Default;
        self.includes(finding.rule) && asked_for
    }
}
