resource "terraform_data" "new" {
  count = 2
}
locals {
  ids   = terraform_data.new[*].id
  named = { for index, name in ["a", "b"] : name => terraform_data.new[index].id }
  mixed = [for name, id in local.named : { name = name, id = id, known = "k-${name}" }]
}
resource "terraform_data" "follows" {
  for_each = local.named
  input    = { key = each.key }
}
output "keys" { value = keys(local.named) }
output "known" { value = local.mixed[*].known }
output "names" { value = [for m in local.mixed : upper(m.name)] }
output "length" { value = length(local.ids) }
output "follows" { value = [for k, f in terraform_data.follows : f.input.key] }
output "joined" { value = join(",", local.ids) }
output "filtered" { value = [for m in local.mixed : m.name if m.id != ""] }
output "grouped" { value = { for m in local.mixed : m.known => m.name... } }
output "merged" { value = merge(local.named, { c = "known" }).c }
output "concat" { value = concat(["first"], local.ids)[0] }
output "contains" { value = contains(keys(local.named), "a") }
output "zipped" { value = keys(zipmap(["x", "y"], local.ids)) }
output "element" { value = element(concat(local.ids, ["z"]), 2) }
output "lookup" { value = lookup(merge(local.named, { k = "v" }), "k", "d") }
output "slice" { value = slice(concat(["p", "q"], local.ids), 0, 2) }
output "reverse" { value = reverse(concat(local.ids, ["last"]))[0] }
output "conditional" { value = length(local.ids) == 2 ? "two" : "other" }
output "coalesce" { value = coalesce("", "x", local.ids[0]) }
output "try" { value = try(local.named["c"], "no c") }
output "flatten" { value = length(flatten([local.ids, ["x"]])) }
output "splat_length" { value = length(terraform_data.new[*]) }
output "encoded" { value = jsonencode({ a = local.ids[0] }) }
output "format" { value = format("%s-%d", "x", length(local.ids)) }
output "setproduct" { value = length(setproduct(["a", "b"], ["x"])) }
output "index" { value = index(["a", "b"], "b") }
