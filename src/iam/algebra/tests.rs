//! Comparisons whose outcome is known, and questions about single actions.

use super::*;
use crate::iam::{Document, Glob};
use crate::value::{Text, json};

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
