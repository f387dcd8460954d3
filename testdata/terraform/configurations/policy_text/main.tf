variable "buckets" {
  type    = list(string)
  default = ["logs", "data"]
}
variable "principals" {
  type    = any
  default = { AWS = ["111122223333"], Service = "ec2.amazonaws.com" }
}
locals {
  statements = concat(
    [for i, b in var.buckets : {
      Sid      = "Bucket${i}"
      Effect   = "Allow"
      Action   = ["s3:GetObject", i == 0 ? "s3:PutObject" : "s3:ListBucket"]
      Resource = ["arn:aws:s3:::${b}", "arn:aws:s3:::${b}/*"]
    }],
    length(var.buckets) > 1 ? [{ Sid = "Many", Effect = "Deny", Action = "s3:*", Resource = "*" }] : [],
  )
  encoded = jsonencode({ Version = "2012-10-17", Statement = local.statements })
  heredoc = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        %{~for i, b in var.buckets~}
        {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "arn:aws:s3:::${b}/$${aws:username}/*"}%{if i < length(var.buckets) - 1},%{endif}
        %{~endfor~}
      ]
    }
  JSON
  joined  = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"${join("\",\"", formatlist("s3:%s", ["Get*", "Put*"]))}\"],\"Resource\":\"*\"}]}"
  trust = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { for kind, who in var.principals : kind => kind == "AWS" ? [for a in flatten([who]) : "arn:aws:iam::${a}:root"] : flatten([who]) }
      Condition = { StringEquals = { "sts:ExternalId" = ["x"] }, Bool = { "aws:MultiFactorAuthPresent" = true } }
    }]
  })
}
output "encoded" { value = local.encoded }
output "heredoc" { value = local.heredoc }
output "decoded" { value = jsondecode(local.heredoc).Statement[*].Resource }
output "joined" { value = jsondecode(local.joined) }
output "trust" { value = jsondecode(local.trust) }
output "trust_text" { value = local.trust }
output "replaced" { value = replace(replace(local.encoded, "arn:aws:", "arn:aws-cn:"), "/\"Sid\":\"[^\"]*\",?/", "") }
output "minified" { value = jsonencode(jsondecode(local.heredoc)) }
output "same" { value = jsondecode(local.encoded) == jsondecode(jsonencode(jsondecode(local.encoded))) }
output "yaml" { value = yamlencode(jsondecode(local.trust)) }
output "base64" { value = base64decode(base64encode(local.joined)) == local.joined }
output "indented" { value = indent(2, local.heredoc) }
output "hash" { value = [md5(local.encoded), sha256(local.heredoc)] }
resource "terraform_data" "policy" {
  for_each = { for s in local.statements : s.Sid => s }
  input    = jsonencode(merge(each.value, { Sid = "${each.value.Sid}x" }))
}
