terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  default_tags {
    tags = { from = "main" }
  }
}
resource "aws_security_group" "sg" {
  name = "main"
  ingress {
    description = "one"
    from_port   = 1
    to_port     = 1
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
  ingress {
    description = "two"
    from_port   = 2
    to_port     = 2
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
  egress {
    description = "kept"
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
  tags = { a = "main", b = "main" }
  lifecycle {
    create_before_destroy = true
  }
}
data "aws_iam_policy_document" "doc" {
  statement {
    sid       = "Main"
    actions   = ["s3:*"]
    resources = ["*"]
  }
  statement {
    sid       = "Second"
    actions   = ["ec2:*"]
    resources = ["*"]
  }
}
output "ingress" { value = sort([for r in aws_security_group.sg.ingress : r.description]) }
output "egress" { value = [for r in aws_security_group.sg.egress : r.description] }
output "tags" { value = aws_security_group.sg.tags }
output "tags_all" { value = aws_security_group.sg.tags_all }
output "doc" { value = jsondecode(data.aws_iam_policy_document.doc.json).Statement }
