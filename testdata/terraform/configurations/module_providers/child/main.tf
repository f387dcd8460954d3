terraform {
  required_providers {
    terraform = {
      source = "terraform.io/builtin/terraform"
    }
  }
}
variable "name" {}
resource "terraform_data" "inner" {
  provider = terraform
  input    = var.name
}
output "name" { value = terraform_data.inner.input }
