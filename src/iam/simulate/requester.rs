//! Who asks, and whether a policy names them.
//!
//! Source: AWS IAM User Guide, "AWS JSON policy elements: Principal" and "… NotPrincipal".

use crate::iam::{Effect, Principal, PrincipalKind, Principals};

use super::Truth;

/// Who makes a request.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Requester {
    /// Nobody who has signed in.
    Anonymous,
    /// The root user of an account.
    Root {
        /// The account.
        account: String,
        /// The ARN.
        arn: String,
    },
    /// An IAM user.
    User {
        /// The account.
        account: String,
        /// The name without its path.
        name: String,
        /// The ARN.
        arn: String,
    },
    /// A role, in some session of it that is not named.
    Role {
        /// The account.
        account: String,
        /// The name without its path.
        name: String,
        /// The ARN.
        arn: String,
    },
    /// A session of a role.
    Session {
        /// The account.
        account: String,
        /// The role's name; a session's ARN does not tell its path.
        role: String,
        /// The ARN of the session.
        arn: String,
    },
    /// A session that a user has got from `GetFederationToken`.
    FederatedUser {
        /// The account.
        account: String,
        /// The ARN.
        arn: String,
    },
    /// A service of AWS.
    Service(String),
    /// Someone whom an identity provider vouches for: the provider's ARN or name.
    Federated(String),
}

/// An ARN or a name that is none of a requester's.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "{0:?} is no principal: use the ARN of a user, role, role session, federated user, account root or identity \
     provider, a service such as ec2.amazonaws.com, or \"anonymous\""
)]
pub struct NoRequester(String);

/// The words for a request that nobody has signed.
const ANONYMOUS: &str = "anonymous";

/// Names of identity providers that have no ARN.
const PROVIDERS: [&str; 4] =
    ["accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"];

impl Requester {
    /// Reads an ARN, the name of a service (`ec2.amazonaws.com`), or `anonymous`.
    pub fn parse(text: &str) -> Result<Self, NoRequester> {
        if text.eq_ignore_ascii_case(ANONYMOUS) {
            return Ok(Self::Anonymous);
        }
        if PROVIDERS.contains(&text) {
            return Ok(Self::Federated(text.to_owned()));
        }
        let refused = || NoRequester(text.to_owned());
        if !text.starts_with("arn:") {
            let is_service = text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn");
            return if is_service { Ok(Self::Service(text.to_owned())) } else { Err(refused()) };
        }
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        let [_, _, service, _, account, resource] = fields.as_slice() else { return Err(refused()) };
        let (account, arn) = ((*account).to_owned(), text.to_owned());
        let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let requester = match (*service, *resource, resource.split_once('/')) {
            ("iam", "root", _) => Self::Root { account, arn },
            ("iam", _, Some(("user", path))) => Self::User { account, name: last(path), arn },
            ("iam", _, Some(("role", path))) => Self::Role { account, name: last(path), arn },
            ("iam", _, Some(("oidc-provider" | "saml-provider", _))) => Self::Federated(arn),
            ("sts", _, Some(("assumed-role", session))) => {
                let role = session.split('/').next().unwrap_or_default().to_owned();
                Self::Session { account, role, arn }
            }
            ("sts", _, Some(("federated-user", _))) => Self::FederatedUser { account, arn },
            _ => return Err(refused()),
        };
        Ok(requester)
    }

