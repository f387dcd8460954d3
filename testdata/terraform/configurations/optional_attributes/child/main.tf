variable "not_null" {
  type     = list(string)
  nullable = false
  default  = ["default"]
}

variable "settings" {
  type = object({
    name  = string
    sizes = list(number)
    open  = bool
    mode  = optional(string, "0644")
  })
}

variable "list" {
  type = list(object({ a = string, b = optional(bool, false) }))
}

variable "loose" { type = map(any) }
variable "numbers" { type = set(number) }
variable "untyped" { default = [1, "a", null] }

output "not_null" { value = var.not_null }
output "settings" { value = var.settings }
output "list" { value = var.list }
output "loose" { value = var.loose }
output "numbers" { value = var.numbers }
output "untyped" { value = var.untyped }
