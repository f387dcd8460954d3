variable "text" { type = string }
variable "number" { type = number }
variable "flag" { type = bool }
variable "list" { type = list(string) }
variable "set" { type = set(string) }
variable "map" { type = map(string) }
variable "object" { type = object({ a = number, b = list(string), c = optional(number) }) }
variable "tuple" { type = tuple([number, string]) }
variable "any_list" { type = list(any) }
variable "any_map" { type = map(any) }
variable "nested" { type = map(list(object({ x = number, y = optional(string, "why") }))) }
variable "null_list" {
  type    = list(string)
  default = ["d"]
}
variable "set_objects" { type = set(object({ n = number })) }
variable "list_any" { type = list(list(any)) }
output "text" { value = "${var.text}!" }
output "number" { value = var.number + 1 }
output "flag" { value = var.flag ? "yes" : "no" }
output "list" { value = var.list[0] }
output "set" { value = [for x in var.set : x] }
output "map" { value = var.map }
output "object" { value = var.object }
output "tuple" { value = var.tuple }
output "any_list" { value = var.any_list }
output "any_map" { value = var.any_map }
output "nested" { value = var.nested }
output "null_list" { value = var.null_list == null }
output "set_objects" { value = var.set_objects }
output "list_any" { value = var.list_any }
output "types" { value = jsonencode([var.text, var.number, var.flag, var.map, var.any_list]) }
