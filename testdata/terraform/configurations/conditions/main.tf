variable "size" {
  type    = number
  default = 4
  validation {
    condition     = var.size > 0 && var.size < 10
    error_message = "The size is from 1 to 9."
  }
}

resource "terraform_data" "checked" {
  input            = var.size
  triggers_replace = [var.size, "x"]
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [input]
    precondition {
      condition     = var.size % 2 == 0
      error_message = "The size ${var.size} is odd."
    }
    postcondition {
      condition     = self.input == var.size
      error_message = "Never."
    }
  }
  provisioner "local-exec" {
    command = "echo ${self.input}"
  }
}

check "health" {
  assert {
    condition     = terraform_data.checked.input == 4
    error_message = "Not four."
  }
}

output "size" {
  value = terraform_data.checked.input * 2
  precondition {
    condition     = var.size < 100
    error_message = "Too large."
  }
}
output "triggers" { value = terraform_data.checked.triggers_replace }
