resource "terraform_data" "b" {
  count = 2
}

module "child" {
  source = "./other"
}

variable "typed" {
  default = "7"
}

output "changed" {
  value = "last override"
}
