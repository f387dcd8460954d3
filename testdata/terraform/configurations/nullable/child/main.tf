variable "strict" {
  type     = string
  default  = "strict"
  nullable = false
}

variable "lenient" {
  type    = string
  default = "lenient"
}

variable "required" {
  type = string
}

output "values" { value = [var.strict, var.lenient, var.required] }
output "are_null" { value = [var.lenient == null, var.required == null] }
