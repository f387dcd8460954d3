variable "id" { type = string }
variable "list" { type = list(string) }
variable "object" { type = object({ id = string, count = number }) }
output "object" { value = var.object }
output "known" { value = tolist([1, var.list[0]])[0] }
