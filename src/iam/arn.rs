//! Patterns of resource names.

use super::{Glob, Token};

/// A pattern of ARNs, cut into its fields. A `*` at the end of a field may reach past the colon, as AWS documents;
/// missing fields after such a `*` are `*`.
#[derive(Clone, Debug)]
pub struct ArnPattern {
    partition: Glob,
    service: Glob,
    region: Glob,
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
        Some(Self { partition: field(1), service: field(2), region: field(3), account: field(4), resource: field(5) })
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

    /// Whether this names resources of AWS's own account only, as AWS-managed policies are.
    pub fn is_owned_by_aws(&self) -> bool {
        self.account.matches("aws") && !self.account.has_wildcard()
    }

    /// Whether this very resource is matched. A partition, region or account that the code takes from where it is
    /// deployed is that of the resource: policies are about the account they are in.
    pub fn matches(&self, arn: &str) -> bool {
        let mut fields = arn.splitn(6, ':').skip(1);
        let mut next = || fields.next().unwrap_or_default();
        let of_deployment =
            |pattern: &Glob, field: &str| matches!(pattern.tokens(), [Token::Hole(_)]) || pattern.matches(field);
        of_deployment(&self.partition, next())
            && self.service.matches(next())
            && of_deployment(&self.region, next())
            && of_deployment(&self.account, next())
            && self.resource.matches(next())
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
    fn where_it_is_deployed_does_not_matter() {
        let mut text = crate::value::TextBuilder::new();
        text.push_str("arn:");
        text.push_symbol(crate::value::Symbol::new("AWS::Partition"));
        text.push_str(":iam::");
        text.push_symbol(crate::value::Symbol::new("AWS::AccountId"));
        text.push_str(":role/*");
        let pattern = Glob::new(&text.finish(), crate::iam::Variables::Replaced);
        let arn = ArnPattern::new(&pattern).unwrap();
        assert!(arn.matches("arn:aws:iam::111122223333:role/x"));
        assert!(!arn.matches("arn:aws:iam::111122223333:user/x"));
    }

    #[test]
    fn some_roles_are_not_all() {
        for pattern in ["arn:aws:iam::*:role/app-*", "arn:aws:iam::*:user/*", "arn:aws:s3:::*", "arn:aws:iam", "role/*"]
        {
            assert!(!covers_roles(pattern), "{pattern}");
        }
    }
}
