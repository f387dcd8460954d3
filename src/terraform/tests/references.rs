//! What references to resources and look-ups stand for.

use std::fmt::Write as _;

use super::Tree;
use crate::terraform::Configuration;
use crate::value::{Kind, Value};

const RESOURCES: &str = r#"
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { owner = "all", team = "all" }
  }
}

provider "aws" {
  alias               = "china"
  region              = "cn-north-1"
  allowed_account_ids = ["111122223333"]
}

resource "aws_iam_role" "role" {
  name               = "worker"
  path               = "/team/"
  assume_role_policy = "{}"
  tags               = { team = "own" }
}

resource "aws_iam_user" "user" {
  name = "user"
}

resource "aws_sns_topic" "topic" {
  provider    = aws.china
  name_prefix = "topic-"
}

resource "aws_s3_bucket" "logs" {
  bucket = "logs"
}

resource "aws_s3_bucket" "each" {
  for_each = toset(["a", "b"])
  bucket   = "logs-${each.key}"
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_caller_identity" "a" {}

data "aws_caller_identity" "b" {}

data "aws_caller_identity" "china" {
  provider = aws.china
}

data "aws_partition" "china" {
  provider = aws.china
}

data "aws_region" "here" {}

data "aws_region" "there" {
  name = "us-east-1"
}

data "aws_iam_policy" "billing" {
  arn = "arn:aws:iam::aws:policy/job-function/Billing"
}
"#;

/// The outputs `expressions` of the resources above, each as text with its symbols.
fn shown(expressions: &[&str]) -> Vec<String> {
    let mut code = RESOURCES.to_owned();
    for (at, expression) in expressions.iter().enumerate() {
        writeln!(code, "output \"o{at}\" {{\n  value = {expression}\n}}").unwrap();
    }
    let tree = Tree::new(&[("main.tf", &code)]);
    let root = tree.root();
    assert!(root.errors.is_empty(), "{:?}", root.errors);
    root.outputs.into_iter().map(|(_, value)| value.expanded().canonical()).collect()
}

#[test]
fn arns_are_made_of_what_the_code_says() {
    assert_eq!(
        shown(&[
            "aws_iam_role.role.arn",
            "aws_iam_user.user.arn",
            "aws_iam_user.user.path",
            "aws_sns_topic.topic.arn",
            "\"${aws_s3_bucket.logs.arn}/*\"",
            "aws_iam_openid_connect_provider.github.arn",
            "aws_s3_bucket.logs.id",
            "aws_iam_role.role.unique_id",
        ]),
        [
            "\"arn:aws:iam::${provider.aws.account_id}:role/team/worker\"",
            "\"arn:aws:iam::${provider.aws.account_id}:user/user\"",
            "\"/\"",
            "\"arn:aws-cn:sns:cn-north-1:111122223333:topic-${aws_sns_topic.topic.name after its prefix}\"",
            "\"arn:aws:s3:::logs/*\"",
            "\"arn:aws:iam::${provider.aws.account_id}:oidc-provider/token.actions.githubusercontent.com\"",
            "\"logs\"",
            "aws_iam_role.role.unique_id",
        ]
    );
}

#[test]
fn what_is_known_counts_where_the_content_does() {
    assert_eq!(
        shown(&[
            "split(\"/\", aws_iam_role.role.arn)[2]",
            "startswith(aws_iam_role.role.arn, \"arn:aws:iam::\")",
            "aws_s3_bucket.logs.arn == \"arn:aws:s3:::logs\"",
            "aws_s3_bucket.logs.arn == \"arn:aws:s3:::other\"",
            "replace(aws_s3_bucket.logs.arn, \"arn:aws:s3:::\", \"\")",
            "element(split(\":\", aws_iam_role.role.arn), 5)",
        ]),
        ["\"worker\"", "true", "true", "false", "\"logs\"", "\"role/team/worker\""]
    );
    // As a whole it still is the reference by which resources are linked.
    let tree =
        Tree::new(&[("main.tf", &format!("{RESOURCES}output \"o\" {{\n value = aws_s3_bucket.each[\"a\"].arn\n}}"))]);
    let Kind::Unknown(unknown) = &tree.root().outputs[0].1.kind else { panic!("not a reference") };
    assert_eq!(&*unknown.symbol.reference().unwrap().address, "aws_s3_bucket.each[\"a\"]");
}

#[test]
fn resources_as_values_have_their_identifiers() {
    let tree = Tree::new(&[(
        "main.tf",
        &format!("{RESOURCES}output \"o\" {{\n value = [for bucket in aws_s3_bucket.each : bucket.arn]\n}}"),
    )]);
    let value = &tree.root().outputs[0].1;
    let items = value.as_list().unwrap().items();
    let arns: Vec<String> = items.iter().map(|item| item.clone().expanded().canonical()).collect();
    assert_eq!(arns, ["\"arn:aws:s3:::logs-a\"", "\"arn:aws:s3:::logs-b\""]);
}

#[test]
fn look_ups_of_the_same_thing_are_the_same() {
    assert_eq!(
        shown(&[
            "data.aws_caller_identity.a.account_id == data.aws_caller_identity.b.account_id",
            "data.aws_caller_identity.china.account_id",
            "data.aws_partition.china.partition",
            "data.aws_partition.china.dns_suffix",
            "data.aws_region.here.name",
            "data.aws_region.there.name",
            "data.aws_iam_policy.billing.name",
        ]),
        [
            "true",
            "\"111122223333\"",
            "\"aws-cn\"",
            "\"amazonaws.com.cn\"",
            "\"eu-west-1\"",
            "\"us-east-1\"",
            "\"Billing\""
        ]
    );
}

#[test]
fn default_tags_are_among_all_tags() {
    assert_eq!(
        shown(&["aws_iam_role.role.tags_all", "aws_s3_bucket.logs.tags_all"]),
        ["{owner=\"all\",team=\"own\",}", "{owner=\"all\",team=\"all\",}"]
    );
}

#[test]
fn providers_are_passed_on_and_inherited() {
    const CHILD: &str = r#"
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.other]
    }
  }
}

