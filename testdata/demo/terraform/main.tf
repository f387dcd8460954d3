terraform {
  required_version = ">= 1.5"
}

provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}

module "deployer" {
  source     = "./modules/deployer"
  name       = "ci-deploy"
  repository = "example-org/*"
  actions    = ["cloudformation:*", "*"]
}
