//! The examples of AWS's pages, and properties that hold for all policies.

use proptest::prelude::*;

use super::*;
use crate::value::{Text, json};

const USER: &str = "arn:aws:iam::111122223333:user/Al";
const ROLE: &str = "arn:aws:iam::111122223333:role/team/R";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/R/s";
const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/F";
const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";
const OBJECT: &str = "arn:aws:s3:::b/x";

pub(super) fn document(text: &str) -> Document {
    Document::read(&json::parse(&Text::from(text.to_owned())).unwrap())
}

fn statements(statements: &str) -> Document {
    document(&format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#))
}

fn identity(statement: &str) -> Document {
    statements(&format!(r#"{{"Effect":"Allow","Action":"s3:*","Resource":"*"{statement}}}"#))
}

/// A resource policy that allows whom `principal` names.
fn grant(principal: &str) -> Document {
    statements(&format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":"*","Resource":"*"}}"#))
}

fn request(requester: &str, action: &str, resource: &str, account: &str, context: &[(&str, &[&str])]) -> Request {
    let mut own = Context::default();
    for (key, values) in context {
        own.set(key, values.iter().map(|value| (*value).to_owned()).collect(), values.len() != 1);
    }
    Request::new(Requester::parse(requester).unwrap(), action, resource, Some(account), own)
}

fn policy(document: &Document) -> Policy<'_> {
    Policy { name: "p".to_owned(), document }
}

/// Who asks for what, with all that has a say, said in documents.
struct Case<'a> {
    requester: &'a str,
    action: &'a str,
    resource: &'a str,
    account: &'a str,
    identity: Option<&'a Document>,
    on_resource: Option<&'a Document>,
    boundary: Option<&'a Document>,
    session: Option<&'a Document>,
}

impl Default for Case<'_> {
    fn default() -> Self {
        Self {
            requester: USER,
            action: "s3:GetObject",
            resource: OBJECT,
            account: OWN,
            identity: None,
            on_resource: None,
            boundary: None,
            session: None,
        }
    }
}

impl Case<'_> {
    fn decide(&self) -> Decision {
        let policies = Policies {
            identity: self.identity.map(policy).into_iter().collect(),
            resource: self.on_resource.map(policy),
            boundaries: self.boundary.map(policy).into_iter().collect(),
            session: self.session.map(policy),
            ..Policies::default()
        };
        simulate(&request(self.requester, self.action, self.resource, self.account, &[]), &policies).decision
    }
}

