moved {
  from = terraform_data.before
  to   = terraform_data.after
}
resource "terraform_data" "after" {
  input = "after"
}
removed {
  from = terraform_data.dropped
  lifecycle {
    destroy = false
  }
}
output "name" { value = terraform_data.after.input }
