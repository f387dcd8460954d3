variable "roles" {
  default = {
    build  = "*"
    deploy = "arn:aws:iam::111122223333:root"
  }
}

resource "aws_iam_role" "each" {
  for_each = var.roles

  name = "role-${each.key}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = each.value }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "admin" {
  for_each = aws_iam_role.each

  role       = each.value.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_policy" "all" {
  name = "all"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = { Effect = "Allow", Action = "*", Resource = "*" }
  })
}

resource "aws_iam_role_policy_attachment" "all" {
  for_each = toset(["build"])

  role       = aws_iam_role.each[each.key].id
  policy_arn = aws_iam_policy.all.arn
}
