locals {
  a = "a${local.b}"
  z = [for x in local.list : x * local.factor]
}
