variable "plain" { type = string }
variable "number" { type = number }
variable "bool" { type = bool }
variable "untyped" {}
variable "anything" { type = any }
variable "list" { type = list(string) }
variable "object" { type = object({ a = number, b = optional(string, "d") }) }
variable "first" { default = "default" }
variable "second" { default = "default" }
variable "empty" { type = string }
output "plain" { value = var.plain }
output "number" { value = var.number + 1 }
output "bool" { value = !var.bool }
output "untyped" { value = var.untyped }
output "anything" { value = var.anything }
output "list" { value = var.list }
output "object" { value = var.object }
output "order" { value = [var.first, var.second] }
output "empty" { value = var.empty }
