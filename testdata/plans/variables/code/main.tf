variable "administrators" {
  type = list(string)
}

variable "enabled" {
  type    = bool
  default = true
}

variable "statements" {
  type = list(object({
    actions   = list(string)
    resources = optional(list(string), ["*"])
  }))
}

resource "aws_iam_user" "administrator" {
  count = length(var.administrators)
  name  = var.administrators[count.index]
}

resource "aws_iam_user_policy_attachment" "administrator" {
  count      = var.enabled ? length(var.administrators) : 0
  user       = aws_iam_user.administrator[count.index].name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_role" "off" {
  count              = var.enabled ? 0 : 1
  name               = "off"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = "*" }] })
}

data "aws_iam_policy_document" "given" {
  dynamic "statement" {
    for_each = var.statements

    content {
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }
}

resource "aws_iam_policy" "given" {
  name   = "given"
  policy = data.aws_iam_policy_document.given.json
}
