//! A long-lived access key of an IAM user.

use crate::model::{Attribute, Category, Default, Kind};

/// An access key.
pub const KIND: Kind =
    Kind { category: Category::Managed, terraform: &["aws_iam_access_key"], cloudformation: &["AWS::IAM::AccessKey"] };

/// Whose it is, by name.
pub const USER: Attribute = Attribute { terraform: "user", cloudformation: "UserName", default: Default::None };

/// `Active` or `Inactive`.
pub const STATUS: Attribute =
    Attribute { terraform: "status", cloudformation: "Status", default: Default::Text("Active") };

/// The attribute that gives the secret half away (CloudFormation).
pub const SECRET_ATTRIBUTE: &str = "SecretAccessKey";

/// The key that the secret half is encrypted with.
pub const PGP_KEY: Attribute = Attribute { terraform: "pgp_key", cloudformation: "", default: Default::None };
