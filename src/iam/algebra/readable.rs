//! Requests as AWS would see them: the shortest member of a class shows a difference as well as any, and reads like
//! nothing that anybody sends (`arn:::::`). Each part that looks like none of its kind is given a whole example, which
//! stands as long as the request still shows what it is to show.

use rustc_hash::FxHashMap;

use crate::iam::{Glob, Token};

use super::witness::{ANY_ACCOUNT, Asking, Candidate, Witness, example};

/// The fields of an ARN: `arn`, partition, service, region, account, resource.
const FIELDS: usize = 6;

/// What fields of an ARN that say nothing are shown as; nothing for the account of what has none.
const PARTITION: &str = "aws";
const REGION: &str = "us-east-1";

/// Whoever some request is of.
const ANY_ROLE: &str = "role/any-role";

/// Keys whose values have a form that their shortest texts lack: how a value begins, and examples, in the order in which
/// they are tried.
const FORMS: [(&str, &str, &[&str]); 10] = [
    ("aws:sourcearn", "arn:", &["arn:aws:sns:us-east-1:111122223333:example"]),
    ("aws:principalorgid", "o-", &["o-exampleorgid"]),
    ("aws:resourceorgid", "o-", &["o-exampleorgid"]),
    ("aws:sourceorgid", "o-", &["o-exampleorgid"]),
    ("aws:principalorgpaths", "o-", &["o-exampleorgid/r-ab12/ou-ab12-11111111/"]),
    ("aws:resourceorgpaths", "o-", &["o-exampleorgid/r-ab12/ou-ab12-11111111/"]),
    ("aws:sourceorgpaths", "o-", &["o-exampleorgid/r-ab12/ou-ab12-11111111/"]),
    ("aws:sourcevpc", "vpc-", &["vpc-0a1b2c3d4e5f67890"]),
    ("aws:sourcevpce", "vpce-", &["vpce-0a1b2c3d4e5f67890"]),
    ("aws:requestedregion", "", &[REGION, "eu-central-1", "ap-southeast-2"]),
];

/// Keys whose values are ids of accounts.
const ACCOUNTS: [&str; 4] = ["aws:principalaccount", "aws:sourceaccount", "aws:sourceowner", "aws:resourceaccount"];

impl Asking<'_> {
    /// The same request with what reads better in it, as far as `shows` agrees; its resource may not be of the same
    /// class.
    pub(super) fn readable(&self, candidate: Candidate, shows: impl Fn(&Candidate) -> bool) -> Candidate {
        let found = self.resources(&candidate).into_iter().map(|resource| with_resource(&candidate, resource));
        let mut best = found.into_iter().find(|other| shows(other)).unwrap_or(candidate);
        for at in 0..best.witness.context.len() {
            let Some((key, values)) = best.witness.context.get(at) else { break };
            // What follows from who asks is theirs.
            let [value] = values.as_slice() else { continue };
            let of_account = best.witness.context.iter().find(|(name, _)| name == "aws:principalaccount");
            let account = of_account.and_then(|(_, values)| values.first()).map_or(ANY_ACCOUNT, String::as_str);
            let made = values_like(key, value, account).into_iter().map(|value| with_value(&best, at, value));
            if let Some(better) = made.into_iter().find(|other| shows(other)) {
                best = better;
            }
        }
        best
    }

    /// Resources that read better, the best first.
    fn resources(&self, candidate: &Candidate) -> Vec<String> {
        let context = candidate.witness.context.iter();
        let variables: FxHashMap<String, String> = context
            .filter_map(|(key, values)| Some((key.clone(), values.first()?.clone())))
            .chain(self.space.variables.clone())
            .collect();
        let resource = &candidate.witness.resource;
        let examples = self.shapes.iter().map(|shape| example(shape, &variables));
        let filled = self.shapes.iter().filter_map(|shape| filled(resource, shape));
        // The text of a class ends where its shortest member does.
        let longer = resource.ends_with(['/', ':']).then(|| format!("{resource}example"));
        examples.chain(filled).chain(longer).collect()
    }
}

fn with_resource(candidate: &Candidate, resource: String) -> Candidate {
    let mut request = candidate.request.clone();
    request.resource.clone_from(&resource);
    let witness = Witness { resource, ..candidate.witness.clone() };
    Candidate { request, witness, resource_class: candidate.resource_class }
}

fn with_value(candidate: &Candidate, at: usize, value: String) -> Candidate {
    let mut request = candidate.request.clone();
    let mut witness = candidate.witness.clone();
    if let Some((key, values)) = witness.context.get_mut(at) {
        let several = request.context.get(key).is_some_and(|given| given.is_multivalued);
        *values = vec![value];
        request.context.set(key, values.clone(), several);
    }
    Candidate { request, witness, resource_class: candidate.resource_class }
}

