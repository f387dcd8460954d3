resource "aws_iam_group" "admins" {
  name = "admins"
}

resource "aws_iam_group" "empty" {
  name = "empty"
}

resource "aws_iam_group_policy_attachment" "admins" {
  group      = aws_iam_group.admins.name
  policy_arn = data.aws_iam_policy.admin.arn
}

data "aws_iam_policy" "admin" {
  arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_user" "bob" {
  name = "bob"
}

resource "aws_iam_user_login_profile" "alice" {
  user = aws_iam_user.alice.name
}

resource "aws_iam_access_key" "bob" {
  user = aws_iam_user.bob.name
}

resource "aws_iam_group_membership" "admins" {
  name  = "admins"
  group = aws_iam_group.admins.name
  users = [aws_iam_user.alice.name, aws_iam_user.bob.name]
}

resource "aws_iam_policy_attachment" "several" {
  name       = "several"
  users      = [aws_iam_user.bob.name]
  groups     = [aws_iam_group.admins.name]
  policy_arn = "arn:aws:iam::aws:policy/IAMFullAccess"
}
