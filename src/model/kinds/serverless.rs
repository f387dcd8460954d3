//! Functions and state machines of SAM, each of which makes a role for itself unless it is given one. Source: AWS SAM
//! developer guide, `AWS::Serverless::Function` and `AWS::Serverless::StateMachine`.

use crate::model::{Attribute, Category, Default, Kind};

/// What makes a role for itself.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &[],
    cloudformation: &["AWS::Serverless::Function", "AWS::Serverless::StateMachine"],
};

/// The role that it is given. It then makes none, and its policies do nothing.
pub const ROLE: Attribute = Attribute { terraform: "", cloudformation: "Role", default: Default::None };

/// The policies of the role it makes: names or ARNs of managed policies, documents, and policy templates.
pub const POLICIES: Attribute = Attribute { terraform: "", cloudformation: "Policies", default: Default::None };

/// What a document has, and a policy template has not.
pub const STATEMENT: Attribute = Attribute { terraform: "", cloudformation: "Statement", default: Default::None };
