locals {
  teams = {
    blue = { members = ["ann", "bob"], admin = true }
    red  = { members = [], admin = false }
    grey = { members = ["cy"], admin = null }
  }
  enabled = { for name, team in local.teams : name => team if coalesce(team.admin, true) }
}

module "none" {
  source = "./team"
  count  = length(local.teams) > 5 ? 1 : 0
  name   = "none"
}

module "one" {
  source  = "./team"
  count   = 1
  name    = "only-${count.index}"
  members = ["x"]
}

module "several" {
  source  = "./team"
  count   = 3
  name    = "n${count.index}"
  members = range(count.index)
}

module "each" {
  source   = "./team"
  for_each = local.enabled
  name     = each.key
  members  = each.value.members
}

module "chained" {
  source   = "./team"
  for_each = module.each
  name     = "${each.key}-${each.value.size}"
  members  = [for m in each.value.greetings : lower(m)]
}

resource "terraform_data" "member" {
  for_each = toset(flatten([for team in local.teams : team.members]))
  input    = { name = each.key, same = each.key == each.value }
}

resource "terraform_data" "follows" {
  for_each = terraform_data.member
  input    = upper(each.value.input.name)
}

output "none" { value = module.none[*].size }
output "one_or_null" { value = one(module.none[*].size) }
output "only" { value = one(module.one[*].greetings) }
output "index" { value = module.one[0].greetings[0] }
output "several" { value = module.several[*].greetings }
output "sizes" { value = sum(module.several[*].size) }
output "each" { value = { for name, team in module.each : name => team.greetings } }
output "keys" { value = keys(module.each) }
output "values" { value = values(module.each)[*].size }
output "chained" { value = module.chained }
output "deep" { value = module.each["blue"].inner["ann"].shout }
output "members" { value = [for name, member in terraform_data.follows : "${name}=${member.input}"] }
output "length" { value = [length(module.none), length(module.several), length(module.each)] }
