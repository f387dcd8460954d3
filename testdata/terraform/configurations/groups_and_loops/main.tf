locals {
  rules = [
    { port = 80, from = "a" }, { port = 443, from = "b" }, { port = 80, from = "c" }, { port = 22, from = null },
  ]
  by_port = { for rule in local.rules : rule.port => rule.from... if rule.from != null }
  pairs   = [for pair in setproduct(["a", "b"], [1, 2]) : "${pair[0]}${pair[1]}"]
  matrix  = { for x in ["p", "q"] : x => { for y in range(2) : "${x}${y}" => y } }
  flat    = flatten([for x, inner in local.matrix : [for y, v in inner : { key = y, value = v, row = x }]])
  index   = { for entry in local.flat : "${entry.row}.${entry.key}" => entry.value }
  chained = [for x in [for y in [1, 2, 3, 4] : y * y if y % 2 == 0] : x + 1]
}
output "by_port" { value = local.by_port }
output "pairs" { value = local.pairs }
output "index" { value = local.index }
output "chained" { value = local.chained }
output "keys" { value = [for i, rule in local.rules : "${i}:${coalesce(rule.from, "none")}"] }
output "splat" { value = local.rules[*].port }
output "distinct" { value = distinct(local.rules[*].port) }
output "zip" { value = zipmap(local.rules[*].from == null ? [] : ["x", "y"], [1, 2]) }
output "any" { value = anytrue([for rule in local.rules : rule.port == 22]) }
output "transposed" { value = transpose({ a = ["x", "y"], b = ["y"] }) }
