module "c" {
  source      = "./child"
  text        = 5
  number      = "5.50"
  flag        = "true"
  list        = toset(["b", "a"])
  set         = ["b", "a", "b"]
  map         = { a = 1, b = true }
  object      = { a = "1", b = [1], extra = "x" }
  tuple       = ["1", 2]
  any_list    = [1, "x", true]
  any_map     = { a = [], b = ["x"] }
  nested      = { a = [{ x = 1 }, { x = "2", y = null }] }
  null_list   = null
  set_objects = [{ n = "2" }, { n = 1 }, { n = "2" }]
  list_any    = [["a"], [1, 2]]
}
output "c" { value = module.c }
