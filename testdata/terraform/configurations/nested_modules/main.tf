module "one" {
  source = "./one"
  depth  = 1
}

output "trail" { value = module.one.trail }
output "paths" { value = module.one.paths }
