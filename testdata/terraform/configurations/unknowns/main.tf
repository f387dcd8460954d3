resource "terraform_data" "new" {
  input = "x"
}

locals {
  id = terraform_data.new.id
}

module "child" {
  source = "./child"
  id     = local.id
  known  = "k"
}

output "id" { value = local.id }
output "text" { value = "id-${local.id}" }
output "known_beside" { value = [local.id, "a"][1] }
output "length" { value = length([local.id, local.id]) }
output "keys" { value = keys({ a = local.id }) }
output "child_known" { value = module.child.known }
output "child_id" { value = module.child.id }
output "time" { value = timestamp() }
output "random" { value = uuid() }
output "conditional" { value = local.id == "x" ? "yes" : "no" }
output "upper" { value = upper(local.id) }
output "try" { value = try(local.nothing.here, "fallback") }
locals {
  nothing = {}
}
