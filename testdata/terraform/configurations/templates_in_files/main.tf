locals {
  ports = { http = 80, https = 443 }
  users = [{ name = "ann", groups = ["a", "b"] }, { name = "bob", groups = [] }]
}

output "config" {
  value = templatefile("${path.module}/config.tftpl", { ports = local.ports, users = local.users, debug = false, note = "" })
}
output "policy" {
  value = jsondecode(templatefile("${path.module}/policy.json.tftpl", { actions = ["s3:Get*", "s3:List*"], account = "111122223333" }))
}
output "nested" {
  value = templatefile("outer.tftpl", { inner = templatefile("inner.tftpl", { x = 1 }), list = [[1, 2], [3]] })
}
output "yaml" {
  value = yamldecode(templatefile("doc.yaml.tftpl", { items = { b = true, a = "text: with colon" } }))
}
output "inline" {
  value = <<-EOT
    %{~for name, port in local.ports~}
    ${name}:${port}
    %{~endfor~}
    %{if length(local.users) > 1}many%{else}few%{endif}
      indented ${join(", ", local.users[*].name)}
    $${not} %%{a directive}
    tab	here and a trailing space 
  EOT
}
output "one_line" { value = "${"a"}%{for x in [1, 2]}${x}%{if x == 1}-%{endif}%{endfor}%{~if true~}  z  %{~endif~}" }
output "only_interpolation" { value = "${local.ports}" }
output "quoted" { value = "${"quoted \"${"inside"}\""}\\${1}\u00e9" }
