locals {
  straße = "ß"
  名前     = { "キー" = "値", é = 1 }
}
resource "terraform_data" "ünï" {
  for_each = toset(["日", "本"])
  input    = "${each.key}: ${upper(local.straße)}"
}
output "values" { value = [for d in terraform_data.ünï : d.input] }
output "map" { value = local.名前 }
output "length" { value = [length("日本"), length("e\u0301"), substr("日本語", 1, 1), strrev("añ")] }
output "equal" { value = "e\u0301" == "é" }
output "sorted" { value = sort(["é", "z", "e", "日"]) }
