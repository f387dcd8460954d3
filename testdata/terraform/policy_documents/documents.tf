# What the AWS provider 5.100 makes of these (their `json`) is in provider.json.

data "aws_iam_policy_document" "every_argument" {
  policy_id = "pid"
  statement {
    sid       = "One"
    actions   = ["s3:Get*", "s3:Abc", "s3:Zed", "s3:Abc", "a:&{x}"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["b", "a", "c&{aws:username}"]
    }
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:&{x}"
      values   = ["z", "a", "&{aws:username}"]
    }
    condition {
      test     = "StringEquals"
      variable = "k2"
      values   = ["z"]
    }
    condition {
      test     = "StringEquals"
      variable = "k2"
      values   = ["y", "a"]
    }
    condition {
      test     = "Bool"
      variable = "k2"
      values   = ["true"]
    }
  }
  statement {
    effect        = "Deny"
    not_actions   = ["b", "c<"]
    not_resources = ["&{a}", "x"]
    not_principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
  statement {
    not_principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    principals {
      type        = "*"
      identifiers = ["a", "*"]
    }
    actions = []
  }
  statement {
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    principals {
      type        = "Federated"
      identifiers = []
    }
    condition {
      test     = "StringEquals"
      variable = "k2"
      values   = []
    }
  }
}

data "aws_iam_policy_document" "nothing" {
}

data "aws_iam_policy_document" "merged" {
  version = "2008-10-17"
  source_policy_documents = [
    jsonencode({ Version = "2012-10-17", Id = "x", Extra = 1, Statement = [{ Sid = "A", Effect = "Allow", Action = ["z", "b", "c"], Resource = ["*"], Principal = "*", Extra = 1, Condition = { StringEquals = { a = "b", c = ["z", "y"] }, Bool = { x = true, y = 1 } } }, { Effect = "Allow", Action = "*", Principal = { AWS = ["a", "b"], Service = "c" } }] }),
    jsonencode({ statement = [{ sid = "B", effect = "Deny", notaction = ["x"], NotPrincipal = { AWS = "*" } }] }),
    "",
    jsonencode({ Statement = [{ Sid = "C", Effect = "Allow", Action = [], Resource = "&{x}" }] }),
  ]
  statement {
    sid     = "A"
    actions = ["mine"]
  }
  statement {
    sid     = ""
    actions = ["mine"]
  }
  override_policy_documents = [jsonencode({ Id = "y", Statement = [{ Sid = "B", Effect = "Allow", Action = "over" }, { Sid = "New", Effect = "Allow", Action = "new" }, { Effect = "Allow", Action = "nosid" }] })]
}

data "aws_iam_policy_document" "empty_text" {
  statement {
    actions   = ["a", ""]
    resources = null
  }
}

data "aws_iam_policy_document" "several_principals" {
  statement {
    actions   = ["b", "a"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    principals {
      type        = "*"
      identifiers = ["x"]
    }
  }
  statement {
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "source_normalised" {
  source_policy_documents = [
    jsonencode({ Version = "2008-10-17", Id = "x", Extra = 1, Statement = [{ Sid = "A", Effect = "Allow", Action = ["z", "b", "c"], Resource = ["*"], Principal = "*", Extra = 1, Condition = { StringEquals = { c = ["z", "y"], a = "b" }, Bool = { x = "true" } } }, { Effect = "Allow", Action = "*", NotPrincipal = { AWS = "*" }, Principal = { AWS = ["a", "b"], Service = "c" } }, { Action = [] }, { Resource = "", Sid = "" }] })
  ]
}

data "aws_iam_policy_document" "source_principals" {
  source_policy_documents = [jsonencode({ Statement = [{ Principal = { AWS = ["*"] } }, { Principal = { "*" = "*" } }, { Principal = {} }, { Condition = {} }, { Principal = { AWS = [] } }] })]
}

data "aws_iam_policy_document" "source_truth_value" {
  source_policy_documents = [jsonencode({ Statement = [{ Condition = { Bool = { x = true } } }] })]
}

data "aws_iam_policy_document" "override_twice" {
  override_policy_documents = [jsonencode({ Statement = [{ Sid = "a", Action = "1" }, { Sid = "a", Action = "2" }] }), ""]
}

data "aws_iam_policy_document" "same_test_and_type" {
  statement {
    condition {
      test     = "T"
      variable = "v"
      values   = ["b", "a"]
    }
    condition {
      test     = "T"
      variable = "v"
      values   = ["c"]
    }
    principals {
      type        = "AWS"
      identifiers = ["a", "z"]
    }
  }
  statement {
    principals {
      type        = "*"
      identifiers = ["*", "*"]
    }
    resources = ["a", "a"]
  }
}

data "aws_iam_policy_document" "source_number" {
  source_policy_documents = [jsonencode({ Statement = null }), jsonencode({ Statement = [{ Condition = { StringEquals = { a = 1 } } }] })]
}

