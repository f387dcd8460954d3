variable "name" {}
variable "members" {
  type    = list(string)
  default = []
}
module "inner" {
  source   = "./inner"
  for_each = toset(var.members)
  name     = each.value
}
output "size" { value = length(var.members) }
output "greetings" { value = [for m in var.members : module.inner[m].greeting] }
output "inner" { value = module.inner }
