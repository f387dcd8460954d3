data "aws_iam_policy_document" "mfa" {
  statement {
    sid         = "DenyWithoutMfa"
    effect      = "Deny"
    not_actions = ["iam:ListUsers"]
    resources   = ["*"]

    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["false"]
    }
  }

  statement {
    effect    = "Allow"
    actions   = ["ec2:*"]
    resources = ["*"]

    condition {
      test     = "BoolIfExists"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }
  }
}

resource "aws_iam_policy" "mfa" {
  name_prefix = "mfa-"
  policy      = data.aws_iam_policy_document.mfa.json
}

resource "aws_iam_user" "user" {
  name                 = "user"
  permissions_boundary = aws_iam_policy.boundary.arn
}

resource "aws_iam_policy" "boundary" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}

resource "aws_iam_user_policy_attachment" "mfa" {
  user       = aws_iam_user.user.name
  policy_arn = aws_iam_policy.mfa.arn
}

resource "aws_iam_user_login_profile" "user" {
  user = aws_iam_user.user.name
}
