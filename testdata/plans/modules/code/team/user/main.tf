variable "name" {
  type = string
}

variable "group" {
  type = string
}

resource "aws_iam_user" "user" {
  name = var.name
}

resource "aws_iam_user_group_membership" "user" {
  user   = aws_iam_user.user.name
  groups = [var.group]
}

resource "aws_iam_user_policy" "user" {
  user   = aws_iam_user.user.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
