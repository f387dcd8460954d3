//! A policy document computed by the code (Terraform only).

use crate::model::{Attribute, Category, Default, Kind};

/// `data "aws_iam_policy_document"`.
pub const KIND: Kind = Kind { category: Category::Data, terraform: &["aws_iam_policy_document"], cloudformation: &[] };

/// The document as it is rendered.
pub const JSON: Attribute = Attribute { terraform: "json", cloudformation: "", default: Default::None };
