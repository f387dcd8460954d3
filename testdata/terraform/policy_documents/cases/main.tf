# Configurations of aws_iam_policy_document; what the AWS provider 5.100 makes of each (its `json`) is in provider.json.

data "aws_iam_policy_document" "d01" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "d02" {
  statement {
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "d03" {
  statement {
    actions   = ["b", "a", "c", "a"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "d04" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "d05" {
  statement {
    actions   = []
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "d06" {
  statement {
    actions   = ["S3:Get", "s3:get"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "d07" {
  statement {
    actions   = ["é", "z", "Z", "1"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "d08" {
  statement {
    resources   = ["*"]
    not_actions = ["one"]
  }
}

data "aws_iam_policy_document" "d09" {
  statement {
    resources   = ["*"]
    not_actions = ["two", "one"]
  }
}

data "aws_iam_policy_document" "d10" {
  statement {
    resources   = ["*"]
    not_actions = []
  }
}

data "aws_iam_policy_document" "d11" {
  statement {
    actions       = ["x"]
    not_resources = ["one"]
  }
}

data "aws_iam_policy_document" "d12" {
  statement {
    actions       = ["x"]
    not_resources = ["two", "one"]
  }
}

data "aws_iam_policy_document" "d13" {
  statement {
    actions       = ["x"]
    not_resources = []
  }
}

data "aws_iam_policy_document" "d14" {
  statement {
    actions   = ["x"]
    resources = ["one"]
  }
}

data "aws_iam_policy_document" "d15" {
  statement {
    actions   = ["x"]
    resources = ["two", "one"]
  }
}

data "aws_iam_policy_document" "d16" {
  statement {
    actions   = ["x"]
    resources = []
  }
}

data "aws_iam_policy_document" "d17" {
  statement {
    effect  = "Allow"
    actions = ["x"]
  }
}

data "aws_iam_policy_document" "d18" {
  statement {
    effect  = "Deny"
    actions = ["x"]
  }
}

data "aws_iam_policy_document" "d19" {
  statement {
    effect  = null
    actions = ["x"]
  }
}

data "aws_iam_policy_document" "d20" {
  statement {
    sid     = "Sid1"
    actions = ["x"]
  }
}

data "aws_iam_policy_document" "d21" {
  statement {
    sid     = ""
    actions = ["x"]
  }
}

data "aws_iam_policy_document" "d22" {
  statement {
    sid     = null
    actions = ["x"]
  }
}

data "aws_iam_policy_document" "d23" {
  version = "2012-10-17"
  statement {
    actions = ["x"]
  }
}

data "aws_iam_policy_document" "d24" {
  version = "2008-10-17"
  statement {
    actions = ["x"]
  }
}

data "aws_iam_policy_document" "d25" {
  policy_id = "an-id"
  statement {
    actions = ["x"]
  }
}

data "aws_iam_policy_document" "d26" {
  policy_id = ""
  statement {
    actions = ["x"]
  }
}

data "aws_iam_policy_document" "d27" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "d28" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "d29" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }
  }
}

data "aws_iam_policy_document" "d30" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["b", "a"]
    }
  }
}

data "aws_iam_policy_document" "d31" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["444455556666", "111122223333", "222233334444"]
    }
  }
}

data "aws_iam_policy_document" "d32" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "d33" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["b.amazonaws.com", "a.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "d34" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Federated"
      identifiers = ["cognito-identity.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "d35" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "CanonicalUser"
      identifiers = ["abc"]
    }
  }
}

data "aws_iam_policy_document" "d36" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = []
    }
  }
}

data "aws_iam_policy_document" "d37" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Any"
      identifiers = ["x"]
    }
  }
}

data "aws_iam_policy_document" "d38" {
  statement {
    actions = ["x"]
    principals {
      type        = "AWS"
      identifiers = ["a"]
    }
    principals {
      type        = "Service"
      identifiers = ["s"]
    }
    principals {
      type        = "Federated"
      identifiers = ["f", "e"]
    }
  }
}

