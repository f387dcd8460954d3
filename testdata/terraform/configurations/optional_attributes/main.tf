variable "services" {
  type = map(object({
    image    = string
    port     = optional(number, 8080)
    replicas = optional(number)
    tags     = optional(map(string), { team = "none" })
    env = optional(list(object({
      name  = string
      value = optional(string, "")
    })), [])
    limits = optional(object({
      cpu    = optional(string, "100m")
      memory = optional(string, "128Mi")
    }), {})
    probes = optional(object({
      live  = optional(string)
      ready = optional(string, "/ready")
    }))
    flags = optional(set(string), ["b", "a", "b"])
    pair  = optional(tuple([string, number]))
  }))
  default = {
    web = { image = "web:1" }
    api = {
      image    = "api:2"
      port     = "9090"
      replicas = 3
      tags     = null
      env      = [{ name = "A", value = 1 }, { name = "B" }, { name = "C", value = null }]
      limits   = { cpu = "1" }
      probes   = {}
      flags    = null
      pair     = ["x", "5"]
      dropped  = "not in the type"
    }
  }
}

variable "not_null" {
  type     = object({ a = optional(string, "x"), b = optional(list(string)) })
  nullable = false
  default  = {}
}

module "child" {
  source   = "./child"
  not_null = null
  settings = { name = 5, sizes = [1, "2"], open = "true" }
  list     = [{ a = 1 }, { a = "x", b = true }]
  loose    = { x = 1, y = "two" }
  numbers  = ["3", 1, "2", 3]
}

output "services" { value = var.services }
output "web_memory" { value = var.services.web.limits.memory }
output "ready" { value = { for name, service in var.services : name => try(service.probes.ready, "none") } }
output "flags" { value = [for name, service in var.services : sort(service.flags)] }
output "not_null" { value = var.not_null }
output "child" { value = module.child }
