terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
resource "aws_sqs_queue" "q" {
  name = "q"
  tags = { Child = "yes" }
}
output "tags" { value = aws_sqs_queue.q.tags_all }
