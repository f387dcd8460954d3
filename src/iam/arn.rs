//! Which resources of a service a pattern names, wherever they are deployed.

use super::{Glob, Token};

/// A pattern of ARNs, cut into its fields. A `*` at the end of a field may reach past the colon, as AWS documents;
/// missing fields after such a `*` are `*`.
#[derive(Clone, Debug)]
pub struct ArnPattern {
    service: Glob,
    account: Glob,
    resource: Glob,
}

impl ArnPattern {
    /// Cuts a resource pattern; `None` for what is neither `*` nor shaped like an ARN.
    pub fn new(pattern: &Glob) -> Option<Self> {
        let everything = || Glob::of_tokens([Token::Many]);
        // The resource field keeps its colons.
        let fields: Vec<&[Token]> = pattern.tokens().splitn(6, |token| *token == Token::Char(':')).collect();
        let field =
            |index: usize| fields.get(index).map_or_else(everything, |tokens| Glob::of_tokens(tokens.iter().cloned()));
        let ends_open = fields.last().is_some_and(|last| last.last() == Some(&Token::Many));
        if !field(0).matches("arn") || (fields.len() < 6 && !ends_open) {
            return None;
        }
        Some(Self { service: field(2), account: field(4), resource: field(5) })
    }

    /// Whether every resource of a service whose resource part matches `resource` (`role/*`) is matched, in at
    /// least one account.
    pub fn covers(&self, service: &str, resource: &Glob) -> bool {
        self.service.matches(service) && self.resource.includes(resource)
    }

    /// Whether some resource of a service whose resource part matches `resource` may be matched; what is not known may
    /// be anything.
    pub fn may_reach(&self, service: &str, resource: &Glob) -> bool {
        self.service.may_intersect(&Glob::known(service)) && self.resource.may_intersect(resource)
    }

    /// What follows the account: `role/deploy-*`.
    pub fn resource(&self) -> &Glob {
        &self.resource
    }

    /// Whether this names resources of AWS's own account only, as AWS-managed policies are.
    pub fn is_owned_by_aws(&self) -> bool {
        self.account.matches("aws") && !self.account.has_wildcard()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers_roles(pattern: &str) -> bool {
        ArnPattern::new(&Glob::known(pattern)).is_some_and(|arn| arn.covers("iam", &Glob::known("role/*")))
    }

    #[test]
    fn all_roles_have_many_spellings() {
        for pattern in [
            "*",
            "arn:aws:iam::*:role/*",
            "arn:aws:iam::123456789012:role/*",
            "arn:*",
            "arn:aws:iam::*",
            "arn:aws:*:*:*:*",
        ] {
            assert!(covers_roles(pattern), "{pattern}");
        }
    }

    #[test]
    fn some_roles_are_not_all() {
        for pattern in ["arn:aws:iam::*:role/app-*", "arn:aws:iam::*:user/*", "arn:aws:s3:::*", "arn:aws:iam", "role/*"]
        {
            assert!(!covers_roles(pattern), "{pattern}");
        }
    }
}
