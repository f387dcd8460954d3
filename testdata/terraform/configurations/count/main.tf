variable "create" {
  default = false
}

resource "terraform_data" "many" {
  count = 3
  input = "n${count.index} of ${count.index + 1}"
}

resource "terraform_data" "none" {
  count = var.create ? 1 : 0
  input = "never"
}

resource "terraform_data" "text" {
  count = "2"
  input = count.index / 2
}

resource "terraform_data" "of_list" {
  count = length(local.names)
  input = { name = local.names[count.index], last = count.index == length(local.names) - 1 }
}

locals {
  names = ["x", "y"]
}

output "all" { value = terraform_data.many[*].input }
output "first" { value = terraform_data.many[0].input }
output "legacy" { value = terraform_data.many.2.input }
output "none" { value = terraform_data.none[*].input }
output "one" { value = one(terraform_data.none[*].input) }
output "try" { value = try(terraform_data.none[0].input, "absent") }
output "count" { value = [length(terraform_data.many), length(terraform_data.none)] }
output "names" { value = { for d in terraform_data.of_list : d.input.name => d.input.last } }
output "text" { value = terraform_data.text[*].input }
