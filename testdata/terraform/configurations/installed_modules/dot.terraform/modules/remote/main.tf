variable "name" {}
module "inner" {
  source = "./inner"
  name   = var.name
}
output "greeting" { value = "hello, ${module.inner.name}" }
