//! The password policy of the account. CloudFormation has no such type; the generated baseline's custom resource takes it.
//! Source: AWS API reference, "UpdateAccountPasswordPolicy".

use crate::model::{Attribute, Category, Default, Kind};

/// The password policy.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_iam_account_password_policy"],
    cloudformation: &["Custom::AccountSettings#PasswordPolicy"],
};

/// The least number of characters.
pub const MINIMUM_LENGTH: Attribute = Attribute {
    terraform: "minimum_password_length",
    cloudformation: "PasswordPolicy.MinimumPasswordLength",
    default: Default::Integer(6),
};

/// Whether a lower-case letter is required.
pub const LOWERCASE: Attribute = Attribute {
    terraform: "require_lowercase_characters",
    cloudformation: "PasswordPolicy.RequireLowercaseCharacters",
    default: Default::Bool(false),
};

/// Whether an upper-case letter is required.
pub const UPPERCASE: Attribute = Attribute {
    terraform: "require_uppercase_characters",
    cloudformation: "PasswordPolicy.RequireUppercaseCharacters",
    default: Default::Bool(false),
};

/// Whether a digit is required.
pub const NUMBERS: Attribute = Attribute {
    terraform: "require_numbers",
    cloudformation: "PasswordPolicy.RequireNumbers",
    default: Default::Bool(false),
};

/// Whether a symbol is required.
pub const SYMBOLS: Attribute = Attribute {
    terraform: "require_symbols",
    cloudformation: "PasswordPolicy.RequireSymbols",
    default: Default::Bool(false),
};

/// How many former passwords are refused.
pub const REUSE_PREVENTION: Attribute = Attribute {
    terraform: "password_reuse_prevention",
    cloudformation: "PasswordPolicy.PasswordReusePrevention",
    default: Default::Integer(0),
};

/// After how many days a password expires; 0 is never.
pub const MAXIMUM_AGE: Attribute = Attribute {
    terraform: "max_password_age",
    cloudformation: "PasswordPolicy.MaxPasswordAge",
    default: Default::Integer(0),
};

/// Whether users may change their own. The provider turns it on when the code does not say; AWS does not.
pub const USERS_MAY_CHANGE: Attribute = Attribute {
    terraform: "allow_users_to_change_password",
    cloudformation: "PasswordPolicy.AllowUsersToChangePassword",
    default: Default::Bool(true),
};

/// Whether a user whose password has expired needs an administrator to set a new one.
pub const HARD_EXPIRY: Attribute =
    Attribute { terraform: "hard_expiry", cloudformation: "PasswordPolicy.HardExpiry", default: Default::Bool(false) };
