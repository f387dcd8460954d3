provider "aws" {
  default_tags {
    tags = { from = "override" }
  }
}
resource "aws_security_group" "sg" {
  ingress {
    description = "only"
    from_port   = 3
    to_port     = 3
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
  tags = { b = "override" }
}
data "aws_iam_policy_document" "doc" {
  statement {
    sid       = "Override"
    actions   = ["iam:Get*"]
    resources = ["*"]
  }
}
