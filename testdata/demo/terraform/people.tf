locals {
  people = toset(["anna", "ben"])
}

resource "aws_iam_account_password_policy" "this" {
  minimum_password_length      = 10
  require_lowercase_characters = true
  require_uppercase_characters = true
  require_numbers              = true
  require_symbols              = true
  password_reuse_prevention    = 24
  max_password_age             = 90
}

resource "aws_iam_user" "people" {
  for_each = local.people
  name     = each.key
}

resource "aws_iam_group" "developers" {
  name = "developers"
}

resource "aws_iam_user_group_membership" "people" {
  for_each = local.people
  user     = aws_iam_user.people[each.key].name
  groups   = [aws_iam_group.developers.name]
}

data "aws_iam_policy_document" "mfa" {
  statement {
    sid         = "DenyWithoutMfa"
    effect      = "Deny"
    not_actions = ["iam:ListMFADevices", "iam:CreateVirtualMFADevice", "iam:EnableMFADevice"]
    resources   = ["*"]

    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["false"]
    }
  }
}

resource "aws_iam_group_policy" "mfa" {
  group  = aws_iam_group.developers.name
  policy = data.aws_iam_policy_document.mfa.json
}
