resource "terraform_data" "new" {
  input = "x"
}

locals {
  id     = terraform_data.new.id
  number = tonumber(local.id)
  list   = split(",", local.id)
  flag   = tobool(local.id)
}

module "child" {
  source = "./child"
  id     = local.id
  list   = local.list
  object = { id = local.id, count = local.number }
}

output "list_of_text" { value = tolist(["a", 1, local.id])[1] }
output "list_of_numbers" { value = tolist([1, local.number])[0] }
output "arm" { value = 1 == 1 ? 2 : local.id }
output "arm_number" { value = 1 == 1 ? 2 : local.number }
output "arm_list" { value = 1 == 1 ? [1, 2] : local.list }
output "arm_flag" { value = 1 == 1 ? "true" : local.flag }
output "coalesced" { value = coalesce(7, local.id) }
output "map" { value = tomap({ a = 1, b = local.id }).a }
output "equal" { value = [local.id == 1, local.id == ["a"], local.number == "1", local.flag == true] }
output "not_equal" { value = local.id != 5 }
output "tries" {
  value = [
    try(local.id.name, "no name"),
    try(local.id[0], "no element"),
    try(local.number.x, "no attribute"),
    try(keys(local.id), "no keys"),
    try([for x in local.id : x], "no elements"),
    try(merge({}, local.id), "no map"),
    try(local.list.first, "no attribute of a list"),
    try(module.child.object.none, "no such attribute"),
  ]
}
output "can" { value = [can(local.id.x), can(join(",", local.id)), can(tolist(local.number)), can(upper(local.flag))] }
output "child" { value = module.child.known }
output "object_count" { value = tolist([1, module.child.object.count])[0] }
output "interpolated" { value = "${local.number}" == "x" ? 1 : 1 }
