e = "given.tfvars"
f = "given.tfvars"
any = { deep = [1, { deeper = "x" }] }
