d = "m.auto.tfvars"
list = ["m", 1, true]
