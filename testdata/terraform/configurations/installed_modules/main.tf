module "remote" {
  source  = "example/greeting/local"
  version = "1.2.3"
  name    = "installed"
}

module "git" {
  source = "git::https://example.org/modules.git//deep?ref=v1"
  name   = "git"
}

output "remote" { value = module.remote.greeting }
output "git" { value = module.git.greeting }
