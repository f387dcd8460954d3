variable "id" { type = string }
variable "known" { type = string }
output "id" { value = var.id }
output "known" { value = "${var.known}${length(var.known)}" }
