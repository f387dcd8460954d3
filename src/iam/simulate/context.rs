//! What a request carries besides its principal, action and resource.

use rustc_hash::FxHashMap;

use crate::iam::catalogue;

use super::Requester;

/// The context of a request: condition keys with their values. The case of keys does not matter.
///
/// The context is complete: a key that is not here is not in the request.
#[derive(Clone, Default, Debug)]
pub struct Context(FxHashMap<String, ContextValue>);

/// The values of one key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContextValue {
    /// The values; none is a key that is there and empty.
    pub values: Vec<String>,
    /// Whether the key may have several values, and so needs `ForAllValues` or `ForAnyValue`.
    pub is_multivalued: bool,
}

impl Context {
    /// Sets a key. `several` is whether the values were given as a list; the catalogue knows better where it knows the
    /// key.
    pub fn set(&mut self, key: &str, values: Vec<String>, several: bool) {
        let is_multivalued = match catalogue::condition_key(key).map(|key| key.is_multivalued()) {
            Some(false) if values.len() == 1 => false,
            Some(true) => true,
            _ => several,
        };
        self.0.insert(key.to_ascii_lowercase(), ContextValue { values, is_multivalued });
    }

    /// The value of a key, which is given in lower case.
    pub fn get(&self, key: &str) -> Option<&ContextValue> {
        self.0.get(key)
    }

    /// The text that a policy variable stands for: the value of a key that has one.
    pub(super) fn variable(&self, key: &str) -> Option<&str> {
        match self.0.get(key) {
            Some(ContextValue { values, is_multivalued: false }) => values.first().map(String::as_str),
            _ => None,
        }
    }

    /// Adds the keys that AWS derives from who asks, unless they are set already.
    /// AWS IAM User Guide, "AWS global condition context keys".
    pub fn add_requester(&mut self, requester: &Requester) {
        let mut add = |key: &str, value: String| {
            self.0.entry(key.to_owned()).or_insert(ContextValue { values: vec![value], is_multivalued: false });
        };
        add("aws:principalisawsservice", matches!(requester, Requester::Service(_)).to_string());
        let kind = match requester {
            Requester::Anonymous => "Anonymous",
            Requester::Root { .. } => "Account",
            Requester::User { .. } => "User",
            Requester::Role { .. } | Requester::Session { .. } => "AssumedRole",
            Requester::FederatedUser { .. } => "FederatedUser",
            Requester::Service(name) => {
                add("aws:principalservicename", name.clone());
                return;
            }
            Requester::Federated(_) => return,
        };
        add("aws:principaltype", kind.to_owned());
        if let Some(account) = requester.account() {
            add("aws:principalaccount", account.to_owned());
        }
        if let Some(arn) = requester.principal_arn() {
            add("aws:principalarn", arn);
        }
        if let Requester::User { name, .. } = requester {
            add("aws:username", name.clone());
        }
    }
}
