moved {
  from = terraform_data.single
  to   = terraform_data.many["a"]
}

moved {
  from = module.old["x"]
  to   = module.new
}

moved {
  from = terraform_data.counted[2]
  to   = terraform_data.counted[1]
}

import {
  for_each = { a = "id-a", b = "id-b" }
  to       = terraform_data.many[each.key]
  id       = each.value
}

removed {
  from = module.retired
  lifecycle {
    destroy = false
  }
}

removed {
  from = terraform_data.gone
  lifecycle {
    destroy = true
  }
  provisioner "local-exec" {
    when    = destroy
    command = "echo ${self.input}"
  }
}

resource "terraform_data" "many" {
  for_each = toset(["a", "b"])
  input    = each.key
}

resource "terraform_data" "counted" {
  count = 2
  input = count.index
}

module "new" {
  source = "./new"
}

check "names" {
  assert {
    condition     = alltrue([for d in terraform_data.many : length(d.input) == 1])
    error_message = "Too long: ${join(", ", keys(terraform_data.many))}"
  }
  assert {
    condition     = module.new.name != ""
    error_message = "No name."
  }
}

output "many" { value = { for k, d in terraform_data.many : k => d.input } }
output "counted" { value = terraform_data.counted[*].input }
output "new" { value = module.new.name }
