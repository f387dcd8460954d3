terraform {
  required_providers {
    terraform = {
      source = "terraform.io/builtin/terraform"
    }
  }
}

provider "terraform" {}

module "child" {
  source = "./child"
  providers = {
    terraform = terraform
  }
  depends_on = [terraform_data.first]
  name       = "passed"
}

resource "terraform_data" "first" {
  provider = terraform
  input    = "first"
}

output "name" { value = module.child.name }
