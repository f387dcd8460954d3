module "child" {
  source = "./child"
  text   = 5
  number = "6.50"
  flag   = "true"
  set    = ["b", "a", "b", 1]
  list   = toset(["y", "x"])
  map    = { a = 1, b = "two", c = true }
  object = { name = "n", extra = "dropped", size = "3" }
  deep   = [{ tags = { a = 1 } }, { tags = {}, on = "false" }]
  any    = [1, "a"]
}

output "child" { value = module.child.all }
output "types" { value = module.child.types }
