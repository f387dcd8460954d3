variable "text" { type = string }
variable "number" { type = number }
variable "flag" { type = bool }
variable "set" { type = set(string) }
variable "list" { type = list(string) }
variable "map" { type = map(string) }
variable "object" { type = object({ name = string, size = number, left = optional(string) }) }
variable "deep" { type = list(object({ tags = map(string), on = optional(bool, true) })) }
variable "any" { type = any }
output "all" {
  value = {
    text = var.text, number = var.number, flag = var.flag, set = var.set, list = var.list
    map  = var.map, object = var.object, deep = var.deep, any = var.any
  }
}
output "types" {
  value = [
    var.text == "5", var.number == 6.5, var.flag == true, length(var.set), var.list[0],
    var.map["a"] == "1", can(var.object.extra), var.deep[1].on, var.any[0] == 1,
  ]
}
