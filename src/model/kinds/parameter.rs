//! Parameters of Systems Manager.

use crate::model::{Attribute, Category, Default, Kind};

/// A parameter.
pub const KIND: Kind =
    Kind { category: Category::Managed, terraform: &["aws_ssm_parameter"], cloudformation: &["AWS::SSM::Parameter"] };

/// A parameter that is looked up.
pub const LOOK_UP: Kind = Kind { category: Category::Data, terraform: &["aws_ssm_parameter"], cloudformation: &[] };

/// The name.
pub const NAME: Attribute = Attribute { terraform: "name", cloudformation: "Name", default: Default::None };

/// `String`, `StringList` or `SecureString`, which CloudFormation cannot create.
pub const TYPE: Attribute = Attribute { terraform: "type", cloudformation: "Type", default: Default::None };

/// What it holds.
pub const VALUE: Attribute = Attribute { terraform: "value", cloudformation: "Value", default: Default::None };

/// The key that encrypts a `SecureString`.
pub const KMS_KEY: Attribute = Attribute { terraform: "key_id", cloudformation: "", default: Default::None };
