locals {
  services = ["s3", "sqs"]
  extra    = { Effect = "Allow", NotAction = "iam:*", Resource = "*" }
}

resource "aws_iam_role" "lambda" {
  name = "lambda"

  assume_role_policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Principal": { "Service": "lambda.amazonaws.com" },
          "Action": "sts:AssumeRole"
        },
        {
          "Effect": "Allow",
          "NotPrincipal": { "AWS": "arn:aws:iam::111122223333:root" },
          "Action": "sts:AssumeRole"
        }
      ]
    }
  EOT

  inline_policy {
    name   = "pass"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:PassRole", Resource = "*" }] })
  }
}

resource "aws_iam_role_policy" "assembled" {
  name = "assembled"
  role = aws_iam_role.lambda.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      for service in local.services : { Effect = "Allow", Action = "${service}:*", Resource = "*" }
    ], [local.extra])
  })
}

resource "aws_iam_policy" "template" {
  name   = "template"
  policy = templatefile("${path.module}/policy.json.tftpl", { actions = ["sts:AssumeRole", "sts:TagSession"] })
}
