locals {
  name  = "world"
  items = ["a", "b", "c"]
  empty = []
}

output "plain" { value = "hello, ${local.name}" }
output "escapes" { value = "tab\tnewline\nquote\" backslash\\ $${x} %%{y} \u00e9" }
output "for" { value = "%{ for i, x in local.items }${i}:${x}%{ if i < length(local.items) - 1 }, %{ endif }%{ endfor }" }
output "strip" {
  value = <<-EOT
    start
    %{~ for x in local.items ~}
      [${x}]
    %{~ endfor ~}
    end
  EOT
}
output "lines" {
  value = <<-EOT
    %{ for x in local.items ~}
    - ${x}
    %{ endfor ~}
    %{ if length(local.empty) == 0 ~}
    nothing
    %{ else ~}
    something
    %{ endif ~}
      indented ${local.name}
  EOT
}
output "flush" {
  value = <<EOT
  keeps
    its ${"indent"}
EOT
}
output "unwrapped" { value = "${local.items}" }
output "nested" { value = "${"${upper("${local.name}")}"}!" }
output "json" {
  value = jsondecode(<<EOT
{"name": "${local.name}", "items": ${jsonencode(local.items)}}
EOT
  )
}
output "windows" { value = replace("a\r\nb", "\r\n", "\n") }
