locals {
  crlf = <<EOT
one
two
EOT
}
output "crlf" {
  value = local.crlf
}
