//! Comparisons whose outcome is known, and questions about single actions.

use super::*;
use crate::iam::simulate::Truth;
use crate::iam::{Document, Glob, Variables};
use crate::value::{Entry, Text, Value, json};

pub(super) fn document(statements: &str) -> Document {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    Document::read(&json::parse(&Text::from(text)).unwrap())
}

pub(super) fn identity(document: &Document) -> Access<'_> {
    Access::new(vec![Layer::new(LayerKind::Identity, [document])])
}

fn allow(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}"#)
}

fn allow_if(action: &str, resource: &str, condition: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}","Condition":{condition}}}"#)
}

fn deny(action: &str, resource: &str) -> String {
    allow(action, resource).replace("Allow", "Deny")
}

/// What is gained, in short, or why it is undecided.
fn gained(old: &str, new: &str) -> Vec<String> {
    let (old, new) = (document(old), document(new));
    let comparison = newly_allowed(&identity(&new), &identity(&old), MAX_PRODUCTS);
    let told = comparison.gained.iter().map(|gain| {
        let Witness { action, resource, context, .. } = &gain.witness;
        let context: Vec<String> = context.iter().map(|(key, values)| format!(" {key}={}", values.join("+"))).collect();
        format!("{action} {resource}{}", context.concat())
    });
    told.chain(comparison.undecided.iter().map(|undecided| format!("? {}", undecided.why))).collect()
}

fn assert_same(old: &str, new: &str) {
    assert_eq!(gained(old, new), Vec::<String>::new(), "{old} => {new}");
}

const OBJECTS: &str = "arn:aws:s3:::b/*";
const ROLE: &str = "arn:aws:iam::111122223333:role/app-";

#[test]
fn fewer_actions_on_fewer_resources_are_nothing_new() {
    assert_same(&allow("s3:Get*", OBJECTS), &allow("s3:GetObject", "arn:aws:s3:::b/x/*"));
}

#[test]
fn a_condition_only_narrows() {
    let condition = r#"{"StringEqualsIfExists":{"aws:SourceVpc":"vpc-1"}}"#;
    assert_same(&allow("s3:GetObject", OBJECTS), &allow_if("s3:GetObject", OBJECTS, condition));
}

