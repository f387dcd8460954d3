//! The password policy of the account. CloudFormation has no such type. Source: AWS API reference, "UpdateAccountPasswordPolicy".

use crate::model::{Attribute, Category, Default, Kind};

/// The password policy.
pub const KIND: Kind =
    Kind { category: Category::Managed, terraform: &["aws_iam_account_password_policy"], cloudformation: &[] };

/// The least number of characters.
pub const MINIMUM_LENGTH: Attribute =
    Attribute { terraform: "minimum_password_length", cloudformation: "", default: Default::Integer(6) };

/// Whether a lower-case letter is required.
pub const LOWERCASE: Attribute =
    Attribute { terraform: "require_lowercase_characters", cloudformation: "", default: Default::Bool(false) };

/// Whether an upper-case letter is required.
pub const UPPERCASE: Attribute =
    Attribute { terraform: "require_uppercase_characters", cloudformation: "", default: Default::Bool(false) };

/// Whether a digit is required.
pub const NUMBERS: Attribute =
    Attribute { terraform: "require_numbers", cloudformation: "", default: Default::Bool(false) };

/// Whether a symbol is required.
pub const SYMBOLS: Attribute =
    Attribute { terraform: "require_symbols", cloudformation: "", default: Default::Bool(false) };

/// How many former passwords are refused.
pub const REUSE_PREVENTION: Attribute =
    Attribute { terraform: "password_reuse_prevention", cloudformation: "", default: Default::Integer(0) };

/// After how many days a password expires; 0 is never.
pub const MAXIMUM_AGE: Attribute =
    Attribute { terraform: "max_password_age", cloudformation: "", default: Default::Integer(0) };