data "aws_region" "inherited" {}

data "aws_region" "passed" {
  provider = aws.other
}

resource "aws_iam_role" "role" {
  provider           = aws.other
  assume_role_policy = "{}"
}

output "regions" {
  value = [data.aws_region.inherited.name, data.aws_region.passed.name]
}
"#;
    let calls = r#"
module "child" {
  source    = "./child"
  providers = { aws.other = aws.china }
}

output "o" {
  value = module.child.regions
}
"#;
    let tree = Tree::new(&[("main.tf", &format!("{RESOURCES}{calls}")), ("child/main.tf", CHILD)]);
    let root = tree.root();
    assert_eq!(root.outputs[0].1.canonical(), "[\"eu-west-1\",\"cn-north-1\",]");
    let role = root.resources.iter().find(|resource| &*resource.address == "module.child.aws_iam_role.role").unwrap();
    assert_eq!(role.provider.as_deref(), Some("provider.aws.china"));
    assert_eq!(root.region(role).as_ref().and_then(Value::as_str), Some("cn-north-1"));
}

#[test]
fn names_that_hang_on_themselves_end() {
    let tree = Tree::new(&[(
        "main.tf",
        "resource \"aws_s3_bucket\" \"a\" {\n bucket = aws_s3_bucket.b.arn\n}\n\
         resource \"aws_s3_bucket\" \"b\" {\n bucket = aws_s3_bucket.a.arn\n}\n\
         provider \"aws\" {\n region = data.aws_region.here.name\n}\n\
         data \"aws_region\" \"here\" {}\n",
    )]);
    let configuration: Configuration<'_> = tree.load();
    let roots = configuration.roots();
    let root = configuration.evaluate(roots[0], &|_, _| true);
    assert_eq!(root.resources.len(), 4);
}