#[test]
fn another_value_is_new() {
    let one = allow_if("s3:GetObject", OBJECTS, r#"{"StringEquals":{"aws:SourceVpc":"vpc-1"}}"#);
    let two = allow_if("s3:GetObject", OBJECTS, r#"{"StringEquals":{"aws:SourceVpc":["vpc-1","vpc-2"]}}"#);
    assert_same(&two, &one);
    assert_eq!(gained(&one, &two), ["s3:GetObject arn:aws:s3:::b/example aws:sourcevpc=vpc-2"]);
    let if_exists = allow_if("s3:GetObject", OBJECTS, r#"{"StringEqualsIfExists":{"aws:SourceVpc":"vpc-1"}}"#);
    assert_eq!(gained(&one, &if_exists), ["s3:GetObject arn:aws:s3:::b/example"]);
}

#[test]
fn a_deny_without_a_second_factor_is_missed() {
    let guard = r#"{"Effect":"Deny","Action":"iam:*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#;
    let old = format!("{},{guard}", allow("*", "*"));
    assert_eq!(gained(&old, &allow("iam:ListUsers", "*")), ["iam:ListUsers *"]);
}

#[test]
fn a_star_covers_a_variable_and_not_the_other_way_round() {
    let (all, own) = (format!("{ROLE}*"), format!("{ROLE}${{aws:username}}"));
    assert_same(&allow("iam:PassRole", &all), &allow("iam:PassRole", &own));
    assert_eq!(gained(&allow("iam:PassRole", &own), &allow("iam:PassRole", &all)).len(), 1);
}

#[test]
fn a_union_covers_what_no_statement_does() {
    let old = format!("{},{}", allow("s3:GetObject", "arn:aws:s3:::a/*"), allow("s3:GetObject", OBJECTS));
    let new = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]}"#;
    assert_same(&old, new);
}

#[test]
fn not_resource_is_allow_and_deny() {
    let secret = "arn:aws:secretsmanager:us-east-1:111122223333:secret:s";
    let but = format!(r#"{{"Effect":"Allow","Action":"*","NotResource":"{secret}"}}"#);
    let denied = format!("{},{}", allow("*", "*"), deny("*", secret));
    assert_same(&but, &denied);
    assert_same(&denied, &but);
}

#[test]
fn an_action_that_the_catalogue_lacks_is_covered_by_a_pattern() {
    assert_same(&allow("ec2:Describe*", "*"), &allow("ec2:DescribeFuture", "*"));
    assert_eq!(gained(&allow("ec2:DescribeVpcs", "*"), &allow("ec2:DescribeFuture", "*")), ["ec2:describefuture *"]);
}

#[test]
fn a_deny_on_a_bucket_says_nothing_of_actions_without_resources() {
    let deny = r#"{"Effect":"Deny","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}"#;
    let old = format!("{},{deny}", allow("s3:*", "*"));
    assert_same(&old, &allow("s3:ListAllMyBuckets", "*"));
    assert_eq!(gained(&old, &allow("s3:GetObject", "*")), ["s3:GetObject arn:aws:s3:::b/example"]);
}

#[test]
fn more_tag_keys_are_new() {
    let keys = |keys: &str| {
        allow_if("ec2:CreateTags", "*", &format!(r#"{{"ForAllValues:StringEquals":{{"aws:TagKeys":{keys}}}}}"#))
    };
    let found = gained(&keys(r#"["a"]"#), &keys(r#"["a","b"]"#));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("aws:tagkeys=b"), "{found:?}");
    assert_same(&keys(r#"["b","a"]"#), &keys(r#"["a"]"#));
}

#[test]
fn what_an_action_cannot_be_about_is_not_gained() {
    assert_same(&allow("s3:*", "*"), &allow("s3:GetObject", OBJECTS));
    assert_same("", &allow("s3:ListAllMyBuckets", "arn:aws:s3:::b"));
    assert_same("", &allow("s3:GetObject", "arn:aws:s3:::b"));
}

#[test]
fn some_request_is_found() {
    let documents = document(&format!("{},{}", allow("s3:*", "*"), deny("s3:Put*", OBJECTS)));
    let access = identity(&documents);
    let some = |action: &str, resource: &str| access.some(action, &Glob::known(resource));
    assert!(some("s3:GetObject", OBJECTS).is_yes());
    assert_eq!(some("s3:PutObject", OBJECTS), Answer::No);
    assert!(some("s3:PutObject", "*").is_yes());
    assert_eq!(some("iam:PassRole", "*"), Answer::No);
    assert!(some("s3:ListAllMyBuckets", "arn:aws:s3:::b").is_yes());
}

#[test]
fn a_statement_that_others_cover_is_redundant() {
    let is_redundant = |statements: &str, at: usize| {
        let document = document(statements);
        identity(&document).is_redundant(&document.statements[at])
    };
    let all = format!(
        "{},{},{}",
        allow("s3:Get*", "arn:aws:s3:::a/*"),
        allow("s3:Get*", OBJECTS),
        r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::a/x","arn:aws:s3:::b/y"]}"#
    );
    assert_eq!(is_redundant(&all, 2), Truth::Yes);
    assert_eq!(is_redundant(&all, 0), Truth::No);
    assert_eq!(is_redundant(&allow("s3:Get*", OBJECTS), 0), Truth::No);
    let narrow = format!(
        "{},{}",
        allow_if("s3:Get*", OBJECTS, r#"{"Bool":{"aws:SecureTransport":"true"}}"#),
        allow("s3:Get*", OBJECTS)
    );
    assert_eq!((is_redundant(&narrow, 0), is_redundant(&narrow, 1)), (Truth::Yes, Truth::No));
}

#[test]
fn a_deny_of_what_nobody_allows_denies_nothing() {
    let denies_nothing = |allowed: &str, denied: &str| {
        let document = document(&format!("{allowed},{denied}"));
        identity(&document).denies_nothing(&document.statements[1])
    };
    assert_eq!(denies_nothing(&allow("s3:*", OBJECTS), &deny("ec2:*", "*")), Truth::Yes);
    assert_eq!(denies_nothing(&allow("s3:*", OBJECTS), &deny("*", "arn:aws:s3:::b/x")), Truth::No);
    assert_eq!(denies_nothing(&allow("s3:*", OBJECTS), &deny("*", "arn:aws:s3:::c/*")), Truth::Yes);
    // Listing all buckets is about no resource, so that a Deny on one bucket says nothing of it.
    assert_eq!(denies_nothing(&allow("s3:ListAllMyBuckets", "*"), &deny("s3:*", "arn:aws:s3:::b")), Truth::Yes);
}

#[test]
fn forks_are_let_in_or_not() {
    const SUBJECT: &str = "token.actions.githubusercontent.com:sub";
    let of = |condition: &str, texts: &str| {
        let document = document(&allow_if("sts:AssumeRoleWithWebIdentity", "*", condition));
        admitted(&document.statements[0].conditions, Variables::Replaced, SUBJECT, &Glob::known(texts))
    };
    let like = |pattern: &str| format!(r#"{{"StringLike":{{"{SUBJECT}":"{pattern}"}}}}"#);
    assert_eq!(of(&like("repo:*"), "repo:*:*"), Admitted::All);
    assert_eq!(of(&like("*:pull_request"), "repo:other/*"), Admitted::Some("repo:other/:pull_request".to_owned()));
    assert_eq!(of(&like("repo:acme/app:*"), "repo:other/*"), Admitted::None);
    assert_eq!(of("{}", "repo:*"), Admitted::All);
    let not = format!(r#"{{"StringNotLike":{{"{SUBJECT}":"repo:acme/*"}}}}"#);
    assert_eq!(of(&not, "repo:acme/*"), Admitted::None);
    assert_eq!(of(&not, "repo:other/*"), Admitted::All);
}

/// Who newly comes in through a door, with what they carry.
fn let_in(old: &str, new: &str) -> Vec<String> {
    let (old, new) = (document(old), document(new));
    let door = |document| Access::new(vec![Layer::new(LayerKind::Resource, [document])]);
    let comparison = newly_allowed(&door(&new), &door(&old), MAX_PRODUCTS);
    let told = comparison.gained.iter().map(|gain| {
        let context: Vec<String> =
            gain.witness.context.iter().map(|(key, values)| format!(" {key}={}", values.join("+"))).collect();
        format!("{}{}", gain.witness.principal.as_deref().unwrap_or("?"), context.concat())
    });
    told.chain(comparison.undecided.iter().map(|undecided| format!("? {}", undecided.why))).collect()
}

#[test]
fn who_comes_in_through_a_door_is_told() {
    let trust = |principal: &str, condition: &str| {
        format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole","Condition":{{{condition}}}}}"#)
    };
    let root = r#"{"AWS":"arn:aws:iam::222233334444:root"}"#;
    let role = r#"{"AWS":"arn:aws:iam::222233334444:role/ci"}"#;
    assert_eq!(let_in(&trust(root, ""), &trust(role, "")), Vec::<String>::new());
    assert_eq!(let_in(&trust(role, ""), &trust(root, "")), ["arn:aws:iam::222233334444:role/any-role"]);
    assert_eq!(let_in(&trust(role, ""), &trust(r#""*""#, "")), ["anonymous"]);
    let id = r#""StringEquals":{"sts:ExternalId":"x"}"#;
    assert_eq!(let_in(&trust(root, id), &trust(root, "")), ["arn:aws:iam::222233334444:role/any-role"]);
    let services = r#"{"Service":["ec2.amazonaws.com","lambda.amazonaws.com"]}"#;
    assert_eq!(
        let_in(&trust(r#"{"Service":"ec2.amazonaws.com"}"#, ""), &trust(services, "")),
        ["lambda.amazonaws.com"]
    );
    let organization = r#""StringEquals":{"aws:PrincipalOrgID":"o-1"}"#;
    assert_eq!(
        let_in(&trust(role, ""), &trust(r#""*""#, organization)),
        ["arn:aws:iam::999988887777:role/any-role aws:principalorgid=o-1"]
    );
    let account = r#""StringEquals":{"aws:PrincipalAccount":"333344445555"}"#;
    assert_eq!(let_in(&trust(role, ""), &trust(r#""*""#, account)), ["arn:aws:iam::333344445555:role/any-role"]);
    // An account named by its id is the account.
    assert_eq!(let_in(&trust(root, ""), &trust(r#"{"AWS":"222233334444"}"#, "")), Vec::<String>::new());
}

#[test]
fn a_boundary_that_is_widened_or_dropped_lets_through() {
    let (all, s3, ec2) = (document(&allow("*", "*")), document(&allow("s3:*", "*")), document(&allow("ec2:*", "*")));
    let both = document(&format!("{},{}", allow("s3:*", "*"), allow("ec2:RunInstances", "*")));
    let within = |boundary| {
        Access::new(vec![Layer::new(LayerKind::Identity, [&all]), Layer::new(LayerKind::Boundary, [boundary])])
    };
    let widened = newly_allowed(&within(&both), &within(&s3), MAX_PRODUCTS);
    let [gain] = widened.gained.as_slice() else { panic!("{widened:?}") };
    assert_eq!(gain.witness.action, "ec2:RunInstances");
    assert!(matches!(gain.cause, Cause::Unlimited(LayerKind::Boundary, Some(_))));
    assert!(newly_allowed(&within(&s3), &within(&both), MAX_PRODUCTS).gained.is_empty());
    assert!(!newly_allowed(&identity(&all), &within(&ec2), MAX_PRODUCTS).gained.is_empty());
    assert_eq!(within(&s3).some("ec2:RunInstances", &Glob::known("*")), Answer::No);
}

#[test]
fn what_is_not_known_is_the_same_as_itself_only() {
    let bucket = |name: &str, action: &str| {
        let mut text = crate::value::TextBuilder::new();
        text.push_symbol(crate::value::Symbol::new(name));
        text.push_str("/*");
        let entries = vec![
            Entry::new("Effect", Value::text("Allow")),
            Entry::new("Action", Value::text(action)),
            Entry::new("Resource", Value::text(text.finish())),
        ];
        Document::read(&Value::object(vec![Entry::new("Statement", Value::object(entries))]))
    };
    let compare = |old: &Document, new: &Document| {
        let found = newly_allowed(&identity(new), &identity(old), MAX_PRODUCTS);
        (found.gained.into_iter().map(|gain| gain.witness.resource).collect::<Vec<_>>(), found.undecided.len())
    };
    let (get, all, other) = (bucket("b.arn", "s3:GetObject"), bucket("b.arn", "s3:*"), bucket("c.arn", "s3:GetObject"));
    assert_eq!(compare(&all, &get), (vec![], 0));
    assert_eq!(compare(&get, &all), (vec!["${b.arn}/example".to_owned()], 0));
    // Two things that are not known may be one.
    assert_eq!(compare(&get, &other), (vec![], 1));
    let known = document(&allow("s3:GetObject", OBJECTS));
    assert_eq!(compare(&known, &get), (vec![], 1));
    assert_eq!(compare(&get, &known), (vec![], 1));
    let everything = document(&allow("s3:GetObject", "*"));
    assert_eq!(compare(&everything, &get), (vec![], 0));
}
