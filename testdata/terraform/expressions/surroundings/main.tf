variable "text" {
  type    = string
  default = "héllo"
}

variable "nothing" {
  type    = string
  default = null
}

variable "secret" {
  type      = string
  default   = "s3cret"
  sensitive = true
}

resource "terraform_data" "new" {
  input = "in"
}

resource "terraform_data" "counted" {
  count = 2
  input = "in ${count.index}"
}

resource "terraform_data" "named" {
  for_each = { a = 1, b = 2 }
  input    = each.value
}

locals {
  # A string that is not known before it is applied.
  unknown = terraform_data.new.id
  # A value of any type that is not known before it is applied.
  any      = jsondecode(local.unknown)
  numbers  = [3, 1, 2]
  nested   = { a = { b = [{ c = "deep" }] } }
  objects  = [{ id = "x", n = 1 }, { id = "y", n = 2 }]
  zero     = 0
  template = "Hello, $${name}!"
  # The bytes 0xff 0xfe.
  binary = "//4="
}