    /// The account, for those who are of one.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Root { account, .. }
            | Self::User { account, .. }
            | Self::Role { account, .. }
            | Self::Session { account, .. }
            | Self::FederatedUser { account, .. } => Some(account),
            Self::Anonymous | Self::Service(_) | Self::Federated(_) => None,
        }
    }

    /// Whether it comes from an identity provider of another account: then the provider is not found where it is asked
    /// for. AWS IAM User Guide, "Create an OpenID Connect (OIDC) identity provider in IAM".
    pub(super) fn is_of_foreign_provider(&self, account: &str) -> bool {
        let Self::Federated(provider) = self else { return false };
        provider.starts_with("arn:") && provider.split(':').nth(4).is_some_and(|own| own != account)
    }

    /// What `aws:PrincipalArn` is: for a session, the role's ARN. The path of a session's role is not known; the ARN is
    /// given without one.
    pub fn principal_arn(&self) -> Option<String> {
        match self {
            Self::Root { arn, .. }
            | Self::User { arn, .. }
            | Self::Role { arn, .. }
            | Self::FederatedUser { arn, .. } => Some(arn.clone()),
            Self::Session { account, role, arn } => {
                let partition = arn.split(':').nth(1).unwrap_or("aws");
                Some(format!("arn:{partition}:iam::{account}:role/{role}"))
            }
            Self::Anonymous | Self::Service(_) | Self::Federated(_) => None,
        }
    }

    /// Whether it is a role that a service has made for itself, which policies of the organization do not limit.
    pub(super) fn is_service_linked(&self) -> bool {
        match self {
            Self::Role { arn, .. } => arn.contains(":role/aws-service-role/"),
            Self::Session { role, .. } => role.starts_with("AWSServiceRoleFor"),
            _ => false,
        }
    }

    /// What the requester is made of, each of which a policy may name: the account, the role, the session.
    fn names(&self, kind: PrincipalKind, text: &str) -> Option<Grant> {
        if kind == PrincipalKind::Everyone || (kind == PrincipalKind::Aws && text == "*") {
            return (text == "*").then_some(Grant::Everyone);
        }
        match (self, kind) {
            (Self::Service(own), PrincipalKind::Service) | (Self::Federated(own), PrincipalKind::Federated) => {
                (own == text).then_some(Grant::Direct)
            }
            // Services may be given under both names.
            (Self::Federated(own), PrincipalKind::Service) => (own == text).then_some(Grant::Direct),
            (_, PrincipalKind::Aws) => self.is_named_by(text),
            _ => None,
        }
    }

    fn is_named_by(&self, text: &str) -> Option<Grant> {
        let account = self.account()?;
        if names_account(text, account) {
            return Some(Grant::Account);
        }
        match self {
            Self::Root { .. } | Self::Anonymous | Self::Service(_) | Self::Federated(_) => None,
            Self::User { arn, .. } | Self::FederatedUser { arn, .. } => (text == arn).then_some(Grant::Direct),
            Self::Role { arn, .. } => (text == arn).then_some(Grant::Role),
            Self::Session { arn, .. } if text == arn => Some(Grant::Direct),
            Self::Session { role, .. } => {
                let of_role = text.split_once(":role/").is_some_and(|(before, path)| {
                    before.ends_with(account) && path.rsplit('/').next() == Some(role.as_str())
                });
                of_role.then_some(Grant::Role)
            }
        }
    }

    /// Whether `Principal` or `NotPrincipal` takes the requester in, and as what.
    pub(super) fn matches(&self, principals: &Principals, effect: Effect) -> (Truth, Grant) {
        let named: Vec<(Truth, Grant)> = principals.items.iter().filter_map(|item| self.is_item(item)).collect();
        let truth = |wanted: &dyn Fn(Grant) -> bool| {
            let found = named.iter().filter(|(_, grant)| wanted(*grant)).map(|(truth, _)| *truth);
            Truth::any(found.chain(principals.incomplete.then_some(Truth::Unknown)))
        };
        if !principals.negated {
            // The widest grant of those that are certain, or else of those that are not.
            let best = named.iter().max_by_key(|(truth, grant)| (*truth, *grant)).map(|(_, grant)| *grant);
            return (truth(&|_| true), best.unwrap_or(Grant::Everyone));
        }
        if effect == Effect::Allow {
            // As what they are: a role stays within its boundary.
            let grant = if matches!(self, Self::Role { .. }) { Grant::Role } else { Grant::Direct };
            return (!truth(&|_| true), grant);
        }
        // A Deny spares only whom it names as all that they are: "you must also specify the account ARN of the
        // not-denied principal", and the role beside its session.
        let everyone = truth(&|grant| grant == Grant::Everyone);
        let parts: &[Grant] = match self {
            Self::Root { .. } => &[Grant::Account],
            Self::User { .. } | Self::FederatedUser { .. } => &[Grant::Account, Grant::Direct],
            Self::Role { .. } => &[Grant::Account, Grant::Role],
            Self::Session { .. } => &[Grant::Account, Grant::Role, Grant::Direct],
            Self::Service(_) | Self::Federated(_) => &[Grant::Direct],
            Self::Anonymous => &[Grant::Everyone],
        };
        let spared = everyone.or(Truth::all(parts.iter().map(|part| truth(&|grant| grant == *part))));
        (!spared, Grant::Everyone)
    }

    /// Whether `Principal` or `NotPrincipal` takes the requester in.
    pub(in crate::iam) fn is_meant_by(&self, principals: &Principals, effect: Effect) -> Truth {
        self.matches(principals, effect).0
    }

    fn is_item(&self, item: &Principal) -> Option<(Truth, Grant)> {
        // A canonical id stands for an account, but only AWS knows for which.
        if item.kind == PrincipalKind::CanonicalUser && self.account().is_some() {
            return Some((Truth::Unknown, Grant::Account));
        }
        if let Some(text) = item.text.as_str() {
            return self.names(item.kind, text).map(|grant| (Truth::Yes.if_certain(!item.possible), grant));
        }
        // What is not known may be this requester, but nobody who is told apart by what is known of it.
        let may_be = item.kind != PrincipalKind::Service || matches!(self, Self::Service(_));
        may_be.then_some((Truth::Unknown, Grant::Direct))
    }
}

