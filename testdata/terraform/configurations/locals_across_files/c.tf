variable "factor" { default = 10 }
locals {
  c   = { deep = [upper(local.d)] }
  d   = "d"
  map = { for x in ["x", "y", "z"] : x => local.d }
}
output "z" { value = local.z }
output "count" { value = local.count }
