terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.second]
    }
  }
}

variable "names" { type = set(string) }

resource "aws_iam_role" "role" {
  for_each           = var.names
  provider           = aws.second
  name               = "role-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = [for name in var.names : "${name}.amazonaws.com"]
    }
  }
}

output "names" { value = [for role in aws_iam_role.role : role.name] }
output "json" { value = data.aws_iam_policy_document.trust.json }
