locals {
  users = {
    ann = { groups = ["admin", "dev"], age = 30 }
    bob = { groups = ["dev"], age = 40 }
    eve = { groups = [], age = 50 }
  }
  memberships = merge([
    for user, facts in local.users : { for group in facts.groups : "${user}/${group}" => { user = user, group = group } }
  ]...)
  by_group = { for key, m in local.memberships : m.group => m.user... }
}

resource "terraform_data" "user" {
  for_each = local.users
  input    = "${each.key} is ${each.value.age}"
}

resource "terraform_data" "set" {
  for_each = toset(["b", "a", "b"])
  input    = each.key == each.value ? upper(each.value) : "never"
}

resource "terraform_data" "membership" {
  for_each = { for key, m in local.memberships : key => m if m.group != "dev" || m.user == "bob" }
  input    = each.value
}

resource "terraform_data" "chained" {
  for_each = terraform_data.user
  input    = "${each.key}: ${each.value.input}"
}

resource "terraform_data" "empty" {
  for_each = {}
  input    = "never"
}

output "by_group" { value = local.by_group }
output "inputs" { value = { for key, d in terraform_data.user : key => d.input } }
output "values" { value = values(terraform_data.set)[*].input }
output "keys" { value = keys(terraform_data.membership) }
output "one" { value = terraform_data.user["bob"].input }
output "empty" { value = length(terraform_data.empty) }
output "try" { value = try(terraform_data.user["nobody"].input, null) }