/// An ARN whose empty region and account are given, if resources of the shape have them.
fn filled(resource: &str, shape: &Glob) -> Option<String> {
    let has = |field: &[Token]| !field.is_empty();
    let of_shape: Vec<bool> = shape.tokens().splitn(FIELDS, |token| *token == Token::Char(':')).map(has).collect();
    let mut fields: Vec<&str> = resource.splitn(FIELDS, ':').collect();
    if fields.len() < FIELDS || of_shape.len() < FIELDS {
        return None;
    }
    for (at, text) in [(1, PARTITION), (3, REGION), (4, ANY_ACCOUNT)] {
        if let (Some(field), Some(true)) = (fields.get_mut(at), of_shape.get(at))
            && field.is_empty()
        {
            *field = text;
        }
    }
    // What begins where the shortest text ends.
    if let Some(name) = fields.last_mut()
        && name.is_empty()
    {
        *name = "example";
    }
    let made = fields.join(":");
    (made != *resource && shape.may_intersect(&Glob::known(&made))).then_some(made)
}

/// Values of a key that read like some, where the one that there is does not; `account` is the one of who asks.
fn values_like(key: &str, value: &str, account: &str) -> Vec<String> {
    if value.contains(super::words::is_private) && !value.starts_with("arn:") {
        return Vec::new();
    }
    if key == "aws:principalarn" {
        return principals_like(value, account);
    }
    if ACCOUNTS.contains(&key) {
        let is_id = value.len() == ANY_ACCOUNT.len() && value.bytes().all(|byte| byte.is_ascii_digit());
        return if is_id { Vec::new() } else { vec![ANY_ACCOUNT.to_owned()] };
    }
    let Some((_, start, examples)) = FORMS.iter().find(|(name, ..)| *name == key) else { return Vec::new() };
    let is_whole =
        if start.is_empty() { value.contains('-') } else { value.starts_with(start) && !value.contains("::") };
    if is_whole { Vec::new() } else { examples.iter().map(|text| (*text).to_owned()).collect() }
}

/// ARNs of principals like one of which parts are missing.
fn principals_like(value: &str, account: &str) -> Vec<String> {
    let mut fields: Vec<&str> = value.splitn(FIELDS, ':').collect();
    if fields.len() < FIELDS {
        return vec![format!("arn:{PARTITION}:iam::{account}:{ANY_ROLE}")];
    }
    for (at, text) in [(1, PARTITION), (2, "iam"), (4, account)] {
        if let Some(field) = fields.get_mut(at)
            && (field.is_empty() || matches!(*field, "x" | "y" | "z"))
        {
            *field = text;
        }
    }
    let mut made = Vec::new();
    let name = fields.last().copied().unwrap_or_default();
    let whole = if name.ends_with('/') { Some(format!("{name}example")) } else { None };
    let whole = if name.contains('/') { whole } else { Some(ANY_ROLE.to_owned()) };
    for name in whole.iter().map(String::as_str).chain([name]) {
        if let Some(last) = fields.last_mut() {
            *last = name;
        }
        made.push(fields.join(":"));
    }
    made.retain(|text| text != value);
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_say_nothing_are_filled() {
        let shape = Glob::known("arn:aws:iam::*:role/*");
        let made = filled("arn:aws:iam:::role/github-actions", &shape);
        assert_eq!(made.as_deref(), Some("arn:aws:iam::111122223333:role/github-actions"));
        assert_eq!(filled("arn:aws:s3:::logs", &Glob::known("arn:aws:s3:::*")), None);
        assert_eq!(filled("arn:aws:iam:::user/x", &shape), None);
    }

    #[test]
    fn principals_are_whole() {
        let like = |value| principals_like(value, ANY_ACCOUNT);
        assert_eq!(like("arn:::::")[0], "arn:aws:iam::111122223333:role/any-role");
        assert_eq!(principals_like("x", "222233334444"), ["arn:aws:iam::222233334444:role/any-role"]);
        let admin = "arn:aws:iam::111122223333:role/admin";
        assert_eq!(like("arn:aws:iam:::role/admin"), [admin]);
        assert!(like(admin).is_empty());
    }

    #[test]
    fn values_that_look_like_their_kind_are_kept() {
        let like = |key, value| values_like(key, value, ANY_ACCOUNT);
        assert!(like("aws:sourcevpc", "vpc-1").is_empty());
        assert_eq!(like("aws:sourcevpc", "x"), ["vpc-0a1b2c3d4e5f67890"]);
        assert_eq!(like("aws:principalaccount", "x"), [ANY_ACCOUNT]);
        assert!(like("aws:username", "x").is_empty());
    }
}
