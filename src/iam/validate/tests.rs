//! Each check, on a policy that shows the fault and one that does not.

use super::*;
use crate::value::{Text, json};

fn codes_of(text: &str, subject: &Subject) -> Vec<String> {
    let value = json::parse(&Text::from(text.to_owned())).unwrap();
    let told = |fault: &Fault| fault.code.map_or_else(|| format!("{:?}", fault.check), str::to_owned);
    faults(&value, subject).iter().map(told).collect()
}

fn codes(statement: &str) -> Vec<String> {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
    codes_of(&text, &Subject::of(PolicyType::Identity))
}

/// A statement that allows reading a bucket, with this much changed.
fn reading(change: &str) -> String {
    let name = change.split('"').nth(1).unwrap_or_default();
    let rest: Vec<&str> = [r#""Effect":"Allow""#, r#""Action":"s3:GetObject""#, r#""Resource":"arn:aws:s3:::logs/*""#]
        .into_iter()
        .filter(|part| {
            !(part.starts_with(&format!("\"{name}\"")) || name == "NotAction" && part.contains("\"Action\""))
        })
        .collect();
    format!("{{{},{change}}}", rest.join(","))
}

/// A condition of the reading statement.
fn under(condition: &str) -> Vec<String> {
    codes(&reading(&format!(r#""Condition":{condition}"#)))
}

#[test]
fn a_sound_policy_has_no_fault() {
    assert_eq!(codes(&reading(r#""Sid":"Read""#)), Vec::<String>::new());
    assert_eq!(
        under(r#"{"StringLike":{"aws:PrincipalTag/team":"a*"},"Bool":{"aws:SecureTransport":"true"}}"#),
        Vec::<String>::new()
    );
}

#[test]
fn the_form_of_a_statement() {
    for (change, code) in [
        (r#""Effect":"allow""#, "INVALID_EFFECT"),
        (r#""Action":[]"#, "EMPTY_ARRAY_ACTION"),
        (r#""Resource":[]"#, "EMPTY_ARRAY_RESOURCE"),
        (r#""Resource":{"a":"b"}"#, "DATA_TYPE_MISMATCH"),
        (r#""Sid":"a b""#, "UNSUPPORTED_SID"),
        (r#""Sid":"""#, "EMPTY_SID_VALUE"),
        (r#""Conditions":{}"#, "INVALID_POLICY_ELEMENT"),
        (r#""NotResource":"*""#, "UNSUPPORTED_ELEMENT_COMBINATION"),
        (r#""Principal":"*""#, "UNSUPPORTED_PRINCIPAL"),
        (r#""Condition":{}"#, "EMPTY_OBJECT_CONDITION"),
    ] {
        assert_eq!(codes(&reading(change)), [code], "{change}");
    }
    let two = format!("{},{}", reading(r#""Sid":"A""#), reading(r#""Sid":"A""#));
    assert_eq!(codes(&two), ["UNIQUE_SIDS_REQUIRED"]);
}

#[test]
fn the_form_of_a_document() {
    let identity = Subject::of(PolicyType::Identity);
    assert_eq!(codes_of("{}", &identity), ["MISSING_VERSION", "MISSING_STATEMENT"]);
    assert_eq!(codes_of("[]", &identity), ["DATA_TYPE_MISMATCH"]);
    assert_eq!(codes_of(r#"{"Version":"2012-10-18","Statement":[]}"#, &identity), ["INVALID_VERSION"]);
    let statement = r#"{"Effect":"Allow","Action":"s3:GetObject"}"#;
    let text = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
    assert_eq!(codes_of(&text, &identity), ["MISSING_RESOURCE"]);
    // Where nothing tells what it is for, it may be a part.
    assert_eq!(codes_of(&text, &Subject::UNKNOWN), Vec::<String>::new());
}

#[test]
fn actions_that_do_not_exist() {
    for (action, code) in [
        ("s3:GetObjects", "INVALID_ACTION"),
        ("s3:Fetch*", "INVALID_ACTION"),
        ("s4:GetObject", "INVALID_SERVICE_IN_ACTION"),
        ("s?:GetObject", "WILDCARD_IN_SERVICE_NAME"),
        ("GetObject", "INVALID_ACTION"),
    ] {
        assert_eq!(codes(&reading(&format!(r#""Action":"{action}""#))), [code], "{action}");
    }
    let value = |effect: &str| {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Action":"s3:GetObjcet","Resource":"*"}}}}"#
        );
        json::parse(&Text::from(text)).unwrap()
    };
    let fault = |effect: &str| faults(&value(effect), &Subject::of(PolicyType::Identity)).swap_remove(0);
    assert_eq!(fault("Allow").weight, Weight::Usual);
    assert_eq!(fault("Deny").weight, Weight::Worse);
    assert_eq!(fault("Allow").message, "there is no action s3:GetObjcet; s3:GetObject is near");
    assert!(!fault("Allow").is_certain, "the list may be old");
}

#[test]
fn resources_that_are_none() {
    for (resource, code) in [
        ("logs/*", "INVALID_ARN_PREFIX"),
        ("arn:aws:s3", "MISSING_ARN_FIELD"),
        ("arn:amazon:s3:::logs/*", "INVALID_PARTITION"),
        ("arn:aws:S3:::logs/*", "INVALID_ARN_SERVICE_CASE"),
        ("arn:aws:s3:eu-west:111122223333:accesspoint/a/object/b", "INVALID_ARN_REGION"),
        ("arn:aws:s3:eu-west-1:1111:accesspoint/a/object/b", "INVALID_ARN_ACCOUNT"),
        ("arn:aws:s3:::logs", "ResourceNeverMatches"),
    ] {
        assert_eq!(codes(&reading(&format!(r#""Resource":"{resource}""#))), [code], "{resource}");
    }
    for (resource, code) in [
        ("arn:aws:iam:eu-west-1:111122223333:role/x", "ARN_REGION_NOT_ALLOWED"),
        ("arn:aws:iam:::role/x", "MISSING_ARN_ACCOUNT"),
        ("arn:aws:iam::111122223333:roles/x", "INVALID_ARN_RESOURCE"),
        ("arn:aws:iam::111122223333:user/x", "ResourceNeverMatches"),
    ] {
        let statement = format!(r#"{{"Effect":"Deny","Action":"iam:DeleteRole","Resource":"{resource}"}}"#);
        assert_eq!(codes(&statement), [code], "{resource}");
    }
    let listing = |resource: &str| {
        codes(&format!(r#"{{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"{resource}"}}"#))
    };
    assert_eq!(listing("arn:aws:s3:::logs"), ["ResourceNeverMatches"]);
    assert_eq!(listing("arn:aws:s3:::*"), Vec::<String>::new());
    assert_eq!(listing("*"), Vec::<String>::new());
}

#[test]
fn conditions_on_keys() {
    for (condition, code) in [
        (r#"{"StringEquals":{"aws:SourcIp":"x"}}"#, "INVALID_GLOBAL_CONDITION_KEY"),
        (r#"{"StringEquals":{"s3:prefixx":"x"}}"#, "INVALID_SERVICE_CONDITION_KEY"),
        (r#"{"StringEquals":{"SourceAccount":"111122223333"}}"#, "INVALID_CONDITION_KEY_FORMAT"),
        (r#"{"StringEquals":{"aws:PrincipalTag":"x"}}"#, "MISSING_TAG_KEY_IN_CONDITION"),
        (r#"{"StringEquals":{"iam:PassedToService":"x"}}"#, "UNSUPPORTED_ACTION_FOR_CONDITION_KEY"),
        (r#"{"StringIs":{"aws:PrincipalTag/a":"x"}}"#, "INVALID_CONDITION_OPERATOR"),
        (r#"{"NullIfExists":{"aws:PrincipalTag/a":"true"}}"#, "NULL_WITH_IF_EXISTS"),
        (r#"{"StringEquals":{"aws:SourceIp":"203.0.113.0/24"}}"#, "TYPE_MISMATCH"),
        (r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/40"}}"#, "TYPE_MISMATCH_IP_RANGE"),
        (r#"{"Bool":{"aws:SecureTransport":"yes"}}"#, "TYPE_MISMATCH_BOOLEAN"),
        (r#"{"DateLessThan":{"aws:CurrentTime":"tomorrow"}}"#, "TYPE_MISMATCH_DATE"),
        (r#"{"NumericLessThan":{"aws:MultiFactorAuthAge":"an hour"}}"#, "TYPE_MISMATCH_NUMBER"),
        (r#"{"ArnLike":{"aws:PrincipalArn":"role/x"}}"#, "TYPE_MISMATCH"),
        (r#"{"StringEquals":{"aws:SourceVpc":"vpce-1"}}"#, "INVALID_VPC_FORMAT"),
        (r#"{"StringEquals":{"aws:PrincipalTag/a":"x*"}}"#, "WILDCARD_WITHOUT_LIKE_OPERATOR"),
        (r#"{"StringEquals":{"aws:CalledVia":"athena.amazonaws.com"}}"#, "MISSING_QUALIFIER"),
        (r#"{"ForAllValues:StringEquals":{"aws:PrincipalTag/a":"x"}}"#, "FORALLVALUES_WITH_SINGLE_VALUED_KEY"),
        (r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, "PRIVATE_IP_ADDRESS"),
        (r#"{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, "PRIVATE_NOT_IP_ADDRESS"),
        (r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#, "ConditionAlwaysTrue"),
        (r#"{"StringLike":{"aws:PrincipalArn":"*"}}"#, "ConditionAlwaysTrue"),
        (r#"{"Null":{"aws:PrincipalTag/a":"true"},"StringEquals":{"aws:PrincipalTag/a":"x"}}"#, "ConditionNeverTrue"),
        (
            r#"{"StringEquals":{"aws:PrincipalTag/a":"x"},"StringLike":{"aws:PrincipalTag/a":"y*"}}"#,
            "ConditionNeverTrue",
        ),
        (r#"{"DateLessThan":{"aws:CurrentTime":"2021-01-31"}}"#, "ExpiredDate"),
        (r#"{"StringEquals":{"aws:PrincipalTag/a":"${aws:username"}}"#, "MISSING_BRACE_IN_VARIABLE"),
        (r#"{"NumericEquals":{"aws:MultiFactorAuthAge":"${aws:EpochTime}"}}"#, "INVALID_VARIABLE_FOR_OPERATOR"),
    ] {
        assert_eq!(under(condition), [code], "{condition}");
    }
    for sound in [
        r#"{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:a/b:*"}}"#,
        r#"{"StringEquals":{"aws:PrincipalTag/a":"${aws:username}"}}"#,
        r#"{"NotIpAddress":{"aws:VpcSourceIp":"10.0.0.0/8"}}"#,
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2021-01-31"},"DateLessThan":{"aws:CurrentTime":"2199-01-31"}}"#,
        r#"{"StringEquals":{"s3:ExistingObjectTag/team":"a"}}"#,
        r#"{"StringEquals":{"aws:PrincipalTag/a":"a${*}b"}}"#,
    ] {
        assert_eq!(under(sound), Vec::<String>::new(), "{sound}");
    }
}

#[test]
fn principals_that_cannot_be() {
    let trust = |principal: &str, action: &str| {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}","Principal":{principal}}}}}"#
        );
        codes_of(&text, &Subject::of(PolicyType::Trust))
    };
    for (principal, code) in [
        (r#"{"AWS":"arn:aws:iam::111122223333:user/*"}"#, "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL"),
        (r#"{"AWS":"1111"}"#, "INVALID_PRINCIPAL_FORMAT"),
        (r#"{"AWS":"arn:aws:iam::111122223333:group/x"}"#, "INVALID_PRINCIPAL_FORMAT"),
        (r#"{"AWS":"lambda.amazonaws.com"}"#, "INVALID_PRINCIPAL_FORMAT"),
        (r#"{"AWS":"AROAEXAMPLEEXAMPLEID"}"#, "INVALID_ROLE_REFERENCE"),
        (r#"{"Service":"lambda"}"#, "INVALID_SERVICE_PRINCIPAL_FORMAT"),
        (r#"{"Services":"lambda.amazonaws.com"}"#, "INVALID_PRINCIPAL_KEY"),
        (r#"{"Federated":"arn:aws:iam::111122223333:oidc-provider/x.io"}"#, "MISMATCHED_ACTION_FOR_PRINCIPAL"),
        (r#"{"Service":"rolesanywhere.amazonaws.com"}"#, "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY"),
    ] {
        assert_eq!(trust(principal, "sts:AssumeRole"), [code], "{principal}");
    }
    assert_eq!(
        trust(r#"{"AWS":"111122223333","Service":"ec2.amazonaws.com"}"#, "sts:AssumeRole"),
        Vec::<String>::new()
    );
    assert_eq!(
        trust(r#"{"Service":"ec2.amazonaws.com"}"#, "sts:AssumeRoleWithSAML"),
        ["MISMATCHED_ACTION_FOR_PRINCIPAL"]
    );
}

#[test]
fn policies_of_organizations_have_their_own_grammar() {
    let of = |policy_type: PolicyType, statement: &str| {
        codes_of(&format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#), &Subject::of(policy_type))
    };
    let service = |statement: &str| of(PolicyType::ServiceControl, statement);
    // The whole language since September 2025.
    assert_eq!(
        service(
            r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"arn:aws:s3:::a/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#
        ),
        Vec::<String>::new()
    );
    assert_eq!(
        service(r#"{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}"#),
        ["SCP_SYNTAX_ERROR_PRINCIPAL"]
    );
    let resource = |statement: &str| of(PolicyType::ResourceControl, statement);
    assert_eq!(
        resource(r#"{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}"#),
        Vec::<String>::new()
    );
    assert_eq!(
        resource(r#"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}"#),
        ["RCP_SYNTAX_ERROR_ALLOW"]
    );
    assert_eq!(
        resource(r#"{"Effect":"Deny","Principal":{"AWS":"111122223333"},"NotAction":"s3:GetObject","Resource":"*"}"#),
        ["RCP_SYNTAX_ERROR_PRINCIPAL", "RCP_SYNTAX_ERROR_NOTACTION"]
    );
    assert_eq!(
        resource(r#"{"Effect":"Deny","Principal":"*","Action":["ec2:RunInstances","*"],"Resource":"*"}"#),
        ["RCP_SYNTAX_ERROR_ACTION", "RCP_SYNTAX_ERROR_ACTION"]
    );
}

#[test]
fn what_is_not_known_is_no_fault() {
    let mut text = crate::value::TextBuilder::new();
    text.push_str(r#"{"Version":"2012-10-17","Statement":{"Effect":""#);
    text.push_symbol(crate::value::Symbol::new("var.effect"));
    text.push_str(r#"","Action":"s3:"#);
    text.push_symbol(crate::value::Symbol::new("var.action"));
    text.push_str(r#"","Resource":""#);
    text.push_symbol(crate::value::Symbol::new("var.resource"));
    text.push_str(r#"/x","Condition":{"StringEquals":{""#);
    text.push_symbol(crate::value::Symbol::new("var.key"));
    text.push_str(r#"":"x"}}}}"#);
    let value = json::parse(&text.finish()).unwrap();
    assert_eq!(faults(&value, &Subject::of(PolicyType::Identity)), []);
}