data "aws_iam_policy_document" "d39" {
  statement {
    actions = ["x"]
    principals {
      type        = "AWS"
      identifiers = ["a"]
    }
    principals {
      type        = "AWS"
      identifiers = ["b"]
    }
  }
}

data "aws_iam_policy_document" "d40" {
  statement {
    actions = ["x"]
    principals {
      type        = "AWS"
      identifiers = ["a", "b"]
    }
    principals {
      type        = "AWS"
      identifiers = ["b", "c"]
    }
  }
}

data "aws_iam_policy_document" "d41" {
  statement {
    actions = ["x"]
    not_principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "d42" {
  statement {
    actions = ["x"]
    not_principals {
      type        = "AWS"
      identifiers = ["b", "a"]
    }
    not_principals {
      type        = "Service"
      identifiers = ["s"]
    }
  }
}

data "aws_iam_policy_document" "d43" {
  statement {
    actions = ["x"]
    principals {
      type        = "AWS"
      identifiers = ["a"]
    }
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "d44" {
  statement {
    actions = ["x"]
    condition {
      test     = "StringEquals"
      variable = "aws:a"
      values   = ["one"]
    }
  }
}

data "aws_iam_policy_document" "d45" {
  statement {
    actions = ["x"]
    condition {
      test     = "StringEquals"
      variable = "aws:a"
      values   = ["two", "one"]
    }
  }
}

data "aws_iam_policy_document" "d46" {
  statement {
    actions = ["x"]
    condition {
      test     = "StringEquals"
      variable = "aws:a"
      values   = ["one"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:b"
      values   = ["one"]
    }
  }
}

data "aws_iam_policy_document" "d47" {
  statement {
    actions = ["x"]
    condition {
      test     = "StringLike"
      variable = "aws:b"
      values   = ["one"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:a"
      values   = ["one"]
    }
    condition {
      test     = "ArnLike"
      variable = "c"
      values   = ["x", "a"]
    }
  }
}

data "aws_iam_policy_document" "d48" {
  statement {
    actions = ["x"]
    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = [true]
    }
    condition {
      test     = "NumericLessThan"
      variable = "aws:MultiFactorAuthAge"
      values   = [3600]
    }
  }
}

data "aws_iam_policy_document" "d49" {
  statement {
    actions = ["x"]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["home/&{aws:username}/*", "&{*}"]
    }
  }
}

data "aws_iam_policy_document" "d50" {
  statement {
    actions = ["x"]
    condition {
      test     = "ForAllValues:StringEquals"
      variable = "aws:TagKeys"
      values   = ["b", "a", "b"]
    }
  }
}

data "aws_iam_policy_document" "d51" {
  statement {
    actions = ["x"]
    condition {
      test     = "StringEquals"
      variable = "v"
      values   = ["a"]
    }
    condition {
      test     = "StringEquals"
      variable = "v"
      values   = ["b"]
    }
  }
}

data "aws_iam_policy_document" "d52" {
  statement {
    actions = ["x"]
    condition {
      test     = "StringEquals"
      variable = "v"
      values   = ["b", "a"]
    }
    condition {
      test     = "StringEquals"
      variable = "w"
      values   = ["d", "c"]
    }
    condition {
      test     = "StringEquals"
      variable = "v"
      values   = ["f", "e"]
    }
  }
}

data "aws_iam_policy_document" "d53" {
  statement {
    actions   = ["x"]
    resources = ["arn:aws:s3:::&{aws:username}/$${aws:userid}/<&>"]
  }
}

data "aws_iam_policy_document" "d54" {
  statement {
    actions   = ["x"]
    resources = ["a\"b\\c", "tab\t", "\u2028é"]
  }
}

data "aws_iam_policy_document" "d55" {
  statement {
    sid     = "A"
    actions = ["x"]
  }
  statement {
    sid     = "B"
    actions = ["y"]
  }
  statement {
    actions = ["z"]
  }
}

data "aws_iam_policy_document" "d56" {
  statement {
    actions = ["x"]
  }
  statement {
    actions = ["x"]
  }
}

data "aws_iam_policy_document" "base" {
  statement {
    sid       = "A"
    actions   = ["a:One", "a:Two"]
    resources = ["*"]
  }
  statement {
    sid     = "B"
    effect  = "Deny"
    actions = ["b"]
    condition {
      test     = "Bool"
      variable = "k"
      values   = ["true"]
    }
  }
  statement {
    actions = ["nosid"]
  }
}

data "aws_iam_policy_document" "other" {
  policy_id = "other"
  version   = "2008-10-17"
  statement {
    sid     = "B"
    actions = ["other"]
  }
  statement {
    sid     = "C"
    actions = ["c"]
    principals {
      type        = "AWS"
      identifiers = ["x", "y"]
    }
  }
}

data "aws_iam_policy_document" "only" {
  statement {
    sid     = "C"
    actions = ["only"]
  }
}

data "aws_iam_policy_document" "d60" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
}

data "aws_iam_policy_document" "d61" {
  source_policy_documents = [data.aws_iam_policy_document.base.json, data.aws_iam_policy_document.only.json]
}

data "aws_iam_policy_document" "d62" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  statement {
    sid     = "A"
    actions = ["mine"]
  }
}

data "aws_iam_policy_document" "d63" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  statement {
    sid     = "Mine"
    actions = ["mine"]
  }
}

data "aws_iam_policy_document" "d64" {
  override_policy_documents = [data.aws_iam_policy_document.other.json]
}

data "aws_iam_policy_document" "d65" {
  override_policy_documents = [data.aws_iam_policy_document.base.json, data.aws_iam_policy_document.other.json]
  statement {
    sid     = "A"
    actions = ["mine"]
  }
}

data "aws_iam_policy_document" "d66" {
  source_policy_documents   = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [data.aws_iam_policy_document.other.json]
  statement {
    sid     = "C"
    actions = ["mine"]
  }
}

data "aws_iam_policy_document" "d67" {
  source_policy_documents = [data.aws_iam_policy_document.other.json]
  policy_id               = "mine"
  version                 = "2012-10-17"
}

data "aws_iam_policy_document" "d68" {
  source_policy_documents = [data.aws_iam_policy_document.other.json]
}

data "aws_iam_policy_document" "d69" {
  override_policy_documents = [data.aws_iam_policy_document.other.json]
  policy_id                 = "mine"
}

data "aws_iam_policy_document" "d70" {
  source_policy_documents = [data.aws_iam_policy_document.base.minified_json]
}

data "aws_iam_policy_document" "d71" {
  source_policy_documents = [data.aws_iam_policy_document.base.json, jsonencode({ Statement = [{ Sid = "Raw", Effect = "Allow", Action = "raw:*", Resource = ["*"], Principal = { AWS = "x" } }] })]
}

data "aws_iam_policy_document" "d72" {
  source_policy_documents = [<<-EOT
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["h", "e", "r"], "Resource": "*", "Condition": {"StringEquals": {"k": "v"}}}]}
  EOT
  ]
}

