variable "level" {
  type    = string
  default = "main"
}

variable "typed" {
  type    = number
  default = 1
}

resource "terraform_data" "a" {
  input            = "main"
  triggers_replace = "kept"
}

resource "terraform_data" "b" {
  count = 1
  input = "main ${count.index}"
}

locals {
  shared = "main"
  kept   = "kept"
}

module "child" {
  source = "./child"
  name   = "main"
}

output "level" { value = var.level }
output "typed" { value = var.typed }
output "locals" { value = [local.shared, local.kept] }
output "a" { value = [terraform_data.a.input, terraform_data.a.triggers_replace] }
output "b" { value = terraform_data.b[*].input }
output "child" { value = module.child.name }
output "changed" {
  value       = "main"
  description = "Overridden below."
}
