resource "aws_s3_bucket" "data" {
  bucket_prefix = "data-"
}

data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Base"
    actions   = ["iam:*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "whole" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]

  statement {
    sid       = "Bucket"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.data.arn, "${aws_s3_bucket.data.arn}/*"]
  }

  dynamic "statement" {
    for_each = ["ec2", "sqs"]

    content {
      sid       = "All${statement.value}"
      actions   = ["${statement.value}:*"]
      resources = ["*"]
    }
  }
}

resource "aws_iam_policy" "whole" {
  name   = "whole"
  policy = data.aws_iam_policy_document.whole.json
}

data "aws_iam_policy_document" "nobody" {
  statement {
    not_actions = ["iam:*"]
    resources   = ["*"]
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

resource "aws_iam_role" "open" {
  name               = "open"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "open" {
  role   = aws_iam_role.open.id
  policy = data.aws_iam_policy_document.whole.json
}
