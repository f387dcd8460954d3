variable "name" {}
output "name" { value = "child ${var.name}" }
