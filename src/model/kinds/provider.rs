//! The configuration of the AWS provider and of the S3 backend.

use crate::model::{Attribute, Category, Default, Kind};

/// The AWS provider.
pub const AWS: Kind = Kind { category: Category::Provider, terraform: &["aws"], cloudformation: &[] };

/// The S3 backend for state.
pub const S3_BACKEND: Kind = Kind { category: Category::Backend, terraform: &["s3"], cloudformation: &[] };

/// The id of an access key.
pub const ACCESS_KEY: Attribute = Attribute { terraform: "access_key", cloudformation: "", default: Default::None };

/// The secret of an access key.
pub const SECRET_KEY: Attribute = Attribute { terraform: "secret_key", cloudformation: "", default: Default::None };

/// A session token: the credentials expire.
pub const TOKEN: Attribute = Attribute { terraform: "token", cloudformation: "", default: Default::None };

/// Set for emulators of AWS, which take any key.
pub const SKIP_CREDENTIALS_VALIDATION: Attribute =
    Attribute { terraform: "skip_credentials_validation", cloudformation: "", default: Default::Bool(false) };

/// The accounts that the provider may work in.
pub const ALLOWED_ACCOUNTS: Attribute =
    Attribute { terraform: "allowed_account_ids", cloudformation: "", default: Default::None };

/// The look-up of who runs the code. A plan has what it found.
pub const CALLER: Kind = Kind { category: Category::Data, terraform: &["aws_caller_identity"], cloudformation: &[] };

/// The account that the code runs in.
pub const CALLER_ACCOUNT: Attribute = Attribute { terraform: "account_id", cloudformation: "", default: Default::None };
