variable "password" {
  type      = string
  default   = "hunter2"
  sensitive = true
}

variable "token" {
  type      = string
  default   = "t0ken"
  ephemeral = true
}

locals {
  url = "https://user:${var.password}@example.org"
}

module "child" {
  source = "./child"
  token  = var.token
  secret = sensitive("s")
}

resource "terraform_data" "holder" {
  input = { url = local.url, plain = nonsensitive(var.password) }
}

output "url" {
  value     = local.url
  sensitive = true
}

output "token_is_gone" { value = ephemeralasnull(var.token) }
output "length" { value = nonsensitive(length(var.password)) }
output "child" { value = nonsensitive(module.child.length) }
