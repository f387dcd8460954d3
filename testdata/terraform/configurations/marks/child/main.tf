variable "token" {
  type      = string
  ephemeral = true
}

variable "secret" {
  sensitive = true
}

output "token" {
  value     = upper(var.token)
  ephemeral = true
}

output "length" { value = length(var.secret) }
