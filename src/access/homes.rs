//! Which account a principal is of, as far as the code tells.

use crate::iam::{Principal, PrincipalKind};
use crate::model::kinds::{provider, role, user};
use crate::model::{Account, Resource, texts};
use crate::value::{Piece, Text};

/// The account of a principal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Home {
    /// The one that the code is deployed to.
    Own,
    /// One that the code spells out.
    Literal {
        /// Its id.
        id: String,
        /// Whether it is the own one; none where the code does not say which that is.
        is_own: Option<bool>,
    },
    /// Not told by the code, or no account at all.
    Unknown,
}

/// The accounts by which Elastic Load Balancing wrote its access logs before it had a service principal. Elastic Load
/// Balancing, Application Load Balancers, "Enable access logs for your Application Load Balancer".
const LOAD_BALANCING: [&str; 25] = [
    "009996457667",
    "027434742980",
    "033677994240",
    "037604701340",
    "048591011584",
    "054676820928",
    "076674570225",
    "098369216593",
    "114774131450",
    "127311923021",
    "156460612806",
    "190560391635",
    "383597477331",
    "507241528517",
    "582318560864",
    "600734575887",
    "635631232127",
    "638102146993",
    "652711504416",
    "718504428378",
    "754344448648",
    "783225319266",
    "797873946194",
    "897822967062",
    "985666609251",
];

/// Whether an account is AWS's own, for the logs of load balancers.
pub fn is_of_load_balancing(id: &str) -> bool {
    LOAD_BALANCING.binary_search(&id).is_ok()
}

/// Whether a principal is an account as a whole: its id, or the ARN of its root.
pub fn is_whole_account(principal: &Principal) -> bool {
    let text = principal.text.expanded();
    let content = text.literal_content();
    principal.kind == PrincipalKind::Aws && (content.ends_with(":root") || !content.contains(':'))
}

/// The account that a principal in the policy of `carrier` is of.
pub fn home(account: &Account, carrier: &Resource, principal: &Text) -> Home {
    // A principal that the code declares is of the account, unless another provider makes it.
    let declared = principal.as_symbol().and_then(|symbol| account.at(&symbol.reference()?.address));
    let is_principal = |resource: &&Resource| role::KIND.is(resource) || user::KIND.is(resource);
    if declared.filter(is_principal).is_some_and(|declared| declared.provider == carrier.provider) {
        return Home::Own;
    }
    match account_of(&principal.expanded()) {
        Some(Part::Literal(id)) => {
            let own = own_ids(account);
            let is_own = if own.is_empty() { None } else { Some(own.contains(&id)) };
            Home::Literal { id, is_own }
        }
        Some(Part::Symbol(name)) if is_of_caller(&name) || is_own(&name, carrier.provider.as_deref()) => Home::Own,
        _ => Home::Unknown,
    }
}

/// The part of a principal's text that says the account.
enum Part {
    Literal(String),
    Symbol(String),
}

/// Reads the account of an ARN, or an id alone.
fn account_of(text: &Text) -> Option<Part> {
    const ACCOUNT: usize = 4;
    // Stands in no principal.
    const HOLE: char = '\u{1}';
    let mut written = String::new();
    let mut symbols = Vec::new();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(literal) => written.push_str(literal),
            Piece::Symbol(symbol) => {
                written.push(HOLE);
                symbols.push(symbol.name());
            }
        }
    }
    let at = if written.contains(':') { ACCOUNT } else { 0 };
    let id = written.split(':').nth(at)?;
    if id.chars().eq([HOLE]) {
        let before = written.split(':').take(at).map(|field| field.matches(HOLE).count()).sum::<usize>();
        return symbols.get(before).map(|name| Part::Symbol((*name).to_owned()));
    }
    let is_id = id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then(|| Part::Literal(id.to_owned()))
}

/// What the account of the default provider is called.
const DEFAULT_PROVIDER: &str = "provider.aws";

/// Whether a symbol is the account that the code is deployed to, for what a provider makes; for whatever the default one
/// makes if none is given.
pub(super) fn is_own(symbol: &str, provider: Option<&str>) -> bool {
    symbol == "AWS::AccountId"
        || symbol.strip_prefix(provider.unwrap_or(DEFAULT_PROVIDER)) == Some(".account_id")
        || (is_of_caller(symbol) && matches!(symbol.rsplit('.').next(), Some("account_id" | "id")))
}

/// Whether a symbol is something of who deploys the code: the account, or the ARN.
fn is_of_caller(symbol: &str) -> bool {
    symbol.contains("data.aws_caller_identity.")
}

/// The accounts that providers of the code are held to, and those that a plan was made in.
pub(super) fn own_ids(account: &Account) -> Vec<String> {
    let providers = account.of_kind(&provider::AWS);
    let allowed = providers.flat_map(|provider| texts(&provider.setting(&provider::ALLOWED_ACCOUNTS).value));
    let callers = account.of_kind(&provider::CALLER);
    let planned = callers.flat_map(|caller| texts(&caller.setting(&provider::CALLER_ACCOUNT).value));
    allowed.chain(planned).filter_map(|(id, _)| id.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Symbol, TextBuilder};

    fn literal(text: &Text) -> Option<String> {
        match account_of(text) {
            Some(Part::Literal(id)) => Some(id),
            _ => None,
        }
    }

    #[test]
    fn accounts_are_read_from_ids_and_arns() {
        let id = Some("111122223333".to_owned());
        for text in ["111122223333", "arn:aws:iam::111122223333:root", "arn:aws:sts::111122223333:assumed-role/a/b:c"] {
            assert_eq!(literal(&Text::from(text)), id, "{text}");
        }
        for text in ["*", "arn:aws:iam::cloudfront:user/x", "AIDAEXAMPLE", "arn:aws:iam::1111222233334:root"] {
            assert_eq!(literal(&Text::from(text)), None, "{text}");
        }
        let mut built = TextBuilder::new();
        built.push_str("arn:");
        built.push_symbol(Symbol::new("AWS::Partition"));
        built.push_str(":iam::");
        built.push_symbol(Symbol::new("AWS::AccountId"));
        built.push_str(":root");
        assert!(matches!(account_of(&built.finish()), Some(Part::Symbol(name)) if name == "AWS::AccountId"));
    }

    #[test]
    fn the_list_of_accounts_is_sorted() {
        assert!(LOAD_BALANCING.is_sorted() && is_of_load_balancing("127311923021"));
    }
}
