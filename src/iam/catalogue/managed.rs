//! Policies that AWS publishes and keeps up to date.

use std::sync::Arc;

use memchr::memmem;

use crate::iam::Document;
use crate::value::{Text, Value, json};

static POLICIES: &str = include_str!("managed_policies.txt");

/// An AWS-managed policy.
#[derive(Clone, Copy, Debug)]
pub struct ManagedPolicy {
    /// The name with its path: `AdministratorAccess`, `job-function/Billing`.
    pub name: &'static str,
    /// The version, `v1` and on.
    pub version: &'static str,
    /// The document in JSON.
    pub body: &'static str,
}

impl ManagedPolicy {
    fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.splitn(3, '\t');
        Some(Self { name: fields.next()?, version: fields.next()?, body: fields.next()? })
    }

    /// The document. It has no places in the code.
    pub fn document(&self) -> Document {
        let value = json::parse(&Text::from(Arc::<str>::from(self.body))).unwrap_or_else(|_| Value::null());
        Document::read(&value)
    }
}

/// The day that the policies are of, as `2026-01-31`.
pub fn managed_policies_date() -> &'static str {
    super::header(POLICIES, "date").unwrap_or("an unknown day")
}

/// The policies that are known here: those that grant much, and those that are often used.
pub fn managed_policies() -> impl Iterator<Item = ManagedPolicy> {
    POLICIES.lines().filter(|line| !line.starts_with('#')).filter_map(ManagedPolicy::read)
}

/// The policy of this name with its path.
pub fn managed_policy(name: &str) -> Option<ManagedPolicy> {
    let at = memmem::find(POLICIES.as_bytes(), format!("\n{name}\t").as_bytes())?;
    ManagedPolicy::read(POLICIES.get(at + 1..)?.lines().next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_is_read() {
        let mut count = 0;
        for policy in managed_policies() {
            let document = policy.document();
            assert!(document.opaque.is_empty(), "{}: {:?}", policy.name, document.opaque);
            assert!(!document.statements.is_empty(), "{}", policy.name);
            assert_eq!(managed_policy(policy.name).map(|found| found.body), Some(policy.body));
            count += 1;
        }
        assert!(count >= 150, "{count}");
        assert_eq!(managed_policies_date().len(), "2026-01-31".len());
    }

    #[test]
    fn policies_are_found_with_their_path() {
        assert!(managed_policy("AdministratorAccess").unwrap().body.contains(r#""Action":"*""#));
        assert!(managed_policy("job-function/Billing").is_some());
        assert!(managed_policy("Billing").is_none());
        assert!(managed_policy("NoSuchPolicy").is_none());
    }
}
