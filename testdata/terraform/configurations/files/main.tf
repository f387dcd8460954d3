locals {
  documents = { for name in fileset("${path.module}/documents", "**/*.json") : name => jsondecode(file("${path.module}/documents/${name}")) }
}

output "documents" { value = local.documents }
output "template" {
  value = templatefile("${path.module}/user.tftpl", {
    name  = "Ann"
    ports = { http = 80, https = 443 }
    admin = true
  })
}
output "plain" { value = templatefile("user.tftpl", { name = "Bob", ports = {}, admin = false }) }
output "yaml" { value = yamldecode(file("settings.yaml")) }
output "csv" { value = { for row in csvdecode(file("users.csv")) : row.name => tonumber(row.age) } }
output "hash" { value = filemd5("users.csv") }
output "base64" { value = filebase64("users.csv") }
output "exists" { value = [fileexists("users.csv"), fileexists("none.csv")] }
output "set" { value = fileset(".", "*.{csv,yaml}") }
output "lines" { value = length(split("\n", file("users.csv"))) }
