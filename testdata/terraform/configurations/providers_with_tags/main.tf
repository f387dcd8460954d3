terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = []
    }
  }
}

variable "environment" { default = "prod" }

locals {
  common = { Environment = var.environment, Owner = "platform" }
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  default_tags {
    tags = local.common
  }
}

provider "aws" {
  alias                       = "us"
  region                      = "us-east-1"
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  default_tags {
    tags = merge(local.common, { Region = "us" })
  }
}

resource "aws_sns_topic" "plain" {
  name = "plain"
}

resource "aws_sns_topic" "tagged" {
  name = "tagged"
  tags = { Owner = "team", Extra = 1 }
}

resource "aws_sqs_queue" "us" {
  provider = aws.us
  name     = "us"
  tags     = { Name = "us" }
}

module "child" {
  source    = "./child"
  providers = { aws = aws.us }
}

module "inherits" {
  source = "./child"
}

output "plain" { value = aws_sns_topic.plain.tags_all }
output "tagged" { value = aws_sns_topic.tagged.tags_all }
output "us" { value = aws_sqs_queue.us.tags_all }
output "child" { value = module.child.tags }
output "inherits" { value = module.inherits.tags }
