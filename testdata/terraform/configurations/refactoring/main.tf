resource "terraform_data" "new_name" {
  input = "moved"
}

moved {
  from = terraform_data.old_name
  to   = terraform_data.new_name
}

moved {
  from = module.gone
  to   = module.here
}

removed {
  from = terraform_data.forgotten
  lifecycle {
    destroy = false
  }
}

import {
  to = terraform_data.imported
  id = "some-id"
}

resource "terraform_data" "imported" {}

check "all_is_well" {
  data "terraform_remote_state" "unused" {
    backend = "local"
    config  = { path = "${path.module}/missing.tfstate" }
  }
  assert {
    condition     = terraform_data.new_name.input == "moved"
    error_message = "It was not."
  }
}

module "here" {
  source = "./child"
}

terraform {
  required_version = ">= 1.5"
  backend "local" {
    path = "state.tfstate"
  }
}

output "moved" { value = terraform_data.new_name.input }
output "here" { value = module.here.there }
