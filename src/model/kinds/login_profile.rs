//! The console password of an IAM user.

use crate::model::{Attribute, Category, Default, Kind};

/// A login profile. In CloudFormation it stands on the user.
pub const KIND: Kind =
    Kind { category: Category::Managed, terraform: &["aws_iam_user_login_profile"], cloudformation: &[] };

/// Whose it is, by name (Terraform only).
pub const USER: Attribute = Attribute { terraform: "user", cloudformation: "", default: Default::None };

/// The login profile on the user itself (CloudFormation only).
pub const ON_USER: Attribute = Attribute { terraform: "", cloudformation: "LoginProfile", default: Default::None };

/// The password in clear text (CloudFormation only).
pub const PASSWORD: Attribute =
    Attribute { terraform: "", cloudformation: "LoginProfile.Password", default: Default::None };

/// Whether the password must be changed at the first sign-in.
pub const RESET_REQUIRED: Attribute = Attribute {
    terraform: "password_reset_required",
    cloudformation: "LoginProfile.PasswordResetRequired",
    default: Default::Bool(false),
};

/// How long the password is that the provider makes up. Source: the provider's documentation, `aws_iam_user_login_profile`.
pub const LENGTH: Attribute =
    Attribute { terraform: "password_length", cloudformation: "", default: Default::Integer(20) };

/// The key that the password is encrypted with.
pub const PGP_KEY: Attribute = Attribute { terraform: "pgp_key", cloudformation: "", default: Default::None };
