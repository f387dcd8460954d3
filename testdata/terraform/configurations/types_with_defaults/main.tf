variable "network" {
  type = object({
    name    = string
    cidr    = optional(string, "10.0.0.0/16")
    zones   = optional(list(string), ["a", "b"])
    flags   = optional(map(bool), {})
    nested  = optional(object({ size = optional(number, 3), tags = optional(map(string)) }), {})
    nothing = optional(string)
  })
  default = { name = "main", extra = "dropped", flags = { on = "true" } }
}

variable "list" {
  type    = list(object({ id = number, label = optional(string, "none") }))
  default = [{ id = "1" }, { id = 2, label = null }, { id = 3, label = "x" }]
}

variable "map" {
  type    = map(object({ ports = optional(set(number), [443, 80, 80]) }))
  default = { b = {}, a = { ports = ["22", 22] } }
}

variable "tuple" {
  type    = tuple([string, number, bool])
  default = [1, "2", "true"]
}

variable "anything" {
  type    = any
  default = { a = [1, "x"] }
}

variable "list_of_any" {
  type    = list(any)
  default = [1, "x", true]
}

variable "untyped" {
  default = [1, "x"]
}

output "network" { value = var.network }
output "list" { value = var.list }
output "map" { value = var.map }
output "tuple" { value = var.tuple }
output "anything" { value = var.anything }
output "list_of_any" { value = var.list_of_any }
output "untyped" { value = var.untyped }
