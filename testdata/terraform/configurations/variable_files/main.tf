variable "a" { default = "default" }
variable "b" { default = "default" }
variable "c" { default = "default" }
variable "d" { default = "default" }
variable "e" { default = "default" }
variable "f" { default = "default" }
variable "g" { default = "default" }
variable "list" { type = list(number) }
variable "object" { type = object({ x = string, y = optional(bool, true) }) }
variable "text" { type = string }
output "all" { value = [var.a, var.b, var.c, var.d, var.e, var.f, var.g] }
output "list" { value = var.list }
output "object" { value = var.object }
output "text" { value = var.text }
