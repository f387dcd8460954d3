first  = "one.tfvars"
second = "one.tfvars"