data "aws_iam_policy_document" "d73" {
  override_policy_documents = [for sid in ["A", "Z"] : jsonencode({ Statement = [{ Sid = sid, Effect = "Deny", Action = "over", Resource = "*" }] })]
  statement {
    sid     = "A"
    actions = ["mine"]
  }
}

data "aws_iam_policy_document" "d74" {
  source_policy_documents   = []
  override_policy_documents = []
  statement {
    actions = ["x"]
  }
}

data "aws_iam_policy_document" "d75" {
  source_policy_documents = ["", data.aws_iam_policy_document.only.json]
}

data "aws_iam_policy_document" "d76" {
  dynamic "statement" {
    for_each = { read = ["s3:Get*"], write = ["s3:Put*", "s3:Delete*"] }

    content {
      sid       = title(statement.key)
      actions   = statement.value
      resources = formatlist("arn:aws:s3:::%s/*", ["b", "a"])
    }
  }
}

data "aws_iam_policy_document" "d77" {
  dynamic "statement" {
    for_each = toset(["b", "a"])
    iterator = it

    content {
      actions = ["${it.value}:*"]

      dynamic "condition" {
        for_each = it.key == "a" ? ["x"] : []

        content {
          test     = "StringEquals"
          variable = condition.value
          values   = [it.value]
        }
      }
    }
  }
}

