variable "depth" {}
resource "terraform_data" "deep" {
  count = 2
  input = "${var.depth}-${count.index}"
}
output "label" { value = join("+", terraform_data.deep[*].input) }
output "path" { value = "${path.module}|${path.root}" }
