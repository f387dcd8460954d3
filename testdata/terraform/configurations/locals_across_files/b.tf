locals { b = "b${local.c.deep[0]}" }
locals {
  list   = range(local.count)
  count  = length(local.map)
  factor = var.factor
}
output "a" { value = local.a }
