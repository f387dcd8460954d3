variable "a" { default = "default" }
variable "b" { default = "default" }
variable "c" { default = "default" }
variable "d" { default = "default" }
variable "e" { default = "default" }
variable "f" { default = "default" }
variable "g" { default = "default" }
variable "list" { type = list(string) }
variable "object" {
  type = object({ name = string, sizes = optional(list(number), [1]) })
}
variable "number" { type = number }
variable "text" { type = string }
variable "flag" { type = bool }
variable "any" { type = any }
variable "untyped" {}
variable "heredoc" { type = string }
variable "null_given" {
  type    = string
  default = "not this"
}
variable "tuple" { type = tuple([string, bool]) }

output "all" { value = [var.a, var.b, var.c, var.d, var.e, var.f, var.g] }
output "list" { value = var.list }
output "object" { value = var.object }
output "scalars" { value = [var.number, var.text, var.flag] }
output "any" { value = var.any }
output "untyped" { value = var.untyped }
output "heredoc" { value = var.heredoc }
output "null_given" { value = var.null_given == null }
output "tuple" { value = var.tuple }
