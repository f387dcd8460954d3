module "single" {
  source = "./greeting"
  name   = "single"
}

module "counted" {
  source = "./greeting"
  count  = 2
  name   = "n${count.index}"
}

module "named" {
  source   = "./greeting"
  for_each = { b = "bee", a = "ay" }
  name     = each.value
  loud     = each.key == "a"
}

module "none" {
  source = "./greeting"
  count  = 0
  name   = "never"
}

module "of_modules" {
  source   = "./greeting"
  for_each = module.named
  name     = "${each.key} ${each.value.greeting}"
}

output "single" { value = module.single.greeting }
output "all" { value = module.counted[*].greeting }
output "second" { value = module.counted[1].greeting }
output "named" { value = { for key, m in module.named : key => m.greeting } }
output "a" { value = module.named["a"].greeting }
output "whole" { value = module.single }
output "none" { value = module.none[*].greeting }
output "of_modules" { value = values(module.of_modules)[*].greeting }
output "inner" { value = module.single.inner.id_free }
