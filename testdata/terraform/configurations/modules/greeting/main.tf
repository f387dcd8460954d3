variable "name" { type = string }

variable "loud" {
  type    = bool
  default = false
}

resource "terraform_data" "greeting" {
  input = local.greeting
}

locals {
  greeting = var.loud ? upper("hello, ${var.name}!") : "hello, ${var.name}"
}

output "greeting" { value = terraform_data.greeting.input }
output "inner" { value = { id_free = [for c in split("", var.name) : c if c != "n"] } }
