module "given_null" {
  source   = "./child"
  strict   = null
  lenient  = null
  required = null
}

module "given_nothing" {
  source   = "./child"
  required = "x"
}

module "given_all" {
  source   = "./child"
  strict   = 5
  lenient  = true
  required = ["no", "matter"][0]
}

output "null" { value = module.given_null }
output "nothing" { value = module.given_nothing }
output "all" { value = module.given_all }
