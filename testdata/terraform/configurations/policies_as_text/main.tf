variable "buckets" {
  default = ["logs", "data"]
}

locals {
  statements = [
    for bucket in var.buckets : {
      Sid      = title(bucket)
      Effect   = "Allow"
      Action   = bucket == "logs" ? ["s3:PutObject"] : ["s3:GetObject", "s3:ListBucket"]
      Resource = ["arn:aws:s3:::${bucket}", "arn:aws:s3:::${bucket}/*"]
    }
  ]
}

resource "terraform_data" "policy" {
  input = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.statements, [{ Effect = "Deny", Action = "*", Resource = "*", Condition = { Bool = { "aws:SecureTransport" = "false" } } }])
  })
}

output "decoded" { value = jsondecode(terraform_data.policy.input).Statement[*].Action }
output "yaml" { value = yamlencode(local.statements[0]) }
output "heredoc" {
  value = jsondecode(<<-JSON
    {
      "Statement": [
        %{~for i, b in var.buckets~}
        {"Resource": "arn:aws:s3:::${b}"}%{if i < length(var.buckets) - 1},%{endif}
        %{~endfor~}
      ]
    }
  JSON
  )
}
