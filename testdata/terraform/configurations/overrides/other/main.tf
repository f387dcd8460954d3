variable "name" {}
output "name" { value = "other ${var.name}" }
