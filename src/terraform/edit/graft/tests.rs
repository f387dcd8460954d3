//! Grafts from a small donor, and from the baseline that is generated.

use super::*;
use crate::source::Sources;

const TRAIL: &str = r#"locals {
  # The trail is named before it exists.
  trail = "${var.prefix}-trail"
  other = 1

  arn = "arn:${data.aws_partition.current.partition}:trail/${local.trail}" # as text
}

# The trail.
resource "aws_cloudtrail" "trail" {
  name       = local.trail
  kms_key_id = aws_kms_key.trail.arn
  s3         = "${aws_s3_bucket.trail.id}/x"

  depends_on = [
    aws_s3_bucket.trail,
    aws_kms_key.trail,
  ]
}

resource "aws_s3_bucket" "trail" {
  bucket = "${local.trail}-bucket"
  days   = var.days + 1
  email  = var.email

  # About the rule.
  rule {
    sid = "A"
  }

  rule {
    sid = "B" # b
    list = [
      local.arn,
      "${var.days} days",
    ]
  }

  depends_on = [aws_kms_key.trail]
}
"#;

const KEY: &str = r#"# About keys.

# The key.
resource "aws_kms_key" "trail" {
  policy = [for each in var.list : "${each}-${local.arn}"]
}

data "aws_partition" "current" {}

variable "prefix" {
  type    = string
  default = "baseline"
}

variable "days" {
  type = number
}

variable "list" {
  type = list(string)
}

variable "email" {
  type = string

  validation {
    condition     = var.email != ""
    error_message = "email is empty"
  }
}
"#;

fn donor() -> Donor {
    Donor::new(&[("trail.tf".into(), TRAIL.into()), ("key.tf".into(), KEY.into())]).unwrap()
}

fn declared(text: &str) -> Taken {
    taken(&[Sources::new("/".into()).add_text("/main.tf".into(), text.as_bytes().to_vec()).unwrap()])
}

fn request<'a>(taken: &'a Taken, blocks: &[&str]) -> GraftRequest<'a> {
    GraftRequest {
        blocks: blocks.iter().map(|&block| block.to_owned()).collect(),
        expressions: vec![],
        nested: vec![],
        given: BTreeMap::new(),
        taken,
        values: BTreeMap::new(),
    }
}

fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    entries.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
}

#[test]
fn everything_comes_as_it_is() {
    let taken = Taken::default();
    let donor = donor();
    let all: Vec<&str> = donor.addresses().collect();
    let graft = donor.graft(&request(&taken, &all)).unwrap();
    assert_eq!(graft.files, [("trail.tf".to_owned(), TRAIL.to_owned()), ("key.tf".to_owned(), KEY.to_owned())]);
    assert!(graft.renamed.is_empty());
}

#[test]
fn what_is_referred_to_comes_along() {
    let taken = Taken::default();
    let graft = donor().graft(&request(&taken, &["aws_kms_key.trail"])).unwrap();
    assert_eq!(
        graft.files[0].1,
        "locals {\n  # The trail is named before it exists.\n  trail = \"${var.prefix}-trail\"\n\n  arn = \"arn:${data.aws_partition.current.partition}:trail/${local.trail}\" # as text\n}\n"
    );
    assert!(graft.files[1].1.starts_with("# About keys.\n\n# The key.\nresource"));
    assert!(graft.files[1].1.contains("variable \"list\"") && !graft.files[1].1.contains("variable \"days\""));
}

