variable "off" { default = true }
module "child" {
  source = "./child"
  count  = var.off ? 0 : 1
}
resource "terraform_data" "other" {
  count = length(module.child) > 0 ? 1 : 0
  input = module.child[0].name
}
output "name" { value = one(module.child[*].name) }
output "try" { value = try(module.child[0].name, "off") }
output "joined" { value = join(",", concat(module.child[*].name, ["last"])) }
