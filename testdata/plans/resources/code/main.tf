resource "aws_kms_key" "key" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "kms:*", Resource = "*" }]
  })
}

resource "aws_sns_topic" "topic" {
  name_prefix = "topic-"
}

resource "aws_sns_topic_policy" "topic" {
  arn = aws_sns_topic.topic.arn
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "sns:Publish", Resource = aws_sns_topic.topic.arn }]
  })
}

resource "aws_sqs_queue" "queue" {
  name_prefix = "queue-"
}

data "aws_iam_policy_document" "queue" {
  statement {
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.queue.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

resource "aws_sqs_queue_policy" "queue" {
  queue_url = aws_sqs_queue.queue.id
  policy    = data.aws_iam_policy_document.queue.json
}

resource "aws_secretsmanager_secret" "secret" {
  name_prefix = "secret-"
}

resource "aws_secretsmanager_secret_policy" "secret" {
  secret_arn = aws_secretsmanager_secret.secret.arn
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "secretsmanager:GetSecretValue", Resource = "*" }]
  })
}
