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

resource "aws_secretsmanager_secret" "database" {
  name = "database"
}

# Opened only once the secret is there.
ephemeral "aws_secretsmanager_secret_version" "database" {
  secret_id = aws_secretsmanager_secret.database.id
}

resource "aws_ssm_parameter" "password" {
  name             = "/database/password"
  type             = "SecureString"
  value_wo         = jsondecode(ephemeral.aws_secretsmanager_secret_version.database.secret_string)["password"]
  value_wo_version = 2
}

module "child" {
  source = "./child"
  secret = ephemeral.aws_secretsmanager_secret_version.database.secret_string
}

resource "terraform_data" "beside" {
  input = aws_ssm_parameter.password.name
}

output "name" { value = aws_ssm_parameter.password.name }
output "version" { value = aws_ssm_parameter.password.value_wo_version }
output "child" { value = module.child.beside }
