//! Requests that a run of Terraform sends.

use crate::model::{Attribute, Category, Default, Kind};

/// A request by the provider `http`.
pub const KIND: Kind = Kind { category: Category::Data, terraform: &["http"], cloudformation: &[] };

/// Where to.
pub const URL: Attribute = Attribute { terraform: "url", cloudformation: "", default: Default::None };

/// What is sent.
pub const BODY: Attribute = Attribute { terraform: "request_body", cloudformation: "", default: Default::None };

/// What is said of it.
pub const HEADERS: Attribute = Attribute { terraform: "request_headers", cloudformation: "", default: Default::None };
