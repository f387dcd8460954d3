//! OpenID Connect identity providers.

use crate::model::{Attribute, Category, Default, Kind};

/// A provider.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_iam_openid_connect_provider"],
    cloudformation: &["AWS::IAM::OIDCProvider"],
};

/// A provider that exists already, looked up.
pub const LOOK_UP: Kind =
    Kind { category: Category::Data, terraform: &["aws_iam_openid_connect_provider"], cloudformation: &[] };

/// The issuer.
pub const URL: Attribute = Attribute { terraform: "url", cloudformation: "Url", default: Default::None };

/// The ARN that is looked up.
pub const LOOKED_UP_ARN: Attribute = Attribute { terraform: "arn", cloudformation: "", default: Default::None };

/// The audiences whose tokens are taken.
pub const CLIENT_IDS: Attribute =
    Attribute { terraform: "client_id_list", cloudformation: "ClientIdList", default: Default::None };
