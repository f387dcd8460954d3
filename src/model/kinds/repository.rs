//! ECR repositories.

use crate::model::{Attribute, Category, Default, Kind};

/// A repository.
pub const KIND: Kind =
    Kind { category: Category::Managed, terraform: &["aws_ecr_repository"], cloudformation: &["AWS::ECR::Repository"] };

/// Whether a tag can be given to another image.
pub const TAG_MUTABILITY: Attribute = Attribute {
    terraform: "image_tag_mutability",
    cloudformation: "ImageTagMutability",
    default: Default::Text("MUTABLE"),
};
