# An account that grew: somebody set up what was asked for at the time.

resource "aws_iam_account_password_policy" "people" {
  minimum_password_length        = 8 # as the old portal wanted it
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = true
  require_symbols                = true
  password_reuse_prevention      = 24
  max_password_age               = 90
  allow_users_to_change_password = true
}

resource "aws_guardduty_detector" "main" {
  enable = true

  datasources {
    s3_logs {
      enable = true
    }
  }
}

# No public buckets.
resource "aws_s3_account_public_access_block" "main" {
  block_public_acls   = true
  block_public_policy = true
  ignore_public_acls  = true
}
