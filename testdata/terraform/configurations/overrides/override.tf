variable "level" {
  default = "override"
}

resource "terraform_data" "a" {
  input = "override"
}

locals {
  shared = "override"
}

output "changed" {
  value = "override"
}
