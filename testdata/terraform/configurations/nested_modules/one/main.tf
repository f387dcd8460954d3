variable "depth" {}
module "two" {
  source = "./two"
  depth  = var.depth + 1
}
output "trail" { value = concat([var.depth], module.two.trail) }
output "paths" { value = concat([path.module], module.two.paths) }
