//! Policy documents, principals, and what rules compare with each other.

use super::{Hostile, many};

fn repeated(count: usize, text: &str) -> String {
    (0..many(count)).map(|at| text.replace('@', &at.to_string())).collect()
}

/// A policy with this document, as one that somebody carries, that grants, trusts and limits.
fn carried(document: &str) -> String {
    format!(
        "locals {{\n  p = <<EOT\n{document}\nEOT\n}}\nresource \"aws_iam_policy\" \"p\" {{\n  policy = local.p\n}}\n\
         resource \"aws_iam_user\" \"u\" {{\n  name = \"u\"\n}}\n\
         resource \"aws_iam_user_policy\" \"u\" {{\n  user = aws_iam_user.u.name\n  policy = local.p\n}}\n\
         resource \"aws_iam_user_login_profile\" \"u\" {{\n  user = aws_iam_user.u.name\n}}\n\
         resource \"aws_iam_role\" \"r\" {{\n  assume_role_policy = local.p\n}}\n\
         resource \"aws_iam_role_policy_attachment\" \"r\" {{\n  role = aws_iam_role.r.name\n  policy_arn = aws_iam_policy.p.arn\n}}\n\
         resource \"aws_s3_bucket_policy\" \"b\" {{\n  bucket = \"b\"\n  policy = local.p\n}}\n\
         resource \"aws_organizations_policy\" \"o\" {{\n  content = local.p\n}}\n\
         resource \"aws_cloudtrail\" \"t\" {{\n  s3_bucket_name = \"b\"\n}}\n"
    )
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes a release build")]
fn documents() {
    let mut hostile = Hostile::default();
    let statement =
        |fields: &str| format!("{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",{fields}}}]}}");
    let list = |items: String| format!("[{items}\"x\"]");
    let stars = "*a".repeat(1000);
    let questions = "?".repeat(1000);
    for (name, document) in [
        ("statements", format!("{{\"Statement\":[{}{{}}]}}", repeated(100_000, "{\"Sid\":\"s@\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:Get@*\",\"Resource\":\"arn:aws:s3:::b@/*\"},"))),
        ("denies", format!("{{\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}},{}{{}}]}}", repeated(50_000, "{\"Effect\":\"Deny\",\"NotAction\":[\"iam:Get@*\",\"*@\"],\"Resource\":\"*\",\"Condition\":{\"BoolIfExists\":{\"aws:MultiFactorAuthPresent\":\"false\"}}},"))),
        ("actions", statement(&format!("\"Action\":{},\"Resource\":\"*\"", list(repeated(100_000, "\"*a@*b*\","))))),
        ("not actions", statement(&format!("\"NotAction\":{},\"Resource\":\"*\"", list(repeated(100_000, "\"iam:*@\","))))),
        ("resources", statement(&format!("\"Action\":\"iam:*\",\"Resource\":{}", list(repeated(100_000, "\"arn:aws:iam::*:*/*@*\","))))),
        ("not resources", statement(&format!("\"Action\":\"iam:*\",\"NotResource\":{}", list(repeated(100_000, "\"arn:*:*:*@*\","))))),
        ("stars", statement(&format!("\"Action\":\"{stars}\",\"Resource\":\"{stars}\""))),
        ("many stars", statement(&format!("\"Action\":{0},\"Resource\":{0},\"NotPrincipal\":{{\"AWS\":{0}}}", list(format!("\"{}*\",", "*a".repeat(100)).repeat(many(20_000)))))),
        ("long stars", statement(&format!("\"Action\":\"{0}\",\"Resource\":\"{0}b\"", "*a".repeat(many(500_000))))),
        ("questions", statement(&format!("\"Action\":[\"*a{questions}\",\"*{questions}\"],\"Resource\":\"*a{questions}\""))),
        ("a bucket's stars", statement(&format!("\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::{stars}\""))),
        ("principals", statement(&format!("\"Principal\":{{\"AWS\":{}}},\"Action\":\"sts:AssumeRole\"", list(repeated(100_000, "\"arn:aws:iam::@:root\","))))),
        ("everybody", statement(&format!("\"Principal\":{{\"AWS\":{}}},\"Action\":\"sts:AssumeRole\"", list("\"*\",".repeat(many(50_000)))))),
        ("kinds of principals", statement(&format!("\"Principal\":{{{}\"AWS\":\"*\"}},\"Action\":\"sts:AssumeRole\"", repeated(100_000, "\"K@\":\"*\",")))),
        ("values of a condition", statement(&format!("\"Principal\":{{\"Federated\":\"arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com\"}},\"Action\":\"sts:AssumeRoleWithWebIdentity\",\"Condition\":{{\"StringLike\":{{\"token.actions.githubusercontent.com:sub\":{}}}}}", list(repeated(100_000, "\"repo:*@/*\","))))),
        ("stars of a condition", statement(&format!("\"Principal\":\"*\",\"Action\":\"sts:AssumeRole\",\"Condition\":{{\"StringLike\":{{\"aws:PrincipalArn\":\"{stars}\",\"aws:SourceArn\":[\"*{questions}\"]}}}}"))),
        ("keys of a condition", statement(&format!("\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{{\"StringLike\":{{{}\"a\":\"b\"}}}}", repeated(100_000, "\"aws:k@\":\"*\",")))),
        ("operators of a condition", statement(&format!("\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{{{}\"Bool\":{{}}}}", repeated(100_000, "\"ForAnyValue:StringLike@\":{\"a\":\"*\"},")))),
        ("addresses", statement(&format!("\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{{\"IpAddress\":{{\"aws:SourceIp\":{}}}}}", list(repeated(100_000, "\"@.0.0.0/0\",\"::/@\","))))),
        ("variables", statement(&format!("\"Action\":\"s3:*\",\"Resource\":\"{}\"", repeated(20_000, "$${aws:k@}*")))),
        ("open variables", statement(&format!("\"Action\":\"s3:*\",\"Resource\":\"{}\"", "$${".repeat(many(300_000))))),
        ("escapes", statement(&format!("\"Action\":\"{}\",\"Resource\":\"*\"", "\\\\u002a".repeat(many(300_000))))),
        ("effects", format!("{{{}\"Statement\":[]}}", repeated(100_000, "\"Effect@\":\"Allow\","))),
        ("one field", format!("{{{}\"Statement\":[]}}", "\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},".repeat(many(100_000)))),
        ("statements in statements", format!("{{\"Statement\":{}{}", "[".repeat(90), "]".repeat(90))),
        ("not what it should be", "{\"Statement\":{\"Effect\":{\"a\":[]},\"Action\":{\"*\":\"*\"},\"Resource\":[[\"*\"]],\"Principal\":[\"*\"],\"Condition\":[{\"StringLike\":[]}]}}".to_owned()),
    ] {
        hostile.file(&format!("{name}: main.tf"), carried(&document));
    }
    hostile.finish();
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes a release build")]
fn accounts() {
    let mut hostile = Hostile::default();
    let admin = "jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"*\", Resource = \"*\" }] })";
    for (name, text) in [
        ("password policies", repeated(20_000, "resource \"aws_iam_account_password_policy\" \"p@\" {\n  minimum_password_length = @\n}\n")),
        ("detectors", repeated(20_000, "resource \"aws_guardduty_detector\" \"d@\" {\n  enable = false\n}\nresource \"aws_guardduty_detector_feature\" \"f@\" {\n  detector_id = aws_guardduty_detector.d@.id\n  name = \"S3_DATA_EVENTS\"\n  status = \"DISABLED\"\n}\n")),
        ("trails", repeated(2_000, "resource \"aws_cloudtrail\" \"t@\" {\n  s3_bucket_name = aws_s3_bucket.b@.id\n}\nresource \"aws_s3_bucket\" \"b@\" {\n  bucket = \"b@\"\n}\nresource \"aws_s3_bucket_public_access_block\" \"b@\" {\n  bucket = aws_s3_bucket.b@.id\n}\n")),
        ("trails to one bucket", repeated(2_000, "resource \"aws_cloudtrail\" \"t@\" {\n  s3_bucket_name = \"b\"\n}\nresource \"aws_s3_bucket\" \"b@\" {\n  bucket = \"b\"\n  acl = \"public-read\"\n}\nresource \"aws_s3_bucket_acl\" \"b@\" {\n  bucket = \"b\"\n  acl = \"public-read\"\n}\n")),
        ("users of one name", repeated(10_000, "resource \"aws_iam_user\" \"u@\" {\n  name = \"u\"\n}\nresource \"aws_iam_user_policy_attachment\" \"a@\" {\n  user = \"u\"\n  policy_arn = \"arn:aws:iam::aws:policy/AdministratorAccess\"\n}\n")),
        ("users in groups", repeated(5_000, "resource \"aws_iam_user\" \"u@\" {\n  name = \"u@\"\n}\nresource \"aws_iam_group\" \"g@\" {\n  name = \"g@\"\n}\nresource \"aws_iam_user_login_profile\" \"l@\" {\n  user = \"u@\"\n}\n") + &format!("locals {{\n  users = [for x in range(5000) : \"u${{x}}\"]\n}}\n{}", (0..100).map(|at| format!("resource \"aws_iam_group_membership\" \"m{at}\" {{\n  group = \"g{at}\"\n  users = local.users\n}}\n")).collect::<String>())),
        ("one policy for all", format!("resource \"aws_iam_policy\" \"p\" {{\n  policy = {admin}\n}}\n") + &repeated(10_000, "resource \"aws_iam_role\" \"r@\" {\n  name = \"r@\"\n}\nresource \"aws_iam_role_policy_attachment\" \"a@\" {\n  role = aws_iam_role.r@.name\n  policy_arn = aws_iam_policy.p.arn\n}\n")),
        ("all policies for one", "resource \"aws_iam_role\" \"r\" {\n  name = \"r\"\n}\n".to_owned() + &repeated(10_000, &format!("resource \"aws_iam_policy\" \"p@\" {{\n  policy = {admin}\n}}\nresource \"aws_iam_role_policy_attachment\" \"a@\" {{\n  role = \"r\"\n  policy_arn = aws_iam_policy.p@.arn\n}}\n"))),
        ("all policies for all", {
            let roles = repeated(2_000, "resource \"aws_iam_role\" \"r@\" {\n  name = \"r@\"\n}\nresource \"aws_iam_policy\" \"p@\" {\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"s3:Get@\", Resource = \"*\" }] })\n}\n");
            roles + &(0..many(2_000)).map(|at| format!("resource \"aws_iam_policy_attachment\" \"a{at}\" {{\n  name = \"a{at}\"\n  policy_arn = aws_iam_policy.p{at}.arn\n  roles = [for x in range({}) : \"r${{x}}\"]\n}}\n", many(2_000))).collect::<String>()
        }),
        ("providers", repeated(20_000, "provider \"aws\" {\n  alias = \"a@\"\n  access_key = \"AKIAIOSFODNN7EXAMPLE\"\n  default_tags {\n    tags = { a = \"@\" }\n  }\n}\n")),
        ("identity providers", repeated(10_000, "resource \"aws_iam_openid_connect_provider\" \"o@\" {\n  url = \"https://token.actions.githubusercontent.com\"\n}\nresource \"aws_iam_role\" \"r@\" {\n  assume_role_policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRoleWithWebIdentity\", Principal = { Federated = aws_iam_openid_connect_provider.o@.arn } }] })\n}\n")),
        ("instances of one policy", format!("resource \"aws_iam_policy\" \"p\" {{\n  count = 1000\n  policy = {admin}\n}}\nmodule \"m\" {{\n  source = \"./m\"\n}}\n")),
    ] {
        hostile.file(&format!("{name}: main.tf"), text);
    }
    let users: String = repeated(
        10_000,
        "  U@:\n    Type: AWS::IAM::User\n    Properties:\n      UserName: u@\n      Groups: [!Ref G@]\n      ManagedPolicyArns: [!Ref P]\n  G@: {Type: AWS::IAM::Group}\n",
    );
    hostile.file("users of a template: template.yaml", format!("Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument: {{Statement: [{{Effect: Allow, Action: '*', Resource: '*'}}]}}\n{users}"));
    hostile.finish();
}
