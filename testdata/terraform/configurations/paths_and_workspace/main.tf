module "child" {
  source = "./modules/child"
}

output "workspace" { value = terraform.workspace }
output "is_default" { value = terraform.workspace == "default" ? "yes" : "no" }
output "lookup" { value = lookup({ default = 1, prod = 3 }, terraform.workspace, 0) }
output "module" { value = path.module }
output "root" { value = path.root }
output "child" { value = module.child }
