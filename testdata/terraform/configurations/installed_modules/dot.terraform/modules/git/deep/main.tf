variable "name" {}
output "greeting" { value = "from ${var.name}" }
