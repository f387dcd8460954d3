locals {
  defaults = { tags = { env = "dev", team = "x" }, size = 1, zones = ["a"] }
  override = { tags = { env = "prod" }, zones = ["b", "c"] }
  shallow  = merge(local.defaults, local.override)
  deep     = merge(local.defaults, { tags = merge(local.defaults.tags, local.override.tags) })
  rules = [
    { name = "z", ports = [443, 80], cidrs = toset(["10.0.0.0/8", "0.0.0.0/0"]) },
    { name = "A", ports = [], cidrs = toset([]) },
    { name = "é", ports = [22], cidrs = toset(["::/0"]) },
  ]
  by_port = merge([for rule in local.rules : { for port in rule.ports : "${rule.name}-${port}" => { for c in rule.cidrs : c => port } }]...)
  grouped = { for pair in flatten([for r in local.rules : [for p in r.ports : { name = r.name, even = p % 2 == 0 }]]) : (pair.even ? "even" : "odd") => pair.name... }
  product = { for pair in setproduct(["b", "a"], toset([2, 10, 1])) : "${pair[0]}${pair[1]}" => pair[1] }
}

output "shallow" { value = local.shallow }
output "deep" { value = local.deep }
output "by_port" { value = local.by_port }
output "grouped" { value = local.grouped }
output "product" { value = local.product }
output "sets" { value = [toset([10, 9, 1]), toset(["10", "9", "B", "a", "é", "z", ""]), toset([true, false])] }
output "set_of_objects" { value = toset([{ n = 2, s = "b" }, { n = 1, s = "c" }, { n = 1, s = "a" }]) }
output "set_of_lists" { value = toset([["b"], ["a", "c"], ["a"]]) }
output "sorted" { value = sort(["b", "B", "a", "é", "e", "10", "9", " "]) }
output "keys" { value = keys({ z = 1, "10" = 2, "9" = 3, B = 4, a = 5, "é" = 6 }) }
output "distinct" { value = distinct(concat(["b", "a"], ["a", "c", "b"])) }
output "union" { value = setunion(toset(["b"]), toset(["a", "c"]), toset(["b"])) }
output "transposed" { value = transpose({ b = ["x", "y"], a = ["y"] }) }
output "zipped" { value = zipmap(["k2", "k1"], [{ x = 1 }, { x = 2 }]) }
output "conditional" { value = [for r in local.rules : length(r.ports) > 1 ? { first = r.ports[0], n = "1" } : { first = "none", n = 0 }] }
output "unified" { value = true ? { a = 1, b = "x" } : { a = "2", b = true } }
output "null_in_map" { value = tomap({ a = null, b = "x" }) }
output "chunks" { value = [for chunk in chunklist(range(7), 3) : sum(chunk)] }
output "matched" { value = matchkeys(local.rules[*].name, [for r in local.rules : length(r.ports)], [0, 1]) }
output "json" { value = jsonencode({ b = local.rules[0], a = local.override }) }
output "lookup" { value = [lookup(local.defaults.tags, "none", "fallback"), try(local.override.size, local.defaults.size)] }
