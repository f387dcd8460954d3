variable "name" {
  type = string
}

variable "policy" {
  type = string
}

resource "aws_iam_group" "team" {
  name = var.name
}

resource "aws_iam_group_policy_attachment" "team" {
  group      = aws_iam_group.team.name
  policy_arn = var.policy
}

resource "aws_iam_policy" "own" {
  name_prefix = "own-"
  policy      = file("${path.module}/own.json")
}

module "users" {
  source = "./user"
  count  = 2

  name  = "${var.name}-${count.index}"
  group = aws_iam_group.team.name
}

output "group" {
  value = aws_iam_group.team.name
}

output "policy" {
  value = aws_iam_policy.own.arn
}
