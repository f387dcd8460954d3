terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

locals {
  grants = {
    read  = { actions = ["s3:Get*", "s3:List*"], principals = { AWS = ["arn:aws:iam::111122223333:root"] } }
    write = { actions = ["s3:Put*"], principals = {}, conditions = [{ test = "Bool", variable = "aws:SecureTransport", values = [true] }] }
  }
}

data "aws_iam_policy_document" "nested" {
  dynamic "statement" {
    for_each = local.grants
    iterator = grant
    content {
      sid       = title(grant.key)
      actions   = grant.value.actions
      resources = ["arn:aws:s3:::bucket/*"]
      dynamic "principals" {
        for_each = grant.value.principals
        content {
          type        = principals.key
          identifiers = principals.value
        }
      }
      dynamic "condition" {
        for_each = try(grant.value.conditions, [])
        iterator = it
        content {
          test     = it.value.test
          variable = it.value.variable
          values   = [for v in it.value.values : "${v}"]
        }
      }
    }
  }
  dynamic "statement" {
    for_each = toset(["a", "b"])
    content {
      sid       = statement.key
      effect    = "Deny"
      actions   = ["iam:${statement.value}"]
      resources = ["*"]
    }
  }
  dynamic "statement" {
    for_each = []
    content {
      actions   = ["never:*"]
      resources = ["*"]
    }
  }
}

resource "aws_security_group" "dynamic" {
  name = "dynamic"
  dynamic "ingress" {
    for_each = [80, 443]
    content {
      description = "port ${ingress.key}"
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.${ingress.key}.0.0/16"]
    }
  }
}

output "json" { value = jsondecode(data.aws_iam_policy_document.nested.json) }
output "name" { value = aws_security_group.dynamic.name }
