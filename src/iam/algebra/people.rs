//! Cutting those who may ask into classes: those whom the same statements name.

use rustc_hash::FxHashSet;

use crate::iam::simulate::Requester;
use crate::iam::{PrincipalKind, Principals};

/// An account that no policy names: in AWS's documentation it stands for somebody else's.
const ELSEWHERE: [&str; 3] = ["999988887777", "888877776666", "777766665555"];

/// A member of each class of requesters, the widest first: nobody signed in, another account, then who is named, in
/// `Principal` or, by `hints` of accounts and ARNs, in conditions.
pub(super) fn requesters(all: &[&Principals], hints: &[String]) -> Vec<Requester> {
    let mut found = vec![Requester::Anonymous];
    let texts = || all.iter().flat_map(|principals| &principals.items).filter_map(|item| item.text.as_str());
    let elsewhere = ELSEWHERE
        .into_iter()
        .find(|account| !texts().chain(hints.iter().map(String::as_str)).any(|text| text.contains(account)));
    if let Some(account) = elsewhere {
        add_account(account, "aws", &mut found);
        found.push(Requester::Federated(format!("arn:aws:iam::{account}:saml-provider/any")));
    }
    found.push(Requester::Service("any-service.amazonaws.com".to_owned()));
    for item in all.iter().flat_map(|principals| &principals.items) {
        let Some(text) = item.text.as_str() else { continue };
        match item.kind {
            PrincipalKind::Service => found.push(Requester::Service(text.to_owned())),
            PrincipalKind::Federated => found.push(Requester::Federated(text.to_owned())),
            PrincipalKind::Aws if text != "*" => add_named(text, &mut found),
            _ => {}
        }
    }
    for hint in hints {
        add_named(hint, &mut found);
    }
    let mut seen = FxHashSet::default();
    found.retain(|requester| seen.insert(requester.clone()));
    found
}

fn add_account(account: &str, partition: &str, found: &mut Vec<Requester>) {
    for kind in ["role", "user"] {
        found.extend(Requester::parse(&format!("arn:{partition}:iam::{account}:{kind}/any-{kind}")));
    }
    found.extend(Requester::parse(&format!("arn:{partition}:iam::{account}:root")));
}

fn add_named(text: &str, found: &mut Vec<Requester>) {
    let mut fields = text.splitn(6, ':');
    let (partition, account) = (fields.nth(1), fields.nth(2));
    match Requester::parse(text) {
        // The account's users and roles first.
        Ok(Requester::Root { .. }) => {}
        Ok(requester) => found.push(requester),
        Err(_) if !text.contains(':') && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            return add_account(text, "aws", found);
        }
        // Somebody whose ARN is not known: a role as good as any.
        Err(_) => {
            found.push(Requester::Role { account: String::new(), name: String::new(), arn: text.to_owned() });
        }
    }
    if let (Some(partition), Some(account)) = (partition, account) {
        add_account(account, partition, found);
    }
}
