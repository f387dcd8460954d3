variable "price" { default = 0.1 }
variable "count_of" { default = 3 }
locals {
  total = var.price * var.count_of
  share = 1 / 3
  large = pow(2, 40) * 1024
}
output "total" { value = "${local.total}" }
output "is_exact" { value = local.total == 0.3 }
output "share" { value = format("%.4f", local.share) }
output "large" { value = local.large }
output "text" { value = "size ${local.large} of ${1e21}" }
output "range" { value = [for n in range(0, 1, 0.25) : n * 4] }
output "ceil" { value = ceil(local.total) + floor(-0.5) }
output "bits" { value = format("%b %o %x", 10, 10, 255) }
output "modulo" { value = [for n in [-7, 7, 7.5] : n % 3] }
