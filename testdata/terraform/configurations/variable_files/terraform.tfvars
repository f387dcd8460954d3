b      = "terraform.tfvars"
c      = "terraform.tfvars"
d      = "terraform.tfvars"
e      = "terraform.tfvars"
f      = "terraform.tfvars"
g      = "terraform.tfvars"
list   = ["1", 2]
object = { x = 5 }
text   = <<EOT
several
lines
EOT
