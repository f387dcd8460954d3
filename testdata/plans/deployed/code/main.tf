data "aws_caller_identity" "here" {}

data "aws_partition" "here" {}

resource "aws_iam_policy" "power" {
  name   = "power"
  policy = data.aws_iam_policy_document.power.json
}

data "aws_iam_policy_document" "power" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}

resource "aws_iam_role" "worker" {
  name = "worker"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:${data.aws_partition.here.partition}:iam::${data.aws_caller_identity.here.account_id}:root" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "worker" {
  role       = aws_iam_role.worker.name
  policy_arn = aws_iam_policy.power.arn
}

resource "aws_iam_user" "kept" {
  name = "kept"
}

resource "aws_iam_user_policy_attachment" "kept" {
  user       = aws_iam_user.kept.name
  policy_arn = aws_iam_policy.power.arn
}

resource "aws_s3_bucket" "logs" {
  bucket = "example-logs-of-this-account"
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "${aws_s3_bucket.logs.arn}/*"
    }]
  })
}
