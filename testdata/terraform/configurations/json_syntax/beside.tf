locals {
  from_hcl = "${local.greeting} (HCL)"
}
