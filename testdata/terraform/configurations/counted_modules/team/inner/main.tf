variable "name" { type = string }
output "greeting" { value = "Hello ${var.name}" }
output "shout" { value = upper("${var.name}!") }
