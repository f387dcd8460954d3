resource "terraform_data" "empty" {}

resource "terraform_data" "typed" {
  input            = { a = 1, b = ["x"], c = null }
  triggers_replace = [1, "two", null]
}

resource "terraform_data" "replaced" {
  input = terraform_data.typed.input.a
  lifecycle {
    replace_triggered_by = [terraform_data.typed]
    prevent_destroy      = true
  }
  depends_on = [terraform_data.empty]
}

resource "terraform_data" "maybe" {
  count = terraform_data.typed.input.a > 5 ? 1 : 0
  input = "never"
}

resource "terraform_data" "listed" {
  for_each = { for index, name in ["b", "a"] : name => index }
  input    = "${each.key}${each.value}"
}

output "empty" { value = [terraform_data.empty.input, terraform_data.empty.triggers_replace] }
output "typed" { value = terraform_data.typed.input }
output "triggers" { value = terraform_data.typed.triggers_replace }
output "replaced" { value = terraform_data.replaced.input }
output "maybe" { value = try(terraform_data.maybe[0].input, "not there") }
output "one" { value = one(terraform_data.maybe[*].input) }
output "listed" { value = [for k, d in terraform_data.listed : d.input] }
output "by_key" { value = terraform_data.listed["a"].input }
output "id" { value = terraform_data.empty.id }
output "ids" { value = { for k, d in terraform_data.listed : k => d.id } }
output "id_text" { value = length("${terraform_data.empty.id}x") }
output "mixed" { value = tolist([terraform_data.empty.id, 1])[1] }
output "chosen" { value = terraform_data.typed.input.a == 1 ? 5 : terraform_data.empty.id }
output "whole" { value = keys(terraform_data.empty) }