/// Whether a principal is the account as a whole: its id, or the ARN of its root.
fn names_account(text: &str, account: &str) -> bool {
    if account.is_empty() {
        return false;
    }
    let of_arn = || {
        let mut fields = text.splitn(6, ':');
        fields.next() == Some("arn")
            && fields.nth(1) == Some("iam")
            && fields.nth(1) == Some(account)
            && fields.next() == Some("root")
    };
    text == account || of_arn()
}

/// As what a resource's policy names the requester. Decides what else must allow the request; what grants more stands later.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Grant {
    /// The whole account: its own policies decide.
    Account,
    /// The role, whose boundary and session policy still limit.
    Role,
    /// Everyone: nothing else limits but a Deny.
    Everyone,
    /// This very user, session or service: nothing else limits but a Deny.
    Direct,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Requester {
        Requester::parse(text).unwrap()
    }

    #[test]
    fn requesters_are_told_apart() {
        assert!(
            matches!(parse("arn:aws:iam::111122223333:user/path/Al"), Requester::User { name, .. } if name == "Al")
        );
        assert!(matches!(
            parse("arn:aws:sts::111122223333:assumed-role/R/s"),
            Requester::Session { role, account, .. } if role == "R" && account == "111122223333"
        ));
        assert_eq!(parse("ec2.amazonaws.com"), Requester::Service("ec2.amazonaws.com".to_owned()));
        assert!(matches!(
            parse("arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"),
            Requester::Federated(_)
        ));
        assert_eq!(parse("anonymous"), Requester::Anonymous);
        for wrong in ["", "*", "Al", "arn:aws:s3:::b", "arn:aws:iam::111122223333:group/g"] {
            assert!(Requester::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_provider_is_found_in_its_own_account() {
        let provider = parse("arn:aws:iam::111122223333:saml-provider/idp");
        assert!(provider.is_of_foreign_provider("444455556666") && !provider.is_of_foreign_provider("111122223333"));
        assert!(!parse("cognito-identity.amazonaws.com").is_of_foreign_provider("111122223333"));
    }

    #[test]
    fn an_account_has_two_names() {
        assert!(names_account("111122223333", "111122223333"));
        assert!(names_account("arn:aws:iam::111122223333:root", "111122223333"));
        assert!(!names_account("arn:aws:iam::111122223333:user/root", "111122223333"));
        assert!(!names_account("arn:aws:iam::111122224444:root", "111122223333"));
    }

    #[test]
    fn a_session_is_of_a_role_whatever_its_path() {
        let session = parse("arn:aws:sts::111122223333:assumed-role/R/s");
        assert_eq!(session.is_named_by("arn:aws:iam::111122223333:role/team/R"), Some(Grant::Role));
        assert_eq!(session.is_named_by("arn:aws:iam::111122223333:role/R2"), None);
        assert_eq!(session.is_named_by("arn:aws:sts::111122223333:assumed-role/R/s"), Some(Grant::Direct));
        assert_eq!(session.is_named_by("arn:aws:sts::111122223333:assumed-role/R/*"), None);
    }
}
