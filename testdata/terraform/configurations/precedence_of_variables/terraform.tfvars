a = "terraform.tfvars"
b = "terraform.tfvars"
c = "terraform.tfvars"
d = "terraform.tfvars"
e = "terraform.tfvars"
f = "terraform.tfvars"
number     = "42"
null_given = null
heredoc    = <<-EOT
  first
    second $${literal}
  EOT