#[test]
fn given_resources_and_values_are_written_in_place() {
    let taken = Taken::default();
    let mut request = request(&taken, &["aws_cloudtrail.trail", "aws_s3_bucket.trail"]);
    request.given = map(&[("aws_kms_key.trail", "aws_kms_key.logs[0]"), ("aws_kms_key.trail.arn", "local.key")]);
    request.values = map(&[("prefix", "\"ac\\\"me\""), ("days", "var.a ? 1 : 2"), ("email", "\"x@y\"")]);
    let graft = donor().graft(&request).unwrap();
    let text = &graft.files[0].1;
    for line in [
        "  trail = \"ac\\\"me-trail\"\n",
        "  name       = local.trail\n  kms_key_id = local.key\n",
        "    aws_s3_bucket.trail,\n    aws_kms_key.logs[0],\n",
        "  days   = (var.a ? 1 : 2) + 1\n  email  = \"x@y\"\n",
        "      \"${var.a ? 1 : 2} days\",\n",
        "  depends_on = [aws_kms_key.logs[0]]\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let files: Vec<_> = graft.files.iter().map(|(name, text)| (name.as_str(), text.len())).collect();
    assert_eq!(files, [("trail.tf", text.len()), ("key.tf", "data \"aws_partition\" \"current\" {}\n".len())]);
}

#[test]
fn dependencies_on_what_is_no_resource_vanish() {
    let taken = Taken::default();
    let mut request = request(&taken, &["aws_cloudtrail.trail", "aws_s3_bucket.trail"]);
    request.given = map(&[("aws_kms_key.trail", "var.key")]);
    request.values = map(&[("prefix", "\"a\""), ("days", "1"), ("email", "\"x\"")]);
    let graft = donor().graft(&request).unwrap();
    let text = &graft.files[0].1;
    assert!(text.contains("  depends_on = [\n    aws_s3_bucket.trail,\n  ]\n"), "{text}");
    assert!(text.ends_with("      \"1 days\",\n    ]\n  }\n}\n"), "{text}");
}

#[test]
fn taken_names_are_avoided() {
    let taken = declared(
        "resource \"aws_kms_key\" \"trail\" {}\nresource \"aws_kms_key\" \"trail_baseline\" {}\nlocals {\n  arn = 1\n}\nvariable \"list\" {}\n",
    );
    let graft = donor().graft(&request(&taken, &["aws_cloudtrail.trail"])).unwrap();
    let want = map(&[
        ("aws_kms_key.trail", "aws_kms_key.trail_baseline_2"),
        ("local.arn", "local.arn_baseline"),
        ("var.list", "var.list_baseline"),
    ]);
    assert_eq!(graft.renamed, want);
    let [(_, trail), (_, key)] = &graft.files[..] else { panic!("{graft:?}") };
    assert!(
        trail.contains("\n  arn_baseline = \"arn:") && trail.contains("kms_key_id = aws_kms_key.trail_baseline_2.arn")
    );
    assert!(key.contains(
        "resource \"aws_kms_key\" \"trail_baseline_2\" {\n  policy = [for each in var.list_baseline : \"${each}-${local.arn_baseline}\"]\n}"
    ));
    assert!(key.contains("variable \"list_baseline\" {"));
}

#[test]
fn what_says_the_same_is_used_again() {
    let there = "data \"aws_partition\" \"here\" {}\nlocals {\n  # x\n  trail = \"${var.prefix}-trail\"\n  arn   = \"arn:${data.aws_partition.here.partition}:trail/${local.trail}\"\n}\nvariable \"prefix\" {\n  type    = string\n  default = \"acme\"\n}\nresource \"aws_kms_key\" \"trail\" {\n  policy = [ for each in var.list: \"${each}-${local.arn}\" ]\n}\nvariable \"list\" { type = list(string) }\n";
    let taken = declared(there);
    let mut request = request(&taken, &["aws_kms_key.trail", "aws_cloudtrail.trail"]);
    request.values = map(&[("prefix", "\"other\"")]);
    request.given = map(&[("aws_s3_bucket.trail", "aws_s3_bucket.logs")]);
    let graft = donor().graft(&request).unwrap();
    // The colon is laid out another way there, which is not looked through.
    assert_eq!(
        graft.renamed,
        map(&[
            ("aws_kms_key.trail", "aws_kms_key.trail_baseline"),
            ("data.aws_partition.current", "data.aws_partition.here")
        ])
    );
    assert!(!graft.files[0].1.contains("locals"));
    let taken = declared(&there.replace("[ for each in var.list:", "[for each in var.list :").replace("]\"\n", "]\n"));
    let graft = donor().graft(&GraftRequest { taken: &taken, ..request }).unwrap();
    assert_eq!(graft.files.len(), 1);
    assert!(graft.files[0].1.contains("kms_key_id = aws_kms_key.trail.arn"));
}

#[test]
fn parts_come_with_what_they_refer_to() {
    let taken = declared("locals {\n  arn = 1\n}\n");
    let nested = |sid: &str| NestedWanted {
        block: "aws_s3_bucket.trail".into(),
        path: vec!["rule".into()],
        with: Some(("sid".to_owned(), sid.to_owned())),
    };
    let mut request = request(&taken, &[]);
    request.expressions = vec![("aws_cloudtrail.trail".into(), vec!["name".into()])];
    request.nested = vec![nested("A"), nested("B")];
    request.values = map(&[("prefix", "\"a\""), ("days", "7")]);
    let graft = donor().graft(&request).unwrap();
    assert_eq!(graft.expressions, ["local.trail"]);
    assert_eq!(
        graft.nested,
        [
            "# About the rule.\nrule {\n  sid = \"A\"\n}",
            "rule {\n  sid = \"B\" # b\n  list = [\n    local.arn_baseline,\n    \"7 days\",\n  ]\n}"
        ]
    );
    let files: Vec<_> = graft.files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(files, ["trail.tf", "key.tf"]);
}

#[test]
fn what_is_not_there_or_bound_to_its_block_is_refused() {
    let taken = Taken::default();
    let unknown = |address: &str| Err(GraftError::Unknown(address.to_owned()));
    assert_eq!(donor().graft(&request(&taken, &["aws_x.y"])), unknown("aws_x.y"));
    let nested = NestedWanted {
        block: "aws_s3_bucket.trail".into(),
        path: vec!["rule".into()],
        with: Some(("sid".into(), "C".into())),
    };
    let wanted = GraftRequest { nested: vec![nested], ..request(&taken, &[]) };
    assert_eq!(donor().graft(&wanted), unknown("aws_s3_bucket.trail.rule"));
    let text = "resource \"a\" \"b\" {\n  for_each = {}\n  x        = [each.key]\n}\n";
    let donor = Donor::new(&[("a.tf".into(), text.into())]).unwrap();
    let wanted = GraftRequest { expressions: vec![("a.b".into(), vec!["x".into()])], ..request(&taken, &[]) };
    assert_eq!(donor.graft(&wanted), Err(GraftError::Bound("each.key".into())));
}

#[test]
fn providers_go_by_their_alias() {
    let text = "provider \"aws\" {\n  alias = \"eu\"\n}\n\nmodule \"eu\" {\n  source = \"./eu\"\n\n  providers = {\n    aws   = aws.eu\n    other = aws\n  }\n}\n\nresource \"a\" \"b\" {\n  provider = aws.eu\n}\n";
    let donor = Donor::new(&[("a.tf".into(), text.into())]).unwrap();
    let taken = declared("provider \"aws\" {\n  alias = \"eu\"\n  x = 1\n}\nprovider \"aws\" {}\n");
    let graft = donor.graft(&request(&taken, &["module.eu", "a.b"])).unwrap();
    let want = text.replace("\"eu\"\n}", "\"eu_baseline\"\n}").replace("= aws.eu\n", "= aws.eu_baseline\n");
    assert_eq!(graft.files, [("a.tf".to_owned(), want)]);
    assert_eq!(donor.referrers("provider.aws.eu").collect::<Vec<_>>(), ["a.b", "module.eu"]);
}