fn with_condition(condition: &str, context: &[(&str, &[&str])]) -> bool {
    let allow = identity(&format!(r#","Condition":{condition}"#));
    let policies = Policies { identity: vec![policy(&allow)], ..Policies::default() };
    simulate(&request(USER, "s3:GetObject", OBJECT, OWN, context), &policies).decision == Decision::Allowed
}

#[test]
fn nothing_is_allowed_that_nobody_allows() {
    assert_eq!(Case::default().decide(), Decision::ImplicitlyDenied);
    assert_eq!(Case { identity: Some(&identity("")), ..Case::default() }.decide(), Decision::Allowed);
}

#[test]
fn a_deny_anywhere_wins_and_is_named() {
    let allow = identity("");
    let deny =
        statements(r#"{"Sid":"No","Effect":"Deny","Principal":"*","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*"}"#);
    let policies = Policies { identity: vec![policy(&allow)], resource: Some(policy(&deny)), ..Policies::default() };
    let verdict = simulate(&request(USER, "s3:GetObject", OBJECT, OWN, &[]), &policies);
    assert_eq!(verdict.decision, Decision::ExplicitlyDenied);
    assert_eq!(verdict.by, [DecidingStatement { policy: "p".to_owned(), statement: "No".to_owned() }]);
}

/// What a resource's policy grants in its own account, for each way of naming the one who asks, alone, under a
/// boundary that allows nothing of it, and with a session policy that does not.
#[test]
fn grants_of_resource_policies_in_one_account() {
    let nothing = statements(r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#);
    let account = r#"{"AWS":"arn:aws:iam::111122223333:root"}"#;
    let named = |arn: &str| format!(r#"{{"AWS":"{arn}"}}"#);
    for (requester, principal, expected) in [
        (USER, named(USER), [true, true, true]),
        (USER, named(ROLE), [false, false, false]),
        (USER, account.to_owned(), [false, false, false]),
        (USER, r#"{"AWS":"111122223333"}"#.to_owned(), [false, false, false]),
        (USER, "\"*\"".to_owned(), [true, true, true]),
        (ROLE, named(ROLE), [true, false, false]),
        (ROLE, named(SESSION), [false, false, false]),
        (SESSION, named(ROLE), [true, false, false]),
        (SESSION, named(SESSION), [true, true, true]),
        (SESSION, named("arn:aws:sts::111122223333:assumed-role/R/*"), [false, false, false]),
        (SESSION, r#"{"AWS":"*"}"#.to_owned(), [true, true, true]),
        (FEDERATED, named(FEDERATED), [true, true, true]),
        (FEDERATED, account.to_owned(), [false, false, false]),
    ] {
        let on_resource = grant(&principal);
        let case = |boundary, session| {
            Case { requester, on_resource: Some(&on_resource), boundary, session, ..Case::default() }.decide()
                == Decision::Allowed
        };
        let found = [case(None, None), case(Some(&nothing), None), case(None, Some(&nothing))];
        assert_eq!(found, expected, "{requester} as {principal}");
    }
}

#[test]
fn a_role_that_a_condition_names_is_named_as_everyone() {
    let nothing = statements(r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#);
    let everyone = statements(&format!(
        r#"{{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{{"ArnEquals":{{"aws:PrincipalArn":"{ROLE}"}}}}}}"#
    ));
    let mut asked = request(SESSION, "s3:GetObject", OBJECT, OWN, &[("aws:PrincipalArn", &[ROLE])]);
    let (boundaries, session) = (vec![policy(&nothing)], Some(policy(&nothing)));
    let all = Policies { resource: Some(policy(&everyone)), boundaries, session, ..Policies::default() };
    assert_eq!(simulate(&asked, &all).decision, Decision::Allowed);
    asked.context = Context::default();
    assert_eq!(simulate(&asked, &all).decision, Decision::ImplicitlyDenied);
}

#[test]
fn both_accounts_must_allow() {
    let allow = identity("");
    let (theirs, everyone) = (grant(r#"{"AWS":"111122223333"}"#), grant("\"*\""));
    let case = |identity: Option<&Document>, on_resource: Option<&Document>| {
        Case { account: OTHER, identity, on_resource, ..Case::default() }.decide()
    };
    assert_eq!(case(Some(&allow), None), Decision::ImplicitlyDenied);
    assert_eq!(case(None, Some(&everyone)), Decision::ImplicitlyDenied);
    assert_eq!(case(Some(&allow), Some(&theirs)), Decision::Allowed);
    assert_eq!(case(Some(&allow), Some(&everyone)), Decision::Allowed);
    assert_eq!(case(Some(&allow), Some(&grant(r#"{"AWS":"444455556666"}"#))), Decision::ImplicitlyDenied);
    // Even a grant to the user by name is limited by the user's own policies.
    let named = grant(&format!(r#"{{"AWS":"{USER}"}}"#));
    assert_eq!(case(None, Some(&named)), Decision::ImplicitlyDenied);
    assert_eq!(case(Some(&allow), Some(&named)), Decision::Allowed);
}

#[test]
fn keys_and_roles_ask_for_their_own_policy() {
    let own = statements(r#"{"Effect":"Allow","Action":["kms:*","sts:*"],"Resource":"*"}"#);
    for (action, resource) in [
        ("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/k"),
        ("sts:AssumeRole", "arn:aws:iam::111122223333:role/T"),
    ] {
        let account = grant(r#"{"AWS":"arn:aws:iam::111122223333:root"}"#);
        let named = grant(&format!(r#"{{"AWS":"{USER}"}}"#));
        let other = grant(r#"{"AWS":"arn:aws:iam::111122223333:user/Bo"}"#);
        let case = |identity, on_resource| Case { action, resource, identity, on_resource, ..Case::default() }.decide();
        assert_eq!(case(Some(&own), None), Decision::ImplicitlyDenied, "{action}");
        assert_eq!(case(None, Some(&account)), Decision::ImplicitlyDenied, "{action}");
        assert_eq!(case(Some(&own), Some(&account)), Decision::Allowed, "{action}");
        assert_eq!(case(None, Some(&named)), Decision::Allowed, "{action}");
        assert_eq!(case(Some(&own), Some(&other)), Decision::ImplicitlyDenied, "{action}");
    }
    // Aliases have no policy.
    let resource = "arn:aws:kms:us-east-1:111122223333:alias/a";
    let case = Case { action: "kms:CreateAlias", resource, identity: Some(&own), ..Case::default() };
    assert_eq!(case.decide(), Decision::Allowed);
}

#[test]
fn services_and_strangers_live_by_the_resource_alone() {
    let service = grant(r#"{"Service":"lambda.amazonaws.com"}"#);
    let everyone = grant("\"*\"");
    let case =
        |requester: &str, on_resource: Option<&Document>| Case { requester, on_resource, ..Case::default() }.decide();
    assert_eq!(case("lambda.amazonaws.com", Some(&service)), Decision::Allowed);
    assert_eq!(case("ec2.amazonaws.com", Some(&service)), Decision::ImplicitlyDenied);
    assert_eq!(case("ec2.amazonaws.com", Some(&everyone)), Decision::Allowed);
    assert_eq!(case("anonymous", Some(&everyone)), Decision::Allowed);
    assert_eq!(case("anonymous", Some(&grant(r#"{"AWS":"*"}"#))), Decision::Allowed);
    assert_eq!(case("anonymous", Some(&service)), Decision::ImplicitlyDenied);
    assert_eq!(case("lambda.amazonaws.com", None), Decision::ImplicitlyDenied);
}

#[test]
fn not_principal_spares_whom_it_names_in_full() {
    let allow = identity("");
    let deny = |names: &[&str]| {
        let names = names.join(r#"",""#);
        statements(&format!(
            r#"{{"Effect":"Deny","NotPrincipal":{{"AWS":["{names}"]}},"Action":"s3:*","Resource":"*"}}"#
        ))
    };
    let root = "arn:aws:iam::111122223333:root";
    for (requester, names, spared) in [
        (USER, vec![USER, root], true),
        (USER, vec![USER], false),
        (USER, vec![root], false),
        (USER, vec!["arn:aws:iam::111122223333:user/Bo", root], false),
        (SESSION, vec![ROLE, root], false),
        (SESSION, vec![SESSION, ROLE, root], true),
        (ROLE, vec![ROLE, OWN], true),
        (USER, vec!["*"], true),
    ] {
        let deny = deny(&names);
        let case = Case { requester, identity: Some(&allow), on_resource: Some(&deny), ..Case::default() };
        let expected = if spared { Decision::Allowed } else { Decision::ExplicitlyDenied };
        assert_eq!(case.decide(), expected, "{requester} {names:?}");
    }
}

#[test]
fn every_level_of_the_organization_must_allow() {
    let (all, allow) = (statements(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#), identity(""));
    let ec2 = statements(r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#);
    let deny = statements(r#"{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#);
    let decide = |requester: &str, levels: Vec<Vec<&Document>>| {
        let levels = levels.into_iter().map(|level| level.into_iter().map(policy).collect()).collect();
        let on_resource = grant(&format!(r#"{{"AWS":"{requester}","Service":"{requester}"}}"#));
        let policies = Policies {
            identity: vec![policy(&allow)],
            resource: Some(policy(&on_resource)),
            service_control: levels,
            ..Policies::default()
        };
        simulate(&request(requester, "s3:GetObject", OBJECT, OWN, &[]), &policies).decision
    };
    assert_eq!(decide(USER, vec![]), Decision::Allowed);
    assert_eq!(decide(USER, vec![vec![&all], vec![&ec2, &all]]), Decision::Allowed);
    assert_eq!(decide(USER, vec![vec![&all], vec![&ec2]]), Decision::ImplicitlyDenied);
    assert_eq!(decide(USER, vec![vec![]]), Decision::ImplicitlyDenied);
    assert_eq!(decide(USER, vec![vec![&all, &deny]]), Decision::ExplicitlyDenied);
    let linked = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
    assert_eq!(decide(linked, vec![vec![&deny]]), Decision::Allowed);
    assert_eq!(decide("lambda.amazonaws.com", vec![vec![&ec2]]), Decision::Allowed);
    assert_eq!(decide("arn:aws:iam::111122223333:root", vec![vec![&ec2]]), Decision::ImplicitlyDenied);
}

#[test]
fn resource_control_policies_deny_in_the_services_that_have_them() {
    let allow = statements(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let deny = statements(r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#);
    let decide = |action: &str, resource: &str| {
        let policies = Policies {
            identity: vec![policy(&allow)],
            resource_control: vec![vec![], vec![policy(&deny)]],
            ..Policies::default()
        };
        simulate(&request(USER, action, resource, OWN, &[]), &policies).decision
    };
    assert_eq!(decide("s3:GetObject", OBJECT), Decision::ExplicitlyDenied);
    assert_eq!(decide("ec2:StopInstances", "arn:aws:ec2:us-east-1:111122223333:instance/i"), Decision::Allowed);
}

#[test]
fn the_root_user_may_all_that_nobody_denies() {
    let root = "arn:aws:iam::111122223333:root";
    assert_eq!(Case { requester: root, ..Case::default() }.decide(), Decision::Allowed);
    let deny = statements(r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#);
    assert_eq!(
        Case { requester: root, on_resource: Some(&deny), ..Case::default() }.decide(),
        Decision::ExplicitlyDenied
    );
    assert_eq!(Case { requester: root, account: OTHER, ..Case::default() }.decide(), Decision::ImplicitlyDenied);
}

#[test]
fn who_one_is_may_always_be_asked() {
    let deny = statements(r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#);
    let case = Case { action: "sts:GetCallerIdentity", resource: "*", identity: Some(&deny), ..Case::default() };
    assert_eq!(case.decide(), Decision::Allowed);
}

#[test]
fn an_action_without_resources_is_asked_for_everything() {
    let bucket = statements(r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::*"}"#);
    let case = |identity: Option<&Document>, resource: &str| {
        Case { action: "s3:ListAllMyBuckets", resource, identity, ..Case::default() }.decide()
    };
    assert_eq!(case(Some(&bucket), "arn:aws:s3:::b"), Decision::ImplicitlyDenied);
    assert_eq!(case(Some(&identity("")), "arn:aws:s3:::b"), Decision::Allowed);
    assert_eq!(case(Some(&identity("")), "*"), Decision::Allowed);
}

#[test]
fn old_documents_have_no_variables() {
    let text = r#"{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"}}"#;
    let old = document(text);
    let new = document(&text.replace("2008-10-17", "2012-10-17"));
    let decide = |document: &Document, resource: &str| {
        let policies = Policies { identity: vec![policy(document)], ..Policies::default() };
        simulate(&request(USER, "s3:GetObject", resource, OWN, &[("aws:username", &["x"])]), &policies).decision
    };
    assert_eq!(decide(&new, OBJECT), Decision::Allowed);
    assert_eq!(decide(&old, OBJECT), Decision::ImplicitlyDenied);
    assert_eq!(decide(&old, "arn:aws:s3:::b/${aws:username}"), Decision::Allowed);
}

#[test]
fn a_missing_key_fails_what_asks_for_it_and_passes_what_asks_against_it() {
    for (condition, expected) in [
        (r#"{"StringEquals":{"aws:SourceVpc":"v"}}"#, false),
        (r#"{"StringNotEquals":{"aws:SourceVpc":"v"}}"#, true),
        (r#"{"StringEqualsIfExists":{"aws:SourceVpc":"v"}}"#, true),
        (r#"{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#, false),
        (r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#, true),
        (r#"{"Null":{"aws:SourceVpc":"true"}}"#, true),
        (r#"{"Null":{"aws:SourceVpc":"false"}}"#, false),
        (r#"{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, true),
        (r#"{"ForAllValues:StringEquals":{"aws:TagKeys":"a"}}"#, true),
        (r#"{"ForAnyValue:StringEquals":{"aws:TagKeys":"a"}}"#, false),
        (r#"{"ForAnyValue:StringNotEquals":{"aws:TagKeys":"a"}}"#, false),
        (r#"{"ForAnyValue:StringEqualsIfExists":{"aws:TagKeys":"a"}}"#, false),
    ] {
        assert_eq!(with_condition(condition, &[]), expected, "{condition}");
    }
}

#[test]
fn operators_compare_by_their_type() {
    for (operator, value, given, expected) in [
        ("StringEquals", "a*", "abc", false),
        ("StringLike", "a*", "abc", true),
        ("StringLike", "A*", "abc", false),
        ("StringEqualsIgnoreCase", "ABC", "abc", true),
        ("StringNotLike", "a?c", "abc", false),
        ("StringEquals", "a${*}c", "a*c", true),
        ("NumericEquals", "5", "5.0", true),
        ("NumericLessThan", "10", "9", true),
        ("NumericNotEquals", "x", "5", false),
        ("NumericGreaterThanEquals", "5", "5", true),
        ("DateEquals", "2020-01-01T00:00:00Z", "1577836800", true),
        ("DateEquals", "2020-01-01", "2020-01-01T00:00:00Z", true),
        ("DateLessThan", "2020-01-01T01:00:00+01:00", "2019-12-31T23:59:59Z", true),
        ("DateGreaterThan", "2019", "2020-01-01T00:00:00.5Z", true),
        ("DateEquals", "2020-01-01T00:00Z", "2020-01-01T00:00:00Z", true),
        ("DateEquals", "2020-01", "2020-01-01T00:00:00", true),
        ("DateNotEquals", "yesterday", "2020-01-01T00:00:00Z", false),
        ("Bool", "True", "true", true),
        ("Bool", "1", "true", false),
        ("BinaryEquals", "QQ==", "QQ==", true),
        ("BinaryEquals", "QQ==", "qq==", false),
        ("IpAddress", "10.0.0.0/8", "10.1.2.3", true),
        ("IpAddress", "10.0.0.0/0", "11.1.2.3", true),
        ("IpAddress", "0.0.0.0/0", "2001:db8::1", false),
        ("IpAddress", "2001:db8::1", "2001:DB8:0:0::1", true),
        ("NotIpAddress", "10.0.0.0/33", "10.1.2.3", false),
        ("ArnLike", "arn:aws:sns:*:*:t", "arn:aws:sns:us-east-1:1:t", true),
        ("ArnEquals", "arn:aws:sns:*:*:t", "arn:aws:sns:us-east-1:1:t", true),
        ("ArnNotLike", "arn:aws:sns:*:*:t", "no arn", false),
    ] {
        let condition = format!(r#"{{"{operator}":{{"aws:k":"{value}"}}}}"#);
        assert_eq!(with_condition(&condition, &[("aws:k", &[given])]), expected, "{condition} {given}");
    }
}

#[test]
fn several_values_need_a_qualifier() {
    let holds = |operator: &str, given: &[&str]| {
        let condition = format!(r#"{{"{operator}":{{"aws:TagKeys":["a","b"]}}}}"#);
        with_condition(&condition, &[("aws:TagKeys", given)])
    };
    assert!(!holds("StringEquals", &["a"]));
    assert!(holds("ForAllValues:StringEquals", &["a", "b"]));
    assert!(!holds("ForAllValues:StringEquals", &["a", "c"]));
    assert!(holds("ForAllValues:StringEquals", &[]));
    assert!(holds("ForAllValues:StringEquals", &[""]));
    assert!(holds("ForAnyValue:StringEquals", &["a", "c"]));
    assert!(!holds("ForAnyValue:StringEquals", &["c"]));
    assert!(holds("ForAnyValue:StringNotEquals", &["a", "c"]));
    assert!(!holds("ForAnyValue:StringNotEquals", &["a", "b"]));
    assert!(holds("ForAllValues:StringNotEquals", &["c"]));
}

#[test]
fn nothing_is_like_a_variable_without_a_value() {
    let holds = |condition: &str| with_condition(condition, &[("aws:SourceVpc", &["v"])]);
    assert!(holds(r#"{"StringNotEquals":{"aws:SourceVpc":"${aws:userid}"}}"#));
    assert!(!holds(r#"{"StringEquals":{"aws:SourceVpc":"${aws:userid}"}}"#));
    assert!(holds(r#"{"StringEquals":{"aws:SourceVpc":["${aws:userid}","v"]}}"#));
    assert!(holds(r#"{"StringEquals":{"aws:SourceVpc":"${aws:userid, 'v'}"}}"#));
    let but = statements(r#"{"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::b/${aws:userid}"}"#);
    assert_eq!(Case { identity: Some(&but), ..Case::default() }.decide(), Decision::Allowed);
}

#[test]
fn not_principal_denies_whoever_has_a_boundary() {
    let everything = statements(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let deny = statements(r#"{"Effect":"Deny","NotPrincipal":"*","Action":"s3:*","Resource":"*"}"#);
    let case = Case { identity: Some(&everything), on_resource: Some(&deny), ..Case::default() };
    assert_eq!(case.decide(), Decision::Allowed);
    assert_eq!(Case { boundary: Some(&everything), ..case }.decide(), Decision::ExplicitlyDenied);
}

#[test]
fn what_is_not_known_makes_the_answer_unknown_only_where_it_decides() {
    let unknown = Document::read(&crate::value::Value::unknown(
        crate::value::Symbol::new("var.policy"),
        crate::value::Why::Input("var.policy".into()),
    ));
    let (allow, deny) = (identity(""), statements(r#"{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#));
    let decide = |documents: &[&Document]| {
        let identity = documents.iter().map(|document| policy(document)).collect();
        simulate(&request(USER, "s3:GetObject", OBJECT, OWN, &[]), &Policies { identity, ..Policies::default() })
            .decision
    };
    assert_eq!(decide(&[&unknown]), Decision::Unknown);
    let asked = request(USER, "s3:GetObject", OBJECT, OWN, &[]);
    let open = Policies { identity: vec![policy(&allow)], has_unknown_boundary: true, ..Policies::default() };
    assert_eq!(simulate(&asked, &open).decision, Decision::Unknown);
    let open = Policies { identity: vec![policy(&deny)], has_unknown_identity: true, ..Policies::default() };
    assert_eq!(simulate(&asked, &open).decision, Decision::ExplicitlyDenied);
    assert_eq!(decide(&[&allow, &unknown]), Decision::Unknown);
    assert_eq!(decide(&[&allow, &unknown, &deny]), Decision::ExplicitlyDenied);
}

/// Statements of a small world, in which many apply.
fn any_statement(effect: &'static str) -> impl Strategy<Value = String> {
    let action = prop::sample::select(vec!["*", "s3:*", "s3:Get*", "s3:GetObject", "s3:?etObject", "ec2:*"]);
    let resource = prop::sample::select(vec![
        "*",
        "arn:aws:s3:::b/*",
        "arn:aws:s3:::b/x",
        "arn:aws:s3:::c/*",
        "arn:aws:s3",
        "arn:aws:s3:::b/${aws:username}",
    ]);
    let condition = prop::sample::select(vec![
        "",
        r#","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
        r#","Condition":{"StringNotEquals":{"aws:username":"x"}}"#,
        r#","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}}"#,
    ]);
    let not = prop::sample::select(vec!["", "", "", "Not"]);
    (action, resource, condition, not.clone(), not).prop_map(
        move |(action, resource, condition, not_action, not_resource)| {
            format!(
                r#"{{"Effect":"{effect}","{not_action}Action":"{action}","{not_resource}Resource":"{resource}"{condition}}}"#
            )
        },
    )
}

fn any_request() -> impl Strategy<Value = Request> {
    let key = |values: Vec<Option<&'static str>>| prop::sample::select(values);
    (key(vec![None, Some("x"), Some("y")]), key(vec![None, Some("true"), Some("false")]), 0usize..3).prop_map(
        |(name, mfa, tags)| {
            let tags = &["a", "b"][..tags.min(2)];
            let mut context = vec![("aws:TagKeys", tags)];
            let (name, mfa) = (name.map(|name| [name]), mfa.map(|mfa| [mfa]));
            context.extend(name.iter().map(|name| ("aws:username", &name[..])));
            context.extend(mfa.iter().map(|mfa| ("aws:MultiFactorAuthPresent", &mfa[..])));
            request(USER, "s3:GetObject", OBJECT, OWN, &context)
        },
    )
}

fn decide(request: &Request, identity: &[String]) -> Decision {
    let document = statements(&identity.join(","));
    simulate(request, &Policies { identity: vec![policy(&document)], ..Policies::default() }).decision
}

proptest! {
    #[test]
    fn a_deny_only_takes_away(
        asked in any_request(),
        allows in prop::collection::vec(any_statement("Allow"), 0..4),
        deny in any_statement("Deny"),
    ) {
        let before = decide(&asked, &allows);
        let after = decide(&asked, &[allows, vec![deny]].concat());
        prop_assert!(after == before || after == Decision::ExplicitlyDenied);
    }

    #[test]
    fn an_allow_only_adds(
        asked in any_request(),
        all in prop::collection::vec(prop_oneof![any_statement("Allow"), any_statement("Deny")], 0..4),
        allow in any_statement("Allow"),
    ) {
        let before = decide(&asked, &all);
        let after = decide(&asked, &[all, vec![allow]].concat());
        prop_assert!(after == before || (before == Decision::ImplicitlyDenied && after == Decision::Allowed));
    }

    #[test]
    fn order_and_packaging_do_not_matter(
        asked in any_request(),
        all in prop::collection::vec(prop_oneof![any_statement("Allow"), any_statement("Deny")], 1..5),
    ) {
        let whole = decide(&asked, &all);
        let reversed: Vec<String> = all.iter().rev().cloned().collect();
        prop_assert_eq!(decide(&asked, &reversed), whole);
        let documents: Vec<Document> = all.iter().map(|statement| statements(statement)).collect();
        let identity = documents.iter().map(policy).collect();
        prop_assert_eq!(simulate(&asked, &Policies { identity, ..Policies::default() }).decision, whole);
    }

    #[test]
    fn limits_only_take_away(
        asked in any_request(),
        own in prop::collection::vec(any_statement("Allow"), 0..3),
        limit in prop::collection::vec(prop_oneof![any_statement("Allow"), any_statement("Deny")], 1..3),
    ) {
        let (own, limit) = (statements(&own.join(",")), statements(&limit.join(",")));
        let free = Policies { identity: vec![policy(&own)], ..Policies::default() };
        let bounded = Policies { boundaries: vec![policy(&limit)], ..free.clone() };
        let controlled = Policies { service_control: vec![vec![policy(&limit)]], ..free.clone() };
        let in_session = Policies { session: Some(policy(&limit)), ..free.clone() };
        let is_allowed = |policies: &Policies| simulate(&asked, policies).decision == Decision::Allowed;
        // What all of them limit, each limits alike.
        prop_assert_eq!(is_allowed(&bounded), is_allowed(&in_session));
        prop_assert!(is_allowed(&free) || !is_allowed(&bounded));
        prop_assert!(is_allowed(&free) || !is_allowed(&controlled));
    }
}
