//! Cognito's identity pools, which hand AWS credentials to users of an application.

use crate::model::{Attribute, Category, Default, Kind};

/// A pool.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_cognito_identity_pool"],
    cloudformation: &["AWS::Cognito::IdentityPool"],
};

/// The roles that users of a pool get.
pub const ROLES: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_cognito_identity_pool_roles_attachment"],
    cloudformation: &["AWS::Cognito::IdentityPoolRoleAttachment"],
};

/// Whether visitors who have not signed in get credentials.
pub const GUESTS: Attribute = Attribute {
    terraform: "allow_unauthenticated_identities",
    cloudformation: "AllowUnauthenticatedIdentities",
    default: Default::Bool(false),
};

/// The pool that roles are for.
pub const POOL: Attribute =
    Attribute { terraform: "identity_pool_id", cloudformation: "IdentityPoolId", default: Default::None };

/// The name: others refer to a pool by its id.
pub const NAME: Attribute = Attribute { terraform: "", cloudformation: "", default: Default::None };

/// The role of visitors who have not signed in.
pub const GUEST_ROLE: Attribute =
    Attribute { terraform: "roles.unauthenticated", cloudformation: "Roles.unauthenticated", default: Default::None };
