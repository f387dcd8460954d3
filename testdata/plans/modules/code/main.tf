module "teams" {
  source   = "./team"
  for_each = toset(["red", "blue"])

  name   = each.key
  policy = aws_iam_policy.shared.arn
}

resource "aws_iam_policy" "shared" {
  name_prefix = "shared-"
  policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["*"], Resource = ["*"] }] })
}

resource "aws_iam_group_policy_attachment" "red" {
  group      = module.teams["red"].group
  policy_arn = module.teams["red"].policy
}
