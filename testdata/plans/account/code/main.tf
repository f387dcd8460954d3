resource "aws_iam_account_password_policy" "main" {
  minimum_password_length        = 8
  require_lowercase_characters   = true
  require_numbers                = false
  allow_users_to_change_password = true
}

resource "aws_guardduty_detector" "main" {
  enable = false
}

resource "aws_guardduty_detector_feature" "s3" {
  detector_id = aws_guardduty_detector.main.id
  name        = "S3_DATA_EVENTS"
  status      = "DISABLED"
}

resource "aws_s3_account_public_access_block" "main" {
  block_public_acls = true
}
