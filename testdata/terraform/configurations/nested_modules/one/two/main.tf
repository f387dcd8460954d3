variable "depth" { type = string }
module "three" {
  source   = "../../shared"
  for_each = toset(["x", "y"])
  depth    = "${var.depth}${each.key}"
}
resource "terraform_data" "here" {
  for_each = module.three
  input    = each.value.label
}
output "trail" { value = [var.depth, values(module.three)[*].label] }
output "paths" { value = [path.module, module.three["x"].path] }