data "aws_iam_policy_document" "d78" {
  statement {
    actions   = concat(["z"], [for a in ["s3", "ec2"] : "${a}:Describe*"])
    resources = distinct(["b", "a", "b"])
  }
}

data "aws_iam_policy_document" "d79" {
  statement {
    actions   = true ? ["yes"] : ["no"]
    resources = compact(["", "a"])
  }
}

data "aws_iam_policy_document" "d80" {
  statement {
    actions   = ["x"]
    resources = [for i in range(12) : format("r%d", i)]
  }
}

data "aws_iam_policy_document" "d81" {

}

data "aws_iam_policy_document" "d82" {
  statement {
    actions = ["x"]
    principals {
      type        = "AWS"
      identifiers = ["c"]
    }
    principals {
      type        = "AWS"
      identifiers = ["a"]
    }
    principals {
      type        = "AWS"
      identifiers = ["b"]
    }
    principals {
      type        = "AWS"
      identifiers = ["d"]
    }
  }
}

data "aws_iam_policy_document" "d83" {
  statement {
    actions = ["x"]
    principals {
      type        = "AWS"
      identifiers = ["x", "y"]
    }
    principals {
      type        = "AWS"
      identifiers = ["z"]
    }
    principals {
      type        = "AWS"
      identifiers = ["w", "v"]
    }
  }
}

data "aws_iam_policy_document" "d84" {
  statement {
    actions = ["x"]
    principals {
      type        = "AWS"
      identifiers = ["z"]
    }
    principals {
      type        = "AWS"
      identifiers = ["x", "y"]
    }
    principals {
      type        = "AWS"
      identifiers = ["a", "b"]
    }
    principals {
      type        = "AWS"
      identifiers = ["z"]
    }
  }
}

data "aws_iam_policy_document" "d85" {
  statement {
    actions = ["x"]
    principals {
      type        = "*"
      identifiers = ["b"]
    }
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    principals {
      type        = "*"
      identifiers = ["a"]
    }
  }
}

data "aws_iam_policy_document" "d86" {
  statement {
    actions = ["x"]
    not_principals {
      type        = "Service"
      identifiers = ["c.amazonaws.com"]
    }
    not_principals {
      type        = "Service"
      identifiers = ["b.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "d87" {
  statement {
    actions = ["x"]
    condition {
      test     = "StringLike"
      variable = "k"
      values   = ["e"]
    }
    condition {
      test     = "StringLike"
      variable = "k"
      values   = ["d"]
    }
    condition {
      test     = "StringLike"
      variable = "k"
      values   = ["c"]
    }
    condition {
      test     = "StringLike"
      variable = "k"
      values   = ["b"]
    }
    condition {
      test     = "StringLike"
      variable = "k"
      values   = ["a"]
    }
    condition {
      test     = "StringLike"
      variable = "k"
      values   = ["f"]
    }
    condition {
      test     = "StringLike"
      variable = "k"
      values   = ["g"]
    }
  }
}

data "aws_iam_policy_document" "d88" {
  statement {
    actions = ["x"]
    condition {
      test     = "StringEquals"
      variable = "k"
      values   = ["x"]
    }
    condition {
      test     = "StringEquals"
      variable = "k"
      values   = ["x"]
    }
  }
}

data "aws_iam_policy_document" "d89" {
  statement {
    actions   = [1, true]
    resources = [1.5, "x"]
    condition {
      test     = "NumericEquals"
      variable = "k"
      values   = [1, 2.50, true]
    }
  }
}

